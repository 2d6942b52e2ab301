"""The small map of the whole plane, with the window that is looked at on it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from omezarr_tui.image.cells import Frame
from omezarr_tui.image.composite import RGB
from omezarr_tui.image.pointing import window_of
from omezarr_tui.image.region import Box

if TYPE_CHECKING:
    from omezarr_tui.image.picture import Picture, PictureRequest

_MOST = (8, 20)  # cells down and across
_LEAST = (3, 8)  # that a map needs, to tell anything
_SHARE = (4, 5)  # of the picture's rows and columns, that a map takes one of
_DIM = 0.6  # of its brightness is left to what lies outside of the window
_BLANK: RGB = (110, 120, 130)  # of a plane that would have to be read for it
_WHOLE = 1 - 1e-6


@dataclass(frozen=True, slots=True)
class Overview:
    """A map that is wanted, and the window on it.

    Parameters
    ----------
    request
        For the picture of the whole plane.
    box
        The window, in samples of that picture.
    """

    request: PictureRequest
    box: Box


def overview_of(picture: Picture) -> Overview | None:
    """The map for a picture.

    Returns
    -------
    overview
        None where all of the plane is in sight, or the picture has no room to spare.
    """
    request = picture.request
    (top, height), (left, width) = window_of(request)
    room = tuple(
        min(most, cells // share)
        for most, cells, share in zip(_MOST, request.room, _SHARE, strict=True)
    )
    if min(height, width) > _WHOLE or room[0] < _LEAST[0] or room[1] < _LEAST[1]:
        return None
    if request.look.rendering == "pixels":  # which no cells can be laid over
        return None
    look = replace(request.look, rendering="ascii" if request.look.depth == "none" else "half")
    for layer in picture.layers:  # the same contrast, and nothing is read to find it
        look = look.with_window(layer.channel, layer.window)
    whole = replace(
        request,
        view=request.view.whole(),
        room=(room[0], room[1]),
        look=look,
        level=None,
        overlay=None,
        maximum=False,
    )
    rows, columns = whole.sampling().grid
    return Overview(whole, Box(*_samples(top, height, rows), *_samples(left, width, columns)))


def blank_overview(overview: Overview) -> Frame:
    """The map of a plane whose pixels are not at hand."""
    import numpy as np

    rows, columns = overview.request.sampling().grid
    if overview.request.look.depth == "none":
        return Frame(("·" * columns,) * rows)
    cells = np.zeros(((rows + 1) // 2, columns), int)
    lines = ("▀" * columns,) * len(cells)
    return Frame(lines, (_BLANK,), cells, cells, (2, 1), depth=overview.request.look.depth)


def with_window(frame: Frame, box: Box, color: RGB, *, dark: bool) -> Frame:
    """A map in half-blocks with the window on it: outlined, and what lies outside is dimmed.

    Parameters
    ----------
    frame
        The whole plane, as half-blocks; one without colours stays as it is.
    box
        The window, in samples of it.
    color
        Red, green and blue of the outline.
    dark
        Whether the terminal's background is dark.
    """
    import numpy as np

    if frame.palette is None or frame.fg is None or frame.bg is None:
        return frame
    count = len(frame.palette)
    ground = 0 if dark else 255
    dimmed = (
        tuple(round(part * _DIM + ground * (1 - _DIM)) for part in shade) for shade in frame.palette
    )
    palette = (*frame.palette, *((red, green, blue) for red, green, blue in dimmed), color)
    samples = np.empty((2 * frame.fg.shape[0], frame.fg.shape[1]), int)
    samples[0::2], samples[1::2] = frame.fg, frame.bg
    outside = np.ones(samples.shape, bool)
    inside = np.zeros(samples.shape, bool)
    outside[box.top : box.bottom, box.left : box.right] = False
    # Where it is too thin for an outline all around, its ends are marked, and what lies between
    # them is seen.
    down, across = (int(size > 2) for size in (box.bottom - box.top, box.right - box.left))
    if down or across:
        inside[box.top + down : box.bottom - down, box.left + across : box.right - across] = True
    samples[outside] += count
    samples[~outside & ~inside] = 2 * count
    return replace(frame, palette=palette, fg=samples[0::2], bg=samples[1::2])


def place_on_map(row: int, column: int, size: tuple[int, int]) -> tuple[float, float]:
    """The place of the plane, from 0 to 1, in the middle of a cell of a map of some size."""
    return (row + 0.5) / size[0], (column + 0.5) / size[1]


def _samples(start: float, length: float, count: int) -> tuple[int, int]:
    """The samples that a part of an axis takes: at least one."""
    first = min(count - 1, max(0, round(start * count)))
    return first, min(count, max(first + 1, round((start + length) * count)))
