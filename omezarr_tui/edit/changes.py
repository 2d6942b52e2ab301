"""What is done to values: filled, shifted, scaled, limited, replaced. No I/O."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from omezarr_tui.edit.scratch import differ
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.value import shown_value
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.image.selection import Selection
from omezarr_tui.store.node import Array
from omezarr_tui.text import format_count, listed, plural

Values = NDArray[Any]
Number = int | float


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
        done += [f"get {self.add} added"] if self.add or not done else []
        return f"{count} will {' and '.join(done)}."

    def begin(self, staged: Staged, node: Array) -> Maker:
        """Compute in a type that holds every result, and see that the array's does."""
        dtype = _of_numbers(node)
        if dtype.kind == "f":
            return self._float
        return self._whole

    def _float(self, old: Values, part: Selection) -> Values:
        with np.errstate(all="ignore"):
            new = (old.astype(np.float64) * self.multiply + self.add).astype(old.dtype)
        if not self.saturate and (np.isinf(new) & np.isfinite(old)).any():
            raise _too_large(old.dtype)
        if self.saturate:
            limits = np.finfo(old.dtype)
            ends = np.isinf(new) & np.isfinite(old)
            new = np.where(ends, np.where(new > 0, limits.max, limits.min), new).astype(old.dtype)
        return new

    def _whole(self, old: Values, part: Selection) -> Values:
        # Each value that occurs is computed once, by Python's own numbers, which never overflow.
        values, places = np.unique(old, return_inverse=True)
        limits = np.iinfo(old.dtype)
        made = [self._rounded(value) for value in values.tolist()]
        if not self.saturate and any(not limits.min <= value <= limits.max for value in made):
            raise _too_large(old.dtype)
        fitted = [min(max(value, limits.min), limits.max) for value in made]
        return np.array(fitted, old.dtype)[places.reshape(old.shape)]

    def _rounded(self, value: int) -> int:
        result = value * self.multiply + self.add
        return result if isinstance(result, int) else round(result)


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
        """Limit the values; a limit that the data type cannot hold limits nothing."""
        dtype = _of_numbers(node)
        low, high = self.low, self.high
        if low is not None and high is not None and low > high:
            raise _usage("The range is empty", f"{low} is above {high}")
        if dtype.kind != "f":
            limits = np.iinfo(dtype)
            low = None if low is None else min(max(math.ceil(low), limits.min), limits.max)
            high = None if high is None else max(min(math.floor(high), limits.max), limits.min)

        def clipped(old: Values, part: Selection) -> Values:
            new = old
            if low is not None:
                new = np.maximum(new, np.asarray(low, old.dtype))
            if high is not None:
                new = np.minimum(new, np.asarray(high, old.dtype))
            return new

        return clipped


@dataclass(frozen=True, slots=True)
class Replace:
    """Let some values become others: labels merged, renamed or deleted too.

    Parameters
    ----------
    values
        From each value to the one that it becomes, of the array's data type. NaN stands for
        every NaN.
    title
        In a few words that begin with a verb.
    """

    values: Mapping[Any, Any]
    title: str = "Replace a value"

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
                new[~differ(old, value)] = other
            return new

        return replaced


def merge(ids: Collection[Any], keep: Any) -> Replace:
    """Several labels become one: `keep`."""
    return Replace({each: keep for each in ids if each != keep}, "Merge labels")


def relabel(old: Any, new: Any) -> Replace:
    """A label gets another number."""
    return Replace({old: new}, "Give a label another number")


def delete_labels(ids: Collection[Any], background: Any) -> Replace:
    """Labels become background."""
    return Replace(dict.fromkeys(ids, background), f"Delete {plural(len(ids), 'label')}")


def _of_numbers(node: Array) -> np.dtype[Any]:
    """The data type of an array of numbers in this machine's byte order."""
    try:
        dtype = np.dtype(node.dtype.name)
    except TypeError:
        dtype = np.dtype(object)
    if dtype.kind not in "iuf":
        raise _usage(
            f"Values of type {node.dtype.name} are no numbers to count with",
            "fill them, or replace one by another",
        )
    return dtype


def _too_large(dtype: np.dtype[Any]) -> UserError:
    if dtype.kind == "f":
        bounds = f"up to ±{np.finfo(dtype).max:.5g}"
    else:
        limits = np.iinfo(dtype)
        bounds = f"{format_count(int(limits.min))} to {format_count(int(limits.max))}"
    return _usage(
        f"Some results do not fit: {dtype.name} holds {bounds}",
        "ask for saturated values, which stop at these ends, or select fewer values",
    )


def _usage(what: str, why: str) -> UserError:
    return UserError(what, why, exit_code=ExitCode.USAGE)
