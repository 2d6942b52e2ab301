"""A tree that opens with → and closes with ←: what both trees of the program do."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.widgets import Tree
from textual.widgets.tree import TreeNode

Data = TypeVar("Data")


class Outline(Tree[Data], Generic[Data]):
    """Textual's tree without guides, and with keys that know where the cursor stands."""

    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "

    def __init__(self, label: str, data: Data, *, id: str) -> None:
        super().__init__(label, data, id=id)
        self.show_guides = False
        self.guide_depth = 2

    def _indent(self, node: TreeNode[Data]) -> int:
        """Cells before a node's label."""
        depth = 0
        above = node.parent
        while above is not None:
            above = above.parent
            depth += 1
        return depth * self.guide_depth

    def action_open(self) -> None:
        """Open what the cursor stands on, or go to its first child."""
        place = self.cursor_node
        if place is None or not place.allow_expand:
            return
        if place.is_expanded:
            self.action_cursor_down()
        else:
            place.expand()

    def action_close(self) -> None:
        """Close what the cursor stands on, or go to its parent."""
        place = self.cursor_node
        if place is None:
            return
        if place.is_expanded and place.allow_expand:
            place.collapse()
        else:
            self.action_cursor_parent()
