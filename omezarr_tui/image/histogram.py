"""Histograms: how often each value occurs in a region, counted block by block in one pass."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

BINS = 1 << 16  # at the most: each value of 16 bits has one of its own
_MANTISSA = 53  # bits of a double: narrower bins could not be told apart
_NARROWEST = -1022  # exponent: what is finer has fewer bits
_COUNT_SIZE = 1 << 20  # values that are counted at a time, so that copies stay small

Region = tuple[slice, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """How many values lie from `low` up to, but without, `high`."""

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """Exact counts of values in bins of equal width.

    Parameters
    ----------
    width
        Of a bin: a power of two. Of whole numbers it is one itself, 1 where each value has a bin
        of its own, and so are the edges of bins, however far from zero.
    first
        The lowest value of the first bin, in widths.
    counts
        Values in each bin (bins,), int64; the first and the last bin hold some.
    nans, infinities
        Values that are in no bin.
    unwritten
        How many of all lie in chunks that were never written: they count as the fill value.
    unreadable
        How many more lie in chunks that cannot be read: they do not count.
    """

    width: float
    first: int
    counts: np.ndarray[Any, Any]
    nans: int
    infinities: int
    unwritten: int = 0
    unreadable: int = 0

    @property
    def finite(self) -> int:
        """How many values are in bins."""
        return int(self.counts.sum())

    @property
    def low(self) -> float:
        """The lower edge of the lowest bin; 0 where there is none."""
        return self.first * self.width

    @property
    def high(self) -> float:
        """The upper edge of the highest bin; 0 where there is none."""
        return (self.first + len(self.counts)) * self.width

    def bars(self, low: float, high: float, most: int) -> list[Bar]:
        """Counts between two values, in some bars of equal width.

        Bins are never parted, so the counts are exact; the first and the last bar may reach
        beyond `low` and `high`.

        Parameters
        ----------
        low, high
            What is to be seen.
        most
            Bars at the most.
        """
        begin, end = _floor(low, self.width), -_floor(-high, self.width)
        bins = max(1, end - begin)
        each = -(-bins // most)
        bars = []
        for start in range(begin, begin + bins, each):
            inside = slice(max(0, start - self.first), max(0, start + each - self.first))
            count = int(self.counts[inside].sum())
            bars.append(Bar(start * self.width, (start + each) * self.width, count))
        return bars

    def quantile(self, part: float) -> float:
        """The middle of the bin that holds the value of which a part (0 to 1) is not above it."""
        import numpy as np

        if not len(self.counts):
            return 0.0
        rank = max(1, math.ceil(part * self.finite))
        at = int(np.searchsorted(np.cumsum(self.counts), rank))
        half = self.width // 2 if isinstance(self.width, int) else self.width / 2
        return (self.first + at) * self.width + half

    def beyond(self, low: float, high: float) -> tuple[int, int]:
        """How many values lie in bins below `low`, and how many in bins above `high`."""
        below = max(0, _floor(low, self.width) - self.first)
        above = max(0, _floor(high, self.width) + 1 - self.first)
        return int(self.counts[:below].sum()), int(self.counts[above:].sum())


class Counter:
    """Counts values of any real type; its bins widen, by merging two and two, as values need it.

    Its size is bounded by `BINS`, whatever is counted.
    """

    def __init__(self) -> None:
        self._exponent: int | None = None  # bins are 2 to this wide
        self._first = 0
        self._counts: np.ndarray[Any, Any] | None = None
        # Floats that are all the same do not tell yet how fine bins should be.
        self._only: tuple[float, int] | None = None
        self._is_whole = False
        self._nans = self._infinities = 0

    def add(self, values: np.ndarray[Any, Any]) -> None:
        """Count values (any shape): booleans, whole numbers or floats."""
        flat = values.reshape(-1)
        for start in range(0, flat.size, _COUNT_SIZE):
            self._add(flat[start : start + _COUNT_SIZE])

    def result(self) -> Histogram:
        """What was counted so far."""
        import numpy as np

        first, counts, exponent = self._first, self._counts, self._exponent or 0
        if counts is None and self._only is not None:
            value, count = self._only
            exponent = _finest(value, value)
            first, counts = _bin(value, exponent), np.array([count])
        counts = np.zeros(0, np.int64) if counts is None else counts.copy()
        width = 1 << exponent if self._is_whole else math.ldexp(1.0, exponent)
        return Histogram(width, first, counts, self._nans, self._infinities)

    def _add(self, values: np.ndarray[Any, Any]) -> None:
        import numpy as np

        if values.dtype.kind == "b":
            values = values.view(np.uint8)
        if values.dtype.kind == "f":
            values = values.astype(np.float64)
            finite = np.isfinite(values)
            if not finite.all():
                nans = int(np.isnan(values).sum())
                self._nans += nans
                self._infinities += int(values.size - finite.sum()) - nans
                values = values[finite]
        if values.size == 0:
            return
        self._is_whole = is_whole = values.dtype.kind in "iu"
        least, greatest = values.min().item(), values.max().item()
        if self._exponent is None:
            if not is_whole and self._is_same(least, greatest, values.size):
                return
            only = self._only or (least, 0)
            low, high = min(least, only[0]), max(greatest, only[0])
            self._exponent = 0 if is_whole else _finest(low, high)
            if only[1]:
                self._merge(_bin(only[0], self._exponent), np.array([only[1]]))
        self._make_room(least, greatest)
        places = _bins(values, self._exponent)
        first = places.min()
        self._merge(int(first), np.bincount((places - first).astype(np.int64)))

    def _is_same(self, least: float, greatest: float, count: int) -> bool:
        """Count values that are all the same; False where they are not."""
        before = self._only or (least, 0)
        if not before[0] == least == greatest:
            return False
        self._only = (least, before[1] + count)
        return True

    def _merge(self, first: int, counts: np.ndarray[Any, Any]) -> None:
        """Add counts of bins, of which the lowest is given."""
        import numpy as np

        if self._counts is None:
            self._first, self._counts = first, counts.astype(np.int64)
            return
        start = min(self._first, first)
        stop = max(self._first + len(self._counts), first + len(counts))
        joined = np.zeros(stop - start, np.int64)
        joined[self._first - start :][: len(self._counts)] += self._counts
        joined[first - start :][: len(counts)] += counts
        self._first, self._counts = start, joined

    def _make_room(self, least: float, greatest: float) -> None:
        """Widen bins until old and new values lie in `BINS` of them."""
        import numpy as np

        assert self._exponent is not None
        while True:
            first, last = _bin(least, self._exponent), _bin(greatest, self._exponent)
            if self._counts is not None:
                first = min(first, self._first)
                last = max(last, self._first + len(self._counts) - 1)
            precise = max(abs(first), abs(last)) < 1 << _MANTISSA or isinstance(least, int)
            if last - first < BINS and precise:
                return
            self._exponent += 1
            if self._counts is not None:
                odd = self._first & 1
                padded = np.concatenate([np.zeros(odd, np.int64), self._counts])
                padded = np.append(padded, np.zeros(len(padded) & 1, np.int64))
                self._counts = padded.reshape(-1, 2).sum(axis=1)
                self._first >>= 1


def _finest(least: float, greatest: float) -> int:
    """The exponent of bins that hold some floats, as fine as `BINS` and doubles allow."""
    precision = math.frexp(max(abs(least), abs(greatest)))[1] - _MANTISSA
    span = greatest / BINS - least / BINS  # the span itself may be too large for a double
    return max(precision, math.frexp(span)[1] - 1 if span else precision, _NARROWEST)


def _floor(value: float, width: float) -> int:
    """The bin of some width that a value lies in; of whole numbers exactly."""
    if isinstance(value, int) and isinstance(width, int):
        return value // width
    return math.floor(value / width)


def _bin(value: float, exponent: int) -> int:
    """The bin that a value lies in."""
    number, parts = value.as_integer_ratio()  # in whole numbers nothing overflows
    return (number << max(0, -exponent)) // (parts << max(0, exponent))


def _bins(values: np.ndarray[Any, Any], exponent: int) -> np.ndarray[Any, Any]:
    """The bins that values lie in: int64, or uint64 of such values."""
    import numpy as np

    if values.dtype == np.uint64:
        return values >> np.uint64(exponent)
    if values.dtype.kind in "iu":
        return values.astype(np.int64) >> exponent
    scaled = np.ldexp(values, -exponent)
    bins: np.ndarray[Any, Any] = np.floor(scaled).astype(np.int64)
    bins[(values < 0) & (scaled == 0)] = -1  # what is too small for a double is still below 0
    return bins


def histogram_of(blocks: Iterable[np.ndarray[Any, Any]]) -> Histogram:
    """Count the values of arrays of one type (any shape), one after another."""
    counter = Counter()
    for values in blocks:
        counter.add(values)
    return counter.result()
