"""Plates and wells of every version."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

from omezarr_tui.ome.loose import integer, objects, resolved, text
from omezarr_tui.ome.model import Acquisition, Field, Plate, PlateWell, Well
from omezarr_tui.text import natural_key, plural

_FEW = 3  # places that a note names


def read_plate(path: str, attributes: Mapping[str, Any]) -> Plate | None:
    """The plate that a group's attributes describe; None where they describe none.

    Parameters
    ----------
    path
        The group's path.
    attributes
        All attributes of the group.
    """
    plate, version = _part(attributes, "plate")
    if plate is None:
        return None
    notes: list[str] = []
    listed = [(w, p) for w in objects(plate.get("wells")) if (p := text(w.get("path")))]
    inside = [(w, p) for w, p in listed if resolved("", p)]
    if len(inside) < len(listed):
        notes.append(f"{plural(len(listed) - len(inside), 'well')} left out: the path leads away")
    paths = [p for _, p in inside]
    rows, columns = (
        _names(plate, "rows", paths, 0, notes),
        _names(plate, "columns", paths, 1, notes),
    )
    at_row = {name: i for i, name in enumerate(rows)}
    at_column = {name: i for i, name in enumerate(columns)}
    wells = []
    for well, place in inside:
        names = place.strip("/").split("/")
        row = _index(well, "rowIndex", at_row.get(names[0]))
        column = _index(well, "columnIndex", at_column.get(names[-1]))
        wells.append(PlateWell(place.strip("/"), row, column))
    lost = [w.path for w in wells if w.row not in range(len(rows))]
    lost += [w.path for w in wells if w.row >= 0 and w.column not in range(len(columns))]
    if lost := list(dict.fromkeys(lost)):
        named = ", ".join(lost[:_FEW]) + (", …" if len(lost) > _FEW else "")
        notes.append(f"{plural(len(lost), 'well')} without a place in the grid: {named}")
    return Plate(
        path=path,
        name=text(plate.get("name")) or "",
        rows=rows,
        columns=columns,
        wells=tuple(wells),
        acquisitions=_acquisitions(plate),
        fields=integer(plate.get("field_count")),
        version=version,
        notes=tuple(notes),
    )


def read_well(path: str, attributes: Mapping[str, Any]) -> Well | None:
    """The well that a group's attributes describe; None where they describe none.

    Parameters
    ----------
    path
        The group's path.
    attributes
        All attributes of the group.
    """
    well, version = _part(attributes, "well")
    if well is None:
        return None
    images = [(image, p) for image in objects(well.get("images")) if (p := text(image.get("path")))]
    return Well(
        path,
        tuple(Field(place, integer(image.get("acquisition"))) for image, place in images),
        version,
    )


def _part(attributes: Mapping[str, Any], key: str) -> tuple[dict[str, Any] | None, str | None]:
    """The plate or well of some attributes, and the version that they declare."""
    ome = attributes.get("ome")
    place = ome if isinstance(ome, dict) else attributes
    part = place.get(key)
    if not isinstance(part, dict):
        return None, None
    return part, (text(ome.get("version")) if place is ome else None) or text(part.get("version"))


def _names(
    plate: Mapping[str, Any], key: str, paths: list[str], at: int, notes: list[str]
) -> tuple[str, ...]:
    """The names of rows or columns; out of the wells' paths where none are listed."""
    names = tuple(
        n for item in objects(plate.get(key)) if (n := text(item.get("name"))) is not None
    )
    if names or not paths:
        return names
    notes.append(f"no {key} are listed; they are taken from the paths of the wells")
    parts = {parts[at] for p in paths if len(parts := p.strip("/").split("/")) == 2}
    return tuple(sorted(parts, key=_row_key))


def _row_key(name: str) -> tuple[int, tuple[Any, ...]]:
    """A before Z before AA, and 2 before 10."""
    letters = bool(name) and all(letter in string.ascii_uppercase for letter in name)
    return (len(name) if letters else 0, natural_key(name))


def _index(well: Mapping[str, Any], key: str, by_name: int | None) -> int:
    """A well's row or column; before 0.4 only its path told it. -1 where nothing does."""
    older = key.replace("Index", "_index")
    declared = integer(well.get(key, well.get(older)))
    return next((i for i in (declared, by_name) if i is not None and i >= 0), -1)


def _acquisitions(plate: Mapping[str, Any]) -> tuple[Acquisition, ...]:
    return tuple(
        Acquisition(
            number,
            text(item.get("name")),
            text(item.get("description")),
            integer(item.get("maximumfieldcount")),
        )
        for item in objects(plate.get("acquisitions"))
        if (number := integer(item.get("id"))) is not None
    )
