"""What the tests of edits share: a small store, ways to look at one, and one that fails."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from foreign import Array as Values

from omezarr_tui.edit.changes import Fill
from omezarr_tui.edit.pixels import PixelEdit
from omezarr_tui.edit.plan import Plan, plan_edit
from omezarr_tui.edit.value import parse_value
from omezarr_tui.edit.work import Work
from omezarr_tui.image.selection import Selection, parse_selection
from omezarr_tui.store.access import Access
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Array
from omezarr_tui.store.opening import find_node

Tree = dict[str, tuple[int, bytes | None]]


def look(folder: Path) -> Tree:
    """Every file and folder below a folder: permissions, and bytes of what is a file."""
    return {
        path.relative_to(folder).as_posix(): (
            stat.S_IMODE(path.lstat().st_mode),
            path.read_bytes() if path.is_file() else None,
        )
        for path in folder.rglob("*")
    }


def changed(old: Tree, new: Tree) -> set[str]:
    """The files that are not the same."""
    return {
        name
        for name in old.keys() | new.keys()
        if old.get(name) != new.get(name) and (old.get(name) or new[name])[1] is not None
    }


def read(folder: Path, node: Array) -> Values:
    """All values of an array, by zarr-python alone."""
    opened = zarr.open_array(folder, path=node.path, mode="r")
    return np.array(opened[...], opened.dtype)


def array_in(access: LocalAccess, path: str = "a") -> Array:
    node = find_node(access, path)
    assert isinstance(node, Array)
    return node


def local(folder: Path, **options: bool) -> LocalAccess:
    return LocalAccess(Location.local(folder), **options)


def small_store(folder: Path) -> Path:
    """Write a store with an array of 6 x 8 in chunks of 2 x 3, whose last chunks are missing."""
    group = zarr.create_group(folder, attributes={"kept": [1, 2]})
    array = group.create_array("a", shape=(6, 8), chunks=(2, 3), dtype="uint16", fill_value=7)
    array[:4] = np.arange(32).reshape(4, 8)
    return folder


def fill(
    access: LocalAccess, text: str, value: str = "5", path: str = "a", work: Work | None = None
) -> Plan:
    """Plan to set what a selection names to a value."""
    node = array_in(access, path)
    axes = [f"dim_{i}" for i in range(len(node.shape))]
    selection = parse_selection(text, node.shape, axes)
    return plan_fill(access, node, selection, parse_value(value, node.dtype), work)


def plan_fill(
    access: Access, node: Array, selection: Selection, value: Any, work: Work | None = None
) -> Plan:
    """Plan to set every selected value of an array to one value."""
    return plan_edit(
        access, PixelEdit(node, selection, Fill(value), name=access.location.name), work
    )


class FailingAccess(LocalAccess):
    """A store whose n-th write fails, before or after it is done, once or from then on."""

    def __init__(self, folder: Path, nth: int, *, late: bool = False, forever: bool = False):
        super().__init__(Location.local(folder))
        self.writes = 0
        self._fails: Callable[[int], bool] = nth.__le__ if forever else nth.__eq__
        self._late = late

    def put(
        self,
        key: str,
        value: bytes | None,
        *,
        mode: int | None = None,
        version: str | None = None,
    ) -> None:
        self.writes += 1
        fails = self._fails(self.writes)
        if not fails or self._late:
            super().put(key, value, mode=mode, version=version)
        if fails:
            raise OSError(28, "No space left on device", key)
