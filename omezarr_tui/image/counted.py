"""The values that are counted or added up: those of a region, or of its projection."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.sampling import Sampling
from omezarr_tui.store.waiting import Cancelled

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.histogram import Region
    from omezarr_tui.image.plotted import Counting
    from omezarr_tui.image.reader import Reader

_BAND = 1 << 22  # projected pixels that are held at a time


def counted_values(
    reader: Reader,
    counting: Counting,
    region: Region,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[np.ndarray[Any, Any]]:
    """Read the values of one of the regions of a counting, part by part.

    Parameters
    ----------
    reader
        Reads the pixels.
    counting, region
        What is counted: a slice with start and stop for each axis. Where planes are projected
        it is the projected plane that is counted.
    cancelled
        Asked before each chunk.

    Yields
    ------
    values
        Of any shape: of a chunk, or of some rows (rows, columns) of a projected plane.

    Raises
    ------
    UserError
        A chunk cannot be read.
    Cancelled
        `cancelled` said True.
    """
    if counting.projection is not None:
        for band in _bands(counting, region):
            yield reader.sample(band, cancelled).values
        return
    for block in reader.blocks(counting.array, region, cancelled):
        if cancelled():
            raise Cancelled
        yield block.values


def _bands(counting: Counting, region: Region) -> Iterator[Sampling]:
    """Rows of a projected plane that end where chunks do, each pixel as one sample."""
    rows, columns = counting.plane
    down, across = region[rows], region[columns]
    height, width = counting.array.chunks[rows], across.stop - across.start
    step = height * max(1, math.ceil(_BAND / (height * width)))
    for first in range(down.start // step * step, down.stop, step):
        top, bottom = max(first, down.start), min(first + step, down.stop)
        yield Sampling(
            counting.level,
            counting.array,
            rows,
            columns,
            tuple(part.start for part in region),
            top,
            bottom,
            across.start,
            across.stop,
            (bottom - top, width),
            "nearest",
            counting.projection,
        )
