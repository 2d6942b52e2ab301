"""Cells of a table as text: only the chunks behind them are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.reader import Gap, Reader
from omezarr_tui.image.selection import Selection
from omezarr_tui.image.tables import UNREADABLE, Column, Table, chunk_bytes, column_region
from omezarr_tui.image.values import read_values, value_text
from omezarr_tui.store.access import Access
from omezarr_tui.store.arrays import open_array
from omezarr_tui.store.node import Array

if TYPE_CHECKING:
    import numpy as np

MISSING = "–"  # of a value that is marked as missing
_LONGEST = 400  # signs of one value that are kept
# Names of categories are read whole, up to so many bytes: codes stand anywhere in the column.
_CATEGORIES_BYTES = 16 << 20

IsCancelled = Callable[[], bool]
Cells = list[list[str]]


def read_cells(
    access: Access,
    reader: Reader,
    table: Table,
    rows: range,
    columns: range,
    cancelled: IsCancelled = lambda: False,
) -> Cells:
    """Read some cells of a table as text; only the chunks behind them are read.

    Parameters
    ----------
    access, reader
        The store, and what reads its chunks.
    table
        The table.
    rows, columns
        Which of its cells.
    cancelled
        Asked before each chunk.

    Returns
    -------
    cells
        Row by row, each as long as `columns`.

    Raises
    ------
    UserError
        A chunk cannot be read or decoded.
    Cancelled
        `cancelled` said True.
    """
    if not rows or not columns:
        return []
    cells = [[""] * len(columns) for _ in rows]
    if not table.columns:
        assert table.array is not None
        region = table.region(rows, columns)
        gaps: list[Gap] = []
        grid = _read(access, reader, table.array, region, cancelled, gaps.append)
        flat = grid.reshape(len(rows), len(columns))
        for row, values in zip(cells, flat, strict=True):
            row[:] = [_text(value) for value in values]
        for place in _places(gaps, region, (len(rows), len(columns))):
            cells[place[0]][place[1]] = UNREADABLE
        return cells
    read: dict[str, Any] = {}
    for at, number in enumerate(columns):
        column = table.columns[number]
        for array in column.arrays:
            if array.path not in read:
                region = column_region(array, rows)
                if array is table.array:
                    region = table.region(rows, columns)
                read[array.path] = _read(access, reader, array, region, cancelled).reshape(-1)
        texts = _column_texts(access, reader, column, read, cancelled)
        for row, text in zip(cells, texts, strict=False):
            row[at] = text
    return cells


def _column_texts(
    access: Access,
    reader: Reader,
    column: Column,
    read: Mapping[str, Any],
    cancelled: IsCancelled,
) -> list[str]:
    if column.array is None:
        return []
    values = read[column.array.path]
    if column.field is not None:
        fields = values.dtype.names or ()
        if column.field >= len(fields):  # names with odd signs were counted otherwise
            return []
        values = values[fields[column.field]]
    names = _category_names(access, reader, column.categories, cancelled)
    if names is not None:
        texts = [names[c] if 0 <= c < len(names) else MISSING for c in map(int, values)]
    else:
        texts = [_text(value) for value in values]
    if column.mask is not None:
        missing = read[column.mask.path]
        texts = [MISSING if gone else text for text, gone in zip(texts, missing, strict=False)]
    return texts


def _category_names(
    access: Access, reader: Reader, node: Array | None, cancelled: IsCancelled
) -> list[str] | None:
    """The names of categories; None where there are none, or too many to read them all."""
    if node is None or 0 in node.shape:
        return None if node is None else []
    region = tuple(slice(0, size) for size in node.shape)
    if chunk_bytes(node, region) > _CATEGORIES_BYTES:
        return None
    return [_text(value) for value in _read(access, reader, node, region, cancelled).reshape(-1)]


def _read(
    access: Access,
    reader: Reader,
    node: Array,
    region: tuple[slice, ...],
    cancelled: IsCancelled,
    miss: Callable[[Gap], None] | None = None,
) -> np.ndarray[Any, Any]:
    """The values of a region, with all axes of the array; as of `Reader.blocks`."""
    import numpy as np

    if not region:  # a single value lies in no grid of chunks
        name = node.path or access.location.name
        return read_values(open_array(access, node), Selection((), ()), name)
    whole: np.ndarray[Any, Any] | None = None
    for block in reader.blocks(node, region, cancelled, miss):
        if whole is None:
            whole = np.zeros([part.stop - part.start for part in region], block.values.dtype)
        at = tuple(
            slice(first - part.start, first - part.start + size)
            for first, part, size in zip(block.start, region, block.values.shape, strict=True)
        )
        whole[at] = block.values
    assert whole is not None
    return whole


def _places(
    gaps: list[Gap], region: tuple[slice, ...], size: tuple[int, int]
) -> list[tuple[int, int]]:
    """The rows and columns of cells that lie in gaps of a region."""
    import numpy as np

    missed = np.zeros([part.stop - part.start for part in region], bool)
    for gap in gaps:
        ends = zip(gap.start, gap.size, region, strict=True)
        missed[tuple(slice(at - p.start, at - p.start + n) for at, n, p in ends)] = True
    return [(int(row), int(column)) for row, column in np.argwhere(missed.reshape(size))]


def _text(value: Any) -> str:
    return value_text(value, _LONGEST)
