"""What the tests of structure edits share: a store edited, judged, read, and taken back."""

from pathlib import Path

import numpy as np
import zarr
from editing import local, look
from foreign import Array as Values
from foreign.made import quiet

from omezarr_tui.edit.apply import apply_plan, redo, undo
from omezarr_tui.edit.operation import Edit
from omezarr_tui.edit.plan import Plan, plan_edit
from omezarr_tui.ome.validate.store import validate_store
from omezarr_tui.store.hierarchy import read_node


def findings(folder: Path) -> set[tuple[str, str]]:
    """What the validator says of a store, but for advice: rule and node."""
    access = local(folder)
    top = read_node(access, "")
    assert top is not None
    found = validate_store(access, top).findings
    return {(each.rule, each.node) for each in found if each.severity != "advice"}


def rules(folder: Path) -> set[str]:
    return {rule for rule, _ in findings(folder)}


def values(folder: Path, *, consolidated: bool | None = False) -> dict[str, Values]:
    """Every array of a store with its values, by zarr-python alone."""
    with quiet():
        group = zarr.open_group(folder, mode="r", use_consolidated=consolidated)
        return {
            path: np.asarray(array[...])
            for path, array in group.members(max_depth=None)
            if isinstance(array, zarr.Array)
        }


def same(found: dict[str, Values], wanted: dict[str, Values]) -> bool:
    return found.keys() == wanted.keys() and all(
        np.array_equal(found[path], wanted[path]) for path in wanted
    )


def make(folder: Path, edit: Edit) -> Plan:
    """Make an edit, and see that nothing was written before, that all of it can be undone."""
    access, before = local(folder), look(folder)
    plan = plan_edit(access, edit)
    assert look(folder) == before
    entry = apply_plan(access, plan)
    after = look(folder)
    undone = undo(access, entry)
    assert look(folder) == before
    redo(access, undone)
    assert look(folder) == after
    return plan


def told(plan: Plan, heading: str) -> list[str]:
    return [text for name, text in plan.told if name == heading]
