"""Rules of the transformations that move axes about: mapAxis and projectAxis (OME-Zarr 0.6)."""

from __future__ import annotations

from typing import Any

from omezarr_tui.ome.validate.rules import Judged, Place, Rule, is_whole, repeated, shown
from omezarr_tui.text import plural

_SECTION = "coordinateTransformations"

# "The length of the array MUST equal the number of dimensions in both the input and output
# coordinate systems. Each integer MUST be a valid zero-based index into the input coordinate
# system's axes. Each index MUST appear exactly once in the array." (0.6, "mapAxis")
MAP_AXIS = Rule(
    "transformation.map-axis",
    "error",
    '"mapAxis" has each place of the input\'s axes once, counted from 0.',
    _SECTION,
    since="0.6",
)
# In 0.6, schema: "anyOf: required droppedInputs, required createdOutputs ... uniqueItems"
PROJECT_AXIS = Rule(
    "transformation.project-axis",
    "error",
    '"droppedInputs" are places of axes of the input, "createdOutputs" of the output, counted '
    "from 0, none twice; one of the two lists is there.",
    _SECTION,
    since="0.6",
)


def judge_map_axis(
    judged: Judged, value: dict[str, Any], place: Place, rank: int | None, target: int | None
) -> int | None:
    """Judge a mapAxis; the number of dimensions that it leads to is that of its input."""
    known = rank if rank is not None else target
    order = value["mapAxis"]
    bound = known if known is not None else len(order) if isinstance(order, list) else None
    axes = whole_numbers(judged, MAP_AXIS, value, "mapAxis", place, bound)
    if axes is not None and known is not None and len(axes) != known:
        found = f"It has {plural(len(axes), 'number')} for {plural(known, 'axis', 'axes')}."
        judged.tell(MAP_AXIS, (*place, "mapAxis"), found)
    return target if axes is None else rank


def judge_project_axis(
    judged: Judged, value: dict[str, Any], place: Place, rank: int | None, target: int | None
) -> int | None:
    """Judge a projectAxis, and tell how many dimensions it leads to."""
    keys = [key for key in ("droppedInputs", "createdOutputs") if key in value]
    if not keys:
        judged.tell(PROJECT_AXIS, place, 'There is neither "droppedInputs" nor "createdOutputs".')
        return target
    change = 0
    for key in keys:
        bound = rank if key == "droppedInputs" else target
        axes = whole_numbers(judged, PROJECT_AXIS, value, key, place, bound)
        if axes is None:
            return target
        change += -len(axes) if key == "droppedInputs" else len(axes)
    return None if rank is None else rank + change


def whole_numbers(
    judged: Judged,
    rule: Rule,
    value: dict[str, Any],
    key: str,
    place: Place,
    bound: int | None,
    *,
    empty: bool = False,
) -> list[int] | None:
    """The places of axes that stand under a key.

    Parameters
    ----------
    judged, rule
        What is told where they are none.
    value, key, place
        The object, the key in it, and where the object stands.
    bound
        How many axes there are to choose from; None where that is not known.
    empty
        Whether there may be none.

    Returns
    -------
    places
        None where something is wrong with them.
    """
    axes = value.get(key)
    at = (*place, key)
    if not isinstance(axes, list) or not (axes or empty):
        where, what = (at, f"It is {shown(axes)}.") if key in value else (place, "It is missing.")
        judged.tell(rule, where, what if key in value else f'There is no "{key}".')
        return None
    for _, axis in repeated(axes):
        judged.tell(rule, at, f"The place {axis} is there twice.")
        return None
    limit = float("inf") if bound is None else bound
    strange = [axis for axis in axes if not is_whole(axis) or not 0 <= axis < limit]
    if strange:
        of = "axes" if bound is None else plural(bound, "axis", "axes")
        judged.tell(rule, at, f"{shown(strange[0])} is no place among the {of}.")
        return None
    return [int(axis) for axis in axes]
