"""The store around a node is found whichever way it was opened."""

from __future__ import annotations

from pathlib import Path

import pytest
import zarr

from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.root import store_root


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "a.b.zarr"
    group = zarr.open_group(path, mode="w", zarr_format=2)
    group.create_group("inner").create_array("x.", shape=(2,), dtype="u1")
    return path


@pytest.mark.parametrize(
    ("opened", "node"),
    [("", "a.b.zarr/inner/x."), ("a.b.zarr", "inner/x."), ("a.b.zarr/inner", "x.")],
)
def test_the_same_root_from_above_at_and_inside(store: Path, opened: str, node: str) -> None:
    access = LocalAccess(Location.local(store.parent / opened))
    root, inside = store_root(access, node)
    assert root.location.path == store
    assert inside == "inner/x."
    assert root.get(f"{inside}/.zarray") is not None


def test_an_array_by_itself_is_its_own_root(tmp_path: Path) -> None:
    zarr.create_array(tmp_path / "one.zarr", shape=(2,), dtype="u1")
    root, inside = store_root(LocalAccess(Location.local(tmp_path / "one.zarr")), "")
    assert (root.location.path, inside) == (tmp_path / "one.zarr", "")


def test_the_root_is_as_read_only_as_the_node(store: Path) -> None:
    root, _ = store_root(LocalAccess(Location.local(store / "inner"), read_only=True), "x.")
    assert root.why_read_only() == "opened with --read-only"
