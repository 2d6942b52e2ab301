"""Files on a host as they are before one is replaced over SFTP: there, a link, still the same."""

from __future__ import annotations

import posixpath
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from omezarr_tui.store.access import MISSING, ChangedMeanwhile
from omezarr_tui.store.replacing import partial_name, refuse_annexed
from omezarr_tui.store.sftp_requests import answer

if TYPE_CHECKING:
    from asyncssh import SFTPAttrs, SFTPClient


async def status_of(client: SFTPClient, path: str, *, follow: bool = True) -> SFTPAttrs | None:
    """What the server tells of a file, or of what a link leads to; None where nothing is."""
    from asyncssh.sftp import SFTPNoSuchFile, SFTPNoSuchPath

    try:
        return await answer(client.stat(path) if follow else client.lstat(path))
    except (SFTPNoSuchFile, SFTPNoSuchPath):
        return None


def version_of(status: SFTPAttrs) -> str | None:
    """What tells whether a file was changed since, as far as the server says."""
    return None if status.mtime is None else f"{status.size}-{status.mtime}"


async def check(client: SFTPClient, path: str, version: str | None) -> None:
    """See that a file is still of a version, or still missing; nothing where none is given.

    Raises
    ------
    ChangedMeanwhile
        It is not.
    """
    if version is None:
        return
    status = await status_of(client, path)
    if version != (MISSING if status is None else version_of(status)):
        raise ChangedMeanwhile(path)


async def behind_link(client: SFTPClient, path: str) -> str:
    """Where a file lies: what a link leads to; of anything else, the path itself.

    Raises
    ------
    OSError
        The link leads nowhere, or to what git-annex keeps.
    """
    status = await status_of(client, path, follow=False)
    if status is None or not stat.S_ISLNK(status.permissions or 0):
        return path
    if await status_of(client, path) is None:
        raise FileNotFoundError(f"{path} is a link to where nothing is")
    target = str(await answer(client.realpath(path)))
    refuse_annexed(path, target)
    return target


def beside_of(path: str) -> str:
    """The file that is to take the place of another, until it is whole."""
    folder, name = posixpath.split(path)
    return posixpath.join(folder, partial_name(name))


async def removed(client: SFTPClient, path: str) -> None:
    """Remove a file, unless it is missing."""
    from asyncssh.sftp import SFTPNoSuchFile, SFTPNoSuchPath

    with suppress(SFTPNoSuchFile, SFTPNoSuchPath):
        await answer(client.remove(path))


async def make_folder(client: SFTPClient, folder: str) -> None:
    """Make a folder and those above it, where they are missing."""
    if folder and not await answer(client.isdir(folder)):
        await answer(client.makedirs(folder, exist_ok=True))
