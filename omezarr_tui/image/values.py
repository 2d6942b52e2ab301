"""Values as text in a small table, for arrays that are no picture.

Scalars, lists, complex numbers, texts, dates, records and empty arrays: whatever cannot
be shown as intensity is shown as it is. Only the chunks behind the table are read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from omezarr_tui.errors import UserError, explain
from omezarr_tui.image.selection import Selection
from omezarr_tui.ome.read import multiscale_of_array
from omezarr_tui.store.access import Access
from omezarr_tui.store.arrays import open_array
from omezarr_tui.store.node import Array
from omezarr_tui.text import cell_width, format_count, listed, plural, visible

if TYPE_CHECKING:
    import numpy as np
    import zarr

CELL_WIDTH = 40  # characters of one value; a longer text ends in …


@dataclass(frozen=True, slots=True)
class TableRegion:
    """Which values of an array a table shows.

    Parameters
    ----------
    array
        The array.
    rows, columns
        The axes that run down and across; None where the array has too few, or where
        columns stand for the fields of a record.
    region
        The part that is read: a slice for each axis.
    """

    array: Array
    rows: int | None
    columns: int | None
    region: tuple[slice, ...]

    @property
    def decoded_bytes(self) -> int:
        """Uncompressed bytes of the chunks that must be read for it; an estimate for texts."""
        chunks: int = math.prod(
            -(-part.stop // max(1, step)) - part.start // max(1, step)
            for part, step in zip(self.region, self.array.chunks, strict=True)
        )
        return chunks * math.prod(self.array.chunks) * (self.array.dtype.itemsize or 16)


@dataclass(frozen=True, slots=True)
class ValueTable:
    """Values as text, safe to print.

    Parameters
    ----------
    columns
        The heading of each column: an index, a field of a record, or ``value``.
    rows
        The heading of each row: an index; empty for the one row of a scalar.
    cells
        The values, row by row.
    note
        What part of the array it is: ``first 20 × 8 of 1,000 × 30``.
    """

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    note: str


def table_region(
    node: Array, *, rows: int, columns: int, at: Mapping[int, int] | None = None
) -> TableRegion:
    """Choose the values that a table shows.

    Parameters
    ----------
    node
        The array. Its last two axes run down and across; of records and of arrays with
        one axis the last axis runs down.
    rows, columns
        The most rows and columns that there is room for.
    at
        Axis -> position. Of an axis that is not shown the only one, of an axis that is
        shown the first one; 0 where nothing is said.
    """
    at = at or {}
    rank = len(node.shape)
    as_records = node.dtype.kind == "structured" or rank == 1
    down = None if rank == 0 else rank - 1 if as_records else rank - 2
    across = None if rank == 0 or as_records else rank - 1
    room = {down: max(1, rows), across: max(1, columns)}
    region = []
    for axis, size in enumerate(node.shape):
        start = max(0, min(at.get(axis, 0), size - 1))
        region.append(slice(start, min(size, start + room.get(axis, 1)), 1))
    return TableRegion(node, down, across, tuple(region))


def value_table(
    access: Access,
    node: Array,
    *,
    rows: int,
    columns: int,
    at: Mapping[int, int] | None = None,
    width: int | None = None,
) -> ValueTable:
    """Read some values of an array and write them as text.

    Parameters
    ----------
    access
        The store.
    node, rows, columns, at
        As for `table_region`, whose chunks are read, and no others.
    width
        Cells of the terminal: columns that do not fit in, two blanks apart, are left out.

    Raises
    ------
    UserError
        The values cannot be read or decoded.
    """
    shown = table_region(node, rows=rows, columns=columns, at=at)
    if 0 in node.shape:
        return ValueTable((), (), (), "empty: there are no values")
    array = open_array(access, node)
    values = read_values(
        array, Selection(shown.region, node.shape), node.path or access.location.name
    )
    # One value in each place of (down, across); records and lists have no second axis.
    grid = values.reshape(
        1 if shown.rows is None else values.shape[shown.rows],
        1 if shown.columns is None else values.shape[shown.columns],
    )
    down = ("",) if shown.rows is None else _indices(shown.region[shown.rows])
    across = ("value",) if shown.columns is None else _indices(shown.region[shown.columns])
    cells = [[value_text(value) for value in row] for row in grid]
    if names := values.dtype.names:
        across = tuple(visible(name) for name in names[:columns])
        cells = [[value_text(row[0][name]) for name in names[:columns]] for row in grid]
    fit = len(across) if width is None else _fitting(down, across, cells, width)
    return ValueTable(
        across[:fit], down, tuple(tuple(row[:fit]) for row in cells), _note(shown, names, fit)
    )


def value_text(value: Any, limit: int = CELL_WIDTH) -> str:
    r"""One value in full precision, as text on one line that is safe to print.

    Texts stand as they are, but for an empty one, which is ``""``; bytes as ASCII with
    ``\x00`` for the rest; raw bytes in hexadecimal.

    Parameters
    ----------
    value
        What NumPy gives for one element.
    limit
        The longest text; a longer one ends in ``…``.
    """
    import numpy as np

    if isinstance(value, np.ndarray):
        inner = ", ".join(value_text(item) for item in value.ravel()[: limit // 2])
        return visible(f"[{inner}]", limit)
    if isinstance(value, bytes):
        return visible(repr(bytes(value))[2:-1] or '""', limit)
    if isinstance(value, np.void):
        told = str(value) if value.dtype.names else value.tobytes().hex(" ")
        return visible(told or '""', limit)
    if isinstance(value, complex | np.complexfloating):
        return str(value).strip("()")
    return visible(str(value) or '""', limit)


def read_values(array: zarr.Array[Any], selection: Selection, name: str) -> np.ndarray[Any, Any]:
    """Read a selection of an array exactly, also where zarr gives a bare value.

    Parameters
    ----------
    array
        The array.
    selection
        What to read.
    name
        What the array is called in an error.

    Returns
    -------
    values
        With all axes of the array: an index keeps its axis, of length 1.

    Raises
    ------
    UserError
        A chunk cannot be read or decoded.
    """
    import numpy as np

    region = selection.for_zarr()
    try:
        values: Any = array[region] if region else array[()]
    except Exception as error:  # a codec may raise anything at damaged bytes
        where = f"{name} cannot be read at [{selection.numpy_text}]"
        raise UserError(where, explain(error)) from error
    if region:
        return np.asarray(values)
    # The one value of a 0-d array comes bare, and a text must not be taken apart.
    holder = np.empty((), array.dtype)
    holder[()] = values
    return holder


def _indices(part: slice) -> tuple[str, ...]:
    return tuple(str(index) for index in range(part.start, part.stop))


def _fitting(
    down: tuple[str, ...], across: tuple[str, ...], cells: list[list[str]], width: int
) -> int:
    """How many columns stand side by side in a width; one at least."""
    left = width - max(map(cell_width, down))
    for at, heading in enumerate(across):
        left -= 2 + max(map(cell_width, [heading, *(row[at] for row in cells)]))
        if left < 0:
            return max(1, at)
    return len(across)


def _note(shown: TableRegion, fields: tuple[str, ...] | None, columns: int) -> str:
    """What part of the array it is, exactly."""
    node, notes = shown.array, []
    axes = [axis for axis in (shown.rows, shown.columns) if axis is not None]
    starts = [shown.region[axis].start for axis in axes]
    counts = [shown.region[axis].stop - shown.region[axis].start for axis in axes]
    if shown.columns is not None:
        counts[-1] = columns
    sizes = [node.shape[axis] for axis in axes]
    whole, some = (" × ".join(map(format_count, numbers)) for numbers in (sizes, counts))
    if not axes:
        notes.append("one value")
    elif counts == sizes:
        notes.append(f"all {whole}")
    elif not any(starts):
        notes.append(f"first {some} of {whole}")
    else:
        ranges = [f"{at}–{at + count - 1}" for at, count in zip(starts, counts, strict=True)]
        notes.append(f"{' × '.join(ranges)} of {whole}")
    if fields and columns < len(fields):
        notes.append(f"{columns} of {plural(len(fields), 'field')}")
    names = [axis.name for axis in multiscale_of_array(node).axes]
    fixed = [
        f"{visible(names[axis])} {part.start} of 0–{node.shape[axis] - 1}"
        for axis, part in enumerate(shown.region)
        if axis not in axes
    ]
    if fixed:
        notes.append(f"at {listed(fixed)}")
    return ", ".join(notes)
