"""Where an image says how large its pixels are, whatever its version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from omezarr_tui.edit.described import Described, datasets_of
from omezarr_tui.edit.steps import KEY, Steps, read_steps
from omezarr_tui.ome.loose import objects
from omezarr_tui.ome.model import Axis
from omezarr_tui.ome.read import read_multiscale
from omezarr_tui.ome.read_axes import read_axes
from omezarr_tui.ome.validate.rules import Place, version_key

_TURNED = (
    "the transformations are no plain scale and translation with a number for each axis: change "
    "them as JSON"
)


@dataclass(frozen=True, slots=True)
class Geometry:
    """The axes of an image, and the transformations from its levels to them.

    Parameters
    ----------
    place
        Of the multiscale in the attributes.
    axes
        As they are read; where none are declared, as they are guessed.
    declared
        Where the list of axes stands; None where none are declared.
    levels
        Of each level.
    whole
        What follows upon those of all levels.
    in_whole
        Whether sizes have their place there: the levels lead to axes of the array (0.6).
    ratios
        By how much each level is coarser than the finest, along each axis; empty where the
        arrays cannot be read.
    locked
        Why sizes cannot be changed; empty where they can.
    """

    place: Place
    axes: tuple[Axis, ...]
    declared: Place | None
    levels: tuple[Steps, ...] = ()
    whole: Steps | None = None
    in_whole: bool = False
    ratios: tuple[tuple[Fraction, ...], ...] = ()
    locked: str = ""


def geometry_of(node: Described) -> Geometry | None:
    """Where an image says what; None where a node is no image."""
    image, place = _image(node)
    first = next((level.array for level in node.levels if level), None)
    multiscale = read_multiscale(node.path, node.attributes, first)
    if image is None or multiscale is None:
        return None
    declared: Place = (*place, "axes")
    axes, whole_at, in_whole = image.get("axes"), None, False
    listed = image.get("coordinateSystems")
    systems = [s if isinstance(s, dict) else {} for s in listed] if isinstance(listed, list) else []
    if systems:
        number, whole_at, in_whole = _viewed(image, systems)
        declared, axes = (*place, "coordinateSystems", number, "axes"), systems[number].get("axes")
    named = read_axes(axes)
    fits = bool(named) and (first is None or len(first.shape) == len(named))
    if not fits:
        return Geometry(place, multiscale.axes, None, locked=_why_none(node, bool(named)))
    datasets = datasets_of(image)
    told = any(KEY in dataset for dataset in datasets.values())
    if version_key(node.version) < (0, 4) and not told:
        return Geometry(place, named, declared, locked=_why_none(node, declared=False))
    levels = [
        read_steps((*place, "datasets", number, KEY), dataset.get(KEY), len(named))
        for number, dataset in datasets.items()
    ]
    whole: Steps | None = None if in_whole else Steps((*place, KEY), None)
    if whole_at is not None:
        at = (*place, KEY, whole_at)
        whole = read_steps(at, image[KEY][whole_at], len(named))
    elif not systems and not any("output" in step for step in objects(image.get(KEY))):
        whole = read_steps((*place, KEY), image.get(KEY), len(named))
    read = tuple(steps for steps in levels if steps is not None)
    locked = "" if levels and len(read) == len(levels) and whole else _TURNED
    if systems and any(not steps.value for steps in read):
        locked = "a level has no transformation that leads to a coordinate system: add it as JSON"
    ratios = _ratios(node, len(named)) if len(node.levels) == len(datasets) else ()
    return Geometry(place, named, declared, read, whole, in_whole, ratios, locked)


def _image(node: Described) -> tuple[Mapping[str, Any] | None, Place]:
    ome: Any = node.attributes
    for key in node.root:
        ome = ome[key]
    listed = ome.get("multiscales")
    if isinstance(listed, dict):  # a lone object, which some writers put there
        return listed, (*node.root, "multiscales")
    for number, image in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(image, dict):
            return image, (*node.root, "multiscales", number)
    return None, ()


def _viewed(
    image: Mapping[str, Any], systems: list[dict[str, Any]]
) -> tuple[int, int | None, bool]:
    """The coordinate system that an image is viewed in, as `read_systems.to_space` finds it.

    Returns
    -------
    system, step, is_array
        Its place; the place of the transformation that leads there from where the levels lead,
        where that is another one; and whether those are axes of the array, without sizes.
    """
    names = [system.get("name") for system in systems]
    outputs = [
        _name(step.get("output"))
        for dataset in objects(image.get("datasets"))
        for step in objects(dataset.get(KEY))
    ]
    intrinsic = next((names.index(name) for name in outputs if name in names), 0)
    axes = read_axes(systems[intrinsic].get("axes"))
    if not axes or any(axis.type != "array" for axis in axes):
        return intrinsic, None, False
    steps = image.get(KEY)
    for number, step in enumerate(steps if isinstance(steps, list) else ()):
        target = _name(step.get("output")) if isinstance(step, dict) else None
        if target not in names or _name(step.get("input")) != names[intrinsic]:
            continue
        place = names.index(target)
        if read_steps((), step, len(axes)) and len(systems[place].get("axes", [])) == len(axes):
            return place, number, True
    return intrinsic, None, True


def _name(end: Any) -> Any:
    return end.get("name") if isinstance(end, dict) else end


def _ratios(node: Described, rank: int) -> tuple[tuple[Fraction, ...], ...]:
    shapes = [level.array.shape for level in node.levels if level is not None]
    if len(shapes) < len(node.levels) or any(len(shape) != rank for shape in shapes):
        return ()
    if any(0 in shape for shape in shapes):
        return ()
    return tuple(tuple(map(_ratio, shapes[0], shape)) for shape in shapes)


def _ratio(finest: int, size: int) -> Fraction:
    """How many pixels became one: a whole number where that explains the size but for an edge."""
    whole = max(1, round(finest / size))
    is_whole = size in (finest // whole, -(-finest // whole))
    return Fraction(whole) if is_whole else Fraction(finest, size)


def _why_none(node: Described, declared: bool) -> str:
    if declared:
        return "the axes are not as many as the arrays have: mend them as JSON first"
    if version_key(node.version) < (0, 4):
        return (
            f"OME-Zarr {node.version} has no place for it; it came with 0.4: a newer version "
            "of the metadata is needed first"
        )
    return "the image names no axes: add them as JSON first"
