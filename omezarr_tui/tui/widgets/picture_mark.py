"""The cursor on a picture: the cell of its sample stands between brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

if TYPE_CHECKING:
    from omezarr_tui.image.cells import Frame
    from omezarr_tui.image.composite import RGB
    from omezarr_tui.tui.widgets.picture_strips import Canvas

# The part of a cell that one of its samples fills, by samples in a cell, row by row.
_PARTS = {(2, 1): "▀▄", (2, 2): "▘▝▖▗", (4, 2): "⠁⠈⠂⠐⠄⠠⡀⢀"}
_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)


def marked(lines: list[Strip], frame: Frame, canvas: Canvas, mark: tuple[int, int]) -> list[Strip]:
    """The lines of a canvas with the cursor on a sample (row, column) of its frame."""
    top, left = canvas.place(frame)
    down, across = frame.per_cell
    row, column = mark[0] // down, mark[1] // across
    rows, columns = frame.size
    if not (0 <= row < rows and 0 <= column < columns and top + row < len(lines)):
        return lines
    line = lines[top + row]
    bracket = canvas.base + Style(bold=True, reverse=True)
    first, last = max(0, column - 1), min(columns, column + 2)
    cells = [Segment("[", bracket)] if column > 0 else []
    cells.append(_cell(frame, row, column, (mark[0] % down, mark[1] % across), bracket))
    cells += [Segment("]", bracket)] if column + 1 < columns else []
    parts = [line.crop(0, left + first), Strip(cells), line.crop(left + last, canvas.columns)]
    return [*lines[: top + row], Strip.join(parts), *lines[top + row + 1 :]]


def _cell(frame: Frame, row: int, column: int, part: tuple[int, int], reverse: Style) -> Segment:
    """The cell of the cursor: reversed, or the part of its sample in what differs most from it."""
    parts = _PARTS.get(frame.per_cell)
    if parts is None:
        return Segment(frame.lines[row][column], reverse)
    glyph = parts[part[0] * frame.per_cell[1] + part[1]]
    if (colors := colors_at(frame, row, column)) is None:
        return Segment(glyph, reverse)
    ink, ground = colors
    if frame.lines[row][column] == "▀":  # each half has a colour of its own
        ink, ground = (ink, ground) if part[0] == 0 else (ground, ink)
    contrast = _BLACK if sum(ink) > 3 * 127 else _WHITE
    return Segment(glyph, Style.from_color(Color.from_rgb(*contrast), Color.from_rgb(*ground)))


def dot(frame: Frame, row: int, column: int, glyph: str, base: Style) -> Segment:
    """A sign in a cell, on the colour below it where there is one."""
    if (colors := colors_at(frame, row, column)) is None:
        return Segment(glyph, base + Style(bold=True))
    contrast = _BLACK if sum(colors[1]) > 3 * 127 else _WHITE
    return Segment(glyph, Style.from_color(Color.from_rgb(*contrast), Color.from_rgb(*colors[1])))


def colors_at(frame: Frame, row: int, column: int) -> tuple[RGB, RGB] | None:
    """The ink and the ground of a cell; None where one is the terminal's own."""
    palette, inks, grounds = frame.palette, frame.fg, frame.bg
    if palette is None or inks is None or grounds is None:
        return None
    if min(at := (int(inks[row, column]), int(grounds[row, column]))) < 0:
        return None
    return palette[at[0]], palette[at[1]]
