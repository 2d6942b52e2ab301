"""Cells spread over a grid: as many as are wanted, no two alike, and none of its parts left out."""

import math
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from omezarr_tui.image.spreading import spread

GRIDS = st.lists(st.integers(1, 40), min_size=0, max_size=5).map(tuple)


@given(GRIDS, st.integers(1, 80))
@example((10**6, 10**6, 10**6), 64)
@example((), 5)
def test_as_many_as_are_wanted_in_the_order_of_the_array(grid: tuple[int, ...], count: int) -> None:
    cells = spread(grid, count)
    assert len(cells) == min(count, math.prod(grid))
    assert cells == sorted(set(cells)) == spread(grid, count)
    for cell in cells:
        assert all(0 <= at < size for at, size in zip(cell, grid, strict=True))


@given(GRIDS.filter(bool), st.integers(1, 80))
def test_each_half_has_its_share(grid: tuple[int, ...], count: int) -> None:
    cells = spread(grid, count)
    longest = max(grid)
    axis, half = grid.index(longest), longest // 2
    found = sum(cell[axis] < half for cell in cells)
    assert abs(found - len(cells) * half / longest) <= 0.5


@given(st.integers(1, 10000), st.integers(1, 64))
def test_a_row_has_no_long_gap(size: int, count: int) -> None:
    places = [-1, *(at for (at,) in spread((size,), count)), size]
    widest = max(b - a for a, b in pairwise(places))
    assert widest <= 2 * math.ceil(size / count) + 1


def test_a_square_is_covered_in_both_directions() -> None:
    cells = spread((64, 64), 64)
    assert {row for row, _ in cells} == {column for _, column in cells} == set(range(4, 64, 8))


def test_few_planes_of_many_chunks_are_all_met() -> None:
    cells = spread((3, 18, 18), 12)
    assert {cell[1] // 9 for cell in cells} == {cell[2] // 9 for cell in cells} == {0, 1}
    assert {cell[0] for cell in spread((3, 2, 2), 11)} == {0, 1, 2}


def test_one_is_the_middle_one() -> None:
    assert spread((9, 5, 1), 1) == [(4, 2, 0)]
