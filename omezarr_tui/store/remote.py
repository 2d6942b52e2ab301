"""A store that is reached over a network, whatever the protocol: few requests, together.

A `Transport` speaks the protocol. Here its answers are counted, remembered, given up when the
user turns away, and not believed where servers are known to lie.
"""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from omezarr_tui.errors import UserError
from omezarr_tui.store.access import MISSING, ChangedMeanwhile, Documents, Entry, Options
from omezarr_tui.store.asked import AskedDocuments
from omezarr_tui.store.location import WEB, Location
from omezarr_tui.store.node import join_path
from omezarr_tui.store.traffic import Traffic
from omezarr_tui.store.transport import Transport
from omezarr_tui.store.waiting import Shared, Slots, unless_cancelled, wait_for

if TYPE_CHECKING:
    from zarr.abc.store import Store

T = TypeVar("T")

_IN_FLIGHT = 128  # requests at a time: a slow network is mostly waited for
# How pages begin that some web servers send, with the code for success, for what is missing.
_PAGES = (b"<!doctype html", b"<html")


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
        self.doubt: str | None = None
        self._options = options
        self._transport = transport
        self._asked = AskedDocuments(self._get, self._be_someone_else)
        self._listings: dict[str, Shared[list[Entry]]] = {}
        self._slots = Slots(_IN_FLIGHT)

    @property
    def can_list(self) -> bool:
        """Whether `entries` tells all names; known once something was listed."""
        return self._asked.lists is not False

    @property
    def denied(self) -> str | None:
        """Why the server refused keys, which then count as missing; None where it did not."""
        return self._asked.denied

    @property
    def can_rename(self) -> bool:
        """Whether a folder can be moved in one step."""
        return self._transport.can_rename

    @property
    def as_whom(self) -> str:
        """As whom the server is asked, in words."""
        return self._transport.as_whom

    def at(self, location: Location) -> RemoteAccess:
        """The same kind of access at another place, over the same connection."""
        other = RemoteAccess(location, self._options, self._transport)
        other.traffic, other._asked.settled = self.traffic, self._asked.settled
        other._asked.says_missing = self._asked.says_missing
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
            return wait_for(self._get(key))
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
        if start is None and key in self._asked.remembered:
            return self._asked.remembered.get(key)
        try:
            if start is None:
                return await self._get(key)
            assert length is not None
            return await self._ask(self._transport.get_range(self._address(key), start, length))
        except FileNotFoundError:
            return None
        except PermissionError as error:
            if not self._asked.counts_as_missing(error):
                raise
            self.doubt = str(error)
            return None

    async def fetch_ranges(self, key: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Several parts of a key that exists, each by start and length, in few requests."""
        return await self._ask(self._transport.get_ranges(self._address(key), ranges))

    def documents(self, paths: Sequence[str], zarr_format: int | None) -> list[Documents]:
        """The documents of nodes, asked for together and remembered until `forget`.

        Those of another format than `zarr_format` are looked for only where there is none,
        and not of names that no listing told: metadata that name a child name one of theirs.
        """
        return self._asked.documents(paths, zarr_format)

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
        if key in self._asked.remembered:
            return self._asked.remembered.get(key) is not None
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
        return self._asked.remembered.names(folder)

    def forget(self) -> None:
        """Ask for everything anew from now on."""
        self._asked.forget()
        self.doubt = None
        for listing in self._listings.values():
            listing.drop()
        self._listings = {}

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
            self._asked.lists = self._transport.can_list
            return found
        except FileNotFoundError:
            self._asked.lists = self._transport.can_list
            return []
        except PermissionError as error:  # as often, where anyone may read but not list
            self._asked.lists = False
            self._asked.denied = str(error)
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

    def get_with_version(self, key: str) -> tuple[bytes | None, str | None]:
        """All bytes of a key, and what `put` can tell by that they are still the same."""
        try:
            return wait_for(self._ask(self._transport.get_with_version(self._address(key))))
        except FileNotFoundError:
            return None, MISSING

    def put(
        self,
        key: str,
        value: bytes | None,
        *,
        mode: int | None = None,
        version: str | None = None,
    ) -> None:
        """Set a key in one step, or delete it where the value is None.

        Raises
        ------
        UserError
            The place is read-only.
        ChangedMeanwhile
            The key is no longer of that version.
        OSError
            The server refused.
        """
        self._check_writable()
        self._asked.remembered.drop(key)
        self._listings = {}
        address = self._address(key)
        try:
            wait_for(self._ask(self._transport.put(address, value, mode=mode, version=version)))
        except ChangedMeanwhile:
            # Where only the answer was lost it was asked for again, and what is there is ours.
            if self.get(key) != value:
                raise ChangedMeanwhile(key) from None

    def sweep(self, keys: Iterable[str]) -> None:
        """Remove what a `put` of these keys that was interrupted left beside them."""
        wait_for(self._ask(self._transport.sweep([self._address(key) for key in keys])))

    def mode(self, key: str) -> int | None:
        """The permission bits of a key, where the protocol has them."""
        return wait_for(self._ask(self._transport.mode(self._address(key))))

    def remove_folder(self, folder: str) -> None:
        """Remove a folder that is empty; any other is left as it is."""
        with suppress(OSError):
            wait_for(self._ask(self._transport.remove_folder(self._address(folder))))

    def rename_folder(self, old: str, new: str) -> None:
        """Move a folder with all that is in it, in one step, where it `can_rename`.

        Raises
        ------
        UserError
            The place is read-only.
        OSError
            Something is there already, or the server refused.
        """
        self._check_writable()
        self.forget()
        wait_for(self._ask(self._transport.rename_folder(self._address(old), self._address(new))))

    def zarr_store(self) -> Store:
        """A read-only zarr store over the same place."""
        from omezarr_tui.store.bridge import AccessStore

        return AccessStore(self)

    def _check_writable(self) -> None:
        if reason := self.why_read_only():
            raise UserError(f"{self.location.name} was not changed", reason)

    # -- one request ----------------------------------------------------------------------

    async def _get(self, key: str, most: int | None = None) -> bytes:
        raw = await self._ask(self._transport.get(self._address(key), most))
        # The page that some web servers send for what is missing is not believed.
        if self.location.protocol in WEB and raw[:64].lstrip().lower().startswith(_PAGES):
            raise FileNotFoundError("the server answered with a web page")
        return raw

    async def _be_someone_else(self, error: OSError) -> bool:
        self._listings = {}  # what was refused to who we are no longer
        return await self._transport.try_otherwise(error)

    async def _ask(self, request: Awaitable[T]) -> T:
        """Make a request: in its turn, counted, and given up with the work that it is for."""

        async def in_turn() -> T:
            async with self._slots.here():
                with self.traffic.request():
                    return await request

        try:
            answer = await unless_cancelled(in_turn())
        finally:
            if isinstance(request, Coroutine):  # given up before its turn came
                request.close()
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
