"""The part of the open screen that goes from folder to folder."""

from __future__ import annotations

from textual import on
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from omezarr_tui.settings import Settings
from omezarr_tui.store.access import Access
from omezarr_tui.store.folders import above
from omezarr_tui.store.location import Location
from omezarr_tui.tui import messages
from omezarr_tui.tui.actions import OPENING, remapped
from omezarr_tui.tui.open_workers import OpenWorkers
from omezarr_tui.tui.opening import Choosing
from omezarr_tui.tui.themes import QUIET
from omezarr_tui.tui.widgets.folder_list import FolderList
from omezarr_tui.tui.widgets.place_line import PlaceLine
from omezarr_tui.tui.widgets.recent_list import RecentList
from omezarr_tui.tui.widgets.rows import Rows

_QUICK = 0.15  # seconds: a folder that is listed within changes without a word


class FolderScreen(Screen[None]):
    """What the open screen stands on: its parts, and the folder that is shown.

    Parameters
    ----------
    start
        How it begins.
    settings
        The user's settings.
    """

    def __init__(self, start: Choosing, settings: Settings) -> None:
        super().__init__()
        self.actions = remapped(settings.keys, OPENING)
        self.settings = settings
        self.work = OpenWorkers(self, settings, start.options)
        self.at: Access | None = None  # of the folder that is shown
        self.wanted = start.folder

    def on_unmount(self) -> None:
        """Let a server that hangs keep nobody from leaving."""
        self.work.stop()

    @property
    def recent(self) -> RecentList:
        """The pane of stores that were opened before."""
        return self.query_one(RecentList)

    @property
    def folders(self) -> FolderList:
        """The pane of the folder."""
        return self.query_one(FolderList)

    @property
    def line(self) -> PlaceLine:
        """The line."""
        return self.query_one(PlaceLine)

    def tell(self, what: str, why: str = "", *, is_error: bool = False) -> None:
        """Say something below the line, where it stays until the next thing is done."""
        style = "$error" if is_error else QUIET
        words = Content.assemble((what, style), (f"\n{why}" if why else "", QUIET))
        self.query_one("#told", Static).update(words)

    def show_folder(self, location: Location, name: str = "") -> None:
        """Go to a folder, with the cursor on one of its names."""
        self.wanted = location
        self.work.list_folder(location, self.at, name)
        self.set_timer(_QUICK, lambda: self._say_reading(location))

    def _say_reading(self, location: Location) -> None:
        folder = self.folders.folder
        if self.wanted == location and (folder is None or folder.location != location):
            self.folders.show_path(location)
            self.folders.border_subtitle = "reading… Esc stops"

    @on(messages.FolderListed)
    def _folder_listed(self, event: messages.FolderListed) -> None:
        if event.folder.location == self.wanted:
            self.at = event.folder.access
            self.folders.show_folder(event.folder, event.name)

    @on(messages.FolderNotListed)
    def _folder_not_listed(self, event: messages.FolderNotListed) -> None:
        if event.location == self.wanted:
            self.stay()
            self.tell(event.error.what, event.error.why, is_error=True)

    def stay(self) -> None:
        """Stay in the folder that is shown."""
        self.folders.border_subtitle = ""
        if self.folders.folder is not None:
            self.wanted = self.folders.folder.location
            self.folders.show_path(self.wanted)

    @on(Rows.Seen, "#folder")
    def _rows_seen(self, event: Rows.Seen) -> None:
        folder = self.folders.folder
        if folder is not None and (names := self.folders.unknown(event.first, event.last)):
            self.work.look_at(folder, names)

    @on(messages.LookedAt)
    def _looked_at(self, event: messages.LookedAt) -> None:
        if self.folders.folder is not None and self.folders.folder.location == event.location:
            self.folders.learn(event.nodes)

    def action_above(self) -> None:
        """Go to the folder above, with the cursor on the one that was left."""
        if (up := above(self.wanted)) is not None:
            self.show_folder(up, self.wanted.name)

    def action_read(self) -> None:
        """List the folder anew."""
        known = self.folders.folder is not None and self.folders.count
        name = self.folders.name_at(self.folders.cursor) if known else None
        self.show_folder(self.wanted, name or "")
