"""What is read for a view: which level, which region, which grid of samples."""

import math
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import array, image, view_of

from omezarr_tui.image.look import Look
from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.image.sampling import Projection, choose_sampling, plane_size
from omezarr_tui.image.view import View

ROOMS = st.tuples(st.integers(1, 60), st.integers(1, 160))
SCALES = st.floats(1e-4, 1e4)


@st.composite
def pictures(draw: st.DrawFn) -> tuple[Any, View]:
    """A c, z, y, x image with a pyramid, and a view of any of its planes, zoomed and panned."""
    shape = draw(st.tuples(*(st.integers(1, n) for n in (3, 40, 900, 900))))
    steps = draw(st.lists(st.tuples(*(st.integers(1, 4) for _ in range(4))), max_size=4))
    shapes = [shape]
    for step in steps:
        shapes.append(tuple(max(1, size // by) for size, by in zip(shapes[-1], step, strict=True)))
    scale = draw(st.tuples(st.just(1.0), SCALES, SCALES, SCALES))
    scales = [[s * shape[a] / level[a] for a, s in enumerate(scale)] for level in shapes]
    made = image("czyx", *shapes, scales=scales, units=[None, *["micrometer"] * 3])
    view = view_of(made).displaying(*draw(st.sampled_from(list(permutations(range(4), 2)))))
    view = view.zoomed(draw(st.floats(1, 300)))
    return made, view.panned(draw(st.floats(-90, 90)), draw(st.floats(-90, 90)))


class TestChoosing:
    @given(pictures(), ROOMS, st.sampled_from([1.0, 2.0]))
    @settings(deadline=None, max_examples=250)
    def test_region_grid_and_level(self, how: Any, room: tuple[int, int], aspect: float) -> None:
        made, view = how
        chosen = choose_sampling(made, view, room, aspect)
        shape = chosen.array.shape
        # The region covers the window, and holds one position along every other axis.
        window = {view.rows: (chosen.top, chosen.bottom), view.columns: (chosen.left, chosen.right)}
        for axis, part in enumerate(chosen.region):
            assert 0 <= part.start < part.stop <= shape[axis]
            if axis in window:
                first, last = window[axis]
                assert part.start <= first < last <= part.stop
                assert first - part.start < 1
                assert part.stop - last < 1
            else:
                assert part.stop - part.start == 1
                assert part.start == view.position(axis, shape[axis])
        # The grid fits into the room and fills it along one side, if a plane can.
        assert 1 <= chosen.grid[0] <= room[0]
        assert 1 <= chosen.grid[1] <= room[1]
        assert chosen.grid[0] == room[0] or chosen.grid[1] == room[1]
        # It is the coarsest level that has a pixel for each sample, else the finest.
        details = {
            number: min(choose_sampling(made, view, room, aspect, number).pixels_per_sample)
            for number in made.readable
        }
        areas = {n: math.prod(made.levels[n].shape[a] for a in window) for n in made.readable}
        enough = [areas[n] for n, pixels in details.items() if pixels >= 1 - 1e-9]
        wanted = min(enough) if enough else max(areas.values())
        assert areas[chosen.level] == wanted

    @given(pictures(), ROOMS, st.sampled_from([1.0, 2.0]))
    @settings(deadline=None, max_examples=250)
    def test_proportions(self, how: Any, room: tuple[int, int], aspect: float) -> None:
        """One sample shows as much of the world down as its height says, and so across."""
        made, view = how
        chosen = choose_sampling(made, view, room, aspect)
        size = plane_size(made, view)
        shape = chosen.array.shape
        down, across = chosen.pixels_per_sample
        height = down * size[0] / shape[view.rows]
        width = across * size[1] / shape[view.columns]
        for side in (0, 1):
            if chosen.grid[side] < 2:  # a plane as thin as this cannot be shown thinner
                return
        # Whole samples: off by half of one at the most, out of those that there are.
        slack = 0.5 / min(chosen.grid) / (1 - 0.5 / min(chosen.grid))
        assert height / (width * aspect) == pytest.approx(1, rel=2.1 * slack + 1e-9)

    @pytest.mark.parametrize(
        ("scales", "units", "aspect", "grid"),
        [
            ((1, 1), ("micrometer", "micrometer"), 2.0, (20, 40)),  # cells are 1:2
            ((1, 1), ("micrometer", "micrometer"), 1.0, (40, 40)),
            ((2, 1), ("micrometer", "micrometer"), 1.0, (40, 20)),
            ((1, 4), ("micrometer", "micrometer"), 1.0, (10, 40)),
            ((1, 1000), ("micrometer", "nanometer"), 1.0, (40, 40)),
            ((0.25, 1), (None, None), 1.0, (10, 40)),
            ((1, 1), ("micrometer", "parsec"), 1.0, (40, 40)),  # not known: numbers as they are
            ((-2, 1), ("micrometer", "micrometer"), 1.0, (40, 20)),
            ((0, 1), ("micrometer", "micrometer"), 1.0, (40, 40)),  # impossible: pixels
            ((math.nan, 1), ("micrometer", "micrometer"), 1.0, (40, 40)),
            ((math.inf, 1), ("micrometer", "micrometer"), 1.0, (40, 40)),
            ((5e-324, 1e308), ("angstrom", "kilometer"), 1.0, (40, 40)),
        ],
    )
    def test_pixel_sizes_and_units(self, scales: Any, units: Any, aspect: float, grid: Any) -> None:
        made = image("yx", (500, 500), scales=[scales], units=units)
        assert choose_sampling(made, view_of(made), (40, 40), aspect).grid == grid

    def test_axes_that_are_not_space_count_in_pixels(self) -> None:
        made = image("tyx", (30, 60, 60), scales=[(0.001, 7, 7)], units=["second", None, None])
        view = view_of(made).displaying(0, 2)
        assert choose_sampling(made, view, (60, 60), 1.0).grid == (30, 60)

    def test_the_level_that_just_fills_the_room(self) -> None:
        shapes = [(800 // 2**n, 800 // 2**n) for n in range(5)]
        made = image("yx", *shapes, scales=[(2**n, 2**n) for n in range(5)])
        chosen = [
            choose_sampling(made, view_of(made), (n, n), 1.0).level for n in (49, 50, 51, 100)
        ]
        assert chosen == [4, 4, 3, 3]
        assert choose_sampling(made, view_of(made), (1000, 1000), 1.0).level == 0
        # From nearer the same samples are of finer levels, whatever the rounding.
        for zoom, level in {2: 3, 4: 2, 8: 1, 16: 0}.items():
            for part in (0.0, 0.1, 0.37):
                view = view_of(made).zoomed(zoom).panned(part, part)
                assert choose_sampling(made, view, (50, 50), 1.0).level == level

    def test_a_pinned_level(self) -> None:
        made = image("yx", (800, 800), (400, 400), (200, 200))
        for level in range(3):
            assert choose_sampling(made, view_of(made), (10, 10), 1.0, level).level == level

    def test_zoom_shows_a_part_around_the_centre(self) -> None:
        made = image("yx", (100, 200))
        chosen = choose_sampling(made, view_of(made).zoomed(4), (25, 50), 1.0)
        assert (chosen.top, chosen.bottom) == pytest.approx((37.5, 62.5))
        assert (chosen.left, chosen.right) == pytest.approx((75, 125))
        corner = view_of(made).zoomed(4).panned(99, -99)
        chosen = choose_sampling(made, corner, (25, 50), 1.0)
        assert (chosen.bottom, chosen.left) == pytest.approx((100, 0))

    def test_decoded_bytes(self) -> None:
        node = array((2, 10, 100, 100), (1, 4, 30, 40))
        made = image("czyx", (2, 10, 100, 100))
        made = replace(made, levels=(node,))
        chosen = choose_sampling(made, view_of(made), (30, 30), 1.0)
        assert chosen.decoded_bytes == 4 * 3 * (4 * 30 * 40 * 2)
        near = choose_sampling(made, view_of(made).zoomed(10), (30, 30), 1.0)
        assert near.region[2:] == (slice(45, 55), slice(45, 55))
        assert near.decoded_bytes == 4 * 30 * 40 * 2

    def test_a_request_asks_for_as_many_samples_as_cells_hold(self) -> None:
        made = image("yx", (100, 100))
        request = PictureRequest(made, view_of(made), (20, 90), Look(rendering="ascii"))
        assert request.sampling().grid == (20, 40)
        assert replace(request, look=Look(rendering="half")).sampling().grid == (40, 40)


class TestMethods:
    def test_label_images_are_never_averaged(self) -> None:
        labels = image("zyx", (4, 10, 10), is_label=True)
        for method in ("mean", "maximum"):
            chosen = choose_sampling(
                labels, view_of(labels), (5, 5), 1.0, method=method, projection="mean"
            )
            assert chosen.method == "nearest"
            assert chosen.projection == Projection(0, "maximum", 0, 4)

    def test_the_maximum_is_of_the_finest_level_that_a_bound_allows(self) -> None:
        """Coarser levels have averaged away what it is there to show."""
        sides = (16384, 8192, 4096, 2048, 1024)
        levels = [array((n, n), (512, 512), path=f"s{at}") for at, n in enumerate(sides)]
        made = replace(image("yx", *((n, n) for n in sides)), levels=tuple(levels))
        view = view_of(made)
        assert choose_sampling(made, view, (100, 100), 1.0).level == 4
        chosen = choose_sampling(made, view, (100, 100), 1.0, method="maximum")
        assert (chosen.level, chosen.decoded_bytes) == (2, 2 * 4096**2)
        # From nearer less is read, so finer levels are within the bound.
        chosen = choose_sampling(made, view.zoomed(8), (100, 100), 1.0, method="maximum")
        assert chosen.level == 0
        pinned = choose_sampling(made, view, (100, 100), 1.0, 3, method="maximum")
        assert (pinned.level, pinned.method) == (3, "maximum")

    def test_the_maximum_where_every_level_is_too_much(self) -> None:
        made = image("yx", (9000, 9000), (7000, 7000))
        chosen = choose_sampling(made, view_of(made), (50, 50), 1.0, method="maximum")
        assert chosen.level == 1


class TestProjections:
    @given(pictures(), ROOMS, st.sampled_from(["mean", "maximum"]))
    @settings(deadline=None, max_examples=60)
    def test_it_covers_every_plane_of_the_level(self, how: Any, room: Any, way: Any) -> None:
        made, view = how
        chosen = choose_sampling(made, view, room, 1.0, projection=way)
        plain = choose_sampling(made, view, room, 1.0, chosen.level)
        assert view.moving is not None
        planes = chosen.array.shape[view.moving]
        assert chosen.projection == Projection(view.moving, way, 0, planes)
        assert (chosen.grid, chosen.top, chosen.left) == (plain.grid, plain.top, plain.left)
        for axis, (part, one) in enumerate(zip(chosen.region, plain.region, strict=True)):
            assert part == (slice(0, planes) if axis == view.moving else one)

    def test_it_says_what_it_costs(self) -> None:
        made = image("zyx", (10, 100, 100))
        made = replace(made, levels=(array((10, 100, 100), (4, 30, 40)),))
        chosen = choose_sampling(made, view_of(made), (30, 30), 1.0, projection="maximum")
        assert chosen.decoded_bytes == 3 * 4 * 3 * (4 * 30 * 40 * 2)

    def test_a_single_plane_is_none(self) -> None:
        made = image("yx", (10, 10))
        assert (
            choose_sampling(made, view_of(made), (5, 5), 1.0, projection="mean").projection is None
        )
