"""How the documents of a store change by an edit, line against line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from omezarr_tui.edit.json_diff import DiffLine, document_diff
from omezarr_tui.edit.json_spans import PointerError, member_at, skip
from omezarr_tui.edit.keys import ABSENT
from omezarr_tui.edit.moves import lies_in
from omezarr_tui.edit.plan import Plan
from omezarr_tui.edit.sources import is_at_source, moved_to
from omezarr_tui.store.documents import DOCUMENTS, ZARR_JSON

ZMETADATA = ".zmetadata"
_COPIES = '"(copies of documents, not shown)"'


@dataclass(frozen=True, slots=True)
class Difference:
    """How one document changes.

    Parameters
    ----------
    key
        The document.
    lines
        Its difference; none where only the copies of others change that it keeps.
    is_new, is_gone
        Whether it is made, or removed.
    laid_out
        Whether its lines were made for reading, as it stands on one long line.
    """

    key: str
    lines: tuple[DiffLine, ...]
    is_new: bool
    is_gone: bool
    laid_out: bool


def differences(plan: Plan) -> Iterator[Difference]:
    """How each document changes, in the order in which they are written.

    Consolidated copies are left out of it: they become what the documents become. So are
    documents that only lie elsewhere, or go with a node, key by key: as where a whole folder is
    moved, or taken away.
    """
    changes = plan.staged.changes()
    moved = moved_to(changes)
    for key in plan.keys:
        if key in moved or is_at_source(key, changes[key][1], changes, moved):
            continue
        if changes[key][1].digest == ABSENT and any(lies_in(key, f) for f in plan.staged.emptied):
            continue
        name = key.rpartition("/")[2]
        if name not in (*DOCUMENTS, ZMETADATA):
            continue
        before, after = plan.staged.original(key), plan.staged.get(key)
        lines: list[DiffLine] = []
        laid_out = False
        if name != ZMETADATA:
            old = None if before is None else _without_copies(name, before)
            lines, laid_out = document_diff(old, _without_copies(name, after or b""))
        if not any(line.sign in "+-" for line in lines):
            lines = []  # only copies change, which are folded
        yield Difference(key, tuple(lines), before is None, after is None, laid_out)


def _without_copies(name: str, raw: bytes) -> bytes:
    """A document with the copies that it keeps of others folded."""
    if name != ZARR_JSON:
        return raw
    text = raw.decode("utf-8-sig", "replace")
    with suppress(PointerError, ValueError, IndexError, RecursionError):
        outer = member_at(text, skip(text, 0), "consolidated_metadata", "")
        copies = member_at(text, outer.value, "metadata", "")
        if text[copies.value] == "{":
            text = f"{text[: copies.value]}{_COPIES}{text[copies.end :]}"
    return text.encode()
