"""The small map of the whole plane, made in a thread out of what is at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from omezarr_tui.errors import UserError
from omezarr_tui.settings import MIB
from omezarr_tui.tui.edit_workers import EditWorkers
from omezarr_tui.tui.lane import IsCancelled, Lane

if TYPE_CHECKING:
    from textual.screen import Screen

    from omezarr_tui.image.cells import Frame
    from omezarr_tui.image.overview import Overview
    from omezarr_tui.image.picture import PictureRequest
    from omezarr_tui.image.reader import Reader
    from omezarr_tui.store.access import Access

# Uncompressed bytes that are read for a map besides what is kept: of a coarse level.
_MOST_BYTES = 4 * MIB
_MOST_BYTES_FAR = MIB // 4


@dataclass
class OverviewMade(Message):
    """The whole plane, small; without its pixels where too much would have to be read."""

    request: PictureRequest
    frame: Frame


class OverviewWorkers(EditWorkers):
    """The part of the workers that makes the map.

    Parameters
    ----------
    screen
        Gets the answers.
    access
        The store.
    """

    def __init__(self, screen: Screen[None], access: Access) -> None:
        super().__init__(screen, access)
        self._overviewing = Lane(screen, "overview")

    def get_reader(self) -> Reader:
        """What all read pixels with: what one of them decoded the others need not read."""
        raise NotImplementedError

    def make_overview(self, overview: Overview) -> None:
        """Ask for the map of a plane: `OverviewMade`."""
        most = _MOST_BYTES if self._access.traffic is None else _MOST_BYTES_FAR

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.image.overview import blank_overview
            from omezarr_tui.image.picture import Painter

            request, reader = overview.request, self.get_reader()
            missing = sum(reader.missing_bytes(s.array, s.region) for _, s in request.samplings())
            try:
                if missing <= most:
                    frame = Painter(reader).paint(request, cancelled).frame
                    return OverviewMade(request, frame)
            except UserError:  # a level that fails is told of where it is looked at
                pass
            return OverviewMade(request, blank_overview(overview))

        self._overviewing.run(job)

    def stop_overview(self) -> None:
        """Make no map: nobody would see it."""
        self._overviewing.stop()
