"""Results of a computation -> values of an array of whole numbers. No I/O."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def rounded(made: NDArray[Any], dtype: np.dtype[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """The nearest whole numbers that a data type holds.

    Parameters
    ----------
    made
        Numbers, none of them NaN: doubles, whole numbers of another type, or Python's own.
    dtype
        A type of whole numbers.

    Returns
    -------
    values
        A half goes to the even number, as NumPy's ``rint`` does. What the type cannot hold
        becomes the nearest that it can.
    lost
        Where that is so.
    """
    if made.dtype.kind == "f":
        made = np.rint(made)
    limits = np.iinfo(dtype)
    # Not `> max`: that of 64 bits is no double, the power of two above it is one.
    above, below = made >= limits.max + 1, made < limits.min
    lost = np.asarray(above | below, bool)
    values = np.where(lost, 0, made).astype(dtype)
    values[above] = limits.max
    values[below] = limits.min
    return values, lost
