"""The store that a node belongs to: the topmost Zarr node around it.

A store may be opened at its root, at a node inside, or by way of the folder that it lies in.
What is remembered of a store, such as its edits, goes by the root, so that it is found again
whichever way was taken.
"""

from __future__ import annotations

from omezarr_tui.store.access import Access
from omezarr_tui.store.documents import ZARR_JSON, ZARRAY, ZGROUP
from omezarr_tui.store.node import join_path


def store_root(access: Access, path: str) -> tuple[Access, str]:
    """The access to the store around a node, and the node's path inside of it.

    Parameters
    ----------
    access
        Where the program was opened.
    path
        The node's path from there.

    Returns
    -------
    access
        At the root of the store; as read-only as the one given.
    path
        The node's path from the root.
    """
    root, inside = access.at(access.location.below(path)), ""
    while (parent := root.location.parent) is not None:
        above = access.at(parent)
        if not _is_node(above):
            break
        root, inside = above, join_path(root.location.name, inside)
    return root, inside


def _is_node(access: Access) -> bool:
    (documents,) = access.documents([""], None)
    return not isinstance(documents, OSError) and any(  # a folder above that may not be read
        name in documents for name in (ZARR_JSON, ZARRAY, ZGROUP)
    )
