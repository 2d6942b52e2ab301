"""Documents that consolidated metadata tell: believed as far as they can be."""

import json
from pathlib import Path
from typing import Any

import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st

from omezarr_tui.store.documents import ZARR_JSON, ZARRAY, ZATTRS, ZGROUP, parse_node
from omezarr_tui.store.node import Group, join_path
from omezarr_tui.store.remembered import CONSOLIDATED_BYTES, ZMETADATA, Remembered

NAMES = {2: (ZARRAY, ZGROUP, ZATTRS), 3: (ZARR_JSON,)}
TOP = {2: ZMETADATA, 3: ZARR_JSON}
GROUPS = ["", "g", "g/h", "empty"]
ARRAYS = ["a", "g/b", "g/h/c"]
INNER = '{"zarr_format": 3, "node_type": "group", "attributes": {"n": 1}}'


@pytest.fixture(params=[2, 3])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, int]:
    """A consolidated store of nested groups, and its format."""
    top = zarr.create_group(tmp_path / "s.zarr", zarr_format=request.param)
    for path in GROUPS[1:]:
        top.create_group(path, attributes={"path": path})
    for path in ARRAYS:
        array = top.create_array(path, shape=(4,), chunks=(2,), dtype="uint8")
        array.attrs["path"] = path
    zarr.consolidate_metadata(tmp_path / "s.zarr", zarr_format=request.param)
    return tmp_path / "s.zarr", request.param


def learned(raw: bytes, key: str) -> Remembered:
    remembered = Remembered()
    remembered.learn(key, raw)
    return remembered


def v3(**metadata: Any) -> bytes:
    document = {"zarr_format": 3, "node_type": "group", "attributes": {}}
    return json.dumps({**document, "consolidated_metadata": {"metadata": metadata}}).encode()


class TestConsolidated:
    def test_each_node_is_what_its_own_document_says(self, store: tuple[Path, int]) -> None:
        folder, zarr_format = store
        remembered = learned((folder / TOP[zarr_format]).read_bytes(), TOP[zarr_format])
        for path in [*GROUPS[1:], *ARRAYS]:
            keys = [join_path(path, name) for name in NAMES[zarr_format]]
            assert all(key in remembered for key in keys)
            told = {k.rpartition("/")[2]: remembered.get(k) for k in keys if remembered.get(k)}
            own = {
                name: (folder / path / name).read_bytes()
                for name in NAMES[zarr_format]
                if (folder / path / name).exists()
            }
            assert set(told) == set(own)
            assert parse_node(path, {k: v for k, v in told.items() if v}) == parse_node(path, own)

    def test_names(self, store: tuple[Path, int]) -> None:
        folder, zarr_format = store
        remembered = learned((folder / TOP[zarr_format]).read_bytes(), TOP[zarr_format])
        assert remembered.names("") == {"a", "g", "empty"}
        assert remembered.names("g") == {"b", "h"}
        assert remembered.names("g/h") == {"c"}
        assert remembered.names("empty") == frozenset()
        assert remembered.names("unknown") is None
        assert "unknown/zarr.json" not in remembered

    def test_of_a_group_inside(self, store: tuple[Path, int]) -> None:
        folder, zarr_format = store
        raw = (folder / TOP[zarr_format]).read_bytes()
        remembered = learned(raw, f"below/here/{TOP[zarr_format]}")
        assert remembered.names("below/here/g") == {"b", "h"}
        assert remembered.names("") is None
        assert remembered.names("below") is None
        assert f"below/here/a/{NAMES[zarr_format][0]}" in remembered

    def test_groups_that_are_not_told(self) -> None:
        remembered = learned(v3(**{"x/y/z": {"node_type": "array"}}), ZARR_JSON)
        assert remembered.names("") == {"x"}
        assert remembered.names("x/y") == {"z"}
        assert "x/zarr.json" not in remembered  # it is asked for

    def test_nested_consolidated_metadata_are_left_out(self) -> None:
        inner = {"zarr_format": 3, "node_type": "group", "consolidated_metadata": {"metadata": {}}}
        raw = learned(v3(g=inner), ZARR_JSON).get("g/zarr.json")
        assert raw is not None
        node = parse_node("g", {ZARR_JSON: raw})
        assert isinstance(node, Group)
        assert not node.consolidated

    def test_what_is_not_in_zmetadata_is_not_there(self) -> None:
        raw = json.dumps({"metadata": {"a/.zarray": {}, ".zgroup": {}}}).encode()
        remembered = learned(raw, ZMETADATA)
        assert "a/.zattrs" in remembered
        assert remembered.get("a/.zattrs") is None
        assert remembered.get(".zgroup") == b"{}"


class TestStale:
    def test_what_was_read_itself_counts(self) -> None:
        remembered = learned(b"fresh", "g/zarr.json")
        remembered.learn("gone/zarr.json", None)
        remembered.learn(ZARR_JSON, v3(g={"stale": 1}, gone={"stale": 1}))
        assert remembered.get("g/zarr.json") == b"fresh"
        assert "gone/zarr.json" in remembered
        assert remembered.get("gone/zarr.json") is None

    def test_what_is_read_later_counts_more(self) -> None:
        remembered = learned(v3(g={"stale": 1}), ZARR_JSON)
        remembered.learn("g/zarr.json", INNER.encode())
        assert remembered.get("g/zarr.json") == INNER.encode()

    @pytest.mark.parametrize("name", [ZARR_JSON, ZMETADATA, ZARRAY, ZGROUP, ZATTRS])
    def test_a_changed_document_is_forgotten_and_the_names_with_it(self, name: str) -> None:
        remembered = learned(v3(g={"x": 1}), ZARR_JSON)
        remembered.drop(f"g/{name}")
        assert f"g/{name}" not in remembered
        assert remembered.names("") is None

    def test_a_changed_chunk_changes_no_names(self) -> None:
        remembered = learned(v3(g={"x": 1}), ZARR_JSON)
        remembered.drop("g/c/0/0")
        assert remembered.names("") == {"g"}


class TestDamaged:
    @pytest.mark.parametrize(
        "raw",
        [
            *(
                b"",
                b"{",
                b"[]",
                b"null",
                b"\xff\xfe",
                b'{"metadata": []}',
                b'{"metadata": {"a": 1}}',
            ),
            *(b'{"consolidated_metadata": null}', b'{"consolidated_metadata": {"metadata": 7}}'),
            *(b'{"consolidated_metadata": {"metadata": {"a": []}}}', b'{"metadata": {"x": {}}}'),
            b'"consolidated_metadata"' + b"[" * 200_000,
        ],
    )
    @pytest.mark.parametrize("key", [ZARR_JSON, ZMETADATA])
    def test_they_tell_nothing(self, raw: bytes, key: str) -> None:
        remembered = learned(raw, key)
        assert remembered.get(key) == raw
        assert remembered.names("") is None
        assert "a/zarr.json" not in remembered

    def test_very_large_ones_are_not_read(self) -> None:
        raw = v3(g={"x": "y" * CONSOLIDATED_BYTES})
        assert learned(raw, ZARR_JSON).names("") is None

    @pytest.mark.parametrize("path", ["..", "../x", "a/../../x", "a/..", ".", "./a", "a//b"])
    def test_paths_that_lead_elsewhere(self, path: str) -> None:
        groups = {f"{path}/.zgroup": {}, "good/.zgroup": {}}
        for raw, key in (
            (v3(**{path: {"x": 1}, "good": {"x": 1}}), ZARR_JSON),
            (json.dumps({"metadata": groups}).encode(), ZMETADATA),
        ):
            remembered = learned(raw, key)
            assert remembered.names("") == {"good"}

    @pytest.mark.parametrize("path", ["/a", "a/", "//a//", "/", ""])
    def test_slashes_too_many(self, path: str) -> None:
        remembered = learned(v3(**{path: {"x": 1}}), ZARR_JSON)
        assert remembered.names("") == ({"a"} if "a" in path else None)

    @given(st.dictionaries(st.text("ab./"), st.none() | st.dictionaries(st.text("x"), st.text())))
    def test_any_paths(self, metadata: dict[str, Any]) -> None:
        remembered = learned(v3(**metadata), ZARR_JSON)
        pending = [""]
        while pending:  # it ends
            path = pending.pop()
            pending += [join_path(path, name) for name in remembered.names(path) or ()]
            assert ".." not in path.split("/")
