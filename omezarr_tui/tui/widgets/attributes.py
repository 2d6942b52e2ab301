"""Attributes as a JSON tree: values open on demand, and can be searched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import BindingType
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from omezarr_tui.text import compact_json, plural, visible
from omezarr_tui.tui.actions import bindings
from omezarr_tui.tui.widgets.outline import Outline

Path = tuple[str | int, ...]
_LINE = 40  # characters of a value that is opened because it is too long for its line
_CHILDREN = 500  # of one object or list that are shown


@dataclass(frozen=True, slots=True)
class Value:
    """One value of the attributes, and the way to it."""

    path: Path
    value: Any

    @property
    def children(self) -> Iterator[Value]:
        """The values inside."""
        if isinstance(self.value, Mapping):
            for key, value in self.value.items():
                yield Value((*self.path, str(key)), value)
        elif isinstance(self.value, list):
            for at, value in enumerate(self.value):
                yield Value((*self.path, at), value)


class AttributesTree(Outline[Value]):
    """The attributes of the node that is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("info")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "attributes--key",
        "attributes--value",
        "attributes--quiet",
    }

    def __init__(self) -> None:
        super().__init__("attributes", Value((), {}), id="attributes")
        self._attributes: Mapping[str, Any] = {}

    def show_attributes(self, attributes: Mapping[str, Any]) -> None:
        """Show the attributes of another node."""
        self._attributes = attributes
        self.clear()
        self.root.data = Value((), attributes)
        self.root.allow_expand = bool(attributes)
        self._fill(self.root)
        self.root.expand()

    def find(self, text: str, after: Path | None = None) -> Path | None:
        """Open and highlight the next key or value that contains a text, whatever its case.

        Returns
        -------
        path
            Where it is; None where nothing contains the text.
        """
        wanted = text.casefold()
        hits = [
            value.path
            for value in _below(Value((), self._attributes))
            if wanted in str(value.path[-1]).casefold()
            or (
                not isinstance(value.value, Mapping | list)
                and wanted in compact_json(value.value).casefold()
            )
        ]
        if not hits:
            return None
        at = hits.index(after) + 1 if after in hits else 0
        path = hits[at % len(hits)]
        self._reveal(path)
        return path

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[Value]) -> None:
        """Add the values inside when a value is opened for the first time."""
        if not event.node.children:
            self._fill(event.node)

    def get_label_width(self, node: TreeNode[Value]) -> int:
        """Width of a line."""
        return len(self._label(node)[0]) + len(self._label(node)[1]) + 2

    def render_label(self, node: TreeNode[Value], base_style: Style, style: Style) -> Text:
        """One line: the key and its value, or how much is in it."""
        key, told, quiet = self._label(node)
        room = self.scrollable_content_region.width - self._indent(node) - len(key)
        if len(told) > room > 1:
            told = told[: room - 1] + "…"
        parts = ("attributes--quiet" if quiet else "attributes--value", "attributes--key")
        value_style, key_style = (self.get_component_rich_style(p, partial=True) for p in parts)
        return Text.assemble((key, style + key_style), (told, style + value_style))

    def _label(self, node: TreeNode[Value]) -> tuple[str, str, bool]:
        item = node.data
        icon = "  "
        if node.allow_expand:
            icon = self.ICON_NODE_EXPANDED if node.is_expanded else self.ICON_NODE
        if item is None:
            return icon, str(node.label), True
        key = visible(item.path[-1]) if item.path else "attributes"
        if isinstance(item.value, Mapping | list):
            word = "key" if isinstance(item.value, Mapping) else "item"
            count = plural(len(item.value), word) if item.value else "empty"
            return icon + key, f"  {count}", True
        return f"{icon}{key}  ", compact_json(item.value), False

    def _fill(self, node: TreeNode[Value]) -> None:
        if node.data is None:
            return
        if not isinstance(node.data.value, Mapping | list):
            for line in wrap(compact_json(node.data.value), _LINE, replace_whitespace=False):
                node.add_leaf(Text(line), None)
            return
        for at, value in enumerate(node.data.children):
            if at == _CHILDREN:
                left = len(node.data.value) - _CHILDREN
                node.add_leaf(f"… {plural(left, 'more', 'more')}; find with /", None)
                break
            _add(node, value)

    def _reveal(self, path: Path) -> None:
        node = self.root
        for depth in range(1, len(path) + 1):
            if not node.children:
                self._fill(node)
            node.expand()
            wanted = path[:depth]
            inside = [c for c in node.children if c.data is not None and c.data.path == wanted]
            if not inside:
                # It lies beyond what is shown of a long list: shown by itself at the end.
                value: Any = self._attributes
                for step in wanted:
                    value = value[step]
                inside = [_add(node, Value(wanted, value))]
            node = inside[0]
        self.call_after_refresh(self.move_cursor, node)


def _add(node: TreeNode[Value], value: Value) -> TreeNode[Value]:
    can_open = bool(value.value)
    if not isinstance(value.value, Mapping | list):
        can_open = len(compact_json(value.value)) > _LINE
    return node.add("", value, allow_expand=can_open)


def _below(value: Value) -> Iterator[Value]:
    for child in value.children:
        yield child
        yield from _below(child)
