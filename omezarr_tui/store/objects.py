"""S3, Google Cloud Storage, Azure and plain HTTP, read by obstore."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from omezarr_tui.errors import UserError
from omezarr_tui.settings import MIB
from omezarr_tui.store.access import MISSING, ChangedMeanwhile, Entry, Options
from omezarr_tui.store.location import ARCHIVES, WEB, Location
from omezarr_tui.store.refusals import (
    IGNORES_RANGES,
    BrokenOff,
    NoLength,
    NotConditional,
    NotPartial,
    WrongRegion,
    as_os_error,
    region_of,
)
from omezarr_tui.store.remote import RemoteAccess
from omezarr_tui.store.versions import only_if, version_of
from omezarr_tui.store.webget import web_get
from omezarr_tui.store.webindex import names_in_index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore.store import ObjectStore

    from omezarr_tui.store.credentials import Way

P = ParamSpec("P")
T = TypeVar("T")

# A request that failed is made again so often, with growing waits between.
RETRIES: Any = {
    "max_retries": 4,
    "retry_timeout": timedelta(seconds=60),
    "backoff": {
        "init_backoff": timedelta(milliseconds=200),
        "max_backoff": timedelta(seconds=5),
        "base": 2,
    },
}
# Of a server that ignores ranges, an object is read whole to get a part of it; up to here.
_WHOLE_BYTES = 64 * MIB
_COALESCE = 64 * 1024  # parts that lie so near one another come with one request
_LIST_BATCH = 1000
_INDEX_BYTES = 16 * MIB  # of the page that a web server makes of a folder


def _again(ask: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Ask anew, with growing waits, where the answer broke off."""

    @wraps(ask)
    async def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        wait = RETRIES["backoff"]["init_backoff"].total_seconds()
        for number in range(RETRIES["max_retries"]):
            try:
                return await ask(*args, **kwargs)
            except BrokenOff:
                await asyncio.sleep(wait * 2**number)
        return await ask(*args, **kwargs)

    return asked


def open_objects(location: Location, options: Options) -> RemoteAccess:
    """The access to a bucket, a container or a web server. Nothing is asked yet.

    Raises
    ------
    UserError
        The credentials or the options that are given cannot be understood.
    """
    from omezarr_tui.store.credentials import ways_to_open

    root = location.address.partition("/")[0]
    web = location.protocol if location.protocol in WEB else ""
    transport = ObjectTransport(root, ways_to_open(location, options), web)
    return RemoteAccess(location, options, transport)


class ObjectTransport:
    """What obstore reads.

    Parameters
    ----------
    root
        The bucket, container or host, with which every address begins.
    ways
        As whom to ask, the most likely first.
    web
        The protocol of a plain web server, which may list folders as web pages, or not at
        all; else empty.
    """

    def __init__(self, root: str, ways: Sequence[Way], web: str) -> None:
        self.can_list = not web
        self._root = root
        self._ways = ways
        self._way = 0
        self._web = web
        self._learned: dict[str, str] = {}
        self._stores: dict[int, ObjectStore] = {}
        self._has_conditions = True  # as far as is known

    can_rename = False  # an object store has no folders

    def why_read_only(self) -> str | None:
        """Why nothing can be written here, in words; None where it can."""
        if self._web:
            return "HTTP cannot be written to"
        if self._ways[self._way].is_anonymous:
            return "no credentials to write with"
        return None

    async def try_otherwise(self, error: OSError) -> bool:
        """Go on to the next of the ways; after the last one, return to the first."""
        if isinstance(error, WrongRegion) and not self._learned:
            region = error.region or await asyncio.to_thread(region_of, self._root)
            self._learned = {"region": region} if region else {}
            self._stores = {}
            return bool(region)
        self._way = (self._way + 1) % len(self._ways)
        return self._way != 0

    @property
    def as_whom(self) -> str:
        """As whom it is asked now, in words."""
        return self._ways[self._way].name

    @property
    def _tried(self) -> str:
        """As whom it was tried, in words."""
        return ", then ".join(way.name for way in self._ways)

    @_again
    async def get(self, address: str, most: int | None = None) -> bytes:
        """All bytes of an object."""
        try:
            return (await self._whole(address, most))[0]
        except NoLength:
            return await self._plainly(address, _WHOLE_BYTES if most is None else most)

    @_again
    async def get_with_version(self, address: str) -> tuple[bytes, str | None]:
        """All bytes of an object, and which version of it they are."""
        return await self._whole(address, None)

    async def _whole(self, address: str, most: int | None) -> tuple[bytes, str | None]:
        import obstore

        with self._told(address):
            result = await obstore.get_async(self._store(), self._key(address))
            if most is not None and result.meta["size"] > most:
                raise OSError(f"{address} is larger than what is read of it here")
            return bytes(await result.bytes_async()), version_of(result.meta)

    async def _plainly(self, address: str, most: int) -> bytes:
        """All bytes of a page or file, from a server that does not tell their length."""
        root, headers = f"{self._web}://{self._root}", self._ways[self._way].headers
        return await asyncio.to_thread(web_get, root, self._key(address), headers, most)

    async def get_range(self, address: str, start: int, length: int) -> bytes:
        """Some bytes of an object; a negative start counts from the end."""
        import obstore
        from obstore.exceptions import NotSupportedError

        async def part() -> bytes:
            store, key = self._store(), self._key(address)
            if start >= 0:
                return bytes(await obstore.get_range_async(store, key, start=start, length=length))
            try:
                result = await obstore.get_async(store, key, options={"range": {"suffix": -start}})
            except NotSupportedError:  # Azure knows no parts counted from the end
                first = max(0, await self.size(address) + start)
                return bytes(await obstore.get_range_async(store, key, start=first, length=length))
            return bytes(await result.bytes_async())[:length]

        def of_whole(whole: bytes) -> bytes:
            return whole[start:][:length]

        return await self._partly(address, part, of_whole)

    async def get_ranges(self, address: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Several parts of an object, each by start and length, in few requests."""
        import obstore

        async def parts() -> list[bytes]:
            found = await obstore.get_ranges_async(
                self._store(),
                self._key(address),
                starts=[start for start, _ in ranges],
                lengths=[length for _, length in ranges],
                coalesce=_COALESCE,
            )
            return [bytes(part) for part in found]

        def of_whole(whole: bytes) -> list[bytes]:
            return [whole[start : start + length] for start, length in ranges]

        return await self._partly(address, parts, of_whole)

    @_again
    async def _partly(
        self, address: str, ask: Callable[[], Awaitable[T]], of_whole: Callable[[bytes], T]
    ) -> T:
        """The parts of an object; where the server ignores ranges, out of the whole of it."""
        try:
            with self._told(address):
                return await ask()
        except (NotPartial, NoLength):
            if address.lower().endswith(ARCHIVES):
                raise NotPartial(f"{IGNORES_RANGES}; download the zip and open it here") from None
            try:
                return of_whole(await self.get(address, _WHOLE_BYTES))
            except OSError as error:
                raise OSError(f"{IGNORES_RANGES}, and {error}") from error

    @_again
    async def size(self, address: str) -> int:
        """The bytes of an object."""
        import obstore

        with self._told(address):
            return (await obstore.head_async(self._store(), self._key(address)))["size"]

    @_again
    async def entries(self, address: str) -> list[Entry]:
        """The names directly inside a folder."""
        if self._web:
            return await self._entries_of_page(address)
        import obstore

        with self._told(address):
            found = await obstore.list_with_delimiter_async(self._store(), self._key(address))
        return [
            *(Entry(path.rpartition("/")[2], True) for path in found["common_prefixes"]),
            *(Entry(each["path"].rpartition("/")[2], False) for each in found["objects"]),
        ]

    async def _entries_of_page(self, address: str) -> list[Entry]:
        """The names in the page that some web servers make of a folder."""
        try:
            names = names_in_index(await self._plainly(f"{address}/", _INDEX_BYTES))
        except OSError:  # whatever it answers: it is no list
            names = None
        self.can_list = names is not None
        return [Entry(name.rstrip("/"), name.endswith("/")) for name in names or ()]

    async def below(self, address: str) -> AsyncIterator[list[tuple[str, int]]]:
        """Each object below a folder, by its path from there, with its size; in batches."""
        import obstore

        if self._web:
            raise UserError(
                "What is stored here cannot be counted",
                "a web server does not tell all keys and their sizes",
            )
        skip = len(self._key(address)) + 1 if self._key(address) else 0
        with self._told(address):
            stream = obstore.list(self._store(), self._key(address) or None, chunk_size=_LIST_BATCH)
            async for batch in stream:
                yield [(each["path"][skip:], each["size"]) for each in batch]

    @_again
    async def put(
        self,
        address: str,
        value: bytes | None,
        *,
        mode: int | None = None,
        version: str | None = None,
    ) -> None:
        """Set an object in one step, or delete it where the value is None.

        With a version the server itself sees to it that it is still so. To delete, and where it
        says that it knows no conditions, it is asked just before. Some servers that speak S3
        ignore them without saying so.
        """
        import obstore

        if value is not None and (version is None or self._has_conditions):
            try:
                await self._set(address, value, version)
                return
            except NotConditional:
                if version is None:
                    raise
                self._has_conditions = False
        if version is not None and version != await self._version_now(address):
            raise ChangedMeanwhile(address)
        if value is not None:
            await self._set(address, value, None)
            return
        try:
            with self._told(address):
                await obstore.delete_async(self._store(), self._key(address))
        except ConnectionError as error:
            # On S3 this is a POST, which obstore does not ask again once it was sent.
            raise BrokenOff(str(error)) from error

    async def _set(self, address: str, value: bytes, version: str | None) -> None:
        import obstore

        store, key, mode = self._store(), self._key(address), only_if(version)
        try:
            with self._told(address):
                # In one request: only then it is there whole or not at all.
                await obstore.put_async(store, key, value, mode=mode, use_multipart=False)
        except ConnectionError as error:
            if version is None:
                raise
            # What has a condition obstore does not ask again, as it may have been done already.
            raise BrokenOff(str(error)) from error

    async def _version_now(self, address: str) -> str | None:
        import obstore

        try:
            with self._told(address):
                return version_of(await obstore.head_async(self._store(), self._key(address)))
        except FileNotFoundError:
            return MISSING

    async def sweep(self, addresses: Iterable[str]) -> None:
        """Nothing: what was not put whole is not there."""

    async def mode(self, address: str) -> None:
        """None: objects have no permission bits."""

    async def remove_folder(self, address: str) -> None:
        """Nothing: a folder is there as long as there is something in it."""

    async def rename_folder(self, old: str, new: str) -> None:
        """Refuse."""
        raise OSError(f"{self._root} has no folders that could be moved")

    def _store(self) -> ObjectStore:
        if self._way not in self._stores:
            self._stores[self._way] = self._ways[self._way].connect(self._learned)
        return self._stores[self._way]

    def _key(self, address: str) -> str:
        return address[len(self._root) + 1 :]

    @contextmanager
    def _told(self, address: str) -> Iterator[None]:
        """Turn what obstore raises into an `OSError` for people."""
        try:
            yield
        except FileNotFoundError as error:  # obstore's own, with the library's words
            raise FileNotFoundError(f"{self._root} has no such object") from error
        except (OSError, UserError, asyncio.CancelledError):
            raise
        except ValueError as error:  # control characters, mostly
            raise OSError("its name cannot be asked for over a network") from error
        except Exception as error:
            raise as_os_error(error, self._root, self._tried) from error
