"""The picture itself: a frame of cells, painted line by line."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, ClassVar

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from omezarr_tui.tui.actions import bindings

if TYPE_CHECKING:
    from textual import events

    from omezarr_tui.image.cells import Frame


class PictureView(Widget, can_focus=True):
    """Shows a frame in the middle of its room, or a message in words."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("picture")

    class Resized(Message):
        """There is more or less room for the picture."""

    class Pan(Message):
        """The window should move, by parts of its height and width."""

        def __init__(self, down: float, across: float) -> None:
            super().__init__()
            self.down, self.across = down, across

    class Zoom(Message):
        """The wheel was turned: nearer (1) or farther (-1)."""

        def __init__(self, direction: int) -> None:
            super().__init__()
            self.direction = direction

    class Pointed(Message):
        """A sample was clicked on."""

        def __init__(self, row: int, column: int) -> None:
            super().__init__()
            self.row, self.column = row, column

    class Moved(Message):
        """The cursor should move by some samples."""

        def __init__(self, rows: int, columns: int) -> None:
            super().__init__()
            self.rows, self.columns = rows, columns

    def __init__(self, *, id: str = "picture") -> None:
        super().__init__(id=id)
        self._lines: list[list[Segment]] = []
        self._columns = 0
        self._frame: Frame | None = None
        self._mark: tuple[int, int] | None = None
        self._words: Content | None = None
        self._stale = False
        self._base = Style()

    @property
    def room(self) -> tuple[int, int]:
        """Cells that there are: rows and columns."""
        return self.size.height, self.size.width

    def show_frame(self, frame: Frame, mark: tuple[int, int] | None = None) -> None:
        """Show a picture, and the cursor on one of its samples (row, column)."""
        self._lines = _segments(frame)
        self._frame, self._mark = frame, mark
        self._columns = frame.size[1]
        self._words = None
        self._stale = False
        self.refresh()

    def show_mark(self, mark: tuple[int, int] | None) -> None:
        """Show the cursor on another sample (row, column), or none."""
        for at in (self._mark, mark):
            if at is not None:
                self.refresh(Region(0, self._place[0] + self._cell_row(at[0]), self.size.width, 1))
        self._mark = mark

    def show_words(self, words: Content) -> None:
        """Show a message in place of a picture."""
        self._words = words
        self._lines = []
        self._mark = None
        self._stale = False
        self.refresh()

    def show_stale(self) -> None:
        """Dim the picture: it is not what was asked for last."""
        self._stale = True
        self.refresh()

    @property
    def is_stale(self) -> bool:
        """Whether it is not what was asked for last."""
        return self._stale

    @property
    def is_empty(self) -> bool:
        """Whether no picture is shown."""
        return not self._lines

    @property
    def plain_text(self) -> str:
        """What is shown, without colours: for tests and for reading aloud."""
        if self._words is not None:
            return self._words.plain
        return "\n".join("".join(segment.text for segment in line) for line in self._lines)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows of cells; the widget's own style is looked up once for all of them."""
        self._base = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        width, height = self.size
        base = self._base
        if self._words is not None:
            return self._words_line(y, width, height, base)
        top, left = self._place
        row = y - top
        if not 0 <= row < len(self._lines):
            return Strip.blank(width, base)
        segments = [Segment(" " * left, base), *Segment.apply_style(self._lines[row], base)]
        if self._stale:
            segments = list(Segment.apply_style(segments, post_style=Style(dim=True)))
        strip = Strip(segments, left + self._columns)
        if self._mark is not None and self._cell_row(self._mark[0]) == row:
            strip = self._marked(strip, self._mark, left)
        return strip.adjust_cell_length(width, base)

    @property
    def _place(self) -> tuple[int, int]:
        """The row and the column of cells in which the picture begins."""
        width, height = self.size
        return max(0, (height - len(self._lines)) // 2), max(0, (width - self._columns) // 2)

    @property
    def _is_halved(self) -> bool:
        return self._frame is not None and self._frame.bottom is not None

    def _cell_row(self, row: int) -> int:
        """The row of cells that a row of samples lies in."""
        return row // 2 if self._is_halved else row

    def _marked(self, strip: Strip, mark: tuple[int, int], left: int) -> Strip:
        """A line with the cursor: its cell between brackets."""
        column, end = mark[1], left + self._columns
        bracket = self._base + Style(bold=True, reverse=True)
        first, last = max(0, column - 1), min(self._columns, column + 2)
        cells = [Segment("[", bracket)] if column > 0 else []
        cells.append(self._cell(mark, bracket))
        cells += [Segment("]", bracket)] if column + 1 < self._columns else []
        return Strip.join([strip.crop(0, left + first), Strip(cells), strip.crop(left + last, end)])

    def _cell(self, mark: tuple[int, int], reverse: Style) -> Segment:
        """The cell of the cursor: reversed, or its half in what differs most from its colour."""
        frame, (row, column) = self._frame, mark
        assert frame is not None
        if frame.palette is None or frame.top is None or frame.bottom is None:
            return Segment(frame.lines[row][column], reverse)
        at = (row // 2, column)
        halves = [frame.palette[frame.top[at]], frame.palette[frame.bottom[at]]]
        halves[row % 2] = (0, 0, 0) if sum(halves[row % 2]) > 3 * 127 else (255, 255, 255)
        return Segment("▀", _style(*halves))

    def _words_line(self, y: int, width: int, height: int, base: Style) -> Strip:
        assert self._words is not None
        inner = max(10, min(width - 4, 64))
        lines = self._words.wrap(inner)
        row = y - max(0, (height - len(lines)) // 2)
        if not 0 <= row < len(lines):
            return Strip.blank(width, base)
        left = max(0, (width - max(line.cell_length for line in lines)) // 2)
        strip = Strip(lines[row].render_segments(self.visual_style))
        return Strip([Segment(" " * left, base), *strip]).adjust_cell_length(width, base)

    def on_resize(self) -> None:
        """Ask for a picture that fits."""
        self.post_message(self.Resized())

    def action_pan(self, down: int, across: int) -> None:
        """Move the window by a quarter of what it shows, or the cursor by a sample."""
        if self._mark is None:
            self.post_message(self.Pan(down / 4, across / 4))
        else:
            self.post_message(self.Moved(down, across))

    def action_leap(self, down: int, across: int) -> None:
        """Move the window by all that it shows, or the cursor by ten samples."""
        if self._mark is None:
            self.post_message(self.Pan(down, across))
        else:
            self.post_message(self.Moved(10 * down, 10 * across))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on what is clicked."""
        top, left = self._place
        row, column = event.y - top, event.x - left
        if 0 <= row < len(self._lines) and 0 <= column < self._columns:
            self.post_message(self.Pointed(2 * row if self._is_halved else row, column))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look from nearer."""
        event.stop()
        self.post_message(self.Zoom(1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look from farther."""
        event.stop()
        self.post_message(self.Zoom(-1))


def _segments(frame: Frame) -> list[list[Segment]]:
    """Lines of runs of equal cells: few segments are quick to paint and short to send."""
    palette = frame.palette
    if palette is not None and frame.ink is not None:
        inks = [_ink(color) for color in palette]
        return [
            [
                Segment("".join(glyph for glyph, _ in cells), inks[ink] if ink >= 0 else None)
                for ink, cells in groupby(zip(line, places, strict=True), key=itemgetter(1))
            ]
            for line, places in zip(frame.lines, frame.ink.tolist(), strict=True)
        ]
    if palette is None or frame.top is None or frame.bottom is None:
        return [[Segment(line)] for line in frame.lines]
    rows = []
    for top, bottom in zip(frame.top.tolist(), frame.bottom.tolist(), strict=True):
        runs = groupby(zip(top, bottom, strict=True))
        rows.append(
            [
                Segment("▀" * sum(1 for _ in cells), _style(palette[pair[0]], palette[pair[1]]))
                for pair, cells in runs
            ]
        )
    return rows


@lru_cache(maxsize=1 << 14)
def _style(upper: tuple[int, int, int], lower: tuple[int, int, int]) -> Style:
    # Out of numbers, which is twice as quick as out of their names.
    return Style.from_color(Color.from_rgb(*upper), Color.from_rgb(*lower))


@lru_cache(maxsize=1 << 10)
def _ink(color: tuple[int, int, int]) -> Style:
    return Style.from_color(Color.from_rgb(*color))
