"""What all screens that change a store do alike: ask, write in the background, take back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

from textual import on
from textual.screen import ModalScreen, Screen

from omezarr_tui.text import format_count
from omezarr_tui.tui import messages
from omezarr_tui.tui.widgets.bars import TitleBar

if TYPE_CHECKING:
    from omezarr_tui.edit.entry import Entry
    from omezarr_tui.edit.operation import Operation
    from omezarr_tui.store.access import Access
    from omezarr_tui.store.node import Node
    from omezarr_tui.tui.edit_workers import EditWorkers

WRITING = "An edit is being written. Esc stops it and puts back what was there."
Result = TypeVar("Result")


class WritingScreen(Screen[Result]):
    """The part of a screen that writes, and undoes."""

    access: Access
    node: Node
    work: EditWorkers
    last_edit: Entry | None

    def why_not_now(self) -> str | None:
        """Why no edit can begin now, in words; None where one can."""
        if self.work.is_writing:
            return WRITING
        if reason := self.access.why_read_only():
            return f"This store cannot be edited: {reason}."
        return None

    def confirm(self, dialog: ModalScreen[bool], plan: Operation, path: str) -> None:
        """Show a dialog, and write what was planned if the user says so."""

        def answered(yes: bool | None) -> None:
            if yes:
                self.show_busy("writing…")
                self.work.apply(plan, path)
                self.refresh_keys()

        self.app.push_screen(dialog, answered)

    def action_undo(self) -> None:
        """Take the last edit back."""
        if self.work.is_writing:
            self.tell(WRITING, "warning")
        elif reason := self.access.why_read_only():
            self.tell(f"Nothing can be undone: {reason}.", "warning")
        elif self.last_edit is None:
            self.tell("There is no edit of this store to undo.")
        else:
            self.show_busy("putting back what was there…")
            self.work.undo(self.last_edit, self.node.path)

    @on(messages.Editing)
    def _editing(self, event: messages.Editing) -> None:
        done = f"{format_count(event.done)} of {format_count(event.total)}"
        self.show_busy(f"{event.doing}, {done}… Esc stops")

    @on(messages.NotEdited)
    def _not_edited(self, event: messages.NotEdited) -> None:
        self.show_busy("")
        if event.error is None:
            self.tell("Stopped; nothing was changed.")
        else:
            self.tell(str(event.error), "error")
        self.refresh_keys()

    @on(messages.Edited)
    def _edited(self, event: messages.Edited) -> None:
        self.show_busy("")
        verb, after = ("Undone: ", "") if event.undone else ("Done: ", "    u takes it back")
        self.tell(f"{verb}{event.entry.expression}{after}")
        self.edited(event)

    def edited(self, event: messages.Edited) -> None:
        """Show what an edit, or an undo, changed."""
        raise NotImplementedError

    def show_busy(self, words: str) -> None:
        """Say what is going on, until it has ended."""
        self.query_one(TitleBar).show_busy(words)

    def refresh_keys(self) -> None:
        """Show the keys that work now."""
        raise NotImplementedError

    def tell(
        self, words: str, severity: Literal["information", "warning", "error"] = "information"
    ) -> None:
        """Tell the user something for a moment; text of a store is never markup."""
        self.notify(words, severity=severity, markup=False)
