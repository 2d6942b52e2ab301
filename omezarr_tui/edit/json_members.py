"""The members of one object of a JSON document renamed, set in another order, taken away, added.

What stays keeps its text to the byte, as with `json_text`; there no member is renamed, and what
is new stands at the end. Consolidated metadata need more: zarr-python 3.1 loses nodes whose
siblings do not stand together.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from omezarr_tui.edit.json_spans import container_at, given, indent_at, member_at, skip
from omezarr_tui.edit.json_style import style_of
from omezarr_tui.edit.json_text import change_values
from omezarr_tui.ome.validate.finding import pointer_to


@dataclass(frozen=True, slots=True)
class Kept:
    """A member that stays, under a name that may be another."""

    name: str
    old: str


@dataclass(frozen=True, slots=True)
class Made:
    """A member that is new."""

    name: str
    value: Any


def arrange_members(raw: bytes, place: Sequence[str], wanted: Sequence[Kept | Made]) -> bytes:
    """Give an object other members, of those that it has and of new ones.

    Parameters
    ----------
    raw
        The document: JSON in UTF-8, with a byte-order mark or without.
    place
        The names of the object and of those that it is in, from the outside in.
    wanted
        All members that it is to have, in their order.

    Raises
    ------
    PointerError
        There is no such object, or no such member.
    ValueError
        It is not JSON in UTF-8.
    """
    pointer = pointer_to(*place)
    mark = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
    text = raw[len(mark) :].decode("utf-8", "surrogatepass")
    at = skip(text, 0)
    for part in place:
        at = member_at(text, at, part, pointer).value
    held = container_at(text, at, pointer)
    if not held.members or not wanted:
        made = {each.name: each.value for each in wanted if isinstance(each, Made)}
        emptied = change_values(raw, [(pointer, {})])
        return change_values(
            emptied, [(pointer + pointer_to(name), value) for name, value in made.items()]
        )
    style, first = style_of(text), held.members[0]
    indent = indent_at(text, first.start, "")
    spans = {member.name: member for member in held.members}
    broken = "\n" in text[held.opening : first.start]
    parts = []
    for each in wanted:
        name = style.written(each.name, "", broken=False)
        if isinstance(each, Made):
            parts.append(f"{name}{style.colon}{style.written(each.value, indent, broken=broken)}")
            continue
        member = given(spans, each.old, pointer)
        whole = text[member.start : member.end]
        if each.name != each.old:
            colon = text.index(":", _end_of_name(text, member.start))
            whole = name + text[_end_of_name(text, member.start) : colon] + text[colon : member.end]
        parts.append(whole)
    between = "," + (text[held.opening + 1 : first.start] if broken else style.comma[1:])
    if len(held.members) > 1:
        between = text[first.end : held.members[1].start]
    inner = between.join(parts)
    changed = text[: first.start] + inner + text[held.members[-1].end :]
    return mark + changed.encode("utf-8", "surrogatepass")


def _end_of_name(text: str, start: int) -> int:
    """Where the name of a member ends, with its quotes."""
    at = start + 1
    while text[at] != '"':
        at += 2 if text[at] == "\\" else 1
    return at + 1
