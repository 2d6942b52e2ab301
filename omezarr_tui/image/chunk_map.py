"""The chunks that a plane lies in: which are stored, how large they are, which do not decode."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from enum import Enum
from itertools import islice

from omezarr_tui.errors import UserError, explain
from omezarr_tui.image.decoding import chunks_of
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array, join_path
from omezarr_tui.store.shard_indices import ShardIndices
from omezarr_tui.store.waiting import Cancelled

Place = tuple[int, ...]
Spot = tuple[int, int]  # of a chunk in the grid of a plane: row and column

_TOGETHER = 8  # questions to a server at a time


class State(Enum):
    """What is known of a chunk."""

    UNKNOWN = "not known"
    STORED = "stored"
    MISSING = "never written"
    SOUND = "decodes"
    BROKEN = "fails"


@dataclass(frozen=True, slots=True)
class ChunkFacts:
    """What is known of one chunk.

    Parameters
    ----------
    state
        What it is.
    nbytes
        Bytes stored; None where that is not known.
    why
        Why it does not decode.
    """

    state: State = State.UNKNOWN
    nbytes: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class ChunkPlane:
    """The grid of chunks over a plane of an array.

    Parameters
    ----------
    level
        Number of the level.
    array
        Its array.
    rows, columns
        The axes down and across.
    position
        Where the plane lies, an index for each axis.
    """

    level: int
    array: Array
    rows: int
    columns: int
    position: Place

    @property
    def grid(self) -> Spot:
        """Chunks down and across."""
        grid = self.array.grid(self.array.chunks)
        return grid[self.rows], grid[self.columns]

    @property
    def per_shard(self) -> Spot:
        """Chunks of one shard, down and across; (1, 1) without shards."""
        pairs = zip(self.array.object_shape, self.array.chunks, strict=True)
        counts = [cell // chunk for cell, chunk in pairs]
        return counts[self.rows], counts[self.columns]

    def place(self, spot: Spot) -> Place:
        """The place of a chunk in the grid of the whole array."""
        place = [at // step for at, step in zip(self.position, self.array.chunks, strict=True)]
        place[self.rows], place[self.columns] = spot
        return tuple(place)

    def spot_of(self, pixel: Place) -> Spot:
        """The chunk that a pixel lies in."""
        chunks = self.array.chunks
        return pixel[self.rows] // chunks[self.rows], pixel[self.columns] // chunks[self.columns]

    def key(self, spot: Spot) -> str:
        """The key of the object that holds a chunk, from the array on."""
        return self.array.key_encoding.key(object_place(self.array, self.place(spot)))

    def pixels(self, spot: Spot) -> tuple[range, range]:
        """The pixels of a chunk that lie in the array, down and across."""
        down, across = (
            range(at * self.array.chunks[a], min((at + 1) * self.array.chunks[a], shape))
            for at, a in zip(spot, (self.rows, self.columns), strict=True)
            for shape in [self.array.shape[a]]
        )
        return down, across

    @property
    def chunk_bytes(self) -> int:
        """Uncompressed bytes of one chunk."""
        return math.prod(self.array.chunks) * (self.array.dtype.itemsize or 1)


def object_place(array: Array, place: Place) -> Place:
    """The place of the stored object (shard, else chunk) that holds a chunk."""
    triples = zip(place, array.chunks, array.object_shape, strict=True)
    return tuple(at * chunk // cell for at, chunk, cell in triples)


def look_up(
    access: Access,
    plane: ChunkPlane,
    spots: Iterable[Spot],
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[Spot, ChunkFacts]]:
    """Tell which chunks are stored, one after another.

    Nothing is read but the indices of shards; of each other chunk its size is asked for.

    Raises
    ------
    Cancelled
        `cancelled` said True.
    """
    indices = ShardIndices(access, plane.array)

    def look(spot: Spot) -> ChunkFacts:
        try:
            return _look(access, plane, spot, indices)
        except Cancelled:
            raise
        except (OSError, ValueError, UserError) as error:
            return ChunkFacts(State.BROKEN, why=explain(error))

    if access.traffic is None or plane.array.shards is not None:
        # The index of a shard tells of many chunks: it is read once, by the first.
        for spot in spots:
            if cancelled():
                raise Cancelled
            yield spot, look(spot)
        return
    left = iter(spots)
    with ThreadPoolExecutor(_TOGETHER, "look up") as threads:
        while batch := list(islice(left, 4 * _TOGETHER)):
            if cancelled():
                raise Cancelled
            # A copy of the context each: what is no longer wanted stops waiting for answers.
            jobs: list[Future[ChunkFacts]] = [
                threads.submit(copy_context().run, look, spot) for spot in batch
            ]
            yield from ((spot, job.result()) for spot, job in zip(batch, jobs, strict=True))


def decode(
    access: Access,
    plane: ChunkPlane,
    facts: Iterable[tuple[Spot, ChunkFacts]],
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[Spot, ChunkFacts]]:
    """Decode chunks that are stored, and tell which of them fail, and why.

    Parameters
    ----------
    facts
        What is known of them already.

    Raises
    ------
    Cancelled
        `cancelled` said True.
    """
    reading = chunks_of(access, plane.array)
    for spot, known in facts:
        if cancelled():
            raise Cancelled
        try:
            for _, found in reading.read([plane.place(spot)], cancelled):
                if isinstance(found, UserError):
                    raise found
        except Cancelled:
            raise
        except UserError as error:
            yield spot, replace(known, state=State.BROKEN, why=error.why)
        except Exception as error:  # codecs may raise anything
            yield spot, replace(known, state=State.BROKEN, why=explain(error))
        else:
            yield spot, replace(known, state=State.SOUND, why="")


def _look(access: Access, plane: ChunkPlane, spot: Spot, indices: ShardIndices) -> ChunkFacts:
    array = plane.array
    if array.shards is not None and array.shard_index is not None:
        part = indices.part(plane.place(spot))
        if part is None:
            return ChunkFacts(State.MISSING)
        return ChunkFacts(State.STORED, part[2])
    try:
        nbytes = access.size(join_path(array.path, plane.key(spot)))
    except (FileNotFoundError, NotADirectoryError):
        return ChunkFacts(State.MISSING)
    # Of a shard without an index that is read here, no more is known than that it is there.
    return ChunkFacts(State.STORED, nbytes if array.shards is None else None)


def counts_of(facts: Iterable[ChunkFacts]) -> dict[State, int]:
    """How many chunks are in each state."""
    counts = dict.fromkeys(State, 0)
    for one in facts:
        counts[one.state] += 1
    return counts
