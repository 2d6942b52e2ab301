"""One line of the form for metadata: what it is now, what it may be, and how it is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from omezarr_tui.ome.validate.finding import Change
from omezarr_tui.ome.validate.rules import is_number, number_of
from omezarr_tui.text import listed, visible

Kind = Literal["text", "number", "whole", "choice", "switch", "color", "window"]
Number = int | float
SWITCH = ("true", "false")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that people change about a node.

    Parameters
    ----------
    id
        What it is called on a command line: ``pixel-size.z``.
    label
        What stands beside it in a form.
    value
        What is there now, as a text that could be typed; empty where nothing is there.
    kind
        What is typed: any text, a number, a whole number from 0, one of `choices`, ``true`` or
        ``false``, six hexadecimal digits, or a window: ``start end`` or ``start end min max``.
    choices
        All that it may be.
    completions
        What it is as a rule; other texts may do as well.
    locked
        Why it cannot be changed, in a sentence; empty where it can.
    change
        The changes that bring it to a text; `ValueError` where it cannot be that.
    """

    id: str
    label: str
    value: str
    kind: Kind
    change: Callable[[str], tuple[Change, ...]] = field(repr=False, compare=False)
    choices: tuple[str, ...] = ()
    completions: tuple[str, ...] = ()
    locked: str = ""


def nothing_to_change(text: str) -> tuple[Change, ...]:
    """What a field that is locked changes."""
    return ()


def typed_number(text: str) -> Number:
    """A number that was typed.

    Raises
    ------
    ValueError
        It is none.
    """
    number = number_of(text.strip())
    if number is None:
        hint = ", with a point and no comma" if "," in text else ""
        raise ValueError(f"{visible(text, 40)!r} is no number: type one as 0.25{hint}")
    return number


def typed_whole(text: str) -> int:
    """A whole number from 0 that was typed; else `ValueError`."""
    number = typed_number(text)
    if number < 0 or number != int(number):
        raise ValueError(f"{visible(text, 40)} is no whole number from 0")
    return int(number)


def one_of(text: str, choices: tuple[str, ...]) -> str:
    """What was typed, where it is a choice; else `ValueError`."""
    word = text.strip()
    if word not in choices:
        raise ValueError(f"{visible(text, 40)!r} is not {listed(choices)}".replace(" and ", " or "))
    return word


def exactly(number: Number) -> Fraction:
    """A number as the digits that it is written with, so that 0.4 / 0.2 * 0.3 is 0.6."""
    return Fraction(repr(number))


def like(number: Fraction, old: object) -> Number:
    """A number written as the one that it replaces: ``2.0`` where that has a point, else ``2``.

    Raises
    ------
    ValueError
        JSON's readers know none so large or so small.
    """
    try:
        value = float(number)
    except OverflowError:
        value = float("inf")
    if not is_number(value) or (number and not value):
        raise ValueError("the number is too large or too small to be written")
    whole = number.denominator == 1 and not isinstance(old, float)
    return int(number) if whole else value


def as_typed(number: object) -> str:
    """A number of a document as it could be typed again; empty for what is none."""
    if not is_number(number):
        return ""
    whole = float(number).is_integer() and abs(number) < 1e15
    return str(int(number)) if whole else repr(number)
