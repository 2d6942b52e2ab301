"""From a stored pyramid to what is shown, and back from a sample to the pixels it stands for."""

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from looking import array, image, local, view_of

from omezarr_tui.image.cursor import Cursor, cursor_at, sample_of
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.sampling import choose_sampling
from omezarr_tui.ome.discover import Image

# No level is a whole fraction of another, and no axis is as long as another.
SHAPES = ((3, 7, 23, 31), (3, 5, 13, 17), (2, 3, 5, 7))
CHUNKS = (2, 3, 8, 10)


@pytest.fixture(scope="module")
def pyramid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each pixel's value is its index, so that a swapped or flipped axis shows."""
    folder = tmp_path_factory.mktemp("pyramid")
    root = zarr.open_group(folder, mode="w")
    for level, shape in enumerate(SHAPES):
        made = root.create_array(f"s{level}", shape=shape, chunks=CHUNKS, dtype="uint16")
        made[:] = encoded(shape)
    return folder


def encoded(shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    return np.arange(math.prod(shape), dtype="uint16").reshape(shape)


def stored_image() -> Image:
    made = image("czyx", *SHAPES)
    levels = tuple(array(shape, CHUNKS, path=f"s{at}") for at, shape in enumerate(SHAPES))
    return Image(made.multiscale, levels)


def part(first: float, last: float, count: int, at: int) -> dict[int, Fraction]:
    """The pixels along an axis that a sample covers, and how much of each."""
    step = (Fraction(last) - Fraction(first)) / count
    low, high = Fraction(first) + at * step, Fraction(first) + (at + 1) * step
    shares = {
        n: min(high, Fraction(n + 1)) - max(low, Fraction(n))
        for n in range(math.floor(low), math.ceil(high))
    }
    return {n: share for n, share in shares.items() if share > Fraction(1, 10**9)}


@given(st.data())
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_what_is_shown_is_what_is_stored(pyramid: Path, data: st.DataObject) -> None:
    made = stored_image()
    rows, columns = data.draw(st.permutations(range(4)))[:2]
    view = view_of(made).displaying(rows, columns).zoomed(data.draw(st.floats(1, 8)))
    view = view.panned(data.draw(st.floats(-3, 3)), data.draw(st.floats(-3, 3)))
    for axis in view.fixed:
        place = data.draw(st.integers(0, view.extent[axis] - 1))
        view = view.at(axis, place, view.extent[axis])
    room = data.draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    sampling = choose_sampling(
        made,
        view,
        room,
        data.draw(st.sampled_from([1.0, 2.0])),
        data.draw(st.sampled_from([None, 0, 1, 2])),
        method=data.draw(st.sampled_from(["mean", "maximum"])),
        projection=data.draw(st.sampled_from([None, "mean", "maximum"])),
    )
    found = Reader(local(pyramid)).sample(sampling).values
    deep = sampling.projection
    kept = [rows, columns] if deep is None else [deep.axis, rows, columns]
    index: Any = [slice(None) if a in kept else at for a, at in enumerate(sampling.position)]
    stack = encoded(SHAPES[sampling.level])[tuple(index)]
    plane: Any = stack.transpose([sorted(kept).index(axis) for axis in kept])
    if deep is not None:
        plane = plane.mean(axis=0) if deep.method == "mean" else plane.max(axis=0)
    assert found.shape == sampling.grid
    for row, column in np.ndindex(*sampling.grid):
        down = part(sampling.top, sampling.bottom, sampling.grid[0], row)
        across = part(sampling.left, sampling.right, sampling.grid[1], column)
        seen = plane[np.ix_(list(down), list(across))]
        weights = np.outer([float(w) for w in down.values()], [float(w) for w in across.values()])
        is_mean = sampling.method == "mean"
        answer = np.average(seen, weights=weights) if is_mean else seen.max()
        assert found[row, column] == pytest.approx(answer, rel=1e-9, abs=1e-6)
        # The cursor there stands on a pixel that the sample covers, along the right axes.
        cursor = cursor_at(Cursor(), sampling, row, column)
        assert sample_of(cursor, sampling, view) == (row, column)
        shape = sampling.array.shape
        assert int(cursor.along(rows, view) * shape[rows]) in down
        assert int(cursor.along(columns, view) * shape[columns]) in across
