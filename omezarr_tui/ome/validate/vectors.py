"""Rules of the transformations that are a number for each axis: scale and translation."""

from __future__ import annotations

from typing import Any

from omezarr_tui.ome.validate.finding import Fix
from omezarr_tui.ome.validate.rules import Judged, Place, Rule, is_number, number_of, shown
from omezarr_tui.text import plural

_SECTION = "coordinateTransformations"

# "MUST contain any other fields required by the given type" (0.6); "scale: List[float]" (0.4).
# Only up to 0.5 may a scale or a translation lie in an array at a "path".
PARAMETERS = Rule(
    "transformation.parameters",
    "error",
    "A transformation has the fields that its type asks for.",
    _SECTION,
    since="0.4",
)
NUMBERS = Rule(
    "transformation.numbers",
    "error",
    "Scales and translations are lists of numbers.",
    _SECTION,
    since="0.4",
)
# In 0.4: "The length of the scale and translation array MUST be the same as the length of axes."
# The suites of 0.4 and 0.6 hold up a scale of 2 numbers for 3 axes as valid, in a document that
# is about units; that of 0.5 has 3 numbers in the same document.
LENGTH = Rule(
    "transformation.length",
    "error",
    "There is one number for each axis.",
    _SECTION,
    since="0.4",
    eased={"0.4": "warning", "0.6": "warning"},
)
# "Values in the scale array SHOULD be non-zero" (0.6); the texts before say nothing.
POSITIVE = Rule(
    "transformation.positive",
    "warning",
    "The numbers of a scale are greater than zero: they are sizes of pixels.",
    _SECTION,
    since="0.4",
    eased={"0.4": "advice", "0.5": "advice"},
)


def judge_vector(
    judged: Judged,
    value: dict[str, Any],
    kind: str,
    place: Place,
    rank: int | None,
    target: int | None,
) -> int | None:
    """Judge a scale or a translation.

    Parameters
    ----------
    judged
        Where findings go.
    value, kind, place
        The transformation, its type, and where it stands.
    rank, target
        How many dimensions its input and its output have; None where that is not known.

    Returns
    -------
    rank
        How many dimensions it leads to; None where that cannot be told.
    """
    if kind not in value:
        if judged.since("0.6") or not isinstance(value.get("path"), str):
            judged.tell(PARAMETERS, place, f'There is no "{kind}".')
        return rank
    numbers = value[kind]
    at = (*place, kind)
    if not isinstance(numbers, list) or not all(is_number(n) for n in numbers):
        judged.tell(NUMBERS, at, f"It is {shown(numbers)}.", _as_numbers(judged, numbers, at))
        return rank
    needed = rank if rank is not None else target
    if needed is not None and len(numbers) != needed:
        found = (
            f"The {kind} has {plural(len(numbers), 'number')} for {plural(needed, 'axis', 'axes')}."
        )
        judged.tell(LENGTH, at, found)
        return target  # told once
    if kind == "scale" and any(number <= 0 for number in numbers):
        judged.tell(POSITIVE, at, f"It is {shown(numbers)}.")
    return len(numbers) if rank is None else rank


def _as_numbers(judged: Judged, value: Any, place: Place) -> Fix | None:
    """Numbers instead of the texts that spell them."""
    if not isinstance(value, list):
        return None
    numbers = [item if is_number(item) else number_of(item) for item in value]
    if any(number is None for number in numbers):
        return None
    return judged.fix("write numbers instead of texts", place, numbers)
