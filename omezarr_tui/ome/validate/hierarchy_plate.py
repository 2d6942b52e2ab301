"""Plates against their wells, and wells against their fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from omezarr_tui.ome.loose import integer, objects, resolved
from omezarr_tui.ome.read import ome_attributes
from omezarr_tui.ome.validate.finding import Finding
from omezarr_tui.ome.validate.here import Here, leads_out, what_is_there
from omezarr_tui.ome.validate.hierarchy_label import is_image
from omezarr_tui.store.node import Array, Broken, Group, join_path, parent_path
from omezarr_tui.text import listed, visible

_NAMED = 4  # rows that one finding names


def plate_findings(here: Here) -> Iterator[Finding]:
    """Hold the wells that a plate lists against the groups that are there.

    "the group above the images defines the well and MUST implement the well specification"
    ("High-content screening"); 'Each well object MUST contain a "path" key identifying the
    path to the well subgroup.'
    """
    plate = here.ome.get("plate")
    wells = objects(plate.get("wells")) if isinstance(plate, dict) else []
    named = [(at, w["path"]) for at, w in enumerate(wells) if isinstance(w.get("path"), str)]
    says = "The path of each well is that of its group, in which the key well describes it."
    inside = []
    for at, name in named:
        if not leads_out("", name) and join_path(name):
            inside.append((at, name))
            continue
        pointer = here.pointer("plate", "wells", at, "path")
        found = (
            f"The path of a well leads out of the plate: {visible(name, 60)}. It was not followed."
        )
        yield here.finding("path.outside", "error", pointer, found, says, "plate")
    paths = [resolved(here.group.path, name) or "" for _, name in inside]
    for (at, name), path, node in zip(inside, paths, here.read(paths), strict=True):
        pointer, shown = here.pointer("plate", "wells", at, "path"), visible(name, 40)
        if node is None:
            why = what_is_there(here.relatives, path, here.group.zarr_format)
            found = f"Well {shown} is missing: {why}."
            yield here.finding("plate.well-missing", "error", pointer, found, says, "plate")
        elif isinstance(node, Array):
            found = f"{shown} is listed as a well, and is an array."
            yield here.finding("plate.no-well", "error", pointer, found, says, "plate")
        elif isinstance(node, Group) and not _is_well(node):
            found = f"{shown} is listed as a well, and its attributes describe none."
            yield here.finding("plate.no-well", "error", pointer, found, says, "plate")
    yield from _rows(here, paths)


def _rows(here: Here, wells: list[str]) -> Iterator[Finding]:
    """Three groups "MUST be defined above the images": the one between plate and well too."""
    rows = list(dict.fromkeys(map(parent_path, wells)))
    there = {parent_path(p) for p, w in zip(wells, here.read(wells), strict=True) if w is not None}
    bare = []
    for row, node in zip(rows, here.read(rows), strict=True):
        is_group = isinstance(node, Array | Broken) or (node and node.zarr_format is not None)
        if row in there and row != here.group.path and not is_group:
            bare.append(visible(row.rpartition("/")[2], 40))
    if bare:
        more = [f"{len(bare) - _NAMED} more"] if len(bare) > _NAMED else []
        named = listed([*bare[:_NAMED], *more])
        yield here.finding(
            "plate.row",
            "error",
            here.pointer("plate", "rows"),
            f"The folder of row {named} is no Zarr group."
            if len(bare) == 1
            else f"The folders of rows {named} are no Zarr groups.",
            "The wells of a row lie in a group of their own.",
            "High-content screening",
        )


def well_findings(here: Here) -> Iterator[Finding]:
    """Hold the fields that a well lists against its images, and the well against its plate."""
    well = here.ome.get("well")
    images = objects(well.get("images")) if isinstance(well, dict) else []
    says = "The path of each image of a well is that of a field of view, which is an image."
    inside = []
    for at, image in enumerate(images):
        name = image.get("path")
        if not isinstance(name, str) or not join_path(name):
            continue
        if not leads_out("", name):
            inside.append((at, name))
            continue
        pointer = here.pointer("well", "images", at, "path")
        found = (
            f"The path of a field leads out of the well: {visible(name, 60)}. It was not followed."
        )
        yield here.finding("path.outside", "error", pointer, found, says, "well")
    paths = [resolved(here.group.path, name) or "" for _, name in inside]
    for (at, name), path, node in zip(inside, paths, here.read(paths), strict=True):
        pointer, shown = here.pointer("well", "images", at, "path"), visible(name, 40)
        if node is None:
            why = what_is_there(here.relatives, path, here.group.zarr_format)
            found = f"Field {shown} is missing: {why}."
            yield here.finding("well.field-missing", "error", pointer, found, says, "well")
        elif not isinstance(node, Broken) and not is_image(node):
            kind = "an array" if isinstance(node, Array) else "a group without multiscales"
            found = f"Field {shown} is {kind}, not an image."
            yield here.finding("well.no-image", "error", pointer, found, says, "well")
    if plate := _plate_of(here):
        yield from _in_plate(here, plate, images)


@dataclass(frozen=True, slots=True)
class _Plate:
    """What wells are held against."""

    path: str
    wells: frozenset[str]
    acquisitions: tuple[int, ...]


def _plate_of(here: Here) -> _Plate | None:
    """The plate that a well lies in: two groups above, past its row."""
    if here.group.path.count("/") < 1:
        return None
    path = parent_path(parent_path(here.group.path))

    def read() -> _Plate | None:
        node = here.read([path])[0]
        plate = ome_attributes(node.attributes).get("plate") if isinstance(node, Group) else None
        if not isinstance(plate, dict):
            return None
        paths = [w.get("path") for w in objects(plate.get("wells"))]
        ids = [integer(a.get("id")) for a in objects(plate.get("acquisitions"))]
        wells = frozenset(join_path(p) for p in paths if isinstance(p, str))
        return _Plate(path, wells, tuple(i for i in ids if i is not None))

    found: _Plate | None = here.relatives.fact("plate", path, read)
    return found


def _in_plate(here: Here, plate: _Plate, images: list[dict[str, Any]]) -> Iterator[Finding]:
    """Hold a well against its plate.

    'If multiple acquisitions were performed in the plate, it MUST contain an "acquisition" key
    ... which MUST match one of the acquisition JSON objects defined in the plate metadata.'
    """
    name = here.group.path.removeprefix(f"{plate.path}/" if plate.path else "")
    if name not in plate.wells:
        yield here.finding(
            "plate.unlisted",
            "advice",
            here.pointer("well"),
            f"The plate does not list the well {visible(name, 40)}: viewers do not show it.",
            "A plate lists its wells.",
            "plate",
        )
    says = "Where a plate has several acquisitions, each field names one of them by its id."
    for at, image in enumerate(images):
        number = image.get("acquisition")
        if number is None and len(plate.acquisitions) > 1:
            pointer = here.pointer("well", "images", at)
            found = f"Field {visible(image.get('path'), 40)} names no acquisition of the plate."
            yield here.finding("well.no-acquisition", "error", pointer, found, says, "well")
        elif isinstance(number, int) and number not in plate.acquisitions and plate.acquisitions:
            pointer = here.pointer("well", "images", at, "acquisition")
            ids = ", ".join(map(str, plate.acquisitions))
            found = f"The plate has no acquisition {number}; it has {ids}."
            yield here.finding("well.unknown-acquisition", "error", pointer, found, says, "well")


def _is_well(node: Group) -> bool:
    return "well" in ome_attributes(node.attributes)
