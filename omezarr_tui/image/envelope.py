"""A long row of values in few numbers: the least and the greatest of each part of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.long_integers import MOST, counted_from, is_long, origin_of
from omezarr_tui.image.reader import Reader
from omezarr_tui.settings import MIB
from omezarr_tui.store.node import Array
from omezarr_tui.text import format_count

if TYPE_CHECKING:
    import numpy as np

BINS = 2048  # more than any terminal has dots across
BUDGET = 32 * MIB  # of decoded chunks that are read for it
_MOST_CHUNKS = 1024


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of a row of values.

    Parameters
    ----------
    low, high
        The least and the greatest finite value of each part (parts,), float64: NaN where none
        was read, or none is finite. Parts are equally long, up to rounding.
    count
        How many values the array has.
    read
        How many of them were read.
    nans, unwritten
        How many of these are NaN, and how many lie in chunks that were never written.
    infinities
        How many values of each part are −∞ and +∞: (2, parts).
    origin
        What `low` and `high` are counted from: 0 unless doubles do not hold the values.
    """

    low: np.ndarray[Any, Any]
    high: np.ndarray[Any, Any]
    count: int
    read: int
    nans: int
    unwritten: int
    infinities: np.ndarray[Any, Any]
    origin: int = 0

    @property
    def drawn(self) -> np.ndarray[Any, Any]:
        """Both by turns (2 × parts,), as a curve is drawn of them."""
        import numpy as np

        return np.stack([self.low, self.high], axis=1).reshape(-1)

    @property
    def told(self) -> str:
        """Of how many values it is in words: of all or a sample, and how many are no number."""
        count, infinities = format_count(self.count), int(self.infinities.sum())
        odd = self.nans + infinities
        if self.read < self.count:
            parts = [f"a sample of {format_count(self.read)} of {count} values"]
            if odd:
                parts.append(f"{format_count(self.read - odd)} finite")
        elif odd:
            parts = [f"{format_count(self.read - odd)} of {count} values finite"]
        else:
            parts = [f"all {count} values"]
        if self.nans:
            parts.append(f"{format_count(self.nans)} NaN")
        if infinities:
            parts.append(f"{format_count(infinities)} infinite")
        if self.unwritten:
            parts.append(f"{format_count(self.unwritten)} never written")
        return " · ".join(parts)


def can_plot(node: Array) -> bool:
    """Whether an array is a row of numbers."""
    return len(node.shape) == 1 and node.dtype.kind in ("number", "boolean") and node.shape[0] > 1


def read_envelope(
    reader: Reader, node: Array, cancelled: Callable[[], bool] = lambda: False
) -> Envelope:
    """Read a row of numbers, or a sample of its chunks where it is long.

    Parameters
    ----------
    reader
        Reads the chunks.
    node
        An array with one axis, of numbers.
    cancelled
        Asked before each chunk.

    Raises
    ------
    UserError
        A chunk cannot be read.
    Cancelled
        `cancelled` said True.
    """
    import numpy as np

    (count,) = node.shape
    parts = min(BINS, count)
    low, high = np.full(parts, np.inf), np.full(parts, -np.inf)
    infinities = np.zeros((2, parts), np.int64)
    read = nans = unwritten = origin = 0
    for region in sampled_regions(node):
        for block in reader.blocks(node, region, cancelled):
            if is_long(block.values.dtype.name):
                if not read and abs(first := origin_of(block.values)) > MOST:
                    origin = first
                values = counted_from(block.values, origin)
            else:
                values = block.values.astype(np.float64)
            read += values.size
            unwritten += 0 if block.written else values.size
            where = (np.arange(values.size, dtype=np.int64) + block.start[0]) * parts // count
            starts = np.flatnonzero(np.diff(where, prepend=-1))
            finite = np.isfinite(values)
            if not finite.all():
                nans += int(np.isnan(values).sum())
                for found, end in zip(infinities, (-np.inf, np.inf), strict=True):
                    found += np.bincount(where[values == end], minlength=parts)
            least = np.minimum.reduceat(np.where(finite, values, np.inf), starts)
            greatest = np.maximum.reduceat(np.where(finite, values, -np.inf), starts)
            low[where[starts]] = np.minimum(low[where[starts]], least)
            high[where[starts]] = np.maximum(high[where[starts]], greatest)
    nothing = low > high
    low[nothing] = high[nothing] = np.nan
    if origin:  # heights above the least value are easier to read than those below a first one
        least = np.nanmin(low)
        origin += int(least)
        low, high = low - least, high - least
    return Envelope(low, high, count, read, nans, unwritten, infinities, origin)


def sampled_regions(node: Array) -> list[tuple[slice, ...]]:
    """What is read of a row: all of it, or chunks that lie evenly, within a budget."""
    (count,), (chunk,) = node.shape, node.chunks
    chunk = max(1, chunk)
    chunks = -(-count // chunk)
    most = max(1, min(_MOST_CHUNKS, BUDGET // (chunk * (node.dtype.itemsize or 1))))
    if chunks <= most:
        return [(slice(0, count),)]
    if most == 1:
        return [(slice(0, min(chunk, count)),)]
    places = sorted({round(at * (chunks - 1) / (most - 1)) for at in range(most)})
    return [(slice(at * chunk, min(count, (at + 1) * chunk)),) for at in places]


def sampled_bytes(node: Array) -> int:
    """Uncompressed bytes of the chunks that are read for it."""
    regions = sampled_regions(node)
    chunk = max(1, node.chunks[0])
    chunks: int = sum(-(-(part.stop - part.start) // chunk) for (part,) in regions)
    return chunks * chunk * (node.dtype.itemsize or 1)
