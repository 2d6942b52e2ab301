"""The histogram beside the picture: it follows what is seen, and its window is the picture's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Input

from omezarr_tui.image.typed_window import exact, parse_window
from omezarr_tui.tui import messages
from omezarr_tui.tui.plot_workers import Tallied
from omezarr_tui.tui.screens.plotting import PlottingScreen
from omezarr_tui.tui.widgets.histogram_plot import HistogramPlot

if TYPE_CHECKING:
    from omezarr_tui.image.plotted import Counting, Scope

_TITLES: dict[Scope, str] = {
    "region": "Histogram of the region",
    "seen": "Histogram of what is seen",
    "plane": "Histogram of the plane",
    "level": "Histogram of the coarsest level",
}


class HistogramScreen(PlottingScreen):
    """The part of the main screen that shows how often values occur."""

    _scope: Scope = "seen"
    _wanted: Counting | None = None
    _asked_counting: Counting | None = None

    def action_histogram(self) -> None:
        """Open the histogram, go to it, or close it."""
        if self.focused is self.histogram:
            self.close_plot()
        elif self.picture is not None:
            self._wanted = None
            self._scope = "region" if self._can_count_region else self._scope
            self.histogram.show_words("")
            self.open_plot(self.histogram, _TITLES[self._scope])
            self._follow_histogram()

    @property
    def _can_count_region(self) -> bool:
        """Whether a region lies in the plane that is shown."""
        picture, region = self.picture, self.drawn_region
        return bool(picture and region and region.is_across(picture.request.view))

    @on(messages.RegionDrawn)
    @on(messages.Painted)
    def _follow_histogram(self) -> None:
        from omezarr_tui.image.plotted import counting_of, shown_channels

        picture = self.picture
        if self.shown_plot is not self.histogram or picture is None:
            return
        if picture.request == self.panel.request:
            self.histogram.show_channels(shown_channels(picture), picture.layer.channel)
        if self._scope == "region" and not self._can_count_region:
            self._scope = "seen"
        self.plot_pane.choose(self.histogram, _TITLES[self._scope])
        wanted = counting_of(picture, self._scope, self.drawn_region)
        if wanted == self._wanted:
            return
        self._wanted, self._asked_counting = wanted, None
        # What is seen was read for the picture already, with leave where it was much.
        if self._scope != "seen" and wanted.decoded_bytes > self.settings.ask_above_bytes:
            self._asked_counting = wanted
            self.work.stop_plotting()
            self.histogram.ask(wanted.decoded_bytes, _TITLES[self._scope].partition(" of ")[2])
        else:
            self._count(wanted)

    def _count(self, wanted: Counting) -> None:
        self.histogram.wait()
        self.work.tally(wanted)

    @on(Tallied)
    def _tallied(self, event: Tallied) -> None:
        from omezarr_tui.image.plotted import counting_text

        if event.counting == self._wanted and self.picture is not None:
            axes = self.picture.request.image.multiscale.axes
            told = counting_text(event.counting, [axis.name for axis in axes])
            self.histogram.show_counts(event.histograms, event.counting, told)

    @on(HistogramPlot.ScopeChanged)
    def _other_scope(self) -> None:
        from omezarr_tui.image.plotted import SCOPES

        scopes = [one for one in SCOPES if one != "region" or self._can_count_region]
        self._scope = scopes[(scopes.index(self._scope) + 1) % len(scopes)]
        self._follow_histogram()

    @on(HistogramPlot.WindowSet)
    def _window_set(self, event: HistogramPlot.WindowSet) -> None:
        from omezarr_tui.image.styling import with_window

        self.steer(lambda request: with_window(request, event.channel, event.window))

    # -- typing the window ----------------------------------------------------------------

    @on(HistogramPlot.Typing)
    def _type(self) -> None:
        if self._asked_counting is not None:
            wanted, self._asked_counting = self._asked_counting, None
            self._count(wanted)
        elif not self.histogram.shows_words and self.histogram.channels:
            window = self.histogram.window
            self.plot_pane.add_class("-typing")
            self.edges.value = f"{exact(window.start)} {exact(window.end)}"
            self.edges.focus()

    @on(Input.Submitted, "#edges")
    def _typed(self, event: Input.Submitted) -> None:
        try:
            window = parse_window(event.value)
        except ValueError as error:
            self.plot_pane.border_subtitle = str(error)
            return
        self.leave_typing()
        self.histogram.set_window(window)
