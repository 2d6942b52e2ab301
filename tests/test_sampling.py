"""Pixels become samples: against slow references that say nothing but what is meant."""

import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, permutations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from looking import array, image, values_of, view_of

from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.image.sampling import (
    AreaAverage,
    Nearest,
    Reducer,
    Sampling,
    choose_sampling,
    plane_size,
    reducer_for,
)
from omezarr_tui.image.view import View
from omezarr_tui.store.dtypes import dtype_of_v3

Values = np.ndarray[Any, Any]
FINITE = st.floats(-1e6, 1e6, width=32)


def exact_mean(plane: Values, sampling: Sampling, row: int, column: int) -> float:
    """The mean over the area of one sample, pixel by pixel, in fractions."""
    total = weight = Fraction(0)
    spans = []
    for first, last, count, at in (
        (sampling.top, sampling.bottom, sampling.grid[0], row),
        (sampling.left, sampling.right, sampling.grid[1], column),
    ):
        step = (Fraction(last) - Fraction(first)) / count
        spans.append((Fraction(first) + at * step, Fraction(first) + (at + 1) * step))
    (top, bottom), (left, right) = spans
    for y in range(math.floor(top), math.ceil(bottom)):
        for x in range(math.floor(left), math.ceil(right)):
            if math.isfinite(plane[y, x]):
                high = min(bottom, Fraction(y + 1)) - max(top, Fraction(y))
                wide = min(right, Fraction(x + 1)) - max(left, Fraction(x))
                total += high * wide * Fraction(float(plane[y, x]))
                weight += high * wide
    return float(total / weight) if weight else math.nan


def sampling_of(plane: Values, window: tuple[float, ...], grid: tuple[int, int]) -> Sampling:
    node = array(plane.shape, dtype=dtype_of_v3(plane.dtype.name, "little"))
    return Sampling(0, node, 0, 1, (0, 0), *window, grid)


def feed(
    reducer: Reducer, plane: Values, region: tuple[slice, ...], cuts: tuple[Any, Any]
) -> Values:
    """Give the region of a plane to a reducer in blocks cut at some places."""
    edges = [
        sorted({part.start, part.stop, *(c for c in cut if part.start < c < part.stop)})
        for part, cut in zip(region, cuts, strict=True)
    ]
    for (top, bottom), (left, right) in product(pairwise(edges[0]), pairwise(edges[1])):
        reducer.add(plane[top:bottom, left:right], top, left)
    return reducer.result()


@st.composite
def windows(draw: st.DrawFn, most: int = 9) -> tuple[tuple[int, int], tuple[float, ...], Any, Any]:
    """A plane's shape, a window on it, a grid of samples, and where blocks are cut."""
    shape = draw(st.tuples(st.integers(1, most), st.integers(1, most)))
    bounds: list[float] = []
    for size in shape:
        whole = draw(st.booleans())
        first = 0.0 if whole else draw(st.floats(0, size - 1 / 8))
        last = float(size) if whole else draw(st.floats(first + 1 / 16, size))
        assume(last - first > 1 / 32)
        bounds += [first, last]
    grid = draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    cuts = draw(st.tuples(*(st.lists(st.integers(1, most), max_size=3) for _ in shape)))
    return shape, tuple(bounds), grid, cuts


class TestAreaAverage:
    @given(windows(), st.data())
    @settings(deadline=None, max_examples=120)
    def test_it_is_the_exact_average(self, how: Any, data: st.DataObject) -> None:
        shape, window, grid, cuts = how
        values = FINITE | st.sampled_from([math.nan, math.inf, -math.inf])
        flat = data.draw(st.lists(values, min_size=math.prod(shape), max_size=math.prod(shape)))
        plane = np.array(flat, "float32").reshape(shape)
        sampling = sampling_of(plane, window, grid)
        found = feed(AreaAverage(sampling), plane, sampling.region, cuts)
        assert found.shape == grid
        for row, column in product(range(grid[0]), range(grid[1])):
            expected = exact_mean(plane, sampling, row, column)
            got = found[row, column]
            if math.isnan(expected) or math.isnan(got):
                # A sliver thinner than a rounding may be seen by the one and not by the other.
                assert math.isnan(expected) == math.isnan(got) or covers_a_sliver(sampling)
            else:
                assert got == pytest.approx(expected, rel=1e-6, abs=1e-3)

    @pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int64", "float32", "bool"])
    def test_every_type_of_pixel(self, dtype: str) -> None:
        plane = (values_of((13, 17)) * 37 % 251).astype(dtype)
        sampling = sampling_of(plane, (0.5, 12.25, 1.0, 17.0), (4, 5))
        found = feed(AreaAverage(sampling), plane, sampling.region, ([5], [8]))
        for row, column in product(range(4), range(5)):
            expected = exact_mean(plane.astype("float64"), sampling, row, column)
            assert found[row, column] == pytest.approx(expected, rel=1e-9)

    def test_large_planes_stay_exact(self) -> None:
        """More rows than are averaged at a time, and sums beyond what 32 bits hold."""
        plane = np.full((1000, 700), 65535, "uint16")
        plane[::2] = 65533
        sampling = sampling_of(plane, (0.0, 1000.0, 0.0, 700.0), (4, 2))
        found = feed(AreaAverage(sampling), plane, sampling.region, ([300], []))
        np.testing.assert_allclose(found, 65534.0, rtol=1e-12)

    def test_values_near_the_end_of_doubles(self) -> None:
        plane = np.full((8, 8), 1.5e308)
        sampling = sampling_of(plane, (0.0, 8.0, 0.0, 8.0), (2, 2))
        found = feed(AreaAverage(sampling), plane, sampling.region, ([], []))
        np.testing.assert_allclose(found, 1.5e308, rtol=1e-9)

    def test_pixels_that_are_shown_larger(self) -> None:
        plane = values_of((2, 3))
        sampling = sampling_of(plane, (0.0, 2.0, 0.0, 3.0), (4, 9))
        found = feed(AreaAverage(sampling), plane, sampling.region, ([1], [2]))
        np.testing.assert_allclose(found, plane.repeat(2, axis=0).repeat(3, axis=1))


def covers_a_sliver(sampling: Sampling) -> bool:
    """Whether an edge of a sample lies nearer to that of a pixel than doubles can tell."""
    for first, last, count in (
        (sampling.top, sampling.bottom, sampling.grid[0]),
        (sampling.left, sampling.right, sampling.grid[1]),
    ):
        edges = [first + (last - first) * at / count for at in range(count + 1)]
        if any(0 < abs(edge - round(edge)) < 1e-9 for edge in edges):
            return True
    return False


class TestNearest:
    @given(windows(most=20))
    @settings(deadline=None, max_examples=120)
    def test_it_is_the_pixel_at_the_centre(self, how: Any) -> None:
        shape, window, grid, cuts = how
        plane = values_of(shape, "uint32")
        sampling = replace(sampling_of(plane, window, grid), nearest=True)
        found = feed(reducer_for(sampling), plane, sampling.region, cuts)
        assert found.dtype == plane.dtype
        spots = []
        for first, last, count in ((*window[:2], grid[0]), (*window[2:], grid[1])):
            exact = [
                Fraction(first) + (Fraction(last) - Fraction(first)) * (2 * at + 1) / (2 * count)
                for at in range(count)
            ]
            # On the very border of two pixels either may be taken.
            assume(all(abs(spot - round(spot)) > 1e-9 or spot == round(spot) for spot in exact))
            spots.append([math.floor(spot) for spot in exact])
        np.testing.assert_array_equal(found, plane[np.ix_(*spots)])

    def test_label_images_are_never_averaged(self) -> None:
        labels = image("yx", (10, 10), is_label=True)
        sampling = choose_sampling(labels, view_of(labels), (5, 5), 1.0)
        assert isinstance(reducer_for(sampling), Nearest)
        plain = image("yx", (10, 10))
        assert isinstance(
            reducer_for(choose_sampling(plain, view_of(plain), (5, 5), 1.0)), AreaAverage
        )

    def test_nothing_taken(self) -> None:
        sampling = replace(sampling_of(values_of((4, 4)), (0, 4, 0, 4), (2, 3)), nearest=True)
        np.testing.assert_array_equal(Nearest(sampling).result(), np.zeros((2, 3)))


ROOMS = st.tuples(st.integers(1, 60), st.integers(1, 160))
SCALES = st.floats(1e-4, 1e4)


@st.composite
def pictures(draw: st.DrawFn) -> tuple[Any, View]:
    """A c, z, y, x image with a pyramid, and a view of any of its planes, zoomed and panned."""
    shape = draw(st.tuples(*(st.integers(1, n) for n in (3, 40, 900, 900))))
    steps = draw(st.lists(st.tuples(*(st.integers(1, 4) for _ in range(4))), max_size=4))
    shapes = [shape]
    for step in steps:
        shapes.append(tuple(max(1, size // by) for size, by in zip(shapes[-1], step, strict=True)))
    scale = draw(st.tuples(st.just(1.0), SCALES, SCALES, SCALES))
    scales = [[s * shape[a] / level[a] for a, s in enumerate(scale)] for level in shapes]
    made = image("czyx", *shapes, scales=scales, units=[None, *["micrometer"] * 3])
    view = view_of(made).displaying(*draw(st.sampled_from(list(permutations(range(4), 2)))))
    view = view.zoomed(draw(st.floats(1, 300)))
    return made, view.panned(draw(st.floats(-90, 90)), draw(st.floats(-90, 90)))


class TestChoosing:
    @given(pictures(), ROOMS, st.sampled_from([1.0, 2.0]))
    @settings(deadline=None, max_examples=250)
    def test_region_grid_and_level(self, how: Any, room: tuple[int, int], aspect: float) -> None:
        made, view = how
        chosen = choose_sampling(made, view, room, aspect)
        shape = chosen.array.shape
        # The region covers the window, and holds one position along every other axis.
        window = {view.rows: (chosen.top, chosen.bottom), view.columns: (chosen.left, chosen.right)}
        for axis, part in enumerate(chosen.region):
            assert 0 <= part.start < part.stop <= shape[axis]
            if axis in window:
                first, last = window[axis]
                assert part.start <= first < last <= part.stop
                assert first - part.start < 1
                assert part.stop - last < 1
            else:
                assert part.stop - part.start == 1
                assert part.start == view.position(axis, shape[axis])
        # The grid fits into the room and fills it along one side, if a plane can.
        assert 1 <= chosen.grid[0] <= room[0]
        assert 1 <= chosen.grid[1] <= room[1]
        assert chosen.grid[0] == room[0] or chosen.grid[1] == room[1]
        # It is the coarsest level that has a pixel for each sample, else the finest.
        details = {
            number: min(choose_sampling(made, view, room, aspect, number).pixels_per_sample)
            for number in made.readable
        }
        areas = {n: math.prod(made.levels[n].shape[a] for a in window) for n in made.readable}
        enough = [areas[n] for n, pixels in details.items() if pixels >= 1 - 1e-9]
        wanted = min(enough) if enough else max(areas.values())
        assert areas[chosen.level] == wanted

    @given(pictures(), ROOMS, st.sampled_from([1.0, 2.0]))
    @settings(deadline=None, max_examples=250)
    def test_proportions(self, how: Any, room: tuple[int, int], aspect: float) -> None:
        """One sample shows as much of the world down as its height says, and so across."""
        made, view = how
        chosen = choose_sampling(made, view, room, aspect)
        size = plane_size(made, view)
        shape = chosen.array.shape
        down, across = chosen.pixels_per_sample
        height = down * size[0] / shape[view.rows]
        width = across * size[1] / shape[view.columns]
        for side in (0, 1):
            if chosen.grid[side] < 2:  # a plane as thin as this cannot be shown thinner
                return
        # Whole samples: off by half of one at the most, out of those that there are.
        slack = 0.5 / min(chosen.grid) / (1 - 0.5 / min(chosen.grid))
        assert height / (width * aspect) == pytest.approx(1, rel=2.1 * slack + 1e-9)

    @pytest.mark.parametrize(
        ("scales", "units", "aspect", "grid"),
        [
            ((1, 1), ("micrometer", "micrometer"), 2.0, (20, 40)),  # cells are 1:2
            ((1, 1), ("micrometer", "micrometer"), 1.0, (40, 40)),
            ((2, 1), ("micrometer", "micrometer"), 1.0, (40, 20)),
            ((1, 4), ("micrometer", "micrometer"), 1.0, (10, 40)),
            ((1, 1000), ("micrometer", "nanometer"), 1.0, (40, 40)),
            ((0.25, 1), (None, None), 1.0, (10, 40)),
            ((1, 1), ("micrometer", "parsec"), 1.0, (40, 40)),  # not known: numbers as they are
            ((-2, 1), ("micrometer", "micrometer"), 1.0, (40, 20)),
            ((0, 1), ("micrometer", "micrometer"), 1.0, (40, 40)),  # impossible: pixels
            ((math.nan, 1), ("micrometer", "micrometer"), 1.0, (40, 40)),
            ((math.inf, 1), ("micrometer", "micrometer"), 1.0, (40, 40)),
            ((5e-324, 1e308), ("angstrom", "kilometer"), 1.0, (40, 40)),
        ],
    )
    def test_pixel_sizes_and_units(self, scales: Any, units: Any, aspect: float, grid: Any) -> None:
        made = image("yx", (500, 500), scales=[scales], units=units)
        assert choose_sampling(made, view_of(made), (40, 40), aspect).grid == grid

    def test_axes_that_are_not_space_count_in_pixels(self) -> None:
        made = image("tyx", (30, 60, 60), scales=[(0.001, 7, 7)], units=["second", None, None])
        view = view_of(made).displaying(0, 2)
        assert choose_sampling(made, view, (60, 60), 1.0).grid == (30, 60)

    def test_the_level_that_just_fills_the_room(self) -> None:
        shapes = [(800 // 2**n, 800 // 2**n) for n in range(5)]
        made = image("yx", *shapes, scales=[(2**n, 2**n) for n in range(5)])
        chosen = [
            choose_sampling(made, view_of(made), (n, n), 1.0).level for n in (49, 50, 51, 100)
        ]
        assert chosen == [4, 4, 3, 3]
        assert choose_sampling(made, view_of(made), (1000, 1000), 1.0).level == 0
        # From nearer the same samples are of finer levels, whatever the rounding.
        for zoom, level in {2: 3, 4: 2, 8: 1, 16: 0}.items():
            for part in (0.0, 0.1, 0.37):
                view = view_of(made).zoomed(zoom).panned(part, part)
                assert choose_sampling(made, view, (50, 50), 1.0).level == level

    def test_a_pinned_level(self) -> None:
        made = image("yx", (800, 800), (400, 400), (200, 200))
        for level in range(3):
            assert choose_sampling(made, view_of(made), (10, 10), 1.0, level).level == level

    def test_zoom_shows_a_part_around_the_centre(self) -> None:
        made = image("yx", (100, 200))
        chosen = choose_sampling(made, view_of(made).zoomed(4), (25, 50), 1.0)
        assert (chosen.top, chosen.bottom) == pytest.approx((37.5, 62.5))
        assert (chosen.left, chosen.right) == pytest.approx((75, 125))
        corner = view_of(made).zoomed(4).panned(99, -99)
        chosen = choose_sampling(made, corner, (25, 50), 1.0)
        assert (chosen.bottom, chosen.left) == pytest.approx((100, 0))

    def test_decoded_bytes(self) -> None:
        node = array((2, 10, 100, 100), (1, 4, 30, 40))
        made = image("czyx", (2, 10, 100, 100))
        made = replace(made, levels=(node,))
        chosen = choose_sampling(made, view_of(made), (30, 30), 1.0)
        assert chosen.decoded_bytes == 4 * 3 * (4 * 30 * 40 * 2)
        near = choose_sampling(made, view_of(made).zoomed(10), (30, 30), 1.0)
        assert near.region[2:] == (slice(45, 55), slice(45, 55))
        assert near.decoded_bytes == 4 * 30 * 40 * 2

    def test_a_request_asks_for_twice_the_rows_in_half_blocks(self) -> None:
        made = image("yx", (100, 100))
        request = PictureRequest(made, view_of(made), (20, 90))
        assert request.sampling().grid == (20, 40)
        assert replace(request, rendering="half").sampling().grid == (40, 40)
