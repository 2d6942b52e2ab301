"""What the screen asks of the file in which places in its store are kept, in threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.message import Message

from omezarr_tui.settings import state_folder
from omezarr_tui.store.bookmarks import (
    Bookmark,
    add_bookmark,
    keep_left,
    load_kept,
    remove_bookmark,
)
from omezarr_tui.tui.edit_workers import EditWorkers

if TYPE_CHECKING:
    from textual.screen import Screen

    from omezarr_tui.settings import Settings
    from omezarr_tui.store.access import Access


@dataclass
class BookmarksListed(Message):
    """The bookmarks of the store, the newest last."""

    bookmarks: tuple[Bookmark, ...]


class KeepWorkers(EditWorkers):
    """The part of the workers that keeps places.

    Parameters
    ----------
    screen
        Gets the answers.
    access
        The store.
    """

    _settings: Settings

    def __init__(self, screen: Screen[None], access: Access) -> None:
        super().__init__(screen, access)
        self._left: Mapping[str, Mapping[str, Any]] | None = None
        self._unwritten: dict[str, Mapping[str, Any] | None] = {}
        self._writing_left = threading.Lock()

    def view_left(self, image: str) -> Mapping[str, Any] | None:
        """How an image was looked at when the store was left the last time; it reads a file."""
        if not self._settings.remember_views:
            return None
        if self._left is None:
            self._left = load_kept(self._access.location).left
        return self._left.get(image)

    def list_bookmarks(self, change: Callable[[], None] = lambda: None) -> None:
        """Ask for the bookmarks, after a change of them: `BookmarksListed`."""
        location = self._access.location

        def job() -> None:
            change()
            self._screen.post_message(BookmarksListed(load_kept(location).bookmarks))

        # In no lane, where a later one would take its place.
        self._screen.run_worker(job, name="bookmarks", thread=True, exit_on_error=False)

    def add_bookmark(self, bookmark: Bookmark) -> None:
        """Keep a place: `BookmarksListed`."""
        location = self._access.location
        self.list_bookmarks(lambda: add_bookmark(location, bookmark))

    def remove_bookmark(self, bookmark: Bookmark) -> None:
        """Keep a place no more: `BookmarksListed`."""
        location = self._access.location
        self.list_bookmarks(lambda: remove_bookmark(location, bookmark))

    def keep_left(self, views: Mapping[str, Mapping[str, Any] | None]) -> None:
        """Write down how images are left. No answer; the program waits for it before it ends."""
        if not views or not self._settings.remember_views:
            return
        self._unwritten = {**self._unwritten, **views}
        location, folder = self._access.location, state_folder()

        def job() -> None:
            with self._writing_left:  # the first thread in writes what the others came with
                unwritten, self._unwritten = self._unwritten, {}
                if unwritten:
                    keep_left(location, unwritten, folder)

        # No worker of Textual, which would not be run any more when the screen is gone.
        threading.Thread(target=job, name="keep views").start()
