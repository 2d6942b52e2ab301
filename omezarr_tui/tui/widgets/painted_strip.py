"""A line that knows how it is sent: Textual then need not turn its segments into text.

This is the one place that leans on a private name of Textual, `Strip._segments`. Where it is
not as expected, `can_be_painted` is False and lines of segments are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

if TYPE_CHECKING:
    from rich.console import Console


class PaintedStrip(Strip):
    """A line whose text for the terminal is there already; segments are made if asked for.

    Dialogs that cover a part of it, filters and exports ask for segments.

    Parameters
    ----------
    text
        What is written to the terminal, with all codes for colours.
    cell_length
        The cells that it fills.
    make
        Makes the segments that show the same.
    """

    __slots__ = ("_made", "_make", "_written")

    def __init__(self, text: str, cell_length: int, make: Callable[[], Iterable[Segment]]) -> None:
        super().__init__((), cell_length)
        self._written = text
        self._make = make
        self._made: list[Segment] | None = None

    def render(self, console: Console) -> str:
        """The text for the terminal."""
        return self._written

    @property
    def cell_count(self) -> int:
        """Cells: each holds one letter."""
        return self.cell_length

    def __eq__(self, other: object) -> bool:
        if isinstance(other, PaintedStrip):
            return self._written == other._written
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]  # as of other strips

    @property
    def _segments(self) -> list[Segment]:
        if self._made is None:
            self._made = list(self._make())
        return self._made

    @_segments.setter
    def _segments(self, segments: list[Segment]) -> None:
        """Nothing: they are made when they are wanted."""


@cache
def can_be_painted() -> bool:
    """Whether this version of Textual takes the segments of such a line where it needs them."""
    cells = [Segment("a", Style(bold=True)), Segment("b", Style(italic=True))]
    try:
        strip = PaintedStrip("ab", 2, lambda: cells)
        parts = strip.divide([1, 2])
        return [list(part) for part in parts] == [[cell] for cell in cells] and list(
            strip.crop(0, 1)
        ) == cells[:1]
    except (AttributeError, TypeError):
        return False
