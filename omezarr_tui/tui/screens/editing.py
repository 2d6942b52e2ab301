"""Edits from the main screen: what to change, the plan, the dialog, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omezarr_tui.image.channels import channel_axis
from omezarr_tui.image.selection import parse_selection, whole
from omezarr_tui.store.node import Array
from omezarr_tui.tui import messages
from omezarr_tui.tui.actions import Needs
from omezarr_tui.tui.edit_workers import Pictured
from omezarr_tui.tui.screens.base import StoreScreen
from omezarr_tui.tui.screens.confirm import preview_room
from omezarr_tui.tui.screens.fill import FillScreen, Target, pixel_edit

if TYPE_CHECKING:
    from omezarr_tui.edit.pixel_form import Operation
    from omezarr_tui.image.picture import PictureRequest
    from omezarr_tui.image.region import Region
    from omezarr_tui.ome.discover import Image


class EditingScreen(StoreScreen):
    """The part of the main screen that changes the store."""

    drawn_region: Region | None

    def editable(self) -> Array | None:
        """The array that an edit would change: the finest level of the image that is shown.

        Where an array was chosen by itself, that one.
        """
        request = self.panel.request
        if isinstance(self.node, Array) and (request is None or request.image.pinned is not None):
            return self.node
        if request is not None:
            finest = request.image.levels[0]
            return finest if isinstance(finest, Array) else None
        return self.node if isinstance(self.node, Array) else None

    def can_change(self, what: Needs) -> bool:
        """Whether what an action changes can be changed at the moment."""
        if self.access.why_read_only() is not None or self.work.is_writing:
            return False
        match what:
            case "edit":
                return self.editable() is not None
            case "undo":
                return self.edits.undo is not None or self.edits.interrupted is not None
            case "redo":
                return self.edits.redo is not None
        return True

    def action_edit(self, operation: Operation = "fill") -> None:
        """Ask which pixels to change, and how."""
        node = self.editable()
        if self.is_prevented():
            return
        if node is None:
            self.tell("Choose an image or an array first: there is nothing to edit here.")
        else:
            self._ask_for_pixels(self._target(node), operation)

    def _ask_for_pixels(
        self, target: Target, operation: Operation, typed: dict[str, str] | None = None
    ) -> None:
        def answered(values: dict[str, str] | None) -> None:
            if values is not None:
                self._plan_pixels(target, operation, values)

        self.app.push_screen(FillScreen(target, operation, typed), answered)

    def _target(self, node: Array) -> Target:
        request = self.panel.request
        # Over a label image its source is what is shown, and edited.
        image = request.image if request is not None else self.image
        axes = [axis.name for axis in image.multiscale.axes] if image else []
        overlay = request.overlay if request is not None else None
        return Target(
            node,
            axes,
            _shown_plane(request, node, self.drawn_region) if request else {},
            request.view.moving if request is not None else None,
            _level_of(image, node),
            len(image.levels) if image else 1,
            overlay.labels.multiscale.path if overlay else None,
        )

    def _plan_pixels(self, target: Target, operation: Operation, values: dict[str, str]) -> None:
        request = self.panel.request
        pictured = None
        if request is not None:
            text = values["where"].strip()
            shape = target.node.shape
            selection = parse_selection(text, shape, target.names) if text else whole(shape)
            room = preview_room(*self.app.size)
            pictured = Pictured(request, target.level, selection.bounds, room)
        self.plan_edit(
            lambda store: pixel_edit(store, target, operation, values),
            target.node.path,
            pictured,
            again=lambda: self._ask_for_pixels(target, operation, values),
        )

    def edited(self, event: messages.Edited) -> None:
        """Show values and documents anew."""
        self.work.find_edits(self.node.path)
        self.show_changed()
        if event.changed_names:
            path = self.node.path
            for old, new in event.moved:
                if path == old or path.startswith(f"{old}/"):
                    path = new + path[len(old) :]
            self.list_next = path
        if event.nodes:
            self.work.read_again(event.nodes)
        elif self.list_next is not None:
            self.list_anew()

    def show_changed(self) -> None:
        """Show values anew: some were changed."""
        raise NotImplementedError


def _shown_plane(
    request: PictureRequest, node: Array, region: Region | None
) -> dict[int, int | slice]:
    """Where the shown plane lies in an array, and in it the region that was drawn."""
    view = request.view
    if len(node.shape) != len(view.extent):
        return {}
    together = channel_axis(request.image) if request.is_composed else None
    plane: dict[int, int | slice] = {
        axis: view.position(axis, node.shape[axis]) for axis in view.fixed if axis != together
    }
    if region is not None and region.is_across(view):
        plane |= dict(zip((region.rows, region.columns), region.slices(node), strict=True))
    return plane


def _level_of(image: Image | None, node: Array) -> int:
    """Which level of the image an array is."""
    paths = [level.path for level in image.levels] if image else []
    return paths.index(node.path) if node.path in paths else 0
