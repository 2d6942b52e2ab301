"""Regions, numbers and what is measured: the right pixels, whatever level and zoom is shown."""

from dataclasses import replace

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st
from looking import array, array_in, local

from omezarr_tui.image.numbers import number_text, number_width, numbers_around, read_numbers
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.region import region_between, region_seen
from omezarr_tui.image.sampling import Sampling
from omezarr_tui.image.view import View


@st.composite
def samplings(draw):
    extent = tuple(draw(st.integers(1, 60)) for _ in range(2))
    shape = tuple(max(1, size // draw(st.sampled_from([1, 2, 3]))) for size in extent)
    grid = tuple(draw(st.integers(1, 20)) for _ in range(2))
    sides = []
    for size in shape:
        first = draw(st.floats(0, size - 0.5).map(lambda v: round(v, 3)))
        sides.append((first, draw(st.floats(first + 0.25, size).map(lambda v: round(v, 3)))))
    (top, bottom), (left, right) = sides
    sampling = Sampling(0, array(shape), 0, 1, (0, 0), top, bottom, left, right, grid)
    return sampling, View(extent, 0, 1, (0, 0))


@given(samplings(), st.data())
def test_a_region_holds_the_pixels_of_its_samples_and_shows_on_them(both, data):
    sampling, view = both
    one, two = (tuple(data.draw(st.integers(0, n - 1)) for n in sampling.grid) for _ in range(2))
    region = region_between(sampling, view, one, two)
    assert region == region_between(sampling, view, two, one)
    assert 0 <= region.top < region.bottom <= view.extent[0]
    assert 0 <= region.left < region.right <= view.extent[1]
    rows, columns = zip(one, two, strict=True)
    box = region.box(sampling)
    assert box.top <= min(rows)
    assert max(rows) < box.bottom
    assert box.left <= min(columns)
    assert max(columns) < box.right
    alone = region_between(sampling, view, one, one)
    assert alone.joined(region_between(sampling, view, two, two)) == region
    down, across = region.slices(sampling.array)
    assert 0 <= down.start < down.stop <= sampling.array.shape[0]
    assert 0 <= across.start < across.stop <= sampling.array.shape[1]
    turned = replace(sampling, rows=1, columns=0)
    assert region.box(turned) is None


def test_the_pixels_of_a_level_that_a_region_touches():
    sampling = Sampling(0, array((10, 20)), 0, 1, (0, 0), 0, 10, 0, 20, (10, 20))
    view = View((10, 20), 0, 1, (0, 0))
    region = region_between(sampling, view, (3, 5), (6, 11))
    assert region.slices(array((10, 20))) == (slice(3, 7), slice(5, 12))
    assert region.slices(array((5, 10))) == (slice(1, 4), slice(2, 6))
    assert region_seen(sampling, view).slices(array((5, 10))) == (slice(0, 5), slice(0, 10))
    zoomed = replace(sampling, top=2, bottom=6, left=4, right=12, grid=(8, 16))
    box = region.box(zoomed)
    assert (box.top, box.bottom, box.left, box.right) == (2, 10, 2, 16)


@pytest.mark.parametrize("axes", [(1, 2), (2, 1), (0, 2)])
def test_numbers_are_those_of_the_array(tmp_path, axes):
    values = np.arange(4 * 9 * 11).reshape(4, 9, 11).astype("uint16")
    stored = zarr.create_array(tmp_path / "a", shape=values.shape, chunks=(2, 4, 5), dtype="uint16")
    stored[...] = values
    node = array_in(tmp_path / "a")
    wanted = numbers_around(0, node, axes, (3, 8, 5), (6, 7))
    read = read_numbers(Reader(local(tmp_path / "a")), wanted)
    expected = values[wanted.region].squeeze(axis=({0, 1, 2} - {*axes}).pop())
    assert np.array_equal(read, expected.T if axes[0] > axes[1] else expected)
    assert wanted.region[axes[0]].start <= (3, 8, 5)[axes[0]] < wanted.region[axes[0]].stop
    assert wanted.shape == read.shape


@pytest.mark.parametrize("dtype", ["uint8", "int64", "uint64", "float16", "float32", "float64"])
def test_numbers_fit_their_columns_and_can_be_told_exactly(dtype):
    kind = np.dtype(dtype).kind
    info = np.finfo(dtype) if kind == "f" else np.iinfo(dtype)
    for value in (info.min, info.max, np.array(1, dtype) / 3 if kind == "f" else 1):
        value = np.dtype(dtype).type(value)
        node = array((1, 1))
        node = replace(node, dtype=replace(node.dtype, name=dtype))
        told = number_text(value, in_full=True)
        assert np.dtype(dtype).type(told) == value
        assert len(told) <= number_width(node, in_full=True)
        assert len(number_text(value, in_full=False)) <= number_width(node, in_full=False)
