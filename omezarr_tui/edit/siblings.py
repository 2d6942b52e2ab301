"""The copies in consolidated metadata stand beside those of their siblings.

zarr-python 3.1 gathers copies by the groups that they are in, level by level, and loses those
that come again once another group began: in the order a/x, b/y, a/z it finds no a/x.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from omezarr_tui.edit.json_members import Kept, arrange_members
from omezarr_tui.store.documents import ZARR_JSON
from omezarr_tui.store.node import parent_path
from omezarr_tui.store.remembered import ZMETADATA

_PLACES = {ZARR_JSON: ("consolidated_metadata", "metadata"), ZMETADATA: ("metadata",)}


def path_of_copy(name: str) -> Callable[[str], str]:
    """What makes the path of a node out of the name of a copy, in a document of some name."""
    return _path_in_zmetadata if name == ZMETADATA else str


def beside_siblings(
    stays: Sequence[str], new: Iterable[str], path_of: Callable[[str], str]
) -> list[str]:
    """Where copies are to stand: each new one behind the last sibling of its node, else at the end.

    Parameters
    ----------
    stays
        The names of copies that are there, in their order, which they keep.
    new
        Those that come.
    path_of
        Makes the path of a node out of a name.

    Returns
    -------
    names
        All of them, in their order.
    """
    last = {parent_path(path): name for name in stays if (path := path_of(name))}
    behind: dict[str, list[str]] = {}
    ends: list[str] = []
    for name in new:
        above = parent_path(path_of(name))
        if above in last:
            behind.setdefault(last[above], []).append(name)
        else:
            ends.append(name)
            last[above] = name
    return [each for name in (*stays, *ends) for each in (name, *behind.get(name, ()))]


def copies_beside_siblings(
    raw: bytes, name: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> bytes:
    """A document whose new copies of others were put at the end, with each beside its siblings.

    Parameters
    ----------
    raw
        The document.
    name
        Of it.
    before, after
        What it said before copies were added, and what it says, parsed.
    """
    had, has = _copies(before, name), _copies(after, name)
    new = [key for key in has if key not in had]
    if not new:
        return raw
    stays = [key for key in has if key in had]
    wanted = beside_siblings(stays, new, path_of_copy(name))
    if wanted == list(has):
        return raw
    return arrange_members(raw, _PLACES[name], [Kept(key, key) for key in wanted])


def _copies(document: Any, name: str) -> Mapping[str, Any]:
    for part in _PLACES.get(name, ()):
        document = document.get(part) if isinstance(document, dict) else None
    return document if name in _PLACES and isinstance(document, dict) else {}


def _path_in_zmetadata(key: str) -> str:
    return key.rpartition("/")[0]
