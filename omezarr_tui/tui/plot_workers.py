"""What the screen on a store asks for to draw plots, in threads: counts and profiles."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from textual.message import Message

from omezarr_tui.errors import UserError
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.tui.edit_workers import EditWorkers
from omezarr_tui.tui.lane import IsCancelled, Lane, told

if TYPE_CHECKING:
    from textual.screen import Screen

    from omezarr_tui.image.histogram import Histogram
    from omezarr_tui.image.plotted import Counting
    from omezarr_tui.image.profile import Profile, Track
    from omezarr_tui.image.reader import Reader
    from omezarr_tui.store.access import Access

_GROWTH = 0.15  # seconds between two looks at a profile that is being read


@dataclass
class Tallied(Message):
    """Values were counted: a histogram for each channel, by its position."""

    counting: Counting
    histograms: dict[int, Histogram]


@dataclass
class Profiled(Message):
    """Profiles by the positions of their channels, as far as they were read."""

    profiles: dict[int, Profile]
    is_whole: bool


@dataclass
class NotPlotted(Message):
    """Values for a plot cannot be read."""

    error: UserError


class PlotWorkers(EditWorkers):
    """The part of the workers that reads for plots.

    Parameters
    ----------
    screen
        Gets the answers.
    access
        The store.
    """

    def __init__(self, screen: Screen[None], access: Access) -> None:
        super().__init__(screen, access)
        self._plotting = Lane(screen, "plot")

    def get_reader(self) -> Reader:
        """What all read pixels with: what one of them decoded the others need not read."""
        raise NotImplementedError

    def tally(self, counting: Counting) -> None:
        """Ask for histograms: `Tallied` or `NotPlotted`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.image.counted import histogram_in

            reader = self.get_reader()
            try:
                counted = {
                    channel: histogram_in(reader, counting, region, cancelled)
                    for channel, region in counting.regions
                }
            except Cancelled:
                raise
            except Exception as error:  # codecs may raise anything
                return NotPlotted(told(error))
            return Tallied(counting, counted)

        self._plotting.run(job)

    def profile(self, tracks: list[tuple[int, Track]]) -> None:
        """Ask for profiles: `Profiled`, now and then and at the end, or `NotPlotted`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.image.profile import read_profile

            reader, last = self.get_reader(), monotonic()
            read: dict[int, Profile] = {}
            try:
                for channel, track in tracks:

                    def grown(profile: Profile, channel: int = channel) -> None:
                        nonlocal last
                        if monotonic() - last > _GROWTH:
                            last = monotonic()
                            self._tell(Profiled({**read, channel: profile.copy()}, False))

                    read[channel] = read_profile(reader, track, grown, cancelled)
            except Cancelled:
                raise
            except Exception as error:  # codecs may raise anything
                return NotPlotted(told(error))
            return Profiled(read, True)

        self._plotting.run(job)

    @property
    def is_plotting(self) -> bool:
        """Whether values for a plot are being read."""
        return self._plotting.busy

    def stop_plotting(self) -> None:
        """Stop reading for a plot: nobody looks at it any more."""
        self._plotting.stop()
