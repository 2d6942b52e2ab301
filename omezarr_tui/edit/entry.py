"""An edit as the journal keeps it: values without I/O, and their JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from omezarr_tui.edit.keys import ABSENT
from omezarr_tui.edit.moves import Move, lies_in
from omezarr_tui.edit.pack import Span
from omezarr_tui.store.documents import DOCUMENTS
from omezarr_tui.store.node import parent_path

State = Literal["applying", "applied", "undoing", "undone", "redoing", "put back in part"]
Side = Literal["before", "after"]

FORMAT = 2
_DIGEST = re.compile(rf"[0-9a-f]{{64}}|{ABSENT}")


@dataclass(frozen=True, slots=True)
class Content:
    """What a key holds, before or after an edit, and where its bytes can be had.

    Parameters
    ----------
    digest
        As `keys.digest` tells.
    span
        Where the bytes lie in the journal's pack of that side; None where there are none,
        or they lie at `source`.
    source
        Another key of the store that holds the same at that time: of what is moved or copied
        no bytes are kept.
    """

    digest: str
    span: Span | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One key of an edit: what it held, what it is to hold, and its permission bits if any."""

    key: str
    before: Content
    after: Content
    mode: int | None

    def side(self, side: Side) -> Content:
        """What it holds before, or after."""
        return self.before if side == "before" else self.after


@dataclass(frozen=True, slots=True)
class Entry:
    """An edit in the journal.

    Parameters
    ----------
    id
        The name of its folder; later edits sort behind earlier ones.
    time
        When it was made: UTC, ISO 8601.
    expression
        What was done and where: of values, as one would type it in Python.
    location
        The store's identity.
    node
        The path, from the location, of what was changed.
    state
        ``applying``, ``undoing`` or ``redoing`` in an entry that no program is at work on
        means that it was interrupted.
    records
        The keys that it changes, in the order in which that is done.
    moves
        Folders that are moved before that: from where, and to where; None for those that
        are taken away, and lie in the journal.
    folders
        Folders of the store that the edit makes.
    emptied
        Folders that it leaves empty, and removes.
    modes
        Permission bits of those folders, where they have such.
    nbytes
        What it takes in the journal.
    turned
        How many edits had been undone when this one was undone last.
    """

    id: str
    time: str
    expression: str
    location: str
    node: str
    state: State
    records: tuple[Record, ...]
    moves: tuple[Move, ...] = ()
    folders: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()
    modes: tuple[tuple[str, int], ...] = ()
    nbytes: int = 0
    turned: int = 0

    @property
    def number(self) -> int:
        """The edit's number in the history of its store."""
        return int(self.id.partition("-")[0])

    @property
    def when(self) -> str:
        """When it was made, by the clock of whoever looks: ``2026-11-23 08:26:53``."""
        here = datetime.fromisoformat(self.time).astimezone()
        return here.isoformat(" ", "seconds")[:19]

    @property
    def is_interrupted(self) -> bool:
        """Whether the edit, or its undo or redo, came to no end."""
        return self.state in ("applying", "undoing", "redoing")

    @property
    def can_be_undone(self) -> bool:
        """Whether it is made, and can be taken back."""
        return self.state == "applied"

    @property
    def can_be_redone(self) -> bool:
        """Whether it was taken back, and can be made again."""
        return self.state == "undone"

    @property
    def nodes_moved(self) -> tuple[tuple[str, str], ...]:
        """Nodes that lie elsewhere after it, from where to where: by folder, or key by key."""
        gone = {record.key for record in self.records if record.after.digest == ABSENT}
        found = [(old, new) for old, new in self.moves if new is not None]
        for record in self.records:
            source, name = record.after.source, record.key.rpartition("/")[2]
            if source in gone and name in DOCUMENTS and source.endswith(f"/{name}"):
                found.append((parent_path(source), parent_path(record.key)))
        nested = {old for old, _ in found if any(o != old and lies_in(old, o) for o, _ in found)}
        return tuple((old, new) for old, new in found if old not in nested)


def entry_to_json(entry: Entry) -> dict[str, Any]:
    """What ``edit.json`` says of an edit; its id is the name of the folder."""
    document = {"format": FORMAT, **asdict(entry)}
    del document["id"]
    return document


def entry_from_json(identifier: str, document: Mapping[str, Any]) -> Entry:
    """Read what `entry_to_json` made.

    Raises
    ------
    ValueError, LookupError, TypeError, AttributeError
        It is something else, or was made by another version of the program.
    """
    fields = dict(document)
    if (version := fields.pop("format")) != FORMAT:
        raise ValueError(f"format {version!r} is not of this version of the program")
    fields["records"] = tuple(_record(record) for record in fields["records"])
    for name in ("folders", "emptied"):
        fields[name] = tuple(str(folder) for folder in fields[name])
    modes = fields.get("modes", ())
    fields["modes"] = tuple((str(folder), int(mode)) for folder, mode in modes)
    fields["moves"] = tuple(
        (str(old), None if new is None else str(new)) for old, new in fields["moves"]
    )
    entry = Entry(id=identifier, **fields)
    if entry.state not in get_args(State):
        raise ValueError(f"its state is {entry.state!r}")
    return entry


def _record(fields: Mapping[str, Any]) -> Record:
    record = Record(
        key=fields["key"],
        before=_content(fields["before"]),
        after=_content(fields["after"]),
        mode=fields["mode"],
    )
    if not isinstance(record.key, str):
        raise TypeError("a key in it is no text")
    return record


def _content(fields: Mapping[str, Any]) -> Content:
    span = fields["span"]
    content = Content(
        digest=fields["digest"],
        span=None if span is None else (int(span[0]), int(span[1])),
        source=fields["source"],
    )
    if not _DIGEST.fullmatch(content.digest):
        raise ValueError("a digest in it is none")
    return content
