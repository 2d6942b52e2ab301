"""Rules of a scene: images that are placed in common coordinate systems (OME-Zarr 0.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omezarr_tui.ome.validate.rules import Judged, Place, Rule, shown
from omezarr_tui.ome.validate.systems import (
    SYSTEM,
    judge_connected,
    judge_reference,
    judge_systems,
)
from omezarr_tui.ome.validate.transformations import LIST, judge_names, judge_transformation

# "Transformations between two or more images MUST be stored in the attributes of a scene
# dictionary" (0.6, "coordinateTransformations")
MISSING = Rule(
    "scene.missing",
    "error",
    'Coordinate systems and transformations stand in an image, or under "scene".',
    "scene",
    since="0.6",
)
OBJECT = Rule("scene.object", "error", 'The value of "scene" is an object.', "scene", since="0.6")
# The schema of "scene": required coordinateTransformations, with one at least.
TRANSFORMED = Rule(
    "scene.transformations",
    "error",
    'A scene has a list "coordinateTransformations", with one at least.',
    "scene",
    since="0.6",
)

_KEYS = ("coordinateSystems", "coordinateTransformations")


def judge_scene(judged: Judged, ome: Mapping[str, Any]) -> None:
    """Judge the scene of a node, or that there should be one."""
    if "scene" not in ome:
        stray = [key for key in _KEYS if key in ome]
        if stray and "multiscales" not in ome:
            judged.tell(MISSING, (stray[0],), f'There is "{stray[0]}", and no "scene".')
        return
    scene = ome["scene"]
    place: Place = ("scene",)
    if not isinstance(scene, dict):
        judged.tell(OBJECT, place, f"It is {shown(scene)}.")
        return
    ranks: dict[str, int | None] = {}
    if "coordinateSystems" in scene:
        at = (*place, "coordinateSystems")
        ranks = judge_systems(judged, scene["coordinateSystems"], at, of_image=False)
    steps = scene.get("coordinateTransformations")
    if not isinstance(steps, list) or not steps:
        found = "They are missing." if steps is None else f"It is {shown(steps)}."
        judged.tell(TRANSFORMED, place, found)
        return
    items = list(judged.each(LIST, steps, (*place, "coordinateTransformations")))
    edges: list[tuple[str, str]] = []
    outside = False
    for at, item in items:
        ends = [_judge_end(judged, item, key, at, ranks) for key in ("input", "output")]
        sizes = [ranks.get(end[0]) if end and not end[1] else None for end in ends]
        judge_transformation(judged, item, at, sizes[0], sizes[1])
        # The systems of one image are connected within it; which they are is not told here.
        names = [end[1] or end[0] for end in ends if end]
        outside |= len(names) < 2
        edges += [(names[0], names[1])] if len(names) == 2 else []
    judge_names(judged, items)
    if not outside:
        judge_connected(judged, (*place, "coordinateSystems"), ranks, edges)


def _judge_end(
    judged: Judged, item: dict[str, Any], key: str, place: Place, ranks: dict[str, int | None]
) -> tuple[str, str] | None:
    """The name and the path (empty for the scene's own systems) of an input or an output."""
    end = judge_reference(judged, item, key, place, "name", ranks)
    if end is None or end.name is None:
        return None
    if not end.path and end.name not in ranks:
        judged.tell(SYSTEM, (*place, key), f"There is no coordinate system {shown(end.name)}.")
    return end.name, f"path {end.path}" if end.path else ""
