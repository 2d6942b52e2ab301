"""Findings as lines for people: grouped by node, worst first, what repeats told once."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from omezarr_tui.commands.output import Output
from omezarr_tui.ome.validate.finding import Finding, Severity
from omezarr_tui.text import format_count, natural_key, plural, visible

_RANK: dict[Severity, int] = {"error": 0, "warning": 1, "advice": 2}
_COLOR: dict[Severity, str] = {"error": "31", "warning": "33", "advice": "36"}
_BOLD, _QUIET = "1", "2"
_ALONE = 3  # equal findings that are told each by itself; more are told once
_NAMED = 5  # nodes, or places in one, that are then named
# Words that tell nodes apart rather than what is wrong with them: paths, shapes, names of levels.
_OF_ONE_NODE = re.compile(r"[^\s,]*[\d/][^\s,]*")


@dataclass(frozen=True, slots=True)
class Told:
    """Findings that are told as one: the same rule, broken in the same way.

    Parameters
    ----------
    findings
        One, or all that break the rule.
    """

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The one whose words are told."""
        return self.findings[0]

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that they are of, in natural order."""
        return tuple(sorted({f.node for f in self.findings}, key=natural_key))


def folded(findings: Sequence[Finding]) -> list[tuple[tuple[str, ...], list[Told]]]:
    """Findings by the nodes that they are of, the worst first, equal ones as one.

    Parameters
    ----------
    findings
        In any order.

    Returns
    -------
    blocks
        Nodes, and what is told of them.
    """
    alike: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        words = _OF_ONE_NODE.sub("#", finding.found)
        key = (finding.rule, finding.severity, finding.section, words)
        alike.setdefault(key, []).append(finding)
    told: list[Told] = []
    for same in alike.values():
        if len(same) > _ALONE:
            told.append(Told(tuple(sorted(same, key=lambda f: natural_key(f.node)))))
        else:
            told += [Told((finding,)) for finding in same]
    blocks: dict[tuple[str, ...], list[Told]] = {}
    for one in told:
        blocks.setdefault(one.nodes, []).append(one)
    for inner in blocks.values():
        inner.sort(key=lambda one: _RANK[one.first.severity])
    return sorted(
        blocks.items(),
        key=lambda block: (_RANK[block[1][0].first.severity], natural_key(block[0][0])),
    )


def print_findings(output: Output, name: str, findings: Sequence[Finding], width: int) -> None:
    """Print findings.

    Parameters
    ----------
    output
        Where to.
    name
        What the store is called: the root has no path.
    findings
        In any order.
    width
        Of the lines, in cells.
    """
    for nodes, told in folded(findings):
        for line in wrapped(_title(nodes, name), width, "", ""):
            output.line(output.styled(line, _BOLD))
        for one in told:
            for line in _lines(output, one, width):
                output.line(line)
        output.line()


def _title(nodes: tuple[str, ...], name: str) -> str:
    shown = [visible(f"{name}/{node}" if node else name) for node in nodes[:_NAMED]]
    if len(nodes) == 1:
        return shown[0]
    bare = [visible(node) or "the root" for node in nodes[:_NAMED]]
    more = ", …" if len(nodes) > _NAMED else ""
    return f"{plural(len(nodes), 'node')}: {', '.join(bare)}{more}"


def _lines(output: Output, told: Told, width: int) -> Iterator[str]:
    finding = told.first
    severity = output.styled(finding.severity, _COLOR[finding.severity])
    head = f"{finding.severity}: {finding.rule}"
    count = len(told.findings)
    pointers = list(dict.fromkeys(f.pointer for f in told.findings if f.pointer))
    if len(told.nodes) == 1 and len(pointers) > 1:
        more = ", …" if len(pointers) > _NAMED else ""
        where = f"{format_count(count)} times: {', '.join(pointers[:_NAMED])}{more}"
    else:
        where = f"at {pointers[0]}" if pointers else ""
        if count > len(told.nodes) > 1:
            where = f"{format_count(count)} times, first {where}".rstrip()
    first, *rest = wrapped(f"{head} {visible(where)}".rstrip(), width, "  ", "      ")
    yield first.replace(head, f"{severity}: {output.styled(finding.rule, _BOLD)}", 1)
    yield from rest
    found = visible(finding.found)
    if count > 1 and len({f.found for f in told.findings}) > 1:
        found = f"For example: {found}"
    yield from wrapped(found, width, "    ", "    ")
    for line in wrapped(f"{visible(finding.says)} ({finding.section})", width, "    ", "    "):
        yield output.styled(line, _QUIET)
    if finding.fix:
        each = " each" if count > 1 else ""
        yield from wrapped(f"fix{each}: {visible(finding.fix.title)}", width, "    ", "      ")


def wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """A text in lines of a width, the first and the others after what leads them in."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
    ) or [first]
