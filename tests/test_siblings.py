"""Copies in consolidated metadata that are new stand beside those of their siblings."""

import itertools
import json
from pathlib import Path

import pytest
import zarr
from editing import local
from hypothesis import given
from hypothesis import strategies as st

from omezarr_tui.edit.apply import apply_plan
from omezarr_tui.edit.documents_edit import DocumentsEdit
from omezarr_tui.edit.plan import plan_edit
from omezarr_tui.edit.siblings import beside_siblings
from omezarr_tui.ome.validate.store import validate_store
from omezarr_tui.store.node import parent_path
from omezarr_tui.store.opening import find_node

PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)


def stand_together(paths: list[str]) -> bool:
    """Whether zarr-python 3.1 finds all: it groups each depth by what comes one after another."""
    for depth in range(3):
        level = [parent_path(path) for path in paths if path.count("/") == depth]
        groups = [above for above, _ in itertools.groupby(level)]
        if len(groups) != len(set(groups)):
            return False
    return True


@given(st.lists(PATHS, unique=True), st.lists(PATHS, unique=True))
def test_siblings_that_stand_together_stay_together(old: list[str], new: list[str]) -> None:
    stays = sorted(set(old) - set(new))
    made = beside_siblings(stays, new, str)
    assert sorted(made) == sorted([*stays, *new])
    assert [path for path in made if path in set(stays)] == stays
    assert stand_together(made)


@pytest.mark.filterwarnings("ignore::zarr.errors.ZarrUserWarning")
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_what_the_fix_adds_can_be_opened(tmp_path: Path, zarr_format: int) -> None:
    group = zarr.create_group(tmp_path / "s", zarr_format=zarr_format)  # type: ignore[arg-type]
    for path in ("a/x", "b/y"):
        group.create_array(path, shape=(2,), dtype="u1")
    zarr.consolidate_metadata(tmp_path / "s")
    for path in ("a/z", "b/z", "c/z"):
        zarr.create_array(
            tmp_path / "s",
            name=path,
            shape=(3,),
            dtype="u1",
            zarr_format=zarr_format,  # type: ignore[arg-type]
        )
    key = tmp_path / "s" / ("zarr.json" if zarr_format == 3 else ".zmetadata")
    before = key.read_bytes()
    access = local(tmp_path / "s")
    found = validate_store(access, find_node(access, "")).findings
    (fix,) = [each.fix for each in found if each.rule == "consolidated.stale"]
    assert fix is not None
    apply_plan(access, plan_edit(access, DocumentsEdit(fix.changes, fix.title, "")))
    opened = zarr.open_group(tmp_path / "s", mode="r", use_consolidated=True)
    assert {path for path, _ in opened.members(None)} >= {"a/x", "a/z", "b/y", "b/z", "c/z"}
    assert opened["a/z"].shape == (3,)
    document = json.loads(key.read_bytes())
    copies = (document["consolidated_metadata"] if zarr_format == 3 else document)["metadata"]
    paths = [name if zarr_format == 3 else parent_path(name) for name in copies]
    assert stand_together(list(dict.fromkeys(path for path in paths if path)))
    old = json.loads(before)
    kept = (old["consolidated_metadata"] if zarr_format == 3 else old)["metadata"]
    assert [name for name in copies if name in kept] == list(kept)
