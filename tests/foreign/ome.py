"""OME-Zarr written by ome-zarr-py."""

from pathlib import Path
from typing import Any

import numpy as np
import zarr

from .cells import (
    CHANNELS,
    COLORS,
    SCALE,
    UNITS,
    WINDOW,
    ZARR_FORMAT,
    OmeVersion,
    facts,
    only,
    pyramid_of,
)
from .made import Array, Image, Made, Plate, need, quiet

OMERO = {
    "channels": [
        {
            "label": label,
            "color": color,
            "active": True,
            "window": WINDOW,
        }
        for label, color in zip(CHANNELS, COLORS, strict=True)
    ]
}


def _write_by_ome_zarr_py(
    group: zarr.Group, version: OmeVersion, axes: str, pyramid: list[Array], **more: Any
) -> None:
    """Write a pyramid, as levels s0 and s1, into an existing group."""
    writer, formats = need("ome_zarr.writer"), need("ome_zarr.format")
    with quiet():
        writer.write_multiscale(
            pyramid,
            group,
            fmt=formats.format_from_version(version),
            axes=list(axes),
            scale=only(SCALE, axes),
            axes_units=only(UNITS, axes),
            storage_options={"chunks": (1,) * (len(axes) - 2) + (8, 9)},
            **more,
        )


def _image_by_ome_zarr_py(path: Path, version: OmeVersion) -> Made:
    """Write a c, z, y, x image with channels and one label image on z, y, x."""
    writer, formats = need("ome_zarr.writer"), need("ome_zarr.format")
    root = zarr.create_group(path, zarr_format=ZARR_FORMAT[version])
    pyramid = pyramid_of((2, 3, 20, 34))
    _write_by_ome_zarr_py(root, version, "czyx", pyramid, name="cells", metadata={"omero": OMERO})
    nuclei = [(level[0] % 5).astype("uint8") for level in pyramid]
    with quiet():
        writer.write_multiscale_labels(
            nuclei,
            root,
            name="nuclei",
            fmt=formats.format_from_version(version),
            axes=list("zyx"),
            scale=only(SCALE, "zyx"),
            axes_units=only(UNITS, "zyx"),
            label_metadata={"colors": [{"label-value": 1, "rgba": [255, 0, 0, 255]}]},
        )
    levels = ("s0", "s1")
    return Made(
        path,
        "image",
        ZARR_FORMAT[version],
        {
            **dict(zip(levels, pyramid, strict=True)),
            **{f"labels/nuclei/{level}": a for level, a in zip(levels, nuclei, strict=True)},
        },
        groups=("", "labels", "labels/nuclei"),
        images={
            "": facts("czyx", levels, channels=CHANNELS, colors=COLORS, labels=("nuclei",)),
            "labels/nuclei": facts("zyx", levels),
        },
    )


def ome_zarr_py_04(folder: Path) -> Made:
    """OME-Zarr 0.4 image with labels, by ome-zarr-py."""
    return _image_by_ome_zarr_py(folder / "ome_zarr_py_04.ome.zarr", "0.4")


def ome_zarr_py_05(folder: Path) -> Made:
    """OME-Zarr 0.5 image with labels, by ome-zarr-py."""
    return _image_by_ome_zarr_py(folder / "ome_zarr_py_05.ome.zarr", "0.5")


def _plate_by_ome_zarr_py(path: Path, version: OmeVersion) -> Made:
    """Write a plate of 2 x 3 places; three wells have two fields each, told apart by values."""
    writer, formats = need("ome_zarr.writer"), need("ome_zarr.format")
    fmt = formats.format_from_version(version)
    root = zarr.create_group(path, zarr_format=ZARR_FORMAT[version])
    plate = Plate(("A", "B"), ("1", "2", "3"), ("A/1", "A/3", "B/2"), ("0", "1"))
    writer.write_plate_metadata(
        root, list(plate.rows), list(plate.columns), list(plate.wells), fmt=fmt, name="screen"
    )
    arrays: dict[str, Array | None] = {}
    images: dict[str, Image] = {}
    for number, well in enumerate(plate.wells):
        group = root.create_group(well)
        writer.write_well_metadata(group, list(plate.fields), fmt=fmt)
        for field in plate.fields:
            offset = np.uint16(1000 * number + 500 * int(field))
            pyramid = [level + offset for level in pyramid_of((8, 18))]
            _write_by_ome_zarr_py(group.create_group(field), version, "yx", pyramid)
            for level, data in zip(("s0", "s1"), pyramid, strict=True):
                arrays[f"{well}/{field}/{level}"] = data
            images[f"{well}/{field}"] = facts("yx", ("s0", "s1"))
    groups = ("", *sorted({well.split("/")[0] for well in plate.wells}), *plate.wells, *images)
    return Made(
        path, "plate", ZARR_FORMAT[version], arrays, groups, images=images, plates={"": plate}
    )


def ome_zarr_py_plate_04(folder: Path) -> Made:
    """OME-Zarr 0.4 plate, by ome-zarr-py."""
    return _plate_by_ome_zarr_py(folder / "ome_zarr_py_plate_04.ome.zarr", "0.4")


def ome_zarr_py_plate_05(folder: Path) -> Made:
    """OME-Zarr 0.5 plate, by ome-zarr-py."""
    return _plate_by_ome_zarr_py(folder / "ome_zarr_py_plate_05.ome.zarr", "0.5")


def bioformats2raw_04(folder: Path) -> Made:
    """The layout of bioformats2raw: two numbered series, their OME-XML, by ome-zarr-py.

    The converter itself is a Java program; its root attributes are written here by hand.
    """
    path = folder / "bioformats2raw_04.zarr"
    root = zarr.create_group(path, zarr_format=2, attributes={"bioformats2raw.layout": 3})
    root.create_group("OME", attributes={"series": ["0", "1"]})
    (path / "OME" / "METADATA.ome.xml").write_text(
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">'
        '<Image ID="Image:0" Name="first"/><Image ID="Image:1" Name="second"/></OME>\n'
    )
    arrays: dict[str, Array | None] = {}
    images: dict[str, Image] = {}
    for series, shape in {"0": (3, 10, 16), "1": (2, 12, 14)}.items():
        pyramid = pyramid_of(shape)
        _write_by_ome_zarr_py(root.create_group(series), "0.4", "zyx", pyramid)
        arrays |= {f"{series}/s{level}": data for level, data in enumerate(pyramid)}
        images[series] = facts("zyx", ("s0", "s1"))
    return Made(path, "bioformats2raw", 2, arrays, groups=("", "OME", "0", "1"), images=images)
