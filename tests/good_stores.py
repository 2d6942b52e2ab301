"""Small stores that keep every rule, recommended or demanded, to be broken one rule at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from foreign.made import array_document, group_document, v2_array_document, write_json

Mutation = Callable[[Path], None]
Document = dict[str, Any]

CHANNELS, FINE, COARSE = 2, 16, 8


def write_good(folder: Path, kind: str) -> Path:
    """Write one of the stores, and give where it lies."""
    path = folder / f"{kind}.ome.zarr"
    WRITERS[kind](path)
    return path


def change(path: Path, edit: Callable[[Document], None]) -> None:
    """Change a JSON document in place."""
    document = json.loads(path.read_text(encoding="utf-8"))
    edit(document)
    path.write_text(json.dumps(document), encoding="utf-8")


def image_attributes(version: str, axes: str, *, label: bool = False) -> Document:
    """Give the attributes of an image of two levels, of which the second is half as large."""
    levels = [
        {"path": f"s{n}", "coordinateTransformations": [_scale(axes, 2.0**n)]} for n in range(2)
    ]
    told = [_axis(name) for name in axes]
    multiscale: Document = {
        "name": "cells",
        "type": "mean",
        "metadata": {"method": "mean of 2 × 2"},
    }
    if version.startswith("0.6"):
        for level in levels:
            (step,) = level["coordinateTransformations"]
            step |= {"input": {"path": level["path"]}, "output": {"name": "physical"}}
        multiscale |= {"coordinateSystems": [{"name": "physical", "axes": told}]}
    else:
        multiscale |= {"axes": told}
    ome: Document = {"multiscales": [multiscale | {"datasets": levels}]}
    if label:
        colors = [{"label-value": 1, "rgba": [255, 0, 0, 255]}]
        ome["image-label"] = {"colors": colors, "source": {"image": "../../"}}
    elif "c" in axes:
        ome["omero"] = {"channels": [_channel(name) for name in ("LaminB1", "Dapi")]}
    if version >= "0.5":
        if label and version == "0.5":
            ome["image-label"]["version"] = version
        return {"ome": {"version": version, **ome}}
    multiscale["version"] = version
    ome["multiscales"] = [multiscale | {"datasets": levels}]
    for key in ("omero", "image-label"):
        if key in ome:
            ome[key]["version"] = version
    return ome


def write_image(path: Path, version: str, axes: str = "cyx", *, label: bool = False) -> None:
    """Write an image of two levels, without chunks."""
    write_group(path, version, image_attributes(version, axes, label=label))
    for number, side in enumerate((FINE, COARSE)):
        shape = tuple(CHANNELS if axis == "c" else side for axis in axes)
        write_array(path / f"s{number}", version, shape, axes, "uint8" if label else "uint16")


def write_array(path: Path, version: str, shape: tuple[int, ...], axes: str, dtype: str) -> None:
    """Write the document of an array, in the Zarr format of a version."""
    if version >= "0.5":
        names = {"dimension_names": list(axes)}
        write_json(path / "zarr.json", array_document(shape, shape, data_type=dtype, **names))
    else:
        spelled = {"uint8": "|u1", "uint16": "<u2"}[dtype]
        more = {"dtype": spelled, "dimension_separator": "/"}
        write_json(path / ".zarray", v2_array_document(shape, shape, **more))


def write_group(path: Path, version: str, attributes: Document) -> None:
    """Write a group, in the Zarr format of a version."""
    if version >= "0.5":
        write_json(path / "zarr.json", group_document(attributes))
    else:
        write_json(path / ".zgroup", {"zarr_format": 2})
        write_json(path / ".zattrs", attributes)


def _labelled(version: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        write_image(path, version)
        labels: Document = {"labels": ["nuclei"]}
        if version >= "0.5":
            labels = {"ome": {"version": version, **labels}}
        write_group(path / "labels", version, labels)
        write_image(path / "labels" / "nuclei", version, "yx", label=True)

    return write


def _plate(path: Path) -> None:
    plate = {
        "name": "screen",
        "rows": [{"name": "A"}],
        "columns": [{"name": "1"}, {"name": "2"}],
        "field_count": 2,
        "acquisitions": [
            {"id": number, "name": f"run {number}", "maximumfieldcount": 1} for number in (1, 2)
        ],
        "wells": [
            {"path": f"A/{column + 1}", "rowIndex": 0, "columnIndex": column} for column in (0, 1)
        ],
        "version": "0.5",
    }
    write_group(path, "0.5", {"ome": {"version": "0.5", "plate": plate}})
    write_group(path / "A", "0.5", {})
    images = [{"path": "0", "acquisition": 1}, {"path": "1", "acquisition": 2}]
    for column in ("1", "2"):
        ome = {"version": "0.5", "well": {"images": images, "version": "0.5"}}
        write_group(path / "A" / column, "0.5", {"ome": ome})
        for field in ("0", "1"):
            _labelled("0.5")(path / "A" / column / field)


def _series(path: Path) -> None:
    write_group(path, "0.5", {"ome": {"version": "0.5", "bioformats2raw.layout": 3}})
    write_group(path / "OME", "0.5", {"ome": {"version": "0.5", "series": ["0", "1"]}})
    (path / "OME" / "METADATA.ome.xml").write_text('<OME><Image ID="0"/><Image ID="1"/></OME>')
    for number in ("0", "1"):
        write_image(path / number, "0.5", "yx")


def _scene(path: Path) -> None:
    step = {
        "type": "translation",
        "translation": [1.0, 2.0],
        "input": {"path": "left", "name": "physical"},
        "output": {"name": "world"},
    }
    world = {"name": "world", "axes": [_axis("y"), _axis("x")]}
    scene = {"coordinateSystems": [world], "coordinateTransformations": [step]}
    write_group(path, "0.6", {"ome": {"version": "0.6", "scene": scene}})
    write_image(path / "left", "0.6", "yx")


WRITERS: dict[str, Callable[[Path], None]] = {
    "image_04": _labelled("0.4"),
    "image_05": _labelled("0.5"),
    "image_06": _labelled("0.6"),
    "plate": _plate,
    "series": _series,
    "scene": _scene,
}


def _axis(name: str) -> Document:
    if name == "c":
        return {"name": name, "type": "channel"}
    return {"name": name, "type": "space", "unit": "micrometer"}


def _scale(axes: str, factor: float) -> Document:
    return {"type": "scale", "scale": [1.0 if axis == "c" else 0.5 * factor for axis in axes]}


def _channel(label: str) -> Document:
    window = {"min": 0, "max": 65535, "start": 0, "end": 1500}
    return {"label": label, "color": "00FF00", "active": True, "window": window}
