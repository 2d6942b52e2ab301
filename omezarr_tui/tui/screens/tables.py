"""Tables of values from the main screen: curves of long rows, going to a row, groups as tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Offset
from textual.widgets import Input, Static

from omezarr_tui.image.tables import Table
from omezarr_tui.text import format_count, visible
from omezarr_tui.tui.screens.base import StoreScreen
from omezarr_tui.tui.screens.dialog import Dialog
from omezarr_tui.tui.table_workers import EnvelopeRead
from omezarr_tui.tui.widgets.picture_pane import PicturePane
from omezarr_tui.tui.widgets.value_grid import ValueGrid

if TYPE_CHECKING:
    from omezarr_tui.image.frames import Words

Cell = tuple[int, int | None]
_CELL = re.compile(r"(-?\d[\d,_ ]*?)(?:\s*[;:/]\s*(.+))?")


class GotoRowScreen(Dialog[Cell | None]):
    """Asks for a row, and a column where one is wanted: ``120000`` or ``120000 : 7``.

    Parameters
    ----------
    table
        The table.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Back")]

    def __init__(self, table: Table) -> None:
        super().__init__()
        self._table = table

    def compose(self) -> ComposeResult:
        """One line to type in, and the bounds."""
        table = self._table
        rows = f"rows 0–{format_count(table.row_count - 1)}, -1 is the last"
        columns = ""
        if table.column_count > 1:
            named = "their names" if table.columns else f"0–{format_count(table.column_count - 1)}"
            columns = f"; columns {named}"
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Go to a row"
            yield Input(placeholder="a row, or row : column")
            yield Static("", classes="problem", markup=False)
            yield Static(
                f"{rows}{columns}.  Enter goes there, Esc leaves.", classes="hint", markup=False
            )

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        found = self._understood(event.value) if event.value.strip() else ""
        self.query_one(".problem", Static).update(found if isinstance(found, str) else "")

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        found = self._understood(event.value)
        if not isinstance(found, str):
            self.leave(found)

    def _understood(self, text: str) -> Cell | str:
        """The row and the column, or why the text names none."""
        table = self._table
        match = _CELL.fullmatch(text.strip())
        if match is None:
            return "type a row's number"
        row = int(re.sub(r"[,_ ]", "", match[1]))
        row += table.row_count if row < 0 else 0
        if not 0 <= row < table.row_count:
            return f"the rows are 0 to {format_count(table.row_count - 1)}"
        if match[2] is None:
            return row, None
        name = match[2].strip()
        headings = [column.name for column in table.columns]
        if name in headings:
            return row, headings.index(name)
        if not name.isdecimal() or int(name) >= table.column_count:
            return f"there is no column {visible(name, 40)}"
        return row, int(name)


class TableScreen(StoreScreen):
    """The part of the main screen that shows tables."""

    def show_encoded(self, found: Table | Words) -> None:
        """Show a group that is a table, or what it is."""
        if isinstance(found, Table):
            self.panel.show_encoded(found)
        else:
            self.panel.show_words(found.title, Content("\n".join(found.lines)))

    def action_as_table(self) -> None:
        """Show the picture as a table of its values, or the table as a picture."""
        if self.panel.switch():
            self.refresh_keys()
        elif self.panel.shown_table is not None:
            self.tell("These values make no picture.")

    @on(PicturePane.SeriesWanted)
    def _want_series(self, event: PicturePane.SeriesWanted) -> None:
        self.work.read_envelope(event.node)

    @on(EnvelopeRead)
    def _envelope_read(self, event: EnvelopeRead) -> None:
        self.panel.show_envelope(event.node, event.envelope)

    @on(ValueGrid.GotoWanted)
    def _goto_row(self) -> None:
        table = self.panel.shown_table
        if table is not None and table.row_count:
            self.app.push_screen(GotoRowScreen(table), self._go_to_row)

    def _go_to_row(self, cell: Cell | None) -> None:
        if cell is not None:
            grid = self.panel.table
            grid.cursor = Offset(grid.cursor.x if cell[1] is None else cell[1], cell[0])
