"""A list of any length: a cursor, keys and the mouse; only what is in sight is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

_GAP = 2  # cells between the left and the right
_LEAST = 12  # cells of the left before the right goes

Part = tuple[str, str]  # a text, and the component class of its style


class Rows(ScrollView, can_focus=True):
    """Rows to choose from. Those who make one say what stands in a row: `left` and `right`."""

    COMPONENT_CLASSES = {
        "rows--plain",
        "rows--store",
        "rows--quiet",
        "rows--broken",
        "rows--cursor",
    }

    cursor: reactive[int] = reactive(0, repaint=True)

    @dataclass
    class Chosen(Message):
        """A row was chosen: Enter, or a click on the row that the cursor stands on."""

        rows: Rows
        at: int

        @property
        def control(self) -> Rows:
            """Whose row."""
            return self.rows

    @dataclass
    class Seen(Message):
        """Other rows are in sight."""

        rows: Rows
        first: int
        last: int

        @property
        def control(self) -> Rows:
            """Whose rows."""
            return self.rows

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.count = 0
        self.words: tuple[str, str] = ("", "")  # below the rows: what there is, what to do

    # -- what those who make one say ------------------------------------------------------

    @property
    def tall(self) -> int:
        """Lines that a row takes."""
        return 1

    def left(self, at: int, line: int) -> list[Part]:
        """What stands at the left of a row; of this the last is cut where there is no room."""
        raise NotImplementedError

    def right(self, at: int, line: int) -> list[Part]:
        """What stands at the right edge; of this the first goes where there is no room."""
        raise NotImplementedError

    # -- what is in it --------------------------------------------------------------------

    def show(self, count: int, cursor: int = 0) -> None:
        """Show other rows, with the cursor on one of them."""
        self.count = count
        self._measure()
        self.cursor = self.validate_cursor(cursor)
        self.refresh()
        self.call_after_refresh(self._keep_in_sight)
        self.call_after_refresh(self._tell_seen)

    def say(self, what: str, do: str = "") -> None:
        """Show words below the rows, or in their place where there are none."""
        self.words = (what, do)
        self.refresh()

    def validate_cursor(self, cursor: int) -> int:
        """The row nearest to it that is there."""
        return max(0, min(cursor, self.count - 1))

    def watch_cursor(self) -> None:
        """Keep it in sight."""
        self._keep_in_sight()

    def on_resize(self) -> None:
        """Rows may take other heights now."""
        self._measure()
        self._keep_in_sight()
        self._tell_seen()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell that other rows are in sight."""
        super().watch_scroll_y(old_value, new_value)
        self._tell_seen()

    def _measure(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, self.count * self.tall)

    def _keep_in_sight(self) -> None:
        if self.count and self.size.height:
            region = Region(0, self.cursor * self.tall, 1, self.tall)
            self.scroll_to_region(region, animate=False, force=True)

    def _tell_seen(self) -> None:
        first = int(self.scroll_offset.y) // self.tall
        last = min(self.count, first + self.size.height // self.tall + 1)
        if first < last:
            self.post_message(self.Seen(self, first, last))

    # -- keys and mouse -------------------------------------------------------------------

    def action_cursor_down(self) -> None:
        """The next row."""
        self.cursor += 1

    def action_cursor_up(self) -> None:
        """The row before."""
        self.cursor -= 1

    def action_page(self, pages: int) -> None:
        """Go on as many rows as are in sight."""
        self.cursor += pages * max(1, self.size.height // self.tall - 1)

    def action_first(self) -> None:
        """The first row."""
        self.cursor = 0

    def action_last(self) -> None:
        """The last row."""
        self.cursor = self.count - 1

    def action_choose(self) -> None:
        """Choose the row that the cursor stands on."""
        if self.count:
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Go to a row; choose the one where the cursor is."""
        offset = event.get_content_offset(self)
        if offset is None or not self.count:
            return
        at = (offset.y + int(self.scroll_offset.y)) // self.tall
        if at >= self.count:
            return
        if at == self.cursor:
            self.action_choose()
        self.cursor = at

    # -- looks ----------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of what is in sight."""
        width = self.scrollable_content_region.width
        at, line = divmod(y + int(self.scroll_offset.y), self.tall)
        if at >= self.count:
            return self._line_of_words(y - self.count * self.tall, width)
        right = list(self.right(at, line))
        left = self.left(at, line)
        least = min(_width(left), max(_LEAST, width * 2 // 5))
        while right and least + _GAP + _width(right) > width:
            right.pop(0)
        left = _cut(left, width - (_width(right) + _GAP if right else 0))
        gap = " " * (width - _width(left) - _width(right))
        parts = [*left, (gap, "rows--plain"), *right]
        ground = ["rows--cursor"] if at == self.cursor else []
        return Strip([self._segment(text, *ground, name) for text, name in parts], width)

    def _segment(self, text: str, *names: str) -> Segment:
        return Segment(text, self.get_visual_style(*names).rich_style)

    def _line_of_words(self, y: int, width: int) -> Strip:
        what, do = (wrap(words, max(8, width - 2), break_on_hyphens=False) for words in self.words)
        lines: list[Part] = [("", "rows--plain")]
        lines += [(line, "rows--plain") for line in what]
        lines += [(line, "rows--quiet") for line in do]
        text, name = lines[y] if y < len(lines) else ("", "rows--plain")
        return Strip([self._segment(set_cell_size(text, width), name)], width)


def _width(parts: list[Part]) -> int:
    return sum(cell_len(text) for text, _ in parts)


def _cut(parts: list[Part], room: int) -> list[Part]:
    """The parts that there is room for; the one that is cut ends in ``…``."""
    kept: list[Part] = []
    for text, name in parts:
        if cell_len(text) > room:
            kept.append((set_cell_size(text, max(0, room - 1)) + "…", name))
            break
        kept.append((text, name))
        room -= cell_len(text)
    return kept
