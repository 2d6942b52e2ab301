"""Attributes -> model. Lenient: whatever can be understood is, and guesses are noted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from omezarr_tui.ome.loose import numbers, objects, resolved, text
from omezarr_tui.ome.model import Axis, Level, Method, Multiscale, OmeKind, Rows
from omezarr_tui.ome.read_axes import KNOWN_TYPES, fitted_axes, guessed_axes, name_notes, read_axes
from omezarr_tui.ome.read_label import read_label
from omezarr_tui.ome.read_omero import omero_notes, read_channels, read_rendering
from omezarr_tui.ome.read_systems import read_systems, read_transformations, to_space
from omezarr_tui.ome.transformations import (
    after,
    diagonal,
    identity,
    matrix_of,
    matrix_of_sequence,
    scale_and_shift,
    steps_along,
)
from omezarr_tui.store.node import Array
from omezarr_tui.text import listed, plural

# What is odd, as the words before and after the levels of which it is true.
Odd = dict[tuple[str, str], dict[str, None]]
ALL = "all levels"
_LEVELS_NAMED = 3
KNOWN_VERSIONS = ("0.1", "0.2", "0.3", "0.4", "0.5", "0.6")


def ome_attributes(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of a node's attributes that OME-Zarr speaks of.

    It stands under ``ome`` since 0.5 ("OME-Zarr Metadata"), and at the top before.
    """
    inner = attributes.get("ome")
    return inner if isinstance(inner, dict) else attributes


def ome_version(attributes: Mapping[str, Any]) -> str | None:
    """The OME-Zarr version that a node declares; None where it declares none."""
    ome = ome_attributes(attributes)
    places = [*objects(ome.get("multiscales")), ome.get("plate"), ome.get("well")]
    places.append(ome.get("image-label"))
    if ome is not attributes:
        places.insert(0, ome)
    for place in places:
        version = text(place.get("version")) if isinstance(place, dict) else None
        if version is not None:
            return version
    return None


def version_notes(attributes: Mapping[str, Any], zarr_format: int | None = None) -> list[str]:
    """What is odd about the version that a node declares, in words.

    Parameters
    ----------
    attributes
        All attributes of the node.
    zarr_format
        Of the node; None where it is not known.
    """
    version, notes = ome_version(attributes), []
    known = ".".join((version or "").split("rc")[0].split(".")[:2])
    if version is not None and known not in KNOWN_VERSIONS:
        notes.append(f"OME-Zarr version {version} is not known here; what is understood is shown")
    if _is_odd_version(attributes):
        notes.append("the version is not written as a text")
    nested = ome_attributes(attributes) is not attributes
    if known in ("0.5", "0.6") and not nested:
        notes.append(f"OME-Zarr {known} metadata stand beside the key ome, not in it")
    elif known in KNOWN_VERSIONS[:4] and nested:
        notes.append(f"the metadata stand under the key ome, as since 0.5, and say {version}")
    elif known in KNOWN_VERSIONS[:4] and zarr_format == 3:
        notes.append(f"OME-Zarr {known} goes with Zarr v2, this store is Zarr v3")
    elif known in ("0.5", "0.6") and zarr_format == 2:
        notes.append(f"OME-Zarr {known} goes with Zarr v3, this store is Zarr v2")
    return notes


def _is_odd_version(attributes: Mapping[str, Any]) -> bool:
    """Whether a version is a number, a list or the like."""
    ome = ome_attributes(attributes)
    places = [*objects(ome.get("multiscales")), ome.get("plate"), ome.get("well"), ome]
    odd = (place["version"] for place in places if isinstance(place, dict) and "version" in place)
    return any(not isinstance(version, str) for version in odd) and kind_of(attributes) is not None


def kind_of(attributes: Mapping[str, Any]) -> OmeKind | None:
    """What a group is in the words of OME-Zarr; None where it is no part of it."""
    ome = ome_attributes(attributes)
    if objects(ome.get("multiscales")):
        return "label-image" if isinstance(ome.get("image-label"), dict) else "image"
    if isinstance(ome.get("plate"), dict):
        return "plate"
    if isinstance(ome.get("well"), dict):
        return "well"
    if isinstance(ome.get("scene"), dict):
        return "scene"
    if "bioformats2raw.layout" in ome:
        return "bioformats2raw"
    if isinstance(ome.get("labels"), list):
        return "labels"
    if isinstance(ome.get("series"), list):
        return "series-list"
    return None


def read_multiscale(
    path: str, attributes: Mapping[str, Any], array: Array | None = None
) -> Multiscale | None:
    """The image that a group's attributes describe; None where they describe none.

    Parameters
    ----------
    path
        The group's path.
    attributes
        All attributes of the group.
    array
        One of its levels, whose rank counts where that of the metadata does not fit it.
    """
    ome = ome_attributes(attributes)
    images = objects(ome.get("multiscales"))
    if not images:
        return None
    image = images[0]
    notes: list[str] = []
    if isinstance(ome["multiscales"], dict):
        notes.append("multiscales is one object; it should be a list of such")
    if len(images) > 1:
        notes.append(f"{len(images)} multiscales are listed; the first is shown")
    listed = objects(image.get("datasets"))
    datasets = [d for d in listed if isinstance(d.get("path"), str)]
    if len(datasets) < len(listed):
        notes.append(f"{plural(len(listed) - len(datasets), 'dataset')} without a path left out")
    if not datasets:
        notes.append("no datasets are listed, so there is no level to show")
    axes, beyond = _axes_and_beyond(image, datasets, array, notes)
    notes += name_notes(axes)
    notes += omero_notes(ome.get("omero"))
    return Multiscale(
        path=path,
        name=text(image.get("name")) or "",
        version=ome_version(attributes),
        axes=axes,
        levels=_levels(path, image, datasets, axes, beyond, notes),
        channels=read_channels(ome.get("omero")),
        rendering=read_rendering(ome.get("omero")),
        method=_method(image),
        label=read_label(path, ome.get("image-label"), notes),
        systems=read_systems(image.get("coordinateSystems")),
        transformations=read_transformations(image.get("coordinateTransformations")),
        notes=tuple(dict.fromkeys(notes)),
    )


def multiscale_of_array(array: Array) -> Multiscale:
    """An array by itself as an image of one level, with the axis names that it has."""
    names = array.dimension_names or (None,) * len(array.shape)
    taken: list[str] = []
    for position, name in enumerate(names):
        label = str(name) if name else f"dim_{position}"
        taken.append(label if label not in taken else f"{label}_{position}")
    axes = tuple(Axis(name, KNOWN_TYPES.get(name)) for name in taken)
    rank = len(axes)
    level = Level(array.path, (1.0,) * rank, (0.0,) * rank)
    return Multiscale(array.path, array.name, None, axes, (level,))


def _axes_and_beyond(
    image: Mapping[str, Any],
    datasets: list[dict[str, Any]],
    array: Array | None,
    notes: list[str],
) -> tuple[tuple[Axis, ...], Rows | None]:
    """The axes of the arrays, and what leads on to them from where the levels' own maps end.

    Since 0.6 they are those of the coordinate system that the levels lead to, or of one of
    space that this is mapped to. Before, `coordinateTransformations` of all levels follow
    upon each level's own (OME-Zarr 0.4, "multiscales" metadata).
    """
    if systems := read_systems(image.get("coordinateSystems")):
        axes, beyond = to_space(image, systems, datasets, notes)
        fitted = fitted_axes(axes, array, notes)
        return fitted, beyond if fitted == axes else None
    axes = read_axes(image.get("axes"))
    if axes:
        axes = fitted_axes(axes, array, notes)
    else:
        axes = guessed_axes(array, _declared_rank(datasets), notes)
    steps = objects(image.get("coordinateTransformations"))
    # SpatialData keeps maps to other systems there, which do not follow one another.
    if not steps or any("output" in step for step in steps):
        return axes, None
    odd: Odd = {}
    rows = _map(steps, len(axes), ALL, odd)
    notes += _odd_notes(odd)
    return axes, rows


def _declared_rank(datasets: list[dict[str, Any]]) -> int | None:
    """How many numbers the first scale has that is given."""
    for dataset in datasets:
        for step in objects(dataset.get("coordinateTransformations")):
            if step.get("type") == "scale" and (scale := numbers(step.get("scale"))):
                return len(scale)
    return None


def _levels(
    path: str,
    image: Mapping[str, Any],
    datasets: list[dict[str, Any]],
    axes: tuple[Axis, ...],
    beyond: Rows | None,
    notes: list[str],
) -> tuple[Level, ...]:
    levels, given, odd = [], beyond is not None, Odd()
    for dataset in datasets:
        steps = objects(dataset.get("coordinateTransformations"))
        given = given or bool(steps)
        own = _map(steps, len(axes), dataset["path"], odd)
        rows = after(beyond, own) if beyond else own
        place = resolved(path, dataset["path"])
        levels.append(_level(dataset["path"] if place is None else place, rows or own))
    notes += _odd_notes(odd)
    if levels and not given:
        notes.append("no pixel sizes are given")
    if any(size <= 0 for level in levels for size in level.scale):
        notes.append("pixel sizes of zero or below are given")
    if any(level.matrix for level in levels):
        notes.append("the pixels are turned or sheared against the axes; sizes are along pixels")
    return tuple(levels)


def _level(path: str, rows: Rows) -> Level:
    if plain := scale_and_shift(rows):
        return Level(path, *plain)
    return Level(path, steps_along(rows), tuple(row[-1] for row in rows), rows)


def _map(steps: list[dict[str, Any]], rank: int, level: str, odd: Odd) -> Rows:
    """Transformations that follow one another as one matrix; what is not understood is noted."""

    def note(before: str, after: str) -> None:
        odd.setdefault((before, after), {})[level] = None

    rows = matrix_of_sequence(steps, rank)
    if rows is None or len(rows) != rank:
        rows = identity(rank)
        for step in steps:
            own = matrix_of(step, rank) or _fitted(step, rank)
            if own is None or len(own) != rank:
                kind = text(step.get("type")) or "one without a type"
                note("a transformation of", f"is not understood: {kind}")
                continue
            if matrix_of(step, rank) is None:
                fault = "has another number of values than there are axes"
                note(f"the {step['type']} of", fault)
            rows = after(own, rows) or rows
    if any(_is_text(step) for step in steps):
        note("the numbers of a transformation of", "are written as text")
    if not all(math.isfinite(value) for row in rows for value in row):
        note("a transformation of", "has numbers that are not finite; it is left out")
        return identity(rank)
    return rows


def _odd_notes(odd: Odd) -> list[str]:
    """A note for each thing that is odd, with all levels of which it is true."""
    return [f"{before} {_levels_text([*of])} {after}" for (before, after), of in odd.items()]


def _levels_text(names: list[str]) -> str:
    if names == [ALL]:
        return ALL
    shown = names[:_LEVELS_NAMED]
    if more := len(names) - len(shown):
        shown.append(f"{more} more")
    return f"{'levels' if len(names) > 1 else 'level'} {listed(shown)}"


def _fitted(step: Mapping[str, Any], rank: int) -> Rows | None:
    """Scale or translation with too few or too many numbers: they belong to the last axes."""
    kind = step.get("type")
    values = numbers(step.get(kind)) if kind in ("scale", "translation") else ()
    if not values or not rank:
        return None
    default = 1.0 if kind == "scale" else 0.0
    fitted = (default,) * (rank - len(values)) + values[-rank:]
    return diagonal(fitted) if kind == "scale" else diagonal((1.0,) * rank, fitted)


def _is_text(step: Mapping[str, Any]) -> bool:
    """Whether numbers of a transformation are written as text."""
    values = [step.get("scale"), step.get("translation")]
    return any(isinstance(n, str) for v in values if isinstance(v, list) for n in v)


def _method(image: Mapping[str, Any]) -> Method | None:
    """How the levels were made ("multiscales" metadata: ``type`` and ``metadata``)."""
    told = image.get("metadata")
    more = told if isinstance(told, dict) else {}
    function = text(more.get("method")) or text(more.get("description"))
    method = Method(text(image.get("type")), function, text(more.get("version")))
    return method if method != Method() else None
