"""Plots out of characters."""

import math
import re
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from omezarr_tui.image.plot_rows import (
    LEAST_APART,
    bar_scale,
    curve_scale,
    log_scale,
    row_labels,
)
from omezarr_tui.image.plotting import (
    BLOCKS,
    across_labels,
    block_rows,
    braille_rows,
    curve_dots,
    rounded_step,
    ticks,
)

ROOMS = st.integers(1, 12)


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(1, 12))
def test_ticks_are_few_round_and_inside(low, span, most):
    high = low + span
    found = ticks(low, high, most)
    assert len(found) <= most
    assert all(low - 1e-5 * span <= tick <= high + 1e-5 * span for tick in found)
    assert found == sorted(set(found))


def test_ticks_are_the_numbers_that_a_person_would_write():
    assert ticks(0, 1, 6) == [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert ticks(3, 27, 5) == [5, 10, 15, 20, 25]
    assert ticks(0, 0.3, 4) == [0, 0.1, 0.2, 0.3]
    assert ticks(5, 5, 3) == []
    assert ticks(0, math.inf, 3) == []


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(1, 80), st.sampled_from(["", "µm"]))
def test_labels_stand_below_their_places(low, span, width, unit):
    line = across_labels(low, low + span, width, unit)
    assert len(line) == width
    if unit and line.strip():
        assert line.endswith(f" {unit}")
        line = line[: -len(unit)]
    for match in re.finditer(r"\S+", line):
        place = int((float(match[0]) - low) / span * width)
        middle = match.start() + len(match[0]) // 2
        at_an_end = match.start() == 0 or match.end() == width
        assert abs(place - middle) <= 1 + width / 1000 or at_an_end


def test_labels_are_as_many_as_fit():
    assert across_labels(-0.5, 31.5, 32, "px") == "0        10        20         px"
    assert across_labels(0, 100, 31) == "0             50            100"


def test_labels_at_the_side_are_as_wide_as_the_widest():
    scale = bar_scale(100, 7)
    assert row_labels(scale, 7) == ["100", "   ", "   ", " 50", "   ", "   ", "  0"]
    assert [count for _, count in log_scale(1234, 12).ticks] == [1, 10, 100, 1000]
    assert row_labels(log_scale(0, 2), 2) == [" ", "1"]


@given(st.floats(-1e4, 1e4), st.floats(1e-6, 1e12), st.integers(2, 60), st.booleans())
def test_numbers_at_the_side_lie_evenly_apart_where_their_values_are(low, span, rows, curve):
    low, high = (low * span, low * span + span) if curve else (0.0, span)
    scale = curve_scale(low, high, rows) if curve else bar_scale(high, rows)
    assert scale.low <= low + 1e-8 * span
    assert scale.high >= high - 1e-8 * span
    assert (
        scale.high - scale.low <= 1.8 * span or rows < 2 * LEAST_APART
    )  # most of the room is used
    places = [row for row, _ in scale.ticks]
    apart = {after - before for before, after in pairwise(places)}
    assert len(apart) <= 1
    assert min(apart, default=LEAST_APART) >= LEAST_APART
    assert len(places) >= 2 or rows < 2 * LEAST_APART
    for row, value in scale.ticks:
        if curve:  # the middle of the row, between its second and its third dot
            dot = (scale.high - value) / (scale.high - scale.low) * (4 * rows - 1)
            assert math.isclose(dot, 4 * (rows - 1 - row) + 1.5, abs_tol=1e-3)
        else:
            assert math.isclose(value / scale.high * rows, row, abs_tol=1e-6)


@given(st.integers(0, 10**15), st.integers(2, 40))
def test_logarithms_of_counts_lie_evenly_apart(peak, rows):
    scale = log_scale(peak, rows)
    assert scale.high >= math.log10(max(1, peak)) - 1e-6
    assert {after[0] - before[0] for before, after in pairwise(scale.ticks)} <= {*range(3, rows)}
    for row, count in scale.ticks:
        part = (math.log10(count) - scale.low) / (scale.high - scale.low)
        assert math.isclose(part * rows, row + 1, abs_tol=1e-6)


@given(st.floats(1e-9, 1e12), st.integers(2, 200))
def test_steps_of_keys_are_round_and_hardly_finer_than_a_part(span, parts):
    step = rounded_step(span, parts)
    assert 0.39 * span / parts <= step <= span / parts * 1.0001
    leading = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(leading - round_one) for round_one in (1, 2, 5)) < 1e-6


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), ROOMS)
def test_blocks_are_as_high_as_the_bars(heights, rows):
    lines = block_rows(heights, rows)
    assert len(lines) == rows
    for column, height in enumerate(heights):
        eighths = sum(BLOCKS.index(line[column]) for line in lines)
        if height == 0:
            assert eighths == 0
        else:
            assert eighths == max(1, round(height * rows * 8))


@given(
    hnp.arrays("float64", st.integers(1, 120), elements=st.floats(-5, 5) | st.just(math.nan)),
    ROOMS,
    ROOMS,
)
def test_a_curve_shows_every_value_and_a_gap_where_there_is_none(values, columns, rows):
    low, high = -5.0, 5.0
    dots = curve_dots(values, columns, rows, low, high)
    assert dots.shape == (4 * rows, 2 * columns)
    across = 2 * columns
    for column in range(across):
        start = column * len(values) // across
        here = values[start : max(start + 1, (column + 1) * len(values) // across)]
        here = here[np.isfinite(here)]
        places = np.flatnonzero(dots[:, column])
        assert (places.size == 0) == (here.size == 0)
        for value in here:
            row = (1 - (value - low) / (high - low)) * (4 * rows - 1)
            assert places.min() - 0.51 <= row <= places.max() + 0.51
        # There are no holes in what is drawn of a column.
        assert places.size == 0 or places.max() - places.min() + 1 == places.size


@given(hnp.arrays("float64", st.integers(1, 80), elements=st.floats(0, 1)), ROOMS, ROOMS)
def test_a_curve_without_gaps_is_joined(values, columns, rows):
    dots = curve_dots(values, columns, rows, 0, 1)
    for column in range(1, 2 * columns):
        before, here = np.flatnonzero(dots[:, column - 1]), np.flatnonzero(dots[:, column])
        assert here.min() <= before.max() + 1
        assert here.max() >= before.min() - 1


@given(st.integers(1, 6), st.integers(1, 6), st.data())
def test_braille_has_the_dots(rows, columns, data):
    dots = data.draw(hnp.arrays(bool, (4 * rows, 2 * columns)))
    lines = braille_rows(dots)
    # Bits of a sign count down the left column, then the right one; the lowest dots come last.
    order = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 0), (3, 1)]
    for row, line in enumerate(lines):
        for column, sign in enumerate(line):
            code = 0 if sign == " " else ord(sign) - 0x2800
            for bit, (down, across) in enumerate(order):
                assert bool(code >> bit & 1) == dots[4 * row + down, 2 * column + across]
