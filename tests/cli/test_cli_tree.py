"""`tree` tells every node, broken ones too."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import zarr
from foreign import Foreign

from omezarr_tui.store.access import Entry
from omezarr_tui.store.local import LocalAccess

NODE_KEYS = {
    *("path", "kind", "zarr_format", "ome", "shape", "dtype", "chunks", "shards", "error"),
    "children",
}


def nodes(top: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All nodes of a JSON tree by their paths."""
    found = {top["path"]: top}
    for child in top["children"] or []:
        found |= nodes(child)
    return found


class TestTree:
    @pytest.mark.parametrize(
        "name", ["v2_nested", "v3_nested", "v2_types", "v3_sharded", "v3_names", "v3_root_array"]
    )
    def test_json_tells_every_node(self, run: Any, foreign: Foreign, name: str) -> None:
        made = foreign(name)
        code, out, _ = run("tree", made.path, "--json")
        top = json.loads(out)
        assert top.pop("complete") is True
        found = nodes(top)
        assert code == 0
        assert all(set(node) == NODE_KEYS for node in found.values())
        arrays = {path: node for path, node in found.items() if node["kind"] == "array"}
        assert set(arrays) == set(made.arrays)
        for path, node in arrays.items():
            array = zarr.open_array(made.path, path=path, mode="r", zarr_format=made.zarr_format)
            assert node["shape"] == list(array.shape)
            assert node["chunks"] == list(array.chunks)
            assert node["shards"] == (list(array.shards) if array.shards else None)
            assert node["zarr_format"] == made.zarr_format
            assert node["children"] == []
            assert node["error"] is None
        assert {path for path in found if path not in arrays} >= set(made.groups)

    def test_json_of_an_image(self, run: Any, volume: Path) -> None:
        top = json.loads(run("tree", volume, "--json")[1])
        assert (top["path"], top["kind"], top["ome"], top["zarr_format"]) == (
            *("", "group", "image"),
            3,
        )
        assert top["children"][0]["dtype"] == "uint16"
        assert [child["path"] for child in top["children"]] == ["s0", "s1"]

    def test_json_is_null_where_depth_ends(self, run: Any, foreign: Foreign) -> None:
        path = foreign("v3_nested").path
        top = json.loads(run("tree", path, "--depth", "1", "--json")[1])
        inner = [child for child in top["children"] if child["kind"] == "group"]
        assert inner
        assert all(child["children"] is None for child in inner)
        assert json.loads(run("tree", path, "--depth", "0", "--json")[1])["children"] is None

    def test_a_folder_of_stores(self, run: Any, foreign: Foreign) -> None:
        made = foreign("folder_of_stores")
        top = json.loads(run("tree", made.path, "--json")[1])
        assert (top["kind"], top["zarr_format"]) == ("group", None)
        assert {n["zarr_format"] for n in nodes(top).values()} == {None, 2, 3}

    @pytest.mark.parametrize("name", ["v2_bad_documents", "v3_bad_documents"])
    def test_broken_nodes_stand_beside_others(self, run: Any, foreign: Foreign, name: str) -> None:
        path = foreign(name).path
        code, out, _ = run("tree", path)
        assert code == 1
        assert re.search(r"─ good +4 × 6  uint16$", out, re.MULTILINE)
        assert re.search(r"─ ✗ truncated +\S+ .*is not valid JSON at .+: .+", out)
        code, out, _ = run("tree", path, "--json")
        found = nodes(json.loads(out))
        assert code == 1
        assert found["good"]["kind"] == "array"
        assert found["truncated"]["kind"] == "broken"
        assert "not valid JSON" in found["truncated"]["error"]

    def test_a_level_that_is_named_and_missing(self, run: Any, foreign: Foreign) -> None:
        code, out, _ = run("tree", foreign("missing_level_05").path)
        assert code == 1
        assert "✗ s1  no document at s1/zarr.json" in out

    def test_a_group_that_cannot_be_listed(
        self, run: Any, foreign: Foreign, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = foreign("v3_nested")
        closed = next(path for path in made.groups if path and "/" not in path)
        real = LocalAccess.entries

        def entries(access: LocalAccess, folder: str) -> list[Entry]:
            if folder == closed:
                raise PermissionError(13, "Permission denied", folder)
            return real(access, folder)

        monkeypatch.setattr(LocalAccess, "entries", entries)
        code, out, _ = run("tree", made.path, "--json")
        found = nodes(json.loads(out))
        assert code == 1
        assert found[closed]["children"] is None
        assert "permission denied" in found[closed]["error"]
        code, out, _ = run("tree", made.path)
        assert code == 1
        assert "└─ ✗ cannot be listed: permission denied" in out

    def test_lines_are_aligned_and_end_in_a_corner(self, run: Any, tmp_path: Path) -> None:
        root = zarr.create_group(tmp_path / "many.zarr")
        for number in range(205):  # more than a page
            root.create_array(f"a{number}", shape=(number % 7 + 1, 12), dtype="uint8")
        code, out, _ = run("tree", tmp_path / "many.zarr")
        lines = out.splitlines()
        assert (code, len(lines)) == (0, 206)
        assert [line.split()[1] for line in lines[1:]] == [f"a{n}" for n in range(205)]
        assert [n for n, line in enumerate(lines) if line.startswith("└─ ")] == [205]
        assert len({line.index("×") for line in lines[1:201]}) == 1

    def test_names_are_plain_text(self, run: Any, foreign: Foreign) -> None:
        out = run("tree", foreign("v3_names").path)[1]
        assert all(line.isprintable() for line in out.splitlines())
        assert "esc␛[31mred" in out
