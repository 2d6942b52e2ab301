"""Write one image or label image as OME-Zarr 0.4 or 0.5: pyramid, arrays, attributes.

The attributes are spelled out here, apart from the program's own model of them, so that
the sample stores can be held against that model in tests.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from numpy.typing import NDArray

Pixels = NDArray[Any]
AXIS_TYPES = {"c": "channel", "z": "space", "y": "space", "x": "space"}


@dataclass(frozen=True)
class Storage:
    """How a level is stored: its chunks at most, compressor, and shards where it has them."""

    chunks: tuple[int, ...]
    compressor: Any
    shards: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Grid:
    """Where the pixels of the finest level lie: axes, unit, pixel size, centre of the first."""

    axes: str
    pixel: tuple[float, ...]
    origin: tuple[float, ...]
    unit: str | None


def pyramid(image: Pixels, factors: tuple[int, ...], levels: int, *, labels: bool) -> list[Pixels]:
    """Levels of an image, the finest first, each reduced from the one before.

    Parameters
    ----------
    image
        Pixels in any axis order.
    factors
        Reduction along each axis from a level to the next. What is left over at an edge
        is dropped, so that every factor is exact.
    levels
        How many levels to return, the given one included.
    labels
        Take the most frequent value of a block, the smallest of equals, not the mean.
    """
    made = [image]
    while len(made) < levels:
        finest = made[-1]
        counts = [size // factor for size, factor in zip(finest.shape, factors, strict=True)]
        kept = finest[tuple(slice(n * f) for n, f in zip(counts, factors, strict=True))]
        blocks = kept.reshape([v for pair in zip(counts, factors, strict=True) for v in pair])
        within = tuple(range(1, 2 * image.ndim, 2))
        if labels:
            values = np.moveaxis(blocks, within, range(-image.ndim, 0)).reshape(*counts, -1)
            values = np.sort(values, axis=-1)
            votes = (values[..., :, None] == values[..., None, :]).sum(axis=-1)
            winner = votes.argmax(axis=-1)[..., None]
            made.append(np.take_along_axis(values, winner, axis=-1)[..., 0])
        else:
            made.append(np.rint(blocks.mean(axis=within)).astype(image.dtype))
    return made


def write_group(path: Path, version: str, attributes: dict[str, Any]) -> None:
    """Write a group with its OME attributes where the version wants them.

    In 0.4 they stand beside all others; 0.5 gathers them, and the version, under ``ome``.
    """
    if version == "0.4":
        zarr.create_group(str(path), zarr_format=2, attributes=attributes)
        return
    ours: dict[str, Any] = {k: v for k, v in attributes.items() if k in ("source", "license")}
    ome = {key: value for key, value in attributes.items() if key not in ours}
    nested = {"ome": {"version": version, **ome}} if ome else {}
    zarr.create_group(str(path), zarr_format=3, attributes={**nested, **ours})


def write_image(
    path: Path,
    levels: list[Pixels],
    storage: list[Storage],
    grid: Grid,
    *,
    name: str,
    attributes: dict[str, Any],
    version: str = "0.5",
) -> None:
    """Write a multiscale group and its levels, which are named by their number.

    Parameters
    ----------
    path
        Where the group goes.
    levels, storage
        Pixels of each level, the finest first, and how each is stored.
    grid
        Where the pixels of the finest level lie. A coarser pixel lies at the centre of
        those that it was made from.
    name
        Name of the multiscale.
    attributes
        What the group says besides ``multiscales``: ``omero``, ``image-label``, source.
    version
        0.5 is written on Zarr v3, 0.4 on Zarr v2.
    """
    factors = [
        [round(a / b) for a, b in zip(levels[0].shape, one.shape, strict=True)] for one in levels
    ]
    kind = "mode" if "image-label" in attributes else "mean"
    multiscale: dict[str, Any] = {
        "name": name,
        "axes": [_axis(axis, grid.unit) for axis in grid.axes],
        "datasets": [
            {"path": str(level), "coordinateTransformations": _transformations(grid, factor)}
            for level, factor in enumerate(factors)
        ],
        "type": kind,
        "metadata": {"description": f"Each pixel is the {kind} of the finer ones that it covers."},
    }
    if version == "0.4":
        multiscale = {"version": version, **multiscale}
    write_group(path, version, {"multiscales": [multiscale], **attributes})
    for level, (pixels, how) in enumerate(zip(levels, storage, strict=True)):
        array = zarr.create_array(
            str(path / str(level)),
            shape=pixels.shape,
            dtype=pixels.dtype,
            chunks=tuple(map(min, how.chunks, pixels.shape)),
            shards=how.shards,
            compressors=how.compressor,
            fill_value=0,
            zarr_format=2 if version == "0.4" else 3,
            chunk_key_encoding={"name": "v2", "separator": "/"} if version == "0.4" else None,
            dimension_names=None if version == "0.4" else list(grid.axes),
        )
        array[...] = pixels


def _axis(name: str, unit: str | None) -> dict[str, str]:
    axis = {"name": name, "type": AXIS_TYPES[name]}
    return axis | {"unit": unit} if unit and axis["type"] == "space" else axis


def _transformations(grid: Grid, factors: list[int]) -> list[dict[str, Any]]:
    scale = [pixel * factor for pixel, factor in zip(grid.pixel, factors, strict=True)]
    shift = [
        origin + (factor - 1) / 2 * pixel
        for origin, pixel, factor in zip(grid.origin, grid.pixel, factors, strict=True)
    ]
    return [{"type": "scale", "scale": scale}, {"type": "translation", "translation": shift}]
