"""The info pane: what is known of the chosen node, and its attributes."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll

from omezarr_tui.ome.fact import Fact
from omezarr_tui.store.node import Array, Broken, Group, Node
from omezarr_tui.tui.widgets.attributes import AttributesTree
from omezarr_tui.tui.widgets.facts import FactsView


class InfoPane(Vertical):
    """Facts above, attributes below."""

    def __init__(self) -> None:
        super().__init__(id="info")
        self.border_title = "Info"

    def compose(self) -> ComposeResult:
        """Facts scroll by themselves, so that the attributes stay in sight."""
        with VerticalScroll(id="facts-scroll", can_focus=False):
            yield FactsView(id="facts")
        yield AttributesTree()

    def show_facts(self, facts: Sequence[Fact], counting: str = "") -> None:
        """Show labelled facts, and what is being counted at the moment."""
        shown = [*facts, Fact("stored", counting)] if counting else list(facts)
        self.query_one(FactsView).show(shown)

    def show_last_fact(self) -> None:
        """Scroll to the end of the facts, where new ones stand."""
        self.query_one("#facts-scroll").scroll_end(animate=False)

    def show_attributes(self, node: Node) -> None:
        """Show the attributes of a node; nothing where it has none."""
        tree = self.query_one(AttributesTree)
        tree.show_attributes(node.attributes if isinstance(node, Group | Array) else {})
        tree.display = not isinstance(node, Broken)
