"""Documents become nodes: what zarr-python reads in them, and reasons where it cannot be read."""

import gzip
import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest
import zarr
from foreign import HEALTHY, Foreign
from foreign.made import array_document, group_document, v2_array_document
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from looking import array_in
from spelling import CRC, LITTLE, sharded

from omezarr_tui.store.documents import parse_node
from omezarr_tui.store.node import Array, Broken, Group, KeyEncoding, ShardIndex

# Python 3.13 and newer point at the comma, older ones behind it.
_COMMA = 12 if sys.version_info >= (3, 13) else 13


def v3(document: Any) -> Any:
    return parse_node("a", {"zarr.json": json.dumps(document).encode()})


def v2(document: Any, attributes: Any = None) -> Any:
    documents = {".zarray": json.dumps(document).encode()}
    if attributes is not None:
        documents[".zattrs"] = json.dumps(attributes).encode()
    return parse_node("a", documents)


def codec_names(codecs: Any) -> list[str]:
    return [c.codec_id if hasattr(c, "codec_id") else c.to_dict()["name"] for c in codecs]


class TestSoundArrays:
    @pytest.mark.filterwarnings("ignore:Numcodecs codecs are not in the Zarr version 3")
    @pytest.mark.parametrize("name", HEALTHY)
    def test_every_array_is_what_zarr_takes_it_for(self, name: str, foreign: Foreign) -> None:
        made = foreign(name)
        for path in made.arrays:
            ours, theirs = array_in(made.path, path), zarr.open_array(made.path / path, mode="r")
            assert ours.zarr_format == theirs.metadata.zarr_format
            assert (ours.shape, ours.chunks, ours.shards) == (
                theirs.shape,
                theirs.chunks,
                theirs.shards,
            )
            cell = theirs.shards or theirs.chunks
            assert ours.object_count == math.prod(
                math.ceil(size / step) for size, step in zip(theirs.shape, cell, strict=True)
            )
            assert ours.attributes == theirs.attrs.asdict()
            if ours.nbytes is not None:
                assert ours.nbytes == theirs.nbytes
            raw = json.loads((made.path / path / ours_document(ours)).read_text())
            if ours.zarr_format == 2:
                assert ours.order == theirs.order
                assert ours.fill_value == raw["fill_value"]

    @pytest.mark.filterwarnings("ignore:Numcodecs codecs are not in the Zarr version 3")
    @pytest.mark.parametrize("name", ["v2_codecs", "v3_codecs", "tensorstore_v3"])
    def test_codecs_stand_under_what_they_do(self, name: str, foreign: Foreign) -> None:
        made = foreign(name)
        for path in made.arrays:
            ours, theirs = array_in(made.path, path), zarr.open_array(made.path / path, mode="r")
            told = {
                kind: [codec.name for codec in ours.codecs if codec.kind == kind]
                for kind in ("array→array", "array→bytes", "bytes→bytes")
            }
            to_bytes = theirs.serializer
            assert told["array→bytes"] == (codec_names([to_bytes]) if to_bytes else ["bytes"])
            if path == "delta_shuffle":  # a filter to Zarr v2, yet shuffle takes bytes
                assert (told["array→array"], told["bytes→bytes"][:1]) == (["delta"], ["shuffle"])
            else:
                assert told["array→array"] == codec_names(theirs.filters)
                assert told["bytes→bytes"] == codec_names(theirs.compressors)

    def test_byte_order_and_order_in_memory(self, foreign: Foreign) -> None:
        orders = {
            (name, path): array_in(foreign(name).path, path)
            for name, path in [
                ("v2_types", "big_endian"),
                ("v3_types", "big_endian"),
                ("v3_codecs", "big_endian"),
                ("v2_codecs", "f_order"),
                ("tensorstore_v2", ""),
                ("v3_types", "int8"),
            ]
        }
        assert [(node.dtype.byte_order, node.order) for node in orders.values()] == [
            ("big", "C"),
            ("little", "C"),
            ("big", "C"),
            ("little", "F"),
            ("big", "F"),
            (None, "C"),
        ]

    @pytest.mark.parametrize("name", ["xarray_v2", "xarray_v3", "tensorstore_v3", "v3_root_array"])
    def test_dimension_names(self, name: str, foreign: Foreign) -> None:
        made = foreign(name)
        for path, expected in made.dimensions.items():
            assert (array_in(made.path, path).dimension_names or ()) == expected

    def test_names_that_do_not_fit_are_no_names(self) -> None:
        document = array_document((2, 3), (2, 3), dimension_names=["y", None])
        assert v3(document).dimension_names == ("y", None)
        assert v3(document | {"dimension_names": [None, None]}).dimension_names is None
        assert v3(document | {"dimension_names": ["z", "y", "x"]}).dimension_names is None
        assert (
            v2(v2_array_document((2, 3), (2, 3)), {"_ARRAY_DIMENSIONS": 5}).dimension_names is None
        )


def ours_document(node: Array) -> str:
    return ".zarray" if node.zarr_format == 2 else "zarr.json"


class TestShardIndex:
    @pytest.mark.parametrize(
        ("codecs", "more", "index"),
        [
            ([LITTLE, CRC], {}, ShardIndex(True, 4 * 16 + 4, "little")),
            ([LITTLE], {"index_location": "start"}, ShardIndex(False, 4 * 16, "little")),
            (
                [{"name": "bytes", "configuration": {"endian": "big"}}, CRC],
                {"index_location": "end"},
                ShardIndex(True, 4 * 16 + 4, "big"),
            ),
            ([LITTLE, {"name": "gzip", "configuration": {"level": 5}}], {}, None),
        ],
    )
    def test_where_it_stands(self, codecs: Any, more: Any, index: ShardIndex | None) -> None:
        node = v3(sharded(codecs, **more))
        assert (node.shards, node.chunks, node.shard_index) == ((4, 6), (2, 3), index)
        assert (node.object_count, node.chunk_count) == (4, 9)
        assert [codec.name for codec in node.codecs] == ["bytes"]

    def test_shards_that_are_no_whole_number_of_chunks(self) -> None:
        node = v3(sharded([LITTLE, CRC], chunk_shape=[2, 4]))
        assert isinstance(node, Broken)
        assert "no whole number of chunks" in node.reason


class TestChunkKeys:
    ENCODINGS = tuple(KeyEncoding(style, mark) for style in ("default", "v2") for mark in "/.")

    @given(st.sampled_from(ENCODINGS), st.lists(st.integers(0, 10**6), max_size=5))
    @settings(deadline=None, max_examples=60)
    def test_a_key_tells_its_place(self, encoding: KeyEncoding, place: list[int]) -> None:
        assume(place or encoding.style == "default")  # a v2 scalar's key is that of place (0,)
        assert encoding.place(encoding.key(tuple(place))) == tuple(place)

    @given(st.sampled_from(ENCODINGS), st.text("c0123456789/.-+ _a\u0661", max_size=8))
    @settings(deadline=None, max_examples=150)
    @example(ENCODINGS[0], "c/00/1")
    @example(ENCODINGS[3], "0.07")
    @example(ENCODINGS[3], "")
    @example(ENCODINGS[3], "\u0661")
    def test_no_other_key_has_a_place(self, encoding: KeyEncoding, key: str) -> None:
        place = encoding.place(key)
        assert place is None or encoding.key(place) == key

    def test_keys_are_spelled_as_the_specifications_say(self) -> None:
        spelled = [encoding.key((1, 20, 3)) for encoding in self.ENCODINGS]
        assert spelled == ["c/1/20/3", "c.1.20.3", "1/20/3", "1.20.3"]
        assert [encoding.key(()) for encoding in self.ENCODINGS] == ["c", "c", "0", "0"]

    @pytest.mark.parametrize("name", HEALTHY)
    def test_every_stored_file_of_sound_arrays_has_a_place(
        self, name: str, foreign: Foreign
    ) -> None:
        made = foreign(name)
        for path in made.arrays:
            node, folder = array_in(made.path, path), made.path / path
            grid = node.grid(node.object_shape)
            for file in folder.rglob("*"):
                key = file.relative_to(folder).as_posix()
                if file.is_file() and key not in ("zarr.json", ".zarray", ".zattrs"):
                    place = node.key_encoding.place(key)
                    assert place is not None
                    assert all(
                        0 <= at < size
                        for at, size in zip(place, grid or (1,) * len(place), strict=True)
                    )


REASONS = {
    "v2_bad_documents": {
        "truncated": "not valid JSON",
        "a_list": "holds a list, not an object",
        "no_chunks": '"chunks" is None',
        "dtype": "unknown data type '<q9'",
        "attributes": ".zattrs is not valid JSON",
    },
    "v3_bad_documents": {
        "truncated": "not valid JSON",
        "zero_bytes": "is empty",
        "binary": "not UTF-8",
        "a_list": "holds a list, not an object",
        "no_shape": '"shape" is None',
        "negative": "[-4, 6], not a list of whole numbers",
        "format_4": '"zarr_format" is 4',
        "node_type": '\'table\', neither "array" nor "group"',
        "no_codecs": "names no codec",
        "grid": 'chunk grid is "hexagon"',
        "data_type": "unknown data type 'uint12'",
        "extension": "without knowing what 'x' means",
    },
}


class TestBadDocuments:
    @pytest.mark.parametrize("name", REASONS)
    def test_each_has_its_reason(self, name: str, foreign: Foreign) -> None:
        made = foreign(name)
        assert set(made.broken) == set(REASONS[name])
        for path, words in REASONS[name].items():
            documents = {file.name: file.read_bytes() for file in (made.path / path).iterdir()}
            node = parse_node(path, documents)
            assert isinstance(node, Broken)
            assert words in f"{node.reason}: {node.detail}"
            assert len(node.reason) < 160

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"shape": [4, 6, 2]}, "differ in rank: [4, 6, 2], [3, 4]"),
            ({"shape": [4, True]}, "not a list of whole numbers"),
            ({"shape": [4, 6.0]}, "not a list of whole numbers"),
            ({"shape": [4, 2**63]}, "more than can be addressed"),
            ({"shape": [1] * 65}, "more than can be addressed"),
            (
                {"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [3, 0]}}},
                "no length",
            ),
            ({"chunk_key_encoding": {"name": "hilbert"}}, '"hilbert"'),
            (
                {"chunk_key_encoding": {"name": "v2", "configuration": {"separator": 5}}},
                "separated by '5'",
            ),
            ({"storage_transformers": [{"name": "x"}, "y"]}, 'storage transformer "x" and "y"'),
            ({"data_type": "int4"}, "unknown data type 'int4': zarr-python does not have"),
            ({"data_type": "unit8"}, "misspelled"),
            (
                {"chunk_grid": {"name": "rectilinear", "configuration": {}}},
                '"rectilinear"; only "regular" is known: its chunks differ in size',
            ),
            ({"attributes": [1]}, '"attributes" is not an object'),
            ({"codecs": [{"configuration": {}}]}, "name"),
            ({"data_type": {"name": "numpy.datetime64", "configuration": 3}}, "unknown data type"),
        ],
    )
    def test_what_is_impossible_in_v3(self, changes: Any, words: str) -> None:
        node = v3(array_document((4, 6), (3, 4)) | changes)
        assert isinstance(node, Broken)
        assert words in f"{node.reason}: {node.detail}"

    @pytest.mark.parametrize(
        ("raw", "told"),
        [
            (
                b'{"zarr_format": 3,\n "a": [1, 2,]}',
                f"line 2, column {_COMMA}: a comma stands before the",
            ),
            (b'{"a": 1,\n}', "a comma stands before the closing }"),
            (b"{'a': 1}", "line 1, column 2: JSON has no single quotes"),
            (b'{"a": True}', "JSON spells True as true"),
            (b'{"a": nan}', "JSON spells nan as NaN"),
            (b'{"a": -inf}', "JSON spells -inf as -Infinity"),
            (b'{"a": 1, // of cells\n "b": 2}', "JSON has no comments"),
            (b'{"a": 1\n "b": 2}', "line 2, column 2: a comma, or a closing bracket, is missing"),
            (b'{"zarr_format": 3, "attri', "it ends in the middle"),
            (b'{"zarr_format": 3,', "it ends in the middle"),
            (b'{"zarr_format": ', "it ends in the middle"),
            (b'{"a": 1}\n  "c": 3}', "something follows where it should end"),
            (b'{"a": "1,\n "c": 3}', "a double quote is probably missing"),
            (b'{"a": \0\0\0\0', "zero bytes begin here"),
            (bytes(40), "holds zero bytes only"),
            (b"", "is empty: it was cut short"),
            (gzip.compress(b'{"a": 1}', mtime=0), "not UTF-8 text: it is compressed with gzip"),
            (b"<!DOCTYPE html>\n<html>", "is a web page, not the document: check the address"),
            (
                b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 12345\n",
                "is a Git LFS pointer to 12.1 KiB, not the document: fetch the files themselves: "
                "git lfs pull",
            ),
            (b"/annex/objects/SHA256E-s3--abc.json\n", "is a git-annex pointer, not the document"),
        ],
    )
    @pytest.mark.parametrize("name", ["zarr.json", ".zattrs"])
    def test_what_is_no_json_is_named(self, raw: bytes, told: str, name: str) -> None:
        sound = json.dumps({"zarr_format": 2}).encode()
        node = parse_node("a", {name: raw} | ({".zgroup": sound} if name == ".zattrs" else {}))
        assert isinstance(node, Broken)
        assert node.reason.startswith(f"{name} ")
        assert told in f"{node.reason}: {node.detail}"

    def test_a_byte_order_mark_is_tolerated(self) -> None:
        raw = b"\xef\xbb\xbf" + json.dumps(group_document()).encode()
        assert isinstance(parse_node("a", {"zarr.json": raw}), Group)

    def test_v2_separator(self) -> None:
        node = v2(v2_array_document((4, 6), (3, 4), dimension_separator="x"))
        assert isinstance(node, Broken)
        assert "separated by 'x'" in node.reason

    def test_an_extension_that_may_be_ignored(self) -> None:
        document = array_document((4, 6), (3, 4), x={"name": "y", "must_understand": False})
        assert isinstance(v3(document), Array)

    def test_nested_too_deeply(self) -> None:
        deep = b'{"zarr_format": 3, "attributes": ' + b"[" * 10**5
        node = parse_node("a", {"zarr.json": deep})
        assert isinstance(node, Broken)
        assert "nested too deeply" in node.reason

    def test_v3_counts_where_both_stand(self) -> None:
        documents = {
            "zarr.json": json.dumps(group_document()).encode(),
            ".zarray": json.dumps(v2_array_document((2,), (2,))).encode(),
        }
        assert isinstance(parse_node("a", documents), Group)
        assert parse_node("a", {".zattrs": b"{}"}) is None


def test_a_document_on_disk_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "zarr.json").write_text(json.dumps(array_document((2, 3), (2, 3))))
    assert array_in(tmp_path).shape == (2, 3)
