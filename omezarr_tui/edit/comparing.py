"""Values compared with numbers that were typed, exactly: what NumPy would round stays apart."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Values = dict[str, NDArray[Any]]  # by the names that conditions call them
Test = Callable[[Values], Mask]

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compared(left: Any, sign: str, right: Any) -> Test:
    """What tells whether one side stands to the other as a sign says: names or numbers."""

    def test(values: Values) -> Mask:
        ends = [values[end] if isinstance(end, str) else end for end in (left, right)]
        if sign in ("==", "!="):
            return np.equal(_equal(*ends), sign == "==")
        return np.asarray(_COMPARE[sign](*_alike(*ends)), bool)

    return test


def among(name: str, numbers: Sequence[Any]) -> Test:
    """What tells whether a name stands for one of some numbers."""

    def test(values: Values) -> Mask:
        found: Mask = np.zeros(values[name].shape, bool)
        for number in numbers:
            found |= _equal(values[name], number)
        return found

    return test


def _equal(left: Any, right: Any) -> Mask:
    """Where both are the same; one NaN is as good as another where a number is typed."""
    for one, other in ((left, right), (right, left)):
        if _is_nan(one):
            return np.asarray(np.isnan(other) if np.asarray(other).dtype.kind in "fc" else False)
    return np.asarray(operator.eq(*_alike(left, right)), bool)


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Two sides so that NumPy compares them as they are meant."""
    if isinstance(left, np.ndarray):
        return left, _as_held(right, left.dtype)
    if isinstance(right, np.ndarray):
        return _as_held(left, right.dtype), right
    return left, right


def _as_held(number: Any, dtype: np.dtype[Any]) -> Any:
    """A number to compare values of a data type with.

    Floats are compared in their own precision: 0.1 means the float32 that is shown as 0.1.
    """
    if isinstance(number, np.ndarray) or _is_nan(number):
        return number
    if dtype.kind in "iu" and isinstance(number, float) and number.is_integer():
        return int(number)  # exact, where doubles would round the values
    if dtype.kind in "fc" and float(np.finfo(dtype).max) < abs(number) < math.inf:
        return np.float64(number)  # else it would be as good as infinite
    return number


def _is_nan(operand: Any) -> bool:
    return isinstance(operand, float) and operand != operand
