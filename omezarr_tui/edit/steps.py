"""The scale and the translation of a level, or of a whole image, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from omezarr_tui.edit.field import Number, exactly
from omezarr_tui.ome.validate.rules import Place, is_number

KEY = "coordinateTransformations"
_CONTENT = ("type", "scale", "translation", "transformations")


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
        return self._written(list(numbers), list(self.shift.numbers) if self.shift else None)

    def with_shift(self, numbers: Sequence[Number]) -> Any:
        """What is to stand at `place`, where there is no translation yet."""
        scale = self.scale.numbers if self.scale else (1,) * len(numbers)
        return self._written(list(scale), list(numbers))

    @property
    def is_single(self) -> bool:
        """Whether one transformation is all that may stand there, as since 0.6."""
        listed = self.value if isinstance(self.value, list) else [self.value]
        return len(listed) == 1 and isinstance(listed[0], Mapping) and "output" in listed[0]

    def _written(self, scale: list[Number], shift: list[Number] | None) -> Any:
        parts: list[dict[str, Any]] = [{"type": "scale", "scale": scale}]
        if shift is not None:
            parts.append({"type": "translation", "translation": shift})
        if not self.is_single:
            return parts
        step = self.value[0] if isinstance(self.value, list) else self.value
        others = {key: value for key, value in step.items() if key not in _CONTENT}
        made = {**parts[0], **others}
        if shift is not None:
            made = {"type": "sequence", **others, "transformations": parts}
        return [made] if isinstance(self.value, list) else made


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
        if (
            not isinstance(numbers, list)
            or len(numbers) != rank
            or not all(map(is_number, numbers))
        ):
            return None
        found[kind] = Vector((*at, kind), tuple(numbers))
    return Steps(place, value, found.get("scale"), found.get("translation"))


def _inside(place: Place, value: Any) -> list[tuple[Place, Any]] | None:
    if value is None:
        return []
    if not isinstance(value, list):
        return None
    return [((*place, number), step) for number, step in enumerate(value)]
