"""The tree pane: children come when a group is opened, page by page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from omezarr_tui.store.listing import Listing
from omezarr_tui.store.node import Array, Broken, Group, Node, join_path, parent_path
from omezarr_tui.store.search import Found
from omezarr_tui.text import visible
from omezarr_tui.tui.actions import bindings
from omezarr_tui.tui.widgets.hierarchy_items import Item, More, colour_of, name_of, told_of
from omezarr_tui.tui.widgets.outline import Outline

_GAP = 2  # cells between a name and what is told of it


class HierarchyTree(Outline[Item]):
    """The nodes of a store. It asks for children with `Wanted` and tells with `Chosen`."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("hierarchy")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "hierarchy--ome",
        "hierarchy--array",
        "hierarchy--broken",
        "hierarchy--quiet",
    }

    @dataclass
    class Wanted(Message):
        """The next page of a group's children is wanted."""

        group: Group
        before: Listing | None
        rows: int | None = None

    @dataclass
    class Chosen(Message):
        """The cursor stands on a node."""

        node: Node

    def __init__(self, title: str, root: Node, first: Listing | None) -> None:
        super().__init__(visible(title), root, id="hierarchy")
        self.border_title = "Hierarchy"
        self._title = title
        self._root = root
        self._reset()
        self.root.allow_expand = isinstance(root, Group)
        if first is not None:
            self.fill(first)
            self.root.expand()

    def _reset(self) -> None:
        self._places: dict[str, TreeNode[Item]] = {self._root.path: self.root}
        self._listings: dict[str, Listing] = {}
        self._asked: set[str] = set()
        self._failed: set[str] = set()  # groups whose next page could not be listed
        self._part_shown: set[str] = set()  # groups of which a search shows some children
        self._to_open: set[str] = set()  # groups that are opened as soon as they are there
        self._seek: str | None = None
        self._quietly = False  # whether what is sought is shown already
        self._stood: str | None = None  # the node where the cursor was last known to stand

    # -- what workers bring ---------------------------------------------------------------

    def fill(self, listing: Listing) -> None:
        """Add a page of children to their group."""
        group = listing.group
        self._asked.discard(group.path)
        place = self._places.get(group.path)
        held = self._listings.get(group.path)
        if place is None or listing.start != (held.stop if held else 0):
            return
        self._listings[group.path] = listing
        self._failed.discard(group.path)
        if not listing.complete:
            self.tell_whole()
        # The cursor, where it stood on "more", goes on to the first of the new ones.
        line = self.cursor_line
        was_on_more = self.cursor_node is not None and isinstance(self.cursor_node.data, More)
        if held is None:
            place.remove_children()  # what stood there while it was not listed
        elif place.children and isinstance(place.children[-1].data, More):
            place.children[-1].remove()
        for node in listing.nodes:
            self._add(place, node)
        if left := len(listing.names) - listing.stop:
            place.add_leaf("", More(group, left))
        elif not place.children:
            place.allow_expand = False
        if was_on_more:  # else Textual keeps it on its node
            self.cursor_line = line
            self.call_after_refresh(self._tell_chosen)
        if self._seek is not None:
            self.reveal(self._seek, quietly=self._quietly)

    def tell_whole(self) -> None:
        """Say below the tree where it may lack something, and nothing where it does not."""
        whole = all(listing.complete for listing in self._listings.values())
        self.border_subtitle = "" if whole else "may be incomplete: no listing"

    def fail(self, group: Group, why: str) -> None:
        """Show in the place of a group's children, or of more of them, why there are none."""
        self._asked.discard(group.path)
        if group.path in self._places:
            self._failed.add(group.path)
            self._end(group, Broken(_rest_of(group), "cannot be listed", why))

    def list_again(self) -> None:
        """Ask again for the children that could not be listed where the cursor stands."""
        place = self.cursor_node
        item = place.data if place is not None else None
        if place is not None and place.parent is not None and isinstance(item, Broken):
            item = place.parent.data
        if isinstance(item, Group) and item.path in self._failed:
            self._list_again(item)

    def _list_again(self, group: Group) -> None:
        self._failed.discard(group.path)
        held = self._listings.get(group.path)
        self._end(group, More(group, len(held.names) - held.stop if held else None))
        self._want(group)

    def _end(self, group: Group, item: Item) -> None:
        """Let a line stand in the place of the children that were not read."""
        place, line = self._places[group.path], self.cursor_line
        was_there = self.cursor_node is not None and self.cursor_node.parent is place
        last = place.children[-1] if place.children else None
        if last is not None and (
            isinstance(last.data, More)
            or (isinstance(last.data, Broken) and last.data.path == _rest_of(group))
        ):
            last.remove()
        place.add_leaf("", item)
        self.cursor_line = line
        if was_there:
            self.call_after_refresh(self._tell_chosen)

    def open_all(self, listings: list[Listing]) -> None:
        """Add the first pages of many groups, parents first, and open them."""
        for listing in listings:
            if listing.group.path not in self._listings:
                self.fill(listing)
            if place := self._places.get(listing.group.path):
                place.expand()

    def show_found(self, found: Found) -> None:
        """Show only the nodes of a search, below the groups that lead to them."""
        self._clear()
        self._part_shown = {group.path for group in found.above} | {self._root.path}
        for node in (*found.above, *found.nodes):
            if node.path in self._places:
                continue
            above = self._places.get(parent_path(node.path), self.root)
            self._add(above, node)
        for group in found.above:
            self._places[group.path].expand()
        self.root.expand()
        if found.nodes:
            self.call_after_refresh(self.move_cursor, self._places[found.nodes[0].path])
            # The line may be the one that the cursor stood on: of that the tree tells nothing.
            self.call_after_refresh(self._tell_chosen)

    def show_all(self, first: Listing | None, path: str) -> None:
        """Show the whole hierarchy again, with the cursor on a node.

        Where all is to be listed anew (no `first`), groups that were open are opened again.
        """
        opened = {path for path, place in self._places.items() if place.is_expanded}
        self._clear()
        if first is not None:
            self.fill(first)
        else:
            self._to_open = opened
        self.root.expand()
        self.reveal(path)

    def mend(self, nodes: Iterable[Node]) -> None:
        """Show nodes that are sound now in the place of broken ones."""
        for node in nodes:
            place = self._places.get(node.path)
            was_broken = place is not None and isinstance(place.data, Broken)
            if place is not None and was_broken and not isinstance(node, Broken):
                place.data = node
                place.allow_expand = isinstance(node, Group)
                place.refresh()

    def renew(self, nodes: Iterable[Node]) -> None:
        """Show nodes as they are now in the place of what they were."""
        for node in nodes:
            if node.path == self._root.path:
                self._root = node
            if place := self._places.get(node.path):
                place.data = node
                place.allow_expand = isinstance(node, Group)
                place.refresh()

    # -- moving ---------------------------------------------------------------------------

    def reveal(self, path: str, *, quietly: bool = False) -> None:
        """Open the groups that lead to a node and put the cursor on it; pages come as needed.

        Quietly, what is shown already is not told of, and the cursor stays where it is if the
        node cannot be reached.
        """
        self._seek, self._quietly = path, quietly
        at = path
        while at not in self._places and at:
            at = parent_path(at)
        place = self._places.get(at)
        if place is None or at == path:
            self._seek = None
            if place is not None:
                self.call_after_refresh(self._go_to, place, quietly)
            return
        listing = self._listings.get(at)
        name = path[len(at) :].strip("/").partition("/")[0]
        if isinstance(place.data, Group) and (
            listing is None or (name in listing.names and name in listing.names[listing.stop :])
        ):
            place.expand()
            rows = listing.names.index(name) - listing.stop + 1 if listing else None
            self._want(place.data, rows)
            return
        self._seek = None
        if not quietly:
            self.call_after_refresh(self._go_to, place)

    def _go_to(self, place: TreeNode[Item], quietly: bool = False) -> None:
        if quietly and isinstance(place.data, Group | Array | Broken):
            self._stood = place.data.path
        self.move_cursor(place)

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[Item]) -> None:
        """Ask for the children of a group that is opened for the first time."""
        group = event.node.data
        if not isinstance(group, Group) or group.path in self._part_shown:
            return
        if group.path in self._failed:
            self._list_again(group)
        elif group.path not in self._listings:
            if not event.node.children:
                event.node.add_leaf("", More(group))
            self._want(group)

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[Item]) -> None:
        """Tell which node the cursor stands on; on "more", ask for more."""
        item = event.node.data
        if isinstance(item, More):
            self._want(item.group)
        elif item is not None and event.node is self.cursor_node and item.path != self._stood:
            # Textual also tells of a node that only moved to another line.
            self._stood = item.path
            if self._quietly:  # the user goes elsewhere meanwhile
                self._seek = None
            self.post_message(self.Chosen(item))

    def watch_scroll_y(self, old: float, new: float) -> None:
        """Ask for more as soon as the end of a page is seen."""
        super().watch_scroll_y(old, new)
        top = int(new)
        for line in range(top, top + self.size.height):
            place = self.get_node_at_line(line)
            if place is not None and isinstance(place.data, More):
                self._want(place.data.group)

    def _tell_chosen(self) -> None:
        place = self.get_node_at_line(self.cursor_line)
        if place is not None and isinstance(place.data, Group | Array | Broken):
            self._stood = place.data.path
            self.post_message(self.Chosen(place.data))

    def _want(self, group: Group, rows: int | None = None) -> None:
        if group.path not in self._asked:
            self._asked.add(group.path)
            self.post_message(self.Wanted(group, self._listings.get(group.path), rows))

    def _add(self, place: TreeNode[Item], node: Node) -> TreeNode[Item]:
        added = place.add("", node) if isinstance(node, Group) else place.add_leaf("", node)
        self._places[node.path] = added
        if node.path in self._to_open:
            self._to_open.discard(node.path)
            added.expand()
        return added

    def _clear(self) -> None:
        self.clear()
        self.root.data = self._root
        self._reset()

    # -- looks ----------------------------------------------------------------------------

    def get_label_width(self, node: TreeNode[Item]) -> int:
        """The least width of a line: what is told of a node is cut before its name is."""
        return len(self._name_of(node)) + _GAP

    def render_label(self, node: TreeNode[Item], base_style: Style, style: Style) -> Text:
        """One line: the name at the left, what is told of it at the right edge."""
        item = node.data
        name = self._name_of(node)
        room = self.scrollable_content_region.width - self._indent(node) - len(name) - _GAP
        told = told_of(item, room)
        quiet = self.get_component_rich_style("hierarchy--quiet", partial=True)
        part = colour_of(item)
        colour = self.get_component_rich_style(part, partial=True) if part else Style()
        text = Text(no_wrap=True, end="")
        text.append(name, style=style + colour)
        if told:
            text.append(" " * max(_GAP, room - len(told) + _GAP - 1), style=style)
            loud = isinstance(item, Broken) or (isinstance(item, Group) and part)
            text.append(told, style=style + (colour if loud else quiet))
        text.stylize_before(base_style)
        return text

    def _name_of(self, node: TreeNode[Item]) -> str:
        icon = self.ICON_NODE_EXPANDED if node.is_expanded else self.ICON_NODE
        return name_of(node.data, icon if node.allow_expand else "", self._title)


def _rest_of(group: Group) -> str:
    """The path under which it is told that a group's children cannot be listed."""
    return join_path(group.path, "…")
