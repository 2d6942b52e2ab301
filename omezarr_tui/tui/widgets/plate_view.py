"""The wells of a plate as a grid: each coloured by a measure, with a cursor on one of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from omezarr_tui.image.plate import MEASURES, Measure, Trouble, WellFacts
from omezarr_tui.image.plate_grid import (
    GridLayout,
    grid_shape,
    heading,
    lay_out,
    scale_of,
)
from omezarr_tui.ome.model import Plate, PlateWell
from omezarr_tui.ome.plate import in_order
from omezarr_tui.tui.actions import bindings
from omezarr_tui.tui.widgets.plate_drawing import STYLES, PlateDrawing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual import events
    from textual.geometry import Region
    from textual.timer import Timer

    from omezarr_tui.store.node import Group

_PAUSE = 0.25  # seconds between frames while wells are measured: each may be 30 kB
_EMPTY_PLATE = Plate("", "", (), (), ())


class PlateView(Widget, can_focus=True):
    """Shows wells, and asks for what is not known of those in sight."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("plate")
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"plate--{name}" for name in STYLES}

    @dataclass
    class Wanted(Message):
        """Some wells are in sight of which something is not known yet."""

        group: Group
        plate: Plate
        wells: tuple[PlateWell, ...]
        known: Mapping[str, WellFacts]
        channel: int | None

    @dataclass
    class Changed(Message):
        """The cursor stands on another well, or more is known."""

    @dataclass
    class Chosen(Message):
        """A well shall be opened."""

        well: PlateWell

    def __init__(self) -> None:
        super().__init__(id="plate")
        self.group: Group | None = None
        self.plate = _EMPTY_PLATE
        self.facts: dict[str, WellFacts] = {}
        self.measure: Measure = "fields"
        self.channel = 0
        self.channels: tuple[str, ...] = ()
        self.cursor = (0, 0)
        self.glyphs = self.app.no_color  # instead of colours
        self._places: dict[tuple[int, int], PlateWell] = {}
        self._soon: Timer | None = None
        self._grid = GridLayout(1, 1, 1, 1, 1, 2, (1, 1))
        self._base = Style()
        self._drawing: PlateDrawing | None = None

    # -- what is shown --------------------------------------------------------------------

    def show(self, group: Group, plate: Plate, well: PlateWell | None = None) -> None:
        """Show a plate; what is known of it, and its cursor, stay where it is shown again.

        Parameters
        ----------
        group, plate
            The plate's node, and what it says.
        well
            Where the cursor shall stand.
        """
        if plate != self.plate:
            self.facts, self.channels, self.channel = {}, (), 0
            self._places = {(w.row, w.column): w for w in reversed(plate.wells)}
            first = in_order(plate)[:1]
            self.cursor = (first[0].row, first[0].column) if first else (0, 0)
        self.group, self.plate = group, plate
        if well is not None:
            self.cursor = (well.row, well.column)
        self._lay_out()

    def fill(self, plate: Plate, facts: Mapping[str, WellFacts], *, at_once: bool) -> None:
        """Take what was found of some wells; show it now, or with more that is to come soon."""
        if plate != self.plate:
            return
        self.facts.update(facts)
        longest = max((held.channels for held in facts.values()), key=len, default=())
        if len(longest) > len(self.channels):
            self.channels = longest
        if at_once or self._soon is None:
            self._changed()
        if not at_once and self._soon is None:
            self._soon = self.set_timer(_PAUSE, self._changed)

    def forget(self) -> None:
        """Ask for everything anew: something was changed."""
        self.facts = {}
        self.ask()

    def ask(self) -> None:
        """Ask for what is not known of the wells in sight, the cursor's row first."""
        if not self.display or self.group is None:
            return
        wells = tuple(w for w in self._in_view() if self._value(w) is None)
        if wells:
            channel = None if self.measure == "fields" else self.channel
            self.post_message(self.Wanted(self.group, self.plate, wells, dict(self.facts), channel))

    def _in_view(self) -> list[PlateWell]:
        layout = self._grid
        rows = sorted(layout.rows_in_view, key=lambda row: row != self.cursor[0])
        places = ((row, column) for row in rows for column in layout.columns_in_view)
        return [well for place in places if (well := self._places.get(place)) is not None]

    # -- what is true ---------------------------------------------------------------------

    @property
    def well(self) -> PlateWell | None:
        """The well that the cursor stands on; None where the plate lists none there."""
        return self._places.get(self.cursor)

    @property
    def cursor_name(self) -> str:
        """The name of the place that the cursor stands on, such as ``B3``."""
        row, column = self.cursor
        return heading(self.plate.rows, row) + heading(self.plate.columns, column)

    @property
    def scale(self) -> tuple[float, float] | None:
        """The least and the greatest value of the wells that were measured."""
        values = (self._value(well) for well in self._places.values())
        return scale_of(value for value in values if isinstance(value, int | float))

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many wells have a value, are broken, and have nothing to measure."""
        values = [self._value(well) for well in self._places.values()]
        troubles = [value.broken for value in values if isinstance(value, Trouble)]
        known = sum(isinstance(value, int | float) for value in values)
        return known, sum(troubles), len(troubles) - sum(troubles)

    @property
    def unplaced(self) -> int:
        """How many wells have no place in the grid, or one that another has."""
        inside = [w for w in self._places.values() if self._is_inside(w.row, w.column)]
        return len(self.plate.wells) - len(inside)

    @property
    def in_sight(self) -> tuple[str, str] | None:
        """Which rows and columns are in sight; None where all are."""
        layout = self._grid
        if layout.is_whole:
            return None
        rows, columns = layout.rows_in_view, layout.columns_in_view
        return (
            f"{heading(self.plate.rows, rows[0])}–{heading(self.plate.rows, rows[-1])}",
            f"{heading(self.plate.columns, columns[0])}–{heading(self.plate.columns, columns[-1])}",
        )

    def value(self) -> float | Trouble | None:
        """The value of the cursor's well."""
        return self._value(self.well) if self.well else None

    def _value(self, well: PlateWell) -> float | Trouble | None:
        facts = self.facts.get(well.path)
        return facts.value(self.measure, self.channel) if facts else None

    def _is_inside(self, row: int, column: int) -> bool:
        return 0 <= row < self._grid.rows and 0 <= column < self._grid.columns

    # -- what keys do ---------------------------------------------------------------------

    def action_move(self, down: int, across: int) -> None:
        """Move the cursor."""
        row, column = self.cursor
        self._move_to(row + down, column + across)

    def action_page(self, down: int) -> None:
        """Move the cursor by as many rows as are in sight."""
        self.action_move(down * self._grid.shown[0], 0)

    def action_end(self, last: bool) -> None:
        """Move the cursor to the first or the last column."""
        self._move_to(self.cursor[0], self._grid.columns - 1 if last else 0)

    def action_open(self) -> None:
        """Open the cursor's well."""
        if self.well is not None:
            self.post_message(self.Chosen(self.well))

    def action_measure(self) -> None:
        """Colour wells by the next measure."""
        self.measure = MEASURES[(MEASURES.index(self.measure) + 1) % len(MEASURES)]
        self.ask()
        self._changed()

    def action_channel(self) -> None:
        """Measure the next channel."""
        self.channel = (self.channel + 1) % max(1, len(self.channels))
        self.ask()
        self._changed()

    def action_glyphs(self) -> None:
        """Show glyphs and numbers in place of colours, or colours again."""
        self.glyphs = not self.glyphs
        self._changed()

    def go_to(self, well: PlateWell) -> None:
        """Put the cursor on a well."""
        self._move_to(well.row, well.column)

    def _move_to(self, row: int, column: int) -> None:
        row = max(0, min(row, self._grid.rows - 1))
        column = max(0, min(column, self._grid.columns - 1))
        if (row, column) == self.cursor:
            return
        self.cursor = (row, column)
        before, self._grid = self._grid, self._grid.showing(row, column)
        if self._grid != before:
            self.ask()
        self._changed()

    def on_click(self, event: events.Click) -> None:
        """Go to a well; open the one that the cursor stands on already."""
        top, left = self._margins()
        place = self._grid.place_at(event.y - top, event.x - left)
        if place == self.cursor:
            self.action_open()
        elif place is not None:
            self._move_to(*place)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move the cursor up."""
        event.stop()
        self.action_move(-1, 0)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move the cursor down."""
        event.stop()
        self.action_move(1, 0)

    # -- looks ----------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Lay the wells out anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        rows, columns = (max(1, size) for size in grid_shape(self.plate))
        names = [heading(self.plate.rows, row) for row in range(rows)]
        layout = lay_out(rows, columns, names, (self.size.height, self.size.width))
        self.cursor = (
            max(0, min(self.cursor[0], rows - 1)),
            max(0, min(self.cursor[1], columns - 1)),
        )
        self._grid = layout.showing(*self.cursor)
        if self.size.area:
            self.ask()
        self._changed()

    def _changed(self) -> None:
        if self._soon is not None:
            self._soon.stop()
            self._soon = None
        self.refresh()
        self.post_message(self.Changed())

    def _margins(self) -> tuple[int, int]:
        """Blank lines above the grid and blank cells before it."""
        high, wide = self._grid.size
        return max(0, (self.size.height - high) // 2), max(0, (self.size.width - wide) // 2)

    @property
    def plain_text(self) -> str:
        """What is shown, without colours: for tests and for reading aloud."""
        self._draw()
        return "\n".join(self.render_line(y).text.rstrip() for y in range(self.size.height))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows of cells; styles are looked up once for all of them."""
        self._draw()
        return super().render_lines(crop)

    def _draw(self) -> None:
        """Gather what the next lines are drawn with."""
        self._base = self.rich_style
        self._drawing = PlateDrawing(
            self.plate,
            self._grid,
            {place: self._value(well) for place, well in self._places.items()},
            self.scale,
            self.cursor,
            self.glyphs,
            {
                name: self.get_component_rich_style(f"plate--{name}", partial=True)
                for name in STYLES
            },
        )

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        width = self.size.width
        top, left = self._margins()
        if self._drawing is None or not 0 <= y - top < self._grid.size[0]:
            return Strip.blank(width, self._base)
        cells = self._drawing.line(y - top)
        segments = [Segment(" " * left, self._base)]
        for style, run in groupby(cells, key=lambda cell: cell[1]):
            segments.append(Segment("".join(text for text, _ in run), self._base + style))
        return Strip(segments, left + len(cells)).adjust_cell_length(width, self._base)
