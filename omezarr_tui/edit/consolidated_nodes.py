"""The copies in consolidated metadata of nodes that were moved, added, or are gone.

Unlike `consolidated`, which changes what copies say, this changes which copies there are, and
under which path. Those that stay keep their bytes. Siblings stay together, as zarr-python
3.1 cannot read them else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from omezarr_tui.edit.json_members import Kept, Made, arrange_members
from omezarr_tui.edit.relocation import inside
from omezarr_tui.edit.siblings import beside_siblings, path_of_copy
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.ome.validate.finding import pointer_to
from omezarr_tui.store.documents import ZARR_JSON, ZARRAY, ZATTRS, ZGROUP
from omezarr_tui.store.hierarchy import read_node, walk
from omezarr_tui.store.json_object import DocumentError, parse_json
from omezarr_tui.store.node import Broken, join_path, parent_path
from omezarr_tui.store.remembered import ZMETADATA
from omezarr_tui.text import listed, visible

INLINE = "consolidated_metadata"
NO_COPIES = {"kind": "inline", "must_understand": False, "metadata": {}}


def follow_nodes(
    staged: Staged, gone: str | None, come: str | None, work: Work
) -> list[tuple[str, str]]:
    """Bring the consolidated metadata of all groups above to what nodes there are.

    Parameters
    ----------
    staged
        With the nodes as they are to be.
    gone
        Where a node was, with all below it; None where none is gone.
    come
        Where a node has come to be; None where none has.
    work
        Asked whether to stop.

    Returns
    -------
    facts
        Which documents follow.
    """
    places = [place for place in (gone, come) if place is not None]
    groups = dict.fromkeys(above for place in places for above in groups_above(place))
    nodes: dict[str, dict[str, Any]] | None = None
    followed = []
    for group in groups:
        for name in (ZMETADATA, ZARR_JSON):
            key = join_path(group, name)
            raw = staged.get(key)
            document = None if raw is None else _parsed(raw, name)
            if raw is None or document is None:
                continue
            if nodes is None and come is not None and any(_all_copies(document, name)):
                nodes = documents_below(staged, come, work)
            changed = _follow(raw, document, name, group, gone, come, nodes or {})
            if changed != raw:
                staged.put(key, changed)
                followed.append(visible(key))
    return [("consolidated", f"the copies in {listed(followed)} follow")] if followed else []


def groups_above(path: str) -> list[str]:
    """All groups that a node lies in, the root last; none of the root."""
    found = []
    while path:
        path = parent_path(path)
        found.append(path)
    return found


def documents_below(staged: Staged, path: str, work: Work) -> dict[str, dict[str, Any]]:
    """The documents of a node and of all below it, parsed: by path, then by name.

    Broken nodes are left out.
    """
    top = read_node(staged, path)
    if top is None or isinstance(top, Broken):
        return {}
    found = {path: _documents(staged, path, top.zarr_format)}
    for number, node in enumerate(walk(staged, top)):
        work.step(number, number + 1)
        if isinstance(node, Broken) or node.zarr_format != top.zarr_format:
            continue
        found[node.path] = _documents(staged, node.path, node.zarr_format)
    return found


def copies_of(documents: Mapping[str, Any]) -> dict[str, Any]:
    """The copies of the documents of a node, by name, as zarr-python writes them."""
    copies = dict(documents)
    if ZARR_JSON in copies:
        own = {key: value for key, value in copies[ZARR_JSON].items() if key != INLINE}
        copies[ZARR_JSON] = own | ({INLINE: NO_COPIES} if own.get("node_type") == "group" else {})
    return copies


def _documents(staged: Staged, path: str, zarr_format: int | None) -> dict[str, Any]:
    names = (ZARR_JSON,) if zarr_format == 3 else (ZARRAY, ZGROUP, ZATTRS)
    raws = [(name, staged.get(join_path(path, name))) for name in names]
    return {name: parse_json(raw, name) for name, raw in raws if raw is not None}


@dataclass(frozen=True, slots=True)
class _Copies:
    """An object with copies: where it stands, of which group it tells, and its members."""

    place: tuple[str, ...]
    base: str
    members: Mapping[str, Any]


def _all_copies(document: Mapping[str, Any], name: str, base: str = "") -> Iterator[_Copies]:
    """The objects with copies in a document; also those within copies of groups."""
    if name == ZMETADATA:
        metadata = document.get("metadata")
        if isinstance(metadata, dict):
            yield _Copies(("metadata",), base, metadata)
        return
    consolidated = document.get(INLINE)
    metadata = consolidated.get("metadata") if isinstance(consolidated, dict) else None
    if not isinstance(metadata, dict):
        return
    place = (INLINE, "metadata")
    yield _Copies(place, base, metadata)
    for path, copy in metadata.items():
        if not isinstance(copy, dict):
            continue
        for inner in _all_copies(copy, name, join_path(base, path)):
            if inner.members:  # zarr-python gives every copy of a group an empty one
                yield _Copies((*place, path, *inner.place), inner.base, inner.members)


def _follow(
    raw: bytes,
    document: Mapping[str, Any],
    name: str,
    group: str,
    gone: str | None,
    come: str | None,
    nodes: Mapping[str, Mapping[str, Any]],
) -> bytes:
    # Those deepest within come first: to rename what is around them would move them.
    for copies in sorted(_all_copies(document, name, group), key=lambda c: -len(c.place)):
        left = None if gone is None else inside(gone, copies.base)
        new = None if come is None else inside(come, copies.base)
        if left == "" or new == "":  # the copies of what moved itself: they go with it
            continue
        wanted = _wanted(copies, name, left, new, nodes)
        if wanted != [Kept(key, key) for key in copies.members]:
            try:
                raw = arrange_members(raw, copies.place, wanted)
            except (ValueError, LookupError) as error:
                where = f"{visible(join_path(group, name))}{pointer_to(*copies.place)}"
                raise UserError(f"{where} cannot be changed", str(error)) from error
    return raw


def _wanted(
    copies: _Copies,
    name: str,
    gone: str | None,
    come: str | None,
    nodes: Mapping[str, Mapping[str, Any]],
) -> list[Kept | Made]:
    """The members that are to be there; paths are told from the group of the copies."""
    path_of = path_of_copy(name)
    stays: list[Kept | Made] = []
    taken: list[Kept | Made] = []
    for key in copies.members:
        path = path_of(key)
        if gone is not None and inside(path, gone) is not None and gone:
            if come is not None:
                taken.append(Kept(come + key[len(gone) :], key))
        elif come is None or inside(path, come) is None:
            stays.append(Kept(key, key))
    if come is None:
        return stays
    if gone is not None and parent_path(gone) == parent_path(come) and taken:
        known = {each.old: each for each in [*stays, *taken] if isinstance(each, Kept)}
        return [known[key] for key in copies.members if key in known]
    if not taken:
        for path, documents in nodes.items():
            own = inside(path, copies.base)
            for document, value in copies_of(documents).items():
                key = join_path(own or "", document) if name == ZMETADATA else (own or "")
                taken.append(Made(key, value))
    members = {each.name: each for each in [*stays, *taken]}
    names = beside_siblings([each.name for each in stays], [each.name for each in taken], path_of)
    return [members[name] for name in names]


def _parsed(raw: bytes, name: str) -> dict[str, Any] | None:
    """A document; None where nobody reads copies, as it is none."""
    try:
        return parse_json(raw, name)
    except DocumentError:
        return None
