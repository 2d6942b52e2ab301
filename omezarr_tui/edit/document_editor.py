"""Documents of nodes changed in memory, with the copies that groups above keep of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from omezarr_tui.edit.consolidated import Edited, follow_in_group, follow_in_zmetadata
from omezarr_tui.edit.json_spans import PointerError, value_at
from omezarr_tui.edit.json_text import Pointed, change_members, change_values
from omezarr_tui.edit.siblings import copies_beside_siblings
from omezarr_tui.errors import UserError
from omezarr_tui.ome.validate.finding import Change, Document
from omezarr_tui.store.access import Access
from omezarr_tui.store.documents import DOCUMENTS, ZARR_JSON, ZARRAY, ZATTRS, ZGROUP
from omezarr_tui.store.json_object import DocumentError, parse_json
from omezarr_tui.store.node import join_path, parent_path
from omezarr_tui.store.waiting import Cancelled

ZMETADATA = ".zmetadata"
_ATTRIBUTES = "/attributes"  # of a zarr.json
_V2: dict[Document, str] = {
    "attributes": ZATTRS,
    "array": ZARRAY,
    "group": ZGROUP,
    "consolidated": ZMETADATA,
}


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """One document, before and after.

    Parameters
    ----------
    key
        From the location.
    before
        What is stored; None where the document is to be made.
    after
        All that is to be stored.
    copies
        How many copies of other documents change in it.
    """

    key: str
    before: bytes | None
    after: bytes
    copies: int


@dataclass(slots=True)
class _Held:
    """A document on its way."""

    before: bytes | None
    after: bytes | None = None
    copies: int = 0
    is_edited: bool = False  # by itself, not only for its copies


class DocumentEditor:
    """Changes documents in memory, one node after the other."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._held: dict[str, _Held] = {}
        self._edited: list[Edited] = []

    def change(self, node: str, changes: Sequence[Change]) -> None:
        """Change the documents of one node."""
        is_v3 = self._get(join_path(node, ZARR_JSON)).before is not None
        by_name: dict[str, list[Pointed]] = {}
        for change in changes:
            name, above = _V2[change.document], ""
            if is_v3 and change.document != "consolidated":
                name, above = ZARR_JSON, _ATTRIBUTES if change.document == "attributes" else ""
            by_name.setdefault(name, []).append((above + change.pointer, change.value))
        for name, pointed in by_name.items():
            try:
                self._change_one(node, name, pointed)
            except PointerError as error:
                raise UserError(
                    f"{join_path(node, name)} was not changed",
                    f"{error}: it is no longer as it was when it was looked at",
                ) from error
            except ValueError as error:
                raise UserError(f"{join_path(node, name)} was not changed", str(error)) from error

    def _change_one(self, node: str, name: str, changes: list[Pointed]) -> None:
        held = self._get(join_path(node, name))
        like = self._beside(node) if name == ZATTRS else b""
        raw = held.before
        if raw is None:
            if not like:
                raise DocumentError("there is no such document")
            raw = b"{}" + like[len(like.rstrip()) :]
        before = parse_json(raw, name)
        if (
            any(pointer.startswith(f"{_ATTRIBUTES}/") for pointer, _ in changes)
            and name == ZARR_JSON
            and not isinstance(before.get("attributes"), dict)
            and changes[0][0] != _ATTRIBUTES
        ):
            changes = [(_ATTRIBUTES, {}), *changes]  # a node of Zarr v3 need have none
        raw = _changed(raw, changes, like)
        after = parse_json(raw, name)
        held.after, held.is_edited = copies_beside_siblings(raw, name, before, after), True
        self._edited.append(Edited(node, name, tuple(changes), before, after))

    def change_copies(self, cancelled: Callable[[], bool]) -> None:
        """Change the copies of what was changed, up to the root."""
        v3 = [document for document in self._edited if document.name == ZARR_JSON]
        v2 = [d for d in self._edited if d.name not in (ZARR_JSON, ZMETADATA)]
        for documents, name, follow in (
            (v2, ZMETADATA, follow_in_zmetadata),
            (v3, ZARR_JSON, follow_in_group),
        ):
            groups = dict.fromkeys(above for d in documents for above in _at_and_above(d.path))
            for group in groups:
                if cancelled():
                    raise Cancelled
                held = self._get(join_path(group, name))
                raw = held.after or held.before
                if raw is not None:
                    held.after, held.copies = follow(raw, group, documents)

    def changes(self) -> tuple[DocumentChange, ...]:
        """What really changes: first the documents themselves, then those with copies only."""
        changed = [(k, h) for k, h in self._held.items() if h.after not in (None, h.before)]
        return tuple(
            DocumentChange(key, held.before, held.after or b"", held.copies)
            for key, held in sorted(changed, key=lambda pair: not pair[1].is_edited)
        )

    @property
    def edited(self) -> tuple[Edited, ...]:
        """The documents that were changed by themselves, before and after."""
        return tuple(self._edited)

    def _beside(self, node: str) -> bytes:
        """The document of Zarr v2 that makes a node what it is: others look like it."""
        found = (self._get(join_path(node, name)).before for name in (ZARRAY, ZGROUP))
        return next(filter(None, found), b"")

    def _get(self, key: str) -> _Held:
        if key not in self._held:
            self._held[key] = _Held(self._access.get(key))
        return self._held[key]


def value_in_node(access: Access, node: str, pointer: str) -> Any:
    """The value that a finding speaks of.

    Parameters
    ----------
    access
        The store.
    node
        The node's path.
    pointer
        In its attributes; else in the document that Zarr itself keeps of it.

    Raises
    ------
    PointerError
        There is none.
    DocumentError
        A document cannot be read.
    """
    raws = {name: access.get(join_path(node, name)) for name in DOCUMENTS}
    found = {name: parse_json(raw, name) for name, raw in raws.items() if raw is not None}
    own = found.get(ZARR_JSON) or found.get(ZARRAY) or found.get(ZGROUP) or {}
    attributes = own.get("attributes") if ZARR_JSON in found else found.get(ZATTRS)
    with suppress(PointerError):
        return value_at(attributes, pointer)
    return value_at(own, pointer)


def _changed(raw: bytes, changes: Sequence[Pointed], like: bytes) -> bytes:
    """A document with values changed."""
    inside = [
        (pointer.removeprefix(_ATTRIBUTES), value)
        for pointer, value in changes
        if pointer.startswith(f"{_ATTRIBUTES}/")
    ]
    if inside and len(inside) == len(changes):
        # The megabytes of consolidated metadata beside them are then read but once.
        return change_members(raw, "", {"attributes": inside})
    return change_values(raw, changes, like)


def _at_and_above(path: str) -> list[str]:
    """A node and all that it lies in, the root last."""
    found = [path]
    while found[-1]:
        found.append(parent_path(found[-1]))
    return found
