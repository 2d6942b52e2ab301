"""Finding: one thing that is wrong, or could be better, and Fix: how to mend it. No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from omezarr_tui.text import plural

Severity = Literal["error", "warning", "advice"]
Document = Literal["attributes", "array", "group", "consolidated"]
_WORDS: dict[Severity, tuple[str, str]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "advice": ("piece of advice", "pieces of advice"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One value of one JSON document, set or taken away.

    Parameters
    ----------
    node
        The path of the node whose document it is, from the location.
    document
        ``attributes`` for what the user wrote (``.zattrs`` of Zarr v2, ``attributes`` in
        ``zarr.json`` of v3); ``array`` and ``group`` for what Zarr itself keeps (``.zarray``
        or ``.zgroup`` of v2, ``zarr.json`` of v3); ``consolidated`` for ``.zmetadata`` of v2.
    pointer
        Where in it, as a JSON pointer (RFC 6901): ``/ome/multiscales/0/axes``. ``-`` as the
        last part adds to the end of a list.
    value
        The new value; `REMOVED` takes the member away.
    """

    node: str
    document: Document
    pointer: str
    value: Any


class _Removed:
    """The value of a member that is taken away."""

    def __repr__(self) -> str:
        return "REMOVED"


REMOVED = _Removed()


@dataclass(frozen=True, slots=True)
class Fix:
    """A mechanical way to mend a finding.

    Parameters
    ----------
    title
        What it does, in a few words that begin with a verb.
    changes
        All that it changes, made together or not at all. Consolidated copies of the
        documents follow by themselves.
    """

    title: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a node, or could be better.

    Parameters
    ----------
    rule
        The rule's id, which never changes: ``axes.order``.
    severity
        ``error`` breaks a MUST and makes the store invalid; ``warning`` breaks a SHOULD and
        does so under ``--strict``; ``advice`` never does.
    node
        The node's path from the location; empty for the root.
    pointer
        Where in the node's attributes (RFC 6901), or in the array's own document where the
        rule speaks of Zarr; empty for the whole.
    found
        What is there, in one plain sentence.
    says
        What the specification asks for, in one sentence.
    section
        Where it says so: ``OME-Zarr 0.5, "axes"``.
    fix
        How it can be mended; None where that takes a person.
    """

    rule: str
    severity: Severity
    node: str
    pointer: str
    found: str
    says: str
    section: str
    fix: Fix | None = None


def pointer_to(*parts: str | int) -> str:
    """The JSON pointer of keys and places in lists, from the outside in (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def is_valid(findings: list[Finding], *, strict: bool = False) -> bool:
    """Whether findings leave a store valid: no errors, and under `strict` no warnings."""
    wrong = ("error", "warning") if strict else ("error",)
    return not any(finding.severity in wrong for finding in findings)


def counted(findings: Iterable[Finding]) -> list[str]:
    """How many there are of each severity, in words, of those that there are."""
    counts = Counter(finding.severity for finding in findings)
    return [plural(counts[some], *words) for some, words in _WORDS.items() if counts[some]]
