"""How a JSON document is laid out, so that what is added to it looks like the rest."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_HEAD = 65536  # characters in which a document shows how it is laid out
_INDENTED = re.compile(r"[{\[][ \t]*(\r?\n)(?:[ \t]*\r?\n)*([ \t]*)(?=[^\s}\]])")
_FIRST_COLON = re.compile(r'\s*\{\s*"(?:[^"\\]|\\.)*"([ \t]*:[ \t]*)')
# Strings are matched too, so that a bracket inside of one does not count.
_FLAT_LIST = re.compile(r'"(?:[^"\\]|\\.)*"|\[[ \t]*[^\s\[\]{]')
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Style:
    """The layout of a document.

    Parameters
    ----------
    unit
        By how much each depth is indented; None where all stands on one line.
    newline
        What ends a line.
    colon
        What stands between a name and its value, blanks included.
    flat_lists
        Whether lists of plain values stand on one line in a document that has many.
    escaped
        Whether all that is not ASCII is escaped.
    """

    unit: str | None = "  "
    newline: str = "\n"
    colon: str = ": "
    flat_lists: bool = False
    escaped: bool = True

    @property
    def comma(self) -> str:
        """What stands between two values on one line."""
        return ", " if self.colon.endswith(" ") else ","

    def written(self, value: Any, indent: str, *, broken: bool) -> str:
        """A value as JSON.

        Parameters
        ----------
        value
            Any JSON value.
        indent
            Blanks before the line on which it begins.
        broken
            Whether it may go over many lines.
        """
        if not broken or self.unit is None or not value or not isinstance(value, dict | list):
            return self._on_one_line(value)
        is_plain = not any(isinstance(part, dict | list) for part in value)
        if isinstance(value, list) and is_plain and self.flat_lists:
            return self._on_one_line(value)
        inner = indent + self.unit
        if isinstance(value, dict):
            parts = [
                f"{self._on_one_line(name)}{self.colon}{self.written(part, inner, broken=True)}"
                for name, part in value.items()
            ]
        else:
            parts = [self.written(part, inner, broken=True) for part in value]
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        between = f",{self.newline}{inner}"
        return f"{opening}{self.newline}{inner}{between.join(parts)}{self.newline}{indent}{closing}"

    def _on_one_line(self, value: Any) -> str:
        separators = (self.comma, self.colon)
        text = json.dumps(value, ensure_ascii=self.escaped, separators=separators)
        if _SURROGATE.search(text):  # half a character has no place in UTF-8
            text = json.dumps(value, separators=separators)
        return text


def style_of(text: str, like: Style | None = None) -> Style:
    """The style of a document.

    Parameters
    ----------
    text
        Valid JSON.
    like
        The style of a document beside it, for one that is empty and shows none.
    """
    colon = _FIRST_COLON.match(text)
    if colon is None:
        return like or Style()
    head = text[:_HEAD]
    indented = _INDENTED.search(head)
    flat = any(found[0][0] == "[" for found in _FLAT_LIST.finditer(head))
    return Style(
        unit=indented[2] if indented else None,
        newline=indented[1] if indented else "\n",
        colon=colon[1],
        flat_lists=flat,
        escaped=text.isascii(),
    )
