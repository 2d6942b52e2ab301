"""Location -> bytes by key: the one door through which a store is read and written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from omezarr_tui.store.location import LOCAL, Location

if TYPE_CHECKING:
    from zarr.abc.store import Store

    from omezarr_tui.store.traffic import Traffic

# The documents that stand in a node's folder, by name; or why they cannot be read.
Documents = Mapping[str, bytes] | OSError


# The version of a key that is not there, for `Access.put`.
MISSING = "missing"


class ChangedMeanwhile(OSError):
    """A key is no longer what it was when it was looked at: it was not written."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} was changed by another program meanwhile")


@dataclass(frozen=True, slots=True)
class Entry:
    """A name inside a folder of the store."""

    name: str
    is_folder: bool


@dataclass(frozen=True, slots=True)
class Options:
    """How a place is to be opened. What may be secret is never shown.

    Parameters
    ----------
    read_only
        Refuse to write, whatever the permissions are.
    profile
        Of the AWS configuration, whose credentials count.
    anonymous
        Send no credentials (True), send them whatever comes (False), or send them where
        there are any, and none where they do not help (None).
    storage
        Settings of the library that reads: of obstore, or of an fsspec file system.
    endpoint
        The server of buckets that are named without one, as a URL; `as_set` goes by it.
    """

    read_only: bool = False
    profile: str | None = None
    anonymous: bool | None = None
    storage: Mapping[str, str] = field(default_factory=dict, repr=False)
    endpoint: str | None = None


class Access(Protocol):
    """Bytes by key. A key is a path with ``/`` between its parts, relative to the location."""

    location: Location

    @property
    def can_list(self) -> bool:
        """Whether `entries` tells all names; else children are those that metadata name."""

    @property
    def denied(self) -> str | None:
        """Why the server refused keys, which then count as missing; None where it did not."""

    @property
    def doubt(self) -> str | None:
        """Why chunks that count as never written may be there all the same; None if sure."""

    @property
    def as_whom(self) -> str:
        """As whom a server is asked, in words that tell no secret; empty where nobody asks."""

    @property
    def can_rename(self) -> bool:
        """Whether a folder can be moved in one step, whatever is in it."""

    @property
    def traffic(self) -> Traffic | None:
        """What has gone over the network; None where there is none."""

    def at(self, location: Location) -> Access:
        """The same kind of access at another place, as read-only as this one."""

    def why_read_only(self) -> str | None:
        """Why nothing can be written here, in words; None where it can."""

    def get(self, key: str) -> bytes | None:
        """All bytes of a key; None where there is no such key."""

    def get_with_version(self, key: str) -> tuple[bytes | None, str | None]:
        """All bytes of a key, and what `put` can tell by that they are still the same.

        The version is `MISSING` where there is no such key, and None where the place tells none.
        """

    def documents(self, paths: Sequence[str], zarr_format: int | None) -> list[Documents]:
        """The documents of nodes, of a format or (None) of any; what is there of them.

        Over a network they are asked for together, and remembered until `forget`.
        """

    def list_soon(self, folder: str) -> bool:
        """Begin to list a folder, where that takes long: `entries` will be asked for it.

        Returns
        -------
        begun
            Whether it was begun here, so that something else can be asked for meanwhile.
        """

    def known_names(self, folder: str) -> frozenset[str] | None:
        """The names in a group that consolidated metadata tell; None where they do not."""

    def forget(self) -> None:
        """Ask for everything anew from now on."""

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Some bytes of a key that exists; a negative start counts from the end."""

    async def fetch(
        self, key: str, start: int | None = None, length: int | None = None
    ) -> bytes | None:
        """The bytes of a key, or a part of them, within an event loop; None where it is missing."""

    async def fetch_ranges(self, key: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Several parts of a key that exists, each by start and length, in few requests."""

    def size(self, key: str) -> int:
        """The bytes of a key that exists; else `FileNotFoundError`."""

    def has(self, key: str) -> bool:
        """Whether there is such a key."""

    def entries(self, folder: str) -> list[Entry]:
        """The names directly inside a folder, in no order; empty where there is none."""

    def leads_back(self, folder: str) -> bool:
        """Whether a folder is a link to one that it lies in: to go down there never ends."""

    def keys_below(self, folder: str) -> Iterator[tuple[str, int]]:
        """Each key below a folder, relative to it, with its size in bytes."""

    def put(
        self,
        key: str,
        value: bytes | None,
        *,
        mode: int | None = None,
        version: str | None = None,
    ) -> None:
        """Set a key in one step, or delete it where the value is None.

        A new key gets the permissions of `mode`; one that is there keeps its own. With a
        version, of `get_with_version`, only a key that is still the same: the server itself sees
        to that where it can (buckets, but for deleting, and for servers of other makers that
        ignore conditions), else it is looked at just before. Else `ChangedMeanwhile`.
        """

    def sweep(self, keys: Iterable[str]) -> None:
        """Remove what a `put` of these keys that was interrupted left beside them; no more."""

    def mode(self, key: str) -> int | None:
        """The permission bits of a key; None where it is missing, or has none."""

    def remove_folder(self, folder: str) -> None:
        """Remove a folder that is empty; any other is left as it is."""

    def rename_folder(self, old: str, new: str) -> None:
        """Move a folder with all that is in it to where nothing is, where it `can_rename`."""

    def zarr_store(self) -> Store:
        """A read-only zarr store over the same place."""


DEFAULTS = Options()


def open_access(location: Location, options: Options = DEFAULTS) -> Access:
    """The access that fits a location. What reads it is imported here, and not before.

    Over a network nothing is asked yet.

    Raises
    ------
    UserError
        A local place is not there, or what reads a remote one is not installed.
    """
    if location.inside is not None:
        from omezarr_tui.store.archive import open_archive

        return open_archive(location, options)
    if location.protocol == LOCAL:
        from omezarr_tui.store.local import LocalAccess, check_folder

        check_folder(location.path)
        return LocalAccess(location, read_only=options.read_only)
    if location.protocol in ("s3", "gs", "az", "http", "https"):
        from omezarr_tui.store.objects import open_objects

        return open_objects(location, options)
    from omezarr_tui.store.files import open_files

    return open_files(location, options)
