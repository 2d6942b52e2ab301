"""Rules of the transformations that are matrices: affine and rotation (OME-Zarr 0.6)."""

from __future__ import annotations

import math
from typing import Any

from omezarr_tui.ome.validate.rules import Judged, Place, Rule, is_number, shown

_SECTION = "coordinateTransformations"

# "The matrix MUST be stored as 2D nested array (an array of arrays of numbers) where the outer
# array MUST be length M and the inner arrays MUST be length N+1." (0.6, "affine")
AFFINE = Rule(
    "transformation.affine",
    "error",
    "An affine matrix has a row for each axis of the output, with a number for each axis of the "
    "input and one more, the shift.",
    _SECTION,
    since="0.6",
)
# "Rotations are stored as NxN matrices, and MUST have determinant equal to one, with orthonormal
# rows and columns." (0.6, "rotation")
ROTATION = Rule(
    "transformation.rotation",
    "error",
    "A rotation is a square matrix, with a row and a column for each axis.",
    _SECTION,
    since="0.6",
)
TURNS = Rule(
    "transformation.rotation-turns",
    "error",
    "The rows of a rotation are orthonormal, and its determinant is one: it turns, and neither "
    "stretches nor mirrors.",
    _SECTION,
    since="0.6",
)

_MOST = 32  # axes; larger matrices are told as they are, and not multiplied
_TOLERANCE = 1e-3  # of numbers that were written with few digits


def judge_affine(
    judged: Judged, value: dict[str, Any], place: Place, rank: int | None, target: int | None
) -> int | None:
    """Judge an affine matrix, and tell how many dimensions it leads to."""
    rows = _matrix(judged, AFFINE, value["affine"], (*place, "affine"))
    if rows is None:
        return target
    if rank is not None and len(rows[0]) != rank + 1:
        found = f"Its rows have {len(rows[0])} numbers, the input has {rank} axes."
        judged.tell(AFFINE, (*place, "affine"), found)
        return target
    if target is not None and len(rows) != target:
        found = f"It has {len(rows)} rows, the output has {target} axes."
        judged.tell(AFFINE, (*place, "affine"), found)
        return target
    return len(rows)


def judge_rotation(
    judged: Judged, value: dict[str, Any], place: Place, rank: int | None, target: int | None
) -> int | None:
    """Judge a rotation, and tell how many dimensions it leads to."""
    at = (*place, "rotation")
    rows = _matrix(judged, ROTATION, value["rotation"], at)
    if rows is None:
        return target
    size = len(rows)
    needed = rank if rank is not None else target
    if len(rows[0]) != size or (needed is not None and size != needed):
        of = "" if needed is None else f" for {needed} axes"
        judged.tell(ROTATION, at, f"It has {size} rows of {len(rows[0])} numbers{of}.")
        return target
    if size <= _MOST:
        if not _is_orthonormal(rows):
            judged.tell(TURNS, at, "Its rows are not orthonormal.")
        elif _determinant(rows) < 0:
            judged.tell(TURNS, at, "Its determinant is −1: it mirrors.")
    return size


def _matrix(judged: Judged, rule: Rule, value: Any, place: Place) -> list[list[float]] | None:
    if not isinstance(value, list) or not value:
        judged.tell(rule, place, f"It is {shown(value)}.")
        return None
    for number, row in enumerate(value):
        if not isinstance(row, list) or not row or not all(is_number(item) for item in row):
            judged.tell(rule, (*place, number), f"The row is {shown(row)}.")
            return None
        if len(row) != len(value[0]):
            judged.tell(rule, (*place, number), "The row is not as long as the first one.")
            return None
    return [[float(item) for item in row] for row in value]


def _is_orthonormal(rows: list[list[float]]) -> bool:
    return all(
        math.isclose(
            sum(x * y for x, y in zip(a, b, strict=True)), float(i == j), abs_tol=_TOLERANCE
        )
        for i, a in enumerate(rows)
        for j, b in enumerate(rows[: i + 1])
    )


def _determinant(rows: list[list[float]]) -> float:
    """Of a matrix whose rows are orthonormal, by elimination."""
    rows = [list(row) for row in rows]
    result = 1.0
    for step in range(len(rows)):
        best = max(range(step, len(rows)), key=lambda at: abs(rows[at][step]))
        if not rows[best][step]:
            return 0.0
        if best != step:
            rows[step], rows[best] = rows[best], rows[step]
            result = -result
        result *= rows[step][step]
        for at in range(step + 1, len(rows)):
            factor = rows[at][step] / rows[step][step]
            rows[at] = [a - factor * b for a, b in zip(rows[at], rows[step], strict=True)]
    return result
