"""Tables of values of any length: what stands in a row and a column, and where it lies.

A table is an array, whose last two axes run down and across, or columns that lie side by side:
the fields of records, or arrays of one axis that belong together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from omezarr_tui.image.selection import Selection
from omezarr_tui.ome.read import multiscale_of_array
from omezarr_tui.store.node import Array
from omezarr_tui.text import plural, visible

_UNTOLD_BYTES = 16  # what a text of variable length is taken to need


UNREADABLE = "cannot be read"  # in the place of a value


@dataclass(frozen=True)
class Column:
    """A column of its own.

    Parameters
    ----------
    name
        Safe to print.
    array
        With one axis; None where it cannot be read.
    field
        Of the array's records, by its number; None for the values themselves.
    categories
        What its values are the positions in.
    mask
        Where it is true a value is missing.
    problem
        Why it cannot be read.
    """

    name: str
    array: Array | None
    field: int | None = None
    categories: Array | None = None
    mask: Array | None = None
    problem: str = ""

    @property
    def arrays(self) -> list[Array]:
        """What is read for it."""
        return [a for a in (self.array, self.mask) if a is not None]


@dataclass(frozen=True)
class Table:
    """Rows and columns of values.

    Parameters
    ----------
    path
        Of the array or the group.
    title
        Safe to print.
    row_count
        How many rows there are.
    array
        Whose values lie side by side; None where columns are told one by one.
    columns
        Where each is told; else empty.
    position
        Of the array, along each axis; along those that run down and across it is not used.
    note
        What else is to be told of it.
    """

    path: str
    title: str
    row_count: int
    array: Array | None = None
    columns: tuple[Column, ...] = ()
    position: tuple[int, ...] = ()
    note: str = ""

    @cached_property
    def column_count(self) -> int:
        """How many columns there are."""
        if self.columns:
            return len(self.columns)
        across = self.across
        return 1 if self.array is None or across is None else self.array.shape[across]

    @property
    def down(self) -> int | None:
        """The axis of the array that runs down; None of a single value."""
        if self.array is None or not self.array.shape:
            return None
        return len(self.array.shape) - 2 if self.across is not None else len(self.array.shape) - 1

    @property
    def across(self) -> int | None:
        """The axis of the array that runs across; None where there is one column."""
        if self.array is None or self.columns or len(self.array.shape) < 2:
            return None
        return len(self.array.shape) - 1

    @property
    def is_even(self) -> bool:
        """Whether all columns are of one kind, and as wide as one another."""
        return not self.columns

    def heading(self, column: int) -> str:
        """What stands above a column."""
        if self.columns:
            return self.columns[column].name
        return "value" if self.across is None else str(column)

    def is_text(self, column: int) -> bool:
        """Whether a column holds texts, which begin at the left."""
        if not self.columns:
            array: Array | None = self.array
        else:
            told = self.columns[column]
            array = told.categories or told.array
            if told.field is not None or array is None:
                return True
        return array is not None and array.dtype.kind in ("string", "object", "bytes")

    def fixed(self) -> list[tuple[int, str]]:
        """The axes of the array that neither run down nor across, with their names."""
        if self.array is None:
            return []
        axes = multiscale_of_array(self.array).axes
        shown = (self.down, self.across)
        return [(at, visible(a.name, 24)) for at, a in enumerate(axes) if at not in shown]

    def region(self, rows: range, columns: range) -> tuple[slice, ...]:
        """The part of the array that some rows and columns are."""
        region = [slice(at, at + 1) for at in self.position]
        if self.down is not None:
            region[self.down] = slice(rows.start, rows.stop)
        if self.across is not None:
            region[self.across] = slice(columns.start, columns.stop)
        return tuple(region)

    def selection(self, rows: range, columns: range) -> Selection:
        """Some rows and columns as values of the array: its other axes are dropped."""
        assert self.array is not None
        region, shown = self.region(rows, columns), (self.down, self.across)
        parts = [
            slice(part.start, part.stop, 1) if at in shown else part.start
            for at, part in enumerate(region)
        ]
        return Selection(tuple(parts), self.array.shape)

    def decoded_bytes(self, rows: range, columns: range) -> int:
        """Uncompressed bytes of the chunks of some rows and columns; an estimate for texts."""
        if not rows or not columns:
            return 0
        if not self.columns:
            return chunk_bytes(self.array, self.region(rows, columns))
        arrays = {array.path: array for at in columns for array in self.columns[at].arrays}.values()
        return sum(chunk_bytes(array, column_region(array, rows)) for array in arrays)

    @property
    def size_text(self) -> str:
        """How many rows and columns there are."""
        if not self.row_count or not self.column_count:
            return "empty: there are no values"
        if self.array is not None and not self.array.shape:
            return "one value"
        rows = plural(self.row_count, "row")
        if self.columns:
            return f"{rows}, {plural(self.column_count, 'column')}"
        if self.across is None:
            return rows
        return f"{rows} × {plural(self.column_count, 'column')}"


def table_of(node: Array, position: Mapping[int, int] | None = None) -> Table:
    """An array as a table.

    Parameters
    ----------
    node
        The array. Its last two axes run down and across; of records and of arrays with one
        axis the last axis runs down.
    position
        Axis -> position, of axes that do neither; 0 where nothing is said.
    """
    at = [(position or {}).get(axis, 0) for axis in range(len(node.shape))]
    records = node.dtype.kind == "structured"
    columns: tuple[Column, ...] = ()
    if records:
        names = record_fields(node)
        columns = tuple(Column(name, node, field) for field, name in enumerate(names))
    rank = len(node.shape)
    down = rank - 1 if records or rank < 2 else rank - 2
    count = node.shape[down] if rank else 1
    return Table(node.path, visible(node.name), count, node, columns, tuple(at))


def record_fields(node: Array) -> list[str]:
    """The names of a record's fields, safe to print, as its data type tells them."""
    inner = node.dtype.name.removeprefix("structured (").removesuffix(")")
    names, depth, start = [], 0, 0
    for at, sign in enumerate(f"{inner}, "):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and not depth:
            names.append(visible(inner[start:at].rpartition(": ")[0].strip(), 40))
            start = at + 1
    return [name for name in names if name] or ["value"]


def column_region(array: Array, rows: range) -> tuple[slice, ...]:
    """The part of a column's array that some rows are; no more than there is of it."""
    first = (*(slice(0, 1) for _ in array.shape[:-1]),)
    return (*first, slice(min(rows.start, array.shape[-1]), min(rows.stop, array.shape[-1])))


def chunk_bytes(array: Array | None, region: Sequence[slice]) -> int:
    """Uncompressed bytes of the chunks of a region; an estimate for texts."""
    if array is None:
        return 0
    chunks: int = math.prod(
        -(-part.stop // max(1, step)) - part.start // max(1, step)
        for part, step in zip(region, array.chunks, strict=True)
    )
    return chunks * math.prod(array.chunks) * (array.dtype.itemsize or _UNTOLD_BYTES)
