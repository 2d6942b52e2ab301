"""Nothing that is read lies outside of the store, and no way down goes round."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zarr
from foreign import Foreign
from foreign.made import group_document, write_json
from looking import files_read, local, nodes_of

from omezarr_tui.errors import UserError
from omezarr_tui.store.hierarchy import read_children
from omezarr_tui.store.listing import open_below
from omezarr_tui.store.node import Array, Broken, Group
from omezarr_tui.store.opening import find_node
from omezarr_tui.store.search import find_by_name


class TestCircles:
    @pytest.mark.parametrize(
        ("links", "broken"),
        [
            ({"g/up": ".."}, {"g/up"}),
            ({"g/self": "../g"}, {"g/self"}),
            ({"g/out": "../.."}, {"g/out"}),
            ({"g/other": "../h", "h/back": "../g"}, {"g/other/back", "h/back/other"}),
        ],
    )
    def test_links_end(self, tmp_path: Path, links: dict[str, str], broken: set[str]) -> None:
        root = zarr.create_group(tmp_path / "s")
        for name in ("g", "h"):
            root.create_group(name).create_array("a", shape=(2,), dtype="u1")
        for link, target in links.items():
            (tmp_path / "s" / link).symlink_to(target)
        ours = nodes_of(tmp_path / "s")
        assert isinstance(ours["g/a"], Array)
        found = {node.path: node for node in ours.values() if isinstance(node, Broken)}
        assert set(found) == broken
        assert all(node.reason == "is a link to a folder above it" for node in found.values())
        assert find_by_name(local(tmp_path / "s"), Group("", 3), "none").complete
        assert open_below(local(tmp_path / "s"), Group("", 3), 10, 100)[1]

    def test_links_elsewhere_are_followed(self, tmp_path: Path) -> None:
        zarr.create_group(tmp_path / "disk").create_array("a", shape=(2,), dtype="u1")
        zarr.create_group(tmp_path / "s").create_group("g")
        for link in ("g/linked", "again"):
            (tmp_path / "s" / link).symlink_to(tmp_path / "disk")
        assert set(nodes_of(tmp_path / "s")) == {"g", "again", "again/a", "g/linked", "g/linked/a"}

    def test_groups_without_end(self, tmp_path: Path) -> None:
        """No program makes them; one that does must not break those that go down by recursion."""
        folder = tmp_path
        for _ in range(130):
            write_json(folder / "zarr.json", group_document())
            folder /= "g"
        ours = nodes_of(tmp_path)
        *groups, last = ours.values()
        assert len(groups) == 100
        assert isinstance(last, Broken)
        assert last.reason == "lies too deep"


class TestEscape:
    OUT = ("../outside", "..", "s0/../../outside", "../../outside", "a/\0b", "\ud800")

    def test_the_image_that_names_what_lies_outside(self, foreign: Foreign) -> None:
        made = foreign("escaping_paths")
        with files_read(made.path.parent) as seen:
            ours = nodes_of(made.path)
        assert set(ours) == {"s0", "labels"} | {p.split("/")[1] for p in made.broken if p[0] == "/"}
        assert not [path for path in seen if path.startswith("outside")]

    @pytest.mark.parametrize("path", OUT)
    def test_no_door_lets_a_path_out(self, path: str, foreign: Foreign) -> None:
        made = foreign("escaping_paths")
        access = local(made.path)
        doors: list[Callable[[], Any]] = [
            lambda: access.get(path),
            lambda: access.get_range(path, 0, 1),
            lambda: access.entries(path),
            lambda: list(access.keys_below(path)),
            lambda: access.put(path, b""),
            lambda: access.mode(path),
            lambda: access.remove_folder(path),
            lambda: find_node(access, path),
        ]
        for door in doors:
            with pytest.raises(UserError):
                door()
        (child,) = read_children(access, Group("", 3), [path], {path: True})
        assert isinstance(child, Broken)

    def test_an_absolute_path_means_the_store(self, foreign: Foreign) -> None:
        made = foreign("escaping_paths")
        access = local(made.path)
        with pytest.raises(UserError, match="was not read"):
            access.get(str(made.path / "s0" / "zarr.json"))
        with pytest.raises(UserError, match="There is no node"):
            find_node(access, str(made.path.parent / "outside"))
        assert find_node(access, "/s0").path == "s0"
