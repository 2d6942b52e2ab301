"""Bring a store to how it is before an edit, or after it, from wherever between it is.

Each key is looked at first: what is as it should be stays, what is as on the other side is
changed, and anything else is somebody else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from omezarr_tui.edit.entry import Entry, Record, Side
from omezarr_tui.edit.in_flight import how_many, in_flight
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.keys import digest
from omezarr_tui.edit.moves import before_moves
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.settings import MIB
from omezarr_tui.store.access import Access, ChangedMeanwhile

Left = dict[str, str]  # a key or folder that was left as it is, and why

_OTHER: dict[Side, Side] = {"before": "after", "after": "before"}
_NOT_KNOWN = 64 * MIB  # what a key that is moved or copied counts as, as nobody asked


class Foreign(UserError):
    """A key is neither as before an edit nor as after it."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} was changed by another program", "look at it, and try again")
        self.key = key


class Turner:
    """Turns one edit to either side; the journal is locked.

    Parameters
    ----------
    access
        The store.
    journal
        Its journal.
    entry
        The edit.
    """

    def __init__(self, access: Access, journal: Journal, entry: Entry) -> None:
        self._access = access
        self._journal = journal
        self._entry = entry
        self._written: set[str] | None = None  # since `turn` was called first; None before that
        self._count = how_many(access, max(map(_nbytes, entry.records), default=0))

    def check(self, to: Side) -> None:
        """See, before anything is changed, that all can be turned.

        Raises
        ------
        Foreign
            Somebody else changed a key.
        UserError
            What the journal keeps is damaged.
        """
        for number, move in enumerate(self._entry.moves):
            source, target = move if to == "after" else move[::-1]
            if not self._is_there(number, source):
                raise Foreign(source or target or "")
            if self._is_there(number, target):
                raise Foreign(target or source or "")

        def check_one(record: Record) -> None:
            key: str | None = record.key
            if to == "after":  # and nothing is moved yet
                key = before_moves(record.key, self._entry.moves)
            raw = None if key is None else self._access.get(key)
            if digest(raw) != record.side(_OTHER[to]).digest:
                raise Foreign(record.key)
            if record.side(to).source is None:
                self._journal.content(self._entry, to, record.side(to))

        in_flight(self._count, self._entry.records, check_one, lambda record, none: None)

    def turn(self, to: Side, work: Work, *, lenient: bool) -> Left:
        """Bring all to one side.

        Parameters
        ----------
        to
            Which.
        work
            Told keys done and in all; asked before each whether to go on.
        lenient
            Leave what somebody else changed as it is, and go on.

        Returns
        -------
        left
            What was left: keys or folders, each with why.

        Raises
        ------
        Foreign
            Somebody else changed a key, and it is not lenient.
        OSError, UserError
            The store refused, or the journal is damaged.
        Cancelled
            The user wants it to stop. What is done stays.
        """
        left: Left = {}
        back_from = self._written
        self._written = set()
        if to == "after":
            self._move(to, left, lenient)
        elif not self._is_moved():
            self._move(to, left, lenient)  # then no key was changed either
            return left
        records = self._entry.records if to == "after" else self._entry.records[::-1]
        if back_from is not None:  # what was not come to is whatever it is, but not of this edit
            records = tuple(record for record in records if record.key in back_from)
        self._turn_all(records, to, work, left, lenient)
        gone = self._entry.emptied if to == "after" else self._entry.folders
        for folder in sorted(gone, key=len, reverse=True):
            self._access.remove_folder(folder)
        if to == "before":
            self._restore_modes()
            self._move(to, left, lenient)
        return left

    def _turn_all(
        self, records: Sequence[Record], to: Side, work: Work, left: Left, lenient: bool
    ) -> None:
        numbers = {record.key: number for number, record in enumerate(records)}

        def stepping(wave: Iterable[Record]) -> Iterator[Record]:
            for record in wave:
                work.step(numbers[record.key], len(records))
                yield record

        def why_left(record: Record) -> str | None:
            try:
                self._turn_one(record, to)
            except UserError as error:
                if not lenient:
                    raise
                return error.what
            return None

        def tell(record: Record, why: str | None) -> None:
            if why is not None:
                left[record.key] = why

        for wave in _waves(records):
            in_flight(self._count, stepping(wave), why_left, tell)

    def _turn_one(self, record: Record, to: Side) -> None:
        held, version = self._access.get_with_version(record.key)
        now = digest(held)
        wanted = record.side(to)
        if now == wanted.digest:
            return
        if now != record.side(_OTHER[to]).digest:
            raise Foreign(record.key)
        if wanted.source is not None:
            raw = self._access.get(wanted.source)
            if digest(raw) != wanted.digest:
                raise Foreign(wanted.source)
        else:
            raw = self._journal.content(self._entry, to, wanted)
        assert self._written is not None
        self._written.add(record.key)
        try:
            self._access.put(record.key, raw, mode=record.mode, version=version)
        except ChangedMeanwhile as error:
            self._written.discard(record.key)  # so there is nothing to put back
            raise Foreign(record.key) from error
        if digest(self._access.get(record.key)) != wanted.digest:
            raise OSError(f"{record.key} does not read back as it was written")

    def _restore_modes(self) -> None:
        """Let folders on a disk, which were removed and made anew, be as open as they were."""
        for folder, mode in self._entry.modes:
            with suppress(OSError):  # its keys were left as they are
                (Path(self._access.location.path) / folder).chmod(mode)

    def _is_moved(self) -> bool:
        """Whether all folders lie where they are to lie after the edit."""
        return all(
            self._is_there(number, new) and not self._is_there(number, old)
            for number, (old, new) in enumerate(self._entry.moves)
        )

    def _move(self, to: Side, left: Left, lenient: bool) -> None:
        moves = list(enumerate(self._entry.moves))
        for number, (old, new) in moves if to == "after" else moves[::-1]:
            source, target = (old, new) if to == "after" else (new, old)
            if not self._is_there(number, source):
                if self._is_there(number, target):
                    continue
                place = source or old
            elif self._is_there(number, target):
                place = target or old
            else:
                self._rename(number, source, target)
                continue
            error = Foreign(place)
            if not lenient:
                raise error
            left[place] = error.what

    def _is_there(self, number: int, folder: str | None) -> bool:
        if folder is None:
            aside = self._journal.aside(self._entry, number)
            return aside.is_symlink() or aside.exists()  # a link leads nowhere from there
        return bool(self._access.entries(folder))

    def _rename(self, number: int, source: str | None, target: str | None) -> None:
        if source is not None and target is not None:
            self._access.rename_folder(source, target)
            return
        # Only of a store on a disk, which is the journal's disk, folders are taken away so.
        aside = self._journal.aside(self._entry, number)
        root = Path(self._access.location.path)
        ends = [aside if end is None else root / end for end in (source, target)]
        ends[1].parent.mkdir(parents=True, exist_ok=True)
        ends[0].rename(ends[1])


def _waves(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Records in their order, in runs of which none needs that another was turned before it.

    One needs that where it gets its bytes from the other's key, or gives them to it.
    """
    wave: list[Record] = []
    touched: set[str | None] = set()
    for record in records:
        touches = {record.key, record.before.source, record.after.source} - {None}
        if touches & touched:
            yield wave
            wave, touched = [], set()
        wave.append(record)
        touched |= touches
    yield wave


def _nbytes(record: Record) -> int:
    """How many bytes turning a key takes in memory."""
    sides = (record.before, record.after)
    if any(side.source is not None for side in sides):
        return _NOT_KNOWN
    return max(side.span[1] if side.span else 0 for side in sides)
