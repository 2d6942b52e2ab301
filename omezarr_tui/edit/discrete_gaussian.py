"""The weights of Gaussians, as the libraries that smooth with them work them out.

To the last bit they depend on how that is done, and so does what comes out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

# Modified Bessel functions I0 and I1: Abramowitz and Stegun, 9.8.1 to 9.8.4, lowest power first.
_I0_NEAR = (1.0, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.360768e-1, 0.45813e-2)
_I1_NEAR = (0.5, 0.87890594, 0.51498869, 0.15084934, 0.2658733e-1, 0.301532e-2, 0.32411e-3)
_I0_FAR = (
    *(0.39894228, 0.1328592e-1, 0.225319e-2, -0.157565e-2, 0.916281e-2),
    *(-0.2057706e-1, 0.2635537e-1, -0.1647633e-1, 0.392377e-2),
)
_I1_FAR = (
    *(0.39894228, -0.3988024e-1, -0.362018e-2, 0.163801e-2, -0.1031555e-1),
    *(0.2282967e-1, -0.2895312e-1, 0.1787654e-1, -0.420059e-2),
)
_FAR = 3.75
_DIGITS = 10
_LONGEST = 32  # weights


def sampled_gaussian(sigma: float) -> list[float]:
    """A Gaussian sampled to 4 sigma, as scipy.ndimage has it.

    Parameters
    ----------
    sigma
        In elements.

    Returns
    -------
    weights
        From the middle outwards; empty where there is nothing to smooth.
    """
    if sigma <= 1e-15:
        return []
    radius = int(4.0 * sigma + 0.5)
    places = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 / (sigma * sigma) * places**2)
    return [float(weight) for weight in (weights / weights.sum())[radius:]]


def discrete_gaussian(variance: float, missing: float = 0.01) -> list[float]:
    """The discrete Gaussian of Lindeberg's scale space, as ITK's GaussianOperator has it.

    Parameters
    ----------
    variance
        In elements squared.
    missing
        The part of its sum that may be cut off at its ends.

    Returns
    -------
    weights
        From the middle outwards; empty where there is nothing to smooth.
    """
    if variance <= 0:
        return []
    scale = math.exp(-variance)
    weights = [scale * _bessel(0, variance), scale * _bessel(1, variance)]
    total = weights[0] + 2 * weights[1]
    while total < 1 - missing and len(weights) < _LONGEST:
        weights.append(scale * _bessel(len(weights), variance))
        total += 2 * weights[-1]
    return [weight / total for weight in weights]


def _bessel(order: int, at: float) -> float:
    """The modified Bessel function of the first kind, by Miller's recurrence from order 2 on."""
    if order < 2:
        if at < _FAR:
            near = _polynomial((_I0_NEAR, _I1_NEAR)[order], (at / _FAR) ** 2)
            return near * at if order else near
        far = _polynomial((_I0_FAR, _I1_FAR)[order], _FAR / at)
        return far * math.exp(at) / math.sqrt(at)
    found, after, now = 0.0, 0.0, 1.0
    for number in range(2 * (order + int(_DIGITS * math.sqrt(order))), 0, -1):
        now, after = after + number * (2 / at) * now, now
        if abs(now) > 1e10:
            found, now, after = found * 1e-10, now * 1e-10, after * 1e-10
        if number == order:
            found = after
    return found * _bessel(0, at) / now


def _polynomial(factors: Sequence[float], at: float) -> float:
    total = factors[-1]
    for factor in factors[-2::-1]:
        total = factor + at * total
    return total
