"""Chunks that are fetched ahead: just those that zarr asks for, each once, and given up at once."""

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st
from layouts import DOCUMENTS, SHAPE, read_region, regions
from looking import values_of
from zarr.codecs import BytesCodec, Crc32cCodec, GzipCodec, ShardingCodec

from omezarr_tui.errors import UserError
from omezarr_tui.image.reader import Reader
from omezarr_tui.store.access import open_access
from omezarr_tui.store.ahead import Ahead
from omezarr_tui.store.arrays import open_array
from omezarr_tui.store.bridge import AccessStore
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location, parse_location
from omezarr_tui.store.node import Array
from omezarr_tui.store.opening import find_node
from omezarr_tui.store.traffic import Traffic
from omezarr_tui.store.waiting import (
    Cancel,
    Cancelled,
    Shared,
    begin,
    gathered,
    given_up_by,
    unless_cancelled,
    wait_for,
)

Asked = tuple[str, int | None, int | None]
SHARD, CHUNK = (2, 6, 8), (1, 3, 4)


def sharding(*index: Any, at: str = "end", inner: Any = ()) -> dict[str, Any]:
    codec = ShardingCodec(
        chunk_shape=CHUNK,
        codecs=[BytesCodec(), *inner],
        index_codecs=index,
        index_location=at,
    )
    return {"chunks": SHARD, "serializer": codec, "compressors": None, "filters": None}


LITTLE, BIG, CHECK = BytesCodec(), BytesCodec(endian="big"), Crc32cCodec()
KINDS: dict[str, dict[str, Any]] = {
    "v2": {"zarr_format": 2, "chunks": (2, 3, 4)},
    "v2, nested": {
        "zarr_format": 2,
        "chunks": (2, 3, 4),
        "chunk_key_encoding": {"name": "v2", "separator": "/"},
    },
    "v3": {"chunks": (2, 3, 4)},
    "v3, other keys": {
        "chunks": (2, 3, 4),
        "chunk_key_encoding": {"name": "default", "separator": "."},
    },
    "sharded": {"chunks": CHUNK, "shards": SHARD},
    "index first": sharding(LITTLE, CHECK, at="start", inner=[GzipCodec()]),
    "big-endian index": sharding(BIG, CHECK),
    "big-endian index first": sharding(BIG, at="start"),
    "no checksum": sharding(LITTLE),
    "large shards": {"chunks": CHUNK, "shards": (8, 12, 16)},
    "one chunk a shard": {"chunks": (2, 3, 4), "shards": (2, 3, 4)},
}
SHARDED = [kind for kind in KINDS if kind[0] != "v"]


class FarAccess(LocalAccess):
    """A folder that is read as if it lay behind a network.

    Attributes
    ----------
    ahead, late
        Key, start and length of each part that was asked for ahead, and when zarr asked.
    fails
        Says of which parts there is no answer but an error.
    hangs
        Says which are never answered.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(Location.local(folder))
        self.traffic = Traffic()
        self.ahead: list[Asked] = []
        self.late: list[Asked] = []
        self.fails: Callable[[Asked], bool] = lambda part: False
        self.hangs: Callable[[Asked], bool] = lambda part: False

    async def _ask(self, parts: Sequence[Asked]) -> None:
        is_ahead = threading.current_thread().name == "requests"
        (self.ahead if is_ahead else self.late).extend(parts)
        if any(map(self.hangs, parts)):
            await unless_cancelled(asyncio.sleep(60))
        if failing := [part for part in parts if self.fails(part)]:
            raise OSError(5, "Input/output error", failing[0][0])

    async def fetch(
        self, key: str, start: int | None = None, length: int | None = None
    ) -> bytes | None:
        await self._ask([(key, start, length)])
        try:
            return await super().fetch(key, start, length) if self.has(key) else None
        except (ValueError, OverflowError) as error:
            raise OSError("no server has so many bytes") from error

    async def fetch_ranges(self, key: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        await self._ask([(key, *part) for part in ranges])
        try:
            return await super().fetch_ranges(key, ranges)
        except (ValueError, OverflowError) as error:
            raise OSError("no server has so many bytes") from error

    @property
    def late_chunks(self) -> list[Asked]:
        """What zarr asked for itself, but for the array's documents."""
        return [part for part in self.late if part[0].rpartition("/")[2] not in DOCUMENTS]


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An array of each kind. Its end along z was never written: chunks and shards are missing."""
    folder = tmp_path_factory.mktemp("ahead")
    for kind, options in KINDS.items():
        array = zarr.create_array(
            folder / kind, shape=SHAPE, dtype="uint16", fill_value=7, **options
        )
        array[:3, :4] = values_of(SHAPE)[:3, :4]
    return {kind: folder / kind for kind in KINDS}


def wanted(region: tuple[slice, ...]) -> np.ndarray[Any, Any]:
    values = np.full(SHAPE, 7, "uint16")
    values[:3, :4] = values_of(SHAPE)[:3, :4]
    return values[region]


def far(folder: Path) -> tuple[FarAccess, Array]:
    access = FarAccess(folder)
    node = find_node(access, "")
    assert isinstance(node, Array)
    return access, node


def cells(node: Array, region: tuple[slice, ...]) -> set[str]:
    """The keys of the stored objects that a region touches."""
    grid = [
        range(part.start // step, -(-part.stop // step))
        for part, step in zip(region, node.object_shape, strict=True)
    ]
    return {node.key_encoding.key((z, y, x)) for z in grid[0] for y in grid[1] for x in grid[2]}


class TestFetched:
    @pytest.mark.parametrize("kind", KINDS)
    @given(region=regions())
    def test_zarr_finds_all_at_hand(
        self, stores: dict[str, Path], kind: str, region: tuple[slice, ...]
    ) -> None:
        access, node = far(stores[kind])
        found = read_region(Reader(access), node, region)
        np.testing.assert_array_equal(found, wanted(region))
        assert len(set(access.ahead)) == len(access.ahead)
        assert access.late_chunks == []
        assert {key for key, _, _ in access.ahead} == cells(node, region)
        if node.shards is None:
            assert all(start is None for _, start, _ in access.ahead)

    @pytest.mark.parametrize("kind", SHARDED)
    @given(several=st.lists(regions(), min_size=2, max_size=4))
    def test_an_index_is_asked_for_once(
        self, stores: dict[str, Path], kind: str, several: list[tuple[slice, ...]]
    ) -> None:
        access, node = far(stores[kind])
        reader = Reader(access)
        for region in several:
            np.testing.assert_array_equal(read_region(reader, node, region), wanted(region))
        assert node.shard_index is not None
        start = -node.shard_index.nbytes if node.shard_index.at_end else 0
        indices = [part for part in access.ahead if part[1:] == (start, node.shard_index.nbytes)]
        assert len(set(indices)) == len(indices)
        assert access.late_chunks == []

    def test_of_a_shard_only_what_is_needed(self, stores: dict[str, Path]) -> None:
        access, node = far(stores["large shards"])
        read_region(Reader(access), node, (slice(0, 1), slice(0, 3), slice(0, 8)))
        (index, *chunks) = access.ahead
        assert node.shard_index is not None
        assert index[1:] == (-node.shard_index.nbytes, node.shard_index.nbytes)
        assert len(chunks) == 2
        assert all(key == index[0] and start is not None for key, start, _ in chunks)

    def test_a_whole_shard_is_one_request(self, stores: dict[str, Path]) -> None:
        access, node = far(stores["sharded"])
        read_region(Reader(access), node, tuple(slice(0, size) for size in SHARD))
        assert access.ahead == [(node.key_encoding.key((0, 0, 0)), None, None)]

    def test_chunks_that_were_never_written_are_not_asked_for(
        self, stores: dict[str, Path]
    ) -> None:
        access, node = far(stores["large shards"])
        read_region(Reader(access), node, (slice(4, 5), slice(6, 7), slice(0, 11)))
        assert len(access.ahead) == 1  # the index says so

    def test_more_than_comes_at_a_time(
        self, stores: dict[str, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("omezarr_tui.image.chunks._WAVE_BYTES", 100)
        monkeypatch.setattr("omezarr_tui.image.chunks._READ_BYTES", 50)
        region = tuple(slice(0, size) for size in SHAPE)
        for kind in KINDS:
            access, node = far(stores[kind])
            np.testing.assert_array_equal(read_region(Reader(access), node, region), wanted(region))
            assert access.late_chunks == []

    def test_indices_are_kept_within_bounds(
        self, stores: dict[str, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("omezarr_tui.store.ahead._INDEX_BYTES", 1)
        access, node = far(stores["sharded"])
        reader = Reader(access)
        for z in range(SHAPE[0]):
            region = (slice(z, z + 1), slice(0, 7), slice(0, 11))
            np.testing.assert_array_equal(read_region(reader, node, region), wanted(region))
        assert access.late_chunks == []


class TestFailures:
    def fetched(self, access: FarAccess, node: Array, places: list[Any]) -> dict[Any, Any]:
        return dict(Ahead(access, node, AccessStore(access)).begin(places).result(10))

    @pytest.mark.parametrize("kind", ["v2", "v3"])
    def test_a_chunk_fails_alone(self, stores: dict[str, Path], kind: str) -> None:
        access, node = far(stores[kind])
        bad = node.key_encoding.key((0, 1, 0))
        access.fails = lambda part: part[0] == bad
        found = self.fetched(access, node, [(0, 0, 0), (0, 1, 0), (0, 0, 1)])
        assert [type(raw) for (key, _, _), raw in sorted(found.items()) if key != bad] == [
            bytes
        ] * 2
        assert isinstance(found[bad, None, None], OSError)
        reader = Reader(access)
        with pytest.raises(UserError, match="cannot be read at"):
            read_region(reader, node, (slice(0, 2), slice(0, 7), slice(0, 4)))
        region = (slice(0, 2), slice(0, 3), slice(0, 11))
        np.testing.assert_array_equal(read_region(reader, node, region), wanted(region))

    @pytest.mark.parametrize("kind", ["sharded", "index first", "big-endian index"])
    def test_a_chunk_of_a_shard_fails_alone(self, stores: dict[str, Path], kind: str) -> None:
        access, node = far(stores[kind])
        places = [(0, 0, 0), (0, 0, 1), (1, 0, 0)]
        parts = [part for part in self.fetched(access, node, places) if part[1] is not None]
        index, bad, *good = sorted(parts, key=lambda part: (part[2] != index_bytes(node), part))
        access.fails = lambda part: part == bad
        found = self.fetched(access, node, places)
        assert isinstance(found[bad], OSError)
        assert len(good) == 2
        assert all(isinstance(found[part], bytes) for part in [index, *good])

    def test_a_shard_fails_alone(self, stores: dict[str, Path]) -> None:
        access, node = far(stores["sharded"])
        bad = node.key_encoding.key((0, 0, 1))
        access.fails = lambda part: part[0] == bad
        reader = Reader(access)
        with pytest.raises(UserError, match=f"cannot be read at {bad}"):
            read_region(reader, node, (slice(0, 1), slice(0, 3), slice(0, 11)))
        region = (slice(0, 1), slice(0, 3), slice(0, 8))
        np.testing.assert_array_equal(read_region(reader, node, region), wanted(region))

    def test_without_a_network_nothing_is_asked_twice(self, stores: dict[str, Path]) -> None:
        access, node = far(stores["sharded"])

        async def lost(key: str, ranges: Any) -> list[bytes]:
            access.ahead.extend((key, *part) for part in ranges)
            raise ConnectionError("no network")

        access.fetch_ranges = lost  # type: ignore[method-assign]
        found = self.fetched(access, node, [(0, 0, 0), (0, 0, 1)])
        assert len([raw for raw in found.values() if isinstance(raw, ConnectionError)]) == 2
        assert len(access.ahead) == 3

    @pytest.mark.parametrize(
        "pair", [(0, 0), (5, 0), (2**63, 10), (2**64 - 2, 2**64 - 2), (10**6, 10), (0, 10**7)]
    )
    @pytest.mark.parametrize("kind", ["no checksum", "big-endian index first"])
    def test_an_index_that_is_damaged(
        self, stores: dict[str, Path], tmp_path: Path, kind: str, pair: tuple[int, int]
    ) -> None:
        """The chunk that it lies about is what it is on a disk, or told; the others are right."""
        folder = shutil.copytree(stores[kind], tmp_path / "s")
        _, node = far(folder)
        assert node.shard_index is not None
        file = folder / node.key_encoding.key((0, 0, 0))
        raw = bytearray(file.read_bytes())
        at = len(raw) - node.shard_index.nbytes if node.shard_index.at_end else 0
        for number in pair:
            raw[at : at + 8] = number.to_bytes(8, node.shard_index.byte_order)
            at += 8
        file.write_bytes(raw)
        access, node = far(folder)
        region = (slice(0, 1), slice(0, 3), slice(4, 8))
        reader = Reader(access)
        np.testing.assert_array_equal(read_region(reader, node, region), wanted(region))
        region = (slice(0, 1), slice(0, 3), slice(0, 8))
        try:
            found = read_region(reader, node, region)
        except UserError:  # a server is asked for what it does not have
            return
        here = LocalAccess(Location.local(folder))
        np.testing.assert_array_equal(found, read_region(Reader(here), node, region))

    @pytest.mark.parametrize("kept", [0, 1, 20, 70])
    @pytest.mark.parametrize("kind", ["sharded", "index first"])
    def test_a_shard_that_is_cut_short(
        self, stores: dict[str, Path], tmp_path: Path, kind: str, kept: int
    ) -> None:
        folder = shutil.copytree(stores[kind], tmp_path / "s")
        access, node = far(folder)
        file = folder / node.key_encoding.key((0, 0, 0))
        file.write_bytes(file.read_bytes()[:kept])
        with pytest.raises(UserError, match="cannot be read at"):
            read_region(Reader(access), node, (slice(0, 1), slice(0, 3), slice(0, 4)))
        region = (slice(0, 1), slice(0, 3), slice(8, 11))
        np.testing.assert_array_equal(read_region(Reader(access), node, region), wanted(region))


def index_bytes(node: Array) -> int:
    assert node.shard_index is not None
    return node.shard_index.nbytes


def given_up(work: Callable[[], object], after: float = 0.1) -> float:
    """Do something until it is given up; the seconds that it took to end then."""
    cancel = Cancel()
    ended: list[float] = []
    told: list[BaseException] = []

    def run() -> None:
        try:
            with given_up_by(cancel):
                work()
        except BaseException as error:
            told.append(error)
        ended.append(time.monotonic())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    time.sleep(after)
    assert not ended
    began = time.monotonic()
    cancel.set()
    thread.join(10)
    assert ended, "it still waits"
    assert isinstance(told[0], Cancelled), told
    return ended[0] - began


class TestGivingUp:
    @pytest.mark.parametrize("kind", ["v2", "v3", "sharded"])
    @pytest.mark.parametrize("what", ["all", "chunks"])
    def test_a_read_that_hangs(self, stores: dict[str, Path], kind: str, what: str) -> None:
        access, node = far(stores[kind])
        access.hangs = lambda part: (
            what == "all" or (part[0] not in DOCUMENTS and part[2] != -(part[1] or 0))
        )
        region = (slice(0, 1), slice(0, 7), slice(0, 11))
        assert given_up(lambda: read_region(Reader(access), node, region)) < 1
        access.hangs = lambda part: False
        np.testing.assert_array_equal(read_region(Reader(access), node, region), wanted(region))

    @pytest.mark.parametrize("kind", ["v3", "sharded"])
    def test_what_zarr_asks_for_itself(self, stores: dict[str, Path], kind: str) -> None:
        access, node = far(stores[kind])
        array = open_array(access, node, AccessStore(access))
        access.hangs = lambda part: True
        assert given_up(lambda: array[0:1, 0:7, 0:11]) < 1

    @pytest.mark.parametrize("wait", ["wait_for", "gathered", "shared"])
    def test_each_way_of_waiting(self, wait: str) -> None:
        async def hang() -> None:
            await unless_cancelled(asyncio.sleep(60))

        ways: dict[str, Callable[[], object]] = {
            "wait_for": lambda: wait_for(hang()),
            "gathered": lambda: gathered([hang() for _ in range(300)]),
            "shared": Shared(hang()).wait,
        }
        assert given_up(ways[wait]) < 1

    def test_given_up_before_it_begins(self) -> None:
        cancel = Cancel()
        cancel.set()
        with pytest.raises(Cancelled), given_up_by(cancel):
            wait_for(unless_cancelled(asyncio.sleep(60)))

    def test_others_go_on(self) -> None:
        async def answer() -> int:
            await unless_cancelled(asyncio.sleep(0.3))
            return 7

        other = begin(answer())
        shared = Shared(answer())
        assert given_up(shared.wait, 0.05) < 0.2
        assert (other.result(5), shared.wait()) == (7, 7)

    def test_an_error_is_no_giving_up(self) -> None:
        async def fail() -> None:
            raise OSError("no")

        with pytest.raises(OSError, match="no"), given_up_by(Cancel()):
            wait_for(unless_cancelled(fail()))

    def test_whether_something_is_awaited(self) -> None:
        cancel = Cancel()
        assert not cancel.is_awaited
        with cancel.calls(lambda: None):
            assert cancel.is_awaited
        assert not cancel.is_awaited

    def test_a_server_that_never_answers(self, silent: str) -> None:
        access = open_access(parse_location(f"{silent}/a.zarr"))
        assert given_up(lambda: access.get("zarr.json"), 0.3) < 1
        assert given_up(lambda: access.documents(["", *map(str, range(300))], None), 0.3) < 1
        assert given_up(lambda: access.entries(""), 0.3) < 1
        assert access.traffic is not None
        zipped = open_access(parse_location(f"{silent}/a.zip"))
        assert given_up(lambda: zipped.get("zarr.json"), 0.3) < 1
        assert given_up(lambda: zipped.entries(""), 0.3) < 1


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=500) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
