"""A store inside a zip: an access that reads only."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from omezarr_tui.errors import UserError
from omezarr_tui.store.access import Documents, Entry, Options, open_access
from omezarr_tui.store.documents import DOCUMENTS
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import join_path
from omezarr_tui.store.waiting import gathered, wait_for
from omezarr_tui.store.zipped import Archive

if TYPE_CHECKING:
    from zipfile import ZipInfo

    from zarr.abc.store import Store

    from omezarr_tui.store.traffic import Traffic


def open_archive(location: Location, options: Options) -> ArchiveAccess:
    """The access to a place in a zip. Of a local one, the list of what is in it is read.

    Raises
    ------
    UserError
        A local zip is none, or what reads a remote one is not installed.
    """
    file = location.archive
    assert file is not None
    if file.parent is None:
        raise UserError(f"{file.url} cannot be opened", "it lies in no folder or bucket")
    archive = Archive(open_access(file.parent, options), file.name)
    if location.is_local:
        archive.entries()
    return ArchiveAccess(location, archive)


class ArchiveAccess:
    """A store inside a zip, read only.

    Parameters
    ----------
    location
        The place in the zip.
    archive
        The zip.
    """

    can_list = True
    can_rename = False
    denied: str | None = None

    def __init__(self, location: Location, archive: Archive) -> None:
        self.location = location
        self._archive = archive

    @property
    def doubt(self) -> None:
        """None: a zip's list tells what is in it."""

    @property
    def as_whom(self) -> str:
        """As whom a server is asked for the zip, in words."""
        return self._archive.access.as_whom

    @property
    def traffic(self) -> Traffic | None:
        """What has gone over the network to read the zip."""
        return self._archive.access.traffic

    def at(self, location: Location) -> ArchiveAccess:
        """Another place in the same zip."""
        return ArchiveAccess(location, self._archive)

    def why_read_only(self) -> str:
        """Why nothing can be written: no entry of a zip can be replaced."""
        return "a zip cannot be changed in place"

    def get(self, key: str) -> bytes | None:
        """All bytes of a key; None where there is no such key.

        Raises
        ------
        OSError
            It cannot be read.
        """
        return wait_for(self.fetch(key))

    async def fetch(
        self, key: str, start: int | None = None, length: int | None = None
    ) -> bytes | None:
        """The bytes of a key, or a part of them; None where there is no such key."""
        archive, info = await self._found(key)
        if info is None:
            return None
        if start is None or length is None:
            return await archive.read(info)
        return await archive.read_part(info, start, length)

    async def fetch_ranges(self, key: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Several parts of a key that exists, each by start and length."""
        archive, info = await self._found(key)
        if info is None:
            raise FileNotFoundError(key)
        return await archive.read_parts(info, ranges)

    async def _found(self, key: str) -> tuple[Archive, ZipInfo | None]:
        """The zip, and what it has of a key."""
        archive = self._archive
        if not archive.is_listed:  # an event loop must not wait for it
            await asyncio.to_thread(archive.entries)
        return archive, self._entry(key)

    def documents(self, paths: Sequence[str], zarr_format: int | None) -> list[Documents]:
        """The documents of nodes; of any format, as the zip's list tells which there are."""
        keys = [join_path(path, name) for path in paths for name in DOCUMENTS]
        there = [key for key in keys if self._entry(key) is not None]
        values = dict(zip(there, gathered([self._document(key) for key in there]), strict=True))
        found: list[Documents] = []
        for path in paths:
            of_node = {name: values.get(join_path(path, name)) for name in DOCUMENTS}
            failed = [value for value in of_node.values() if isinstance(value, OSError)]
            whole = {name: raw for name, raw in of_node.items() if isinstance(raw, bytes)}
            found.append(failed[0] if failed else whole)
        return found

    async def _document(self, key: str) -> bytes | OSError | None:
        try:
            return await self.fetch(key)
        except OSError as error:
            return error

    def list_soon(self, folder: str) -> bool:
        """False: the zip's list tells."""
        return False

    def known_names(self, folder: str) -> None:
        """None: the zip's list counts, not what was consolidated."""

    def forget(self) -> None:
        """Read the zip's list anew."""
        self._archive = Archive(self._archive.access, self._archive.name)

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Some bytes of a key that exists; a negative start counts from the end."""
        value = wait_for(self.fetch(key, start, length))
        if value is None:
            raise FileNotFoundError(key)
        return value

    def size(self, key: str) -> int:
        """The bytes of a key that exists.

        Raises
        ------
        FileNotFoundError
            It does not.
        """
        info = self._entry(key)
        if info is None:
            raise FileNotFoundError(key)
        return info.file_size

    def has(self, key: str) -> bool:
        """Whether there is such a key."""
        return self._entry(key) is not None

    def entries(self, folder: str) -> list[Entry]:
        """The names directly inside a folder, in no order; empty where there is none."""
        return [Entry(name, is_f) for name, is_f in self._archive.names(self._path(folder)).items()]

    def leads_back(self, folder: str) -> bool:
        """False: there are no links."""
        return False

    def keys_below(self, folder: str) -> Iterator[tuple[str, int]]:
        """Each key below a folder, relative to it, with the bytes that it takes in the zip."""
        top = self._path(folder)
        for path, info in self._archive.entries().items():
            if not top or path.startswith(f"{top}/"):
                yield path[len(top) + 1 if top else 0 :], info.compress_size

    def get_with_version(self, key: str) -> tuple[bytes | None, None]:
        """All bytes of a key, and None: nothing is put here."""
        return self.get(key), None

    def put(
        self,
        key: str,
        value: bytes | None,
        *,
        mode: int | None = None,
        version: str | None = None,
    ) -> None:
        """Refuse."""
        raise UserError(f"{self.location.name} was not changed", self.why_read_only())

    def sweep(self, keys: Iterable[str]) -> None:
        """Nothing: nothing is put here."""

    def rename_folder(self, old: str, new: str) -> None:
        """Refuse."""
        self.put(old, None)

    def mode(self, key: str) -> None:
        """None: a zip that is read has no permissions of its own."""

    def remove_folder(self, folder: str) -> None:
        """Nothing: there are no folders."""

    def zarr_store(self) -> Store:
        """A read-only zarr store over the same place."""
        from omezarr_tui.store.bridge import AccessStore

        return AccessStore(self)

    def path_in_zip(self, key: str) -> str:
        """What a key is called in the zip, for other programs that open it."""
        path = self._path(key)
        return join_path(self._archive.inside, path)

    def _entry(self, key: str) -> ZipInfo | None:
        path = self._path(key)
        return self._archive.entries().get(path)

    def _path(self, key: str) -> str:
        if key.startswith("/") or ".." in key.split("/"):
            raise UserError(
                f"{key} was not read", "the path leads out of the store, or is not a path"
            )
        entries, inside = self._archive.entries(), self.location.inside or ""
        # Whoever names the one folder in the zip means the same as who does not.
        top = self._archive.inside
        is_there = inside in entries or bool(self._archive.names(inside))
        if top and not is_there and f"{inside}/".startswith(f"{top}/"):
            inside = inside[len(top) + 1 :]
        return join_path(inside, key)
