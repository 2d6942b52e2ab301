"""Chunks come straight from their files, by tensorstore or by zarr-python: always the same ones."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numcodecs
import numpy as np
import pytest
import zarr
from layouts import read_region
from looking import array_in, files_read, local
from zarr.codecs import BloscCodec, BytesCodec, Crc32cCodec, GzipCodec, TransposeCodec, ZstdCodec

import omezarr_tui.image.reader as reading
from omezarr_tui.errors import UserError
from omezarr_tui.image.decoding import QuickChunks, ZarrChunks, chunks_of
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.sampling import Projection, Sampling
from omezarr_tui.store.direct import direct_chunks
from omezarr_tui.store.fast import fast_chunks

SHAPE, CHUNKS, SHARDS = (5, 9, 13), (2, 3, 4), (4, 6, 8)
WHOLE = tuple(slice(0, size) for size in SHAPE)
DTYPES = ["uint8", "int16", "uint32", "int64", "float16", "float32", "float64", "bool"]
V3 = {
    "none": None,
    "gzip": GzipCodec(),
    "zstd": ZstdCodec(checksum=True),
    "blosc": BloscCodec(),
    "two": [ZstdCodec(), GzipCodec()],
    "crc32c": Crc32cCodec(),
}
V2 = {
    "none": None,
    "gzip": numcodecs.GZip(),
    "zlib": numcodecs.Zlib(),
    "zstd": numcodecs.Zstd(),
    "blosc": numcodecs.Blosc(),
    "lz4": numcodecs.LZ4(),
    "bz2": numcodecs.BZ2(),
}
LAYOUTS: dict[str, dict[str, Any]] = {
    "v2": {"zarr_format": 2},
    "v2, F order": {"zarr_format": 2, "order": "F"},
    "v2, filtered": {"zarr_format": 2, "filters": [numcodecs.Delta(dtype="<i4")], "dtype": "<i4"},
    "v2, big-endian": {"zarr_format": 2, "dtype": ">u2"},
    "v3": {},
    "v3, big-endian": {"dtype": "uint16", "serializer": BytesCodec(endian="big")},
    "v3, transposed": {"filters": TransposeCodec(order=(2, 0, 1))},
    "v3, sharded": {"shards": SHARDS},
    "v3, transposed in shards": {"shards": SHARDS, "filters": TransposeCodec(order=(2, 0, 1))},
}


def write(folder: Path, dtype: str = "uint16", **options: Any) -> np.ndarray[Any, Any]:
    """Values that fill some chunks, some in part, and some not at all."""
    fill = np.nan if dtype.startswith("float") else dtype == "bool" or 7
    told = {"shape": SHAPE, "chunks": CHUNKS, "dtype": dtype, "fill_value": fill} | options
    array = zarr.create_array(folder, **told)
    array[1:3, 2:7, 3:9] = (np.arange(2 * 5 * 6).reshape(2, 5, 6) % 31).astype(array.dtype)
    return np.asarray(array[...])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_all_ways_give_the_same_bytes(layout: str, tmp_path: Path) -> None:
    options = dict(LAYOUTS[layout])
    codecs = V2 if options.get("zarr_format") == 2 else V3
    dtypes = [options.pop("dtype")] if "dtype" in options else DTYPES
    for dtype, codec in product(dtypes, codecs):
        folder = tmp_path / f"{dtype} {codec}"
        wanted = write(folder, dtype, **options | {"compressors": codecs[codec]})
        node, access = array_in(folder), local(folder)
        slow = ZarrChunks(access, node)
        places = list(product(*map(range, node.grid(node.chunks))))
        for quick in (direct_chunks(access, node), fast_chunks(access, node)):
            chunks = slow if quick is None else QuickChunks(quick, slow, node)
            for place, chunk in chunks.read(places, lambda: False):
                part = tuple(
                    slice(at * c, (at + 1) * c) for at, c in zip(place, CHUNKS, strict=True)
                )
                expected = wanted[part].astype(wanted.dtype.newbyteorder("="))
                assert chunk.values.shape == expected.shape
                found = chunk.values.astype(expected.dtype, casting="equiv")
                assert found.tobytes() == expected.tobytes()


def test_which_way_is_taken(tmp_path: Path) -> None:
    for name, codec in V3.items():
        write(tmp_path / name, compressors=codec)
        access, node = local(tmp_path / name), array_in(tmp_path / name)
        assert (direct_chunks(access, node) is None) == (name == "crc32c")
        assert (fast_chunks(access, node) is not None) == (name in ("gzip", "two"))
    write(tmp_path / "crc", compressors=V3["crc32c"])
    assert isinstance(chunks_of(local(tmp_path / "crc"), array_in(tmp_path / "crc")), ZarrChunks)


@pytest.mark.parametrize("codec", ["zstd", "gzip", "crc32c"])
@pytest.mark.parametrize("shards", [None, SHARDS], ids=["chunks", "shards"])
def test_what_was_never_written_is_told(
    codec: str, shards: tuple[int, ...] | None, tmp_path: Path
) -> None:
    """A chunk that was written with nothing but the fill value was written all the same."""
    array = zarr.create_array(
        tmp_path / "a",
        shape=SHAPE,
        chunks=CHUNKS,
        shards=shards,
        dtype="uint16",
        compressors=V3[codec],
        config={"write_empty_chunks": True},
    )
    if shards is None:
        array[2:4, 3:6, 4:8] = 0
        written = {(2, 3, 4)}
    else:
        array[0:4, 0:6, 0:8] = 0
        written = set(product((0, 2), (0, 3), (0, 4)))
    reader, node = Reader(local(tmp_path / "a")), array_in(tmp_path / "a")
    for _ in range(2):  # and of those that are kept
        blocks = list(reader.blocks(node, WHOLE))
        assert {block.start for block in blocks if block.written} == written
        assert not any(block.values.any() for block in blocks)


def test_a_chunk_in_a_shard_that_was_never_written(tmp_path: Path) -> None:
    array = zarr.create_array(
        tmp_path / "a", shape=SHAPE, chunks=CHUNKS, shards=SHARDS, dtype="uint16"
    )
    array[0, 0, 0] = 1
    for codec_reader in (Reader(local(tmp_path / "a")),):
        blocks = codec_reader.blocks(array_in(tmp_path / "a"), WHOLE)
        assert [block.start for block in blocks if block.written] == [(0, 0, 0)]


@pytest.mark.parametrize("codec", ["zstd", "gzip"])
def test_a_shard_that_was_written_anew(codec: str, tmp_path: Path) -> None:
    """Its old index would tell of other places in it, so it must not be believed."""
    array = zarr.create_array(
        tmp_path / "a",
        shape=SHAPE,
        chunks=CHUNKS,
        shards=SHARDS,
        dtype="uint16",
        compressors=V3[codec],
    )
    array[0:2] = 3
    reader, node = Reader(local(tmp_path / "a")), array_in(tmp_path / "a")
    list(reader.blocks(node, (slice(0, 1), slice(0, 1), slice(0, 1))))
    rng = np.random.default_rng(0)
    values = rng.integers(0, 60000, SHAPE).astype("uint16")
    array[...] = values
    later = (slice(2, 4), slice(3, 6), slice(4, 8))  # of the same shard, not read yet
    np.testing.assert_array_equal(read_region(reader, node, later), values[later])
    reader.forget()
    np.testing.assert_array_equal(read_region(reader, node, WHOLE), values)


@pytest.mark.parametrize("codec", ["none", "zstd", "gzip", "blosc"])
def test_a_link_that_leads_nowhere_is_no_missing_chunk(codec: str, tmp_path: Path) -> None:
    write(tmp_path / "a", compressors=V3[codec])
    (tmp_path / "a" / "c" / "0" / "0").mkdir(parents=True, exist_ok=True)
    (tmp_path / "a" / "c" / "2" / "2").mkdir(parents=True, exist_ok=True)
    (tmp_path / "a" / "c" / "2" / "2" / "3").symlink_to(tmp_path / "gone")
    with pytest.raises(UserError, match="cannot be read at c/2/2/3"):
        read_region(Reader(local(tmp_path / "a")), array_in(tmp_path / "a"), WHOLE)


def test_a_damaged_index_is_no_index(tmp_path: Path) -> None:
    write(tmp_path / "a", shards=SHARDS)
    shard = tmp_path / "a" / "c" / "0" / "0" / "0"
    raw = bytearray(shard.read_bytes())
    raw[-40] ^= 1
    shard.write_bytes(raw)
    with pytest.raises(UserError, match="cannot be read at c/0/0/0"):
        read_region(Reader(local(tmp_path / "a")), array_in(tmp_path / "a"), WHOLE)


def test_many_chunks_side_by_side(tmp_path: Path) -> None:
    values = np.random.default_rng(1).integers(0, 9, (4, 1024, 1024)).astype("uint16")
    zarr.create_array(tmp_path / "a", data=values, chunks=(2, 128, 128))
    reader, node = Reader(local(tmp_path / "a")), array_in(tmp_path / "a")
    region = (slice(1, 2), slice(0, 1024), slice(100, 1000))
    assert reader.missing_bytes(node, region) == 64 * 2 * 128 * 128 * 2
    np.testing.assert_array_equal(read_region(reader, node, region), values[region])
    assert reader.missing_bytes(node, region) == 0
    with files_read(tmp_path / "a") as seen:
        read_region(reader, node, (slice(0, 1), *region[1:]))
    assert seen == []


@pytest.mark.parametrize("joined_bytes", [0, 10**6], ids=["by parts", "put together"])
@pytest.mark.parametrize("method", ["mean", "maximum", "nearest"])
@pytest.mark.parametrize("deep", [False, True], ids=["plane", "projection"])
def test_samples_are_the_same_put_together_or_by_parts(
    deep: bool, method: Any, joined_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Columns down, rows across, and some chunks that were never written."""
    wanted = write(tmp_path / "a", "uint16")
    monkeypatch.setattr(reading, "_JOINED_BYTES", joined_bytes)
    node = array_in(tmp_path / "a")
    sampling = Sampling(0, node, 2, 1, (2, 0, 0), 0, SHAPE[2], 0, SHAPE[1], SHAPE[:0:-1], method)
    plane = wanted[2]
    if deep:
        sampling = replace(sampling, projection=Projection(0, "maximum", 0, SHAPE[0]))
        plane = wanted.max(axis=0)
    found = Reader(local(tmp_path / "a")).sample(sampling)
    np.testing.assert_array_equal(found.values, plane.T)
    written = np.zeros(SHAPE[1:], bool)
    written[0:9, 0:12] = True  # the chunks of what `write` filled
    assert found.unwritten is not None
    np.testing.assert_array_equal(found.unwritten, ~written.T)
