"""Profiles, against NumPy."""

import math
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from looking import array, values_of

from omezarr_tui.image.profile import Track, physical_steps, read_profile
from omezarr_tui.ome.model import Axis, Level
from omezarr_tui.store.waiting import Cancelled


@dataclass
class _Block:
    start: tuple[int, ...]
    values: np.ndarray


class _Reader:
    """Gives the blocks of an array in memory, and notes which chunks they were of."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values
        self.chunks: list[tuple[int, ...]] = []

    def blocks(self, node: Any, region: tuple[slice, ...], cancelled: Any) -> Any:
        ranges = [
            range(part.start // size, -(-part.stop // size))
            for part, size in zip(region, node.chunks, strict=True)
        ]
        for place in product(*ranges):
            if cancelled():
                raise Cancelled
            self.chunks.append(place)
            inside = tuple(
                slice(max(part.start, at * size), min(part.stop, (at + 1) * size))
                for part, at, size in zip(region, place, node.chunks, strict=True)
            )
            yield _Block(tuple(part.start for part in inside), self.values[inside])


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    rank = draw(st.integers(1, 4))
    shape = tuple(draw(st.integers(1, 9)) for _ in range(rank))
    chunks = tuple(draw(st.integers(1, size)) for size in shape)
    start, end = (tuple(draw(st.integers(0, size - 1)) for size in shape) for _ in range(2))
    return Track(0, array(shape, chunks), start, end)


@given(tracks())
def test_values_are_those_of_the_nearest_pixels_at_steps_of_a_pixel(track):
    values = values_of(track.array.shape, "uint16")
    profile = read_profile(_Reader(values), track)
    assert profile.known.all()
    count = 1 + round(math.dist(track.start, track.end))
    assert len(profile.values) == count
    parts = np.linspace(0, 1, count) if count > 1 else np.zeros(1)
    exact = np.array(track.start) + parts[:, None] * (np.array(track.end) - np.array(track.start))
    for number, place in enumerate(exact):
        pixel = track.pixel(number)
        assert np.abs(np.array(pixel) - place).max() <= 0.5 + 1e-9
        assert profile.values[number] == values[pixel]
    assert track.pixel(0) == track.start
    assert count == 1 or track.pixel(count - 1) == track.end


@given(tracks())
def test_only_chunks_that_it_crosses_are_read_and_counted(track):
    reader = _Reader(values_of(track.array.shape))
    read_profile(reader, track)
    crossed = {tuple(chunk) for chunk in (track.pixels() // track.array.chunks).tolist()}
    assert set(reader.chunks) == crossed
    each = math.prod(track.array.chunks) * track.array.dtype.itemsize
    assert track.decoded_bytes == len(crossed) * each


@given(st.integers(0, 2), st.data())
def test_along_an_axis_it_is_that_row_of_the_array(axis, data):
    shape = (5, 7, 11)
    values = values_of(shape)
    at = [data.draw(st.integers(0, size - 1)) for size in shape]
    start, end = list(at), list(at)
    start[axis], end[axis] = 0, shape[axis] - 1
    track = Track(0, array(shape, (2, 3, 4)), tuple(start), tuple(end))
    where: list[int | slice] = list(at)
    where[axis] = slice(None)
    assert read_profile(_Reader(values), track).values.tolist() == values[tuple(where)].tolist()


def test_it_grows_chunk_by_chunk_and_can_be_stopped():
    values = values_of((6, 4))
    track = Track(0, array((6, 4), (1, 4)), (0, 2), (5, 2))
    grown: list[int] = []

    def progress(profile: Any) -> None:
        grown.append(int(profile.known.sum()))
        drawn = profile.drawn()
        assert np.isnan(drawn).sum() == 6 - grown[-1]

    with pytest.raises(Cancelled):
        read_profile(_Reader(values), track, progress, lambda: len(grown) == 3)
    assert grown == [1, 2, 3]


def test_what_is_not_finite_is_a_gap():
    values = np.array([1.0, np.nan, np.inf, 4.0])
    profile = read_profile(_Reader(values), Track(0, array((4,)), (0,), (3,)))
    assert np.isnan(profile.drawn()).tolist() == [False, True, True, False]


def test_steps_are_physical_where_units_agree():
    axes = (Axis("z", "space", "micrometer"), Axis("y", "space", "micrometer"), Axis("c", None))
    level = Level("0", (2.0, 0.5, 1.0), (0.0, 0.0, 0.0))
    node = array((9, 9, 3))
    assert physical_steps(Track(0, node, (1, 4, 0), (1, 8, 0)), axes, level) == (0.5, "micrometer")
    across = physical_steps(Track(0, node, (0, 0, 0), (3, 4, 0)), axes, level)
    assert across == (pytest.approx(math.hypot(6, 2) / 5), "micrometer")
    assert physical_steps(Track(0, node, (0, 0, 0), (0, 0, 2)), axes, level) is None
    assert physical_steps(Track(0, node, (0, 0, 0), (0, 0, 0)), axes, level) is None
