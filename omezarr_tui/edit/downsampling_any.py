"""Methods for factors that need not be whole numbers: the nearest element, the mean of an area."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from omezarr_tui.edit.downsampling import Extremes, Run, Values
from omezarr_tui.edit.downsampling_filters import along, fitted
from omezarr_tui.edit.scratch import Box


@dataclass(frozen=True, slots=True)
class Nearest:
    """The element at the centre of what an element of the coarser level covers."""

    name: str = "nearest"

    def fits(self, dtype: np.dtype[Any]) -> bool:
        """Any type is fine."""
        return True

    def made(self, fine: int, ratio: float) -> int:
        """How many are taken of a block."""
        return math.ceil(fine * ratio)

    def need(self, run: Run, low: int, high: int) -> tuple[int, int]:
        """From the first that is taken to the last."""
        taken = self._taken(run, low, high)
        return int(taken[0]), int(taken[-1]) + 1

    def make(
        self,
        region: Values,
        starts: tuple[int, ...],
        box: Box,
        runs: tuple[Run, ...],
        extremes: Extremes,
    ) -> Values:
        """Take them."""
        for axis, (run, start, ends) in enumerate(zip(runs, starts, box, strict=True)):
            region = region.take(self._taken(run, *ends) - start, axis)
        return region

    def _taken(self, run: Run, low: int, high: int) -> NDArray[np.intp]:
        at = (np.arange(low, high) + 0.5) * (run.fine / run.coarse) - 0.5
        return np.asarray(np.clip(np.floor(at + 0.5), 0, run.fine - 1), np.intp)


@dataclass(frozen=True, slots=True)
class Area:
    """The mean of what is covered, weighted by the part: for factors that are not whole."""

    name: str = "mean weighted by area"

    def fits(self, dtype: np.dtype[Any]) -> bool:
        """Numbers only."""
        return dtype.kind in "iuf"

    def made(self, fine: int, ratio: float) -> int:
        """How many are made of a block."""
        return math.ceil(fine * ratio)

    def need(self, run: Run, low: int, high: int) -> tuple[int, int]:
        """What is covered, if only in part."""
        return low * run.fine // run.coarse, -(-high * run.fine // run.coarse)

    def make(
        self,
        region: Values,
        starts: tuple[int, ...],
        box: Box,
        runs: tuple[Run, ...],
        extremes: Extremes,
    ) -> Values:
        """Add up the parts."""
        values: Values = region.astype(np.float64)
        for axis, (run, start, (low, high)) in enumerate(zip(runs, starts, box, strict=True)):
            if run.fine == run.coarse:
                continue
            # In whole numbers, so that parts are exact: an element is `coarse` long.
            begins = np.arange(low, high) * run.fine
            firsts = begins // run.coarse
            total = np.zeros((*values.shape[:axis], high - low, *values.shape[axis + 1 :]))
            for number in range(run.fine // run.coarse + 2):
                lows = (firsts + number) * run.coarse
                part = np.minimum(lows + run.coarse, begins + run.fine) - np.maximum(lows, begins)
                places = np.clip(firsts + number - start, 0, values.shape[axis] - 1)
                total += values.take(places, axis) * along(np.maximum(part, 0), axis, total.ndim)
            values = total / run.fine
        whole = region.dtype.kind in "iu"
        return fitted(np.rint(values), region.dtype) if whole else values.astype(region.dtype)


NEAREST = Nearest()
AREA = Area()
