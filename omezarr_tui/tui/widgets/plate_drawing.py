"""Lines of a plate's grid as styled cells: headings, and each well by its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rich.color import Color
from rich.style import Style

from omezarr_tui.image.plate import Trouble
from omezarr_tui.image.plate_grid import (
    GridLayout,
    block_width,
    colour_of,
    column_headings,
    glyph_of,
    heading,
    ink_on,
    part_of,
    short_number,
)
from omezarr_tui.ome.model import Plate

MISSING, BROKEN, UNKNOWN, EMPTY = "·", "✗", "░", "–"
STYLES = ("heading", "quiet", "broken", "cursor")

Cell = tuple[str, Style]
Value = float | Trouble | None


@dataclass(frozen=True)
class PlateDrawing:
    """All that is needed to draw a plate.

    Parameters
    ----------
    plate, grid
        The plate, and where its wells stand.
    values
        By row and column, the value of each well that the plate lists.
    scale
        The least and the greatest of all values; None where there are none.
    cursor
        The row and column that it stands on.
    glyphs
        Whether to draw glyphs and numbers in place of colours.
    styles
        Of `STYLES`, by name.
    """

    plate: Plate
    grid: GridLayout
    values: Mapping[tuple[int, int], Value]
    scale: tuple[float, float] | None
    cursor: tuple[int, int]
    glyphs: bool
    styles: Mapping[str, Style]

    def line(self, number: int) -> list[Cell]:
        """One line of cells; line 0 has the headings of the columns."""
        if number == 0:
            return self._column_line()
        return self._well_line(self.grid.top + (number - 1) // self.grid.height, number - 1)

    @cached_property
    def _room(self) -> int:
        """Cells of a well that its number may take."""
        return block_width(self.grid) - (1 if self.glyphs else 2)

    @cached_property
    def _has_numbers(self) -> bool:
        """Whether numbers stand in the wells: only where those of all wells in sight can."""
        rows, columns = self.grid.rows_in_view, self.grid.columns_in_view
        seen = [self.values.get((row, column)) for row in rows for column in columns]
        return self._room > 0 and all(
            short_number(value, self._room) for value in seen if isinstance(value, int | float)
        )

    def _column_line(self) -> list[Cell]:
        cells: list[Cell] = [(" ", Style.null())] * self.grid.size[1]
        for start, name, at_cursor in column_headings(
            self.grid, self.plate.columns, self.cursor[1]
        ):
            style = self.styles["cursor" if at_cursor else "heading"]
            cells[start : start + len(name)] = [(letter, style) for letter in name]
        return cells

    def _well_line(self, row: int, line: int) -> list[Cell]:
        layout = self.grid
        inner = line % layout.height
        is_middle = inner == (layout.height - 1) // 2
        name = heading(self.plate.rows, row) if is_middle else ""
        style = self.styles["cursor" if row == self.cursor[0] else "heading"]
        blank = Style.null()
        cells: list[Cell] = [(" ", blank)] * (layout.names - len(name))
        cells += [(letter, style) for letter in name]
        cells += [(" ", blank)] * layout.gap
        for column in layout.columns_in_view:
            block = self._block(row, column, inner, is_middle)
            cells += [*block, *[(" ", blank)] * (layout.width - len(block))]
        return cells

    def _block(self, row: int, column: int, inner: int, is_middle: bool) -> list[Cell]:
        """One line of one well."""
        layout = self.grid
        size = block_width(layout)
        is_last = layout.height > 1 and inner == layout.height - 1
        at_cursor = (row, column) == self.cursor
        value = self.values.get((row, column))
        if not isinstance(value, int | float) or self.scale is None:
            mark, style = self._mark((row, column))
            if mark == UNKNOWN:
                text = (" " if is_last else mark) * size
            else:
                text = mark.center(size) if is_middle else " " * size
            return self._marked(text, style, at_cursor and is_middle)
        part = part_of(value, self.scale)
        if self.glyphs:
            number = short_number(value, self._room) if self._has_numbers else ""
            text = number.center(size) if number else glyph_of(part) * size
            if is_last or (number and not is_middle):
                text = " " * size
            return self._marked(text, Style.null(), at_cursor and is_middle)
        colour = colour_of(part)
        if is_last:
            return [("▀", _style(colour, None))] * size
        number = short_number(value, self._room) if is_middle and self._has_numbers else ""
        return self._marked(
            number.center(size),
            _style(ink_on(colour) if number or at_cursor else None, colour),
            at_cursor and is_middle,
        )

    def _mark(self, place: tuple[int, int]) -> tuple[str, Style]:
        """What stands in a well that has no value."""
        if place not in self.values:
            return MISSING, self.styles["quiet"]
        value = self.values[place]
        if isinstance(value, Trouble) and value.broken:
            return BROKEN, self.styles["broken"]
        return EMPTY if isinstance(value, Trouble) else UNKNOWN, self.styles["quiet"]

    def _marked(self, text: str, style: Style, at_cursor: bool) -> list[Cell]:
        if not at_cursor:
            return [(letter, style) for letter in text]
        strong = style + Style(bold=True)
        inside = text[1:-1]
        return [("[", strong), *((letter, style) for letter in inside), ("]", strong)]


@lru_cache(maxsize=1 << 10)
def _style(front: tuple[int, int, int] | None, back: tuple[int, int, int] | None) -> Style:
    return Style(
        color=Color.from_rgb(*front) if front else None,
        bgcolor=Color.from_rgb(*back) if back else None,
    )
