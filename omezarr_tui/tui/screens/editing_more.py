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
from omezarr_tui.tui.screens.structure import StructureScreen

if TYPE_CHECKING:
    from omezarr_tui.edit.pixel_form import Operation
    from omezarr_tui.ome.discover import Image


Offer = tuple[str, str, str, str, Callable[[], None]]
"""An edit: its id, group and title, why it cannot be done here, and what begins it."""

_PIXELS: dict[Operation, str] = {
    "fill": "Fill with a value…",
    "arithmetic": "Add, or multiply…",
    "clip": "Limit to a range…",
    "replace": "Replace values; merge, rename or delete labels…",
    "copy": "Copy a plane from another one…",
    "interpolate": "Interpolate a plane from those beside it…",
}


class MoreEditingScreen(EditingScreen, MetadataScreen, StructureScreen):
    """The part of the main screen that offers every edit of the node that is chosen."""

    def action_edit_menu(self) -> None:
        """List what can be changed, and go on with what is chosen."""
        if self.is_prevented():
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

    def _offers(self) -> list[Offer]:
        """Every edit that there is, in the order of the menu."""
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
                "windows",
                "Metadata",
                "Take the contrast that is on the screen",
                "" if image and self.panel.picture else "no picture here",
                lambda: self.take_windows(described),
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
            *self._structure(image),
        ]

    def _structure(self, image: Image | None) -> list[Offer]:
        is_root = "" if self.node.path else "this is the root"
        is_group = "" if isinstance(self.node, Group) else "this is no group"
        levels = len(image.multiscale.levels) if image else 0
        is_image = (
            ""
            if levels and image and image.multiscale.path == self.node.path
            else "choose the image itself"
        )
        has_channels = is_image
        if image and not is_image:
            types = [axis.type for axis in image.multiscale.axes]
            has_channels = "" if "channel" in types else "no channels"
        group = "Structure"
        offers: list[Offer] = [
            ("rename", group, "Rename…", is_root, self.action_rename),
            ("move", group, "Move…", is_root, self.action_move),
            ("copy-node", group, "Copy…", is_root, partial(self.action_move, copy=True)),
            ("delete", group, "Delete…", is_root, self.action_delete_node),
        ]
        if image:
            offers += [
                (
                    "add",
                    group,
                    "Add a coarser level…",
                    is_image,
                    partial(self.action_add_level, image),
                ),
                (
                    "drop",
                    group,
                    "Drop a level…",
                    is_image or ("" if levels > 1 else "the only one"),
                    partial(self.action_drop_level, image),
                ),
                (
                    "channels",
                    group,
                    "Order or delete channels…",
                    has_channels,
                    partial(self.action_channels_order, image),
                ),
            ]
        drop = partial(self.action_consolidate, drop=True)
        return [
            *offers,
            ("consolidate", group, "Consolidate metadata…", is_group, self.action_consolidate),
            ("unconsolidate", group, "Drop consolidated metadata…", is_group, drop),
        ]
