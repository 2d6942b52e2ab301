"""The map: the whole plane small, and the window where it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import changed, image_in, local, request_of

from omezarr_tui.image.cells import Frame
from omezarr_tui.image.overview import (
    Overview,
    blank_overview,
    overview_of,
    place_on_map,
    with_window,
)
from omezarr_tui.image.picture import Painter, Picture, PictureRequest
from omezarr_tui.image.pointing import centred, window_of, zoomed_at
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.region import Box

MARK = (9, 8, 7)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An array z, y, x that is brighter from left to right."""
    path = tmp_path_factory.mktemp("overview") / "a.zarr"
    data = np.broadcast_to(np.arange(400, dtype="u2"), (3, 200, 400))
    zarr.create_array(path, data=np.ascontiguousarray(data), dimension_names=("z", "y", "x"))
    return path


def picture_of(
    store: Path, zoom: float, at: tuple[float, float] = (0.5, 0.5), **look: object
) -> Picture:
    """A picture from nearer, in a room of 40 by 120 cells."""
    request = changed(request_of(image_in(store), (40, 120)), **{"rendering": "half"} | look)
    return painted(store, zoomed_at(request, zoom, at))


def painted(store: Path, request: PictureRequest) -> Picture:
    return Painter(Reader(local(store))).paint(request)


def overview(picture: Picture) -> Overview:
    found = overview_of(picture)
    assert found is not None
    return found


class TestWhen:
    def test_not_while_all_is_in_sight(self, store: Path) -> None:
        assert overview_of(picture_of(store, 1)) is None
        assert overview_of(picture_of(store, 4)) is not None

    @pytest.mark.parametrize("room", [(11, 120), (40, 39), (1, 1)])
    def test_not_where_room_is_short(self, store: Path, room: tuple[int, int]) -> None:
        request = request_of(image_in(store), room)
        assert overview_of(painted(store, zoomed_at(request, 30, (0.5, 0.5)))) is None

    def test_not_over_true_pixels(self, store: Path) -> None:
        assert overview_of(picture_of(store, 4, rendering="pixels")) is None


class TestWindow:
    @given(st.floats(1.5, 90), st.floats(0, 1), st.floats(0, 1))
    @settings(deadline=None, max_examples=40)
    def test_it_lies_where_it_is(
        self, store: Path, zoom: float, down: float, across: float
    ) -> None:
        picture = picture_of(store, zoom, (down, across))
        (top, height), (left, width) = window_of(picture.request)
        if min(height, width) == 1 and max(height, width) == 1:
            return
        found = overview(picture)
        rows, columns = found.request.sampling().grid
        box = found.box
        assert 0 <= box.top < box.bottom <= rows
        assert 0 <= box.left < box.right <= columns
        assert abs(box.top - top * rows) <= 1  # no nearer than a sample, and at least one of them
        assert abs(box.right - (left + width) * columns) <= 1.5
        assert found.request.view.zoom == 1

    def test_it_is_outlined_and_the_rest_is_dimmed(self) -> None:
        cells = np.zeros((3, 6), int)
        frame = Frame(("▀" * 6,) * 3, ((200, 100, 50),), cells, cells, (2, 1))
        shown = with_window(frame, Box(1, 5, 2, 6), MARK, dark=True)
        assert shown.palette is not None
        assert shown.fg is not None
        assert shown.bg is not None
        colors = np.array(shown.palette)
        upper, lower = colors[shown.fg], colors[shown.bg]
        samples = np.stack([upper, lower], 1).reshape(6, 6, 3)
        kinds = {(200, 100, 50): "#", (120, 60, 30): ".", MARK: "o"}
        drawn = ["".join(kinds[tuple(sample)] for sample in row) for row in samples.tolist()]
        assert drawn == ["......", "..oooo", "..o##o", "..o##o", "..oooo", "......"]
        light = with_window(frame, Box(0, 6, 0, 6), MARK, dark=False)
        assert light.palette is not None
        assert (222, 162, 132) in light.palette

    @pytest.mark.parametrize(
        ("box", "drawn"),
        [
            (Box(0, 2, 1, 5), [".o##o.", ".o##o."]),  # a flat plane: its ends only
            (Box(0, 1, 1, 5), [".o##o.", "......"]),
            (Box(0, 2, 2, 4), ["..oo..", "..oo.."]),
        ],
    )
    def test_a_thin_window_hides_nothing_that_it_can_show(self, box: Box, drawn: list[str]) -> None:
        cells = np.zeros((1, 6), int)
        frame = Frame(("▀" * 6,), ((200, 100, 50),), cells, cells, (2, 1))
        shown = with_window(frame, box, MARK, dark=True)
        assert shown.palette is not None
        assert shown.fg is not None
        assert shown.bg is not None
        kinds = {(200, 100, 50): "#", (120, 60, 30): ".", MARK: "o"}
        rows = [[shown.palette[at] for at in cells[0]] for cells in (shown.fg, shown.bg)]
        assert ["".join(kinds[shade] for shade in row) for row in rows] == drawn

    def test_without_colours_the_frame_stays(self) -> None:
        frame = Frame(("..", ".."))
        assert with_window(frame, Box(0, 1, 0, 1), MARK, dark=True) is frame

    @given(st.integers(0, 7), st.integers(0, 19))
    def test_a_place_on_it_becomes_the_middle(self, row: int, column: int) -> None:
        down, across = place_on_map(row, column, (8, 20))
        assert int(down * 8) == row
        assert int(across * 20) == column


class TestPicture:
    def test_it_is_the_whole_plane_in_the_same_contrast(self, store: Path) -> None:
        picture = picture_of(store, 6, (0.1, 0.1))
        found = overview(picture)
        small = painted(store, found.request)
        assert small.window == picture.window
        rows, columns = small.frame.size
        assert rows <= 8
        assert columns <= 20
        assert rows * 2 / columns == pytest.approx(200 / 400, rel=0.2)  # the plane's own shape
        values = small.samples.values
        assert (np.diff(values, axis=1) > 0).all()
        assert values[0, 0] < 20
        assert values[0, -1] > 380

    @pytest.mark.parametrize(("depth", "lines"), [("true", "▀"), ("16", "▀"), ("none", "·")])
    def test_a_blank_one_has_its_shape(self, store: Path, depth: str, lines: str) -> None:
        found = overview(picture_of(store, 6, depth=depth))
        assert blank_overview(found).size == painted(store, found.request).frame.size
        assert {*"".join(blank_overview(found).lines)} == {lines}

    def test_where_it_is_clicked_is_looked_at(self, store: Path) -> None:
        request = picture_of(store, 8).request
        (top, height), (left, width) = window_of(centred(request, 0.9, 0.25))
        assert top + height == pytest.approx(min(1, 0.9 + height / 2))
        assert left + width / 2 == pytest.approx(0.25)
