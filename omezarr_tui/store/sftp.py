"""Files on another host, over SFTP: many requests under way on one connection."""

from __future__ import annotations

import asyncio
import posixpath
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from omezarr_tui.store.access import Entry
from omezarr_tui.store.sftp_files import (
    behind_link,
    beside_of,
    check,
    make_folder,
    removed,
    status_of,
    version_of,
)
from omezarr_tui.store.sftp_requests import Found, answer, as_large, aside, listed, opened, to_read
from omezarr_tui.store.ssh import Connection
from omezarr_tui.store.waiting import begin

if TYPE_CHECKING:
    from asyncssh import SFTPAttrs, SFTPClient, SFTPClientFile, SFTPError

T = TypeVar("T")

# Small enough that on a slow line no answer takes that long because of the others.
_BLOCK_BYTES = 64 * 1024
_BLOCKS = 128  # under way at a time
_FOLDERS = 128  # listed at a time
_HOME = "~"
_PRIVATE = 0o600


class SFTPTransport:
    """What a server gives over SFTP.

    Parameters
    ----------
    connection
        To the server whose name every address begins with.
    """

    can_list = can_rename = True
    as_whom = "as the ssh configuration and agent say"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._blocks = asyncio.Semaphore(_BLOCKS)

    def why_read_only(self) -> None:
        """None: the server says so when it is asked to write."""

    async def try_otherwise(self, error: OSError) -> bool:
        """No: all that the user has was tried at once."""
        return False

    async def get(self, address: str, most: int | None = None) -> bytes:
        """All bytes of a file."""

        async def work(client: SFTPClient) -> bytes:
            async with to_read(client, _path(address)) as (file, size):

                def whole(size: int) -> Coroutine[None, None, bytes]:
                    if most is not None and size > most:
                        raise OSError(f"{address} is larger than what is read of it here")
                    return self._part(file, 0, size)

                return await as_large(file, size, whole)

        return await self._do(address, work)

    async def get_with_version(self, address: str) -> tuple[bytes, str | None]:
        """All bytes of a file, and its size and time, which is told in whole seconds only."""

        async def work(client: SFTPClient) -> tuple[bytes, str | None]:
            async with to_read(client, _path(address)) as (file, _):
                status = await answer(file.stat())
                return await self._part(file, 0, status.size or 0), version_of(status)

        return await self._do(address, work)

    async def get_range(self, address: str, start: int, length: int) -> bytes:
        """Some bytes of a file; a negative start counts from the end."""

        async def work(client: SFTPClient) -> bytes:
            async with to_read(client, _path(address)) as (file, size):

                def part(size: int) -> Coroutine[None, None, bytes]:
                    begin = start if start >= 0 else max(0, size + start)
                    return self._part(file, begin, min(begin + length, size))

                return await as_large(file, size, part)

        return await self._do(address, work)

    async def get_ranges(self, address: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Several parts of a file, each by start and length, asked for together."""

        async def work(client: SFTPClient) -> list[bytes]:
            async with to_read(client, _path(address)) as (file, _):
                parts = (self._part(file, at, at + length) for at, length in ranges)
                return await asyncio.gather(*parts)

        return await self._do(address, work)

    async def size(self, address: str) -> int:
        """The bytes of a file."""
        return (await self._status(address)).size or 0

    async def mode(self, address: str) -> int | None:
        """The permission bits of a file; None where it is missing."""
        try:
            permissions = (await self._status(address)).permissions
        except FileNotFoundError:
            return None
        return None if permissions is None else stat.S_IMODE(permissions)

    async def entries(self, address: str) -> list[Entry]:
        """The names directly inside a folder.

        A link to a folder that it lies in is told as no folder: to go down there never ends.
        """
        found = await self._do(address, lambda client: listed(client, _path(address)))
        return [Entry(each.name, each.is_folder) for each in found]

    async def below(self, address: str) -> AsyncIterator[list[tuple[str, int]]]:
        """Each file below a folder, by its path from there, with its size; a batch a folder."""
        pending = [""]
        while pending:
            folders, pending = pending[:_FOLDERS], pending[_FOLDERS:]
            listed = await asyncio.gather(*(self._below(address, folder) for folder in folders))
            for folder, found in zip(folders, listed, strict=True):
                pending += [f"{folder}{each.name}/" for each in found if each.is_folder]
                yield [
                    (f"{folder}{each.name}", each.nbytes) for each in found if not each.is_folder
                ]

    async def _below(self, address: str, folder: str) -> list[Found]:
        path = posixpath.join(_path(address), folder)
        try:
            return await self._do(f"{address}/{folder}", lambda client: listed(client, path))
        except FileNotFoundError:  # removed meanwhile
            return []

    async def put(
        self,
        address: str,
        value: bytes | None,
        *,
        mode: int | None = None,
        version: str | None = None,
    ) -> None:
        """Set a file in one step, or delete it where the value is None.

        The new file stands beside the old one until it is whole and on the disk, then takes
        its place, its permissions and, where allowed, its owner. Where there was none, its
        permissions are `mode`, or what the server's mask says. A link stays, and the file that
        it leads to is set. The version is compared just before that.
        """

        async def work(client: SFTPClient) -> None:
            path = _path(address)
            if value is None:
                await check(client, path, version)
                await removed(client, path)
                return
            path = await behind_link(client, path)
            beside = beside_of(path)
            try:
                await self._write(client, path, beside, value, mode)
                await check(client, path, version)
                await answer(client.posix_rename(beside, path))
            except BaseException:
                aside(client.remove(beside))
                raise

        await self._do(address, work)

    async def _write(
        self, client: SFTPClient, path: str, beside: str, value: bytes, mode: int | None
    ) -> None:
        from asyncssh import SFTPAttrs
        from asyncssh.sftp import SFTPFailure, SFTPOpUnsupported
        from asyncssh.sftp import SFTPPermissionDenied as Refused

        # Beside it there may be what a program left that was killed, or a link put there.
        old, _ = await asyncio.gather(status_of(client, path), removed(client, beside))
        if old is None:
            await make_folder(client, posixpath.dirname(path))
        elif old.permissions is not None:
            mode = stat.S_IMODE(old.permissions)
        # Nobody may read in between what nobody may read afterwards.
        attributes = SFTPAttrs() if mode is None else SFTPAttrs(permissions=_PRIVATE)
        async with opened(client, beside, "xb", attributes) as file:
            blocks = range(0, len(value), _BLOCK_BYTES)
            parts = [value[at : at + _BLOCK_BYTES] for at in blocks]
            await asyncio.gather(*map(self._write_block, [file] * len(parts), blocks, parts))
            if old is not None:
                with suppress(SFTPFailure, Refused):  # only root may give files away
                    await answer(file.setstat(SFTPAttrs(uid=old.uid, gid=old.gid)))
            if mode is not None:
                await answer(file.setstat(SFTPAttrs(permissions=mode)))
            with suppress(SFTPOpUnsupported):  # not every server tells when it is on the disk
                await answer(file.fsync())
            await answer(file.close())

    async def sweep(self, addresses: Iterable[str]) -> None:
        """Remove what a `put` of these that was interrupted left beside them."""

        async def sweep_one(address: str) -> None:
            async def work(client: SFTPClient) -> None:
                with suppress(FileNotFoundError):  # a link that leads nowhere
                    path = await behind_link(client, _path(address))
                    await removed(client, beside_of(path))

            async with self._blocks:
                await self._do(address, work)

        await asyncio.gather(*map(sweep_one, addresses))

    async def remove_folder(self, address: str) -> None:
        """Remove a folder that is empty."""
        await self._do(address, lambda client: answer(client.rmdir(_path(address))))

    async def rename_folder(self, old: str, new: str) -> None:
        """Move a folder to where nothing is."""
        is_asked = False

        async def work(client: SFTPClient) -> None:
            nonlocal is_asked
            source, target = _path(old), _path(new)
            if await status_of(client, target, follow=False) is not None:
                if is_asked and await status_of(client, source, follow=False) is None:
                    return  # only the answer was lost, with the connection
                raise FileExistsError(f"there is something at {new} already")
            await make_folder(client, posixpath.dirname(target))
            is_asked = True
            await answer(client.rename(source, target))

        await self._do(old, work)

    # -- one request ----------------------------------------------------------------------

    async def _status(self, address: str) -> SFTPAttrs:
        return await self._do(address, lambda client: answer(client.stat(_path(address))))

    async def _part(self, file: SFTPClientFile, start: int, stop: int) -> bytes:
        starts = range(start, stop, _BLOCK_BYTES)
        blocks = (self._block(file, at, min(_BLOCK_BYTES, stop - at)) for at in starts)
        return b"".join(await asyncio.gather(*blocks))

    async def _block(self, file: SFTPClientFile, start: int, length: int) -> bytes:
        async with self._blocks:
            return await answer(file.read(length, start))

    async def _write_block(self, file: SFTPClientFile, start: int, block: bytes) -> None:
        async with self._blocks:
            await answer(file.write(block, start))

    async def _do(self, address: str, work: Callable[[SFTPClient], Awaitable[T]]) -> T:
        """Do some work over the connection, which lives in the loop for requests."""
        return await asyncio.wrap_future(begin(self._done(address, work)))

    async def _done(self, address: str, work: Callable[[SFTPClient], Awaitable[T]]) -> T:
        from asyncssh import SFTPError

        try:
            return await self._connection.run(work)
        except UnicodeEncodeError as error:
            raise FileNotFoundError(f"no file can be called {address!r}") from error
        except SFTPError as error:
            raise _as_os_error(error, self._connection.place, address) from error


def _path(address: str) -> str:
    """The path on the server: from its root, or relative to the user's home folder."""
    _, _, path = address.partition("/")
    if path == _HOME or path.startswith(_HOME + "/"):
        return path[2:] or "."
    return f"/{path}"


def _as_os_error(error: SFTPError, place: str, address: str) -> OSError:
    """What an answer of the server means to a user."""
    from asyncssh import sftp

    match error:
        case sftp.SFTPNoSuchFile() | sftp.SFTPNoSuchPath() | sftp.SFTPNotADirectory():
            return FileNotFoundError(f"there is nothing at {address}")
        case sftp.SFTPPermissionDenied() | sftp.SFTPWriteProtect():
            return PermissionError(f"no permission for {address}")
        case sftp.SFTPNoSpaceOnFilesystem() | sftp.SFTPQuotaExceeded():
            return OSError(f"{place} has no room left, or your quota there is used up")
        case sftp.SFTPOpUnsupported():
            return OSError(f"{place} cannot put a file in the place of another in one step")
        case sftp.SFTPFailure():
            return OSError(f"{place} failed without saying why, at {address}; its disk may be full")
    return OSError(f"{place}: {error.reason}")
