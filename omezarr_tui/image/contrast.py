"""Windows: which values are shown as the darkest and the brightest."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from omezarr_tui.ome.model import Window

if TYPE_CHECKING:
    import numpy as np

# Little of what is seen in fluorescence is bright: a higher end than 99 % keeps it from glaring.
PERCENTILES = (1.0, 99.8)
_ROUNDING = 1e-9  # of sums of doubles, relative


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
        their value and has some width, 1 as a rule.
    """
    import numpy as np

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
    """The window with its width multiplied, about the same middle, as far as doubles go."""
    middle, half = (window.start + window.end) / 2, (window.end - window.start) / 2
    return _usable(Window(middle - half * factor, middle + half * factor), window)


def shifted(window: Window, part: float) -> Window:
    """The window moved by a part of its width: upwards makes the picture darker."""
    step = (window.end - window.start) * part
    return _usable(Window(window.start + step, window.end + step), window)


def _usable(window: Window, before: Window) -> Window:
    """The window, or the one before where too few doubles lie in it to tell values apart."""
    width = window.end - window.start
    fine = width > _ROUNDING * max(abs(window.start), abs(window.end))
    return window if fine and math.isfinite(width) else before


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

    clipped = np.clip(samples.astype(np.float64), window.start, window.end)
    scaled: np.ndarray[Any, Any] = (clipped - window.start) / (window.end - window.start)
    if gamma != 1.0:
        scaled **= gamma
    return 1.0 - scaled if invert else scaled
