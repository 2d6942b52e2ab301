"""Nodes renamed, moved, copied and deleted: nothing is lost, and all that names them follows."""

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
import zarr
from editing import local, look
from foreign import Foreign
from foreign.made import quiet, write_json
from good_stores import write_good
from hypothesis import given, settings
from hypothesis import strategies as st
from structure import findings, make, rules, same, told, values
from wells import write_plate

from omezarr_tui.edit.apply import apply_plan, undo
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.json_members import Kept, Made, arrange_members
from omezarr_tui.edit.names import why_no_name
from omezarr_tui.edit.nodes import CopyNode, DeleteNode, MoveNode, rename_node
from omezarr_tui.edit.operation import Edit
from omezarr_tui.edit.plan import plan_edit
from omezarr_tui.edit.relocation import path_from
from omezarr_tui.errors import UserError
from omezarr_tui.ome.loose import resolved
from omezarr_tui.ome.read import ome_attributes
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location

IMAGES = ["ome_zarr_py_04", "ome_zarr_py_05"]
PLATES = ["ome_zarr_py_plate_04", "ome_zarr_py_plate_05"]


def attributes(folder: Path, node: str) -> dict[str, object]:
    """What OME-Zarr says of a node, by zarr-python alone."""
    group = zarr.open_group(folder, path=node, mode="r", use_consolidated=False)
    return dict(ome_attributes(group.attrs.asdict()))


def moved(arrays: dict[str, np.ndarray], old: str, new: str | None) -> dict[str, np.ndarray]:
    """What arrays there are after a move; the same by a dictionary."""
    made = {}
    for path, data in arrays.items():
        if path != old and not path.startswith(f"{old}/"):
            made[path] = data
        elif new is not None:
            made[new + path[len(old) :]] = data
    return made


class TestAnImage:
    @pytest.mark.parametrize("name", IMAGES)
    def test_a_level_is_renamed(self, foreign: Foreign, tmp_path: Path, name: str) -> None:
        path = foreign(name).copy(tmp_path).path
        before, arrays = findings(path), values(path)
        make(path, rename_node("s1", "half"))
        image = attributes(path, "")["multiscales"][0]
        assert [each["path"] for each in image["datasets"]] == ["s0", "half"]
        assert same(values(path), moved(arrays, "s1", "half"))
        assert findings(path) == before

    @pytest.mark.parametrize("name", ["image_04", "image_05", "image_06"])
    def test_a_level_is_deleted(self, tmp_path: Path, name: str) -> None:
        path = write_good(tmp_path, name)
        shutil.rmtree(path / "labels")  # it would have other levels than the image
        before = findings(path)
        plan = make(path, DeleteNode("s0"))
        image = attributes(path, "")["multiscales"][0]
        assert [each["path"] for each in image["datasets"]] == ["s1"]
        assert told(plan, "references") == ["the root no longer lists the level s0"]
        assert not (path / "s0").exists()
        assert findings(path) == before

    def test_the_last_level_is_deleted_and_it_is_said_what_that_breaks(
        self, tmp_path: Path
    ) -> None:
        path = write_good(tmp_path, "image_05")
        make(path, DeleteNode("s0"))
        plan = make(path, DeleteNode("s1"))
        (line,) = told(plan, "validation")
        assert "error" in line

    def test_transformations_that_name_a_level_follow(self, tmp_path: Path) -> None:
        path = write_good(tmp_path, "image_06")
        document = json.loads((path / "zarr.json").read_text())
        image = document["attributes"]["ome"]["multiscales"][0]
        for number, dataset in enumerate(image["datasets"]):
            given = f"s{number}" if number else {"path": "s0"}
            dataset["coordinateTransformations"][0] |= {"input": given, "output": "physical"}
        write_json(path / "zarr.json", document)
        make(path, rename_node("s0", "full"))
        make(path, rename_node("s1", "half"))
        image = attributes(path, "")["multiscales"][0]
        steps = [dataset["coordinateTransformations"][0] for dataset in image["datasets"]]
        assert [step["input"] for step in steps] == [{"path": "full"}, "half"]


class TestLabels:
    @pytest.mark.parametrize("name", IMAGES)
    def test_a_label_image_is_renamed(self, foreign: Foreign, tmp_path: Path, name: str) -> None:
        path = foreign(name).copy(tmp_path).path
        before, arrays = rules(path), values(path)
        make(path, rename_node("labels/nuclei", "cells"))
        assert attributes(path, "labels")["labels"] == ["cells"]
        assert same(values(path), moved(arrays, "labels/nuclei", "labels/cells"))
        assert rules(path) == before

    @pytest.mark.parametrize("name", ["image_04", "image_05"])
    def test_a_copy_is_listed_beside(self, tmp_path: Path, name: str) -> None:
        path = write_good(tmp_path, name)
        plan = make(path, CopyNode("labels/nuclei", "labels/again"))
        assert attributes(path, "labels")["labels"] == ["nuclei", "again"]
        assert told(plan, "references") == ["labels lists again as well"]
        assert rules(path) <= rules(write_good(tmp_path / "other", name))

    def test_one_that_is_moved_out_is_no_longer_listed_and_still_names_its_image(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "both"
        zarr.create_group(path)
        shutil.copytree(write_good(tmp_path, "image_05"), path / "one")
        label = path / "one/labels/nuclei/zarr.json"
        document = json.loads(label.read_text())
        document["attributes"]["ome"]["image-label"]["source"] = {"image": "../../"}
        write_json(label, document)
        make(path, MoveNode("one/labels/nuclei", "nuclei"))
        assert attributes(path, "one/labels")["labels"] == []
        source = attributes(path, "nuclei")["image-label"]["source"]
        assert resolved("nuclei", source["image"]) == "one"
        make(path, MoveNode("one", "two"))
        source = attributes(path, "nuclei")["image-label"]["source"]
        assert resolved("nuclei", source["image"]) == "two"
        plan = make(path, DeleteNode("two"))
        (line,) = told(plan, "references")
        assert line.startswith("nuclei names")
        assert "nothing is then" in line

    def test_a_whole_image_moves_without_a_change_inside(self, tmp_path: Path) -> None:
        path = tmp_path / "both"
        zarr.create_group(path)
        zarr.create_group(path / "deep")
        shutil.copytree(write_good(tmp_path, "image_05"), path / "one")
        inside = look(path / "one")
        plan = make(path, MoveNode("one", "deep/er"))
        assert look(path / "deep/er") == inside
        assert plan.keys == ()
        assert plan.written_bytes == 0


class TestPlates:
    @pytest.mark.parametrize("name", PLATES)
    def test_a_well_goes(self, foreign: Foreign, tmp_path: Path, name: str) -> None:
        path = foreign(name).copy(tmp_path).path
        before, arrays = rules(path), values(path)
        plan = make(path, DeleteNode("A/3"))
        wells = attributes(path, "")["plate"]["wells"]
        assert [well["path"] for well in wells] == ["A/1", "B/2"]
        assert told(plan, "references") == ["the root no longer lists the well A/3"]
        assert same(values(path), moved(arrays, "A/3", None))
        assert rules(path) <= before

    @pytest.mark.parametrize("name", PLATES)
    def test_a_well_moves_to_where_there_is_none(
        self, foreign: Foreign, tmp_path: Path, name: str
    ) -> None:
        path = foreign(name).copy(tmp_path).path
        before, arrays = rules(path), values(path)
        make(path, MoveNode("A/3", "B/1"))
        plate = attributes(path, "")["plate"]
        assert plate["wells"][1] == {"path": "B/1", "rowIndex": 1, "columnIndex": 0}
        assert [column["name"] for column in plate["columns"]] == ["1", "2", "3"]
        assert same(values(path), moved(arrays, "A/3", "B/1"))
        assert rules(path) <= before

    @pytest.mark.parametrize("name", PLATES)
    def test_a_row_is_renamed_with_its_wells(
        self, foreign: Foreign, tmp_path: Path, name: str
    ) -> None:
        path = foreign(name).copy(tmp_path).path
        before, arrays = rules(path), values(path)
        make(path, rename_node("A", "H"))
        plate = attributes(path, "")["plate"]
        assert [row["name"] for row in plate["rows"]] == ["H", "B"]
        assert [well["path"] for well in plate["wells"]] == ["H/1", "H/3", "B/2"]
        assert [well["rowIndex"] for well in plate["wells"]] == [0, 0, 1]
        assert same(values(path), moved(arrays, "A", "H"))
        assert rules(path) <= before

    def test_a_column_that_is_new_is_added(self, tmp_path: Path) -> None:
        path = write_plate(tmp_path / "p", 2, 2)
        before = rules(path)
        make(path, rename_node("A/1", "9"))
        plate = attributes(path, "")["plate"]
        assert [column["name"] for column in plate["columns"]] == ["1", "2", "9"]
        assert plate["wells"][0] == {"path": "A/9", "rowIndex": 0, "columnIndex": 2}
        assert rules(path) <= before

    def test_fields_follow(self, tmp_path: Path) -> None:
        path = write_plate(tmp_path / "p", 1, 2, fields=lambda r, c: 2, acquisitions=2)
        before = rules(path)
        make(path, rename_node("A/1/1", "7"))
        assert attributes(path, "A/1")["well"]["images"] == [
            {"path": "0", "acquisition": 1},
            {"path": "7", "acquisition": 2},
        ]
        make(path, CopyNode("A/1/7", "A/2/5"))
        assert attributes(path, "A/2")["well"]["images"][-1] == {"path": "5", "acquisition": 2}
        make(path, DeleteNode("A/1/0"))
        assert [f["path"] for f in attributes(path, "A/1")["well"]["images"]] == ["7"]
        assert rules(path) <= before

    def test_a_copied_well_is_listed(self, tmp_path: Path) -> None:
        path = write_plate(tmp_path / "p", 1, 2)
        before = rules(path)
        make(path, CopyNode("A/2", "A/3"))
        plate = attributes(path, "")["plate"]
        assert plate["wells"][-1] == {"path": "A/3", "rowIndex": 0, "columnIndex": 2}
        assert [column["name"] for column in plate["columns"]] == ["1", "2", "3"]
        assert rules(path) <= before

    def test_a_well_that_leaves_its_plate_is_no_longer_listed(self, tmp_path: Path) -> None:
        path = write_plate(tmp_path / "p", 1, 2)
        make(path, MoveNode("A/2", "spare"))
        wells = attributes(path, "")["plate"]["wells"]
        assert [well["path"] for well in wells] == ["A/1"]


class TestSeries:
    def test_they_follow(self, tmp_path: Path) -> None:
        path = write_good(tmp_path, "series")
        before = rules(path)
        make(path, rename_node("1", "third"))
        assert attributes(path, "OME")["series"] == ["0", "third"]
        make(path, CopyNode("0", "fourth"))
        assert attributes(path, "OME")["series"] == ["0", "third", "fourth"]
        make(path, DeleteNode("0"))
        assert attributes(path, "OME")["series"] == ["third", "fourth"]
        assert rules(path) <= before

    def test_what_cannot_follow_is_said(self, tmp_path: Path) -> None:
        path = write_good(tmp_path, "series")
        plan = plan_edit(local(path), DeleteNode("0"))
        assert any("METADATA.ome.xml stays" in line for line in told(plan, "references"))
        plan = plan_edit(local(path), rename_node("OME", "meta"))
        assert any("only by that name" in line for line in told(plan, "references"))
        shutil.rmtree(path / "OME")
        plan = plan_edit(local(path), DeleteNode("0"))
        assert any("readers count" in line for line in told(plan, "references"))

    def test_scenes_follow(self, tmp_path: Path) -> None:
        path = write_good(tmp_path, "scene")
        before = rules(path)
        make(path, rename_node("left", "west"))
        (step,) = attributes(path, "")["scene"]["coordinateTransformations"]
        assert step["input"]["path"] == "west"
        assert rules(path) <= before


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_columns_of_a_table_follow(tmp_path: Path, zarr_format: int) -> None:
    path = tmp_path / "table"
    group = zarr.create_group(path, zarr_format=zarr_format)
    for name in ("index", "area", "kind"):
        group.create_array(name, shape=(3,), dtype="uint8")
    group.attrs.update(
        {"encoding-type": "dataframe", "_index": "index", "column-order": ["area", "kind"]}
    )
    make(path, rename_node("area", "size"))
    make(path, rename_node("index", "cell"))
    make(path, DeleteNode("kind"))
    found = zarr.open_group(path, mode="r").attrs
    assert found["column-order"] == ["size"]
    assert found["_index"] == "cell"


def consolidated_store(folder: Path, zarr_format: int) -> Path:
    """Write a store with copies at its root, and at a group in it."""
    with quiet():
        root = zarr.create_group(folder, zarr_format=zarr_format, attributes={"n": 1e-7})
        for name in ("a/x", "a/y", "b/x", "b/in/z", "c"):
            array = root.create_array(name, shape=(4,), chunks=(2,), dtype="uint8")
            array[:] = len(name)
            array.attrs["name"] = name
        zarr.consolidate_metadata(folder, path="b")
        zarr.consolidate_metadata(folder)
    return folder


@pytest.mark.parametrize("zarr_format", [2, 3])
class TestConsolidated:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("a", "d"),
            ("a/x", "a/w"),
            ("a/x", "b/w"),
            ("b", "a/b"),
            ("b/in", "in"),
            ("b/x", "b/in/x"),
            ("c", "b/c"),
        ],
    )
    def test_a_move(self, tmp_path: Path, zarr_format: int, old: str, new: str) -> None:
        path = consolidated_store(tmp_path / "s", zarr_format)
        arrays = values(path)
        plan = make(path, MoveNode(old, new))
        assert same(values(path), moved(arrays, old, new))
        assert same(values(path, consolidated=True), moved(arrays, old, new))
        assert rules(path) == set()
        assert told(plan, "consolidated")

    @pytest.mark.parametrize("old", ["a", "a/x", "b", "b/in/z", "c"])
    def test_a_deletion(self, tmp_path: Path, zarr_format: int, old: str) -> None:
        path = consolidated_store(tmp_path / "s", zarr_format)
        arrays = values(path)
        make(path, DeleteNode(old))
        assert same(values(path, consolidated=True), moved(arrays, old, None))
        assert rules(path) == set()

    @pytest.mark.parametrize(("old", "new"), [("a", "b/in/a"), ("c", "a/c"), ("b", "d")])
    def test_a_copy(self, tmp_path: Path, zarr_format: int, old: str, new: str) -> None:
        path = consolidated_store(tmp_path / "s", zarr_format)
        arrays = values(path)
        make(path, CopyNode(old, new))
        wanted = arrays | {n: arrays[o] for o in arrays for n in moved({o: 0}, old, new)}
        assert same(values(path, consolidated=True), wanted)
        assert rules(path) == set()

    def test_every_other_byte_stays(self, tmp_path: Path, zarr_format: int) -> None:
        path = consolidated_store(tmp_path / "s", zarr_format)
        document = path / (".zmetadata" if zarr_format == 2 else "zarr.json")
        before = document.read_text()
        make(path, rename_node("a", "d"))
        wanted = before
        for old, new in (('"a/', '"d/'), ('"a":', '"d":')):
            wanted = wanted.replace(old, new)
        # The arrays' own attributes tell the names that they had; these are theirs.
        for name in ("a/x", "a/y"):
            wanted = wanted.replace(f'"name": "d{name[1:]}"', f'"name": "{name}"')
        assert document.read_text() == wanted


class Bucket(LocalAccess):
    """A place where no folder is moved in one step, as in buckets."""

    can_rename = False


@pytest.mark.parametrize("name", [*IMAGES, *PLATES])
def test_where_folders_cannot_be_renamed(foreign: Foreign, tmp_path: Path, name: str) -> None:
    path = foreign(name).copy(tmp_path).path
    with quiet():
        zarr.consolidate_metadata(path)
    before, arrays = rules(path), values(path)
    old, new = ("A", "H") if name in PLATES else ("labels/nuclei", "labels/cells")
    access = Bucket(Location.local(path))
    plan = plan_edit(access, MoveNode(old, new))
    assert plan.staged.moves == ()
    apply_plan(access, plan)
    assert same(values(path), moved(arrays, old, new))
    assert same(values(path, consolidated=True), moved(arrays, old, new))
    assert not (path / old).exists()
    assert rules(path) == before


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (DeleteNode("s1"), "1 error more than now: labels/nuclei: It has 2 levels, its image has"),
        (MoveNode("labels/nuclei", "nuclei"), None),
        (rename_node("s1", "half"), None),
        (DeleteNode("labels/nuclei"), None),
    ],
)
def test_what_becomes_invalid_is_told(tmp_path: Path, edit: Edit, told: str | None) -> None:
    path = write_good(tmp_path, "image_05")
    facts = dict(plan_edit(local(path), edit).facts())
    assert facts.get("validation", "")[: len(told or "")] == (told or "")
    before = rules(path)
    make(path, edit)
    assert (rules(path) == before) == (told is None)


class TestLinks:
    @pytest.fixture
    def store(self, tmp_path: Path) -> Path:
        path = write_good(tmp_path, "image_05")
        (path / "labels/nuclei").rename(tmp_path / "elsewhere")
        (path / "labels/nuclei").symlink_to(Path("..", "..", "elsewhere"))
        return path

    def test_one_that_leads_on_from_where_it_lies_is_not_moved_elsewhere(self, store: Path) -> None:
        before = look(store)
        with pytest.raises(UserError, match="nuclei is a link that leads on") as told:
            plan_edit(local(store), MoveNode("labels/nuclei", "nuclei"))
        assert "by hand" in told.value.why
        assert look(store) == before
        zarr.create_group(store, path="other")
        with pytest.raises(UserError, match="nuclei is a link that leads on"):
            plan_edit(local(store), MoveNode("labels", "other/labels"))

    def test_it_can_be_deleted(self, store: Path, tmp_path: Path) -> None:
        kept = look(tmp_path / "elsewhere")
        plan = make(store, DeleteNode("labels/nuclei"))
        assert plan.staged.moves == (("labels/nuclei", None),)
        assert dict(plan.facts())["link"].startswith("it is one, and goes alone: what lies in ")
        assert not (store / "labels/nuclei").is_symlink()
        assert look(tmp_path / "elsewhere") == kept

    def test_what_goes_behind_it_is_told(self, store: Path, tmp_path: Path) -> None:
        plan = plan_edit(local(store), DeleteNode("labels/nuclei/s1"))
        told = f"labels/nuclei is one: what goes lies in {(tmp_path / 'elsewhere').resolve()}"
        assert dict(plan.facts())["link"] == told
        assert "link" not in dict(plan_edit(local(store), DeleteNode("s1")).facts())

    def test_it_can_be_renamed(self, store: Path) -> None:
        arrays = values(store)
        make(store, rename_node("labels/nuclei", "cells"))
        assert same(values(store), moved(arrays, "labels/nuclei", "labels/cells"))

    def test_a_whole_path_leads_there_from_everywhere(self, store: Path, tmp_path: Path) -> None:
        (store / "labels/nuclei").unlink()
        (store / "labels/nuclei").symlink_to(tmp_path / "elsewhere")
        arrays = values(store)
        make(store, MoveNode("labels/nuclei", "nuclei"))
        assert same(values(store), moved(arrays, "labels/nuclei", "nuclei"))


def test_folders_stay_as_closed_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the journal lies on another disk a node goes file by file, and is made anew."""
    monkeypatch.setattr("omezarr_tui.edit.staged.is_same_disk", lambda *folders: False)
    path = write_good(tmp_path, "image_05")
    folders = [path / "labels", *(f for f in (path / "labels").rglob("*") if f.is_dir())]
    for number, folder in enumerate(folders):
        folder.chmod((0o700, 0o2750, 0o711)[number % 3])
    modes = [folder.stat().st_mode for folder in folders]
    plan = plan_edit(local(path), DeleteNode("labels"))
    assert plan.staged.moves == ()
    entry = apply_plan(local(path), plan)
    assert not (path / "labels").exists()
    undo(local(path), Journal(Location.local(path)).load(entry))
    assert [folder.stat().st_mode for folder in folders] == modes


PLACES = ["a", "a/x", "a/y", "b", "b/x", "b/in", "b/in/z", "c", "d", "a/d", "b/in/d"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["move", "copy", "delete"]),
        st.sampled_from(PLACES),
        st.sampled_from(PLACES),
    ),
    min_size=1,
    max_size=4,
)


@given(st.sampled_from([2, 3]), STEPS)
@settings(max_examples=25, deadline=None)
def test_any_edits_one_after_the_other(zarr_format: int, steps: list[tuple[str, str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = consolidated_store(Path(folder) / "s", zarr_format)
        arrays = values(path)
        for verb, old, new in steps:
            edit = {
                "move": MoveNode(old, new),
                "copy": CopyNode(old, new),
                "delete": DeleteNode(old),
            }[verb]
            try:
                plan = plan_edit(local(path), edit)
            except UserError:
                continue
            apply_plan(local(path), plan)
            there = moved(arrays, old, None if verb == "delete" else new)
            arrays = arrays | there if verb == "copy" else there
        assert same(values(path), arrays)
        assert same(values(path, consolidated=True), arrays)
        assert rules(path) == set()


class TestRefused:
    @pytest.mark.parametrize(
        ("old", "new", "why"),
        [
            ("", "b", "store itself"),
            ("nothing", "b", "no such node"),
            ("s0", "s1", "something at"),
            ("s0", "s0", "already"),
            ("labels", "labels/nuclei/deep", "within it"),
            ("s0", "__s0", "underscores"),
            ("s0", "..", "dots"),
            ("s0", "a\tb", "cannot be seen"),
            ("s0", "zarr.json", "a document of Zarr"),
            ("s0", "s1/inner", "is an array"),
            ("s0", "none/inner", "no group"),
            ("s0/c", "d", "no such node"),
        ],
    )
    def test_a_move(self, tmp_path: Path, old: str, new: str, why: str) -> None:
        path = write_good(tmp_path, "image_05")
        before = look(path)
        for edit in (MoveNode(old, new), CopyNode(old, new)):
            with pytest.raises(UserError) as error:
                plan_edit(local(path), edit)
            assert why in str(error.value)
        assert look(path) == before

    def test_deleting_the_root(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="store itself"):
            plan_edit(local(write_good(tmp_path, "image_05")), DeleteNode(""))

    def test_a_group_of_another_format(self, tmp_path: Path) -> None:
        zarr.create_group(tmp_path / "s")
        zarr.create_group(tmp_path / "s/three", zarr_format=3)
        zarr.create_group(tmp_path / "s/two", zarr_format=2)
        with pytest.raises(UserError, match="Zarr v2"):
            plan_edit(local(tmp_path / "s"), MoveNode("three", "two/three"))

    @pytest.mark.parametrize("name", ["", ".", "..", "...", "a/b", "__x", "\x1b", ".zattrs", " a"])
    def test_names_that_are_none(self, name: str) -> None:
        assert why_no_name(name)

    @pytest.mark.parametrize("name", ["a", "0", ".a", "_x", "é", "a b", "c", "labels"])
    def test_names(self, name: str) -> None:
        assert why_no_name(name) is None


PATHS = st.lists(st.sampled_from("ab"), max_size=4).map("/".join)


@given(PATHS, PATHS)
def test_a_path_leads_where_it_should(base: str, path: str) -> None:
    assert resolved(base, path_from(base, path)) == path


@given(
    st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=3), min_size=1),
    st.sampled_from([None, 1, 4, "\t"]),
    st.data(),
)
def test_members_are_arranged_as_by_a_dictionary(
    members: dict[str, object], indent: int | str | None, data: st.DataObject
) -> None:
    names = data.draw(st.permutations(list(members)))
    wanted: list[Kept | Made] = [Kept(f"new {n}", n) if len(n) % 2 else Kept(n, n) for n in names]
    wanted = wanted[: data.draw(st.integers(0, len(wanted)))]
    wanted.insert(data.draw(st.integers(0, len(wanted))), Made("added", [1]))
    if len({each.name for each in wanted}) < len(wanted):
        return
    expected = {
        each.name: members[each.old] if isinstance(each, Kept) else each.value for each in wanted
    }
    outer = {"around": {"in": members}, "last": 1e-7}
    raw = json.dumps(outer, indent=indent).encode()
    made = arrange_members(raw, ("around", "in"), wanted)
    found = json.loads(made)
    assert found == {"around": {"in": expected}, "last": 1e-7}
    assert list(found["around"]["in"]) == list(expected)
    if len(members) > 1:
        assert made.decode() == json.dumps(
            {"around": {"in": expected}, "last": 1e-7}, indent=indent
        )
