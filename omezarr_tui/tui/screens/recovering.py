"""The dialog that asks how an edit that was interrupted is to come to an end."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from omezarr_tui.edit.entry import Entry, Side
from omezarr_tui.text import plural, visible
from omezarr_tui.tui.screens.dialog import Dialog

_DOING = {"applying": "it was written", "undoing": "it was undone", "redoing": "it was made again"}


class RecoverScreen(Dialog[Side | None]):
    """Asks whether to put an edit back or to finish it; None to leave it for later.

    Parameters
    ----------
    entry
        The edit that was interrupted.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)", "Later"),
        ("left", "app.focus_previous", "Other button"),
        ("right", "app.focus_next", "Other button"),
    ]

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self._entry = entry

    def compose(self) -> ComposeResult:
        """What happened, and the ways out of it."""
        entry = self._entry
        changes = plural(len(entry.records) + len(entry.moves), "change")
        when = entry.when
        with Vertical(classes="dialog", id="recover") as dialog:
            dialog.border_title = "An edit was interrupted"
            yield Static(Content(visible(entry.expression)), classes="sentence")
            yield Static(
                Content(
                    f"The program ended, or the disk or the connection failed, while "
                    f"{_DOING[entry.state]} ({when}): {changes}, some of them done. Nothing "
                    "is lost, as the journal keeps both sides. Until it is put right, the store "
                    "is half changed, and no other edit can be made."
                )
            )
            with Horizontal(classes="buttons"):
                yield Button("Later", id="later", compact=True)
                yield Button("As before the edit", id="before", variant="warning", compact=True)
                yield Button("As after the edit", id="after", variant="warning", compact=True)

    def on_mount(self) -> None:
        """The button that changes nothing first."""
        self.query_one("#later", Button).focus()

    @on(Button.Pressed, "#later")
    def _later(self) -> None:
        self.leave(None)

    @on(Button.Pressed, "#before")
    def _before(self) -> None:
        self.leave("before")

    @on(Button.Pressed, "#after")
    def _after(self) -> None:
        self.leave("after")
