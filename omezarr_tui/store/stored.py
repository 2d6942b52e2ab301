"""What is really stored of an array: keys and bytes counted, not taken from metadata.

zarr-python's own counts are wrong for large shards and its ratio counts chunks that were
never written, so stored keys and the indices of the shards are counted here.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from time import monotonic

from omezarr_tui.store.access import Access
from omezarr_tui.store.documents import DOCUMENTS
from omezarr_tui.store.node import Array, ShardIndex, join_path
from omezarr_tui.store.waiting import Cancelled, gathered

_NEVER_WRITTEN = 2**64 - 1
_REPORT_EVERY = 0.25  # seconds
_TOGETHER = 128  # shards whose indices are read at a time


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of one array.

    Parameters
    ----------
    chunks, chunk_count
        Chunks that were written, of chunks in all. `chunks` is None where shards keep
        their index in a way that is not read here.
    objects, object_count
        The same of stored objects: shards, else chunks.
    nbytes
        Bytes of those objects, documents left out.
    strays
        Keys below the array that are no chunk of it by its own key encoding.
    ratio
        Uncompressed to stored bytes of the written chunks, of which only what lies inside
        the array counts; None where nothing is written or elements differ in length.
    damaged
        Shards whose index cannot be right; their chunks are not counted.
    """

    chunks: int | None
    chunk_count: int
    objects: int
    object_count: int
    nbytes: int
    strays: tuple[str, ...]
    ratio: float | None
    damaged: tuple[str, ...] = ()


def measure_stored(
    access: Access,
    node: Array,
    *,
    progress: Callable[[int, int], None] = lambda objects, nbytes: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Stored:
    """Count what is stored of an array.

    Parameters
    ----------
    access
        The store.
    node
        The array.
    progress
        Told objects and bytes so far, about four times a second.
    cancelled
        Asked after each key.

    Raises
    ------
    Cancelled
        `cancelled` said True.
    OSError
        A folder or a shard's index cannot be read.
    """
    grid = node.grid(node.object_shape)
    objects = nbytes = 0
    strays: list[str] = []
    written = _Written(access, node)
    told = monotonic()
    for key, size in access.keys_below(node.path):
        if cancelled():
            raise Cancelled
        place = node.key_encoding.place(key)
        if place is None or not _inside(node, place, grid):
            if key not in DOCUMENTS:
                strays.append(key)
            continue
        objects += 1
        nbytes += size
        written.add(key, size, place if grid else ())
        if monotonic() - told > _REPORT_EVERY:
            progress(objects, nbytes)
            told = monotonic()
    written.settle()
    ratio = None
    if written.nbytes and node.dtype.itemsize is not None:
        ratio = written.elements * node.dtype.itemsize / written.nbytes
    countable = node.shards is None or node.shard_index is not None
    return Stored(
        chunks=written.chunks if countable else None,
        chunk_count=node.chunk_count,
        objects=objects,
        object_count=node.object_count,
        nbytes=nbytes,
        strays=tuple(strays),
        ratio=ratio,
        damaged=tuple(written.damaged),
    )


def _inside(node: Array, place: tuple[int, ...], grid: tuple[int, ...]) -> bool:
    if not grid:
        return node.key_encoding.key(place) == node.key_encoding.key(())
    return len(place) == len(grid) and all(at < end for at, end in zip(place, grid, strict=True))


def _elements(node: Array, place: tuple[int, ...]) -> int:
    """Elements of one chunk that lie inside the array: at the edges chunks stick out."""
    return math.prod(
        min(step, size - at * step)
        for at, step, size in zip(place, node.chunks, node.shape, strict=True)
    )


class _Written:
    """Counts chunks that were written; the indices of many shards are read together.

    Attributes
    ----------
    chunks, elements, nbytes
        Chunks, elements in them that lie inside the array, and bytes of the objects that
        hold them.
    damaged
        Shards whose index cannot be right.
    """

    def __init__(self, access: Access, node: Array) -> None:
        self._access = access
        self._node = node
        self._waiting: list[tuple[str, int, tuple[int, ...]]] = []
        self.chunks = self.elements = self.nbytes = 0
        self.damaged: list[str] = []

    def add(self, key: str, size: int, place: tuple[int, ...]) -> None:
        """Count a stored object, sooner or later."""
        if self._node.shards is None:
            self._count(1, _elements(self._node, place), size)
        elif self._node.shard_index is not None:
            self._waiting.append((key, size, place))
            if len(self._waiting) == _TOGETHER:
                self.settle()

    def settle(self) -> None:
        """Count what waits."""
        node, index = self._node, self._node.shard_index
        if index is None:
            return
        start = -index.nbytes if index.at_end else 0
        keys = [join_path(node.path, key) for key, _, _ in self._waiting]
        raws = gathered(self._access.fetch(key, start, index.nbytes) for key in keys)
        for (key, size, place), raw in zip(self._waiting, raws, strict=True):
            offsets = _offsets(raw or b"", index, size)
            if offsets is None:
                self.damaged.append(key)
            else:
                self._count(*_written_in_shard(node, offsets, place), size)
        self._waiting = []

    def _count(self, chunks: int, elements: int, nbytes: int) -> None:
        self.chunks += chunks
        self.elements += elements
        self.nbytes += nbytes


def _offsets(raw: bytes, index: ShardIndex, size: int) -> array[int] | None:
    """Where each chunk of a shard begins, in C order; None where the index cannot be right."""
    if size < index.nbytes or len(raw) < index.nbytes:
        return None
    numbers = array("Q", raw[: len(raw) // 16 * 16])
    if index.byte_order != _machine_order():
        numbers.byteswap()
    pairs = zip(numbers[0::2], numbers[1::2], strict=True)
    if any(start + length > size for start, length in pairs if start != _NEVER_WRITTEN):
        return None
    return numbers[0::2]


def _written_in_shard(node: Array, offsets: array[int], place: tuple[int, ...]) -> tuple[int, int]:
    """Chunks, and elements in them, that were written of one shard and lie in the array."""
    assert node.shards is not None
    per_shard = tuple(s // c for s, c in zip(node.shards, node.chunks, strict=True))
    first = tuple(at * count for at, count in zip(place, per_shard, strict=True))
    if all(
        at * shard + shard <= size
        for at, shard, size in zip(place, node.shards, node.shape, strict=True)
    ):
        chunks = len(offsets) - offsets.count(_NEVER_WRITTEN)
        return chunks, chunks * math.prod(node.chunks)
    chunks = elements = 0
    grid = node.grid(node.chunks)
    for spot, offset in zip(product(*map(range, per_shard)), offsets, strict=False):
        chunk = tuple(a + b for a, b in zip(first, spot, strict=True))
        if offset != _NEVER_WRITTEN and all(a < b for a, b in zip(chunk, grid, strict=True)):
            chunks += 1
            elements += _elements(node, chunk)
    return chunks, elements


def _machine_order() -> str:
    return "little" if array("H", [1]).tobytes()[0] else "big"
