"""What an edit will change, to the byte, before anything is changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.keys import ABSENT
from omezarr_tui.edit.operation import NOTHING, Edit
from omezarr_tui.edit.pruning import to_be_forgotten
from omezarr_tui.edit.sources import is_at_source, moved_to
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError, explain
from omezarr_tui.store.access import Access
from omezarr_tui.store.documents import DOCUMENTS
from omezarr_tui.text import format_bytes, format_count, plural, visible

_DOCUMENTS = (*DOCUMENTS, ".zmetadata")


@dataclass(frozen=True)
class Plan:
    """An edit, and all that it changes.

    Parameters
    ----------
    edit
        What is wanted.
    staged
        The store as it will be: what is read through it shows the edit made.
    store
        What the dialog calls the store.
    told
        What the edit itself says, as pairs of a heading and plain text; what has no heading
        is the sentence above them.
    """

    edit: Edit
    staged: Staged
    store: str
    told: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """What an error calls what is changed."""
        return self.edit.path or self.store

    @property
    def sentence(self) -> str:
        """What is done, in one sentence."""
        return next((text for name, text in self.told if not name), self.edit.expression)

    @property
    def documents(self) -> int:
        """How many documents change."""
        return sum(_is_document(key) for key in self.keys)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys that change, in the order in which they are written."""
        return tuple(self.staged.changes())

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not self.keys and not self.staged.moves

    @property
    def why_empty(self) -> str:
        """Why nothing would change, where that is so."""
        told = dict(self.told)
        return told.get(NOTHING, "all of it is so already")

    @cached_property
    def written_bytes(self) -> int:
        """Bytes that are put into the store."""
        return sum(staging.nbytes for _, staging in self.staged.changes().values())

    @cached_property
    def journal_bytes(self) -> int:
        """Bytes that the journal will keep, at the most."""
        changes = self.staged.changes()
        moved = moved_to(changes)
        kept = self.staged.aside_bytes
        for key, (known, staging) in changes.items():
            kept += 0 if key in moved else known.nbytes
            kept += 0 if is_at_source(key, staging, changes, moved) else staging.nbytes
        return kept

    def facts(self) -> list[tuple[str, str]]:
        """What the dialog tells, as pairs of a heading and plain text."""
        told = [(name, text) for name, text in self.told if name not in ("", NOTHING)]
        facts = [("store", visible(self.store)), *told, ("writes", self._writes())]
        forgotten = to_be_forgotten(self.journal_bytes)
        undo = f"{format_bytes(self.journal_bytes)} are kept for it"
        if forgotten:
            undo += f"; {plural(forgotten, 'older edit')} can then no longer be undone"
        return [*facts, ("undo", undo)]

    def _writes(self) -> str:
        changes = self.staged.changes()
        told = []
        if moved := len(self.staged.moves):
            told.append(plural(moved, "folder"))
        documents = [key for key in changes if _is_document(key)]
        others = [key for key in changes if not _is_document(key)]
        for keys, one in ((documents, "document"), (others, "chunk or shard")):
            if keys:
                many = None if one == "document" else "chunks or shards"
                told.append(f"{plural(len(keys), one, many)}{self._kinds(keys)}")
        read = format_bytes(self.staged.read_bytes)
        if not told:
            return f"nothing; {read} were read"
        return f"{', '.join(told)}: {format_bytes(self.written_bytes)}; {read} were read"

    def _kinds(self, keys: Iterable[str]) -> str:
        changes = [self.staged.changes()[key] for key in keys]
        new = sum(known.digest == ABSENT for known, _ in changes)
        gone = sum(staging.digest == ABSENT for _, staging in changes)
        kinds = [
            f"{format_count(count)} {word}"
            for count, word in ((new, "new"), (gone, "gone"))
            if count
        ]
        return f" ({', '.join(kinds)})" if kinds else ""


def plan_edit(
    access: Access, edit: Edit, work: Work | None = None, *, store_name: str | None = None
) -> Plan:
    """Plan an edit. Nothing is written to the store.

    Parameters
    ----------
    access
        The store, at its root.
    edit
        What is wanted.
    work
        Told how far it is; asked whether to go on.
    store_name
        What to call the store; its address where nothing is said.

    Raises
    ------
    UserError
        The store is read-only, or it cannot be done.
    Cancelled
        The user stopped it.
    """
    store = store_name or access.location.url
    if reason := access.why_read_only():
        raise UserError(f"{edit.path or access.location.name} cannot be edited", reason)
    # What would be planned on is half changed.
    if left := Journal(access.location).interrupted():
        raise UserError(
            f"{edit.path or store} was not changed",
            f"an earlier edit was interrupted, {left.expression}: put it back or finish it",
        )
    staged = Staged(access)
    try:
        told = tuple(edit.stage(staged, work or Work()))
    except OSError as error:
        staged.close()
        name = edit.path or access.location.name
        raise UserError(f"{name} cannot be edited", explain(error)) from error
    except BaseException:
        staged.close()
        raise
    return Plan(edit, staged, store, told)


def _is_document(key: str) -> bool:
    return key.rpartition("/")[2] in _DOCUMENTS
