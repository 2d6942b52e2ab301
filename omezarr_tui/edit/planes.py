"""A bad plane mended: copied from another one, or made from the two beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from omezarr_tui.edit.changes import Maker, native
from omezarr_tui.edit.decoded import Decoded
from omezarr_tui.edit.rounding import rounded
from omezarr_tui.edit.scratch import local
from omezarr_tui.edit.staged import Staged
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.image.selection import Selection
from omezarr_tui.store.node import Array


@dataclass(frozen=True, slots=True)
class CopyPlane:
    """Every selected value becomes the one at another index along an axis.

    Parameters
    ----------
    axis
        Along which.
    source
        The index there that is copied.
    name
        What the axis is called.
    """

    axis: int
    source: int
    name: str
    title = "Copy a plane"

    def written(self, target: str) -> str:
        """``s0[:, 15] = the same at z=14``."""
        return f"{target} = the same at {self.name}={self.source}"

    def told(self, count: str) -> str:
        """What becomes of so many values."""
        return f"{count} will become what is at {self.name}={self.source}."

    def begin(self, staged: Staged, node: Array) -> Maker:
        """Read what is copied, as the store holds it before the edit."""
        _check(node, self.axis, self.source, self.name)
        decoded = Decoded(staged.access, node)

        def copied(old: NDArray[Any], part: Selection) -> NDArray[Any]:
            return _plane(decoded, part, self.axis, self.source)

        return copied


@dataclass(frozen=True, slots=True)
class Interpolate:
    """Every selected value comes to lie on the line between two indices along an axis.

    Parameters
    ----------
    axis
        Along which.
    before, after
        The sound indices on both sides of what is selected.
    name
        What the axis is called.
    """

    axis: int
    before: int
    after: int
    name: str
    title = "Interpolate between planes"

    def written(self, target: str) -> str:
        """``s0[:, 15] = between z=14 and z=16``."""
        return f"{target} = between {self.name}={self.before} and {self.name}={self.after}"

    def told(self, count: str) -> str:
        """What becomes of so many values."""
        ends = f"{self.name}={self.before} and {self.name}={self.after}"
        return f"{count} will lie on the line between {ends}."

    def begin(self, staged: Staged, node: Array) -> Maker:
        """Read both sides, as the store holds them before the edit."""
        for index in (self.before, self.after):
            _check(node, self.axis, index, self.name)
        if native(node).kind not in "iufc":
            raise UserError(
                f"Between values of type {node.dtype.name} there is nothing",
                "copy a plane instead",
                exit_code=ExitCode.USAGE,
            )
        decoded = Decoded(staged.access, node)

        def between(old: NDArray[Any], part: Selection) -> NDArray[Any]:
            along = part.for_zarr()[self.axis]
            places = np.arange(along.start, along.stop, along.step)
            ends = (places <= self.before) | (places >= self.after)
            if ends.any():
                raise UserError(
                    f"{self.name}={places[ends][0]} does not lie between the sound planes",
                    f"these are {self.name}={self.before} and {self.name}={self.after}",
                    exit_code=ExitCode.USAGE,
                )
            weights = (places - self.before) / (self.after - self.before)
            shape = [-1 if axis == self.axis else 1 for axis in range(old.ndim)]
            weight = weights.reshape(shape)
            first, last = (
                _plane(decoded, part, self.axis, index) for index in (self.before, self.after)
            )
            made = _on_line(first, last, weight)
            if old.dtype.kind in "iu":
                # Doubles round up past the end of 64 bits; it becomes that end again.
                return rounded(made, old.dtype)[0]
            return np.asarray(made.astype(old.dtype))

        return between


def sound_beside(part: Selection, axis: int, name: str) -> tuple[int, int]:
    """The indices right before and right after what is selected along an axis.

    Raises
    ------
    UserError
        There is none on one side; or sound and bad ones take turns.
    """
    first, last = part.bounds[axis]
    along = part.for_zarr()[axis]
    if along.step > 1 and last - first > 1:
        raise UserError(
            f"Between {name}={first} and {name}={last - 1} only some planes are selected",
            "mend them one by one, or name both sound planes",
            exit_code=ExitCode.USAGE,
        )
    if first == 0 or last >= part.array_shape[axis]:
        side = "before" if first == 0 else "behind"
        raise UserError(
            f"There is no plane {side} {name}={first if first == 0 else last - 1}",
            "copy one from elsewhere, or name both sound planes",
            exit_code=ExitCode.USAGE,
        )
    return first - 1, last


def _on_line(first: NDArray[Any], last: NDArray[Any], weight: NDArray[Any]) -> NDArray[Any]:
    """Between two values in double precision: the first where the weight is 0, the last at 1."""
    if first.dtype.kind == "c":
        # Apart: multiplied as complex numbers, NaN in one half would reach the other.
        made = np.empty(np.broadcast_shapes(first.shape, weight.shape), np.complex128)
        made.real = _on_line(first.real, last.real, weight)
        made.imag = _on_line(first.imag, last.imag, weight)
        return made
    found = first.astype(np.float64) * (1 - weight) + last.astype(np.float64) * weight
    return np.asarray(found)


def _plane(decoded: Decoded, part: Selection, axis: int, index: int) -> NDArray[Any]:
    """What lies at an index along an axis, where a part lies along the others."""
    size = part.array_shape[axis]
    parts = list(part.for_zarr())
    parts[axis] = slice(index, index + 1, 1)
    assert 0 <= index < size
    there = Selection(tuple(parts), part.array_shape)
    return decoded.read(there.bounds)[local(there, there.bounds)]


def _check(node: Array, axis: int, index: int, name: str) -> None:
    if not 0 <= index < node.shape[axis]:
        raise UserError(
            f"There is no {name}={index}",
            f"{name} is 0 to {node.shape[axis] - 1}",
            exit_code=ExitCode.USAGE,
        )
