"""Changing values of JSON documents, with the copies that consolidated metadata keep of them.

The copies change in the same step: those who read the copies would go on seeing what was
(Zarr v2 ``.zmetadata``; Zarr v3 ``consolidated_metadata`` in the ``zarr.json`` of any group
above).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from omezarr_tui.edit.document_editor import DocumentChange, DocumentEditor
from omezarr_tui.edit.judging import judged_against
from omezarr_tui.edit.operation import Facts
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.validity import labels_left_behind, news_of
from omezarr_tui.edit.work import Work
from omezarr_tui.ome.validate.finding import Change, Finding
from omezarr_tui.store.documents import ZARR_JSON, ZATTRS
from omezarr_tui.store.node import join_path
from omezarr_tui.text import format_bytes, listed, plural, visible

_NAMED = 3  # nodes, or files, that are told by name


@dataclass(frozen=True, slots=True)
class DocumentsEdit:
    """Changing values of documents: an `Edit`.

    Parameters
    ----------
    changes
        Made in their order. A node's ``.zattrs`` is made where it has none.
    title
        What is done, in a few words that begin with a verb.
    path
        The node that is changed, from the root of the store; of several the one above them.
    """

    changes: tuple[Change, ...]
    title: str
    path: str

    @property
    def expression(self) -> str:
        """What is done, and where."""
        return f"{visible(self.title)} ({self._nodes()})"

    def stage(self, staged: Staged, work: Work) -> Sequence[tuple[str, str]]:
        """Put the new documents, and all that keep copies of them.

        Raises
        ------
        UserError
            A document or a value that is to be changed is not there, or cannot be read.
        Cancelled
            The user wants it to stop.
        """
        by_node: dict[str, list[Change]] = {}
        for change in self.changes:
            by_node.setdefault(change.node, []).append(change)
        editor = DocumentEditor(staged)
        for number, (node, some) in enumerate(by_node.items()):
            work.step(number, len(by_node))
            editor.change(node, some)
        editor.change_copies(work.cancelled)
        changes = editor.changes()
        for one in changes:
            staged.put(one.key, one.after)
        own = {join_path(edited.path, edited.name) for edited in editor.edited}
        left = [
            fact
            for node in by_node
            if any("multiscales" in change.pointer for change in by_node[node])
            for fact in labels_left_behind(staged, node)
        ]
        told = [*self._facts(changes), *left, *_judged(editor)]
        return [("", _sentence(changes, own)), *told]

    def _facts(self, changes: Sequence[DocumentChange]) -> list[tuple[str, str]]:
        made = [visible(change.key) for change in changes if change.before is None]
        size = sum(len(change.after) for change in changes)
        facts = [("node" if len(self._paths()) == 1 else "nodes", self._nodes())]
        if changes:
            told = f"{plural(len(changes), 'file')}, {format_bytes(size)}"
            facts.append(("documents", told))
        if made:
            facts.append(("new", _some(made)))
        if holders := [change for change in changes if change.copies]:
            copies = plural(sum(change.copies for change in holders), "copy", "copies")
            held = _some([visible(change.key) for change in holders])
            facts.append(("consolidated", f"{copies} in {held} changed with it"))
        return facts

    def _paths(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(change.node for change in self.changes)) or (self.path,)

    def _nodes(self) -> str:
        return _some([visible(path) or "the root" for path in self._paths()])


def _sentence(changes: Sequence[DocumentChange], own: set[str]) -> str:
    """Which documents change, and that the copies of them do."""
    edited = [visible(change.key) for change in changes if change.key in own]
    copies = sum(change.copies for change in changes)
    if not edited and not copies:
        return "No document will change."
    if not edited:
        return f"{plural(copies, 'consolidated copy', 'consolidated copies')} will change."
    told = edited[0] if len(edited) == 1 else plural(len(edited), "document")
    if not copies:
        return f"{told} will change."
    if len(edited) > 1:
        held = plural(copies, "consolidated copy", "consolidated copies")
        return f"{told}, and {held} of them, will change."
    holders = [visible(change.key) for change in changes if change.copies]
    where = holders[0] if len(holders) == 1 else plural(len(holders), "document")
    return f"{told}, and its {'copy' if copies == 1 else 'copies'} in {where}, will change."


def _judged(editor: DocumentEditor) -> Facts:
    """What the validator says of attributes after the edit that it did not say before."""
    new: list[Finding] = []
    gone: list[Finding] = []
    for document in editor.edited:
        if document.name not in (ZARR_JSON, ZATTRS):
            continue
        old, now = document.before, document.after
        if document.name == ZARR_JSON:
            old, now = (_attributes(some.get("attributes")) for some in (old, now))
        zarr_format = 3 if document.name == ZARR_JSON else 2
        judged = judged_against(old, now, node=document.path, zarr_format=zarr_format)
        new += judged.new
        gone += judged.gone
    nodes = {finding.node for finding in new}
    return news_of(new, gone, min(nodes) if len(nodes) == 1 else "")


def _attributes(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _some(words: Sequence[str]) -> str:
    """Some names, and how many more there are."""
    left = len(words) - _NAMED
    return listed([*words[:_NAMED], f"{left:,} more"] if left > 1 else words)
