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

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from omezarr_tui.edit.changes import native
from omezarr_tui.edit.comparing import Mask, Test, Values, among, compared
from omezarr_tui.edit.staged import Staged
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.image.selection import Selection
from omezarr_tui.store.node import Array
from omezarr_tui.text import visible

Name = Literal["value", "label"]
Chooser = Callable[[NDArray[Any], Selection], Mask]

_ANY, _NUMBERS, _IN_ORDER = "biufcSUOTVMm", "biufc", "biuf"

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[+-]?(?:0x[0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf|nan)(?!\w))"
    r"|(?P<compare><=|>=|==|!=|<|>|=)|(?P<sign>[(),])|(?P<word>[A-Za-z_]+))"
)
_CONSTANTS = {"true": True, "false": False, "nan": float("nan"), "inf": float("inf")}
_NAMES = ("value", "label")
_DEEPEST = 50
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
    kinds
        The kinds of data types, as NumPy writes them, whose values it can judge.
    labels
        Where the ids of ``label`` come from; None where it speaks of none.
    """

    text: str
    test: Test
    kinds: str
    labels: LabelsBelow | None = None

    def begin(self, staged: Staged, node: Array) -> Chooser:
        """Begin to tell for which values of an array it holds.

        Returns
        -------
        chooser
            Given values and which part of the array they are, a mask of the same shape.

        Raises
        ------
        UserError
            Values of the array cannot be compared so.
        """
        kind = native(node).kind
        if kind not in self.kinds:
            more = "compare them with == or != only" if kind == "c" else "select them by position"
            raise UserError(
                f"Values of type {visible(node.dtype.name, 60)} cannot be judged by: {self.text}",
                f"they have no order, or are no numbers; {more}",
                exit_code=ExitCode.USAGE,
            )
        labels = self.labels.begin(staged, node) if self.labels else None

        def chooser(values: NDArray[Any], part: Selection) -> Mask:
            # NumPy compares no large number with a boolean.
            known = {"value": values.view(np.uint8) if values.dtype.kind == "b" else values}
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
    return Condition(text.strip(), test, parser.kinds, labels if parser.speaks_of_labels else None)


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
        self._depth = 0
        self._has_labels = has_labels
        self.speaks_of_labels = False
        self.kinds = _ANY

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
            inner = self._deeper(self._one)
            return lambda values: np.logical_not(inner(values))
        if self._takes("("):
            inner = self._deeper(self._any)
            if not self._takes(")"):
                raise ValueError(f"a parenthesis is not closed: {_HINT}")
            return inner
        return self._comparison()

    def _deeper(self, read: Callable[[], Test]) -> Test:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError(f"it is nested more than {_DEEPEST} deep: write it more simply")
        test = read()
        self._depth -= 1
        return test

    def _comparison(self) -> Test:
        operands = [self._operand()]
        if isinstance(operands[0], str) and self._takes("in"):
            return among(operands[0], self._numbers())
        signs: list[str] = []
        while (token := self._peek()) and token[0] == "compare":
            self._at += 1
            signs.append("==" if token[1] == "=" else token[1])
            operands.append(self._operand())
            if "value" in operands[-2:] and signs[-1] not in ("==", "!="):
                self.kinds = _common(self.kinds, _IN_ORDER)
        if not signs:
            raise self._wrong()
        if not any(isinstance(operand, str) for operand in operands):
            raise ValueError(f"it compares numbers only: {_HINT}")
        pairs = list(zip(operands, signs, operands[1:], strict=False))
        tests = [compared(left, sign, right) for left, sign, right in pairs]
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
            else:
                self.kinds = _common(self.kinds, _NUMBERS)
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


def _number(word: str) -> int | float:
    try:
        number: int | float = int(word, 16 if word.lower().lstrip("+-").startswith("0x") else 10)
    except ValueError:
        number = float(word)
    if abs(number) > sys.float_info.max and "inf" not in word.lower():
        raise ValueError(f"{visible(word, 30)} is too large a number")
    return number


def _common(kinds: str, others: str) -> str:
    return "".join(kind for kind in kinds if kind in others)
