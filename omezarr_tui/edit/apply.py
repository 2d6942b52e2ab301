"""Make an edit that was planned, wholly or not at all, and take it back."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate

from omezarr_tui.edit.entry import Entry
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.keys import digest
from omezarr_tui.edit.operation import Operation, Rewriter
from omezarr_tui.edit.pace import Progress, paced
from omezarr_tui.errors import UserError, explain
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import parent_path
from omezarr_tui.store.waiting import Cancelled


def apply_plan(
    access: Access,
    plan: Operation,
    *,
    progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Entry:
    """Make an edit.

    First all bytes that it replaces are kept in the journal; then the stored objects are
    rewritten one by one, each only where it is still as it was planned on. Where anything
    fails, or the user cancels, the store is put back byte for byte. A stored object whose
    values all become the fill value is removed, as zarr-python does.

    Parameters
    ----------
    access
        The store.
    plan
        Of `plan_fill` or `plan_documents` on the same store.
    progress
        Told steps done and in all, about four times a second. Each object takes two: it is
        kept, and rewritten.
    cancelled
        Asked before each step.

    Returns
    -------
    entry
        For `undo`.

    Raises
    ------
    UserError
        The edit was not made, because of the store, the disk, or what someone else changed.
        The sentence says so where the store could not be put back.
    Cancelled
        `cancelled` said True. Nothing is changed.
    """
    _check_writable(access, plan.name)
    if not plan.touched:
        raise UserError(f"{plan.name} was not changed", plan.why_nothing)
    journal = Journal(access.location)
    with journal.locked():
        if left := journal.unfinished():
            raise UserError(
                f"{plan.name} was not changed",
                f"an earlier edit was interrupted, {left.expression}: undo it first",
            )
        edit = _Edit(access, plan, journal, paced(progress), cancelled)
        try:
            return edit.make()
        except (UserError, Cancelled):
            raise
        except Exception as error:  # a disk or a codec that failed, whatever it raised
            raise UserError(f"{plan.name} was not changed", explain(error)) from error


def undo(access: Access, entry: Entry) -> Entry:
    """Take an edit back: every key is as it was before, byte for byte, or absent again.

    Also one that was interrupted, half done or half undone. Of such a one, what another
    program changed since is left as it is, and told.

    Parameters
    ----------
    access
        The store.
    entry
        From `apply_plan` or from the journal.

    Returns
    -------
    entry
        As it stands in the journal now.

    Raises
    ------
    UserError
        It is undone already, or a key is no longer what the edit left: then nothing is
        changed. Or the disk failed: then undo can be asked for again. Or an edit that was
        interrupted could not be undone everywhere.
    """
    _check_writable(access, access.location.name)
    journal = Journal(access.location)
    with journal.locked():
        entry = journal.load(entry)
        if not entry.can_be_undone:
            raise UserError(f"{entry.expression} was not undone", f"it is {entry.state}")
        try:
            if entry.state == "applied":
                _check_undo(access, journal, entry)
            entry = journal.mark(entry, "undoing")
            left = _put_back(access, journal, entry)
            entry = journal.mark(entry, "undone", forget=not left)
        except OSError as error:
            raise UserError(
                f"{entry.expression} was not undone, or only in part",
                f"{explain(error)}; undo can be asked for again",
            ) from error
    if left:
        raise UserError(
            f"{entry.expression} was undone, but not everywhere", _told(left, journal, entry)
        )
    return entry


class _Edit:
    """One edit under way; the journal is locked."""

    def __init__(
        self,
        access: Access,
        plan: Operation,
        journal: Journal,
        tell: Progress,
        cancelled: Callable[[], bool],
    ) -> None:
        self._access = access
        self._plan = plan
        self._journal = journal
        self._tell = tell
        self._cancelled = cancelled
        self._steps = 0
        self._folders = _Folders(access)

    def make(self) -> Entry:
        journal, plan = self._journal, self._plan
        rewriter, planned = plan.rewriter(self._access), dict(plan.documents)
        for key, now in rewriter.documents:
            self._check(key, planned[key], now)
        entry = journal.begin(plan)
        try:
            self._keep(entry)
            entry = journal.mark(entry, "applying")
        except BaseException:
            journal.discard(entry)
            raise
        try:
            self._rewrite(entry, rewriter)
            return journal.mark(entry, "applied")
        except BaseException as error:
            self._roll_back(entry, error)
            raise

    def _keep(self, entry: Entry) -> None:
        for record in entry.records:
            self._step()
            raw = self._access.get(record.key)
            self._check(record.key, record.before, digest(raw))
            if raw is not None:
                self._journal.keep(entry, record, raw)

    def _rewrite(self, entry: Entry, rewriter: Rewriter) -> None:
        access = self._access
        for number, touched in enumerate(self._plan.touched):
            self._step()
            raw = access.get(touched.key)
            self._check(touched.key, touched.before, digest(raw))
            new = rewriter(touched, raw)
            made = self._folders.made_by(touched.key) if raw is None and new is not None else ()
            self._journal.announce(entry, number, digest(new), made)
            _put(access, touched.key, new)

    def _step(self) -> None:
        if self._cancelled():
            raise Cancelled
        self._tell(self._steps, 2 * len(self._plan.touched))
        self._steps += 1

    def _check(self, key: str, planned: str, now: str) -> None:
        if now != planned:
            raise UserError(
                f"{self._plan.name} was not changed",
                f"{key} has been changed by another program since the edit was planned",
            )

    def _roll_back(self, entry: Entry, cause: BaseException) -> None:
        """Put back what was rewritten; what someone else changed meanwhile is left to them."""
        try:
            entry = self._journal.load(entry)
            left = _put_back(self._access, self._journal, entry)
            entry = self._journal.mark(entry, "rolled back", forget=not left)
        except Exception as error:
            raise UserError(
                f"{self._plan.name} is changed in part",
                f"{explain(cause)}; and it could not be put back: {explain(error)}. "
                "Undo puts it back when that is mended",
            ) from cause
        if left:
            raise UserError(
                f"{self._plan.name} was put back, but not everywhere",
                f"{explain(cause)}; {_told(left, self._journal, entry)}",
            ) from cause


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


def _check_writable(access: Access, name: str) -> None:
    if reason := access.why_read_only():
        raise UserError(f"{name} was not changed", reason)


def _check_undo(access: Access, journal: Journal, entry: Entry) -> None:
    """Refuse, before anything is changed, what cannot be undone wholly."""
    for record in entry.records:
        if record.after != digest(access.get(record.key)):
            raise UserError(
                f"{entry.expression} was not undone",
                f"{record.key} has been changed since, and that would be lost",
            )
        journal.kept(entry, record)


def _put_back(access: Access, journal: Journal, entry: Entry) -> list[str]:
    """Put each key back that is as the edit left it; tell which could not be, and why."""
    left = []
    for record in reversed(entry.records):
        if record.after is None:
            continue
        now = digest(access.get(record.key))
        if now == record.after:
            try:
                raw = journal.kept(entry, record)
            except UserError as error:
                left.append(error.what)
                continue
            _put(access, record.key, raw, record.mode)
        elif now != record.before:
            left.append(f"{record.key} was changed by another program")
    for folder in reversed(entry.folders):
        access.remove_folder(folder)
    return left


def _told(left: list[str], journal: Journal, entry: Entry) -> str:
    return f"{'; '.join(left)}; what was there before is kept in {journal.folder / entry.id}"


def _put(access: Access, key: str, raw: bytes | None, mode: int | None = None) -> None:
    """Set or delete a key, and see that it is so."""
    access.put(key, raw, mode=mode)
    if digest(access.get(key)) != digest(raw):
        raise OSError(f"{key} does not read back as it was written")
