"""Names, types and units of axes, as fields of a form."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from omezarr_tui.edit.described import ArrayDocument, Described
from omezarr_tui.edit.field import Field, nothing_to_change
from omezarr_tui.edit.geometry import Geometry
from omezarr_tui.ome.model import Axis
from omezarr_tui.ome.validate.finding import REMOVED, Change, Document, pointer_to
from omezarr_tui.ome.validate.rules import Place, version_key
from omezarr_tui.ome.validate.units import meant_unit, units_of
from omezarr_tui.text import listed, visible

_TYPES = ("space", "time", "channel")
_LETTERS = ("t", "c", "z", "y", "x")
_USUAL = ("micrometer", "nanometer", "millimeter", "second", "millisecond", "minute", "hour")
_NAMES = "dimension_names"
_NAMES_OF_XARRAY = "_ARRAY_DIMENSIONS"


def axis_fields(node: Described, geometry: Geometry, keys: tuple[str, ...]) -> Iterator[Field]:
    """Name, type and unit of each axis.

    Parameters
    ----------
    node
        The image.
    geometry
        What it says of its axes.
    keys
        What each axis is called in the ids of fields.
    """
    is_old = version_key(node.version) < (0, 4)
    why_none = f"OME-Zarr {visible(node.version, 20)} has no place for it; it came with 0.4"
    for number, (axis, key) in enumerate(zip(geometry.axes, keys, strict=True)):
        named = visible(axis.name, 20)
        place = None if geometry.declared is None else (*geometry.declared, number)
        no_axes = geometry.locked or f"OME-Zarr {node.version} has fixed axes, {listed(_LETTERS)}"
        yield Field(
            f"axis-name.{number}",
            f"axis {number}: name",
            axis.name,
            "text",
            nothing_to_change if place is None else partial(_renamed, node, geometry, place),
            choices=_LETTERS if is_old and place else (),
            completions=_LETTERS,
            locked=no_axes if place is None else "",
        )
        value = _object_at(node, place)
        locked = "" if place and value is not None else (why_none if is_old else no_axes)
        if place is not None and value is None and not is_old:
            locked = "the axis is no object with a name: mend it as JSON first"
        yield Field(
            f"axis-type.{key}",
            f"{named}: type",
            axis.type or "" if locked else str(value.get("type") or ""),
            "text",
            nothing_to_change if locked or not place else partial(_typed, node.path, place, value),
            completions=_TYPES,
            locked=locked,
        )
        if axis.type == "channel":
            continue
        yield Field(
            f"unit.{key}",
            f"{named}: unit",
            axis.unit or "",
            "text",
            nothing_to_change
            if locked or not place
            else partial(_unit, node.path, place, value, axis),
            completions=_units(axis),
            locked=locked,
        )


def _object_at(node: Described, place: Place | None) -> Any:
    """The axis where it is an object; else None."""
    at: Any = node.attributes
    for part in place or ():
        at = at[part]
    return at if place and isinstance(at, dict) else None


def _units(axis: Axis) -> tuple[str, ...]:
    """The units of the specification, those that are usual first."""
    known = units_of(axis.type) or set()
    usual = [unit for unit in _USUAL if unit in known]
    return (*usual, *sorted(known.difference(usual)))


def _renamed(node: Described, geometry: Geometry, place: Place, text: str) -> tuple[Change, ...]:
    """A new name of an axis, also as the arrays call it."""
    new, number = text.strip(), int(place[-1])
    old = geometry.axes[number].name
    if not new:
        raise ValueError("an axis has a name, such as z")
    if new == old:
        return ()
    if new in (axis.name for axis in geometry.axes):
        raise ValueError(f"another axis has the name {visible(new, 40)}")
    is_object = _object_at(node, place) is not None
    if not is_object and new not in _LETTERS:
        raise ValueError(f"in OME-Zarr {node.version} an axis is one of {listed(_LETTERS)}")
    at = (*place, "name") if is_object else place
    changes = [Change(node.path, "attributes", pointer_to(*at), new)]
    for level in node.levels:
        if level is not None:
            changes += _renamed_in_array(level, number, old, new, node.version)
    return tuple(changes)


def _renamed_in_array(
    level: ArrayDocument, number: int, old: str, new: str, version: str
) -> Iterator[Change]:
    """A new name of a dimension, where an array names its dimensions.

    In OME-Zarr 0.5 they "MUST match the names in the axes metadata"; in other versions they
    follow where they did.
    """
    rank = len(level.array.shape)
    must = version_key(version) == (0, 5)
    places: tuple[tuple[Document, str, Any, bool], ...] = (
        ("array", _NAMES, level.document.get(_NAMES), must),
        ("attributes", _NAMES_OF_XARRAY, level.attributes.get(_NAMES_OF_XARRAY), False),
    )
    for document, key, names, whatever in places:
        if not isinstance(names, list) or len(names) != rank or number >= rank:
            continue
        if names[number] != new and (whatever or names[number] == old):
            yield Change(level.array.path, document, pointer_to(key, number), new)


def _typed(path: str, place: Place, value: dict[str, Any], text: str) -> tuple[Change, ...]:
    return _member(path, place, value, "type", text.strip())


def _unit(
    path: str, place: Place, value: dict[str, Any], axis: Axis, text: str
) -> tuple[Change, ...]:
    """A new unit of an axis; a symbol or another spelling becomes the name that is meant."""
    unit, known = text.strip(), units_of(axis.type)
    if unit and known is not None and unit not in known and unit != value.get("unit"):
        meant = meant_unit(unit, axis.type or "")
        if meant is None:
            raise ValueError(
                f"{visible(unit, 40)!r} is no unit of {axis.type} that OME-Zarr names: "
                f"take one such as {' or '.join(_units(axis)[:2])}"
            )
        unit = meant
    return _member(path, place, value, "unit", unit)


def _member(
    path: str, place: Place, value: dict[str, Any], key: str, text: str
) -> tuple[Change, ...]:
    """A member of an axis set to a text, or taken away where there is none."""
    if text == value.get(key) or (not text and key not in value):
        return ()
    pointer = pointer_to(*place, key)
    return (Change(path, "attributes", pointer, text or REMOVED),)
