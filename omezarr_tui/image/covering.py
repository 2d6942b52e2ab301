"""Which pixels a sample covers, and which samples lie in a block of pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.sampling import Sampling

    Ints = np.ndarray[Any, np.dtype[np.integer[Any]]]
    Floats = np.ndarray[Any, np.dtype[np.floating[Any]]]

_ROUNDING = 1e-9  # of a pixel: a sample covers nothing thinner


def edges(sampling: Sampling) -> tuple[Floats, Floats]:
    """Where samples begin and end, down and across, in pixels: one more than there are samples."""
    import numpy as np

    return (
        np.linspace(sampling.top, sampling.bottom, sampling.grid[0] + 1),
        np.linspace(sampling.left, sampling.right, sampling.grid[1] + 1),
    )


def covered(edges: Floats) -> tuple[Ints, Ints]:
    """The first pixel and the one past the last that each sample covers, if only in part."""
    import numpy as np

    first = np.floor(edges[:-1] + _ROUNDING).astype(int)
    return first, np.maximum(first + 1, np.ceil(edges[1:] - _ROUNDING).astype(int))


def centres(sampling: Sampling) -> tuple[Ints, Ints]:
    """The rows and the columns of the pixels at the samples' centres."""
    import numpy as np

    down, across = sampling.pixels_per_sample
    height, width = sampling.array.shape[sampling.rows], sampling.array.shape[sampling.columns]
    rows, columns = (np.arange(count) + 0.5 for count in sampling.grid)
    return (
        np.minimum((sampling.top + rows * down).astype(int), height - 1),
        np.minimum((sampling.left + columns * across).astype(int), width - 1),
    )


def touched(first: Ints, last: Ints, start: int, count: int) -> slice:
    """The samples that cover some of the pixels start…start+count."""
    return slice(
        int(last.searchsorted(start, side="right")), int(first.searchsorted(start + count))
    )


def covers_one_pixel(sampling: Sampling) -> bool:
    """Whether each sample lies in a single pixel."""
    return all(bool((last - first == 1).all()) for first, last in map(covered, edges(sampling)))
