"""Attributes -> model. Lenient: whatever can be understood is, and guesses are noted."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from omezarr_tui.ome.model import (
    Axis,
    Channel,
    Field,
    LabelImage,
    Level,
    Multiscale,
    OmeKind,
    Plate,
    PlateWell,
    Well,
    Window,
)
from omezarr_tui.store.node import Array, join_path

_COLOR = re.compile("[0-9a-fA-F]{6}")
_KNOWN_TYPES = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}
# Before 0.3 the axes were fixed (OME-Zarr 0.1, "multiscales": "5-dimensional, TCZYX").
_FIRST_AXES = ("t", "c", "z", "y", "x")


def ome_attributes(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of a node's attributes that OME-Zarr speaks of.

    It stands under ``ome`` since 0.5 ("OME-Zarr Metadata"), and at the top before.
    """
    inner = attributes.get("ome")
    return inner if isinstance(inner, dict) else attributes


def ome_version(attributes: Mapping[str, Any]) -> str | None:
    """The OME-Zarr version that a node declares; None where it declares none."""
    ome = ome_attributes(attributes)
    places = [*_objects(ome.get("multiscales")), ome.get("plate"), ome.get("well")]
    places.append(ome.get("image-label"))
    if ome is not attributes:
        places.insert(0, ome)
    for place in places:
        version = place.get("version") if isinstance(place, dict) else None
        if isinstance(version, str | int | float):
            return str(version)
    return None


def kind_of(attributes: Mapping[str, Any]) -> OmeKind | None:
    """What a group is in the words of OME-Zarr; None where it is no part of it."""
    ome = ome_attributes(attributes)
    if _objects(ome.get("multiscales")):
        return "label-image" if isinstance(ome.get("image-label"), dict) else "image"
    if isinstance(ome.get("plate"), dict):
        return "plate"
    if isinstance(ome.get("well"), dict):
        return "well"
    if "bioformats2raw.layout" in ome:
        return "bioformats2raw"
    if isinstance(ome.get("labels"), list):
        return "labels"
    if isinstance(ome.get("series"), list):
        return "series-list"
    return None


def read_multiscale(path: str, attributes: Mapping[str, Any]) -> Multiscale | None:
    """The image that a group's attributes describe; None where they describe none.

    Parameters
    ----------
    path
        The group's path.
    attributes
        All attributes of the group.
    """
    ome = ome_attributes(attributes)
    images = _objects(ome.get("multiscales"))
    if not images:
        return None
    image = images[0]
    notes: list[str] = []
    if len(images) > 1:
        notes.append(f"{len(images)} multiscales are listed; the first is shown")
    datasets = [d for d in _objects(image.get("datasets")) if isinstance(d.get("path"), str)]
    declared = [_vectors(d.get("coordinateTransformations"), ()) for d in datasets]
    rank = next((len(scale) for scale, _ in declared if scale), None)
    axes = _axes(image.get("axes"), rank, notes)
    whole_scale, whole_shift = _vectors(image.get("coordinateTransformations"), axes)
    levels = []
    for dataset, (scale, shift) in zip(datasets, declared, strict=True):
        own_scale = _fitted(scale, len(axes), 1.0)
        own_shift = _fitted(shift, len(axes), 0.0)
        outer_scale = _fitted(whole_scale, len(axes), 1.0)
        outer_shift = _fitted(whole_shift, len(axes), 0.0)
        levels.append(
            Level(
                join_path(path, dataset["path"]),
                tuple(a * b for a, b in zip(own_scale, outer_scale, strict=True)),
                tuple(
                    t * s + o for t, s, o in zip(own_shift, outer_scale, outer_shift, strict=True)
                ),
            )
        )
    if not levels:
        notes.append("no datasets are listed, so there is no level to show")
    elif not any(scale for scale, _ in declared) and not whole_scale:
        notes.append("no pixel sizes are given")
    return Multiscale(
        path=path,
        name=str(image.get("name") or ""),
        version=ome_version(attributes),
        axes=axes,
        levels=tuple(levels),
        channels=_channels(ome.get("omero")),
        label=LabelImage() if isinstance(ome.get("image-label"), dict) else None,
        notes=tuple(notes),
    )


def multiscale_of_array(array: Array) -> Multiscale:
    """An array by itself as an image of one level, with the axis names that it has."""
    names = array.dimension_names or (None,) * len(array.shape)
    taken: list[str] = []
    for position, name in enumerate(names):
        label = str(name) if name else f"dim_{position}"
        taken.append(label if label not in taken else f"{label}_{position}")
    axes = tuple(Axis(name, _KNOWN_TYPES.get(name)) for name in taken)
    rank = len(axes)
    level = Level(array.path, (1.0,) * rank, (0.0,) * rank)
    return Multiscale(array.path, array.name, None, axes, (level,))


def read_plate(path: str, attributes: Mapping[str, Any]) -> Plate | None:
    """The plate that a group's attributes describe; None where they describe none."""
    plate = ome_attributes(attributes).get("plate")
    if not isinstance(plate, dict):
        return None
    return Plate(
        path=path,
        name=str(plate.get("name") or ""),
        rows=_texts(plate.get("rows"), "name"),
        columns=_texts(plate.get("columns"), "name"),
        wells=tuple(
            PlateWell(str(w["path"]), int(w.get("rowIndex", -1)), int(w.get("columnIndex", -1)))
            for w in _objects(plate.get("wells"))
            if "path" in w
        ),
    )


def read_well(path: str, attributes: Mapping[str, Any]) -> Well | None:
    """The well that a group's attributes describe; None where they describe none."""
    well = ome_attributes(attributes).get("well")
    if not isinstance(well, dict):
        return None
    return Well(path, tuple(Field(field) for field in _texts(well.get("images"), "path")))


def _axes(declared: Any, rank: int | None, notes: list[str]) -> tuple[Axis, ...]:
    axes: list[Axis] = []
    for axis in declared if isinstance(declared, list) else []:
        if isinstance(axis, str):  # OME-Zarr 0.3 named axes by letters only
            axes.append(Axis(axis, _KNOWN_TYPES.get(axis)))
        elif isinstance(axis, dict):
            name = str(axis.get("name") or f"dim_{len(axes)}")
            kind, unit = axis.get("type"), axis.get("unit")
            axes.append(
                Axis(
                    name,
                    kind if isinstance(kind, str) else _KNOWN_TYPES.get(name),
                    unit if isinstance(unit, str) else None,
                )
            )
    if axes:
        return tuple(axes)
    notes.append("no axes are given; t, c, z, y, x is taken, as in OME-Zarr 0.1")
    return tuple(Axis(name, _KNOWN_TYPES[name]) for name in _FIRST_AXES[-(rank or 5) :])


def _vectors(
    transformations: Any, axes: Sequence[Axis]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Scale and translation of a list of transformations; empty where there is none."""
    scale: tuple[float, ...] = ()
    shift: tuple[float, ...] = ()
    for step in _objects(transformations):
        if step.get("type") == "scale":
            scale = _numbers(step.get("scale")) or scale
        elif step.get("type") == "translation":
            shift = _numbers(step.get("translation")) or shift
    return scale, shift


def _fitted(values: tuple[float, ...], rank: int, default: float) -> tuple[float, ...]:
    """Values for each axis; those that are missing stand before those that are given."""
    return (default,) * (rank - len(values)) + values[-rank:] if rank else ()


def _channels(omero: Any) -> tuple[Channel, ...]:
    listed = omero.get("channels") if isinstance(omero, dict) else None
    return tuple(_channel(channel, at) for at, channel in enumerate(_objects(listed)))


def _channel(channel: Mapping[str, Any], at: int) -> Channel:
    window = channel.get("window")
    bounds = _numbers([window.get("start"), window.get("end")]) if isinstance(window, dict) else ()
    color = channel.get("color")
    return Channel(
        label=str(channel.get("label") or at),
        color=color.upper() if isinstance(color, str) and _COLOR.fullmatch(color) else None,
        window=Window(*bounds) if bounds and -math.inf < bounds[0] < bounds[1] < math.inf else None,
        active=channel.get("active") is not False,
    )


def _numbers(values: Any) -> tuple[float, ...]:
    """A list of numbers, also where they are written as strings; else nothing."""
    try:
        return tuple(float(value) for value in values)
    except (TypeError, ValueError, OverflowError):
        return ()


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _texts(items: Any, key: str) -> tuple[str, ...]:
    return tuple(str(item[key]) for item in _objects(items) if key in item)
