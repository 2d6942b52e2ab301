"""Stores written by zarr-python, one array for each way to lay out and compress chunks."""

from pathlib import Path
from typing import Any

import numcodecs
import numpy as np
import zarr
from zarr.codecs import (
    BloscCodec,
    BytesCodec,
    Crc32cCodec,
    GzipCodec,
    ShardingCodec,
    TransposeCodec,
    ZstdCodec,
)

from .made import Array, Made, quiet, ramp

SHAPE, CHUNKS = (3, 10, 17), (2, 4, 5)
"""No chunk length divides its axis: every axis ends in a partial chunk."""

V2_COMPRESSORS: dict[str, Any] = {
    "raw": None,
    "blosc_lz4_shuffle": numcodecs.Blosc("lz4", 5, numcodecs.Blosc.SHUFFLE),
    "blosc_zstd_bitshuffle": numcodecs.Blosc("zstd", 1, numcodecs.Blosc.BITSHUFFLE),
    "blosc_blosclz": numcodecs.Blosc("blosclz", 9, numcodecs.Blosc.NOSHUFFLE),
    "zstd": numcodecs.Zstd(3),
    "zlib": numcodecs.Zlib(1),
    "gzip": numcodecs.GZip(5),
    "lz4": numcodecs.LZ4(),
    "bz2": numcodecs.BZ2(),
    "lzma": numcodecs.LZMA(),
}

# By name, as they stand in the document: the classes moved from numcodecs to zarr.
V3_NUMCODECS = ("lz4", "bz2", "lzma", "zlib")


def v2_codecs(folder: Path) -> Made:
    """Zarr v2: each compressor, filters, both chunk separators, F-order."""
    root = zarr.create_group(folder / "v2_codecs.zarr", zarr_format=2)
    data = ramp(SHAPE)
    arrays: dict[str, Array | None] = {}

    def add(name: str, **options: Any) -> None:
        root.create_array(name, data=data, **{"chunks": CHUNKS} | options)
        arrays[name] = data

    for name, compressor in V2_COMPRESSORS.items():
        add(name, compressors=compressor)
    add("delta_shuffle", filters=[numcodecs.Delta("<u2"), numcodecs.Shuffle(2)])
    add("nested_chunks", chunk_key_encoding={"name": "v2", "separator": "/"})
    add("f_order", order="F")
    add("one_chunk", chunks=SHAPE)
    return Made(Path(folder / "v2_codecs.zarr"), "group", 2, arrays, groups=("",))


def v3_codecs(folder: Path) -> Made:
    """Zarr v3: each compressor, checksums, byte order, transposed chunks, v2 chunk keys."""
    root = zarr.create_group(folder / "v3_codecs.zarr", zarr_format=3)
    data = ramp(SHAPE)
    arrays: dict[str, Array | None] = {}

    def add(name: str, **options: Any) -> None:
        with quiet():
            root.create_array(name, data=data, **{"chunks": CHUNKS} | options)
        arrays[name] = data

    add("raw", compressors=None)
    add("blosc_lz4_shuffle", compressors=BloscCodec(cname="lz4", clevel=5, shuffle="shuffle"))
    add("blosc_zstd_bitshuffle", compressors=BloscCodec(cname="zstd", shuffle="bitshuffle"))
    add("zstd", compressors=ZstdCodec(level=3, checksum=True))
    add("gzip", compressors=GzipCodec(level=5))
    add("gzip_crc32c", compressors=(GzipCodec(), Crc32cCodec()))
    for codec in V3_NUMCODECS:
        add(codec, compressors={"name": f"numcodecs.{codec}", "configuration": {}})
    add("big_endian", serializer=BytesCodec(endian="big"))
    add("transposed", filters=TransposeCodec(order=(2, 0, 1)))
    add("v2_keys", chunk_key_encoding={"name": "v2", "configuration": {"separator": "."}})
    add("dotted_keys", chunk_key_encoding={"name": "default", "configuration": {"separator": "."}})
    add("one_chunk", chunks=SHAPE)
    return Made(Path(folder / "v3_codecs.zarr"), "group", 3, arrays, groups=("",))


def v3_sharded(folder: Path) -> Made:
    """Zarr v3 shards: partial, larger than the array, index first, nested, partly unwritten."""
    path = folder / "v3_sharded.zarr"
    root = zarr.create_group(path, zarr_format=3)
    data = ramp(SHAPE)
    arrays: dict[str, Array | None] = {}
    for name, shards in {"even": (2, 8, 10), "oversized": (4, 16, 20), "each": CHUNKS}.items():
        root.create_array(name, data=data, chunks=CHUNKS, shards=shards)
        arrays[name] = data

    for name, serializer in {
        "index_first": ShardingCodec(chunk_shape=CHUNKS, index_location="start"),
        "nested": ShardingCodec(chunk_shape=(2, 4, 10), codecs=[ShardingCodec(chunk_shape=CHUNKS)]),
    }.items():
        root.create_array(
            name, data=data, chunks=(2, 8, 10), serializer=serializer, compressors=None
        )
        arrays[name] = data

    # One inner chunk of one shard of eight is written; the other shards have no key at all.
    sparse = root.create_array(
        "sparse", shape=SHAPE, dtype="uint16", chunks=CHUNKS, shards=(2, 8, 10), fill_value=7
    )
    sparse[:2, :4, 5:10] = data[:2, :4, 5:10]
    values = np.full_like(data, 7)
    values[:2, :4, 5:10] = data[:2, :4, 5:10]
    arrays["sparse"] = values
    return Made(path, "group", 3, arrays, groups=("",))
