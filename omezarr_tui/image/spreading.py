"""A few cells of a grid that stand for all of it: spread over each of its axes."""

from __future__ import annotations

import math
from collections.abc import Sequence

Cell = tuple[int, ...]


def spread(grid: Sequence[int], count: int) -> list[Cell]:
    """Cells spread over a grid as evenly as halving it goes, always the same ones.

    The grid is halved across its longest axis, and each half is given its share of the cells,
    until one is left to choose: the middle one. Steps of one length would meet the same column
    again and again where the length of the grid is a multiple of them.

    Parameters
    ----------
    grid
        Cells along each axis, at least one.
    count
        How many are wanted; all there are where there are no more.

    Returns
    -------
    cells
        No two alike, in C order.
    """
    chosen: list[Cell] = []
    left = [((0,) * len(grid), tuple(grid), min(count, math.prod(grid)))]
    while left:
        start, size, wanted = left.pop()
        if wanted == 0:
            continue
        if wanted == 1:
            chosen.append(tuple(at + long // 2 for at, long in zip(start, size, strict=True)))
            continue
        axis = size.index(max(size))
        half = size[axis] // 2
        # Its share, rounded: no half is asked for more than it has.
        share = (2 * wanted * half + size[axis]) // (2 * size[axis])
        left.append((start, _with(size, axis, half), share))
        second = _with(start, axis, start[axis] + half)
        left.append((second, _with(size, axis, size[axis] - half), wanted - share))
    return sorted(chosen)


def _with(cell: Cell, axis: int, value: int) -> Cell:
    return (*cell[:axis], value, *cell[axis + 1 :])
