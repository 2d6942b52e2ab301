"""OME-Zarr written by ngff-zarr."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

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
from .made import OLD_NUMPY, Array, Image, Made, Plate, need, quiet

LEVELS = ("scale0/n", "scale1/n")


def _library() -> Any:
    """Give the module, or skip the test."""
    nz = need("ngff_zarr")
    if OLD_NUMPY:
        pytest.skip("ngff-zarr writes through zarrista, which cannot take arrays of numpy 2.0")
    return nz


def _multiscales(axes: str, finest: Array) -> Any:
    """Halve y and x, in chunks that are larger than some of the axes."""
    nz = _library()
    image = nz.to_ngff_image(
        finest, dims=tuple(axes), scale=only(SCALE, axes), axes_units=only(UNITS, axes), name="n"
    )
    # The mode of four distinct values is the smallest, hence the first: known exactly. The
    # default method compiles WebAssembly for seconds.
    return nz.to_multiscales(
        image,
        scale_factors=[{axis: 2 if axis in "yx" else 1 for axis in axes if axis in "zyx"}],
        method=nz.Methods.DASK_IMAGE_MODE,
        chunks={axis: {"z": 2, "y": 5, "x": 17}.get(axis, 1) for axis in axes},
    )


def _image(path: Path, version: OmeVersion, axes: str, shape: tuple[int, ...]) -> Made:
    """Write an image; those of five axes have channels, and shards larger than some axes."""
    nz = _library()
    levels = pyramid_of(shape)
    multiscales = _multiscales(axes, levels[0])
    channels: dict[str, tuple[str, ...]] = {}
    if "c" in axes:
        multiscales.metadata.omero = nz.Omero(
            channels=[
                nz.OmeroChannel(color=color, label=label, window=nz.OmeroWindow(**WINDOW))
                for label, color in zip(CHANNELS, COLORS, strict=True)
            ]
        )
        channels = {"channels": CHANNELS, "colors": COLORS}
    sharding = {"chunks_per_shard": 2} if "c" in axes else {}
    with quiet():
        nz.to_ngff_zarr(str(path), multiscales, version=version, **sharding)
    return Made(
        path,
        "image",
        ZARR_FORMAT[version],
        dict(zip(LEVELS, levels, strict=True)),
        groups=("", "scale0", "scale1"),
        images={"": facts(axes, LEVELS, **channels)},
    )


def ngff_zarr_04(folder: Path) -> Made:
    """OME-Zarr 0.4 image, consolidated, by ngff-zarr: each level lies one group deeper."""
    return _image(folder / "ngff_zarr_04.ome.zarr", "0.4", "zyx", (3, 20, 34))


def ngff_zarr_05(folder: Path) -> Made:
    """OME-Zarr 0.5 image of five axes, sharded beyond its shape, by ngff-zarr."""
    return _image(folder / "ngff_zarr_05.ome.zarr", "0.5", "tczyx", (3, 2, 4, 20, 34))


def ngff_zarr_06(folder: Path) -> Made:
    """OME-Zarr 0.6 image, whose levels lead into a coordinate system, by ngff-zarr."""
    return _image(folder / "ngff_zarr_06.ome.zarr", "0.6", "zyx", (3, 20, 34))


def _plate(path: Path, version: OmeVersion) -> Made:
    """Write a plate of 2 x 3 places; two wells have two fields each, of two acquisitions."""
    nz = _library()
    plate = Plate(("A", "B"), ("1", "2", "3"), ("A/1", "B/3"), ("0", "1"))
    places = {well: well.split("/") for well in plate.wells}
    metadata = nz.Plate(
        name="screen",
        version=version,
        rows=[nz.PlateRow(name=row) for row in plate.rows],
        columns=[nz.PlateColumn(name=column) for column in plate.columns],
        wells=[
            nz.PlateWell(well, plate.rows.index(row), plate.columns.index(column))
            for well, (row, column) in places.items()
        ],
        acquisitions=[nz.PlateAcquisition(id=n, name=f"run {n}") for n in range(2)],
        field_count=2,
    )
    arrays: dict[str, Array | None] = {}
    images: dict[str, Image] = {}
    with quiet(), nz.HCSPlateWriter(str(path), metadata) as writer:
        for number, (well, (row, column)) in enumerate(places.items()):
            for field in plate.fields:
                offset = np.uint16(1000 * number + 500 * int(field))
                levels = [level + offset for level in pyramid_of((8, 18))]
                multiscales = _multiscales("yx", levels[0])
                writer.write_well_image(multiscales, row, column, int(field), int(field))
                node = f"{well}/{field}"
                arrays |= {f"{node}/{p}": a for p, a in zip(LEVELS, levels, strict=True)}
                images[node] = facts("yx", LEVELS)
    groups = ("", *plate.rows, *plate.wells, *images)
    groups += tuple(f"{node}/scale{n}" for node in images for n in range(2))
    return Made(
        path, "plate", ZARR_FORMAT[version], arrays, groups, images=images, plates={"": plate}
    )


def ngff_zarr_plate_04(folder: Path) -> Made:
    """OME-Zarr 0.4 plate of two acquisitions, by ngff-zarr."""
    return _plate(folder / "ngff_zarr_plate_04.ome.zarr", "0.4")


def ngff_zarr_plate_05(folder: Path) -> Made:
    """OME-Zarr 0.5 plate of two acquisitions, by ngff-zarr."""
    return _plate(folder / "ngff_zarr_plate_05.ome.zarr", "0.5")
