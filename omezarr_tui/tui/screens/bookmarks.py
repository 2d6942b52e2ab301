"""Places that come back: bookmarks of a store, and where each of its images was left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from omezarr_tui.store.bookmarks import Bookmark
from omezarr_tui.text import visible
from omezarr_tui.tui import messages
from omezarr_tui.tui.keep_workers import BookmarksListed
from omezarr_tui.tui.screens.base import StoreScreen
from omezarr_tui.tui.screens.dialog import Dialog
from omezarr_tui.tui.themes import QUIET

if TYPE_CHECKING:
    from omezarr_tui.image.picture import PictureRequest
    from omezarr_tui.ome.discover import Image
    from omezarr_tui.tui.workers import Workers

Steer = Callable[["PictureRequest"], "PictureRequest"]
_WRITE_AFTER = 1.0  # seconds in which pictures that follow one another are written down once


class BookmarksScreen(Dialog[Bookmark | None]):
    """Lists the places that are kept, the newest first; answers with the one to go to.

    Parameters
    ----------
    here
        What is looked at now; None where it is no picture.
    store
        What the store is called.
    work
        Keeps places, and answers with `BookmarksListed`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)", "Back"),
        ("a", "add", "Add"),
        ("delete", "remove", "Remove"),
    ]

    def __init__(self, here: Bookmark | None, store: str, work: Workers) -> None:
        super().__init__()
        self._bookmarks: tuple[Bookmark, ...] | None = None  # while they are not read yet
        self._here, self._store, self._work = here, store, work

    def compose(self) -> ComposeResult:
        """The list, and what keys do."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Bookmarks"
            yield OptionList(markup=False)
            yield Static("", classes="meaning", markup=False)
            yield Static("", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Ask for what there is."""
        self._options.display = False
        self._work.list_bookmarks()

    def show(self, bookmarks: tuple[Bookmark, ...]) -> None:
        """List what there is, the newest last."""
        before, at = self._bookmarks, self._options.highlighted or 0
        was_added = before is None or len(bookmarks) > len(before)
        self._bookmarks = bookmarks[::-1]
        self._options.clear_options()
        self._options.add_options([Option(self._line(one)) for one in self._bookmarks])
        self._options.display = bool(bookmarks)
        if bookmarks:
            self._options.highlighted = 0 if was_added else min(at, len(bookmarks) - 1)
            self._options.focus()
        words = "" if bookmarks else "There are no bookmarks of this store yet."
        self.query_one(".meaning", Static).update(words)
        keys = ["Enter goes there", "Delete removes it"] if bookmarks else []
        keys += ["a adds what is looked at now"] if self._can_add else []
        self.query_one(".hint", Static).update("   ".join([*keys, "Esc back"]))

    @property
    def _options(self) -> OptionList:
        return self.query_one(OptionList)

    @property
    def _can_add(self) -> bool:
        """Whether there is anything to keep that is not kept already."""
        return self._here is not None and self._here not in (self._bookmarks or ())

    def _line(self, bookmark: Bookmark) -> Content:
        image = visible(bookmark.image or self._store)
        is_here = " · here" if bookmark == self._here else ""
        return Content.assemble((visible(bookmark.words), "b"), (f"  {image}{is_here}", QUIET))

    def action_add(self) -> None:
        """Keep what is looked at now."""
        if self._here is not None and self._can_add:
            self._work.add_bookmark(self._here)

    def action_remove(self) -> None:
        """Keep the one under the cursor no more."""
        at = self._options.highlighted
        if self._bookmarks and at is not None:
            self._work.remove_bookmark(self._bookmarks[at])

    @on(OptionList.OptionSelected)
    def _go(self, event: OptionList.OptionSelected) -> None:
        if self._bookmarks:
            self.leave(self._bookmarks[event.option_index])


class BookmarkingScreen(StoreScreen):
    """The part of the main screen that keeps places and comes back to them."""

    looked_at: PictureRequest | None = None
    """The picture that was shown last: here, or in the store before."""
    _left: dict[str, Mapping[str, Any]] | None = None  # how images were left since the start
    _changed: dict[str, Mapping[str, Any] | None] | None = None  # what is not written down yet
    _writing_down: Timer | None = None
    _bookmark: Bookmark | None = None  # which one leads to the next image

    def steer(self, change: Steer) -> None:
        """Change what is looked at, or how."""
        raise NotImplementedError

    # -- bookmarks ------------------------------------------------------------------------

    def action_bookmarks(self) -> None:
        """List the bookmarks of the store."""
        name = self.access.location.name
        screen = BookmarksScreen(self._place_here(), name, self.work)
        self.app.push_screen(screen, self._go_to_bookmark)

    @on(BookmarksListed)
    def _listed_bookmarks(self, event: BookmarksListed) -> None:
        if isinstance(self.app.screen, BookmarksScreen):
            self.app.screen.show(event.bookmarks)

    def _place_here(self) -> Bookmark | None:
        from omezarr_tui.image.goto import place_text
        from omezarr_tui.image.kept import as_kept

        if (request := self.panel.request) is None:
            return None
        words = place_text(request) or "the whole plane"
        return Bookmark(request.image.multiscale.path, words, as_kept(request))

    def _go_to_bookmark(self, bookmark: Bookmark | None) -> None:
        from omezarr_tui.image.kept import restored

        if bookmark is None:
            return
        request = self.panel.request
        if request is not None and request.image.multiscale.path == bookmark.image:
            self.steer(partial(restored, kept=bookmark.view))
            self._lay_labels(request.image, bookmark.view)
        else:
            self._bookmark = bookmark
            self.hierarchy.reveal(bookmark.image)

    @on(messages.Described)
    def _miss_bookmark(self, event: messages.Described) -> None:
        """Tell that the image of a bookmark was not found: it would have been shown by now."""
        wanted, self._bookmark = self._bookmark, None
        if wanted is not None:
            self.tell(f"There is no image {visible(wanted.image)} any more.", "warning")

    # -- label images that lay over images --------------------------------------------------

    def lay_kept_labels(self, event: messages.Described) -> None:
        """Ask for the label image that comes back with the view of an image."""
        assert event.image is not None
        path, bookmark = event.image.multiscale.path, self._bookmark
        if bookmark is not None and bookmark.image == path:
            kept: Mapping[str, Any] | None = bookmark.view
        else:
            kept = (self._left or {}).get(path, event.left)
        if kept is not None:
            self._lay_labels(event.image, kept)

    def _lay_labels(self, image: Image, kept: Mapping[str, Any]) -> None:
        from omezarr_tui.image.kept import kept_labels

        if (found := kept_labels(kept)) is not None:
            self.work.kept_labels(image, *found)

    # -- where images were left -----------------------------------------------------------

    def come_back(self, event: messages.Described) -> Steer:
        """How an image is looked at when it is shown: as a bookmark says, or as it was left.

        An image as large as the one before it is looked at in the same place.
        """
        from omezarr_tui.image.kept import restored
        from omezarr_tui.image.steering import at_same_place

        assert event.image is not None
        path, before, left = event.image.multiscale.path, self.looked_at, self._left or {}
        if self._bookmark is not None and self._bookmark.image == path:
            kept, self._bookmark = self._bookmark.view, None
            return partial(restored, kept=kept)

        def again(request: PictureRequest) -> PictureRequest:
            if (kept := left.get(path, event.left)) is not None:
                # What goes for all images is as the user has it now, if anything was shown yet.
                request = restored(request, kept, colors=not left)
            there = at_same_place(request, before) if before is not None else None
            return there or request

        return again

    @on(messages.Painted)
    def _note_view(self, event: messages.Painted) -> None:
        from omezarr_tui.image.kept import as_kept
        from omezarr_tui.image.look import Look
        from omezarr_tui.image.picture import PictureRequest
        from omezarr_tui.image.view import first_view

        if event.picture is not self.panel.picture or event.picture.preliminary:
            return
        request = self.looked_at = event.picture.request
        image, view = request.image, first_view(request.image)
        assert view is not None
        kept = as_kept(request)
        by_itself = PictureRequest(image, view, request.room, Look(), image.pinned)
        path = image.multiscale.path
        self._left = {**(self._left or {}), path: kept}
        self._changed = self._changed or {}
        self._changed[path] = None if kept == as_kept(by_itself) else kept
        if self._writing_down is None:
            self._writing_down = self.set_timer(_WRITE_AFTER, self._write_down)

    def _write_down(self) -> None:
        changed, self._changed, self._writing_down = self._changed, None, None
        if changed:
            self.work.keep_left(changed)

    def on_unmount(self) -> None:
        """Write down how images are left, before the program ends."""
        self._write_down()
