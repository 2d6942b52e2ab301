"""A scale bar: a line of a round physical length, with its length in signs of 5 × 7 dots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.plotting import rounded_step
from omezarr_tui.text import format_number, format_unit

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.picture import Picture

_SHARE = 4  # of the picture's width, that the bar is no longer than
_LEAST = 48  # pixels down and across in which a bar has room
# Each sign as seven rows of five dots, a bit for each dot.
_SIGNS = {
    "0": (14, 17, 19, 21, 25, 17, 14),
    "1": (4, 12, 4, 4, 4, 4, 14),
    "2": (14, 17, 1, 2, 4, 8, 31),
    "3": (31, 2, 4, 2, 1, 17, 14),
    "4": (2, 6, 10, 18, 31, 2, 2),
    "5": (31, 16, 30, 1, 1, 17, 14),
    "6": (6, 8, 16, 30, 17, 17, 14),
    "7": (31, 1, 2, 4, 8, 8, 8),
    "8": (14, 17, 17, 14, 17, 17, 14),
    "9": (14, 17, 17, 15, 1, 2, 12),
    ".": (0, 0, 0, 0, 0, 12, 12),
    "e": (0, 0, 14, 17, 31, 16, 14),
    "+": (0, 4, 4, 31, 4, 4, 0),
    "-": (0, 0, 0, 31, 0, 0, 0),
    "µ": (0, 0, 17, 17, 19, 29, 16),
    "n": (0, 0, 22, 25, 17, 17, 17),
    "m": (0, 0, 26, 21, 21, 17, 17),
    "c": (0, 0, 14, 16, 16, 17, 14),
    "k": (16, 16, 18, 20, 24, 20, 18),
    "Å": (4, 10, 4, 14, 17, 31, 17),
}
_WIDTH, _HEIGHT = 5, 7


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A bar to draw.

    Parameters
    ----------
    pixels
        Its length in pixels of a level; a fraction is possible.
    text
        Its length in words: ``50 µm``.
    """

    pixels: float
    text: str


def scale_bar(picture: Picture) -> ScaleBar | None:
    """The bar that fits a picture; None where the pixels have no physical width, or are few."""
    sampling, multiscale = picture.sampling, picture.request.image.multiscale
    axis = multiscale.axes[sampling.columns]
    width = sampling.region[sampling.columns]
    size = abs(multiscale.levels[sampling.level].scale[sampling.columns])
    unit = format_unit(axis.unit)
    if axis.type != "space" or not size > 0 or not unit or not {*unit} <= {*_SIGNS}:
        return None
    length = rounded_step((width.stop - width.start) * size, _SHARE)
    return ScaleBar(length / size, f"{format_number(length, 3)} {unit}")


def bar_mask(bar: ScaleBar, scale: int, height: int, width: int) -> np.ndarray[Any, Any] | None:
    """Where a bar and its text lie, at the bottom right.

    Parameters
    ----------
    scale
        Pixels of the picture for one of the level.
    height, width
        Of the picture.

    Returns
    -------
    mask
        uint8 (rows, columns) of the picture's bottom: 0 nothing, 1 a dark edge, 2 the bar.
        None where there is no room for it.
    """
    import numpy as np

    if min(height, width) < _LEAST:
        return None
    dot = max(1, min(height, width) // 360)
    long = max(1, round(bar.pixels * scale))
    text = _text_dots(bar.text).repeat(dot, axis=0).repeat(dot, axis=1)
    margin, thick = 6 * dot, 3 * dot
    inside = max(long, text.shape[1])
    rows = margin + thick + 2 * dot + text.shape[0] + dot
    if inside + 2 * margin > width or rows > height:
        return None
    ink = np.zeros((rows, width), bool)
    right = width - margin
    ink[rows - margin - thick : rows - margin, right - long : right] = True
    left = right - (long + text.shape[1]) // 2 if text.shape[1] < long else right - text.shape[1]
    ink[dot : dot + text.shape[0], left : left + text.shape[1]] |= text
    edge = np.zeros_like(ink)
    for down in range(-dot, dot + 1):
        for across in range(-dot, dot + 1):
            edge |= np.roll(ink, (down, across), (0, 1))
    return np.where(ink, 2, edge).astype(np.uint8)


def _text_dots(text: str) -> np.ndarray[Any, Any]:
    import numpy as np

    dots = np.zeros((_HEIGHT, (_WIDTH + 1) * len(text) - 1), bool)
    for number, sign in enumerate(text):
        for row, bits in enumerate(_SIGNS.get(sign, (0,) * _HEIGHT)):
            for column in range(_WIDTH):
                if bits >> (_WIDTH - 1 - column) & 1:
                    dots[row, number * (_WIDTH + 1) + column] = True
    return dots
