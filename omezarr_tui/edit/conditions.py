"""A condition on values, as a user types it: ``value > 4000``, ``100 <= value < 200``.

    condition   any of them joined by ``or``
    all         any of them joined by ``and``
    one         ``not`` one, a condition in parentheses, or a comparison
    comparison  operands with ``< <= > >= == !=`` between them, as in Python; or
                ``value in 3, 5, 7``

An operand is ``value`` (what is edited), ``label`` (the id that a label image has there), or a
number, ``nan``, ``inf``, ``-inf``, ``true``, ``false``. ``value == nan`` holds for every NaN.
Nothing of it is ever evaluated as Python.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from omezarr_tui.edit.staged import Staged
from omezarr_tui.image.selection import Selection
from omezarr_tui.store.node import Array
from omezarr_tui.text import visible

Mask = NDArray[np.bool_]
Name = Literal["value", "label"]
Values = dict[str, NDArray[Any]]
Test = Callable[[Values], Mask]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[+-]?(?:0x[0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf|nan)\b)"
    r"|(?P<compare><=|>=|==|!=|<|>|=)|(?P<sign>[(),])|(?P<word>[A-Za-z_]+))"
)
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_CONSTANTS = {"true": True, "false": False, "nan": float("nan"), "inf": float("inf")}
_NAMES = ("value", "label")
_HINT = "write it as value > 4000, 100 <= value < 200, value == nan, or label in 3, 5"


class LabelsBelow(Protocol):
    """Reads the ids that a label image has where values of another image lie."""

    def begin(self, staged: Staged, node: Array) -> Callable[[Selection], NDArray[Any]]:
        """What gives the ids for a part of an array: of its shape, or one for all."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was understood.

    Parameters
    ----------
    text
        As it was typed.
    test
        What it comes to.
    labels
        Where the ids of ``label`` come from; None where it speaks of none.
    """

    text: str
    test: Test
    labels: LabelsBelow | None = None

    def begin(self, staged: Staged, node: Array) -> Callable[[NDArray[Any], Selection], Mask]:
        """Begin to tell for which values of an array it holds.

        Returns
        -------
        chooser
            Given values and which part of the array they are, a mask of the same shape.
        """
        labels = self.labels.begin(staged, node) if self.labels else None

        def chooser(values: NDArray[Any], part: Selection) -> Mask:
            known = {"value": values}
            if labels is not None:
                known["label"] = np.broadcast_to(labels(part), values.shape)
            return np.broadcast_to(self.test(known), values.shape)

        return chooser


def parse_condition(
    text: str, labels: LabelsBelow | None = None, *, has_labels: bool | None = None
) -> Condition:
    """Understand a condition.

    Parameters
    ----------
    text
        As this module tells.
    labels
        Where ids of labels come from; None where there are none.
    has_labels
        Whether it may speak of labels; None for whether there are any.

    Raises
    ------
    ValueError
        It is none; the message says where, and what it could be.
    """
    parser = _Parser(
        list(_tokens(text)), has_labels=labels is not None if has_labels is None else has_labels
    )
    test = parser.whole()
    return Condition(text.strip(), test, labels if parser.speaks_of_labels else None)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"{visible(text[at:].strip(), 30)!r} is not understood: {_HINT}")
        kind = match.lastgroup or ""
        yield kind, match[kind]
        at = match.end()


class _Parser:
    """Reads tokens from left to right."""

    def __init__(self, tokens: Sequence[tuple[str, str]], *, has_labels: bool) -> None:
        self._tokens = tokens
        self._at = 0
        self._has_labels = has_labels
        self.speaks_of_labels = False

    def whole(self) -> Test:
        """All of it."""
        test = self._any()
        if self._at < len(self._tokens):
            raise self._wrong()
        return test

    def _any(self) -> Test:
        tests = [self._all()]
        while self._takes("or"):
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda v: _joined(np.logical_or, tests, v)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._takes("and"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda v: _joined(np.logical_and, tests, v)

    def _one(self) -> Test:
        if self._takes("not"):
            inner = self._one()
            return lambda values: np.logical_not(inner(values))
        if self._takes("("):
            inner = self._any()
            if not self._takes(")"):
                raise ValueError(f"a parenthesis is not closed: {_HINT}")
            return inner
        return self._comparison()

    def _comparison(self) -> Test:
        operands = [self._operand()]
        if isinstance(operands[0], str) and self._takes("in"):
            return _among(operands[0], self._numbers())
        signs: list[str] = []
        while (token := self._peek()) and token[0] == "compare":
            self._at += 1
            signs.append("==" if token[1] == "=" else token[1])
            operands.append(self._operand())
        if not signs:
            raise self._wrong()
        if not any(isinstance(operand, str) for operand in operands):
            raise ValueError(f"it compares numbers only: {_HINT}")
        pairs = list(zip(operands, signs, operands[1:], strict=False))
        tests = [_compared(left, sign, right) for left, sign, right in pairs]
        return tests[0] if len(tests) == 1 else lambda v: _joined(np.logical_and, tests, v)

    def _operand(self) -> Any:
        """A number, or the name of what stands for the values."""
        token = self._peek()
        if token is None:
            raise ValueError(f"something is missing at its end: {_HINT}")
        kind, word = token
        if kind == "number":
            self._at += 1
            return _number(word)
        if kind == "word" and word.lower() in _CONSTANTS:
            self._at += 1
            return _CONSTANTS[word.lower()]
        if kind == "word" and word.lower() in _NAMES:
            self._at += 1
            if word.lower() == "label":
                if not self._has_labels:
                    raise ValueError("there is no label image to take ids from")
                self.speaks_of_labels = True
            return word.lower()
        raise self._wrong()

    def _numbers(self) -> list[Any]:
        found = []
        while True:
            operand = self._operand()
            if isinstance(operand, str):
                raise ValueError(f"behind 'in' stand numbers, as in label in 3, 5, not {operand}")
            found.append(operand)
            if not self._takes(","):
                return found

    def _peek(self) -> tuple[str, str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _takes(self, word: str) -> bool:
        token = self._peek()
        if token is None or token[0] not in ("word", "sign") or token[1].lower() != word:
            return False
        self._at += 1
        return True

    def _wrong(self) -> ValueError:
        token = self._peek()
        what = "it ends too early" if token is None else f"{visible(token[1], 30)!r} is odd there"
        return ValueError(f"{what}: {_HINT}")


def _joined(join: Any, tests: Sequence[Test], values: Values) -> Mask:
    found = tests[0](values)
    for test in tests[1:]:
        found = join(found, test(values))
    return found


def _compared(left: Any, sign: str, right: Any) -> Test:
    if sign in ("==", "!=") and any(_is_nan(operand) for operand in (left, right)):
        name = left if isinstance(left, str) else right
        return lambda values: np.equal(_nan_mask(values[name]), sign == "==")

    def test(values: Values) -> Mask:
        ends = [values[end] if isinstance(end, str) else end for end in (left, right)]
        with np.errstate(invalid="ignore"):
            return np.asarray(_COMPARE[sign](*ends), bool)

    return test


def _among(name: str, numbers: Sequence[Any]) -> Test:
    def test(values: Values) -> Mask:
        found: Mask = np.zeros(values[name].shape, bool)
        for number in numbers:
            found |= _nan_mask(values[name]) if _is_nan(number) else values[name] == number
        return found

    return test


def _nan_mask(values: NDArray[Any]) -> Mask:
    if values.dtype.kind not in "fc":
        return np.zeros(values.shape, bool)
    found: Mask = np.isnan(values)
    return found


def _is_nan(operand: Any) -> bool:
    return isinstance(operand, float) and operand != operand


def _number(word: str) -> int | float:
    try:
        return int(word, 0) if word.lower().lstrip("+-").startswith("0x") else int(word)
    except ValueError:
        return float(word)
