"""The scale and the translation of a level, or of a whole image, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from omezarr_tui.edit.field import Number, exactly
from omezarr_tui.ome.validate.rules import Place, is_number

KEY = "coordinateTransformations"


@dataclass(frozen=True, slots=True)
class Vector:
    """A number for each axis, and where the list of them stands in the attributes."""

    place: Place
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """Transformations that come to no more than a scale and a translation after it.

    Parameters
    ----------
    place
        Of the list ``coordinateTransformations``, or of one transformation.
    value
        What stands there; None where nothing does.
    scale, shift
        None where there is none.
    """

    place: Place
    value: Any
    scale: Vector | None = None
    shift: Vector | None = None

    def size(self, axis: int) -> Fraction:
        """The factor along an axis."""
        return exactly(self.scale.numbers[axis]) if self.scale else Fraction(1)

    def offset(self, axis: int) -> Fraction:
        """What is added along an axis."""
        return exactly(self.shift.numbers[axis]) if self.shift else Fraction(0)

    def with_scale(self, numbers: Sequence[Number]) -> Any:
        """What is to stand at `place`, where there is no scale yet."""
        scale = {"type": "scale", "scale": list(numbers)}
        if isinstance(self.value, Mapping):  # an identity of 0.6
            return {**self.value, **scale}
        if self._is_single:
            return [{**self.value[0], **scale}]
        return [scale, *(step for step in self._listed if step.get("type") == "translation")]

    def with_shift(self, numbers: Sequence[Number]) -> Any:
        """What is to stand at `place`, where there is no translation yet."""
        shift = {"type": "translation", "translation": list(numbers)}
        if isinstance(self.value, Mapping):
            return _sequence(self.value, shift)
        if self._is_single:
            return [_sequence(self.value[0], shift)]
        scales = [step for step in self._listed if step.get("type") == "scale"]
        return [*(scales or [{"type": "scale", "scale": [1] * len(numbers)}]), shift]

    @property
    def _listed(self) -> list[Any]:
        return self.value if isinstance(self.value, list) else []

    @property
    def _is_single(self) -> bool:
        """Whether it is the one transformation that a level has since 0.6."""
        return len(self._listed) == 1 and "output" in self._listed[0]


def read_steps(place: Place, value: Any, rank: int) -> Steps | None:
    """Read transformations that follow one another.

    Parameters
    ----------
    place, value
        What stands where: a list of transformations, or one; None where nothing does.
    rank
        How many axes there are.

    Returns
    -------
    steps
        None where they are more than a scale and then a translation, or cannot be read.
    """
    listed = [(place, value)] if isinstance(value, Mapping) else _inside(place, value)
    if listed is None:
        return None
    flat: list[tuple[Place, Any]] = []
    for at, step in listed:
        if isinstance(step, Mapping) and step.get("type") == "sequence":
            inner = _inside((*at, "transformations"), step.get("transformations"))
            if inner is None:
                return None
            flat += inner
        else:
            flat.append((at, step))
    found: dict[str, Vector] = {}
    for at, step in flat:
        kind = step.get("type") if isinstance(step, Mapping) else None
        if kind == "identity":
            continue
        if kind not in ("scale", "translation") or kind in found or "translation" in found:
            return None
        numbers = step.get(kind)
        if not isinstance(numbers, list) or len(numbers) != rank or not all(map(is_number, numbers)):
            return None
        found[kind] = Vector((*at, kind), tuple(numbers))
    return Steps(place, value, found.get("scale"), found.get("translation"))


def _inside(place: Place, value: Any) -> list[tuple[Place, Any]] | None:
    if value is None:
        return []
    if not isinstance(value, list):
        return None
    return [((*place, number), step) for number, step in enumerate(value)]


def _sequence(step: Mapping[str, Any], shift: dict[str, Any]) -> dict[str, Any]:
    """A scale or an identity, and then a translation."""
    rank = len(shift["translation"])
    scale = {"type": "scale", "scale": step.get("scale", [1] * rank)}
    others = {key: value for key, value in step.items() if key not in ("type", "scale")}
    return {"type": "sequence", **others, "transformations": [scale, shift]}
