"""What goes between a store and those who edit it: requests and bytes, key by key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from zarr.abc.store import ByteRequest
from zarr.core.buffer import Buffer, BufferPrototype
from zarr.storage import LocalStore, WrapperStore

from omezarr_tui.store.bridge import AccessStore
from omezarr_tui.store.documents import DOCUMENTS
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location


@dataclass
class Requests:
    """How often each key was asked for, and the bytes of all answers.

    A key that is not there counts as well.
    """

    times: Counter[str] = field(default_factory=Counter)
    nbytes: int = 0

    def add(self, key: str, raw: bytes | Buffer | None) -> None:
        """One more."""
        self.times[key] += 1
        self.nbytes += 0 if raw is None else len(raw)

    @property
    def chunks(self) -> Counter[str]:
        """How often each chunk or shard was asked for."""
        return Counter({k: n for k, n in self.times.items() if not k.endswith(DOCUMENTS)})


@dataclass
class Traffic:
    """What was read and written, each by itself."""

    read: Requests = field(default_factory=Requests)
    written: Requests = field(default_factory=Requests)


class CountingAccess(LocalAccess):
    """The program's side: all that it reads and writes is counted in `traffic_seen`."""

    def __init__(self, location: Location) -> None:
        super().__init__(location)
        self.seen = Traffic()

    def _read(self, key: str, raw: bytes | None) -> bytes | None:
        self.seen.read.add(key, raw)
        return raw

    def get(self, key: str) -> bytes | None:
        """All bytes of a key."""
        return self._read(key, super().get(key))

    def get_with_version(self, key: str) -> tuple[bytes | None, str]:
        """All bytes of a key, and its version."""
        raw, version = super().get_with_version(key)
        return self._read(key, raw), version

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Some bytes of a key."""
        raw = super().get_range(key, start, length)
        self._read(key, raw)
        return raw

    def put(
        self,
        key: str,
        value: bytes | None,
        *,
        mode: int | None = None,
        version: str | None = None,
    ) -> None:
        """Set a key, or delete it."""
        self.seen.written.add(key, value)
        super().put(key, value, mode=mode, version=version)

    def zarr_store(self) -> AccessStore:
        """A zarr store that reads through this one, so that it is counted."""
        return AccessStore(self)


class CountingStore(WrapperStore[LocalStore]):
    """The other side: a store of zarr-python, counted in `seen`."""

    def __init__(self, store: LocalStore, seen: Traffic | None = None) -> None:
        super().__init__(store)
        self.seen = seen or Traffic()

    def _with_store(self, store: LocalStore) -> CountingStore:
        return type(self)(store, self.seen)

    async def get(
        self, key: str, prototype: BufferPrototype, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """The bytes of a key, or some of them."""
        raw = await super().get(key, prototype, byte_range)
        self.seen.read.add(key, raw)
        return raw

    async def get_partial_values(
        self, prototype: BufferPrototype, key_ranges: Iterable[tuple[str, ByteRequest | None]]
    ) -> list[Buffer | None]:
        """Parts of keys, one by one."""
        return [await self.get(key, prototype, part) for key, part in key_ranges]

    async def set(self, key: str, value: Buffer) -> None:
        """Set a key."""
        self.seen.written.add(key, value)
        await super().set(key, value)

    async def delete(self, key: str) -> None:
        """Delete a key."""
        self.seen.written.add(key, None)
        await super().delete(key)


def often(times: Counter[str], keys: Sequence[str]) -> str:
    """How often some keys were asked for: ``1 ×``, ``2 to 3 ×``; a dash for no key."""
    counts: list[Any] = [times[key] for key in keys]
    if not counts:
        return "–"
    low, high = min(counts), max(counts)
    return f"{low} ×" if low == high else f"{low} to {high} ×"
