"""Two versions of a JSON document, line against line, as one reads a patch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from omezarr_tui.text import visible

_AROUND = 3  # unchanged lines that are shown before and after a change
_LONG = 400  # characters from which on a line cannot be read


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a difference.

    Parameters
    ----------
    sign
        ``-`` was there, ``+`` will be there, a blank stays, ``@`` stands for lines between
        that stay and are left out.
    text
        The line; nothing in it that a terminal would obey.
    """

    sign: Literal[" ", "+", "-", "@"]
    text: str


def document_diff(before: bytes | None, after: bytes) -> tuple[list[DiffLine], bool]:
    """How a document changes.

    Parameters
    ----------
    before, after
        Its bytes; None where there was none.

    Returns
    -------
    lines, laid_out
        The lines, with those left out that are far from a change; and whether they were made
        for reading, as the document itself stands on one long line.
    """
    texts = [_text(raw) for raw in (before or b"", after)]
    laid_out = any(len(line) > _LONG for text in texts for line in text.split("\n"))
    if laid_out:
        texts = [_laid_out(text) for text in texts]
    old, new = (text.splitlines() for text in texts)
    # What is the same at both ends is most of it, and would be slow to compare.
    ends = zip(old, new, strict=False)
    head = next((at for at, (a, b) in enumerate(ends) if a != b), min(len(old), len(new)))
    ends = zip(reversed(old[head:]), reversed(new[head:]), strict=False)
    short = min(len(old), len(new)) - head
    tail = next((at for at, (a, b) in enumerate(ends) if a != b), short)
    first, last = max(0, head - _AROUND), max(0, tail - _AROUND)
    lines = [DiffLine("@", "")] if first else []
    lines += _compared(old[first : len(old) - last], new[first : len(new) - last])
    return [*lines, DiffLine("@", "")] if last else lines, laid_out


def _compared(old: list[str], new: list[str]) -> list[DiffLine]:
    lines: list[DiffLine] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for number, group in enumerate(matcher.get_grouped_opcodes(_AROUND)):
        if number:
            lines.append(DiffLine("@", ""))
        for what, from_old, to_old, from_new, to_new in group:
            if what == "equal":
                lines += [DiffLine(" ", visible(line)) for line in old[from_old:to_old]]
            else:
                lines += [DiffLine("-", visible(line)) for line in old[from_old:to_old]]
                lines += [DiffLine("+", visible(line)) for line in new[from_new:to_new]]
    return lines


def _text(raw: bytes) -> str:
    return raw.decode("utf-8-sig", "replace").replace("\t", "    ")


def _laid_out(text: str) -> str:
    return json.dumps(json.loads(text), indent=2, ensure_ascii=False) if text.strip() else ""
