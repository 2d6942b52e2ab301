"""How a rule is declared, and what the checks tell of the rules that a document breaks."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from omezarr_tui.ome.validate.finding import Change, Finding, Fix, Severity, pointer_to
from omezarr_tui.text import format_count, visible

Place = tuple[str | int, ...]

_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})")
_SHOWN = 60  # characters of a value in a sentence
_FEW = 8  # numbers or words of a list that are shown


def version_key(version: str) -> tuple[int, int]:
    """A version's numbers, to compare: ``0.6rc0`` and ``0.6.dev3`` are 0.6; none is (0, 0)."""
    match = _VERSION.match(version)
    return (int(match[1]), int(match[2])) if match else (0, 0)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that the specification asks for.

    Parameters
    ----------
    id
        Its name, which never changes.
    severity
        ``error`` for a MUST, ``warning`` for a SHOULD.
    says
        What it asks for, in one sentence.
    section
        The title of the section that says so.
    since, until
        The first and the last version for which it holds; None for no last.
    eased
        The versions for which it is told of more gently, where their texts, or the documents
        that they hold up as valid, do not ask for it as much.
    """

    id: str
    severity: Severity
    says: str
    section: str
    since: str = "0.1"
    until: str | None = None
    eased: Mapping[str, Severity] = field(default_factory=dict)

    def holds(self, version: str) -> bool:
        """Whether documents of a version have to follow it."""
        key = version_key(version)
        until = version_key(self.until) if self.until else key
        return version_key(self.since) <= key <= until


@dataclass(slots=True)
class Judged:
    """The attributes of one node while they are judged.

    Parameters
    ----------
    node
        The node's path from the location.
    version
        By which they are judged: ``0.4``, ``0.6rc0``.
    root
        Where in the attributes OME-Zarr's part stands: ``("ome",)``, or at the top.
    """

    node: str
    version: str
    root: Place
    findings: list[Finding] = field(default_factory=list)

    def since(self, version: str) -> bool:
        """Whether the version that counts is a certain one or a later one."""
        return version_key(self.version) >= version_key(version)

    @property
    def numbers(self) -> str:
        """The version that counts without what marks it as a draft."""
        return "{}.{}".format(*version_key(self.version))

    def tell(self, rule: Rule, place: Place, found: str, fix: Fix | None = None) -> None:
        """Note that a rule is broken, if it holds for the version.

        Parameters
        ----------
        rule
            The rule.
        place
            Where, from `root` on.
        found
            What is there, in one sentence.
        fix
            How to mend it.
        """
        if not rule.holds(self.version):
            return
        severity = rule.eased.get(self.numbers, rule.severity)
        section = f'OME-Zarr {visible(self.version, 20)}, "{rule.section}"'
        pointer = pointer_to(*self.root, *place)
        self.findings.append(
            Finding(rule.id, severity, self.node, pointer, found, rule.says, section, fix)
        )

    def change(self, place: Place, value: Any) -> Change:
        """A change of the attributes at a place from `root` on."""
        return Change(self.node, "attributes", pointer_to(*self.root, *place), value)

    def fix(self, title: str, place: Place, value: Any) -> Fix:
        """A fix that is one change."""
        return Fix(title, (self.change(place, value),))

    def each(self, rule: Rule, value: Any, place: Place) -> Iterator[tuple[Place, dict[str, Any]]]:
        """The objects of what has to be a list of objects, each with its place.

        Whatever else is there is told of as breaking `rule`.
        """
        if not isinstance(value, list):
            self.tell(rule, place, f"It is {shown(value)}, and no list.")
            return
        for number, item in enumerate(value):
            if isinstance(item, dict):
                yield (*place, number), item
            else:
                self.tell(rule, (*place, number), f"It is {shown(item)}, and no object.")


def shown(value: Any) -> str:
    """A JSON value within a sentence, short and on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f'"{visible(value[:200], _SHOWN)}"'
        case int() | float():
            return _number(value)
        case list() if not value:
            return "an empty list"
        case list() if len(value) <= _FEW and all(_is_plain(item) for item in value):
            return visible(f"[{', '.join(shown(item) for item in value)}]", _SHOWN)
        case list():
            return f"a list of {format_count(len(value))}"
        case dict():
            return "an object" if value else "an empty object"
        case _:
            return f"of type {visible(type(value).__name__, _SHOWN)}"


def _number(value: float) -> str:
    try:
        return visible(repr(value), _SHOWN)
    except ValueError:  # Python writes no number of more than some thousand digits
        return "a number of thousands of digits"


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def is_number(value: Any) -> TypeGuard[int | float]:
    """Whether a value is a JSON number; no bool, not infinite, not NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def is_whole(value: Any) -> TypeGuard[int | float]:
    """Whether a value is a whole number; to JSON ``1.0`` is one."""
    return is_number(value) and float(value).is_integer()


def number_of(text: Any) -> float | int | None:
    """The number that a text spells; None where it is no text, or spells none."""
    if not isinstance(text, str) or len(text) > 40 or "_" in text:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return int(text) if re.fullmatch(r"\s*[+-]?\d+\s*", text, re.ASCII) else number


def repeated(values: Iterable[Any]) -> Iterator[tuple[int, str | int]]:
    """The places, and the values, of texts and whole numbers that were there before."""
    seen: set[str | int] = set()
    for at, value in enumerate(values):
        if is_whole(value):
            value = int(value)
        elif not isinstance(value, str):
            continue
        if value in seen:
            yield at, value
        seen.add(value)
