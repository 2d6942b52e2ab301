"""Fixes as edits: the documents that change, and their consolidated copies, to the byte."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from posixpath import commonpath
from typing import Any

import numpy as np
import pytest
import zarr
from editing import FailingAccess, changed, local, look, small_store
from good_stores import write_good

from omezarr_tui.edit.apply import apply_plan, undo
from omezarr_tui.edit.attr_expressions import attr_edit
from omezarr_tui.edit.described import describe_node
from omezarr_tui.edit.differences import differences
from omezarr_tui.edit.document_editor import DocumentEditor
from omezarr_tui.edit.documents_edit import DocumentsEdit
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.json_diff import DiffLine, document_diff
from omezarr_tui.edit.plan import Plan, plan_edit
from omezarr_tui.edit.together import together
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.ome.validate.finding import REMOVED, Change, Document, Finding, Fix
from omezarr_tui.ome.validate.store import validate_store
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.opening import find_node
from omezarr_tui.store.waiting import Cancelled

ODD = b"""{
    "kept":   [1.50, 1e3],
    "ome": {"version": "0.4", "a~/b": null},
    "kept": "twice"
}

"""


def v2_store(folder: Path, *, consolidated: bool = True) -> Path:
    """Write a v2 hierarchy: a group in a group, and an array in it without attributes."""
    root = zarr.create_group(folder, zarr_format=2, attributes={"top": 1})
    inner = root.create_group("A/1", attributes={"ome": {"version": "0.4"}, "other": [1, 2]})
    inner.create_array("s0", shape=(4, 4), dtype="uint8")
    if consolidated:
        zarr.consolidate_metadata(folder, zarr_format=2)
    return folder


def v3_store(folder: Path, *, consolidated: bool = True) -> Path:
    """The same in v3."""
    root = zarr.create_group(folder, attributes={"top": 1})
    inner = root.create_group("A/1", attributes={"ome": {"version": "0.4"}, "other": [1, 2]})
    inner.create_array("s0", shape=(4, 4), dtype="uint8")
    if consolidated:
        zarr.consolidate_metadata(folder)
    return folder


def change(
    pointer: str, value: Any, node: str = "A/1", document: Document = "attributes"
) -> Change:
    return Change(node, document, pointer, value)


def plan(
    store: Path | LocalAccess, *changes: Change, title: str = "Mend it", work: Work | None = None
) -> Plan:
    access = local(store) if isinstance(store, Path) else store
    path = commonpath([change.node for change in changes])
    return plan_edit(access, DocumentsEdit(changes, title, path), work)


def copies(store: Path, *changes: Change) -> list[tuple[str, int]]:
    """The documents that change, and how many copies of others change in each."""
    editor = DocumentEditor(local(store))
    for change in changes:
        editor.change(change.node, [change])
    editor.change_copies(lambda: False)
    return [(change.key, change.copies) for change in editor.changes()]


def new(made: Plan, key: str) -> bytes:
    raw = made.staged.get(key)
    assert raw is not None
    return raw


def text(store: Path, key: str) -> bytes:
    return (store / key).read_bytes()


def parsed(store: Path, key: str) -> Any:
    return json.loads(text(store, key))


class TestPlan:
    def test_only_what_is_concerned_changes(self, tmp_path: Path) -> None:
        store = v2_store(tmp_path / "s", consolidated=False)
        (store / "A/1/.zattrs").write_bytes(ODD)
        before = look(store)
        made = plan(store, change("/ome/version", "0.5"), change("/ome/a~0~1b", REMOVED))
        assert look(store) == before
        assert list(made.keys) == ["A/1/.zattrs"]
        assert new(made, "A/1/.zattrs") == ODD.replace(b'"0.4", "a~/b": null', b'"0.5"')
        apply_plan(local(store), made)
        assert changed(before, look(store)) == {"A/1/.zattrs"}
        assert text(store, "A/1/.zattrs") == new(made, "A/1/.zattrs")

    def test_the_copies_of_v2_change_in_the_same_step(self, tmp_path: Path) -> None:
        store = v2_store(tmp_path / "s")
        zarr.consolidate_metadata(store, path="A", zarr_format=2)
        before = look(store)
        made = plan(store, change("/ome/version", "0.5"))
        assert list(made.keys) == ["A/1/.zattrs", "A/.zmetadata", ".zmetadata"]
        assert [count for _, count in copies(store, change("/ome/version", "0.5"))] == [0, 1, 1]
        entry = apply_plan(local(store), made)
        for key in ("A/1/.zattrs", "A/.zmetadata", ".zmetadata"):
            old, new = before[key][1], text(store, key)
            assert old is not None
            assert new == old.replace(b'"0.4"', b'"0.5"')
        opened = zarr.open_consolidated(store, zarr_format=2)
        assert opened["A/1"].attrs["ome"] == {"version": "0.5"}
        undo(local(store), entry)
        assert look(store) == before

    def test_the_copies_of_v3_change_in_the_same_step(self, tmp_path: Path) -> None:
        store = v3_store(tmp_path / "s")
        zarr.consolidate_metadata(store, path="A")
        before = look(store)
        made = plan(store, change("/ome/version", "0.5"))
        assert list(made.keys) == ["A/1/zarr.json", "A/zarr.json", "zarr.json"]
        entry = apply_plan(local(store), made)
        assert changed(before, look(store)) == set(made.keys)
        for key in ("A/1/zarr.json", "A/zarr.json", "zarr.json"):
            old, new = before[key][1], text(store, key)
            assert old is not None
            assert new == old.replace(b'"0.4"', b'"0.5"')
        opened = zarr.open_consolidated(store)
        assert opened["A/1"].attrs["ome"] == {"version": "0.5"}
        undo(local(store), entry)
        assert look(store) == before

    def test_copies_within_copies(self, tmp_path: Path) -> None:
        store = v3_store(tmp_path / "s", consolidated=False)
        document = parsed(store, "A/1/zarr.json")
        inner = {"kind": "inline", "must_understand": False, "metadata": {"1": document}}
        above = {**parsed(store, "A/zarr.json"), "consolidated_metadata": inner}
        outer = {**inner, "metadata": {"A": above, "A/1": document}}
        for key, found in (("A/zarr.json", inner), ("zarr.json", outer)):
            made = {**parsed(store, key), "consolidated_metadata": found}
            (store / key).write_text(json.dumps(made))
        before = look(store)
        done = plan(store, change("/ome/version", "0.5"))
        assert copies(store, change("/ome/version", "0.5")) == [
            ("A/1/zarr.json", 0),
            ("A/zarr.json", 1),
            ("zarr.json", 2),
        ]
        apply_plan(local(store), done)
        old = before["zarr.json"][1]
        assert old is not None
        assert text(store, "zarr.json") == old.replace(b'"0.4"', b'"0.5"')

    def test_a_copy_that_was_stale_becomes_right(self, tmp_path: Path) -> None:
        for store, key, path in (
            (v2_store(tmp_path / "v2"), ".zmetadata", ("metadata", "A/1/.zattrs")),
            (
                v3_store(tmp_path / "v3"),
                "zarr.json",
                ("consolidated_metadata", "metadata", "A/1", "attributes"),
            ),
        ):
            document = parsed(store, key)
            copy = document
            for name in path:
                copy = copy[name]
            copy["ome"], copy["gone"] = {"version": "0.1", "stale": True}, 1
            (store / key).write_text(json.dumps(document))
            apply_plan(local(store), plan(store, change("/ome/version", "0.5")))
            copy = parsed(store, key)
            for name in path:
                copy = copy[name]
            assert copy["ome"] == {"version": "0.5"}
            # What was not concerned is left as it is; in v3 the attributes are one member.
            assert ("gone" in copy) == (key == ".zmetadata")

    def test_a_member_that_the_document_loses_leaves_a_stale_copy_too(self, tmp_path: Path) -> None:
        store = v2_store(tmp_path / "s")
        raw = text(store, ".zmetadata").replace(b'"0.4"', b'"0.3"')
        (store / ".zmetadata").write_bytes(raw)
        apply_plan(local(store), plan(store, change("/ome", REMOVED)))
        assert parsed(store, ".zmetadata")["metadata"]["A/1/.zattrs"] == {"other": [1, 2]}

    def test_nodes_that_were_never_consolidated_are_left_out(self, tmp_path: Path) -> None:
        for store, key in ((v2_store(tmp_path / "2"), ".zattrs"), (v3_store(tmp_path / "3"), "")):
            shutil.copytree(store / "A/1", store / "A/2")
            made = plan(store, change("/ome/version", "0.5", "A/2"))
            assert list(made.keys) == [f"A/2/{key or 'zarr.json'}"]

    def test_what_is_no_consolidated_metadata_is_left_alone(self, tmp_path: Path) -> None:
        store = v2_store(tmp_path / "s", consolidated=False)
        for raw in (b"", b"[]", b'{"metadata": 1}', b"{"):
            (store / ".zmetadata").write_bytes(raw)
            assert len(plan(store, change("/ome", 1)).keys) == 1

    def test_missing_attributes_are_made_like_the_document_beside(self, tmp_path: Path) -> None:
        store = v2_store(tmp_path / "s")
        (store / "A/1/s0/.zattrs").unlink(missing_ok=True)
        metadata = parsed(store, ".zmetadata")
        metadata["metadata"].pop("A/1/s0/.zattrs", None)
        (store / ".zmetadata").write_text(json.dumps(metadata, indent=4))
        document = json.dumps(parsed(store, "A/1/s0/.zarray"), indent="\t") + "\n"
        (store / "A/1/s0/.zarray").write_text(document)
        before = look(store)
        made = plan(store, change("/_ARRAY_DIMENSIONS", ["y", "x"], "A/1/s0"))
        entry = apply_plan(local(store), made)
        wanted = b'{\n\t"_ARRAY_DIMENSIONS": [\n\t\t"y",\n\t\t"x"\n\t]\n}\n'
        assert text(store, "A/1/s0/.zattrs") == wanted
        held = parsed(store, ".zmetadata")["metadata"]
        assert held["A/1/s0/.zattrs"] == {"_ARRAY_DIMENSIONS": ["y", "x"]}
        assert ("new", "A/1/s0/.zattrs") in made.facts()
        undo(local(store), entry)
        assert look(store) == before

    def test_missing_attributes_of_v3(self, tmp_path: Path) -> None:
        store = v3_store(tmp_path / "s")
        for raw in (b'{"zarr_format":3,"node_type":"group"}', b'{"attributes":null}'):
            (store / "A/1/zarr.json").write_bytes(raw)
            apply_plan(local(store), plan(store, change("/a", 1)))
            assert parsed(store, "A/1/zarr.json")["attributes"] == {"a": 1}
        assert parsed(store, "zarr.json")["consolidated_metadata"]["metadata"]["A/1"][
            "attributes"
        ] == {"a": 1}

    @pytest.mark.parametrize("make", [v2_store, v3_store])
    def test_documents_of_zarr_itself(self, tmp_path: Path, make: Callable[..., Path]) -> None:
        store = make(tmp_path / "s")
        before = look(store)
        made = plan(store, change("/fill_value", 7, "A/1/s0", "array"))
        entry = apply_plan(local(store), made)
        assert len(made.keys) == 2
        assert zarr.open_array(store, path="A/1/s0", mode="r").fill_value == 7
        assert zarr.open_consolidated(store)["A/1/s0"].fill_value == 7
        undo(local(store), entry)
        assert look(store) == before

    def test_consolidated_metadata_of_v2_as_a_document(self, tmp_path: Path) -> None:
        store = v2_store(tmp_path / "s")
        before = look(store)
        made = plan(
            store,
            change("/metadata/A~1.zgroup", REMOVED, "", "consolidated"),
            change("/ome/version", "0.5"),
        )
        assert list(made.keys) == [".zmetadata", "A/1/.zattrs"]
        entry = apply_plan(local(store), made)
        metadata = parsed(store, ".zmetadata")["metadata"]
        assert "A/.zgroup" not in metadata
        assert ".zmetadata" not in metadata
        assert metadata["A/1/.zattrs"]["ome"] == {"version": "0.5"}
        undo(local(store), entry)
        assert look(store) == before

    def test_changes_of_one_document_follow_one_another(self, tmp_path: Path) -> None:
        store = v3_store(tmp_path / "s")
        made = plan(
            store,
            change("/other/0", REMOVED),
            change("/other/0", REMOVED),
            change("/other/-", {"a": []}),
            change("/other/0/a/-", 5),
            change("/top", REMOVED, ""),
        )
        shown = next(each for each in differences(made) if each.key == "zarr.json").lines
        apply_plan(local(store), made)
        assert list(made.keys) == ["A/1/zarr.json", "zarr.json", "A/zarr.json"][:2]
        opened = zarr.open_consolidated(store)
        assert opened["A/1"].attrs["other"] == [{"a": [5]}]
        assert dict(opened.attrs) == {}
        assert '"top": 1' in [line.text.strip() for line in shown if line.sign == "-"]
        assert not any('"a"' in line.text for line in shown)  # in a copy, which is folded

    @pytest.mark.parametrize(
        ("what", "told"),
        [
            (change("/x/y", 1), "there is nothing at"),
            (change("/ome/version", REMOVED, "A"), "there is nothing at"),
            (change("/a", 1, "nowhere"), "there is no such document"),
            (change("/shape", 1, "A/1", "array"), "there is no"),
        ],
    )
    def test_what_is_no_longer_there_is_refused(
        self, tmp_path: Path, what: Change, told: str
    ) -> None:
        store = v2_store(tmp_path / "s")
        before = look(store)
        with pytest.raises(UserError, match="was not changed") as caught:
            plan(store, change("/ome/version", "0.5"), what)
        assert told in caught.value.why
        assert look(store) == before

    def test_a_document_that_is_broken_is_refused(self, tmp_path: Path) -> None:
        store = v2_store(tmp_path / "s")
        for raw in (b"{'a': 1}", b"[]", b""):
            (store / "A/1/.zattrs").write_bytes(raw)
            with pytest.raises(UserError, match=r"A/1/\.zattrs was not changed"):
                plan(store, change("/a", 1))

    def test_what_says_so_already_is_nothing_to_do(self, tmp_path: Path) -> None:
        store = v3_store(tmp_path / "s")
        made = plan(store, change("/ome/version", "0.4"))
        assert made.is_empty
        with pytest.raises(UserError) as caught:
            apply_plan(local(store), made)
        assert caught.value.why == "all of it is so already"

    def test_a_read_only_place_is_told(self, tmp_path: Path) -> None:
        store = v3_store(tmp_path / "s")
        with pytest.raises(UserError) as caught:
            plan(local(store, read_only=True), change("/a", 1))
        assert caught.value.why == "opened with --read-only"

    def test_it_can_be_stopped(self, tmp_path: Path) -> None:
        store = v3_store(tmp_path / "s")
        with pytest.raises(Cancelled):
            plan(store, change("/a", 1), work=Work(cancelled=lambda: True))

    def test_many_nodes_in_large_metadata_take_no_time(self, tmp_path: Path) -> None:
        attributes = {"ome": {"version": "0.4", "text": "x" * 400}}
        kept = {}
        for number in range(1000):
            folder = tmp_path / "s" / f"g{number}"
            folder.mkdir(parents=True)
            document = {"zarr_format": 3, "node_type": "group", "attributes": attributes}
            (folder / "zarr.json").write_text(json.dumps(document, indent=2))
            kept[f"g{number}"] = document
        inline = {"kind": "inline", "must_understand": False, "metadata": kept}
        root = {"zarr_format": 3, "node_type": "group", "consolidated_metadata": inline}
        (tmp_path / "s" / "zarr.json").write_text(json.dumps(root, indent=2))
        made = plan(tmp_path / "s", *(change("/ome/version", "0.5", f"g{n}") for n in range(1000)))
        assert len(made.keys) == 1001
        assert made.keys[-1] == "zarr.json"
        assert new(made, "zarr.json").count(b'"0.5"') == 1000
        assert made.edit.expression == "Mend it (g0, g1, g2 and 997 more)"


class TestApply:
    def test_what_changed_meanwhile_is_not_overwritten(self, tmp_path: Path) -> None:
        for key in ("A/1/.zattrs", ".zmetadata"):
            store = v2_store(tmp_path / key.replace("/", "_"))
            made = plan(store, change("/ome/version", "0.5"))
            with (store / key).open("ab") as file:
                file.write(b"\n")
            theirs = look(store)
            with pytest.raises(UserError) as caught:
                apply_plan(local(store), made)
            assert f"{key} has been changed by another program" in caught.value.why
            assert look(store) == theirs

    @pytest.mark.parametrize("nth", [1, 2])
    @pytest.mark.parametrize("late", [False, True])
    def test_where_a_write_fails_all_is_put_back(
        self, tmp_path: Path, nth: int, late: bool
    ) -> None:
        store = v3_store(tmp_path / "s")
        before = look(store)
        access = FailingAccess(store, nth, late=late)
        made = plan(access, change("/ome/version", "0.5"))
        with pytest.raises(UserError, match="A/1 was not changed"):
            apply_plan(access, made)
        assert look(store) == before

    def test_the_journal_tells_what_was_done(self, tmp_path: Path) -> None:
        store = v2_store(tmp_path / "s")
        (store / "A/1/.zattrs").chmod(0o640)
        before = look(store)
        made = plan(store, change("/a", 1), change("/b", 2, "A"), title="Name the axes \x1b[31m")
        apply_plan(local(store), made)
        entry = Journal(Location.local(store)).last_applied()
        assert entry is not None
        assert entry.expression == "Name the axes ␛[31m (A/1 and A)"
        assert entry.node == "A"
        undo(local(store), entry)
        assert look(store) == before

    def test_fills_and_fixes_are_undone_in_turn(self, tmp_path: Path) -> None:
        from editing import fill

        store = small_store(tmp_path / "s")
        before = look(store)
        entries = [
            apply_plan(local(store), fill(local(store), "0")),
            apply_plan(local(store), plan(store, change("/kept/-", 3, ""))),
        ]
        assert zarr.open_group(store, mode="r").attrs["kept"] == [1, 2, 3]
        assert Journal(Location.local(store)).last_applied() == entries[1]
        for entry in reversed(entries):
            undo(local(store), entry)
        assert look(store) == before
        assert np.asarray(zarr.open_array(store, path="a", mode="r")[0, 1]) == 1


class TestValidator:
    def test_each_fix_mends_what_it_says(self, tmp_path: Path) -> None:
        store = tmp_path / "image.zarr"
        image = {
            "version": 0.4,
            "axes": [{"name": "y", "type": "space", "unit": "µm"}, {"name": "x"}],
            "datasets": [
                {
                    "path": "s0",
                    "coordinateTransformations": [{"type": "scale", "scale": ["1.0", "0.5"]}],
                }
            ],
        }
        group = zarr.create_group(store, zarr_format=2, attributes={"multiscales": [image]})
        group.create_array("s0", shape=(4, 4), dtype="uint8")
        zarr.consolidate_metadata(store, zarr_format=2)
        (store / "s0/.zattrs").write_text('{"stale": "copy"}')
        before = look(store)

        def fixable() -> list[Finding]:
            found = validate_store(local(store), find_node(local(store), "")).findings
            return [finding for finding in found if finding.fix is not None]

        found = fixable()
        assert len({finding.rule for finding in found}) >= 4
        for rule in {finding.rule for finding in found}:
            fix = together([f.fix for f in found if f.rule == rule and f.fix is not None])
            entry = apply_plan(local(store), plan(store, *fix.changes, title=fix.title))
            assert rule not in {finding.rule for finding in fixable()}
            undo(local(store), entry)
            assert look(store) == before


class TestFacts:
    def test_they_tell_of_files_and_copies(self, tmp_path: Path) -> None:
        store = v2_store(tmp_path / "s")
        made = plan(store, change("/ome/version", "0.5"))
        size = sum(len(new(made, key)) for key in made.keys)
        facts = dict(made.facts())
        assert facts["store"] == str(store)
        assert facts["node"] == "A/1"
        assert facts["documents"] == f"2 files, {size} B"
        assert facts["consolidated"] == "1 copy in .zmetadata changed with it"


class TestDiff:
    def test_only_what_is_near_a_change_is_shown(self) -> None:
        old = json.dumps({"list": list(range(20)), "end": 1}, indent=1).encode()
        lines, laid_out = document_diff(old, old.replace(b" 9,", b" 99,"))
        assert not laid_out
        assert [line.sign for line in lines] == ["@", " ", " ", " ", "-", "+", " ", " ", " ", "@"]
        assert [line.text.strip() for line in lines if line.sign in "+-"] == ["9,", "99,"]

    def test_changes_far_apart_are_parted(self) -> None:
        old = json.dumps(list(range(30)), indent=1).encode()
        lines, _ = document_diff(old, old.replace(b" 5,", b" 0,").replace(b" 25,", b" 0,"))
        assert "".join(line.sign for line in lines) == "@   -+   @   -+   @"

    def test_a_long_line_is_laid_out_for_reading(self) -> None:
        old = json.dumps({"a": list(range(200)), "b": 1}).encode()
        lines, laid_out = document_diff(old, old.replace(b'"b": 1', b'"b": 2'))
        assert laid_out
        assert [line for line in lines if line.sign in "+-"] == [
            DiffLine("-", '  "b": 1'),
            DiffLine("+", '  "b": 2'),
        ]

    def test_a_new_document_is_all_new(self) -> None:
        lines, _ = document_diff(None, b'{\n  "a\x1b": 1\n}\n')
        assert lines == [DiffLine("+", "{"), DiffLine("+", '  "a␛": 1'), DiffLine("+", "}")]

    def test_the_ends(self) -> None:
        assert document_diff(b"[1]", b"[1]") == ([], False)
        lines, _ = document_diff(b"[\n1\n]", b"[\n1,\n2\n]")
        assert "".join(line.sign for line in lines) == " -++ "


class TestTogether:
    def test_what_is_later_is_changed_first(self, tmp_path: Path) -> None:
        store = v3_store(tmp_path / "s")
        fixes = [Fix(f"drop {n}", (change(f"/other/{n}", REMOVED),)) for n in (0, 1)]
        both = together([*fixes, fixes[0]])
        assert both.title == "mend 2 findings"
        assert [c.pointer for c in both.changes] == ["/other/1", "/other/0"]
        apply_plan(local(store), plan(store, *both.changes))
        assert parsed(store, "A/1/zarr.json")["attributes"]["other"] == []

    def test_places_in_lists_are_numbers(self) -> None:
        fixes = [Fix("drop it", (change(f"/a/{n}/b", 1),)) for n in (9, 10, 2)]
        both = together(fixes)
        assert both.title == "drop it"
        assert [c.pointer for c in both.changes] == ["/a/10/b", "/a/9/b", "/a/2/b"]


def test_labels_that_no_longer_lie_on_their_image_are_told(tmp_path: Path) -> None:
    path = write_good(tmp_path, "image_05")

    def facts(node: str, change: str) -> dict[str, str]:
        access = local(path)
        return dict(plan_edit(access, attr_edit(describe_node(access, node), [change])).facts())

    told = facts("", "pixel-size.x=9")["labels"]
    assert told == "labels/nuclei keeps its pixel size: change it too, or they lie elsewhere"
    assert "labels" not in facts("", "name=other")
    assert "labels" not in facts("labels/nuclei", "pixel-size.x=9")
