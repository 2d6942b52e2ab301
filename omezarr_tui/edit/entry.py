"""An edit as the journal keeps it: values without I/O, and their JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from omezarr_tui.edit.keys import ABSENT

State = Literal["planned", "applying", "applied", "undoing", "undone", "rolled back"]

_FORMAT = 1
_DIGEST = re.compile(rf"[0-9a-f]{{64}}|{ABSENT}")


@dataclass(frozen=True, slots=True)
class Record:
    """One key of an edit.

    Parameters
    ----------
    key
        From the location.
    file
        The name, beside ``edit.json``, of the file with the bytes before; None where the
        key was absent.
    before, after
        `digest` of what the key held, and of what the edit put there. `after` is None where
        the edit has not come to it.
    mode
        Permission bits before; None where it was absent, or has none.
    """

    key: str
    file: str | None
    before: str
    after: str | None
    mode: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An edit in the journal.

    Parameters
    ----------
    id
        The name of its folder; later edits sort behind earlier ones.
    time
        When it was begun: UTC, ISO 8601.
    expression
        What was done: of values, as one would type it in Python.
    node
        The path, from the location, of what was changed.
    selection, value
        As `parse_selection` and `parse_value` understand them; empty where documents were
        changed.
    state
        ``applying`` or ``undoing`` in an entry that no program is at work on means that it
        was interrupted.
    folders
        Folders of the store that the edit made.
    """

    id: str
    time: str
    expression: str
    location: str
    node: str
    selection: str
    value: str
    state: State
    records: tuple[Record, ...]
    folders: tuple[str, ...] = ()

    @property
    def is_interrupted(self) -> bool:
        """Whether the edit, or its undo, came to no end."""
        return self.state in ("applying", "undoing")

    @property
    def can_be_undone(self) -> bool:
        """Whether the store has changes of this edit that can be taken back."""
        return self.state == "applied" or self.is_interrupted


def entry_to_json(entry: Entry) -> dict[str, Any]:
    """What ``edit.json`` says of an edit; its id is the name of the folder."""
    document = {"format": _FORMAT, **asdict(entry)}
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
    if (version := fields.pop("format")) != _FORMAT:
        raise ValueError(f"format {version!r} is not of this version of the program")
    fields["records"] = tuple(_record(record) for record in fields["records"])
    fields["folders"] = tuple(str(folder) for folder in fields["folders"])
    entry = Entry(id=identifier, **fields)
    if entry.state not in get_args(State):
        raise ValueError(f"its state is {entry.state!r}")
    return entry


def _record(fields: Mapping[str, Any]) -> Record:
    record = Record(**fields)
    if not isinstance(record.key, str):
        raise TypeError("a key in it is no text")
    if not all(_DIGEST.fullmatch(found) for found in (record.before, record.after or ABSENT)):
        raise ValueError("a digest in it is none")
    if record.file is not None and not record.file.isdecimal():
        raise ValueError("a file in it leads elsewhere")
    return record
