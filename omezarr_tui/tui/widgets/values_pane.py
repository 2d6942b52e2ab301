"""What is no picture, in the picture's place: a table, of a row of numbers with its curve."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from omezarr_tui.image.envelope import can_plot, sampled_bytes
from omezarr_tui.image.tables import UNREADABLE, Table, table_of
from omezarr_tui.store.node import Array
from omezarr_tui.text import format_count, visible
from omezarr_tui.tui.widgets.axis_bar import AxisBar
from omezarr_tui.tui.widgets.series_plot import SeriesPlot
from omezarr_tui.tui.widgets.value_grid import ValueGrid
from omezarr_tui.tui.widgets.worded_pane import WordedPane

if TYPE_CHECKING:
    from omezarr_tui.image.envelope import Envelope
    from omezarr_tui.tui.table_workers import CellsNotRead, CellsRead


class ValuesPane(WordedPane):
    """A pane that can show a table, and asks before it reads much.

    Parameters
    ----------
    ask_above
        Uncompressed bytes above which reading is asked for.
    """

    @dataclass
    class SeriesWanted(Message):
        """A row of numbers is wanted as a curve."""

        node: Array

    @dataclass
    class CellsWanted(Message):
        """Cells of a table are wanted, and may be read."""

        table: Table
        rows: range
        columns: range

    def __init__(self, ask_above: int) -> None:
        super().__init__()
        self.ask_above = ask_above
        self.asked: str | None = None  # the path of the array that is too large to just read
        self.allowed: set[str] = set()
        self.shown_table: Table | None = None

    @property
    def values_of(self) -> Array | None:
        """The array whose values are shown."""
        return self.shown_table.array if self.shown_table is not None else None

    @property
    def table(self) -> ValueGrid:
        """The table of values."""
        return self.query_one(ValueGrid)

    @property
    def series(self) -> SeriesPlot:
        """The curve of a row of numbers."""
        return self.query_one(SeriesPlot)

    # -- showing --------------------------------------------------------------------------

    def show_array(self, node: Array) -> None:
        """Show the values of an array that is no picture."""
        if self.shown_table is None or self.shown_table.array != node:
            self.show_table(table_of(node))
        else:
            self.show_again()

    def show_table(self, table: Table) -> None:
        """Show a table from its beginning."""
        self.shown_table = table
        node = table.array
        is_series = node is not None and can_plot(node) and not table.columns
        self.set_class(is_series, "-series")
        if is_series:
            self.series.wait()
        self.add_class("-values")
        self.entitle(f"{table.title or 'array'} · values")
        self.table.show_table(table)
        self._tell_cell()
        self._want_series()

    def leave_table(self) -> None:
        """Show something else in its place."""
        self.shown_table = None
        self.remove_class("-values", "-series")

    def show_again(self) -> None:
        """Ask for all that is shown anew: some values were changed, or may be read now."""
        if (table := self.shown_table) is None:
            return
        self.add_class("-values")
        self.entitle(f"{table.title or 'array'} · values")
        self.table.forget()
        self._want_series()

    def _want_series(self) -> None:
        node = self.values_of
        if node is None or not self.has_class("-series"):
            return
        if sampled_bytes(node) <= self.ask_above or node.path in self.allowed:
            self.post_message(self.SeriesWanted(node))

    @on(ValueGrid.CellsWanted)
    def _want(self, event: ValueGrid.CellsWanted) -> None:
        event.stop()
        table = event.table
        if table is not self.shown_table:
            return
        size = table.decoded_bytes(event.rows, event.columns)
        if size > self.ask_above and table.path not in self.allowed:
            self.remove_class("-values")
            self.asked = table.path
            self.tell_large(table.title or "array", size)
            return
        self.begin_to_wait()
        self.post_message(self.CellsWanted(table, event.rows, event.columns))

    def show_cells(self, event: CellsRead) -> None:
        """Show cells that were read."""
        if event.table is self.shown_table:
            self.settle()
            self.add_class("-values")
            self.table.show_cells(event.rows, event.columns, event.cells)

    def show_envelope(self, node: Array, envelope: Envelope | None) -> None:
        """Show the curve of a row of numbers."""
        if self.values_of == node:
            if envelope is None:
                self.remove_class("-series")
            else:
                self.series.show_envelope(envelope)

    def fail_values(self, event: CellsNotRead) -> None:
        """Tell why values cannot be shown, in their place; where there are others they stay."""
        table = self.shown_table
        if table is None:
            return
        if len(event.rows) < table.row_count:  # one can go on to others
            self.settle()
            unreadable = [[UNREADABLE] * len(event.columns) for _ in event.rows]
            self.table.show_cells(event.rows, event.columns, unreadable)
            return
        self.entitle(table.title or "array")
        self.remove_class("-values", "-series")
        self.tell_failed("These values cannot be shown.", event.error)

    # -- the cell -------------------------------------------------------------------------

    @property
    def cell_text(self) -> str | None:
        """The value of the cell under the cursor; None where it is not known."""
        return self.table.cell(self.table.cursor.y, self.table.cursor.x)

    @on(ValueGrid.CursorMoved)
    def _tell_cell(self) -> None:
        """Tell in the bar which part of the values is shown, and the cursor's in full."""
        table = self.shown_table
        if table is None or not self.has_class("-values"):
            return
        self.series.mark(self.table.cursor.y)
        column, row = self.table.cursor
        parts = [table.size_text, *([table.note] if table.note else [])]
        for axis, name in table.fixed():
            assert table.array is not None
            parts.append(f"{name} {table.position[axis]} of 0–{table.array.shape[axis] - 1}")
        told = [", ".join(parts)]
        if table.row_count and table.column_count:
            if table.columns:
                where = f"row {format_count(row)}, {table.heading(column)}"
                problem = table.columns[column].problem
            else:
                where = f"row {format_count(row)}" if table.down is not None else ""
                where += f", column {format_count(column)}" if table.across is not None else ""
                problem = ""
            text = problem or self.cell_text
            told.append(f"{where}{': ' if where else ''}{'…' if text is None else text}")
        self.query_one(AxisBar).show_words(" · ".join(told))

    # -- stepping -------------------------------------------------------------------------

    @property
    def can_step_values(self) -> bool:
        """Whether there are other planes of values than the one in the table."""
        return self._stepped_axis is not None

    @property
    def _stepped_axis(self) -> int | None:
        table = self.shown_table
        if table is None or table.array is None:
            return None
        long = [axis for axis, _ in table.fixed() if table.array.shape[axis] > 1]
        return long[-1] if long else None

    def step_values(self, planes: int) -> None:
        """Show the values of another plane."""
        table, axis = self.shown_table, self._stepped_axis
        if table is None or axis is None:
            return
        assert table.array is not None
        position = list(table.position)
        position[axis] = min(max(position[axis] + planes, 0), table.array.shape[axis] - 1)
        if tuple(position) != table.position:
            self.shown_table = replace(table, position=tuple(position))
            self.table.show_table(self.shown_table)
            self._tell_cell()

    # -- asking ---------------------------------------------------------------------------

    def allow(self) -> None:
        """Let be read from now on what was asked about."""
        if self.asked is not None:
            self.allowed.add(self.asked)
            self.asked = None

    def ask_about(self, array: Array, nbytes: int, *ways: tuple[str, str]) -> None:
        """Ask before so much is read; `r` allows it."""
        self.asked = array.path
        self.tell_large(visible(array.name) or "array", nbytes, *ways)
