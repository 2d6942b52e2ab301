"""Pixel sizes and positions of an image, as fields of a form.

All levels follow: sizes of coarser ones by the same factor, so that their ratios stay, and the
distances between the first pixels of the levels too.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from omezarr_tui.edit.field import (
    Field,
    Number,
    as_typed,
    exactly,
    like,
    nothing_to_change,
    typed_number,
)
from omezarr_tui.edit.geometry import Geometry
from omezarr_tui.edit.steps import Steps, Vector
from omezarr_tui.ome.model import Axis
from omezarr_tui.ome.validate.finding import Change, pointer_to
from omezarr_tui.text import visible


def size_fields(geometry: Geometry, path: str, keys: tuple[str, ...]) -> Iterator[Field]:
    """Pixel size and position along each axis but that of channels.

    Parameters
    ----------
    geometry
        Of the image.
    path
        Of its node.
    keys
        What each axis is called in the ids of fields.
    """
    for number, (axis, key) in enumerate(zip(geometry.axes, keys, strict=True)):
        if axis.type == "channel":
            continue
        unit = f" ({visible(axis.unit, 30)})" if axis.unit else ""
        for kind, words, change, value in (
            ("pixel-size", _words(axis), _resized, _size),
            ("translation", f"{_name(axis)}: first pixel at", _moved, _position),
        ):
            locked = geometry.locked
            yield Field(
                f"{kind}.{key}",
                f"{words}{unit}",
                "" if locked else as_typed(_plain(value(geometry, number))),
                "number",
                nothing_to_change if locked else partial(change, geometry, path, number),
                locked=locked,
            )


def _words(axis: Axis) -> str:
    if axis.type == "time":
        return f"{_name(axis)}: time step"
    return f"{_name(axis)}: pixel size"


def _name(axis: Axis) -> str:
    return visible(axis.name, 20)


def _whole(geometry: Geometry) -> Steps:
    assert geometry.whole is not None  # else the field is locked
    return geometry.whole


def _size(geometry: Geometry, axis: int) -> Fraction:
    return _whole(geometry).size(axis) * geometry.levels[0].size(axis)


def _position(geometry: Geometry, axis: int) -> Fraction:
    whole = _whole(geometry)
    return whole.size(axis) * geometry.levels[0].offset(axis) + whole.offset(axis)


def _resized(geometry: Geometry, path: str, axis: int, text: str) -> tuple[Change, ...]:
    """The changes that make a pixel of the finest level so large along an axis."""
    wanted = exactly(typed_number(text))
    if wanted <= 0:
        raise ValueError("a pixel size is larger than 0")
    whole, levels = _whole(geometry), geometry.levels
    has_sizes = all(steps.scale for steps in levels)
    if wanted == _size(geometry, axis) and has_sizes:
        return ()
    plain = levels[0].size(axis) == 1 and not any(steps.offset(axis) for steps in levels)
    if geometry.in_whole or (plain and whole.scale and whole.size(axis) != 1):
        size = wanted / (levels[0].size(axis) or 1)
        return (_scaled(whole, path, axis, size, [Fraction(1)] * len(geometry.axes)),)
    finest = wanted / (whole.size(axis) or 1)
    old = levels[0].size(axis)
    if not has_sizes or old <= 0:
        return tuple(_by_shapes(geometry, path, axis, finest))
    factor = finest / old
    changes = [_scaled(steps, path, axis, steps.size(axis) * factor, []) for steps in levels]
    first = levels[0].offset(axis)
    for steps in levels:
        moved = first + factor * (steps.offset(axis) - first)
        if steps.shift and moved != steps.offset(axis):
            changes.append(_set(steps.shift, path, axis, moved))
    return tuple(changes)


def _by_shapes(geometry: Geometry, path: str, axis: int, finest: Fraction) -> Iterator[Change]:
    """Where sizes are missing, or are none: what the shapes of the levels say."""
    levels = geometry.levels
    if len(geometry.ratios) != len(levels):
        raise ValueError(
            "the sizes of the levels are missing or are 0, and not all their arrays can be read, "
            "which would tell how much coarser they are: change the scales as JSON"
        )
    base = [levels[0].size(number) for number in range(len(geometry.axes))]
    base[axis] = finest
    for steps, ratios in zip(levels, geometry.ratios, strict=True):
        sizes = [size * ratio for size, ratio in zip(base, ratios, strict=True)]
        yield _scaled(steps, path, axis, sizes[axis], sizes)


def _moved(geometry: Geometry, path: str, axis: int, text: str) -> tuple[Change, ...]:
    """The changes that put the first pixel of the finest level somewhere along an axis."""
    wanted = exactly(typed_number(text))
    whole, levels = _whole(geometry), geometry.levels
    if wanted == _position(geometry, axis):
        return ()
    rank = len(geometry.axes)
    own = whole.offset(axis) + wanted - _position(geometry, axis)
    if geometry.in_whole or (whole.shift and not levels[0].shift):
        return (_shifted(whole, path, axis, own, rank),)
    if not whole.size(axis):
        raise ValueError("the scale of the whole image is 0 along this axis: mend that first")
    by = (wanted - _position(geometry, axis)) / whole.size(axis)
    return tuple(_shifted(s, path, axis, s.offset(axis) + by, rank) for s in levels)


def _scaled(steps: Steps, path: str, axis: int, size: Fraction, sizes: list[Fraction]) -> Change:
    """One size of a scale; all `sizes` where there is no scale yet."""
    if steps.scale:
        return _set(steps.scale, path, axis, size)
    numbers = [like(size if at == axis else other, 0) for at, other in enumerate(sizes)]
    return Change(path, "attributes", pointer_to(*steps.place), steps.with_scale(numbers))


def _shifted(steps: Steps, path: str, axis: int, offset: Fraction, rank: int) -> Change:
    if steps.shift:
        return _set(steps.shift, path, axis, offset)
    numbers = [like(offset if at == axis else Fraction(0), 0) for at in range(rank)]
    if isinstance(steps.value, list) and steps.scale and not steps.is_single:
        added = {"type": "translation", "translation": numbers}
        return Change(path, "attributes", pointer_to(*steps.place, "-"), added)
    return Change(path, "attributes", pointer_to(*steps.place), steps.with_shift(numbers))


def _set(vector: Vector, path: str, axis: int, number: Fraction) -> Change:
    value = like(number, vector.numbers[axis])
    return Change(path, "attributes", pointer_to(*vector.place, axis), value)


def _plain(number: Fraction) -> Number:
    return int(number) if number.denominator == 1 else float(number)
