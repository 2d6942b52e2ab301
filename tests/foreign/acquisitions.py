"""OME-Zarr written by ome-writers, frame by frame as a microscope gives them."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from .cells import CHANNELS, COLORS, SCALE, UNITS, facts
from .made import Array, Image, Made, Plate, need, quiet, ramp

SHAPE = (3, 2, 4, 20, 34)
FROM_Z = 10.0


def _along(ow: Any, axis: str, count: int, **more: Any) -> Any:
    """Give an axis with its pixel size."""
    kind = "time" if axis == "t" else "space"
    return ow.Dimension(
        name=axis, count=count, type=kind, unit=UNITS[axis], scale=SCALE[axis], **more
    )


def _acquire(path: Path, backend: str, positions: dict[str, Any], **more: Any) -> Made:
    """Write the same image at each position, told apart by values.

    Each step in time visits all positions, and at each of them all planes of one channel come
    before those of the next.
    """
    ow = need("ome_writers")
    data = ramp(SHAPE) + np.uint16(1)
    coords = [ow.Channel(name=n, color=f"#{c}") for n, c in zip(CHANNELS, COLORS, strict=True)]
    dimensions = [
        _along(ow, "t", SHAPE[0]),
        ow.Dimension(name="p", type="position", coords=[*positions.values()]),
        ow.Dimension(name="c", type="channel", coords=coords),
        _along(ow, "z", SHAPE[2], translation=FROM_Z, chunk_size=2),
        _along(ow, "y", SHAPE[3], chunk_size=5, shard_size_chunks=2),
        _along(ow, "x", SHAPE[4], chunk_size=17),
    ]
    settings = ow.AcquisitionSettings(
        root_path=path,
        dimensions=dimensions,
        dtype="uint16",
        format=backend,
        compression="blosc-zstd",
        **more,
    )
    with quiet(), ow.create_stream(settings) as stream:
        for t, p, c, z in product(range(SHAPE[0]), range(len(positions)), *map(range, SHAPE[1:3])):
            stream.append(data[t, c, z] + np.uint16(500 * p))
    image = facts("tczyx", ("0",), channels=CHANNELS, colors=COLORS)
    arrays: dict[str, Array | None] = {
        f"{node}/0".lstrip("/"): data + np.uint16(500 * p) for p, node in enumerate(positions)
    }
    images: dict[str, Image] = dict.fromkeys(positions, image)
    return Made(path, "image", 3, arrays, groups=tuple(images), images=images)


def ome_writers_05(folder: Path) -> Made:
    """OME-Zarr 0.5 image, sharded and away from the origin, by ome-writers and tensorstore."""
    return _acquire(folder / "ome_writers_05.ome.zarr", "tensorstore", {"": "alone"})


def ome_writers_positions_05(folder: Path) -> Made:
    """Two images in the layout of bioformats2raw, by ome-writers and zarr-python."""
    path = folder / "ome_writers_positions_05.ome.zarr"
    made = _acquire(path, "zarr-python", {name: name for name in ("left", "right")})
    return replace(made, kind="bioformats2raw", groups=("", "OME", *made.groups))


def ome_writers_plate_05(folder: Path) -> Made:
    """OME-Zarr 0.5 plate, by ome-writers and acquire-zarr."""
    ow = need("ome_writers")
    need("acquire_zarr")
    plate = Plate(("A", "B", "C"), ("1", "2", "3"), ("A/1", "C/3"), ("fov0", "fov1"))
    positions = {}
    for well, field in product(plate.wells, plate.fields):
        row, column = well.split("/")
        place = ow.Position(name=field, plate_row=row, plate_column=column)
        positions[f"{well}/{field}"] = place
    told = ow.Plate(row_names=[*plate.rows], column_names=[*plate.columns], name="screen")
    path = folder / "ome_writers_plate_05.ome.zarr"
    made = _acquire(path, "acquire-zarr", positions, plate=told)
    rows = dict.fromkeys(well.split("/")[0] for well in plate.wells)
    groups = ("", *rows, *plate.wells, *made.groups)
    return replace(made, kind="plate", groups=groups, plates={"": plate})
