"""Where each chunk lies in its shard, as the indices of shards tell; read once and kept."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

from omezarr_tui.settings import MIB
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array, join_path

if TYPE_CHECKING:
    import numpy as np

Place = tuple[int, ...]

_NEVER_WRITTEN = 2**64 - 1
_KEPT_BYTES = 16 * MIB


class ShardIndices:
    """The indices of an array's shards.

    Parameters
    ----------
    access
        Where the array lies.
    node
        The array.
    """

    def __init__(self, access: Access, node: Array) -> None:
        self._access = access
        self._node = node
        self._kept: dict[str, tuple[Any, np.ndarray[Any, Any] | None]] = {}

    def part(self, place: Place) -> tuple[str, int, int] | None:
        """Where a chunk lies: key of the shard, start and length in bytes.

        Parameters
        ----------
        place
            In the grid of chunks.

        Returns
        -------
        part
            None where the chunk was never written.

        Raises
        ------
        ValueError
            The index is damaged.
        OSError
            It cannot be read.
        """
        node = self._node
        assert node.shards is not None
        per_shard = tuple(s // c for s, c in zip(node.shards, node.chunks, strict=True))
        shard = tuple(at // count for at, count in zip(place, per_shard, strict=True))
        key = join_path(node.path, node.key_encoding.key(shard))
        index = self._index(key, per_shard)
        if index is None:
            return None
        number = 0
        for at, count in zip(place, per_shard, strict=True):
            number = number * count + at % count
        start, length = int(index[number, 0]), int(index[number, 1])
        return None if start == length == _NEVER_WRITTEN else (key, start, length)

    def _index(self, key: str, per_shard: Place) -> np.ndarray[Any, Any] | None:
        """Offset and length of each chunk: (chunks, 2); None where there is no shard."""
        kept = self._kept.get(key)
        state = self._state(key)
        if kept is None or kept[0] != state:
            if len(self._kept) * math.prod(per_shard) * 16 > _KEPT_BYTES:
                self._kept.clear()
            kept = self._kept[key] = (state, self._read(key, per_shard))
        return kept[1]

    def _state(self, key: str) -> Any:
        """Changes when a shard on the disk is written anew: then its old index tells nonsense."""
        if self._access.traffic is not None or self._access.location.inside is not None:
            return None
        path = os.path.join(self._access.location.path, key)
        try:
            found = os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            if os.path.islink(path):
                raise
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self, key: str, per_shard: Place) -> np.ndarray[Any, Any] | None:
        import numpy as np
        from numcodecs.checksum32 import crc32c_checksum

        index = self._node.shard_index
        assert index is not None
        if not self._access.has(key):
            return None
        raw = self._access.get_range(key, -index.nbytes if index.at_end else 0, index.nbytes)
        body = 16 * math.prod(per_shard)
        if len(raw) != index.nbytes:
            raise ValueError("the shard is shorter than its index")
        if index.is_checked and crc32c_checksum(raw[:body], 0) != int.from_bytes(
            raw[body:], "little"
        ):
            raise ValueError("the checksum of the shard's index is wrong")
        order = "<" if index.byte_order == "little" else ">"
        return np.frombuffer(raw[:body], f"{order}u8").reshape(-1, 2)


def is_written(access: Access, node: Array, place: Place, indices: ShardIndices) -> bool:
    """Whether a chunk is stored, whatever its values are. One look, where nothing is known yet.

    Parameters
    ----------
    access
        Where the array lies.
    node
        The array.
    place
        In the grid of chunks.
    indices
        Of its shards.
    """
    if node.shards is None:
        return access.has(join_path(node.path, node.key_encoding.key(place)))
    if node.shard_index is None:  # no more can be told than whether there is the shard
        shard = tuple(at * c // s for at, c, s in zip(place, node.chunks, node.shards, strict=True))
        return access.has(join_path(node.path, node.key_encoding.key(shard)))
    try:
        return indices.part(place) is not None
    except (OSError, ValueError):
        return True  # it was read, so there is something


def is_all(values: np.ndarray[Any, Any], fill: Any) -> bool:
    """Whether nothing but the fill value is there; most chunks tell by their first value."""
    import numpy as np

    if not values.size:
        return False
    if values.dtype.kind == "f" and np.isnan(fill):
        return bool(np.isnan(values.flat[0]) and np.isnan(values).all())
    return bool(values.flat[0] == fill and (values == fill).all())
