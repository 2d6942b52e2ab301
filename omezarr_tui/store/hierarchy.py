"""The nodes of a hierarchy: one by path, and the children of a group, each on its own.

Names come from one listing of the folder and documents from one read each; one child
that is broken leaves its siblings alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from omezarr_tui.errors import UserError, explain
from omezarr_tui.store.access import Access
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
    documents: dict[str, bytes] = {}
    try:
        for name in (ZARR_JSON, ZARRAY, ZGROUP):
            if (raw := access.get(join_path(path, name))) is not None:
                documents[name] = raw
                if name != ZARR_JSON and (raw := access.get(join_path(path, ZATTRS))) is not None:
                    documents[ZATTRS] = raw
                break
    except (OSError, UserError) as error:
        return Broken(path, "cannot be read", explain(error))
    return parse_node(path, documents)


def open_root(access: Access) -> Node:
    """The node at the location itself: a Zarr node, or a plain folder that holds stores.

    Raises
    ------
    UserError
        There is neither.
    """
    node = read_node(access, "")
    if node is not None:
        return node
    where = access.location.path
    try:
        names = {entry.name for entry in access.entries("")}
    except OSError as error:
        raise UserError(f"{where} cannot be listed", explain(error)) from error
    if holds_zarr(access, ""):
        return Group("", None)
    if not names:
        raise UserError(f"{where} is an empty folder", "it holds no Zarr store")
    if ZATTRS in names:
        raise UserError(
            f"{where} is no whole Zarr store",
            "it has .zattrs but neither .zgroup nor .zarray",
        )
    raise UserError(
        f"{where} holds no Zarr store",
        "there is no zarr.json, .zgroup or .zarray in it or in the folders right below",
    )


def find_node(access: Access, path: str) -> Node:
    """The node at a path, for a command.

    Raises
    ------
    UserError
        There is no node at the path, or it is broken.
    """
    path = join_path(path)
    node = read_node(access, path) if path else open_root(access)
    where = f"{access.location.name}/{path}" if path else access.location.name
    if node is None and holds_zarr(access, path):
        node = Group(path, None)
    if node is None:
        raise UserError(f"There is no node at {where}", "no zarr.json, .zarray or .zgroup there")
    if isinstance(node, Broken):
        raise UserError(f"{where} is broken: {node.reason}", node.detail)
    return node


def child_names(access: Access, group: Group, named: Iterable[str] = ()) -> list[str]:
    """The names that may be children of a group, in natural order. One listing.

    Parameters
    ----------
    access
        The store.
    group
        The group to list.
    named
        Names that the group's metadata promise: they belong even where nothing is there.

    Raises
    ------
    OSError
        The folder cannot be listed.
    """
    names = {entry.name for entry in access.entries(group.path) if entry.is_folder}
    return sorted(names.union(named), key=natural_key)


def read_child(access: Access, group: Group, name: str, *, promised: bool = False) -> Node | None:
    """Read one child of a group.

    Parameters
    ----------
    access
        The store.
    group
        The parent.
    name
        The child's name.
    promised
        Whether the parent's metadata name it: then it is broken when it is missing.

    Returns
    -------
    node
        None where the name is no part of the hierarchy, such as a folder of notes.
        `Broken` also where the way down would not end.
    """
    path = join_path(group.path, name)
    node = read_node(access, path)
    if not isinstance(node, Array | Broken) and access.leads_back(path):
        return Broken(path, "is a link to a folder above it", "to follow it would never end")
    if node is None:
        node = _without_document(access, group, path, promised)
    if isinstance(node, Group) and path.count("/") >= _DEEPEST:
        return Broken(path, "lies too deep", f"more than {_DEEPEST} groups lie above it")
    return node


def _without_document(access: Access, group: Group, path: str, promised: bool) -> Node | None:
    """What a folder is that has no document: missing, damaged, plain, or of no concern."""
    try:
        entries = access.entries(path)
    except OSError as error:
        return Broken(path, "cannot be listed", explain(error))
    wanted = ZARR_JSON if group.zarr_format == 3 else f"{ZARRAY} or {ZGROUP}"
    if promised:
        what = "nothing is there" if not entries else "the folder is there, its document is not"
        return Broken(path, f"no document at {join_path(path, wanted)}", what)
    if path.rpartition("/")[2].startswith("."):  # what programs keep for themselves
        return None
    if any(entry.name == ZATTRS for entry in entries):
        return Broken(path, "has .zattrs but neither .zgroup nor .zarray", "it is no whole node")
    if holds_zarr(access, path):
        return Group(path, None)
    if group.zarr_format is not None and any(
        entry.name.split(".")[0].isdecimal() or (entry.name == "c" and entry.is_folder)
        for entry in entries
    ):
        return Broken(path, f"no document at {join_path(path, wanted)}", "it looks like chunks")
    return None


def read_children(
    access: Access, group: Group, names: Sequence[str], promised: Iterable[str] = ()
) -> list[Node]:
    """Read a page of children, in the order of their names."""
    expected = set(promised)
    read = (read_child(access, group, name, promised=name in expected) for name in names)
    return [node for node in read if node is not None]


def holds_zarr(access: Access, folder: str) -> bool:
    """Whether some Zarr node lies in a folder or, within bounds, below it."""
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
    promised: Callable[[Group], Iterable[str]] = lambda group: (),
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
    promised
        Tells which children a group's metadata name.
    """
    if not isinstance(top, Group) or depth == 0:
        return
    try:
        expected = set(promised(top))
        names = child_names(access, top, expected)
    except OSError as error:
        yield Broken(join_path(top.path, "…"), "cannot be listed", explain(error))
        return
    for name in names:
        node = read_child(access, top, name, promised=name in expected)
        if node is not None:
            yield node
            yield from walk(access, node, None if depth is None else depth - 1, promised)
