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
