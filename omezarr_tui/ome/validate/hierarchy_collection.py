"""Collections of images: the layout of bioformats2raw, and scenes (OME-Zarr 0.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from omezarr_tui.ome.loose import objects, resolved
from omezarr_tui.ome.read import ome_attributes, read_multiscale
from omezarr_tui.ome.validate.finding import Finding
from omezarr_tui.ome.validate.here import Here, leads_out, what_is_there
from omezarr_tui.ome.validate.hierarchy_label import is_image
from omezarr_tui.settings import MIB
from omezarr_tui.store.node import Array, Broken, Group, join_path
from omezarr_tui.text import natural_key, plural, visible

_LAYOUT = "bioformats2raw.layout"
_XML = "METADATA.ome.xml"
_XML_BYTES = 16 * MIB  # one that tells of more images than people convert
_IMAGE = re.compile(rb"<(?:\w+:)?Image[\s>]")


def layout_findings(here: Here) -> Iterator[Finding]:
    """Hold the layout of bioformats2raw against the images that are there."""
    folder = join_path(here.group.path, "OME")
    metadata = here.read([folder])[0]
    raw = None
    try:
        key = join_path(folder, _XML)
        if here.relatives.access.has(key):
            large = here.relatives.access.size(key) > _XML_BYTES
            raw = b"" if large else here.relatives.access.get(key)
    except OSError:
        raw = b""  # it is there, and another finding would not help
    if raw is None:
        # '"bioformats2raw.layout" ... SHOULD have OME metadata representing the entire
        # collection of images in a file named "OME/METADATA.ome.xml"'
        yield here.finding(
            "bioformats2raw.xml",
            "warning",
            here.pointer(_LAYOUT),
            f"There is no OME/{_XML}.",
            f"The metadata of all images stand as OME-XML in the file OME/{_XML}.",
            _LAYOUT,
        )
    if "plate" in here.ome:  # which "takes precedence"
        return
    listed = (
        ome_attributes(metadata.attributes).get("series") if isinstance(metadata, Group) else None
    )
    if isinstance(listed, list):
        yield from _series(here, folder, listed)
        count: int | None = len(listed)
    else:
        numbers = sorted((n for n in here.children if n.isdecimal()), key=natural_key)
        yield from _numbers(here, numbers)
        count = len(numbers) if here.complete else None
    in_xml = len(_IMAGE.findall(raw)) if raw else 0
    if in_xml and count and in_xml != count:
        # 'Every "multiscales" group MUST represent exactly one OME-XML "Image"'
        yield here.finding(
            "bioformats2raw.images",
            "error",
            here.pointer(_LAYOUT),
            f"The OME-XML tells of {plural(in_xml, 'image')}, the store has {count}.",
            "Each image of the store is one image of the OME-XML, in the same order.",
            _LAYOUT,
        )


def _series(here: Here, folder: str, listed: list[Any]) -> Iterator[Finding]:
    """Images that a list names.

    '"series" MUST be a list of string objects, each of which is a path to an image group.'
    """
    metadata = here.read([folder])[0]
    assert isinstance(metadata, Group)
    nested = isinstance(metadata.attributes.get("ome"), dict)
    prefix = "/ome/series" if nested else "/series"
    says = "Each entry of series is the path of an image, from the group above OME."
    names = [(at, name) for at, name in enumerate(listed) if isinstance(name, str)]
    inside = [(at, n) for at, n in names if not leads_out("", n) and join_path(n)]
    paths = [resolved(here.group.path, name) or "" for _, name in inside]
    for at, name in names:
        if (at, name) not in inside:
            found = f"A series leads out of the store: {visible(name, 60)}. It was not followed."
            pointer = f"{prefix}/{at}"
            yield here.finding("path.outside", "error", pointer, found, says, _LAYOUT, node=folder)
    for (at, name), path, node in zip(inside, paths, here.read(paths), strict=True):
        if isinstance(node, Broken) or is_image(node):
            continue
        found = f"Series {visible(name, 40)} is no image."
        if node is None:
            why = what_is_there(here.relatives, path, here.group.zarr_format)
            found = f"Series {visible(name, 40)} is missing: {why}."
        pointer = f"{prefix}/{at}"
        yield here.finding(
            "bioformats2raw.series-missing", "error", pointer, found, says, _LAYOUT, node=folder
        )


def _numbers(here: Here, numbers: list[str]) -> Iterator[Finding]:
    """Images that no list names.

    '"multiscales" images MUST be stored in consecutively numbered groups starting from 0.'
    """
    wanted = [str(number) for number in range(len(numbers))]
    if not here.complete or (numbers and numbers == wanted):
        return
    missing = next((name for name in wanted if name not in numbers), "0")
    found = (
        f"There is no group {missing}, though there is a group {numbers[-1]}."
        if numbers
        else "There is no image: no group has a number for its name."
    )
    yield here.finding(
        "bioformats2raw.numbers",
        "error",
        here.pointer(_LAYOUT),
        found,
        "Images that no series lists are in groups numbered from 0 without a gap.",
        _LAYOUT,
    )


def scene_findings(here: Here) -> Iterator[Finding]:
    """Hold a scene against the images that it places.

    "path: Refers to the path of a multiscale image subgroup in the Zarr hierarchy"; "name:
    Refers to the name of a coordinateSystem ... in the multiscale image subgroup specified by
    the path".
    """
    scene = here.ome.get("scene")
    steps = objects(scene.get("coordinateTransformations")) if isinstance(scene, dict) else []
    says = "Input and output name an image of the scene by its path, and a coordinate system of it."
    for at, step in enumerate(steps):
        for end in ("input", "output"):
            place = step.get(end)
            path = place.get("path") if isinstance(place, dict) else None
            if not isinstance(path, str) or not isinstance(place, dict):
                continue
            pointer = here.pointer("scene", "coordinateTransformations", at, end, "path")
            shown = visible(path, 60)
            if leads_out(here.group.path, path):
                found = (
                    f"The path of an image leads out of the store: {shown}. It was not followed."
                )
                yield here.finding("path.outside", "error", pointer, found, says, "scene")
                continue
            node = here.read([resolved(here.group.path, path) or ""])[0]
            if isinstance(node, Broken):
                continue
            if node is None or isinstance(node, Array) or not is_image(node):
                what = "where there is nothing" if node is None else "which is no image"
                found = f"The scene places {shown}, {what}."
                yield here.finding("scene.image", "error", pointer, found, says, "scene")
                continue
            multiscale = read_multiscale(node.path, node.attributes)
            systems = {s.name for s in multiscale.systems} if multiscale else set()
            name = place.get("name")
            if isinstance(name, str) and systems and name not in systems:
                found = f"The image {shown} has no coordinate system {visible(name, 40)}."
                yield here.finding("scene.system", "error", pointer, found, says, "scene")
