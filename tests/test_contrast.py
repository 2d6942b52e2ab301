"""Windows: percentiles of what is seen, and no window without a width, however it is moved."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from omezarr_tui.image.contrast import intensities, shifted, stretched, window_of
from omezarr_tui.ome.model import Window

Values = np.ndarray[Any, Any]
NUMBERS = st.floats(-1e300, 1e300)
SAMPLES = hnp.arrays(
    st.sampled_from([np.dtype(code) for code in ("u1", ">u2", "i4", "u8", "i8", "f4", "f8", "?")]),
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=6),
)


class TestWindowOf:
    def test_percentiles_of_what_is_seen(self) -> None:
        samples = np.arange(101.0).reshape(1, 101)
        assert window_of(samples) == Window(1, 99.8)
        samples[0, ::7] = [math.nan, math.inf, -math.inf] * 5
        finite = np.sort(samples[np.isfinite(samples)])
        low, high = np.percentile(finite, [1, 99.8])
        assert window_of(samples) == Window(low, high)

    def test_one_hot_pixel_does_not_darken_the_rest(self) -> None:
        samples = np.tile(np.arange(100.0), (10, 1))
        samples[3, 4] = 1e9
        assert window_of(samples).end < 100

    def test_a_few_bright_pixels_on_nothing(self) -> None:
        samples = np.zeros((100, 100))
        samples[5, 5] = 40
        assert window_of(samples) == Window(0, 40)

    def test_bools(self) -> None:
        assert window_of(np.tile([True, False, True], (5, 1))) == Window(0, 1)
        assert window_of(np.ones((3, 3), bool)) == Window(1, 2)

    @pytest.mark.parametrize("samples", [np.zeros((0, 3)), np.full((2, 2), np.nan)])
    def test_nothing_to_go_by(self, samples: Values) -> None:
        assert window_of(samples) == Window(0, 1)

    def test_equal_samples(self) -> None:
        assert window_of(np.full((3, 3), 7, "uint8")) == Window(7, 8)
        # The same mean of the same pixels comes out a rounding apart.
        assert window_of(np.array([[0.1 + 0.2, 0.3]])).end == pytest.approx(1.3)

    @given(SAMPLES)
    @settings(deadline=None, max_examples=150)
    @example(np.full((1, 1), 1e20))
    @example(np.full((1, 1), 2**63, "uint64"))
    @example(np.full((1, 1), -7e307))
    @example(np.array([[0.0, 5e-324]]))
    def test_it_always_has_a_width(self, samples: Values) -> None:
        finite = samples[np.isfinite(samples)].astype("float64")
        assume((abs(finite) < 8e307).all())  # no double holds the width of more
        window = window_of(samples)
        assert -math.inf < window.start < window.end < math.inf
        if finite.size:
            assert float(finite.min()) <= window.start
            brightness = intensities(samples, window)
            assert np.isnan(brightness).sum() == np.isnan(samples).sum()
            if (finite == finite.flat[0]).all():
                assert np.nanmax(np.where(np.isfinite(samples), brightness, 0)) == 0


class TestMoving:
    def test_stretched_about_the_middle(self) -> None:
        assert stretched(Window(10, 30), 0.5) == Window(15, 25)
        assert stretched(Window(10, 30), 2) == Window(0, 40)

    def test_shifted_by_parts_of_the_width(self) -> None:
        assert shifted(Window(10, 30), 0.1) == Window(12, 32)
        assert shifted(Window(10, 30), -1) == Window(-10, 10)

    @given(NUMBERS, st.floats(1e-3, 1e9), st.sampled_from([0.5, 0.8, 1.25, 2]))
    @settings(deadline=None, max_examples=60)
    def test_a_window_never_closes_and_never_bursts(
        self, start: float, width: float, factor: float
    ) -> None:
        window = Window(start, start + max(width, abs(start) * 1e-6))
        for moved in (lambda w: stretched(w, factor), lambda w: shifted(w, factor)):
            here = window
            for _ in range(1200):
                here = moved(here)
                assert -math.inf < here.start < here.end < math.inf
            brightness = intensities(np.array([[here.start, here.end]]), here)
            assert brightness.tolist() == [[0, 1]]


class TestIntensities:
    def test_a_straight_line_cut_off_at_both_ends(self) -> None:
        samples = np.array([[-5, 0, 25, 50, 100, 900]], "int16")
        assert intensities(samples, Window(0, 100)).tolist() == [[0, 0, 0.25, 0.5, 1, 1]]
        inverted = intensities(samples, Window(0, 100), invert=True)
        assert inverted.tolist() == [[1, 1, 0.75, 0.5, 0, 0]]

    def test_what_is_no_number(self) -> None:
        samples = np.array([[math.nan, math.inf, -math.inf, 1]])
        found = intensities(samples, Window(0, 2))
        assert np.isnan(found[0, 0])
        assert found[0, 1:].tolist() == [1, 0, 0.5]

    @given(SAMPLES, NUMBERS, NUMBERS)
    @settings(deadline=None, max_examples=100)
    def test_between_none_and_all(self, samples: Values, one: float, other: float) -> None:
        window = Window(*sorted((one, other))) if one != other else Window(one, one + 1 + abs(one))
        found = intensities(samples, window)
        there = ~np.isnan(samples)
        assert found.shape == samples.shape
        assert ((found[there] >= 0) & (found[there] <= 1)).all()
        order = np.argsort(samples[there], kind="stable")
        assert (np.diff(found[there][order]) >= 0).all()
