"""Rules of coordinate transformations: their types, and the numbers that each type has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from omezarr_tui.ome.validate.matrices import judge_affine, judge_rotation
from omezarr_tui.ome.validate.rules import (
    Judged,
    Place,
    Rule,
    repeated,
    shown,
)
from omezarr_tui.ome.validate.shuffles import judge_map_axis, judge_project_axis, whole_numbers
from omezarr_tui.ome.validate.vectors import PARAMETERS, judge_vector
from omezarr_tui.text import plural

_SECTION = "coordinateTransformations"

LIST = Rule(
    "transformations.list",
    "error",
    "Coordinate transformations are a list of objects.",
    _SECTION,
    since="0.4",
)
# "Each entry describes a single transformation and MUST contain the field type. The value of type
# MUST be one of the elements of the type column in the table below." (0.4)
TYPE = Rule(
    "transformation.type",
    "error",
    "A transformation has a type that the specification knows.",
    _SECTION,
    since="0.4",
)
# In 0.6: "Parameter values MUST be compatible with input and output space dimensionality"
DIMENSIONS = Rule(
    "transformation.dimensions",
    "error",
    "A transformation leads to as many dimensions as its output has.",
    _SECTION,
    since="0.6",
)
# "MAY contain the field name (string). Its value MUST be unique across all name fields for all
# coordinate transformations in the same list." The suite holds up a scene as valid in which three
# transformations bear one name.
NAME = Rule(
    "transformation.name",
    "warning",
    "No two transformations of a list have the same name.",
    _SECTION,
    since="0.6",
)
NAME_TEXT = Rule("transformation.name-text", "error", "The name is a text.", _SECTION, since="0.6")
# In 0.6, "sequence": "transformations: A non-empty array of transformations."
SEQUENCE = Rule(
    "transformation.sequence",
    "error",
    "A sequence has a list of transformations that is not empty.",
    _SECTION,
    since="0.6",
)
# "Each item MUST contain input axes, output axes and transformation fields ... arrays of
# integers" (0.6, "byDimension")
BY_DIMENSION = Rule(
    "transformation.by-dimension",
    "error",
    "Each part has a transformation, and the places of its axes among those of the input and of "
    "the output.",
    _SECTION,
    since="0.6",
)
# "Every axis index in the parent byDimension's output coordinate system MUST appear in exactly
# one child transformation's output axes." The suite holds up one as valid that leaves an axis out.
EVERY_AXIS = Rule(
    "transformation.every-axis",
    "warning",
    "Each axis of the output is made by one of the parts.",
    _SECTION,
    since="0.6",
)
# "nearest", "linear" and "cubic" are what the schema knows (0.6).
INTERPOLATION = Rule(
    "transformation.interpolation",
    "error",
    "The interpolation of a field is nearest, linear or cubic.",
    _SECTION,
    since="0.6",
)

SIMPLE = ("identity", "translation", "scale")
TYPES = (
    *SIMPLE,
    *("mapAxis", "projectAxis", "affine", "rotation", "sequence", "displacements", "coordinates"),
    *("bijection", "byDimension"),
)
_DEEPEST = 30  # transformations within one another; deeper ones are no one's, and not looked at


def judge_transformation(
    judged: Judged,
    value: dict[str, Any],
    place: Place,
    rank: int | None,
    target: int | None,
    depth: int = 0,
) -> int | None:
    """Judge one transformation by itself.

    Parameters
    ----------
    judged
        Where findings go.
    value, place
        The transformation, and where it stands.
    rank, target
        How many dimensions its input and its output have; None where that is not known.
    depth
        How many transformations it is wrapped in.

    Returns
    -------
    rank
        How many dimensions it leads to; None where that cannot be told.
    """
    kind = value.get("type")
    known = TYPES if judged.since("0.6") else SIMPLE
    if not isinstance(kind, str) or kind not in known:
        found = f"The type is {shown(kind)}." if "type" in value else "There is no type."
        judged.tell(TYPE, place, found)
        return target
    if "name" in value and not isinstance(value["name"], str):
        judged.tell(NAME_TEXT, (*place, "name"), f"It is {shown(value['name'])}.")
    if depth > _DEEPEST:
        return target
    result: int | None
    if kind in ("scale", "translation"):
        result = judge_vector(judged, value, kind, place, rank, target)
    elif kind == "sequence":
        return _judge_sequence(judged, value, place, rank, target, depth)
    elif kind == "byDimension":
        return _judge_by_dimension(judged, value, place, rank, target, depth)
    elif kind == "bijection":
        result = _judge_bijection(judged, value, place, rank, target, depth)
    elif kind in ("displacements", "coordinates"):
        _judge_field(judged, value, kind, place)
        result = rank if kind == "displacements" else target
    elif kind == "identity":
        result = rank
    else:
        judge = _BY_TYPE[kind]
        if kind not in value and kind != "projectAxis":
            allowed = kind in ("affine", "rotation") and isinstance(value.get("path"), str)
            if not allowed:
                judged.tell(PARAMETERS, place, f'There is no "{kind}".')
            return target
        result = judge(judged, value, place, rank, target)
    _compare(judged, place, kind, result, target)
    return result if result is not None else target


def judge_names(judged: Judged, items: list[tuple[Place, dict[str, Any]]]) -> None:
    """Tell of names that two transformations of a list have."""
    for number, name in repeated(item.get("name") for _, item in items):
        judged.tell(NAME, items[number][0], f"There is another named {shown(name)}.")


_BY_TYPE: dict[str, Callable[[Judged, dict[str, Any], Place, int | None, int | None], int | None]]
_BY_TYPE = {
    "mapAxis": judge_map_axis,
    "projectAxis": judge_project_axis,
    "affine": judge_affine,
    "rotation": judge_rotation,
}


def _compare(
    judged: Judged, place: Place, kind: str, result: int | None, target: int | None
) -> None:
    if result is not None and target is not None and result != target:
        found = f"The {kind} leads to {plural(result, 'dimension')}, its output has {target}."
        judged.tell(DIMENSIONS, place, found)


def _judge_sequence(
    judged: Judged,
    value: dict[str, Any],
    place: Place,
    rank: int | None,
    target: int | None,
    depth: int,
) -> int | None:
    steps = value.get("transformations")
    at = (*place, "transformations")
    if not isinstance(steps, list) or not steps:
        judged.tell(SEQUENCE, at if steps is not None else place, f"The list is {_missing(steps)}.")
        return target
    items = list(judged.each(LIST, steps, at))
    for number, (where, item) in enumerate(items):
        last = number == len(items) - 1
        rank = judge_transformation(judged, item, where, rank, target if last else None, depth + 1)
    judge_names(judged, items)
    return rank


def _judge_by_dimension(
    judged: Judged,
    value: dict[str, Any],
    place: Place,
    rank: int | None,
    target: int | None,
    depth: int,
) -> int | None:
    parts = value.get("transformations")
    at = (*place, "transformations")
    if not isinstance(parts, list) or not parts:
        judged.tell(SEQUENCE, at if parts is not None else place, f"The list is {_missing(parts)}.")
        return target
    made: list[int] = []
    whole = True
    draft = ".dev" in judged.version  # the drafts had the keys with an underscore
    for where, part in judged.each(BY_DIMENSION, parts, at):
        ranks: list[int | None] = []
        for key, bound in (("inputAxes", rank), ("outputAxes", target or rank)):
            old = f"{key.removesuffix('Axes')}_axes"
            key = old if draft and old in part else key
            axes = whole_numbers(judged, BY_DIMENSION, part, key, where, bound, empty=True)
            ranks.append(None if axes is None else len(axes))
            whole &= axes is not None
            made += axes if axes and key.startswith("output") else []
        inner = part.get("transformation")
        if isinstance(inner, dict):
            judge_transformation(
                judged, inner, (*where, "transformation"), ranks[0], ranks[1], depth + 1
            )
        else:
            judged.tell(BY_DIMENSION, where, f'"transformation" is {_missing(inner)}.')
    for _, axis in repeated(made):
        judged.tell(BY_DIMENSION, at, f"The output axis {axis} is made twice.")
    bound = target if target is not None else rank
    left = sorted(set(range(min(bound or 0, 100))) - set(made))
    if whole and left:
        judged.tell(EVERY_AXIS, at, f"No part makes {plural(len(left), 'axis', 'axes')}: {left}.")
    return target


def _judge_bijection(
    judged: Judged,
    value: dict[str, Any],
    place: Place,
    rank: int | None,
    target: int | None,
    depth: int,
) -> int | None:
    """In 0.6: "Its input and output spaces MUST have equal dimension." ("bijection")."""
    for key, ranks in (("forward", (rank, target)), ("inverse", (target, rank))):
        inner = value.get(key)
        if isinstance(inner, dict):
            judge_transformation(judged, inner, (*place, key), *ranks, depth + 1)
        else:
            judged.tell(PARAMETERS, place, f'"{key}" is {_missing(inner)}.')
    return rank


def _judge_field(judged: Judged, value: dict[str, Any], kind: str, place: Place) -> None:
    if not isinstance(value.get("path"), str):
        judged.tell(PARAMETERS, place, f'The {kind} have no "path", a text.')
    way = value.get("interpolation", "linear")
    if way not in ("nearest", "linear", "cubic"):
        judged.tell(INTERPOLATION, (*place, "interpolation"), f"It is {shown(way)}.")


def _missing(value: Any) -> str:
    return "missing" if value is None else shown(value)
