"""A row of numbers as a curve: all between the least and the greatest of what a dot stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from omezarr_tui.image.plot_rows import curve_scale, row_labels
from omezarr_tui.image.plotting import across_labels, braille_rows, curve_dots
from omezarr_tui.text import format_count, format_number
from omezarr_tui.tui.themes import QUIET
from omezarr_tui.tui.widgets.plot import Plot, clipped, with_marker

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.envelope import Envelope

_FEWEST_ROWS = 3


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
        rows = max(_FEWEST_ROWS, height - 2)
        finite = envelope.drawn[np.isfinite(envelope.drawn)]
        if finite.size == 0:
            return Content("None of the values is finite.")
        low, high = float(finite.min()), float(finite.max())
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
        told = f"{format_number(low, 6)} to {format_number(high, 6)}, {self._source()}"
        quiet = [Content.styled(line, QUIET) for line in (below, told)]
        return Content("\n").join(clipped(line, width) for line in [*drawn, *quiet])

    def _curve(
        self, values: np.ndarray, room: int, rows: int, low: float, high: float
    ) -> list[Content]:
        assert self._envelope is not None
        signs = braille_rows(curve_dots(values, room, rows, low, high))
        column = min(room - 1, self._mark * room // self._envelope.count)
        return [with_marker(sign, ["$primary"] * room, column, QUIET) for sign in signs]

    def _source(self) -> str:
        assert self._envelope is not None
        read, count = self._envelope.read, self._envelope.count
        if read >= count:
            return f"all {format_count(count)} values"
        return f"a sample of {format_count(read)} of {format_count(count)} values"
