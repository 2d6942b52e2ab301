"""The values that are counted or added up: those of a region, or of its projection."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.histogram import Histogram, Region, histogram_of
from omezarr_tui.image.magnitudes import magnitudes
from omezarr_tui.image.sampling import Sampling
from omezarr_tui.image.statistics import Statistics, statistics_of
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.text import compact_json, format_count, format_number

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.plotted import Counting
    from omezarr_tui.image.reader import Reader

_BAND = 1 << 22  # projected pixels that are held at a time


def counted_values(
    reader: Reader,
    counting: Counting,
    region: Region,
    cancelled: Callable[[], bool] = lambda: False,
    unwritten: Callable[[int], None] = lambda count: None,
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
    unwritten
        Given for parts how many of their values lie in chunks that were never written: these
        are the fill value.

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
            samples = reader.sample(band, cancelled)
            if samples.unwritten is not None:
                unwritten(int(samples.unwritten.sum()))
            yield samples.values
        return
    for block in reader.blocks(counting.array, region, cancelled):
        if cancelled():
            raise Cancelled
        if not block.written:
            unwritten(block.values.size)
        yield magnitudes(block.values)


def statistics_in(
    reader: Reader,
    counting: Counting,
    region: Region,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int], None] = lambda count: None,
) -> Statistics:
    """The statistics of one of the regions of a counting; see `counted_values`.

    Parameters
    ----------
    progress
        Given how many values each part has, as it comes.
    """
    found: list[int] = []

    def told(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        progress(values.size)
        return values

    parts = counted_values(reader, counting, region, cancelled, found.append)
    statistics = statistics_of(map(told, parts))
    return replace(statistics, unwritten=sum(found))


def histogram_in(
    reader: Reader,
    counting: Counting,
    region: Region,
    cancelled: Callable[[], bool] = lambda: False,
) -> Histogram:
    """The histogram of one of the regions of a counting; see `counted_values`."""
    found: list[int] = []
    parts = counted_values(reader, counting, region, cancelled, found.append)
    histogram = histogram_of(parts)
    return replace(histogram, unwritten=sum(found))


def unwritten_text(count: int, counting: Counting) -> str:
    """That values were never written, and what they count as; nothing where all were."""
    if not count:
        return ""
    told = counting.array.fill_value
    fill = format_number(told) if isinstance(told, float) else compact_json(told, 24).strip('"')
    counts = "counts" if count == 1 else "count"
    return f"{format_count(count)} never written {counts} as {fill}"


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
