"""Chunks of plain codecs on a local disk, decoded without zarr-python: a file, one call, values.

What zarr-python does around a chunk takes longer than to decode it. Nearly all images are
written with the few codecs that are known here. Whatever is odd about an array or a chunk is
left to zarr-python, which reads it or says what is wrong.
"""

from __future__ import annotations

import math
import os
import threading
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from omezarr_tui.settings import MIB
from omezarr_tui.store.access import Access
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.node import Array, Codec, join_path
from omezarr_tui.store.shard_indices import ShardIndices
from omezarr_tui.store.standins import HEAD, stand_in

if TYPE_CHECKING:
    import numpy as np

Place = tuple[int, ...]
Decode = Callable[[bytes | memoryview], Any]

# In Zarr v3 those whose configuration is not needed for decoding; in v2 those of numcodecs.
_PLAIN = {2: ("blosc", "zstd", "gzip", "zlib", "lz4", "bz2"), 3: ("blosc", "zstd", "gzip")}
_GZIP = 31  # what zlib calls this format
_NOT_FINITE = ("NaN", "Infinity", "-Infinity")
_SCRATCH_BYTES = 4 * MIB


class _Scratch(threading.local):
    """Memory of each thread for the stored bytes of a chunk, which nobody needs afterwards."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def taken(self) -> bytearray:
        """What was taken before is gone."""
        if len(self._buffer) > _SCRATCH_BYTES:
            self._buffer = bytearray()
        return self._buffer


_scratch = _Scratch()


class NotPlain(Exception):
    """The chunk must be read otherwise."""


class DirectChunks:
    """Reads whole chunks of one array; `direct_chunks` makes it.

    Parameters
    ----------
    access
        Where the array lies.
    node
        The array.
    decoders
        One after the other from the stored bytes of a chunk to the bytes of its values; each gives
        new ones.
    dtype
        Of the stored values.
    order
        The axes in the order in which they are stored.
    fill
        The value of what was never written; None where zarr-python has to say.
    """

    def __init__(
        self,
        access: LocalAccess,
        node: Array,
        decoders: Sequence[Decode],
        dtype: np.dtype[Any],
        order: tuple[int, ...],
        fill: np.generic | None,
    ) -> None:
        self._access = access
        self._node = node
        self._decoders = decoders
        self._is_small = math.prod(node.chunks) * dtype.itemsize <= _SCRATCH_BYTES
        self._dtype = dtype
        self._stored_shape = tuple(node.chunks[axis] for axis in order)
        self._axes = tuple(order.index(axis) for axis in range(len(order)))
        self._fill = fill
        self._indices = ShardIndices(access, node)

    def read(self, place: Place) -> tuple[np.ndarray[Any, Any], bool]:
        """Read one chunk.

        Parameters
        ----------
        place
            In the grid of chunks.

        Returns
        -------
        values
            As much of the chunk as lies in the array; in the machine's byte order, read-only.
        written
            False where the chunk was never written: then all of it is one value in memory.

        Raises
        ------
        NotPlain, OSError, ValueError, …
            It must be read otherwise. Codecs may raise anything at damaged bytes.
        """
        import numpy as np

        raw = self._stored(place)
        inside = tuple(
            min(step, size - at * step)
            for at, step, size in zip(place, self._node.chunks, self._node.shape, strict=True)
        )
        if raw is None:
            if self._fill is None:
                raise NotPlain
            return np.broadcast_to(self._fill, inside), False
        for decode in self._decoders:
            raw = decode(raw)
        values = np.frombuffer(raw, self._dtype).reshape(self._stored_shape)
        values = values.transpose(self._axes)
        if values.shape != inside:  # a copy, or what lies outside of the array stays in memory
            values = values[tuple(map(slice, inside))].copy()
        return values.astype(self._dtype.newbyteorder("="), copy=False), True

    def _stored(self, place: Place) -> bytes | memoryview | None:
        node = self._node
        if node.shards is not None:
            part = self._indices.part(place)
            return None if part is None else self._raw(*part)
        key = join_path(node.path, node.key_encoding.key(place))
        raw = self._raw(key)
        if raw is None and os.path.islink(os.path.join(self._access.location.path, key)):
            raise NotPlain  # it leads nowhere: that is no chunk that was never written
        if raw is not None and len(raw) <= HEAD and stand_in(bytes(raw)):
            raise NotPlain
        return raw

    def _raw(
        self, key: str, start: int = 0, length: int | None = None
    ) -> bytes | memoryview | None:
        """Stored bytes: those that will be decoded in memory that the thread uses again."""
        if self._decoders and self._is_small:
            return self._access.get_into(_scratch.taken(), key, start, length)
        if length is None:
            return self._access.get(key)
        return self._access.get_range(key, start, length)


def direct_chunks(access: Access, node: Array) -> DirectChunks | None:
    """What reads an array's chunks directly; None where zarr-python has to."""
    import numpy as np

    decoders, order = _decoders(node), _axis_order(node)
    if not isinstance(access, LocalAccess) or access.traffic is not None:
        return None
    if decoders is None or order is None:
        return None
    if not node.dtype.is_pixel or 0 in node.chunks or 0 in node.shape or not node.chunks:
        return None
    if node.shards is not None and (node.shard_index is None or not node.shard_index.is_checked):
        return None
    if node.dtype.itemsize != 1 and node.dtype.byte_order is None:
        return None
    try:
        dtype = np.dtype(node.dtype.name)
        fill = _fill(node.fill_value, dtype)
    except (TypeError, ValueError, OverflowError):
        return None
    if dtype.itemsize != node.dtype.itemsize or dtype.kind not in "biuf":
        return None
    stored = dtype.newbyteorder(">") if node.dtype.byte_order == "big" else dtype
    return DirectChunks(access, node, decoders, stored, order, fill)


def _decoders(node: Array) -> list[Decode] | None:
    """From stored bytes to those of the values, by the codecs that come after ``bytes``."""
    import numcodecs

    steps = [codec for codec in node.codecs if codec.kind == "bytes→bytes"]
    if any(step.name not in _PLAIN[2 if node.zarr_format == 2 else 3] for step in steps):
        return None
    size = math.prod(node.chunks) * (node.dtype.itemsize or 1)

    def decoder(step: Codec) -> Decode:
        if step.name in ("gzip", "zlib"):  # numcodecs goes a longer way to the same bytes
            wbits = _GZIP if step.name == "gzip" else zlib.MAX_WBITS
            return partial(zlib.decompress, wbits=wbits, bufsize=size)
        known: Any = numcodecs.get_codec({"id": step.name})  # their bytes tell their settings
        decode: Decode = known.decode
        return decode

    return [decoder(step) for step in reversed(steps)]


def _axis_order(node: Array) -> tuple[int, ...] | None:
    """The axes in the order in which they are stored; None where codecs do more than that."""
    axes = tuple(range(len(node.chunks)))
    before = [codec for codec in node.codecs if codec.kind == "array→array"]
    if [codec.name for codec in node.codecs if codec.kind == "array→bytes"] != ["bytes"]:
        return None
    if node.zarr_format == 2:
        return None if before else axes[::-1] if node.order == "F" else axes
    if not before:
        return axes
    order = before[0].configuration.get("order")
    # Around a shard it would be the shard's axes that are in another order.
    plain = len(before) == 1 and before[0].name == "transpose" and node.shards is None
    if plain and isinstance(order, list) and sorted(order) == list(axes):
        return tuple(order)
    return None


def _fill(told: Any, dtype: np.dtype[Any]) -> np.generic | None:
    if isinstance(told, str) and not (told in _NOT_FINITE and dtype.kind == "f"):
        raise ValueError(told)
    value: np.generic | None = None if told is None else dtype.type(told)
    return value
