"""By which version attributes are judged, and whether they declare it as they have to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from omezarr_tui.ome.validate.finding import Fix
from omezarr_tui.ome.validate.rules import Judged, Place, Rule, shown, version_key

# In 0.5, "OME-Zarr Metadata": "The group attributes MUST contain a key ome."
NAMESPACE = Rule(
    "version.namespace",
    "error",
    'The OME-Zarr metadata are an object under the key "ome".',
    "OME-Zarr Metadata",
    since="0.5",
)
# Up to 0.4 the keys stand at the top ("Metadata"); "ome" came with 0.5.
NO_NAMESPACE = Rule(
    "version.no-namespace",
    "error",
    'Up to 0.4 the metadata stand at the top of the attributes, under "ome" since 0.5.',
    "OME-Zarr Metadata",
)
# In 0.5: "... MUST contain a version key, the value of which MUST be a string"
MISSING = Rule(
    "version.missing",
    "error",
    'The key "version" says which version of OME-Zarr the metadata follow.',
    "OME-Zarr Metadata",
    since="0.5",
)
# "It SHOULD contain the field version" (0.3 and 0.4, "multiscales"); 0.1 and 0.2 only show it.
RECOMMENDED = Rule(
    "version.recommended",
    "warning",
    'The key "version" says which version of OME-Zarr the metadata follow.',
    "multiscales",
    until="0.4",
    eased={"0.1": "advice", "0.2": "advice"},
)
VALUE = Rule(
    "version.value",
    "error",
    'The value of "version" is a text that names a version of OME-Zarr, such as "0.4".',
    "OME-Zarr Metadata",
)
# No sentence forbids what is not written yet; the rules of 0.6 are the nearest.
LATER = Rule(
    "version.later",
    "warning",
    "OME-Zarr 0.6 is the latest version that is judged here, and by it what comes later.",
    "OME-Zarr Metadata",
    since="0.5",
)
# 0.1 to 0.4 are stored as Zarr v2, from 0.5 on as Zarr v3 ("Storage format").
FORMAT = Rule(
    "version.zarr-format",
    "error",
    "OME-Zarr 0.1 to 0.4 are stored as Zarr v2, OME-Zarr 0.5 and 0.6 as Zarr v3.",
    "Storage format",
)

_KNOWN = re.compile(r"0\.[1-6]|0\.[56]([-.]?(dev|a|b|rc)\d+)")
_NEWEST = "0.6"
_CARRIERS = ("plate", "well", "image-label")


def judged_version(
    attributes: Mapping[str, Any], expected: str | None, zarr_format: int | None
) -> str:
    """By which version attributes are to be judged.

    Parameters
    ----------
    attributes
        All of them.
    expected
        The version that is known from elsewhere: of the group above, of a test.
    zarr_format
        Of the node; None where it is not known.
    """
    nested = isinstance(attributes.get("ome"), dict)
    declared: str | None = next(
        (text for _, text in _declared(attributes) if _is_known(text)), None
    )
    other = declared is None or version_key(declared) != version_key(expected or "")
    if expected is not None and _is_known(expected) and other:
        return expected
    inner = attributes.get("ome")
    ome: Mapping[str, Any] = inner if isinstance(inner, dict) else attributes
    if declared is not None:
        if nested and version_key(declared) < (0, 5):
            return _by_form(ome, nested=True)
        if not nested and version_key(declared) < (0, 4) and _form(_first_image(ome)) == "0.4":
            return "0.4"  # its axes are objects, or its levels have transformations
        return declared
    if nested and any(_is_later(version) for _, version in _declared(attributes)):
        return "0.5" if "axes" in _first_image(ome) else _NEWEST
    return _by_form(ome, nested=nested or ("ome" in attributes and zarr_format != 2))


def judge_version(
    judged: Judged,
    attributes: Mapping[str, Any],
    expected: str | None,
    zarr_format: int | None,
) -> None:
    """Tell what is wrong with where OME-Zarr's part stands, and with its version."""
    nested = judged.root == ("ome",)
    sure = expected if _is_known(expected) else None
    if judged.since("0.5") and not nested:
        if "ome" in attributes:
            found = f'The value of "ome" is {shown(attributes["ome"])}, and no object.'
            judged.tell(NAMESPACE, ("ome",), found)
        else:
            judged.tell(NAMESPACE, (), 'There is no key "ome".')
    if nested and not judged.since("0.5"):
        found = 'The metadata stand under "ome".'
        judged.tell(NO_NAMESPACE, (), found)
    needed = {2: version_key("0.4"), 3: version_key("0.5")}
    if zarr_format == 2 and version_key(judged.version) > needed[2]:
        judged.tell(FORMAT, (), f"OME-Zarr {judged.numbers} is stored as Zarr v2.")
    if zarr_format == 3 and version_key(judged.version) < needed[3]:
        judged.tell(FORMAT, (), f"OME-Zarr {judged.numbers} is stored as Zarr v3.")
    if nested:
        if "version" not in attributes["ome"]:
            # Which version a document of 0.6's form follows, a draft or the last, none can tell.
            sure = sure or ("0.5" if judged.version == "0.5" else None)
            judged.tell(MISSING, (), 'There is no "version".', _set(judged, ("version",), sure))
    elif not judged.since("0.5"):
        _recommended(judged, attributes, sure)
    form = "ome" if nested else _form(_first_image(attributes))
    for place, value in _declared(attributes):
        _value(judged, place, value, form)


def _value(judged: Judged, place: Place, value: Any, form: str | None) -> None:
    if not isinstance(value, str):
        text = repr(value) if isinstance(value, float) else ""
        fix = _set(judged, place, text if _is_known(text) else None)
        judged.tell(VALUE, place, f"The version is {shown(value)}, and no text.", fix)
    elif form == "ome" and _is_later(value):
        judged.tell(LATER, place, f"The version is {shown(value)}.")
    elif not _is_known(value):
        judged.tell(VALUE, place, f"The version is {shown(value)}; there is no such version.")
    elif form == "ome" and len(place) > 1 and version_key(value) < (0, 5):
        # Left over from 0.4: the version of "ome" counts, nothing forbids others beside it.
        return
    elif version_key(value) != version_key(judged.version):
        # The form of the metadata tells: only 0.5 has axes below "ome", only 0.4 axes as objects.
        below = form == "ome" and len(place) == 1
        meant = "0.5" if below else form if form == "0.4" else None
        fix = _set(judged, place, meant if meant == judged.version else None)
        found = f"The version is {shown(value)}, the metadata are of {judged.numbers}."
        judged.tell(VALUE, place, found, fix)


def _recommended(judged: Judged, attributes: Mapping[str, Any], sure: str | None) -> None:
    """Up to 0.4 each part says its version by itself."""
    listed = attributes.get("multiscales")
    parts: list[tuple[Place, Any]] = [((name,), attributes.get(name)) for name in _CARRIERS]
    if isinstance(listed, list):
        parts = [(("multiscales", number), part) for number, part in enumerate(listed)] + parts
    for place, part in parts:
        if isinstance(part, dict) and "version" not in part:
            fix = _set(judged, (*place, "version"), sure or _form(part))
            rule = replace(RECOMMENDED, section=str(place[0]))
            judged.tell(rule, place, 'There is no "version".', fix)


def _set(judged: Judged, place: Place, version: str | None) -> Fix | None:
    return judged.fix(f'set "version" to "{version}"', place, version) if version else None


def _declared(attributes: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    """The versions that attributes declare, each with its place in OME-Zarr's part."""
    inner = attributes.get("ome")
    ome = inner if isinstance(inner, dict) else attributes
    if ome is inner and "version" in ome:
        yield ("version",), ome["version"]
    listed = ome.get("multiscales")
    for number, part in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(part, dict) and "version" in part:
            yield ("multiscales", number, "version"), part["version"]
    for name in _CARRIERS:
        part = ome.get(name)
        if isinstance(part, dict) and "version" in part:
            yield (name, "version"), part["version"]


def _is_known(version: Any) -> bool:
    return isinstance(version, str) and bool(_KNOWN.fullmatch(version))


def _is_later(version: Any) -> bool:
    return isinstance(version, str) and version_key(version) > version_key(_NEWEST)


def _by_form(ome: Mapping[str, Any], *, nested: bool) -> str:
    """The version that metadata without one look like."""
    image = _first_image(ome)
    if nested:
        systems = "coordinateSystems" in ome or "coordinateSystems" in image
        return _NEWEST if "scene" in ome or systems else "0.5"
    if "datasets" not in image:
        return "0.4"
    return _form(image) or "0.2"


def _first_image(ome: Mapping[str, Any]) -> Mapping[str, Any]:
    listed = ome.get("multiscales")
    first = listed[0] if isinstance(listed, list) and listed else None
    return first if isinstance(first, dict) else {}


def _form(image: Mapping[str, Any]) -> str | None:
    """Whether a multiscale is one that only 0.3 or only 0.4 has."""
    axes = image.get("axes")
    if isinstance(axes, list) and axes:
        return "0.3" if all(isinstance(axis, str) for axis in axes) else "0.4"
    datasets = image.get("datasets")
    for dataset in datasets if isinstance(datasets, list) else ():
        if isinstance(dataset, dict) and "coordinateTransformations" in dataset:
            return "0.4"
    return None
