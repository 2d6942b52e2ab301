"""The beginning of a table as text to print: what fits, and what part of the array it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from omezarr_tui.image.reader import Reader
from omezarr_tui.image.table_cells import Cells, read_cells
from omezarr_tui.image.tables import Table, table_of
from omezarr_tui.image.values import CELL_WIDTH
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array
from omezarr_tui.text import cell_width, format_count, listed, plural


@dataclass(frozen=True, slots=True)
class TablePart:
    """Some rows and columns of a table."""

    table: Table
    rows: range
    columns: range

    @property
    def decoded_bytes(self) -> int:
        """Uncompressed bytes of the chunks that must be read for it; an estimate for texts."""
        return self.table.decoded_bytes(self.rows, self.columns)


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


def table_part(
    node: Array, *, rows: int, columns: int, at: Mapping[int, int] | None = None
) -> TablePart:
    """Choose the values of an array that are printed.

    Parameters
    ----------
    node
        The array, as for `table_of`.
    rows, columns
        The most rows and columns that there is room for.
    at
        Axis -> position. Of an axis that is not shown the only one, of an axis that is
        shown the first one; 0 where nothing is said.
    """
    at = {axis: max(0, min(to, node.shape[axis] - 1)) for axis, to in (at or {}).items()}
    table = table_of(node, at)
    top = 0 if table.down is None else at.get(table.down, 0)
    left = 0 if table.across is None else at.get(table.across, 0)
    return TablePart(
        table,
        range(top, min(table.row_count, top + max(1, rows))),
        range(left, min(table.column_count, left + max(1, columns))),
    )


def first_part(table: Table, *, rows: int, columns: int) -> TablePart:
    """The first rows and columns of any table, as many as there is room for."""
    return TablePart(
        table,
        range(min(table.row_count, max(1, rows))),
        range(min(table.column_count, max(1, columns))),
    )


def printed_part(access: Access, part: TablePart, width: int | None = None) -> ValueTable:
    """Read some values and write them as text.

    Parameters
    ----------
    access
        The store.
    part
        Which ones; no other chunks are read.
    width
        Cells of the terminal: columns that do not fit in, two blanks apart, are left out.

    Raises
    ------
    UserError
        The values cannot be read or decoded.
    """
    table = part.table
    if not part.rows or not part.columns or (table.array and 0 in table.array.shape):
        return ValueTable((), (), (), table.size_text)
    read = read_cells(access, Reader(access), table, part.rows, part.columns)
    cells = [[_cut(text) for text in row] for row in read]
    is_single = table.array is not None and table.down is None
    down = ("",) if is_single else tuple(map(str, part.rows))
    across = tuple(table.heading(at) for at in part.columns)
    fit = len(across) if width is None else _fitting(down, across, cells, width)
    note = _note(part, fit) if table.array is not None else _group_note(part, fit)
    return ValueTable(across[:fit], down, tuple(tuple(r[:fit]) for r in cells), note)


def _cut(text: str) -> str:
    return text if len(text) <= CELL_WIDTH else f"{text[: CELL_WIDTH - 1]}…"


def _fitting(down: tuple[str, ...], across: tuple[str, ...], cells: Cells, width: int) -> int:
    """How many columns stand side by side in a width; one at least."""
    left = width - max(map(cell_width, down))
    for at, heading in enumerate(across):
        left -= 2 + max(map(cell_width, [heading, *(row[at] for row in cells)]))
        if left < 0:
            return max(1, at)
    return len(across)


def _note(part: TablePart, columns: int) -> str:
    """What part of the array it is, exactly."""
    table, notes = part.table, []
    assert table.array is not None
    shown = [part.rows] if table.down is not None else []
    sizes = [table.row_count] if table.down is not None else []
    if table.across is not None:
        shown.append(part.columns[:columns])
        sizes.append(table.column_count)
    whole, some = (
        " × ".join(map(format_count, numbers)) for numbers in (sizes, [len(one) for one in shown])
    )
    if not shown:
        notes.append("one value")
    elif [len(one) for one in shown] == sizes:
        notes.append(f"all {whole}")
    elif not any(one.start for one in shown):
        notes.append(f"first {some} of {whole}")
    else:
        ranges = [f"{one.start}–{one.stop - 1}" for one in shown]
        notes.append(f"{' × '.join(ranges)} of {whole}")
    if table.columns and columns < len(table.columns):
        notes.append(f"{columns} of {plural(len(table.columns), 'field')}")
    fixed = [
        f"{name} {table.position[axis]} of 0–{table.array.shape[axis] - 1}"
        for axis, name in table.fixed()
    ]
    if fixed:
        notes.append(f"at {listed(fixed)}")
    return ", ".join(notes)


def _group_note(part: TablePart, columns: int) -> str:
    """What part of a group's columns it is, exactly, and which of them cannot be read."""
    table, count = part.table, len(part.rows)
    rows = plural(table.row_count, "row")
    told = [f"all {rows}" if count == table.row_count else f"first {format_count(count)} of {rows}"]
    if columns < table.column_count:
        told.append(f"{columns} of {plural(table.column_count, 'column')}")
    told += [f"{one.name}: {one.problem}" for one in table.columns[:columns] if one.problem]
    return ", ".join([*told, *filter(None, [table.note])])
