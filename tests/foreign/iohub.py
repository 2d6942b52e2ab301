"""OME-Zarr written by iohub."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from .cells import SCALE, UNITS, WINDOW, ZARR_FORMAT, OmeVersion, facts, pyramid_of
from .made import Array, Image, Made, Plate, need, quiet

CHANNELS, COLORS = ("GFP", "DAPI"), ("00FF00", "0000FF")
"""iohub chooses the colours by the names."""

SHIFT = (0.0, 0.0, 10.0, 20.0, 30.0)
AXES = "tczyx"


@contextmanager
def opened(path: Path, *how: Any, **more: Any) -> Iterator[Any]:
    """Open a store, and undo what iohub then sets for all that is read through zarr-python."""
    library = need("iohub")
    usual = {"codec_pipeline": dict(zarr.config.get("codec_pipeline"))}
    with quiet(), zarr.config.set(usual), library.open_ome_zarr(path, *how, **more) as store:
        yield store


def _created(path: Path, layout: str, version: OmeVersion, **more: Any) -> Any:
    """Open a new store of five axes."""
    models = need("iohub.ngff.models")
    axes = [models.TimeAxisMeta(name="t", unit=UNITS["t"]), models.ChannelAxisMeta(name="c")]
    axes += [models.SpaceAxisMeta(name=name, unit=UNITS[name]) for name in "zyx"]
    return opened(
        path, layout, "w-", channel_names=list(CHANNELS), axes=axes, version=version, **more
    )


def _transform() -> list[Any]:
    """Give scale and translation of the finest level."""
    meta = need("iohub.ngff.models").TransformationMeta
    return [
        meta(type="scale", scale=[SCALE[axis] for axis in AXES]),
        meta(type="translation", translation=list(SHIFT)),
    ]


def _image(path: Path, version: OmeVersion) -> Made:
    """Write an image, and a label image where iohub can: 0.3 can, on Python 3.12 and newer."""
    levels = pyramid_of((3, 2, 4, 20, 34), halved=3)
    names = ("0", "1")
    arrays: dict[str, Array | None] = dict(zip(names, levels, strict=True))
    groups: tuple[str, ...] = ("",)
    labels: dict[str, Image] = {}
    with _created(path, "fov", version) as position:
        position.create_image("0", levels[0], chunks=(1, 1, 2, 8, 9), transform=_transform())
        position.set_contrast_limits(CHANNELS[0], WINDOW)
        position.compute_pyramid(levels=2, method="stride")
        if hasattr(position, "create_label"):
            nuclei = [(level[:, 0] % 5 + 1).astype("uint8") for level in levels]
            properties = [{"label-value": 1, "area": 3}]
            label = position.create_label(
                "nuclei", nuclei[0], {1: [255, 0, 0, 255]}, properties, pyramid_levels=2
            )
            label["1"][...] = nuclei[1]  # which iohub leaves empty
            arrays |= {f"labels/nuclei/{n}": a for n, a in zip(names, nuclei, strict=True)}
            groups += ("labels", "labels/nuclei")
            # iohub gives them none of the image's pixel sizes.
            sizes = ((1.0,) * 4, (1.0, 2.0, 2.0, 2.0))
            labels["labels/nuclei"] = replace(facts("tzyx", names), pixel_sizes=sizes)
    named = tuple(path.removeprefix("labels/") for path in labels)
    image = facts(AXES, names, "zyx", channels=CHANNELS, colors=COLORS, labels=named)
    return Made(
        path, "image", ZARR_FORMAT[version], arrays, groups=groups, images={"": image} | labels
    )


def iohub_04(folder: Path) -> Made:
    """OME-Zarr 0.4 image, away from the origin, by iohub."""
    return _image(folder / "iohub_04.ome.zarr", "0.4")


def iohub_05(folder: Path) -> Made:
    """OME-Zarr 0.5 image, away from the origin, by iohub."""
    return _image(folder / "iohub_05.ome.zarr", "0.5")


def _plate(path: Path, version: OmeVersion) -> Made:
    """Write three wells of two fields; iohub lists columns in the order that they come in."""
    plate = Plate(("A", "B"), ("1", "3", "2"), ("A/1", "A/3", "B/2"), ("0", "1"))
    arrays: dict[str, Array | None] = {}
    images: dict[str, Image] = {}
    with _created(path, "hcs", version, name="screen") as store:
        for number, well in enumerate(plate.wells):
            for field in plate.fields:
                offset = np.uint16(1000 * number + 500 * int(field))
                data = pyramid_of((1, 2, 1, 8, 18))[0] + offset + np.uint16(1)
                position = store.create_position(*well.split("/"), field)
                position.create_image("0", data, transform=_transform())
                arrays[f"{well}/{field}/0"] = data
                images[f"{well}/{field}"] = facts(AXES, ("0",), channels=CHANNELS, colors=COLORS)
        store.dump_meta(field_count=True)
    groups = ("", *plate.rows, *plate.wells, *images)
    return Made(
        path, "plate", ZARR_FORMAT[version], arrays, groups, images=images, plates={"": plate}
    )


def iohub_plate_04(folder: Path) -> Made:
    """OME-Zarr 0.4 plate whose columns are in no order, by iohub."""
    return _plate(folder / "iohub_plate_04.ome.zarr", "0.4")


def iohub_plate_05(folder: Path) -> Made:
    """OME-Zarr 0.5 plate whose columns are in no order, by iohub."""
    return _plate(folder / "iohub_plate_05.ome.zarr", "0.5")
