"""Requests over SFTP: each with its limit, and nothing left open by those who turned away."""

from __future__ import annotations

import asyncio
import posixpath
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from asyncssh import SFTPAttrs, SFTPClient, SFTPClientFile

T = TypeVar("T")

_SECONDS = 30.0  # for each answer


@dataclass(frozen=True, slots=True)
class Found:
    """What is in a folder: its name, and of a link what it leads to."""

    name: str
    is_folder: bool
    nbytes: int


async def answer(request: Awaitable[T]) -> T:
    """Wait for the answer to one request."""
    try:
        async with asyncio.timeout(_SECONDS):
            return await request
    except TimeoutError as error:
        raise TimeoutError(f"the server did not answer within {_SECONDS:g} s") from error


@asynccontextmanager
async def opened(
    client: SFTPClient, path: str, how: str, attributes: SFTPAttrs
) -> AsyncIterator[SFTPClientFile]:
    """A file, which is closed afterwards without waiting for that to be told."""
    opening = asyncio.ensure_future(client.open(path, how, attributes))
    try:
        file = await answer(asyncio.shield(opening))
    except BaseException:
        # Whoever asked has gone: the server must not keep it open for the rest of the session.
        opening.add_done_callback(_close_late)
        raise
    try:
        yield file
    finally:
        aside(file.close())


@asynccontextmanager
async def to_read(client: SFTPClient, path: str) -> AsyncIterator[tuple[SFTPClientFile, int]]:
    """A file and the size that was asked for with it; a folder is as good as nothing."""
    from asyncssh import SFTPAttrs

    asking = asyncio.ensure_future(answer(client.stat(path)))
    asking.add_done_callback(_heard)
    try:
        async with opened(client, path, "rb", SFTPAttrs()) as file:
            status = await asking
            if stat.S_ISDIR(status.permissions or 0):
                raise FileNotFoundError(f"{path} is a folder")
            yield file, status.size or 0
    finally:
        asking.cancel()


async def as_large(
    file: SFTPClientFile, size: int, read: Callable[[int], Coroutine[None, None, T]]
) -> T:
    """Read of a file what depends on its size; anew where another took its place meanwhile."""
    found, status = await asyncio.gather(read(size), answer(file.stat()))
    return found if status.size in (size, None) else await read(status.size)


def _close_late(opening: asyncio.Task[SFTPClientFile]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        aside(opening.result().close())


_under_way: set[asyncio.Future[None]] = set()


def aside(request: Coroutine[None, None, None]) -> None:
    """Make a request whose answer nobody waits for."""
    task = asyncio.ensure_future(request)
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    task.add_done_callback(_heard)


def _heard(task: asyncio.Future[Any]) -> None:
    """Nobody else may ask what came of it, and that is no mistake."""
    if not task.cancelled():
        task.exception()


async def listed(client: SFTPClient, path: str) -> list[Found]:
    """What is in a folder; of links, what they lead to."""
    names = client.scandir(path)
    found, links = [], []
    while (each := await answer(anext(names, None))) is not None:
        name, permissions = str(each.filename), each.attrs.permissions
        if permissions is None or stat.S_ISLNK(permissions):
            links.append(name)
        elif name not in (".", ".."):
            found.append(Found(name, stat.S_ISDIR(permissions), each.attrs.size or 0))
    return found + await _followed(client, path, links)


async def _followed(client: SFTPClient, path: str, links: Sequence[str]) -> list[Found]:
    """What links lead to; one to a folder that it lies in, however one came there, to none."""
    from asyncssh.sftp import SFTPFailure, SFTPNoSuchFile, SFTPPermissionDenied

    async def follow(name: str) -> Found:
        try:
            status = await answer(client.stat(posixpath.join(path, name)))
        except (SFTPFailure, SFTPNoSuchFile, SFTPPermissionDenied):  # nowhere, or in a circle
            return Found(name, False, 0)
        return Found(name, stat.S_ISDIR(status.permissions or 0), status.size or 0)

    found = await asyncio.gather(*map(follow, links))
    folders = [each.name for each in found if each.is_folder]
    if not folders:
        return found
    parts = path.split("/")
    above = ["/".join(parts[:count]) or "/" for count in range(1, len(parts) + 1)]
    paths = above + [posixpath.join(path, name) for name in folders]
    real = await asyncio.gather(*(answer(client.realpath(each)) for each in paths))
    above, targets = [str(each) + "/" for each in real[: len(above)]], real[len(above) :]
    back = {
        name
        for name, target in zip(folders, targets, strict=True)
        if any(each.startswith(str(target).rstrip("/") + "/") for each in above)
    }
    return [replace(each, is_folder=each.is_folder and each.name not in back) for each in found]
