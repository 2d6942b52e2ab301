"""The values of an array that is no picture: a table in the picture's place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widgets import DataTable

from omezarr_tui.image.values import table_region
from omezarr_tui.store.node import Array
from omezarr_tui.text import visible
from omezarr_tui.tui.widgets.axis_bar import AxisBar
from omezarr_tui.tui.widgets.worded_pane import WordedPane

if TYPE_CHECKING:
    from rich.text import Text

    from omezarr_tui.errors import UserError
    from omezarr_tui.image.values import TableRegion, ValueTable


class ValuesPane(WordedPane):
    """A pane that can show a table, and asks before it reads much.

    Parameters
    ----------
    ask_above
        Uncompressed bytes above which reading is asked for.
    """

    @dataclass
    class ValuesWanted(Message):
        """The values of an array that is no picture are wanted."""

        node: Array
        rows: int
        columns: int
        at: Mapping[int, int]

    def __init__(self, ask_above: int) -> None:
        super().__init__()
        self.ask_above = ask_above
        self.asked: str | None = None  # the path of the array that is too large to just read
        self.allowed: set[str] = set()
        self.values_of: Array | None = None
        self._values_at: dict[int, int] = {}

    def show_values(self, node: Array, table: ValueTable) -> None:
        """Show the values of an array that is no picture."""
        if node != self.values_of:
            return
        from rich.text import Text

        shown = self.table
        shown.clear(columns=True)
        for at, name in enumerate(table.columns):
            shown.add_column(Text(name, style="bold"), key=str(at))
        for at, (name, cells) in enumerate(zip(table.rows, table.cells, strict=True)):
            shown.add_row(*map(Text, cells), key=str(at), label=Text(name))
        self.settle()
        self.add_class("-values")
        self.entitle(f"{visible(node.name) or 'array'} · values")
        self.query_one(AxisBar).show_words(table.note)

    def fail_values(self, error: UserError) -> None:
        """Tell why the values of an array cannot be shown, in their place."""
        if self.values_of is not None:
            self.entitle(visible(self.values_of.name) or "array")
            self.remove_class("-values")
            self.tell_failed("These values cannot be shown.", error)

    @property
    def can_step_values(self) -> bool:
        """Whether there are more values than the table shows."""
        return self.values_of is not None and self._values_axis(self.values_of) is not None

    def step_values(self, planes: int) -> None:
        """Show other values: the next plane of the table, or its next rows."""
        node = self.values_of
        if node is None or (step := self._values_axis(node)) is None:
            return
        axis, length = step
        last = (node.shape[axis] - 1) // length * length
        at = min(max(self._values_at.get(axis, 0) + planes * length, 0), last)
        if at != self._values_at.get(axis, 0):
            self._values_at[axis] = at
            self.want_values(node)

    def allow(self) -> None:
        """Let be read from now on what was asked about."""
        if self.asked is not None:
            self.allowed.add(self.asked)
            self.asked = None

    @property
    def table(self) -> DataTable[Text]:
        """The table of values."""
        return self.query_one("#values", DataTable)

    def want_values(self, node: Array) -> None:
        """Ask for the values of an array: from its beginning, unless it is shown already."""
        if node != self.values_of:
            self.values_of, self._values_at = node, {}
        rows, columns = self._table_room
        size = self._table_region(node).decoded_bytes
        if size > self.ask_above and node.path not in self.allowed:
            self.ask_about(node, size)
        else:
            self.begin_to_wait()
            self.post_message(self.ValuesWanted(node, rows, columns, dict(self._values_at)))

    @property
    def _table_room(self) -> tuple[int, int]:
        """Rows and columns of values that there is room for."""
        return max(8, self.size.height - 8), max(2, (self.size.width - 12) // 8)

    def _table_region(self, node: Array) -> TableRegion:
        rows, columns = self._table_room
        return table_region(node, rows=rows, columns=columns, at=self._values_at)

    def _values_axis(self, node: Array) -> tuple[int, int] | None:
        """The axis of a table that plane keys step along, and by how much."""
        shown = self._table_region(node)
        fixed = [a for a in range(len(node.shape)) if a not in (shown.rows, shown.columns)]
        if long := [a for a in fixed if node.shape[a] > 1]:
            return long[-1], 1
        down = shown.rows
        if down is None:
            return None
        page = self._table_room[0]
        return (down, page) if node.shape[down] > page else None

    def ask_about(self, array: Array, nbytes: int, *ways: tuple[str, str]) -> None:
        """Ask before so much is read; `r` allows it."""
        self.asked = array.path
        self.tell_large(array, nbytes, *ways)
