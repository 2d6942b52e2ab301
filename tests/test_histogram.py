"""Histograms, against NumPy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from omezarr_tui.image.histogram import BINS, Counter, Histogram

WHOLE = ("uint8", "int8", "uint16", "int16", "int32", "uint32", "int64", "uint64", "bool")
FLOATS = ("float16", "float32", "float64")
DTYPES = st.sampled_from((*WHOLE, *FLOATS))


def counted(*blocks: np.ndarray) -> Histogram:
    counter = Counter()
    for block in blocks:
        counter.add(block)
    return counter.result()


@given(st.data(), DTYPES)
def test_every_value_is_counted_once_in_the_bin_that_it_lies_in(data, dtype):
    shapes = st.lists(hnp.array_shapes(max_dims=2, max_side=12), max_size=4)
    blocks = [data.draw(hnp.arrays(dtype, shape)) for shape in data.draw(shapes)]
    told = counted(*blocks)
    values = [value for block in blocks for value in block.reshape(-1).tolist()]
    finite = [value for value in values if math.isfinite(value)]
    assert told.nans == sum(math.isnan(value) for value in values)
    assert told.infinities == len(values) - len(finite) - told.nans
    assert told.finite == len(finite)
    assert len(told.counts) <= BINS
    width = told.width.as_integer_ratio()
    expected: dict[int, int] = {}
    for value in finite:  # in whole numbers: nothing is rounded
        number, parts = value.as_integer_ratio()
        at = (number * width[1]) // (parts * width[0]) - told.first
        expected[at] = expected.get(at, 0) + 1
    assert {at: c for at, c in enumerate(told.counts.tolist()) if c} == expected
    if finite:
        assert told.counts[0]
        assert told.counts[-1]


@given(hnp.arrays("uint16", st.integers(1, 200)))
def test_each_value_of_16_bits_has_a_bin_of_its_own(values):
    told = counted(values)
    assert told.width == 1
    numbers, counts = np.unique(values, return_counts=True)
    assert told.first == numbers[0]
    assert told.counts[numbers - numbers[0]].tolist() == counts.tolist()


@given(hnp.arrays("uint16", st.integers(1, 200)), st.floats(0.001, 1))
def test_quantiles_of_whole_numbers_are_exact(values, part):
    expected = np.quantile(values, part, method="inverted_cdf")
    assert counted(values).quantile(part) == expected


@given(hnp.arrays("int16", st.integers(1, 100)), st.integers(1, 90), st.data())
def test_bars_are_the_counts_of_numpy(values, most, data):
    low = data.draw(st.integers(-(2**15), 2**15))
    high = data.draw(st.integers(low, 2**15))
    told = counted(values)
    bars = told.bars(low, high, most)
    assert 1 <= len(bars) <= most
    edges = [bars[0].low, *(bar.high for bar in bars)]
    assert edges[0] == low
    assert edges[-1] >= high
    # The last bin of NumPy takes its upper edge too: one more of them takes it from ours.
    expected = np.histogram(values, [*edges, edges[-1] + 0.5])[0][:-1]
    assert [bar.count for bar in bars] == expected.tolist()
    below, above = told.beyond(low, high)
    assert below == (values < low).sum()
    assert above == (values > high).sum()


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=50))
def test_the_order_of_blocks_changes_no_total(numbers):
    values = np.array(numbers)
    one, other = (counted(*(v[None] for v in each)) for each in (values, values[::-1]))
    assert one.finite == other.finite == values.size


def test_bins_fit_small_values_that_come_after_a_block_of_nothing_but_zeros():
    told = counted(np.zeros(1000), np.linspace(0, 1e-12, 1000))
    assert told.finite == 2000
    assert len(told.counts) > BINS // 4


def test_what_lies_far_apart_takes_no_more_room():
    told = counted(np.array([1e-300]), np.array([-1e300, 1e300, 2e-300]))
    assert told.finite == 4
    assert len(told.counts) <= BINS


def test_of_nothing_there_is_nothing():
    told = counted(np.array([np.nan, np.inf, -np.inf]))
    assert (told.finite, told.nans, told.infinities) == (0, 1, 2)
    assert told.quantile(0.5) == 0
    assert sum(bar.count for bar in told.bars(0, 10, 5)) == 0


@pytest.mark.parametrize("dtype", WHOLE)
def test_the_ends_of_a_data_type_are_counted(dtype):
    ends = [0, 1] if dtype == "bool" else [np.iinfo(dtype).min, np.iinfo(dtype).max]
    told = counted(np.array(ends, dtype))
    assert told.finite == 2
    assert told.counts[0] == told.counts[-1] == 1
