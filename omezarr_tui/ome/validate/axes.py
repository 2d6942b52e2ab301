"""Rules of axes: of a multiscale up to 0.5, of each coordinate system from 0.6 on."""

from __future__ import annotations

from collections import Counter
from typing import Any

from omezarr_tui.ome.validate.finding import REMOVED, Fix
from omezarr_tui.ome.validate.rules import Judged, Place, Rule, repeated, shown
from omezarr_tui.ome.validate.units import meant_unit, units_of
from omezarr_tui.text import listed, plural, visible

# "Each multiscales dictionary MUST contain the field axes" (0.4); in 0.6 a coordinate system.
PRESENT = Rule(
    "axes.missing", "error", 'There is a list "axes", one for each dimension.', "axes", since="0.3"
)
# "The length of axes must be between 2 and 5" (0.4 to 0.6, "multiscales"). The schema of 0.3
# asks for 2 as well.
COUNT = Rule("axes.count", "error", "An image has 2 to 5 axes.", "multiscales", since="0.3")
# In 0.3: "The values MUST be unique and one of {t, c, z, y, x}"
LETTERS = Rule(
    "axes.letters",
    "error",
    "In OME-Zarr 0.3 each axis is a text, one of t, c, z, y and x.",
    "multiscales",
    since="0.3",
    until="0.3",
)
OBJECT = Rule("axes.object", "error", "Each axis is an object with a name.", "axes", since="0.4")
# In 0.4: "MUST contain the field name that gives the name for this dimension."
NAME = Rule("axes.name", "error", "Each axis has a name, a text.", "axes", since="0.4")
# "The values MUST be unique across all name fields."
UNIQUE = Rule("axes.unique", "error", "No two axes have the same name.", "axes", since="0.3")
# "It SHOULD contain the field type."
TYPE = Rule("axes.type", "warning", "An axis has a type, a text.", "axes", since="0.4")
TYPE_TEXT = Rule("axes.type-text", "error", "The type of an axis is a text.", "axes", since="0.4")
# The text: "The axes MUST contain 2 or 3 entries of type:space"
SPACE = Rule(
    "axes.space",
    "error",
    'Two or three axes of an image have the type "space".',
    "multiscales",
    since="0.4",
)
# The text: "... MAY contain one additional entry of type:time"
TIME = Rule(
    "axes.time", "error", 'At most one axis has the type "time".', "multiscales", since="0.4"
)
# The text: "... and MAY contain one additional entry of type:channel or a null / custom type"
CHANNEL = Rule(
    "axes.channel",
    "error",
    'At most one axis has the type "channel", another type or none.',
    "multiscales",
    since="0.4",
)
# In 0.6, "multiscales": "... or only entries of type array"
ARRAY = Rule(
    "axes.array",
    "error",
    'Where an axis has the type "array", all axes have it.',
    "multiscales",
    since="0.6",
)
# "The entries MUST be ordered by type where the time axis must come first (if present), followed
# by the channel or custom axis (if present) and the axes of type space." 0.3 orders by its schema
# and its layout alone: (t, c, z, y, x).
ORDER = Rule(
    "axes.order",
    "error",
    "Time comes first, then the channel or an axis of another type, then space.",
    "multiscales",
    since="0.4",
)
ORDER_LETTERS = Rule(
    "axes.letters-order",
    "warning",
    "The axes are in the order t, c, z, y, x.",
    "On-disk (or in-cloud) layout",
    since="0.3",
    until="0.3",
)
# "... the spatial axes SHOULD be ordered as zyx"
ZYX = Rule(
    "axes.zyx",
    "warning",
    "Three axes of space that are named z, y and x are in this order.",
    "multiscales",
    since="0.4",
)
# "SHOULD contain the field unit ... The value SHOULD be one of the following strings"
UNIT = Rule(
    "axes.unit",
    "warning",
    "The unit of an axis of space or time is one of the names of UDUNITS-2 that the "
    "specification lists, such as micrometer or second; other viewers know no others.",
    "axes",
    since="0.4",
)
NO_UNIT = Rule("axes.no-unit", "warning", "An axis of space has a unit.", "axes", since="0.4")
# The same sentence; but the documents that the specification holds up as good under the strict
# reading have axes of time without a unit.
NO_UNIT_OF_TIME = Rule(
    "axes.no-unit-of-time", "advice", "An axis of time has a unit.", "axes", since="0.4"
)
UNIT_TEXT = Rule("axes.unit-text", "error", "The unit is a text.", "axes", since="0.4")
# In 0.6: "discrete: The value MUST be a boolean", "longName: The value MUST be a string"
DISCRETE = Rule("axes.discrete", "error", '"discrete" is true or false.', "axes", since="0.6")
LONG_NAME = Rule("axes.long-name", "error", '"longName" is a text.', "axes", since="0.6")

_TYPES = {"x": "space", "y": "space", "z": "space", "t": "time", "c": "channel"}
_RANK = {"time": 0, "space": 2}
_NAMED = 8


def judge_axes(judged: Judged, value: Any, place: Place, *, of_image: bool = True) -> int | None:
    """Judge axes.

    Parameters
    ----------
    judged
        Where findings go.
    value, place
        What "axes" is, and where.
    of_image
        Whether they are of a multiscale: then there are rules of their number and order.

    Returns
    -------
    rank
        How many there are; None where they are no list.
    """
    if not judged.since("0.3"):
        return None
    if not isinstance(value, list):
        judged.tell(PRESENT, place, f"It is {shown(value)}, and no list.")
        return None
    if of_image and not 2 <= len(value) <= 5:
        judged.tell(COUNT, place, f"There {_are(len(value))} {plural(len(value), 'axis', 'axes')}.")
    if not judged.since("0.4"):
        _judge_letters(judged, value, place)
        return len(value)
    axes = list(judged.each(OBJECT, value, place))
    for at, axis in axes:
        _judge_axis(judged, axis, at)
    for number, name in repeated(axis.get("name") for _, axis in axes):
        judged.tell(UNIQUE, axes[number][0], f"There is another axis named {shown(name)}.")
    if of_image and len(axes) == len(value) and 2 <= len(value) <= 5:
        _judge_types(judged, [axis for _, axis in axes], place)
    return len(value)


def _judge_letters(judged: Judged, axes: list[Any], place: Place) -> None:
    """OME-Zarr 0.3: names alone."""
    for number, axis in enumerate(axes):
        if not isinstance(axis, str) or axis not in _TYPES:
            judged.tell(LETTERS, (*place, number), f"It is {shown(axis)}.")
    for number, name in repeated(axes):
        judged.tell(UNIQUE, (*place, number), f"There is another axis {shown(name)}.")
    places = ["tczyx".index(axis) for axis in axes if isinstance(axis, str) and axis in _TYPES]
    if places != sorted(places):
        judged.tell(ORDER_LETTERS, place, f"The axes are {shown(axes)}.")


def _judge_axis(judged: Judged, axis: dict[str, Any], place: Place) -> None:
    name, axis_type, unit = axis.get("name"), axis.get("type"), axis.get("unit")
    what = f"The axis {visible(name, 20)}" if isinstance(name, str) else "The axis"
    if not isinstance(name, str) or not name:
        found = f"The name is {shown(name)}." if "name" in axis else "There is no name."
        judged.tell(NAME, place, found)
    if axis_type is None:
        guess = _TYPES.get(name) if isinstance(name, str) else None
        fix = guess and judged.fix(f'set "type" to "{guess}"', (*place, "type"), guess)
        judged.tell(TYPE, place, f"{what} has no type.", fix or None)
    elif not isinstance(axis_type, str):
        judged.tell(TYPE_TEXT, (*place, "type"), f"The type is {shown(axis_type)}.")
        return
    if "discrete" in axis and not isinstance(axis["discrete"], bool):
        judged.tell(DISCRETE, (*place, "discrete"), f"It is {shown(axis['discrete'])}.")
    if "longName" in axis and not isinstance(axis["longName"], str):
        judged.tell(LONG_NAME, (*place, "longName"), f"It is {shown(axis['longName'])}.")
    if unit is None:
        rule = {"space": NO_UNIT, "time": NO_UNIT_OF_TIME}.get(axis_type or "")
        if rule:
            judged.tell(rule, place, f"{what} has no unit.")
    elif not isinstance(unit, str):
        judged.tell(UNIT_TEXT, (*place, "unit"), f"The unit is {shown(unit)}.")
    else:
        _judge_unit(judged, unit, axis_type, (*place, "unit"))


def _judge_unit(judged: Judged, unit: str, axis_type: str | None, place: Place) -> None:
    known = units_of(axis_type)
    if known is None or unit in known:
        return
    meant = meant_unit(unit, str(axis_type))
    fix = meant and judged.fix(f'set "unit" to "{meant}"', place, meant)
    if not unit.strip():
        fix = judged.fix("take the empty unit away", place, REMOVED)
    found = f"The unit is {shown(unit)}, the axis is of {axis_type}."
    judged.tell(UNIT, place, found, fix or None)


def _judge_types(judged: Judged, axes: list[dict[str, Any]], place: Place) -> None:
    """The rules of which types there are, and in which order."""
    types = [_type(axis) for axis in axes]
    if rule := _broken(judged, types):
        names = [_name(axis) for axis in axes]
        missing = [n for n, kind in enumerate(types) if not kind and names[n] in _TYPES]
        whole = [_TYPES[names[n]] if n in missing else kind for n, kind in enumerate(types)]
        fix = None
        if missing and not _broken(judged, whole):
            changes = (judged.change((*place, n, "type"), whole[n]) for n in missing)
            fix = Fix("set the types that the names tell", tuple(changes))
        judged.tell(rule, place, f"The axes are {_named(axes)}.", fix)
        return
    spatial = [_name(axis) for axis, kind in zip(axes, types, strict=True) if kind == "space"]
    if spatial != ["z", "y", "x"] and sorted(spatial) == ["x", "y", "z"]:
        judged.tell(ZYX, place, f"The axes of space are {listed(spatial)}.")


def _broken(judged: Judged, types: list[str]) -> Rule | None:
    """The first rule that types of axes, in this order, do not follow."""
    count = Counter(types)
    if count["array"] and judged.since("0.6"):
        return ARRAY if count["array"] < len(types) else None
    if not 2 <= count["space"] <= 3:
        return SPACE
    if count["time"] > 1:
        return TIME
    if len(types) - count["space"] - count["time"] > 1:
        return CHANNEL
    ranks = [_RANK.get(kind, 1) for kind in types]
    return ORDER if ranks != sorted(ranks) else None


def _type(axis: dict[str, Any]) -> str:
    kind = axis.get("type")
    return kind if isinstance(kind, str) else ""


def _name(axis: dict[str, Any]) -> str:
    name = axis.get("name")
    return visible(name, 20) if isinstance(name, str) else shown(name)


def _named(axes: list[dict[str, Any]]) -> str:
    """Axes with their types, in words."""
    return listed(
        [f"{_name(axis)} ({visible(_type(axis), 20) or 'no type'})" for axis in axes[:_NAMED]]
    )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
