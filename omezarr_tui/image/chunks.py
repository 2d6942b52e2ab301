"""Which chunks make a plane: neighbours as boxes that one call reads, and those that are kept."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

from omezarr_tui.settings import MIB
from omezarr_tui.store.node import Array

if TYPE_CHECKING:
    import numpy as np

CACHE_BYTES = 128 * MIB
_ENTRY_BYTES = 512  # of bookkeeping for each chunk, also for one that was never written
# One call to zarr reads at the most this much: between calls a newer request can win.
_READ_BYTES = 16 * MIB
# What is fetched from a network at a time, uncompressed, while what came before is decoded.
_WAVE_BYTES = 64 * MIB

Place = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """Neighbouring chunks that one call reads: first and past-the-last along each axis."""

    start: Place
    stop: Place

    @property
    def count(self) -> int:
        """How many chunks."""
        return math.prod(last - first for first, last in zip(self.start, self.stop, strict=True))

    def places(self) -> Iterator[Place]:
        """The chunks, by their places in the grid, in C order."""
        return product(*map(range, self.start, self.stop))


@dataclass(frozen=True, slots=True)
class Chunk:
    """A decoded chunk.

    Parameters
    ----------
    values
        With all axes of the array; at the array's end only what lies in it.
    written
        Whether it is stored; else all values are the fill value, which is in memory once.
    """

    values: np.ndarray[Any, Any]
    written: bool = True

    @property
    def nbytes(self) -> int:
        """What it takes in memory."""
        return _ENTRY_BYTES + (self.values.nbytes if self.written else 0)


class ChunkCache:
    """Decoded chunks within a budget of bytes; the one that was not used longest goes first.

    It is for all threads, and for all levels, planes and channels of a store.

    Parameters
    ----------
    budget
        In bytes.
    """

    def __init__(self, budget: int = CACHE_BYTES) -> None:
        self.budget = budget
        self._held = 0
        self._chunks: OrderedDict[tuple[str, Place], Chunk] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: str, place: Place) -> Chunk | None:
        """A chunk; None where it is not kept."""
        with self._lock:
            chunk = self._chunks.get((path, place))
            if chunk is not None:
                self._chunks.move_to_end((path, place))
            return chunk

    def holds(self, path: str, place: Place) -> bool:
        """Whether a chunk is kept. That it was asked for is no use of it."""
        with self._lock:
            return (path, place) in self._chunks

    def put(self, path: str, place: Place, chunk: Chunk) -> None:
        """Keep a chunk, unless it alone would take more than half of the budget."""
        if chunk.nbytes > self.budget // 2 + _ENTRY_BYTES:
            return
        with self._lock:
            old = self._chunks.pop((path, place), None)
            self._held += chunk.nbytes - (old.nbytes if old is not None else 0)
            self._chunks[path, place] = chunk
            self._shrink(self.budget)

    def make_room(self, nbytes: int) -> None:
        """Let go of as much as will be decoded at a time: both together keep to the budget."""
        with self._lock:
            self._shrink(max(0, self.budget - nbytes))

    def _shrink(self, most: int) -> None:
        while self._held > most:
            self._held -= self._chunks.popitem(last=False)[1].nbytes


def boxes_of(places: list[Place], node: Array) -> Iterator[Box]:
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
    held: Box | None = None
    for run in runs:
        box = Box(run[0], tuple(at + 1 for at in run[-1]))
        if held is not None and (joined := _joined(held, box, most)):
            held = joined
        else:
            if held is not None:
                yield held
            held = box
    if held is not None:
        yield held


def waves_of(boxes: Iterable[Box], node: Array) -> Iterator[list[Box]]:
    """Boxes that are fetched together from a network, within a bound on their bytes."""
    each = max(1, math.prod(node.chunks) * (node.dtype.itemsize or 8))
    wave: list[Box] = []
    held = 0
    for box in boxes:
        if wave and held + box.count * each > _WAVE_BYTES:
            yield wave
            wave, held = [], 0
        wave.append(box)
        held += box.count * each
    if wave:
        yield wave


def _joined(one: Box, two: Box, most: int) -> Box | None:
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
    box = Box(one.start, two.stop)
    return box if box.count <= most else None
