"""The picture itself: a frame of cells, painted line by line."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

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

    def __init__(self, *, id: str = "picture") -> None:
        super().__init__(id=id)
        self._lines: list[list[Segment]] = []
        self._columns = 0
        self._words: Content | None = None
        self._stale = False
        self._base = Style()

    @property
    def room(self) -> tuple[int, int]:
        """Cells that there are: rows and columns."""
        return self.size.height, self.size.width

    def show_frame(self, frame: Frame) -> None:
        """Show a picture."""
        self._lines = _segments(frame)
        self._columns = frame.size[1]
        self._words = None
        self._stale = False
        self.refresh()

    def show_words(self, words: Content) -> None:
        """Show a message in place of a picture."""
        self._words = words
        self._lines = []
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
        row = y - max(0, (height - len(self._lines)) // 2)
        if not 0 <= row < len(self._lines):
            return Strip.blank(width, base)
        left = max(0, (width - self._columns) // 2)
        segments = [Segment(" " * left, base), *Segment.apply_style(self._lines[row], base)]
        if self._stale:
            segments = list(Segment.apply_style(segments, post_style=Style(dim=True)))
        strip = Strip(segments, left + self._columns)
        return strip.adjust_cell_length(width, base)

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
        """Move the window by a quarter of what it shows."""
        self.post_message(self.Pan(down / 4, across / 4))

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
    if frame.palette is None or frame.top is None or frame.bottom is None:
        return [[Segment(line)] for line in frame.lines]
    palette = frame.palette
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
    # The names are made here from numbers, so no text of a store is parsed.
    return Style.parse("#{:02x}{:02x}{:02x} on #{:02x}{:02x}{:02x}".format(*upper, *lower))
