"""The store that a node belongs to: the topmost Zarr node around it.

A store may be opened at its root, at a node inside, through a link to either, or by way of the
folder that it lies in. What is remembered of a store, such as its edits, goes by the root, so
that it is found again whichever way was taken.
"""

from __future__ import annotations

from pathlib import Path

from omezarr_tui.store.access import Access
from omezarr_tui.store.documents import ZARR_JSON, ZARRAY, ZGROUP
from omezarr_tui.store.location import LOCAL, Location
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

    Raises
    ------
    OSError
        A server did not answer, so that the root is not known.
    """
    root, inside = access.at(access.location.below(path)), ""
    while (found := _above(root)) is not None:
        root, inside = found[0], join_path(found[1], inside)
    return root, inside


def _above(access: Access) -> tuple[Access, str] | None:
    """The node that a place lies in, and its name there; None where it is in none."""
    places = [access.location]
    if access.location.protocol == LOCAL and access.location.inside is None:
        path = Path(access.location.path)
        if path.is_symlink():  # which may lead into a store
            places.append(Location.local(path.resolve()))
    for place in places:
        if place.parent is not None and is_store(above := access.at(place.parent)):
            return above, place.name
    return None


def is_store(access: Access) -> bool:
    """Whether there is a Zarr node at a place.

    Raises
    ------
    OSError
        A server did not answer: nobody knows.
    """
    (documents,) = access.documents([""], None)
    if isinstance(documents, OSError):
        if access.traffic is not None and not isinstance(documents, PermissionError):
            raise documents
        return False  # a folder above that may not be read
    return any(name in documents for name in (ZARR_JSON, ZARRAY, ZGROUP))
