"""Statistics and the chunk map of stores over a network and in zips: how much is asked for."""

import re
import shutil
from pathlib import Path

import numpy as np
import obstore
import pytest
import zarr
from driver import SMALL, Program, opened, text_of
from remote import Start
from servers.buckets import upload
from servers.proxy import Proxy
from servers.requests import Request, most_at_once
from servers.s3 import S3Server

from omezarr_tui.store.access import open_access
from omezarr_tui.store.location import parse_location
from omezarr_tui.tui.readout_workers import ChunksSeen, Measured
from omezarr_tui.tui.screens.chunk_map import ChunkMapScreen
from omezarr_tui.tui.widgets.measures import MeasuresView

SHAPE, CHUNKS = (2, 64, 96), (1, 16, 16)
MISSING = "c/0/2/3"


@pytest.fixture(scope="module")
def grids(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Arrays of two planes of 4 × 6 chunks, of which one lacks a chunk and one has shards."""
    top = tmp_path_factory.mktemp("grids")
    values = np.random.default_rng(2).integers(1, 60000, SHAPE).astype("uint16")
    for name, shards in (("plain", None), ("sharded", (1, 32, 48))):
        array = zarr.create_array(
            top / f"{name}.zarr", shape=SHAPE, chunks=CHUNKS, shards=shards, dtype="uint16"
        )
        array[...] = values
    (top / "plain.zarr" / MISSING).unlink()
    return top


@pytest.fixture(scope="module")
def values(grids: Path) -> np.ndarray:
    return zarr.open_array(grids / "sharded.zarr", mode="r")[...]


@pytest.fixture
def served(s3: S3Server, uploaded: S3Server, grids: Path) -> str:
    upload(s3.bucket("public"), grids, "grids/")
    return "s3://public/grids"


def of_chunks(proxy: Proxy) -> list[Request]:
    return [request for request in proxy.settled() if "/c/" in request.path]


def counts(p: Program) -> dict[str, int]:
    """How many of the chunks in sight are in each state."""
    told = text_of(p.screen.query_one("#chunks-plane")).split("\n")[1]
    pairs = re.findall(r"(\d+) (not known|stored|never written|decodes|fails)", told)
    return {state: int(count) for count, state in pairs}


async def open_map(p: Program) -> None:
    await p.press("3", "number_sign")
    assert isinstance(p.screen, ChunkMapScreen)
    await p.until(lambda: any(told.is_last for told in p.heard(ChunksSeen)))
    await p.settle()


class TestOverANetwork:
    async def test_of_each_chunk_only_its_size_is_asked_for(
        self, proxy: Proxy, start: Start, served: str
    ) -> None:
        async with start(f"{served}/plain.zarr", size=SMALL) as p:
            await p.press("3", "home")
            proxy.forget()
            await open_map(p)
            assert counts(p) == {"stored": 23, "never written": 1}
            asked = of_chunks(proxy)
            assert len(asked) == 24
            assert {request.method for request in asked} == {"HEAD"}
            assert 1 < most_at_once(asked) <= 8
            proxy.forget()
            await p.press_each("down", "right")  # what is known is not asked for again
            assert of_chunks(proxy) == []
            await p.press("d")
            assert counts(p)["decodes"] == 23
            asked = of_chunks(proxy)
            assert len(asked) == 23
            assert not any(request.path.endswith(MISSING) for request in asked)

    async def test_of_each_shard_its_index_is_read_once(
        self, proxy: Proxy, start: Start, served: str
    ) -> None:
        async with start(f"{served}/sharded.zarr", size=SMALL) as p:
            await p.press("3", "home")
            proxy.forget()
            await open_map(p)
            assert counts(p)["stored"] == 24
            asked = of_chunks(proxy)
            assert len(asked) <= 2 * 4
            assert sum(request.nbytes for request in asked) < 4 * 400

    async def test_statistics_read_each_chunk_once_and_none_that_is_kept(
        self, proxy: Proxy, start: Start, served: str, values: np.ndarray
    ) -> None:
        async with start(f"{served}/sharded.zarr") as p:
            await p.press("3", "home")
            proxy.forget()
            await p.press("I")
            assert p.heard(Measured)[-1].found[0].total == int(values[0].sum())
            assert of_chunks(proxy) == []  # the picture has read them
            await p.press("full_stop")
            assert p.heard(Measured)[-1].found[0].total == int(values[1].sum())
            assert len(of_chunks(proxy)) <= 2 * 4

    async def test_a_broken_chunk_is_told_and_the_rest_goes_on(
        self, proxy: Proxy, start: Start, s3: S3Server, served: str
    ) -> None:
        obstore.put(s3.bucket("public"), "grids/plain.zarr/c/1/0/0", b"nonsense")
        async with start(f"{served}/plain.zarr", size=SMALL) as p:
            await p.press("3", "end")
            assert "1 chunk cannot be read" in p.bar
            await open_map(p)
            await p.press("d")
            assert (counts(p)["decodes"], counts(p)["fails"]) == (23, 1)
            await p.press("escape")
            await p.press("I")
            assert "that cannot be read left out" in text_of(p.browse.query_one(MeasuresView))


@pytest.mark.parametrize("name", ["plain", "sharded"])
async def test_in_a_zip_they_are_the_same(
    grids: Path, tmp_path: Path, values: np.ndarray, name: str
) -> None:
    folder = grids / f"{name}.zarr"
    zipped = Path(shutil.make_archive(str(tmp_path / "a.zarr"), "zip", folder))
    access = open_access(parse_location(str(zipped)))
    async with opened(zipped, access=access) as p:
        await p.press("3", "home", "I")
        expected = values[0].copy()
        if name == "plain":
            expected[32:48, 48:64] = 0
        assert p.heard(Measured)[-1].found[0].total == int(expected.sum())
        await p.press("I")
        await open_map(p)
        assert counts(p)["stored"] == (23 if name == "plain" else 24)
        await p.press("d")
        assert counts(p)["decodes"] == (23 if name == "plain" else 24)
        await p.press("up")
        assert " stored, 512 B decoded" in text_of(p.screen.query_one("#chunk"))
