"""What edits replaced, byte for byte, kept in the user's state folder until it is not needed.

One folder for each store, and in it one for each edit:

    journal/<digest of the location>/lock
                                     000001-20250131T101500Z/edit.json    what was done
                                                             000000 …     bytes before
                                                             after.log    while it is under way

Everything that undo needs is on the disk before the first byte of the store changes: the
bytes before, then for each key, just before it is rewritten, a line that says what will be
there. So at any moment a key is either as it was, or as its line says, or someone else's.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omezarr_tui import settings
from omezarr_tui.edit.disk import locked, sync_folder, write_whole
from omezarr_tui.edit.entry import Entry, Record, State, entry_from_json, entry_to_json
from omezarr_tui.edit.keys import ABSENT, digest
from omezarr_tui.errors import UserError, explain
from omezarr_tui.store.location import Location

if TYPE_CHECKING:
    from omezarr_tui.edit.operation import Operation

_ID = re.compile(r"(\d{6,})-\d{8}T\d{6}Z")
_LOCK, _DOCUMENT, _LOG = "lock", "edit.json", "after.log"
# What reading an entry that is damaged, or none, can raise.
_ODD = (OSError, ValueError, LookupError, TypeError, AttributeError)


def journal_folder() -> Path:
    """Where the edits of all stores are kept; missing where nothing was ever edited."""
    return settings.state_folder() / "journal"


class Journal:
    """The edits of one location.

    Parameters
    ----------
    location
        The store that is edited.

    Attributes
    ----------
    skipped
        What `entries` could not read when it was asked last, each with its reason.
    """

    def __init__(self, location: Location) -> None:
        self._identity = location.identity
        name = hashlib.sha256(self._identity.encode()).hexdigest()[:32]
        self.folder = journal_folder() / name
        self.skipped: tuple[str, ...] = ()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the journal, so that no other program edits the same store meanwhile.

        Raises
        ------
        UserError
            Another program holds it, or it cannot be written.
        """
        with ExitStack() as held:
            try:
                # What is kept is a copy of the user's data: no one else may read it.
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                held.enter_context(locked(self.folder / _LOCK))
            except BlockingIOError:
                raise UserError(
                    "Another program is editing this store", "wait until it is done, and try again"
                ) from None
            except OSError as error:
                raise UserError("The journal of edits cannot be written", explain(error)) from error
            yield

    def entries(self) -> list[Entry]:
        """The edits that can be read, newest first; `skipped` tells of the others."""
        found: list[Entry] = []
        skipped: list[str] = []
        for folder in self._folders():
            try:
                found.append(self._read(folder))
            except _ODD as error:
                skipped.append(f"{folder.name}: {explain(error)}")
        self.skipped = tuple(skipped)
        return found

    def last_applied(self) -> Entry | None:
        """The newest edit that can be undone, also one that was interrupted."""
        return next((entry for entry in self.entries() if entry.can_be_undone), None)

    def interrupted(self) -> Entry | None:
        """The newest edit that came to no end; None while a program is at work on the store."""
        if not self.folder.exists():
            return None
        try:
            with self.locked():
                return self.unfinished()
        except UserError:
            return None

    def unfinished(self) -> Entry | None:
        """The newest edit that is under way or, while the journal is `locked`, interrupted."""
        return next((entry for entry in self.entries() if entry.is_interrupted), None)

    def load(self, entry: Entry) -> Entry:
        """An edit as it stands in the journal now.

        Raises
        ------
        UserError
            It is no longer there, or cannot be read.
        """
        try:
            return self._read(self.folder / entry.id)
        except _ODD as error:
            raise UserError(
                f"The journal's entry {entry.id} cannot be read", explain(error)
            ) from error

    def begin(self, plan: Operation) -> Entry:
        """Enter an edit of which nothing is done yet. Call it while the journal is `locked`."""
        for left in self.entries():
            if left.state == "planned":  # its program ended before it changed anything
                self.discard(left)
        taken = [int(match[1]) for f in self._folders() if (match := _ID.fullmatch(f.name))]
        now = datetime.now(UTC)
        entry = Entry(
            id=f"{max(taken, default=0) + 1:06d}-{now:%Y%m%dT%H%M%SZ}",
            time=now.isoformat(timespec="seconds"),
            expression=plan.expression,
            location=self._identity,
            node=plan.path,
            selection=plan.selected,
            value=plan.typed_value,
            state="planned",
            records=tuple(
                Record(
                    key=touched.key,
                    file=None if touched.before == ABSENT else f"{number:06d}",
                    before=touched.before,
                    after=None,
                    mode=touched.mode,
                )
                for number, touched in enumerate(plan.touched)
            ),
        )
        (self.folder / entry.id).mkdir(mode=0o700)
        write_whole(self.folder / entry.id / _LOG, b"")
        self._write(entry)
        sync_folder(self.folder.parent)
        return entry

    def keep(self, entry: Entry, record: Record, raw: bytes) -> None:
        """Keep the bytes of a key as they are before the edit, safely on the disk."""
        assert record.file is not None
        write_whole(self.folder / entry.id / record.file, raw)

    def kept(self, entry: Entry, record: Record) -> bytes | None:
        """The bytes of a key before the edit; None where it was absent.

        Raises
        ------
        UserError
            The copy is damaged or gone.
        """
        raw = None
        if record.file is not None:
            with suppress(OSError):
                raw = (self.folder / entry.id / record.file).read_bytes()
        if digest(raw) != record.before:
            raise UserError(f"The journal's copy of {record.key} is damaged", "nothing was undone")
        return raw

    def announce(
        self, entry: Entry, number: int, after: str, folders: tuple[str, ...] = ()
    ) -> None:
        """Note what a key is about to become, safely on the disk.

        Parameters
        ----------
        entry
            The edit.
        number
            Which of its records.
        after
            The digest of what will be there.
        folders
            The folders that this makes in the store.
        """
        line = json.dumps({"record": number, "after": after, "folders": folders})
        write_whole(self.folder / entry.id / _LOG, line.encode() + b"\n", append=True)

    def mark(self, entry: Entry, state: State, *, forget: bool = True) -> Entry:
        """Note how far an edit is, with all that was announced of it.

        Parameters
        ----------
        entry
            The edit.
        state
            Which holds from now on.
        forget
            Whether to remove the bytes before, once they are back in the store.
        """
        entry = replace(self.load(entry), state=state)
        self._write(entry)
        if not entry.is_interrupted:
            (self.folder / entry.id / _LOG).unlink(missing_ok=True)
        if forget and state in ("undone", "rolled back"):
            for record in entry.records:
                if record.file:
                    (self.folder / entry.id / record.file).unlink(missing_ok=True)
        return entry

    def discard(self, entry: Entry) -> None:
        """Forget an edit that changed nothing."""
        shutil.rmtree(self.folder / entry.id, ignore_errors=True)

    def _folders(self) -> list[Path]:
        """What lies in the journal, newest first."""
        with suppress(FileNotFoundError):
            names = [path for path in self.folder.iterdir() if path.name != _LOCK]
            return sorted(names, key=_age, reverse=True)
        return []

    def _write(self, entry: Entry) -> None:
        folder = self.folder / entry.id
        raw = json.dumps(entry_to_json(entry), indent=1).encode()
        write_whole(folder / f"{_DOCUMENT}.new", raw)
        (folder / f"{_DOCUMENT}.new").replace(folder / _DOCUMENT)
        sync_folder(folder)
        sync_folder(self.folder)

    def _read(self, folder: Path) -> Entry:
        """Read one entry; one that is odd raises one of `_ODD`."""
        if not _ID.fullmatch(folder.name):
            raise ValueError("is no entry of a journal")
        entry = entry_from_json(folder.name, json.loads((folder / _DOCUMENT).read_bytes()))
        if entry.location != self._identity:
            raise ValueError(f"belongs to {entry.location}")
        records, folders = list(entry.records), list(entry.folders)
        for line in _lines(folder / _LOG):
            records[line["record"]] = replace(records[line["record"]], after=line["after"])
            folders += line["folders"]
        return replace(entry, records=tuple(records), folders=tuple(dict.fromkeys(folders)))


def _lines(log: Path) -> Iterator[dict[str, Any]]:
    """What was announced. A last line that is torn was never acted on."""
    with suppress(FileNotFoundError):
        for line in log.read_bytes().split(b"\n")[:-1]:
            yield json.loads(line)


def _age(path: Path) -> tuple[int, str]:
    match = _ID.fullmatch(path.name)
    return (int(match[1]) if match else 0, path.name)
