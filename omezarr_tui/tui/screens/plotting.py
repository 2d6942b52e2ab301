"""What the main screen does for every plot: make room for it, close it, tell what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.content import Content

from omezarr_tui.tui import messages
from omezarr_tui.tui.plot_workers import NotPlotted
from omezarr_tui.tui.screens.base import StoreScreen
from omezarr_tui.tui.widgets.histogram_plot import HistogramPlot
from omezarr_tui.tui.widgets.plot import Plot, PlotPane
from omezarr_tui.tui.widgets.profile_plot import ProfilePlot

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.widgets import Input

    from omezarr_tui.image.picture import Picture, PictureRequest
    from omezarr_tui.image.region import Region as DrawnRegion


class PlottingScreen(StoreScreen):
    """The part of the main screen that plots stand on."""

    drawn_region: DrawnRegion | None = None

    def steer(self, change: Callable[[PictureRequest], PictureRequest]) -> None:
        """Change what is looked at, or how."""
        raise NotImplementedError

    @property
    def plot_pane(self) -> PlotPane:
        """The place of plots."""
        return self.query_one(PlotPane)

    @property
    def histogram(self) -> HistogramPlot:
        """The plot of counts."""
        return self.query_one(HistogramPlot)

    @property
    def profile(self) -> ProfilePlot:
        """The plot of values along a line."""
        return self.query_one(ProfilePlot)

    @property
    def shown_plot(self) -> Plot | None:
        """The plot that is open."""
        chosen = self.plot_pane.chosen if self.has_class("-plotting") else None
        return chosen if isinstance(chosen, Plot) else None

    @property
    def picture(self) -> Picture | None:
        """The picture that plots are about; none while another image is on its way."""
        return self.panel.picture

    def open_plot(self, plot: Plot, title: str) -> None:
        """Show a plot in the place of the info, and give it the focus."""
        self.panel.view.show_line(None)
        self.plot_pane.choose(plot, title)
        self.add_class("-plotting")
        if self.focused is not plot:
            self.show_pane("picture")
            plot.focus()

    def close_plot(self) -> bool:
        """Close the plot that is open; whether there was one."""
        plot = self.shown_plot
        if plot is None:
            return False
        self.work.stop_plotting()
        had_focus = self.focused is plot or self.edges.has_focus
        self.leave_typing()
        self.panel.view.show_line(None)
        self.remove_class("-plotting")
        if had_focus:
            self.panel.focusable_part.focus()
        return True

    def plot_stopped(self) -> None:
        """Say that the user stopped the reading for a plot."""
        if (plot := self.shown_plot) is not None:
            plot.show_words("Reading was stopped.")

    # -- the line to type in --------------------------------------------------------------

    @property
    def edges(self) -> Input:
        """The line in which a window is typed."""
        from textual.widgets import Input

        return self.query_one("#edges", Input)

    def leave_typing(self) -> bool:
        """Close the line in which numbers are typed; whether it was open."""
        if not self.plot_pane.has_class("-typing"):
            return False
        self.plot_pane.remove_class("-typing")
        self.plot_pane.border_subtitle = ""
        self.histogram.focus()
        return True

    # -- what workers answer --------------------------------------------------------------

    @on(NotPlotted)
    def _not_plotted(self, event: NotPlotted) -> None:
        if (plot := self.shown_plot) is not None:
            plot.show_words(
                Content.assemble(
                    ("This cannot be plotted.\n\n", "b $text-error"),
                    f"{event.error.what}\n{event.error.why}",
                )
            )

    @on(messages.NotPainted)
    @on(messages.PaintingAsks)
    def _no_picture(self) -> None:
        if (plot := self.shown_plot) is not None and self.picture is None:
            self.work.stop_plotting()
            plot.show_words("There is no picture to plot.")

    @on(messages.Described)
    def _node_changed(self) -> None:
        if self.panel.request is None:
            self.close_plot()
