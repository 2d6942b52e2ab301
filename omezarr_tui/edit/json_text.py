"""One value of a JSON document set, added or taken away; every other byte stays as it is.

To load a document and write it anew would spell numbers otherwise, drop names that stand
twice, and lay it out anew. So the span of the value is found in the text and only that is cut.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from omezarr_tui.edit.json_spans import (
    Container,
    Member,
    PointerError,
    container_at,
    decode,
    given,
    indent_at,
    member_at,
    nothing_at,
    parse_pointer,
    skip,
)
from omezarr_tui.edit.json_style import Style, style_of
from omezarr_tui.errors import explain
from omezarr_tui.ome.validate.finding import REMOVED

Pointed = tuple[str, Any]  # a JSON pointer, and the value to set there, or REMOVED
Cut = tuple[int, int, str]  # where to begin and end, and the text to put in that place


def change_values(raw: bytes, changes: Iterable[Pointed], like: bytes = b"") -> bytes:
    """Change values of a document, one after another.

    Parameters
    ----------
    raw
        The document: JSON in UTF-8, with a byte-order mark or without.
    changes
        A JSON pointer and a value each. The value is set there, also where the last part of
        the pointer names no member yet; ``-`` as the last part adds to the end of a list;
        `REMOVED` takes the member away. Of names that stand twice in an object, the last one
        counts, as for every reader; taken away are all of them.
    like
        A document whose layout an empty one takes.

    Returns
    -------
    raw
        With every byte as it was that belongs to no member that was changed. What is new
        follows the document's own layout.

    Raises
    ------
    PointerError
        There is nothing at a pointer.
    ValueError
        It is not JSON in UTF-8.
    """
    mark, text = _text_of(raw)
    held = _Held(text, style_of(text, style_of(_text_of(like)[1]) if like else None))
    held.change_all(changes)
    return mark + held.text.encode("utf-8", "surrogatepass")


def change_members(raw: bytes, pointer: str, changes: Mapping[str, Sequence[Pointed]]) -> bytes:
    """Change values inside of many members of one object, in one go.

    Consolidated metadata are one object with thousands of members; to look each of them up
    on its own would read them thousands of times.

    Parameters
    ----------
    raw
        The document, as for `change_values`.
    pointer
        The object.
    changes
        For each member by name what to change in it, as for `change_values`; the pointers
        begin at the member.

    Raises
    ------
    PointerError
        There is nothing at a pointer, or no such member.
    ValueError
        It is not JSON in UTF-8.
    """
    mark, text = _text_of(raw)
    style = style_of(text)
    at = skip(text, 0)
    for part in parse_pointer(pointer):
        at = member_at(text, at, part, pointer).value
    spans = {member.name: member for member in container_at(text, at, pointer).members}
    pieces, done = [], 0
    wanted = [(given(spans, name, pointer), changes[name]) for name in changes]
    for member, inside in sorted(wanted, key=lambda pair: pair[0].start):
        held = _Held(text[member.value : member.end], style, indent_at(text, member.start, ""))
        held.change_all(inside)
        pieces += [text[done : member.value], held.text]
        done = member.end
    return mark + "".join([*pieces, text[done:]]).encode("utf-8", "surrogatepass")


@dataclass(slots=True)
class _Held:
    """A value in a text by itself, and the blanks before the line on which it begins."""

    text: str
    style: Style
    indent: str = ""

    def change_all(self, changes: Iterable[Pointed]) -> None:
        """Change one value after another.

        Members of one object are changed together: it may have thousands, and would be read
        as often.
        """
        for parent, group in groupby(changes, key=_parent):
            some = list(group)
            if parent is None:
                for _, value in some:
                    self._change_whole(value)
                continue
            wanted = {parse_pointer(pointer)[-1]: value for pointer, value in some}
            if self._is_object(parent) and len(wanted) == len(some):
                self._change(parent, wanted)
                continue
            for pointer, value in some:
                self._change(parent, {parse_pointer(pointer)[-1]: value})

    def _change_whole(self, value: Any) -> None:
        if value is REMOVED:
            raise PointerError("a whole document cannot be taken away")
        at = skip(self.text, 0)
        _, end = decode(self.text, at)
        self._cut([self._replaced(Member("", at, at, end), value, broken=True)])

    def _is_object(self, parent: str) -> bool:
        at = skip(self.text, 0)
        for part in parse_pointer(parent):
            at = member_at(self.text, at, part, parent).value
        return self.text[at] == "{"

    def _change(self, parent: str, wanted: Mapping[str, Any]) -> None:
        """Change members of one object or list, by name."""
        at, broken = skip(self.text, 0), self.style.unit is not None
        for part in parse_pointer(parent):
            broken = self._is_broken(container_at(self.text, at, parent), broken)
            at = member_at(self.text, at, part, parent).value
        container = container_at(self.text, at, f"{parent}/{next(iter(wanted))}")
        broken = self._is_broken(container, broken)
        spans = {member.name: member for member in container.members}
        cuts, added, gone = [], {}, set()
        for name, value in wanted.items():
            if name not in spans and (value is REMOVED or (self.text[at] == "[" and name != "-")):
                raise nothing_at(f"{parent}/{name}")
            if value is REMOVED:
                gone.add(name)
            elif name in spans:
                cuts.append(self._replaced(spans[name], value, broken=broken))
            else:
                added[name] = value
        self._cut([*cuts, *self._removed(container, gone, added, broken=broken)])

    def _is_broken(self, container: Container, above: bool) -> bool:
        """Whether the members of a container stand on lines of their own."""
        if not container.members:
            return above
        return "\n" in self.text[container.opening : container.members[0].start]

    def _replaced(self, member: Member, value: Any, *, broken: bool) -> Cut:
        old = self.text[member.value : member.end]
        if old[0] in "{[" and old[1:-1].strip():
            broken = "\n" in old
        line = indent_at(self.text, member.start, self.indent)
        return member.value, member.end, self.style.written(value, line, broken=broken)

    def _removed(
        self, container: Container, gone: Collection[str], added: Mapping[str, Any], *, broken: bool
    ) -> Iterator[Cut]:
        """Members taken away, each with a comma; and what is added behind those that stay."""
        members = container.members
        last = max((at for at, m in enumerate(members) if m.name not in gone), default=-1)
        for at, member in enumerate(members[: max(last, 0)]):
            if member.name in gone:
                yield member.start, members[at + 1].start, ""
        new = self._added(container, added, stays=last >= 0, broken=broken)
        if last >= 0:
            yield members[last].end, members[-1].end, new
        elif members or new:
            yield container.opening + 1, container.closing, new

    def _added(
        self, container: Container, added: Mapping[str, Any], *, stays: bool, broken: bool
    ) -> str:
        """The text of new members, to stand behind the last one where any stays."""
        if not added:
            return ""
        style, members, text = self.style, container.members, self.text
        outer = indent_at(text, container.opening, self.indent)
        between = f",{style.newline}{outer}{style.unit or ''}" if broken else style.comma
        if len(members) > 1:
            between = text[members[-2].end : members[-1].start]
        elif members and broken:
            between = "," + text[container.opening + 1 : members[0].start]
        broken = "\n" in between
        line = between.rpartition("\n")[2] if broken else outer
        new = [style.written(value, line, broken=broken) for value in added.values()]
        if text[container.opening] == "{":
            names = (style.written(name, "", broken=False) for name in added)
            new = [f"{name}{style.colon}{value}" for name, value in zip(names, new, strict=True)]
        if stays:
            return between + between.join(new)
        inner = between.join(new)
        return f"{style.newline}{line}{inner}{style.newline}{outer}" if broken else inner

    def _cut(self, cuts: Iterable[Cut]) -> None:
        """Put new texts in the places of old ones."""
        pieces, done = [], 0
        for start, end, new in sorted(cuts):
            pieces += [self.text[done:start], new]
            done = end
        self.text = "".join([*pieces, self.text[done:]])


def _parent(change: Pointed) -> str | None:
    """The pointer to what a member is in; None of the whole document."""
    return change[0].rpartition("/")[0] if change[0] else None


def _text_of(raw: bytes) -> tuple[bytes, str]:
    """The byte-order mark of a document, where it has one, and its text."""
    mark = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
    try:
        text = raw[len(mark) :].decode("utf-8", "surrogatepass")
        json.loads(text)
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 text: {explain(error)}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return mark, text
