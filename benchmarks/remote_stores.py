"""Stores for `remote.py`: the same image in every layout, and plates, with few bytes.

Only what is read is written: of an image the coarsest level's pixels, of a plate the first
field's. All else are documents.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import zarr

LEVELS, PLATE_LEVELS = 5, 2
PLATE_ROWS, PLATE_COLUMNS = "ABCDEFGHIJKLMNOP", range(1, 25)
WELLS = len(PLATE_ROWS) * len(PLATE_COLUMNS)
_SHAPE, _CHUNKS, _SHARDS = (8, 2160, 2560), (1, 64, 64), (4, 256, 256)
_FIELD, _FIELD_CHUNKS = (1, 512, 512), (1, 64, 64)
_Document = dict[str, Any]


def write_image(path: Path, zarr_format: int, *, consolidated: bool, sharded: bool = False) -> None:
    """Write an image of `LEVELS` levels, of which the program shows the coarsest in a terminal.

    Parameters
    ----------
    path
        The new store.
    zarr_format
        2 (OME-Zarr 0.4) or 3 (0.5).
    consolidated
        Whether the root has the documents of all levels too.
    sharded
        Whether chunks lie in shards of four planes, so that a plane is a part of a shard.
    """
    group = zarr.create_group(
        path,
        zarr_format=zarr_format,  # type: ignore[arg-type]
        attributes=_attributes(zarr_format, {"multiscales": [_multiscale(LEVELS)]}),
    )
    for number in range(LEVELS):
        shape = (_SHAPE[0], _SHAPE[1] >> number, _SHAPE[2] >> number)
        array = group.create_array(
            f"s{number}",
            shape=shape,
            dtype="uint16",
            chunks=_CHUNKS,
            shards=_SHARDS if sharded else None,
            chunk_key_encoding={"name": "v2" if zarr_format == 2 else "default", "separator": "/"},
        )
        if number == LEVELS - 1:
            array[...] = _pixels(shape)
    if consolidated:
        zarr.consolidate_metadata(path)


def write_wells(path: Path, zarr_format: int) -> None:
    """Write a plate of `WELLS` wells with one field of `PLATE_LEVELS` levels each."""
    wells = list(product(PLATE_ROWS, PLATE_COLUMNS))
    plate = {
        "name": "benchmark",
        "field_count": 1,
        "rows": [{"name": row} for row in PLATE_ROWS],
        "columns": [{"name": str(column)} for column in PLATE_COLUMNS],
        "wells": [
            {
                "path": f"{row}/{column}",
                "rowIndex": PLATE_ROWS.index(row),
                "columnIndex": column - 1,
            }
            for row, column in wells
        ],
    }
    _write_group(path, zarr_format, {"plate": plate})
    for row in PLATE_ROWS:
        _write_group(path / row, zarr_format, {})
    for row, column in wells:
        well = path / row / str(column)
        _write_group(well, zarr_format, {"well": {"images": [{"path": "0"}]}})
        _write_group(well / "0", zarr_format, {"multiscales": [_multiscale(PLATE_LEVELS)]})
        for number in range(PLATE_LEVELS):
            _write_array(well / "0" / f"s{number}", zarr_format, _field_shape(number))
    for number in range(PLATE_LEVELS):
        first: Any = zarr.open_array(path / "A" / "1" / "0" / f"s{number}", mode="r+")
        first[...] = _pixels(_field_shape(number))


def _field_shape(number: int) -> tuple[int, ...]:
    return (_FIELD[0], _FIELD[1] >> 2 * number, _FIELD[2] >> 2 * number)


def _pixels(shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """Cells on a dark ground: smooth, with noise, and no plane like another."""
    random = np.random.default_rng(7)
    z, y, x = np.ogrid[tuple(slice(0, 8, size * 1j) for size in shape)]
    smooth = 1000 * (1 + np.sin(3 * y + z) * np.cos(2 * x - z))
    pixels: np.ndarray[Any, Any] = random.poisson(100 + smooth).astype(np.uint16)
    return pixels


def _attributes(zarr_format: int, ome: _Document) -> _Document:
    """Where OME-Zarr 0.4 and 0.5 have what they tell of a group."""
    if zarr_format == 3:
        return {"ome": {"version": "0.5", **ome}} if ome else {}
    return {
        key: [part | {"version": "0.4"} for part in value]
        if isinstance(value, list)
        else value | {"version": "0.4"}
        for key, value in ome.items()
    }


def _multiscale(levels: int) -> _Document:
    return {
        "axes": [{"name": name, "type": "space", "unit": "micrometer"} for name in "zyx"],
        "datasets": [
            {
                "path": f"s{number}",
                "coordinateTransformations": [
                    {"type": "scale", "scale": [1.0, 0.36 * 2**number, 0.36 * 2**number]}
                ],
            }
            for number in range(levels)
        ],
    }


def _write_group(folder: Path, zarr_format: int, ome: _Document) -> None:
    attributes = _attributes(zarr_format, ome)
    if zarr_format == 3:
        document = {"zarr_format": 3, "node_type": "group", "attributes": attributes}
        _write(folder, {"zarr.json": document})
    else:
        _write(folder, {".zgroup": {"zarr_format": 2}} | ({".zattrs": attributes} if ome else {}))


def _write_array(folder: Path, zarr_format: int, shape: tuple[int, ...]) -> None:
    if zarr_format == 3:
        document = {
            "zarr_format": 3,
            "node_type": "array",
            "shape": shape,
            "data_type": "uint16",
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": _FIELD_CHUNKS}},
            "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
            "codecs": [
                {"name": "bytes", "configuration": {"endian": "little"}},
                {"name": "zstd", "configuration": {"level": 3, "checksum": False}},
            ],
            "fill_value": 0,
            "attributes": {},
        }
        _write(folder, {"zarr.json": document})
        return
    document = {
        "zarr_format": 2,
        "shape": shape,
        "dtype": "<u2",
        "chunks": _FIELD_CHUNKS,
        "compressor": {"id": "zstd", "level": 3},
        "filters": None,
        "fill_value": 0,
        "order": "C",
        "dimension_separator": "/",
    }
    _write(folder, {".zarray": document})


def _write(folder: Path, documents: dict[str, _Document]) -> None:
    folder.mkdir()
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document), encoding="utf-8")
