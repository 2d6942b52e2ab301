"""Every kind of edit on servers, with consolidated copies and pyramids; many undone and redone."""

import json
from pathlib import Path

import numpy as np
import pytest
from places import Remote, each_way
from remote_edits import KINDS, coarser, fill_plane, keys_in, pixel_size, values_in, write_image

from omezarr_tui.edit.apply import apply_plan, redo, undo
from omezarr_tui.edit.entry import Entry
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.nodes import CopyNode, DeleteNode, MoveNode
from omezarr_tui.edit.plan import plan_edit
from omezarr_tui.store.access import Access

WRITABLE = ("s3-private", "gs-private", "az-private", "sftp")


def make(access: Access, kind: str) -> Entry:
    """Make an edit of a kind; nothing is written before."""
    before = keys_in(access)
    plan = plan_edit(access, KINDS[kind](access))
    assert keys_in(access) == before
    return apply_plan(access, plan)


@each_way(*WRITABLE)
@pytest.mark.parametrize("zarr_format", [2, 3])
class TestKinds:
    def test_a_plane_with_its_pyramid(
        self, place: Remote, zarr_format: int, tmp_path: Path
    ) -> None:
        access = place.open(write_image(tmp_path / "s.zarr", zarr_format))
        before, wanted = keys_in(access), values_in(access, "s0")
        plan = plan_edit(access, fill_plane(access))
        assert any("reproduced exactly" in text for name, text in plan.told if name == "pyramid")
        entry = apply_plan(access, plan)
        wanted[1] = 0
        np.testing.assert_array_equal(values_in(access, "s0"), wanted)
        np.testing.assert_array_equal(values_in(access, "s1"), coarser(wanted))
        after = keys_in(access)
        changed = {key for key in {*before, *after} if before.get(key) != after.get(key)}
        assert changed == set(plan.keys)
        assert all(key.startswith(("s0/", "s1/")) for key in changed)
        undo(access, entry)
        assert keys_in(access) == before

    def test_consolidated_copies_change_in_the_same_edit(
        self, place: Remote, zarr_format: int, tmp_path: Path
    ) -> None:
        access = place.open(write_image(tmp_path / "s.zarr", zarr_format))
        before = keys_in(access)
        entry = apply_plan(access, plan_edit(access, pixel_size(access)))
        after = keys_in(access)
        changed = {key for key in before if before[key] != after[key]}
        assert after.keys() == before.keys()
        assert changed == ({"zarr.json"} if zarr_format == 3 else {".zattrs", ".zmetadata"})
        if zarr_format == 2:
            own, copies = (json.loads(after[key] or b"") for key in (".zattrs", ".zmetadata"))
            assert copies["metadata"][".zattrs"] == own
        undo(access, entry)
        assert keys_in(access) == before


@each_way("s3-private", "sftp")
def test_many_edits_are_undone_and_made_again(place: Remote, tmp_path: Path) -> None:
    """Each time as after a restart, by the journal alone."""
    access = place.open(write_image(tmp_path / "s.zarr"))
    states = [keys_in(access)]
    for kind in ("fill", "attr", "copy", "rename"):
        make(access, kind)
        states.append(keys_in(access))
    apply_plan(access, plan_edit(access, DeleteNode("labels/again")))
    states.append(keys_in(access))
    for wanted in states[-2::-1]:
        again = place.at(access.location.url)
        entry = Journal(again.location).last_applied()
        assert entry is not None
        undo(again, entry)
        assert keys_in(again) == wanted
    assert Journal(access.location).last_applied() is None
    for wanted in states[1:]:
        again = place.at(access.location.url)
        entry = Journal(again.location).last_undone()
        assert entry is not None
        redo(again, entry)
        assert keys_in(again) == wanted
    assert Journal(access.location).last_undone() is None


@each_way("s3-private", "sftp")
class TestMoving:
    """In a bucket key by key, where the server keeps the bytes; over SFTP in one step."""

    def test_a_node_that_moves_needs_no_room_in_the_journal(
        self, place: Remote, tmp_path: Path
    ) -> None:
        folder = write_image(tmp_path / "s.zarr")
        access = place.open(folder)
        before = keys_in(access)
        below = [key for key in before if key.startswith("labels/nuclei/")]
        plan = plan_edit(access, MoveNode("labels/nuclei", "labels/cells"))
        documents = [key for key in plan.keys if not key.startswith("labels/cells/")]
        if access.can_rename:
            assert plan.staged.moves == (("labels/nuclei", "labels/cells"),)
            assert sorted(plan.keys) == ["labels/zarr.json", "zarr.json"]
        else:
            assert plan.staged.moves == ()
            assert set(below) < set(documents)
        entry = apply_plan(access, plan)
        kept = {key: before[key] for key in ("labels/zarr.json", "zarr.json")}
        packs = Journal(access.location).folder / entry.id
        assert (packs / "before.pack").stat().st_size == sum(
            len(raw or b"") for raw in kept.values()
        )
        after = keys_in(access)
        assert {key.replace("nuclei", "cells"): key for key in below}.keys() <= after.keys()
        assert all(after[key.replace("nuclei", "cells")] == before[key] for key in below)
        if access.can_rename:
            assert not (folder / "labels" / "nuclei").exists()
        undone = undo(access, entry)
        assert keys_in(access) == before
        redo(access, undone)
        assert keys_in(access) == after

    def test_a_copy_leaves_the_old_one(self, place: Remote, tmp_path: Path) -> None:
        access = place.open(write_image(tmp_path / "s.zarr"))
        before = keys_in(access)
        entry = apply_plan(access, plan_edit(access, CopyNode("labels/nuclei", "labels/again")))
        after = keys_in(access)
        below = [key for key in before if key.startswith("labels/nuclei/")]
        assert all(after[key] == before[key] for key in below)
        assert all(after[key.replace("nuclei", "again")] == before[key] for key in below)
        np.testing.assert_array_equal(
            values_in(access, "labels/again/s0"), values_in(access, "labels/nuclei/s0")
        )
        undo(access, entry)
        assert keys_in(access) == before
