"""Methods that look at one window of the finer level for each element of the coarser one.

Windows stand side by side. What is left over at the end of an axis is dropped, or is a window
of its own that is smaller, as the sizes of the levels tell.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from omezarr_tui.edit.downsampling import Extremes, Run, Values
from omezarr_tui.edit.scratch import Box

# Windows, whose own axes come last, and how many these are -> one value for each.
Reduce = Callable[[Values, int], Values]


@dataclass(frozen=True, slots=True)
class Windows:
    """One value of all in a window.

    Parameters
    ----------
    name
        What people call it.
    reduce
        Makes one value of each window.
    kinds
        The kinds of data types (NumPy's letters) that it can be done with.
    is_padded
        Whether a window that sticks out has zeros there, rather than being smaller.
    """

    name: str
    reduce: Reduce
    kinds: str = "biuf"
    is_padded: bool = False

    def fits(self, dtype: np.dtype[Any]) -> bool:
        """Whether values of a type can be reduced."""
        return dtype.kind in self.kinds

    def made(self, fine: int, ratio: float) -> int:
        """How many windows are in a block."""
        return math.ceil(fine * ratio)

    def need(self, run: Run, low: int, high: int) -> tuple[int, int]:
        """The elements of the windows."""
        # The first of a window that lies past the end is not there: it has zeros, or nothing.
        return min(low * run.factor, run.fine - 1), min(high * run.factor, run.fine)

    def make(
        self,
        region: Values,
        starts: tuple[int, ...],
        box: Box,
        runs: tuple[Run, ...],
        extremes: Extremes,
    ) -> Values:
        """Reduce the windows; those at the end, that may be smaller, by themselves."""
        factors = [run.factor for run in runs]
        counts = [high - low for low, high in box]
        if self.is_padded:
            wanted = zip(counts, factors, region.shape, strict=True)
            region = np.pad(region, [(0, count * f - size) for count, f, size in wanted])
        made = np.empty(counts, region.dtype)
        sides = zip(counts, factors, region.shape, strict=True)
        for parts in product(*(_split(*side) for side in sides)):
            windows = region[tuple(taken for _, taken, _ in parts)]
            sizes = [size for _, _, size in parts]
            pairs = zip(windows.shape, sizes, strict=True)
            windows = windows.reshape([n for size, w in pairs for n in (size // w, w)])
            rank = len(sizes)
            windows = windows.transpose(*range(0, 2 * rank, 2), *range(1, 2 * rank, 2))
            made[tuple(where for where, _, _ in parts)] = self.reduce(windows, rank)
        return made


@dataclass(frozen=True, slots=True)
class Stride:
    """The first element of each window, as ``a[::2]`` takes it."""

    name: str = "stride"

    def fits(self, dtype: np.dtype[Any]) -> bool:
        """Any type is fine."""
        return True

    def made(self, fine: int, ratio: float) -> int:
        """How many are taken of a block."""
        return math.ceil(fine * ratio)

    def need(self, run: Run, low: int, high: int) -> tuple[int, int]:
        """From the first that is taken to the last."""
        return low * run.factor, (high - 1) * run.factor + 1

    def make(
        self,
        region: Values,
        starts: tuple[int, ...],
        box: Box,
        runs: tuple[Run, ...],
        extremes: Extremes,
    ) -> Values:
        """Take them."""
        return region[tuple(slice(None, None, run.factor) for run in runs)]


def mean_cut(windows: Values, rank: int) -> Values:
    """The mean, decimals cut off: scikit-image's ``downscale_local_mean`` and a cast."""
    return _mean(windows, rank, None).astype(windows.dtype)


def mean_half_up(windows: Values, rank: int) -> Values:
    """The mean, halves rounded up: ngff-zarr's, ITK's bin-shrink."""
    if windows.dtype.kind in "iu":
        quotient, remainder, count = _divided(windows, rank)
        return np.asarray(quotient + (2 * remainder >= count), windows.dtype)
    return _mean(windows, rank, np.dtype(np.float64)).astype(windows.dtype)


def mean_half_even(windows: Values, rank: int) -> Values:
    """The mean, halves rounded to even, floats summed in their own precision: tensorstore's."""
    if windows.dtype.kind in "iub":
        whole = windows.astype(np.uint8) if windows.dtype.kind == "b" else windows
        quotient, remainder, count = _divided(whole, rank)
        twice = 2 * remainder
        up = (twice > count) | ((twice == count) & (quotient % 2 == 1))
        return np.asarray(quotient + up, windows.dtype)
    flat = windows.reshape(*windows.shape[:rank], -1)
    total = np.zeros(flat.shape[:-1], np.float32 if flat.dtype.itemsize < 4 else flat.dtype)
    for number in range(flat.shape[-1]):
        total += flat[..., number]
    return np.asarray(total / flat.shape[-1], windows.dtype)


def mode(windows: Values, rank: int) -> Values:
    """The most frequent value, the smallest of those that are equally frequent."""
    flat = np.sort(windows.reshape(*windows.shape[:rank], -1), axis=-1)
    best = flat[..., 0].copy()
    longest = np.ones(best.shape, np.int64)
    length = longest.copy()
    for number in range(1, flat.shape[-1]):
        length = np.where(flat[..., number] == flat[..., number - 1], length + 1, 1)
        is_longer = length > longest
        best[is_longer] = flat[..., number][is_longer]
        longest[is_longer] = length[is_longer]
    return best


def median(windows: Values, rank: int) -> Values:
    """The value in the middle, of two in the middle the smaller: tensorstore's."""
    flat = windows.reshape(*windows.shape[:rank], -1)
    middle = (flat.shape[-1] - 1) // 2
    return np.asarray(np.partition(flat, middle, axis=-1)[..., middle])


def least(windows: Values, rank: int) -> Values:
    """The smallest value."""
    return np.asarray(windows.min(axis=_last(rank)))


def most(windows: Values, rank: int) -> Values:
    """The largest value."""
    return np.asarray(windows.max(axis=_last(rank)))


STRIDE = Stride()
MEAN_CUT = Windows("local mean (cut off)", mean_cut, is_padded=True)
MEAN_HALF_UP = Windows("local mean (halves up)", mean_half_up)
MEAN = Windows("local mean (halves to even)", mean_half_even)
MODE = Windows("mode", mode)
MEDIAN = Windows("median", median)
MINIMUM = Windows("minimum", least)
MAXIMUM = Windows("maximum", most)


def _last(rank: int) -> tuple[int, ...]:
    return tuple(range(rank, 2 * rank))


def _mean(windows: Values, rank: int, dtype: np.dtype[Any] | None) -> Values:
    """The mean as NumPy makes it of a large array, also where this one is small.

    NumPy adds up the last axis first where it lies closest in memory, and so in large arrays;
    in which order it adds up small ones depends on their shape, and so does the last bit.
    """
    dtype = dtype or np.dtype({"e": "f4", "f": "f4"}.get(windows.dtype.char, "f8"))
    kept, sides = windows.shape[:rank], windows.shape[rank:]
    rows = windows.reshape(-1, sides[-1]).sum(axis=1, dtype=dtype).reshape(*kept, -1)
    total = np.zeros(kept, dtype)
    for number in range(rows.shape[-1]):
        total += rows[..., number]
    return np.asarray(total / dtype.type(math.prod(sides)))


def _divided(windows: Values, rank: int) -> tuple[Values, Values, int]:
    """The sum of each window divided by its number of values: quotient, remainder, number.

    Long integers are divided before they are summed: their sum may be too long.
    """
    axes = _last(rank)
    count = math.prod(windows.shape[rank:])
    if windows.dtype.itemsize < 8:
        quotient, remainder = np.divmod(windows.sum(axis=axes, dtype=np.int64), count)
        return np.asarray(quotient), np.asarray(remainder), count
    each, rest = np.divmod(windows, windows.dtype.type(count))
    total = rest.sum(axis=axes, dtype=np.int64)
    whole = each.sum(axis=axes, dtype=windows.dtype) + (total // count).astype(windows.dtype)
    return np.asarray(whole), np.asarray(total % count), count


def _split(count: int, factor: int, size: int) -> list[tuple[slice, slice, int]]:
    """The full windows of an axis, and the smaller one at its end: where, of what, how long."""
    full = min(count, size // factor)
    parts = [(slice(0, full), slice(0, full * factor), factor)] if full else []
    if full < count:
        parts.append((slice(full, count), slice(full * factor, size), size - full * factor))
    return parts
