"""A finer level -> any box of the next coarser one, by the method that the pyramid was made with.

Whatever a method does, it needs few elements of the finer level for a box of the coarser one,
and an element of the finer one concerns few of the coarser: this is worked out here, axis by axis.
Some tools make a level in blocks that know nothing of each other (dask's, in ome-zarr-py and
bioio-ome-zarr): each of them is then a little array of its own, with edges of its own.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from omezarr_tui.edit.scratch import Box

Values = NDArray[Any]
Extremes = Callable[[], "tuple[Any, Any] | None"]


@dataclass(frozen=True, slots=True)
class Run:
    """One axis of what a method is given, and of what it makes of it.

    Parameters
    ----------
    fine, coarse
        Elements of the finer level, and those that are made of them.
    factor
        Elements of the finer level to one of the coarser, as a whole number.
    """

    fine: int
    coarse: int
    factor: int


class Method(Protocol):
    """A way in which tools make a coarser level."""

    @property
    def name(self) -> str:
        """What people call it."""

    def fits(self, dtype: np.dtype[Any]) -> bool:
        """Whether it makes anything of values of a type."""

    def made(self, fine: int, ratio: float) -> int:
        """How many elements it makes of a block of so many; `ratio` is coarser to finer."""

    def need(self, run: Run, low: int, high: int) -> tuple[int, int]:
        """The elements of the finer level, first and end, that coarser ones are made of.

        Parameters
        ----------
        run
            The axis.
        low, high
            The first of the coarser level, and the one after the last. Both that are told
            never become less as these become more.
        """

    def make(
        self,
        region: Values,
        starts: tuple[int, ...],
        box: Box,
        runs: tuple[Run, ...],
        extremes: Extremes,
    ) -> Values:
        """The values of a box of the coarser level, of the region's data type.

        Parameters
        ----------
        region
            What `need` tells along each axis, of the finer level.
        starts
            Where it begins there.
        box, runs
            Of the coarser level, and the axes.
        extremes
            Tells the lowest and the highest value of all that is made as one; None where that
            is too much to look at.
        """


# Elements of a block, elements of the whole axis in both levels -> elements that are really taken.
# How it is worked out counts: 60.99999 is cut off to 60.
Blocking = Callable[[int, int, int], float]


def to_nearest(size: int, fine: int, coarse: int) -> float:
    """As ome-zarr-py makes its blocks fit whole elements of the coarser level, to resize them."""
    ratio = coarse / fine
    return float(np.round(size * ratio) / ratio)


def to_nearest_inverse(size: int, fine: int, coarse: int) -> float:
    """As ome-zarr-py does for local means, and to zoom."""
    ratio = 1 / (fine / coarse)
    return float(np.round(size * ratio) / ratio)


def to_more(size: int, fine: int, coarse: int) -> float:
    """As bioio-ome-zarr does."""
    ratio = coarse / fine
    return float(np.ceil(size * ratio) / ratio)


@dataclass(frozen=True, slots=True)
class _Segment:
    """The part of an axis that is made by itself: where it lies in both levels."""

    fine: int
    low: int
    high: int
    run: Run


@dataclass(frozen=True, slots=True)
class Downsampling:
    """A method between two levels.

    Parameters
    ----------
    method
        How values are made.
    fine, coarse
        Elements along each axis of the finer and the coarser level.
    factors
        Elements of the finer level to one of the coarser, as whole numbers.
    block
        Elements of the finer level, along each axis, that were made by themselves; None
        where the level was made as one.
    blocking
        How the tool makes blocks fit.
    """

    method: Method
    fine: tuple[int, ...]
    coarse: tuple[int, ...]
    factors: tuple[int, ...]
    block: tuple[int, ...] | None = None
    blocking: Blocking = to_nearest

    @property
    def pieces(self) -> tuple[tuple[int, int], ...]:
        """Along each axis the elements that are made by themselves, and of how many they are."""
        return tuple(self._piece(axis) for axis in range(len(self.fine)))

    def source(self, box: Box) -> Box:
        """The box of the finer level that a box of the coarser one is made of."""
        return tuple(
            (self._need(axis, low)[0], self._need(axis, high - 1)[1])
            for axis, (low, high) in enumerate(box)
        )

    def target(self, box: Box) -> Box | None:
        """The box of the coarser level that a box of the finer one concerns; None for none."""
        found = []
        for axis, (low, high) in enumerate(box):
            places = range(self.coarse[axis])
            first = bisect_right(places, low, key=lambda at, a=axis: self._need(a, at)[1])  # type: ignore[misc]
            end = bisect_left(places, high, key=lambda at, a=axis: self._need(a, at)[0])  # type: ignore[misc]
            if first >= end:
                return None
            found.append((first, end))
        return tuple(found)

    def values(
        self,
        box: Box,
        region: Values,
        extremes: Callable[[Box], tuple[Any, Any] | None] = lambda block: None,
    ) -> Values:
        """The values of a box of the coarser level.

        Parameters
        ----------
        box
            Of the coarser level.
        region
            What `source` tells, of the finer level.
        extremes
            Tells the lowest and the highest value in a box of the finer level, or None where
            that is too much to look at. It is asked only where a rounding hangs on it.

        Returns
        -------
        values
            Of the region's data type.
        """
        origin = [low for low, _ in self.source(box)]
        made = np.empty([high - low for low, high in box], region.dtype)
        for parts in product(*(self._parts(axis, *ends) for axis, ends in enumerate(box))):
            runs = tuple(segment.run for segment, _, _ in parts)
            inside = tuple((low - each.low, high - each.low) for each, low, high in parts)
            needs = [self.method.need(r, *e) for r, e in zip(runs, inside, strict=True)]
            cut = tuple(
                slice(segment.fine + start - first, segment.fine + end - first)
                for (segment, _, _), (start, end), first in zip(parts, needs, origin, strict=True)
            )
            where = tuple(
                slice(low - first, high - first)
                for (_, low, high), (first, _) in zip(parts, box, strict=True)
            )
            starts = tuple(start for start, _ in needs)
            block = tuple((each.fine, each.fine + each.run.fine) for each, _, _ in parts)
            made[where] = self.method.make(
                region[cut], starts, inside, runs, partial(extremes, block)
            )
        return made

    def _need(self, axis: int, at: int) -> tuple[int, int]:
        segment = self._segment(axis, at)
        low, high = self.method.need(segment.run, at - segment.low, at - segment.low + 1)
        return segment.fine + low, segment.fine + high

    def _parts(self, axis: int, low: int, high: int) -> Iterator[tuple[_Segment, int, int]]:
        while low < high:
            segment = self._segment(axis, low)
            end = min(high, segment.high)
            yield segment, low, end
            low = end

    def _segment(self, axis: int, at: int) -> _Segment:
        """The part of an axis that an element of the coarser level lies in."""
        fine, coarse, factor = self.fine[axis], self.coarse[axis], self.factors[axis]
        made, step = self._piece(axis)
        if self.block is None:
            return _Segment(0, 0, coarse, Run(fine, coarse, factor))
        # A last block that would begin past the end is none.
        place = min(at // made, (fine - 1) // step)
        start = place * step
        length = min(step, fine - start)
        is_last = start + length == fine
        high = coarse if is_last else min((place + 1) * made, coarse)
        run = Run(length, self.method.made(length, coarse / fine), factor)
        return _Segment(start, place * made, high, run)

    def _piece(self, axis: int) -> tuple[int, int]:
        fine, coarse = self.fine[axis], self.coarse[axis]
        if self.block is None:
            return coarse, fine
        ratio = coarse / fine
        step = max(1, int(self.blocking(min(self.block[axis], fine), fine, coarse)))
        return math.ceil(step * ratio), step
