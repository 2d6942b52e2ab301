"""Windows of images of which nearly all is one value, and of samples that are spread over all."""

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import changed, image_in, local, request_of, view_of

from omezarr_tui.image.contrast import PERCENTILES, intensities, percentiles_of, window_of
from omezarr_tui.image.level_window import level_window
from omezarr_tui.image.picture import Painter, Picture
from omezarr_tui.image.reader import Reader
from omezarr_tui.ome.model import Window
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.traffic import Traffic

Values = np.ndarray[Any, Any]


class Far(LocalAccess):
    """A folder that is read as if it lay behind a network; `together` were asked for at once."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Location.local(folder))
        self.traffic = Traffic()
        self.together = 0

    async def fetch(
        self, key: str, start: int | None = None, length: int | None = None
    ) -> bytes | None:
        assert self.traffic is not None
        with self.traffic.request():
            await asyncio.sleep(0)  # the others begin
            self.together = max(self.together, self.traffic.waiting()[0])
            return await super().fetch(key, start, length) if self.has(key) else None

    async def fetch_ranges(self, key: str, ranges: Any) -> list[bytes]:
        assert self.traffic is not None
        with self.traffic.request():
            return await super().fetch_ranges(key, ranges)


def percentiles(values: Values) -> Window:
    low, high = np.percentile(values.astype(float), PERCENTILES)
    return Window(float(low), float(high))


def spots(background: float = 100, dtype: str = "uint16") -> Values:
    """A background, 40 spots and a brighter one."""
    values = np.full((200, 300), background, dtype)
    values.flat[500:52500:1300] = 30100
    values[150, 151] = 60100
    return values


def stored(folder: Path, values: Values, **options: Any) -> Path:
    zarr.create_array(folder, data=values, **options)
    return folder


def painted(folder: Path, **changes: Any) -> Picture:
    request = request_of(image_in(folder), (20, 40), rendering="half")
    return Painter(Reader(local(folder))).paint(changed(request, **changes))


class TestOneValue:
    def test_spots_on_a_background_differ(self) -> None:
        found = percentiles_of(spots())
        assert (found.background, found.count) == (100, 41)
        assert found.window.start == 100
        assert 45000 < found.window.end <= 60100
        grey = np.unique(intensities(spots(), found.window))
        assert grey.tolist() == pytest.approx([0, 30000 / (found.window.end - 100), 1])

    def test_one_hot_pixel_among_many_spots_is_cut_off(self) -> None:
        values = np.zeros((1000, 1000))
        values[::10, ::10] = np.arange(10000).reshape(100, 100) % 400 + 1
        values[3, 4] = 1e9
        assert window_of(values).end <= 400

    def test_dark_things_on_a_bright_background(self) -> None:
        found = percentiles_of(65535 - spots())
        assert found.background == 65435
        assert found.window.end == 65435
        assert 5435 <= found.window.start < 20000

    def test_both_darker_and_brighter(self) -> None:
        values = np.full(10000, 50.0)
        values[:20], values[20:40] = 10, 90
        assert percentiles_of(values).window == Window(10, 90)

    @pytest.mark.parametrize("share", [0.0001, 0.004, 0.08, 0.3, 0.9, 0.999])
    def test_masks_of_two_values(self, share: float) -> None:
        values = np.zeros(100_000, "uint8")
        values[: round(share * values.size)] = 255
        assert window_of(values) == Window(0, 255)

    @pytest.mark.parametrize("share", [0.001, 0.01, 0.05, 0.5])
    def test_numbered_things_all_fit(self, share: float) -> None:
        values = np.zeros(100_000, "uint16")
        some = round(share * values.size)
        values[:some] = 1 + np.arange(some) * 50 // some
        assert window_of(values).start == 0
        assert 49 <= window_of(values).end <= 50

    @pytest.mark.parametrize("value", [0, 7, 65535])
    def test_a_constant_has_no_rest(self, value: int) -> None:
        found = percentiles_of(np.full((30, 30), value, "uint16"))
        assert (found.window, found.background) == (Window(value, value + 1), None)
        assert found.count == 0

    def test_whole_numbers_that_doubles_do_not_hold(self) -> None:
        values = np.full(10000, 2**60 + 1, "int64")
        values[:50] += 1 + np.arange(50)
        found = percentiles_of(values)
        assert (found.background, found.count) == (2**60 + 1, 50)
        assert found.window == Window(2**60 + 1, 2**60 + 51)

    @pytest.mark.parametrize("width", [1000, 999])
    def test_a_thin_line_is_no_background(self, width: int) -> None:
        values = np.full((1000, width), 50.0)
        values[:, 0], values[::9, 1] = 90, 10
        found = percentiles_of(values)
        assert (found.window, found.background) == (Window(10, 90), 50)

    def test_means_a_rounding_apart_are_one_value(self) -> None:
        values = np.full(1000, 0.3)
        values[::2] = 0.1 + 0.2
        values[7] = 5
        found = percentiles_of(values)
        assert found.count == 1
        assert found.window.start == pytest.approx(0.3)
        assert found.window.end == 5

    @given(st.integers(0, 99), st.floats(0, 0.85), st.sampled_from(["uint8", "int16", "float32"]))
    @settings(deadline=None, max_examples=40)
    def test_of_all_others_it_is_just_percentiles(
        self, seed: int, padding: float, dtype: str
    ) -> None:
        """Also where much is one value, as around a turned stack, and with a hot pixel."""
        rng = np.random.default_rng(seed)
        values = rng.normal(100, 9, 3000).clip(0, 127).astype(dtype)
        values[: round(padding * values.size)] = 0
        values[-1] = 120
        found = percentiles_of(values)
        assert (found.window, found.background) == (percentiles(values), None)
        assert found.count == values.size

    @given(st.integers(1, 400), st.integers(-500, 500), st.integers(0, 99))
    @settings(deadline=None, max_examples=60)
    def test_what_is_to_see_lies_in_it(self, count: int, background: int, seed: int) -> None:
        """But for its own percentiles."""
        values = np.full(10_000, background)
        values[:count] = np.random.default_rng(seed).integers(-1000, 1000, count)
        rest = values[values != background]
        window = window_of(values)
        assert window.start <= background <= window.end
        outside = (rest < window.start) | (rest > window.end)
        assert outside.sum() <= 2 + 0.012 * rest.size


class TestWords:
    def test_a_background_is_told(self, tmp_path: Path) -> None:
        picture = painted(stored(tmp_path / "a", spots(), chunks=(200, 300)))
        assert picture.layer.source == "100 and 1–99.8 % of the rest of level 0"
        assert picture.window == window_of(spots())
        seen = painted(tmp_path / "a", source="seen", maximum=True)
        assert seen.layer.source == "100 and 1–99.8 % of the rest of what is seen"

    def test_a_sample_of_hardly_anything_tells_nothing(self, tmp_path: Path) -> None:
        """What a few chunks have of a few spots is chance, so what is seen says it."""
        values = np.full((40, 60, 90), 100, "uint16")
        values[20, 10::20, 10::20] = 30100
        values[20, 30, 50] = 60100
        folder = stored(tmp_path / "a", values, chunks=(1, 10, 10))
        told = level_window(Reader(local(folder)), image_in(folder), 0)
        assert told is not None
        assert told.is_sample
        assert told.is_chance
        for maximum in (False, True):
            view = view_of(image_in(folder)).at(0, 20, 40)
            picture = painted(folder, maximum=maximum, view=view)
            assert picture.layer.source == "100 and 1–99.8 % of the rest of what is seen"
            grey = intensities(picture.samples.values, picture.window)
            bright = grey[grey > 0.001]
            assert 0 < bright.size < grey.size / 8
            assert bright.min() < 0.6 < bright.max()

    def test_nothing_written_where_it_was_looked(self, tmp_path: Path) -> None:
        made = zarr.create_array(tmp_path / "a", shape=(400, 90), chunks=(10, 10), dtype="uint16")
        made[390:, 80:] = np.arange(100).reshape(10, 10)
        picture = painted(tmp_path / "a")
        assert picture.layer.source.endswith("of what is seen")
        assert picture.window.end > 50


class TestMaxima:
    """Of many pixels: in plain noise all of them are above nearly every single one."""

    @pytest.mark.parametrize("changes", [{"projection": "maximum"}, {"maximum": True}])
    def test_not_all_is_white(self, tmp_path: Path, changes: dict[str, Any]) -> None:
        noise = np.random.default_rng(4).normal(1000, 50, (4, 800, 1600)).astype("uint16")
        turned = noise.reshape(800, 80, 80) if "projection" in changes else noise
        folder = stored(tmp_path / "a", turned, chunks=turned.shape)
        picture = painted(folder, **changes)
        assert picture.layer.source == "1–99.8 % of what is seen"
        grey = intensities(picture.samples.values, picture.window)
        assert (grey == 1).mean() < 0.02
        plane = painted(folder)
        assert plane.layer.source == "1–99.8 % of a sample of level 0"
        assert np.median(picture.samples.values) > plane.window.end

    def test_where_few_are_white_planes_still_compare(self, tmp_path: Path) -> None:
        values = np.random.default_rng(5).normal(1000, 50, (6, 40, 80)).astype("uint16")
        folder = stored(tmp_path / "a", values, chunks=values.shape)
        for changes in ({"projection": "maximum"}, {"maximum": True}):
            picture = painted(folder, **changes)
            assert picture.layer.source == "1–99.8 % of level 0"
            assert picture.window == percentiles(values)


class TestSpread:
    @pytest.mark.parametrize("columns", [1, 2, 3])
    def test_a_long_table(self, tmp_path: Path, columns: int) -> None:
        """Of values that grow all the way, and of which one column is far above the others."""
        rows = 200_000
        values = np.arange(rows * columns, dtype="int32").reshape(rows, columns)
        values[:, -1] += 10**8 * (columns > 1)
        folder = stored(tmp_path / "a", values, chunks=(2000, columns))
        told = level_window(Reader(local(folder)), image_in(folder), 0)
        assert told is not None
        assert told.is_sample
        exact = percentiles(values)
        assert told.window.start == pytest.approx(exact.start, abs=0.02 * rows * columns)
        assert told.window.end == pytest.approx(exact.end, abs=0.02 * rows * columns)
        assert not told.is_chance

    @pytest.mark.parametrize("axis", [0, 1, 2])
    def test_a_ramp_along_each_axis(self, tmp_path: Path, axis: int) -> None:
        shape = (60, 120, 120)
        ramp = np.arange(shape[axis], dtype="uint16").reshape(np.roll([-1, 1, 1], axis))
        values = np.broadcast_to(500 * ramp, shape).astype("uint16")
        folder = stored(tmp_path / "a", values, chunks=(4, 12, 12))
        told = level_window(Reader(local(folder)), image_in(folder), 0)
        assert told is not None
        assert told.is_sample
        exact = percentiles(values)
        width = exact.end - exact.start
        assert told.window.start == pytest.approx(exact.start, abs=width / 6)
        assert told.window.end == pytest.approx(exact.end, abs=width / 6)

    @pytest.mark.parametrize("shards", [None, (4, 40, 40)])
    def test_few_requests_that_are_made_together(
        self, tmp_path: Path, shards: tuple[int, ...] | None
    ) -> None:
        values = np.random.default_rng(3).integers(1, 60000, (40, 80, 120)).astype("uint16")
        folder = stored(tmp_path / "a", values, chunks=(1, 10, 10), shards=shards)
        access = Far(folder)
        told = level_window(Reader(access), image_in(folder), 0)
        assert told is not None
        assert told.is_sample
        assert told.window.start == pytest.approx(600, abs=300)
        assert access.traffic is not None
        assert access.traffic.requests <= 64 + 2  # and the array's documents
        assert access.together >= (64 if shards is None else 16)
