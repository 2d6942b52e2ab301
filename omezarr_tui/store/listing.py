"""The children of groups, page by page."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import Named, child_names, read_children, read_nodes
from omezarr_tui.store.node import Group, Node, join_path
from omezarr_tui.text import natural_key


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the children of one group.

    Parameters
    ----------
    names
        All names that may be children, listed once.
    start, stop
        Which of the names this page covers.
    nodes
        What they came to; a name that is no part of the hierarchy has none.
    complete
        False where there may be more: the place cannot be listed, so that only those are
        known that metadata name.
    """

    group: Group
    names: tuple[str, ...]
    start: int
    stop: int
    nodes: tuple[Node, ...]
    complete: bool = True


def is_complete(access: Access, path: str = "") -> bool:
    """Whether the names of a group that was listed are all: listed, or consolidated."""
    return access.can_list or access.known_names(path) is not None


def list_page(
    access: Access,
    group: Group,
    rows: int,
    named: Named = lambda group: {},
    before: Listing | None = None,
) -> Listing:
    """Read the next page of a group's children.

    Parameters
    ----------
    access
        The store.
    group
        The group to list.
    rows
        How many names to read.
    named
        As for `walk`.
    before
        The page that this one follows; None for the first, which lists the names.

    Raises
    ------
    OSError
        The folder cannot be listed.
    """
    of_group = named(group)
    known = before is not None or access.known_names(group.path) is not None
    if not known and access.list_soon(group.path):
        # While the folder is listed, what its metadata name is read.
        sure = sorted((name for name, must in of_group.items() if must), key=natural_key)
        read_nodes(access, [join_path(group.path, n) for n in sure[:rows]], group.zarr_format)
    names = before.names if before else tuple(child_names(access, group, of_group))
    start = before.stop if before else 0
    stop = min(start + rows, len(names))
    nodes = read_children(access, group, names[start:stop], of_group)
    return Listing(group, names, start, stop, tuple(nodes), is_complete(access, group.path))


def open_below(
    access: Access,
    top: Group,
    rows: int,
    most: int,
    named: Named = lambda group: {},
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[list[Listing], bool]:
    """The first page of a group and of all groups below it, nearest first, up to a bound.

    Parameters
    ----------
    access
        The store.
    top
        Where to start.
    rows, named
        As for `list_page`.
    most
        How many nodes to read at the most.
    cancelled
        Asked before each group.

    Returns
    -------
    listings
        Parents before children; a group that cannot be listed is left out.
    complete
        False where the bound ended it.
    """
    listings: list[Listing] = []
    pending = deque([top])
    read = 0
    while pending:
        if read >= most or cancelled():
            return listings, False
        group = pending.popleft()
        page = min(rows, most - read)
        try:
            listing = list_page(access, group, page, named)
        except OSError:
            continue
        listings.append(listing)
        if page < rows and listing.stop < len(listing.names):
            return listings, False
        read += len(listing.nodes)
        pending.extend(node for node in listing.nodes if isinstance(node, Group))
    return listings, True
