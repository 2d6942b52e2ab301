"""What lies over the picture: a label image, and the cursor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from omezarr_tui.image.cursor import (
    Cursor,
    cursor_at,
    cursor_in_middle,
    cursor_moved,
    is_seen,
    sample_of,
)
from omezarr_tui.image.overlay import OPACITIES, Overlay, same_place
from omezarr_tui.image.placing import matched_axes
from omezarr_tui.image.view import first_view
from omezarr_tui.tui.widgets.axis_bar import AxisBar
from omezarr_tui.tui.widgets.picture import PictureView
from omezarr_tui.tui.widgets.plate_pane import PlatePane

if TYPE_CHECKING:
    from omezarr_tui.image.picture import Picture, PictureRequest
    from omezarr_tui.ome.discover import Image


class OverlaidPane(PlatePane):
    """A pane whose picture may have labels and a cursor over it.

    Parameters
    ----------
    ask_above
        As of `PlatePane`.
    """

    class CursorPut(Message):
        """The cursor stands elsewhere, or is there no more."""

    def __init__(self, ask_above: int) -> None:
        super().__init__(ask_above)
        self.request: PictureRequest | None = None
        self.picture: Picture | None = None
        self.cursor: Cursor | None = None
        self._taken_away: Cursor | None = None
        self._opacity = OPACITIES[0]

    def steer(self, change: Callable[[PictureRequest], PictureRequest]) -> None:
        """Change what is looked at, or how."""
        raise NotImplementedError

    # -- labels ---------------------------------------------------------------------------

    def lay_over(self, image: Image, labels: Image | None, opacity: int | None = None) -> bool:
        """Show an image with a label image over it, or alone, at the place that is looked at.

        Returns
        -------
        shown
            Whether the image has a plane to show.
        """
        if opacity is not None:
            self._opacity = opacity
        overlay = None if labels is None else Overlay(labels, self._opacity)
        view = first_view(image)
        if self.request is None or view is None:
            return False
        shown = self.request.image
        if shown.multiscale == image.multiscale:
            self.steer(lambda request: replace(request, overlay=overlay))
            return True
        view = same_place(self.request.view, shown, view, image)
        if self.cursor is not None:
            axes = matched_axes(image.multiscale, shown.multiscale)
            places = self.cursor.places
            self.cursor = Cursor({new: places[old] for new, old in axes.items() if old in places})
        self.picture = None
        self.steer(
            lambda request: replace(
                request,
                image=image,
                view=view,
                look=replace(request.look, channels=()),
                level=image.pinned,
                overlay=overlay,
            )
        )
        return True

    def change_opacity(self) -> None:
        """Show more or less of the picture through the labels, or their outlines only."""
        if self.request is not None and (overlay := self.request.overlay) is not None:
            changed = overlay.next_opacity()
            self._opacity = changed.opacity
            self.steer(lambda request: replace(request, overlay=changed))

    # -- the cursor -----------------------------------------------------------------------

    @property
    def mark(self) -> tuple[int, int] | None:
        """The sample of the picture that the cursor is on."""
        if self.cursor is None or self.picture is None:
            return None
        return sample_of(self.cursor, self.picture.sampling, self.picture.request.view)

    def toggle_cursor(self) -> bool:
        """Show the cursor, or take it away.

        It comes back where it was, if that is in sight; else in the middle of the picture.

        Returns
        -------
        shown
            Whether it is there now.
        """
        before = self._taken_away
        if self.cursor is not None:
            self._taken_away = self.cursor
            self._put(None)
        elif (picture := self.picture) is not None:
            if before is None or not is_seen(before, picture.sampling, picture.request.view):
                before = cursor_in_middle(picture.sampling)
            self._put(before)
        return self.cursor is not None

    @on(PictureView.Pointed)
    def _point(self, event: PictureView.Pointed) -> None:
        if (picture := self.picture) is not None:
            row = min(event.row, picture.sampling.grid[0] - 1)
            self._put(cursor_at(self.cursor or Cursor(), picture.sampling, row, event.column))

    @on(PictureView.Moved)
    def _move(self, event: PictureView.Moved) -> None:
        picture, cursor = self.picture, self.cursor
        if picture is None or cursor is None:
            return
        before = picture.request.view
        moved, view = cursor_moved(cursor, picture.sampling, before, event.rows, event.columns)
        self._put(moved)
        if view != before:  # it would leave the window
            self.steer(lambda request: replace(request, view=view))

    def put_cursor(self, cursor: Cursor) -> None:
        """Show the cursor elsewhere in the plane."""
        self._put(cursor)

    def _put(self, cursor: Cursor | None) -> None:
        self.cursor = cursor
        self.post_message(self.CursorPut())
        if self.picture is not None:
            self.view.show_mark(self.mark)
            self.query_one(AxisBar).show(self.picture, self.mark)
