"""Rules of "multiscales": what describes one image with its levels."""

from __future__ import annotations

from typing import Any

from omezarr_tui.ome.validate.axes import PRESENT as AXES
from omezarr_tui.ome.validate.axes import judge_axes
from omezarr_tui.ome.validate.datasets import judge_datasets, judge_simple_list
from omezarr_tui.ome.validate.rules import Judged, Place, Rule, shown
from omezarr_tui.ome.validate.systems import (
    INPUT,
    PRESENT,
    REFERENCE,
    SYSTEM,
    judge_connected,
    judge_reference,
    judge_systems,
)
from omezarr_tui.ome.validate.transformations import LIST, judge_names, judge_transformation
from omezarr_tui.text import visible

# "multiscales contains a list of dictionaries where each entry describes a multiscale image."
# (0.3; 0.1 and 0.2 show one). The schemas want one entry at least.
LIST_OF_IMAGES = Rule(
    "multiscales.list",
    "error",
    '"multiscales" is a list of objects, with one at least.',
    "multiscales",
)
# "Each multiscales dictionary SHOULD contain the field name." The schemas: a text.
NAME = Rule("multiscales.name", "warning", "An image has a name.", "multiscales", since="0.3")
NAME_TEXT = Rule("multiscales.name-text", "error", "The name is a text.", "multiscales")
# "SHOULD contain the field type, which gives the type of downscaling method" (0.3 to 0.6)
METHOD = Rule(
    "multiscales.type",
    "warning",
    '"type" is a text that names the way in which the coarser levels were made.',
    "multiscales",
    since="0.3",
)
# "It SHOULD contain the field metadata" (0.3 to 0.6)
METADATA = Rule(
    "multiscales.metadata",
    "warning",
    '"metadata" is an object that tells more of how the coarser levels were made.',
    "multiscales",
    since="0.3",
)
# "The value of input MUST equal the name of the intrinsic coordinate system." (0.6) The suite
# holds up an image as valid under the strict reading whose transformation leads there.
INTRINSIC = Rule(
    "transformation.intrinsic",
    "advice",
    "What is true of the whole image begins at the coordinate system that the levels lead to.",
    "multiscales",
    since="0.6",
)
# The schema of 0.6 wants no path that leads up, or to a root.
PATH = Rule(
    "transformation.path",
    "error",
    "A path in a transformation of an image leads down from the image.",
    "multiscales",
    since="0.6",
)


def judge_multiscales(judged: Judged, value: Any) -> None:
    """Judge what stands under "multiscales"."""
    place: Place = ("multiscales",)
    if isinstance(value, list) and not value:
        judged.tell(LIST_OF_IMAGES, place, "The list is empty.")
    for at, image in judged.each(LIST_OF_IMAGES, value, place):
        _judge_image(judged, image, at)


def _judge_image(judged: Judged, image: dict[str, Any], place: Place) -> None:
    if "name" not in image:
        judged.tell(NAME, place, "There is no name.")
    elif not isinstance(image["name"], str):
        judged.tell(NAME_TEXT, (*place, "name"), f"It is {shown(image['name'])}.")
    for rule, key, kind in ((METHOD, "type", str), (METADATA, "metadata", dict)):
        if key not in image:
            judged.tell(rule, place, f'There is no "{key}".')
        elif not isinstance(image[key], kind):
            judged.tell(rule, (*place, key), f"It is {shown(image[key])}.")
    if judged.since("0.6"):
        _judge_spaces(judged, image, place)
        return
    rank = None
    if "axes" in image:
        rank = judge_axes(judged, image["axes"], (*place, "axes"))
    else:
        judged.tell(AXES, place, "There are no axes.")
    judge_datasets(judged, image, place, rank, {})
    if judged.since("0.4") and "coordinateTransformations" in image:
        at = (*place, "coordinateTransformations")
        judge_simple_list(judged, image["coordinateTransformations"], at, rank)


def _judge_spaces(judged: Judged, image: dict[str, Any], place: Place) -> None:
    """OME-Zarr 0.6: coordinate systems, and what leads between them."""
    systems = image.get("coordinateSystems")
    if not isinstance(systems, list) or not systems:
        found = "It is missing." if systems is None else f"It is {shown(systems)}."
        judged.tell(PRESENT, (*place, "coordinateSystems") if systems is not None else place, found)
    ranks = {}
    if isinstance(systems, list):
        ranks = judge_systems(judged, systems, (*place, "coordinateSystems"), of_image=True)
    intrinsic = judge_datasets(judged, image, place, None, ranks)
    edges: list[tuple[str, str]] = []
    at = (*place, "coordinateTransformations")
    if "coordinateTransformations" in image:
        items = list(judged.each(LIST, image["coordinateTransformations"], at))
        if image["coordinateTransformations"] == []:
            judged.tell(LIST, at, "The list is empty.")
        for where, item in items:
            edge = _judge_of_image(judged, item, where, ranks, intrinsic)
            edges += [edge] if edge else []
        judge_names(judged, items)
    judge_connected(judged, (*place, "coordinateSystems"), ranks, edges)


def _judge_of_image(
    judged: Judged,
    value: dict[str, Any],
    place: Place,
    ranks: dict[str, int | None],
    intrinsic: str | None,
) -> tuple[str, str] | None:
    """A transformation of the whole image; told is what it connects."""
    source = judge_reference(judged, value, "input", place, "name", ranks)
    target = judge_reference(judged, value, "output", place, "name", ranks)
    if source and source.path:
        judged.tell(REFERENCE, (*place, "input", "path"), "An input of an image has a path.")
        source = None
    rank = ranks.get(source.name or "") if source else None
    goal = ranks.get(target.name or "") if target and not target.path else None
    judge_transformation(judged, value, place, rank, goal)
    if target and target.path and (target.path.startswith("/") or ".." in target.path.split("/")):
        found = f"The path is {shown(target.path)}."
        judged.tell(PATH, (*place, "output", "path"), found)
    if source and source.name not in ranks:
        found = f"There is no coordinate system {shown(source.name)}."
        judged.tell(INPUT, (*place, "input"), found)
    elif source and intrinsic is not None and source.name != intrinsic:
        found = f"It begins at {shown(source.name)}, the levels lead to {visible(intrinsic, 30)}."
        judged.tell(INTRINSIC, (*place, "input"), found)
    if target and not target.path and target.name not in ranks:
        found = f"There is no coordinate system {shown(target.name)}."
        judged.tell(SYSTEM, (*place, "output"), found)
    if not source or not target or target.path:
        return None
    return source.name or "", target.name or ""
