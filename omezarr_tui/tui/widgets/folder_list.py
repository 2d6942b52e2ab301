"""A folder, and what of it is a store."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from omezarr_tui.ome.describe import format_line
from omezarr_tui.ome.discover import mark
from omezarr_tui.store.folders import Folder, above
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Array, Broken, Group, Node
from omezarr_tui.text import format_shape, visible
from omezarr_tui.tui.actions import bindings
from omezarr_tui.tui.widgets.rows import Part, Rows


class FolderList(Rows):
    """The folders and stores in a folder; the first row leads to the folder above."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("folder")

    def __init__(self) -> None:
        super().__init__(id="folder")
        self.border_title = "Folder"
        self.folder: Folder | None = None
        self._found: dict[str, Node | None] = {}
        self._up = 0
        self._shown: Location | None = None

    def show_folder(self, folder: Folder, name: str = "") -> None:
        """Show a folder, with the cursor on a name, or on the first one."""
        self.folder = folder
        self._found = {}
        self._up = 1 if above(folder.location) is not None else 0
        self.show_path(folder.location)
        self.border_subtitle = ""
        at = folder.names.index(name) if name in folder.names else 0
        self.say(*folder.why_empty)
        self.show(len(folder.names) + self._up, at + self._up)

    def show_path(self, location: Location) -> None:
        """Tell in the title which folder it is; of a long path its end."""
        self._shown = location
        room = max(8, self.size.width - 16)
        path = visible(location.url)
        self.border_title = f"Folder  {path if len(path) <= room else '…' + path[-room:]}"

    def on_resize(self) -> None:
        """Show as much of the path as there is room for."""
        super().on_resize()
        if self._shown is not None:
            self.show_path(self._shown)

    def learn(self, nodes: dict[str, Node | None]) -> None:
        """Show what some of the names are."""
        self._found |= nodes
        self.refresh()

    def unknown(self, first: int, last: int) -> list[str]:
        """The names of some rows of which it is not known what they are."""
        names = self.folder.names if self.folder else ()
        shown = names[max(0, first - self._up) : max(0, last - self._up)]
        return [name for name in shown if name not in self._found]

    def name_at(self, at: int) -> str | None:
        """The name in a row; None for the row that leads up."""
        assert self.folder is not None
        return None if at < self._up else self.folder.names[at - self._up]

    def is_plain(self, name: str) -> bool:
        """Whether a name is known to be a plain folder, to go into."""
        assert self.folder is not None
        return self._found.get(name, name) is None and name not in self.folder.zips

    # -- looks ----------------------------------------------------------------------------

    def left(self, at: int, line: int) -> list[Part]:
        """The name, with a sign for what it is."""
        name = self.name_at(at)
        if name is None:
            return [("◂ ..", "rows--quiet")]
        assert self.folder is not None
        node = self._found.get(name)
        if isinstance(node, Broken):
            return [(f"✗ {visible(name)}", "rows--broken")]
        if node is not None or name in self.folder.zips:
            return [(f"▪ {visible(name)}", "rows--store")]
        return [(f"▸ {visible(name)}", "rows--plain")]

    def right(self, at: int, line: int) -> list[Part]:
        """What it is."""
        name = self.name_at(at)
        if name is None:
            return []
        assert self.folder is not None
        if name in self.folder.zips:
            return [("zip", "rows--store")]
        if name not in self._found:
            return []
        node = self._found[name]
        if node is None:
            return [("folder", "rows--quiet")]
        if isinstance(node, Broken):
            return [(visible(node.reason, 40), "rows--broken")]
        kind: Part = (f"  {mark(node):>11}", "rows--store")
        if isinstance(node, Array):
            return [(f"{format_shape(node.shape)}  {node.dtype.name}", "rows--quiet"), kind]
        assert isinstance(node, Group)
        return [(format_line(node), "rows--quiet"), kind]
