"""What stands in the place of a list in which there is nothing."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from omezarr_tui.tui.themes import QUIET


class Nothing(Container, can_focus=True):
    """One sentence in the middle, and what else there is to say below it."""

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(id="nothing-text", markup=False)

    def say(self, what: str, more: str) -> None:
        """Say something else: text, never markup."""
        words = Content.assemble((what, "b"), "\n\n" if more else "", (more, QUIET))
        self.query_one("#nothing-text", Static).update(words)
