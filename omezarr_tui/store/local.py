"""A store on a local disk, or one that is mounted like one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from omezarr_tui.errors import UserError
from omezarr_tui.store.access import MISSING, Documents, Entry
from omezarr_tui.store.documents import ZARR_JSON, ZARRAY, ZATTRS, ZGROUP
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import join_path
from omezarr_tui.store.replacing import move_folder, replace_file, sweep_beside, version_of
from omezarr_tui.store.standins import name_link
from omezarr_tui.store.strangers import HEAD_BYTES, name_file

if TYPE_CHECKING:
    from zarr.abc.store import Store

    from omezarr_tui.store.traffic import Traffic


class LocalAccess:
    """A store on a local disk (or one that is mounted like one).

    Parameters
    ----------
    location
        Where the store lies.
    read_only
        Refuse to write, whatever the permissions are.
    """

    can_list = can_rename = True
    denied = doubt = None
    as_whom = ""
    traffic: Traffic | None = None

    def __init__(self, location: Location, *, read_only: bool = False) -> None:
        self.location = location
        self._root = os.fspath(location.path)
        self._asked_read_only = read_only

    def at(self, location: Location) -> LocalAccess:
        """The same kind of access at another place, as read-only as this one."""
        return LocalAccess(location, read_only=self._asked_read_only)

    def why_read_only(self) -> str | None:
        """Why nothing can be written here, in words; None where it can."""
        if self._asked_read_only:
            return "opened with --read-only"
        if not os.access(self._root, os.W_OK | os.X_OK):
            return "no permission to write here"
        return None

    def get(self, key: str) -> bytes | None:
        """All bytes of a key; None where there is no such key.

        Raises
        ------
        OSError
            The key is there and cannot be read.
        """
        try:
            with open(self._path(key), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def get_with_version(self, key: str) -> tuple[bytes | None, str]:
        """All bytes of a key, and what `put` can tell by that they are still the same."""
        try:
            with open(self._path(key), "rb") as file:
                version = version_of(os.fstat(file.fileno()))
                return file.read(), version
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None, MISSING

    def documents(self, paths: Sequence[str], zarr_format: int | None) -> list[Documents]:
        """The documents of nodes; of any format, as the disk is quick to say."""
        return [self._documents(path) for path in paths]

    def _documents(self, path: str) -> Documents:
        found: dict[str, bytes] = {}
        try:
            for name in (ZARR_JSON, ZARRAY, ZGROUP):
                if (raw := self.get(join_path(path, name))) is not None:
                    found[name] = raw
                    if name != ZARR_JSON:
                        raw = self.get(join_path(path, ZATTRS))
                        found |= {} if raw is None else {ZATTRS: raw}
                    break
        except OSError as error:
            return error
        return found

    def list_soon(self, folder: str) -> bool:
        """False: a disk is quick."""
        return False

    def known_names(self, folder: str) -> None:
        """None: what lies on a disk counts, not what was consolidated of it."""

    def forget(self) -> None:
        """Nothing: nothing is remembered."""

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Some bytes of a key that exists; a negative start counts from the end.

        Raises
        ------
        OSError
            The key cannot be read, or is shorter than that.
        """
        with open(self._path(key), "rb") as file:
            if start < 0:
                start = max(0, file.seek(0, os.SEEK_END) + start)
            file.seek(start)
            return file.read(length)

    def get_into(
        self, buffer: bytearray, key: str, start: int = 0, length: int | None = None
    ) -> memoryview | None:
        """Bytes of a key in memory that is used again: fresh memory costs more than to read.

        Parameters
        ----------
        buffer
            Grows where it is too small.
        key, start, length
            As of `get_range`; without a length all that comes.

        Returns
        -------
        bytes
            They lie in the buffer, and must be let go of before it is used again; None where
            there is no such key.
        """
        try:
            with open(self._path(key), "rb", buffering=0) as file:
                if length is None:
                    length = os.fstat(file.fileno()).st_size - start
                if len(buffer) < length:
                    buffer.extend(bytes(length - len(buffer)))
                file.seek(start)
                wanted, at = memoryview(buffer)[:length], 0
                while at < length and (read := file.readinto(wanted[at:])):
                    at += read
                return wanted[:at]
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    async def fetch(
        self, key: str, start: int | None = None, length: int | None = None
    ) -> bytes | None:
        """The bytes of a key, or a part of them; None where there is no such key."""
        if start is None or length is None:
            return self.get(key)
        try:
            return self.get_range(key, start, length)
        except (FileNotFoundError, NotADirectoryError):
            return None

    async def fetch_ranges(self, key: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Several parts of a key that exists, each by start and length."""
        return [self.get_range(key, *part) for part in ranges]

    def size(self, key: str) -> int:
        """The bytes of a key that exists.

        Raises
        ------
        FileNotFoundError
            It does not.
        """
        return os.stat(self._path(key)).st_size

    def has(self, key: str) -> bool:
        """Whether there is such a key."""
        return self.mode(key) is not None

    def entries(self, folder: str) -> list[Entry]:
        """The names directly inside a folder, in no order; empty where there is none.

        Raises
        ------
        OSError
            The folder is there and cannot be listed.
        """
        try:
            with os.scandir(self._path(folder)) as found:
                return [Entry(entry.name, _is_folder(entry)) for entry in found]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def leads_back(self, folder: str) -> bool:
        """Whether a folder is a link to one that it lies in: to go down there never ends."""
        path = self._path(folder)
        if not os.path.islink(path):
            return False
        target = os.path.realpath(path)
        above = map(os.path.realpath, Path(path).parents)
        return any(Path(folder).is_relative_to(target) for folder in above)

    def keys_below(self, folder: str) -> Iterator[tuple[str, int]]:
        """Each key below a folder, relative to it, with its size in bytes.

        Links to folders are followed, as zarr-python reads through them.
        """
        pending = [""]
        top = self._path(folder)
        while pending:
            prefix = pending.pop()
            try:
                found = os.scandir(os.path.join(top, prefix))
            except (FileNotFoundError, NotADirectoryError):
                continue
            with found:
                for entry in found:
                    key = f"{prefix}{entry.name}"
                    if _is_folder(entry) and not (
                        entry.is_symlink() and self.leads_back(os.path.join(folder, key))
                    ):
                        pending.append(key + "/")
                    else:
                        with suppress(FileNotFoundError):
                            yield key, entry.stat().st_size

    def put(
        self,
        key: str,
        value: bytes | None,
        *,
        mode: int | None = None,
        version: str | None = None,
    ) -> None:
        """Set a key in one step, or delete it where the value is None; see `replace_file`.

        Raises
        ------
        UserError
            The place is read-only.
        ChangedMeanwhile
            The key is no longer of that version.
        OSError
            The disk refused.
        """
        if reason := self.why_read_only():
            raise UserError(f"{self.location.name} was not changed", reason)
        try:
            replace_file(self._path(key), value, mode=mode, version=version)
        except OSError as error:
            if error.errno is not None:  # what users know is the key, not the file beside it
                error.filename = key
                error.filename2 = None
            raise

    def sweep(self, keys: Iterable[str]) -> None:
        """Remove what a `put` of these keys that was interrupted left beside them."""
        for key in keys:
            sweep_beside(self._path(key))

    def mode(self, key: str) -> int | None:
        """The permission bits of a key; None where it is missing."""
        try:
            return stat.S_IMODE(os.stat(self._path(key)).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def remove_folder(self, folder: str) -> None:
        """Remove a folder that is empty; any other is left as it is."""
        with suppress(OSError):
            os.rmdir(self._path(folder))

    def rename_folder(self, old: str, new: str) -> None:
        """Move a folder with all that is in it, in one step.

        Raises
        ------
        UserError
            The place is read-only.
        OSError
            Something is there already, or the disk refused.
        """
        if reason := self.why_read_only():
            raise UserError(f"{self.location.name} was not changed", reason)
        move_folder(Path(self._path(old)), Path(self._path(new)))

    def zarr_store(self) -> Store:
        """A read-only zarr store over the same place."""
        from omezarr_tui.store.checked_store import CheckedStore

        return CheckedStore(self._root, read_only=True)

    def _path(self, key: str) -> str:
        if key.startswith("/") or "\0" in key or ".." in key.split("/"):
            raise UserError(
                f"{key} was not read",
                "the path leads out of the store, or is not a path",
            )
        path = os.path.join(self._root, key)
        try:
            os.fsencode(path)
        except UnicodeEncodeError as error:  # half of a surrogate pair, which JSON can spell
            raise UserError(f"{key} was not read", "no file can have this name") from error
        return path


def check_folder(path: Path) -> None:
    """See that a path is a folder.

    Raises
    ------
    UserError
        It is not; it says what it is.
    """
    if os.path.isdir(path):  # which does not stumble over a name that is too long
        return
    if os.path.islink(path) and not os.path.exists(path):
        what, to_do = name_link(os.readlink(path))
        raise UserError(f"{path} is {what}", to_do)
    if not os.path.exists(path):
        raise UserError(f"There is nothing at {path}", "check the path")
    found = None
    with suppress(OSError), path.open("rb") as file:
        found = name_file(path.name, file.read(HEAD_BYTES))
    if found:
        raise UserError(f"{path} is {found[0]}", found[1])
    raise UserError(f"{path} is not a folder", "a Zarr store on a disk is a folder of files")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle, say
        return False
