"""The copies of documents that consolidated metadata keep, changed as the documents are.

Zarr v2 keeps them in ``.zmetadata`` beside a group, each under its key; Zarr v3 within
``consolidated_metadata`` of a group's ``zarr.json``, each under its node's path, where the
copy of a group may hold copies again. Paths begin at the group that keeps them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from omezarr_tui.edit.json_spans import parse_pointer
from omezarr_tui.edit.json_text import Pointed, change_members, change_values
from omezarr_tui.ome.validate.finding import REMOVED, pointer_to
from omezarr_tui.store.documents import ZARR_JSON, ZARRAY, ZGROUP
from omezarr_tui.store.node import join_path

_INLINE = ("consolidated_metadata", "metadata")


@dataclass(frozen=True, slots=True)
class Edited:
    """A document with what is changed in it.

    Parameters
    ----------
    path
        Its node.
    name
        Of the document: ``.zattrs``.
    changes
        In their order.
    before, after
        The document, parsed.
    """

    path: str
    name: str
    changes: tuple[Pointed, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def follow_in_zmetadata(raw: bytes, group: str, edited: Sequence[Edited]) -> tuple[bytes, int]:
    """Change the copies in a ``.zmetadata``.

    Parameters
    ----------
    raw
        Its bytes. What is no JSON object is left alone: nobody reads copies there.
    group
        The path of the group that it stands beside.
    edited
        Documents of Zarr v2. Those of nodes that are not in it are left out.

    Returns
    -------
    raw, count
        The new bytes, and how many copies were changed.
    """
    metadata = _object_in(_parsed(raw), "metadata")
    inside: dict[str, list[Pointed]] = {}
    added: list[Pointed] = []
    for document in edited:
        path = _within(document.path, group)
        if path is None:
            continue
        key = join_path(path, document.name)
        if key in metadata:
            inside[key] = _followed(metadata[key], document)
        elif any(join_path(path, name) in metadata for name in (ZARRAY, ZGROUP)):
            added.append((pointer_to("metadata", key), document.after))
    if inside:
        raw = change_members(raw, "/metadata", inside)
    return change_values(raw, added) if added else raw, len(inside) + len(added)


def follow_in_group(raw: bytes, group: str, edited: Sequence[Edited]) -> tuple[bytes, int]:
    """Change the copies in the ``zarr.json`` of a group, as `follow_in_zmetadata` does."""
    document_above = _parsed(raw)
    inside: dict[str, list[Pointed]] = {}
    count = 0
    for document in edited:
        path = _within(document.path, group)
        if not path or document.name != ZARR_JSON:
            continue
        for (first, *rest), copy in _inline_copies(document_above, path):
            base = pointer_to(*rest)
            changes = [(base + place, value) for place, value in _followed(copy, document)]
            inside.setdefault(first, []).extend(changes)
            count += 1
    return (change_members(raw, pointer_to(*_INLINE), inside) if inside else raw), count


def _inline_copies(group: Any, path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The copies of a node within a group's document: where each is, and what it says."""
    metadata = _object_in(_object_in(group, _INLINE[0]), _INLINE[1])
    if path in metadata:
        yield (path,), metadata[path]
    parts = path.split("/")
    for depth in range(1, len(parts)):
        above, rest = "/".join(parts[:depth]), "/".join(parts[depth:])
        for place, copy in _inline_copies(metadata.get(above), rest):
            yield (above, *_INLINE, *place), copy


def _followed(copy: Any, document: Edited) -> list[Pointed]:
    """What brings a copy to what its document says now, where that was changed.

    A member that was as in the document is changed in the same places, so that no other byte
    of it changes. One that was not, as the copy was stale, becomes the document's.
    """
    whole = not isinstance(copy, dict) or any(not pointer for pointer, _ in document.changes)
    if whole:
        return [("", document.after)]
    followed: list[Pointed] = []
    stale: dict[str, None] = {}
    for pointer, value in document.changes:
        name = parse_pointer(pointer)[0]
        if _same(copy, document.before, name):
            followed.append((pointer, value))
        else:
            stale[name] = None
    for name in stale:
        if name in document.after:
            followed.append((pointer_to(name), document.after[name]))
        elif name in copy:
            followed.append((pointer_to(name), REMOVED))
    return followed


def _same(copy: Mapping[str, Any], document: Mapping[str, Any], name: str) -> bool:
    if name not in copy or name not in document:
        return name not in copy and name not in document
    # As text, because a NaN is not equal to another, and 1 is to true.
    return json.dumps(copy[name]) == json.dumps(document[name])


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _object_in(document: Any, name: str) -> Mapping[str, Any]:
    found = document.get(name) if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def _within(path: str, group: str) -> str | None:
    """A path from a group on; None where it does not lie there."""
    if path == group:
        return ""
    head = f"{group}/" if group else ""
    return path.removeprefix(head) if path.startswith(head) else None
