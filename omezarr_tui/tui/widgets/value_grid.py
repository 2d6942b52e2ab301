"""A table of any length: only the cells in sight are drawn, and asked for."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from omezarr_tui.tui.actions import bindings

if TYPE_CHECKING:
    from omezarr_tui.image.table_cells import Cells
    from omezarr_tui.image.tables import Table

_GAP = 2  # cells between columns
_LEAST, _WIDEST = 3, 40  # cells of a column
_KEPT = 50_000  # cells that are remembered
_UNKNOWN = "·"


class ValueGrid(ScrollView, can_focus=True):
    """Rows and columns of values, with a cursor on one of them."""

    BINDINGS = bindings("table")
    COMPONENT_CLASSES = {
        "grid--plain",
        "grid--quiet",
        "grid--heading",
        "grid--cursor",
    }

    cursor: reactive[Offset] = reactive(Offset(0, 0), repaint=True)
    """Column and row."""

    @dataclass
    class CellsWanted(Message):
        """Some cells of a table are wanted."""

        table: Table
        rows: range
        columns: range

    class CursorMoved(Message):
        """The cursor stands on another cell, or the value of its cell is known now."""

    class GotoWanted(Message):
        """A row is to be typed."""

    def __init__(self) -> None:
        super().__init__(id="values")
        self.table: Table | None = None
        self._cells: dict[tuple[int, int], str] = {}
        self._widths: list[int] = []  # of each column; one for all where they are even
        self._ends: list[int] = []  # where each column ends, unless they are even
        self._wanted: tuple[range, range] | None = None

    # -- what is in it --------------------------------------------------------------------

    def show_table(self, table: Table) -> None:
        """Show a table from its beginning, or another plane of the same one."""
        before, self.table = self.table, table
        self._cells.clear()
        self._wanted = None
        if before is None or (before.path, before.row_count) != (table.path, table.row_count):
            headings = [table.heading(at) for at in self._headings()]
            self._widths = [min(_WIDEST, max(_LEAST, cell_len(h))) for h in headings]
            self._measure()
            self.cursor = Offset(0, 0)
            self.scroll_to(0, 0, animate=False, force=True)
        self.refresh()
        self.call_after_refresh(self.want)

    def _headings(self) -> range:
        """The columns by which widths are told; of even ones the last has the longest number."""
        assert self.table is not None
        count = self.table.column_count
        return range(max(0, count - 1), count) if self.table.is_even else range(count)

    def show_cells(self, rows: range, columns: range, cells: Cells) -> None:
        """Show cells that were read."""
        if len(self._cells) > _KEPT:
            self._cells.clear()
        grew, (_, shown) = False, self.in_sight
        for row, texts in zip(rows, cells, strict=False):
            for column, text in zip(columns, texts, strict=False):
                self._cells[row, column] = text
                at = 0 if self.table is not None and self.table.is_even else column
                width = min(_WIDEST, cell_len(text))
                if width > self._widths[at]:
                    self._widths[at], grew = width, True
        if grew:  # never narrower: what was read once keeps its place
            self._measure()
            self.scroll_to(self._start(shown.start), animate=False, force=True)
            if self.cursor.x in shown:
                self._keep_in_sight()
            self.call_after_refresh(self.want)
        self.refresh()
        self.post_message(self.CursorMoved())

    def cell(self, row: int, column: int) -> str | None:
        """The text of a cell; None where it is not known."""
        return self._cells.get((row, column))

    def forget(self) -> None:
        """Ask for all cells anew: some were changed."""
        self._cells.clear()
        self._wanted = None
        self.want()

    @property
    def in_sight(self) -> tuple[range, range]:
        """The rows and columns that are in sight."""
        if self.table is None:
            return range(0), range(0)
        top, height = int(self.scroll_offset.y), max(1, self._room.height - 1)
        rows = range(min(top, self.table.row_count), min(top + height, self.table.row_count))
        left = int(self.scroll_offset.x)
        width = max(1, self._room.width - self._margin)
        first, last = self._column_at(left), self._column_at(left + width - 1)
        return rows, range(first, min(last + 1, self.table.column_count))

    def want(self) -> None:
        """Ask for what is in sight and not known, and for as much above and below."""
        rows, columns = self.in_sight
        if self.table is None or not rows or not columns or not self._room.area:
            return
        if all((row, column) in self._cells for row in rows for column in columns):
            return
        page = len(rows)
        more = range(
            max(0, rows.start - page // 2), min(self.table.row_count, rows.stop + page // 2)
        )
        if self._wanted != (more, columns):
            self._wanted = more, columns
            self.post_message(self.CellsWanted(self.table, more, columns))

    # -- where columns lie ----------------------------------------------------------------

    @property
    def _room(self) -> Size:
        return self.scrollable_content_region.size

    @property
    def _margin(self) -> int:
        """Cells of the numbers of rows."""
        if self.table is None or self.table.row_count < 1:
            return 0
        return len(str(self.table.row_count - 1)) + _GAP

    def _measure(self) -> None:
        if self.table is None:
            return
        self._ends = [] if self.table.is_even else list(accumulate(w + _GAP for w in self._widths))
        width = self._start(self.table.column_count)
        self.virtual_size = Size(self._margin + width, self.table.row_count + 1)

    def _start(self, column: int) -> int:
        """Where a column begins, behind the numbers of rows."""
        if self._ends or not self._widths:
            return self._ends[column - 1] if column and self._ends else 0
        return column * (self._widths[0] + _GAP)

    def _column_at(self, place: int) -> int:
        """The column at a place behind the numbers of rows."""
        if self.table is None or not self._widths:
            return 0
        last = max(0, self.table.column_count - 1)
        if self._ends:
            return min(last, bisect_right(self._ends, place))
        return min(last, place // (self._widths[0] + _GAP))

    # -- the cursor -----------------------------------------------------------------------

    def validate_cursor(self, cursor: Offset) -> Offset:
        """The cell nearest to it that is there."""
        if self.table is None:
            return Offset(0, 0)
        return Offset(
            max(0, min(cursor.x, self.table.column_count - 1)),
            max(0, min(cursor.y, self.table.row_count - 1)),
        )

    def watch_cursor(self) -> None:
        """Keep it in sight."""
        self._keep_in_sight()
        self.post_message(self.CursorMoved())
        self.want()

    def _keep_in_sight(self) -> None:
        # The first line and the numbers of rows cover what lies at the top and the left.
        top, x = int(self.scroll_offset.y), int(self.scroll_offset.x)
        room, page = self._room.width - self._margin, max(1, self._room.height - 1)
        left, end = self._start(self.cursor.x), self._start(self.cursor.x + 1) - _GAP
        if left < x:
            x = left
        elif end > x + room:  # as far as it takes, and on to where a column begins
            first = self._column_at(max(0, end - room))
            x = min(left, self._start(first + (self._start(first) < end - room)))
        y = min(max(top, self.cursor.y - page + 1), self.cursor.y)
        self.scroll_to(x, y, animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other rows are in sight."""
        super().watch_scroll_y(old_value, new_value)
        self.want()

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Other columns are in sight."""
        super().watch_scroll_x(old_value, new_value)
        self.want()

    def on_resize(self) -> None:
        """More or fewer are in sight."""
        self._measure()
        self.want()

    def action_move(self, down: int, across: int) -> None:
        """Go to another cell."""
        self.cursor = Offset(self.cursor.x + across, self.cursor.y + down)

    def action_page(self, pages: int) -> None:
        """Go on by as many rows as are in sight."""
        self.action_move(pages * max(1, self._room.height - 2), 0)

    def action_columns(self, pages: int) -> None:
        """Go on by as many columns as are in sight."""
        self.action_move(0, pages * max(1, len(self.in_sight[1]) - 1))

    def action_end(self, last: bool) -> None:
        """Go to the first or the last row."""
        self.cursor = Offset(self.cursor.x, 2**62 if last else 0)

    def action_goto(self) -> None:
        """Ask for the number of a row."""
        self.post_message(self.GotoWanted())

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a cell."""
        offset = event.get_content_offset(self)
        if offset is None or self.table is None or offset.y < 1 or offset.x < self._margin:
            return
        column = self._column_at(offset.x - self._margin + int(self.scroll_offset.x))
        self.cursor = Offset(column, offset.y - 1 + int(self.scroll_offset.y))

    # -- looks ----------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of what is in sight."""
        width = self._room.width
        if self.table is None or not self.table.row_count:
            return Strip([self._segment(" " * width, "grid--plain")], width)
        row = y - 1 + int(self.scroll_offset.y)
        if row >= self.table.row_count:
            return Strip([self._segment(" " * width, "grid--plain")], width)
        number = "" if y == 0 or self._is_single else str(row)
        name = "grid--heading" if y == 0 else "grid--quiet"
        parts = [(number.rjust(self._margin - _GAP) + " " * _GAP, name)]
        for column in self.in_sight[1]:
            parts += self._cell_parts(row, column, is_heading=y == 0)
        # What begins left of what is in sight loses its first part, and says so.
        hidden = int(self.scroll_offset.x) - self._start(self.in_sight[1].start)
        if hidden > 0 and len(parts) > 1 and parts[1][0][:hidden].strip():
            text, style = parts[1]
            parts[1] = f"{' ' * hidden}…{text[hidden + 1 :]}", style
        segments = [self._segment(text, style) for text, style in parts]
        body = Strip(segments[1:]).crop(max(0, hidden), None)
        strip = Strip.join([Strip(segments[:1]), body])
        return strip.adjust_cell_length(width, self.get_visual_style("grid--plain").rich_style)

    @property
    def _is_single(self) -> bool:
        """Whether there is one value, which no number of a row says anything of."""
        array = self.table.array if self.table is not None else None
        return array is not None and not array.shape

    def _cell_parts(self, row: int, column: int, *, is_heading: bool) -> list[tuple[str, str]]:
        assert self.table is not None
        width = self._widths[0 if self.table.is_even else column]
        text = self.table.heading(column) if is_heading else self._cells.get((row, column))
        quiet = text is None
        shown = _UNKNOWN if text is None else text
        if cell_len(shown) > width:
            shown = set_cell_size(shown, width - 1) + "…"
        blanks = " " * (width - cell_len(shown))
        shown = shown + blanks if self.table.is_text(column) else blanks + shown
        style = "grid--heading" if is_heading else "grid--quiet" if quiet else "grid--plain"
        if not is_heading and (column, row) == tuple(self.cursor):
            style = "grid--cursor"
        return [(shown, style), (" " * _GAP, "grid--plain")]

    def _segment(self, text: str, name: str) -> Segment:
        return Segment(text, self.get_visual_style(name).rich_style)
