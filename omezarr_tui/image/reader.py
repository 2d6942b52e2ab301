"""Reads the pixels of a plane: whole chunks, kept decoded, so that the next plane is near.

A chunk must be decoded whole to see any of it. What was decoded is kept within a budget of
bytes; a plane whose chunks are all kept costs no reading.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import TYPE_CHECKING, Any

from omezarr_tui.errors import UserError
from omezarr_tui.image.chunks import CACHE_BYTES, Chunk, ChunkCache, Place
from omezarr_tui.image.decoding import IN_FLIGHT_BYTES, Chunks, Found, chunks_of
from omezarr_tui.image.magnitudes import magnitudes
from omezarr_tui.image.reducing import Samples, reducer_for
from omezarr_tui.image.sampling import Sampling
from omezarr_tui.settings import MIB
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array

if TYPE_CHECKING:
    import numpy as np

# What is seen of a plane is put together up to here: to reduce it once is quicker than by parts.
_JOINED_BYTES = 16 * MIB
# Chunks that a server does not give, one after another, until the array is given up.
_HOPELESS = 32


@dataclass(frozen=True, slots=True)
class Block:
    """A part of an array: what a region has of one chunk.

    Parameters
    ----------
    start
        Where its first element lies in the array.
    values
        With all axes of the array.
    written
        Whether the chunk was ever written; else all values are the fill value.
    """

    start: Place
    values: np.ndarray[Any, Any]
    written: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of an array that cannot be read.

    Parameters
    ----------
    start
        Where its first element lies in the array.
    size
        Along all axes of the array.
    why
        What failed.
    """

    start: Place
    size: Place
    why: UserError


class Reader:
    """Reads planes of the arrays of one store.

    Parameters
    ----------
    access
        The store.
    change
        Shows values other than those that are stored: it is given each block that is read,
        with its first element's place, and gives the block to show.
    cache_bytes
        Of decoded chunks that are kept, as `Settings.cache_bytes` says.
    """

    def __init__(
        self,
        access: Access,
        change: Callable[[Place, np.ndarray[Any, Any]], np.ndarray[Any, Any]] | None = None,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self._access = access
        self._change = change
        self._arrays: dict[str, Chunks] = {}
        self._cache = ChunkCache(cache_bytes)

    def forget(self) -> None:
        """Read everything anew the next time: something was changed."""
        # New ones, not emptied ones: a thread that reads just now may still fill the old.
        self._arrays = {}
        self._cache = ChunkCache(self._cache.budget)

    def sample(
        self,
        sampling: Sampling,
        cancelled: Callable[[], bool] = lambda: False,
        *,
        with_gaps: bool = False,
    ) -> Samples:
        """Read a plane and reduce it to samples, chunk by chunk.

        Parameters
        ----------
        sampling
            What to read and to how many samples.
        cancelled
            Asked before each read.
        with_gaps
            Whether chunks that cannot be read are left out, and told of in the samples.

        Returns
        -------
        samples
            (rows, columns) as `Sampling.grid` says, and which of them were never written.

        Raises
        ------
        UserError
            A chunk cannot be read or decoded; with gaps, none of them can.
        Cancelled
            `cancelled` said True.
        """
        import numpy as np

        reducer = reducer_for(sampling)
        rows, columns, deep = sampling.rows, sampling.columns, sampling.projection
        kept = (rows, columns) if deep is None else (deep.axis, rows, columns)
        others = tuple(axis for axis in range(len(sampling.region)) if axis not in kept)
        order = tuple(sorted(kept).index(axis) for axis in kept)

        def take(values: np.ndarray[Any, Any], start: Place) -> None:
            plane = values.squeeze(axis=others).transpose(order)
            reducer.take(plane, start[rows], start[columns])

        def miss(gap: Gap) -> None:
            size, start = gap.size, gap.start
            reducer.miss((size[rows], size[columns]), start[rows], start[columns], gap.why)

        region = sampling.region
        first = tuple(part.start for part in region)
        shape = tuple(part.stop - part.start for part in region)
        is_small = math.prod(shape) * (sampling.array.dtype.itemsize or 1) <= _JOINED_BYTES
        whole: np.ndarray[Any, Any] | None = None
        for block in self.blocks(sampling.array, region, cancelled, miss if with_gaps else None):
            values, written = block.values, block.written
            if self._change is not None:
                values = self._change(block.start, values)
                written = written or values is not block.values
            values = magnitudes(values)
            size = values.shape
            reducer.note(
                (size[rows], size[columns]),
                block.start[rows],
                block.start[columns],
                written=written,
            )
            if not is_small or size == shape:
                take(values, block.start)
                continue
            if whole is None:
                whole = np.zeros(shape, values.dtype)
            at = [slice(b - a, b - a + n) for a, b, n in zip(first, block.start, size, strict=True)]
            whole[tuple(at)] = values
        if whole is not None:
            take(whole, first)
        return reducer.result()

    def blocks(
        self,
        node: Array,
        region: tuple[slice, ...],
        cancelled: Callable[[], bool] = lambda: False,
        miss: Callable[[Gap], None] | None = None,
    ) -> Iterator[Block]:
        """The values of a region, one chunk's part after another; those that are kept first.

        Parameters
        ----------
        node
            The array.
        region
            A slice with start and stop for each axis.
        cancelled
            Asked before each read.
        miss
            Told what cannot be read, when all else was given.

        Yields
        ------
        block
            Each element of the region comes in one of them, but for what is missed.

        Raises
        ------
        UserError
            A chunk cannot be read or decoded, and nobody is told; or none of them can.
        Cancelled
            `cancelled` said True.
        """
        yield from self.blocks_of(node, [region], cancelled, miss)

    def blocks_of(
        self,
        node: Array,
        regions: Sequence[tuple[slice, ...]],
        cancelled: Callable[[], bool] = lambda: False,
        miss: Callable[[Gap], None] | None = None,
    ) -> Iterator[Block]:
        """The values of several regions, read together; as `blocks` of one.

        Parameters
        ----------
        regions
            In C order; no two touch the same chunk.
        """
        missing = {}
        none_sound = True
        for place, start, inside in chain.from_iterable(_places_of(node, r) for r in regions):
            chunk = self._cache.get(node.path, place)
            if chunk is None:
                missing[place] = start, inside
            else:
                none_sound = False
                yield Block(start, chunk.values[inside], chunk.written)
        gaps: list[Gap] = []
        for place, found in self._read(node, list(missing), cancelled):
            start, inside = missing[place]
            if isinstance(found, Chunk):
                none_sound = False
                yield Block(start, found.values[inside], found.written)
                continue
            gaps.append(Gap(start, tuple(part.stop - part.start for part in inside), found))
            is_far = self._access.traffic is not None
            if miss is None or (none_sound and is_far and len(gaps) == _HOPELESS):
                raise gaps[0].why
        if gaps and none_sound:
            raise gaps[0].why
        for gap in gaps:
            assert miss is not None
            miss(gap)

    def missing_bytes(self, node: Array, region: tuple[slice, ...]) -> int:
        """Uncompressed bytes of the chunks of a region that are not kept; 0 costs no reading."""
        cache = self._cache
        missing = sum(not cache.holds(node.path, place) for place in places_in(node, region))
        return missing * math.prod(node.chunks) * (node.dtype.itemsize or 1)

    def fetch(
        self,
        node: Array,
        region: tuple[slice, ...],
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Read the chunks of a region that are not kept yet, to keep them.

        Raises
        ------
        UserError
            A chunk cannot be read or decoded.
        Cancelled
            `cancelled` said True.
        """
        places = places_in(node, region)
        missing = [place for place in places if not self._cache.holds(node.path, place)]
        for _, found in self._read(node, missing, cancelled):
            if isinstance(found, UserError):
                raise found

    def _read(
        self, node: Array, places: list[Place], cancelled: Callable[[], bool]
    ) -> Iterator[Found]:
        """Read chunks, and keep them."""
        if not places:
            return
        # Not those of now: what is read while everything is forgotten must not be kept.
        arrays, cache = self._arrays, self._cache
        if node.path not in arrays:
            arrays[node.path] = chunks_of(self._access, node)
        each = math.prod(node.chunks) * (node.dtype.itemsize or 8)
        cache.make_room(min(len(places) * each, max(each, IN_FLIGHT_BYTES)))
        for place, found in arrays[node.path].read(places, cancelled):
            if isinstance(found, Chunk):
                cache.put(node.path, place, found)
            yield place, found


def places_in(node: Array, region: tuple[slice, ...]) -> Iterator[Place]:
    """The chunks that a region touches, by their places in the grid, in C order."""
    return product(
        *(
            range(part.start // step, -(-part.stop // step))
            for part, step in zip(region, node.chunks, strict=True)
        )
    )


def _places_of(
    node: Array, region: tuple[slice, ...]
) -> Iterator[tuple[Place, Place, tuple[slice, ...]]]:
    """The chunks that a region touches, in C order.

    Yields
    ------
    place
        In the grid of chunks.
    start
        Where the first element that is both in the chunk and in the region lies in the array.
    inside
        What of the chunk lies in the region.
    """
    axes = []
    for wanted, step in zip(region, node.chunks, strict=True):
        axis = []
        for at in range(wanted.start // step, -(-wanted.stop // step)):
            low = max(wanted.start, at * step)
            inside = slice(low - at * step, min(wanted.stop, (at + 1) * step) - at * step)
            axis.append((at, low, inside))
        axes.append(axis)
    for parts in product(*axes):
        place, start, inside_all = zip(*parts, strict=True)
        yield place, start, inside_all
