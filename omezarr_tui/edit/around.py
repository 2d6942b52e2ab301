"""The store around the place that was opened: edits and their journal go by its root."""

from __future__ import annotations

from dataclasses import dataclass

from omezarr_tui.store.access import Access
from omezarr_tui.store.documents import DOCUMENTS
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.node import Group, join_path
from omezarr_tui.store.root import store_root


@dataclass(frozen=True, slots=True)
class Around:
    """A store, and how paths from the place that was opened and from its root fit together.

    Parameters
    ----------
    access
        At the root of the store.
    inside
        The path of the opened place from the root, where it lies in the store.
    outside
        The path of the root from the opened place, where that is a folder with the store in it.
    is_folder
        Whether the opened place is a folder that may hold several stores; else this is the
        store around all nodes there.
    """

    access: Access
    inside: str
    outside: str
    is_folder: bool = False

    def from_root(self, path: str) -> str | None:
        """The path from the root of a node that was found from the opened place.

        None where it lies in another store.
        """
        if not self.outside:
            return join_path(self.inside, path)
        return _below(self.outside, path)

    def from_opened(self, path: str) -> str | None:
        """The path from the opened place of a node that was found from the root.

        None where it lies above that.
        """
        if self.outside:
            return join_path(self.outside, path)
        return _below(self.inside, path)

    def nodes_of(self, keys: list[str]) -> tuple[str, ...]:
        """The nodes, by path from the opened place, whose documents are among some keys."""
        folders = [key.rpartition("/") for key in keys]
        found = [self.from_opened(folder) for folder, _, name in folders if name in DOCUMENTS]
        return tuple(dict.fromkeys(path for path in found if path is not None))


def around(access: Access, path: str) -> Around:
    """The store around a node.

    Parameters
    ----------
    access
        The place that was opened.
    path
        The node's path from there. It counts where the place is a folder with stores in it;
        else all nodes there are of the same store, also where a group between is missing.
    """
    opened = read_node(access, "")
    is_folder = opened is None or (isinstance(opened, Group) and opened.zarr_format is None)
    root, inside = store_root(access, path if is_folder else "")
    if is_folder:
        return Around(root, "", path[: len(path) - len(inside)].rstrip("/"), is_folder=True)
    return Around(root, inside, "")


def _below(folder: str, path: str) -> str | None:
    if not folder or path == folder:
        return path.removeprefix(folder)
    return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else None
