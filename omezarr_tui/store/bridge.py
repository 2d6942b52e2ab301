"""Our own access as a zarr store, so that zarr-python reads through the same door."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, NoReturn

from zarr.abc.store import (
    ByteRequest,
    OffsetByteRequest,
    RangeByteRequest,
    Store,
    SuffixByteRequest,
)
from zarr.core.buffer import Buffer, BufferPrototype

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from omezarr_tui.store.access import Access

Part = tuple[str, int | None, int | None]  # key, start and length; None for all of it
Held = bytes | None | Exception  # None: there is no such key


class AccessStore(Store):
    """A read-only zarr store over an access.

    Parameters
    ----------
    access
        Reads the bytes.

    Attributes
    ----------
    held
        What was fetched ahead of it being asked for.
    """

    def __init__(self, access: Access) -> None:
        super().__init__(read_only=True)
        self._access = access
        self.held: Mapping[Part, Held] = {}

    def __eq__(self, other: object) -> bool:
        """Whether both read through the same access."""
        return isinstance(other, AccessStore) and other._access is self._access

    __hash__ = None  # type: ignore[assignment]

    async def get(
        self, key: str, prototype: BufferPrototype, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """The bytes of a key; None where there is no such key."""
        match byte_range:
            case None:
                raw = await self._part(key, None, None)
            case RangeByteRequest(start, end):
                raw = await self._part(key, start, end - start)
            case SuffixByteRequest(suffix):
                raw = await self._part(key, -suffix, suffix)
            case OffsetByteRequest(offset):
                whole = await self._access.fetch(key)
                raw = None if whole is None else whole[offset:]
        return None if raw is None else prototype.buffer.from_bytes(raw)

    async def _part(self, key: str, start: int | None, length: int | None) -> bytes | None:
        if length == 0:  # as a damaged index may say; no server answers that
            return b""
        held = self.held
        if (key, start, length) in held:
            return _given(held[key, start, length])
        if start is not None and (key, None, None) in held:
            whole = _given(held[key, None, None])
            # A view: of a large shard, a copy from each chunk to the end would take seconds.
            return None if whole is None else bytes(memoryview(whole)[start:][:length])
        return await self._access.fetch(key, start, length)

    async def get_ranges(
        self,
        key: str,
        byte_ranges: Sequence[ByteRequest | None],
        *,
        prototype: BufferPrototype,
        **limits: int,
    ) -> AsyncIterator[Sequence[tuple[int, Buffer | None]]]:
        """Parts of a key one by one, as zarr 3.4 asks for chunks in a shard: they are at hand."""
        for number, part in enumerate(byte_ranges):
            yield [(number, await self.get(key, prototype, part))]

    async def get_partial_values(
        self, prototype: BufferPrototype, key_ranges: Iterable[tuple[str, ByteRequest | None]]
    ) -> list[Buffer | None]:
        """The bytes of parts of several keys."""
        return [await self.get(key, prototype, part) for key, part in key_ranges]

    async def exists(self, key: str) -> bool:
        """Whether there is such a key."""
        return await self._access.fetch(key) is not None

    @property
    def supports_writes(self) -> bool:
        """No: the program writes by itself."""
        return False

    @property
    def supports_deletes(self) -> bool:
        """No: the program deletes by itself."""
        return False

    @property
    def supports_listing(self) -> bool:
        """No: the program lists by itself."""
        return False

    async def set(self, key: str, value: Buffer) -> NoReturn:
        """Refuse."""
        self._check_writable()
        raise NotImplementedError

    async def delete(self, key: str) -> NoReturn:
        """Refuse."""
        self._check_writable()
        raise NotImplementedError

    def list(self) -> AsyncIterator[str]:
        """Refuse: the program lists by itself."""
        raise NotImplementedError

    def list_prefix(self, prefix: str) -> AsyncIterator[str]:
        """Refuse: the program lists by itself."""
        raise NotImplementedError

    def list_dir(self, prefix: str) -> AsyncIterator[str]:
        """Refuse: the program lists by itself."""
        raise NotImplementedError


def _given(held: Held) -> bytes | None:
    if isinstance(held, Exception):
        raise held
    return held
