"""The nodes of a hierarchy: one by path, and the children of a group, each on its own.

Names come from one listing of the folder and documents from one read each; one child
that is broken leaves its siblings alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from omezarr_tui.errors import ExitCode, UserError, explain
from omezarr_tui.store.access import Access, Entry
from omezarr_tui.store.documents import (
    DOCUMENTS,
    ZARR_JSON,
    ZARRAY,
    ZATTRS,
    ZGROUP,
    parse_node,
)
from omezarr_tui.store.node import Array, Broken, Group, Node, join_path
from omezarr_tui.text import natural_key

# How far a plain folder is looked into before it is taken to hold no store.
_FOLDER_DEPTH = 3
_FOLDER_LISTINGS = 64
# More generations than people make, and few enough for readers that go down by recursion.
_DEEPEST = 100
# Nodes that are read ahead over a network; more take memory for what may not be wanted.
_AHEAD = 20_000


# Tells which children a group's metadata name: True for those that must be there, False for
# those that may be, which are looked for where nothing can be listed.
Named = Callable[[Group], Mapping[str, bool]]


def _nothing(group: Group) -> Mapping[str, bool]:
    return {}


def read_node(access: Access, path: str) -> Node | None:
    """Read the documents of one node.

    Parameters
    ----------
    access
        The store.
    path
        The node's path; empty for the root.

    Returns
    -------
    node
        `Broken` where a document cannot be read; None where there is none.
    """
    return read_nodes(access, [path])[0]


def read_nodes(
    access: Access, paths: Sequence[str], zarr_format: int | None = None
) -> list[Node | None]:
    """Read the documents of many nodes, together where that is quicker.

    Parameters
    ----------
    access
        The store.
    paths
        The nodes' paths.
    zarr_format
        That of the group above them, which is theirs as a rule.

    Returns
    -------
    nodes
        As `read_node` gives each.
    """
    try:
        found = access.documents(paths, zarr_format)
    except UserError as error:  # one of the names is no name
        if error.exit_code == ExitCode.USAGE:  # no: it is how the store was to be opened
            raise
        if len(paths) > 1:
            return [read_nodes(access, [path], zarr_format)[0] for path in paths]
        return [Broken(paths[0], "cannot be read", explain(error))]
    return [
        Broken(path, "cannot be read", explain(documents))
        if isinstance(documents, OSError)
        else parse_node(path, documents)
        for path, documents in zip(paths, found, strict=True)
    ]


def child_names(access: Access, group: Group, named: Mapping[str, bool] | None = None) -> list[str]:
    """The names that may be children of a group, in natural order. One listing.

    Parameters
    ----------
    access
        The store.
    group
        The group to list.
    named
        Names that the group's metadata tell: those that must be there belong even where
        nothing is, the others where nothing can be listed.

    Raises
    ------
    OSError
        The folder cannot be listed.
    """
    known = access.known_names(group.path)
    may_be = False
    if known is None:
        known = frozenset(e.name for e in access.entries(group.path) if e.is_folder)
        may_be = not access.can_list and group.zarr_format is not None
    sure = {name for name, must in (named or {}).items() if must or may_be}
    return sorted(known | sure, key=natural_key)


def read_children(
    access: Access,
    group: Group,
    names: Sequence[str],
    named: Mapping[str, bool] | None = None,
) -> list[Node]:
    """Read a page of children, in the order of their names.

    Parameters
    ----------
    access
        The store.
    group
        The parent.
    names
        The children's names.
    named
        Those that the parent's metadata name: those that must be there are broken where they
        are missing.

    Returns
    -------
    nodes
        Without names that are no part of the hierarchy, such as a folder of notes. `Broken`
        also where the way down would not end.
    """
    expected = {name for name, must in (named or {}).items() if must}
    paths = [join_path(group.path, name) for name in names]
    found = read_nodes(access, paths, group.zarr_format)
    nodes = [
        _as_child(access, group, path, node, name in expected)
        for name, path, node in zip(names, paths, found, strict=True)
    ]
    return [node for node in nodes if node is not None]


def _as_child(
    access: Access, group: Group, path: str, node: Node | None, promised: bool
) -> Node | None:
    if not isinstance(node, Array | Broken) and access.leads_back(path):
        return Broken(path, "is a link to a folder above it", "to follow it would never end")
    if node is None:
        node = _without_document(access, group, path, promised)
    if isinstance(node, Group) and path.count("/") >= _DEEPEST:
        return Broken(path, "lies too deep", f"more than {_DEEPEST} groups lie above it")
    return node


def unread_document(entries: Iterable[Entry]) -> str | None:
    """The document that is listed though it was not found: a link that leads nowhere."""
    names = (entry.name for entry in entries if not entry.is_folder)
    return next((name for name in names if name in DOCUMENTS[:3]), None)


def _without_document(access: Access, group: Group, path: str, promised: bool) -> Node | None:
    """What a folder is that has no document: missing, damaged, plain, or of no concern."""
    if access.traffic is not None and group.zarr_format is None:
        return Group(path, None)  # over a network it is not looked into before it is opened
    if not (promised or access.can_list):
        return None  # looked for because it may be there, and a list that tells more there is none
    try:
        entries = access.entries(path) if access.can_list else []
    except OSError as error:
        return Broken(path, "cannot be listed", explain(error))
    wanted = ZARR_JSON if group.zarr_format == 3 else f"{ZARRAY} or {ZGROUP}"
    if promised:
        what = "nothing is there" if not entries else "the folder is there, its document is not"
        what = what if access.can_list else "the server has none"
        return Broken(path, f"no document at {join_path(path, wanted)}", what)
    if path.rpartition("/")[2].startswith("."):  # what programs keep for themselves
        return None
    if name := unread_document(entries):
        what = "a link to a file that is not here"
        return Broken(path, f"its {name} is {what}", "fetch it, for example: git annex get .")
    if any(entry.name == ZATTRS for entry in entries):
        return Broken(path, "has .zattrs but neither .zgroup nor .zarray", "it is no whole node")
    if holds_zarr(access, path, deep=access.traffic is None):
        return Group(path, None)
    if group.zarr_format is not None and any(
        entry.name.split(".")[0].isdecimal() or (entry.name == "c" and entry.is_folder)
        for entry in entries
    ):
        return Broken(path, f"no document at {join_path(path, wanted)}", "it looks like chunks")
    return None


def holds_zarr(access: Access, folder: str, *, deep: bool = True) -> bool:
    """Whether some Zarr node lies in a folder or below it.

    Parameters
    ----------
    access
        The store.
    folder
        Where to look.
    deep
        Look below, within bounds; else any folder in it is taken to hold one.
    """
    pending = deque([(folder, 0)])
    listings = 0
    while pending and listings < _FOLDER_LISTINGS:
        path, depth = pending.popleft()
        listings += 1
        try:
            entries = access.entries(path)
        except OSError:
            continue
        if any(entry.name in DOCUMENTS[:3] for entry in entries):
            return True
        if not deep:
            return any(entry.is_folder for entry in entries)
        if depth < _FOLDER_DEPTH:
            pending.extend(
                (join_path(path, entry.name), depth + 1)
                for entry in entries
                if entry.is_folder and not entry.name.startswith(".")
            )
    return False


def walk(
    access: Access,
    top: Node,
    depth: int | None = None,
    named: Named = _nothing,
) -> Iterator[Node]:
    """All nodes below one, parents first, siblings in natural order.

    Parameters
    ----------
    access
        The store.
    top
        Where to start; it is not given again.
    depth
        How many generations; None for all.
    named
        Tells which children a group's metadata name.
    """
    read_ahead(access, top, depth, named)
    yield from _walk(access, top, depth, named)


def _walk(access: Access, top: Node, depth: int | None, named: Named) -> Iterator[Node]:
    if not isinstance(top, Group) or depth == 0:
        return
    try:
        of_top = named(top)
        names = child_names(access, top, of_top)
    except OSError as error:
        yield Broken(join_path(top.path, "…"), "cannot be listed", explain(error))
        return
    for name in names:
        for node in read_children(access, top, [name], of_top):
            yield node
            yield from _walk(access, node, None if depth is None else depth - 1, named)


def read_ahead(access: Access, top: Node, depth: int | None, named: Named) -> None:
    """Read what is about to be asked for over a network, a generation at a time.

    Parameters
    ----------
    access
        Remembers it.
    top, depth, named
        As for `walk`.
    """
    generation = [top] if isinstance(top, Group) and access.traffic is not None else []
    read = 0
    while generation and read < _AHEAD and depth != 0:
        for group in generation:
            if access.known_names(group.path) is None:
                access.list_soon(group.path)
        below: dict[int | None, list[str]] = {}
        for group in generation:
            with suppress(OSError):  # it is told when its turn comes
                names = child_names(access, group, named(group))
                paths = below.setdefault(group.zarr_format, [])
                paths += [join_path(group.path, name) for name in names]
        nodes = [node for form, paths in below.items() for node in read_nodes(access, paths, form)]
        read += len(nodes)
        generation = [node for node in nodes if isinstance(node, Group)]
        depth = None if depth is None else depth - 1
