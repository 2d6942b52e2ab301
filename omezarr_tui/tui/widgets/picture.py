"""The picture itself: a frame of cells, painted line by line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.color import ColorSystem
from rich.segment import Segment
from textual.binding import BindingType
from textual.content import Content
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from omezarr_tui.tui.actions import bindings
from omezarr_tui.tui.widgets.picture_drawn import Drawn, drawn_over
from omezarr_tui.tui.widgets.picture_mouse import PictureMouse
from omezarr_tui.tui.widgets.picture_strips import Canvas, faded, strips_of

if TYPE_CHECKING:
    from omezarr_tui.image.cells import Frame
    from omezarr_tui.image.plotted import Line
    from omezarr_tui.image.region import Box
    from omezarr_tui.tui.graphics import Graphics

_SYSTEMS = {
    "standard": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "truecolor": ColorSystem.TRUECOLOR,
    None: ColorSystem.TRUECOLOR,  # as Textual takes it
}


class PictureView(PictureMouse, can_focus=True):
    """Shows a frame in the middle of its room, or a message in words.

    Parameters
    ----------
    graphics
        How the terminal shows true pixels; None where it does not.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings("picture")

    class Resized(Message):
        """There is more or less room for the picture."""

    class Emptied(Message):
        """Words took the place of the picture."""

    class Moved(Message):
        """The cursor should move by some samples."""

        def __init__(self, rows: int, columns: int) -> None:
            super().__init__()
            self.rows, self.columns = rows, columns

    def __init__(self, graphics: Graphics | None = None, *, id: str = "picture") -> None:
        super().__init__(id=id)
        self._graphics = graphics
        self._frame: Frame | None = None
        self._drawn = Drawn()
        self._words: Content | None = None
        self._stale = False
        self._canvas: Canvas | None = None
        self._bare: list[Strip] = []  # a line of the frame for each line of the canvas
        self._strips: list[Strip] = []  # the same with what is drawn over it

    @property
    def room(self) -> tuple[int, int]:
        """Cells that there are: rows and columns."""
        return self.size.height, self.size.width

    @property
    def grid(self) -> tuple[int, int, int, int]:
        """First row and column of cells of the picture, and how many there are of both."""
        return (*self._place, *(self._frame.size if self._frame else (0, 0)))

    @property
    def samples_per_cell(self) -> tuple[int, int]:
        """Samples in a cell, down and across."""
        return self._frame.per_cell if self._frame else (1, 1)

    def show_frame(self, frame: Frame, mark: tuple[int, int] | None = None) -> None:
        """Show a picture, and the cursor on one of its samples (row, column)."""
        instead, self._words = self._words is not None, None
        self._frame, self._stale = frame, False
        self._drawn = replace(self._drawn, mark=mark)
        self._show(frame, whole=instead)

    def show_mark(self, mark: tuple[int, int] | None) -> None:
        """Show the cursor on another sample (row, column), or none."""
        self._draw(replace(self._drawn, mark=mark))

    def show_region(self, box: Box | None) -> None:
        """Show the outline of a rectangle of samples, or none."""
        self._draw(replace(self._drawn, box=box))

    def show_line(self, line: Line | None) -> None:
        """Show a line from one sample (row, column) to another, or none."""
        self._draw(replace(self._drawn, line=line))

    @property
    def drawn(self) -> Drawn:
        """What is drawn over the picture."""
        return self._drawn

    def show_words(self, words: Content) -> None:
        """Show a message in place of a picture."""
        self.post_message(self.Emptied())
        self._words = words
        self._frame = self._canvas = None
        self._drawn = Drawn()
        self._bare = self._strips = []
        self._stale = False
        self.refresh()

    def show_stale(self) -> None:
        """Dim the picture: it is not what was asked for last."""
        if not self._stale:
            self._stale = True
            if self._frame is not None:
                self._show(self._frame)

    @property
    def is_stale(self) -> bool:
        """Whether it is not what was asked for last."""
        return self._stale

    @property
    def is_empty(self) -> bool:
        """Whether no picture is shown."""
        return self._frame is None or not self._frame.lines

    @property
    def plain_text(self) -> str:
        """What is shown, without colours: for tests and for reading aloud."""
        if self._words is not None:
            return self._words.plain
        return "\n".join(self._frame.lines if self._frame else ())

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows of cells, past Textual's caches and filters where these would change nothing."""
        if self._frame is not None:
            canvas = self._canvas_now()
            if canvas != self._canvas:
                self._make(self._frame, canvas)
            if canvas.system is not None:
                lines = self._strips[crop.y : crop.bottom]
                return [line.crop(crop.x, crop.right) for line in lines]
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        if self._words is not None:
            return self._words_line(y, self._words)
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self.rich_style)

    @property
    def _place(self) -> tuple[int, int]:
        """The row and the column of cells in which the picture begins."""
        return self._canvas_now().place(self._frame) if self._frame else (0, 0)

    def _canvas_now(self) -> Canvas:
        width, height = self.size
        protocol = self._graphics.protocol if self._graphics else None
        return Canvas(height, width, self.rich_style, self._system(), protocol)

    def _system(self) -> ColorSystem | None:
        """The terminal's colours; None where something between here and there changes them."""
        base, filters = self.rich_style, self.get_line_filters()
        changed = self.opacity != 1 or self.styles.tint.a
        # This one gives true colours to the 16 that have a name, and the picture names none.
        only_names = all(isinstance(one, ANSIToTruecolor) for one in filters)
        named = any(color is None or color.triplet is None for color in (base.color, base.bgcolor))
        if changed or not only_names or (filters and named):
            return None
        return _SYSTEMS.get(self.app.console.color_system)

    def _make(self, frame: Frame, canvas: Canvas, *, same_frame: bool = False) -> None:
        """Make the lines for a canvas."""
        if not same_frame or canvas != self._canvas or frame.pixels is not None:
            self._canvas = canvas
            fades = self._stale and frame.pixels is None  # which would be sent again
            painted = faded(frame, canvas) if fades else (frame, canvas)
            self._bare = strips_of(*painted, drawn=self._drawn)
        self._strips = self._bare
        if frame.pixels is None:
            self._strips = drawn_over(self._bare, frame, canvas, self._drawn)

    def _draw(self, drawn: Drawn) -> None:
        if drawn != self._drawn:
            self._drawn = drawn
            if self._frame is not None:
                self._show(self._frame, same_frame=True)

    def _show(self, frame: Frame, *, whole: bool = False, same_frame: bool = False) -> None:
        """Paint the lines that differ from those on the screen."""
        before, canvas = self._strips, self._canvas
        self._make(frame, self._canvas_now(), same_frame=same_frame)
        if whole or canvas != self._canvas:
            self.refresh()
            return
        lines = enumerate(zip(before, self._strips, strict=True))
        changed = [Region(0, y, self.size.width, 1) for y, (old, new) in lines if old != new]
        if changed:  # without any, everything would be painted
            self.refresh(*changed)

    def _words_line(self, y: int, words: Content) -> Strip:
        width, height = self.size
        base = self.rich_style
        inner = max(10, min(width - 4, 64))
        lines = words.wrap(inner)
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
        if self._drawn.mark is None:
            self.post_message(self.Pan(down / 4, across / 4))
        else:
            self.post_message(self.Moved(down, across))

    def action_leap(self, down: int, across: int) -> None:
        """Move the window by all that it shows, or the cursor by ten samples."""
        if self._drawn.mark is None:
            self.post_message(self.Pan(down, across))
        else:
            self.post_message(self.Moved(10 * down, 10 * across))
