"""Methods that smooth the finer level, and take values between its elements.

Sums are made in the order of scipy.ndimage and in its precision, so that they come out the same
to the last bit: tools cut decimals off, and 6.9999999 becomes 6.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from omezarr_tui.edit.discrete_gaussian import discrete_gaussian, sampled_gaussian
from omezarr_tui.edit.downsampling import Extremes, Run, Values
from omezarr_tui.edit.scratch import Box

Boundary = Literal["mirror", "symmetric", "edge"]
Grid = Literal["edges", "corners", "windows"]
Rounding = Literal["cut", "away", "even"]
Kernel = Callable[[Run], "list[float]"]  # weights from the middle outwards; empty for none


@dataclass(frozen=True, slots=True)
class Filtered:
    """Smooth along each axis in turn, then interpolate between the two nearest elements.

    Parameters
    ----------
    name
        What people call it.
    kernel
        The weights to smooth with.
    boundary
        What lies past the ends, for smoothing: ``dcb|abcd`` is mirror, ``dcba|abcd``
        symmetric, ``aaa|abcd`` edge.
    grid
        What of both levels lies upon each other: the outer edges of the first and the last
        elements, their centres (corners), or the windows of whole factors, with the rest of
        the finer level left over.
    rounding
        How whole numbers are made: decimals cut off, halves away from zero, or to even.
    in_single
        Whether integers are taken as single precision floats, rather than as doubles.
    is_nearest
        Whether the nearest element is taken, rather than what lies between two.
    is_clipped
        Whether what roundings made lower or higher than all that it is made of is put right.
    """

    name: str
    kernel: Kernel
    boundary: Boundary = "mirror"
    grid: Grid = "edges"
    rounding: Rounding = "cut"
    in_single: bool = False
    is_nearest: bool = False
    is_clipped: bool = False

    def fits(self, dtype: np.dtype[Any]) -> bool:
        """Numbers only; tools smooth before they take the nearest of floats only."""
        return dtype.kind in ("f" if self.is_nearest else "iuf")

    def made(self, fine: int, ratio: float) -> int:
        """How many are made of a block."""
        if self.grid == "corners":
            return max(1, round(fine * ratio))
        return math.ceil(fine * ratio)

    def need(self, run: Run, low: int, high: int) -> tuple[int, int]:
        """The elements under the weights; those that are mirrored past the ends are among them."""
        first, last = self._reach(run, low, high)
        return max(0, first), min(run.fine, last + 1)

    def make(
        self,
        region: Values,
        starts: tuple[int, ...],
        box: Box,
        runs: tuple[Run, ...],
        extremes: Extremes,
    ) -> Values:
        """Smooth and interpolate."""
        precision = self._precision(region.dtype)
        values = region if self.grid == "corners" else region.astype(precision)
        firsts = []
        for axis, (run, start, (low, high)) in enumerate(zip(runs, starts, box, strict=True)):
            first, last = self._reach(run, low, high)
            places = _inside(np.arange(first, last + 1), run.fine, self.boundary)
            values = values.take(places - start, axis)
            firsts.append(first)
        for axis, run in enumerate(runs):
            if kernel := self.kernel(run):
                values = _smoothed(values, axis, kernel).astype(precision)
                firsts[axis] += len(kernel) - 1
        at = [self._coordinates(run, *ends) for run, ends in zip(runs, box, strict=True)]
        lasts = [run.fine - 1 for run in runs]
        there = [np.minimum(places, last) for places, last in zip(at, lasts, strict=True)]
        found = _between(values, there, firsts)
        for axis in range(len(runs)):
            # The last element may come to lie past the end by a rounding, and scipy.ndimage
            # then takes it for one that is not there.
            found[(slice(None),) * axis + (at[axis] > lasts[axis],)] = 0
        if self.is_clipped:
            found = _clipped(found, region, extremes)
        return self._cast(found, precision, region.dtype)

    def _reach(self, run: Run, low: int, high: int) -> tuple[int, int]:
        """The first and the last element under the weights; they may lie outside."""
        radius = max(0, len(self.kernel(run)) - 1)
        ends = np.minimum(self._coordinates(run, low, high)[[0, -1]], run.fine - 1)
        # An element's own place has no second neighbour.
        return int(np.floor(ends[0])) - radius, int(np.ceil(ends[1])) + radius

    def _coordinates(self, run: Run, low: int, high: int) -> NDArray[np.float64]:
        """Where elements of the coarser level lie in the finer one."""
        places = np.arange(low, high, dtype=np.float64)
        if self.grid == "corners":
            return places * ((run.fine - 1) / (run.coarse - 1) if run.coarse > 1 else 0.0)
        step = run.factor if self.grid == "windows" else run.fine / run.coarse
        at = np.clip((places + 0.5) * step - 0.5, 0, run.fine - 1)
        return np.minimum(np.floor(at + 0.5), run.fine - 1) if self.is_nearest else at

    def _precision(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        is_single = self.in_single if dtype.kind in "iu" else dtype.itemsize < 8
        return np.dtype(np.float32 if is_single else np.float64)

    def _cast(self, found: Values, precision: np.dtype[Any], dtype: np.dtype[Any]) -> Values:
        found = found.astype(precision)
        if dtype.kind == "f":
            return found.astype(dtype)
        if self.rounding == "away":
            found = np.trunc(found + np.copysign(0.5, found))
        elif self.rounding == "even":
            found = np.rint(found)
        return fitted(found, dtype)


def _nothing(run: Run) -> list[float]:
    return []


def _of_resize(run: Run) -> list[float]:
    return sampled_gaussian(max(0.0, (run.fine / run.coarse - 1) / 2))


def _of_pyramid(run: Run) -> list[float]:
    return sampled_gaussian(2 * 2 / 6.0)


def _of_itk(run: Run) -> list[float]:
    return discrete_gaussian((run.factor**2 - 1) / (2 * (2 * math.log(2)) ** 0.5) ** 2)


LINEAR = Filtered("linear resize", _nothing, is_clipped=True)
SMOOTHED = Filtered("linear resize with smoothing", _of_resize, is_clipped=True)
SMOOTHED_NEAREST = Filtered("nearest with smoothing", _of_resize, is_nearest=True, is_clipped=True)
ZOOM = Filtered("linear zoom", _nothing, grid="corners", rounding="away")
GAUSSIAN = Filtered("gaussian pyramid", _of_pyramid, "symmetric")
ITK_GAUSSIAN = Filtered("gaussian", _of_itk, "edge", "windows", "even", True)


def _clipped(found: Values, region: Values, extremes: Extremes) -> Values:
    """What lies between the lowest and the highest value of all that is made as one.

    Only where it is flat can a sum of parts come out beyond what it was made of. 6.9999999 of
    a flat 7 becomes 6 then, unless 7 is the lowest value of all.
    """
    if found.min() >= region.min() and found.max() <= region.max():
        return found
    ends = extremes()
    return found if ends is None else found.clip(*ends)


def fitted(values: Values, dtype: np.dtype[Any]) -> Values:
    """Floats as integers; what no longer fits, as a float cannot tell, is the last that does."""
    limits = np.iinfo(dtype)
    with np.errstate(invalid="ignore"):
        made = values.astype(dtype)
    made[values >= limits.max] = limits.max
    made[values <= limits.min] = limits.min
    return made


def _inside(places: NDArray[Any], size: int, boundary: Boundary) -> NDArray[Any]:
    """Places that may lie past the ends of an axis -> the elements that stand there."""
    if boundary == "edge" or size == 1:
        return np.asarray(np.clip(places, 0, size - 1))
    if boundary == "mirror":
        period = 2 * (size - 1)
        places = places % period
        return np.asarray(np.minimum(places, period - places))
    places = places % (2 * size)
    return np.asarray(np.minimum(places, 2 * size - 1 - places))


def _smoothed(values: Values, axis: int, kernel: list[float]) -> NDArray[np.float64]:
    """Weighted sums along an axis; where the weights stick out nothing is made."""
    radius = len(kernel) - 1
    count = values.shape[axis] - 2 * radius
    lines = values.astype(np.float64)

    def moved(by: int) -> NDArray[np.float64]:
        ahead = (slice(None),) * axis
        return lines[(*ahead, slice(radius + by, radius + by + count))]

    total = moved(0) * kernel[0]
    for far in range(radius, 0, -1):  # scipy.ndimage begins with the outermost pair
        total += (moved(-far) + moved(far)) * kernel[far]
    return total


def _between(
    values: Values, at: list[NDArray[np.float64]], firsts: list[int]
) -> NDArray[np.float64]:
    """Values at coordinates along each axis, of the two nearest elements of each.

    Parameters
    ----------
    values
        Of the elements from `firsts` on.
    at
        Coordinates along each axis.
    """
    lows = [np.floor(each) for each in at]
    parts = [each - low for each, low in zip(at, lows, strict=True)]
    total = np.zeros([len(each) for each in at])
    for corner in product(*((0, 1) if part.any() else (0,) for part in parts)):
        found: Values = values
        for axis, side in enumerate(corner):
            places = lows[axis].astype(np.intp) - firsts[axis] + side
            found = found.take(np.clip(places, 0, found.shape[axis] - 1), axis)
        term = found.astype(np.float64)
        for axis, side in enumerate(corner):
            if parts[axis].any():
                weights = parts[axis] if side else 1 - parts[axis]
                term = term * along(weights, axis, term.ndim)
        total += term
    return total


def along(weights: NDArray[Any], axis: int, rank: int) -> NDArray[Any]:
    """Weights along one axis, shaped to be multiplied with an array of a rank."""
    shape = [1] * rank
    shape[axis] = len(weights)
    return weights.reshape(shape)
