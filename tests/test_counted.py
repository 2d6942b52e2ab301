"""What is counted of a projection: the projected plane, read band by band."""

import math

import numpy as np
import pytest
import zarr
from looking import array_in, local

from omezarr_tui.image import counted
from omezarr_tui.image.counted import (
    counted_values,
    histogram_in,
    left_text,
    statistics_in,
)
from omezarr_tui.image.histogram import histogram_of
from omezarr_tui.image.plotted import Counting, counting_text
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.sampling import Projection
from omezarr_tui.image.statistics import statistics_of
from omezarr_tui.store.waiting import Cancelled


@pytest.fixture(autouse=True)
def small_bands(monkeypatch):
    monkeypatch.setattr(counted, "_BAND", 30)


@pytest.fixture
def stack(tmp_path):
    values = np.random.default_rng(8).integers(-900, 900, (6, 17, 23)).astype("int16")
    zarr.create_array(tmp_path / "a", data=values, chunks=(2, 4, 5))
    return tmp_path / "a", values


def counting(folder, axes, projection):
    region = [slice(1, 6), slice(3, 16), slice(2, 20)]
    return Counting("seen", 0, array_in(folder), None, ((0, tuple(region)),), axes, projection)


@pytest.mark.parametrize("axes", [(1, 2), (2, 1), (0, 2)])
@pytest.mark.parametrize("method", ["maximum", "mean"])
def test_the_values_are_those_of_the_projected_plane(stack, axes, method):
    folder, values = stack
    along = ({0, 1, 2} - {*axes}).pop()
    part = (slice(1, 6), slice(3, 16), slice(2, 20))
    sizes = part[along]
    wanted = counting(folder, axes, Projection(along, method, sizes.start, sizes.stop))
    expected = getattr(values[part], "max" if method == "maximum" else "mean")(axis=along)
    reader = Reader(local(folder))
    parts = list(counted_values(reader, wanted, wanted.regions[0][1]))
    assert len(parts) > 1
    found = statistics_of(parts)
    assert found.count == wanted.pixels == expected.size
    assert (found.minimum, found.maximum) == (expected.min(), expected.max())
    assert found.total == pytest.approx(expected.sum())
    plane = np.concatenate(parts)
    np.testing.assert_allclose(plane, expected if axes != (2, 1) else expected.T)
    if method == "maximum":
        histogram = histogram_of(counted_values(reader, wanted, wanted.regions[0][1]))
        assert histogram.counts.tolist() == np.bincount((plane - plane.min()).ravel()).tolist()
    names = ["z", "y", "x"]
    told = f"{method} over {names[along]} {sizes.start}–{sizes.stop - 1}"
    assert told in counting_text(wanted, names)


@pytest.mark.parametrize("projection", [None, Projection(0, "maximum", 1, 6)])
def test_it_stops_when_it_is_no_longer_wanted(stack, projection):
    folder, _ = stack
    wanted = counting(folder, (1, 2), projection)
    with pytest.raises(Cancelled):
        list(counted_values(Reader(local(folder)), wanted, wanted.regions[0][1], lambda: True))


@pytest.mark.parametrize("projection", [None, Projection(0, "mean", 0, 4)])
@pytest.mark.parametrize(("dtype", "fill", "told"), [("int16", -7, "-7"), ("f4", math.nan, "NaN")])
def test_values_that_were_never_written_are_counted_and_told(
    tmp_path, projection, dtype, fill, told
):
    stored = zarr.create_array(
        tmp_path / "a", shape=(4, 17, 23), chunks=(2, 4, 5), dtype=dtype, fill_value=fill
    )
    stored[0:2, 4:9] = 3  # rows 8 to 11 as well: a chunk is written whole
    stored[2:4, 0:4, 0:5] = 4
    node = array_in(tmp_path / "a")
    region = (slice(0, 4), slice(2, 15), slice(3, 23))
    wanted = Counting("seen", 0, node, None, ((0, region),), (1, 2), projection)
    written = np.zeros((4, 17, 23), bool)
    written[0:2, 4:12] = written[2:4, 0:4, 0:5] = True
    part = written[region] if projection is None else written[region].any(axis=0)
    reader = Reader(local(tmp_path / "a"))
    seen = []
    statistics = statistics_in(reader, wanted, region, progress=seen.append)
    assert statistics.unwritten == (~part).sum() > 0
    assert sum(seen) == wanted.pixels == statistics.count + statistics.nans
    assert histogram_in(reader, wanted, region).unwritten == statistics.unwritten
    text = left_text(statistics.unwritten, 0, wanted)
    assert text == f"{statistics.unwritten} never written count as {told}"
    assert left_text(0, 0, wanted) == ""


def test_where_all_is_written_nothing_is_told(stack):
    folder, _ = stack
    wanted = counting(folder, (1, 2), None)
    reader = Reader(local(folder))
    assert statistics_in(reader, wanted, wanted.regions[0][1]).unwritten == 0
    assert histogram_in(reader, wanted, wanted.regions[0][1]).unwritten == 0
