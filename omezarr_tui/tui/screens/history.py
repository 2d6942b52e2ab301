"""The edits of a store, the newest first: what was done, and taking it back from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from omezarr_tui.text import format_bytes, padded, plural, visible
from omezarr_tui.tui.screens.dialog import Dialog
from omezarr_tui.tui.themes import QUIET

if TYPE_CHECKING:
    from omezarr_tui.edit.entry import Entry, State
    from omezarr_tui.tui.messages import EditsFound

_NAMED = 6  # keys of an edit that are told
_MARKS: dict[State, str] = {
    "applied": "●",
    "undone": "○",
    "applying": "!",
    "undoing": "!",
    "redoing": "!",
    "put back in part": "!",
}
_MEANING: dict[State, str] = {
    "applied": "made",
    "undone": "undone: it can be made again until another edit is made",
    "applying": "interrupted while it was written",
    "undoing": "interrupted while it was undone",
    "redoing": "interrupted while it was made again",
    "put back in part": "put back, but not where another program had changed the store since",
}


class HistoryScreen(Dialog[str | None]):
    """Lists the edits of a store; answers with what to do: ``undo``, ``redo``, or nothing.

    Parameters
    ----------
    edits
        What the journal holds.
    can_write
        Whether anything can be undone or made again.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)", "Back"),
        ("u", "turn('undo')", "Undo"),
        ("ctrl+r", "turn('redo')", "Redo"),
    ]

    def __init__(self, edits: EditsFound, *, can_write: bool) -> None:
        super().__init__()
        self._edits = edits
        self._can_write = can_write

    def compose(self) -> ComposeResult:
        """The list, what the chosen one is, and what keys do."""
        entries = self._edits.entries
        with Vertical(classes="dialog", id="history") as dialog:
            dialog.border_title = "Edits of this store"
            yield OptionList(*[Option(_line(entry)) for entry in entries], markup=False)
            yield Static("", classes="meaning", markup=False)
            yield Static(self._keys(), classes="hint", markup=False)

    def on_mount(self) -> None:
        """The newest first."""
        options = self.query_one(OptionList)
        options.display = bool(self._edits.entries)
        if self._edits.entries:
            options.highlighted = 0
            options.focus()
        else:
            self.query_one(".meaning", Static).update("No edits of this store are kept.")

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Tell what an edit changed."""
        self.query_one(".meaning", Static).update(_told(self._edits.entries[event.option_index]))

    def action_turn(self, verb: str) -> None:
        """Take the newest edit back, or make again the one that was undone last."""
        entry = self._edits.undo if verb == "undo" else self._edits.redo
        if self._can_write and entry is not None:
            self.leave(verb)

    def _keys(self) -> str:
        keys = []
        if self._can_write and self._edits.undo is not None:
            keys.append(f"u undoes edit {self._edits.undo.number}")
        if self._can_write and self._edits.redo is not None:
            keys.append(f"Ctrl+R makes edit {self._edits.redo.number} again")
        return "   ".join([*keys, "Esc back"])


def _line(entry: Entry) -> Content:
    when = entry.when[:16]
    style = QUIET if entry.state == "undone" else ""
    return Content.assemble(
        (f"{_MARKS[entry.state]} {entry.number:>3}  ", style),
        (f"{when}  ", QUIET),
        (visible(entry.expression), style),
    )


def _told(entry: Entry) -> Content:
    keys = [visible(record.key) for record in entry.records]
    keys += [
        f"{visible(old)} {'taken away' if new is None else f'→ {new}'}" for old, new in entry.moves
    ]
    shown = keys[:_NAMED]
    if left := len(keys) - len(shown):
        shown.append(f"and {left:,} more")
    size = format_bytes(entry.nbytes)
    head = f"{_MEANING[entry.state]} · {plural(len(keys), 'change')} · {size} kept"
    width = max(map(len, shown), default=0)
    return Content("\n").join(
        [Content(head), *[Content.styled(padded(line, width), QUIET) for line in shown]]
    )
