"""The hierarchy: what zarr-python lists and more, a page at a time, whatever is broken in it."""

import ast
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from foreign import BROKEN, HEALTHY, Foreign, Made
from foreign.made import array_document, group_document, v2_array_document, write_json
from looking import local, nodes_of

from omezarr_tui.errors import UserError
from omezarr_tui.store.access import Entry
from omezarr_tui.store.dtypes import DataType
from omezarr_tui.store.hierarchy import walk
from omezarr_tui.store.listing import open_below
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Array, Broken, Group
from omezarr_tui.store.opening import find_node, open_root

pytestmark = pytest.mark.filterwarnings(
    "ignore:Numcodecs codecs are not in the Zarr version 3 specification",
    "ignore:The data type .* does not have a Zarr V3 specification",
    "ignore:Object at .* is not recognized as a component of a Zarr hierarchy",
)

LISTED = [name for name in HEALTHY if not name.endswith("root_array") and name[:6] != "tensor"]


def as_numpy(dtype: DataType) -> np.dtype[Any] | str:
    """A data type in numpy's terms; those of varying length by name."""
    if dtype.kind == "structured":
        fields = re.findall(r"(\w+): (\w+)", dtype.name)
        return np.dtype([(name, as_numpy(DataType(t, "bytes", 1))) for name, t in fields])
    if match := re.fullmatch(r"(str|bytes|void)(\d+)", dtype.name):
        return np.dtype(f"{ {'str': 'U', 'bytes': 'S', 'void': 'V'}[match[1]] }{match[2]}")
    if dtype.itemsize is None:
        return dtype.name
    order = {"big": ">", "little": "<", None: "="}[dtype.byte_order]
    return np.dtype(dtype.name).newbyteorder(order)


def same_dtype(ours: DataType, theirs: np.dtype[Any]) -> bool:
    """Whether two data types are one; the byte order on the disk is none of v3's."""
    mine = as_numpy(ours)
    if isinstance(mine, str):
        return mine == {"T": "string", "O": "bytes"}[theirs.kind]
    return mine.newbyteorder("=") == theirs.newbyteorder("=")


def assert_members(folder: Path) -> None:
    """Hold our walk of a store against zarr-python's members, node by node."""
    root = zarr.open_group(folder, mode="r", use_consolidated=False)
    theirs, ours = dict(root.members(max_depth=None)), nodes_of(folder)
    assert set(ours) == set(theirs)
    for path, member in theirs.items():
        node = ours[path]
        assert not isinstance(node, Broken)
        assert node.zarr_format == member.metadata.zarr_format
        assert node.attributes == member.attrs.asdict()
        assert isinstance(node, Array) == isinstance(member, zarr.Array)
        if isinstance(node, Array):
            assert node.shape == member.shape
            assert same_dtype(node.dtype, member.dtype)


class TestAgainstZarr:
    @pytest.mark.parametrize("name", LISTED)
    def test_members(self, name: str, foreign: Foreign) -> None:
        assert_members(foreign(name).path)

    def test_members_of_real_stores(self, shared_data: Path) -> None:
        for path in sorted(shared_data.glob("*.zarr")):
            assert_members(path)

    # The tree of names with line breaks in them cannot be read back.
    @pytest.mark.parametrize("name", [name for name in LISTED if not name.endswith("names")])
    def test_tree(self, name: str, foreign: Foreign) -> None:
        made = foreign(name)
        drawn = str(zarr.open_group(made.path, mode="r", use_consolidated=False).tree())
        ours = {
            path: (node.shape, node.dtype) if isinstance(node, Array) else None
            for path, node in nodes_of(made.path).items()
        }
        trail: list[str] = []
        told = {}
        for line in drawn.splitlines()[1:]:
            branch, rest = re.fullmatch(r"([ │]*[├└]── )(.*)", line).groups()
            name, shape, dtype = re.fullmatch(r"(.+?)(?: (\([\d, ]*\)) (.+))?", rest).groups()
            trail[len(branch) // 4 - 1 :] = [name]
            told["/".join(trail)] = (ast.literal_eval(shape), dtype) if shape else None
        assert set(told) == set(ours)
        for path, facts in told.items():
            assert (facts is None) == (ours[path] is None)
            if facts:
                shape, dtype = ours[path]
                assert shape == facts[0]
                # Of types with brackets some versions draw only a part; test_members has them all.
                if dtype.kind in ("number", "boolean", "complex"):
                    assert same_dtype(dtype, np.dtype(facts[1]))

    @pytest.mark.parametrize("name", ["v2_root_array", "v3_root_array", "tensorstore_v3"])
    def test_a_root_that_is_an_array(self, name: str, foreign: Foreign) -> None:
        made = foreign(name)
        root, theirs = open_root(local(made.path)), zarr.open_array(made.path, mode="r")
        assert isinstance(root, Array)
        assert (root.path, root.name, root.shape) == ("", "", theirs.shape)
        assert same_dtype(root.dtype, theirs.dtype)
        assert nodes_of(made.path) == {}

    @pytest.mark.parametrize("zarr_format", [2, 3])
    def test_names_that_begin_with_a_dot(self, tmp_path: Path, zarr_format: Any) -> None:
        root = zarr.create_group(tmp_path / "s", zarr_format=zarr_format)
        root.create_group(".hidden").create_array("...a", shape=(2,), dtype="u1")
        (tmp_path / "s" / ".cache" / "c").mkdir(parents=True)
        theirs = {path for path, _ in root.members(max_depth=None)}
        assert set(nodes_of(tmp_path / "s")) == theirs == {".hidden", ".hidden/...a"}

    def test_parents_come_first_and_siblings_as_people_count(self, foreign: Foreign) -> None:
        paths = list(nodes_of(foreign("v3_nested").path))
        inner = ["a/b", "a/b/c", "a/b/c/d", "a/b/c/d/deep", "a/b/right", "a/left"]
        assert paths == ["a", *inner, "empty", "top"]
        assert nodes_of(foreign("ome_zarr_py_05").path).keys() >= {"s0", "labels/nuclei/s1"}

    def test_natural_order(self, tmp_path: Path) -> None:
        root = zarr.create_group(tmp_path / "s")
        for name in ("s10", "s9", "10", "9", "s", "S1"):
            root.create_group(name)
        assert list(nodes_of(tmp_path / "s")) == ["9", "10", "S1", "s", "s9", "s10"]

    def test_depth(self, foreign: Foreign) -> None:
        access = local(foreign("v2_nested").path)
        by_depth = [[n.path for n in walk(access, open_root(access), d)] for d in (0, 1, 2)]
        assert by_depth[:2] == [[], ["a", "empty", "top"]]
        assert by_depth[2] == ["a", "a/b", "a/left", "empty", "top"]


class TestBroken:
    @pytest.mark.parametrize("name", BROKEN)
    def test_siblings_are_still_there(self, name: str, foreign: Foreign) -> None:
        made = foreign(name)
        ours = nodes_of(made.path)
        for path, values in made.arrays.items():
            node = ours[path]
            assert isinstance(node, Array)
            assert values is not None
            assert node.shape == values.shape
        assert {path for path in made.groups if path} <= {
            path for path, node in ours.items() if isinstance(node, Group)
        }

    @pytest.mark.parametrize(
        "name", ["v2_bad_documents", "v3_bad_documents", "missing_level_04", "missing_level_05"]
    )
    def test_each_broken_node_has_its_reason(self, name: str, foreign: Foreign) -> None:
        made = foreign(name)
        ours = nodes_of(made.path)
        broken = {path for path, node in ours.items() if isinstance(node, Broken)}
        assert broken == set(made.broken)
        for path in broken:
            node = ours[path]
            assert isinstance(node, Broken)
            assert len(node.reason) > 5

    def test_what_is_promised_and_missing(self, foreign: Foreign) -> None:
        four, five = (nodes_of(foreign(f"missing_level_0{v}").path)["s1"] for v in (4, 5))
        assert four == Broken("s1", "no document at s1/.zarray or .zgroup", "nothing is there")
        assert five == Broken("s1", "no document at s1/zarr.json", "nothing is there")

    @pytest.mark.parametrize(("zarr_format", "document"), [(2, ".zarray"), (3, "zarr.json")])
    def test_chunks_without_a_document(
        self, tmp_path: Path, zarr_format: Any, document: str
    ) -> None:
        root = zarr.create_group(tmp_path / "s", zarr_format=zarr_format)
        root.create_array("a", data=np.ones(3))
        (tmp_path / "s" / "a" / document).unlink()
        node = nodes_of(tmp_path / "s")["a"]
        assert isinstance(node, Broken)
        # zarr-python writes .zattrs beside each v2 document
        expected = "has .zattrs" if zarr_format == 2 else "no document at a/zarr.json"
        assert node.reason.startswith(expected)

    def test_folders_of_notes_are_no_part(self, tmp_path: Path) -> None:
        zarr.create_group(tmp_path / "s").create_group("g")
        (tmp_path / "s" / "notes" / "more").mkdir(parents=True)
        (tmp_path / "s" / "notes" / "readme.txt").write_text("no node")
        assert set(nodes_of(tmp_path / "s")) == {"g"}

    def test_a_document_that_cannot_be_read(self, tmp_path: Path) -> None:
        zarr.create_group(tmp_path / "s").create_group("good")
        (tmp_path / "s" / "bad").mkdir()
        (tmp_path / "s" / "bad" / "zarr.json").symlink_to("zarr.json")  # a link to itself
        ours = nodes_of(tmp_path / "s")
        assert isinstance(ours["good"], Group)
        assert isinstance(ours["bad"], Broken)
        assert ours["bad"].reason == "cannot be read"
        assert "symbolic links" in ours["bad"].detail

    def test_a_group_that_cannot_be_listed(self, foreign: Foreign) -> None:
        class Closed(LocalAccess):
            def entries(self, folder: str) -> list[Entry]:
                if folder == "a/b":
                    raise PermissionError(13, "Permission denied", folder)
                return super().entries(folder)

        access = Closed(Location.local(foreign("v3_nested").path))
        root = open_root(access)
        ours = {node.path: node for node in walk(access, root)}
        assert set(ours) == {"a", "a/b", "a/b/…", "a/left", "empty", "top"}
        assert ours["a/b/…"] == Broken("a/b/…", "cannot be listed", "permission denied: a/b")
        listings, complete = open_below(access, root, 10, 100)
        assert complete
        assert [listing.group.path for listing in listings] == ["", "a", "empty"]


class TestFolders:
    def test_several_stores(self, foreign: Foreign) -> None:
        made = foreign("folder_of_stores")
        assert open_root(local(made.path)) == Group("", None)
        ours = nodes_of(made.path)
        assert {path: (type(n), n.zarr_format) for path, n in ours.items()} == {
            "day 2": (Group, None),
            "day 2/deep.zarr": (Group, 3),
            "day 2/deep.zarr/a": (Array, 3),
            "old.zarr": (Array, 2),
            "plain.zarr": (Array, 3),
        }
        assert find_node(local(made.path), "day 2") == Group("day 2", None)

    @pytest.mark.parametrize("name", ["v2_bad_consolidated", "v3_bad_consolidated"])
    def test_consolidated_metadata_are_not_needed(self, name: str, foreign: Foreign) -> None:
        assert isinstance(open_root(local(foreign(name).path)), Group)

    @pytest.mark.parametrize("name", ["v2_stale_consolidated", "v3_stale_consolidated"])
    def test_consolidated_metadata_are_not_believed(self, name: str, foreign: Foreign) -> None:
        ours = nodes_of(foreign(name).path)
        assert set(ours) == {"added", "changed", "kept"}
        changed = ours["changed"]
        assert isinstance(changed, Array)
        assert changed.attributes["edition"] == "new"

    @pytest.mark.parametrize(
        ("files", "words"),
        [
            ([], "is an empty folder"),
            ([".zattrs"], "is no whole Zarr node"),
            (["notes.txt", "a/b/c/d/e/zarr.json"], "holds no Zarr store"),
        ],
    )
    def test_what_is_no_store(self, tmp_path: Path, files: list[str], words: str) -> None:
        for name in files:
            write_json(tmp_path / name, group_document())
        with pytest.raises(UserError, match=words):
            open_root(local(tmp_path))

    def test_a_node_that_is_not_there(self, foreign: Foreign) -> None:
        made = foreign("v3_bad_documents")
        with pytest.raises(UserError, match="There is no node at"):
            find_node(local(made.path), "nowhere")
        with pytest.raises(UserError, match=r"truncated is broken: zarr\.json is not valid JSON"):
            find_node(local(made.path), "truncated")
        assert find_node(local(made.path), "good/").path == "good"


def test_v2_and_v3_side_by_side(tmp_path: Path) -> None:
    """zarr-python lists the children of its root's own format only; all of them are there."""
    write_json(tmp_path / "zarr.json", group_document())
    write_json(tmp_path / "new" / "zarr.json", array_document((2,), (2,)))
    write_json(tmp_path / "old" / ".zarray", v2_array_document((2,), (2,)))
    assert {path: node.zarr_format for path, node in nodes_of(tmp_path).items()} == {
        "new": 3,
        "old": 2,
    }


def test_a_name_with_a_backslash(foreign: Foreign) -> None:
    made: Made = foreign("v3_backslash")
    assert set(nodes_of(made.path)) == set(made.arrays)
    assert (made.path / "back\\slash" / "zarr.json").is_file()
