"""What a level would be that is coarser than the coarsest: its shape, name, scale and position."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from omezarr_tui.edit.described import describe_node
from omezarr_tui.edit.field import Number, like
from omezarr_tui.edit.geometry import Geometry, geometry_of
from omezarr_tui.edit.steps import KEY, Steps, Vector
from omezarr_tui.errors import UserError
from omezarr_tui.ome.model import Axis
from omezarr_tui.ome.validate.rules import version_key
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array, join_path

_LAST_NUMBER = re.compile(r"(\d+)(?=\D*$)")
_PLANE = 2  # axes of space, the last ones, that are halved where no other level tells


def coarser_factors(axes: Sequence[Axis], levels: Sequence[Array]) -> tuple[int, ...]:
    """By how much a level is to be coarser than the coarsest, along each axis.

    Parameters
    ----------
    axes
        Of the image.
    levels
        From fine to coarse.

    Returns
    -------
    factors
        As between the two coarsest levels; of a single level 2 along the last two axes of
        space. 1 along axes that have one element already, or are none of space.
    """
    coarsest = levels[-1]
    space = [at for at, axis in enumerate(axes) if axis.type == "space"]
    told = dict.fromkeys(space[-_PLANE:], 2)
    if len(levels) > 1:
        pairs = zip(levels[-2].shape, coarsest.shape, strict=True)
        told = {at: max(2, round(a / b)) for at, (a, b) in enumerate(pairs) if a > b}
    return tuple(
        told.get(at, 1) if at in space and size > 1 else 1 for at, size in enumerate(coarsest.shape)
    )


def coarser_shape(factors: Sequence[int], levels: Sequence[Array]) -> tuple[int, ...]:
    """The shape of such a level: what does not divide is cut off, or not, as in the others."""
    is_more = any(
        b == -(-a // f) and a % f
        for fine, coarse in pairwise(levels)
        for a, b, f in zip(fine.shape, coarse.shape, factors, strict=True)
    )
    sizes = zip(levels[-1].shape, factors, strict=True)
    return tuple(-(-size // f) if is_more else max(1, size // f) for size, f in sizes)


def next_path(access: Access, image: str, paths: Sequence[str]) -> str:
    """A path for a level that is not taken, from the image: ``s2`` where the last is ``s1``."""
    last = paths[-1]
    found = _LAST_NUMBER.search(last)
    number = int(found[1]) + 1 if found else 2
    head, tail = (last[: found.start()], last[found.end() :]) if found else (f"{last}_", "")
    while True:
        path = f"{head}{number}{tail}"
        if path not in paths and not any(access.keys_below(join_path(image, path))):
            return path
        number += 1


def coarser_dataset(
    access: Access,
    image: str,
    path: str,
    factors: Sequence[int],
    shape: Sequence[int],
    *,
    is_centred: bool,
) -> tuple[Geometry, dict[str, Any]]:
    """The entry of such a level in the list of an image's levels.

    Parameters
    ----------
    access, image
        Where the image lies.
    path
        Of the level, from the image.
    factors, shape
        Of the level.
    is_centred
        Whether a pixel lies in the middle of those that it is made of, where there is no
        other level to tell.

    Raises
    ------
    UserError
        The transformations of the levels are more than scales and translations.
    """
    node = describe_node(access, image)
    geometry = geometry_of(node)
    what = f"No level can be added to {image or 'the root'}"
    if geometry is None:
        raise UserError(what, "it is no image")
    entry: dict[str, Any] = {"path": path}
    if version_key(node.version) < (0, 4) and not geometry.levels:
        return geometry, entry
    if geometry.locked or not geometry.levels:
        raise UserError(what, geometry.locked or "its levels cannot be read")
    arrays = [level.array for level in node.levels if level is not None]
    coarsest = geometry.levels[-1]
    is_by_size = _is_by_size(geometry.levels, arrays)
    pairs = zip(arrays[-1].shape, shape, factors, strict=True)
    ratios = [Fraction(a, b) if is_by_size and f > 1 else Fraction(f) for a, b, f in pairs]
    sizes = [coarsest.size(at) * ratio for at, ratio in enumerate(ratios)]
    shifts = [
        coarsest.offset(at) + _step(geometry.levels, at, sizes[at], is_centred=is_centred)
        for at in range(len(sizes))
    ]
    entry[KEY] = _renamed(_transformations(coarsest, sizes, shifts), _path_of(coarsest, node), path)
    return geometry, entry


def _is_by_size(levels: Sequence[Steps], arrays: Sequence[Array]) -> bool:
    """Whether pixels grow by the quotient of the sizes, also where that is no whole number.

    ome-zarr-py has it so, as it resizes; what cuts off an odd last pixel has whole factors.
    """
    for (fine, coarse), (a, b) in zip(pairwise(levels), pairwise(arrays), strict=False):
        for at, (size, less) in enumerate(zip(a.shape, b.shape, strict=True)):
            if size % less and fine.size(at):
                return _is_near(coarse.size(at) / fine.size(at), Fraction(size, less))
    return False


def _step(levels: Sequence[Steps], axis: int, size: Fraction, *, is_centred: bool) -> Fraction:
    """How far the first pixel moves along an axis, when pixels grow to a size."""
    grown = (size - levels[-1].size(axis)) / 2
    usual = (levels[-1].size(axis) - levels[-2].size(axis)) / 2 if len(levels) > 1 else 0
    if usual:  # the other levels tell whether it moves at all
        moved = levels[-1].offset(axis) - levels[-2].offset(axis)
        is_centred = _is_near(moved, Fraction(usual))
    return grown if is_centred else Fraction(0)


def _is_near(number: Fraction, other: Fraction) -> bool:
    return abs(number - other) <= abs(other) / 10**6


def _transformations(
    steps: Steps, sizes: Sequence[Fraction], shifts: Sequence[Fraction]
) -> list[Any] | dict[str, Any]:
    """What the coarsest level has, with other numbers."""
    scale, shift = steps.scale, steps.shift
    old = list(scale.numbers) if scale else [1.0] * len(sizes)
    new_scale = _numbers(sizes, old)
    new_shift = _numbers(shifts, list(shift.numbers) if shift else [0.0] * len(shifts))
    value: Any = deepcopy(steps.value)
    if scale is not None and (shift is not None or not any(shifts)):
        for vector, numbers in ((scale, new_scale), (shift, new_shift)):
            if vector is not None:
                _set(value, vector.place[len(steps.place) :], numbers)
        return value  # type: ignore[no-any-return]
    changed = replace(steps, scale=Vector((), tuple(new_scale)))
    return changed.with_shift(new_shift) if any(shifts) else changed.with_scale(new_scale)  # type: ignore[no-any-return]


def _numbers(wanted: Sequence[Fraction], old: Sequence[Number]) -> list[Number]:
    try:
        return [like(number, was) for number, was in zip(wanted, old, strict=True)]
    except ValueError as error:
        raise UserError("no level can be added", str(error)) from error


def _set(value: Any, place: Sequence[str | int], numbers: list[Number]) -> None:
    for part in place[:-1]:
        value = value[part]
    value[place[-1]] = numbers


def _path_of(steps: Steps, node: Any) -> Any:
    found: Any = node.attributes
    for part in steps.place[:-1]:
        found = found[part]
    return found.get("path")


def _renamed(value: Any, old: Any, new: str) -> Any:
    """Transformations that lead from one level, from another (OME-Zarr 0.6)."""
    for step in value if isinstance(value, list) else [value]:
        given = step.get("input") if isinstance(step, Mapping) else None
        if given == old:
            step["input"] = new
        elif isinstance(given, dict) and given.get("path") == old:
            given["path"] = new
    return value
