"""The only door from the screen to the store: every read and write runs here, in a thread.

A worker ends in one message to the screen that asked. Of pictures only the newest request
counts: it replaces the one that waits and stops the one that runs at its next chunk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.message import Message

from omezarr_tui.errors import UserError, explain
from omezarr_tui.ome.discover import image_of, named_children
from omezarr_tui.ome.series import series_of
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.listing import list_page, open_below
from omezarr_tui.store.node import Array, Group, Node
from omezarr_tui.store.search import find_by_name
from omezarr_tui.store.stored import measure_stored
from omezarr_tui.store.waiting import Cancel, Cancelled, given_up_by
from omezarr_tui.tui import messages
from omezarr_tui.tui.keep_workers import KeepWorkers
from omezarr_tui.tui.label_workers import LabelWorkers
from omezarr_tui.tui.lane import IsCancelled, Lane, told
from omezarr_tui.tui.overview_workers import OverviewWorkers
from omezarr_tui.tui.plate_workers import PlateWorkers
from omezarr_tui.tui.plot_workers import PlotWorkers
from omezarr_tui.tui.prefetch_workers import PrefetchWorkers
from omezarr_tui.tui.readout_workers import ReadoutWorkers
from omezarr_tui.tui.table_workers import TableWorkers
from omezarr_tui.tui.taking_workers import TakingWorkers
from omezarr_tui.tui.widgets.picture_pixels import pixel_rows

if TYPE_CHECKING:
    from textual.screen import Screen

    from omezarr_tui.image.picture import Painter, PictureRequest
    from omezarr_tui.image.reader import Reader
    from omezarr_tui.settings import Settings
    from omezarr_tui.store.access import Access
    from omezarr_tui.store.listing import Listing
    from omezarr_tui.tui.graphics import Graphics


class Workers(
    PlateWorkers,
    PlotWorkers,
    ReadoutWorkers,
    PrefetchWorkers,
    LabelWorkers,
    KeepWorkers,
    TableWorkers,
    TakingWorkers,
    OverviewWorkers,
):
    """All that the screen can ask of one store.

    Parameters
    ----------
    screen
        Gets the answers.
    access
        The store.
    settings
        The user's budgets.
    """

    def __init__(self, screen: Screen[None], access: Access, settings: Settings) -> None:
        super().__init__(screen, access, settings)
        self._painter: Painter | None = None
        self.graphics: Graphics | None = None  # how the terminal shows true pixels, if it does
        self._reader: Reader | None = None
        self._making = threading.Lock()
        self._listing = Cancel()  # all pages that are being listed
        self._describing = Lane(screen, "describe")
        self._painting = Lane(screen, "paint")
        self._searching = Lane(screen, "search")
        self._counting = Lane(screen, "count")

    def warm_up(self) -> None:
        """Import what pictures need, while the user looks at the first frame."""

        def job() -> None:
            import numpy as np

            from omezarr_tui.store.arrays import prepare

            prepare()
            np.percentile(np.zeros(2), 50)  # numpy loads the rest of itself on first use

        self._thread("warm up", job)

    def list_children(self, group: Group, before: Listing | None, rows: int | None = None) -> None:
        """Ask for the next page of a group's children: `Listed` or `NotListed`."""
        cancel = self._listing

        def job() -> None:
            try:
                page = rows or self._settings.page_rows
                with given_up_by(cancel):
                    listing = list_page(self._access, group, page, named_children, before)
                answer: Message = messages.Listed(listing)
            except Cancelled:
                answer = messages.NotListed(group, "stopped; close and open it to try again")
            except Exception as error:  # whatever it is, the tree tells it in its place
                answer = messages.NotListed(group, explain(error))
            self._screen.post_message(answer)

        self._thread("list", job)

    def open_below(self, group: Group) -> None:
        """Ask for the pages of all groups below one: `OpenedBelow`."""

        def job(cancelled: IsCancelled) -> Message:
            listings, complete = open_below(
                self._access,
                group,
                self._settings.page_rows,
                self._settings.expand_nodes,
                named_children,
                cancelled,
            )
            return messages.OpenedBelow(listings, complete)

        self._searching.run(job)

    def search(self, top: Node, text: str) -> None:
        """Ask for the nodes whose names contain a text: `Searched`."""

        def job(cancelled: IsCancelled) -> Message:
            found = find_by_name(self._access, top, text, named=named_children, cancelled=cancelled)
            if cancelled():
                raise Cancelled
            return messages.Searched(text, found)

        self._searching.run(job)

    def describe(self, node: Node, *, again: bool = False) -> None:
        """Ask what image a node is: `Described` or `NotDescribed`.

        Parameters
        ----------
        node
            Any node.
        again
            Whether to read its document again, which may not have come.
        """

        def job(cancelled: IsCancelled) -> Message:
            try:
                now = (read_node(self._access, node.path) or node) if again else node
                image = image_of(self._access, now)
                series = series_of(self._access, now)
                place = self.place_of(now.path)
                table = None
                if image is None and isinstance(now, Group) and "encoding-type" in now.attributes:
                    from omezarr_tui.image.frames import encoded

                    table = encoded(self._access, now)
                left = self.view_left(image.multiscale.path) if image else None
            except Cancelled:
                raise
            except Exception as error:  # whatever it is, the user is told and goes on
                return messages.NotDescribed(node, told(error))
            before = node if again else None
            return messages.Described(now, image, before, series, place, left, table)

        self._describing.run(job)

    def paint(self, request: PictureRequest) -> None:
        """Ask for a picture: `Painted`, `NotPainted` or `PaintingAsks`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.image.picture import TooLarge

            self._paint_coarser(request, cancelled)
            try:
                picture = self._get_painter().paint(request, cancelled)
                if picture.frame.pixels is not None and self.graphics is not None:
                    # Encoded here, it is there already when the screen paints it.
                    pixel_rows(picture.frame, self.graphics.protocol)
                return messages.Painted(picture)
            except TooLarge as question:
                return messages.PaintingAsks(request, question.sampling)
            except Cancelled:
                raise
            except Exception as error:  # codecs may raise anything
                return messages.NotPainted(request, told(error))

        self.stop_reading_on()
        self._painting.run(job)

    def _paint_coarser(self, request: PictureRequest, cancelled: IsCancelled) -> None:
        """Tell of the picture of a coarser level first, where the one that is wanted takes long."""
        from dataclasses import replace

        from omezarr_tui.image.picture import TooLarge
        from omezarr_tui.image.progressive import coarser_first

        far = self._access.traffic is not None
        first = coarser_first(request, self.get_reader(), is_far=far)
        if first is None:
            return
        with suppress(TooLarge, UserError):  # the wanted one tells what is wrong
            early = self._get_painter().paint(first, cancelled)
            self._tell(messages.Painted(replace(early, request=request, preliminary=True)))

    def count_stored(self, nodes: list[Array]) -> None:
        """Ask what is stored of arrays: `Counting` now and then, `Counted` for each."""

        def job(cancelled: IsCancelled) -> None:
            for node in nodes:

                def progress(objects: int, nbytes: int, node: Array = node) -> None:
                    self._tell(messages.Counting(node, objects, nbytes))

                try:
                    stored = measure_stored(
                        self._access, node, progress=progress, cancelled=cancelled
                    )
                except Cancelled:
                    self._tell(messages.Counted(node, None, is_last=True))
                    return
                self._tell(messages.Counted(node, stored, is_last=node is nodes[-1]))

        self._counting.run(job)

    def stop(self) -> str | None:
        """Stop what the user may be waiting for; its name, None where nothing ran."""
        for lane, name in (
            (self._writing, "writing"),
            (self._planning, "planning"),
            (self._counting, "counting"),
            (self._searching, "search"),
            (self._opening_place, "reading"),
            (self._labelling, "reading"),
            (self._plotting, "plotting"),
            (self._summing, "summing"),
            (self._painting, "reading"),
            (self._filling, "reading"),
            (self._enveloping, "reading"),
            (self._describing, "reading"),
            (self._remembering, "reading"),
            (self._measuring, "measuring"),
        ):
            if lane.stop():
                return name
        if self._listing.is_awaited:
            self._listing.set()
            self._listing = Cancel()
            return "listing"
        return None

    def leave(self) -> None:
        """Stop all that reads: nobody waits for it any more, and the threads must end."""
        for lane in (
            self._planning,
            self._counting,
            self._searching,
            self._opening_place,
            self._labelling,
            self._painting,
            self._describing,
            self._remembering,
            self._reading_again,
            self._measuring,
            self._plotting,
        ):
            lane.stop()
        self.stop_reading_out()
        self.stop_taking()
        self.stop_tables()
        self.stop_reading_on()
        self.stop_overview()
        self._listing.set()

    def stop_search(self) -> None:
        """Stop a search whose answer nobody waits for any more."""
        self._searching.stop()

    def forget(self) -> None:
        """Read values anew the next time: some were changed."""
        self.forget_places()
        if self._painter is not None:
            self._painter.forget()

    def get_reader(self) -> Reader:
        """What all lanes read pixels with: what one of them decoded the others need not read."""
        with self._making:
            if self._reader is None:
                from omezarr_tui.image.reader import Reader

                self._reader = Reader(self._access, cache_bytes=self._settings.cache_bytes)
            return self._reader

    def _get_painter(self) -> Painter:
        # Only the painting lane calls this, so no two threads make one.
        if self._painter is None:
            from omezarr_tui.image.picture import Painter

            self._painter = Painter(self.get_reader())
        return self._painter

    def _thread(self, name: str, job: Callable[[], None]) -> None:
        self._screen.run_worker(job, name=name, group=name, thread=True, exit_on_error=False)
