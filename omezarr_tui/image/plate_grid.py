"""The grid of a plate's wells: how large a well is drawn, which are in sight, in which colour."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from omezarr_tui.image.cells import RAMP
from omezarr_tui.ome.model import Plate
from omezarr_tui.text import cell_width, format_number, visible

# Glyphs by their ink; the palest look like the marks of wells that have no value.
GLYPHS = RAMP[2:]
SHADES = 64
_HIGHEST = 5  # lines of a well, where there is room for it
_LONGEST_NAME = 6  # characters of a heading
_MOST = 10_000  # rows or columns; no plate has more than 48
_UNITS = ((1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T"))


@dataclass(frozen=True, slots=True)
class GridLayout:
    """Where wells stand, in cells of the terminal.

    Parameters
    ----------
    rows, columns
        Of the whole grid.
    names, gap
        Cells of the rows' headings, and of what is blank after them.
    height, width
        Cells of one well, with what is blank after it.
    shown
        Rows and columns that there is room for.
    top, left
        The first row and the first column that are in sight.
    """

    rows: int
    columns: int
    names: int
    gap: int
    height: int
    width: int
    shown: tuple[int, int]
    top: int = 0
    left: int = 0

    @property
    def heading(self) -> int:
        """Cells before the first well."""
        return self.names + self.gap

    @property
    def size(self) -> tuple[int, int]:
        """Lines and cells that it takes, with its headings."""
        return 1 + self.shown[0] * self.height, self.heading + self.shown[1] * self.width

    @property
    def rows_in_view(self) -> range:
        """The rows that are in sight."""
        return range(self.top, min(self.rows, self.top + self.shown[0]))

    @property
    def columns_in_view(self) -> range:
        """The columns that are in sight."""
        return range(self.left, min(self.columns, self.left + self.shown[1]))

    @property
    def is_whole(self) -> bool:
        """Whether all wells are in sight."""
        return self.shown == (self.rows, self.columns)

    def showing(self, row: int, column: int) -> GridLayout:
        """The layout scrolled as little as brings a place in sight."""
        return replace(
            self,
            top=_scrolled(self.top, row, self.shown[0], self.rows),
            left=_scrolled(self.left, column, self.shown[1], self.columns),
        )

    def place_at(self, line: int, cell: int) -> tuple[int, int] | None:
        """The row and column at a place of the grid; None on the headings and outside."""
        if line < 1 or cell < self.heading:
            return None
        row = self.top + (line - 1) // self.height
        column = self.left + (cell - self.heading) // self.width
        inside = row in self.rows_in_view and column in self.columns_in_view
        return (row, column) if inside else None


def _scrolled(first: int, at: int, shown: int, count: int) -> int:
    return max(0, min(max(min(first, at), at - shown + 1), count - shown))


def grid_shape(plate: Plate) -> tuple[int, int]:
    """Rows and columns of a plate's grid: those that it names, or that its wells need."""
    rows = [len(plate.rows), *(w.row + 1 for w in plate.wells if w.row < _MOST)]
    columns = [len(plate.columns), *(w.column + 1 for w in plate.wells if w.column < _MOST)]
    return max(rows), max(columns)


def heading(names: Sequence[str], at: int) -> str:
    """The heading of a row or column; its number where it has no name of a cell a letter."""
    name = visible(names[at], _LONGEST_NAME) if at < len(names) else ""
    return name if name and cell_width(name) == len(name) else str(at + 1)


def lay_out(rows: int, columns: int, headings: Iterable[str], room: tuple[int, int]) -> GridLayout:
    """Draw wells as large as fits, square; where the smallest are too many, as many as fit.

    Parameters
    ----------
    rows, columns
        Of the whole grid.
    headings
        Of the rows.
    room
        Lines and cells that there are, headings included.
    """
    lines, cells = room
    names = max(map(len, headings), default=1)
    sizes = [(high, 2 * high) for high in range(_HIGHEST, 1, -1)] + [(1, 3)]
    for high, wide in sizes:
        blank = 1 if high > 1 else 0  # after the last well it needs no room
        if 1 + rows * high <= lines and names + 1 + columns * wide - blank <= cells:
            return GridLayout(rows, columns, names, 1, high, wide, (rows, columns))
    # Without a blank after the headings 48 columns fit in beside two other panes.
    gap = 0 if names + columns * 2 == cells else 1
    shown = (
        max(1, min(rows, lines - 1)),
        max(1, min(columns, (cells - names - gap) // 2)),
    )
    return GridLayout(rows, columns, names, gap, 1, 2, shown)


def column_headings(
    layout: GridLayout, names: Sequence[str], cursor: int
) -> list[tuple[int, str, bool]]:
    """The headings of columns that fit side by side; that of the cursor always does.

    Returns
    -------
    headings
        Where each begins (a cell of the grid), what it says, and whether it is the cursor's.
    """
    placed = []
    for column in layout.columns_in_view:
        name = heading(names, column)
        block = block_width(layout)
        start = layout.heading + (column - layout.left) * layout.width
        start += max(0, (block - len(name)) // 2)
        placed.append((min(start, layout.size[1] - len(name)), name, column == cursor))
    chosen = [place for place in placed if place[2]]
    step = _step(placed)
    end = -1
    for at, place in enumerate(placed):
        free = place[0] > end and all(_apart(place, other) for other in chosen)
        if at % step == 0 and free and not place[2]:
            chosen.append(place)
            end = place[0] + len(place[1])
    return sorted(chosen)


def _step(placed: Sequence[tuple[int, str, bool]]) -> int:
    """Every how many headings one fits in: 1, 2, 5 or 10."""
    for step in (1, 2, 5):
        some = placed[::step]
        if all(_apart(a, b) for a, b in pairwise(some)):
            return step
    return 10


def _apart(one: tuple[int, str, bool], other: tuple[int, str, bool]) -> bool:
    return one[0] + len(one[1]) < other[0] or other[0] + len(other[1]) < one[0]


def block_width(layout: GridLayout) -> int:
    """Cells of a well that are coloured; the others are blank."""
    return layout.width if layout.height == 1 else layout.width - 1


def scale_of(values: Iterable[float]) -> tuple[float, float] | None:
    """The least and the greatest value; None where there are none."""
    numbers = list(values)
    return (min(numbers), max(numbers)) if numbers else None


def part_of(value: float, scale: tuple[float, float]) -> float:
    """Where a value lies between the ends of a scale, from 0 to 1; 1 where these are equal."""
    low, high = scale
    return (value - low) / (high - low) if high > low else 1.0


def glyph_of(part: float) -> str:
    """The glyph of a value from 0 to 1."""
    return GLYPHS[round(part * (len(GLYPHS) - 1))]


def colour_of(part: float) -> tuple[int, int, int]:
    """Red, green and blue of a value from 0 to 1.

    From dark blue to light yellow: lightness and hue go in even steps, so it reads in black
    and white and for the colour-blind too.
    """
    return _shade(round(part * (SHADES - 1)))


@lru_cache(maxsize=SHADES)
def _shade(step: int) -> tuple[int, int, int]:
    part = step / (SHADES - 1)
    lightness, hue = 0.36 + 0.54 * part, math.radians(280 - 180 * part)
    chroma = 0.125
    while not all(-0.001 <= x <= 1.001 for x in _rgb(lightness, chroma, hue)):
        chroma -= 0.002
    red, green, blue = (
        round(255 * _gamma(min(max(x, 0), 1))) for x in _rgb(lightness, chroma, hue)
    )
    return red, green, blue


def _rgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """A colour of OKLab, in linear red, green and blue (Ottosson 2020)."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _gamma(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def ink_on(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    """Black or white: what is better read on a colour, by the luminances of WCAG 2."""
    parts = zip((0.2126, 0.7152, 0.0722), colour, strict=True)
    luminance = sum(weight * (part / 255) ** 2.2 for weight, part in parts)
    return (0, 0, 0) if luminance > 0.18 else (255, 255, 255)


def short_number(value: float, room: int) -> str:
    """A value in as many cells as there are, thousands as ``12k``; empty where it does not fit."""
    texts = [format_number(value, digits) for digits in (4, 3, 2)]
    for factor, unit in _UNITS:
        if abs(value) >= factor:
            texts += [f"{value / factor:.1f}{unit}", f"{value / factor:.0f}{unit}"]
    fitting = [text for text in texts if len(text) <= room and "e" not in text]
    return fitting[0] if fitting else ""
