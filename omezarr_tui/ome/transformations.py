"""Coordinate transformations as matrices: a row for each output, its last number is added.

Points are columns, first axis on top (OME-Zarr 0.6, "Matrix transformations").
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from omezarr_tui.ome.loose import integer, matrix, numbers, objects
from omezarr_tui.ome.model import Rows

_MOST_AXES = 64  # more than any image has; keeps junk from taking long
_MOST_STEPS = 1000
_DEEPEST = 20


def identity(rank: int) -> Rows:
    """The matrix that leaves positions as they are."""
    return diagonal((1.0,) * rank)


def diagonal(scale: Sequence[float], shift: Sequence[float] | None = None) -> Rows:
    """The matrix of a factor for each axis, and of what is added."""
    added = shift or (0.0,) * len(scale)
    return tuple(
        (*(factor if i == j else 0.0 for j in range(len(scale))), added[i])
        for i, factor in enumerate(scale)
    )


def after(second: Rows, first: Rows) -> Rows | None:
    """The matrix of `first` and then `second`; None where they do not fit together."""
    inner = len(first)
    if any(len(row) != inner + 1 for row in second):
        return None
    width = len(first[0]) if first else 1
    return tuple(
        tuple(
            sum(_product(row[k], first[k][j]) for k in range(inner))
            + (row[inner] if j == width - 1 else 0.0)
            for j in range(width)
        )
        for row in second
    )


def matrix_of(declared: Mapping[str, Any], rank: int, depth: int = 0) -> Rows | None:
    """The matrix of one transformation.

    Parameters
    ----------
    declared
        A transformation of OME-Zarr 0.4 to 0.6 as the store has it.
    rank
        How many axes its input has.

    Returns
    -------
    matrix
        None where it is no affine map, such as ``displacements``, where its numbers are kept
        in an array (``path``), or where they do not fit the rank.
    """
    if rank > _MOST_AXES or depth > _DEEPEST:
        return None
    match declared.get("type"):
        case "identity":
            return identity(rank)
        case "scale":
            scale = numbers(declared.get("scale"))
            return diagonal(scale) if len(scale) == rank else None
        case "translation":
            shift = numbers(declared.get("translation"))
            return diagonal((1.0,) * rank, shift) if len(shift) == rank else None
        case "affine":
            rows = matrix(declared.get("affine"))
            return rows if rows and len(rows[0]) == rank + 1 else None
        case "rotation":
            rows = matrix(declared.get("rotation"))
            square = bool(rows) and len(rows) == len(rows[0]) == rank
            return tuple((*row, 0.0) for row in rows) if square else None
        case "sequence":
            return matrix_of_sequence(declared.get("transformations"), rank, depth + 1)
        case "bijection":
            forward = declared.get("forward")
            return matrix_of(forward, rank, depth + 1) if isinstance(forward, dict) else None
        case "mapAxis":
            return _permutation(declared.get("mapAxis"), rank)
        case "projectAxis":
            return _projection(declared, rank)
        case "byDimension":
            return _by_dimension(declared, rank, depth)
    return None


def matrix_of_sequence(steps: Any, rank: int, depth: int = 0) -> Rows | None:
    """The matrix of transformations that follow one another; None where one of them has none."""
    whole: Rows | None = identity(rank)
    if not isinstance(steps, list) or len(steps) > _MOST_STEPS:
        return None
    for step in steps:
        if whole is None or not isinstance(step, dict):
            return None
        own = matrix_of(step, len(whole), depth)
        whole = after(own, whole) if own is not None else None
    return whole


def scale_and_shift(rows: Rows) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Factor and addend of each axis; None where a matrix does more than that."""
    rank = len(rows)
    if any(len(row) != rank + 1 for row in rows):
        return None
    if any(row[j] != 0 for i, row in enumerate(rows) for j in range(rank) if i != j):
        return None
    return tuple(row[i] for i, row in enumerate(rows)), tuple(row[rank] for row in rows)


def steps_along(rows: Rows) -> tuple[float, ...]:
    """How far apart two pixels are that are neighbours along each axis of the input."""
    return tuple(math.hypot(*(row[j] for row in rows)) for j in range(len(rows[0]) - 1))


def _product(one: float, other: float) -> float:
    """Zero times anything is zero here: an axis that is not used has no say, be it infinite."""
    return one * other if one and other else 0.0


def _permutation(order: Any, rank: int) -> Rows | None:
    """Output i is input ``order[i]`` ("mapAxis")."""
    places = [integer(item) for item in order] if isinstance(order, list) else []
    if len(places) != rank or sorted(p for p in places if p is not None) != [*range(rank)]:
        return None
    return tuple((*(1.0 if j == place else 0.0 for j in range(rank)), 0.0) for place in places)


def _projection(declared: Mapping[str, Any], rank: int) -> Rows | None:
    """Inputs that are dropped, and outputs that are made, at 0 ("projectAxis")."""
    dropped, created = _places(declared, "droppedInputs"), _places(declared, "createdOutputs")
    if dropped is None or created is None or not all(place < rank for place in dropped):
        return None
    kept = iter([place for place in range(rank) if place not in dropped])
    count = rank - len(dropped) + len(created)
    if not all(place < count for place in created):
        return None
    rows = []
    for output in range(count):
        source = None if output in created else next(kept)
        rows.append((*(1.0 if j == source else 0.0 for j in range(rank)), 0.0))
    return tuple(rows)


def _by_dimension(declared: Mapping[str, Any], rank: int, depth: int) -> Rows | None:
    """Transformations of some axes each; an axis that none speaks of stays as it is."""
    rows: dict[int, tuple[float, ...]] = {}
    for part in objects(declared.get("transformations")):
        inputs, outputs = _places(part, "inputAxes"), _places(part, "outputAxes")
        inner = part.get("transformation")
        if not inputs or not outputs or not isinstance(inner, dict) or max(inputs) >= rank:
            return None
        own = matrix_of(inner, len(inputs), depth + 1)
        if own is None or len(own) != len(outputs) or max(outputs) >= _MOST_AXES:
            return None
        for output, row in zip(outputs, own, strict=True):
            spread = [0.0] * (rank + 1)
            for place, factor in zip(inputs, row[:-1], strict=True):
                spread[place] = factor
            spread[rank] = row[-1]
            rows[output] = tuple(spread)
    if not rows:
        return None
    unchanged = identity(rank)
    count = max(rank, max(rows) + 1)
    if any(output not in rows and output >= rank for output in range(count)):
        return None
    return tuple(rows.get(output) or unchanged[output] for output in range(count))


def _places(declared: Mapping[str, Any], key: str) -> list[int] | None:
    """A list of places of axes; ``input_axes`` is how drafts of 0.6 wrote ``inputAxes``."""
    older = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)
    value = declared.get(key, declared.get(older, []))
    places = [integer(item) for item in value] if isinstance(value, list) else [None]
    whole = [place for place in places if place is not None and place >= 0]
    return whole if len(whole) == len(places) == len(set(whole)) else None
