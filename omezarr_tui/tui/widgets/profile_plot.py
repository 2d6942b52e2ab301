"""Profiles of the shown channels as curves, with a marker that tells exact values."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from omezarr_tui.image.plot_rows import RowScale, curve_scale, row_labels
from omezarr_tui.image.plotting import across_labels, braille_rows, curve_dots
from omezarr_tui.image.profile import physical_steps
from omezarr_tui.text import format_length, format_unit, visible
from omezarr_tui.tui.actions import bindings
from omezarr_tui.tui.themes import DIM, QUIET
from omezarr_tui.tui.widgets.plot import Plot, clipped, flowed, rows_left, with_marker

if TYPE_CHECKING:
    import numpy as np
    from textual import events

    from omezarr_tui.image.plotted import ShownChannel
    from omezarr_tui.image.profile import Profile, Track
    from omezarr_tui.ome.model import Multiscale

_WITH_UNITS = 9  # rows from which a line with physical units has room
_LEAST_ROWS = 4  # of the curves, before values are left out
_FLAT = 8  # a curve is flat that takes less than this part of the height


class ProfilePlot(Plot):
    """Shows values along a track of pixels, of all shown channels at once."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("profile")

    @dataclass
    class MarkerMoved(Message):
        """The marker stands on another pixel."""

        pixel: tuple[int, ...]

    @dataclass
    class Chosen(Message):
        """The user wants to go to the pixel of the marker, or allows a reading."""

        pixel: tuple[int, ...] | None

    class LineBegun(Message):
        """A line shall be drawn from the cursor on."""

    def __init__(self) -> None:
        super().__init__("profile")
        self._profiles: dict[int, Profile] = {}
        self._multiscale: Multiscale | None = None
        self._told = ""
        self._mark = 0
        self._gutter = 0
        self._is_apart = False  # whether each channel has its own scale

    def show_profiles(
        self,
        profiles: dict[int, Profile],
        channels: list[ShownChannel],
        multiscale: Multiscale,
        told: str,
        mark: tuple[int, ...],
    ) -> None:
        """Show profiles of channels, and the marker on a pixel, or on that nearest to it."""
        self._profiles, self._multiscale, self._told = profiles, multiscale, told
        self.channels = [c for c in channels if c.channel in profiles]
        self._mark = _nearest(self._track, mark)
        self.show()

    @property
    def _track(self) -> Track:
        return next(iter(self._profiles.values())).track

    @property
    def pixel(self) -> tuple[int, ...] | None:
        """The pixel of the marker."""
        return None if self.shows_words or not self._profiles else self._track.pixel(self._mark)

    # -- drawing --------------------------------------------------------------------------

    def _drawn(self, width: int, height: int) -> Content:
        import numpy as np

        if not self._profiles:
            return Content("")
        origin = max((self._profiles[c.channel].origin for c in self.channels), key=abs)
        drawn = [self._profiles[c.channel].drawn(origin) for c in self.channels]
        ends = [_ends(values) for values in drawn]
        joined = _ends(np.concatenate(drawn))
        units = self._units()
        has_units = units is not None and height >= _WITH_UNITS
        about = self._about(ends, joined, origin)
        told = self._told_lines(about, width, height - 1 - has_units - _LEAST_ROWS)
        rows = rows_left(height, 1 + has_units + len(told))
        scales = [curve_scale(*(one if self._is_apart else joined), rows) for one in ends]
        labels = row_labels(scales[self.channels.index(self.channel)], rows)
        self._gutter = len(labels[0]) + 1
        room = max(1, width - self._gutter)
        curves = self._curves(drawn, room, rows, scales)
        style = self.ink(self.channel) if self._is_apart and len(ends) > 1 else QUIET
        lines = [
            Content.assemble((f"{label} ", style), line)
            for label, line in zip(labels, curves, strict=True)
        ]
        first, last = self._first - 0.5, self._first + self._track.count - 0.5
        blank = " " * self._gutter
        lines.append(Content.styled(blank + across_labels(first, last, room, "px"), QUIET))
        if has_units and units is not None:
            edges = (self._physical(first), self._physical(last))
            text = across_labels(*edges, room, units[1])
            lines.append(Content.styled(blank + text, QUIET))
        return Content("\n").join(clipped(line, width) for line in [*lines, *told])

    def _curves(
        self, drawn: list[np.ndarray], room: int, rows: int, scales: list[RowScale]
    ) -> list[Content]:
        """All curves in one field of cells; where two meet, the colour is the later one's."""
        import numpy as np

        fields = [
            curve_dots(values, room, rows, scale.low, scale.high)
            for values, scale in zip(drawn, scales, strict=True)
        ]
        signs = braille_rows(np.logical_or.reduce(fields))
        owners = np.full((rows, room), -1)
        order = sorted(range(len(fields)), key=lambda at: self.channels[at] is self.channel)
        for at in order:  # the chosen one last: it is not hidden
            cells = fields[at].reshape(rows, 4, room, 2).any(axis=(1, 3))
            owners[cells] = at
        styles = [
            self.ink(c) if c is self.channel or not self.app.no_color else DIM
            for c in self.channels
        ]
        column = min(room - 1, int((self._mark + 0.5) / self._track.count * room))
        lines = []
        for sign, owner in zip(signs, owners.tolist(), strict=True):
            inks = [styles[at] if at >= 0 else "" for at in owner]
            lines.append(with_marker(sign, inks, column, "$primary"))
        return lines

    def _about(
        self, ends: list[tuple[float, float]], joined: tuple[float, float], origin: int
    ) -> str:
        """What is drawn, and on which scale."""
        parts = [self._told]
        if len(ends) > 1 and self._is_apart:
            parts.append(f"each on its own scale, numbers of {self.channel.name}")
        elif any((high - low) * _FLAT < joined[1] - joined[0] for low, high in ends):
            parts.append("S: each on its own scale")
        if origin:
            parts.append(f"heights are counted from {origin}")
        return " · ".join(parts)

    def _told_lines(self, about: str, width: int, most: int) -> list[Content]:
        """What the marker stands on, the values there, and what is drawn."""
        values = [
            Content.assemble(
                ("■ ", self.ink(one)),
                (one.name, "b" if one is self.channel and len(self.channels) > 1 else ""),
                f" {self._value(one)}",
            )
            for one in self.channels
        ]
        where = Content.styled(self._place(), "b")
        told = wrap(about, width, max_lines=2, placeholder=" …")
        lines = flowed([where, *values], width)
        if len(lines) > (room := max(2, most - len(told))):
            chosen = values.pop(self.channels.index(self.channel))  # its value is never left out
            lines = flowed([where, chosen, *values], width, room)
        return [*lines, *(Content.styled(line, QUIET) for line in told)]

    def _value(self, channel: ShownChannel) -> str:
        profile = self._profiles[channel.channel]
        if not profile.known[self._mark]:
            return "…"
        value = profile.values[self._mark]
        return str(value) if value.dtype.kind == "f" else str(value.item())

    def _place(self) -> str:
        """The pixel of the marker, with its distance where that has a unit."""
        assert self._multiscale is not None
        axes = self._multiscale.axes
        pixel = self._track.pixel(self._mark)
        along = self._track.axes or (len(pixel) - 1,)
        where = " ".join(f"{visible(axes[at].name, 12)} {pixel[at]}" for at in along)
        if (units := self._units()) is None:
            return where
        return f"{where} ({format_length(self._physical(self._first + self._mark), units[0])})"

    @property
    def _first(self) -> int:
        """The number that the first pixel is counted by: its own, of a drawn line 0."""
        track = self._track
        return track.start[track.axes[0]] if len(track.axes) == 1 and self._rises else 0

    @property
    def _rises(self) -> bool:
        axis = self._track.axes[0]
        return self._track.end[axis] > self._track.start[axis]

    def _units(self) -> tuple[str, str] | None:
        """The unit of distances along the track, spelled out and as a symbol."""
        assert self._multiscale is not None
        level = self._multiscale.levels[self._track.level]
        steps = physical_steps(self._track, self._multiscale.axes, level)
        return None if steps is None else (steps[1], format_unit(steps[1]))

    def _physical(self, number: float) -> float:
        """The physical place of a number on the lower axis; of a drawn line its distance."""
        assert self._multiscale is not None
        track = self._track
        level = self._multiscale.levels[track.level]
        steps = physical_steps(track, self._multiscale.axes, level)
        assert steps is not None
        if len(track.axes) == 1 and self._rises:
            axis = track.axes[0]
            return number * level.scale[axis] + level.translation[axis]
        return number * steps[0]

    # -- keys and mouse -------------------------------------------------------------------

    def action_mark(self, steps: int) -> None:
        """Move the marker by some pixels."""
        self._move_to(self._mark + steps)

    def action_mark_end(self, last: bool) -> None:
        """Move the marker to the first or the last pixel."""
        self._move_to(self._track.count - 1 if last and self._profiles else 0)

    def action_scale(self) -> None:
        """Draw all channels on one scale, or each on its own."""
        self._is_apart = not self._is_apart
        self.draw()

    def action_choose(self) -> None:
        """Go to the pixel of the marker."""
        self.post_message(self.Chosen(self.pixel))

    def action_line(self) -> None:
        """Draw a line from the cursor on."""
        self.post_message(self.LineBegun())

    def on_click(self, event: events.Click) -> None:
        """Put the marker where it is clicked."""
        offset = event.get_content_offset(self)
        if offset is not None and self._profiles and offset.x >= self._gutter:
            room = max(1, self.content_size.width - self._gutter)
            self._move_to((offset.x - self._gutter) * self._track.count // room)

    def _move_to(self, mark: int) -> None:
        if self.shows_words or not self._profiles:
            return
        mark = min(max(mark, 0), self._track.count - 1)
        if mark != self._mark:
            self._mark = mark
            self.draw()
            self.post_message(self.MarkerMoved(self._track.pixel(mark)))


def _ends(values: np.ndarray) -> tuple[float, float]:
    """The least and the greatest finite value; 0 and 1 where there is none."""
    import numpy as np

    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)


def _nearest(track: Track, pixel: tuple[int, ...]) -> int:
    """The number of the pixel of a track that is nearest to one, along the axes that differ."""
    axes = list(track.axes)
    if not axes:
        return 0
    offsets = track.pixels()[:, axes] - [pixel[at] for at in axes]
    return int((offsets**2).sum(axis=1).argmin())
