"""The axis at the left of a plot: round numbers on rows that lie evenly apart. Pure.

The ends of the axis are chosen so that a step from one number to the next is a whole number of
rows; so the values fill most of the height, seldom all of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from omezarr_tui.image.plotting import tick_label

LEAST_APART = 3  # rows from one number to the next
_MOST_APART = 8
_ROUND = (1, 2, 5)
_DECADES = (1, 2, 3, 5, 10, 20, 50)
# Of a curve out of braille, four dots in a row: from the lowest dot to the middle of its row, and
# what a row is lower than its dots are apart.
_TO_MIDDLE, _SPARE = 1.5 / 4, 1 / 4


@dataclass(frozen=True, slots=True)
class RowScale:
    """An axis from the bottom to the top of a plot.

    Parameters
    ----------
    low, high
        The values at the bottom and at the top.
    ticks
        Rows, counted from the lowest as 0, and the round numbers that stand there.
    """

    low: float
    high: float
    ticks: tuple[tuple[int, float], ...]


def curve_scale(low: float, high: float, rows: int) -> RowScale:
    """The axis of a curve of braille dots; a number is the value in the middle of its row.

    Parameters
    ----------
    low, high
        The least and the greatest value, which the axis holds; a single one is in its middle.
    rows
        Rows that there are.
    """
    if low == high:
        low, high = low - 0.5, high + 0.5
    return _scale(low, high, rows, _TO_MIDDLE, _SPARE)


def bar_scale(peak: float, rows: int) -> RowScale:
    """The axis of bars that stand on 0; a number is the value at the bottom of its row.

    Parameters
    ----------
    peak
        The greatest value, which the axis holds.
    rows
        Rows that there are.
    """
    return _scale(0.0, peak, rows, 0.0, 0.0)


def log_scale(peak: int, rows: int) -> RowScale:
    """The axis of bars of counts as decimal logarithms; a number is the value at its row's top.

    Parameters
    ----------
    peak
        The greatest count; that of 1 is as high as a row.
    rows
        Rows that there are.

    Returns
    -------
    scale
        From and to logarithms; its ticks are counts.
    """
    decades = math.log10(max(1, peak))
    apart = decade = 0
    for decade in _DECADES:
        apart = rows if decades == 0 else min(rows, int(decade * (rows - 1) / decades))
        if apart >= LEAST_APART:
            break
    apart = max(LEAST_APART, apart)
    each, places = decade / apart, range(0, rows, apart)
    ticks = tuple((row, 10.0 ** (row // apart * decade)) for row in places)
    return RowScale(-each, each * (rows - 1), ticks)


def _scale(low: float, high: float, rows: int, to_tick: float, spare: float) -> RowScale:
    span = high - low
    if not (span > 0 and math.isfinite(span)):
        return RowScale(low, high, ())
    for each, step, apart in _steps(span / rows, rows):
        first = math.floor(low / each + to_tick + 1e-9)  # the lowest row, in rows from 0
        bottom = (first - to_tick) * each
        top = bottom + (rows - spare) * each
        ticks = tuple(
            (row, step.times((first + row) // apart))
            for row in range(rows)
            if (first + row) % apart == 0
        )
        is_told = len(ticks) > 1 or rows < 2 * LEAST_APART
        if top >= high - 1e-9 * span and is_told:
            return RowScale(bottom, top, ticks)
    return RowScale(low, high, ())


@dataclass(frozen=True, slots=True)
class _Step:
    """1, 2 or 5 times a power of ten."""

    leading: int
    exponent: int

    def times(self, count: int) -> float:
        # A power below zero is divided by, or 3 × 0.1 would not be 0.3.
        scale = 10.0 ** abs(self.exponent)
        total = count * self.leading
        return total * scale if self.exponent >= 0 else total / scale


def _steps(least: float, rows: int) -> Iterator[tuple[float, _Step, int]]:
    """Values of a row from some size on, with the step of which so many rows are one."""
    power = math.floor(math.log10(least))
    found = [
        (step.times(1) / apart, step, apart)
        for step in (_Step(leading, power + n) for n in range(4) for leading in _ROUND)
        for apart in range(LEAST_APART, max(LEAST_APART, min(_MOST_APART, rows - 1)) + 1)
    ]
    return iter(sorted((one for one in found if one[0] >= least), key=lambda one: one[0]))


def row_labels(scale: RowScale, rows: int) -> list[str]:
    """The labels left of a plot, the top row first, all of one width."""
    labels = [""] * rows
    values = [value for _, value in scale.ticks]
    for row, value in scale.ticks:
        labels[rows - 1 - row] = tick_label(value, max(values) - min(values))
    width = max(map(len, labels), default=0)
    return [f"{label:>{width}}" for label in labels]
