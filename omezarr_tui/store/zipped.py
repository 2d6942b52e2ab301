"""A zip file, read in parts, wherever it lies.

The list of what is in the zip stands at its end and is read once; after that each entry is one
read at the place that the list tells.
"""

from __future__ import annotations

import bz2
import io
import struct
import threading
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress

from omezarr_tui.errors import UserError, explain
from omezarr_tui.settings import MIB
from omezarr_tui.store.access import Access
from omezarr_tui.store.documents import DOCUMENTS
from omezarr_tui.store.node import join_path
from omezarr_tui.store.strangers import HEAD_BYTES, name_file

# The local header before an entry's bytes: 30 bytes, the name and what zip programs add, which
# may differ from what the list at the end says. So much more is read in one go with the bytes.
_HEADER, _ADDED = 30, 256
_TAIL_BYTES = 256 * 1024  # what is read of the end first: enough for some thousand keys
_BLOCK_BYTES = MIB
_INFLATE: dict[int, Callable[[bytes, int], bytes]] = {
    zipfile.ZIP_STORED: lambda raw, size: raw,
    # At least 1: it takes 0 for no bound at all.
    zipfile.ZIP_DEFLATED: lambda raw, size: zlib.decompressobj(-15).decompress(raw, max(size, 1)),
    zipfile.ZIP_BZIP2: lambda raw, size: bz2.BZ2Decompressor().decompress(raw, size),
}
_ENCRYPTED = 0x1
# What zipfile raises at bytes that are no zip, or a damaged one.
_DAMAGED = (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, struct.error)


class Archive:
    """A zip file: what is in it, and the bytes of each entry.

    Parameters
    ----------
    access
        The folder or bucket that the file lies in.
    name
        The file's name there.
    """

    def __init__(self, access: Access, name: str) -> None:
        self.access = access
        self.name = name
        self._entries: dict[str, zipfile.ZipInfo] | None = None
        self._reading = threading.Lock()
        self._folders: dict[str, dict[str, bool]] = {}
        self._begins: dict[str, int] = {}
        self.inside = ""  # the folder in the zip that all of it lies in

    def entries(self) -> dict[str, zipfile.ZipInfo]:
        """What is in the zip, by path below the store in it. It waits, the first time.

        Raises
        ------
        UserError
            It is no zip, or cannot be read.
        """
        with self._reading:
            if self._entries is None:
                found = self._listed()
                self.inside = _only_folder(found)
                skip = len(self.inside) + 1 if self.inside else 0
                entries = {path[skip:]: info for path, info in found.items()}
                self._folders = _folders_of(entries)
                self._entries = entries
            return self._entries

    @property
    def is_listed(self) -> bool:
        """Whether `entries` need not wait."""
        return self._entries is not None

    def _listed(self) -> dict[str, zipfile.ZipInfo]:
        """The files in the zip, by their paths."""
        try:
            with zipfile.ZipFile(_File(self.access, self.name)) as opened:
                return {
                    path: info
                    for info in opened.infolist()
                    # Not `is_dir`, which stumbles at an entry without a name. That is no file.
                    if (path := info.filename.strip("/"))
                    and not info.filename.endswith("/")
                    and not info.filename.startswith("__MACOSX/")
                }
        except FileNotFoundError as error:
            raise UserError(f"There is no {self.name}", "check the address") from error
        except OSError as error:
            raise UserError(f"{self.name} cannot be opened as a zip", explain(error)) from error
        except _DAMAGED as error:
            why = explain(error)
            with suppress(OSError):
                head = self.access.get_range(self.name, 0, HEAD_BYTES)
                if head.startswith(b"PK"):
                    why = f"it is damaged, or was cut short when it was written or copied ({why})"
                elif found := name_file(self.name, head):
                    raise UserError(f"{self.name} is {found[0]}", found[1]) from error
            raise UserError(f"{self.name} cannot be opened as a zip", why) from error

    def names(self, folder: str) -> dict[str, bool]:
        """The names directly in a folder, and whether each is a folder."""
        self.entries()
        return self._folders.get(folder, {})

    async def read(self, info: zipfile.ZipInfo) -> bytes:
        """The bytes of one entry, with one read.

        Raises
        ------
        OSError
            They cannot be read, or are damaged.
        """
        if info.flag_bits & _ENCRYPTED:
            raise OSError("it is encrypted, which is not supported")
        if info.compress_type not in _INFLATE:
            raise OSError(f"its zip compression {info.compress_type} is not known")
        around = _HEADER + len(info.filename.encode()) + len(info.extra) + _ADDED
        raw = await self._part(info.header_offset, around + info.compress_size)
        begin = _begin(raw)
        if len(raw) < begin + info.compress_size:
            raw = await self._part(info.header_offset, begin + info.compress_size)
        packed = raw[begin : begin + info.compress_size]
        try:
            value = _INFLATE[info.compress_type](packed, info.file_size)
        except (zlib.error, OSError, EOFError) as error:
            raise OSError(f"the zip is damaged: {error}") from error
        if len(value) != info.file_size or zlib.crc32(value) != info.CRC:
            raise OSError("the zip is damaged: an entry is not what its checksum says")
        return value

    async def read_part(self, info: zipfile.ZipInfo, start: int, length: int) -> bytes:
        """A part of an entry; a negative start counts from the end. As `read_parts`."""
        start = start if start >= 0 else max(0, info.file_size + start)
        return (await self.read_parts(info, [(start, length)]))[0]

    async def read_parts(
        self, info: zipfile.ZipInfo, ranges: Sequence[tuple[int, int]]
    ) -> list[bytes]:
        """Parts of an entry, each by start and length.

        Of an entry that is stored as it is, such as a shard, only these are read; its
        checksum cannot be held against them.

        Raises
        ------
        OSError
            They cannot be read, or are damaged.
        """
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & _ENCRYPTED:
            whole = await self.read(info)
            return [whole[start:][:length] for start, length in ranges]
        if info.filename not in self._begins:
            head = await self._part(info.header_offset, _HEADER)
            self._begins[info.filename] = info.header_offset + _begin(head)
        begin = self._begins[info.filename]
        # Never beyond the entry: there the next one begins.
        lengths = [max(0, min(length, info.file_size - start)) for start, length in ranges]
        asked = [
            (begin + start, length)
            for (start, _), length in zip(ranges, lengths, strict=True)
            if length
        ]
        found = iter(await self.access.fetch_ranges(self.name, asked) if asked else [])
        return [next(found) if length else b"" for length in lengths]

    async def _part(self, start: int, length: int) -> bytes:
        raw = await self.access.fetch(self.name, start, length)
        if raw is None:
            raise OSError(f"{self.name} is no longer there")
        return raw


class _File(io.RawIOBase):
    """A key as a file for `zipfile`, which reads the list at its end: in large blocks."""

    def __init__(self, access: Access, key: str) -> None:
        self._access = access
        self._key = key
        self._at = 0
        self._tail = access.get_range(key, -_TAIL_BYTES, _TAIL_BYTES)
        self._size = access.size(key) if len(self._tail) == _TAIL_BYTES else len(self._tail)
        self._from = self._size - len(self._tail)
        self._block = (0, b"")

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError("there is nothing before the beginning of the file")
        self._at = base + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        stop = self._size if size < 0 else min(self._at + size, self._size)
        if stop <= self._at:
            return b""
        start, held = (self._from, self._tail) if self._at >= self._from else self._block
        if not start <= self._at < stop <= start + len(held):
            length = max(stop - self._at, min(_BLOCK_BYTES, self._size - self._at))
            start, held = self._at, self._access.get_range(self._key, self._at, length)
            self._block = (start, held)
        value = held[self._at - start : stop - start]
        self._at = stop
        return value


def _only_folder(paths: dict[str, zipfile.ZipInfo]) -> str:
    """The one folder that all of a zip lies in, where the store is that; else nothing."""
    if any(name in paths for name in DOCUMENTS):
        return ""
    tops = {path.partition("/")[0] for path in paths}
    top = next(iter(tops), "")
    whole = len(tops) == 1 and any(join_path(top, name) in paths for name in DOCUMENTS)
    return top if whole else ""


def _folders_of(paths: dict[str, zipfile.ZipInfo]) -> dict[str, dict[str, bool]]:
    """What lies directly in each folder, and whether it is a folder."""
    folders: dict[str, dict[str, bool]] = {"": {}}
    for path in paths:
        above, _, name = path.rpartition("/")
        folders.setdefault(above, {})[name] = False
        while above:
            upper, _, name = above.rpartition("/")
            held = folders.setdefault(upper, {})
            if held.get(name):
                break
            held[name] = True
            above = upper
    return folders


def _begin(header: bytes) -> int:
    """Where an entry's bytes begin, counted from its local header (APPNOTE 4.3.7)."""
    if header[:4] != b"PK\3\4":
        raise OSError("the zip is damaged: there is no entry where its list says")
    name, added = header[26:28], header[28:30]
    return _HEADER + int.from_bytes(name, "little") + int.from_bytes(added, "little")
