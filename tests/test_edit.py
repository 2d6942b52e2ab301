"""Edits: what is planned is what is done, nothing else changes, and all can be taken back."""

import itertools
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Any, Literal

import numcodecs
import numpy as np
import pytest
import zarr
from editing import array_in, changed, fill, local, look, plan_fill, read, small_store
from foreign import Array as Values
from foreign import Foreign
from hypothesis import given, settings
from hypothesis import strategies as st
from test_selection import selections

from omezarr_tui.edit.apply import apply_plan, undo
from omezarr_tui.edit.changes import Fill
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.keys import ABSENT, digest
from omezarr_tui.edit.pixels import PixelEdit, Pixels
from omezarr_tui.edit.plan import Plan, plan_edit
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.value import parse_value
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.image.selection import Selection, parse_selection, whole
from omezarr_tui.store.arrays import open_array
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Array
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.text import format_bytes

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return small_store(tmp_path / "image.zarr")


DTYPES = {
    "uint8": st.integers(0, 3),
    ">i2": st.integers(-2, 2),
    "float32": st.sampled_from([0.0, -0.0, 1.5, np.nan, np.inf]),
    ">f8": st.sampled_from([0.0, -0.0, 2.5, np.nan]),
    "bool": st.booleans(),
    "complex64": st.sampled_from([0j, 1 - 2j, complex(np.nan, 0)]),
    "datetime64[s]": st.sampled_from([0, 86400, -(2**63)]),
    "<U3": st.sampled_from(["", "a", "µm", "xyz"]),
    "S2": st.sampled_from([b"", b"a", b"xy"]),
    "string": st.sampled_from(["", "a", "a long text, 細胞"]),
}
COMPRESSORS_V2 = [None, numcodecs.Zstd(1), numcodecs.Blosc("lz4", 1), numcodecs.BZ2(1)]


@st.composite
def arrays(draw: st.DrawFn, folder: Path) -> tuple[Selection, Any]:
    """Write an array of any kind to a folder; give what to select in it, and a value."""
    selection = draw(selections(most=7))
    shape = selection.array_shape
    chunks = tuple(draw(st.integers(1, size + 1)) for size in shape)
    spelled = draw(st.sampled_from(sorted(DTYPES)))
    element = DTYPES[spelled]
    options: dict[str, Any] = {"dtype": spelled, "chunks": chunks}
    zarr_format: Literal[2, 3] = draw(st.sampled_from([2, 3]))
    if zarr_format == 2:
        options["order"] = draw(st.sampled_from("CF"))
        options["compressors"] = draw(st.sampled_from(COMPRESSORS_V2))
        separator = draw(st.sampled_from("./"))
        options["chunk_key_encoding"] = {"name": "v2", "separator": separator}
    else:
        options["compressors"] = draw(st.sampled_from([None, "auto"]))
        if shape != () and draw(st.booleans()):
            options["shards"] = tuple(c * draw(st.integers(1, 3)) for c in chunks)
        else:
            keys = [("default", "/"), ("default", "."), ("v2", "."), ("v2", "/")]
            name, separator = draw(st.sampled_from(keys))
            options["chunk_key_encoding"] = {"name": name, "separator": separator}
    native = np.dtypes.StringDType() if spelled == "string" else np.dtype(spelled)
    if spelled == "string" and zarr_format == 2:
        options["filters"] = [numcodecs.VLenUTF8()]
    fill_value = np.array(draw(element), native)[()]
    group = zarr.create_group(folder, zarr_format=zarr_format)
    made = group.create_array("a", shape=shape, fill_value=fill_value, **options)
    if draw(st.booleans()):  # else no chunk was ever written
        part = draw(selections_of(shape))
        drawn = [draw(element) for _ in range(min(part.size, 5))]
        values = np.array(list(itertools.islice(itertools.cycle(drawn), part.size)), native)
        made[part.for_zarr()] = values.reshape(
            [len(range(*s.indices(s.stop))) for s in part.for_zarr()]
        )
    return selection, np.array(draw(element), native)[()]


def selections_of(shape: tuple[int, ...]) -> st.SearchStrategy[Selection]:
    bounds = st.tuples(
        *(st.tuples(st.integers(0, s - 1), st.integers(0, s - 1)).map(sorted) for s in shape)
    )
    return bounds.map(lambda ends: Selection(tuple(slice(a, b + 1, 1) for a, b in ends), shape))


class TestAnyArray:
    @settings(max_examples=150, deadline=None)
    @given(st.data())
    def test_it_becomes_what_numpy_says_and_goes_back(self, data: st.DataObject) -> None:
        with tempfile.TemporaryDirectory() as top:
            folder = Path(top) / "store.zarr"
            selection, value = data.draw(arrays(folder))
            node = array_in(local(folder))
            before, values = look(folder), read(folder, node)
            wanted = values.copy()
            wanted[selection.parts] = value

            edit = PixelEdit(node, selection, Fill(value))
            pixels = edit.stage_pixels(Staged(local(folder)), Work())
            plan = plan_edit(local(folder), edit)
            assert look(folder) == before
            is_other = _different(values, wanted)
            assert pixels.changing == np.count_nonzero(is_other)
            _check_range(node, pixels, values[selection.parts])
            assert all(text for _, text in plan.facts())
            np.testing.assert_array_equal(_staged_values(plan, node), wanted)
            if not pixels.changing:
                with pytest.raises(UserError, match="was not changed"):
                    apply_plan(local(folder), plan)
                assert look(folder) == before
                return
            inside = np.zeros(is_other.shape, bool)
            for box in pixels.changed:
                index = tuple(slice(*span) for span in box)
                assert is_other[index].any()
                inside[index] = True
            assert not (is_other & ~inside).any()

            entry = apply_plan(local(folder), plan)
            assert not _different(read(folder, node), wanted).any()
            after = look(folder)
            assert changed(before, after) == set(plan.keys)
            for record in entry.records:
                assert record.before.digest == digest((before.get(record.key) or (0, None))[1])
                assert record.after.digest == digest((after.get(record.key) or (0, None))[1])

            restarted = Journal(Location.local(folder)).last_applied()
            assert restarted == entry
            undo(local(folder), restarted)
            assert look(folder) == before
            assert Journal(Location.local(folder)).last_applied() is None


def _different(one: Values, other: Values) -> Values:
    """Where two arrays differ, as plain Python sees it; NaN is NaN, -0.0 is not 0.0."""
    pairs = zip(one.ravel().tolist(), other.ravel().tolist(), strict=True)
    apart = [repr(a) != repr(b) for a, b in pairs]
    return np.array(apart, bool).reshape(one.shape)


def _staged_values(plan: Plan, node: Array) -> Values:
    """All values of an array as an edit will leave it, by zarr-python."""
    return np.array(open_array(plan.staged, node)[...])


def _check_range(node: Array, plan: Pixels, selected: Any) -> None:
    if not node.dtype.is_pixel:
        assert (plan.old_range, plan.nans) == (None, 0)
        return
    numbers = [number for number in np.ravel(selected).tolist() if number == number]
    assert plan.nans == np.size(selected) - len(numbers)
    assert plan.old_range == ((min(numbers), max(numbers)) if numbers else None)


@pytest.mark.parametrize(
    "name",
    ["v2_codecs", "v3_codecs", "v3_sharded", "v2_types", "v3_types", "v2_root_array"],
)
def test_stores_of_every_codec_and_type(name: str, foreign: Foreign, tmp_path: Path) -> None:
    made = foreign(name)
    folder = tmp_path / "copy.zarr"
    shutil.copytree(made.path, folder)
    edited = 0
    for path in made.arrays:
        node = array_in(local(folder), path)
        before = look(folder)
        selection = whole(node.shape)
        if node.shape and node.size:
            halves = tuple(slice(size // 2, size, 2) for size in node.shape)
            selection = Selection(halves, node.shape)
        if node.dtype.kind in ("structured", "object") or not node.size:
            with pytest.raises(UserError, match="cannot be edited"):
                plan_fill(local(folder), node, selection, 0)
            continue
        wanted = read(folder, node)
        value = parse_value(_another(wanted[selection.parts]), node.dtype)
        wanted[selection.parts] = value
        entry = apply_plan(local(folder), plan_fill(local(folder), node, selection, value))
        assert not _different(read(folder, node), wanted).any(), path
        undo(local(folder), entry)
        assert look(folder) == before, path
        edited += 1
    assert edited


def _another(values: Any) -> str:
    """Text of a value that is not among those of the foreign stores."""
    kind = np.asarray(values).dtype.kind
    if kind == "b":
        return str(not np.any(values))
    return {"M": "2000-01-01", "m": "77", "c": "1-2j"}.get(kind, "101" if kind in "iuf" else "GF")


class TestPlan:
    def test_the_facts_are_those_of_the_dialog(self, store: Path) -> None:
        plan = fill(local(store), "1, :")
        size = sum((store / "a/c/0" / str(i)).stat().st_size for i in range(3))
        assert plan.sentence == "8 values will change to 5."
        facts = plan.facts()
        assert facts[:7] == [
            ("store", str(store)),
            ("array", "a"),
            ("selection", "a[1, :] = 5"),
            ("values", "8, all change"),
            ("chunks", f"3 rewritten, {size} B stored now (of 9 chunks)"),
            ("old values", "8 to 15"),
            ("new values", "all 5"),
        ]
        read = plan.staged.read_bytes
        assert read == size + (store / "a/zarr.json").stat().st_size
        written = plan.written_bytes
        assert facts[7:] == [
            ("writes", f"3 chunks or shards: {written} B; {format_bytes(read)} were read"),
            ("undo", f"{size + written} B are kept for it"),
        ]

    def test_what_is_missing_is_written_for_the_first_time(self, store: Path) -> None:
        plan = fill(local(store), "3:5, :3")
        facts = dict(plan.facts())
        assert facts["chunks"].endswith("; 1 written for the first time (of 9 chunks)")
        assert facts["old values"] == "7 to 26"
        known = [before.digest == ABSENT for before, _ in plan.staged.changes().values()]
        assert known == [False, True]

    def test_values_that_stay_are_told(self, store: Path) -> None:
        facts = dict(fill(local(store), "0, :6").facts())
        assert facts["values"] == "6, 5 change"
        facts = dict(fill(local(store), "0, 5:7").facts())
        assert facts["values"] == "2, 1 changes"
        plan = fill(local(store), "4:, :", "7")
        facts = dict(plan.facts())
        assert (facts["values"], facts["chunks"]) == ("16, none changes", "none (of 9 chunks)")
        assert facts["old values"] == "all 7"
        assert plan.is_empty

    def test_nan_is_counted_apart(self, tmp_path: Path) -> None:
        data = np.array([np.nan, 1.5, np.nan, 2])
        zarr.create_array(tmp_path / "a", data=data)
        assert dict(fill(local(tmp_path), "").facts())["old values"] == "1.5 to 2, 2 NaN"
        assert dict(fill(local(tmp_path), "::2").facts())["old values"] == "all NaN"
        assert dict(fill(local(tmp_path), "::2", "nan").facts())["values"] == "2, none changes"

    def test_shards_are_told_as_shards(self, tmp_path: Path) -> None:
        zarr.create_array(tmp_path / "a", data=np.ones((8, 8)), chunks=(2, 2), shards=(4, 4))
        facts = dict(fill(local(tmp_path), "0, 0").facts())
        assert facts["shards"].endswith("stored now (of 4 shards)")
        assert facts["shards"].startswith("1 rewritten")

    def test_a_root_array_has_the_name_of_the_store(self, tmp_path: Path) -> None:
        zarr.create_array(tmp_path / "mask.zarr", data=np.ones(4, bool))
        plan = fill(local(tmp_path / "mask.zarr"), "1", "false", path="")
        assert plan.edit.expression == "mask.zarr[1] = false"

    def test_read_only_is_refused(self, store: Path) -> None:
        with pytest.raises(UserError, match="a cannot be edited") as caught:
            fill(local(store, read_only=True), "0")
        assert caught.value.why == "opened with --read-only"

    def test_an_array_that_has_changed_is_refused(self, store: Path) -> None:
        node = array_in(local(store))
        zarr.open_group(store, mode="r+")["a"].resize((6, 9))  # type: ignore[union-attr]
        with pytest.raises(UserError) as caught:
            plan_fill(local(store), node, whole(node.shape), np.uint16(5))
        assert "has changed since it was opened" in caught.value.why

    def test_chunks_under_other_keys_than_declared_are_refused(self, foreign: Foreign) -> None:
        made = foreign("v2_undeclared_nesting")
        path = next(iter(made.broken))
        with pytest.raises(UserError) as caught:
            fill(local(made.path), "", "5", path=path)
        assert '"dimension_separator" is wrong or missing' in caught.value.why

    def test_a_chunk_that_cannot_be_decoded_is_told(self, store: Path) -> None:
        (store / "a/c/0/0").write_bytes(b"no zstd")
        with pytest.raises(UserError, match="a cannot be read"):
            fill(local(store), "0, 0")

    def test_it_can_be_cancelled(self, store: Path) -> None:
        with pytest.raises(Cancelled):
            fill(local(store), "", work=Work(cancelled=lambda: True))

    def test_only_the_chunks_of_the_selection_are_read(self, store: Path) -> None:
        class Counting(LocalAccess):
            def get(self, key: str) -> bytes | None:
                asked.append(key)
                return super().get(key)

        asked: list[str] = []
        access = Counting(Location.local(store))
        plan = fill(access, "0, 4")
        assert [key for key in asked if "/c/" in key] == ["a/c/0/1"]
        asked.clear()
        apply_plan(access, plan)
        assert {key for key in asked if "/c/" in key} == {"a/c/0/1"}


class TestFiles:
    def test_permissions_stay(self, store: Path) -> None:
        chunk = store / "a/c/0/0"
        chunk.chmod(0o640)
        before = look(store)
        entry = apply_plan(local(store), fill(local(store), "0, 0"))
        assert stat.S_IMODE(chunk.stat().st_mode) == 0o640
        undo(local(store), entry)
        assert look(store) == before

    def test_permissions_come_back_with_a_chunk_that_was_removed(self, store: Path) -> None:
        chunk = store / "a/c/0/0"
        chunk.chmod(0o640)
        before = look(store)
        entry = apply_plan(local(store), fill(local(store), "0:2, 0:3", "7"))
        assert not chunk.exists()
        undo(local(store), entry)
        assert look(store) == before

    def test_folders_of_others_stay(self, store: Path) -> None:
        (store / "a/c/2").mkdir()
        before = look(store)
        entry = apply_plan(local(store), fill(local(store), "5, 7"))
        undo(local(store), entry)
        assert look(store) == before

    def test_a_folder_that_is_not_empty_any_more_stays(self, store: Path) -> None:
        before = look(store)
        entry = apply_plan(local(store), fill(local(store), "5, 7"))
        (store / "a/c/2/notes.txt").write_text("by the user")
        undo(local(store), entry)
        assert changed(before, look(store)) == {"a/c/2/notes.txt"}

    def test_a_store_that_became_read_only_is_not_undone(self, store: Path) -> None:
        entry = apply_plan(local(store), fill(local(store), "0"))
        after = look(store)
        with pytest.raises(UserError) as caught:
            undo(local(store, read_only=True), entry)
        assert caught.value.why == "opened with --read-only"
        assert look(store) == after

    def test_progress_ends_near_the_end(self, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("omezarr_tui.edit.pace._REPORT_EVERY", -1)
        planned: list[tuple[int, int]] = []
        applied: list[tuple[int, int]] = []
        plan = fill(local(store), "", work=Work(lambda d, total: planned.append((d, total))))
        apply_plan(local(store), plan, Work(lambda d, total: applied.append((d, total))))
        assert planned == [(done, 9) for done in range(9)]
        assert applied == [(done, 18) for done in range(18)]


class TestCodecsThatLose:
    def test_a_value_that_would_not_be_kept_is_refused(self, tmp_path: Path) -> None:
        codec = numcodecs.FixedScaleOffset(offset=0, scale=10, dtype="<f8", astype="<i4")
        group = zarr.create_group(tmp_path, zarr_format=2)
        group.create_array("a", data=np.array([0.1, 0.2, 0.3]), filters=[codec])
        before = look(tmp_path)
        with pytest.raises(UserError, match="would not keep its values exactly"):
            apply_plan(local(tmp_path), fill(local(tmp_path), "1", "0.25"))
        assert look(tmp_path) == before
        apply_plan(local(tmp_path), fill(local(tmp_path), "1", "0.5"))
        np.testing.assert_allclose(read(tmp_path, array_in(local(tmp_path))), [0.1, 0.5, 0.3])


@pytest.mark.parametrize("name", ["cells_v05.ome.zarr", "cells_v04.ome.zarr"])
def test_a_plane_of_a_real_image(name: str, shared_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / name
    shutil.copytree(shared_data / name, folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)  # the originals are write-protected
    access = local(folder)
    node = array_in(access, "s0")
    before, values = look(folder), read(folder, node)
    plane = parse_selection("c=1, z=5", node.shape, ("c", "z", "y", "x"))
    plan = plan_fill(access, node, plane, np.uint16(0))
    assert plan.edit.expression == "s0[1, 5, :, :] = 0"
    assert dict(plan.facts())["old values"] == f"{values[1, 5].min()} to {values[1, 5].max()}"
    entry = apply_plan(access, plan)
    values[1, 5] = 0
    np.testing.assert_array_equal(read(folder, node), values)
    assert all(key.startswith("s0/") for key in changed(before, look(folder)))
    undo(access, entry)
    assert look(folder) == before
