"""A store with an edit laid over it, as it is read: nothing here changes anything."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from omezarr_tui.edit.journal import journal_folder
from omezarr_tui.edit.keys import ABSENT, digest
from omezarr_tui.edit.moves import Move, before_moves, lies_in
from omezarr_tui.edit.pack import Draft, Span
from omezarr_tui.store.access import Access, Documents, Entry
from omezarr_tui.store.documents import DOCUMENTS, ZARR_JSON, ZARRAY, ZATTRS, ZGROUP
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import join_path

if TYPE_CHECKING:
    from omezarr_tui.store.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Staging:
    """What a key is to become.

    Parameters
    ----------
    digest
        Of what it will hold.
    nbytes
        How many bytes that are.
    span
        Where they lie in the draft; None where they are to come from another key, or where
        the key is to go.
    source
        The key that they come from.
    mode
        Permission bits of a new key; None for those that are usual.
    """

    digest: str
    nbytes: int = 0
    span: Span | None = None
    source: str | None = None
    mode: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the store was seen to hold at a key: `digest`, bytes, permission bits."""

    digest: str
    nbytes: int
    mode: int | None


GONE = Staging(ABSENT)


class Overlay:
    """What reads as the store will when an edit is made: an `Access` but for what changes it.

    Parameters
    ----------
    access
        The store; it is only read.

    Attributes
    ----------
    read_bytes
        How many bytes were read of the store itself.
    """

    can_list = True
    traffic: Traffic | None

    def __init__(self, access: Access) -> None:
        self.access = access
        self.location = access.location
        self.can_list = access.can_list
        self.traffic = access.traffic
        self.read_bytes = 0
        self._lock = threading.Lock()
        self._draft = Draft(journal_folder())
        self._staged: dict[str, Staging] = {}
        self._known: dict[str, Known] = {}
        self._moves: list[Move] = []

    # -- what is below it, and what is laid over it ----------------------------------------

    def original(self, key: str) -> bytes | None:
        """What the store itself holds at a key, wherever it is to lie; None where there is none."""
        base = self._below(key)
        raw = None if base is None else self.access.get(base)
        known = self._known.get(key)
        if known is None:
            mode = None if base is None or raw is None else self.access.mode(base)
            known = Known(digest(raw), len(raw or b""), mode)
        with self._lock:  # keys of a far store are read in many threads
            self.read_bytes += len(raw or b"")
            self._known.setdefault(key, known)
        return raw

    def staged_bytes(self, staging: Staging) -> bytes | None:
        """What a key is to hold."""
        if staging.span is not None:
            return self._draft.read(staging.span)
        base = None if staging.source is None else self._below(staging.source)
        return None if base is None else self.access.get(base)

    def _drafted(self, key: str) -> bytes | None:
        """What a key is to hold, where that is new; else the store holds it somewhere."""
        staged = self._staged.get(key)
        return None if staged is None or staged.span is None else self._draft.read(staged.span)

    def _stored(self, key: str) -> str | None:
        """Where the store holds what a key is to hold; None where it will hold nothing."""
        staged = self._staged.get(key)
        if staged is None:
            return self._below(key)
        return None if staged.source is None else self._below(staged.source)

    def _below(self, key: str) -> str | None:
        """Where the store itself holds what is to lie at a key, or in a folder."""
        return before_moves(key, self._moves)

    def _bases_below(self, folder: str) -> Iterator[tuple[str, str]]:
        """The folders of the store whose keys lie below a folder, and where they lie there."""
        base = self._below(folder)
        if base is not None:
            yield base, folder
        for _, new in self._moves:
            if new is not None and new != folder and lies_in(new, folder):
                base = self._below(new)
                if base is not None:
                    yield base, new

    def _know(self, key: str) -> Known:
        if key not in self._known:
            self.original(key)
        return self._known[key]

    def _has_keys(self, folder: str) -> bool:
        return next(iter(self.keys_below(folder)), None) is not None

    def _documents_touched(self, path: str) -> bool:
        moved = self._below(path) != path
        return moved or any(join_path(path, name) in self._staged for name in DOCUMENTS)

    def _documents(self, path: str) -> Documents:
        found: dict[str, bytes] = {}
        try:
            for name in (ZARR_JSON, ZARRAY, ZGROUP, ZATTRS):
                if (raw := self.get(join_path(path, name))) is not None:
                    found[name] = raw
        except OSError as error:
            return error
        return found

    # -- reading, as an access -----------------------------------------------------------

    @property
    def denied(self) -> str | None:
        """Why the server refused keys."""
        return self.access.denied

    @property
    def doubt(self) -> str | None:
        """Why chunks that count as never written may be there all the same."""
        return self.access.doubt

    @property
    def as_whom(self) -> str:
        """As whom a server is asked."""
        return self.access.as_whom

    @property
    def can_rename(self) -> bool:
        """Whether folders are moved in one step."""
        return self.access.can_rename

    def at(self, location: Location) -> Access:
        """The store itself at another place."""
        return self.access.at(location)

    def why_read_only(self) -> str | None:
        """Why nothing can be written to the store; None where it can."""
        return self.access.why_read_only()

    def get(self, key: str) -> bytes | None:
        """All bytes of a key as they will be; None where there will be none."""
        staged = self._staged.get(key)
        return self.original(key) if staged is None else self.staged_bytes(staged)

    def get_with_version(self, key: str) -> tuple[bytes | None, None]:
        """All bytes of a key as they will be; what is staged has no versions."""
        return self.get(key), None

    def documents(self, paths: Sequence[str], zarr_format: int | None) -> list[Documents]:
        """The documents of nodes as they will be."""
        untouched = [path for path in paths if not self._documents_touched(path)]
        known = dict(zip(untouched, self.access.documents(untouched, zarr_format), strict=True))
        return [known[path] if path in known else self._documents(path) for path in paths]

    def list_soon(self, folder: str) -> bool:
        """False: what is staged is at hand."""
        return False

    def known_names(self, folder: str) -> frozenset[str] | None:
        """The names that consolidated metadata tell, where nothing changes."""
        return None if self._staged or self._moves else self.access.known_names(folder)

    def forget(self) -> None:
        """Ask the store for everything anew from now on."""
        self.access.forget()

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Some bytes of a key that will exist; a negative start counts from the end."""
        raw = self._drafted(key)
        if raw is not None:
            return _part(raw, start, length)
        if (base := self._stored(key)) is None:
            raise FileNotFoundError(key)
        return self.access.get_range(base, start, length)

    async def fetch(
        self, key: str, start: int | None = None, length: int | None = None
    ) -> bytes | None:
        """The bytes of a key, or a part of them; None where there will be no such key."""
        raw = self._drafted(key)
        if raw is None:
            base = self._stored(key)
            return None if base is None else await self.access.fetch(base, start, length)
        return raw if start is None or length is None else _part(raw, start, length)

    async def fetch_ranges(self, key: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Several parts of a key that will exist, each by start and length."""
        raw = self._drafted(key)
        if raw is not None:
            return [_part(raw, *part) for part in ranges]
        if (base := self._stored(key)) is None:
            raise FileNotFoundError(key)
        return await self.access.fetch_ranges(base, ranges)

    def size(self, key: str) -> int:
        """The bytes of a key that will exist; else `FileNotFoundError`."""
        staged = self._staged.get(key)
        base = self._below(key)
        if staged is GONE or (staged is None and base is None):
            raise FileNotFoundError(key)
        if staged is not None:
            return staged.nbytes
        assert base is not None
        return self.access.size(base)

    def has(self, key: str) -> bool:
        """Whether there will be such a key."""
        staged = self._staged.get(key)
        if staged is not None:
            return staged.digest != ABSENT
        base = self._below(key)
        return base is not None and self.access.has(base)

    def mode(self, key: str) -> int | None:
        """The permission bits of a key."""
        base = self._below(key)
        return None if base is None else self.access.mode(base)

    def entries(self, folder: str) -> list[Entry]:
        """The names that will be directly inside a folder."""
        base = self._below(folder)
        found = {e.name: e for e in (self.access.entries(base) if base is not None else ())}
        head = f"{folder}/" if folder else ""
        for old, new in self._moves:
            for place, is_there in ((old, False), (new, True)):
                if place is not None and place.rpartition("/")[0] == folder:
                    name = place.rpartition("/")[2]
                    found.pop(name, None)
                    if is_there:
                        found[name] = Entry(name, True)
        for key, staged in self._staged.items():
            if not key.startswith(head):
                continue
            name, _, deeper = key.removeprefix(head).partition("/")
            if staged.digest != ABSENT:
                found.setdefault(name, Entry(name, bool(deeper)))
            elif not deeper or (name in found and not self._has_keys(head + name)):
                found.pop(name, None)
        return list(found.values())

    def leads_back(self, folder: str) -> bool:
        """Whether a folder is a link to one that it lies in."""
        base = self._below(folder)
        return base is not None and self.access.leads_back(base)

    def keys_below(self, folder: str) -> Iterator[tuple[str, int]]:
        """Each key that will be below a folder, relative to it, with its size in bytes."""
        head = f"{folder}/" if folder else ""
        for base_folder, target in self._bases_below(folder):
            for key, nbytes in self.access.keys_below(base_folder):
                place = join_path(target, key)
                if place not in self._staged and self._below(place) == join_path(base_folder, key):
                    yield place.removeprefix(head), nbytes
        for key, staged in list(self._staged.items()):
            if staged.digest != ABSENT and key.startswith(head):
                yield key.removeprefix(head), staged.nbytes

    def remove_folder(self, folder: str) -> None:
        """Nothing: the folders of keys come and go with them."""

    def sweep(self, keys: Iterable[str]) -> None:
        """Nothing: nothing is interrupted here."""


def _part(raw: bytes, start: int, length: int) -> bytes:
    """Some bytes; a negative start counts from the end."""
    start = start if start >= 0 else max(0, len(raw) + start)
    return raw[start : start + length]
