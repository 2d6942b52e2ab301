"""The histogram with the contrast window on it, which keys and the mouse move."""

from __future__ import annotations

import math
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from omezarr_tui.image.counted import left_text
from omezarr_tui.image.long_integers import moved, rounded
from omezarr_tui.image.plot_rows import bar_scale, log_scale, row_labels
from omezarr_tui.image.plotting import (
    across_labels,
    block_rows,
    rounded_step,
)
from omezarr_tui.ome.model import Window
from omezarr_tui.text import format_count, format_number, plural
from omezarr_tui.tui.actions import bindings
from omezarr_tui.tui.themes import DIM, QUIET
from omezarr_tui.tui.widgets.plot import Plot, clipped, flowed, rows_left, runs

if TYPE_CHECKING:
    from textual import events

    from omezarr_tui.image.histogram import Histogram
    from omezarr_tui.image.plotted import Counting, ShownChannel

_STEPS = 100  # of keys, from one end of the plot to the other
_FACT_LINES = 2  # of what was counted; more where so many rows are left for bars
_LEAST_ROWS = 4
_OTHERS = 3  # the window as a line and in numbers, and the values below the bars
_TABBED = 9  # rows from which the channels have a line of their own
_MOST = 0.9995  # of the values that are in sight unless all are


class HistogramPlot(Plot):
    """Shows how often values occur, one channel at a time."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("histogram")

    @dataclass
    class WindowSet(Message):
        """The window of a channel shall be another one."""

        channel: int
        window: Window

    class ScopeChanged(Message):
        """Values of other pixels shall be counted."""

    class Typing(Message):
        """The window shall be typed in numbers, or a reading be allowed."""

    def __init__(self) -> None:
        super().__init__("histogram")
        self._histograms: dict[int, Histogram] = {}
        self._counting: Counting | None = None
        self._windows: dict[int, Window] = {}
        self._told = ""
        self._is_log = self._shows_all = False
        self._dragged: str | None = None
        self._gutter = 0

    def show_counts(self, histograms: dict[int, Histogram], counting: Counting, told: str) -> None:
        """Show what was counted, and tell of which pixels."""
        self._histograms, self._counting, self._told = histograms, counting, told
        self.show()

    def show_channels(self, channels: list[ShownChannel], first: int) -> None:
        """Show the windows that channels have now; `first` is one of them."""
        if [c.channel for c in channels] != [c.channel for c in self.channels]:
            self.at = next((n for n, c in enumerate(channels) if c.channel == first), 0)
        self.channels = channels
        self._windows = {c.channel: c.window for c in channels}
        self.draw()

    @property
    def window(self) -> Window:
        """The window of the channel that keys change."""
        return self._windows[self.channel.channel]

    # -- drawing --------------------------------------------------------------------------

    def _drawn(self, width: int, height: int) -> Content:
        if not self.channels or self.channel.channel not in self._histograms:
            return Content("")
        histogram = self._histograms[self.channel.channel]
        tabs = [self._tabs()] if len(self.channels) > 1 else []
        window = self._window_text()
        if tabs and height < _TABBED:  # one line more for the bars
            window = Content("  ").join([*tabs, window])
            tabs = []
        most = max(_FACT_LINES, height - len(tabs) - _OTHERS - _LEAST_ROWS)
        counted = wrap(self._counted_text(histogram), width, max_lines=most, placeholder=" …")
        source = [Content.styled(self.channel.source, QUIET)] if self.channel.source else []
        told = flowed([window, *source], width)
        if len(told) - 1 + len(counted) > most:  # the bar below the picture has the source too
            told = told[:1]
        facts = [*told, *(Content.styled(line, QUIET) for line in counted)]
        rows = rows_left(height, len(tabs) + len(facts) + 2)
        labels, _ = self._labels(self._counts(histogram, width), rows)
        self._gutter = len(labels[0]) + 1
        room = max(1, width - self._gutter)
        counts = self._counts(histogram, room)
        labels, heights = self._labels(counts, rows)
        bars = block_rows(heights, rows)
        edges = self._edge_columns(room)
        styles = [self.ink(self.channel) if edges[0] <= c <= edges[1] else DIM for c in range(room)]
        lines = [
            Content.assemble(
                (f"{label:>{self._gutter - 1}} ", QUIET), self._with_edges(bar, styles, edges)
            )
            for label, bar in zip(labels, bars, strict=True)
        ]
        low, high = self._span
        blank = " " * self._gutter
        lines.append(Content.assemble(blank, self._handles(edges, room)))
        lines.append(Content.styled(blank + across_labels(low, high, room), QUIET))
        return Content("\n").join(clipped(line, width) for line in [*tabs, *lines, *facts])

    def _labels(self, counts: list[int], rows: int) -> tuple[list[str], list[float]]:
        """The labels of the axis of counts, and how high each count is, from 0 to 1."""
        peak = max(counts, default=0)
        scale = log_scale(peak, rows) if self._is_log else bar_scale(peak, rows)
        span = (scale.high - scale.low) or 1.0
        heights = [(self._height(count) - scale.low) / span if count else 0.0 for count in counts]
        return row_labels(scale, rows), heights

    @property
    def _span(self) -> tuple[float, float]:
        """The values at the left and the right edge of the plot."""
        window = self.window
        histogram = self._histograms[self.channel.channel]
        low, high = histogram.low, histogram.high
        if not self._shows_all and histogram.finite:
            low = histogram.quantile(1 - _MOST)
            high = histogram.quantile(_MOST) + histogram.width
        low, high = min(low, window.start), max(high, window.end)
        return (low, high) if low < high else (low - 0.5, high + 0.5)

    def _counts(self, histogram: Histogram, columns: int) -> list[int]:
        """The count of the bar that the middle of each column lies in."""
        low, high = self._span
        bars = histogram.bars(low, high, max(1, columns))
        each = bars[0].high - bars[0].low
        first = low - bars[0].low  # far from zero only differences are exact
        middles = (first + (c + 0.5) / columns * (high - low) for c in range(columns))
        return [bars[min(len(bars) - 1, int(m / each))].count for m in middles]

    def _height(self, count: float) -> float:
        return math.log10(count) if self._is_log else float(count)

    def _edge_columns(self, room: int) -> tuple[int, int]:
        """The columns of the window's edges."""
        low, high = self._span
        start, end = (
            min(room - 1, max(0, int((value - low) / (high - low) * room)))
            for value in (self.window.start, self.window.end)
        )
        return start, end

    def _with_edges(self, bar: str, styles: list[str], edges: tuple[int, int]) -> Content:
        letters = list(bar)
        styles = list(styles)
        for column in edges:
            if letters[column] == " ":
                letters[column], styles[column] = "│", "$primary"
        return runs("".join(letters), styles)

    def _handles(self, edges: tuple[int, int], room: int) -> Content:
        """The window below the bars: its edges, and a line from one to the other."""
        start, end = edges
        line = ["─"] * room
        line[start : end + 1] = ["━"] * (end + 1 - start)
        line[start], line[end] = "▲", "▲"
        inside = ["b $primary" if start <= c <= end else DIM for c in range(room)]
        return runs("".join(line), inside)

    def _tabs(self) -> Content:
        """The channels, of which keys change one."""
        parts = [
            Content.assemble(
                ("■ ", self.ink(one)), (f" {one.name} " if one is self.channel else one.name,
                                        "b reverse" if one is self.channel else QUIET),
            )
            for one in self.channels
        ]  # fmt: skip
        return Content("  ").join(parts)

    def _window_text(self) -> Content:
        start, end = (format_number(edge, 6) for edge in (self.window.start, self.window.end))
        return Content.assemble("window ", (f"{start} to {end}", "b"))

    def _counted_text(self, histogram: Histogram) -> str:
        parts = [f"exact: {format_count(histogram.finite)} values of {self._told}"]
        left = histogram.unwritten, histogram.unreadable
        if self._counting is not None and any(left):
            parts.append(left_text(*left, self._counting))
        if histogram.nans:
            parts.append(f"{format_count(histogram.nans)} NaN")
        if histogram.infinities:
            parts.append(plural(histogram.infinities, "infinity", "infinities"))
        below, above = histogram.beyond(*self._span)
        if below or above:
            parts.append(f"{format_count(below + above)} beyond the plot")
        if self._is_log:
            parts.append("log counts")
        return " · ".join(parts)

    # -- keys and mouse -------------------------------------------------------------------

    def action_edge(self, which: str, steps: int) -> None:
        """Move the low or the high edge of the window."""
        if self.shows_words or not self.channels:
            return
        low, high = self._span
        step = rounded_step(high - low, _STEPS)
        if self._histograms[self.channel.channel].width >= 1:
            step = max(1.0, step)
        window = self.window
        value = moved(window.start if which == "low" else window.end, steps * step)
        # On multiples of the step, so that the same keys lead to the same round numbers.
        self._set(which, rounded(value, step))

    def action_log(self) -> None:
        """Show counts as they are, or their logarithms."""
        self._is_log = not self._is_log
        self.draw()

    def action_all(self) -> None:
        """Show the range of all values, or nearly all."""
        self._shows_all = not self._shows_all
        self.draw()

    def action_scope(self) -> None:
        """Count what is seen, the whole plane, or the coarsest level."""
        self.post_message(self.ScopeChanged())

    def action_type(self) -> None:
        """Type the window in numbers."""
        self.post_message(self.Typing())

    def set_window(self, window: Window) -> None:
        """Make it the window of the channel that keys change."""
        if window != self.window and window.start < window.end:
            self._windows[self.channel.channel] = window  # the next key goes on from it
            self.draw()
            self.post_message(self.WindowSet(self.channel.channel, window))

    def _set(self, which: str, value: float) -> None:
        window = self.window
        if which == "low":
            self.set_window(Window(value, window.end))
        else:
            self.set_window(Window(window.start, value))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the edge that is nearer."""
        offset = event.get_content_offset(self)
        if offset is None or self.shows_words or not self.channels:
            return
        value = self._value_at(offset.x)
        window = self.window
        self._dragged = "low" if abs(value - window.start) <= abs(value - window.end) else "high"
        self.capture_mouse()
        self._set(self._dragged, value)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the edge."""
        if self._dragged is not None:
            offset = event.get_content_offset_capture(self)
            self._set(self._dragged, self._value_at(offset.x))

    def on_mouse_up(self) -> None:
        """Let the edge go."""
        self._dragged = None
        self.release_mouse()

    def _value_at(self, x: int) -> float:
        """The value at a column of the widget, on a round number."""
        low, high = self._span
        room = max(1, self.content_size.width - self._gutter)
        part = min(max((x - self._gutter + 0.5) / room, 0.0), 1.0)
        step = rounded_step(high - low, _STEPS)
        if self._histograms[self.channel.channel].width >= 1:
            step = max(1.0, step)
        return rounded(moved(low, part * (high - low)), step)
