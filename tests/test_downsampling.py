"""What makes coarser levels, block by block: the same as the tools make of whole images."""

import math
from typing import Any

import dask.array
import numpy as np
import pytest
import skimage.transform
import tensorstore
from foreign import Array as Values
from hypothesis import given, settings
from hypothesis import strategies as st
from ome_zarr.dask_utils import resize
from scipy import ndimage, special

from omezarr_tui.edit.box import within
from omezarr_tui.edit.discrete_gaussian import discrete_gaussian, sampled_gaussian
from omezarr_tui.edit.downsampling import Downsampling, Method
from omezarr_tui.edit.downsampling_any import AREA, NEAREST
from omezarr_tui.edit.downsampling_filters import (
    GAUSSIAN,
    ITK_GAUSSIAN,
    LINEAR,
    SMOOTHED,
    ZOOM,
)
from omezarr_tui.edit.downsampling_windows import (
    MAXIMUM,
    MEAN,
    MEAN_CUT,
    MEAN_HALF_UP,
    MEDIAN,
    MINIMUM,
    MODE,
    STRIDE,
)
from omezarr_tui.edit.scratch import Box

WHOLE_FACTORS: tuple[Method, ...] = (
    *(STRIDE, MEAN_CUT, MEAN_HALF_UP, MEAN, MODE, MEDIAN, MINIMUM, MAXIMUM, ITK_GAUSSIAN),
)
ANY_FACTORS: tuple[Method, ...] = (NEAREST, LINEAR, SMOOTHED, ZOOM, GAUSSIAN, AREA)
DTYPES = st.sampled_from(["uint8", "int16", "uint16", "int32", "float32", "float64"])


def noise(shape: tuple[int, ...], dtype: str, seed: int = 0) -> Values:
    rng = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return rng.normal(0, 500, shape).astype(dtype)
    return rng.integers(0 if dtype[0] == "u" else -100, 120, shape).astype(dtype)


def extremes_of(values: Values) -> Any:
    def extremes(box: Box) -> tuple[Any, Any]:
        block = values[tuple(slice(*ends) for ends in box)]
        return block.min(), block.max()

    return extremes


def made(how: Downsampling, values: Values, box: Box | None = None) -> Values:
    """The values of a box, from no more of the finer level than is asked for."""
    box = box or tuple((0, size) for size in how.coarse)
    region = values[tuple(slice(*ends) for ends in how.source(box))]
    return how.values(box, region, extremes_of(values))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Downsampling, Values, Box]:
    rank = draw(st.integers(1, 3))
    fine = tuple(draw(st.integers(1, 23)) for _ in range(rank))
    factors = tuple(draw(st.integers(1, 4)) for _ in range(rank))
    if draw(st.booleans()):
        method = draw(st.sampled_from(WHOLE_FACTORS))
        up = draw(st.booleans()) and method is not ITK_GAUSSIAN
        pairs = zip(fine, factors, strict=True)
        coarse = tuple(max(1, -(-size // f) if up else size // f) for size, f in pairs)
        factors = tuple(min(pair) for pair in zip(factors, fine, strict=True))
    else:
        method = draw(st.sampled_from(ANY_FACTORS))
        coarse = tuple(draw(st.integers(1, size)) for size in fine)
    block = None
    if method in (NEAREST, LINEAR, SMOOTHED):
        block = draw(st.none() | st.tuples(*[st.integers(1, 23)] * rank))
    how = Downsampling(method, fine, coarse, factors, block)
    values = noise(fine, draw(DTYPES), draw(st.integers(0, 99)))
    box = []
    for size in coarse:
        low = draw(st.integers(0, size - 1))
        box.append((low, draw(st.integers(low + 1, size))))
    return how, values, tuple(box)


@settings(max_examples=300, deadline=None)
@given(cases())
def test_a_box_is_made_as_in_the_whole_level(case: tuple[Downsampling, Values, Box]) -> None:
    how, values, box = case
    whole = made(how, values)
    assert whole.dtype == values.dtype
    assert np.array_equal(made(how, values, box), whole[tuple(slice(*ends) for ends in box)])


@settings(max_examples=300, deadline=None)
@given(cases(), st.data())
def test_an_edit_changes_nothing_but_its_target(
    case: tuple[Downsampling, Values, Box], data: st.DataObject
) -> None:
    how, values, _ = case
    edited = values.copy()
    box = []
    for size in values.shape:
        low = data.draw(st.integers(0, size - 1))
        box.append((low, data.draw(st.integers(low + 1, size))))
    edited[tuple(slice(*ends) for ends in box)] = 77
    target = how.target(tuple(box))
    was, now = made(how, values), made(how, edited)
    if how.method in (LINEAR, SMOOTHED):  # a new lowest value of all changes how others round
        same = np.isclose(was.astype(float), now.astype(float), rtol=0, atol=1)
    else:
        same = was == now
    if target is not None:
        whole = tuple((0, size) for size in how.coarse)
        same[within(target, whole)] = True
    assert same.all()


@settings(max_examples=80, deadline=None)
@given(
    st.tuples(st.integers(2, 40), st.integers(2, 40)),
    st.data(),
    DTYPES,
    st.sampled_from([(NEAREST, 0, False), (LINEAR, 1, False), (SMOOTHED, 1, True)]),
)
def test_resizing_is_scikit_images(
    shape: tuple[int, int], data: st.DataObject, dtype: str, kind: tuple[Method, int, bool]
) -> None:
    method, order, smooth = kind
    coarse = tuple(data.draw(st.integers(1, size)) for size in shape)
    values = noise(shape, dtype)
    expected = skimage.transform.resize(
        values, coarse, order=order, mode="reflect", anti_aliasing=smooth, preserve_range=True
    ).astype(dtype)
    assert np.array_equal(made(Downsampling(method, shape, coarse, (1, 1)), values), expected)


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.integers(8, 70), st.integers(8, 70)),
    st.tuples(st.integers(4, 70), st.integers(4, 70)),
    st.sampled_from([(NEAREST, 0, False), (SMOOTHED, 1, True)]),
)
def test_blocks_are_those_of_ome_zarr_py(
    shape: tuple[int, int], chunks: tuple[int, int], kind: tuple[Method, int, bool]
) -> None:
    method, order, smooth = kind
    values = noise(shape, "uint8")
    coarse = tuple(size // 2 for size in shape)
    image = dask.array.from_array(values, chunks=chunks)  # type: ignore[no-untyped-call]
    expected = resize(
        image, coarse, order=order, mode="reflect", anti_aliasing=smooth, preserve_range=True
    ).compute()
    if expected.shape == coarse:  # its blocks do not always add up
        how = Downsampling(method, shape, coarse, (2, 2), image.chunksize)
        assert np.array_equal(made(how, values), expected)


@settings(max_examples=100, deadline=None)
@given(
    st.tuples(st.integers(1, 30), st.integers(1, 30)),
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
    st.sampled_from(["bool", "uint8", "int16", "int64", "uint64", "float16", "float32"]),
    st.sampled_from(
        [("mean", MEAN), ("median", MEDIAN), ("mode", MODE), ("min", MINIMUM), ("stride", STRIDE)]
    ),
)
def test_windows_are_those_of_tensorstore(
    shape: tuple[int, int], factors: tuple[int, int], dtype: str, kind: tuple[Any, Method]
) -> None:
    name, method = kind
    values = noise(shape, "int16").astype(dtype)
    if dtype in ("int64", "uint64"):  # too long for doubles, and their sums for themselves
        values = values + np.array(2**62 + 1, dtype)
    if not method.fits(values.dtype):
        pytest.fail(f"{name} cannot be made of {dtype}")
    expected = tensorstore.downsample(tensorstore.array(values), factors, name).read().result()
    how = Downsampling(method, shape, expected.shape, factors)
    assert np.array_equal(made(how, values), expected)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 40), st.integers(1, 40), DTYPES)
def test_zooming_is_that_of_scipy(fine: int, coarse: int, dtype: str) -> None:
    coarse = min(coarse, fine)
    values = noise((fine, 3), dtype)
    expected = ndimage.zoom(values, (coarse / fine, 1), order=1)
    assert np.array_equal(
        made(Downsampling(ZOOM, (fine, 3), expected.shape, (1, 1)), values), expected
    )


@given(st.integers(1, 30), st.integers(1, 30))
def test_area_is_the_mean_of_what_is_covered(fine: int, coarse: int) -> None:
    values = noise((fine,), "float64")
    parts = np.repeat(values, coarse).reshape(coarse, fine).mean(axis=1)
    found = made(Downsampling(AREA, (fine,), (coarse,), (1,)), values)
    assert np.allclose(found, parts)


def test_local_mean_pads_as_scikit_image_does() -> None:
    values = noise((7, 9), "int16")
    expected = skimage.transform.downscale_local_mean(values, (2, 2)).astype("int16")
    how = Downsampling(MEAN_CUT, (7, 9), expected.shape, (2, 2))
    assert np.array_equal(made(how, values), expected)


def test_a_flat_part_comes_out_as_from_scikit_image() -> None:
    # 7 is the lowest value in one image, and not in the other, where it may become 6.
    for lowest in (7, 3):
        values = np.full((40, 40), 7, "uint8")
        values[30:] = noise((10, 40), "uint8") + 10
        values[39, 39] = lowest
        expected = skimage.transform.resize(
            values, (20, 20), order=1, mode="reflect", anti_aliasing=True, preserve_range=True
        ).astype("uint8")
        how = Downsampling(SMOOTHED, (40, 40), (20, 20), (2, 2))
        assert np.array_equal(made(how, values, ((0, 9), (0, 9))), expected[:9, :9])


def test_whole_numbers_keep_their_limits() -> None:
    for dtype in ("uint64", "int64", "uint8"):
        for limit in (np.iinfo(dtype).max, np.iinfo(dtype).min):
            values = np.full((8, 8), limit, dtype)
            for method in (MEAN, MEAN_HALF_UP, ITK_GAUSSIAN, AREA, MODE):
                found = made(Downsampling(method, (8, 8), (4, 4), (2, 2)), values)
                assert (found == limit).all(), (dtype, method.name)


@given(st.floats(0.05, 20))
def test_discrete_gaussians_are_bessel_functions(variance: float) -> None:
    weights = np.array(discrete_gaussian(variance))
    expected = special.ive(np.arange(len(weights)), variance)
    expected /= expected[0] + 2 * expected[1:].sum()
    assert np.allclose(weights, expected, atol=1e-6)
    assert math.isclose(weights[0] + 2 * weights[1:].sum(), 1)


@given(st.floats(0.05, 9))
def test_sampled_gaussians_are_those_of_scipy(sigma: float) -> None:
    radius = len(sampled_gaussian(sigma)) - 1
    impulse = np.zeros(2 * radius + 3)
    impulse[radius + 1] = 1
    expected = ndimage.gaussian_filter1d(impulse, sigma, mode="constant")[radius + 1 : -1]
    assert np.array_equal(sampled_gaussian(sigma), expected)


def test_what_is_left_over_concerns_no_coarser_value() -> None:
    how = Downsampling(MEAN, (9, 9), (4, 4), (2, 2))
    assert how.target(((8, 9), (0, 9))) is None
    assert how.target(((7, 9), (0, 9))) == ((3, 4), (0, 4))
