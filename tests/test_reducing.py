"""Pixels become samples: against slow references that say nothing but what is meant."""

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from looking import array, values_of

from omezarr_tui.image.reducing import Samples, reducer_for
from omezarr_tui.image.sampling import Projection, Sampling
from omezarr_tui.store.dtypes import dtype_of_v3

Values = np.ndarray[Any, Any]
Cuts = tuple[list[int], ...]
FINITE = st.floats(-1e6, 1e6, width=32)
ODD = st.sampled_from([math.nan, math.inf, -math.inf])
THIN = Fraction(1, 10**9)  # of a pixel: a sample covers nothing thinner


def sampling_of(values: Values, window: tuple[float, ...], grid: tuple[int, int]) -> Sampling:
    """Of a plane, or of a stack of planes."""
    node = array(values.shape, dtype=dtype_of_v3(values.dtype.name, "little"))
    down, across = values.ndim - 2, values.ndim - 1
    top, bottom, left, right = window
    return Sampling(0, node, down, across, (0,) * values.ndim, top, bottom, left, right, grid)


def fed(sampling: Sampling, values: Values, cuts: Cuts = (), unwritten: Any = ()) -> Samples:
    """Give the region to a reducer in blocks cut at some places; some of them not written."""
    reducer = reducer_for(sampling)
    edges = [
        sorted({part.start, part.stop, *(c for c in cut if part.start < c < part.stop)})
        for part, cut in zip(sampling.region, cuts or [()] * values.ndim, strict=True)
    ]
    for number, block in enumerate(product(*map(pairwise, edges))):
        part = values[tuple(slice(*ends) for ends in block)]
        reducer.add(part, block[-2][0], block[-1][0], written=number not in unwritten)
    return reducer.result()


def pixels_of(sampling: Sampling, row: int, column: int) -> Iterator[tuple[int, int, Fraction]]:
    """The pixels that a sample covers, and how much of each, in fractions."""
    parts = []
    for first, last, count, at in (
        (sampling.top, sampling.bottom, sampling.grid[0], row),
        (sampling.left, sampling.right, sampling.grid[1], column),
    ):
        step = (Fraction(last) - Fraction(first)) / count
        low, high = Fraction(first) + at * step, Fraction(first) + (at + 1) * step
        whole = range(math.floor(low), math.ceil(high))
        parts.append([(n, min(high, Fraction(n + 1)) - max(low, Fraction(n))) for n in whole])
    for (y, high), (x, wide) in product(*parts):
        if high > THIN and wide > THIN:
            yield y, x, high * wide


def exact_mean(values: list[tuple[float, Fraction]]) -> float:
    """The weighted mean of what is finite; else what there is of infinity."""
    weight = sum((w for v, w in values if math.isfinite(v)), Fraction(0))
    if weight:
        return float(sum(Fraction(v) * w for v, w in values if math.isfinite(v)) / weight)
    infinities = {v for v, _ in values if math.isinf(v)}
    return infinities.pop() if len(infinities) == 1 else math.nan


def exact_maximum(values: list[float]) -> float:
    return max((v for v in values if not math.isnan(v)), default=math.nan)


def expected(sampling: Sampling, plane: Any) -> Values:
    answer = np.empty(sampling.grid)
    for row, column in np.ndindex(*sampling.grid):
        seen = [(float(plane[y][x]), w) for y, x, w in pixels_of(sampling, row, column)]
        is_mean = sampling.method == "mean"
        answer[row, column] = exact_mean(seen) if is_mean else exact_maximum([v for v, _ in seen])
    return answer


def projected(stack: Values, way: str) -> list[list[float]]:
    one = Fraction(1)
    return [
        [
            exact_mean([(float(v), one) for v in stack[:, y, x]])
            if way == "mean"
            else exact_maximum([float(v) for v in stack[:, y, x]])
            for x in range(stack.shape[2])
        ]
        for y in range(stack.shape[1])
    ]


@st.composite
def windows(draw: st.DrawFn, most: int = 9) -> tuple[tuple[int, int], tuple[float, ...], Any, Cuts]:
    """A plane's shape, a window on it, a grid of samples, and where blocks are cut."""
    shape = draw(st.tuples(st.integers(1, most), st.integers(1, most)))
    bounds: list[float] = []
    for size in shape:
        whole = draw(st.booleans())
        first = 0.0 if whole else round(draw(st.floats(0, size - 1 / 8)), 3)
        last = float(size) if whole else round(draw(st.floats(first + 1 / 16, size)), 3)
        assume(last - first > 1 / 32)
        bounds += [first, last]
    grid = draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    cuts = draw(st.tuples(*(st.lists(st.integers(1, most), max_size=3) for _ in shape)))
    return shape, tuple(bounds), grid, cuts


def drawn(data: st.DataObject, shape: tuple[int, ...], dtype: str) -> Values:
    """Values of some type; of floats some are not finite."""
    if dtype.startswith("float"):
        each: Any = FINITE if data.draw(st.booleans()) else FINITE | ODD
    else:
        each = st.integers(int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))
    count = math.prod(shape)
    return np.array(data.draw(st.lists(each, min_size=count, max_size=count)), dtype).reshape(shape)


DTYPES = st.sampled_from(["float32", "float64", "uint16", "int8"])


class TestEveryMethod:
    @given(windows(), st.data(), DTYPES, st.sampled_from(["mean", "maximum"]))
    @settings(deadline=None, max_examples=150)
    def test_a_sample_is_of_exactly_its_pixels(
        self, how: Any, data: st.DataObject, dtype: str, method: Any
    ) -> None:
        shape, window, grid, cuts = how
        plane = drawn(data, shape, dtype)
        sampling = replace(sampling_of(plane, window, grid), method=method)
        found = fed(sampling, plane, cuts)
        assert found.unwritten is None
        np.testing.assert_allclose(found.values, expected(sampling, plane), rtol=1e-9, atol=1e-5)
        seen = plane[sampling.region]
        odd = ~np.isfinite(seen) if method == "mean" else np.isnan(seen)
        assert found.left_out == odd.sum()

    @given(windows(most=6), st.data(), DTYPES, *[st.sampled_from(["mean", "maximum"])] * 2)
    @settings(deadline=None, max_examples=150)
    def test_a_projection_is_made_before_samples_are(
        self, how: Any, data: st.DataObject, dtype: str, method: Any, way: Any
    ) -> None:
        shape, window, grid, cuts = how
        planes = data.draw(st.integers(1, 4))
        start = data.draw(st.integers(0, planes - 1))
        stack = drawn(data, (planes, *shape), dtype)
        sampling = replace(
            sampling_of(stack, window, grid),
            method=method,
            projection=Projection(0, way, start, planes),
        )
        found = fed(sampling, stack, ([data.draw(st.integers(1, 4))], *cuts))
        plane = projected(stack[start:], way)
        answer = expected(sampling, plane)
        np.testing.assert_allclose(found.values, answer, rtol=1e-9, atol=1e-5)
        seen = stack[sampling.region]
        if way == "mean":
            assert found.left_out == (~np.isfinite(seen)).sum()
        else:
            infinite = np.isinf(np.array(plane)[sampling.region[1:]]) & (method == "mean")
            assert found.left_out == np.isnan(seen).sum() + infinite.sum()

    @given(windows(most=20))
    @settings(deadline=None, max_examples=80)
    def test_the_nearest_is_the_pixel_at_the_centre(self, how: Any) -> None:
        shape, window, grid, cuts = how
        plane = values_of(shape, "uint32")
        sampling = replace(sampling_of(plane, window, grid), method="nearest")
        found = fed(sampling, plane, cuts).values
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

    @given(windows(), st.sampled_from(["mean", "maximum"]), st.data())
    @settings(deadline=None, max_examples=100)
    def test_samples_of_chunks_that_were_never_written(
        self, how: Any, method: Any, data: st.DataObject
    ) -> None:
        shape, window, grid, cuts = how
        sampling = replace(sampling_of(values_of(shape, "uint16"), window, grid), method=method)
        edges = [
            sorted({part.start, part.stop, *(c for c in cut if part.start < c < part.stop)})
            for part, cut in zip(sampling.region, cuts, strict=True)
        ]
        blocks = list(product(*map(pairwise, edges)))
        missing = data.draw(st.sets(st.integers(0, len(blocks) - 1)))
        written = np.zeros(shape, bool)
        for number, block in enumerate(blocks):
            written[tuple(slice(*ends) for ends in block)] = number not in missing
        found = fed(sampling, values_of(shape, "uint16"), cuts, missing)
        answer = np.array(
            [
                [
                    not any(written[y, x] for y, x, _ in pixels_of(sampling, r, c))
                    for c in range(grid[1])
                ]
                for r in range(grid[0])
            ]
        )
        if found.unwritten is None:
            assert not answer.any()
        else:
            np.testing.assert_array_equal(found.unwritten, answer)


class TestMeans:
    @pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int64", "float32", "bool"])
    def test_every_type_of_pixel(self, dtype: str) -> None:
        plane = (values_of((13, 17)) * 37 % 251).astype(dtype)
        sampling = sampling_of(plane, (0.5, 12.25, 1.0, 17.0), (4, 5))
        found = fed(sampling, plane, ([5], [8])).values
        np.testing.assert_allclose(found, expected(sampling, plane), rtol=1e-9)

    def test_large_planes_stay_exact(self) -> None:
        """More rows than are averaged at a time, and sums beyond what 32 bits hold."""
        plane = np.full((1000, 700), 65535, "uint16")
        plane[::2] = 65533
        sampling = sampling_of(plane, (0.0, 1000.0, 0.0, 700.0), (4, 2))
        np.testing.assert_allclose(fed(sampling, plane, ([300], [])).values, 65534.0, rtol=1e-12)

    @pytest.mark.parametrize("planes", [1, 5])
    def test_values_near_the_end_of_doubles(self, planes: int) -> None:
        stack = np.full((planes, 8, 8), 1.5e308)
        sampling = sampling_of(stack, (0.0, 8.0, 0.0, 8.0), (2, 2))
        sampling = replace(sampling, projection=Projection(0, "mean", 0, planes))
        np.testing.assert_allclose(fed(sampling, stack).values, 1.5e308, rtol=1e-9)

    @pytest.mark.parametrize("dtype", ["uint8", "float64"])
    def test_more_samples_than_are_summed_at_a_time(self, dtype: str) -> None:
        """The pixel that two of them share is in both."""
        plane = (values_of((90, 61)) % 251).astype(dtype)
        sampling = sampling_of(plane, (0.25, 89.5, 3.0, 60.75), (37, 50))
        found = fed(sampling, plane, ([31], [40, 41])).values
        np.testing.assert_allclose(found, expected(sampling, plane), rtol=1e-9)

    def test_pixels_that_are_shown_larger(self) -> None:
        plane = values_of((2, 3))
        sampling = sampling_of(plane, (0.0, 2.0, 0.0, 3.0), (4, 9))
        found = fed(sampling, plane, ([1], [2])).values
        np.testing.assert_allclose(found, plane.repeat(2, axis=0).repeat(3, axis=1))

    @pytest.mark.parametrize("dtype", ["int64", "uint64"])
    @pytest.mark.parametrize("grid", [(2, 3), (4, 9)])
    def test_long_integers_are_exact_where_a_sample_is_one_pixel(
        self, dtype: str, grid: tuple[int, int]
    ) -> None:
        plane = np.iinfo(dtype).max - values_of((2, 3), dtype)
        found = fed(sampling_of(plane, (0.0, 2.0, 0.0, 3.0), grid), plane, ([1], [2])).values
        assert found.dtype == dtype
        larger = plane.repeat(grid[0] // 2, axis=0).repeat(grid[1] // 3, axis=1)
        np.testing.assert_array_equal(found, larger)


class TestMaxima:
    def test_a_single_bright_pixel_is_seen(self) -> None:
        plane = np.zeros((700, 900), "uint16")
        plane[451, 333] = 60000
        whole = sampling_of(plane, (0.0, 700.0, 0.0, 900.0), (20, 30))
        found = fed(replace(whole, method="maximum"), plane, ([256, 512], [256, 512, 768])).values
        assert np.argwhere(found).tolist() == [[451 * 20 // 700, 333 * 30 // 900]]
        assert (found.max(), found.dtype) == (60000, "uint16")
        assert fed(whole, plane).values.max() < 100

    @pytest.mark.parametrize("dtype", ["int64", "uint64"])
    def test_long_integers_are_exact(self, dtype: str) -> None:
        stack = np.iinfo(dtype).max - values_of((3, 4, 4), dtype)
        sampling = sampling_of(stack, (0.0, 4.0, 0.0, 4.0), (2, 2))
        sampling = replace(sampling, method="maximum", projection=Projection(0, "maximum", 0, 3))
        found = fed(sampling, stack, ([1], [3], []))
        np.testing.assert_array_equal(found.values, stack[0, ::2, ::2])

    @pytest.mark.parametrize("method", ["maximum", "mean", "nearest"])
    @pytest.mark.parametrize("dtype", ["uint16", "int8", "float32"])
    def test_the_larger_value_in_the_second_plane_of_a_block(self, method: Any, dtype: str) -> None:
        stack = np.zeros((2, 2, 2), dtype)
        stack[0, 0, 0], stack[1, 0, 0] = 5, 100
        stack[0, 1, 1], stack[1, 1, 1] = 90, 7
        sampling = sampling_of(stack, (0.0, 2.0, 0.0, 2.0), (2, 2))
        sampling = replace(sampling, method=method, projection=Projection(0, "maximum", 0, 2))
        assert fed(sampling, stack).values.tolist() == [[100, 0], [0, 90]]

    def test_truth_values(self) -> None:
        plane = np.eye(4, dtype=bool)
        sampling = replace(sampling_of(plane, (0.0, 4.0, 0.0, 4.0), (2, 2)), method="maximum")
        np.testing.assert_array_equal(fed(sampling, plane).values, np.eye(2))


@pytest.mark.parametrize("method", ["mean", "maximum", "nearest"])
@pytest.mark.parametrize("projection", [None, Projection(0, "mean", 0, 1)])
def test_nothing_taken(method: Any, projection: Projection | None) -> None:
    sampling = sampling_of(values_of((1, 4, 4)), (0, 4, 0, 4), (2, 3))
    found = reducer_for(replace(sampling, method=method, projection=projection)).result()
    assert (found.values.shape, found.left_out) == ((2, 3), 0)
