"""Boxes of elements: for each axis the first, and the one after the last."""

from __future__ import annotations

from collections.abc import Sequence

from omezarr_tui.edit.scratch import Box


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box around some."""
    return tuple(
        (min(low for low, _ in along), max(high for _, high in along))
        for along in zip(*boxes, strict=True)
    )


def within(part: Box, whole: Box) -> tuple[slice, ...]:
    """Where a box lies in one that it does not leave, as an index into that one's values."""
    pairs = zip(part, whole, strict=True)
    return tuple(slice(low - first, high - first) for (low, high), (first, _) in pairs)


def common(box: Box, other: Box) -> Box:
    """What two boxes that meet share."""
    pairs = zip(box, other, strict=True)
    return tuple((max(a, c), min(b, d)) for (a, b), (c, d) in pairs)


def cells(box: Box, cell: Sequence[int]) -> list[range]:
    """Along each axis the places of the cells of a grid that a box meets."""
    pairs = zip(box, cell, strict=True)
    return [range(low // step, -(-high // step)) for (low, high), step in pairs]


def cell_box(place: Sequence[int], cell: Sequence[int], shape: Sequence[int]) -> Box:
    """The elements of a cell of a grid, cut off at the array's edge."""
    spans = zip(place, cell, shape, strict=True)
    return tuple((at * step, min((at + 1) * step, size)) for at, step, size in spans)
