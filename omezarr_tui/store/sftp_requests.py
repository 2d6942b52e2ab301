"""Requests over SFTP: each with its limit, and nothing left open by those who turned away."""

from __future__ import annotations

import asyncio
import posixpath
import stat
from collections.abc import AsyncIterator, Awaitable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

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
async def to_read(client: SFTPClient, path: str) -> AsyncIterator[SFTPClientFile]:
    """A file that is there; a folder of that name is as good as nothing."""
    from asyncssh import SFTPAttrs
    from asyncssh.sftp import SFTPFailure

    try:
        async with opened(client, path, "rb", SFTPAttrs()) as file:
            yield file
    except SFTPFailure:
        if await answer(client.isdir(path)):
            raise FileNotFoundError(f"{path} is a folder") from None
        raise


def _close_late(opening: asyncio.Task[SFTPClientFile]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        aside(opening.result().close())


_under_way: set[asyncio.Future[None]] = set()


def aside(request: Coroutine[None, None, None]) -> None:
    """Make a request whose answer nobody waits for."""
    task = asyncio.ensure_future(request)
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    task.add_done_callback(lambda task: task.cancelled() or task.exception())


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
    from asyncssh import SFTPError

    async def follow(name: str) -> Found:
        try:
            status = await answer(client.stat(posixpath.join(path, name)))
        except SFTPError:  # it leads nowhere, or round in a circle
            return Found(name, False, 0)
        return Found(name, stat.S_ISDIR(status.permissions or 0), status.size or 0)

    found = await asyncio.gather(*map(follow, links))
    if not any(each.is_folder for each in found):
        return found
    path = await answer(client.realpath(path))
    parts = path.split("/")
    above = {"/".join(parts[:count]) or "/" for count in range(1, len(parts) + 1)}
    targets = [answer(client.realpath(posixpath.join(path, each.name))) for each in found]
    return [
        replace(each, is_folder=each.is_folder and str(target) not in above)
        for each, target in zip(found, await asyncio.gather(*targets), strict=True)
    ]
