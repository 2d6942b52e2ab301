"""A region on a picture: an outline over the cells at its edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

if TYPE_CHECKING:
    from omezarr_tui.image.cells import Frame
    from omezarr_tui.image.region import Box
    from omezarr_tui.tui.widgets.picture_strips import Canvas


def outlined(lines: list[Strip], frame: Frame, canvas: Canvas, box: Box) -> list[Strip]:
    """The lines of a canvas with the outline of a rectangle of samples; what is outside is not.

    Of a rectangle in one row of cells only the ends are drawn, or nothing would be seen in it.
    """
    top, left = canvas.place(frame)
    rows, columns = frame.size
    down, across = frame.per_cell
    first, last = box.top // down, (box.bottom - 1) // down
    start, stop = box.left // across, (box.right - 1) // across
    seen = range(max(0, start), min(columns, stop + 1))
    if not seen:
        return lines
    style = canvas.base + Style(bold=True)
    drawn = list(lines)
    for row in range(max(0, first), min(rows, last + 1)):
        if top + row >= len(lines):
            break
        line = lines[top + row]
        if row in (first, last) and first != last:
            glyphs = "".join(_edge(row, column, (first, last), (start, stop)) for column in seen)
            strip = Strip([Segment(glyphs, style)])
            drawn[top + row] = _over(line, strip, left + seen.start, canvas.columns)
            continue
        for column in {start, stop}:
            if column in seen:
                at = left + column
                glyph = _edge(row, column, (first, last), (start, stop)) if first == last else "│"
                strip = Strip([Segment(glyph, style)])
                drawn[top + row] = _over(drawn[top + row], strip, at, canvas.columns)
    return drawn


def _edge(row: int, column: int, rows: tuple[int, int], columns: tuple[int, int]) -> str:
    """What stands in a cell of the first or the last row."""
    if rows[0] == rows[1]:
        if columns[0] == columns[1]:
            return "╬"
        return "├" if column == columns[0] else "┤"
    if columns[0] == columns[1]:
        return "┬" if row == rows[0] else "┴"
    if column == columns[0]:
        return "┌" if row == rows[0] else "└"
    if column == columns[1]:
        return "┐" if row == rows[0] else "┘"
    return "─"


def _over(line: Strip, strip: Strip, at: int, width: int) -> Strip:
    after = line.crop(at + strip.cell_length, width)
    return Strip.join([line.crop(0, at), strip, after])
