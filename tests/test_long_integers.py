"""Whole numbers of 64 bits far from zero, which doubles take for one another."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from looking import image_in, local, request_of

from omezarr_tui.image.bar import no_range_text, window_text
from omezarr_tui.image.contrast import intensities, shifted, stretched, window_of
from omezarr_tui.image.histogram import histogram_of
from omezarr_tui.image.long_integers import MOST, added_to, counted_from, moved, rounded
from omezarr_tui.image.picture import Painter, Picture
from omezarr_tui.image.plotting import across_labels, ticks
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.typed_window import exact, parse_window
from omezarr_tui.ome.model import Window

LONG = st.sampled_from(("int64", "uint64", ">i8"))
ORIGINS = {"int64": (-(2**63), -(2**60), 2**60, 2**63 - 4000), "uint64": (2**60, 2**64 - 4000)}
FAR = [(dtype, origin) for dtype, origins in ORIGINS.items() for origin in origins]


def painted(folder: Path, values: np.ndarray[Any, Any], **changes: Any) -> Picture:
    zarr.create_array(folder, data=values, chunks=(*values.shape[:-2], 7, 11), overwrite=True)
    request = request_of(image_in(folder), (3, 20), rendering="half", **changes)
    return Painter(Reader(local(folder))).paint(request)


def told_numbers(text: str) -> list[int]:
    return [int(word) for word in re.findall(r"-?\d{15,}", text)]


@given(LONG.flatmap(lambda dtype: hnp.arrays(dtype, st.integers(1, 9))), st.data())
def test_distances_lead_to_the_values_and_back(values: np.ndarray[Any, Any], data: Any) -> None:
    origin = int(data.draw(st.sampled_from(values.tolist())))
    distances = counted_from(values, origin)
    for value, distance in zip(values.tolist(), distances.tolist(), strict=True):
        assert distance == float(value - origin)  # which Python rounds once
    back = added_to(origin, distances, values.dtype)
    for value, distance, found in zip(values.tolist(), distances, back.tolist(), strict=True):
        off = 0 if abs(value - origin) <= MOST else np.spacing(abs(distance))
        assert abs(Fraction(found) - value) <= off


@pytest.mark.parametrize(("dtype", "origin"), FAR)
@pytest.mark.parametrize("method", ["mean", "maximum"])
def test_samples_are_the_means_of_the_pixels(
    tmp_path: Path, dtype: str, origin: int, method: str
) -> None:
    offsets = np.arange(12 * 40).reshape(12, 40)
    values = (np.full((12, 40), origin, dtype) + offsets.astype(dtype)).astype(dtype)
    picture = painted(tmp_path / "a.zarr", values, maximum=method == "maximum")
    down, across = picture.sampling.pixels_per_sample
    assert (down, across) == (2, 2)
    blocks = offsets.reshape(6, 2, 20, 2)
    expected = blocks.max((1, 3)) if method == "maximum" else blocks.mean((1, 3))
    found = np.vectorize(lambda value: value - origin, otypes=[object])(
        picture.samples.values.astype(object)
    )
    assert abs(found.astype(float) - expected).max() <= 0.5
    assert picture.only_value is None
    low, high = told_numbers(window_text(picture))
    assert origin <= low < high <= origin + 479
    brightness = intensities(picture.samples.values, picture.window)
    assert (np.diff(brightness, axis=1) > 0).mean() > 0.9  # a gradient


@pytest.mark.parametrize(("dtype", "origin"), FAR)
def test_the_mean_of_planes(tmp_path: Path, dtype: str, origin: int) -> None:
    offsets = np.arange(3 * 6 * 20).reshape(3, 6, 20) * 3
    values = np.full((3, 6, 20), origin, dtype) + offsets.astype(dtype)
    picture = painted(tmp_path / "a.zarr", values, projection="mean")
    found = picture.samples.values.astype(object) - origin
    assert (found == offsets.mean(axis=0)).all()


def test_planes_that_doubles_hold_have_means_between_whole_numbers(tmp_path: Path) -> None:
    picture = painted(tmp_path / "a.zarr", np.arange(2 * 12 * 40).reshape(2, 12, 40) + 2**40)
    assert picture.samples.values[0, 0] == 2**40 + 20.5
    assert picture.only_value is None


@pytest.mark.parametrize("value", [-(2**63), 2**53 + 1, 2**63 - 1])
def test_one_value_is_told_in_full(tmp_path: Path, value: int) -> None:
    picture = painted(tmp_path / "a.zarr", np.full((12, 40), value))
    assert no_range_text(picture) == f"every value seen is {value}"
    assert set(picture.samples.values.reshape(-1).tolist()) == {value}


@given(st.sampled_from(FAR), st.integers(1, 3000))
def test_windows_are_whole_and_move_by_whole_steps(place: tuple[str, int], count: int) -> None:
    dtype, origin = place
    window = window_of(np.full(count, origin, dtype) + np.arange(count).astype(dtype))
    near = window_of(np.arange(count))
    assert abs(window.start - origin - near.start) <= 0.5
    assert abs(window.end - origin - near.end) <= 0.5
    for changed in (stretched(window, 2), stretched(window, 0.5), shifted(window, 0.25)):
        assert isinstance(changed.start, int)
        assert isinstance(changed.end, int)
        assert changed.start < changed.end
    assert parse_window(f"{exact(window.start)} {exact(window.end)}") == window


def test_typed_numbers() -> None:
    assert parse_window("1e30 2e30") == Window(1e30, 2e30)
    assert parse_window(f"0.5 {2**60 + 1}") == Window(0.5, 2**60 + 1)
    wide = intensities(np.array([2**60, -5, 2**63 - 1]), Window(0, 10**30))
    assert wide.tolist() == pytest.approx([2**60 / 1e30, 0, 2**63 / 1e30])
    assert intensities(np.array([0.5e30]), Window(0, 10**30)).tolist() == [0.5]


@settings(deadline=None)
@given(st.sampled_from(FAR), st.integers(1, 3000))
def test_histograms_have_a_bin_for_each_value(place: tuple[str, int], count: int) -> None:
    dtype, origin = place
    values = np.full(count, origin, dtype) + np.arange(count).astype(dtype)
    told = histogram_of([values])
    assert (told.low, told.high, told.width) == (origin, origin + count, 1)
    assert told.quantile(1) == origin + count - 1
    assert told.beyond(origin, origin + count) == (0, 0)
    bars = told.bars(told.low, told.high, 7)
    assert sum(bar.count for bar in bars) == count
    assert bars[0].low == origin


@given(st.sampled_from(FAR), st.integers(1, 10**6), st.integers(1, 8))
def test_ticks_are_whole_round_and_inside(place: tuple[str, int], span: int, most: int) -> None:
    low = place[1]
    found = ticks(low, low + span, most)
    assert len(found) <= most
    assert all(isinstance(tick, int) and low <= tick <= low + span for tick in found)
    assert found == sorted(set(found))


def test_labels_of_an_axis_are_told_apart() -> None:
    line = across_labels(2**60, 2**60 + 2400, 100)
    found = told_numbers(line)
    assert len(found) > 1
    assert all(number % 500 == 0 and 2**60 <= number <= 2**60 + 2400 for number in found)
    assert len(set(found)) == len(found)


@given(st.integers(-(2**64), 2**64), st.floats(0.1, 1e6))
def test_steps_end_on_their_multiples(value: int, step: float) -> None:
    found = rounded(value, step)
    assert abs(found - value) <= max(1, step) / 2 + 1e-9 * min(abs(value), MOST)
    if abs(value) > MOST:
        assert isinstance(found, int)
        assert found % max(1, round(step)) == 0
        assert moved(value, step) == value + round(step)
