"""Windows: which values are shown as the darkest and the brightest."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.long_integers import MOST, counted_from, is_long, moved
from omezarr_tui.ome.model import Window

if TYPE_CHECKING:
    import numpy as np

# Little of what is seen in fluorescence is bright: a higher end than 99 % keeps it from glaring.
PERCENTILES = (1.0, 99.8)
_ROUNDING = 1e-12  # of sums of doubles, relative


def window_of(samples: np.ndarray[Any, Any]) -> Window:
    """The window from low to high percentiles of what is seen.

    Parameters
    ----------
    samples
        Any shape; values that are not finite are left out.

    Returns
    -------
    window
        The whole range where nearly all samples are equal; where all are, it begins at
        their value and has some width, 1 as a rule. Its ends are whole numbers, of which
        none is rounded, where doubles do not hold the values.
    """
    import numpy as np

    if is_long(samples.dtype.name) and samples.size:
        origin = int(samples.min())
        if origin < -MOST or int(samples.max()) > MOST:
            near = window_of(counted_from(samples, origin))
            return Window(origin + round(near.start), origin + max(1, round(near.end)))
    # Percentiles of integers can overflow, and of booleans there are none.
    values = samples.astype(np.float64)
    values = values[np.isfinite(values)]
    if values.size == 0:
        return Window(0.0, 1.0)
    low, high = (float(value) for value in np.percentile(values, PERCENTILES))
    if same(low, high):
        low, high = float(values.min()), float(values.max())
    if same(low, high):
        high = low + max(1.0, abs(low) * _ROUNDING)  # 1 is nothing to a value of 1e20
    return Window(low, high)


def same(low: float, high: float) -> bool:
    """Whether two means (low and high) differ by no more than the rounding of their sums."""
    return high - low <= _ROUNDING * max(abs(low), abs(high))


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
