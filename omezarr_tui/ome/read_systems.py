"""Coordinate systems and what leads from one to another (OME-Zarr 0.6), and scenes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from omezarr_tui.ome.loose import numbers, objects, text
from omezarr_tui.ome.model import Axis, CoordinateSystem, Rows, Scene, Transformation
from omezarr_tui.ome.read_axes import read_axes
from omezarr_tui.ome.transformations import matrix_of


def read_systems(declared: Any) -> tuple[CoordinateSystem, ...]:
    """The coordinate systems that are declared, with their axes."""
    return tuple(
        CoordinateSystem(text(system.get("name")) or "", read_axes(system.get("axes")))
        for system in objects(declared)
    )


def read_transformations(declared: Any) -> tuple[Transformation, ...]:
    """Transformations between named systems; those that name none are of the levels."""
    return tuple(
        Transformation(
            type=text(step.get("type")) or "?",
            input=_place(step.get("input")),
            output=_place(step.get("output")),
            name=text(step.get("name")),
            matrix=matrix_of(step, _inputs(step)),
            declared=step,
        )
        for step in objects(declared)
        if "input" in step or "output" in step
    )


def read_scene(path: str, attributes: Mapping[str, Any]) -> Scene | None:
    """The scene that a group's attributes describe (OME-Zarr 0.6); None where there is none."""
    ome = attributes.get("ome")
    scene = ome.get("scene") if isinstance(ome, dict) else attributes.get("scene")
    if not isinstance(scene, dict):
        return None
    return Scene(
        path,
        read_systems(scene.get("coordinateSystems")),
        read_transformations(scene.get("coordinateTransformations")),
    )


def scene_images(scene: Scene) -> list[str]:
    """The paths of the images that a scene places, as it has them."""
    ends = [t.declared.get(end) for t in scene.transformations for end in ("input", "output")]
    paths = [end.get("path") for end in ends if isinstance(end, dict)]
    return list(dict.fromkeys(path for path in paths if isinstance(path, str)))


def to_space(
    image: Mapping[str, Any],
    systems: Sequence[CoordinateSystem],
    datasets: Sequence[Mapping[str, Any]],
    notes: list[str],
) -> tuple[tuple[Axis, ...], Rows | None]:
    """The axes in which an image's positions are told, and what leads there.

    Levels lead to the "intrinsic" system, "which should be used for viewing"; one of array
    axes has no sizes, so a map from there to a system of the same rank is followed
    (OME-Zarr 0.6, "multiscales" metadata and "Array coordinate systems").
    """
    by_name = {system.name: system for system in systems}
    steps = [s for d in datasets for s in objects(d.get("coordinateTransformations"))]
    reached = [by_name[name] for s in steps if (name := _name(s.get("output"))) in by_name]
    if not reached and datasets:
        notes.append("the levels lead to no coordinate system that is declared")
    intrinsic = reached[0] if reached else systems[0]
    rank = len(intrinsic.axes)
    if any(axis.type != "array" for axis in intrinsic.axes):
        return intrinsic.axes, None
    for step in objects(image.get("coordinateTransformations")):
        target = by_name.get(_name(step.get("output")))
        if _name(step.get("input")) != intrinsic.name or target is None:
            continue
        rows = matrix_of(step, rank)
        if rows is not None and len(rows) == rank == len(target.axes):
            return target.axes, rows
    return intrinsic.axes, None


def _name(end: Any) -> str:
    """The system's name in an input or output: an object since 0.6rc0, a text in its drafts."""
    return (text(end.get("name")) if isinstance(end, dict) else text(end)) or ""


def _place(end: Any) -> str:
    """An input or output in words."""
    if isinstance(end, dict):
        return ":".join(part for key in ("path", "name") if (part := text(end.get(key))))
    return text(end) or ""


def _inputs(step: Mapping[str, Any]) -> int:
    """How many axes a transformation's own numbers say that its input has; 0 if they do not."""
    for key in ("scale", "translation", "mapAxis"):
        if values := numbers(step.get(key)):
            return len(values)
    for key in ("affine", "rotation"):
        rows = step.get(key)
        if isinstance(rows, list) and rows and isinstance(rows[0], list):
            return len(rows[0]) - (key == "affine")
    for inner in objects(step.get("transformations")):
        if count := _inputs(inner):
            return count
    return 0
