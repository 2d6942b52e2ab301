"""What edits replaced, and what they put there, kept in the user's state folder.

One folder for each store, and in it one for each edit:

    journal/<digest of the location>/lock
                                     000001-20250131T101500Z/edit.json     what is done
                                                             before.pack   bytes before
                                                             after.pack    bytes after
                                                             aside/        folders taken away
                                                             state.json    how far it is

All of it is on the disk before the first byte of the store changes, and ``state.json`` comes
last: so an edit that was interrupted can be put back as well as finished, whenever that was,
and undone and made again, with no more than to copy bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from omezarr_tui import settings
from omezarr_tui.edit.disk import locked, write_whole
from omezarr_tui.edit.entry import (
    Content,
    Entry,
    Record,
    Side,
    State,
    entry_from_json,
    entry_to_json,
)
from omezarr_tui.edit.keys import digest
from omezarr_tui.edit.pack import PackWriter, kept_in, read_span
from omezarr_tui.errors import UserError, explain
from omezarr_tui.store.location import Location
from omezarr_tui.store.replacing import sync_folder

_ID = re.compile(r"(\d{6,})-\d{8}T\d{6}Z")
_LOCK, _DOCUMENT, _STATE, _ASIDE = "lock", "edit.json", "state.json", "aside"
_PACKS: dict[Side, str] = {"before": "before.pack", "after": "after.pack"}
# What reading an entry that is damaged, or none, can raise.
_ODD = (OSError, ValueError, LookupError, TypeError, AttributeError)


def journal_folder() -> Path:
    """Where the edits of all stores are kept; missing where nothing was ever edited."""
    return settings.state_folder() / "journal"


def every_journal() -> list[Journal]:
    """The journals of all stores that have edits that can be read."""
    found: dict[str, Journal] = {}
    for document in sorted(journal_folder().glob(f"*/*/{_DOCUMENT}")):
        with suppress(*_ODD):
            identity = json.loads(document.read_bytes())["location"]
            if isinstance(identity, str) and identity not in found:
                found[identity] = Journal(identity)
    return [journal for journal in found.values() if journal.folder.is_dir()]


class Journal:
    """The edits of one location.

    Parameters
    ----------
    location
        The store that is edited, or its identity.

    Attributes
    ----------
    skipped
        What `entries` could not read when it was asked last, each with its reason.
    """

    def __init__(self, location: Location | str) -> None:
        self.identity = location if isinstance(location, str) else location.identity
        name = hashlib.sha256(self.identity.encode()).hexdigest()[:32]
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
            if _ID.fullmatch(folder.name) and not (folder / _STATE).exists():
                continue  # it was never begun
            try:
                found.append(self._read(folder))
            except _ODD as error:
                skipped.append(f"{folder.name}: {explain(error)}")
        self.skipped = tuple(skipped)
        return found

    def to_undo(self) -> list[Entry]:
        """The edits that can be undone, in that order: the newest first."""
        return [entry for entry in self.entries() if entry.can_be_undone]

    def to_redo(self) -> list[Entry]:
        """The edits that can be made again, in that order: what was undone last first."""
        undone = [entry for entry in self.entries() if entry.can_be_redone]
        return sorted(undone, key=lambda entry: entry.turned, reverse=True)

    def last_applied(self) -> Entry | None:
        """The newest edit that can be undone."""
        return next(iter(self.to_undo()), None)

    def last_undone(self) -> Entry | None:
        """The edit that was undone last, and can be made again."""
        return next(iter(self.to_redo()), None)

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

    @contextmanager
    def entering(self) -> Iterator[Page]:
        """A page for a new edit; where an error comes out, it never was.

        Call it while the journal is `locked`. Edits that were undone can no longer be made
        again, as the store goes another way from here.
        """
        taken = [int(match[1]) for f in self._folders() if (match := _ID.fullmatch(f.name))]
        for folder in self._folders():
            if _ID.fullmatch(folder.name) and not (folder / _STATE).exists():
                shutil.rmtree(folder, ignore_errors=True)
        now = datetime.now(UTC)
        identifier = f"{max(taken, default=0) + 1:06d}-{now:%Y%m%dT%H%M%SZ}"
        folder = self.folder / identifier
        folder.mkdir(mode=0o700)
        page = Page(folder, now.isoformat(timespec="microseconds"))
        try:
            yield page
        except BaseException:
            page.close()
            shutil.rmtree(folder, ignore_errors=True)
            raise
        for entry in self.entries():
            if entry.can_be_redone:
                self.discard(entry)

    def content(self, entry: Entry, side: Side, content: Content) -> bytes | None:
        """The bytes that the journal keeps of a key; None where it was, or is to be, absent.

        Raises
        ------
        UserError
            They are damaged or gone.
        """
        raw = None
        if content.span is not None:
            with suppress(OSError):
                raw = read_span(self.folder / entry.id / _PACKS[side], content.span)
        if digest(raw) != content.digest:
            raise UserError(
                f"The journal's copy for {entry.expression} is damaged", "nothing was changed"
            )
        return raw

    def lay_out(self, entry: Entry, records: Sequence[Record]) -> Path:
        """Write what some keys held before into files of their own, for a person to find.

        Returns
        -------
        folder
            They lie there under their keys, as in the store.
        """
        folder = self.folder / entry.id / "before"
        for record in records:
            with suppress(UserError):
                raw = self.content(entry, "before", record.before)
                if raw is not None:
                    (folder / record.key).parent.mkdir(parents=True, exist_ok=True)
                    write_whole(folder / record.key, raw)
        return folder

    def aside(self, entry: Entry, number: int) -> Path:
        """Where a folder lies that an edit took away: by the number of its move."""
        return self.folder / entry.id / _ASIDE / str(number)

    def mark(self, entry: Entry, state: State) -> Entry:
        """Note how far an edit is."""
        turned = entry.turned
        if state == "undone":
            turned = 1 + max((other.turned for other in self.entries()), default=0)
        _write_state(self.folder / entry.id, state, turned)
        return replace(entry, state=state, turned=turned)

    def discard(self, entry: Entry) -> None:
        """Forget an edit."""
        folder = self.folder / entry.id
        with suppress(OSError):
            (folder / _STATE).unlink()  # first: from now on it counts as never begun
        shutil.rmtree(folder, ignore_errors=True)

    def _folders(self) -> list[Path]:
        """What lies in the journal, newest first."""
        with suppress(FileNotFoundError):
            names = [path for path in self.folder.iterdir() if path.name != _LOCK]
            return sorted(names, key=_age, reverse=True)
        return []

    def _read(self, folder: Path) -> Entry:
        """Read one entry; one that is odd raises one of `_ODD`."""
        if not _ID.fullmatch(folder.name):
            raise ValueError("is no entry of a journal")
        document: dict[str, Any] = json.loads((folder / _DOCUMENT).read_bytes())
        document |= json.loads((folder / _STATE).read_bytes())
        entry = entry_from_json(folder.name, document)
        if entry.location != self.identity:
            raise ValueError(f"belongs to {entry.location}")
        return entry


class Page:
    """Where a new edit is written down, before anything else is done."""

    def __init__(self, folder: Path, time: str) -> None:
        self.time = time
        self._folder = folder
        self._packs = {side: PackWriter(folder / name) for side, name in _PACKS.items()}

    @property
    def id(self) -> str:
        """The edit's id."""
        return self._folder.name

    def keep(self, side: Side, raw: bytes | None, known: str) -> Content:
        """Write down what a key holds before or after, whose `digest` is known; where it is."""
        return Content(known, None if raw is None else self._packs[side].add(raw))

    def begin(self, entry: Entry) -> None:
        """See all of it to the disk; from now on the edit is under way."""
        for pack in self._packs.values():
            pack.sync()
        document = entry_to_json(entry)
        del document["state"], document["turned"]
        with kept_in(self._folder.parent):
            write_whole(self._folder / _DOCUMENT, json.dumps(document).encode())
            _write_state(self._folder, entry.state, entry.turned)
        sync_folder(self._folder.parent)
        sync_folder(self._folder.parent.parent)

    def close(self) -> None:
        """End, whatever the disk has of it."""
        for pack in self._packs.values():
            pack.close()


def _write_state(folder: Path, state: State, turned: int) -> None:
    new = folder / f"{_STATE}.new"
    write_whole(new, json.dumps({"state": state, "turned": turned}).encode())
    new.replace(folder / _STATE)
    sync_folder(folder)


def _age(path: Path) -> tuple[int, str]:
    match = _ID.fullmatch(path.name)
    return (int(match[1]) if match else 0, path.name)
