"""Stores that count what they are asked, that keep one waiting, or that fail."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zarr.abc.store import Store
from zarr.storage import WrapperStore

from omezarr_tui.store.access import Entry
from omezarr_tui.store.documents import DOCUMENTS
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location

_LONGEST = 20  # seconds that anything waits: a test that forgets the gate fails and ends


class CountingAccess(LocalAccess):
    """Notes which folders are listed; of those that are closed, it refuses to tell anything."""

    def __init__(self, path: Path, *closed: str) -> None:
        super().__init__(Location.local(path))
        self.listed: list[str] = []
        self.closed = closed

    def entries(self, folder: str) -> list[Entry]:
        self.listed.append(folder)
        if folder in self.closed:
            raise PermissionError(13, "Permission denied", f"[/x]{folder}")
        return super().entries(folder)


class GatedAccess(LocalAccess):
    """A store whose chunks come, and whose counting goes on, only while the gate is open.

    Attributes
    ----------
    hold_documents
        Whether documents wait as well.
    asked
        What was asked for and may have to wait, in order.
    counted
        The keys that were counted.
    """

    hold_documents = False

    def __init__(self, path: Path) -> None:
        super().__init__(Location.local(path))
        self.gate = threading.Event()
        self.gate.set()
        self.asked: list[str] = []
        self.counted: list[str] = []

    def at(self, location: Location) -> LocalAccess:
        if location != self.location:
            return super().at(location)
        return self

    def wait(self, key: str) -> bool:
        """Whether a key must wait; it is noted."""
        waits = self.hold_documents or key.rpartition("/")[2] not in DOCUMENTS
        if waits:
            self.asked.append(key)
        return waits

    def get(self, key: str) -> bytes | None:
        if self.wait(key):
            self.gate.wait(_LONGEST)
        return super().get(key)

    def get_into(
        self, buffer: bytearray, key: str, start: int = 0, length: int | None = None
    ) -> memoryview | None:
        if self.wait(key):
            self.gate.wait(_LONGEST)
        return super().get_into(buffer, key, start, length)

    def put(
        self,
        key: str,
        value: bytes | None,
        *,
        mode: int | None = None,
        version: str | None = None,
    ) -> None:
        self.asked.append(key)
        self.gate.wait(_LONGEST)
        super().put(key, value, mode=mode, version=version)

    def keys_below(self, folder: str) -> Iterator[tuple[str, int]]:
        for number, found in enumerate(super().keys_below(folder)):
            if number >= 5:
                self.gate.wait(_LONGEST)
            self.counted.append(found[0])
            yield found

    def zarr_store(self) -> Store:
        return _GatedStore(super().zarr_store(), self)


class _GatedStore(WrapperStore[Store]):
    """The same for what zarr-python reads."""

    def __init__(self, store: Store, access: GatedAccess) -> None:
        super().__init__(store)
        self._access = access

    async def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        if self._access.wait(key):
            await asyncio.to_thread(self._access.gate.wait, _LONGEST)
        return await super().get(key, *args, **kwargs)

    def get_sync(self, key: str, **kwargs: Any) -> Any:
        # The faster pipeline of zarr 3.4 reads this way.
        if self._access.wait(key):
            self._access.gate.wait(_LONGEST)
        return self._store.get_sync(key, **kwargs)
