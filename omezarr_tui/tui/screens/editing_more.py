"""All that can be changed from the main screen, by way of a menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from omezarr_tui.ome.read import kind_of
from omezarr_tui.store.node import Array, Broken, Group
from omezarr_tui.tui.screens.edit_menu import EditMenu, Item
from omezarr_tui.tui.screens.editing import EditingScreen
from omezarr_tui.tui.screens.metadata import MetadataScreen

if TYPE_CHECKING:
    from omezarr_tui.edit.pixel_form import Operation


_PIXELS: dict[Operation, str] = {
    "fill": "Fill with a value…",
    "arithmetic": "Add, or multiply…",
    "clip": "Limit to a range…",
    "replace": "Replace values; merge, rename or delete labels…",
    "copy": "Copy a plane from another one…",
    "interpolate": "Interpolate a plane from those beside it…",
}


class MoreEditingScreen(EditingScreen, MetadataScreen):
    """The part of the main screen that offers every edit of the node that is chosen."""

    def action_edit_menu(self) -> None:
        """List what can be changed, and go on with what is chosen."""
        if why := self.why_not_now():
            self.tell(why, "warning")
            return
        node = self.node
        if isinstance(node, Broken) or (isinstance(node, Group) and node.zarr_format is None):
            self.tell("There is nothing to edit here: this is no group and no array of Zarr.")
            return
        offers = self._offers()
        items = [Item(name, group, title, why) for name, group, title, why, _ in offers]
        run = {name: action for name, _, _, _, action in offers}

        def answered(chosen: str | None) -> None:
            if chosen is not None:
                run[chosen]()

        self.app.push_screen(EditMenu(node.name or self.access.location.name, items), answered)

    def _offers(self) -> list[tuple[str, str, str, str, Callable[[], None]]]:
        """Each edit: its id, group and title, why not, and what begins it."""
        path = self.node.path
        image = self.panel.request.image if self.panel.request else self.image
        described = path
        if isinstance(self.node, Array) and image is not None and image.multiscale.path != path:
            described = image.multiscale.path
        is_plate = isinstance(self.node, Group) and kind_of(self.node.attributes) == "plate"
        no_image = "" if image or is_plate else "no image here"
        no_pixels = "" if self.editable() is not None else "no array here"
        return [
            (
                "fields",
                "Metadata",
                "Pixel size, units, names, channels, windows…",
                no_image,
                lambda: self.ask_for_fields(described),
            ),
            (
                "attributes",
                "Metadata",
                "Attributes as JSON…",
                "",
                lambda: self.ask_for_attributes(path),
            ),
            *(
                (operation, "Pixels", title, no_pixels, partial(self.action_edit, operation))
                for operation, title in _PIXELS.items()
            ),
        ]
