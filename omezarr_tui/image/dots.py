"""Samples as dots that are set or not: braille, and blocks where there are no colours.

Which dots are set follows a fixed pattern of thresholds, so that a sample that does not change
looks the same in the next frame, whatever changes beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from omezarr_tui.image.quadrants import GLYPHS as QUADRANTS

if TYPE_CHECKING:
    import numpy as np

_HALVES = " ▀▄█"
_BRAILLE = 0x2800
_DARKEST = 0.02
# The bit of each dot of a braille cell, by rows: Unicode counts them down the columns.
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def set_dots(light: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Which dots are set, so that their density is the brightness.

    Parameters
    ----------
    light
        From 0 to 1 (rows, columns) of dots.

    Returns
    -------
    dots
        (rows, columns), bool.
    """
    tiled = thresholds(*light.shape)
    # What is nearly black has no dots: a few, far apart, would only show the pattern.
    dots: np.ndarray[Any, Any] = light > _DARKEST + (1 - _DARKEST) * tiled
    return dots


def dot_glyphs(dots: np.ndarray[Any, Any], per_cell: tuple[int, int]) -> np.ndarray[Any, Any]:
    """The glyphs of cells.

    Parameters
    ----------
    dots
        Which are set (rows × down, columns × across), bool.
    per_cell
        Dots down and across in a cell: (2, 1), (2, 2) or (4, 2).

    Returns
    -------
    glyphs
        Characters (rows, columns).
    """
    import numpy as np

    down, across = per_cell
    rows, columns = dots.shape[0] // down, dots.shape[1] // across
    cells = dots.reshape(rows, down, columns, across).transpose(0, 2, 1, 3)
    if per_cell == (4, 2):
        codes = _BRAILLE + (cells * np.array(_BITS)).sum(axis=(2, 3))
        glyphs: np.ndarray[Any, Any] = codes.astype(np.uint32).view("U1")
        return np.where(codes == _BRAILLE, " ", glyphs)
    bits = 1 << np.arange(down * across).reshape(down, across)
    table = np.array([*(_HALVES if per_cell == (2, 1) else QUADRANTS)])
    return table[(cells * bits).sum(axis=(2, 3))]  # type: ignore[no-any-return]


def thresholds(rows: int, columns: int) -> np.ndarray[Any, Any]:
    """Bayer's matrix of 8 × 8, over and over: from 0 to 1 (rows, columns), neighbours far apart."""
    import numpy as np

    matrix = np.zeros((1, 1))
    for _ in range(3):
        matrix = np.block([[4 * matrix, 4 * matrix + 2], [4 * matrix + 3, 4 * matrix + 1]])
    times = -(-rows // len(matrix)), -(-columns // len(matrix))
    tiled: np.ndarray[Any, Any] = np.tile((matrix + 0.5) / matrix.size, times)[:rows, :columns]
    return tiled
