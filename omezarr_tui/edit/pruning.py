"""How much the journal keeps: the oldest edits go first, whatever store they were made on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from omezarr_tui.edit.journal import Journal, every_journal
from omezarr_tui.errors import UserError
from omezarr_tui.settings import load_settings
from omezarr_tui.text import format_bytes


def make_room(nbytes: int, journal: Journal) -> int:
    """Forget the oldest edits, of any store, until a new one fits.

    Edits that were interrupted, and those of stores that another program is editing, stay.

    Parameters
    ----------
    nbytes
        What the new edit will take in the journal.
    journal
        Of its store; it is `locked`.

    Returns
    -------
    count
        How many edits can no longer be undone.

    Raises
    ------
    UserError
        The edit alone is larger than all that the journal may keep.
    """
    limit = load_settings().journal_bytes
    if nbytes > limit:
        raise UserError(
            "The edit is too large to be undone",
            f"the journal would have to keep {format_bytes(nbytes)} for it, and may take "
            f"{format_bytes(limit)}: raise journal_bytes in the settings, or edit less at a time",
        )
    return sum(_forget(other, name, journal) for other, name in _too_many(nbytes, limit))


def to_be_forgotten(nbytes: int) -> int:
    """How many old edits a new one that takes so many bytes would push out."""
    return len(list(_too_many(nbytes, load_settings().journal_bytes)))


def _too_many(nbytes: int, limit: int) -> Iterator[tuple[Journal, str]]:
    """The edits that must go, oldest first: the journal and the edit's id."""
    found = [
        (entry.time, journal, entry.id, entry.nbytes)
        for journal in every_journal()
        for entry in journal.entries()
        if not entry.is_interrupted
    ]
    room = limit - nbytes - sum(size for *_, size in found)
    for _, journal, name, size in sorted(found, key=lambda each: each[0]):
        if room >= 0:
            return
        room += size
        yield journal, name


def _forget(other: Journal, name: str, held: Journal) -> bool:
    with ExitStack() as stack:
        if other.folder != held.folder:
            try:
                stack.enter_context(other.locked())
            except UserError:
                return False
        entry = next((entry for entry in other.entries() if entry.id == name), None)
        if entry is None or entry.is_interrupted:
            return False
        other.discard(entry)
        return True
