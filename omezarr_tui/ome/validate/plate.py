"""Rules of "plate": rows, columns and acquisitions; its wells stand in a file of their own."""

from __future__ import annotations

import re
from typing import Any

from omezarr_tui.ome.validate.plate_wells import judge_wells
from omezarr_tui.ome.validate.rules import Judged, Place, Rule, is_whole, number_of, repeated, shown
from omezarr_tui.text import visible

OBJECT = Rule("plate.object", "error", 'The value of "plate" is an object.', "plate")
# "The plate dictionary MUST contain a rows key whose value MUST be a list of JSON objects", and so
# the columns. The schemas want one at least.
LINES = Rule(
    "plate.lines",
    "error",
    '"rows" and "columns" are lists of objects, with one at least.',
    "plate",
)
# In 0.4: "Each defined column MUST contain a name key". Up to 0.3: "If not empty, it MUST contain
# a name key"
NAME = Rule("plate.line-name", "error", "A row or a column has a name, a text.", "plate")
# "The name MUST contain only alphanumeric characters" (since 0.4)
ALPHANUMERIC = Rule(
    "plate.line-characters",
    "error",
    "The name of a row or a column has letters and digits only.",
    "plate",
    since="0.4",
)
# "... and MUST NOT be a duplicate of any other name in the columns list"
UNIQUE = Rule(
    "plate.unique-lines",
    "error",
    "No two rows have the same name, nor have two columns.",
    "plate",
    since="0.4",
)
# "Care SHOULD be taken to avoid collisions on case-insensitive filesystems"
CASE = Rule(
    "plate.case",
    "warning",
    "Names differ by more than small and capital letters, which some file systems take for one.",
    "plate",
    since="0.4",
)
# "The plate dictionary SHOULD contain a name key" (0.5; the strict schema of 0.4)
PLATE_NAME = Rule("plate.name", "warning", "A plate has a name.", "plate", since="0.4")
NAME_TEXT = Rule("plate.name-text", "error", "The name of a plate is a text.", "plate")
# "field_count: An integer defining the maximum number of fields per view", "positive" since 0.5
FIELD_COUNT = Rule(
    "plate.field-count",
    "error",
    '"field_count" is a whole number greater than zero.',
    "plate",
)
# "... acquisitions key whose value MUST be a list of JSON objects"
ACQUISITIONS = Rule("plate.acquisitions", "error", '"acquisitions" is a list of objects.', "plate")
# "Each acquisition object MUST contain an id key whose value MUST be an unique integer identifier
# greater than or equal to 0 within the context of the plate"
ACQUISITION_ID = Rule(
    "plate.acquisition-id",
    "error",
    'An acquisition has a whole number from 0 on as its "id".',
    "plate",
)
UNIQUE_ID = Rule(
    "plate.unique-acquisitions", "error", "No two acquisitions have the same id.", "plate"
)
# "Each acquisition object SHOULD contain a name key", "... a maximumfieldcount key"
ACQUISITION_NAME = Rule("plate.acquisition-name", "warning", "An acquisition has a name.", "plate")
MAXIMUM = Rule(
    "plate.acquisition-maximum",
    "warning",
    'An acquisition tells its greatest number of fields, "maximumfieldcount".',
    "plate",
)
# "maximumfieldcount ... whose value MUST be a positive integer", "starttime and/or endtime key
# whose values MUST be integers" (0.5; the schema of 0.4)
ACQUISITION_NUMBERS = Rule(
    "plate.acquisition-numbers",
    "error",
    '"maximumfieldcount" is a whole number from 1 on, "starttime" and "endtime" are whole numbers '
    "from 0 on.",
    "plate",
)
ACQUISITION_TEXTS = Rule(
    "plate.acquisition-texts",
    "error",
    "The name and the description of an acquisition are texts.",
    "plate",
)

_ALPHANUMERIC = re.compile(r"[A-Za-z0-9]+")
_LEAST = {"maximumfieldcount": 1, "starttime": 0, "endtime": 0}


def judge_plate(judged: Judged, value: Any) -> None:
    """Judge what stands under "plate"."""
    place: Place = ("plate",)
    if not isinstance(value, dict):
        judged.tell(OBJECT, place, f"It is {shown(value)}.")
        return
    if "name" not in value:
        judged.tell(PLATE_NAME, place, "The plate has no name.")
    elif not isinstance(value["name"], str):
        judged.tell(NAME_TEXT, (*place, "name"), f"It is {shown(value['name'])}.")
    if "field_count" in value:
        _judge_number(judged, FIELD_COUNT, value["field_count"], 1, (*place, "field_count"))
    rows = _judge_lines(judged, value, "rows", place)
    columns = _judge_lines(judged, value, "columns", place)
    if "acquisitions" in value:
        _judge_acquisitions(judged, value["acquisitions"], (*place, "acquisitions"))
    judge_wells(judged, value, place, rows, columns)


def _judge_lines(
    judged: Judged, plate: dict[str, Any], key: str, place: Place
) -> list[str | None] | None:
    """Judge the rows or the columns; told are their names, None for one that has none."""
    lines, at = plate.get(key), (*place, key)
    if key not in plate or lines == []:
        judged.tell(LINES, place if lines is None else at, f"There are no {key}.")
        return None
    items = list(judged.each(LINES, lines, at))
    names: list[str | None] = []
    for where, line in items:
        name = line.get("name")
        names.append(name if isinstance(name, str) else None)
        if isinstance(name, str):
            if not _ALPHANUMERIC.fullmatch(name):
                judged.tell(ALPHANUMERIC, (*where, "name"), f"The name is {shown(name)}.")
        elif line or judged.since("0.4"):
            fix = None
            if is_whole(name):
                fix = judged.fix(
                    f'write the name as "{int(name)}"', (*where, "name"), str(int(name))
                )
            found = f"The name is {shown(name)}." if "name" in line else "There is no name."
            judged.tell(NAME, where, found, fix)
    doubled = {number for number, _ in repeated(names)}
    for number in sorted(doubled):
        found = f"There is another one named {shown(names[number])}."
        judged.tell(UNIQUE, items[number][0], found)
    folded = [name.casefold() if name is not None else None for name in names]
    for number, _ in repeated(folded):
        if number not in doubled:
            found = f"The name {shown(names[number])} differs from another in its letters' size."
            judged.tell(CASE, items[number][0], found)
    return names if isinstance(lines, list) and len(names) == len(lines) else None


def _judge_acquisitions(judged: Judged, value: Any, place: Place) -> None:
    items = list(judged.each(ACQUISITIONS, value, place))
    for at, acquisition in items:
        if "id" in acquisition:
            _judge_number(judged, ACQUISITION_ID, acquisition["id"], 0, (*at, "id"))
        else:
            judged.tell(ACQUISITION_ID, at, "The acquisition has no id.")
        if "name" not in acquisition:
            judged.tell(ACQUISITION_NAME, at, "The acquisition has no name.")
        for key in ("name", "description"):
            if not isinstance(acquisition.get(key, ""), str):
                found = f'"{key}" is {shown(acquisition[key])}.'
                judged.tell(ACQUISITION_TEXTS, (*at, key), found)
        if "maximumfieldcount" not in acquisition:
            judged.tell(MAXIMUM, at, 'There is no "maximumfieldcount".')
        for key, least in _LEAST.items():
            if key in acquisition:
                _judge_number(judged, ACQUISITION_NUMBERS, acquisition[key], least, (*at, key))
    for number, identifier in repeated(item.get("id") for _, item in items):
        if not isinstance(identifier, str):
            found = f"Another acquisition has the id {visible(identifier, 30)} too."
            judged.tell(UNIQUE_ID, items[number][0], found)


def _judge_number(judged: Judged, rule: Rule, value: Any, least: int, place: Place) -> None:
    if is_whole(value) and value >= least:
        return
    number = number_of(value)
    fix = None
    if isinstance(number, int) and number >= least:
        fix = judged.fix("write a number instead of a text", place, number)
    judged.tell(rule, place, f"It is {shown(value)}.", fix)
