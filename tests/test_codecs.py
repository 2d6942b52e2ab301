"""Arrays that cannot be decoded say why: for a codec, or for what stands where a chunk should."""

import json
from pathlib import Path
from typing import Any

import numcodecs
import numpy as np
import pytest
import zarr
from foreign import HEALTHY, Foreign
from foreign.made import array_document, v2_array_document
from looking import array_in, local
from numcodecs.registry import codec_registry
from zarr.storage import LocalStore

from omezarr_tui.errors import UserError
from omezarr_tui.store.arrays import open_array, why_unreadable
from omezarr_tui.store.checked_store import CheckedStore
from omezarr_tui.store.codecs import why_not_decodable
from omezarr_tui.store.documents import parse_node
from omezarr_tui.store.node import Array

BYTES = {"name": "bytes", "configuration": {"endian": "little"}}
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 1048576\n"
ANNEX = "../../.git/annex/objects/zQ/x1/MD5E-s8--a/MD5E-s8--a"
SHARDED = {
    "name": "sharding_indexed",
    "configuration": {
        "chunk_shape": [2],
        "codecs": [BYTES],
        "index_codecs": [BYTES, {"name": "crc32c"}],
    },
}


def v3(*codecs: Any, **changes: Any) -> dict[str, Any]:
    return array_document((4,), (2,), codecs=[BYTES, *codecs], **changes)


def v2(**changes: Any) -> dict[str, Any]:
    return v2_array_document((4,), (2,), **changes)


def node_of(document: dict[str, Any]) -> Array:
    name = ".zarray" if document["zarr_format"] == 2 else "zarr.json"
    node = parse_node("", {name: json.dumps(document).encode()})
    assert isinstance(node, Array)
    return node


def write(folder: Path, document: dict[str, Any], chunk: bytes | str) -> Path:
    """Write an array of which the first chunk is these bytes, or a link to there."""
    name, key = (".zarray", "0") if document["zarr_format"] == 2 else ("zarr.json", "c/0")
    path = folder / key
    path.parent.mkdir(parents=True)
    if isinstance(chunk, str):
        path.symlink_to(chunk)
    else:
        path.write_bytes(chunk)
    (folder / name).write_text(json.dumps(document))
    return folder


ASK = "ask whoever wrote the store"
UNKNOWN = {
    "v2 compressor": (v2(compressor={"id": "imagecodecs_jpeg2k"}), '"imagecodecs-numcodecs"'),
    "v2 filter": (v2(filters=[{"id": "wavpack"}]), '"wavpack-numcodecs"'),
    "v2 flac": (v2(compressor={"id": "flac"}), '"flac-numcodecs"'),
    "v2 grib": (v2(filters=[{"id": "grib", "var": "t"}]), '"kerchunk"'),
    "v2 nobody's": (v2(compressor={"id": "homemade"}), ASK),
    "v3 imagecodecs": (
        v3({"name": "imagecodecs_jpegxl", "configuration": {}}),
        '"imagecodecs-zarr"',
    ),
    "v3 nobody's": (v3({"name": "homemade", "configuration": {}}), ASK),
    "v3 bare": (v3({"name": "homemade"}), ASK),
    "v3 not as numcodecs' own": (v3({"name": "zfpy", "configuration": {}}), ASK),
    "in a shard": (
        array_document(
            (4,),
            (4,),
            codecs=[
                {
                    "name": "sharding_indexed",
                    "configuration": SHARDED["configuration"]
                    | {"codecs": [BYTES, {"name": "homemade", "configuration": {}}]},
                }
            ],
        ),
        ASK,
    ),
}


class TestCodecs:
    @pytest.mark.parametrize("name", HEALTHY)
    def test_those_of_sound_stores_are_known(self, name: str, foreign: Foreign) -> None:
        made = foreign(name)
        assert [why_not_decodable(array_in(made.path, path)) for path in made.arrays] == [
            None for _ in made.arrays
        ]

    @pytest.mark.parametrize("case", UNKNOWN)
    def test_others_are_named_with_their_package(self, case: str, tmp_path: Path) -> None:
        document, cure = UNKNOWN[case]
        write(tmp_path / "a", document, b"")
        with pytest.raises(UserError) as caught:
            open_array(local(tmp_path / "a"), array_in(tmp_path / "a"))
        assert caught.value.what.startswith('a cannot be decoded: its codec "')
        assert "is not known here" in caught.value.what
        assert cure in caught.value.why

    @pytest.mark.parametrize(
        ("bare", "package"),
        [("zfpy", "numcodecs[zfpy]"), ("pcodec", "numcodecs[pcodec]")],
    )
    def test_codecs_that_numcodecs_has_as_extras(
        self, bare: str, package: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delitem(codec_registry, bare, raising=False)
        of_v3 = array_document(
            (4,), (2,), codecs=[{"name": f"numcodecs.{bare}", "configuration": {}}]
        )
        for document in (v2(compressor={"id": bare}), of_v3):
            told = why_not_decodable(node_of(document))
            assert told is not None
            assert f'pip install "{package}"' in told[1]

    def test_one_that_is_registered_later_is_known(self, monkeypatch: pytest.MonkeyPatch) -> None:
        node = node_of(v2(compressor={"id": "homemade"}))
        assert why_not_decodable(node) is not None
        monkeypatch.setitem(codec_registry, "homemade", numcodecs.Zlib)
        assert why_not_decodable(node) is None

    @pytest.mark.parametrize(
        "document",
        [v2(filters=[{"id": "pickle"}]), v3({"name": "numcodecs.pickle", "configuration": {}})],
    )
    def test_pickle_is_refused_by_name(self, document: dict[str, Any]) -> None:
        told = why_not_decodable(node_of(document))
        assert told is not None
        assert "would run whatever code" in told[0]

    def test_a_data_type_that_zarr_does_not_have(self, tmp_path: Path) -> None:
        write(tmp_path / "a", v3(data_type="r16", fill_value=[0, 0]), b"abcd")
        with pytest.raises(UserError, match="a cannot be opened") as caught:
            open_array(local(tmp_path / "a"), array_in(tmp_path / "a"))
        assert "does not know its data type, void2" in caught.value.why


class TestChunksThatAreNone:
    @pytest.mark.parametrize("document", [v2(), v3(), array_document((4,), (4,), codecs=[SHARDED])])
    @pytest.mark.parametrize(
        ("chunk", "words"),
        [
            (ANNEX, "is a git-annex link to a file that is not here"),
            ("/nowhere/x", "is a link to /nowhere/x, where nothing is"),
            (LFS, "is a Git LFS pointer to 1.0 MiB"),
            (b"/annex/objects/MD5E-s8--a\n", "is a git-annex pointer"),
        ],
    )
    def test_they_are_told_from_chunks_never_written(
        self, document: dict[str, Any], chunk: Any, words: str, tmp_path: Path
    ) -> None:
        folder = write(tmp_path / "a", document, chunk)
        array = zarr.open_array(CheckedStore(folder, read_only=True), mode="r")
        with pytest.raises(UserError) as caught:
            array[:]
        key = "0" if document["zarr_format"] == 2 else "c/0"
        assert caught.value.what == f"{key} {words}"
        assert caught.value.why

    @pytest.mark.parametrize("name", HEALTHY)
    def test_sound_stores_read_as_ever(self, name: str, foreign: Foreign) -> None:
        made = foreign(name)
        for path in made.arrays:
            plain = zarr.open_array(made.path / path, mode="r")
            array = zarr.open_array(CheckedStore(made.path / path, read_only=True), mode="r")
            few = tuple(slice(0, 3) for _ in array.shape)
            try:
                expected = np.asarray(plain[few])
            except AssertionError:  # zarr before 3.1.6, of a part of shards in shards
                with pytest.raises(AssertionError):
                    np.asarray(array[few])
                continue
            np.testing.assert_array_equal(np.asarray(array[few]), expected)

    def test_the_synchronous_way_of_newer_zarr(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if not hasattr(LocalStore, "get_sync"):  # it came with zarr 3.4
            monkeypatch.setattr(LocalStore, "get_sync", lambda *_, **__: None, raising=False)
        store = CheckedStore(write(tmp_path / "a", v3(), ANNEX), read_only=True)
        with pytest.raises(UserError, match="git-annex link"):
            store.get_sync("c/0")
        assert store.get_sync("c/1") is None

    @pytest.mark.parametrize(
        ("chunk", "words"),
        [
            (LFS, "it is a Git LFS pointer to 1.0 MiB; fetch the files themselves: git lfs pull"),
            (b"", "it is empty: it was cut short when it was written or copied"),
            (bytes(40), "zero bytes only"),
            (b"<!doctype html><title>Sign in</title>", "it is a web page; check the address"),
            (b"\x01\x02\x03\x04", "bad length"),
        ],
    )
    def test_why_one_could_not_be_read(self, chunk: bytes, words: str, tmp_path: Path) -> None:
        folder = write(tmp_path / "a", v3(), chunk)
        why = why_unreadable(local(folder), array_in(folder), "c/0", ValueError("bad length"))
        assert words in why

    def test_one_that_is_not_there_keeps_its_error(self, tmp_path: Path) -> None:
        folder = write(tmp_path / "a", v3(), b"")
        why = why_unreadable(local(folder), array_in(folder), "c/1", ValueError("bad length"))
        assert why == "bad length"
