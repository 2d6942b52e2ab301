"""Views and what keys do to them: every plane is reached, nothing leaves the image."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from foreign import Foreign
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import array, image, image_in, request_of, view_of

from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.image.pointing import moved, zoomed_at
from omezarr_tui.image.steering import (
    at_end,
    automatic_level,
    level_changed,
    moving_along,
    next_moving,
    placed,
    stepped,
    turned,
    whole_plane,
)
from omezarr_tui.image.view import View, axis_pairs, displayed_first, first_view, opens_as_table
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Axis
from omezarr_tui.ome.read import multiscale_of_array
from omezarr_tui.store.dtypes import dtype_of_v3
from omezarr_tui.store.node import Broken

SIZES = st.integers(1, 120)


@st.composite
def stacks(draw: st.DrawFn) -> PictureRequest:
    """A z, y, x image whose levels have any number of planes, with one of them pinned."""
    planes = draw(st.lists(SIZES, min_size=1, max_size=4))
    shapes = [(size, 400 // 2**n, 400 // 2**n) for n, size in enumerate(planes)]
    level = draw(st.integers(0, len(shapes) - 1))
    return request_of(image("zyx", *shapes), level=level)


def zoomed(request: PictureRequest, factor: float) -> PictureRequest:
    """Nearer to its middle, as the keys do."""
    return zoomed_at(request, factor, (0.5, 0.5))


def plane_shown(request: PictureRequest) -> int:
    assert request.view.moving is not None
    return request.sampling().position[request.view.moving]


class TestStepping:
    @given(stacks(), st.sampled_from([1, 3, 10]))
    @settings(deadline=None, max_examples=60)
    def test_every_plane_once_and_both_ends(self, request_: PictureRequest, by: int) -> None:
        assert request_.view.moving == 0
        size = request_.sampling().array.shape[0]
        request = at_end(request_, last=False)
        seen = [plane_shown(request)]
        while plane_shown(following := stepped(request, by)) != seen[-1]:
            request = following
            seen.append(plane_shown(request))
        assert seen == sorted({*range(0, size, by), size - 1})
        assert stepped(request, by) == request
        assert plane_shown(at_end(request, last=True)) == size - 1
        back = [plane_shown(request)]
        while plane_shown(following := stepped(request, -by)) != back[-1]:
            request = following
            back.append(plane_shown(request))
        assert back == sorted({*range(size - 1, -1, -by), 0}, reverse=True)

    @given(SIZES, SIZES)
    @settings(deadline=None, max_examples=100)
    def test_a_position_comes_back(self, one: int, other: int) -> None:
        extent, size = max(one, other), min(one, other)
        view = View((extent, 4, 4), 1, 2, (0, 0, 0))
        for position in range(size):
            assert view.at(0, position, size).position(0, size) == position
        assert [view.at(0, p, extent).index[0] for p in range(extent)] == list(range(extent))

    def test_positions_beyond_the_ends(self) -> None:
        request = request_of(image("zyx", (7, 20, 20)))
        assert plane_shown(placed(request, 0, -5, 7)) == 0
        assert plane_shown(placed(request, 0, 99, 7)) == 6

    def test_nothing_to_step_along(self) -> None:
        request = request_of(image("yx", (20, 20)))
        assert request.view.moving is None
        assert stepped(request, 1) == at_end(request, last=True) == next_moving(request) == request


class TestLevels:
    @given(stacks(), st.integers(0, 119))
    @settings(deadline=None, max_examples=60)
    def test_the_position_is_kept(self, request: PictureRequest, index: int) -> None:
        """A plane of another level covers the place that was looked at."""
        size = request.view.extent[0]
        request = replace(request, view=request.view.at(0, min(index, size - 1), size))
        for level, node in enumerate(request.image.levels):
            there = replace(request, level=level)
            assert there.view == request.view
            planes = node.shape[0]
            position, middle = plane_shown(there), 2 * request.view.index[0] + 1
            assert 2 * size * position <= middle * planes <= 2 * size * (position + 1)

    def test_finer_and_coarser_stop_at_the_ends(self) -> None:
        shapes = [(400 // 2**n,) * 2 for n in range(4)]
        request = request_of(image("yx", *shapes), room=(30, 60))
        assert request.sampling().level == 2
        assert [level_changed(request, n).level for n in (-9, -1, 0, 1, 9)] == [0, 1, 2, 3, 3]
        assert automatic_level(level_changed(request, -1)) == request

    def test_broken_levels_are_passed_over(self) -> None:
        made = image("yx", (400, 400), (200, 200), (100, 100))
        made = replace(made, levels=(made.levels[0], Broken("s1", "is missing"), made.levels[2]))
        request = replace(request_of(made), level=0)
        assert level_changed(request, 1).level == 2
        assert level_changed(level_changed(request, 1), -1).level == 0
        assert automatic_level(request).sampling().level in (0, 2)


class TestAxes:
    @pytest.mark.parametrize(
        ("names", "shape", "shown", "moving"),
        [
            ("tczyx", (3, 2, 9, 50, 60), "yx", "z"),
            ("tcyx", (3, 2, 50, 60), "yx", "c"),
            ("tyx", (3, 50, 60), "yx", "t"),
            ("czyx", (2, 1, 50, 60), "yx", "c"),
            ("yx", (50, 60), "yx", None),
            ("xyz", (60, 50, 9), "yx", "z"),
            ("tc", (50, 2), "tc", None),
            ("zx", (9, 60), "zx", None),
            ("cab", (2, 50, 60), "ab", "c"),
            ("abcx", (5, 6, 2, 60), "bx", "c"),
        ],
    )
    def test_what_is_shown_first(
        self, names: str, shape: tuple[int, ...], shown: str, moving: str | None
    ) -> None:
        view = view_of(image(names, shape))
        assert names[view.rows] + names[view.columns] == shown
        assert (None if view.moving is None else names[view.moving]) == moving

    def test_the_middle_of_space_and_the_start_of_time(self) -> None:
        assert view_of(image("tczyx", (5, 4, 9, 50, 60))).index[:3] == (0, 0, 4)

    def test_what_is_no_picture(self, foreign: Foreign) -> None:
        assert first_view(image("y", (5,))) is None
        assert first_view(image("yx", (5, 0))) is None
        made = foreign("v3_types")
        paths = ["int_0d", "one_d", "structured", "text", "datetime"]
        for path in [*paths, "empty_2d"]:
            assert first_view(image_in(made.path, path)) is None
        mask = image("yx", (4, 5), is_label=True)
        mask = replace(mask, levels=(array((4, 5), path="s0", dtype=dtype_of_v3("bool", None)),))
        assert first_view(mask) is not None  # truth values of an image are a mask
        assert not opens_as_table(mask)
        for path in ("bool", "complex128"):  # as few as these are better read
            assert first_view(image_in(made.path, path)) is not None
            assert opens_as_table(image_in(made.path, path))

    @pytest.mark.parametrize(
        ("names", "shape", "dtype", "expected"),
        [
            ("", (500, 2), "float32", True),
            ("", (2, 500), "float32", True),
            ("", (500, 1), "uint8", True),
            ("", (32, 8), "uint16", True),
            ("", (500, 9), "float32", False),
            ("", (30, 8), "uint16", False),  # as wide as it can still be seen
            ("", (4, 5), "uint16", False),
            ("", (1, 1), "uint8", False),
            ("", (500, 3, 2), "float32", False),
            ("yx", (500, 2), "float32", False),
            ("zx", (2, 500), "float32", False),
            ("ab", (500, 2), "float32", True),
            ("", (40, 60), "bool", False),
            ("", (4, 7), "bool", True),
            ("", (3, 2, 2), "complex64", True),
            ("yx", (4, 7), "bool", False),
            ("", (9, 9), "complex128", False),
        ],
    )
    def test_what_is_a_table_first(
        self, names: str, shape: tuple[int, ...], dtype: str, expected: bool
    ) -> None:
        node = array(
            shape, path="g/a", dtype=dtype_of_v3(dtype, None), dimension_names=tuple(names) or None
        )
        alone = Image(multiscale_of_array(node), (node,))
        assert opens_as_table(alone) == expected
        level = replace(alone, multiscale=replace(alone.multiscale, path="g"))
        assert not opens_as_table(level)  # of an image

    @pytest.mark.parametrize("names", ["zyx", "xyz", "czyx", "tczyx", "yx", "ab", "cab"])
    def test_every_pair_of_axes_once(self, names: str) -> None:
        request = first = request_of(image(names, tuple(range(4, 4 + len(names)))))
        pairs = []
        for _ in range(len(list(combinations(names, 2)))):
            pairs.append(frozenset((request.view.rows, request.view.columns)))
            request = turned(request)
        assert set(pairs) == {frozenset(pair) for pair in combinations(range(len(names)), 2)}
        assert (request.view.rows, request.view.columns) == (first.view.rows, first.view.columns)

    def test_planes_of_space_come_first(self) -> None:
        made = image("czyx", (2, 9, 50, 60))
        pairs = [
            "".join("czyx"[a] for a in p) for p in axis_pairs(view_of(made), made.multiscale.axes)
        ]
        assert pairs == ["yx", "zx", "zy", "cz", "cy", "cx"]

    def test_x_runs_across_wherever_it_stands_in_the_array(self) -> None:
        made = image("xyz", (60, 50, 9))
        pairs = [
            "".join("xyz"[a] for a in p) for p in axis_pairs(view_of(made), made.multiscale.axes)
        ]
        assert pairs == ["yx", "zx", "yz"]

    def test_a_pair_that_was_brought_the_other_way_round_is_not_shown_twice(self) -> None:
        request = request_of(image("zyx", (9, 50, 60)))
        request = replace(request, view=request.view.displaying(2, 0))  # x down, z across
        seen = []
        for _ in range(3):
            request = turned(request)
            seen.append((request.view.rows, request.view.columns))
        assert seen == [(0, 1), (1, 2), (0, 2)]

    def test_a_single_plane_makes_no_pair(self) -> None:
        made = image("zyx", (1, 50, 60))
        assert axis_pairs(view_of(made), made.multiscale.axes) == [(1, 2)]
        assert turned(request_of(made)) == request_of(made)

    def test_turning_keeps_the_position(self) -> None:
        request = stepped(request_of(image("czyx", (2, 9, 50, 60))), 3)
        request = zoomed(request, 4)
        view = turned(request).view
        assert (view.index, view.zoom, view.centre) == (request.view.index, 1.0, (0.5, 0.5))
        assert view.moving == 2  # of XY along z becomes XZ along y
        assert turned(turned(request)).view.moving == 3

    def test_the_moving_axis(self) -> None:
        request = request_of(image("tczyx", (5, 4, 9, 50, 60)))
        names = []
        for _ in range(4):
            assert request.view.moving is not None
            names.append("tczyx"[request.view.moving])
            request = next_moving(request)
        assert names == ["z", "t", "c", "z"]
        assert moving_along(request, "c").view.moving == 1
        assert moving_along(request, "y") == moving_along(request, "nonsense") == request

    @given(st.lists(st.sampled_from("abctzyx"), min_size=2, max_size=5), st.data())
    @settings(deadline=None, max_examples=100)
    def test_two_axes_are_always_displayed(self, names: list[str], data: st.DataObject) -> None:
        extent = [data.draw(st.integers(1, 4)) for _ in names]
        axes = [
            Axis(name, data.draw(st.sampled_from([None, "space", "channel"]))) for name in names
        ]
        rows, columns = displayed_first(axes, extent)
        assert rows != columns
        assert {rows, columns} <= set(range(len(names)))


class TestWindowOnThePlane:
    MOVES = st.one_of(
        st.tuples(st.just("zoom"), st.sampled_from([0.01, 0.5, 1.25, 2.0, 100.0])),
        st.tuples(st.just("down"), st.floats(-3, 3)),
        st.tuples(st.just("across"), st.floats(-3, 3)),
        st.tuples(st.just("turn"), st.none()),
    )

    @given(st.lists(MOVES, max_size=12), st.sampled_from([(1, 1, 1), (3, 5, 700), (40, 300, 200)]))
    @settings(deadline=None, max_examples=120)
    def test_it_stays_inside(self, moves: list[Any], shape: tuple[int, ...]) -> None:
        request = request_of(image("zyx", shape))
        for kind, by in moves:
            request = {
                "zoom": lambda r, by: zoomed(r, by),
                "down": lambda r, by: moved(r, by, 0),
                "across": lambda r, by: moved(r, 0, by),
                "turn": lambda r, _: turned(r),
            }[kind](request, by)
            view = request.view
            half = 0.5 / view.zoom
            assert view.zoom >= 1
            assert all(half - 1e-12 <= at <= 1 - half + 1e-12 for at in view.centre)
            chosen = request.sampling()
            assert 0 <= chosen.top < chosen.bottom <= shape[view.rows]
            assert 0 <= chosen.left < chosen.right <= shape[view.columns]
        assert whole_plane(request).view.centre == (0.5, 0.5)
        assert whole_plane(request).view.zoom == 1

    def test_zoom_has_an_end(self) -> None:
        request = request_of(image("yx", (400, 300)), room=(40, 40))
        for _ in range(50):
            request = zoomed(request, 2)
        assert request.view.zoom == 100
        chosen = request.sampling()
        assert 4 <= max(chosen.bottom - chosen.top, chosen.right - chosen.left) <= 8
        assert zoomed(request, 1 / 1000).view == whole_plane(request).view

    def test_panning_by_whole_windows(self) -> None:
        request = zoomed(request_of(image("yx", (400, 400)), room=(40, 80)), 4)
        right = moved(request, 0, 1).sampling()
        here = request.sampling()
        assert right.left == pytest.approx(here.right)
        assert (right.top, right.bottom) == (here.top, here.bottom)


class TestRealStores:
    def test_views_of_real_stores(self, foreign: Foreign) -> None:
        made = foreign("ngff_zarr_05")
        request = request_of(image_in(made.path))
        assert request.view.extent == (3, 2, 4, 20, 34)
        assert plane_shown(request) == 2
