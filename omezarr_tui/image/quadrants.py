"""Four samples to a cell: the glyph and the two colours that come nearest to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

# Glyphs by the samples that have the foreground: 1 above left, 2 above right, 4 and 8 below.
GLYPHS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
# The rest of a cell is as good a foreground: these eight, and no others, differ.
_PATTERNS = (3, 1, 2, 4, 5, 6, 7, 0)


def quadrants(
    colors: np.ndarray[Any, Any],
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The glyph, foreground and background of each cell.

    Of all ways to give each sample of a cell one of two colours, the one whose colours (the
    means of their samples) differ least from the samples.

    Parameters
    ----------
    colors
        Red, green and blue of samples (2 × rows, 2 × columns, 3), uint8.

    Returns
    -------
    glyphs
        Characters (rows, columns).
    foreground, background
        Red, green and blue (rows, columns, 3), uint8.
    """
    import numpy as np

    rows, columns = colors.shape[0] // 2, colors.shape[1] // 2
    cells = colors.reshape(rows, 2, columns, 2, 3).transpose(0, 2, 1, 3, 4)
    samples = cells.reshape(-1, 4, 3).astype(np.float32)
    total = samples.sum(axis=1)
    bits = np.array([[(pattern >> bit) & 1 for bit in range(4)] for pattern in _PATTERNS])
    counts = bits.sum(axis=1)
    # The sum of squares within both parts is least where that between them is largest.
    front = np.einsum("pb,cbk->pck", bits.astype(np.float32), samples)
    back = total[None] - front
    gain = (front**2).sum(axis=-1) / np.maximum(counts, 1)[:, None]
    gain += (back**2).sum(axis=-1) / (4 - counts)[:, None]
    best = gain.argmax(axis=0)
    every = np.arange(len(samples))
    fore = front[best, every] / np.maximum(counts[best], 1)[:, None]
    behind = back[best, every] / (4 - counts[best])[:, None]
    flat = counts[best] == 0
    fore[flat] = behind[flat]
    glyphs = np.array([GLYPHS[pattern] for pattern in _PATTERNS])[best]
    shape = (rows, columns, 3)
    return (
        glyphs.reshape(rows, columns),
        np.rint(fore).astype(np.uint8).reshape(shape),
        np.rint(behind).astype(np.uint8).reshape(shape),
    )
