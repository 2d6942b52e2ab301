"""Rules of "labels", a list of label images, and of "image-label", what one of them means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omezarr_tui.ome.validate.rules import Judged, Place, Rule, is_whole, number_of, repeated, shown

# "contains the key labels containing the paths to label objects" (0.1 to 0.4); "MUST contain a
# JSON object with the key labels, whose value is a JSON array of paths" (0.5)
LIST = Rule("labels.list", "error", '"labels" is a list of paths, which are texts.', "labels")
OBJECT = Rule("label.object", "error", 'The value of "image-label" is an object.', "labels")
# "image-label groups MUST also contain multiscales metadata" (0.4, "image-label") The suites hold
# up documents as valid that have none.
IMAGE = Rule(
    "label.multiscales",
    "warning",
    'A label image is an image: it has "multiscales" too.',
    "labels",
)
# "That image-label object SHOULD contain a colors key" (0.5). The text of 0.4 only explains it,
# but its strict schema asks for it.
NO_COLORS = Rule(
    "label.no-colors", "warning", 'A label image has a list "colors".', "labels", since="0.4"
)
# "... whose value MUST be a JSON array describing color information for the unique label values";
# the schemas want one entry at least.
COLORS = Rule(
    "label.colors",
    "error",
    '"colors" is a list of objects, with one at least.',
    "labels",
)
# "Each of these objects MUST contain the label-value key, whose value MUST be the integer
# corresponding to a particular label."
VALUE = Rule(
    "label.label-value", "error", 'Each entry has a whole number as "label-value".', "labels"
)
# "All label-values must be unique." (0.1 to 0.4) "one JSON object for each unique custom label"
UNIQUE = Rule("label.unique", "error", "Each label value is described once.", "labels")
# "... whose value MUST be an array of four integers between 0 and 255, inclusive"
RGBA = Rule(
    "label.rgba", "error", '"rgba" is a list of four whole numbers from 0 to 255.', "labels"
)
# "the value of the properties key MUST be an array of JSON objects" (0.5; from 0.2 on)
PROPERTIES = Rule(
    "label.properties",
    "error",
    '"properties" is a list of objects, with one at least.',
    "labels",
)
# "The value of the source key MUST be a JSON object" (0.5), "an optional dictionary" (0.1 on)
SOURCE = Rule("label.source-object", "error", '"source" is an object.', "labels")
# "... a key image, whose value MUST be a string specifying the relative path"
SOURCE_IMAGE = Rule(
    "label.source-image", "error", 'The "image" of a source is a path, a text.', "labels"
)


def judge_list(judged: Judged, value: Any) -> None:
    """Judge what stands under "labels"."""
    if not isinstance(value, list):
        judged.tell(LIST, ("labels",), f"It is {shown(value)}.")
        return
    for number, path in enumerate(value):
        if not isinstance(path, str):
            judged.tell(LIST, ("labels", number), f"It is {shown(path)}.")


def judge_label(judged: Judged, ome: Mapping[str, Any]) -> None:
    """Judge what stands under "image-label"."""
    label = ome["image-label"]
    place: Place = ("image-label",)
    if not isinstance(label, dict):
        judged.tell(OBJECT, place, f"It is {shown(label)}.")
        return
    if "multiscales" not in ome:
        judged.tell(IMAGE, place, 'There are no "multiscales" beside it.')
    if "colors" in label:
        _judge_entries(judged, COLORS, label["colors"], (*place, "colors"))
    else:
        judged.tell(NO_COLORS, place, "There are no colours.")
    if "properties" in label:
        _judge_entries(judged, PROPERTIES, label["properties"], (*place, "properties"))
    if "source" not in label:
        return
    source, at = label["source"], (*place, "source")
    if not isinstance(source, dict):
        judged.tell(SOURCE, at, f"It is {shown(source)}.")
    elif not isinstance(source.get("image", ""), str):
        judged.tell(SOURCE_IMAGE, (*at, "image"), f"It is {shown(source['image'])}.")


def _judge_entries(judged: Judged, rule: Rule, value: Any, place: Place) -> None:
    """Judge "colors" or "properties", which describe label values."""
    if isinstance(value, list) and not value:
        judged.tell(rule, place, "The list is empty.")
    entries = list(judged.each(rule, value, place))
    for at, entry in entries:
        label_value = entry.get("label-value")
        if not is_whole(label_value):
            fix = None
            number = number_of(label_value)
            if is_whole(number):
                fix = judged.fix("write a number instead of a text", (*at, "label-value"), number)
            found = f"It is {shown(label_value)}." if "label-value" in entry else "It has none."
            judged.tell(VALUE, at, found, fix)
        if rule is COLORS and "rgba" in entry and not _is_rgba(entry["rgba"]):
            judged.tell(RGBA, (*at, "rgba"), f"It is {shown(entry['rgba'])}.")
    for number, label_value in repeated(entry.get("label-value") for _, entry in entries):
        if not isinstance(label_value, str):
            found = f"The value {shown(label_value)} is described before."
            judged.tell(UNIQUE, entries[number][0], found)


def _is_rgba(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 4:
        return False
    return all(is_whole(part) and 0 <= part <= 255 for part in value)
