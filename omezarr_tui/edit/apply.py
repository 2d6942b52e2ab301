"""Make an edit that was planned, wholly or not at all; take it back, and make it again."""

from __future__ import annotations

from omezarr_tui.edit.entry import Entry, Side, State
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.plan import Plan
from omezarr_tui.edit.pruning import make_room
from omezarr_tui.edit.turning import Foreign, Left, Turner
from omezarr_tui.edit.work import Work
from omezarr_tui.edit.writing_down import written_down
from omezarr_tui.errors import UserError, explain
from omezarr_tui.store.access import Access
from omezarr_tui.store.waiting import Cancelled

_TOLD = 3  # keys that somebody else changed, by their names
_UNDER_WAY: dict[Side, State] = {"before": "undoing", "after": "redoing"}
_DONE: dict[Side, State] = {"before": "undone", "after": "applied"}
_VERB: dict[Side, str] = {"before": "undone", "after": "made again"}


def apply_plan(access: Access, plan: Plan, work: Work | None = None) -> Entry:
    """Make an edit.

    First the journal gets all bytes that it replaces, and all that it puts there; then the
    keys are written one by one, each only where it is still as it was planned on, and read
    back. Where anything fails, or the user cancels, the store is put back byte for byte.

    Parameters
    ----------
    access
        The store.
    plan
        Of `plan_edit` on the same store.
    work
        Each key takes two steps: it is kept, and written.

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
        The user stopped it. Nothing is changed.
    """
    work = work or Work()
    _check_writable(access, plan.name)
    if plan.is_empty:
        raise UserError(f"{plan.name} was not changed", "all of it is so already")
    journal = Journal(access.location)
    with journal.locked():
        if left := journal.unfinished():
            raise UserError(
                f"{plan.name} was not changed",
                f"an earlier edit was interrupted, {left.expression}: put it back or finish it",
            )
        access.forget()
        try:
            make_room(plan.journal_bytes, journal)
            with journal.entering() as page:
                entry = written_down(access, plan, page, work)
                page.begin(entry)
            return _carry_out(access, journal, entry, plan.name, work)
        except (UserError, Cancelled):
            raise
        except Exception as error:  # a disk or a server that failed, whatever it raised
            raise UserError(f"{plan.name} was not changed", explain(error)) from error


def undo(access: Access, entry: Entry, work: Work | None = None) -> Entry:
    """Take an edit back: every key is as it was before, byte for byte, or absent again.

    Parameters
    ----------
    access
        The store.
    entry
        From `apply_plan` or from the journal.
    work
        Told how far it is. It cannot be stopped midway.

    Returns
    -------
    entry
        As it stands in the journal now.

    Raises
    ------
    UserError
        It is undone already, or a key is no longer what the edit left: then nothing is
        changed. Or the disk failed: then `recover` goes on.
    """
    return _turn_over(access, entry, "before", work)


def redo(access: Access, entry: Entry, work: Work | None = None) -> Entry:
    """Make an edit again that was undone, byte for byte; as `undo` in all else."""
    return _turn_over(access, entry, "after", work)


def recover(access: Access, entry: Entry, to: Side, work: Work | None = None) -> Entry:
    """Bring an edit, or an undo, that was interrupted to an end.

    Parameters
    ----------
    access
        The store.
    entry
        From the journal.
    to
        The store as before the edit, or as after it. What another program changed since is
        left as it is, and told.
    work
        Told how far it is.

    Returns
    -------
    entry
        As it stands in the journal now.

    Raises
    ------
    UserError
        It came to an end meanwhile, or the disk failed: then it can be asked for again. Or
        something was left.
    """
    _check_writable(access, access.location.name)
    journal = Journal(access.location)
    with journal.locked():
        entry = journal.load(entry)
        if not entry.is_interrupted:
            raise UserError(f"{entry.expression} was not touched", f"it is {entry.state} already")
        access.forget()
        try:
            access.sweep([record.key for record in entry.records])
            left = Turner(access, journal, entry).turn(to, work or Work(), lenient=True)
        except OSError as error:
            raise UserError(
                f"{entry.expression} was not put right, or only in part",
                f"{explain(error)}; it can be asked for again",
            ) from error
        return _ended(journal, entry, to, left)


def _carry_out(access: Access, journal: Journal, entry: Entry, name: str, work: Work) -> Entry:
    """Change the store; where that fails, put it back."""
    count = len(entry.records)
    second = Work(lambda done, _: work.step(count + done, 2 * count), work.cancelled)
    turner = Turner(access, journal, entry)
    try:
        turner.turn("after", second, lenient=False)
        return journal.mark(entry, "applied")
    except BaseException as error:
        try:
            left = turner.turn("before", Work(), lenient=True)
            if left:
                journal.mark(entry, "put back in part")
            else:
                journal.discard(entry)
        except Exception as again:
            raise UserError(
                f"{name} is changed in part",
                f"{explain(error)}; and it could not be put back: {explain(again)}. "
                "Put it back, or finish it, when that is mended",
            ) from error
        if left:
            raise UserError(
                f"{name} was put back, but not everywhere",
                f"{explain(error)}; {_told(left, journal, entry)}",
            ) from error
        if isinstance(error, Foreign):
            raise UserError(
                f"{name} was not changed",
                f"{error.key} has been changed by another program since the edit was planned",
            ) from error
        raise


def _turn_over(access: Access, entry: Entry, to: Side, work: Work | None) -> Entry:
    _check_writable(access, access.location.name)
    journal = Journal(access.location)
    verb = _VERB[to]
    with journal.locked():
        entry = journal.load(entry)
        if not (entry.can_be_undone if to == "before" else entry.can_be_redone):
            raise UserError(f"{entry.expression} was not {verb}", f"it is {entry.state}")
        access.forget()
        turner = Turner(access, journal, entry)
        try:
            turner.check(to)
        except Foreign as error:
            raise UserError(
                f"{entry.expression} was not {verb}", f"{error.what}, and that would be lost"
            ) from error
        except OSError as error:
            raise UserError(f"{entry.expression} was not {verb}", explain(error)) from error
        try:
            entry = journal.mark(entry, _UNDER_WAY[to])
            left = turner.turn(to, work or Work(), lenient=True)
        except OSError as error:
            raise UserError(
                f"{entry.expression} was not {verb}, or only in part",
                f"{explain(error)}; it can be put right when the store is opened again",
            ) from error
        return _ended(journal, entry, to, left)


def _ended(journal: Journal, entry: Entry, to: Side, left: Left) -> Entry:
    if left:
        journal.mark(entry, "put back in part" if to == "before" else "applied")
        raise UserError(
            f"{entry.expression} was {_VERB[to]}, but not everywhere",
            _told(left, journal, entry),
        )
    return journal.mark(entry, _DONE[to])


def _check_writable(access: Access, name: str) -> None:
    if reason := access.why_read_only():
        raise UserError(f"{name} was not changed", reason)


def _told(left: Left, journal: Journal, entry: Entry) -> str:
    kept = journal.lay_out(entry, [record for record in entry.records if record.key in left])
    told = [*left.values()][:_TOLD]
    if (more := len(left) - len(told)) > 0:
        told.append(f"so were {more:,} more")
    return f"{'; '.join(told)}; what was there before is kept in {kept}"
