"""Stores that the benchmarks write for themselves: a pyramid of pixels, a wide group, a plate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import zarr
from zarr.codecs import BloscCodec, GzipCodec, ZstdCodec

from omezarr_tui.demo import write_demo

DEPTH = 64
LEVELS = 5
CODECS = {
    "blosc-lz4": BloscCodec(cname="lz4", clevel=5, shuffle="shuffle"),
    "zstd": ZstdCodec(level=3),
    "gzip": GzipCodec(level=5),
    "none": None,
}
WIDTH = 10_000
ROWS, WELL_COLUMNS, FIELDS, PLATE_LEVELS = 16, 24, 4, 4
PLATE_NODES = 1 + ROWS + ROWS * WELL_COLUMNS * (1 + FIELDS * (1 + PLATE_LEVELS))

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint16]]


@dataclass(frozen=True)
class Layout:
    """How an array is cut: chunks, and the shards that hold them, if any."""

    chunks: tuple[int, int, int]
    shards: tuple[int, int, int] | None = None

    @property
    def name(self) -> str:
        """In words, for a table."""
        chunks = ", ".join(map(str, self.chunks))
        return f"({chunks})" if self.shards is None else f"({chunks}) sharded"

    def fitted(self, shape: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...] | None]:
        """Chunks no larger than an array, and shards of whole chunks that just cover it."""
        chunks = tuple(map(min, self.chunks, shape))
        if self.shards is None:
            return chunks, None
        shards = tuple(
            -(-min(shard, size) // chunk) * chunk
            for shard, size, chunk in zip(self.shards, shape, chunks, strict=True)
        )
        return chunks, shards


LAYOUTS = (
    Layout((64, 64, 64)),
    Layout((64, 64, 64), (64, 512, 512)),
    Layout((1, 256, 256)),
    Layout((1, 256, 256), (1, 2560, 2560)),
    Layout((1, 2560, 2560)),
    Layout((1, 2560, 2560), (8, 2560, 2560)),
)


def pixels(size: int, depth: int = DEPTH) -> list[Pixels]:
    """A pyramid of nuclei: real ones, mirrored until they fill the volume.

    Each mirror image gets shot noise of its own, so that none repeats another for a codec.

    Parameters
    ----------
    size
        Pixels of the finest level along y and x.
    depth
        Planes.

    Returns
    -------
    levels
        (z, y, x) of `LEVELS` levels; each is the 2 × 2 mean of the one before.
    """
    with TemporaryDirectory() as folder:
        image = zarr.open_group(write_demo(Path(folder) / "demo") / "cells.ome.zarr", mode="r")
        name = image.attrs["ome"]["multiscales"][0]["datasets"][0]["path"]  # type: ignore[index,call-overload]
        cells: Any = image[name][-1]  # type: ignore[index]
    random = np.random.default_rng(7)
    finest: Pixels = np.empty((depth, size, size), np.uint16)
    around = [(0, max(0, size - length)) for length in cells.shape[1:]]
    for z in range(depth):
        turn, at = divmod(z, len(cells))
        plane = np.pad(cells[-1 - at if turn % 2 else at], around, "symmetric")[:size, :size]
        noise = random.standard_normal(plane.shape, np.float32) * np.sqrt(plane, dtype=np.float32)
        finest[z] = np.clip(plane + noise, 0, 65535)
    levels = [finest]
    while len(levels) < LEVELS:
        levels.append(np.stack([_halved(plane) for plane in levels[-1]]))
    return levels


def _halved(plane: Pixels) -> Pixels:
    rows, columns = (length // 2 for length in plane.shape)
    blocks = plane[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2)
    halved: Pixels = blocks.mean(axis=(1, 3), dtype=np.float32).astype(np.uint16)
    return halved


def write_image(
    path: Path,
    levels: list[Pixels],
    layout: Layout,
    codec: str,
    finest: range | None = None,
) -> None:
    """Write a pyramid as an OME-Zarr 0.5 image.

    Parameters
    ----------
    path
        The new store.
    levels
        (z, y, x), finest first.
    layout
        How the levels are cut.
    codec
        A name of `CODECS`.
    finest
        Planes of the finest level to which writing keeps, but for the rest of their chunks or
        shards; None for all of them. What is not written takes no time, nor room.
    """
    group = zarr.create_group(path, zarr_format=3, attributes={"ome": _image(len(levels))})
    for number, level in enumerate(levels):
        chunks, shards = layout.fitted(level.shape)
        array = group.create_array(
            f"s{number}",
            shape=level.shape,
            dtype=level.dtype,
            chunks=chunks,
            shards=shards,
            compressors=CODECS[codec],
            dimension_names=("z", "y", "x"),
        )
        step = (shards or chunks)[0]
        for z in range(0, level.shape[0], step):
            if number or finest is None or (z < finest.stop and finest.start < z + step):
                array[z : z + step] = level[z : z + step]


def write_wide(path: Path) -> None:
    """Write a group of `WIDTH` arrays, documents only: nothing here reads their chunks."""
    _write(path, _group({}))
    for number in range(WIDTH):
        _write(path / f"a{number:05}", _array((64, 512, 512)))


def write_plate(path: Path) -> None:
    """Write a plate of `PLATE_NODES` nodes, documents only, as OME-Zarr 0.5 asks for them."""
    rows = [chr(ord("A") + row) for row in range(ROWS)]
    wells = [(row, str(column + 1)) for row in rows for column in range(WELL_COLUMNS)]
    plate = {
        "name": "benchmark",
        "rows": [{"name": row} for row in rows],
        "columns": [{"name": str(column + 1)} for column in range(WELL_COLUMNS)],
        "field_count": FIELDS,
        "wells": [
            {
                "path": f"{row}/{column}",
                "rowIndex": rows.index(row),
                "columnIndex": int(column) - 1,
            }
            for row, column in wells
        ],
    }
    _write(path, _group({"version": "0.5", "plate": plate}))
    for row in rows:
        _write(path / row, _group({}))
    well = {"images": [{"path": str(field)} for field in range(FIELDS)]}
    for row, column in wells:
        _write(path / row / column, _group({"version": "0.5", "well": well}))
        for field in range(FIELDS):
            image = path / row / column / str(field)
            _write(image, _group(_image(PLATE_LEVELS)))
            for number, side in zip(range(PLATE_LEVELS), _halves(2048), strict=False):
                _write(image / f"s{number}", _array((1, side, side)))


def _halves(side: int) -> Iterator[int]:
    while side:
        yield side
        side //= 2


def _image(levels: int) -> dict[str, Any]:
    """What the ``ome`` attribute of an image holds (OME-Zarr 0.5, "multiscales")."""
    axes = [{"name": name, "type": "space", "unit": "micrometer"} for name in "zyx"]
    datasets = [
        {
            "path": f"s{number}",
            "coordinateTransformations": [
                {"type": "scale", "scale": [0.5, 0.36 * 2**number, 0.36 * 2**number]}
            ],
        }
        for number in range(levels)
    ]
    return {"version": "0.5", "multiscales": [{"axes": axes, "datasets": datasets}]}


def _group(ome: dict[str, Any]) -> dict[str, Any]:
    attributes = {"ome": ome} if ome else {}
    return {"zarr_format": 3, "node_type": "group", "attributes": attributes}


def _array(shape: tuple[int, ...]) -> dict[str, Any]:
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": shape,
        "data_type": "uint16",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": (1, *shape[1:])}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "codecs": [
            {"name": "bytes", "configuration": {"endian": "little"}},
            {"name": "zstd", "configuration": {"level": 3, "checksum": False}},
        ],
        "fill_value": 0,
        "dimension_names": ["z", "y", "x"],
        "attributes": {},
    }


def _write(folder: Path, document: dict[str, Any]) -> None:
    folder.mkdir()
    (folder / "zarr.json").write_text(json.dumps(document), encoding="utf-8")
