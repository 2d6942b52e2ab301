"""The independent readers themselves: they read what other programs wrote, and see each change."""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import zarr
from foreign import Array, Foreign
from independent import READERS, Unreadable, read_with_tensorstore, read_with_zarrita

Read = Callable[[Path, str], Array]

STORES = (
    *("v2_codecs", "v3_codecs", "v3_sharded", "v2_types", "v3_types", "v2_names", "v3_names"),
    *("v3_root_array", "tensorstore_v2", "tensorstore_v3", "tensorstore_v3_sharded"),
    *("ome_zarr_py_04", "ome_zarr_py_05", "ngff_zarr_05"),
)
# What each cannot read, of the above: arrays of numbers, that is.
CANNOT = {
    read_with_tensorstore: {
        "v2_codecs": {"lz4", "lzma", "delta_shuffle"},
        "v3_codecs": {"lz4", "bz2", "lzma", "zlib"},
    },
    read_with_zarrita: {
        "v2_codecs": {"bz2", "lzma"},
        "v3_codecs": {"bz2", "lzma"},
        "v3_sharded": {"index_first", "nested"},
        "v2_types": {"empty", "empty_2d", "float16"},  # float16 is new in Node.js 24
        "v3_types": {"empty", "empty_2d", "float16"},
    },
}


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("name", STORES)
def test_reads_what_others_wrote(read: Read, name: str, foreign: Foreign) -> None:
    made = foreign(name)
    numbers = {p: v for p, v in made.arrays.items() if v is not None and v.dtype.kind in "biuf"}
    assert numbers
    for path, values in numbers.items():
        try:
            found = read(made.path, path)
        except Unreadable:
            assert path in CANNOT[read].get(name, ()), path
            continue
        assert found.dtype == values.dtype.newbyteorder("=")
        np.testing.assert_array_equal(found, values)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_sees_what_changes(read: Read, zarr_format: int, tmp_path: Path) -> None:
    """Nothing is remembered of an earlier reading, and a chunk that is missing is its fill."""
    options = {"shape": (5, 7), "chunks": (2, 3), "dtype": "uint16", "fill_value": 9}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        array = zarr.create_array(tmp_path / "a", zarr_format=zarr_format, **options)
    assert (read(tmp_path, "a") == 9).all()
    array[1:4, 2:] = np.arange(15).reshape(3, 5)
    wanted = np.full((5, 7), 9, "uint16")
    wanted[1:4, 2:] = np.arange(15).reshape(3, 5)
    np.testing.assert_array_equal(read(tmp_path, "a"), wanted)
    np.testing.assert_array_equal(read(tmp_path / "a", ""), wanted)


@pytest.mark.parametrize("read", READERS)
def test_tells_that_it_cannot(read: Read, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"."):
        read(tmp_path, "never")
    array = zarr.create_array(tmp_path / "a", shape=(4,), chunks=(4,), dtype="uint16")
    array[:] = 1
    (chunk,) = (tmp_path / "a" / "c").iterdir()
    chunk.write_bytes(b"no zstd")
    with pytest.raises(Unreadable, match=r"."):
        read(tmp_path, "a")
