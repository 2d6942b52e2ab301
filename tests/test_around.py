"""A store's edits are the same, whichever way it was opened: from above, from inside, by a link."""

from pathlib import Path

import pytest
from editing import local, look, plan_fill
from remote_edits import write_image

from omezarr_tui.edit.apply import apply_plan, redo, undo
from omezarr_tui.edit.around import around
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.value import parse_value
from omezarr_tui.image.selection import parse_selection
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array
from omezarr_tui.store.opening import find_node

# Where the program is opened, from the folder that the store lies in, and a node from there.
WAYS = {
    "the store": ("image.zarr", "labels/nuclei/s0"),
    "the folder around it": ("", "image.zarr/labels/nuclei/s0"),
    "two folders above": ("..", "folder/image.zarr/labels/nuclei/s0"),
    "a group inside": ("image.zarr/labels", "nuclei/s0"),
    "the array": ("image.zarr/labels/nuclei/s0", ""),
    "a link to it": ("link.zarr", "labels/nuclei/s0"),
    "a link to the folder": ("../elsewhere", "image.zarr/labels/nuclei/s0"),
    "a link into it": ("../inside", "nuclei/s0"),
    "a link beside it, from the folder": ("", "link.zarr/labels/nuclei/s0"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two stores, and links to it, to one of them, and into that."""
    folder = tmp_path / "folder"
    write_image(folder / "image.zarr")
    write_image(folder / "other.zarr")
    (folder / "link.zarr").symlink_to("image.zarr")
    (tmp_path / "elsewhere").symlink_to("folder")
    (tmp_path / "inside").symlink_to("folder/image.zarr/labels")
    return folder


def fill_one(access: Access, path: str) -> None:
    """Set one value of the array at a path from the store's root, without its pyramid."""
    node = find_node(access, path)
    assert isinstance(node, Array)
    selection = parse_selection("0,0,0", node.shape, ["z", "y", "x"])
    apply_plan(access, plan_fill(access, node, selection, parse_value("99", node.dtype)))


@pytest.mark.parametrize("way", WAYS)
def test_edits_and_history_are_those_of_the_store(folder: Path, way: str) -> None:
    opened, node = WAYS[way]
    before = look(folder)
    there = around(local(folder / "image.zarr"), "")
    store = around(local(folder / opened), node)
    assert store.from_root(node) == "labels/nuclei/s0"
    assert store.from_opened("labels/nuclei/s0") == node
    fill_one(store.access, "labels/nuclei/s0")
    after = look(folder)
    assert {name for name in after if after[name] != before.get(name)} == {
        "image.zarr/labels/nuclei/s0/c/0/0/0"
    }
    entry = Journal(there.access.location).last_applied()
    assert entry is not None
    assert entry.node == "labels/nuclei/s0"
    undone = undo(there.access, entry)
    assert look(folder) == before
    assert Journal(store.access.location).last_undone() == undone
    redo(store.access, undone)
    assert look(folder) == after


def test_stores_in_one_folder_have_journals_of_their_own(folder: Path) -> None:
    access = local(folder)
    one, other = (around(access, f"{name}.zarr/s0") for name in ("image", "other"))
    assert one.is_folder
    fill_one(one.access, "s0")
    assert Journal(one.access.location).last_applied() is not None
    assert Journal(other.access.location).entries() == []
    assert one.from_root("other.zarr/s0") is None
    assert one.nodes_of(["s0/zarr.json", "zarr.json", "s0/c/0/0/0"]) == (
        "image.zarr/s0",
        "image.zarr",
    )


def test_a_store_within_a_plain_folder_of_a_store_is_one_of_its_own(tmp_path: Path) -> None:
    """Where no document stands in a folder between, the hierarchy above ends."""
    write_image(tmp_path / "outer.zarr")
    write_image(tmp_path / "outer.zarr" / "plain" / "inner.zarr")
    inner = around(local(tmp_path / "outer.zarr" / "plain" / "inner.zarr"), "s0")
    assert inner.access.location.path == tmp_path / "outer.zarr" / "plain" / "inner.zarr"
    fill_one(inner.access, "s0")
    assert Journal(around(local(tmp_path / "outer.zarr"), "").access.location).entries() == []


def test_nodes_above_the_opened_place_are_not_told(folder: Path) -> None:
    store = around(local(folder / "image.zarr" / "labels"), "nuclei")
    assert not store.is_folder
    assert store.nodes_of(["zarr.json", "labels/zarr.json", "labels/nuclei/zarr.json"]) == (
        "",
        "nuclei",
    )
