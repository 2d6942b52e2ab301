"""The image that each OME-Zarr library is asked to write: its facts, and its exact values."""

from typing import Any, Literal

from .made import Array, Image, ramp

OmeVersion = Literal["0.4", "0.5", "0.6"]

ZARR_FORMAT: dict[OmeVersion, Literal[2, 3]] = {"0.4": 2, "0.5": 3, "0.6": 3}
SCALE = {"t": 3.0, "c": 1.0, "z": 2.0, "y": 0.5, "x": 0.25}
UNITS = {"t": "second", "z": "micrometer", "y": "micrometer", "x": "micrometer"}
CHANNELS, COLORS = ("LaminB1", "Dapi"), ("00FF00", "0000FF")
WINDOW = {"min": 0, "max": 65535, "start": 7, "end": 4000}


def pyramid_of(shape: tuple[int, ...], halved: int = 2) -> list[Array]:
    """Two levels; the coarser keeps every second pixel of the last axes, so it is known exactly."""
    finest = ramp(shape)
    return [finest, finest[(..., *[slice(None, None, 2)] * halved)]]


def facts(axes: str, levels: tuple[str, ...], halved: str = "yx", **more: Any) -> Image:
    """Facts of an image whose levels each halve some axes."""
    sizes = [
        tuple(SCALE[axis] * (2.0**n if axis in halved else 1.0) for axis in axes)
        for n in range(len(levels))
    ]
    units = tuple(UNITS.get(axis) for axis in axes)
    return Image(tuple(axes), units, levels, tuple(sizes), **more)


def only(table: dict[str, Any], axes: str) -> dict[str, Any]:
    """Keep the entries of the given axes."""
    return {axis: value for axis, value in table.items() if axis in axes}
