"""Attributes edited as JSON text: what is wrong with the text, and which values it changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from omezarr_tui.edit.json_spans import container_at, skip
from omezarr_tui.ome.validate.finding import REMOVED, Change, pointer_to
from omezarr_tui.ome.validate.rules import Place
from omezarr_tui.store.json_object import DocumentError, parse_json
from omezarr_tui.text import visible

_UNFINISHED = "it ends in the middle: a closing bracket or a double quote is missing"


class EditedTextError(ValueError):
    """A text that holds no attributes; the message is for the user.

    Parameters
    ----------
    told
        What is wrong, in a plain sentence.
    line, column
        Where, from 1.
    """

    def __init__(self, told: str, line: int = 1, column: int = 1) -> None:
        super().__init__(told)
        self.line, self.column = line, column


def text_of(attributes: Mapping[str, Any]) -> str:
    """Attributes as a text to be edited, laid out for reading."""
    return json.dumps(attributes, indent=2, ensure_ascii=False)


def parse_edited(text: str, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The attributes that an edited text holds.

    Parameters
    ----------
    text
        JSON.
    before
        What they were. Where there are numbers in it that JSON has not (``NaN``), such may
        stand in the text too.

    Raises
    ------
    EditedTextError
        It is no JSON object, a name stands twice in an object, or a number is none.
    """
    doubled: list[str] = []
    odd: list[str] = []

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(members)
        if len(made) < len(members):
            doubled.append("")
        return made

    try:
        parse_json(text.encode("utf-8", "surrogatepass"), "the text")
        made: dict[str, Any] = json.loads(
            text, object_pairs_hook=pairs, parse_constant=lambda word: odd.append(word)
        )
    except DocumentError as error:
        cause = error.__cause__
        if not text.strip():
            raise EditedTextError(
                "there is nothing: attributes are an object, at least {}"
            ) from error
        if isinstance(cause, json.JSONDecodeError):
            told = _UNFINISHED if error.detail.startswith("it ends in") else error.detail
            raise EditedTextError(told, cause.lineno, cause.colno) from error
        raise EditedTextError(str(error)) from error
    if doubled:
        name, at = next(_doubled(text, skip(text, 0)))
        raise _at(text, at, f"the name {visible(name, 60)!r} stands twice in one object")
    if odd and not _has_odd_numbers(before or {}):
        raise _at(text, _outside_texts(text, odd[0]), f"JSON has no {odd[0]}: write null or a text")
    return json.loads(text) if odd else made


def json_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], *, node: str
) -> tuple[Change, ...]:
    """The least changes that make one set of attributes of another.

    Parameters
    ----------
    before
        As they are.
    after
        As they are to be. The order of members says nothing.
    node
        The path of the node whose attributes they are.

    Returns
    -------
    changes
        To be made in their order. What is equal, be it as deep as it may, is not touched:
        ``1``, ``1.0`` and ``true`` are three values. Of a list that grew or shrank, what is
        equal at its start stays as it is, and what is equal at the end of one that shrank.
    """
    return tuple(
        Change(node, "attributes", pointer_to(*place), value)
        for place, value in _between((), before, after)
    )


def _between(place: Place, old: Any, new: Any) -> Iterator[tuple[Place, Any]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in old:
            if name not in new:
                yield (*place, name), REMOVED
        for name, value in new.items():
            if name in old:
                yield from _between((*place, name), old[name], value)
            else:
                yield (*place, name), value
    elif isinstance(old, list) and isinstance(new, list):
        yield from _between_lists(place, old, new)
    elif not _same(old, new):
        yield place, new


def _between_lists(place: Place, old: list[Any], new: list[Any]) -> Iterator[tuple[Place, Any]]:
    fewer = len(old) - len(new)
    head = 0
    while head < min(len(old), len(new)) and _same(old[head], new[head]):
        head += 1
    if fewer > 0:  # those that are gone stood right behind what is equal at the start
        tail = 0
        while tail < len(new) - head and _same(old[-1 - tail], new[-1 - tail]):
            tail += 1
        first = len(new) - tail
        for number in reversed(range(first, first + fewer)):
            yield (*place, number), REMOVED
        old = old[:first] + old[first + fewer :]
    for number in range(head, min(len(old), len(new))):
        yield from _between((*place, number), old[number], new[number])
    for value in new[len(old) :]:
        yield (*place, "-"), value


def _same(one: Any, other: Any) -> bool:
    """Whether two values are written the same, whatever the order of members."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _doubled(text: str, at: int) -> Iterator[tuple[str, int]]:
    """The names that stand twice in an object, and where the second time."""
    if text[at] not in "{[":
        return
    seen: set[str] = set()
    for member in container_at(text, at, "").members:
        if text[at] == "{" and member.name in seen:
            yield member.name, member.start
        seen.add(member.name)
        yield from _doubled(text, member.value)


def _has_odd_numbers(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return True
    return False


def _outside_texts(text: str, word: str) -> int:
    """Where a word stands in JSON that is no part of a text."""
    inside, at = False, 0
    while at < len(text):
        if inside and text[at] == "\\":
            at += 1
        elif text[at] == '"':
            inside = not inside
        elif not inside and text.startswith(word, at):
            break
        at += 1
    return at


def _at(text: str, at: int, told: str) -> EditedTextError:
    line = text.count("\n", 0, at) + 1
    return EditedTextError(told, line, at - text.rfind("\n", 0, at))
