"""A row of numbers as a curve: all between the least and the greatest of what a dot stands for."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from textual.content import Content

from omezarr_tui.image.plot_rows import curve_scale, row_labels
from omezarr_tui.image.plotting import across_labels, braille_rows, curve_dots
from omezarr_tui.text import format_number
from omezarr_tui.tui.themes import QUIET
from omezarr_tui.tui.widgets.plot import Plot, clipped, with_marker

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.envelope import Envelope

_FEWEST_ROWS = 3
_MOST_TOLD = 2  # lines
INFINITE = "∞"


class SeriesPlot(Plot, can_focus=False):
    """Draws the envelope of a row of numbers above their table."""

    def __init__(self) -> None:
        super().__init__("series")
        self._envelope: Envelope | None = None
        self._mark = 0  # the value that the table's cursor stands on

    def show_envelope(self, envelope: Envelope) -> None:
        """Show what was read."""
        self._envelope = envelope
        self.show()

    def mark(self, at: int) -> None:
        """Mark one of the values."""
        if at != self._mark:
            self._mark = at
            self.draw()

    def _drawn(self, width: int, height: int) -> Content:
        import numpy as np

        assert self._envelope is not None
        envelope = self._envelope
        finite = envelope.drawn[np.isfinite(envelope.drawn)]
        if finite.size == 0:
            return Content(f"None of the values is finite: {envelope.told}.")
        low, high = float(finite.min()), float(finite.max())
        told = wrap(self._range(low, high), width, max_lines=_MOST_TOLD, placeholder=" …")
        rows = max(_FEWEST_ROWS, height - 1 - len(told))
        scale = curve_scale(low, high, rows)
        labels = row_labels(scale, rows)
        gutter = len(labels[0]) + 1
        room = max(1, width - gutter)
        lines = self._curve(envelope.drawn, room, rows, scale.low, scale.high)
        drawn = [
            Content.assemble((f"{label} ", QUIET), line)
            for label, line in zip(labels, lines, strict=True)
        ]
        below = " " * gutter + across_labels(0, envelope.count, room)
        quiet = [Content.styled(line, QUIET) for line in (below, *told)]
        return Content("\n").join(clipped(line, width) for line in [*drawn, *quiet])

    def _curve(
        self, values: np.ndarray, room: int, rows: int, low: float, high: float
    ) -> list[Content]:
        assert self._envelope is not None
        signs = braille_rows(curve_dots(values, room, rows, low, high))
        for end, infinities in zip((-1, 0), self._envelope.infinities, strict=True):
            signs[end] = _with_infinities(signs[end], infinities)
        column = min(room - 1, self._mark * room // self._envelope.count)
        return [with_marker(sign, ["$primary"] * room, column, QUIET) for sign in signs]

    def _range(self, low: float, high: float) -> str:
        """The least and the greatest finite value, and of which values."""
        assert self._envelope is not None
        origin, told = self._envelope.origin, self._envelope.told
        if not origin:
            return f"{format_number(low, 6)} to {format_number(high, 6)}, {told}"
        ends = f"{origin + round(low)} to {origin + round(high)}"
        return f"{ends}, {told} · heights are counted from {origin}"


def _with_infinities(line: str, infinities: np.ndarray) -> str:
    """A row of the plot with a sign where infinite values lie, which are on no scale."""
    import numpy as np

    letters, parts = list(line), len(infinities)
    for part in np.flatnonzero(infinities).tolist():
        letters[part * len(letters) // parts] = INFINITE
    return "".join(letters)
