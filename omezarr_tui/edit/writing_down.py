"""What an edit replaces and what it puts there, written into the journal before it is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from omezarr_tui.edit.entry import Content, Entry, Record
from omezarr_tui.edit.in_flight import how_many, in_flight
from omezarr_tui.edit.journal import Journal, Page
from omezarr_tui.edit.keys import ABSENT, digest
from omezarr_tui.edit.overlay import Known, Staging
from omezarr_tui.edit.pack import total
from omezarr_tui.edit.plan import Plan
from omezarr_tui.edit.sources import is_at_source, moved_to
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.store.access import Access
from omezarr_tui.store.location import LOCAL
from omezarr_tui.store.node import parent_path


def written_down(access: Access, plan: Plan, page: Page, work: Work) -> Entry:
    """Lay everything that an edit replaces, and puts there, into the journal.

    Parameters
    ----------
    access
        The store. What is there is compared with what the edit was planned on.
    plan
        The edit.
    page
        The page for it, not yet begun.
    work
        Asked before each key whether to go on. This is the first half of the steps.

    Raises
    ------
    UserError
        Somebody else changed a key, or a document that the edit goes by.
    OSError
        The store or the disk failed.
    Cancelled
        The user wants it to stop.
    """
    staged, changes = plan.staged, plan.staged.changes()
    targets = moved_to(changes)
    folders = _Folders(access)
    made: list[str] = []
    records: list[Record] = []

    def check_document(read: tuple[str, str]) -> None:
        _check(access, plan, staged.base_of(read[0]), *read)

    def steps() -> Iterator[str]:
        for number, key in enumerate(changes):
            work.step(number, 2 * len(changes))
            yield key

    def both_sides(key: str) -> tuple[bytes | None, bytes | None]:
        known, staging = changes[key]
        raw = _check(access, plan, staged.base_of(key), key, known.digest)
        is_elsewhere = is_at_source(key, staging, changes, targets)
        return raw, None if is_elsewhere else staged.staged_bytes(staging)

    def write_down(key: str, sides: tuple[bytes | None, bytes | None]) -> None:
        known, staging = changes[key]
        if key in targets:
            before = Content(known.digest, source=targets[key])
        else:
            before = page.keep("before", sides[0], known.digest)
        if is_at_source(key, staging, changes, targets):
            after = Content(staging.digest, source=staging.source)
        else:
            after = page.keep("after", sides[1], staging.digest)
        mode = staging.mode if known.mode is None else known.mode
        records.append(Record(key, before, after, mode))
        if known.digest == ABSENT:
            made.extend(folders.made_by(key))

    largest = max((known.nbytes + to.nbytes for known, to in changes.values()), default=0)
    count = how_many(access, largest)
    documents = staged.documents_read()
    emptied = tuple(_emptied(staged.emptied, changes))
    in_flight(count, documents.items(), check_document, lambda read, none: None)
    in_flight(count, steps(), both_sides, write_down)
    return Entry(
        id=page.id,
        time=page.time,
        expression=plan.edit.expression,
        location=Journal(access.location).identity,
        node=plan.edit.path,
        state="applying",
        records=tuple(records),
        moves=staged.moves,
        folders=tuple(made),
        emptied=emptied,
        modes=tuple(_modes(access, emptied)),
        nbytes=staged.aside_bytes
        + total(content.span for record in records for content in (record.before, record.after)),
    )


def _check(access: Access, plan: Plan, base: str | None, key: str, planned: str) -> bytes | None:
    raw = None if base is None else access.get(base)
    if digest(raw) != planned:
        raise UserError(
            f"{plan.name} was not changed",
            f"{key} has been changed by another program since the edit was planned",
        )
    return raw


def _emptied(roots: list[str], changes: dict[str, tuple[Known, Staging]]) -> Iterator[str]:
    """The folders that nothing is left in, as all their keys go."""
    found: dict[str, None] = {}
    for key, (_, staging) in changes.items():
        for root in roots:
            if staging.digest == ABSENT and key.startswith(f"{root}/"):
                folder = parent_path(key)
                while len(folder) >= len(root):
                    found[folder] = None
                    if not folder:
                        break
                    folder = parent_path(folder)
    yield from found


def _modes(access: Access, folders: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Permission bits of folders on a disk; elsewhere those of the keys are all there is."""
    if access.location.protocol == LOCAL:
        for folder in folders:
            if (mode := access.mode(folder)) is not None:
                yield folder, mode


class _Folders:
    """Which folders of the store are there, so that those that an edit makes are known."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._below: dict[str, set[str]] = {}

    def made_by(self, key: str) -> tuple[str, ...]:
        """The folders that are made by putting a key; they count as there from now on."""
        above = list(accumulate(key.split("/")[:-1], "{}/{}".format))
        return tuple(folder for folder in above if self._is_new(folder))

    def _is_new(self, folder: str) -> bool:
        parent = parent_path(folder)
        if parent not in self._below:
            found = self._access.entries(parent)
            self._below[parent] = {entry.name for entry in found if entry.is_folder}
        name = folder.rpartition("/")[2]
        if name in self._below[parent]:
            return False
        self._below[parent].add(name)
        self._below[folder] = set()
        return True
