"""What changing values of JSON documents comes to: which documents change, and to which bytes.

The copies that consolidated metadata keep of a document change with it, in the same step:
those who read the copies would go on seeing what was (Zarr v2 ``.zmetadata``; Zarr v3
``consolidated_metadata`` in the ``zarr.json`` of any group above).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from posixpath import commonpath
from typing import ClassVar

from omezarr_tui.edit.document_editor import DocumentChange, DocumentEditor
from omezarr_tui.edit.keys import Touched, digest
from omezarr_tui.edit.pace import Progress, paced
from omezarr_tui.errors import UserError, explain
from omezarr_tui.ome.validate.finding import Change
from omezarr_tui.store.access import Access
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.text import format_bytes, listed, plural, visible

_NAMED = 3  # nodes, or files, that are told by name


@dataclass(frozen=True, slots=True)
class DocumentsPlan:
    """Changing values of documents, and all that this changes: an `Operation`.

    Parameters
    ----------
    title
        What is done, in a few words that begin with a verb.
    store
        What the dialog calls the store.
    nodes
        The paths of the nodes that are changed.
    changes
        The documents that really change.
    """

    title: str
    store: str
    nodes: tuple[str, ...]
    changes: tuple[DocumentChange, ...]

    @property
    def name(self) -> str:
        """What an error calls what is changed."""
        return self.nodes[0] if len(self.nodes) == 1 and self.nodes[0] else self.store

    @property
    def expression(self) -> str:
        """What is done, and where."""
        return f"{visible(self.title)} ({self._nodes()})"

    @property
    def path(self) -> str:
        """The node that is changed; of several the one above them all."""
        return commonpath(self.nodes)

    @property
    def touched(self) -> tuple[Touched, ...]:
        """The documents as keys that are rewritten."""
        return tuple(
            Touched(change.key, (), digest(change.before), len(change.before or b""), change.mode)
            for change in self.changes
        )

    # What an `Operation` also tells: there are no values of arrays, and all that was read and
    # matters is written.
    selected: ClassVar[str] = ""
    typed_value: ClassVar[str] = ""
    documents: ClassVar[tuple[tuple[str, str], ...]] = ()
    why_nothing: ClassVar[str] = "its documents say so already"

    def rewriter(self, access: Access) -> _Replacer:
        """Give the new documents, one by one."""
        return _Replacer({change.key: change.after for change in self.changes})

    def facts(self) -> list[tuple[str, str]]:
        """What the dialog tells, as pairs of a heading and plain text."""
        own = [change for change in self.changes if change.own is not None]
        made = [visible(change.key) for change in own if change.before is None]
        size = sum(len(change.after) for change in self.changes)
        facts = [
            ("store", visible(self.store)),
            ("nodes" if len(self.nodes) > 1 else "node", self._nodes()),
            ("documents", f"{plural(len(self.changes), 'file')}, {format_bytes(size)}"),
        ]
        if made:
            facts.append(("new", _some(made)))
        if holders := [change for change in self.changes if change.copies]:
            copies = plural(sum(change.copies for change in holders), "copy", "copies")
            held = _some([visible(change.key) for change in holders])
            facts.append(("consolidated", f"{copies} in {held} changed with it"))
        return facts

    def _nodes(self) -> str:
        return _some([visible(path) or "the root" for path in self.nodes])


def plan_documents(
    access: Access,
    changes: Sequence[Change],
    title: str,
    *,
    store_name: str | None = None,
    progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> DocumentsPlan:
    """Plan to change values of documents. Nothing is written.

    Parameters
    ----------
    access
        The store, at its root: consolidated copies are looked for in all groups up to there.
    changes
        Made in their order. A node's ``.zattrs`` is made where it has none.
    title
        What is done, in a few words that begin with a verb.
    store_name
        What to call the store; its path where nothing is said.
    progress
        Told nodes looked at and in all, about four times a second.
    cancelled
        Asked before each node.

    Raises
    ------
    UserError
        The store is read-only; or a document or a value that is to be changed is not there,
        or cannot be read.
    Cancelled
        `cancelled` said True.
    """
    store = store_name or access.location.url
    if reason := access.why_read_only():
        raise UserError(f"{access.location.name} cannot be edited", reason)
    by_node: dict[str, list[Change]] = {}
    for change in changes:
        by_node.setdefault(change.node, []).append(change)
    editor, tell = DocumentEditor(access), paced(progress)
    try:
        for number, (node, some) in enumerate(by_node.items()):
            if cancelled():
                raise Cancelled
            tell(number, len(by_node))
            editor.change(node, some)
        editor.change_copies(cancelled)
        return DocumentsPlan(title, store, tuple(by_node), editor.changes())
    except OSError as error:
        raise UserError(f"{access.location.name} cannot be edited", explain(error)) from error


@dataclass(frozen=True, slots=True)
class _Replacer:
    """Gives the bytes that were planned; they depend on nothing else."""

    planned: dict[str, bytes]
    documents: tuple[tuple[str, str], ...] = ()

    def __call__(self, touched: Touched, raw: bytes | None) -> bytes | None:
        return self.planned[touched.key]


def _some(words: Sequence[str]) -> str:
    """Some names, and how many more there are."""
    left = len(words) - _NAMED
    return listed([*words[:_NAMED], f"{left:,} more"] if left > 1 else words)
