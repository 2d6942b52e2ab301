"""A selection of an array in boxes of whole chunks, each with its place in the result."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

from omezarr_tui.image.selection import Selection
from omezarr_tui.settings import MIB
from omezarr_tui.store.node import Array

BLOCK_BYTES = 32 * MIB
_BLOCK_CHUNKS = 4096  # small chunks cost time rather than bytes, and progress must show
_VARIABLE_BYTES = 64  # what a text of variable length is taken to need in memory


def parts_of(
    node: Array, selection: Selection, *, as_lines: bool = False
) -> Iterator[tuple[Selection, tuple[slice, ...]]]:
    """Boxes of what is selected, each with its place in the selection's values.

    Parameters
    ----------
    node
        The array.
    selection
        What of it.
    as_lines
        Whether each box shall reach from end to end of all selected axes but the first, so that
        boxes can be written one below another.
    """
    if not selection.size:
        return
    steps = _lines(node, selection) if as_lines else _box(node, selection)
    for place in product(*(selection.cells(steps))):
        low = [at * step for at, step in zip(place, steps, strict=True)]
        part = selection.inside([(at, at + step) for at, step in zip(low, steps, strict=True)])
        if part is not None:
            yield part, _place(part, selection)


def _itemsize(node: Array) -> int:
    return node.dtype.itemsize or _VARIABLE_BYTES


def _box(node: Array, selection: Selection) -> tuple[int, ...]:
    """Elements along each axis of what is read at once: whole chunks, within a budget."""
    steps = [max(1, step) for step in node.chunks]
    room = BLOCK_BYTES // (math.prod(steps) * _itemsize(node))
    room = min(room, _BLOCK_CHUNKS)
    for axis in reversed(range(len(steps))):
        count = max(1, min(room, len(selection.cells(steps)[axis])))
        steps[axis] *= count
        room //= count
    return tuple(steps)


def _lines(node: Array, selection: Selection) -> tuple[int, ...]:
    """The same of whole lines; where a row of chunks is more than the budget, of fewer lines."""
    steps = list(node.shape)
    first = next((at for at, part in enumerate(selection.parts) if isinstance(part, slice)), None)
    if first is not None:
        others = math.prod(selection.shape[1:]) * _itemsize(node)
        chunk = max(1, node.chunks[first])
        fitting = max(1, BLOCK_BYTES // max(1, others))
        steps[first] = fitting // chunk * chunk or min(chunk, fitting)
    return tuple(max(1, step) for step in steps)


def _place(part: Selection, whole: Selection) -> tuple[slice, ...]:
    """Where a part of a selection stands in the selection's values."""
    place = []
    for inner, outer in zip(part.parts, whole.parts, strict=True):
        if isinstance(inner, slice) and isinstance(outer, slice):
            start = (inner.start - outer.start) // outer.step
            place.append(slice(start, start + len(range(inner.start, inner.stop, inner.step))))
    return tuple(place)
