"""How an image is looked at, as JSON to keep; and back again, as far as it still fits. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.channels import channel_count
from omezarr_tui.image.look import SOURCES, ChannelLook, Look
from omezarr_tui.ome.model import Window

if TYPE_CHECKING:
    from omezarr_tui.image.overlay import Overlay
    from omezarr_tui.image.picture import PictureRequest
    from omezarr_tui.image.view import View


def as_kept(request: PictureRequest) -> dict[str, Any]:
    """How an image is looked at; what a terminal can show is no part of it."""
    view, look = request.view, request.look
    names = [axis.name for axis in request.image.multiscale.axes]
    level = request.level if request.level != request.image.pinned else None
    return {
        "index": dict(zip(names, view.index, strict=True)),
        "rows": names[view.rows],
        "columns": names[view.columns],
        "moving": None if view.moving is None else names[view.moving],
        "centre": list(view.centre),
        "zoom": view.zoom,
        "level": level,
        "maximum": request.maximum,
        "projection": request.projection,
        "source": look.source,
        "gamma": look.gamma,
        "invert": look.invert,
        "colormap": look.colormap,
        "composed": look.composed,
        "channels": {str(at): _channel(channel) for at, channel in look.channels},
        "labels": None if (over := request.overlay) is None else {
            "path": over.labels.multiscale.path,
            "opacity": over.opacity,
        },
    }  # fmt: skip


def kept_labels(kept: Mapping[str, Any]) -> tuple[str, int] | None:
    """The path of the label image that lay over an image, and its opacity in per cent."""
    said = kept.get("labels")
    path, opacity = (said.get("path"), said.get("opacity")) if isinstance(said, dict) else (0, 0)
    if not isinstance(path, str) or not isinstance(opacity, int) or not 0 <= opacity <= 100:
        return None
    return path, int(opacity)


def restored(
    request: PictureRequest, kept: Mapping[str, Any], *, colors: bool = True
) -> PictureRequest:
    """Look at an image as it was looked at.

    Parameters
    ----------
    request
        How it is looked at by itself.
    kept
        As `as_kept` gave it. What is not understood, or does not fit the image any more, is as
        by itself.
    colors
        Whether colormap, gamma and the source of windows come back too, which go for all images.

    Returns
    -------
    request
        Its labels are those that lie over the image already, if these are meant; others, which
        `kept_labels` tells, must be read first.
    """
    level = kept.get("level")
    maximum, projection = kept.get("maximum"), kept.get("projection")
    return replace(
        request,
        view=_view(request, kept),
        level=level if _is_whole(level) and level in request.image.readable else request.level,
        maximum=maximum if isinstance(maximum, bool) else request.maximum,
        projection=projection if projection in ("maximum", "mean") else request.projection,
        look=_look(request, kept, colors=colors),
        overlay=_overlay(request, kept),
    )


def _overlay(request: PictureRequest, kept: Mapping[str, Any]) -> Overlay | None:
    over, found = request.overlay, kept_labels(kept)
    if "labels" not in kept:  # an older program kept it
        return over
    if over is None or found is None or over.labels.multiscale.path != found[0]:
        return None
    return replace(over, opacity=found[1])


def _channel(channel: ChannelLook) -> dict[str, Any]:
    window, color = channel.window, channel.color
    return {
        "shown": channel.shown,
        "window": None if window is None else [window.start, window.end],
        "color": None if color is None else list(color),
    }


def _view(request: PictureRequest, kept: Mapping[str, Any]) -> View:
    view, multiscale = request.view, request.image.multiscale

    def axis(name: str) -> int | None:
        said = kept.get(name)
        return multiscale.axis_index(said) if isinstance(said, str) else None

    rows, columns, moving = axis("rows"), axis("columns"), axis("moving")
    if rows is not None and columns is not None and rows != columns:
        view = view.displaying(rows, columns)
    if moving is not None:
        view = view.moving_along(moving)
    index, said = list(view.index), kept.get("index")
    for name, at in said.items() if isinstance(said, dict) else ():
        found = multiscale.axis_index(name)
        if found is not None and _is_whole(at):
            index[found] = min(max(0, at), view.extent[found] - 1)
    view = replace(view, index=tuple(index))
    centre, zoom = _numbers(kept.get("centre"), 2), _numbers([kept.get("zoom")], 1)
    if centre is None or zoom is None or (rows, columns) != (view.rows, view.columns):
        return view
    near = replace(view, centre=(centre[0], centre[1]), zoom=max(1.0, zoom[0]))
    return near.zoomed(1).panned(0, 0)  # a smaller image may not reach so far


def _look(request: PictureRequest, kept: Mapping[str, Any], *, colors: bool) -> Look:
    look = request.look
    composed = kept.get("composed")
    if isinstance(composed, bool):
        look = replace(look, composed=composed)
    said = kept.get("channels")
    for name, channel in said.items() if isinstance(said, dict) else ():
        if name.isdecimal() and int(name) < channel_count(request.image):
            look = look.with_channel(int(name), _channel_look(channel))
    if not colors:
        return look
    source, colormap, invert = (kept.get(name) for name in ("source", "colormap", "invert"))
    gamma = _numbers([kept.get("gamma")], 1)
    return replace(
        look,
        source=source if source in SOURCES else look.source,
        colormap=_colormap(colormap) or look.colormap,
        invert=invert if isinstance(invert, bool) else look.invert,
        gamma=gamma[0] if gamma is not None and gamma[0] > 0 else look.gamma,
    )


def _channel_look(said: Any) -> ChannelLook:
    if not isinstance(said, dict):
        return ChannelLook()
    shown = said.get("shown")
    window, color = _numbers(said.get("window"), 2), _numbers(said.get("color"), 3)
    is_window = window is not None and window[0] < window[1]
    is_color = color is not None and all(0 <= part <= 255 for part in color)
    return ChannelLook(
        shown if isinstance(shown, bool) else None,
        Window(window[0], window[1]) if window and is_window else None,
        (int(color[0]), int(color[1]), int(color[2])) if color and is_color else None,
    )


def _numbers(said: Any, count: int) -> list[float] | None:
    """So many finite numbers; None where these are not."""
    if not isinstance(said, list) or len(said) != count:
        return None
    numbers = [+one for one in said if isinstance(one, int | float) and abs(one) < 1e300]
    return numbers if len(numbers) == count and all(map(math.isfinite, numbers)) else None


def _is_whole(said: Any) -> bool:
    return isinstance(said, int) and not isinstance(said, bool)


def _colormap(said: Any) -> str | None:
    """The name of a colormap; None where there is none of that name."""
    from omezarr_tui.errors import UserError
    from omezarr_tui.image.colormaps import color_table

    if not isinstance(said, str):
        return None
    try:
        color_table(said)
    except UserError:
        return None
    return said
