"""Facts of the chosen node, and counting from the main screen what is stored of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from omezarr_tui.ome.describe import facts_of, level_stored_facts
from omezarr_tui.store.node import Array, Group
from omezarr_tui.text import format_bytes, plural
from omezarr_tui.tui import messages
from omezarr_tui.tui.screens.base import StoreScreen

if TYPE_CHECKING:
    from omezarr_tui.settings import Settings
    from omezarr_tui.store.access import Access
    from omezarr_tui.store.node import Node
    from omezarr_tui.store.stored import Stored


class CountingScreen(StoreScreen):
    """The part of the main screen that tells of a node, and counts."""

    def __init__(self, access: Access, root: Node, settings: Settings) -> None:
        super().__init__(access, root, settings)
        self._stored: dict[str, Stored] = {}

    def show_facts(self, counting: str = "") -> None:
        """Show what is known of the node, and how far the counting has come."""
        facts = facts_of(self.node, self.image, self._stored.get(self.node.path), self.series)
        if isinstance(self.node, Group) and self.image is not None:
            facts += level_stored_facts(self.image, self._stored)
        self.info.show_facts(facts, counting)

    def action_measure(self) -> None:
        """Count what is stored of the array, in the background."""
        if arrays := self.countable():
            self.work.count_stored(arrays)
            self.show_facts("counting… Esc stops")

    @on(messages.Counting)
    def _counting(self, event: messages.Counting) -> None:
        if event.node in self.countable():
            unit = "shard" if event.node.shards else "chunk"
            count = plural(event.objects, unit)
            self.show_facts(f"{count}, {format_bytes(event.nbytes)} so far… Esc stops")

    @on(messages.Counted)
    def _counted(self, event: messages.Counted) -> None:
        if event.stored is not None:
            self._stored[event.node.path] = event.stored
        if event.node in self.countable():
            self.show_facts("" if event.is_last else "counting… Esc stops")
            self.call_after_refresh(self.info.show_last_fact)

    def forget_counted(self) -> None:
        """Count anew when it is asked for the next time: some objects were changed."""
        self._stored.clear()
        self.show_facts()

    def countable(self) -> list[Array]:
        """The chosen array, or the levels of the chosen image."""
        if isinstance(self.node, Array):
            return [self.node]
        levels = self.image.levels if self.image else ()
        return [level for level in levels if isinstance(level, Array)]
