"""What the mouse does to a picture: the wheel zooms, a drag moves or draws, a click points."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.message import Message
from textual.widget import Widget


class PictureMouse(Widget):
    """A widget that shows a grid of cells, and tells what the mouse does on it."""

    ALLOW_SELECT: ClassVar[bool] = False  # a drag selects no text here

    class Pan(Message):
        """The window should move, by parts of its height and width.

        Parameters
        ----------
        down, across
            Parts of what is shown.
        """

        def __init__(self, down: float, across: float) -> None:
            super().__init__()
            self.down, self.across = down, across

    class Zoom(Message):
        """The wheel was turned: nearer (1) or farther (-1).

        Parameters
        ----------
        at
            Where the pointer is, as parts of the picture's height and width.
        """

        def __init__(self, direction: int, at: tuple[float, float]) -> None:
            super().__init__()
            self.direction, self.at = direction, at

    class Pointed(Message):
        """A sample was clicked on."""

        def __init__(self, row: int, column: int) -> None:
            super().__init__()
            self.row, self.column = row, column

    class Dragged(Message):
        """A region is being drawn, from one sample (row, column) to another.

        Parameters
        ----------
        done
            Whether the button was let go.
        """

        def __init__(self, start: tuple[int, int], end: tuple[int, int], *, done: bool) -> None:
            super().__init__()
            self.start, self.end, self.done = start, end, done

        def can_replace(self, message: Message) -> bool:
            """The newest end counts."""
            return isinstance(message, PictureMouse.Dragged) and message.start == self.start

    draws_regions = False
    """Whether a drag draws a region; with Shift it always does."""

    _from: tuple[int, int] | None = None  # the cell where the button was pressed
    _last: tuple[int, int] = (0, 0)  # the cell up to which the window was moved
    _now: tuple[int, int] = (0, 0)
    _moved = False
    _drawing = False
    _telling = False

    @property
    def grid(self) -> tuple[int, int, int, int]:
        """First row and column of cells of the picture, and how many there are of both."""
        raise NotImplementedError

    @property
    def samples_per_cell(self) -> tuple[int, int]:
        """Samples in a cell, down and across."""
        raise NotImplementedError

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on what is clicked."""
        top, left, rows, columns = self.grid
        moved, self._moved = self._moved, False
        if not moved and 0 <= event.y - top < rows and 0 <= event.x - left < columns:
            self.post_message(self.Pointed(*self._sample((event.y, event.x))))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a drag, which may turn out to be a click."""
        _, _, rows, columns = self.grid
        self._moved = False
        if event.button == 1 and rows and columns:
            self._from = self._last = self._now = (event.y, event.x)
            self._drawing = event.shift or self.draws_regions
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow a drag."""
        if self._from is None or (event.y, event.x) == self._now:
            return
        self._now, self._moved = (event.y, event.x), True
        if not self._telling:  # what is in the queue already is told of at once
            self._telling = True
            self.call_next(self._tell)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End a drag."""
        if self._from is None:
            return
        self.release_mouse()
        self._now = (event.y, event.x)
        if self._moved:
            self._tell(done=True)
        self._from = None

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look from nearer."""
        self._zoom(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look from farther."""
        self._zoom(event, -1)

    def _zoom(self, event: events.MouseEvent, direction: int) -> None:
        event.stop()
        top, left, rows, columns = self.grid
        down = (event.y - top + 0.5) / max(1, rows)
        across = (event.x - left + 0.5) / max(1, columns)
        self.post_message(
            self.Zoom(direction, (min(1.0, max(0.0, down)), min(1.0, max(0.0, across))))
        )

    def _tell(self, *, done: bool = False) -> None:
        """Tell how far a drag has come."""
        self._telling = False
        if self._from is None:
            return
        if self._drawing:
            start, end = self._sample(self._from), self._sample(self._now)
            self.post_message(self.Dragged(start, end, done=done))
        elif self._now != self._last:
            _, _, rows, columns = self.grid
            down, across = (a - b for a, b in zip(self._last, self._now, strict=True))
            self._last = self._now
            self.post_message(self.Pan(down / max(1, rows), across / max(1, columns)))

    def _sample(self, cell: tuple[int, int]) -> tuple[int, int]:
        """The sample in the middle of a cell, of the nearest one where there is none."""
        top, left, rows, columns = self.grid
        down, across = self.samples_per_cell
        row = min(max(cell[0] - top, 0), max(0, rows - 1))
        column = min(max(cell[1] - left, 0), max(0, columns - 1))
        return row * down + (down - 1) // 2, column * across + (across - 1) // 2
