"""Checking metadata from the main screen, and what it shows once documents were changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on

from omezarr_tui.store.node import Group
from omezarr_tui.tui import messages
from omezarr_tui.tui.screens.base import StoreScreen
from omezarr_tui.tui.screens.writing import WRITING

if TYPE_CHECKING:
    from omezarr_tui.store.listing import Listing


class CheckingScreen(StoreScreen):
    """The part of the main screen that goes to the findings and comes back from them."""

    first: Listing | None

    def action_validate(self) -> None:
        """Check the metadata of the chosen node and of all below it."""
        from omezarr_tui.tui.screens.validation import ValidationScreen

        def came_back(path: str | None) -> None:
            self.work.find_edits(self.node.path)
            if path is not None:
                self.show_pane("hierarchy")
                self.hierarchy.focus()
                self.hierarchy.reveal(path)

        if self.work.is_writing:
            self.tell(WRITING, "warning")
            return
        screen = ValidationScreen(
            self.access, self.node, self.settings, documents_changed=self.work.read_again
        )
        self.app.push_screen(screen, came_back)

    @on(messages.ReadAgain)
    def _read_again(self, event: messages.ReadAgain) -> None:
        """Show nodes as they are now."""
        now = {node.path: node for node in event.nodes}
        self.hierarchy.renew(event.nodes)
        self.root_node = now.get(self.root_node.path, self.root_node)
        if self.first is not None:
            group = now.get(self.first.group.path)
            self.first = replace(
                self.first,
                group=group if isinstance(group, Group) else self.first.group,
                nodes=tuple(now.get(node.path, node) for node in self.first.nodes),
            )
        if self.list_next is not None:
            self.list_anew()
            return
        self.work.describe(self.node, again=True)
