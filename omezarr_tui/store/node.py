"""Group, Array, Broken: what one node of a hierarchy is. Frozen values, no I/O."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from omezarr_tui.store.dtypes import ByteOrder, DataType

CodecKind = Literal["array→array", "array→bytes", "bytes→bytes"]


@dataclass(frozen=True, slots=True)
class Codec:
    """One step between an array's values and the bytes of a chunk."""

    name: str
    kind: CodecKind
    configuration: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeyEncoding:
    """How a chunk's place in the grid becomes its key.

    Parameters
    ----------
    style
        ``default`` writes ``c/0/1``, ``v2`` writes ``0.1`` (Zarr v3 core, "chunk key
        encodings"; Zarr v2, "chunks").
    separator
        Between the numbers: ``/`` or ``.``.
    """

    style: Literal["default", "v2"]
    separator: str

    def key(self, place: tuple[int, ...]) -> str:
        """The key of the chunk (or shard) at a place in the grid, relative to the array."""
        numbers = [str(index) for index in place]
        if self.style == "default":
            return self.separator.join(["c", *numbers])
        return self.separator.join(numbers) or "0"

    def place(self, key: str) -> tuple[int, ...] | None:
        """The place in the grid that a key stands for; None where it is no chunk's key.

        The one chunk of a scalar is ``c``, place (), or by style ``v2`` ``0``, place (0,).
        """
        parts = key.split(self.separator)
        if self.style == "default":
            if parts[0] != "c":
                return None
            parts = parts[1:]
        if not all(part.isascii() and part.isdecimal() for part in parts):
            return None
        place = tuple(int(part) for part in parts)
        return place if self.key(place) == key else None  # nobody looks for 00 or 0.07


@dataclass(frozen=True, slots=True)
class ShardIndex:
    """The table in each shard of where its chunks lie (Zarr v3, "sharding_indexed").

    Each chunk has two 8-byte numbers, offset and length; a chunk that was never written
    has all bits set in both.

    Parameters
    ----------
    at_end
        Whether it stands at the end of the shard, else at the start.
    nbytes
        Its length, checksum included.
    byte_order
        Of the numbers.
    """

    at_end: bool
    nbytes: int
    byte_order: ByteOrder

    @property
    def is_checked(self) -> bool:
        """Whether it ends in a checksum (CRC-32C): four bytes beside its pairs of numbers."""
        return self.nbytes % 16 == 4


@dataclass(frozen=True, slots=True)
class Group:
    """A node with children.

    Parameters
    ----------
    path
        From the location, with ``/`` between the parts; empty for the root.
    zarr_format
        2 or 3; None for a plain folder, which holds stores but is no Zarr itself.
    attributes
        What the user wrote, as parsed JSON.
    """

    path: str
    zarr_format: int | None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    consolidated: bool = False

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Array:
    """A node with values.

    Parameters
    ----------
    shape, chunks
        Elements along each axis, of the whole and of one chunk.
    shards
        Elements along each axis of one shard: a stored object that holds many chunks.
        None where each chunk is an object of its own.
    codecs
        In the order in which they are applied when a chunk is written; of a sharded
        array those inside of the shard.
    order
        Zarr v2's layout in memory, ``C`` or ``F``.
    shard_index
        Where a shard says which of its chunks are written; None where there are no shards,
        or where the index is itself compressed.
    dimension_names
        Of Zarr v3, or those that xarray keeps in ``_ARRAY_DIMENSIONS``.
    """

    path: str
    zarr_format: int
    shape: tuple[int, ...]
    dtype: DataType
    chunks: tuple[int, ...]
    shards: tuple[int, ...] | None
    codecs: tuple[Codec, ...]
    fill_value: Any
    key_encoding: KeyEncoding
    order: Literal["C", "F"] = "C"
    shard_index: ShardIndex | None = None
    dimension_names: tuple[str | None, ...] | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int | None:
        """Bytes of all elements before compression; None where elements differ in length."""
        return None if self.dtype.itemsize is None else self.size * self.dtype.itemsize

    @property
    def object_shape(self) -> tuple[int, ...]:
        """Elements along each axis of one stored object: a shard, else a chunk."""
        return self.shards or self.chunks

    def grid(self, cell: tuple[int, ...]) -> tuple[int, ...]:
        """How many chunks (or shards) of a shape it takes along each axis."""
        return tuple(-(-size // max(1, step)) for size, step in zip(self.shape, cell, strict=True))

    @property
    def chunk_count(self) -> int:
        """How many chunks the whole array has, written or not."""
        return math.prod(self.grid(self.chunks))

    @property
    def object_count(self) -> int:
        """How many stored objects (shards, else chunks) the whole array can have."""
        return math.prod(self.grid(self.object_shape))


@dataclass(frozen=True, slots=True)
class Broken:
    """A node that cannot be read.

    Parameters
    ----------
    reason
        In plain words, short enough to stand beside the name.
    detail
        The cause, as precisely as it is known.
    """

    path: str
    reason: str
    detail: str = ""

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


Node = Group | Array | Broken


def join_path(*parts: str) -> str:
    """Join parts of a node's path; empty parts vanish."""
    return "/".join(part.strip("/") for part in parts if part.strip("/"))


def parent_path(path: str) -> str:
    """The path of the node above; the root's is the root's own."""
    return path.rpartition("/")[0]
