"""Where a cursor stands in JSON that is being typed, and need not be whole."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Literal

from omezarr_tui.ome.validate.rules import Place

# A text (it may be cut off at the end of its line), a bracket, a comma, a colon, or a word.
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*("?)|[{}\[\],:]|[^\s"{}\[\],:]+')


@dataclass(slots=True)
class _Container:
    """An object or a list that was opened."""

    opening: str
    place: Place
    name: str | None = None  # of the member that is being typed
    number: int = 0
    names: set[str] = field(default_factory=set)

    @property
    def wants_name(self) -> bool:
        return self.opening == "{" and self.name is None

    @property
    def inside(self) -> Place:
        """The place of what comes next."""
        return (*self.place, (self.name or "") if self.opening == "{" else self.number)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a cursor stands.

    Parameters
    ----------
    what
        Whether a name or a value stands there, or is to.
    place
        Of a name: the object that it is in. Of a value: the value's own.
    start, end
        What stands there already, with its quotes; an empty span where nothing does.
    typed
        That, up to the cursor and without quotes.
    has_colon
        Whether a colon follows.
    others
        The names in the object beside this one.
    elsewhere
        The names in all objects of the text, by their places with ``*`` for numbers.
    """

    what: Literal["name", "value"]
    place: Place
    start: int
    end: int
    typed: str
    has_colon: bool
    others: frozenset[str]
    elsewhere: dict[Place, dict[str, None]]


def cursor_at(text: str, at: int) -> Cursor | None:
    """Find out where a cursor stands.

    Parameters
    ----------
    text
        JSON, as far as it is typed.
    at
        The cursor: before this character.

    Returns
    -------
    cursor
        None where nothing can stand: outside of all brackets, behind a value.
    """
    reading = _Reading(at)
    for found in _TOKEN.finditer(text):
        reading.read(found[0], found.start(), found.end(), is_closed=bool(found[1]))
    reading.end()
    if reading.here is None:
        return None
    container, wants_name, inside, start, end = reading.here
    return Cursor(
        "name" if wants_name else "value",
        container.place if wants_name else inside,
        start,
        end,
        text[start:at].removeprefix('"'),
        text[end:].lstrip().startswith(":"),
        frozenset(container.names),
        reading.elsewhere,
    )


@dataclass(slots=True)
class _Reading:
    """JSON read token by token, watching for the cursor."""

    at: int
    here: tuple[_Container, bool, Place, int, int] | None = None
    elsewhere: dict[Place, dict[str, None]] = field(default_factory=dict)
    stack: list[_Container] = field(default_factory=list)
    passed: bool = False  # the cursor
    done: bool = False  # a name, or a value, stands already

    def read(self, token: str, start: int, end: int, *, is_closed: bool) -> None:
        """Read the next token."""
        is_word = token[0] not in "{}[],:"
        within = is_word and (start < self.at < end or (self.at == end and not is_closed))
        if within:
            # A text without its last quote goes on to the end of its line: it may be another's.
            self._found(start, end if is_closed or token[0] != '"' else self.at)
        elif not self.passed and self.at <= start and not self.done:
            self._found(self.at, self.at)
        self.passed = self.passed or self.at <= start or within
        if is_word:
            self._word(token, within=within)
        else:
            self._sign(token)

    def end(self) -> None:
        """Nothing follows."""
        if not self.passed and not self.done:
            self._found(self.at, self.at)

    def _found(self, start: int, end: int) -> None:
        if self.stack:
            top = self.stack[-1]
            self.here = (top, top.wants_name, top.inside, start, end)

    def _word(self, token: str, *, within: bool) -> None:
        self.done = True
        if not self.stack or not self.stack[-1].wants_name:
            return
        top = self.stack[-1]
        top.name = _text(token)
        if not within:
            top.names.add(top.name)
            self.elsewhere.setdefault(pattern_of(top.place), {})[top.name] = None

    def _sign(self, sign: str) -> None:
        self.done = sign in "}]"
        if sign in "{[":
            self.stack.append(_Container(sign, self.stack[-1].inside if self.stack else ()))
        elif self.done and self.stack:
            self.stack.pop()
        elif sign == "," and self.stack:
            top = self.stack[-1]
            top.name, top.number = None, top.number + 1


def pattern_of(place: Place) -> Place:
    """A place with ``*`` for each number: where all items of a list have theirs."""
    return tuple("*" if isinstance(part, int) else part for part in place)


def _text(token: str) -> str:
    try:
        value = json.loads(token)
    except ValueError:
        value = token.strip('"')
    return str(value)
