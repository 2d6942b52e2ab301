"""OME-Zarr written by bioio-ome-zarr."""

from pathlib import Path

from .cells import (
    CHANNELS,
    COLORS,
    SCALE,
    UNITS,
    WINDOW,
    ZARR_FORMAT,
    OmeVersion,
    facts,
    pyramid_of,
)
from .made import Made, need, quiet, ramp

LEVELS = ("0", "1")
OUTER = 2.0
"""The factor of y and x in the transformation of all levels, where there is one."""


def write(
    path: Path, version: OmeVersion, axes: str, shape: tuple[int, ...], outer: float = 1.0
) -> None:
    """Write an image into a folder, or into an archive where the name ends in .ozx."""
    writers = need("bioio_ome_zarr.writers")
    levels = pyramid_of(shape)
    channels = [
        writers.Channel(label=label, color=color, window=WINDOW)
        for label, color in zip(CHANNELS, COLORS, strict=True)
    ]
    whole = [outer if axis in "yx" else 1.0 for axis in axes]
    writer = writers.OMEZarrWriter(
        str(path),
        [level.shape for level in levels],
        "uint16",
        chunk_shape=(1,) * (len(axes) - 2) + (8, 9),
        shard_shape=None if version == "0.4" else (1,) * (len(axes) - 2) + (16, 36),
        zarr_format=ZARR_FORMAT[version],
        image_name="cells",
        channels=channels if "c" in axes else None,
        rdefs={"defaultT": 1, "defaultZ": 2, "model": "color"} if "c" in axes else None,
        root_transform={"type": "scale", "scale": whole} if outer != 1 else None,
        axes_names=list(axes),
        axes_units=[UNITS.get(axis) for axis in axes],
        physical_pixel_size=[SCALE[axis] / by for axis, by in zip(axes, whole, strict=True)],
    )
    with quiet(), writer:
        writer.write_full_volume(levels[0])


def _image(
    path: Path, version: OmeVersion, axes: str, shape: tuple[int, ...], outer: float = 1.0
) -> Made:
    write(path, version, axes, shape, outer)
    # Coarser levels are interpolated, so their values are what the library says they are.
    reader = need("bioio_ome_zarr").Reader(path)
    reader.set_resolution_level(1)
    arrays = dict(zip(LEVELS, (ramp(shape), reader.data), strict=True))
    named = {"channels": CHANNELS, "colors": COLORS} if "c" in axes else {}
    images = {"": facts(axes, LEVELS, **named)}
    return Made(path, "image", ZARR_FORMAT[version], arrays, groups=("",), images=images)


def bioio_04(folder: Path) -> Made:
    """OME-Zarr 0.4 image of five axes, by bioio-ome-zarr."""
    return _image(folder / "bioio_04.ome.zarr", "0.4", "tczyx", (3, 2, 4, 20, 34))


def bioio_05(folder: Path) -> Made:
    """OME-Zarr 0.5 image of five axes, sharded and scaled twice, by bioio-ome-zarr."""
    return _image(folder / "bioio_05.ome.zarr", "0.5", "tczyx", (3, 2, 4, 20, 34), OUTER)


def bioio_zyx_05(folder: Path) -> Made:
    """OME-Zarr 0.5 image of three axes, by bioio-ome-zarr."""
    return _image(folder / "bioio_zyx_05.ome.zarr", "0.5", "zyx", (3, 20, 34))
