"""Reading planes: exact values, whatever the layout, and damage that is named and contained."""

from dataclasses import replace
from itertools import permutations, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from foreign import HEALTHY, Foreign
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import LAYOUTS, SHAPE, read_region, regions, write_layouts
from looking import array_in, image, image_in, local, request_of, values_of, view_of

from omezarr_tui.errors import UserError
from omezarr_tui.image.look import Look
from omezarr_tui.image.picture import Painter
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.sampling import Sampling, choose_sampling
from omezarr_tui.image.view import first_view
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import LabelImage, Window
from omezarr_tui.store.node import Array

pytestmark = pytest.mark.filterwarnings(
    "ignore:Numcodecs codecs are not in the Zarr version 3 specification",
    "ignore:The data type .* does not have a Zarr V3 specification",
)


@pytest.fixture(scope="module")
def layouts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_layouts(tmp_path_factory.mktemp("layouts"))


def sampling_at(folder: Path, path: str = "", room: tuple[int, int] = (40, 40)) -> Sampling:
    """Every pixel of the first plane of an array, one for one."""
    made = image_in(folder, path)
    return choose_sampling(made, view_of(made), room, 1.0)


class TestValues:
    @given(st.data())
    @settings(deadline=None, max_examples=60)
    def test_any_region_of_any_layout(self, layouts: dict[str, Path], data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(list(LAYOUTS)))
        reader, node = Reader(local(layouts[name])), array_in(layouts[name])
        for _ in range(data.draw(st.integers(1, 3))):  # the later ones partly from the cache
            region = data.draw(regions())
            np.testing.assert_array_equal(
                read_region(reader, node, region), values_of(SHAPE)[region]
            )

    @pytest.mark.parametrize("name", HEALTHY)
    def test_every_picture_of_every_writer(self, name: str, foreign: Foreign) -> None:
        """All of the plane that an array opens with, pixel for pixel."""
        made = foreign(name)
        access = local(made.path)
        reader, seen = Reader(access), 0
        for path, values in made.arrays.items():
            shown = image_in(made.path, path)
            view = first_view(shown)
            if view is None:
                continue
            assert values is not None
            seen += 1
            level = shown.pinned or 0
            position = [view.position(axis, size) for axis, size in enumerate(values.shape)]
            plane = values[
                tuple(
                    slice(None) if a in (view.rows, view.columns) else position[a]
                    for a in range(values.ndim)
                )
            ]
            found = reader.sample(whole_plane(shown, view, level, plane.shape)).values
            plane = np.abs(plane) if plane.dtype.kind == "c" else plane
            np.testing.assert_allclose(found, plane.astype("float64"), rtol=1e-12)
        assert seen

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_every_pair_of_axes_either_way_round(
        self, layout: str, layouts: dict[str, Path]
    ) -> None:
        folder = layouts[layout]
        reader, node = Reader(local(folder)), array_in(folder)
        for rows, columns in permutations(range(3), 2):
            (fixed,) = {0, 1, 2} - {rows, columns}
            position = [0, 0, 0]
            position[fixed] = SHAPE[fixed] - 2
            size = (SHAPE[rows], SHAPE[columns])
            sampling = Sampling(
                0, node, rows, columns, tuple(position), 0.0, size[0], 0.0, size[1], size
            )
            plane = np.moveaxis(values_of(SHAPE), (rows, columns, fixed), (0, 1, 2))
            expected = plane[:, :, position[fixed]]
            np.testing.assert_allclose(reader.sample(sampling).values, expected)
            nearest = reader.sample(replace(sampling, method="nearest")).values
            assert nearest.dtype == np.uint16
            np.testing.assert_array_equal(nearest, expected)

    def test_x_before_y(self, tmp_path: Path) -> None:
        """Rows run along a later axis than columns do, and the picture stands upright."""
        data = values_of((30, 6))  # x, y
        zarr.create_array(tmp_path / "a", data=data, dimension_names=["x", "y"], chunks=(7, 4))
        sampling = sampling_at(tmp_path / "a", room=(6, 30))
        assert (sampling.rows, sampling.columns, sampling.grid) == (1, 0, (6, 30))
        np.testing.assert_allclose(Reader(local(tmp_path / "a")).sample(sampling).values, data.T)

    def test_a_picture_of_means(self, layouts: dict[str, Path]) -> None:
        for folder in layouts.values():
            node = array_in(folder)
            sampling = Sampling(0, node, 1, 2, (3, 0, 0), 0.0, 6.0, 1.0, 11.0, (3, 5))
            expected = values_of(SHAPE)[3, :6, 1:].reshape(3, 2, 5, 2).mean(axis=(1, 3))
            np.testing.assert_allclose(Reader(local(folder)).sample(sampling).values, expected)

    def test_values_that_are_changed_before_they_are_shown(self, layouts: dict[str, Path]) -> None:
        folder = layouts["v3"]
        places = []

        def change(start: tuple[int, ...], block: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
            places.append(start)
            return block + 1

        reader = Reader(local(folder), change)
        sampling = Sampling(0, array_in(folder), 1, 2, (3, 0, 0), 0.0, 7.0, 0.0, 11.0, (7, 11))
        np.testing.assert_allclose(reader.sample(sampling).values, values_of(SHAPE)[3] + 1)
        assert set(places) == set(product([3], [0, 3, 6], [0, 4, 8]))


def whole_plane(shown: Image, view: Any, level: int, size: tuple[int, int]) -> Sampling:
    node = shown.levels[level]
    assert isinstance(node, Array)
    if view.rows > view.columns:
        size = size[::-1]
    position = tuple(view.position(axis, n) for axis, n in enumerate(node.shape))
    return Sampling(
        level, node, view.rows, view.columns, position, 0.0, size[0], 0.0, size[1], size
    )


class TestDamage:
    @pytest.mark.parametrize("path", ["gzip", "zstd", "raw", "crc32c", "shard"])
    def test_a_damaged_chunk_is_named(self, path: str, foreign: Foreign) -> None:
        made = foreign("bad_chunks")
        reader = Reader(local(made.path))
        node = array_in(made.path, path)
        with pytest.raises(UserError, match=rf"^{path} cannot be read at c/0/0\b") as told:
            reader.sample(sampling_at(made.path, path))
        assert told.value.why
        for name, selection, expected in made.samples:
            if name == path:
                np.testing.assert_array_equal(read_region(reader, node, selection), expected)

    def test_among_many_that_are_read_together(self, tmp_path: Path) -> None:
        zarr.create_array(tmp_path / "s", data=values_of((3, 40, 40)), chunks=(1, 10, 10))
        chunk = tmp_path / "s" / "c" / "1" / "2" / "3"
        chunk.write_bytes(chunk.read_bytes()[:20])
        request = request_of(image_in(tmp_path / "s"), (40, 40), rendering="half", source="seen")
        painter = Painter(Reader(local(tmp_path / "s")))
        for z in (0, 2):
            plane = replace(request, view=request.view.at(0, z, 3))
            assert painter.paint(plane).samples.values[0, 0] == z * 1600
        samples = painter.paint(replace(request, view=request.view.at(0, 1, 3))).samples
        assert samples.unreadable is not None
        assert samples.unreadable[20:30, 30:40].all()
        assert samples.unreadable.sum() == 100
        assert samples.values[0, 0] == 1600
        (told,) = samples.failures
        assert told.what == "s cannot be read at c/1/2/3"
        near = request.view.at(0, 1, 3).zoomed(4).panned(-99, -99)
        assert painter.paint(replace(request, view=near)).samples.values[0, 0] == 1600

    def test_codecs_that_nobody_knows(self, foreign: Foreign) -> None:
        made = foreign("unknown_codec")
        for path in made.broken:
            with pytest.raises(UserError, match="cannot be decoded") as told:
                Reader(local(made.path)).sample(sampling_at(made.path, path))
            assert "example.squeeze" in told.value.what
        good = Reader(local(made.path)).sample(sampling_at(made.path, "good", (4, 6))).values
        np.testing.assert_array_equal(good, made.arrays["good"])

    def test_chunks_that_were_never_written(self, foreign: Foreign) -> None:
        made = foreign("v3_sharded")
        node = array_in(made.path, "sparse")
        found = read_region(
            Reader(local(made.path)), node, (slice(0, 3), slice(0, 10), slice(0, 17))
        )
        np.testing.assert_array_equal(found, made.arrays["sparse"])


def test_a_picture_says_what_it_shows(tmp_path: Path) -> None:
    zarr.create_array(tmp_path / "s", data=values_of((40, 40)), chunks=(10, 10))
    shown, painter = image_in(tmp_path / "s"), Painter(Reader(local(tmp_path / "s")))
    exact = painter.paint(request_of(shown, (20, 40), rendering="half", source="seen"))
    assert (exact.reduction, exact.frame.size) == ("every pixel shown", (20, 40))
    mean = painter.paint(request_of(shown, (10, 60), source="seen"))
    assert (mean.sampling.grid, mean.reduction) == ((10, 20), "mean of 4 × 2 px")
    assert mean.layer.source.endswith("% of what is seen")
    look = Look().with_window(0, Window(0, 9))
    by_hand = painter.paint(replace(request_of(shown, (10, 60)), look=look))
    assert by_hand.layer.source == "set by hand"
    labels = replace(
        shown, multiscale=replace(image("yx", (40, 40)).multiscale, label=LabelImage())
    )
    told = painter.paint(request_of(labels, (10, 60)))
    assert told.reduction == "one pixel of 4 × 2"
