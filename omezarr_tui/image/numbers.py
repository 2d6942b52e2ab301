"""The raw numbers around a pixel, as they are stored: a table of a plane's values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.reader import Reader
from omezarr_tui.store.node import Array
from omezarr_tui.text import format_number

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

_SHORT = 11  # characters of a floating-point number of four digits


@dataclass(frozen=True, slots=True)
class NumbersWanted:
    """A part of a plane of a level.

    Parameters
    ----------
    level
        Number of the level.
    array
        Its array.
    rows, columns
        The axes down and across.
    region
        A slice for each axis.
    """

    level: int
    array: Array
    rows: int
    columns: int
    region: tuple[slice, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Pixels down and across."""
        down, across = self.region[self.rows], self.region[self.columns]
        return down.stop - down.start, across.stop - across.start

    @property
    def decoded_bytes(self) -> int:
        """Uncompressed bytes of the chunks that must be read for it."""
        pairs = zip(self.region, self.array.chunks, strict=True)
        chunks = 1
        for part, step in pairs:
            chunks *= -(-part.stop // step) - part.start // step
        return chunks * math.prod(self.array.chunks) * (self.array.dtype.itemsize or 1)


def numbers_around(
    level: int,
    array: Array,
    axes: tuple[int, int],
    pixel: tuple[int, ...],
    room: tuple[int, int],
) -> NumbersWanted:
    """So many pixels down and across around a pixel, as far as the plane has them.

    Parameters
    ----------
    pixel
        An index for each axis.
    axes
        Those that run down and across.
    room
        Pixels down and across that can be shown.
    """
    region = [slice(at, at + 1) for at in pixel]
    for axis, most in zip(axes, room, strict=True):
        size = array.shape[axis]
        count = max(1, min(most, size))
        first = min(max(0, pixel[axis] - count // 2), size - count)
        region[axis] = slice(first, first + count)
    return NumbersWanted(level, array, *axes, tuple(region))


def read_numbers(
    reader: Reader, wanted: NumbersWanted, cancelled: Callable[[], bool] = lambda: False
) -> np.ndarray[Any, Any]:
    """The values (rows, columns) in the type of the array.

    Raises
    ------
    UserError
        A chunk cannot be read.
    Cancelled
        `cancelled` said True.
    """
    import numpy as np

    values: np.ndarray[Any, Any] | None = None
    first = wanted.region[wanted.rows].start, wanted.region[wanted.columns].start
    for block in reader.blocks(wanted.array, wanted.region, cancelled):
        others = tuple(
            a for a in range(block.values.ndim) if a not in (wanted.rows, wanted.columns)
        )
        plane = block.values.squeeze(axis=others)
        plane = plane.T if wanted.rows > wanted.columns else plane
        if values is None:
            values = np.zeros(wanted.shape, plane.dtype)
        top, left = block.start[wanted.rows] - first[0], block.start[wanted.columns] - first[1]
        values[top : top + plane.shape[0], left : left + plane.shape[1]] = plane
    assert values is not None  # a region has a pixel at least
    return values


def number_text(value: Any, *, in_full: bool) -> str:
    """A stored value (a NumPy scalar): whole numbers in full, others short or to the last digit."""
    if value.dtype.kind == "b":
        return "1" if value else "0"
    if value.dtype.kind != "f":
        return str(value)
    return str(value) if in_full else format_number(float(value), 4)


def number_width(array: Array, *, in_full: bool) -> int:
    """Characters of the longest value that an array's data type has."""
    import numpy as np

    dtype = np.dtype(array.dtype.name if array.dtype.name != "bool" else "uint8")
    if dtype.kind in "iu":
        if array.dtype.name == "bool":
            return 1
        return max(len(str(np.iinfo(dtype).min)), len(str(np.iinfo(dtype).max)))
    if not in_full:
        return _SHORT
    return {2: 10, 4: 15}.get(dtype.itemsize, 24)
