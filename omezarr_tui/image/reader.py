"""Reads the pixels of a plane: whole chunks, kept decoded, so that the next plane is near.

A chunk must be decoded whole to see any of it. What was decoded is kept within a budget of
bytes; a plane whose chunks are all kept costs no reading.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

from omezarr_tui.errors import UserError
from omezarr_tui.image.sampling import Sampling, reducer_for
from omezarr_tui.settings import MIB
from omezarr_tui.store.access import Access
from omezarr_tui.store.arrays import open_array, why_unreadable
from omezarr_tui.store.node import Array
from omezarr_tui.store.waiting import Cancelled

if TYPE_CHECKING:
    import numpy as np
    import zarr

CACHE_BYTES = 128 * MIB
# One call to zarr reads at the most this much: between calls a newer request can win.
_READ_BYTES = 16 * MIB

Place = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Box:
    """Neighbouring chunks that one call reads: first and past-the-last along each axis."""

    start: Place
    stop: Place

    @property
    def count(self) -> int:
        return math.prod(last - first for first, last in zip(self.start, self.stop, strict=True))

    def places(self) -> Iterator[Place]:
        return product(*map(range, self.start, self.stop))


class ChunkCache:
    """Decoded chunks within a budget of bytes; the one that was not used longest goes first.

    Parameters
    ----------
    budget
        In bytes.
    """

    def __init__(self, budget: int = CACHE_BYTES) -> None:
        self._budget = budget
        self._held = 0
        self._chunks: OrderedDict[tuple[str, Place], np.ndarray[Any, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: str, place: Place) -> np.ndarray[Any, Any] | None:
        """A chunk's values; None where it is not kept."""
        with self._lock:
            chunk = self._chunks.get((path, place))
            if chunk is not None:
                self._chunks.move_to_end((path, place))
            return chunk

    def put(self, path: str, place: Place, chunk: np.ndarray[Any, Any]) -> None:
        """Keep a chunk, unless it alone would take half of the budget."""
        if chunk.nbytes > self._budget // 2:
            return
        with self._lock:
            old = self._chunks.pop((path, place), None)
            self._held += chunk.nbytes - (old.nbytes if old is not None else 0)
            self._chunks[path, place] = chunk
            while self._held > self._budget:
                self._held -= self._chunks.popitem(last=False)[1].nbytes


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
        self._arrays: dict[str, zarr.Array[Any]] = {}
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
        for box in _boxes(missing, node):
            if cancelled():
                raise Cancelled
            for place, chunk in self._read(node, box):
                cache.put(node.path, place, chunk)
                yield _part(node, place, chunk, region)

    def _read(self, node: Array, box: _Box) -> Iterator[tuple[Place, np.ndarray[Any, Any]]]:
        """Read a box of whole chunks with one call, and part it into chunks."""
        arrays = self._arrays
        if node.path not in arrays:
            arrays[node.path] = open_array(self._access, node)
        bounds = [
            (first * step, min(last * step, size))
            for first, last, step, size in zip(
                box.start, box.stop, node.chunks, node.shape, strict=True
            )
        ]
        try:
            # Slices, never integers: zarr's fast path takes only these.
            values: Any = arrays[node.path][tuple(slice(*bound) for bound in bounds)]
        except Exception as error:  # a codec may raise anything at damaged bytes
            if box.count > 1:  # which of them is it? the sound ones before it are kept
                for place in box.places():
                    yield from self._read(node, _Box(place, tuple(at + 1 for at in place)))
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


def _boxes(places: list[Place], node: Array) -> Iterator[_Box]:
    """Cover missing chunks, given in C order, with boxes that one call can read."""
    itemsize = node.dtype.itemsize or 8
    most = max(1, _READ_BYTES // max(1, math.prod(node.chunks) * itemsize))
    runs: list[list[Place]] = []
    for before, place in pairwise([(), *places]):
        follows = before and place[:-1] == before[:-1] and place[-1] == before[-1] + 1
        if follows and len(runs[-1]) < most:
            runs[-1].append(place)
        else:
            runs.append([place])
    held: _Box | None = None
    for run in runs:
        box = _Box(run[0], tuple(at + 1 for at in run[-1]))
        if held is not None and (joined := _joined(held, box, most)):
            held = joined
        else:
            if held is not None:
                yield held
            held = box
    if held is not None:
        yield held


def _joined(one: _Box, two: _Box, most: int) -> _Box | None:
    """Two boxes as one, where they touch along one axis and are equal along the others."""
    differing = [
        axis
        for axis, (a, b) in enumerate(
            zip(
                zip(one.start, one.stop, strict=True),
                zip(two.start, two.stop, strict=True),
                strict=True,
            )
        )
        if a != b
    ]
    if len(differing) != 1 or one.stop[differing[0]] != two.start[differing[0]]:
        return None
    box = _Box(one.start, two.stop)
    return box if box.count <= most else None
