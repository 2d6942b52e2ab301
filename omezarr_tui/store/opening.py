"""The first node of a store, or of a command: or else what lies there instead."""

from __future__ import annotations

from omezarr_tui.errors import UserError, explain
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import holds_zarr, read_node, unread_document
from omezarr_tui.store.node import Broken, Group, Node, join_path
from omezarr_tui.store.strange_folders import name_folder
from omezarr_tui.store.strangers import HEAD_BYTES, name_file
from omezarr_tui.store.webindex import names_in_index

# Names by which folders of other formats are told, before any folder counts as one of stores.
_STRANGE = ({"attributes.json"}, {"refs", "snapshots"}, {"repo"}, {"info"})


def open_root(access: Access) -> Node:
    """The node at the location itself: a Zarr node, or a plain folder that holds stores.

    Raises
    ------
    UserError
        There is neither.
    """
    access.list_soon("")
    where = access.location.url
    node = read_node(access, "")
    if isinstance(node, Broken) and access.traffic is not None:
        if access.denied:
            raise UserError(f"{where} cannot be read", access.denied)
        raise UserError(f"{where} {node.reason}", node.detail)
    if node is not None:
        return node
    try:
        entries = access.entries("")
    except OSError as error:
        raise UserError(f"{where} cannot be listed", explain(error)) from error
    names = {entry.name for entry in entries}
    if any(marks <= names for marks in _STRANGE) and (found := name_folder(access)):
        raise UserError(f"{where} is {found[0]}", found[1])
    # Over a network, to look further takes long; what the folders hold is seen when they open.
    if not unread_document(entries) and holds_zarr(access, "", deep=access.traffic is None):
        return Group("", None)
    if access.denied:
        raise UserError(f"{where} cannot be read", access.denied)
    if not entries and access.traffic is not None:
        raise _nothing_there(access)
    if found := name_folder(access):
        raise UserError(f"{where} is {found[0]}", found[1])
    raise UserError(
        f"{where} holds no Zarr store",
        "there is no zarr.json, .zgroup or .zarray in it or in the folders right below",
    )


def _nothing_there(access: Access) -> UserError:
    """Why a place over a network has nothing to list: it is a file, or it lists nothing."""
    where = access.location.url
    try:
        head = access.get_range("", 0, HEAD_BYTES)
    except (OSError, UserError):
        head = b""
    if head and (names_in_index(head) is None) and (found := name_file(access.location.name, head)):
        return UserError(f"{where} is {found[0]}", found[1])
    if access.can_list:
        return UserError(f"There is nothing at {where}", "check the address")
    return UserError(
        f"No Zarr store is found at {where}",
        "there is no zarr.json, .zgroup or .zarray, and the server lists no folders: "
        "give the address of a store itself",
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
