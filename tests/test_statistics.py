"""Statistics, against Python's whole numbers and NumPy's long doubles."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from omezarr_tui.image import statistics
from omezarr_tui.image.statistics import Statistics, statistics_of

WHOLE = ("bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", ">u2")


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(statistics, "_PIECE", 7)


@given(st.sampled_from(WHOLE).flatmap(lambda t: st.lists(arrays.arrays(
    t, arrays.array_shapes(max_dims=2, max_side=6)), min_size=1, max_size=4)))  # fmt: skip
def test_those_of_whole_numbers_are_exact(blocks):
    found = statistics_of(blocks)
    values = [int(value) for block in blocks for value in block.flat]
    assert found.count == len(values)
    assert (found.minimum, found.maximum, found.total) == (min(values), max(values), sum(values))
    mean = Fraction(sum(values), len(values))
    assert found.mean == float(mean)
    variance = sum((value - mean) ** 2 for value in values) / len(values)
    assert found.deviation == pytest.approx(math.sqrt(variance), rel=1e-15, abs=0)


FLOATS = st.one_of(
    st.floats(-1e9, 1e9, width=32), st.sampled_from([math.nan, math.inf, -math.inf, 0.0])
)


@given(
    st.sampled_from(["float32", "float64"]),
    st.lists(st.lists(FLOATS, min_size=1, max_size=30), min_size=1, max_size=4),
)
def test_those_of_floating_point_numbers_are_right_to_their_last_digits(dtype, lists):
    blocks = [np.array(one, dtype) for one in lists]
    found = statistics_of(blocks)
    everything = np.concatenate(blocks).astype(np.longdouble)
    finite = everything[np.isfinite(everything)]
    assert found.count == finite.size
    assert found.nans == np.isnan(everything).sum()
    assert found.infinities == np.isinf(everything).sum()
    if not finite.size:
        assert found == Statistics(0, found.nans, found.infinities)
        return
    largest = float(np.abs(finite).max())
    assert (found.minimum, found.maximum) == (finite.min(), finite.max())
    assert found.total == pytest.approx(float(finite.sum()), rel=1e-13, abs=largest * 1e-13)
    assert found.mean == pytest.approx(float(finite.mean()), rel=1e-13, abs=largest * 1e-13)
    assert found.deviation == pytest.approx(float(finite.std()), rel=1e-9, abs=largest * 1e-13)


def test_a_small_spread_on_a_large_number_is_kept():
    values = np.array([1e15, 1e15 + 1, 1e15 + 2] * 20)
    assert statistics_of([values]).deviation == pytest.approx(math.sqrt(2 / 3), rel=1e-12)
    assert statistics_of([]) == Statistics(0, 0, 0)
