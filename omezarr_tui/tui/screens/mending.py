"""The dialog that shows how documents will change. Nothing is written before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from omezarr_tui.ome.fact import Fact
from omezarr_tui.text import plural, visible
from omezarr_tui.tui.screens.dialog import Dialog
from omezarr_tui.tui.themes import QUIET
from omezarr_tui.tui.widgets.facts import FactsView
from omezarr_tui.tui.widgets.finding_view import sentence

if TYPE_CHECKING:
    from omezarr_tui.edit.documents_plan import DocumentsPlan
    from omezarr_tui.tui.check_workers import DocumentShown

_STYLES = {"-": "$text-error", "+": "$text-success", " ": QUIET, "@": QUIET}


class MendScreen(Dialog[bool]):
    """Shows a planned change of documents; True when the user wants it made.

    Parameters
    ----------
    plan
        The change.
    shown
        How each of the first documents changes.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(False)", "Cancel"),
        ("left", "app.focus_previous", "Other button"),
        ("right", "app.focus_next", "Other button"),
        ("up", "scroll(-1)", "Up"),
        ("down", "scroll(1)", "Down"),
        ("pageup", "scroll(-10)", "A page up"),
        ("pagedown", "scroll(10)", "A page down"),
    ]

    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    def __init__(self, plan: DocumentsPlan, shown: Sequence[DocumentShown]) -> None:
        super().__init__()
        self._plan = plan
        self._shown = shown

    def compose(self) -> ComposeResult:
        """One sentence, the facts, the difference, two buttons."""
        plan = self._plan
        with Vertical(classes="dialog", id="mend") as dialog:
            dialog.border_title = Content(sentence(plan.title))
            yield Static(Content(f"{_documents(plan)} will change."), classes="sentence")
            yield FactsView([Fact(*fact) for fact in plan.facts()], id="facts-of-mend")
            with VerticalScroll(id="changes", can_focus=False):
                yield Static(self._changes(), id="lines")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Write it", id="write", variant="warning", compact=True)

    def on_mount(self) -> None:
        """The safe button first."""
        self.query_one("#cancel", Button).focus()
        # The facts know only once they have a width how many lines they take.
        facts = self.query_one(FactsView)
        self.call_after_refresh(facts.refresh, layout=True)

    def action_scroll(self, lines: int) -> None:
        """Move the difference; the buttons keep the focus."""
        self.query_one("#changes").scroll_relative(y=lines, animate=False)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.leave(event.button.id == "write")

    def _changes(self) -> Content:
        lines: list[Content] = []
        for document in self._shown:
            if not document.lines:
                continue
            told = " (new)" if document.is_new else ""
            told += " (on one line there, laid out here)" if document.laid_out else ""
            lines.append(Content.assemble((visible(document.key), "b"), (told, QUIET)))
            for line in document.lines:
                text = "  ⋯" if line.sign == "@" else f"{line.sign} {line.text}"
                lines.append(Content.styled(text, _STYLES[line.sign]))
        if left := len(self._plan.changes) - len(self._shown):
            what = "more document changes likewise" if left == 1 else "more documents likewise"
            lines.append(Content.styled(f"and {left:,} {what}", QUIET))
        return Content("\n").join(lines)


def _documents(plan: DocumentsPlan) -> str:
    own = [change for change in plan.changes if change.own is not None]
    copies = sum(change.copies for change in plan.changes)
    if not own:
        return f"{plural(copies, 'consolidated copy', 'consolidated copies')}"
    told = visible(own[0].key) if len(own) == 1 else plural(len(own), "document")
    if not copies:
        return told
    if len(own) > 1:
        return f"{told}, and {plural(copies, 'consolidated copy', 'consolidated copies')} of them,"
    held = [visible(change.key) for change in plan.changes if change.copies]
    where = held[0] if len(held) == 1 else plural(len(held), "document")
    what = "copy" if copies == 1 else "copies"
    return f"{told}, and its {what} in {where},"
