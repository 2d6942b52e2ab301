"""What a key does to a picture: each function gives the request for the next picture."""

from __future__ import annotations

from dataclasses import replace

from omezarr_tui.image.channels import channel_axis
from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.image.pointing import centred
from omezarr_tui.image.view import axis_pairs, first_view
from omezarr_tui.ome.discover import Image


def stepped(request: PictureRequest, planes: int) -> PictureRequest:
    """Go some planes of the shown level along the chosen axis; it ends at both ends."""
    view = request.view
    if view.moving is None:
        return request
    size = request.sampling().array.shape[view.moving]
    return placed(request, view.moving, view.position(view.moving, size) + planes, size)


def placed(request: PictureRequest, axis: int, position: int, size: int) -> PictureRequest:
    """Go to a position along an axis of a level that has `size` pixels there.

    What showed all of that axis, channels one over another or a projection, shows one of it.
    """
    request = replace(request, view=request.view.at(axis, position, size))
    if axis == request.view.moving and request.projection is not None:
        request = replace(request, projection=None)
    if axis == channel_axis(request.image) and request.is_composed:
        request = replace(request, look=replace(request.look, composed=False))
    return request


def at_end(request: PictureRequest, *, last: bool) -> PictureRequest:
    """Go to the first or the last plane along the chosen axis."""
    view = request.view
    if view.moving is None:
        return request
    size = request.sampling().array.shape[view.moving]
    return placed(request, view.moving, size - 1 if last else 0, size)


def moving_along(request: PictureRequest, name: str) -> PictureRequest:
    """Choose the axis that plane keys step along, by its name."""
    axis = request.image.multiscale.axis_index(name)
    return request if axis is None else replace(request, view=request.view.moving_along(axis))


def next_moving(request: PictureRequest) -> PictureRequest:
    """Choose the next of the axes that are not displayed."""
    view = request.view
    if view.moving is None:
        return request
    at = (view.fixed.index(view.moving) + 1) % len(view.fixed)
    return replace(request, view=view.moving_along(view.fixed[at]))


def level_changed(request: PictureRequest, steps: int) -> PictureRequest:
    """Pin the level some steps coarser than the shown one (finer, when below zero)."""
    levels = request.image.readable
    at = levels.index(request.sampling().level) + steps
    return replace(request, level=levels[max(0, min(len(levels) - 1, at))])


def automatic_level(request: PictureRequest) -> PictureRequest:
    """Let the level follow the room and the zoom again."""
    return replace(request, level=None)


def turned(request: PictureRequest) -> PictureRequest:
    """Show the next pair of axes: XY, XZ, YZ, and then any others."""
    view = request.view
    pairs = axis_pairs(view, request.image.multiscale.axes)
    shown = {view.rows, view.columns}
    # An image that was looked at before may have brought them the other way round.
    at = next((at + 1 for at, pair in enumerate(pairs) if {*pair} == shown), 0) % len(pairs)
    return replace(request, view=view.displaying(*pairs[at]))


def whole_plane(request: PictureRequest) -> PictureRequest:
    """Show the whole plane."""
    return replace(request, view=request.view.whole())


def to_channel(request: PictureRequest, channel: int) -> PictureRequest:
    """Show one channel, alone."""
    axis = channel_axis(request.image)
    if axis is None:
        return request
    return placed(request, axis, channel, request.view.extent[axis])


def carried(request: PictureRequest, image: Image) -> PictureRequest:
    """Look at another image the same way, as near as it can be.

    Axes are the same where they have the same name: planes, the axes that are displayed and
    the one that keys step along. An axis that is shorter there ends sooner; one that is new is
    looked at as by itself.

    Parameters
    ----------
    request
        How the one image is looked at.
    image
        The other image.

    Returns
    -------
    request
        For a picture of `image`; the same request where that has no plane to show.
    """
    view = first_view(image)
    if view is None:
        return request
    before, names = request.view, [axis.name for axis in request.image.multiscale.axes]
    # Where each axis of the old image is in the new one.
    new = {at: image.multiscale.axis_index(name) for at, name in enumerate(names)}
    index = list(view.index)
    for old, axis in new.items():
        if axis is not None:
            index[axis] = min(before.index[old], view.extent[axis] - 1)
    rows, columns = new[before.rows], new[before.columns]
    if rows is not None and columns is not None:
        view = replace(view.displaying(rows, columns), centre=before.centre, zoom=before.zoom)
    moving = None if before.moving is None else new[before.moving]
    if moving is not None:
        view = view.moving_along(moving)
    view = replace(view, index=tuple(index)).zoomed(1)  # of a smaller image it may be too near
    level = image.pinned
    if level is None and request.level is not None:
        level = min(image.readable, key=lambda at: abs(at - (request.level or 0)))
    # Where it was too near, its window would stick out.
    return centred(replace(request, image=image, view=view, level=level), *view.centre)


def at_same_place(request: PictureRequest, before: PictureRequest) -> PictureRequest | None:
    """Look at an image at the place of another one of the same size.

    Parameters
    ----------
    request
        How the image is looked at by itself.
    before
        How the other one is looked at.

    Returns
    -------
    request
        With the planes, the axes and the window of the other; None where sizes differ along an
        axis other than that of channels, or where the other one stands as by itself.
    """
    if before.view == first_view(before.image) or _sizes(before) != _sizes(request):
        return None
    return replace(request, view=carried(before, request.image).view)


def _sizes(request: PictureRequest) -> dict[str, int]:
    """Pixels along each axis but that of channels, by its name."""
    axes = request.image.multiscale.axes
    sizes = zip(axes, request.view.extent, strict=True)
    return {axis.name: size for axis, size in sizes if axis.type != "channel"}
