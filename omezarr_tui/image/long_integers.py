"""Whole numbers of 64 bits: far from zero doubles do not hold them, but what they differ by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_LONG = ("int64", "uint64")
MOST = 1 << 53  # up to here doubles hold each whole number
_HALF = 32  # bits


def is_long(dtype: str) -> bool:
    """Whether a data type, by its name, is of whole numbers not all of which doubles hold."""
    return dtype in _LONG


def origin_of(values: np.ndarray[Any, Any]) -> int:
    """A value to count others from: of some along each axis the one that is farthest from zero."""
    some = values[tuple(slice(None, None, 8) for _ in values.shape)]  # all would take longer
    low, high = int(some.min()), int(some.max())
    return low if -low > high else high


def counted_from(values: np.ndarray[Any, Any], origin: int) -> np.ndarray[Any, Any]:
    """How far values lie from an origin, float64: exact as far as doubles hold that.

    Parameters
    ----------
    values
        int64 or uint64 (any shape).
    origin
        Any whole number.
    """
    import numpy as np

    if values.size and values.dtype.isnative:
        farthest = max(int(values.max()) - origin, origin - int(values.min()))
        if farthest < 1 << 63:  # the usual case, much quicker: modulo 2^64 it comes out right
            near = np.empty(values.shape)
            start = np.uint64(origin % (1 << 64)).view(np.int64)
            np.subtract(values.view(np.int64), start, out=near, dtype=np.int64, casting="unsafe")
            return near
    # Halves: the difference of two whole values may have 65 bits.
    kind = values.dtype.type
    high = (values >> kind(_HALF)).astype(np.float64)
    low = (values & kind((1 << _HALF) - 1)).astype(np.float64)
    high -= float(origin >> _HALF)
    low -= origin & ((1 << _HALF) - 1)
    distances: np.ndarray[Any, Any] = high * float(1 << _HALF) + low
    return distances


def added_to(
    origin: int, distances: np.ndarray[Any, Any], dtype: np.dtype[Any]
) -> np.ndarray[Any, Any]:
    """The values that lie so far from an origin.

    Parameters
    ----------
    origin
        A value of the data type.
    distances
        float64 (any shape), finite.
    dtype
        int64 or uint64.

    Returns
    -------
    values
        float64 where doubles hold the whole numbers that are near to all of them; otherwise
        these whole numbers, of the data type.
    """
    import numpy as np

    if abs(origin) <= MOST and bool((np.abs(distances) <= MOST - abs(origin)).all()):
        return origin + distances
    least, most = (int(end) - origin for end in (np.iinfo(dtype).min, np.iinfo(dtype).max))
    # Rounded to doubles they may lie beyond an end of the type, and come out at the other.
    inside = np.clip(np.rint(distances), _inwards(least), _inwards(most))
    high = np.floor(inside / float(1 << _HALF))
    low = inside - high * float(1 << _HALF)
    bits = (high.astype(np.int64).view(np.uint64) << np.uint64(_HALF)) + low.astype(np.uint64)
    bits += np.uint64(origin % (1 << 64))  # modulo 2^64: right, as the sum is a value of the type
    values: np.ndarray[Any, Any] = bits.view(np.int64 if dtype.name == "int64" else np.uint64)
    return values


def moved(value: float, by: float) -> float:
    """A number and what is added to it; a whole one stays whole where doubles do not hold it."""
    return value + round(by) if isinstance(value, int) and abs(value) > MOST else value + by


def rounded(value: float, step: float) -> float:
    """The multiple of a step that is nearest to a number; whole where doubles do not hold it."""
    if isinstance(value, int) and abs(value) > MOST:
        whole = max(1, round(step))
        return (value + whole // 2) // whole * whole
    return round(value / step) * step


def typed(text: str) -> float:
    """The number that a text says; a whole one exactly, where doubles do not hold it.

    Raises
    ------
    ValueError
        It says none.
    """
    number = float(text)
    if abs(number) < MOST or not number.is_integer():
        return number
    try:
        return int(text)
    except ValueError:  # with an exponent or a point
        return int(number)


def _inwards(end: int) -> float:
    """The double that is nearest to a whole number, and not farther from zero."""
    import numpy as np

    nearest = float(end)
    return float(np.nextafter(nearest, 0.0)) if abs(int(nearest)) > abs(end) else nearest
