"""A long row of values in few numbers: the least and the greatest of each part of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.reader import Reader
from omezarr_tui.settings import MIB
from omezarr_tui.store.node import Array

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
    """

    low: np.ndarray[Any, Any]
    high: np.ndarray[Any, Any]
    count: int
    read: int

    @property
    def drawn(self) -> np.ndarray[Any, Any]:
        """Both by turns (2 × parts,), as a curve is drawn of them."""
        import numpy as np

        return np.stack([self.low, self.high], axis=1).reshape(-1)


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
    read = 0
    for region in sampled_regions(node):
        for block in reader.blocks(node, region, cancelled):
            values = block.values.astype(np.float64)
            read += values.size
            where = (np.arange(values.size, dtype=np.int64) + block.start[0]) * parts // count
            starts = np.flatnonzero(np.diff(where, prepend=-1))
            finite = np.isfinite(values)
            least = np.minimum.reduceat(np.where(finite, values, np.inf), starts)
            greatest = np.maximum.reduceat(np.where(finite, values, -np.inf), starts)
            low[where[starts]] = np.minimum(low[where[starts]], least)
            high[where[starts]] = np.maximum(high[where[starts]], greatest)
    nothing = low > high
    low[nothing] = high[nothing] = np.nan
    return Envelope(low, high, count, read)


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
