"""Where the members of objects and lists stand in the text of a JSON document."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from omezarr_tui.text import visible

_SPACE = re.compile(r"[ \t\r\n]*")
_BLANKS = re.compile(r"[ \t]*")
_INDEX = re.compile("0|[1-9][0-9]*")
decode = json.JSONDecoder().raw_decode  # a value of a text, and where it ends


class PointerError(LookupError):
    """A JSON pointer that leads nowhere; the text is for the user."""


class Member(NamedTuple):
    """A member of an object or a list: where it begins, where its value does, where it ends."""

    name: str
    start: int
    value: int
    end: int


class Container(NamedTuple):
    """An object or a list in a text: where it opens and closes, and what is in it."""

    opening: int
    closing: int
    members: list[Member]


def parse_pointer(pointer: str) -> tuple[str, ...]:
    """The parts of a JSON pointer (RFC 6901), from the outside in.

    Raises
    ------
    PointerError
        It is none.
    """
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise PointerError(f"{visible(pointer, 80)} is no JSON pointer: it begins with no slash")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/"))


def value_at(document: Any, pointer: str) -> Any:
    """The value at a JSON pointer in a document that was parsed.

    Raises
    ------
    PointerError
        There is none.
    """
    for part in parse_pointer(pointer):
        if isinstance(document, Mapping) and part in document:
            document = document[part]
        elif isinstance(document, list) and _INDEX.fullmatch(part) and int(part) < len(document):
            document = document[int(part)]
        else:
            raise nothing_at(pointer)
    return document


def skip(text: str, at: int) -> int:
    """The first place, from one on, where no blank stands."""
    found = _SPACE.match(text, at)
    assert found is not None
    return found.end()


def container_at(text: str, at: int, pointer: str) -> Container:
    """The object or list that opens at a place of a text that is valid."""
    opening = at
    if text[opening] not in "{[":
        raise nothing_at(pointer)
    members: list[Member] = []
    at = skip(text, opening + 1)
    while text[at] not in "}]":
        start = value = at
        name = str(len(members))
        if text[opening] == "{":
            name, at = decode(text, at)
            value = skip(text, skip(text, at) + 1)
        _, end = decode(text, value)
        members.append(Member(name, start, value, end))
        at = skip(text, end)
        if text[at] == ",":
            at = skip(text, at + 1)
    return Container(opening, at, members)


def member_at(text: str, at: int, name: str, pointer: str) -> Member:
    """The member of a name that counts: the last one."""
    members = container_at(text, at, pointer).members
    return given({member.name: member for member in members}, name, pointer)


def given(spans: Mapping[str, Member], name: str, pointer: str) -> Member:
    """The member of a name, which a pointer asks for."""
    if name not in spans:
        raise nothing_at(pointer)
    return spans[name]


def indent_at(text: str, at: int, first: str) -> str:
    """The blanks before the line on which a place of a text lies; of the first line, `first`."""
    line = text.rfind("\n", 0, at) + 1
    if not line:
        return first
    found = _BLANKS.match(text, line, at)
    assert found is not None
    return found[0]


def nothing_at(pointer: str) -> PointerError:
    """What to raise where a pointer leads nowhere."""
    return PointerError(f"there is nothing at {visible(pointer, 120)}")
