"""What the libraries say of the OME-Zarr that they wrote, through their own readers.

A reader of images takes a store and an image's path in it, and gives facts by name, axes in
array order: ``axes``, ``types`` and ``units`` of the axes; for each level, from fine to coarse,
``levels`` (path below the image), ``pixel_sizes``, ``translations`` and ``values``; for each
channel ``channels`` (label), ``colors``, ``windows`` and ``active``; the image's ``name`` and the
names of its ``labels``; and of a label image the ``label_colors`` by value. What a library does
not tell is not there.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .iohub import opened
from .made import need, quiet

Facts = dict[str, Any]
ImageReader = Callable[[Path, str], Facts]
PlateReader = Callable[[Path], Facts]


def _tuples(rows: Any) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(number) for number in row) for row in rows)


def image_of_ome_zarr_py(path: Path, node: str) -> Facts:
    """Read an image through the nodes that ome-zarr-py gives to viewers."""
    io, reader = need("ome_zarr.io"), need("ome_zarr.reader")
    with quiet():
        opened = io.parse_url(str(path / node), mode="r")
        nodes = list(reader.Reader(opened)())
    found = next(n for n in nodes if n.zarr.path == opened.path)
    told, spec = found.metadata, found.load(reader.Multiscales)
    steps = [{step["type"]: step for step in level} for level in told["coordinateTransformations"]]
    facts = {
        "axes": tuple(axis["name"] for axis in told["axes"]),
        "types": tuple(axis["type"] for axis in told["axes"]),
        "units": tuple(axis.get("unit") for axis in told["axes"]),
        "levels": tuple(spec.datasets),
        "pixel_sizes": _tuples(step["scale"]["scale"] for step in steps),
        "translations": _tuples(step["translation"]["translation"] for step in steps),
        "values": [np.asarray(level) for level in found.data],
        "labels": tuple(
            name
            for listing in (n.load(reader.Labels) for n in nodes)
            for name in (listing.lookup("labels", []) if listing else [])
        ),
    }
    if "channel_names" in told:
        facts["channels"] = tuple(told["channel_names"])
        facts["windows"] = _tuples(told["contrast_limits"])
        facts["active"] = tuple(told["visible"])
        facts["colors"] = tuple(
            "".join(f"{round(255 * part):02X}" for part in brightest)
            for _, brightest in told["colormap"]
        )
    if found.load(reader.Label):
        facts["label_colors"] = {
            value: tuple(round(255 * part) for part in color)
            for value, color in told["color"].items()
        }
    return facts


def image_of_ngff_zarr(path: Path, node: str) -> Facts:
    """Read an image with ngff-zarr."""
    with quiet():
        told = need("ngff_zarr").from_ngff_zarr(str(path / node))
    metadata, finest = told.metadata, told.images[0]
    # 0.6 has the axes in a coordinate system.
    axes = metadata.coordinateSystems[0].axes if _is_06(metadata) else metadata.axes
    facts = {
        "name": metadata.name,
        "axes": tuple(finest.dims),
        "types": tuple(axis.type for axis in axes),
        "units": tuple((finest.axes_units or {}).get(axis) for axis in finest.dims),
        "levels": tuple(dataset.path for dataset in metadata.datasets),
        "pixel_sizes": _tuples([i.scale[axis] for axis in i.dims] for i in told.images),
        "translations": _tuples([i.translation[axis] for axis in i.dims] for i in told.images),
        "values": [np.asarray(level.data) for level in told.images],
    }
    if metadata.omero:
        channels = metadata.omero.channels
        facts["channels"] = tuple(channel.label for channel in channels)
        facts["colors"] = tuple(channel.color for channel in channels)
        facts["windows"] = _tuples((c.window.start, c.window.end) for c in channels)
    return facts


def _is_06(metadata: Any) -> bool:
    return hasattr(metadata, "coordinateSystems")


def plate_of_ngff_zarr(path: Path) -> Facts:
    """Read a plate with ngff-zarr."""
    with quiet():
        told = need("ngff_zarr").from_hcs_zarr(str(path))
        plate = told.metadata
        wells = {
            well.path: told.get_well(
                plate.rows[well.rowIndex].name, plate.columns[well.columnIndex].name
            )
            for well in plate.wells
        }
    return {
        "name": plate.name,
        "rows": tuple(row.name for row in plate.rows),
        "columns": tuple(column.name for column in plate.columns),
        "wells": tuple((well.path, well.rowIndex, well.columnIndex) for well in plate.wells),
        "acquisitions": tuple((run.id, run.name) for run in plate.acquisitions or ()),
        "field_count": plate.field_count,
        "fields": {
            path: tuple((image.path, image.acquisition) for image in well.images)
            for path, well in wells.items()
        },
    }


def plate_of_ome_zarr_py(path: Path) -> Facts:
    """Read a plate with ome-zarr-py, which shows the first field of each well."""
    io, reader = need("ome_zarr.io"), need("ome_zarr.reader")
    with quiet():
        (found,) = reader.Reader(io.parse_url(str(path), mode="r"))()
    plate = found.load(reader.Plate)
    return {
        "name": plate.plate_data["name"],
        "rows": tuple(plate.row_names),
        "columns": tuple(plate.col_names),
        "wells": tuple(
            (well["path"], well["rowIndex"], well["columnIndex"])
            for well in plate.plate_data["wells"]
        ),
    }


def image_of_bioio(path: Path, node: str) -> Facts:
    """Read an image with bioio-ome-zarr, which tells of the axes t, c, z, y and x alone."""
    reader = need("bioio_ome_zarr").Reader(path / node)
    axes = reader.dims.order.lower()
    about = reader.dimension_properties
    pixel_sizes, values = [], []
    for level in reader.resolution_levels:
        reader.set_resolution_level(level)
        pixel_sizes.append([getattr(reader.scale, axis.upper()) for axis in axes])
        values.append(reader.data)
    units = [getattr(about, axis.upper()).unit for axis in axes]
    facts = {
        "name": reader.current_scene,
        "axes": tuple(axes),
        "types": tuple(getattr(about, axis.upper()).type for axis in axes),
        "units": tuple(None if unit.dimensionless else str(unit) for unit in units),
        "pixel_sizes": _tuples(pixel_sizes),
        "values": values,
    }
    if "c" in axes:
        channels = reader.ome_metadata.images[0].pixels.channels
        facts["channels"] = tuple(reader.channel_names)
        facts["colors"] = tuple(
            "{:02X}{:02X}{:02X}".format(*channel.color.as_rgb_tuple()[:3]) for channel in channels
        )
    return facts


def image_of_iohub(path: Path, node: str) -> Facts:
    """Read an image with iohub."""
    with opened(path / node) as position:
        levels = [dataset.path for dataset in position.metadata.multiscales[0].datasets]
        channels = position.metadata.omero.channels
        windows = [channel.window for channel in channels]
        return {
            "name": position.metadata.multiscales[0].name,
            "axes": tuple(position.axis_names),
            "types": tuple(axis.type for axis in position.axes),
            "units": tuple(getattr(axis, "unit", None) for axis in position.axes),
            "levels": tuple(levels),
            "pixel_sizes": _tuples(position.get_effective_scale(level) for level in levels),
            "translations": _tuples(map(position.get_effective_translation, levels)),
            "values": [np.asarray(position[level][...]) for level in levels],
            "channels": tuple(position.channel_names),
            "colors": tuple(str(channel.color) for channel in channels),
            "windows": _tuples((window["start"], window["end"]) for window in windows),
            "active": tuple(channel.active for channel in channels),
            "labels": tuple(position.label_names()) if hasattr(position, "label_names") else (),
        }


def label_of_iohub(path: Path, node: str) -> Facts:
    """Read a label image with iohub, through the image that it belongs to."""
    image, _, name = node.rpartition("labels/")
    with opened(path / image) as position:
        told = position.get_label(name)
        multiscale = told.metadata.multiscales[0]
        colors = told.metadata.image_label.colors or ()
        return {
            "axes": tuple(axis.name for axis in multiscale.axes),
            "types": tuple(axis.type for axis in multiscale.axes),
            "units": tuple(getattr(axis, "unit", None) for axis in multiscale.axes),
            "levels": tuple(dataset.path for dataset in multiscale.datasets),
            "values": [np.asarray(told[dataset.path][...]) for dataset in multiscale.datasets],
            "label_colors": {color.label_value: tuple(color.rgba) for color in colors},
        }


def plate_of_iohub(path: Path) -> Facts:
    """Read a plate with iohub."""
    with opened(path) as plate:
        told = plate.metadata
        fields: dict[str, list[tuple[str, int | None]]] = {}
        for name, well in plate.wells():
            runs = {image.path: image.acquisition for image in well.metadata.images}
            fields[name] = [(field, runs[field]) for field, _ in well.positions()]
        return {
            "name": told.name,
            "rows": tuple(row.name for row in told.rows),
            "columns": tuple(column.name for column in told.columns),
            "wells": tuple((well.path, well.row_index, well.column_index) for well in told.wells),
            "acquisitions": tuple((run.id, run.name) for run in told.acquisitions),
            "field_count": told.field_count,
            "fields": {name: tuple(found) for name, found in fields.items()},
        }


def image_of_yaozarrs(path: Path, node: str) -> Facts:
    """Read an image with yaozarrs, on which ome-writers stands."""
    group = need("yaozarrs").open_group(path / node)
    told = group.ome_metadata()
    multiscale = told.multiscales[0]
    steps = [
        {step.type: step for step in dataset.coordinateTransformations}
        for dataset in multiscale.datasets
    ]
    facts = {
        "axes": tuple(axis.name for axis in multiscale.axes),
        "types": tuple(axis.type for axis in multiscale.axes),
        "units": tuple(axis.unit for axis in multiscale.axes),
        "levels": tuple(dataset.path for dataset in multiscale.datasets),
        "pixel_sizes": _tuples(step["scale"].scale for step in steps),
        "translations": _tuples(step["translation"].translation for step in steps),
        "values": [
            np.asarray(group[dataset.path].to_tensorstore()) for dataset in multiscale.datasets
        ],
    }
    if told.omero:
        channels = told.omero.channels
        facts["channels"] = tuple(channel.label for channel in channels)
        facts["colors"] = tuple(channel.color for channel in channels)
        facts["windows"] = _tuples((c.window.start, c.window.end) for c in channels)
    return facts


def plate_of_yaozarrs(path: Path) -> Facts:
    """Read a plate with yaozarrs, on which ome-writers stands."""
    group = need("yaozarrs").open_group(path)
    plate = group.ome_metadata().plate
    wells = {well.path: group[well.path].ome_metadata().well for well in plate.wells}
    return {
        "name": plate.name,
        "rows": tuple(row.name for row in plate.rows),
        "columns": tuple(column.name for column in plate.columns),
        "wells": tuple((well.path, well.rowIndex, well.columnIndex) for well in plate.wells),
        "acquisitions": tuple((run.id, run.name) for run in plate.acquisitions or ()),
        "field_count": plate.field_count,
        "fields": {
            path: tuple((image.path, image.acquisition) for image in well.images)
            for path, well in wells.items()
        },
    }


IMAGES: dict[str, ImageReader] = {
    "ome_zarr_py": image_of_ome_zarr_py,
    "bioformats2raw": image_of_ome_zarr_py,
    "ngff_zarr": image_of_ngff_zarr,
    "bioio": image_of_bioio,
    "iohub": image_of_iohub,
    "ome_writers": image_of_yaozarrs,
}
"""The reader of those who wrote a store, by how the store's name begins."""

LABELS: dict[str, ImageReader] = IMAGES | {"iohub": label_of_iohub}

PLATES: dict[str, PlateReader] = {
    "ome_zarr_py": plate_of_ome_zarr_py,
    "ngff_zarr": plate_of_ngff_zarr,
    "iohub": plate_of_iohub,
    "ome_writers": plate_of_yaozarrs,
}
