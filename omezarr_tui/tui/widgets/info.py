"""The info pane: what is known of the chosen node, and its attributes."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from omezarr_tui.ome.describe import Fact
from omezarr_tui.store.node import Array, Broken, Group, Node
from omezarr_tui.tui.widgets.attributes import AttributesTree


class InfoPane(Vertical):
    """Facts above, attributes below."""

    def __init__(self) -> None:
        super().__init__(id="info")
        self.border_title = "Info"

    def compose(self) -> ComposeResult:
        """Facts scroll by themselves, so that the attributes stay in sight."""
        with VerticalScroll(id="facts-scroll", can_focus=False):
            yield Static(id="facts", markup=False)
        yield AttributesTree()

    def show_facts(self, facts: Sequence[Fact], counting: str = "") -> None:
        """Show labelled facts, and what is being counted at the moment."""
        shown = [*facts, Fact("stored", counting)] if counting else list(facts)
        width = max((len(fact.label) for fact in shown), default=0)
        lines = []
        for fact in shown:
            parts: list[str | tuple[str, str]] = [(f"{fact.label:<{width}}  ", "$text-muted")]
            if fact.color:
                parts.append(("■ ", f"#{fact.color}"))
            if fact.warning:
                parts.append((f"{'' if fact.value.startswith('✗') else '! '}", "$text-warning"))
            value = Content.styled(fact.value, "$text-warning" if fact.warning else "")
            lines.append(Content.assemble(*parts, value))
        self.query_one("#facts", Static).update(Content("\n").join(lines))

    def show_attributes(self, node: Node) -> None:
        """Show the attributes of a node; nothing where it has none."""
        tree = self.query_one(AttributesTree)
        tree.show_attributes(node.attributes if isinstance(node, Group | Array) else {})
        tree.display = not isinstance(node, Broken)
