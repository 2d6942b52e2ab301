"""Zooming and dragging keep the place that is below the pointer."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omezarr_tui.demo import write_demo
from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.image.pointing import moved, zoomed_at
from omezarr_tui.image.view import first_view
from omezarr_tui.ome.discover import image_of
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.tui.pace import REST, Pace, is_slow_line


@pytest.fixture(scope="module")
def request_(tmp_path_factory: pytest.TempPathFactory) -> PictureRequest:
    store: Path = write_demo(tmp_path_factory.mktemp("demo") / "demo") / "cells.ome.zarr"
    access = LocalAccess(Location.local(store))
    root = read_node(access, "")
    assert root is not None
    image = image_of(access, root)
    assert image is not None
    view = first_view(image)
    assert view is not None
    return PictureRequest(image, view, (30, 90))


def place(request: PictureRequest, at: tuple[float, float]) -> tuple[float, float]:
    """What part of the plane lies at a part of the picture."""
    s = request.sampling()
    rows, columns = s.array.shape[s.rows], s.array.shape[s.columns]
    return (
        (s.top + at[0] * (s.bottom - s.top)) / rows,
        (s.left + at[1] * (s.right - s.left)) / columns,
    )


PART = st.floats(0, 1)


class TestPointer:
    @settings(deadline=None)
    @given(PART, PART, st.lists(st.sampled_from([1.5, 2.0]), min_size=1, max_size=4))
    def test_zooming_keeps_what_is_below_it(
        self, request_: PictureRequest, down: float, across: float, factors: list[float]
    ) -> None:
        # Both directions are smaller than the room from here on: what is shown is a window.
        start = zoomed_at(request_, 4, (0.5, 0.5))
        before = place(start, (down, across))
        closer = start
        for factor in factors:
            closer = zoomed_at(closer, factor, (down, across))
        assert place(closer, (down, across)) == pytest.approx(before, abs=1e-6)
        assert closer.view.zoom > start.view.zoom

    @settings(deadline=None)
    @given(PART, PART)
    def test_zooming_out_ends_with_the_whole_plane(
        self, request_: PictureRequest, down: float, across: float
    ) -> None:
        out = zoomed_at(zoomed_at(request_, 5, (down, across)), 0.01, (1 - down, 1 - across))
        assert place(out, (0, 0)) == place(request_, (0, 0))
        assert place(out, (1, 1)) == place(request_, (1, 1))

    @settings(deadline=None)
    @given(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3))
    def test_dragging_moves_by_what_is_shown(
        self, request_: PictureRequest, down: float, across: float
    ) -> None:
        start = zoomed_at(request_, 6, (0.5, 0.5))
        after = moved(start, down, across)
        assert place(after, (0, 0)) == pytest.approx(place(start, (down, across)), abs=1e-6)

    def test_it_ends_at_the_edge_and_comes_back_at_once(self, request_: PictureRequest) -> None:
        start = zoomed_at(request_, 6, (0.5, 0.5))
        edge = moved(start, 100, -100)
        assert place(edge, (1, 0)) == pytest.approx((1, 0), abs=1e-6)
        back = moved(edge, -0.1, 0.1)
        assert place(back, (0, 0)) == pytest.approx(place(edge, (-0.1, 0.1)), abs=1e-6)


class TestPace:
    def test_few_shades_while_pictures_follow_on_a_slow_line(self) -> None:
        clock = [10.0]
        slow = [True]
        pace = Pace(lambda: slow[0], lambda: clock[0])

        def after(seconds: float) -> bool:
            clock[0] += seconds
            return pace.hurries()

        assert [after(s) for s in (0, 0.1, 0.1, REST, 0.1)] == [False, True, True, False, True]
        slow[0] = False
        assert not after(0.1)

    def test_a_line_over_ssh_is_slow(self, tmp_path: Path) -> None:
        with (tmp_path / "file").open("w") as file:
            assert is_slow_line({"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}, file.fileno())
            assert not is_slow_line({}, file.fileno())

    def test_a_terminal_that_is_behind_is_slow(self) -> None:
        # A pipe, as a pseudo-terminal hands on what it was given whenever the system likes.
        ours, theirs = os.pipe()
        try:
            assert not is_slow_line({}, theirs)
            os.set_blocking(theirs, False)
            with suppress(BlockingIOError):
                while os.write(theirs, b"x" * 4096):
                    pass
            assert is_slow_line({}, theirs)
            while select.select([ours], [], [], 0)[0]:
                os.read(ours, 1 << 16)
            assert not is_slow_line({}, theirs)
        finally:
            os.close(ours)
            os.close(theirs)
