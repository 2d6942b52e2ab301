"""Consolidated metadata written and dropped: zarr-python reads them as its own."""

import json
from pathlib import Path
from typing import Any

import pytest
import zarr
from editing import local, look
from foreign import Foreign
from foreign.made import quiet
from structure import make, rules, same, told, values

from omezarr_tui.edit.consolidating import Consolidate, DropConsolidated
from omezarr_tui.edit.nodes import rename_node
from omezarr_tui.edit.plan import plan_edit
from omezarr_tui.errors import UserError

STORES = [
    *("v2_nested", "v3_nested", "v2_names", "v3_names", "v2_codecs", "v3_sharded"),
    *("ome_zarr_py_plate_04", "ome_zarr_py_plate_05", "v2_consolidated", "v3_consolidated"),
]


def copies(folder: Path) -> dict[str, Any]:
    """The copies at the root, whatever the format."""
    if (folder / ".zmetadata").exists():
        found: dict[str, Any] = json.loads((folder / ".zmetadata").read_bytes())["metadata"]
        return found
    document = json.loads((folder / "zarr.json").read_bytes())
    return dict(document["consolidated_metadata"]["metadata"])


@pytest.mark.parametrize("name", STORES)
def test_they_are_as_those_of_zarr_python(foreign: Foreign, tmp_path: Path, name: str) -> None:
    path = foreign(name).copy(tmp_path).path
    arrays = values(path)
    make(path, Consolidate())
    own = copies(path)
    assert same(values(path, consolidated=True), arrays)
    assert not any(rule.startswith("consolidated") for rule in rules(path))
    with quiet():
        zarr.consolidate_metadata(path)
        theirs = copies(path)
    if (path / "zarr.json").exists():
        assert own.keys() == theirs.keys()
    else:  # zarr-python 3 writes empty attributes where there are none
        assert own.keys() <= theirs.keys()
        assert {key for key in theirs if theirs[key]} <= own.keys()


@pytest.mark.parametrize("name", STORES)
def test_dropped_they_are_gone_and_all_else_stays(
    foreign: Foreign, tmp_path: Path, name: str
) -> None:
    path = foreign(name).copy(tmp_path).path
    before = look(path)
    had = name.endswith("consolidated")
    if not had:
        make(path, Consolidate())
    make(path, DropConsolidated())
    group = zarr.open_group(path, mode="r")
    assert group.metadata.consolidated_metadata is None
    if not had:
        assert look(path) == before
    with pytest.raises(UserError, match="it has none"):
        plan_edit(local(path), DropConsolidated())


def test_those_of_a_group_are_copied_above_too(tmp_path: Path) -> None:
    path = tmp_path / "s"
    root = zarr.create_group(path)
    root.create_array("a/b/x", shape=(4,), dtype="uint8")
    make(path, Consolidate())
    plan = make(path, Consolidate("a"))
    assert told(plan, "consolidated")
    assert not any(rule.startswith("consolidated") for rule in rules(path))
    make(path, rename_node("a/b", "c"))
    assert values(path, consolidated=True).keys() == {"a/c/x"}
    assert not any(rule.startswith("consolidated") for rule in rules(path))
    with quiet():
        inner = zarr.open_group(path, path="a", mode="r", use_consolidated=True)
        assert [key for key, _ in inner.members(max_depth=None)] == ["c", "c/x"]


def test_an_array_has_none(tmp_path: Path) -> None:
    zarr.create_array(tmp_path / "a", shape=(4,), dtype="uint8")
    with pytest.raises(UserError, match="no group"):
        plan_edit(local(tmp_path / "a"), Consolidate())
