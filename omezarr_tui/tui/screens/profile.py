"""Profiles beside the picture: along a row, a column, a drawn line, or the stepped axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from omezarr_tui.image.steering import placed
from omezarr_tui.text import visible
from omezarr_tui.tui import messages
from omezarr_tui.tui.plot_workers import Profiled
from omezarr_tui.tui.screens.plotting import PlottingScreen
from omezarr_tui.tui.widgets.picture_pane import PicturePane
from omezarr_tui.tui.widgets.profile_plot import ProfilePlot

if TYPE_CHECKING:
    from omezarr_tui.image.cursor import Cursor
    from omezarr_tui.image.plotted import Along
    from omezarr_tui.image.profile import Track


class ProfileScreen(PlottingScreen):
    """The part of the main screen that shows values along a line."""

    _along: Along = "row"
    _line_begin: Cursor | None = None
    _line_end: Cursor | None = None
    _tracks: list[tuple[int, Track]] | None = None
    _asked_tracks: list[tuple[int, Track]] | None = None
    _marker: Cursor | None = None  # where the marker put the cursor
    _read: Profiled | None = None

    def action_profile(self) -> None:
        """Values along the row of the cursor; along its column when it is a row already."""
        is_row = self.shown_plot is self.profile and self._along == "row"
        self._open_profile("column" if is_row else "row")

    def action_profile_axis(self) -> None:
        """Values along the axis that keys step along, or close them."""
        if self.focused is self.profile and self._along == "axis":
            self.close_plot()
            return
        request = self.panel.request
        if request is not None and request.view.moving is not None:
            self._open_profile("axis")

    @on(ProfilePlot.LineBegun)
    def _begin_line(self) -> None:
        self._line_begin, self._line_end = self.panel.cursor, None
        self._open_profile("line")
        self.panel.focusable_part.focus()
        self.tell("The line begins here: move the cursor to its end.")

    def _open_profile(self, along: Along) -> None:
        if self.picture is None:
            return
        if self.panel.cursor is None:
            self.panel.toggle_cursor()
        self._along, self._tracks, self._marker = along, None, None
        self.profile.show_words("")
        self.open_plot(self.profile, "")
        self._follow_profile()

    @on(messages.Painted)
    def _follow_profile(self) -> None:
        from omezarr_tui.image.plotted import line_on, tracks_of

        picture, cursor = self.picture, self.panel.cursor
        if self.shown_plot is not self.profile or picture is None:
            return
        if cursor is None:
            self.close_plot()
            return
        if self._along == "line" and self._is_marker and self._line_end is not None:
            cursor = self._line_end
        tracks = tracks_of(picture, cursor, self._along, self._line_begin)
        self._line_end = cursor
        if not tracks:
            self.close_plot()
            return
        self.panel.view.show_line(line_on(picture, tracks[0][1]))
        if tracks == self._tracks:
            self._show_read()
        else:
            self._tracks, self._asked_tracks = tracks, None
            self.plot_pane.choose(self.profile, self._title(tracks[0][1]))
            needed = sum(track.decoded_bytes for _, track in tracks)
            if needed > self.settings.ask_above_bytes:
                self._asked_tracks = tracks
                self.work.stop_plotting()
                self.profile.ask(needed, "It")
            else:
                self._read_profiles(tracks)

    @property
    def _is_marker(self) -> bool:
        """Whether the cursor is where the marker put it, and not the user."""
        return self._marker is not None and self._marker == self.panel.cursor

    def _read_profiles(self, tracks: list[tuple[int, Track]]) -> None:
        self.profile.wait()
        self.work.profile(tracks)

    @on(Profiled)
    def _profiled(self, event: Profiled) -> None:
        wanted = dict(self._tracks or [])
        if all(wanted.get(at) == profile.track for at, profile in event.profiles.items()):
            self._read = event
            self._show_read()

    def _show_read(self) -> None:
        """Show what was read of the tracks that are wanted."""
        from omezarr_tui.image.plotted import shown_channels

        picture, event = self.picture, self._read
        if picture is None or event is None or not event.profiles:
            return
        track = next(iter(event.profiles.values())).track
        if all(track != wanted for _, wanted in self._tracks or []):
            return
        told = f"level {track.level}: {self._sampling_text(track)}"
        if not event.is_whole:
            read = sum(int(profile.known.sum()) for profile in event.profiles.values())
            told += f" · {read} of {track.count * len(self._tracks or [])} read, Esc stops"
        self.profile.show_profiles(
            event.profiles,
            shown_channels(picture),
            picture.request.image.multiscale,
            told,
            self._mark_pixel(track),
        )

    def _mark_pixel(self, track: Track) -> tuple[int, ...]:
        """The pixel that the marker shall stand on: that of the cursor, or of the plane."""
        before = self.profile.pixel
        if before is not None and self._along in ("axis", "line"):
            return before
        from omezarr_tui.image.plotted import tracks_of

        assert self.picture is not None
        assert self.panel.cursor is not None
        if self._along == "axis":
            return self.picture.sampling.position
        return tracks_of(self.picture, self.panel.cursor, "line")[0][1].end

    def _sampling_text(self, track: Track) -> str:
        told = "every pixel"
        if len(track.axes) > 1:
            told = "the nearest pixel at each step"
        projection = self.picture.sampling.projection if self.picture else None
        if self.picture is None or projection is None or projection.axis in track.axes:
            return told
        name = visible(self.picture.request.image.multiscale.axes[projection.axis].name, 24)
        return f"{told} of {name} {track.start[projection.axis]}, not the {projection.method}"

    def _title(self, track: Track) -> str:
        assert self.picture is not None
        names = [visible(a.name, 24) for a in self.picture.request.image.multiscale.axes]
        sampling = self.picture.sampling
        if self._along == "line":
            ends = (
                ", ".join(f"{names[at]} {pixel[at]}" for at in (sampling.rows, sampling.columns))
                for pixel in (track.start, track.end)
            )
            return "Profile from {} to {}".format(*ends)
        view = self.picture.request.view
        along = {"row": sampling.columns, "column": sampling.rows}.get(self._along, view.moving)
        others = [sampling.rows, sampling.columns, view.moving]
        through = (f"{names[at]} {track.start[at]}" for at in others if at not in (along, None))
        assert along is not None
        return f"Profile along {names[along]} at {', '.join(through)}"

    # -- what its keys do -----------------------------------------------------------------

    @on(PicturePane.CursorPut)
    def _follow_cursor(self) -> None:
        self._follow_profile()

    @on(ProfilePlot.MarkerMoved)
    def _marker_moved(self, event: ProfilePlot.MarkerMoved) -> None:
        from omezarr_tui.image.plotted import cursor_on

        if self._along == "axis" or self.picture is None or self.panel.cursor is None:
            return
        self._marker = cursor_on(self.picture, self.panel.cursor, event.pixel)
        self.panel.put_cursor(self._marker)

    @on(ProfilePlot.Chosen)
    def _go_there(self, event: ProfilePlot.Chosen) -> None:
        if self._asked_tracks is not None:
            tracks, self._asked_tracks = self._asked_tracks, None
            self._read_profiles(tracks)
        elif event.pixel is not None and self.picture is not None:
            if self._along != "axis":
                self.panel.focusable_part.focus()
                return
            axis, size = self._stepped(event.pixel)
            self.steer(lambda request: placed(request, axis, event.pixel[axis], size))  # type: ignore[index]

    def _stepped(self, pixel: tuple[int, ...]) -> tuple[int, int]:
        """The axis that the profile runs along, and its size at that level."""
        assert self._tracks
        track = self._tracks[0][1]
        axis = track.axes[0] if track.axes else 0
        return axis, track.array.shape[axis]
