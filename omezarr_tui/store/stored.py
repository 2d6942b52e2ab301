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

_NEVER_WRITTEN = 2**64 - 1
_REPORT_EVERY = 0.25  # seconds


class Cancelled(Exception):
    """The user asked for it to stop."""


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
    """

    chunks: int | None
    chunk_count: int
    objects: int
    object_count: int
    nbytes: int
    strays: tuple[str, ...]
    ratio: float | None


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
    objects = nbytes = chunks = elements = 0
    strays: list[str] = []
    told = monotonic()
    for key, size in access.keys_below(node.path):
        if cancelled():
            raise Cancelled
        place = node.key_encoding.place(key)
        if place is None or not _inside(place, grid):
            if key not in DOCUMENTS:
                strays.append(key)
            continue
        objects += 1
        nbytes += size
        if node.shards is None:
            chunks += 1
            elements += _elements(node, place if grid else ())
        elif node.shard_index is not None:
            found = _written_in_shard(access, node, node.shard_index, key, place)
            chunks += found[0]
            elements += found[1]
        if monotonic() - told > _REPORT_EVERY:
            progress(objects, nbytes)
            told = monotonic()
    countable = node.shards is None or node.shard_index is not None
    ratio = None
    if countable and nbytes and node.dtype.itemsize is not None:
        ratio = elements * node.dtype.itemsize / nbytes
    return Stored(
        chunks=chunks if countable else None,
        chunk_count=node.chunk_count,
        objects=objects,
        object_count=node.object_count,
        nbytes=nbytes,
        strays=tuple(strays),
        ratio=ratio,
    )


def _inside(place: tuple[int, ...], grid: tuple[int, ...]) -> bool:
    # The one chunk of a scalar has no numbers in v3 and a zero in v2.
    if not grid:
        return place in ((), (0,))
    return len(place) == len(grid) and all(at < end for at, end in zip(place, grid, strict=True))


def _elements(node: Array, place: tuple[int, ...]) -> int:
    """Elements of one chunk that lie inside the array: at the edges chunks stick out."""
    return math.prod(
        min(step, size - at * step)
        for at, step, size in zip(place, node.chunks, node.shape, strict=True)
    )


def _written_in_shard(
    access: Access, node: Array, index: ShardIndex, key: str, place: tuple[int, ...]
) -> tuple[int, int]:
    """Chunks, and elements in them, that were written of one shard and lie in the array."""
    assert node.shards is not None
    start = -index.nbytes if index.at_end else 0
    raw = access.get_range(join_path(node.path, key), start, index.nbytes)
    numbers = array("Q", raw[: len(raw) // 16 * 16])
    if index.byte_order != _machine_order():
        numbers.byteswap()
    offsets = numbers[0::2]
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
