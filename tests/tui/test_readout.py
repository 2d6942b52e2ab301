"""Reading values out of the picture with real keys: pixel, region, statistics, numbers, chunks."""

import re

import numpy as np
import pytest
import zarr
from driver import SMALL, WIDE, opened, text_of

from omezarr_tui.tui.readout_workers import ChunksSeen, Measured, PixelRead
from omezarr_tui.tui.screens.chunk_map import ChunkMapScreen
from omezarr_tui.tui.screens.numbers import NumbersScreen

SHAPE = (3, 40, 50)


@pytest.fixture
def store(tmp_path):
    values = np.random.default_rng(5).integers(0, 60000, SHAPE).astype("uint16")
    array = zarr.create_array(
        tmp_path / "a.zarr", shape=SHAPE, chunks=(1, 20, 25), dtype="uint16", fill_value=0
    )
    array[...] = values
    (tmp_path / "a.zarr/c/2/1/1").unlink()
    (tmp_path / "a.zarr/c/2/0/1").write_bytes(b"nonsense")
    return tmp_path / "a.zarr", values


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_a_region_is_drawn_and_its_statistics_are_those_of_its_pixels(store, size):
    path, values = store
    async with opened(path, size=size) as p:
        await p.press("3", "home")
        await p.press("R")
        await p.press_each("down", "down", "right", "right", "right")
        await p.press("enter")
        region = p.browse.drawn_region
        assert region is not None
        await p.press_each("left")  # it is finished: the cursor takes it along no more
        assert p.browse.drawn_region == region
        await p.press("I")
        await p.until(lambda: any(m.is_whole for m in p.heard(Measured)))
        part = slice(region.top, region.bottom), slice(region.left, region.right)
        found = p.heard(Measured)[-1].found[0]
        assert found.total == int(values[0][part].sum())
        assert str(found.total) in text_of(p.browse.measures)
        assert "exact, level 0" in text_of(p.browse.measures)
        assert str(found.total) in p.browse.statistics_text
        await p.press("full_stop")  # it follows to the next plane
        total = int(values[1][part].sum())
        await p.until(lambda: str(total) in text_of(p.browse.measures))
        await p.press("escape")
        assert p.browse.drawn_region is None
        await p.press("escape")
        assert not p.panel.has_class("-measured")


@pytest.mark.parametrize("size", [WIDE, (100, 30), SMALL])
async def test_all_columns_of_statistics_are_in_sight(tmp_path, size):
    values = np.random.default_rng(5).normal(-500, 300, (40, 50))
    zarr.create_array(tmp_path / "a.zarr", data=values)
    async with opened(tmp_path / "a.zarr", size=size) as p:
        await p.press("3", "I")
        head, told = text_of(p.browse.measures).splitlines()[-2:]
        assert head.split() == ["mean", "std", "min", "max", "sum", "count"]
        cells = told.split()
        assert cells[0] == "values"
        assert [float(cell) for cell in cells[1:-1]] == pytest.approx(
            [values.mean(), values.std(), values.min(), values.max(), values.sum()], rel=1e-3
        )
        assert cells[-1] == "2,000"


async def test_the_cursor_tells_the_exact_value_when_it_rests(store):
    path, values = store
    async with opened(path) as p:
        await p.press("3", "home", "x")
        await p.until(lambda: p.heard(PixelRead))
        read = p.heard(PixelRead)[-1]
        place = tuple(part.start for part in read.wanted.regions[0][1])
        assert read.values[0] == values[place]
        await p.until(lambda: f"value {values[place]}" in p.bar)


async def test_numbers_move_with_arrows_and_planes(store):
    path, values = store
    async with opened(path, size=SMALL) as p:
        await p.press("3", "home", "X")
        shown = p.app.screen
        assert isinstance(shown, NumbersScreen)
        table = shown.query_one("#numbers")
        told = text_of(shown.query_one("#numbers-place"))
        plane, row, column = map(int, re.findall(r"dim_\d (\d+)", told))
        assert plane == 0
        await p.until(lambda: f"[{values[0, row, column]:>5}]" in text_of(table))
        await p.press_each("down", "right", "full_stop")
        await p.until(lambda: f"[{values[1, row + 1, column + 1]:>5}]" in text_of(table))
        await p.press("enter")
        assert p.app.screen is p.browse
        assert p.panel.cursor.places == {1: (row + 1.5) / 40, 2: (column + 1.5) / 50}


async def test_the_chunk_map_tells_of_a_plane_with_a_chunk_that_fails(store):
    path, _ = store
    async with opened(path, size=SMALL) as p:
        await p.press("3", "end")
        assert "1 chunk cannot be read" in p.bar
        await p.press("number_sign")
        shown = p.app.screen
        assert isinstance(shown, ChunkMapScreen)
        await p.until(lambda: any(m.is_last for m in p.heard(ChunksSeen)))
        plane = shown.query_one("#chunks-plane")
        await p.until(lambda: "3 stored" in text_of(plane))
        assert "1 never written" in text_of(plane)
        await p.press("up")
        await p.press("d")
        await p.until(lambda: "1 fails" in text_of(plane))
        assert "2 decodes" in text_of(plane)
        await p.press_each("up", "right")
        assert "Zstd" in text_of(shown.query_one("#chunk"))
        await p.press("escape")
        assert p.app.screen is p.browse
