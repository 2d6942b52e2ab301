"""Stores written by tensorstore and by xarray."""

from pathlib import Path
from typing import Any, Literal

import numpy as np

from .made import Array, Made, need, quiet, ramp

SHAPE, CHUNKS = (3, 10, 17), (2, 4, 5)


def _by_tensorstore(path: Path, driver: str, metadata: dict[str, Any]) -> Array:
    """Write one array; tensorstore knows no groups and writes no attributes unasked."""
    tensorstore = need("tensorstore")
    data = ramp(SHAPE)
    spec = {
        "driver": driver,
        "kvstore": {"driver": "file", "path": str(path)},
        "metadata": {"shape": list(SHAPE)} | metadata,
    }
    tensorstore.open(spec, create=True).result().write(data).result()
    return data


def tensorstore_v2(folder: Path) -> Made:
    """A Zarr v2 array, blosc in F-order with nested chunk keys, by tensorstore."""
    path = folder / "tensorstore_v2.zarr"
    compressor = {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1}
    data = _by_tensorstore(
        path,
        "zarr",
        {
            "dtype": ">u2",
            "chunks": list(CHUNKS),
            "compressor": compressor,
            "order": "F",
            "dimension_separator": "/",
            "fill_value": None,
        },
    )
    return Made(path, "array", 2, {"": data.astype(">u2")})


def _v3_metadata(shape: tuple[int, ...], codecs: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the v3 metadata that tensorstore completes."""
    return {
        "data_type": "uint16",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(shape)}},
        "codecs": codecs,
        "dimension_names": ["z", "y", "x"],
    }


def tensorstore_v3(folder: Path) -> Made:
    """A Zarr v3 array, transposed and gzipped, with dimension names, by tensorstore."""
    path = folder / "tensorstore_v3.zarr"
    codecs = [
        {"name": "transpose", "configuration": {"order": [2, 1, 0]}},
        {"name": "bytes", "configuration": {"endian": "big"}},
        {"name": "gzip", "configuration": {"level": 6}},
    ]
    data = _by_tensorstore(path, "zarr3", _v3_metadata(CHUNKS, codecs))
    return Made(path, "array", 3, {"": data}, dimensions={"": ("z", "y", "x")})


def tensorstore_v3_sharded(folder: Path) -> Made:
    """A sharded Zarr v3 array with zstd inside and shards beyond its shape, by tensorstore."""
    path = folder / "tensorstore_v3_sharded.zarr"
    little = {"name": "bytes", "configuration": {"endian": "little"}}
    sharding = {
        "name": "sharding_indexed",
        "configuration": {
            "chunk_shape": list(CHUNKS),
            "codecs": [little, {"name": "zstd", "configuration": {"level": 3}}],
            "index_codecs": [little, {"name": "crc32c"}],
        },
    }
    data = _by_tensorstore(path, "zarr3", _v3_metadata((4, 8, 10), [sharding]))
    return Made(path, "array", 3, {"": data}, dimensions={"": ("z", "y", "x")})


def _by_xarray(path: Path, zarr_format: Literal[2, 3]) -> Made:
    """Write a dataset of time, y and x with coordinates; arrays hold what xarray encodes."""
    xarray = need("xarray")
    temperature = ramp((4, 5, 7), "float32") / np.float32(4)
    days = np.array(["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-03"], "datetime64[ns]")
    dataset = xarray.Dataset(
        {
            "temperature": (("time", "y", "x"), temperature, {"units": "K", "long_name": "[/x]"}),
            "mask": (("y", "x"), ramp((5, 7), "int8") % np.int8(3)),
            "version": ((), np.int32(3)),
        },
        coords={
            "time": days,
            "y": np.linspace(50, 46, 5),
            "x": ("x", np.arange(7) * 0.5, {"units": "degrees_east"}),
            "station": ("x", np.array(list("abcdefg"), "<U1")),
        },
        attrs={"Conventions": "CF-1.8", "title": "not an image"},
    )
    with quiet():
        dataset.to_zarr(
            path,
            mode="w",
            zarr_format=zarr_format,
            consolidated=True,
            encoding={
                "temperature": {"chunks": (2, 3, 4)},
                "time": {"units": "days since 2024-02-01", "dtype": "int64"},
            },
        )
    arrays: dict[str, Array | None] = {
        "temperature": temperature,
        "mask": ramp((5, 7), "int8") % np.int8(3),
        "version": np.array(3, "int32"),
        "time": np.array([27, 28, 29, 31]),
        "y": np.linspace(50, 46, 5),
        "x": np.arange(7) * 0.5,
        "station": np.array(list("abcdefg"), "<U1"),
    }
    dimensions = {
        "temperature": ("time", "y", "x"),
        "mask": ("y", "x"),
        "version": (),
        "time": ("time",),
        "y": ("y",),
        "x": ("x",),
        "station": ("x",),
    }
    return Made(path, "group", zarr_format, arrays, groups=("",), dimensions=dimensions)


def xarray_v2(folder: Path) -> Made:
    """A dataset in Zarr v2, its dimension names in ``_ARRAY_DIMENSIONS``, by xarray."""
    return _by_xarray(folder / "xarray_v2.zarr", 2)


def xarray_v3(folder: Path) -> Made:
    """A dataset in Zarr v3, its dimension names in each document, by xarray."""
    return _by_xarray(folder / "xarray_v3.zarr", 3)
