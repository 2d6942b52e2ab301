"""Finding from the main screen: nodes by name, or attributes by key and value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Input

from omezarr_tui.text import plural
from omezarr_tui.tui import messages
from omezarr_tui.tui.actions import Where
from omezarr_tui.tui.screens.base import StoreScreen
from omezarr_tui.tui.widgets.attributes import AttributesTree, Path

if TYPE_CHECKING:
    from omezarr_tui.store.listing import Listing


class FindingScreen(StoreScreen):
    """The part of the main screen that searches."""

    first: Listing | None
    _finding: Where | None = None
    _found_at: Path | None = None
    _filtered = False

    def action_find(self) -> None:
        """Find a node by name; in the info pane, an attribute."""
        self._finding = "info" if self.where == "info" else "hierarchy"
        self._found_at = None
        line = self.query_one("#find", Input)
        what = "an attribute" if self._finding == "info" else "a node"
        line.placeholder = f"find {what} by name; Enter goes there, Esc leaves"
        self.add_class("-finding")
        self.show_pane(self._finding)
        line.value = ""
        line.focus()

    @on(Input.Changed, "#find")
    def _find_typed(self, event: Input.Changed) -> None:
        if self._finding == "info":
            self._found_at = None
            self._find_attribute(event.value)
        elif event.value:
            self.work.search(self.root_node, event.value)
        else:
            self._show_all()

    @on(messages.Searched)
    def _searched(self, event: messages.Searched) -> None:
        line = self.query_one("#find", Input)
        if not self.has_class("-finding") or event.text != line.value:
            return
        found = event.found
        self._filtered = True
        self.hierarchy.show_found(found)
        bound = "" if found.complete else f", stopped after {plural(found.seen, 'node')}"
        self.hierarchy.border_subtitle = f"{plural(len(found.nodes), 'match', 'matches')}{bound}"

    @on(Input.Submitted, "#find")
    def _find_entered(self, event: Input.Submitted) -> None:
        if self._finding == "info":
            self._find_attribute(event.value)
        else:
            self.hierarchy.focus()

    def _find_attribute(self, text: str) -> None:
        tree = self.query_one(AttributesTree)
        self._found_at = tree.find(text, self._found_at) if text else None
        self.info.border_subtitle = "no match" if text and self._found_at is None else ""

    def leave_find(self) -> bool:
        """End a search; the tree shows everything again, with the cursor where it is."""
        was = self.has_class("-finding") or self._filtered
        if not was:
            return False
        self.remove_class("-finding")
        self.info.border_subtitle = ""
        self._show_all()
        pane = self.query_one(AttributesTree) if self._finding == "info" else self.hierarchy
        pane.focus()
        return True

    def _show_all(self) -> None:
        self.work.stop_search()
        if self._filtered:
            self._filtered = False
            self.hierarchy.show_all(self.first, self.node.path)
        self.hierarchy.tell_whole()
