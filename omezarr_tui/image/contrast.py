"""Windows: which values are shown as the darkest and the brightest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.long_integers import MOST, counted_from, is_long, moved
from omezarr_tui.ome.model import Window

if TYPE_CHECKING:
    import numpy as np

# Little of what is seen in fluorescence is bright: a higher end than 99 % keeps it from glaring.
PERCENTILES = (1.0, 99.8)
# The part of all values from which a single one is background, as around a few spots or cells.
# Percentiles are to cut off some hundredths of what there is to see. Of all values together they
# would cut off a tenth and more of what is no background, and in the end all of it.
_BACKGROUND = 0.9
_SOME = 1000  # values among which it is looked for
_ROUNDING = 1e-12  # of sums of doubles, relative


@dataclass(frozen=True, slots=True)
class Percentiles:
    """A window from percentiles, and what they were taken of.

    Parameters
    ----------
    window
        Low and high percentiles. With a background, the window holds it as well.
    background
        The value that nearly all samples have, and that was left out of the percentiles; None
        where there is no such value, or nothing else.
    count
        How many values tell the window: those that are not the background.
    """

    window: Window
    background: float | None
    count: int


def window_of(samples: np.ndarray[Any, Any]) -> Window:
    """The window from low to high percentiles of what is seen; see `percentiles_of`."""
    return percentiles_of(samples).window


def percentiles_of(samples: np.ndarray[Any, Any]) -> Percentiles:
    """The window from low to high percentiles, of what is no background where nearly all is.

    Parameters
    ----------
    samples
        Any shape; values that are not finite are left out.

    Returns
    -------
    percentiles
        Where all samples are equal the window begins at their value and has some width, 1 as
        a rule. Its ends are whole numbers, of which none is rounded, where doubles do not hold
        the values.
    """
    import numpy as np

    if is_long(samples.dtype.name) and samples.size:
        origin = int(samples.min())
        if origin < -MOST or int(samples.max()) > MOST:
            near = percentiles_of(counted_from(samples, origin))
            start, end = (round(value) for value in (near.window.start, near.window.end))
            window = Window(origin + start, origin + max(start + 1, end))
            value = near.background
            told = None if value is None else origin + round(value)
            return Percentiles(window, told, near.count)
    # Percentiles of integers can overflow, and of booleans there are none.
    values = samples.astype(np.float64).reshape(-1)
    if samples.dtype.kind == "f":
        values = values[np.isfinite(values)]
    if values.size == 0:
        return Percentiles(Window(0.0, 1.0), None, 0)
    low, high = (float(value) for value in np.percentile(values, PERCENTILES))
    count: int = values.size
    background: float | None = None
    # A value that nearly all have is an end, or the middle of a few that lie far apart.
    some = np.sort(values[:: max(1, values.size // _SOME)])
    for value in (low, float(some[some.size // 2]), high):
        is_other = _differ(values, value)
        others = int(np.count_nonzero(is_other))
        if others > (1 - _BACKGROUND) * values.size:
            continue
        count = others
        if others:
            background = value
            ends = np.percentile(values[is_other], PERCENTILES)
            low, high = min(low, float(ends[0])), max(high, float(ends[1]))
        break
    if same(low, high):
        high = low + max(1.0, abs(low) * _ROUNDING)  # 1 is nothing to a value of 1e20
    return Percentiles(Window(low, high), background, count)


def same(low: float, high: float) -> bool:
    """Whether two means (low and high) differ by no more than the rounding of their sums."""
    return high - low <= _ROUNDING * max(abs(low), abs(high))


def _differ(values: np.ndarray[Any, Any], value: float) -> np.ndarray[Any, Any]:
    """Which values differ from one by more than rounding."""
    rounding = _ROUNDING * abs(value)
    differ: np.ndarray[Any, Any] = (values < value - rounding) | (values > value + rounding)
    return differ


def stretched(window: Window, factor: float) -> Window:
    """The window with its width multiplied, about the same middle, as far as numbers go."""
    step = (window.end - window.start) * ((factor - 1) / 2)
    return _usable(Window(moved(window.start, -step), moved(window.end, step)), window)


def shifted(window: Window, part: float) -> Window:
    """The window moved by a part of its width: upwards makes the picture darker."""
    step = (window.end - window.start) * part
    return _usable(Window(moved(window.start, step), moved(window.end, step)), window)


def _usable(window: Window, before: Window) -> Window:
    """The window, or the one before where too few numbers lie in it to tell values apart."""
    start, end = window.start, window.end
    if isinstance(start, int) and isinstance(end, int):
        return window if start < end else before
    fine = end - start > _ROUNDING * max(abs(start), abs(end))
    return window if fine and math.isfinite(end - start) else before


def intensities(
    samples: np.ndarray[Any, Any], window: Window, *, gamma: float = 1.0, invert: bool = False
) -> np.ndarray[Any, Any]:
    """Samples as brightness from 0 to 1; NaN stays NaN.

    Parameters
    ----------
    samples
        Values (rows, columns).
    window
        What is shown as 0 and as 1; values outside are cut off.
    gamma
        Exponent of the brightness: below 1 dim things are lifted.
    invert
        Show the darkest as the brightest.
    """
    import numpy as np

    width = float(window.end - window.start)
    scaled: np.ndarray[Any, Any]
    if is_long(samples.dtype.name):
        whole = math.floor(window.start)
        distances = counted_from(samples, whole) - (window.start - whole)
        scaled = np.clip(distances, 0, width) / width
    else:
        clipped = np.clip(samples.astype(np.float64), window.start, window.end)
        scaled = (clipped - window.start) / width
    if gamma != 1.0:
        scaled **= gamma
    return 1.0 - scaled if invert else scaled
