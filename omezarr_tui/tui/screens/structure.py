"""The structure of a store changed from the main screen: nodes, levels, channels, copies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from omezarr_tui.store.node import join_path
from omezarr_tui.tui.screens.base import StoreScreen
from omezarr_tui.tui.screens.form import FormScreen, Line

if TYPE_CHECKING:
    from omezarr_tui.edit.around import Around
    from omezarr_tui.edit.operation import Edit
    from omezarr_tui.ome.discover import Image


class StructureScreen(StoreScreen):
    """The part of the main screen that changes which nodes there are, and what is in them."""

    def action_rename(self) -> None:
        """Ask for another name, and plan it."""
        path = self.node.path

        def make(store: Around, values: Mapping[str, str]) -> Edit:
            from omezarr_tui.edit.nodes import rename_node

            return rename_node(_inside(store, path), values["name"])

        name = Line("name", "New name", self.node.name, needed=True)
        self._ask(f"Rename {self.node.name}", [name], _check_name, make)

    def action_move(self, *, copy: bool = False) -> None:
        """Ask for another place, and plan it."""
        path = self.node.path

        def make(store: Around, values: Mapping[str, str]) -> Edit:
            from omezarr_tui.edit.nodes import CopyNode, MoveNode

            ends = _inside(store, path), _inside(store, values["path"].strip("/"))
            return CopyNode(*ends) if copy else MoveNode(*ends)

        def check(values: Mapping[str, str]) -> dict[str, str]:
            target = values["path"].strip("/")
            if target == path:
                return {"path": "it lies there already"}
            problem = _check_name({"name": target.rpartition("/")[2]}).get("name")
            return {"path": problem} if problem else {}

        verb = "Copy" if copy else "Move"
        line = Line(
            "path", "To the path", path, "a group that is there, and a name in it", needed=True
        )
        self._ask(f"{verb} {self.node.name}", [line], check, make)

    def action_delete_node(self) -> None:
        """Plan to delete the node."""
        path = self.node.path

        def make(store: Around) -> Edit:
            from omezarr_tui.edit.nodes import DeleteNode

            return DeleteNode(_inside(store, path))

        self.plan_edit(make, path)

    def action_add_level(self, image: Image) -> None:
        """Plan a coarser level."""
        path = image.multiscale.path

        def make(store: Around) -> Edit:
            from omezarr_tui.edit.levels import AddLevel

            return AddLevel(_inside(store, path))

        self.plan_edit(make, path)

    def action_drop_level(self, image: Image) -> None:
        """Ask which level goes, and plan it."""
        path = image.multiscale.path
        names = [level.path.rpartition("/")[2] for level in image.multiscale.levels]

        def make(store: Around, values: Mapping[str, str]) -> Edit:
            from omezarr_tui.edit.levels import DropLevel

            return DropLevel(_inside(store, path), names.index(values["level"]))

        line = Line("level", "Level", names[-1], words=names, needed=True)
        self._ask("Drop a level", [line], lambda values: {}, make, path)

    def action_channels_order(self, image: Image) -> None:
        """Ask for the order of channels, and plan it."""
        path = image.multiscale.path
        channels = image.multiscale.channels
        axis = [axis.type for axis in image.multiscale.axes].index("channel")
        count = image.levels[0].shape[axis]  # type: ignore[union-attr]
        labels = [channels[at].label if at < len(channels) else "" for at in range(count)]
        told = ", ".join(f"{at} {label}".strip() for at, label in enumerate(labels))

        def check(values: Mapping[str, str]) -> dict[str, str]:
            from omezarr_tui.edit.channel_order import parse_order

            try:
                parse_order(image, values["order"])
            except ValueError as error:
                return {"order": str(error)}
            return {}

        def make(store: Around, values: Mapping[str, str]) -> Edit:
            from omezarr_tui.edit.channel_order import parse_order
            from omezarr_tui.edit.image_edit import edited_image

            return parse_order(edited_image(store.access, _inside(store, path))[0], values["order"])

        hint = f"{told}; those that are left out are deleted"
        order = ",".join(map(str, range(count)))
        line = Line("order", "Channels", order, hint, needed=True)
        self._ask("Order or delete channels", [line], check, make, path)

    def action_consolidate(self, *, drop: bool = False) -> None:
        """Plan to write consolidated metadata, or to drop them."""
        path = self.node.path

        def make(store: Around) -> Edit:
            from omezarr_tui.edit.consolidating import Consolidate, DropConsolidated

            inside = _inside(store, path)
            return DropConsolidated(inside) if drop else Consolidate(inside)

        self.plan_edit(make, path)

    def _ask(
        self,
        title: str,
        lines: list[Line],
        check: Callable[[Mapping[str, str]], dict[str, str]],
        make: Callable[[Around, Mapping[str, str]], Edit],
        path: str | None = None,
        typed: dict[str, str] | None = None,
    ) -> None:
        """Show a form, and plan the edit that it asks for."""
        where = self.node.path if path is None else path

        def answered(values: dict[str, str] | None) -> None:
            if values is not None:
                again = partial(self._ask, title, lines, check, make, where, values)
                self.plan_edit(lambda store: make(store, values), where, again=again)

        self.app.push_screen(FormScreen(title, lines, check, typed=typed), answered)


def _inside(store: Around, path: str) -> str:
    """A path from the root of the store; of what lies above it, the root."""
    found = store.from_root(path)
    return join_path(path) if found is None else found


def _check_name(values: Mapping[str, str]) -> dict[str, str]:
    from omezarr_tui.edit.names import why_no_name

    problem = why_no_name(values["name"])
    return {"name": problem} if problem else {}
