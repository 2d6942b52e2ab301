"""Stores with sound documents whose chunks, or whose OME-Zarr references, are not sound."""

import pickle
from pathlib import Path
from typing import Any, Literal

import zarr
from zarr.codecs import BytesCodec, Crc32cCodec, GzipCodec, ZstdCodec

from .made import Array, Made, ramp, v2_array_document, write_json

DATA, CHUNKS = ramp((4, 6)), (3, 4)

UNPICKLED = "unpickled"
"""The file that appears beside the store ``pickle_codec`` if one of its chunks is unpickled."""


def v2_undeclared_nesting(folder: Path) -> Made:
    """A v2 array with chunks at ``0/0``, undeclared: zarr-python looks for ``0.0``, reads zeros."""
    path = folder / "v2_undeclared_nesting.zarr"
    root = zarr.create_group(path, zarr_format=2)
    root.create_array("good", data=DATA, chunks=CHUNKS)
    root.create_array(
        "nested",
        data=DATA,
        chunks=CHUNKS,
        chunk_key_encoding={"name": "v2", "separator": "/"},
        compressors=None,
    )
    write_json(path / "nested" / ".zarray", v2_array_document(DATA.shape, CHUNKS))
    reason = "chunks lie nested, but the document has no dimension_separator"
    return Made(path, "group", 2, {"good": DATA}, groups=("",), broken={"nested": reason})


def bad_chunks(folder: Path) -> Made:
    """A v3 group of arrays whose first chunk (or shard) is damaged and whose last is sound."""
    path = folder / "bad_chunks.zarr"
    root = zarr.create_group(path, zarr_format=3)
    root.create_array("good", data=DATA, chunks=CHUNKS)
    options: dict[str, dict[str, Any]] = {
        "gzip": {"compressors": GzipCodec()},
        "zstd": {"compressors": ZstdCodec()},
        "raw": {"compressors": None},
        "crc32c": {"compressors": Crc32cCodec()},
        "shard": {"shards": CHUNKS, "chunks": (3, 2), "serializer": BytesCodec()},
    }
    for name, how in options.items():
        root.create_array(name, data=DATA, **{"chunks": CHUNKS} | how)
        chunk = path / name / "c" / "0" / "0"
        sound = chunk.read_bytes()
        # Bytes are flipped where a checksum is to find it; elsewhere the end is missing.
        damaged = bytes([sound[0] ^ 0xFF]) + sound[1:] if name == "crc32c" else sound[:-5]
        chunk.write_bytes(damaged)
    last = (slice(3, 4), slice(4, 6))
    return Made(
        path,
        "group",
        3,
        {"good": DATA},
        groups=("",),
        broken=dict.fromkeys(options, "the chunk c/0/0 is damaged"),
        samples=tuple((name, last, DATA[last]) for name in options),
    )


class _Bomb:
    """Creates a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.file,)


def pickle_codec(folder: Path) -> Made:
    """A v2 group of one good array and two that want their chunks unpickled."""
    path = folder / "pickle_codec.zarr"
    zarr.create_group(path, zarr_format=2).create_array("good", data=DATA, chunks=CHUNKS)
    codec = {"id": "pickle", "protocol": 5}
    documents = {
        "filter": v2_array_document((1,), (1,), dtype="|O", filters=[codec], fill_value=None),
        "compressor": v2_array_document((1,), (1,), compressor=codec),
    }
    for name, document in documents.items():
        write_json(path / name / ".zarray", document)
        (path / name / "0").write_bytes(pickle.dumps(_Bomb(folder / UNPICKLED)))
    broken = dict.fromkeys(documents, "the pickle codec is refused")
    return Made(path, "group", 2, {"good": DATA}, groups=("",), broken=broken)


def _multiscales(version: Literal["0.4", "0.5"], levels: tuple[str, ...]) -> dict[str, Any]:
    """Give the attributes of a y, x image that name the given levels."""
    multiscale = {
        "name": "image",
        "axes": [{"name": axis, "type": "space", "unit": "micrometer"} for axis in "yx"],
        "datasets": [
            {
                "path": path,
                "coordinateTransformations": [{"type": "scale", "scale": [2.0**n, 2.0**n]}],
            }
            for n, path in enumerate(levels)
        ],
    }
    if version == "0.4":
        return {"multiscales": [multiscale | {"version": version}]}
    return {"ome": {"version": version, "multiscales": [multiscale]}}


def _missing_level(path: Path, version: Literal["0.4", "0.5"]) -> Made:
    """Write an image that names levels s0, s1 and s2, of which s1 was never written."""
    attributes = _multiscales(version, ("s0", "s1", "s2"))
    zarr_format: Literal[2, 3] = 2 if version == "0.4" else 3
    root = zarr.create_group(path, zarr_format=zarr_format, attributes=attributes)
    arrays: dict[str, Array | None] = {"s0": ramp((12, 20)), "s2": ramp((12, 20))[::4, ::4]}
    for name, data in arrays.items():
        root.create_array(name, data=data, chunks=(5, 7))
    reason = "multiscales names it, but it has no document"
    return Made(path, "image", zarr_format, arrays, groups=("",), broken={"s1": reason})


def missing_level_04(folder: Path) -> Made:
    """An OME-Zarr 0.4 image without one of its levels."""
    return _missing_level(folder / "missing_level_04.ome.zarr", "0.4")


def missing_level_05(folder: Path) -> Made:
    """An OME-Zarr 0.5 image without one of its levels."""
    return _missing_level(folder / "missing_level_05.ome.zarr", "0.5")


def escaping_paths(folder: Path) -> Made:
    """An OME-Zarr 0.5 image, and label names, that point to a real array outside of the store."""
    path = folder / "escaping_paths.ome.zarr"
    zarr.create_array(folder / "outside", data=DATA, chunks=CHUNKS)
    levels = ("s0", "../outside", str(folder / "outside"))
    root = zarr.create_group(path, attributes=_multiscales("0.5", levels))
    root.create_array("s0", data=ramp((12, 20)), chunks=(5, 7))
    labels = {"ome": {"version": "0.5", "labels": ["../../outside"]}}
    root.create_group("labels", attributes=labels)
    broken = dict.fromkeys((*levels[1:], "labels/../../outside"), "outside of the store")
    return Made(path, "image", 3, {"s0": ramp((12, 20))}, groups=("", "labels"), broken=broken)
