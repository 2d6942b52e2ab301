"""Statistics of many values, piece by piece: those of whole numbers are exact."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_PIECE = 1 << 16  # values at a time: what is made of them stays in the processor's cache
_LIMB = 16  # bits: products of two of them add up in 64 bits, however many there are in a piece


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is known of many values. All but the counts are of the finite ones.

    Parameters
    ----------
    count
        How many are finite.
    nans, infinities
        How many are not.
    minimum, maximum, total
        Whole numbers where the values are. None where no value is finite.
    mean, deviation
        The standard deviation is that of these very values: divided by their count.
    unwritten
        How many of all lie in chunks that were never written: they count as the fill value.
    unreadable
        How many more lie in chunks that cannot be read: they do not count.
    """

    count: int
    nans: int
    infinities: int
    minimum: int | float | None = None
    maximum: int | float | None = None
    total: int | float | None = None
    mean: float | None = None
    deviation: float | None = None
    unwritten: int = 0
    unreadable: int = 0


class Whole:
    """Adds up whole numbers, and false and true as 0 and 1, without any rounding."""

    def __init__(self) -> None:
        self._count = self._sum = self._squares = 0
        self._least: list[int] = []

    def add(self, values: np.ndarray[Any, Any]) -> None:
        """Take in some values (any shape)."""
        flat = values.reshape(-1)
        for first in range(0, flat.size, _PIECE):
            self._add(flat[first : first + _PIECE])

    def _add(self, piece: np.ndarray[Any, Any]) -> None:
        import numpy as np

        ends = [*self._least, int(piece.min()), int(piece.max())]
        self._least = [min(ends), max(ends)]
        self._count += piece.size
        limbs = [
            (piece >> shift if shift else piece).astype(np.int64)
            & (-1 if shift + _LIMB >= _bits(piece.dtype) else (1 << _LIMB) - 1)
            for shift in range(0, _bits(piece.dtype), _LIMB)
        ]
        for low, one in enumerate(limbs):
            self._sum += int(one.sum()) << (_LIMB * low)
            for high, two in enumerate(limbs[low:], low):
                times = 1 if low == high else 2
                self._squares += times * int(np.dot(one, two)) << (_LIMB * (low + high))

    def result(self) -> Statistics:
        """The statistics of all that was taken in."""
        n = self._count
        if not n:
            return Statistics(0, 0, 0)
        spread = n * self._squares - self._sum**2  # n² times the variance, exactly
        low, high = self._least
        return Statistics(n, 0, 0, low, high, self._sum, self._sum / n, _root(spread) / n)


class Real:
    """Adds up floating-point numbers: each piece by itself, then pieces into one (Chan)."""

    def __init__(self) -> None:
        self._count = self._nans = self._infinities = 0
        self._origin = 0.0  # the first value: the others are counted from it
        self._mean = self._squares = 0.0  # mean, and squared distances from it
        self._sums: list[float] = []
        self._least: list[float] = []

    def add(self, values: np.ndarray[Any, Any]) -> None:
        """Take in some values (any shape)."""
        flat = values.reshape(-1)
        for first in range(0, flat.size, _PIECE):
            self._add(flat[first : first + _PIECE])

    def _add(self, piece: np.ndarray[Any, Any]) -> None:
        import numpy as np

        numbers = piece.astype(np.float64)
        finite = np.isfinite(numbers)
        if not finite.all():
            nans = int(np.isnan(numbers).sum())
            self._nans += nans
            self._infinities += int((~finite).sum()) - nans
            numbers = numbers[finite]
        if not (count := numbers.size):
            return
        ends = [*self._least, float(numbers.min()), float(numbers.max())]
        self._least = [min(ends), max(ends)]
        if not self._count:
            self._origin = float(numbers[0])
        with np.errstate(over="ignore", invalid="ignore"):
            moved = numbers - self._origin  # so that what all have in common costs no digits
            mean = float(moved.mean())
            distances = moved - mean
            squares = float(np.square(distances, out=distances).sum())
        self._sums.append(float(numbers.sum()))
        if len(self._sums) > 1000:
            self._sums = [_sum(self._sums)]
        before, self._count = self._count, self._count + count
        apart = mean - self._mean
        self._mean += apart * (count / self._count)
        self._squares += squares + apart * apart * (before * (count / self._count))

    def result(self) -> Statistics:
        """The statistics of all that was taken in."""
        if not self._count:
            return Statistics(0, self._nans, self._infinities)
        low, high = self._least
        return Statistics(
            self._count,
            self._nans,
            self._infinities,
            low,
            high,
            _sum(self._sums),
            self._origin + self._mean,
            math.sqrt(self._squares / self._count),
        )


def statistics_of(blocks: Iterable[np.ndarray[Any, Any]]) -> Statistics:
    """The statistics of the values of arrays of one type."""
    adding: Whole | Real | None = None
    for values in blocks:
        if adding is None:
            adding = Real() if values.dtype.kind == "f" else Whole()
        adding.add(values)
    return Statistics(0, 0, 0) if adding is None else adding.result()


def _bits(dtype: np.dtype[Any]) -> int:
    return 8 * dtype.itemsize


def _sum(values: list[float]) -> float:
    try:
        return math.fsum(values)
    except (OverflowError, ValueError):  # beyond what doubles hold
        return sum(values)


def _root(square: int) -> float:
    """The square root of a whole number of any size, to the precision of doubles."""
    shift = max(0, square.bit_length() - 128) // 2 * 2
    more = max(0, 128 - square.bit_length()) // 2 * 2
    return math.ldexp(float(math.isqrt(square >> shift << more)), (shift - more) // 2)
