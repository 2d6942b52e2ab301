"""What an edit would look like: the same plane before and after, nothing written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from omezarr_tui.edit.plan import Plan
from omezarr_tui.image.picture import Painter, Picture, PictureRequest
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.view import View
from omezarr_tui.ome.discover import Image
from omezarr_tui.store.node import Array

Bounds = Sequence[tuple[int, int]]

_AROUND = 2.0  # times as large as what is edited is what is shown of it


def before_and_after(
    plan: Plan,
    level: int,
    bounds: Bounds,
    shown: PictureRequest,
    from_root: Callable[[str], str | None],
    room: tuple[int, int],
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Picture, Picture]:
    """Picture the plane that is shown as it is, and as the edit would leave it.

    Where the plane that is shown is not concerned, the nearest one that is.

    Parameters
    ----------
    plan
        The edit.
    level
        The level that is edited.
    bounds
        What it concerns of that: for each axis the first element, and the one after the last.
    shown
        What is on the screen.
    from_root
        The path from the store's root of a node that is on the screen.
    room
        Cells that there are for each picture: rows and columns.
    cancelled
        Whether the user wants it to stop.

    Returns
    -------
    before, after
        With the same window, so that they compare.
    """
    image = _moved(shown.image, from_root)
    edited = image.levels[level]
    view = shown.view.whole()
    for axis, (low, high) in enumerate(bounds):
        size = edited.shape[axis] if isinstance(edited, Array) else view.extent[axis]
        at = view.position(axis, size)
        if axis in view.fixed and not low <= at < high:
            view = view.at(axis, low if at < low else high - 1, size)
    view = _near(view, bounds)
    # Without labels over it, which would hide what changes.
    request = replace(
        shown,
        image=image,
        view=view,
        level=None if image.pinned is None else image.pinned,
        room=room,
        ask_above=None,
        overlay=None,
    )
    before = Painter(Reader(plan.staged.access)).paint(request, cancelled)
    look = request.look
    for layer in before.layers:
        look = look.with_window(layer.channel, layer.window)
    after = Painter(Reader(plan.staged)).paint(replace(request, look=look), cancelled)
    return before, after


def _moved(image: Image, from_root: Callable[[str], str | None]) -> Image:
    """An image by the paths that its levels have from the root of the store."""
    levels = []
    for level in image.levels:
        path = from_root(level.path)
        levels.append(level if path is None else replace(level, path=path))
    return replace(image, levels=tuple(levels))


def _near(view: View, bounds: Bounds) -> View:
    """A view of what is edited, with as much around it; of the whole plane where that is it."""
    axes = (view.rows, view.columns)
    if len(bounds) != len(view.extent) or any(bounds[axis][1] > view.extent[axis] for axis in axes):
        return view  # a coarser level, whose pixels are counted otherwise
    sides = [(bounds[axis][1] - bounds[axis][0]) / view.extent[axis] for axis in axes]
    zoomed = view.zoomed(1 / min(1.0, _AROUND * max(sides)))
    half = 0.5 / zoomed.zoom
    middles = [sum(bounds[axis]) / 2 / view.extent[axis] for axis in axes]
    rows, columns = (min(max(middle, half), 1 - half) for middle in middles)
    return replace(zoomed, centre=(rows, columns))
