"""What is done to values: filled, shifted, scaled, limited, replaced. No I/O."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from omezarr_tui.edit.rounding import rounded
from omezarr_tui.edit.scratch import differ
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.value import shown_value
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.image.selection import Selection
from omezarr_tui.store.node import Array
from omezarr_tui.text import format_count, listed

Values = NDArray[Any]
Number = int | float
_LARGEST = sys.float_info.max


class Maker(Protocol):
    """Makes the new values of one part of an array after the other."""

    def __call__(self, old: Values, part: Selection) -> Values:
        """The new values of a part.

        Parameters
        ----------
        old
            What is there, with as many axes as the array. It stays as it is.
        part
            Which part that is.

        Returns
        -------
        values
            Of the same shape and data type; or one value, which all become.
        """


class Change(Protocol):
    """What is done to every selected value."""

    @property
    def title(self) -> str:
        """In a few words that begin with a verb."""

    def written(self, target: str) -> str:
        """As one would type it in Python, done to a part of an array: ``s0[0] = 5``."""

    def told(self, count: str) -> str:
        """What becomes of so many values, as a sentence."""

    def begin(self, staged: Staged, node: Array) -> Maker:
        """Begin to make values of an array.

        Raises
        ------
        UserError
            That cannot be done to values of its data type.
        """


@dataclass(frozen=True, slots=True)
class Fill:
    """Set all to one value, as `parse_value` gives it."""

    value: Any
    title = "Fill with a value"

    def written(self, target: str) -> str:
        """``s0[0] = 5``."""
        return f"{target} = {shown_value(self.value)}"

    def told(self, count: str) -> str:
        """What becomes of so many values."""
        return f"{count} will change to {shown_value(self.value)}."

    def begin(self, staged: Staged, node: Array) -> Maker:
        """The value, whatever was there."""
        return lambda old, part: np.asarray(self.value, old.dtype)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Multiply by a number, then add another.

    Parameters
    ----------
    add, multiply
        Whole numbers are taken exactly. In arrays of whole numbers the result is rounded, a half
        to the even number, as NumPy does.
    saturate
        Let results that the data type cannot hold become the nearest that it can; else they
        are refused.
    """

    add: Number = 0
    multiply: Number = 1
    saturate: bool = False
    title = "Add or multiply"

    def written(self, target: str) -> str:
        """``s0[0] = s0[0] * 2 + 5``."""
        times = f" * {self.multiply}" if self.multiply != 1 else ""
        plus = f" {'-' if self.add < 0 else '+'} {abs(self.add)}" if self.add else ""
        return f"{target} = {target}{times}{plus}{' (saturated)' if self.saturate else ''}"

    def told(self, count: str) -> str:
        """What becomes of so many values."""
        done = [f"be multiplied by {self.multiply}"] if self.multiply != 1 else []
        if self.add or not done:
            done.append(f"{'lose' if self.add < 0 else 'gain'} {abs(self.add)}")
        return f"{count} will {' and '.join(done)}."

    def begin(self, staged: Staged, node: Array) -> Maker:
        """Compute in a type that holds every result, and see that the array's does."""
        dtype = _of_numbers(node)
        are_whole = isinstance(self.add, int) and isinstance(self.multiply, int)
        if dtype.kind != "f" and are_whole:
            return self._whole
        for number in (self.add, self.multiply):
            if abs(number) > _LARGEST:  # a whole number may have any length
                raise _usage("A number is too large", f"floats end at ±{_LARGEST:.5g}")
        return self._float if dtype.kind == "f" else self._between_whole

    def _float(self, old: Values, part: Selection) -> Values:
        with np.errstate(all="ignore"):
            new = self._in_doubles(old).astype(old.dtype)
        lost = np.isinf(new) & np.isfinite(old)
        if lost.any():
            self._must_saturate(old.dtype)
            limits = np.finfo(old.dtype)
            new[lost] = np.where(new[lost] > 0, limits.max, limits.min)
        return new

    def _between_whole(self, old: Values, part: Selection) -> Values:
        with np.errstate(over="ignore"):
            return self._fitted(self._in_doubles(old), old.dtype)

    def _whole(self, old: Values, part: Selection) -> Values:
        multiply, add = int(self.multiply), int(self.add)
        ends = [int(old.min()), int(old.max())]
        scaled = [end * multiply for end in ends]
        met = [multiply, add, *ends, *scaled, *(end + add for end in scaled)]
        # Python's own numbers have no end, but take their time.
        kind = np.int64 if all(-(2**63) <= number < 2**63 for number in met) else np.object_
        return self._fitted(np.asarray(old.astype(kind) * multiply + add), old.dtype)

    def _in_doubles(self, old: Values) -> Values:
        made = old.astype(np.float64) * float(self.multiply)
        return made + float(self.add) if self.add else made  # -0.0 + 0 would be 0.0

    def _fitted(self, made: Values, dtype: np.dtype[Any]) -> Values:
        values, lost = rounded(made, dtype)
        if lost.any():
            self._must_saturate(dtype)
        return values

    def _must_saturate(self, dtype: np.dtype[Any]) -> None:
        if not self.saturate:
            raise _too_large(dtype)


@dataclass(frozen=True, slots=True)
class Clip:
    """Limit to a range; None for no limit on that side."""

    low: Number | None = None
    high: Number | None = None
    title = "Limit to a range"

    def written(self, target: str) -> str:
        """``s0[0] = clip(s0[0], 0, 4000)``."""
        return f"{target} = clip({target}, {self.low}, {self.high})"

    def told(self, count: str) -> str:
        """What becomes of so many values."""
        ends = [f"below {self.low} become {self.low}"] if self.low is not None else []
        ends += [f"above {self.high} become {self.high}"] if self.high is not None else []
        return f"{count} will change: those {listed(ends)}."

    def begin(self, staged: Staged, node: Array) -> Maker:
        """Limit the values; a limit beyond the end of the data type limits nothing.

        Raises
        ------
        UserError
            All values would have to leave the data type, or no value lies between.
        """
        dtype = _of_numbers(node)
        low, high = self.low, self.high
        if low is not None and high is not None and low > high:
            raise _usage("The range is empty", f"{low} is above {high}")
        least, most = _ends(dtype)
        if (low is not None and low > most) or (high is not None and high < least):
            limit = low if low is not None and low > most else high
            raise _usage(f"{limit} does not fit: {_holds(dtype)}", "choose another limit")
        low = None if low is None or low <= least else low
        high = None if high is None or high >= most else high
        if dtype.kind != "f":
            low = None if low is None else math.ceil(low)
            high = None if high is None else math.floor(high)
            if low is not None and high is not None and low > high:
                told = f"{self.low} to {self.high}"
                raise _usage(f"No whole number is in {told}", "choose other limits")

        def clipped(old: Values, part: Selection) -> Values:
            new = old
            # NumPy's maximum may give either zero of 0.0 and -0.0.
            if low is not None:
                end = np.asarray(low, old.dtype)
                new = np.where(new < end, end, new)
            if high is not None:
                end = np.asarray(high, old.dtype)
                new = np.where(new > end, end, new)
            return new

        return clipped


@dataclass(frozen=True, slots=True)
class Replace:
    """Let some values become others: labels merged, renamed or deleted too.

    Parameters
    ----------
    values
        From each value to the one that it becomes, of the array's data type. NaN stands for
        every NaN, 0.0 for -0.0 too.
    """

    values: Mapping[Any, Any]

    @property
    def title(self) -> str:
        """What it does."""
        return "Replace a value" if len(self.values) == 1 else "Replace values"

    def written(self, target: str) -> str:
        """``s0[0]: 7 → 3``."""
        pairs = [f"{shown_value(old)} → {shown_value(new)}" for old, new in self.values.items()]
        return f"{target}: {', '.join(pairs)}"

    def told(self, count: str) -> str:
        """What becomes of so many values."""
        return f"{count} will be replaced."

    def begin(self, staged: Staged, node: Array) -> Maker:
        """Replace all at once: of two that swap each becomes the other."""

        def replaced(old: Values, part: Selection) -> Values:
            new = old.copy()
            for value, other in self.values.items():
                new[_equal(old, value)] = other
            return new

        return replaced


def _of_numbers(node: Array) -> np.dtype[Any]:
    dtype = native(node)
    if dtype.kind not in "iuf":
        raise _usage(
            f"Values of type {node.dtype.name} are no numbers to count with",
            "fill them, or replace one by another",
        )
    return dtype


def native(node: Array) -> np.dtype[Any]:
    """An array's data type in this machine's byte order; that of objects where NumPy has none."""
    try:
        return np.dtype(node.dtype.name)
    except TypeError:
        return np.dtype(object)


def _equal(old: Values, value: Any) -> NDArray[np.bool_]:
    """Where values are equal to one, as people mean it: zeros are, and what is no number."""
    equal = np.asarray(old == value)
    return equal if old.dtype.kind == "T" else equal | ~differ(old, value)


def _ends(dtype: np.dtype[Any]) -> tuple[Number, Number]:
    """The lowest and the highest finite number that a data type holds."""
    if dtype.kind == "f":
        limits = np.finfo(dtype)
        return float(limits.min), float(limits.max)
    whole = np.iinfo(dtype)
    return int(whole.min), int(whole.max)


def _holds(dtype: np.dtype[Any]) -> str:
    least, most = _ends(dtype)
    if dtype.kind == "f":
        return f"{dtype.name} holds numbers up to ±{most:.5g}"
    return f"{dtype.name} holds {format_count(int(least))} to {format_count(int(most))}"


def _too_large(dtype: np.dtype[Any]) -> UserError:
    return _usage(
        f"Some results do not fit: {_holds(dtype)}",
        "let results stop at these ends (--saturate), or select fewer values",
    )


def _usage(what: str, why: str) -> UserError:
    return UserError(what, why, exit_code=ExitCode.USAGE)
