"""What all screens that change a store do alike: ask, write in the background, take back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Literal, TypeVar

from textual import on
from textual.screen import Screen

from omezarr_tui.tui import messages
from omezarr_tui.tui.screens.confirm import ConfirmScreen
from omezarr_tui.tui.screens.history import HistoryScreen
from omezarr_tui.tui.screens.recovering import RecoverScreen
from omezarr_tui.tui.widgets.bars import TitleBar

if TYPE_CHECKING:
    from omezarr_tui.edit.entry import Entry, Side
    from omezarr_tui.store.access import Access
    from omezarr_tui.store.node import Node
    from omezarr_tui.tui.edit_workers import EditWorkers, MakeEdit, Pictured

WRITING = "An edit is being written. Esc stops it and puts back what was there."
Result = TypeVar("Result")

_TOLD: dict[messages.Did, tuple[str, str]] = {
    "made": ("Done: ", "    u takes it back"),
    "undone": ("Undone: ", "    Ctrl+R makes it again"),
    "made again": ("Done again: ", "    u takes it back"),
    "put right": ("Put right: ", ""),
}


class WritingScreen(Screen[Result]):
    """The part of a screen that writes, and undoes."""

    access: Access
    node: Node
    work: EditWorkers
    _asked_about: ClassVar[set[str]] = set()
    edits: messages.EditsFound = messages.EditsFound()
    _again: Callable[[], None] | None = None

    def why_not_now(self) -> str | None:
        """Why no edit can begin now, in words; None where one can."""
        if self.work.is_writing:
            return WRITING
        if reason := self.access.why_read_only():
            return f"This store cannot be edited: {reason}."
        return None

    def can_be_edited(self) -> str:
        """Whether the store can be edited, for the title."""
        if reason := self.access.why_read_only():
            return f"read-only: {reason}"
        if self.edits.interrupted is not None:
            return "an edit was interrupted: u puts it right"
        return "can be edited"

    def show_title(self) -> None:
        """Say where one is, and whether it can be edited."""
        raise NotImplementedError

    def is_prevented(self) -> bool:
        """Whether no edit can begin now; then it was told why, or asked what is to be done."""
        if why := self.why_not_now():
            self.tell(why, "warning")
        elif self.edits.interrupted is not None:
            self.ask_about_interrupted(self.edits.interrupted)
        else:
            return False
        return True

    def plan_edit(
        self,
        make: MakeEdit,
        path: str,
        pictured: Pictured | None = None,
        *,
        again: Callable[[], None] | None = None,
    ) -> None:
        """Look at what an edit would change; the dialog comes when that is known.

        Parameters
        ----------
        make, path, pictured
            As of `EditWorkers.plan`.
        again
            Asks for it once more, with all that was typed, where it comes to nothing.
        """
        self._again = again
        self.show_busy("looking at what would change… Esc stops")
        self.work.plan(make, path, pictured)

    @on(messages.Planned)
    def _planned(self, event: messages.Planned) -> None:
        """Show what was planned, and write it if the user says so."""
        self.show_busy("")
        if event.plan.is_empty:
            self.tell(f"Nothing would change: {event.plan.why_empty}.")
            self._ask_again()
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._again = None
                self.show_busy("writing…")
                self.work.apply(event.plan, event.path)
                self.refresh_keys()
                return
            event.plan.staged.close()
            if yes is None:
                self._ask_again()

        dialog = ConfirmScreen(event.plan, event.pictures, event.differences)
        self.app.push_screen(dialog, answered)

    def _ask_again(self) -> None:
        """Go back to where the edit was asked for: nothing that was typed is lost."""
        again, self._again = self._again, None
        if again is not None and self.is_current:
            again()

    @on(messages.EditsFound)
    def _edits_found(self, event: messages.EditsFound) -> None:
        self.edits = event
        self.refresh_keys()
        self.show_title()
        if event.interrupted is not None and event.interrupted.id not in self._asked_about:
            self._asked_about.add(event.interrupted.id)
            self.ask_about_interrupted(event.interrupted)

    def ask_about_interrupted(self, entry: Entry) -> None:
        """Ask how an edit that was interrupted is to come to an end."""

        def answered(side: Side | None) -> None:
            if side is not None:
                self.show_busy("putting right…")
                self.work.recover(entry, side, self.node.path)

        self.app.push_screen(RecoverScreen(entry), answered)

    def action_undo(self) -> None:
        """Take the last edit back."""
        self._turn(self.edits.undo, "undo", "putting back what was there…", self.work.undo)

    def action_redo(self) -> None:
        """Make the edit again that was undone last."""
        self._turn(self.edits.redo, "redo", "writing it again…", self.work.redo)

    def action_history(self) -> None:
        """List the edits of the store."""

        def answered(verb: str | None) -> None:
            if verb == "undo":
                self.action_undo()
            elif verb == "redo":
                self.action_redo()

        can_write = self.access.why_read_only() is None and not self.work.is_writing
        self.app.push_screen(HistoryScreen(self.edits, can_write=can_write), answered)

    def _turn(
        self, entry: Entry | None, verb: str, busy: str, turn: Callable[[Entry, str], None]
    ) -> None:
        if self.work.is_writing:
            self.tell(WRITING, "warning")
        elif reason := self.access.why_read_only():
            self.tell(f"Nothing can be {verb}ne: {reason}.", "warning")
        elif self.edits.interrupted is not None:
            self.ask_about_interrupted(self.edits.interrupted)
        elif entry is None:
            self.tell(f"There is no edit of this store to {verb}.")
        else:
            self.show_busy(busy)
            turn(entry, self.node.path)

    @on(messages.Editing)
    def _editing(self, event: messages.Editing) -> None:
        part = 100 * event.done // max(event.total, 1)
        self.show_busy(f"{event.doing}, {part} %… Esc stops")

    @on(messages.NotEdited)
    def _not_edited(self, event: messages.NotEdited) -> None:
        self.show_busy("")
        if event.error is None:
            self.tell("Stopped; nothing was changed.")
        else:
            self.tell(str(event.error), "error")
            self.work.find_edits(self.node.path)  # what failed midway can be put right
        self.refresh_keys()
        self._ask_again()

    @on(messages.Edited)
    def _edited(self, event: messages.Edited) -> None:
        self.show_busy("")
        before, after = _TOLD[event.did]
        self.tell(f"{before}{event.entry.expression}{after}")
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
        self,
        words: str,
        severity: Literal["information", "warning", "error"] = "information",
        *,
        alone: bool = False,
    ) -> None:
        """Tell the user something for a moment; text of a store is never markup.

        Parameters
        ----------
        alone
            In place of all that was told before: of a key that is pressed again and again.
        """
        if alone:
            self.app.clear_notifications()
        self.notify(words, severity=severity, markup=False)
