"""Edits from the main screen: what to change, the plan, the dialog, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omezarr_tui.store.node import Array
from omezarr_tui.tui import messages
from omezarr_tui.tui.actions import Needs
from omezarr_tui.tui.edit_workers import Pictured
from omezarr_tui.tui.screens.base import StoreScreen
from omezarr_tui.tui.screens.confirm import preview_room
from omezarr_tui.tui.screens.fill import Filling, FillScreen

if TYPE_CHECKING:
    from omezarr_tui.image.picture import PictureRequest


class EditingScreen(StoreScreen):
    """The part of the main screen that changes the store."""

    def editable(self) -> Array | None:
        """The array that an edit would change: the level that is shown, or the chosen one."""
        request = self.panel.request
        if request is not None:
            return request.sampling().array
        return self.node if isinstance(self.node, Array) else None

    def can_change(self, what: Needs) -> bool:
        """Whether what an action changes can be changed at the moment."""
        if self.access.why_read_only() is not None or self.work.is_writing:
            return False
        match what:
            case "edit":
                return self.editable() is not None
            case "undo":
                return self.edits.undo is not None
            case "redo":
                return self.edits.redo is not None
        return True

    def action_edit(self) -> None:
        """Ask what to fill with which value."""
        node = self.editable()
        if why := self.why_not_now():
            self.tell(why, "warning")
        elif node is None:
            self.tell("Choose an image or an array first: there is nothing to edit here.")
        else:
            request = self.panel.request
            # Over a label image its source is what is shown, and edited.
            image = request.image if request is not None else self.image
            axes = [axis.name for axis in image.multiscale.axes] if image else []
            self.app.push_screen(
                FillScreen(node, axes, _shown_plane(request) if request else {}), self._plan
            )

    def _plan(self, filling: Filling | None) -> None:
        if filling is None:
            return
        request = self.panel.request
        pictured = None
        if request is not None:
            room = preview_room(*self.app.size)
            level = _level_of(request, filling.node)
            pictured = Pictured(request, level, filling.selection.bounds, room)
        self.plan_edit(filling.edit, filling.node.path, pictured)

    def edited(self, event: messages.Edited) -> None:
        """Show values and documents anew."""
        self.work.find_edits(self.node.path)
        self.show_changed()
        if event.nodes:
            self.work.read_again(event.nodes)

    def show_changed(self) -> None:
        """Show values anew: some were changed."""
        raise NotImplementedError


def _shown_plane(request: PictureRequest) -> dict[int, int]:
    """Where the shown plane lies along the axes that are not displayed."""
    sampling = request.sampling()
    return {axis: sampling.position[axis] for axis in request.view.fixed}


def _level_of(request: PictureRequest, node: Array) -> int:
    """Which level of the image an array is."""
    paths = [level.path for level in request.image.levels]
    return paths.index(node.path) if node.path in paths else 0
