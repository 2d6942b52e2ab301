"""Eight samples to a cell: dots of one colour on another, as near to them as these come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from omezarr_tui.image.dots import dot_glyphs

if TYPE_CHECKING:
    import numpy as np

PER_CELL = (4, 2)
_SAMPLES = 8
# How much of its sample a dot covers, about: fonts and terminals draw from a fifth to all.
_COVERED = 0.5
_LIGHT = (0.2126, 0.7152, 0.0722)


def braille(
    colors: np.ndarray[Any, Any],
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The glyph, foreground and background of each cell.

    The samples above some brightness, or those below, become dots, whichever is nearer. As a
    dot leaves some of its sample free, the background takes part in the colour of the dots, and
    the mean of the cell stays what it is.

    Parameters
    ----------
    colors
        Red, green and blue of samples (4 × rows, 2 × columns, 3), uint8.

    Returns
    -------
    glyphs
        Characters (rows, columns).
    foreground, background
        Red, green and blue (rows, columns, 3), uint8.
    """
    import numpy as np

    rows, columns = colors.shape[0] // PER_CELL[0], colors.shape[1] // PER_CELL[1]
    cells = colors.reshape(rows, PER_CELL[0], columns, PER_CELL[1], 3).transpose(0, 2, 1, 3, 4)
    samples = cells.reshape(-1, _SAMPLES, 3).astype(np.float32)
    dots = _parted(samples @ np.array(_LIGHT, np.float32))
    count = dots.sum(axis=1, dtype=np.float32)[:, None]
    front = np.einsum("cs,csk->ck", dots.astype(np.float32), samples)
    back = samples.sum(axis=1) - front
    back += (1 - _COVERED) * front
    fore = front / np.maximum(count, 1)
    behind = back / (_SAMPLES - _COVERED * count)
    fore = np.where(count > 0, fore, behind)
    placed = dots.reshape(rows, columns, *PER_CELL).transpose(0, 2, 1, 3)
    glyphs = dot_glyphs(placed.reshape(rows * PER_CELL[0], columns * PER_CELL[1]), PER_CELL)
    shape = (rows, columns, 3)
    return (
        glyphs,
        np.rint(fore).astype(np.uint8).reshape(shape),
        np.rint(behind).astype(np.uint8).reshape(shape),
    )


def _parted(light: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Which samples of each cell (cells, 8) are dots, by their brightness; of even cells none."""
    import numpy as np

    ordered = np.sort(light, axis=1)
    below = np.cumsum(ordered, axis=1)[:, :-1]
    total = ordered.sum(axis=1, keepdims=True)
    counts = np.arange(1, _SAMPLES, dtype=np.float32)
    dark, bright = below / counts, (total - below) / (_SAMPLES - counts)
    # What a way to part them explains of the differences within a cell, by how much of the
    # cell the dots cover.
    apart = (bright - dark) ** 2

    def gain(dots: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        free = _SAMPLES - dots
        covered = _COVERED * dots
        explained: np.ndarray[Any, Any] = (
            covered * free**2 / (_SAMPLES * (_SAMPLES - covered)) * apart
        )
        return explained

    gains = np.concatenate([gain(_SAMPLES - counts), gain(counts)], axis=1)
    best = gains.argmax(axis=1)
    at = best % (_SAMPLES - 1)
    every = np.arange(len(light))
    limit = (ordered[every, at] + ordered[every, at + 1])[:, None] / 2
    above = light > limit
    even = ordered[:, -1] == ordered[:, 0]
    dots: np.ndarray[Any, Any] = above ^ (best >= _SAMPLES - 1)[:, None]
    return dots & ~even[:, None]  # type: ignore[no-any-return]
