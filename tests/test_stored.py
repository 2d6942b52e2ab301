"""What is stored is counted from keys, files and shard indices: here against counts of its own."""

import json
import math
import shutil
import struct
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import zarr
from foreign import HEALTHY, Foreign
from foreign.made import array_document, v2_array_document, write_json
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import array_in, local
from zarr.codecs import BytesCodec, GzipCodec, ShardingCodec

from omezarr_tui.ome.describe import stored_facts
from omezarr_tui.store import stored as module
from omezarr_tui.store.stored import Stored, measure_stored
from omezarr_tui.store.waiting import Cancelled

pytestmark = pytest.mark.filterwarnings(
    "ignore:Numcodecs codecs are not in the Zarr version 3 specification",
    "ignore:The data type .* does not have a Zarr V3 specification",
)
DOCUMENTS = ("zarr.json", ".zarray", ".zattrs", ".zgroup")
SHARD_FILES = {"even": 8, "oversized": 1, "each": 24, "index_first": 8, "nested": 8, "sparse": 1}


def measured(folder: Path, path: str = "") -> Stored:
    return measure_stored(local(folder), array_in(folder, path))


def chunk_files(folder: Path) -> dict[str, int]:
    """Each file below an array that is no document, with its size."""
    return {
        file.relative_to(folder).as_posix(): file.stat().st_size
        for file in folder.rglob("*")
        if file.is_file() and file.name not in DOCUMENTS
    }


def elements_inside(place: tuple[int, ...], chunks: tuple[int, ...], shape: tuple[int, ...]) -> int:
    """Elements of a chunk that lie in the array, by counting them."""
    return sum(
        all(at < size for at, size in zip(element, shape, strict=True))
        for element in product(
            *(range(p * c, p * c + c) for p, c in zip(place, chunks, strict=True))
        )
    )


class TestEveryFormat:
    @pytest.mark.parametrize("name", [*HEALTHY, "huge_array"])
    def test_keys_bytes_and_chunks(self, name: str, foreign: Foreign) -> None:
        made = foreign(name)
        for path in made.arrays:
            files = chunk_files(made.path / path)
            found, theirs = measured(made.path, path), zarr.open_array(made.path / path, mode="r")
            assert found.objects == len(files)
            assert found.nbytes == sum(files.values())
            assert (found.strays, found.damaged) == ((), ())
            assert found.chunk_count == math.prod(
                math.ceil(n / c) for n, c in zip(theirs.shape, theirs.chunks, strict=True)
            )
            if theirs.shards is None:
                assert found.chunks == found.objects == theirs.nchunks_initialized
                assert found.chunk_count == found.object_count == theirs.nchunks

    def test_ratio_over_what_is_written(self, foreign: Foreign) -> None:
        made = foreign("v2_codecs")
        for path, values in made.arrays.items():
            assert values is not None
            files = chunk_files(made.path / path)
            assert measured(made.path, path).ratio == pytest.approx(
                values.nbytes / sum(files.values())
            )

    def test_ratio_of_chunks_that_stick_out(self, foreign: Foreign) -> None:
        made = foreign("huge_array")
        found, files = measured(made.path, "huge"), chunk_files(made.path / "huge")
        inside = 2 * (2 * 512 * 512) + 2 * (2 * 32 * 452)
        assert (found.chunks, found.chunk_count) == (2, 3 * 250 * 40 * 30)
        assert found.ratio == pytest.approx(inside / sum(files.values()))

    @pytest.mark.parametrize("path", ["text", "text_0d", "never_written", "empty"])
    def test_no_ratio_where_there_is_none(self, path: str, foreign: Foreign) -> None:
        assert measured(foreign("v2_types").path, path).ratio is None

    @pytest.mark.parametrize("name", ["v2_types", "v3_types"])
    def test_scalars(self, name: str, foreign: Foreign) -> None:
        found = measured(foreign(name).path, "int_0d")
        assert (found.chunks, found.chunk_count, found.objects) == (1, 1, 1)
        empty = measured(foreign(name).path, "empty")
        assert (empty.chunks, empty.chunk_count, empty.objects) == (0, 0, 0)


class TestShards:
    @pytest.mark.parametrize(("path", "shards"), SHARD_FILES.items())
    def test_chunks_in_shards(self, path: str, shards: int, foreign: Foreign) -> None:
        """zarr-python counts the places that a shard has, written or not, in the array or not."""
        made = foreign("v3_sharded")
        found, theirs = measured(made.path, path), zarr.open_array(made.path / path, mode="r")
        assert theirs.shards is not None
        expected = 1 if path == "sparse" else theirs.nchunks
        places = math.prod(s // c for s, c in zip(theirs.shards, theirs.chunks, strict=True))
        assert (found.objects, found.chunks) == (shards, expected)
        assert theirs.nchunks_initialized in (expected, shards * places)  # the latter up to 3.4

    def test_shards_of_other_writers(self, foreign: Foreign) -> None:
        for name, path in [("tensorstore_v3_sharded", ""), ("ngff_zarr_05", "scale0/n")]:
            made = foreign(name)
            found = measured(made.path, path)
            assert found.chunks == found.chunk_count
            assert found.objects == found.object_count == len(chunk_files(made.path / path))

    @given(st.data())
    @settings(deadline=None, max_examples=25)
    def test_partly_written_shards(self, data: st.DataObject) -> None:
        rank = data.draw(st.integers(1, 3), "rank")
        sizes = st.lists(st.integers(1, 3), min_size=rank, max_size=rank)
        chunks = tuple(data.draw(sizes, "chunks"))
        shards = tuple(c * n for c, n in zip(chunks, data.draw(sizes, "per shard"), strict=True))
        shape = tuple(data.draw(st.lists(st.integers(1, 9), min_size=rank, max_size=rank), "shape"))
        grid = [range(math.ceil(n / c)) for n, c in zip(shape, chunks, strict=True)]
        written = data.draw(st.sets(st.sampled_from(list(product(*grid))), max_size=5), "written")
        where = data.draw(st.sampled_from(["start", "end"]))
        with TemporaryDirectory() as folder:
            inside = ShardingCodec(
                chunk_shape=chunks, codecs=[BytesCodec(), GzipCodec()], index_location=where
            )
            made = zarr.create_array(
                folder,
                shape=shape,
                chunks=shards,
                dtype="uint16",
                serializer=inside,
                compressors=None,
            )
            for place in written:
                made[tuple(slice(p * c, p * c + c) for p, c in zip(place, chunks, strict=True))] = 7
            files, found = chunk_files(Path(folder)), measured(Path(folder))
        assert found.chunks == len(written)
        owners = {
            tuple(p * c // s for p, c, s in zip(place, chunks, shards, strict=True))
            for place in written
        }
        assert found.objects == len(owners) == len(files)
        assert found.nbytes == sum(files.values())
        elements = sum(elements_inside(place, chunks, shape) for place in written)
        assert found.ratio == (pytest.approx(2 * elements / found.nbytes) if written else None)

    @pytest.mark.parametrize("endian", ["little", "big"])
    @pytest.mark.parametrize("crc", [False, True])
    def test_every_form_of_the_index(self, tmp_path: Path, endian: str, crc: bool) -> None:
        """By hand, as zarr-python writes only one of them: of four chunks one is not written.

        The last one is, though it lies beyond the array.
        """
        bytes_codec = {"name": "bytes", "configuration": {"endian": endian}}
        sharding = {
            "chunk_shape": [2],
            "codecs": [{"name": "bytes"}],
            "index_codecs": [bytes_codec, *([{"name": "crc32c"}] if crc else [])],
        }
        codecs = [{"name": "sharding_indexed", "configuration": sharding}]
        write_json(tmp_path / "zarr.json", array_document((5,), (8,), codecs=codecs))
        never = 2**64 - 1
        mark = "<" if endian == "little" else ">"
        index = struct.pack(f"{mark}8Q", 0, 4, never, never, 4, 4, 4, 4)
        (tmp_path / "c").mkdir()
        (tmp_path / "c" / "0").write_bytes(b"\x01\x02" * 4 + index + b"\0" * (4 * crc))
        found = measured(tmp_path)
        assert (found.chunks, found.chunk_count, found.damaged) == (2, 3, ())
        assert found.ratio == pytest.approx(2 * 3 / found.nbytes)  # the last chunk has one element

    def test_an_index_in_a_form_that_is_not_read(self, tmp_path: Path) -> None:
        sharding = {
            "chunk_shape": [2],
            "codecs": [{"name": "bytes"}],
            "index_codecs": [{"name": "bytes"}, {"name": "gzip", "configuration": {"level": 1}}],
        }
        codecs = [{"name": "sharding_indexed", "configuration": sharding}]
        write_json(tmp_path / "zarr.json", array_document((8,), (8,), codecs=codecs))
        (tmp_path / "c").mkdir()
        (tmp_path / "c" / "0").write_bytes(b"whatever")
        found = measured(tmp_path)
        assert (found.chunks, found.objects, found.nbytes, found.ratio) == (None, 1, 8, None)

    @pytest.mark.parametrize("keep", [0, 10, -5])
    def test_a_damaged_shard_leaves_the_others(self, tmp_path: Path, keep: int) -> None:
        made = zarr.create_array(
            tmp_path / "s", data=np.arange(16, dtype="u2"), chunks=(2,), shards=(8,)
        )
        assert made.shards == (8,)
        shard = tmp_path / "s" / "c" / "1"
        shard.write_bytes(shard.read_bytes()[:keep])
        found = measured(tmp_path / "s")
        assert found.damaged == ("c/1",)
        assert (found.chunks, found.objects, found.nbytes) == (
            4,
            2,
            sum(chunk_files(tmp_path / "s").values()),
        )
        assert found.ratio == pytest.approx(16 / (tmp_path / "s" / "c" / "0").stat().st_size)
        told = stored_facts(array_in(tmp_path / "s"), found)
        assert [fact.value for fact in told if fact.warning] == [
            "1 shard with an index that cannot be right, not counted: c/1"
        ]


class TestStrays:
    @pytest.mark.parametrize("zarr_format", [2, 3])
    def test_keys_that_nobody_would_read(self, tmp_path: Path, zarr_format: Any) -> None:
        zarr.create_array(
            tmp_path / "s", data=np.ones((4, 6), "u2"), chunks=(3, 4), zarr_format=zarr_format
        )
        before = measured(tmp_path / "s")
        strays = {
            2: ["0.00", "2.0", "0.0.0", "0", "notes.txt", "c/0/0", "1/0", "-1.0"],
            3: ["c/0/00", "c/2/0", "c/0/0.tmp", "c/0/1x", "0.0", "c.0.0", "d/0/0", ".DS_Store"],
        }[zarr_format]
        for key in strays:
            file = tmp_path / "s" / key
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"123")
        after = measured(tmp_path / "s")
        assert sorted(after.strays) == sorted(strays)
        assert (after.chunks, after.nbytes, after.ratio) == (
            before.chunks,
            before.nbytes,
            before.ratio,
        )
        told = stored_facts(array_in(tmp_path / "s"), after)
        assert any(f"{len(strays)} keys no chunk" in fact.value for fact in told if fact.warning)

    @pytest.mark.parametrize(
        ("document", "key", "stray"), [(".zarray", "0", "c"), ("zarr.json", "c", "0")]
    )
    def test_of_a_scalar(self, tmp_path: Path, document: str, key: str, stray: str) -> None:
        make = v2_array_document if document == ".zarray" else array_document
        write_json(tmp_path / document, make((), ()))
        for name in (key, stray):
            (tmp_path / name).write_bytes(b"\x01\x00")
        found = measured(tmp_path)
        assert (found.chunks, found.nbytes, found.strays, found.ratio) == (1, 2, (stray,), 1.0)

    def test_nesting_that_is_not_declared(self, foreign: Foreign) -> None:
        found = measured(foreign("v2_undeclared_nesting").path, "nested")
        assert (found.chunks, found.objects) == (0, 0)
        assert sorted(found.strays) == ["0/0", "0/1", "1/0", "1/1"]

    def test_an_array_that_was_made_smaller(self, tmp_path: Path) -> None:
        zarr.create_array(tmp_path / "s", data=np.ones((4, 4), "u1"), chunks=(2, 2))
        document = tmp_path / "s" / "zarr.json"
        document.write_text(json.dumps(json.loads(document.read_text()) | {"shape": [2, 3]}))
        found = measured(tmp_path / "s")
        assert (found.chunks, found.chunk_count) == (2, 2)
        assert sorted(found.strays) == ["c/1/0", "c/1/1"]


class TestLinks:
    def test_chunks_on_another_disk_count(self, tmp_path: Path) -> None:
        zarr.create_array(tmp_path / "s", data=np.arange(12).reshape(3, 4), chunks=(1, 4))
        here = measured(tmp_path / "s")
        shutil.move(tmp_path / "s" / "c", tmp_path / "elsewhere")
        (tmp_path / "s" / "c").symlink_to(tmp_path / "elsewhere")
        assert measured(tmp_path / "s") == here
        assert here.chunks == 3

    def test_a_circle_ends(self, tmp_path: Path) -> None:
        zarr.create_array(tmp_path / "s", data=np.arange(4), chunks=(2,))
        (tmp_path / "s" / "c" / "up").symlink_to("..")
        found = measured(tmp_path / "s")
        assert (found.chunks, found.strays) == (2, ("c/up",))


class TestWhileItRuns:
    def test_progress(self, foreign: Foreign, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "_REPORT_EVERY", -1)
        made = foreign("v2_codecs")
        told: list[tuple[int, int]] = []
        found = measure_stored(
            local(made.path),
            array_in(made.path, "raw"),
            progress=lambda objects, nbytes: told.append((objects, nbytes)),
        )
        assert [objects for objects, _ in told] == list(range(1, found.objects + 1))
        assert told[-1] == (found.objects, found.nbytes)

    def test_it_stops_when_asked(self, foreign: Foreign) -> None:
        made = foreign("v2_codecs")
        answers = iter([False, False, True])
        with pytest.raises(Cancelled):
            measure_stored(
                local(made.path), array_in(made.path, "raw"), cancelled=lambda: next(answers)
            )


def test_facts_in_words(foreign: Foreign) -> None:
    made = foreign("v3_sharded")
    node = array_in(made.path, "sparse")
    found = measured(made.path, "sparse")
    assert [fact.value for fact in stored_facts(node, found)] == [
        "1 of 24 chunks",
        "1 of 8 shards",
        f"{found.nbytes} B",
        f"{2 * 2 * 4 * 5 / found.nbytes:.2f} × over what was written",
    ]
    unwritten = stored_facts(node, measured(foreign("v3_types").path, "never_written"))
    assert unwritten[0].value == "no chunk was ever written, of 1"
