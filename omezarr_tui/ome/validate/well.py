"""Rules of "well": the fields of view of one well."""

from __future__ import annotations

import re
from typing import Any

from omezarr_tui.ome.validate.rules import Judged, Place, Rule, is_whole, number_of, repeated, shown

OBJECT = Rule("well.object", "error", 'The value of "well" is an object.', "well")
# "The well dictionary MUST contain an images key whose value MUST be a list of JSON objects";
# the schemas want one at least.
IMAGES = Rule("well.images", "error", '"images" is a list of objects, with one at least.', "well")
# "Each image object MUST contain a path key specifying the path to the field of view."
PATH = Rule("well.path", "error", "A field has a path, a text.", "well")
# In 0.4, 0.5: "The path MUST contain only alphanumeric characters"
ALPHANUMERIC = Rule(
    "well.path-characters",
    "error",
    "The path of a field has letters and digits only.",
    "well",
    since="0.4",
    until="0.5",
)
# The schema of 0.6: letters, digits, "_", "." and "-"; not dots alone; not "__" at the beginning.
CHARACTERS = Rule(
    "well.path-name",
    "error",
    'The path of a field has letters, digits, "_", "." and "-" only, is not made of dots alone, '
    'and does not begin with "__".',
    "well",
    since="0.6",
)
# "... and MUST NOT be a duplicate of any other path in the images list"
UNIQUE = Rule("well.unique-path", "error", "No two fields have the same path.", "well", since="0.4")
# "it MUST contain an acquisition key identifying the id of the acquisition" - the schemas: integer
ACQUISITION = Rule(
    "well.acquisition", "error", "The acquisition of a field is a whole number.", "well"
)

_ALPHANUMERIC = re.compile(r"[A-Za-z0-9]+")
_NAME = re.compile(r"(?!\.+$)(?!__)[A-Za-z0-9_.-]+")


def judge_well(judged: Judged, value: Any) -> None:
    """Judge what stands under "well"."""
    place: Place = ("well",)
    if not isinstance(value, dict):
        judged.tell(OBJECT, place, f"It is {shown(value)}.")
        return
    images, at = value.get("images"), (*place, "images")
    if "images" not in value or images == []:
        judged.tell(IMAGES, place, 'There are no "images".' if images is None else "It has none.")
        return
    fields = list(judged.each(IMAGES, images, at))
    for where, field in fields:
        _judge_field(judged, field, where)
    for number, path in repeated(field.get("path") for _, field in fields):
        if isinstance(path, str):
            judged.tell(UNIQUE, fields[number][0], f"Another field has the path {shown(path)} too.")


def _judge_field(judged: Judged, field: dict[str, Any], place: Place) -> None:
    path = field.get("path")
    if not isinstance(path, str):
        fix = None
        if is_whole(path):
            fix = judged.fix(f'write the path as "{int(path)}"', (*place, "path"), str(int(path)))
        found = f"The path is {shown(path)}." if "path" in field else "The field has no path."
        judged.tell(PATH, place, found, fix)
    else:
        for rule, pattern in ((ALPHANUMERIC, _ALPHANUMERIC), (CHARACTERS, _NAME)):
            if not pattern.fullmatch(path):
                judged.tell(rule, (*place, "path"), f"The path is {shown(path)}.")
    if "acquisition" in field and not is_whole(field["acquisition"]):
        number = number_of(field["acquisition"])
        at = (*place, "acquisition")
        fix = judged.fix("write a number", at, number) if is_whole(number) else None
        judged.tell(ACQUISITION, at, f"It is {shown(field['acquisition'])}.", fix)
