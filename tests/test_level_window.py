"""The window of the coarsest level: exact percentiles, the same for all planes, within bounds."""

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from looking import array, changed, image, image_in, local, request_of

from omezarr_tui.image.contrast import PERCENTILES, window_of
from omezarr_tui.image.level_window import LevelWindow, level_window
from omezarr_tui.image.picture import Painter
from omezarr_tui.image.reader import Block, Reader
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Window
from omezarr_tui.settings import MIB
from omezarr_tui.store.dtypes import dtype_of_v3
from omezarr_tui.store.waiting import Cancelled

Values = np.ndarray[Any, Any]
MODULE = "omezarr_tui.image.level_window"


class Counting(Reader):
    """A reader that notes the regions that are asked for, and what comes of them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(local(folder))
        self.regions: list[tuple[slice, ...]] = []
        self.chunks: list[tuple[int, ...]] = []

    def blocks_of(self, node: Any, regions: Any, *more: Any) -> Iterator[Block]:
        self.regions += regions
        for block in super().blocks_of(node, regions, *more):
            self.chunks.append(block.start)
            yield block


def pyramid(folder: Path, names: str, *levels: Values, chunks: tuple[int, ...]) -> Image:
    """Levels as they are given, in arrays of some chunks."""
    nodes = []
    for number, values in enumerate(levels):
        path, size = f"s{number}", tuple(np.minimum(chunks, values.shape).tolist())
        zarr.create_array(folder / path, data=values, chunks=size, overwrite=True)
        dtype = dtype_of_v3(values.dtype.name, "little")
        nodes.append(array(values.shape, size, path=path, dtype=dtype))
    made = image(names, *(values.shape for values in levels))
    return Image(made.multiscale, tuple(nodes))


def nothing_written(folder: Path, shape: tuple[int, ...], chunks: tuple[int, ...]) -> Image:
    zarr.create_array(folder / "a", shape=shape, chunks=chunks, dtype="uint8")
    return image_in(folder / "a")


def found(folder: Path, made: Image, channel: int = 0) -> LevelWindow:
    window = level_window(Reader(local(folder)), made, channel)
    assert window is not None
    return window


def percentiles(values: Values) -> Window:
    low, high = np.percentile(values.astype(float), PERCENTILES)
    return Window(float(low), float(high))


def noise(shape: tuple[int, ...], high: int = 60000, seed: int = 1) -> Values:
    return np.random.default_rng(seed).integers(0, high, shape).astype("uint16")


class TestValues:
    @given(st.data())
    @settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
    def test_bounds_are_percentiles_of_the_coarsest_level(
        self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
    ) -> None:
        folder = tmp_path_factory.mktemp("any")
        coarse = tuple(data.draw(st.tuples(*[st.integers(1, 9)] * 4)))
        chunks = data.draw(st.tuples(*[st.integers(1, 9)] * 4))
        made = pyramid(
            folder,
            "czyx",
            np.zeros([2 * size for size in coarse], "uint16"),
            values := noise(coarse, seed=data.draw(st.integers(0, 99))),
            chunks=chunks,
        )
        for channel in range(coarse[0]):
            told = found(folder, made, channel)
            grid = [-(-size // step) for size, step in zip(coarse[1:], chunks[1:], strict=True)]
            assert told.is_sample == (math.prod(grid) > 64)
            if told.is_sample:
                assert values[channel].min() <= told.window.start < told.window.end
                assert told.window.end <= values[channel].max() + 1
                continue
            # Where values are nearly all the same there is the whole range, and some width.
            assert told == LevelWindow(window_of(values[channel]), 1, is_sample=False)
            if np.ptp(values[channel]) > 1:
                assert told.window == percentiles(values[channel])

    def test_a_channel_knows_nothing_of_the_others(self, tmp_path: Path) -> None:
        values = noise((3, 4, 20, 30), 100) + np.array([0, 1000, 50000], "uint16").reshape(
            3, 1, 1, 1
        )
        made = pyramid(tmp_path, "czyx", values, chunks=(2, 3, 7, 8))
        for at in range(3):
            assert found(tmp_path, made, at).window == percentiles(values[at])

    def test_numbers_that_are_not_finite_are_left_out(self, tmp_path: Path) -> None:
        values = np.random.default_rng(2).normal(5, 3, (4, 20, 30)).astype("float32")
        values[:, ::3, ::4] = np.nan
        values[:, 1::5, 1] = np.inf
        values[:, 2::5, 2] = -np.inf
        made = pyramid(tmp_path, "zyx", values, chunks=(1, 9, 9))
        assert found(tmp_path, made).window == percentiles(values[np.isfinite(values)])
        only = pyramid(tmp_path, "zyx", np.full((2, 4, 4), np.nan, "float32"), chunks=(1, 4, 4))
        assert found(tmp_path, only).window == Window(0, 1)

    def test_what_was_never_written_is_left_out(self, tmp_path: Path) -> None:
        """The fill value of a sparse image is no measurement, and would be the low end."""
        made = zarr.create_array(tmp_path / "a", shape=(6, 40, 50), chunks=(2, 20, 20), dtype="u2")
        values = noise((2, 20, 20), 500) + 1000
        made[2:4, 20:, 20:40] = values
        told = found(tmp_path / "a", image_in(tmp_path / "a"))
        assert told == LevelWindow(percentiles(values), 0, is_sample=False)

    def test_a_written_zero_counts(self, tmp_path: Path) -> None:
        values = noise((2, 20, 40), 500) + 1000
        values[:, :, 20:] = 0
        made = zarr.create_array(
            tmp_path / "a",
            shape=values.shape,
            chunks=(1, 20, 20),
            dtype="u2",
            config={"write_empty_chunks": True},
        )
        made[:] = values
        assert found(tmp_path / "a", image_in(tmp_path / "a")).window == percentiles(values)

    @pytest.mark.parametrize("fill", [0, 7])
    def test_where_nothing_was_written_the_fill_value_is_all_there_is(
        self, tmp_path: Path, fill: int
    ) -> None:
        zarr.create_array(
            tmp_path / "a", shape=(4, 9, 9), chunks=(1, 5, 5), dtype="u2", fill_value=fill
        )
        told = found(tmp_path / "a", image_in(tmp_path / "a"))
        assert told.window == Window(fill, fill + 1)


class TestPictures:
    def test_all_planes_of_all_axes_have_the_same(self, tmp_path: Path) -> None:
        """Planes compare only if brightness means the same in each."""
        fine = noise((2, 6, 20, 24), 300)
        fine *= np.arange(1, 7, dtype="uint16").reshape(6, 1, 1)  # planes differ in brightness
        coarse = fine[:, :, ::2, ::2].copy()
        made = pyramid(tmp_path, "czyx", fine, coarse, chunks=(1, 2, 7, 7))
        painter = Painter(Reader(local(tmp_path)))
        request = request_of(made, (10, 24))
        for rows, columns in permutations((1, 2, 3), 2):
            turned = replace(request, view=request.view.displaying(rows, columns))
            for axis in turned.view.fixed:
                for place in range(turned.view.extent[axis]):
                    size = turned.view.extent[axis]
                    plane = replace(turned, view=turned.view.at(axis, place, size))
                    picture = painter.paint(replace(plane, level=place % 2))
                    assert picture.window == percentiles(coarse[plane.channel])
                    assert picture.layer.source == "1–99.8 % of level 1"

    def test_what_is_seen_differs_from_plane_to_plane(self, tmp_path: Path) -> None:
        values = noise((3, 20, 24), 300) * np.arange(1, 4, dtype="uint16").reshape(3, 1, 1)
        made = pyramid(tmp_path, "zyx", values, chunks=(1, 7, 7))
        painter = Painter(Reader(local(tmp_path)))
        request = request_of(made, (20, 24), rendering="half", source="seen")
        for z in range(3):
            picture = painter.paint(replace(request, view=request.view.at(0, z, 3)))
            assert picture.window == percentiles(values[z])
            assert picture.layer.source == "1–99.8 % of what is seen"

    def test_of_what_is_seen_too_only_the_written_counts(self, tmp_path: Path) -> None:
        made = zarr.create_array(tmp_path / "a", shape=(20, 40), chunks=(20, 20), dtype="u2")
        values = noise((20, 20), 500) + 1000
        made[:, :20] = values
        painter = Painter(Reader(local(tmp_path / "a")))
        request = request_of(image_in(tmp_path / "a"), (10, 40), rendering="half", source="seen")
        assert painter.paint(request).window == percentiles(values)
        right = replace(request, view=request.view.zoomed(4).panned(0, 9))
        picture = painter.paint(right)
        assert picture.samples.unwritten is not None
        assert picture.samples.unwritten.all()
        assert picture.window == Window(0, 1)

    def test_it_is_read_once(self, tmp_path: Path) -> None:
        made = pyramid(tmp_path, "czyx", noise((2, 3, 9, 9)), chunks=(1, 1, 9, 9))
        reader = Counting(tmp_path)
        painter = Painter(reader)
        request = request_of(made, (9, 18))
        painter.paint(request)
        whole = [r for r in reader.regions if r[1] == slice(0, 1)]
        for z in (0, 1, 2, 1):
            painter.paint(replace(request, view=request.view.at(1, z, 3)))
        assert [r for r in reader.regions if r[1] == slice(0, 1)][len(whole) :] == [
            (slice(0, 1), slice(0, 1), slice(0, 9), slice(0, 9))  # of the plane itself
        ]
        painter.forget()  # something was changed
        before = len(reader.regions)
        painter.paint(request)
        assert len(reader.regions) > before + 1

    def test_a_coarsest_level_that_is_damaged_leaves_what_is_seen(self, tmp_path: Path) -> None:
        fine, coarse = noise((20, 40)), noise((10, 20))
        made = pyramid(tmp_path, "yx", fine, coarse, chunks=(5, 20))
        for chunk in (tmp_path / "s1" / "c").rglob("[0-9]*"):
            if chunk.is_file():
                chunk.write_bytes(b"damage")
        request = request_of(made, (10, 40), rendering="half", level=0)
        picture = Painter(Reader(local(tmp_path))).paint(request)
        assert picture.layer.source == "1–99.8 % of what is seen"
        assert picture.window == percentiles(fine)


class TestBounds:
    @pytest.mark.parametrize("shape", [(1, 1, 64), (1, 64, 1), (2, 4, 8), (1, 1, 9)])
    def test_all_is_looked_at_where_it_is_not_too_much(
        self, tmp_path: Path, shape: tuple[int, ...]
    ) -> None:
        """However long and narrow a plane is."""
        values = noise(shape)
        made = pyramid(tmp_path, "zyx", values, chunks=(1, 1, 1))
        assert found(tmp_path, made) == LevelWindow(percentiles(values), 0, is_sample=False)

    @pytest.mark.parametrize(
        ("shape", "chunks"),
        [
            ((500, 40000, 30000), (1, 1024, 1024)),
            ((40, 9000, 9000), (16, 512, 512)),
            ((3000, 300, 300), (1, 300, 300)),
            ((1, 70000, 200), (1, 100, 200)),
            ((900, 900, 900), (300, 100, 100)),
        ],
    )
    def test_no_more_is_read_than_delays_nobody(
        self, tmp_path: Path, shape: tuple[int, ...], chunks: tuple[int, ...]
    ) -> None:
        made = nothing_written(tmp_path, shape, chunks)
        reader = Counting(tmp_path / "a")
        told = level_window(reader, made, 0)
        assert told is not None
        assert told.is_sample
        assert 0 < len(reader.chunks) * math.prod(chunks) <= 16 * MIB
        assert len(reader.chunks) <= 64
        places = {tuple(part.start for part in region) for region in reader.regions}
        assert len(places) == len(reader.regions) <= 64
        for region in reader.regions:  # whole chunks
            for part, size, step in zip(region, shape, chunks, strict=True):
                assert part.start % step == 0
                assert part.stop % step == 0 or part.stop == size
        # All that the bounds allow, and as many in one half of the longest axis as in the other.
        assert len(reader.chunks) == min(64, 16 * MIB // math.prod(chunks))
        grid = [-(-size // step) for size, step in zip(shape, chunks, strict=True)]
        axis = grid.index(max(grid))
        half = grid[axis] // 2 * chunks[axis]
        first = sum(region[axis].start < half for region in reader.regions)
        assert abs(first - len(reader.regions) * (grid[axis] // 2) / grid[axis]) <= 0.5

    def test_planes_are_taken_at_even_distances(self, tmp_path: Path) -> None:
        values = np.repeat(np.arange(200, dtype="uint16"), 64).reshape(200, 8, 8)
        made = pyramid(tmp_path, "zyx", values, chunks=(1, 8, 8))
        reader = Counting(tmp_path)
        told = level_window(reader, made, 0)
        assert told is not None
        assert told.is_sample
        places = [region[0].start for region in reader.regions]
        assert len(places) == 64
        assert set(np.diff(places)) <= {3, 4}
        assert (places[0], 199 - places[-1]) == (1, 1)
        assert told.window == percentiles(values[places])

    def test_of_a_large_chunk_some_values_at_even_distances(self, tmp_path: Path) -> None:
        values = np.arange(1200 * 1200, dtype="uint32").reshape(1200, 1200)
        made = pyramid(tmp_path, "yx", values, chunks=(1200, 1200))
        told = found(tmp_path, made)
        assert told.is_sample
        exact, width = percentiles(values), values.size
        assert told.window.start == pytest.approx(exact.start, abs=1e-4 * width)
        assert told.window.end == pytest.approx(exact.end, abs=1e-4 * width)
        picture = Painter(Reader(local(tmp_path))).paint(request_of(made))
        assert picture.layer.source == "1–99.8 % of a sample of level 0"

    def test_a_chunk_that_is_too_large_is_not_read_for_it(self, tmp_path: Path) -> None:
        made = nothing_written(tmp_path, (2, 4200, 4200), (1, 4200, 4200))
        reader = Counting(tmp_path / "a")
        assert level_window(reader, made, 0) is None
        assert not reader.regions

    def test_then_it_is_of_what_is_seen(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(f"{MODULE}._MOST_BYTES", 100)
        values = noise((3, 20, 24))
        made = pyramid(tmp_path, "zyx", values, chunks=(1, 20, 24))
        request = changed(request_of(made, (10, 24)), rendering="half")
        picture = Painter(Reader(local(tmp_path))).paint(request)
        assert picture.layer.source == "1–99.8 % of what is seen"
        assert picture.window == percentiles(values[1])

    def test_it_can_be_cancelled(self, tmp_path: Path) -> None:
        made = pyramid(tmp_path, "zyx", noise((3, 20, 24)), chunks=(1, 20, 24))
        with pytest.raises(Cancelled):
            level_window(Reader(local(tmp_path)), made, 0, lambda: True)
