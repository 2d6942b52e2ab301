"""A store that is reached over a network, whatever the protocol: few requests, together.

A `Transport` speaks the protocol. Here its answers are counted, remembered, given up when the
user turns away, and not believed where servers are known to lie.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from omezarr_tui.errors import UserError
from omezarr_tui.store.access import Documents, Entry, Options
from omezarr_tui.store.documents import DOCUMENTS, ZARR_JSON, ZARRAY, ZATTRS, ZGROUP
from omezarr_tui.store.location import WEB, Location
from omezarr_tui.store.node import join_path, parent_path
from omezarr_tui.store.remembered import CONSOLIDATED_BYTES, ZMETADATA, Remembered
from omezarr_tui.store.traffic import Traffic
from omezarr_tui.store.transport import Transport
from omezarr_tui.store.waiting import Shared, Slots, unless_cancelled, wait_for

if TYPE_CHECKING:
    from zarr.abc.store import Store

T = TypeVar("T")

_IN_FLIGHT = 128  # requests at a time: a slow network is mostly waited for
# How pages begin that some web servers send, with the code for success, for what is missing.
_PAGES = (b"<!doctype html", b"<html")
_OF_FORMAT = {2: (ZARRAY, ZGROUP, ZATTRS), 3: (ZARR_JSON,), None: DOCUMENTS}


class RemoteAccess:
    """A store behind a `Transport`.

    Parameters
    ----------
    location
        Where the store lies.
    options
        How it was opened.
    transport
        Speaks its protocol.
    """

    def __init__(self, location: Location, options: Options, transport: Transport) -> None:
        self.location = location
        self.traffic = Traffic()
        self.denied: str | None = None
        self._options = options
        self._transport = transport
        self._remembered = Remembered()
        self._listings: dict[str, Shared[list[Entry]]] = {}
        self._slots = Slots(_IN_FLIGHT)
        self._settled = False
        self._lists = False  # whether a folder was listed

    @property
    def can_list(self) -> bool:
        """Whether `entries` tells all names; known once something was listed."""
        return self._lists

    @property
    def as_whom(self) -> str:
        """As whom the server is asked, in words."""
        return self._transport.as_whom

    def at(self, location: Location) -> RemoteAccess:
        """The same kind of access at another place, over the same connection."""
        other = RemoteAccess(location, self._options, self._transport)
        other.traffic, other._settled = self.traffic, self._settled
        return other

    def why_read_only(self) -> str | None:
        """Why nothing can be written here, in words; None where it can."""
        if self._options.read_only:
            return "opened with --read-only"
        return self._transport.why_read_only()

    # -- reading --------------------------------------------------------------------------

    def get(self, key: str) -> bytes | None:
        """All bytes of a key, asked for anew; None where there is no such key.

        Raises
        ------
        OSError
            It cannot be read, or the server does not say whether it is there.
        """
        try:
            return _believed(self.location, wait_for(self._get(key)))
        except FileNotFoundError:
            return None

    async def fetch(
        self, key: str, start: int | None = None, length: int | None = None
    ) -> bytes | None:
        """The bytes of a key for zarr-python; None where it counts as missing.

        Parameters
        ----------
        key
            A chunk's, or a document's, which may be remembered.
        start, length
            The part that is wanted; None for all.
        """
        if start is None and key in self._remembered:
            return self._remembered.get(key)
        try:
            if start is None:
                return _believed(self.location, await self._get(key))
            assert length is not None
            return await self._ask(self._transport.get_range(self._address(key), start, length))
        except FileNotFoundError:
            return None
        except PermissionError as error:
            if self._lists:  # then it is there, or S3 would say that it is not
                raise
            self.denied = str(error)
            return None

    async def fetch_ranges(self, key: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Several parts of a key that exists, each by start and length, in few requests."""
        return await self._ask(self._transport.get_ranges(self._address(key), ranges))

    def documents(self, paths: Sequence[str], zarr_format: int | None) -> list[Documents]:
        """The documents of nodes, asked for together and remembered until `forget`.

        Those of another format than `zarr_format` are looked for only where there is none,
        and not of names that no listing told: metadata that name a child name one of theirs.
        """
        wanted = [
            join_path(path, name)
            for path in paths
            for name in _OF_FORMAT[zarr_format or self._format_around(path)]
        ]
        if "" in paths and zarr_format is None:
            wanted.append(ZMETADATA)
        failed = wait_for(self._learn(wanted))
        found = [self._known(path, failed) for path in paths]
        odd = [path for path, documents in zip(paths, found, strict=True) if not documents]
        if odd and (zarr_format is None or self.can_list):
            failed |= wait_for(self._learn([join_path(p, name) for p in odd for name in DOCUMENTS]))
            found = [self._known(path, failed) for path in paths]
        return found

    def _format_around(self, path: str) -> int | None:
        """The format of a node that was read, else of the nearest one above it that was."""
        while True:
            if self._remembered.get(join_path(path, ZARR_JSON)) is not None:
                return 3
            if any(self._remembered.get(join_path(path, name)) for name in (ZARRAY, ZGROUP)):
                return 2
            if not path:
                return None
            path = parent_path(path)

    def _known(self, path: str, failed: Mapping[str, OSError]) -> Documents:
        found: dict[str, bytes] = {}
        for name in DOCUMENTS:
            key = join_path(path, name)
            if key in failed:
                return failed[key]
            if (raw := self._remembered.get(key)) is not None:
                found[name] = raw
        return found

    async def _learn(self, keys: Sequence[str]) -> dict[str, OSError]:
        """Ask for the documents that are not known, all at once; those that failed, with why."""
        unknown = [key for key in keys if key not in self._remembered]
        answers = await self._answers(unknown)
        failed: dict[str, OSError] = {}
        # An answer about consolidated metadata comes last: what was read itself counts more.
        for key, answer in sorted(answers.items(), key=lambda item: item[0].endswith(ZMETADATA)):
            if isinstance(answer, bytes):
                self._remembered.learn(key, answer)
            elif isinstance(answer, FileNotFoundError):
                self._remembered.learn(key, None)
            elif isinstance(answer, PermissionError) and not self._lists:
                # S3 says so of what is missing to who may read, but not list.
                self.denied = self.denied or str(answer)
                self._remembered.learn(key, None)
            elif not key.endswith(ZMETADATA):
                failed[key] = answer
        return failed

    async def _answers(self, keys: Sequence[str]) -> dict[str, bytes | OSError]:
        """What came of each key. The first time, find out as whom the server lets us read."""
        first: PermissionError | None = None
        while True:
            asked = await asyncio.gather(*map(self._document, keys))
            answers = dict(zip(keys, asked, strict=True))
            refusals = [a for a in answers.values() if isinstance(a, PermissionError)]
            if self._settled or not refusals or len(refusals) < len(keys):
                break
            first = first or refusals[0]
            if not await self._transport.try_otherwise(refusals[0]):
                self.denied = str(first)
                break
            self._listings = {}  # what was refused to who we are no longer
        self._settled |= bool(keys)
        return answers

    async def _document(self, key: str) -> bytes | OSError:
        most = CONSOLIDATED_BYTES if key.endswith(ZMETADATA) else None
        try:
            return _believed(self.location, await self._get(key, most))
        except OSError as error:
            return error

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Some bytes of a key that exists; a negative start counts from the end.

        Raises
        ------
        OSError
            The key cannot be read.
        """
        return wait_for(self._ask(self._transport.get_range(self._address(key), start, length)))

    def has(self, key: str) -> bool:
        """Whether there is such a key."""
        if key in self._remembered:
            return self._remembered.get(key) is not None
        try:
            return self.size(key) >= 0
        except (FileNotFoundError, PermissionError):
            return False

    def size(self, key: str) -> int:
        """The bytes of a key that exists.

        Raises
        ------
        FileNotFoundError
            It does not.
        """
        return wait_for(self._ask(self._transport.size(self._address(key))))

    def known_names(self, folder: str) -> frozenset[str] | None:
        """The names in a group that consolidated metadata tell; None where they do not."""
        return self._remembered.names(folder)

    def forget(self) -> None:
        """Ask for everything anew from now on."""
        self._remembered = Remembered()
        for listing in self._listings.values():
            listing.drop()
        self._listings = {}
        self.denied = None

    # -- listing --------------------------------------------------------------------------

    def list_soon(self, folder: str) -> bool:
        """Begin to list a folder, unless it was: `entries` will be asked for it."""
        if folder in self._listings:
            return False
        self._listings[folder] = Shared(self._ask(self._transport.entries(self._address(folder))))
        return True

    def entries(self, folder: str) -> list[Entry]:
        """The names directly inside a folder, in no order; empty where there is none.

        Remembered until `forget`. Where the place `can_list` nothing, they are none.

        Raises
        ------
        OSError
            The folder cannot be listed.
        """
        self.list_soon(folder)
        listing = self._listings[folder]
        try:
            found = listing.wait()
            self._lists = self._transport.can_list
            return found
        except FileNotFoundError:
            return []
        except PermissionError as error:  # as often, where anyone may read but not list
            self._lists = False
            self.denied = str(error)
            return []
        except BaseException:
            self._listings.pop(folder, None)
            listing.drop()
            raise

    def leads_back(self, folder: str) -> bool:
        """False: there are no links."""
        return False

    def keys_below(self, folder: str) -> Iterator[tuple[str, int]]:
        """Each key below a folder, relative to it, with its size in bytes.

        Raises
        ------
        OSError
            It cannot be listed.
        """
        batches = self._transport.below(self._address(folder))
        while (batch := wait_for(self._ask(anext(batches, None)))) is not None:
            yield from batch

    # -- writing --------------------------------------------------------------------------

    def put(self, key: str, value: bytes | None, *, mode: int | None = None) -> None:
        """Set a key in one step, or delete it where the value is None.

        Raises
        ------
        UserError
            The place is read-only.
        OSError
            The server refused.
        """
        if reason := self.why_read_only():
            raise UserError(f"{self.location.name} was not changed", reason)
        self._remembered.drop(key)
        self._listings = {}
        wait_for(self._ask(self._transport.put(self._address(key), value, mode=mode)))

    def mode(self, key: str) -> int | None:
        """The permission bits of a key, where the protocol has them."""
        return wait_for(self._ask(self._transport.mode(self._address(key))))

    def remove_folder(self, folder: str) -> None:
        """Remove a folder that is empty; any other is left as it is."""
        with suppress(OSError):
            wait_for(self._ask(self._transport.remove_folder(self._address(folder))))

    def zarr_store(self) -> Store:
        """A read-only zarr store over the same place."""
        from omezarr_tui.store.bridge import AccessStore

        return AccessStore(self)

    # -- one request ----------------------------------------------------------------------

    async def _get(self, key: str, most: int | None = None) -> bytes:
        return await self._ask(self._transport.get(self._address(key), most))

    async def _ask(self, request: Awaitable[T]) -> T:
        """Make a request: in its turn, counted, and given up with the work that it is for."""
        async with self._slots.here():
            with self.traffic.request():
                answer = await unless_cancelled(request)
        if isinstance(answer, bytes):
            self.traffic.received(len(answer))
        elif isinstance(answer, list):
            self.traffic.received(sum(len(part) for part in answer if isinstance(part, bytes)))
        return answer

    def _address(self, key: str) -> str:
        if key.startswith("/") or "\0" in key or ".." in key.split("/"):
            raise UserError(
                f"{key} was not read", "the path leads out of the store, or is not a path"
            )
        return join_path(self.location.address, key)


def _believed(location: Location, raw: bytes) -> bytes:
    """An answer, unless it is the page that some web servers send for what is missing."""
    if location.protocol in WEB and raw[:64].lstrip().lower().startswith(_PAGES):
        raise FileNotFoundError("the server answered with a web page")
    return raw
