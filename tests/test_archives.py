"""Stores inside zips: as those that lie unpacked, whoever wrote the zip, with few reads."""

import asyncio
import shutil
import struct
import subprocess
import threading
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import numpy as np
import pytest
import zarr
from foreign import Foreign
from hypothesis import given
from hypothesis import strategies as st
from layouts import SHAPE, read_region
from looking import values_of
from servers import s3 as s3_server
from servers.s3 import S3Server
from servers.web import WebServer

from omezarr_tui import cli
from omezarr_tui.errors import UserError
from omezarr_tui.image.reader import Reader
from omezarr_tui.store.access import Options, open_access
from omezarr_tui.store.archive import ArchiveAccess
from omezarr_tui.store.hierarchy import walk
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location, parse_location
from omezarr_tui.store.node import Array, Broken, Group, Node
from omezarr_tui.store.opening import find_node, open_root
from omezarr_tui.store.zipped import Archive, _File

KINDS: dict[str, dict[str, Any]] = {
    "v2": {"zarr_format": 2, "chunks": (2, 3, 4)},
    "v3": {"chunks": (2, 3, 4)},
    "v3, sharded": {"chunks": (1, 3, 2), "shards": (2, 3, 4)},
}
WHOLE = tuple(slice(0, size) for size in SHAPE)


class CountingAccess(LocalAccess):
    """A folder, of which each read of a part is kept, by start and length."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Location.local(folder))
        self.parts: list[tuple[int, int]] = []

    def get_range(self, key: str, start: int, length: int) -> bytes:
        self.parts.append((start, length))
        return super().get_range(key, start, length)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def command(*words: str | Path) -> tuple[int, str, str]:
        return int(cli.main([str(word) for word in words])), *capsys.readouterr()

    return command


@pytest.fixture(params=KINDS)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A store with an array in a group."""
    root = zarr.create_group(tmp_path / "s.zarr", zarr_format=2 if request.param == "v2" else 3)
    options = {key: value for key, value in KINDS[request.param].items() if key != "zarr_format"}
    array = root.create_array("g/a", shape=SHAPE, dtype="uint16", fill_value=7, **options)
    array[:4] = values_of(SHAPE)[:4]
    root["g"].attrs["names"] = "Größe"
    return tmp_path / "s.zarr"


def pack(
    folder: Path,
    file: Path,
    below: str = "",
    compression: int = ZIP_DEFLATED,
    folders: bool = False,
    comment: bytes = b"",
) -> Path:
    """Zip a folder as zip programs do."""
    with ZipFile(file, "w", compression) as made:
        for path in sorted(folder.rglob("*")):
            if path.is_file() or folders:
                made.write(path, below + path.relative_to(folder).as_posix())
        made.comment = comment
    return file


def opened(file: Path | str) -> ArchiveAccess:
    access = open_access(parse_location(str(file)))
    assert isinstance(access, ArchiveAccess)
    return access


def nodes(access: Any) -> dict[str, Node]:
    root = open_root(access)
    return {"": root} | {node.path: node for node in walk(access, root)}


def values(access: Any, path: str = "g/a") -> Any:
    node = find_node(access, path)
    assert isinstance(node, Array)
    return read_region(Reader(access), node, WHOLE)


def same(access: Any, folder: Path) -> None:
    """A store holds the nodes, the values and the keys of one that lies in a folder."""
    here = LocalAccess(Location.local(folder))
    assert open_root(access) == open_root(here)
    assert nodes(access) == nodes(here)
    np.testing.assert_array_equal(values(access), values(here))
    keys = dict(here.keys_below(""))
    assert {key for key, _ in access.keys_below("")} == set(keys)
    for key, size in keys.items():
        assert access.size(key) == size
        assert access.get(key) == here.get(key)
        assert access.get_range(key, -5, 3) == here.get_range(key, -5, 3)
        assert access.get_range(key, 1, 10**6) == here.get_range(key, 1, 10**6)


class TestWritten:
    """By whatever program, the store in it is the same."""

    @pytest.mark.parametrize("compression", [ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2])
    @pytest.mark.parametrize("below", ["", "s.zarr/", "Größe 細胞/"])
    @pytest.mark.parametrize("folders", [True, False])
    def test_by_zip(
        self, folder: Path, tmp_path: Path, compression: int, below: str, folders: bool
    ) -> None:
        file = pack(folder, tmp_path / "x.zip", below, compression, folders)
        same(opened(file), folder)
        same(opened(f"{file}/{below}"), folder)

    def test_by_zarr(self, folder: Path, tmp_path: Path) -> None:
        source = zarr.open_group(folder, mode="r")
        store = zarr.storage.ZipStore(tmp_path / "x.zip", mode="w")
        group = zarr.create_group(store, zarr_format=source.metadata.zarr_format)
        array: Any = source["g/a"]
        made = group.create_array(
            "a",
            shape=array.shape,
            chunks=array.chunks,
            dtype=array.dtype,
            shards=array.shards,
            fill_value=7,
        )
        made[:4] = array[:4]
        store.close()
        np.testing.assert_array_equal(values(opened(tmp_path / "x.zip"), "a"), array[...])

    def test_by_info_zip(self, folder: Path, tmp_path: Path) -> None:
        if shutil.which("zip") is None:
            pytest.skip("the program zip is not here")
        subprocess.run(["zip", "-qr", tmp_path / "x.zip", folder.name], cwd=tmp_path, check=True)
        same(opened(tmp_path / "x.zip"), folder)

    def test_by_a_mac(self, folder: Path, tmp_path: Path) -> None:
        file = pack(folder, tmp_path / "x.zip", "s.zarr/", folders=True)
        with ZipFile(file, "a") as made:
            made.writestr("__MACOSX/s.zarr/._zarr.json", b"\0\5\x16\7")
        same(opened(file), folder)

    def test_two_folders_deep(self, folder: Path, tmp_path: Path) -> None:
        file = pack(folder, tmp_path / "x.zip", "a/s.zarr/")
        root = open_root(opened(file))
        assert root == Group("", None)
        assert {"a", "a/s.zarr"} <= set(nodes(opened(file)))
        same(opened(f"{file}/a/s.zarr"), folder)
        np.testing.assert_array_equal(
            values(opened(file), "a/s.zarr/g/a"), values(opened(f"{file}/a/s.zarr"))
        )

    def test_several_stores(self, folder: Path, tmp_path: Path) -> None:
        file = pack(folder, tmp_path / "x.zip", "one.zarr/")
        with ZipFile(file, "a") as made:
            made.writestr("two.zarr/.zgroup", '{"zarr_format": 2}')
            made.writestr("read me.txt", "hello")
        assert {"one.zarr", "two.zarr"} <= set(nodes(opened(file)))

    @pytest.mark.parametrize("name", ["x.ozx", "X.ZIP", "a b#c%20.zip", "s.ome.zarr.zip"])
    def test_names_of_zips(self, folder: Path, tmp_path: Path, name: str) -> None:
        same(opened(pack(folder, tmp_path / name)), folder)

    @pytest.mark.parametrize("comment", [b"made by me", bytes(0xFFFF)], ids=["short", "long"])
    def test_comments(self, folder: Path, tmp_path: Path, comment: bytes) -> None:
        same(opened(pack(folder, tmp_path / "x.zip", comment=comment)), folder)

    def test_something_before_it(self, folder: Path, tmp_path: Path) -> None:
        file = pack(folder, tmp_path / "x.zip")
        file.write_bytes(b"#!/bin/sh\n" * 50 + file.read_bytes())
        same(opened(file), folder)

    def test_zip64(self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for limit in ("ZIP64_LIMIT", "ZIP_FILECOUNT_LIMIT"):
            monkeypatch.setattr(zipfile, limit, 1)
        file = pack(folder, tmp_path / "x.zip")
        monkeypatch.undo()
        assert b"PK\6\6" in file.read_bytes()
        same(opened(file), folder)

    def test_added_fields_are_longer_than_the_list_says(self, tmp_path: Path) -> None:
        file = tmp_path / "x.zip"
        with ZipFile(file, "w") as made:
            for number in range(3):
                info = ZipInfo(f"k{number}")
                info.extra = struct.pack("<HH", 0x9999, 600) + bytes(600)
                made.writestr(info, b"value%d" % number)
        raw = file.read_bytes()
        with ZipFile(file) as made:  # the list without the fields that the entries have
            listed = [info.filename for info in made.infolist()]
            start = made.start_dir
        extra = struct.pack("<HH", 0x9999, 600) + bytes(600)
        head, tail = raw[:start], raw[start:].replace(extra, b"")
        tail = tail.replace(struct.pack("<HH", 2, 604), struct.pack("<HH", 2, 0))
        end = bytearray(tail[-22:])
        end[12:16] = struct.pack("<I", len(tail) - 22)
        file.write_bytes(head + tail[:-22] + bytes(end))
        access = opened(file)
        assert [access.get(name) for name in listed] == [b"value0", b"value1", b"value2"]
        assert access.get_range("k2", 5, 1) == b"2"

    def test_names_in_old_encodings(self, tmp_path: Path) -> None:
        with ZipFile(tmp_path / "x.zip", "w") as made:
            made.writestr("zarr.json", '{"zarr_format": 3, "node_type": "group"}')
            made.writestr("AA/zarr.json", '{"zarr_format": 3, "node_type": "group"}')
        file = tmp_path / "x.zip"
        file.write_bytes(file.read_bytes().replace(b"AA/", b"\x84\x81/"))  # äü of cp437
        assert [node.name for node in walk(opened(file), open_root(opened(file)))][-1] == "äü"

    def test_a_folder_in_a_folder_of_the_same_name(self, tmp_path: Path) -> None:
        root = zarr.create_group(tmp_path / "a")
        root.create_group("a/b", attributes={"deep": 1})
        file = pack(tmp_path / "a", tmp_path / "x.zip", "a/")
        assert set(nodes(opened(file))) == {"", "a", "a/b"}
        assert nodes(opened(file))[""].attributes == {}  # type: ignore[union-attr]
        assert find_node(opened(f"{file}/a"), "b").attributes == {"deep": 1}  # type: ignore[union-attr]

    def test_duplicates(self, tmp_path: Path) -> None:
        with warnings.catch_warnings(action="ignore"), ZipFile(tmp_path / "x.zip", "w") as made:
            made.writestr("k", "old")
            made.writestr("k", "new")
        assert opened(tmp_path / "x.zip").get("k") == b"new"


class TestCommands:
    @pytest.mark.parametrize(
        "name", ["ome_zarr_py_04", "ome_zarr_py_05", "v2_nested", "v3_names", "v3_sharded"]
    )
    def test_the_same_is_told(
        self, run: Callable[..., Any], foreign: Foreign, tmp_path: Path, name: str
    ) -> None:
        made = foreign(name)
        file = pack(made.path, tmp_path / f"{made.path.name}.zip", f"{made.path.name}/")
        for command in ("tree", "info"):
            for more in ([], ["--json"]):
                wanted = run(command, made.path, *more)
                found = run(command, file, *more)
                assert found[0] == wanted[0]
                texts = [
                    text.replace(str(file), "HERE")
                    .replace(str(made.path), "HERE")
                    .replace(f"{made.path.name}.zip", made.path.name)
                    .replace("zip on local disk", "local disk")
                    for text in (found[1], wanted[1])
                ]
                if command == "tree":
                    assert texts[0] == texts[1]
        for path in list(made.arrays)[:3]:
            assert run("show", file, path, "--size", "20x6") == run(
                "show", made.path, path, "--size", "20x6"
            )

    def test_nothing_is_written(self, folder: Path, tmp_path: Path) -> None:
        access = opened(pack(folder, tmp_path / "x.zip"))
        assert access.why_read_only() == "a zip cannot be changed in place"
        with pytest.raises(UserError, match="was not changed"):
            access.put("zarr.json", b"{}")
        access.remove_folder("g")
        same(access, folder)


class TestDamaged:
    def told(self, file: Path) -> UserError:
        with pytest.raises(UserError) as told:
            opened(file)
        return told.value

    @pytest.mark.parametrize(
        ("raw", "words"),
        [
            (b"", "an empty file"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n", "LFS"),
            (b"\x89HDF\r\n\x1a\n" + bytes(100), "HDF5"),
            (b"<html>sorry</html>", "x.zip"),
            (bytes(5000), "named like"),
        ],
        ids=["empty", "pointer", "HDF5", "page", "zeros"],
    )
    def test_no_zip(self, tmp_path: Path, raw: bytes, words: str) -> None:
        (tmp_path / "x.zip").write_bytes(raw)
        assert words in str(self.told(tmp_path / "x.zip"))

    def test_truncated(self, folder: Path, tmp_path: Path) -> None:
        file = pack(folder, tmp_path / "x.zip")
        raw = file.read_bytes()
        for kept in (10, 100, len(raw) // 2, len(raw) - 40, len(raw) - 5):
            file.write_bytes(raw[:kept])
            assert "damaged, or was cut short" in self.told(file).why

    def test_the_list_alone(self, folder: Path, tmp_path: Path) -> None:
        """What is left where the first half was not copied."""
        file = pack(folder, tmp_path / "x.zip")
        with ZipFile(file) as made:
            start = made.start_dir
        file.write_bytes(bytes(start) + file.read_bytes()[start:])
        access = opened(file)
        root = open_root_or_error(access)
        assert isinstance(root, Broken | UserError)
        assert "the zip is damaged" in str(root)

    @pytest.mark.parametrize("compression", [ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2])
    def test_a_damaged_chunk_fails_alone(
        self, folder: Path, tmp_path: Path, compression: int
    ) -> None:
        file = pack(folder, tmp_path / "x.zip", compression=compression)
        with ZipFile(file) as made:
            infos = [i for i in made.infolist() if i.filename.rpartition("/")[2][0].isdigit()]
        raw = bytearray(file.read_bytes())
        info = infos[0]
        middle = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
        raw[middle] ^= 0xFF
        file.write_bytes(raw)
        access = opened(file)
        with pytest.raises(OSError, match="the zip is damaged"):
            access.get(info.filename)
        for other in infos[1:]:
            assert access.get(other.filename) == (folder / other.filename).read_bytes()
        assert set(nodes(access)) == {"", "g", "g/a"}

    def test_encrypted(self, tmp_path: Path) -> None:
        file = tmp_path / "x.zip"
        with ZipFile(file, "w") as made:
            made.writestr("zarr.json", '{"zarr_format": 3, "node_type": "group"}')
        raw = bytearray(file.read_bytes())
        for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            raw[raw.index(mark) + flags] |= 1
        file.write_bytes(raw)
        assert "encrypted" in str(open_root_or_error(opened(file)))
        with pytest.raises(OSError, match="encrypted"):
            opened(file).get_range("zarr.json", 0, 4)

    def test_unknown_compression(self, tmp_path: Path) -> None:
        with ZipFile(tmp_path / "x.zip", "w", ZIP_LZMA) as made:
            made.writestr("zarr.json", '{"zarr_format": 3, "node_type": "group"}')
        assert "compression 14 is not known" in str(open_root_or_error(opened(tmp_path / "x.zip")))

    def test_a_bomb(self, tmp_path: Path) -> None:
        """More comes out of an entry than its list says: it is not unpacked any further."""
        file = tmp_path / "x.zip"
        with ZipFile(file, "w", ZIP_DEFLATED) as made:
            made.writestr("k", bytes(10**7))
        raw = bytearray(file.read_bytes())
        at = raw.index(b"PK\1\2")
        for size in (0, 5):
            raw[at + 24 : at + 28] = struct.pack("<I", size)
            file.write_bytes(raw)
            access = opened(file)
            tracemalloc.start()
            with pytest.raises(OSError, match="damaged"):
                access.get("k")
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert most < 10**6

    @given(st.data())
    def test_any_damage(self, tmp_path_factory: Any, data: st.DataObject) -> None:
        file = tmp_path_factory.getbasetemp() / "damaged.zip"
        with ZipFile(file, "w", data.draw(st.sampled_from([ZIP_STORED, ZIP_DEFLATED]))) as made:
            made.writestr("zarr.json", '{"zarr_format": 3, "node_type": "group"}')
            made.writestr("a/zarr.json", "{}")
        raw = bytearray(file.read_bytes())
        for at in data.draw(st.lists(st.integers(0, len(raw) - 1), min_size=1, max_size=4)):
            raw[at] = data.draw(st.integers(0, 255))
        file.write_bytes(raw)
        try:
            access = opened(file)
            keys = [key for key, _ in access.keys_below("")]
        except UserError:
            return
        for key in keys:
            try:
                access.get(key)
                access.get_range(key, 0, 3)
            except (OSError, UserError):
                continue

    def test_an_entry_without_a_name(self, tmp_path: Path) -> None:
        file = tmp_path / "x.zip"
        with ZipFile(file, "w") as made:
            made.writestr("zarr.json", '{"zarr_format": 3, "node_type": "group"}')
            made.writestr("named", "nobody knows of what")
        # A name ends where a NUL stands: here before it begins.
        file.write_bytes(file.read_bytes().replace(b"named", b"\0amed"))
        assert [key for key, _ in opened(file).keys_below("")] == ["zarr.json"]

    def test_paths_that_lead_out(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("secret")
        with ZipFile(tmp_path / "x.zip", "w") as made:
            made.writestr("../secret", "other")
            made.writestr("zarr.json", '{"zarr_format": 3, "node_type": "group"}')
        access = opened(tmp_path / "x.zip")
        for key in ("../secret", "/secret", "a/../../secret"):
            with pytest.raises(UserError, match="leads out"):
                access.get(key)


def open_root_or_error(access: Any) -> Any:
    """What there is in place of a root that is damaged."""
    try:
        return open_root(access)
    except UserError as error:
        return error


class TestReads:
    def counted(self, file: Path) -> tuple[ArchiveAccess, CountingAccess]:
        below = CountingAccess(file.parent)
        return ArchiveAccess(parse_location(str(file)), Archive(below, file.name)), below

    def test_the_list_is_read_once(self, folder: Path, tmp_path: Path) -> None:
        access, below = self.counted(pack(folder, tmp_path / "x.zip"))
        access.entries("")
        assert len(below.parts) == 1
        documents = len([key for key in folder.rglob("*") if key.name[:2] in ("za", ".z")])
        nodes(access)
        assert len(below.parts) <= 1 + 2 * documents  # the root is looked at before the walk
        below.parts.clear()
        access.at(access.location.below("g")).entries("")
        assert below.parts == []
        access.forget()
        access.entries("")
        assert len(below.parts) == 1

    @pytest.mark.parametrize("name", ["v2", "v3"])
    def test_a_chunk_is_one_read(self, tmp_path: Path, name: str) -> None:
        array = zarr.create_array(tmp_path / name, shape=SHAPE, dtype="uint16", **KINDS[name])
        array[...] = values_of(SHAPE)
        access, below = self.counted(pack(tmp_path / name, tmp_path / "x.zip"))
        node = find_node(access, "")
        assert isinstance(node, Array)
        below.parts.clear()
        read_region(Reader(access), node, (slice(0, 2), slice(0, 7), slice(0, 11)))
        documents = len([path for path in (tmp_path / name).iterdir() if path.name[0] in ".z"])
        assert 9 <= len(below.parts) <= 9 + documents

    def test_of_a_stored_shard_only_what_is_needed(self, tmp_path: Path) -> None:
        chunk = 32 * 32 * 2
        root = zarr.create_group(tmp_path / "s.zarr")
        array = root.create_array(
            "a",
            shape=(256, 256),
            shards=(256, 256),
            chunks=(32, 32),
            dtype="uint16",
            compressors=None,
        )
        array[...] = 1
        access, below = self.counted(pack(tmp_path / "s.zarr", tmp_path / "x.zip", "", ZIP_STORED))
        node = find_node(access, "a")
        assert isinstance(node, Array)
        below.parts.clear()
        read_region(Reader(access), node, (slice(0, 32), slice(0, 64)))
        asked = sum(length for _, length in below.parts)
        assert asked < 2 * chunk + 64 * 16 + 4 + 4096
        assert len(below.parts) <= 6

    def test_a_deflated_shard_is_unpacked_once_for_many_chunks(self, tmp_path: Path) -> None:
        with ZipFile(tmp_path / "x.zip", "w", ZIP_DEFLATED) as made:
            made.writestr("k", bytes(range(200)))
        access, below = self.counted(tmp_path / "x.zip")
        access.entries("")
        below.parts.clear()
        found = asyncio.run(access.fetch_ranges("k", [(0, 2), (10, 3), (198, 9), (400, 1)]))
        assert found == [b"\0\1", b"\n\x0b\x0c", b"\xc6\xc7", b""]
        assert len(below.parts) == 1

    def test_many_keys(self, tmp_path: Path) -> None:
        """A list that is longer than what is read first comes with one more read."""
        with ZipFile(tmp_path / "x.zip", "w") as made:
            for number in range(10_000):
                made.writestr(f"c/{number}", b"")
        access, below = self.counted(tmp_path / "x.zip")
        assert len(access.entries("c")) == 10_000
        assert len(below.parts) <= 3

    @given(st.data())
    def test_a_key_is_read_like_a_file(self, tmp_path_factory: Any, data: st.DataObject) -> None:
        folder = tmp_path_factory.getbasetemp() / "like-a-file"
        folder.mkdir(exist_ok=True)
        size = data.draw(st.sampled_from([0, 1, 262143, 262144, 262145, 700_000]))
        raw = bytes(i * 7 % 251 for i in range(1000)) * 701
        (folder / "k").write_bytes(raw[:size])
        file = _File(LocalAccess(Location.local(folder)), "k")
        with (folder / "k").open("rb") as wanted:
            for _ in range(5):
                at = data.draw(st.integers(0, size + 3))
                length = data.draw(st.integers(-1, 400_000))
                assert file.seek(at) == wanted.seek(at)
                assert file.read(length) == wanted.read(length)
                assert file.tell() == min(wanted.tell(), max(size, at))
            assert file.seek(0, 2) == wanted.seek(0, 2)


class TestThreads:
    def test_the_list_is_read_once_for_all(self, folder: Path, tmp_path: Path) -> None:
        file = pack(folder, tmp_path / "x.zip")
        below = CountingAccess(tmp_path)
        access = ArchiveAccess(parse_location(str(file)), Archive(below, file.name))
        threads = [threading.Thread(target=access.entries, args=("",)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert len(below.parts) == 1


class TestRemote:
    @pytest.mark.parametrize("way", ["plain", "listing", "page"])
    @pytest.mark.parametrize("compression", [ZIP_STORED, ZIP_DEFLATED])
    def test_web(
        self, web: WebServer, folder: Path, tmp_path: Path, way: str, compression: int
    ) -> None:
        served = web.folder / tmp_path.name
        served.mkdir()
        pack(folder, served / "a b#.zip", "s.zarr/", compression)
        url = f"{getattr(web, way)}/{tmp_path.name}/a%20b%23.zip"
        access = open_access(parse_location(url))
        same(access, folder)
        same(open_access(parse_location(f"{url}/s.zarr")), folder)

    def test_few_requests(self, web: WebServer, folder: Path, tmp_path: Path) -> None:
        (web.folder / tmp_path.name).mkdir()
        pack(folder, web.folder / tmp_path.name / "x.zip")
        access = open_access(parse_location(f"{web.plain}/{tmp_path.name}/x.zip"))
        assert access.traffic is not None
        access.entries("")
        assert access.traffic.requests == 1
        node = find_node(access, "g/a")
        assert isinstance(node, Array)
        before = access.traffic.requests
        read_region(Reader(access), node, (slice(0, 2), slice(0, 3), slice(0, 4)))
        documents = 2 if node.zarr_format == 2 else 1
        assert access.traffic.requests - before <= documents + (1 if node.shards is None else 3)

    def test_read_while_it_is_reloaded(self, web: WebServer, folder: Path, tmp_path: Path) -> None:
        """A read does not wait, in the loop that serves it, for the list to be read there."""
        (web.folder / tmp_path.name).mkdir()
        pack(folder, web.folder / tmp_path.name / "x.zip")
        access = open_access(parse_location(f"{web.plain}/{tmp_path.name}/x.zip"))
        name = "g/a/zarr.json" if access.has("g/a/zarr.json") else "g/a/.zarray"
        access.forget()
        found: list[bytes | None] = []
        reading = threading.Thread(target=lambda: found.append(access.get(name)), daemon=True)
        reading.start()
        reading.join(10)
        assert found == [(folder / name).read_bytes()]

    def test_a_server_that_sends_whole_files_only(
        self, web: WebServer, folder: Path, tmp_path: Path
    ) -> None:
        (web.folder / tmp_path.name).mkdir()
        pack(folder, web.folder / tmp_path.name / "x.zip")
        with pytest.raises(UserError) as told:
            open_root(open_access(parse_location(f"{web.whole}/{tmp_path.name}/x.zip")))
        assert "download the zip and open it here" in told.value.why

    @pytest.mark.parametrize("way", ["plain", "listing", "page", "forbidding"])
    def test_nothing_there(self, web: WebServer, way: str) -> None:
        with pytest.raises(UserError) as told:
            open_root(open_access(parse_location(f"{getattr(web, way)}/missing.zip")))
        assert "missing.zip" in told.value.what

    def test_s3(self, s3: S3Server, folder: Path, tmp_path: Path) -> None:
        import obstore

        file = pack(folder, tmp_path / "x.zip", "s.zarr/", ZIP_STORED)
        bucket = s3.bucket(s3_server.PUBLIC)
        obstore.put(bucket, f"{tmp_path.name}/x.zip", file.read_bytes())
        url = f"s3://{s3_server.PUBLIC}/{tmp_path.name}/x.zip"
        for text in (url, f"{url}/s.zarr"):
            location = parse_location(text).with_endpoint(s3.endpoint)
            same(open_access(location, Options(anonymous=True)), folder)
        missing = parse_location(f"{url}x.zip").with_endpoint(s3.endpoint)
        with pytest.raises(UserError):
            open_root(open_access(missing))
