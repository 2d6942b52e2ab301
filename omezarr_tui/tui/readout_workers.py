"""What the screen on a store asks for to read values out, in threads: pixels, regions, chunks."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.message import Message

from omezarr_tui.errors import UserError
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.tui.edit_workers import EditWorkers
from omezarr_tui.tui.lane import IsCancelled, Lane, told

if TYPE_CHECKING:
    import numpy as np
    from textual.screen import Screen

    from omezarr_tui.image.chunk_map import ChunkFacts, ChunkPlane, Spot
    from omezarr_tui.image.measuring import Measuring
    from omezarr_tui.image.numbers import NumbersWanted
    from omezarr_tui.image.plotted import Counting
    from omezarr_tui.image.reader import Reader
    from omezarr_tui.image.statistics import Statistics
    from omezarr_tui.store.access import Access

_EVERY = 0.2  # seconds between two looks at what is under way


@dataclass
class PixelRead(Message):
    """The values of a pixel, by the positions of their channels; or why they are not known."""

    wanted: Counting
    values: dict[int, Any]
    error: UserError | None = None


@dataclass
class Measured(Message):
    """Statistics by the positions of their channels, and how many pixels were read so far."""

    wanted: Measuring
    found: dict[int, Statistics]
    read: int
    is_whole: bool
    error: UserError | None = None


@dataclass
class NumbersRead(Message):
    """A part of a plane (rows, columns); None where it cannot be read."""

    wanted: NumbersWanted
    values: np.ndarray[Any, Any] | None
    error: UserError | None = None


@dataclass
class ChunksSeen(Message):
    """Chunks were looked at, or decoded; with the last of them `is_last` is true."""

    plane: ChunkPlane
    facts: dict[Spot, ChunkFacts]
    is_last: bool
    error: UserError | None = None


class ReadoutWorkers(EditWorkers):
    """The part of the workers that reads values out.

    Parameters
    ----------
    screen
        Gets the answers.
    access
        The store.
    """

    def __init__(self, screen: Screen[None], access: Access) -> None:
        super().__init__(screen, access)
        self._pointing = Lane(screen, "point")
        self._summing = Lane(screen, "statistics")
        self._tabulating = Lane(screen, "numbers")
        self._mapping = Lane(screen, "chunks")

    def get_reader(self) -> Reader:
        """What all read pixels with: what one of them decoded the others need not read."""
        raise NotImplementedError

    def read_pixel(self, wanted: Counting) -> None:
        """Ask for the values of a pixel: `PixelRead`."""

        def job(cancelled: IsCancelled) -> Message:
            reader = self.get_reader()
            try:
                values = {
                    channel: block.values.reshape(-1)[0]
                    for channel, region in wanted.regions
                    for block in reader.blocks(wanted.array, region, cancelled)
                }
            except Cancelled:
                raise
            except Exception as error:  # codecs may raise anything
                return PixelRead(wanted, {}, told(error))
            return PixelRead(wanted, values)

        self._pointing.run(job)

    def measure(self, wanted: Measuring) -> None:
        """Ask for statistics: `Measured`, now and then and at the end."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.image.counted import statistics_in

            reader = self.get_reader()
            found: dict[int, Statistics] = {}
            read, last = 0, monotonic()

            def noted(count: int) -> None:
                nonlocal read, last
                read += count
                if monotonic() - last > _EVERY:
                    last = monotonic()
                    self._tell(Measured(wanted, dict(found), read, False))

            try:
                for channel, region in wanted.counting.regions:
                    found[channel] = statistics_in(
                        reader, wanted.counting, region, cancelled, noted
                    )
            except Cancelled:
                raise
            except Exception as error:  # codecs may raise anything
                return Measured(wanted, found, read, True, told(error))
            return Measured(wanted, found, read, True)

        self._summing.run(job)

    def tabulate(self, wanted: NumbersWanted) -> None:
        """Ask for the values of a part of a plane: `NumbersRead`."""

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.image.numbers import read_numbers

            try:
                return NumbersRead(wanted, read_numbers(self.get_reader(), wanted, cancelled))
            except Cancelled:
                raise
            except Exception as error:  # codecs may raise anything
                return NumbersRead(wanted, None, told(error))

        self._tabulating.run(job)

    def look_at_chunks(
        self, plane: ChunkPlane, known: dict[Spot, ChunkFacts], *, decoding: bool
    ) -> None:
        """Ask which chunks are stored, or which of them decode: `ChunksSeen`, now and then.

        Parameters
        ----------
        known
            The chunks, each with what is known of it.
        """

        def job(cancelled: IsCancelled) -> Message:
            from omezarr_tui.image.chunk_map import decode, look_up

            facts: dict[Spot, ChunkFacts] = {}
            last = monotonic()
            work = (
                decode(self._access, plane, known.items(), cancelled)
                if decoding
                else look_up(self._access, plane, known, cancelled)
            )
            try:
                for spot, found in work:
                    facts[spot] = found
                    if monotonic() - last > _EVERY:
                        last = monotonic()
                        self._tell(ChunksSeen(plane, facts, False))
                        facts = {}
            except Cancelled:
                self._tell(ChunksSeen(plane, facts, True))
                raise
            except Exception as error:  # whatever it is, the map tells it
                return ChunksSeen(plane, facts, True, told(error))
            return ChunksSeen(plane, facts, True)

        self._mapping.run(job)

    def stop_summing(self) -> bool:
        """Stop reading for statistics; whether it was."""
        return self._summing.stop()

    def stop_tabulating(self) -> bool:
        """Stop reading numbers; whether it was."""
        return self._tabulating.stop()

    def stop_mapping(self) -> bool:
        """Stop looking at chunks; whether it was."""
        return self._mapping.stop()

    def stop_reading_out(self) -> None:
        """Stop all that reads values out: nobody looks at it any more."""
        for lane in (self._pointing, self._summing, self._tabulating, self._mapping):
            lane.stop()
