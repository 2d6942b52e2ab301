"""The chunks of one array, decoded by whatever is quickest and able: straight, or by zarr-python.

All of them give the same values. Where a quicker way stumbles zarr-python reads the chunk, or
says why it cannot be read; the others are read all the same.
"""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from omezarr_tui.errors import UserError, is_lost
from omezarr_tui.image.chunks import Box, Chunk, Place, boxes_of, waves_of
from omezarr_tui.settings import MIB
from omezarr_tui.store.access import Access
from omezarr_tui.store.arrays import open_array, prepare, why_unreadable
from omezarr_tui.store.direct import DirectChunks, direct_chunks
from omezarr_tui.store.node import Array
from omezarr_tui.store.shard_indices import ShardIndices, is_all, is_written
from omezarr_tui.store.waiting import Cancelled

if TYPE_CHECKING:
    import numpy as np
    import zarr

    from omezarr_tui.store.ahead import Ahead
    from omezarr_tui.store.fast import FastChunks

IsCancelled = Callable[[], bool]
Found = tuple[Place, "Chunk | UserError"]  # a chunk, or why it cannot be read

IN_FLIGHT_BYTES = 16 * MIB  # decoded side by side
_MANY_BYTES = 2 * MIB
_ALONE_BYTES = MIB // 2  # less than this is decoded before another thread has woken up


class Chunks(Protocol):
    """Reads chunks of one array."""

    def read(self, places: list[Place], cancelled: IsCancelled) -> Iterator[Found]:
        """Read chunks, each with its place in the grid.

        Parameters
        ----------
        places
            In C order.
        cancelled
            Asked before each read.

        Yields
        ------
        place, found
            Each place once, with its chunk, or with why that cannot be read or decoded.

        Raises
        ------
        UserError
            None can be read: the array cannot be opened, or the network failed.
        Cancelled
            `cancelled` said True.
        """


def chunks_of(access: Access, node: Array) -> Chunks:
    """What reads the chunks of an array."""
    prepare()
    from omezarr_tui.store.fast import fast_chunks

    slow = ZarrChunks(access, node)
    direct = direct_chunks(access, node)
    if direct is not None:
        return QuickChunks(direct, slow, node, lambda: fast_chunks(access, node))
    fast = fast_chunks(access, node)
    return slow if fast is None else QuickChunks(fast, slow, node)


class QuickChunks:
    """Chunks that are read one by one, several at a time, without zarr-python.

    Parameters
    ----------
    quick
        Reads one chunk, in any thread.
    slow
        Reads those at which `quick` stumbles.
    node
        The array.
    of_many
        Gives what reads many bytes more quickly than `quick`, if there is such a thing: to
        open an array once more takes longer than to read a little.
    """

    def __init__(
        self,
        quick: DirectChunks | FastChunks,
        slow: ZarrChunks,
        node: Array,
        of_many: Callable[[], FastChunks | None] | None = None,
    ) -> None:
        self._quick = quick
        self._slow = slow
        self._of_many = of_many
        self._each = math.prod(node.chunks) * (node.dtype.itemsize or 1)

    def read(self, places: list[Place], cancelled: IsCancelled) -> Iterator[Found]:
        """Read chunks, each with its place in the grid."""
        for place, found in self._found(places, cancelled):
            if found is None:
                yield from self._slow.read([place], cancelled)
            else:
                yield place, found

    def _found(
        self, places: list[Place], cancelled: IsCancelled
    ) -> Iterator[tuple[Place, Chunk | None]]:
        if self._of_many is not None and len(places) * self._each >= _MANY_BYTES:
            self._quick = self._of_many() or self._quick
            self._of_many = None
        side_by_side = min(len(places), IN_FLIGHT_BYTES // self._each)
        if side_by_side < 2 or len(places) * self._each < _ALONE_BYTES:
            for place in places:
                if cancelled():
                    raise Cancelled
                yield place, self._one(place)
            return
        waiting: deque[tuple[Place, Future[Chunk | None]]] = deque()
        left = deque(places)
        try:
            while left or waiting:
                while left and len(waiting) < side_by_side:
                    place = left.popleft()
                    waiting.append((place, _threads().submit(self._one, place)))
                if cancelled():
                    raise Cancelled
                place, job = waiting.popleft()
                yield place, job.result()
        finally:
            for _, job in waiting:
                job.cancel()

    def _one(self, place: Place) -> Chunk | None:
        try:
            return Chunk(*self._quick.read(place))
        except Exception:  # codecs may raise anything; zarr-python will say what it is
            return None


class ZarrChunks:
    """Chunks that zarr-python reads, neighbours with one call.

    Parameters
    ----------
    access
        The store.
    node
        The array.
    """

    def __init__(self, access: Access, node: Array) -> None:
        self._access = access
        self._node = node
        self._opened: tuple[zarr.Array[Any], Ahead | None] | None = None
        self._indices = ShardIndices(access, node)

    def read(self, places: list[Place], cancelled: IsCancelled) -> Iterator[Found]:
        """Read chunks, each with its place in the grid."""
        array, ahead = self._open()
        for box in _ready(self._node, boxes_of(places, self._node), ahead):
            if cancelled():
                raise Cancelled
            yield from self._read(array, box, cancelled)

    def _open(self) -> tuple[zarr.Array[Any], Ahead | None]:
        if self._opened is None:
            if self._access.traffic is None:
                self._opened = open_array(self._access, self._node), None
            else:
                from omezarr_tui.store.ahead import Ahead
                from omezarr_tui.store.bridge import AccessStore

                store = AccessStore(self._access)
                array = open_array(self._access, self._node, store)
                self._opened = array, Ahead(self._access, self._node, store)
        return self._opened

    def _read(self, array: zarr.Array[Any], box: Box, cancelled: IsCancelled) -> Iterator[Found]:
        """Read a box of whole chunks with one call, and part it into chunks."""
        node = self._node
        bounds = [
            (first * step, min(last * step, size))
            for first, last, step, size in zip(
                box.start, box.stop, node.chunks, node.shape, strict=True
            )
        ]
        try:
            # Slices, never integers: zarr's fast path takes only these.
            values: Any = array[tuple(slice(*bound) for bound in bounds)]
        except Exception as error:  # a codec may raise anything at damaged bytes
            if cancelled():
                raise Cancelled from error
            if box.count > 1 and not is_lost(error):  # which of them is it?
                for place in box.places():
                    one = Box(place, tuple(at + 1 for at in place))
                    yield from self._read(array, one, cancelled)
                return
            if is_lost(error):  # it may well come when it is tried again
                raise self._told(box, error) from error
            yield box.start, self._told(box, error)
            return
        for place in box.places():
            part = tuple(
                slice(at * step - low, min((at + 1) * step, high) - low)
                for at, step, (low, high) in zip(place, node.chunks, bounds, strict=True)
            )
            chunk = values[part]
            if self._is_empty(array, place, chunk):
                yield place, Chunk(_spread(array.fill_value, chunk), written=False)
            else:
                # A copy where the box held more: a view would keep the whole box alive.
                whole = chunk.size == values.size
                yield place, Chunk(chunk if whole else chunk.copy(), written=True)

    def _is_empty(self, array: zarr.Array[Any], place: Place, chunk: np.ndarray[Any, Any]) -> bool:
        """Whether a chunk was never written. Only of one that holds nothing else it is asked."""
        fill = array.fill_value
        if chunk.dtype.kind not in "biuf" or fill is None or not is_all(chunk, fill):
            return False
        return not is_written(self._access, self._node, place, self._indices)

    def _told(self, box: Box, error: Exception) -> UserError:
        node = self._node
        stored = tuple(
            at * chunk // cell
            for at, chunk, cell in zip(box.start, node.chunks, node.object_shape, strict=True)
        )
        name, key = node.path or self._access.location.name, node.key_encoding.key(stored)
        return UserError(
            f"{name} cannot be read at {key}", why_unreadable(self._access, node, key, error)
        )


def _ready(node: Array, boxes: Iterator[Box], ahead: Ahead | None) -> Iterator[Box]:
    """The boxes; over a network what they need was fetched, and the next ones are under way."""
    if ahead is None:
        yield from boxes
        return
    waves = list(waves_of(boxes, node))
    under_way = ahead.begin(place for box in waves[0] for place in box.places())
    for wave, following in zip(waves, [*waves[1:], None], strict=True):
        ahead.arrive(under_way)
        if following is not None:
            under_way = ahead.begin(p for box in following for p in box.places())
        yield from wave


def _spread(fill: Any, like: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """One value that takes the place of many in memory."""
    import numpy as np

    return np.broadcast_to(like.dtype.type(fill), like.shape)


@cache
def _threads() -> ThreadPoolExecutor:
    """Codecs let go of Python's lock, so a thread for each processor decodes at full speed."""
    return ThreadPoolExecutor(min(4, os.cpu_count() or 1), "decode")
