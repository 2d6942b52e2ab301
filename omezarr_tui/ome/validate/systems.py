"""Rules of coordinate systems, and of what transformations lead from and to (OME-Zarr 0.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from omezarr_tui.ome.validate.axes import judge_axes
from omezarr_tui.ome.validate.rules import Judged, Place, Rule, repeated, shown
from omezarr_tui.text import listed, plural, visible

# "Each multiscales object MUST contain the field coordinateSystems, whose value is an array"
PRESENT = Rule(
    "systems.missing",
    "error",
    'There is a list "coordinateSystems", with one system at least.',
    "multiscales",
    since="0.6",
)
OBJECT = Rule(
    "systems.object",
    "error",
    "A coordinate system is an object with a name and axes.",
    "coordinateSystems",
    since="0.6",
)
# "The value MUST be a non-empty string that is unique among all entries under coordinateSystems."
NAME = Rule(
    "systems.name",
    "error",
    "A coordinate system has a name, a text that is not empty.",
    "coordinateSystems",
    since="0.6",
)
UNIQUE = Rule(
    "systems.unique",
    "error",
    "No two coordinate systems have the same name.",
    "coordinateSystems",
    since="0.6",
)
# "MUST contain the field axes, whose value is an array of valid axes"
AXES = Rule(
    "systems.axes", "error", "A coordinate system has axes.", "coordinateSystems", since="0.6"
)
# "Coordinate transformations MUST specify their input and output coordinate systems using the
# input and output fields." Since 0.6rc0 both are objects with "name" and "path".
REFERENCE = Rule(
    "transformation.reference",
    "error",
    '"input" and "output" are objects: with the "path" of the array where a level is mapped, '
    'with the "name" of a coordinate system elsewhere.',
    "coordinateTransformations",
    since="0.6",
)
# "These fields MUST correspond to the name of a coordinate system or the path to a multiscales
# group."
SYSTEM = Rule(
    "transformation.system",
    "error",
    "The coordinate systems that a transformation names are there.",
    "coordinateTransformations",
    since="0.6",
)
# The same sentence. The suite holds up an image as valid under the strict reading in which a
# transformation of the whole image begins at "intrinsic", which there is not.
INPUT = Rule(
    "transformation.input-system",
    "advice",
    "The coordinate systems that a transformation names are there.",
    "coordinateTransformations",
    since="0.6",
)
# "any two coordinate systems in the metadata MUST be connected by a sequence of edges represented
# by coordinate transformations" The same image breaks this.
CONNECTED = Rule(
    "systems.connected",
    "advice",
    "Transformations lead from each coordinate system to each other, over others or back.",
    "coordinateTransformations",
    since="0.6",
)


@dataclass(frozen=True, slots=True)
class Reference:
    """What a transformation leads from or to.

    Parameters
    ----------
    name
        Of a coordinate system; None where none is named.
    path
        Of an array or of an image; None where none is.
    """

    name: str | None
    path: str | None


def judge_systems(
    judged: Judged, value: Any, place: Place, *, of_image: bool
) -> dict[str, int | None]:
    """Judge a list of coordinate systems.

    Returns
    -------
    ranks
        How many axes each has, by its name; None for one whose axes are no list.
    """
    ranks: dict[str, int | None] = {}
    systems = list(judged.each(OBJECT, value, place))
    for at, system in systems:
        name = system.get("name")
        if not isinstance(name, str) or not name:
            found = f"The name is {shown(name)}." if "name" in system else "There is no name."
            judged.tell(NAME, at, found)
        rank = None
        if "axes" in system:
            rank = judge_axes(judged, system["axes"], (*at, "axes"), of_image=of_image)
        else:
            judged.tell(AXES, at, "There are no axes.")
        if isinstance(name, str) and name not in ranks:
            ranks[name] = rank
    for number, name in repeated(system.get("name") for _, system in systems):
        judged.tell(UNIQUE, systems[number][0], f"There is another one named {shown(name)}.")
    return ranks


def judge_reference(
    judged: Judged,
    transformation: dict[str, Any],
    key: str,
    place: Place,
    needed: str,
    known: Mapping[str, Any] | str,
) -> Reference | None:
    """Judge the input or the output of a transformation that stands in a list.

    Parameters
    ----------
    judged
        Where findings go.
    transformation, key, place
        The transformation, which end of it, and where it stands.
    needed
        ``name`` or ``path``: what it has to have.
    known
        What can be meant: the coordinate systems by name, or the path of the array.

    Returns
    -------
    reference
        None where it cannot be understood.
    """
    at = (*place, key)
    value = transformation.get(key)
    if value is None:
        judged.tell(REFERENCE, place, f'There is no "{key}".')
        return None
    if isinstance(value, str):
        sure = value == known if isinstance(known, str) else value in known
        if ".dev" not in judged.version:  # the drafts before 0.6rc0 had texts
            title = f'write {{"{needed}": "{visible(value, 30)}"}}'
            fix = judged.fix(title, at, {needed: value}) if sure else None
            judged.tell(REFERENCE, at, f"It is {shown(value)}, and no object.", fix)
        return Reference(value, None) if needed == "name" else Reference(None, value)
    if not isinstance(value, dict):
        judged.tell(REFERENCE, at, f"It is {shown(value)}, and no object.")
        return None
    for part in ("name", "path"):
        if not isinstance(value.get(part), str | None):  # "MAY be omitted or null"
            judged.tell(REFERENCE, (*at, part), f"It is {shown(value[part])}, and no text.")
            return None
    if value.get(needed) is None:
        judged.tell(REFERENCE, at, f'There is no "{needed}".')
        return None
    return Reference(value.get("name"), value.get("path"))


def judge_connected(
    judged: Judged, place: Place, names: Mapping[str, Any], edges: list[tuple[str, str]]
) -> None:
    """Tell of coordinate systems that no transformation leads to.

    Parameters
    ----------
    judged, place
        Where findings go, and what they point at.
    names
        The coordinate systems.
    edges
        Which are connected, by name; other names than those of `names` may occur.
    """
    neighbours: dict[str, list[str]] = {name: [] for name in names}
    for one, other in edges:
        neighbours.setdefault(one, []).append(other)
        neighbours.setdefault(other, []).append(one)
    if not names:
        return
    pending = [next(iter(names))]
    reached = set(pending)
    while pending:
        for name in neighbours[pending.pop()]:
            if name not in reached:
                reached.add(name)
                pending.append(name)
    apart = [visible(name, 30) for name in names if name not in reached]
    if apart:
        what = listed(apart) if len(apart) < 4 else plural(len(apart), "system")
        found = f"No transformations lead from {visible(next(iter(names)), 30)} to {what}."
        judged.tell(CONNECTED, place, found)
