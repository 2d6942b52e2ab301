"""Plates written by hand, document by document, so that every value of every well is known."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from foreign import Array
from foreign.made import array_document, group_document, write_json

SIDE = 24  # pixels of level 0
AXES = [{"name": "c", "type": "channel"}] + [
    {"name": name, "type": "space", "unit": "micrometer"} for name in "yx"
]
CHANNELS = [{"label": "DAPI", "color": "0000FF"}, {"label": "GFP", "color": "00FF00"}]


def row_names(count: int) -> list[str]:
    """A to Z, AA to AF and so on."""
    letters = string.ascii_uppercase
    pairs = [a + b for a in letters for b in letters]
    return [*letters, *pairs][:count]


def values(row: int, column: int, field: int) -> Array:
    """Level 0 (c, y, x) of a field: other in each well, field and channel, with a bright spot."""
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    blob = 200 * np.exp(-((y - row) ** 2 + (x - column / 2) ** 2) / 40)
    base = 50 + 20 * row + 30 * column + 5 * field
    return np.stack([base + blob, 2 * base + blob[::-1]]).astype("uint16")


def coarsest(row: int, column: int, field: int = 0) -> Array:
    """Level 1 (c, y, x) of a field."""
    return values(row, column, field)[:, ::2, ::2]


def write_plate(
    path: Path,
    rows: int,
    columns: int,
    *,
    wells: Sequence[tuple[int, int]] | None = None,
    fields: Callable[[int, int], int] = lambda row, column: 1,
    acquisitions: int = 0,
    images: bool = True,
    name: str = "screen",
) -> Path:
    """Write a plate of OME-Zarr 0.5.

    Parameters
    ----------
    rows, columns
        Of the grid.
    wells
        Row and column of those that are listed; all of them where it is not given.
    fields
        How many fields a well has.
    acquisitions
        Runs 1, 2 and so on, which a well's fields belong to in turn.
    images
        Whether fields have images; else there are documents of wells only.
    """
    letters, digits = row_names(rows), [str(number + 1) for number in range(columns)]
    listed = wells or [(row, column) for row in range(rows) for column in range(columns)]
    plate: dict[str, Any] = {
        "name": name,
        "rows": [{"name": letter} for letter in letters],
        "columns": [{"name": digit} for digit in digits],
        "wells": [
            {"path": f"{letters[r]}/{digits[c]}", "rowIndex": r, "columnIndex": c}
            for r, c in listed
        ],
    }
    if acquisitions:
        plate["acquisitions"] = [
            {"id": number + 1, "name": f"run {number + 1}"} for number in range(acquisitions)
        ]
    write_group(path, {"plate": plate})
    for row in sorted({row for row, _ in listed}):
        write_group(path / letters[row])
    for row, column in listed:
        well = path / letters[row] / digits[column]
        count = fields(row, column)
        write_group(well, {"well": {"images": [_field(at, acquisitions) for at in range(count)]}})
        for field in range(count if images else 0):
            write_image(well / str(field), values(row, column, field))
    return path


def _field(at: int, acquisitions: int) -> dict[str, Any]:
    return {"path": str(at)} | ({"acquisition": at % acquisitions + 1} if acquisitions else {})


def write_group(path: Path, ome: dict[str, Any] | None = None) -> None:
    """Write a group with what OME-Zarr 0.5 says of it."""
    attributes = {"ome": {"version": "0.5", **ome}} if ome else {}
    write_json(path / "zarr.json", group_document(attributes))


def write_image(path: Path, finest: Array, label: bool = False) -> None:
    """Write an image (c, y, x) or (y, x) of two levels; a label image where that is said."""
    axes = AXES[-finest.ndim :]
    datasets = [
        {
            "path": f"s{level}",
            "coordinateTransformations": [
                {"type": "scale", "scale": [1.0] * (finest.ndim - 2) + [0.5 * 2**level] * 2}
            ],
        }
        for level in range(2)
    ]
    ome: dict[str, Any] = {"multiscales": [{"axes": axes, "datasets": datasets}]}
    if label:
        ome["image-label"] = {}
    elif finest.ndim == 3:
        ome["omero"] = {"channels": CHANNELS}
    write_group(path, ome)
    write_array(path / "s0", finest)
    write_array(path / "s1", finest[..., ::2, ::2])


def write_array(path: Path, data: Array) -> None:
    """Write an array of uint16 in one chunk."""
    write_json(path / "zarr.json", array_document(data.shape, data.shape))
    chunk = path.joinpath("c", *"0" * data.ndim)
    chunk.parent.mkdir(parents=True)
    chunk.write_bytes(np.ascontiguousarray(data, "<u2").tobytes())
