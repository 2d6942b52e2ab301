"""The small map in the corner of the picture; a click or a drag on it goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from omezarr_tui.image.overview import place_on_map, with_window
from omezarr_tui.tui.widgets.picture_region import outlined
from omezarr_tui.tui.widgets.picture_strips import Canvas, strips_of

if TYPE_CHECKING:
    from omezarr_tui.image.cells import Frame
    from omezarr_tui.image.region import Box

_SHOWN = "-shown"


class OverviewMap(Widget):
    """Shows the whole plane small, with the window that is looked at."""

    ALLOW_SELECT: ClassVar[bool] = False
    can_focus = False

    class Pointed(Message):
        """A place on the map was chosen: parts of the plane's height and width."""

        def __init__(self, row: float, column: float) -> None:
            super().__init__()
            self.row, self.column = row, column

    def __init__(self) -> None:
        super().__init__(id="overview")
        self._frame: Frame | None = None
        self._box: Box | None = None
        self._strips: list[Strip] = []
        self._pressed = False

    @property
    def is_shown(self) -> bool:
        """Whether there is a map to see."""
        return self.has_class(_SHOWN)

    def show(self, frame: Frame, box: Box) -> None:
        """Show the whole plane, and the window in samples of it."""
        if self.is_shown and frame is self._frame and box == self._box:
            return
        self._frame, self._box = frame, box
        rows, columns = frame.size
        self.styles.height, self.styles.width = rows + 2, columns + 2  # its border
        self._make()
        self.add_class(_SHOWN)
        self.refresh()

    def hide(self) -> None:
        """Show no map."""
        self.remove_class(_SHOWN)

    def on_mount(self) -> None:
        """Wear the colours of the theme that is chosen."""
        self.app.theme_changed_signal.subscribe(self, lambda theme: self._make())

    def _make(self) -> None:
        frame, box = self._frame, self._box
        if frame is None or box is None:
            return
        base = self.rich_style
        color = base.color.triplet if base.color is not None else None
        dark = self.app.current_theme.dark
        shown = with_window(frame, box, color or (255, 255, 255), dark=dark)
        canvas = Canvas(*frame.size, base)
        self._strips = strips_of(shown, canvas)
        if frame.palette is None:
            self._strips = outlined(self._strips, frame, canvas, box)

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self.rich_style)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go to what is pressed on, and follow the mouse from there."""
        event.stop()
        self._pressed = True
        self.capture_mouse()
        self._go(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse while its button is down."""
        if self._pressed:
            self._go(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """The button was let go."""
        self._pressed = False
        self.release_mouse()

    def _go(self, event: events.MouseEvent) -> None:
        if self._frame is not None:
            rows, columns = self._frame.size
            offset = event.get_content_offset_capture(self)
            row, column = min(max(offset.y, 0), rows - 1), min(max(offset.x, 0), columns - 1)
            self.post_message(self.Pointed(*place_on_map(row, column, (rows, columns))))
