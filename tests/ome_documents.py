"""Attributes as OME-Zarr wants them, in every version: what the validator's tests begin with."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from typing import Any

from omezarr_tui.ome.validate.finding import REMOVED, Change

_AXES = [
    {"name": "t", "type": "time", "unit": "second"},
    {"name": "c", "type": "channel"},
    {"name": "z", "type": "space", "unit": "micrometer"},
    {"name": "y", "type": "space", "unit": "micrometer"},
    {"name": "x", "type": "space", "unit": "micrometer"},
]
_METHOD = {"name": "cells", "type": "gaussian", "metadata": {"method": "mean"}}
_SCALES = ([1, 1, 0.5, 0.2, 0.2], [1, 1, 0.5, 0.4, 0.4])
_SHIFT = [0, 0, 0, 0.1, 0.1]
_OMERO = {
    "channels": [
        {
            "label": "DNA",
            "family": "linear",
            "active": True,
            "color": "0000ff",
            "window": {"min": 0, "max": 65535, "start": 100, "end": 1500},
        }
    ]
}


def _simple(scale: list[float]) -> list[dict[str, Any]]:
    return [
        {"type": "scale", "scale": scale},
        {"type": "translation", "translation": _SHIFT},
    ]


def _datasets() -> list[dict[str, Any]]:
    return [
        {"path": str(number), "coordinateTransformations": _simple(scale)}
        for number, scale in enumerate(_SCALES)
    ]


def _spaces() -> dict[str, Any]:
    ends = [{"input": {"path": str(n)}, "output": {"name": "physical"}} for n in range(2)]
    return {
        **_METHOD,
        "coordinateSystems": [
            {"name": "physical", "axes": _AXES},
            {"name": "stage", "axes": _AXES},
        ],
        "datasets": [
            {
                "path": "0",
                "coordinateTransformations": [
                    {"type": "sequence", **ends[0], "transformations": _simple(_SCALES[0])}
                ],
            },
            {
                "path": "1",
                "coordinateTransformations": [{"type": "scale", **ends[1], "scale": _SCALES[1]}],
            },
        ],
        "coordinateTransformations": [
            {
                "name": "to the stage",
                "type": "translation",
                "translation": [0, 0, 5, 7, 9],
                "input": {"name": "physical"},
                "output": {"name": "stage"},
            }
        ],
    }


def _image(version: str) -> dict[str, Any]:
    image: dict[str, Any] = dict(_METHOD)
    if version < "0.4":
        image["datasets"] = [{"path": "0"}, {"path": "1"}]
    if version == "0.3":
        image["axes"] = ["t", "c", "z", "y", "x"]
    if version in ("0.4", "0.5"):
        image |= {"axes": _AXES, "datasets": _datasets()}
    if version == "0.6":
        image = _spaces()
    return image


def _plate(version: str) -> dict[str, Any]:
    index = {"rowIndex": 1, "columnIndex": 0}
    return {
        "name": "screen",
        "field_count": 2,
        "acquisitions": [{"id": 1, "name": "first", "maximumfieldcount": 2, "starttime": 9}],
        "rows": [{"name": "A"}, {"name": "B"}],
        "columns": [{"name": "1"}, {"name": "2"}],
        "wells": [{"path": "B/1"} | (index if version >= "0.4" else {})],
    }


_LABEL = {
    "colors": [{"label-value": 1, "rgba": [255, 0, 0, 255]}],
    "properties": [{"label-value": 1, "area": 12}],
    "source": {"image": "../../"},
}
_WELL = {"images": [{"path": "0", "acquisition": 1}, {"path": "1", "acquisition": 1}]}
_SCENE = {
    "coordinateSystems": [{"name": "world", "axes": _AXES[3:]}],
    "coordinateTransformations": [
        {
            "name": f"tile {number}",
            "type": "translation",
            "translation": [0, 100 * number],
            "input": {"name": "physical", "path": f"tile{number}"},
            "output": {"name": "world"},
        }
        for number in range(2)
    ],
}


def document(kind: str, version: str) -> dict[str, Any]:
    """Attributes that no rule has anything to say about, not even as advice.

    Parameters
    ----------
    kind
        ``image``, ``plate``, ``well``, ``label``, ``labels``, ``layout``, ``series`` or
        ``scene``.
    version
        ``0.1`` to ``0.6``.
    """
    parts: dict[str, dict[str, Any]] = {
        "image": {"multiscales": [_image(version)], "omero": _OMERO},
        "plate": {"plate": _plate(version)},
        "well": {"well": _WELL},
        "label": {"multiscales": [_image(version)], "image-label": _LABEL},
        "labels": {"labels": ["cells"]},
        "layout": {"bioformats2raw.layout": 3},
        "series": {"series": ["0", "1"]},
        "scene": {"scene": _SCENE},
    }
    made: dict[str, Any] = json.loads(json.dumps(parts[kind]))  # nothing of it is shared
    if version >= "0.5":
        return {"ome": {"version": version, **made}}
    for key, value in made.items():
        for part in value if key == "multiscales" else [value]:
            if isinstance(part, dict) and key != "omero":
                part["version"] = version
    return made


def changed(attributes: dict[str, Any], changes: Iterable[Change]) -> dict[str, Any]:
    """Attributes with changes made in them; those given are left as they are."""
    made = copy.deepcopy(attributes)
    for change in changes:
        *parents, last = (
            part.replace("~1", "/").replace("~0", "~") for part in change.pointer.split("/")[1:]
        )
        at: Any = made
        for part in parents:
            at = at[int(part)] if isinstance(at, list) else at[part]
        if isinstance(at, list) and last == "-":
            at.append(copy.deepcopy(change.value))
            continue
        key = int(last) if isinstance(at, list) else last
        if change.value is REMOVED:
            del at[key]
        else:
            at[key] = copy.deepcopy(change.value)
    return made


def edited(attributes: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Attributes with other values at some pointers; `REMOVED` takes one away."""
    return changed(
        attributes, [Change("", "attributes", at, value) for at, value in values.items()]
    )
