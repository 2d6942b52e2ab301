"""Reading what will be looked at next, while nobody asks for anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omezarr_tui.image.prefetch import read_ahead, views_ahead
from omezarr_tui.tui.edit_workers import EditWorkers
from omezarr_tui.tui.lane import IsCancelled, Lane

if TYPE_CHECKING:
    from textual.screen import Screen

    from omezarr_tui.image.picture import PictureRequest
    from omezarr_tui.image.reader import Reader
    from omezarr_tui.settings import Settings
    from omezarr_tui.store.access import Access

_SHARE = 4  # of the cache, that what nobody asked for may take


class PrefetchWorkers(EditWorkers):
    """The part of the workers that reads ahead.

    Parameters
    ----------
    screen
        Runs the threads.
    access
        The store.
    """

    _settings: Settings

    def __init__(self, screen: Screen[None], access: Access) -> None:
        super().__init__(screen, access)
        self._reading_ahead = Lane(screen, "read ahead")
        self._shown: PictureRequest | None = None

    def get_reader(self) -> Reader:
        """What all read pixels with: what one of them decoded the others need not read."""
        raise NotImplementedError

    def read_on(self, request: PictureRequest) -> None:
        """A picture is on the screen: read what comes next, if a step led to it."""
        before, self._shown = self._shown, request
        if before is None or before.image != request.image:
            return
        views = list(views_ahead(before.view, request.view))
        if not views:
            return

        most = self._settings.cache_bytes // _SHARE
        if self._access.traffic is not None:
            most = min(most, self._settings.prefetch_bytes)

        def job(cancelled: IsCancelled) -> None:
            read_ahead(self.get_reader(), request, views, most, cancelled)

        self._reading_ahead.run(job)

    def stop_reading_on(self) -> None:
        """Leave the disk and the processors to what is asked for."""
        self._reading_ahead.stop()
