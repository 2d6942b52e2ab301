"""Nodes of stores on servers moved and deleted, and taken back."""

import shutil
from pathlib import Path

import zarr
from foreign import Foreign
from foreign.made import quiet
from places import Remote, each_way

from omezarr_tui.edit.apply import apply_plan, undo
from omezarr_tui.edit.nodes import DeleteNode, MoveNode
from omezarr_tui.edit.plan import plan_edit
from omezarr_tui.ome.validate.store import validate_store
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import read_node


def keys_in(access: Access) -> dict[str, bytes | None]:
    return {key: access.get(key) for key, _ in access.keys_below("")}


def rules(access: Access) -> set[tuple[str, str]]:
    access.forget()
    top = read_node(access, "")
    assert top is not None
    return {(each.rule, each.severity) for each in validate_store(access, top).findings}


@each_way("s3-private", "sftp")
class TestStructure:
    def test_a_label_image_moves_and_goes(
        self, place: Remote, foreign: Foreign, tmp_path: Path
    ) -> None:
        folder = shutil.copytree(foreign("ome_zarr_py_05").path, tmp_path / "s.zarr")
        with quiet():
            zarr.consolidate_metadata(folder)
        access = place.open(folder)
        before, wrong = keys_in(access), rules(access)
        plan = plan_edit(access, MoveNode("labels/nuclei", "labels/cells"))
        assert any("not looked for" in text for _, text in plan.told)
        assert keys_in(access) == before
        moved = apply_plan(access, plan)
        after = keys_in(access)
        assert {key for key in after if "nuclei" in key} == set()
        assert {k.replace("nuclei", "cells") for k in before} == after.keys()
        assert rules(access) == wrong
        gone = apply_plan(access, plan_edit(access, DeleteNode("labels/cells")))
        assert {key for key in keys_in(access) if "cells" in key} == set()
        undo(access, gone)
        assert keys_in(access) == after
        undo(access, moved)
        assert keys_in(access) == before
