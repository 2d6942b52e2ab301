"""What a user types to change pixels -> the change; or which line of the form is wrong, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from omezarr_tui.edit.changes import Arithmetic, Change, Clip, Fill, Number, Replace
from omezarr_tui.edit.conditions import Condition, LabelsBelow, parse_condition
from omezarr_tui.edit.planes import CopyPlane, Interpolate, sound_beside
from omezarr_tui.edit.value import parse_value
from omezarr_tui.errors import UserError
from omezarr_tui.image.selection import Selection, parse_selection, whole
from omezarr_tui.store.node import Array
from omezarr_tui.text import visible

Operation = Literal["fill", "arithmetic", "clip", "replace", "copy", "interpolate"]
OPERATIONS: tuple[Operation, ...] = get_args(Operation)


class LineError(ValueError):
    """A line of a form that cannot be understood.

    Parameters
    ----------
    line
        Its id.
    told
        What is wrong with it, for the user.
    """

    def __init__(self, line: str, told: str) -> None:
        super().__init__(told)
        self.line = line


@dataclass(frozen=True, slots=True)
class Understood:
    """What a form comes to."""

    selection: Selection
    change: Change
    where: Condition | None


def understand(
    operation: Operation,
    texts: Mapping[str, str],
    array: Array,
    axes: Sequence[str],
    labels: LabelsBelow | None = None,
    *,
    has_labels: bool = False,
) -> Understood:
    """Understand what was typed.

    Parameters
    ----------
    operation
        What is to be done.
    texts
        By line: ``where`` (a selection; empty for all), ``only`` (a condition; empty for
        none); and of ``fill`` ``value``; of ``arithmetic`` ``multiply``, ``add``, ``ends``;
        of ``clip`` ``low``, ``high``; of ``replace`` ``pairs``; of ``copy`` ``along``,
        ``source``; of ``interpolate`` ``along``, ``between``.
    array
        The array that is edited.
    axes
        The names of its axes.
    labels
        Where the ids come from that a condition speaks of; None while it is only typed.
    has_labels
        Whether a condition may speak of labels.

    Raises
    ------
    LineError
        Which line is wrong, and why.
    """
    text = texts.get("where", "").strip()
    try:
        selection = parse_selection(text, array.shape, axes) if text else whole(array.shape)
    except ValueError as error:
        raise LineError("where", str(error)) from error
    where = None
    if only := texts.get("only", "").strip():
        try:
            where = parse_condition(only, labels, has_labels=has_labels)
        except ValueError as error:
            raise LineError("only", str(error)) from error
    return Understood(selection, _CHANGES[operation](texts, array, axes, selection), where)


def replaced_values(pairs: Sequence[str], array: Array) -> dict[Any, Any]:
    """The values that become others: ``7=3`` each.

    Raises
    ------
    ValueError
        One is no such pair.
    """
    found = {}
    for pair in pairs:
        old, equals, new = pair.partition("=")
        if not equals:
            raise ValueError(f"{visible(pair.strip(), 40)!r} does not look like OLD=NEW, as 7=3")
        found[parse_value(old, array.dtype)] = parse_value(new, array.dtype)
    return found


def number_of(text: str) -> Number:
    """A number that was typed; `ValueError` where it is none, or not finite."""
    for kind in (int, float):
        try:
            number: Number = kind(text)
        except ValueError:
            continue
        if number == number and abs(number) != float("inf"):
            return number
    raise ValueError(f"{visible(text, 30)!r} is no number")


def _fill(texts: Mapping[str, str], array: Array, axes: Sequence[str], s: Selection) -> Change:
    text = texts["value"]
    is_text = array.dtype.kind == "string"
    if not text.strip():
        raise LineError("value", "type a value" + (', or "" for an empty text' if is_text else ""))
    try:
        return Fill(parse_value("" if is_text and text == '""' else text, array.dtype))
    except ValueError as error:
        raise LineError("value", str(error)) from error


def _arithmetic(
    texts: Mapping[str, str], array: Array, axes: Sequence[str], s: Selection
) -> Change:
    multiply, add = _number("multiply", texts, 1), _number("add", texts, 0)
    if (multiply, add) == (1, 0):
        raise LineError("multiply", "type a number to multiply by, or one to add")
    return Arithmetic(add or 0, multiply or 0, saturate=texts.get("ends") == "stop at the ends")


def _clip(texts: Mapping[str, str], array: Array, axes: Sequence[str], s: Selection) -> Change:
    low, high = _number("low", texts, None), _number("high", texts, None)
    if low is None and high is None:
        raise LineError("low", "type a lowest or a highest value")
    if low is not None and high is not None and low > high:
        raise LineError("high", f"{high} is below {low}")
    return Clip(low, high)


def _replace(texts: Mapping[str, str], array: Array, axes: Sequence[str], s: Selection) -> Change:
    pairs = [pair for pair in texts["pairs"].split(",") if pair.strip()]
    if not pairs:
        raise LineError("pairs", "type which value becomes which, as 7=3, 9=0")
    try:
        found = replaced_values(pairs, array)
    except ValueError as error:
        raise LineError("pairs", str(error)) from error
    return Replace(found)


def _copy(texts: Mapping[str, str], array: Array, axes: Sequence[str], s: Selection) -> Change:
    axis = _axis(texts, axes)
    return CopyPlane(axis, _index("source", texts["source"], array, axis, axes), axes[axis])


def _interpolate(
    texts: Mapping[str, str], array: Array, axes: Sequence[str], selection: Selection
) -> Change:
    axis = _axis(texts, axes)
    name = axes[axis]
    words = texts["between"].replace(",", " ").split()
    if not words:
        try:
            return Interpolate(axis, *sound_beside(selection, axis, name), name)
        except UserError as error:
            raise LineError("between", f"{error.what}: {error.why}") from error
    if len(words) != 2:
        raise LineError("between", "type two indices, as 14 16, or none for those beside it")
    first, last = sorted(_index("between", word, array, axis, axes) for word in words)
    low, high = selection.bounds[axis]
    if not first < low or not last >= high:
        raise LineError("between", f"{name}={low} to {high - 1} does not lie between these")
    return Interpolate(axis, first, last, name)


_CHANGES = {
    "fill": _fill,
    "arithmetic": _arithmetic,
    "clip": _clip,
    "replace": _replace,
    "copy": _copy,
    "interpolate": _interpolate,
}


def _number(line: str, texts: Mapping[str, str], otherwise: Any) -> Any:
    text = texts.get(line, "").strip()
    if not text:
        return otherwise
    try:
        return number_of(text)
    except ValueError as error:
        raise LineError(line, str(error)) from error


def _axis(texts: Mapping[str, str], axes: Sequence[str]) -> int:
    name = texts["along"].strip()
    if name not in axes:
        raise LineError("along", f"there is no axis {visible(name)!r}; there are {', '.join(axes)}")
    return axes.index(name)


def _index(line: str, text: str, array: Array, axis: int, axes: Sequence[str]) -> int:
    size = array.shape[axis]
    if not text.strip().isdecimal() or int(text) >= size:
        raise LineError(line, f"{axes[axis]} is 0 to {size - 1}")
    return int(text)
