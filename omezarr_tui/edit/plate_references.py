"""The wells that a plate lists, once wells or whole rows lie elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from omezarr_tui.edit.relocation import Relocation, inside
from omezarr_tui.ome.loose import resolved
from omezarr_tui.ome.read import ome_attributes
from omezarr_tui.ome.validate.finding import REMOVED, Change, pointer_to
from omezarr_tui.ome.validate.rules import Place
from omezarr_tui.text import visible

_AXES = (("rows", "rowIndex"), ("columns", "columnIndex"))


def changed_plate(
    holder: str, attributes: Mapping[str, Any], relocation: Relocation
) -> tuple[list[Change], list[str]]:
    """What a plate is to list, as `changed_references` tells it.

    A well's path is made of the names of its row and its column ("plate" metadata), so these
    follow: a name that no well has any more is renamed, one that is new is added.
    """
    ome = ome_attributes(attributes)
    plate = ome.get("plate")
    listed = plate.get("wells") if isinstance(plate, dict) else None
    after = relocation.of(holder)
    if not isinstance(plate, dict) or not isinstance(listed, list) or after is None:
        return [], []
    if relocation.is_copy or relocation.concerns(holder):
        return [], []  # its wells moved with it
    root: Place = (*(() if ome is attributes else ("ome",)), "plate")
    moved: dict[int, str] = {}
    gone: list[int] = []
    told: list[str] = []
    staying: list[str] = []
    for number, well in enumerate(listed):
        path = well.get("path") if isinstance(well, dict) else None
        target = resolved(holder, path)
        if target is None or not relocation.concerns(target):
            staying += [path] if isinstance(path, str) else []
            continue
        new = relocation.of(target)
        place = None if new is None else inside(new, holder)
        if place is not None and place.count("/") == 1:
            moved[number] = place
        else:
            gone.append(number)
            told.append(f"{visible(holder) or 'the root'} no longer lists the well {visible(path)}")
    changes = [
        Change(holder, "attributes", pointer_to(*root, "wells", number, "path"), path)
        for number, path in moved.items()
    ]
    used = [path.strip("/").split("/") for path in [*staying, *moved.values()]]
    before = {number: listed[number]["path"].strip("/").split("/") for number in moved}
    for axis, (names, index) in enumerate(_AXES):
        pairs = {
            number: (before[number][axis], path.split("/")[axis])
            for number, path in moved.items()
            if len(before[number]) == 2
        }
        kept = {parts[axis] for parts in used if len(parts) == 2}
        some, places = _names(plate, (*root, names), pairs.values(), kept, holder)
        changes += some
        for number, (_, name) in pairs.items():
            well = listed[number]
            key = next((key for key in (index, index.replace("I", "_i")) if key in well), None)
            if key is not None and well[key] != places.get(name, well[key]):
                at = (*root, "wells", number, key)
                changes.append(Change(holder, "attributes", pointer_to(*at), places[name]))
    for number in reversed(gone):
        at = (*root, "wells", number)
        changes.append(Change(holder, "attributes", pointer_to(*at), REMOVED))
    return changes, told


def listed_well(holder: str, attributes: Mapping[str, Any], path: str) -> list[Change]:
    """What lists a well that has come to lie in a plate; `path` is told from the plate."""
    ome = ome_attributes(attributes)
    plate = ome["plate"]
    if not isinstance(plate.get("wells"), list):
        return []
    root: Place = (*(() if ome is attributes else ("ome",)), "plate")
    well: dict[str, Any] = {"path": path}
    changes: list[Change] = []
    for (names, index), name in zip(_AXES, path.split("/"), strict=True):
        some, places = _names(plate, (*root, names), [(name, name)], {name}, holder)
        changes += some
        if name in places:
            well[index] = places[name]
    place = (*root, "wells", "-")
    return [*changes, Change(holder, "attributes", pointer_to(*place), well)]


def _names(
    plate: Mapping[str, Any],
    place: Place,
    pairs: Iterable[tuple[str, str]],
    used: set[str],
    holder: str,
) -> tuple[list[Change], dict[str, int]]:
    """The names of rows or columns brought to what wells have, and the place of each.

    Parameters
    ----------
    pairs
        The name that a well had, and the one that it has.
    used
        Those that wells have in the end.
    """
    listed = plate.get(str(place[-1]))
    if not isinstance(listed, list):  # an old plate, whose wells tell it by their paths
        return [], {}
    places: dict[str, int] = {}
    for number, item in enumerate(listed):
        places.setdefault(str(item.get("name")) if isinstance(item, dict) else "", number)
    changes: list[Change] = []
    count = len(listed)
    for old, new in dict.fromkeys(pairs):
        if new in places:
            continue
        if old in places and old not in used:
            at = (*place, places[old], "name")
            changes.append(Change(holder, "attributes", pointer_to(*at), new))
            places[new] = places.pop(old)
        else:
            changes.append(Change(holder, "attributes", pointer_to(*place, "-"), {"name": new}))
            places[new], count = count, count + 1
    return changes, places
