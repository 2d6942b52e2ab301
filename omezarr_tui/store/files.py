"""What fsspec reads: files over SFTP, in memory, and whatever else it knows."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from socket import gaierror
from typing import TYPE_CHECKING, TypeVar

from omezarr_tui.errors import UserError
from omezarr_tui.store.access import MISSING, ChangedMeanwhile, Entry, Options
from omezarr_tui.store.location import Location
from omezarr_tui.store.protocols import file_system, understood
from omezarr_tui.store.remote import RemoteAccess
from omezarr_tui.store.replacing import partial_name
from omezarr_tui.text import visible

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

T = TypeVar("T")

_SECONDS = 30.0  # for each request
_WAITS = (0.2, 0.4, 0.8, 1.6)  # seconds before a request is made again
_THREADS = 8
# Where nothing is written: there it is not possible, or each file would be a commit.
_READ_ONLY = ("gist", "git", "github", "hf", "dvc", "wandb")
_SECRETS = ("auth", "credential", "key", "pass", "secret", "signature", "token")


def open_files(location: Location, options: Options) -> RemoteAccess:
    """The access to a place that fsspec reads. Nothing is asked yet.

    Raises
    ------
    UserError
        The protocol is not known, what reads it is not installed, or the settings do not fit.
    """
    if location.protocol == "sftp":
        if find_spec("asyncssh") is None:
            raise UserError(
                f"{location.url} cannot be opened",
                "pip install 'omezarr-tui[ssh]' brings what reads it, as does pip install asyncssh",
            )
        from omezarr_tui.store.sftp import SFTPTransport
        from omezarr_tui.store.ssh import Connection

        host = location.address.partition("/")[0]
        connection = Connection(host, understood(options.storage))
        return RemoteAccess(location, options, SFTPTransport(connection))
    return RemoteAccess(location, options, FileTransport(location, options))


class FileTransport:
    """What a file system of fsspec reads, in threads.

    Parameters
    ----------
    location
        Any place of the host or root that every address begins with.
    options
        Of which `storage` are keywords for the file system.
    """

    can_list = True
    can_rename = False
    as_whom = ""

    def __init__(self, location: Location, options: Options) -> None:
        self._protocol = location.protocol
        self._root = location.address.partition("/")[0]
        self._hidden = [
            value
            for key, value in options.storage.items()
            if value and any(word in key.lower() for word in _SECRETS)
        ]
        self._top, self._connect = file_system(location, options)
        self._threads = ThreadPoolExecutor(_THREADS, "files")
        # Many of them keep one connection, which one thread at a time may use.
        self._own = threading.local()

    def why_read_only(self) -> str | None:
        """Why nothing can be written here, in words; None where it can."""
        if self._protocol in _READ_ONLY:
            return f"nothing is written over {self._protocol}"
        return None

    async def try_otherwise(self, error: OSError) -> bool:
        """No: there is one way to ask."""
        return False

    async def get(self, address: str, most: int | None = None) -> bytes:
        """All bytes of a file."""
        stop = None if most is None else most + 1
        raw: bytes = await self._do(address, lambda fs, path: fs.cat_file(path, end=stop))
        if most is not None and len(raw) > most:
            raise OSError(f"{address} is larger than what is read of it here")
        return raw

    async def get_range(self, address: str, start: int, length: int) -> bytes:
        """Some bytes of a file; a negative start counts from the end."""

        def part(fs: AbstractFileSystem, path: str) -> bytes:
            if start >= 0:
                return bytes(fs.cat_file(path, start, start + length))
            # Of a file that is shorter, all: not every file system sees that by itself.
            at = max(0, fs.size(path) + start)
            return bytes(fs.cat_file(path, at, at + length))

        return await self._do(address, part)

    async def get_ranges(self, address: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Several parts of a file, each by start and length, asked for together."""
        return await asyncio.gather(*(self.get_range(address, *part) for part in ranges))

    async def size(self, address: str) -> int:
        """The bytes of a file."""
        return int(await self._do(address, lambda fs, path: fs.size(path)) or 0)

    async def mode(self, address: str) -> None:
        """None: fsspec tells no permissions."""

    async def entries(self, address: str) -> list[Entry]:
        """The names directly inside a folder."""
        return [Entry(name, folder) for name, folder, _ in await self._do(address, _listed)]

    async def below(self, address: str) -> AsyncIterator[list[tuple[str, int]]]:
        """Each file below a folder, by its path from there, with its size; a batch a folder."""
        pending = [""]
        while pending:
            folder = pending.pop()
            try:
                found = await self._do(f"{address}/{folder}".rstrip("/"), _listed)
            except FileNotFoundError:  # removed meanwhile
                continue
            pending += [f"{folder}{name}/" for name, is_folder, _ in found if is_folder]
            yield [(f"{folder}{name}", size) for name, is_folder, size in found if not is_folder]

    async def get_with_version(self, address: str) -> tuple[bytes, None]:
        """All bytes of a file, and None: not every file system tells a version."""
        return await self.get(address), None

    async def put(
        self,
        address: str,
        value: bytes | None,
        *,
        mode: int | None = None,
        version: str | None = None,
    ) -> None:
        """Set a file, or delete it where the value is None.

        In one step where the file system can move a file to the place of another, or sets
        files so itself, as buckets do. With `MISSING`, it is looked just before whether there
        is one.
        """

        def write(fs: AbstractFileSystem, path: str) -> None:
            if version == MISSING and fs.exists(path):
                raise ChangedMeanwhile(address)
            if value is not None:
                fs.makedirs(path.rpartition("/")[0], exist_ok=True)
                _replace(fs, path, value)
            elif fs.exists(path):
                fs.rm_file(path)

        await self._do(address, write)

    async def sweep(self, addresses: Iterable[str]) -> None:
        """Remove what a `put` of these that was interrupted left beside them."""

        def remove(fs: AbstractFileSystem, path: str) -> None:
            if fs.exists(_beside(path)):
                fs.rm_file(_beside(path))

        await asyncio.gather(*(self._do(address, remove) for address in addresses))

    async def remove_folder(self, address: str) -> None:
        """Remove a folder that is empty."""

        def remove(fs: AbstractFileSystem, path: str) -> None:
            if not _listed(fs, path):
                fs.rmdir(path)

        await self._do(address, remove)

    async def rename_folder(self, old: str, new: str) -> None:
        """Refuse: many file systems of fsspec do this file by file."""
        raise OSError(f"in {self._root} a folder cannot be moved in one step")

    async def _do(self, address: str, work: Callable[[AbstractFileSystem, str], T]) -> T:
        """Do some work in a thread; where the connection is lost, again over a new one."""
        path = self._top + address[len(self._root) + 1 :]
        loop = asyncio.get_running_loop()
        for wait in (*_WAITS, None):
            own = self._own
            try:
                request = loop.run_in_executor(self._threads, self._in_thread, own, work, path)
                return await asyncio.wait_for(request, _SECONDS)
            except TimeoutError as error:
                raise TimeoutError(f"{self._root} did not answer in time") from error
            except (UserError, ChangedMeanwhile, asyncio.CancelledError):
                raise
            except (ConnectionError, EOFError) as error:
                if wait is None:
                    why = f"{self._root} is not reached: {self._plain(error)}"
                    raise ConnectionError(why) from error
                if self._own is own:
                    self._own = threading.local()
            except Exception as error:
                raise self._as_os_error(error, address) from error
            await asyncio.sleep(wait)
        raise AssertionError

    def _in_thread(
        self, own: threading.local, work: Callable[[AbstractFileSystem, str], T], path: str
    ) -> T:
        if not hasattr(own, "fs"):
            own.fs = self._connect()
        own.fs.invalidate_cache()  # what is remembered, `RemoteAccess` remembers
        return work(own.fs, path)

    def _as_os_error(self, error: Exception, address: str) -> OSError:
        match error:
            case FileNotFoundError() | NotADirectoryError() | IsADirectoryError():
                return FileNotFoundError(f"there is nothing at {address}")
            case PermissionError():
                return PermissionError(f"no permission for {address}: {self._plain(error)}")
            case gaierror():
                return ConnectionError(f"there is no host of the name {self._root}")
        return OSError(f"{self._root} cannot be read: {self._plain(error)}")

    def _plain(self, error: Exception) -> str:
        """The first line of what a library says, without what is secret."""
        told = error.strerror if isinstance(error, OSError) else None
        lines = (told or str(error)).strip().splitlines()
        text = lines[0] if lines else type(error).__name__
        for secret in self._hidden:
            text = text.replace(secret, "…")
        return visible(text, 200)


def _beside(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{partial_name(name)}"


def _replace(fs: AbstractFileSystem, path: str, value: bytes) -> None:
    """Set a file: by way of another beside it, where that can be moved to its place."""
    from fsspec import AbstractFileSystem

    if type(fs).mv is not AbstractFileSystem.mv:  # which copies
        try:
            fs.pipe_file(_beside(path), value)
            fs.mv(_beside(path), path)
        except ConnectionError:
            raise
        except Exception:  # some rename only to where nothing is
            if fs.exists(_beside(path)):
                fs.rm_file(_beside(path))
        else:
            return
    fs.pipe_file(path, value)


def _listed(fs: AbstractFileSystem, path: str) -> list[tuple[str, bool, int]]:
    """Name, whether it is a folder, and bytes of each thing in a folder."""
    here = path.strip("/")
    found = []
    for info in fs.ls(path, detail=True):
        full = info["name"].strip("/")
        if full != here:  # a file is listed as what is in itself
            is_folder = info["type"] == "directory"
            found.append((full.rpartition("/")[2], is_folder, int(info.get("size") or 0)))
    return found
