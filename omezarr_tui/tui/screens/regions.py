"""Reading out from the main screen: the pixel under the cursor, a region, its statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.timer import Timer

from omezarr_tui.tui import messages
from omezarr_tui.tui.readout_workers import Measured, PixelRead
from omezarr_tui.tui.screens.base import StoreScreen
from omezarr_tui.tui.widgets.axis_bar import AxisBar
from omezarr_tui.tui.widgets.measures import MeasuresView
from omezarr_tui.tui.widgets.picture import PictureView
from omezarr_tui.tui.widgets.picture_pane import PicturePane

if TYPE_CHECKING:
    from omezarr_tui.image.measuring import Measuring
    from omezarr_tui.image.plotted import Counting
    from omezarr_tui.image.region import Region
    from omezarr_tui.image.statistics import Statistics

_REST = 0.2  # seconds that the cursor must rest before a pixel is read for it


class RegionScreen(StoreScreen):
    """The part of the main screen that reads values out of the picture."""

    drawn_region: Region | None = None
    """The region that was drawn, in pixels of the finest level."""
    _told_region: Region | None = None
    _anchor: Region | None = None  # where the region that is being drawn begins
    _region_image: object = None  # the image that it lies on
    _resting_cursor: Timer | None = None
    _pixel: Counting | None = None
    _measuring: Measuring | None = None
    _statistics: dict[int, Statistics] | None = None
    _allowed: Measuring | None = None
    _all_channels = False

    # -- the region -----------------------------------------------------------------------

    def action_region(self) -> None:
        """Begin a region at the cursor; finish the one that is being drawn."""
        if self.panel.picture is None:
            return
        if self._anchor is not None:
            self.action_region_done()
            return
        if self.panel.cursor is None:
            self.panel.toggle_cursor()
        if (begin := self._region_at_cursor()) is not None:
            self._anchor = self.drawn_region = begin
            self.panel.view.draws_regions = True
            self.panel.focusable_part.focus()
            self._show_region()
            self.tell("The region begins here: move to its other corner, Enter ends it, Esc drops.")

    def action_region_done(self) -> None:
        """Finish the region that is being drawn."""
        if self._anchor is not None:
            self._anchor = None
            self.panel.view.draws_regions = False
            self._show_region()

    def drop_region(self) -> bool:
        """Drop the region; whether there was one."""
        had, self.drawn_region = self.drawn_region is not None, None
        self.action_region_done()
        self._show_region()
        return had

    @on(PicturePane.CursorPut)
    def _cursor_put(self) -> None:
        if self._anchor is not None and (here := self._region_at_cursor()) is not None:
            self.drawn_region = self._anchor.joined(here)
            self._show_region()
        self._rest_cursor()

    @on(PictureView.Dragged)
    def _dragged(self, event: PictureView.Dragged) -> None:
        from omezarr_tui.image.region import region_between

        if (picture := self.panel.picture) is None:
            return
        rows, columns = picture.sampling.grid
        start, end = (
            (min(row, rows - 1), min(column, columns - 1))
            for row, column in (event.start, event.end)
        )
        self._region_image = picture.request.image.multiscale
        self.drawn_region = region_between(picture.sampling, picture.request.view, start, end)
        if event.done:
            self._anchor = None
            self.panel.view.draws_regions = False
        self._show_region()

    def _region_at_cursor(self) -> Region | None:
        from omezarr_tui.image.region import region_between

        picture, mark = self.panel.picture, self.panel.mark
        if picture is None or mark is None:
            return None
        self._region_image = picture.request.image.multiscale
        return region_between(picture.sampling, picture.request.view, mark, mark)

    def _show_region(self) -> None:
        picture = self.panel.picture
        if picture is not None and self._region_image not in (
            None, picture.request.image.multiscale
        ):  # fmt: skip
            self._anchor = self.drawn_region = self._region_image = None
            self.panel.view.draws_regions = False
        box = self.drawn_region.box(picture.sampling) if self.drawn_region and picture else None
        self.panel.view.show_region(box)
        if self.drawn_region != self._told_region:
            self._told_region = self.drawn_region
            self.post_message(messages.RegionDrawn())
        self._follow_measures()

    # -- statistics -----------------------------------------------------------------------

    @property
    def measures(self) -> MeasuresView:
        """The panel of statistics."""
        return self.query_one(MeasuresView)

    @property
    def statistics_text(self) -> str | None:
        """The statistics that are shown, as lines to copy; None where none are."""
        from omezarr_tui.image.measuring import statistics_text

        if self._measuring is None or not self._statistics:
            return None
        return statistics_text(self._measuring, self._statistics)

    def action_statistics(self) -> None:
        """Tell statistics; read what was asked about; then of all channels; then no more."""
        from omezarr_tui.image.channels import channel_count

        picture = self.panel.picture
        wanted = self._measuring
        if not self.panel.has_class("-measured"):
            if picture is not None:
                self.panel.add_class("-measured")
                self._follow_measures()
        elif wanted is not None and self._asks(wanted):
            self._allowed = wanted
            self._read_statistics(wanted)
        elif (
            picture is not None
            and not self._all_channels
            and channel_count(picture.request.image) > len(picture.layers)
        ):
            self._all_channels = True
            self._follow_measures()
        else:
            self.close_measures()

    def close_measures(self) -> bool:
        """Tell no statistics any more; whether they were told."""
        if not self.panel.has_class("-measured"):
            return False
        self.work.stop_summing()
        self.panel.remove_class("-measured")
        self._measuring = self._statistics = self._allowed = None
        self._all_channels = False
        return True

    def measuring_stopped(self) -> None:
        """Say that the user stopped the reading for statistics."""
        if self._measuring is not None:
            self.measures.show(self._measuring, {}, "reading was stopped")

    def _follow_measures(self) -> None:
        from omezarr_tui.image.measuring import measuring_of

        picture = self.panel.picture
        if picture is None or not self.panel.has_class("-measured"):
            return
        budget = self.settings.ask_above_bytes
        wanted = measuring_of(picture, self.drawn_region, budget, all_channels=self._all_channels)
        if wanted == self._measuring:
            return
        self._measuring, self._statistics = wanted, None
        if self._asks(wanted):
            self.work.stop_summing()
            self.measures.ask(wanted)
        else:
            self._read_statistics(wanted)

    def _asks(self, wanted: Measuring) -> bool:
        return wanted.needed > self.settings.ask_above_bytes and wanted != self._allowed

    def _read_statistics(self, wanted: Measuring) -> None:
        self.measures.show(wanted, {}, "reading… Esc stops")
        self.work.measure(wanted)

    @on(Measured)
    def _statistics_read(self, event: Measured) -> None:
        wanted = event.wanted
        if wanted != self._measuring:
            return
        self._statistics = event.found if event.is_whole and event.error is None else None
        if event.error is not None:
            self.measures.fail(wanted, event.error)
        elif event.is_whole:
            self.measures.show(wanted, event.found)
        else:
            part = event.read / (wanted.counting.pixels * len(wanted.counting.regions))
            self.measures.show(wanted, event.found, f"reading… {part:4.0%}, Esc stops")

    # -- the pixel under the cursor -------------------------------------------------------

    @on(messages.Painted)
    def _follow_picture(self) -> None:
        self._show_region()
        self._rest_cursor()

    def _rest_cursor(self) -> None:
        if self._resting_cursor is not None:
            self._resting_cursor.stop()
        self._pixel = None
        if self.panel.cursor is not None:
            self._resting_cursor = self.set_timer(_REST, self._read_pixel)

    def _read_pixel(self) -> None:
        from omezarr_tui.image.under_cursor import pixel_under

        picture, cursor = self.panel.picture, self.panel.cursor
        if picture is None or cursor is None or picture.sampling.projection is not None:
            return
        wanted = pixel_under(picture, cursor)
        if wanted.decoded_bytes <= self.settings.ask_above_bytes:
            self._pixel = wanted
            self.work.read_pixel(wanted)

    @on(PixelRead)
    def _pixel_read(self, event: PixelRead) -> None:
        from omezarr_tui.image.under_cursor import pixel_texts

        picture, mark = self.panel.picture, self.panel.mark
        if event.wanted == self._pixel and picture is not None and mark is not None:
            why = [event.error.why] if event.error is not None else []
            self.query_one(AxisBar).show_pixel(
                *(
                    [*pixel_texts(picture, event.wanted, event.values, brief=brief), *why]
                    for brief in (False, True)
                )
            )
