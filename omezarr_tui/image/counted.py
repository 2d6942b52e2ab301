"""The values that are counted or added up: those of a region, or of its projection."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
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
    from omezarr_tui.image.reader import Gap, Reader

_BAND = 1 << 22  # projected pixels that are held at a time


@dataclass(slots=True)
class Left:
    """How many values are in chunks that were never written, or cannot be read."""

    unwritten: int = 0
    unreadable: int = 0

    def miss(self, gap: Gap) -> None:
        """Take what cannot be read into account."""
        self.unreadable += math.prod(gap.size)


def counted_values(
    reader: Reader,
    counting: Counting,
    region: Region,
    cancelled: Callable[[], bool] = lambda: False,
    left: Left | None = None,
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
    left
        Told of what lies in chunks that were never written, or cannot be read. Without it
        these raise.

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
            samples = reader.sample(band, cancelled, with_gaps=left is not None)
            if left is not None and samples.unwritten is not None:
                left.unwritten += int(samples.unwritten.sum())
            if left is not None and samples.unreadable is not None:
                left.unreadable += int(samples.unreadable.sum())
            yield samples.known
        return
    miss = None if left is None else left.miss
    for block in reader.blocks(counting.array, region, cancelled, miss):
        if cancelled():
            raise Cancelled
        if left is not None and not block.written:
            left.unwritten += block.values.size
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
    left = Left()

    def told(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        progress(values.size)
        return values

    parts = counted_values(reader, counting, region, cancelled, left)
    statistics = statistics_of(map(told, parts))
    return replace(statistics, unwritten=left.unwritten, unreadable=left.unreadable)


def histogram_in(
    reader: Reader,
    counting: Counting,
    region: Region,
    cancelled: Callable[[], bool] = lambda: False,
) -> Histogram:
    """The histogram of one of the regions of a counting; see `counted_values`."""
    left = Left()
    parts = counted_values(reader, counting, region, cancelled, left)
    histogram = histogram_of(parts)
    return replace(histogram, unwritten=left.unwritten, unreadable=left.unreadable)


def left_text(unwritten: int, unreadable: int, counting: Counting) -> str:
    """How many values were never written, or cannot be read; nothing where there are none."""
    told = [_unwritten_text(unwritten, counting)] if unwritten else []
    if unreadable:
        told.append(f"{format_count(unreadable)} that cannot be read left out")
    return ", ".join(told)


def _unwritten_text(count: int, counting: Counting) -> str:
    """That values were never written, and what they count as."""
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
