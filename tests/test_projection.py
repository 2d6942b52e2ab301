"""Maxima and means, of pixels and along an axis: pictures of stored arrays, against numpy."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from looking import array, image, local, request_of

from omezarr_tui.image.picture import Painter, Picture, PictureRequest, TooLarge
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.sampling import ProjectionMethod, Sampling
from omezarr_tui.image.steering import at_end, placed, stepped
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Channel, LabelImage, Window
from omezarr_tui.store.dtypes import dtype_of_v3

Values = np.ndarray[Any, Any]
C, Z, Y, X = range(4)
# No level is a whole fraction of another, no chunk divides an axis, no two axes are as long.
SHAPES = ((3, 7, 23, 31), (3, 5, 13, 17))
CHUNKS = (2, 3, 8, 10)
WAYS: tuple[ProjectionMethod, ...] = ("maximum", "mean")
COLORS = ("00FF00", "FF0000", "0000FF")  # no colour picture


def noise(shape: Sequence[int], dtype: str) -> Values:
    made = np.random.default_rng(len(dtype)).integers(0, 250, shape)
    return (made / 8 if dtype.startswith("float") else made).astype(dtype)


def written(folder: Path, names: str, *levels: Values, chunks: Sequence[int], **more: Any) -> Image:
    nodes = []
    for number, values in enumerate(levels):
        size = tuple(map(min, chunks, values.shape))
        zarr.create_array(folder / f"s{number}", data=values, chunks=size)
        dtype = dtype_of_v3(values.dtype.name, "little")
        nodes.append(array(values.shape, size, path=f"s{number}", dtype=dtype))
    made = image(names, *(values.shape for values in levels))
    return Image(replace(made.multiscale, **more), tuple(nodes))


@pytest.fixture(scope="module", params=["uint16", "float32"])
def cells(
    request: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Image, list[Values]]:
    folder = tmp_path_factory.mktemp("cells")
    levels = [noise(shape, request.param) for shape in SHAPES]
    told = tuple(Channel(f"n{at}", color, Window(0, 300)) for at, color in enumerate(COLORS))
    return folder, written(folder, "czyx", *levels, chunks=CHUNKS, channels=told), levels


def painted(folder: Path, request: PictureRequest) -> Picture:
    return Painter(Reader(local(folder))).paint(request)


def shares(first: float, last: float, count: int, size: int) -> Values:
    """How much of each sample lies in each pixel (count, size); rows add up to 1."""
    edges = np.linspace(first, last, count + 1)
    pixels = np.arange(size)
    low = np.maximum(edges[:-1, None], pixels)
    high = np.minimum(edges[1:, None], pixels + 1)
    covered = np.clip(high - low, 0, None)
    covered[covered < 1e-9] = 0
    part: Values = covered / covered.sum(axis=1, keepdims=True)
    return part


def answer(request: PictureRequest, sampling: Sampling, levels: list[Values]) -> Values:
    """The samples of one channel as numpy has them, from the whole array."""
    values = levels[sampling.level].astype("float64")
    rows, columns = request.view.rows, request.view.columns
    moving = request.view.moving
    projects = request.projection is not None and moving is not None
    for axis in range(values.ndim):
        if axis == moving and projects:
            reduce = np.max if request.projection == "maximum" else np.mean
            values = reduce(values, axis=axis, keepdims=True)
        elif axis not in (rows, columns):
            values = values.take([sampling.position[axis]], axis=axis)
    others = tuple(axis for axis in range(values.ndim) if axis not in (rows, columns))
    plane = values.squeeze(axis=others)
    plane = plane if rows < columns else plane.T
    down = shares(sampling.top, sampling.bottom, sampling.grid[0], plane.shape[0])
    across = shares(sampling.left, sampling.right, sampling.grid[1], plane.shape[1])
    if not request.maximum:
        return np.asarray(down @ plane @ across.T)
    return np.array([[plane[np.ix_(one > 0, other > 0)].max() for other in across] for one in down])


@given(st.data())
@settings(
    deadline=None,
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_pictures_are_what_numpy_makes_of_the_whole_array(
    cells: tuple[Path, Image, list[Values]], data: st.DataObject
) -> None:
    """Any axes, plane, zoom, place, level, room; projected or not; maxima or means; channels."""
    folder, made, levels = cells
    request = request_of(
        made,
        data.draw(st.tuples(st.integers(1, 12), st.integers(1, 24))),
        rendering=data.draw(st.sampled_from(["ascii", "half", "braille"])),
        composed=data.draw(st.booleans()),
        level=data.draw(st.sampled_from([None, 0, 1])),
        maximum=data.draw(st.booleans()),
        projection=data.draw(st.sampled_from([None, *WAYS])),
    )
    view = request.view.displaying(*data.draw(st.permutations(range(4)))[:2])
    view = view.moving_along(data.draw(st.sampled_from(view.fixed)))
    view = view.zoomed(data.draw(st.floats(1, 8)))
    view = view.panned(data.draw(st.floats(-3, 3)), data.draw(st.floats(-3, 3)))
    for axis in view.fixed:
        place = data.draw(st.integers(0, view.extent[axis] - 1))
        view = view.at(axis, place, view.extent[axis])
    request = replace(request, view=view)
    picture = painted(folder, request)
    assert [layer.channel for layer in picture.layers] == (
        [0, 1, 2] if request.is_composed else [request.channel]
    )
    for layer in picture.layers:
        np.testing.assert_allclose(
            layer.samples.values, answer(request, layer.sampling, levels), rtol=1e-9, atol=1e-6
        )


class TestProjection:
    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize("level", [0, 1])
    @pytest.mark.parametrize("moving", [C, Z])
    def test_pixel_for_pixel(
        self, cells: tuple[Path, Image, list[Values]], way: Any, level: int, moving: int
    ) -> None:
        folder, made, levels = cells
        rows, columns = SHAPES[level][Y:]
        request = request_of(
            made, (rows, columns), rendering="pixels", cell_pixels=(1, 1), level=level,
            composed=False, projection=way,
        )  # fmt: skip
        view = request.view.moving_along(moving).at(C, 1, 3).at(Z, 2, 7)
        picture = painted(folder, replace(request, view=view))
        stack = levels[level].astype("float64")
        stack = stack[:, view.position(Z, SHAPES[level][Z])] if moving == C else stack[1]
        plane = stack.max(axis=0) if way == "maximum" else stack.mean(axis=0)
        np.testing.assert_allclose(picture.samples.values, plane, rtol=1e-12)
        # What is seen of it: grey between the ends of the window.
        grey = np.clip(plane / 300, 0, 1) * 255
        assert picture.frame.pixels is not None
        assert abs(picture.frame.pixels - grey[..., None]).max() <= 0.5 + 1e-6

    def test_a_small_bright_spot_survives(self, tmp_path: Path) -> None:
        values = np.zeros((9, 64, 64), "uint16")
        values[7, 41, 30] = 900
        made = written(tmp_path, "zyx", values, chunks=(2, 20, 20))
        request = request_of(made, (4, 8), maximum=True, projection="maximum")
        picture = painted(tmp_path, request)
        assert picture.samples.values.max() == 900
        assert (picture.samples.values > 0).sum() == 1
        mean = painted(tmp_path, replace(request, maximum=False, projection="mean"))
        rows, columns = mean.sampling.grid
        assert mean.samples.values.sum() * 64 * 64 / (rows * columns) == pytest.approx(100)

    @pytest.mark.filterwarnings("ignore:All-NaN slice:RuntimeWarning", "ignore:Mean of empty slice")
    @pytest.mark.parametrize("way", WAYS)
    def test_what_is_no_number_is_left_out(self, tmp_path: Path, way: Any) -> None:
        values = noise((5, 12, 16), "float32")
        odd = np.random.default_rng(3).random(values.shape)
        values[odd < 0.2] = np.nan
        values[:, 3, 4] = np.nan
        made = written(tmp_path, "zyx", values, chunks=(2, 5, 7))
        request = request_of(made, (12, 16), rendering="pixels", cell_pixels=(1, 1), projection=way)
        picture = painted(tmp_path, request)
        reduce = np.nanmax if way == "maximum" else np.nanmean
        plane = reduce(values.astype("float64"), axis=0)
        assert np.isnan(plane[3, 4])
        np.testing.assert_allclose(picture.samples.values, plane, rtol=1e-6)
        assert picture.samples.left_out == np.isnan(values).sum()

    def test_only_what_no_plane_has_was_never_written(self, tmp_path: Path) -> None:
        made = written(tmp_path, "zyx", np.zeros((4, 8, 24), "uint16"), chunks=(1, 8, 8))
        stored = zarr.open_array(tmp_path / "s0")
        stored[2, :, 8:16] = 5
        request = request_of(made, (8, 24), rendering="pixels", cell_pixels=(1, 1))
        for way in WAYS:
            samples = painted(tmp_path, replace(request, projection=way)).samples
            assert samples.unwritten is not None
            assert samples.unwritten[:, :8].all()
            assert not samples.unwritten[:, 8:16].any()
            assert samples.unwritten[:, 16:].all()
            assert set(samples.values[:, 8:16].ravel()) == {5 if way == "maximum" else 1.25}

    def test_the_mean_of_two_labels_would_be_a_third(self, tmp_path: Path) -> None:
        values = np.zeros((3, 8, 12), "uint32")
        values[0], values[2, :, 6:] = 4, 9
        made = written(tmp_path, "zyx", values, chunks=(2, 5, 5), label=LabelImage())
        request = request_of(made, (8, 24), projection="mean", maximum=True)
        picture = painted(tmp_path, request)
        assert picture.is_labels
        assert set(picture.samples.values.ravel()) == {4, 9}
        assert (picture.sampling.method, picture.sampling.projection.method) == (  # type: ignore[union-attr]
            "nearest",
            "maximum",
        )

    def test_where_no_axis_is_left_there_is_none(self, tmp_path: Path) -> None:
        made = written(tmp_path, "yx", noise((8, 12), "uint16"), chunks=(5, 5))
        request = request_of(made, (8, 24), projection="maximum")
        assert request.sampling().projection is None

    def test_going_to_a_plane_ends_it(self, cells: tuple[Path, Image, list[Values]]) -> None:
        _, made, _ = cells
        request = request_of(made, projection="mean")
        assert request.view.moving == Z
        assert stepped(request, 1).projection is None
        assert at_end(request, last=True).projection is None
        assert placed(request, Z, 3, 7).projection is None
        assert placed(request, C, 1, 3).projection == "mean"

    def test_going_to_a_channel_ends_one_along_the_channels(
        self, cells: tuple[Path, Image, list[Values]]
    ) -> None:
        _, made, _ = cells
        request = request_of(made, rendering="half", projection="mean")
        request = replace(request, view=request.view.moving_along(C))
        one = stepped(request, 1)
        assert (one.projection, one.is_composed, one.channel) == (None, False, 1)

    def test_what_it_costs_is_told_and_asked_for(
        self, cells: tuple[Path, Image, list[Values]]
    ) -> None:
        folder, made, levels = cells
        each = math.prod(CHUNKS) * levels[0].dtype.itemsize
        request = request_of(made, (40, 40), level=0, composed=False)
        across = math.ceil(23 / 8) * math.ceil(31 / 10)
        assert request.decoded_bytes == across * each
        deep = replace(request, projection="maximum")
        assert deep.decoded_bytes == across * math.ceil(7 / 3) * each
        with pytest.raises(TooLarge) as told:
            painted(folder, replace(deep, ask_above=deep.decoded_bytes - 1))
        assert told.value.sampling == deep.sampling()
        painted(folder, replace(deep, ask_above=deep.decoded_bytes))


class TestMaximum:
    def test_it_is_of_the_finest_level_that_is_not_too_much(self, tmp_path: Path) -> None:
        """Coarser levels are means, in which small spots are gone."""
        fine = np.zeros((64, 64), "uint16")
        fine[41, 30] = 900
        coarse = fine.reshape(16, 4, 16, 4).mean(axis=(1, 3)).astype("uint16")
        made = written(tmp_path, "yx", fine, coarse, chunks=(20, 20))
        request = request_of(made, (4, 8))
        mean = painted(tmp_path, request)
        assert (mean.sampling.level, mean.samples.values.max() < 60) == (1, True)
        most = painted(tmp_path, replace(request, maximum=True))
        assert (most.sampling.level, most.samples.values.max()) == (0, 900)
        assert most.reduction == "maximum of 16 × 8 px"
        pinned = painted(tmp_path, replace(request, maximum=True, level=1))
        assert (pinned.sampling.level, pinned.samples.values.max()) == (1, coarse.max())

    def test_of_too_much_it_is_of_a_coarser_level(self, monkeypatch: pytest.MonkeyPatch) -> None:
        made = image("yx", (4000, 4000), (2000, 2000), (1000, 1000))
        request = request_of(made, (10, 20), maximum=True)
        assert request.sampling().level == 0
        monkeypatch.setattr("omezarr_tui.image.sampling._MAXIMUM_BYTES", 10_000_000)
        assert request.sampling().level == 1
        monkeypatch.setattr("omezarr_tui.image.sampling._MAXIMUM_BYTES", 10)
        assert request.sampling().level == 2

    @pytest.mark.parametrize("dtype", ["int8", "uint64", "float32", "bool"])
    def test_of_any_type_in_whole_chunks_and_parts(self, tmp_path: Path, dtype: str) -> None:
        values = np.random.default_rng(9).integers(-100, 100, (24, 32)).astype(dtype)
        made = written(tmp_path, "yx", values, chunks=(7, 9))
        request = request_of(made, (6, 8), rendering="pixels", cell_pixels=(1, 1), maximum=True)
        picture = painted(tmp_path, request)
        blocks = values.reshape(6, 4, 8, 4).max(axis=(1, 3))
        np.testing.assert_array_equal(picture.samples.values, blocks)
