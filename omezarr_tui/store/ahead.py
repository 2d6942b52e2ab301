"""Chunks fetched ahead: all that a read needs of a network, with as few waits as can be.

zarr-python asks for the index of each shard at every read and, up to 3.3, for the chunks in it
one after another. Here the indices come together and are kept, then the chunks come together,
and zarr finds them at hand.
"""

from __future__ import annotations

import asyncio
import math
from array import array
from collections.abc import Iterable
from concurrent.futures import Future
from itertools import groupby

from omezarr_tui.errors import UserError, is_lost
from omezarr_tui.settings import MIB
from omezarr_tui.store.access import Access
from omezarr_tui.store.bridge import AccessStore, Held, Part
from omezarr_tui.store.node import Array, ShardIndex, join_path
from omezarr_tui.store.waiting import begin

Place = tuple[int, ...]
Parts = dict[Part, Held]

_NEVER_WRITTEN = 2**64 - 1
_INDEX_BYTES = 32 * MIB  # of indices that are kept


class Ahead:
    """Fetches what zarr-python will ask for of one array.

    Parameters
    ----------
    access
        Where the array lies.
    node
        The array.
    store
        The zarr store that the array was opened in.
    """

    def __init__(self, access: Access, node: Array, store: AccessStore) -> None:
        self._access = access
        self._node = node
        self._store = store
        self._indices: Parts = {}

    def begin(self, places: Iterable[Place]) -> Future[Parts]:
        """Begin to fetch chunks, by their places in the grid of chunks."""
        return begin(self._fetch(list(places)))

    def arrive(self, under_way: Future[Parts]) -> None:
        """Wait for what was begun, and have it at hand for zarr until the next.

        Raises
        ------
        Cancelled
            The work that it is for was given up.
        """
        self._store.held = under_way.result()

    async def _fetch(self, places: list[Place]) -> Parts:
        node = self._node
        if node.shards is None:
            return await self._parts([(self._key(place), None, None) for place in places])
        if node.shard_index is None:  # zarr has to see for itself
            return {}
        per_shard = tuple(s // c for s, c in zip(node.shards, node.chunks, strict=True))

        def shard_of(place: Place) -> Place:
            return tuple(at // count for at, count in zip(place, per_shard, strict=True))

        def count_in(shard: Place) -> int:
            """The chunks of a shard that lie in the array: at its end fewer than elsewhere."""
            return math.prod(
                min(count, -(-size // chunk) - at * count)
                for at, count, size, chunk in zip(
                    shard, per_shard, node.shape, node.chunks, strict=True
                )
            )

        wanted: dict[str, list[int]] = {}
        whole = []
        for shard, inside in groupby(sorted(places, key=shard_of), key=shard_of):
            key = self._key(shard)
            wanted[key] = [_number(place, per_shard) for place in inside]
            if len(wanted[key]) == count_in(shard):
                whole.append(key)
        in_part = [key for key in wanted if key not in whole]
        values = await self._parts([(key, None, None) for key in whole])
        indices = await self._indices_of(in_part, node.shard_index)
        chunks = await asyncio.gather(
            *(
                self._chunks(key, _ranges(index, node.shard_index, wanted[key]))
                for (key, _, _), index in indices.items()
                if isinstance(index, bytes)
            )
        )
        return values | indices | {part: raw for found in chunks for part, raw in found.items()}

    async def _indices_of(self, keys: list[str], index: ShardIndex) -> Parts:
        start = -index.nbytes if index.at_end else 0
        parts: list[Part] = [(key, start, index.nbytes) for key in keys]
        fetched = await self._parts([part for part in parts if part not in self._indices])
        found = {part: self._indices.get(part) for part in parts} | fetched
        if index.nbytes * len(self._indices) > _INDEX_BYTES:
            self._indices.clear()
        self._indices |= {p: raw for p, raw in fetched.items() if not isinstance(raw, Exception)}
        return found

    async def _chunks(self, key: str, ranges: list[tuple[int, int]]) -> Parts:
        if not ranges:
            return {}
        parts: list[Part] = [(key, *part) for part in ranges]
        try:
            found = await self._access.fetch_ranges(key, ranges)
        except (OSError, UserError) as error:
            if is_lost(error):
                return dict.fromkeys(parts, error)
            alone = await self._parts(parts)  # one of them may be at fault
            return {part: error if raw is None else raw for part, raw in alone.items()}
        return dict(zip(parts, found, strict=True))

    async def _parts(self, parts: list[Part]) -> Parts:
        return dict(zip(parts, await asyncio.gather(*map(self._part, parts)), strict=True))

    async def _part(self, part: Part) -> Held:
        try:
            return await self._access.fetch(*part)
        except (OSError, UserError) as error:  # for whoever needs just this one
            return error

    def _key(self, place: Place) -> str:
        return join_path(self._node.path, self._node.key_encoding.key(place))


def _number(place: Place, per_shard: Place) -> int:
    """A chunk's number in its shard, in C order."""
    number = 0
    for at, count in zip(place, per_shard, strict=True):
        number = number * count + at % count
    return number


def _ranges(raw: bytes, index: ShardIndex, wanted: list[int]) -> list[tuple[int, int]]:
    """Start and length of those of the wanted chunks that were written."""
    numbers = array("Q", raw[: len(raw) // 16 * 16])
    if index.byte_order != ("little" if array("H", [1]).tobytes()[0] else "big"):
        numbers.byteswap()
    pairs = [(numbers[2 * n], numbers[2 * n + 1]) for n in wanted if 2 * n + 1 < len(numbers)]
    return sorted({pair for pair in pairs if pair[0] != _NEVER_WRITTEN and pair[1]})
