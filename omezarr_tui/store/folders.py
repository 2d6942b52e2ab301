"""A folder in which stores are looked for: its names in one listing, then what each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from omezarr_tui.errors import UserError
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import read_nodes
from omezarr_tui.store.location import ARCHIVES, Location
from omezarr_tui.store.node import Node
from omezarr_tui.store.strange_folders import name_folder
from omezarr_tui.text import natural_key


@dataclass(frozen=True, slots=True)
class Folder:
    """The names in a folder that a user may choose from.

    Parameters
    ----------
    access
        At the folder.
    names
        Folders and zips in natural order; none that begins with a dot.
    zips
        Those of the names that are zips.
    why_empty
        Where there are no names: what the folder is, and what to do about it.
    """

    access: Access
    names: tuple[str, ...]
    zips: frozenset[str]
    why_empty: tuple[str, str] = ("", "")

    @property
    def location(self) -> Location:
        """Where it lies."""
        return self.access.location

    def place_of(self, name: str) -> Location:
        """Where one of its names leads."""
        below = self.location.below(name)
        if name not in self.zips:
            return below
        return Location(below.protocol, below.address, "", below.endpoint)


def list_folder(access: Access) -> Folder:
    """The names in the folder of an access. One listing.

    Raises
    ------
    OSError
        It cannot be listed.
    """
    entries = [entry for entry in access.entries("") if not entry.name.startswith(".")]
    in_zip = access.location.inside is not None  # a zip in a zip cannot be read
    zips = frozenset(
        entry.name
        for entry in entries
        if not entry.is_folder and entry.name.lower().endswith(ARCHIVES) and not in_zip
    )
    names = zips.union(entry.name for entry in entries if entry.is_folder)
    ordered = tuple(sorted(names, key=natural_key))
    return Folder(access, ordered, zips, ("", "") if ordered else _why_empty(access))


def _why_empty(access: Access) -> tuple[str, str]:
    if not access.can_list:
        return "This server does not list folders", "type the address of a store itself"
    try:
        found = name_folder(access)
    except (OSError, UserError):
        found = None
    if found:
        return f"This is {found[0]}", found[1]
    return "No folder and no store lies in here", ""


def look_at(folder: Folder, names: Sequence[str]) -> dict[str, Node | None]:
    """What some of a folder's names are, asked for together.

    Returns
    -------
    nodes
        By name; None for a plain folder, and for a zip, which is not read for this.
    """
    unknown = [name for name in names if name not in folder.zips]
    nodes = read_nodes(folder.access, unknown)
    return dict.fromkeys(names) | dict(zip(unknown, nodes, strict=True))


def above(location: Location) -> Location | None:
    """The folder that a place lies in, out of a zip too; None at the top."""
    if location.parent is not None or location.archive is None:
        return location.parent
    return location.archive.parent


def names_beginning(access: Access, start: str) -> list[str]:
    """The folders (with a ``/``) and zips of a folder whose names begin so, whatever the case.

    Hidden ones only where `start` begins with a dot.

    Raises
    ------
    OSError
        The folder cannot be listed.
    """
    found = [
        f"{entry.name}/" if entry.is_folder else entry.name
        for entry in access.entries("")
        if entry.name.lower().startswith(start.lower())
        and (entry.is_folder or entry.name.lower().endswith(ARCHIVES))
        and (start.startswith(".") or not entry.name.startswith("."))
    ]
    return sorted(found, key=natural_key)
