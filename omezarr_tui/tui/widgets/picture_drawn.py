"""What is drawn over a picture: the cursor, a region, the line of a profile."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from textual.strip import Strip

from omezarr_tui.image.region import Box
from omezarr_tui.tui.widgets.picture_mark import dot, marked
from omezarr_tui.tui.widgets.picture_region import outlined

if TYPE_CHECKING:
    from omezarr_tui.image.cells import Frame
    from omezarr_tui.image.plotted import Line
    from omezarr_tui.tui.widgets.picture_strips import Canvas

_DOT = "•"
_EVERY = 2  # cells: between two dots the picture is seen


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn over a frame, in samples of it; it may reach beyond what is seen.

    Parameters
    ----------
    mark
        The sample (row, column) that the cursor is on.
    box
        A region.
    line
        Both ends (row, column) of a line; parts of samples are possible.
    """

    mark: tuple[int, int] | None = None
    box: Box | None = None
    line: Line | None = None


def drawn_over(lines: list[Strip], frame: Frame, canvas: Canvas, drawn: Drawn) -> list[Strip]:
    """The lines of a canvas with all that is drawn over its frame of cells."""
    if drawn.line is not None:
        lines = _dotted(lines, frame, canvas, drawn.line)
    if drawn.box is not None:
        lines = outlined(lines, frame, canvas, drawn.box)
    if drawn.mark is not None:
        lines = marked(lines, frame, canvas, drawn.mark)
    return lines


def places_along(line: Line, size: tuple[int, int]) -> list[tuple[int, int]]:
    """The places (row, column) of a grid on a line: one for each step along its longer side."""
    (row, column), (last_row, last_column) = line
    begin, end = 0.0, 1.0  # the part of the line that lies in the grid
    for start, stop, most in ((row, last_row, size[0]), (column, last_column, size[1])):
        if start == stop:
            if not 0 <= start < most:
                return []
            continue
        edges = sorted((-start / (stop - start), (most - start) / (stop - start)))
        begin, end = max(begin, edges[0]), min(end, edges[1])
    if begin > end:
        return []
    long = max(abs(last_row - row), abs(last_column - column)) * (end - begin)
    steps = math.ceil(long) + 1  # shorter ones than a place, so that rounding leaves out none
    parts = (begin + (end - begin) * step / steps for step in range(steps + 1))
    places = (
        (row + part * (last_row - row), column + part * (last_column - column)) for part in parts
    )
    return list(
        dict.fromkeys((min(size[0] - 1, int(r)), min(size[1] - 1, int(c))) for r, c in places)
    )


def _dotted(lines: list[Strip], frame: Frame, canvas: Canvas, line: Line) -> list[Strip]:
    top, left = canvas.place(frame)
    down, across = frame.per_cell
    (row, column), (last_row, last_column) = line
    cells = ((row / down, column / across), (last_row / down, last_column / across))
    dots = sorted(places_along(cells, frame.size)[::_EVERY])
    drawn = list(lines)
    for at, places in groupby(dots, key=lambda place: place[0]):
        if top + at >= len(lines):
            break
        parts, done = [], 0
        for _, column_of_dot in places:
            sign = dot(frame, at, column_of_dot, _DOT, canvas.base)
            parts += [lines[top + at].crop(done, left + column_of_dot), Strip([sign])]
            done = left + column_of_dot + 1
        parts.append(lines[top + at].crop(done, canvas.columns))
        drawn[top + at] = Strip.join(parts)
    return drawn
