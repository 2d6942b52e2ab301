"""Chunks that cannot be read leave gaps: all else is shown, and nothing false in their place."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import array_in, image_in, local, request_of, values_of

from omezarr_tui.errors import UserError
from omezarr_tui.image.bar import failures_of, no_range_text, not_values_text
from omezarr_tui.image.counted import histogram_in, left_text, statistics_in
from omezarr_tui.image.picture import Painter, Picture, PictureRequest
from omezarr_tui.image.plotted import Counting
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.states import (
    STATE_GLYPHS,
    UNREADABLE,
    UNWRITTEN,
    states_of,
    states_of_all,
)
from omezarr_tui.image.under_cursor import label_texts, place_texts
from omezarr_tui.ome.model import LabelImage
from omezarr_tui.store.traffic import Traffic

SHAPE, CHUNKS = (24, 40), (6, 8)
GRID = (4, 5)


def damage(folder: Path, *places: tuple[int, ...]) -> None:
    """Cut the end off chunks that are stored."""
    for place in places:
        chunk = folder.joinpath("c", *map(str, place))
        chunk.write_bytes(chunk.read_bytes()[:5])


def painted(folder: Path, room: tuple[int, int] = (24, 40), **changes: Any) -> Picture:
    request = request_of(image_in(folder), room, rendering="half", source="seen", **changes)
    return Painter(Reader(local(folder))).paint(request)


@pytest.fixture
def holed(tmp_path: Path) -> Path:
    """A plane with one damaged chunk, and one that was never written."""
    made = zarr.create_array(tmp_path / "s", shape=SHAPE, chunks=CHUNKS, dtype="int32")
    made[...] = values_of(SHAPE)
    (tmp_path / "s" / "c" / "3" / "4").unlink()
    damage(tmp_path / "s", (1, 2))
    return tmp_path / "s"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gaps") / "s"
    zarr.create_array(path, data=values_of(SHAPE), chunks=CHUNKS, compressors=None)
    return path


class TestSamples:
    @given(st.data())
    @settings(deadline=None, max_examples=60)
    def test_what_needs_a_damaged_chunk_is_a_gap_and_all_else_is_true(
        self, sound: Path, data: st.DataObject
    ) -> None:
        every = [*product(*map(range, GRID))]
        bad = data.draw(st.sets(st.sampled_from(every), min_size=1, max_size=len(every) - 1))
        room = data.draw(st.tuples(st.integers(2, 30), st.integers(2, 50)))
        maximum = data.draw(st.booleans())
        before = {at: sound.joinpath("c", *map(str, at)).read_bytes() for at in bad}
        damage(sound, *bad)
        request = replace(request_of(image_in(sound), room, rendering="half"), maximum=maximum)
        sampling = request.sampling()
        try:
            found = Reader(local(sound)).sample(sampling, with_gaps=True)
        finally:
            for at, raw in before.items():
                sound.joinpath("c", *map(str, at)).write_bytes(raw)
        whole = Reader(local(sound)).sample(sampling)
        assert found.unreadable is not None
        assert {error.what for error in found.failures} == {
            f"s cannot be read at c/{row}/{column}" for row, column in bad
        }
        pixels = np.zeros(SHAPE, bool)
        for row, column in bad:
            pixels[row * 6 : row * 6 + 6, column * 8 : column * 8 + 8] = True
        for (row, column), is_gap in np.ndenumerate(found.unreadable):
            down, across = (
                slice(int(at * size / count + 1e-9), int(np.ceil((at + 1) * size / count - 1e-9)))
                for at, size, count in zip((row, column), SHAPE, sampling.grid, strict=True)
            )
            assert is_gap == pixels[down, across].any()
        rest = ~found.unreadable
        np.testing.assert_array_equal(found.values[rest], whole.values[rest])
        np.testing.assert_array_equal(found.known, whole.values[rest])

    def test_by_itself_a_chunk_that_fails_raises(self, holed: Path) -> None:
        request = request_of(image_in(holed), (24, 40), rendering="half")
        with pytest.raises(UserError, match="s cannot be read at c/1/2"):
            Reader(local(holed)).sample(request.sampling())

    def test_where_nothing_can_be_read_it_raises(self, holed: Path) -> None:
        (holed / "c" / "3" / "4").write_bytes(b"junk")
        damage(holed, *(set(product(*map(range, GRID))) - {(3, 4)}))
        with pytest.raises(UserError, match="s cannot be read at c/0/0"):
            painted(holed)

    def test_many_failures_and_nothing_else_end_the_reading(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A folder that may not be read is not asked for each of its thousand chunks."""
        zarr.create_array(tmp_path / "s", data=np.ones((1, 400), "u1"), chunks=(1, 4))
        damage(tmp_path / "s", *((0, at) for at in range(99)))
        access = local(tmp_path / "s")
        monkeypatch.setattr(access, "traffic", Traffic())  # it counts as far
        node, reader = array_in(tmp_path / "s"), Reader(access)
        asked: list[Any] = []
        original = type(reader)._read

        def counted(self: Reader, *wanted: Any) -> Any:
            for each in original(self, *wanted):
                asked.append(each)
                yield each

        monkeypatch.setattr(Reader, "_read", counted)
        request = request_of(image_in(tmp_path / "s"), (4, 40), rendering="half")
        assert request.sampling().array == node
        with pytest.raises(UserError, match="cannot be read at c/0/0"):
            reader.sample(request.sampling(), with_gaps=True)
        assert len(asked) < 40


class TestPicture:
    def test_a_gap_is_neither_value_nor_unwritten(self, holed: Path) -> None:
        picture = painted(holed)
        states = states_of(picture.samples)
        assert states is not None
        assert picture.sampling.grid == SHAPE
        wanted = np.zeros(SHAPE, int)
        wanted[6:12, 16:24] = UNREADABLE
        wanted[18:, 32:] = UNWRITTEN
        assert (states == wanted).all()

    def test_it_is_no_part_of_the_window(self, holed: Path) -> None:
        made = zarr.open_array(holed, mode="r+")
        made[:6] = made[12:18] = made[18:] = 700
        made[6:12, :16] = made[6:12, 24:] = 700
        picture = painted(holed)
        assert picture.only_value == 700
        assert picture.window.start == 700

    def test_the_bar_and_the_cursor_say_so(self, holed: Path) -> None:
        picture = painted(holed)
        assert not_values_text(picture) == "never written, 1 chunk cannot be read"
        assert [error.what for error in failures_of(picture)] == ["s cannot be read at c/1/2"]
        assert place_texts(picture, 7, 17)[1] == "value cannot be read"
        assert place_texts(picture, 5, 17)[1] == f"value {5 * 40 + 17}"

    def test_many_failures_are_told_once_for_each_cause(self, holed: Path) -> None:
        damage(holed, (0, 0), (0, 1), (2, 2))
        (told,) = failures_of(painted(holed))
        assert told.what == "s cannot be read at c/0/0 and 3 more"
        assert told.why

    def test_labels_have_gaps_too(self, holed: Path) -> None:
        made = image_in(holed)
        made = replace(made, multiscale=replace(made.multiscale, label=LabelImage()))
        request: PictureRequest = request_of(made, SHAPE, rendering="ascii", depth="none")
        picture = Painter(Reader(local(holed))).paint(request)
        states = states_of(picture.samples)
        assert states is not None
        rows, columns = np.nonzero(states == UNREADABLE)
        assert len(rows)
        assert {picture.frame.lines[r][c] for r, c in zip(rows, columns, strict=True)} == {
            STATE_GLYPHS[UNREADABLE]
        }
        assert label_texts(picture, int(rows[0]), int(columns[0])) == ["label cannot be read"]


def test_pixels_left_out_of_means_are_counted(tmp_path: Path) -> None:
    values = values_of((40, 40))
    values[3, 3] = values[20, 20] = np.nan
    values[30, 7] = np.inf
    zarr.create_array(tmp_path / "s", data=values, chunks=(40, 40))
    assert not_values_text(painted(tmp_path / "s", (5, 10))) == "3 px NaN or infinite, left out"
    exact = painted(tmp_path / "s", (40, 40))
    assert max(exact.sampling.pixels_per_sample) <= 1
    assert not_values_text(exact) == "not a number, infinite"


def test_statistics_and_histograms_leave_out_what_cannot_be_read(holed: Path) -> None:
    region = slice(0, SHAPE[0]), slice(0, SHAPE[1])
    wanted = Counting("seen", 0, array_in(holed), None, ((0, region),), (0, 1), None)
    reader = Reader(local(holed))
    values = values_of(SHAPE)
    values[18:, 32:] = 0  # never written
    sound = np.ones(SHAPE, bool)
    sound[6:12, 16:24] = False
    statistics = statistics_in(reader, wanted, region)
    assert (statistics.count, statistics.total) == (sound.sum(), values[sound].sum())
    assert (statistics.unwritten, statistics.unreadable) == (48, 48)
    histogram = histogram_in(reader, wanted, region)
    assert (histogram.finite, histogram.unreadable) == (sound.sum(), 48)
    told = left_text(statistics.unwritten, statistics.unreadable, wanted)
    assert told == "48 never written count as 0, 48 that cannot be read left out"


def test_of_channels_together_one_that_cannot_be_read_leaves_a_gap(tmp_path: Path) -> None:
    values = np.stack([values_of(SHAPE), np.ones(SHAPE)])
    zarr.create_array(tmp_path / "s", data=values, chunks=(1, *CHUNKS))
    damage(tmp_path / "s", (1, 1, 2))
    layers = []
    for channel in range(2):
        made = image_in(tmp_path / "s")
        view = request_of(made).view.at(0, channel, 2)
        request = request_of(made, SHAPE, rendering="half", view=view)
        layers.append(Reader(local(tmp_path / "s")).sample(request.sampling(), with_gaps=True))
    states = states_of_all(layers)
    assert states is not None
    assert (states[6:12, 16:24] == UNREADABLE).all()
    assert (states == UNREADABLE).sum() == 48


def test_where_every_cell_needs_a_bad_chunk_it_is_said(holed: Path) -> None:
    damage(holed, *((row, column) for row in range(4) for column in range(0, 4, 2)))
    picture = painted(holed, (1, 2))
    assert no_range_text(picture) == "each cell needs a chunk that cannot be read: zoom in"
