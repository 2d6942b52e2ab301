"""Reads the pixels of a plane: whole chunks, kept decoded, so that the next plane is near.

A chunk must be decoded whole to see any of it. What was decoded is kept within a budget of
bytes; a plane whose chunks are all kept costs no reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from omezarr_tui.errors import UserError
from omezarr_tui.image.chunks import Box, ChunkCache, Place, boxes_of, waves_of
from omezarr_tui.image.sampling import Sampling, reducer_for
from omezarr_tui.store.access import Access
from omezarr_tui.store.arrays import open_array, prepare, why_unreadable
from omezarr_tui.store.node import Array
from omezarr_tui.store.waiting import Cancelled

if TYPE_CHECKING:
    import numpy as np
    import zarr

    from omezarr_tui.store.ahead import Ahead


@dataclass(frozen=True, slots=True)
class _Opened:
    """An array with what fetches its chunks ahead, where they come over a network."""

    array: zarr.Array[Any]
    ahead: Ahead | None


class Reader:
    """Reads planes of the arrays of one store.

    Parameters
    ----------
    access
        The store.
    change
        Shows values other than those that are stored: it is given each block that is read,
        with its first element's place, and gives the block to show.
    """

    def __init__(
        self,
        access: Access,
        change: Callable[[Place, np.ndarray[Any, Any]], np.ndarray[Any, Any]] | None = None,
    ) -> None:
        self._access = access
        self._change = change
        self._arrays: dict[str, _Opened] = {}
        self._cache = ChunkCache()

    def forget(self) -> None:
        """Read everything anew the next time: something was changed."""
        # New ones, not emptied ones: a thread that reads just now may still fill the old.
        self._arrays = {}
        self._cache = ChunkCache()

    def sample(
        self, sampling: Sampling, cancelled: Callable[[], bool] = lambda: False
    ) -> np.ndarray[Any, Any]:
        """Read a plane and reduce it to samples, chunk by chunk.

        Parameters
        ----------
        sampling
            What to read and to how many samples.
        cancelled
            Asked before each read.

        Returns
        -------
        samples
            (rows, columns) as `Sampling.grid` says.

        Raises
        ------
        UserError
            A chunk cannot be read or decoded.
        Cancelled
            `cancelled` said True.
        """
        reducer = reducer_for(sampling)
        rows, columns = sampling.rows, sampling.columns
        for start, block in self.blocks(sampling.array, sampling.region, cancelled):
            if self._change is not None:
                block = self._change(start, block)
            others = tuple(a for a in range(block.ndim) if a not in (rows, columns))
            plane = block.squeeze(axis=others)
            if rows > columns:
                plane = plane.T
            reducer.add(plane, start[rows], start[columns])
        return reducer.result()

    def blocks(
        self,
        node: Array,
        region: tuple[slice, ...],
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[tuple[Place, np.ndarray[Any, Any]]]:
        """The values of a region, one chunk's part after another.

        Parameters
        ----------
        node
            The array.
        region
            A slice with start and stop for each axis.
        cancelled
            Asked before each read.

        Yields
        ------
        start
            Where the block's first element lies in the array.
        block
            Values, with all axes of the array.
        """
        cache = self._cache
        ranges = [
            range(part.start // step, -(-part.stop // step))
            for part, step in zip(region, node.chunks, strict=True)
        ]
        missing = []
        for place in product(*ranges):
            chunk = cache.get(node.path, place)
            if chunk is None:
                missing.append(place)
            else:
                yield _part(node, place, chunk, region)
        if not missing:
            return
        opened = self._open(node)
        for box in _ready(node, boxes_of(missing, node), opened):
            if cancelled():
                raise Cancelled
            for place, chunk in self._read(node, opened.array, box, cancelled):
                cache.put(node.path, place, chunk)
                yield _part(node, place, chunk, region)

    def _open(self, node: Array) -> _Opened:
        arrays = self._arrays
        if node.path not in arrays:
            if self._access.traffic is None:
                arrays[node.path] = _Opened(open_array(self._access, node), None)
            else:
                prepare()
                from omezarr_tui.store.ahead import Ahead
                from omezarr_tui.store.bridge import AccessStore

                store = AccessStore(self._access)
                ahead = Ahead(self._access, node, store)
                arrays[node.path] = _Opened(open_array(self._access, node, store), ahead)
        return arrays[node.path]

    def _read(
        self, node: Array, array: zarr.Array[Any], box: Box, cancelled: Callable[[], bool]
    ) -> Iterator[tuple[Place, np.ndarray[Any, Any]]]:
        """Read a box of whole chunks with one call, and part it into chunks."""
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
            if box.count > 1:  # which of them is it? the sound ones before it are kept
                for place in box.places():
                    one = Box(place, tuple(at + 1 for at in place))
                    yield from self._read(node, array, one, cancelled)
                return
            stored = tuple(
                at * chunk // cell
                for at, chunk, cell in zip(box.start, node.chunks, node.object_shape, strict=True)
            )
            name, key = node.path or self._access.location.name, node.key_encoding.key(stored)
            raise UserError(
                f"{name} cannot be read at {key}", why_unreadable(self._access, node, key, error)
            ) from error
        for place in box.places():
            part = tuple(
                slice(at * step - low, min((at + 1) * step, high) - low)
                for at, step, (low, high) in zip(place, node.chunks, bounds, strict=True)
            )
            # A copy where the box held more: a view would keep the whole box alive.
            chunk = values[part]
            yield place, chunk if chunk.size == values.size else chunk.copy()


def _part(
    node: Array, place: Place, chunk: np.ndarray[Any, Any], region: tuple[slice, ...]
) -> tuple[Place, np.ndarray[Any, Any]]:
    """The part of a chunk that lies in the region, and where it starts in the array."""
    start = []
    part = []
    for at, step, wanted in zip(place, node.chunks, region, strict=True):
        low = max(wanted.start, at * step)
        start.append(low)
        part.append(slice(low - at * step, min(wanted.stop, (at + 1) * step) - at * step))
    return tuple(start), chunk[tuple(part)]


def _ready(node: Array, boxes: Iterator[Box], opened: _Opened) -> Iterator[Box]:
    """The boxes; over a network what they need was fetched, and the next ones are under way."""
    if opened.ahead is None:
        yield from boxes
        return
    waves = list(waves_of(boxes, node))
    under_way = opened.ahead.begin(place for box in waves[0] for place in box.places())
    for wave, following in zip(waves, [*waves[1:], None], strict=True):
        opened.ahead.arrive(under_way)
        if following is not None:
            under_way = opened.ahead.begin(p for box in following for p in box.places())
        yield from wave
