"""The list of what is wrong, by node, the worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, takewhile
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from omezarr_tui.ome.validate.finding import Finding, Severity
from omezarr_tui.text import natural_key, visible
from omezarr_tui.tui.actions import bindings
from omezarr_tui.tui.widgets.rows import Part, Rows

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "advice")
# A sign of its own for each, so that they are told apart without colour.
SIGNS: dict[Severity, str] = {"error": "✗", "warning": "!", "advice": "·"}


@dataclass(frozen=True, slots=True)
class _Head:
    """The line above the findings of a node."""

    node: str


class FindingsList(Rows):
    """Findings below the names of their nodes; the cursor goes from finding to finding.

    Parameters
    ----------
    root
        What the location is called.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings("findings")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "findings--node",
        "findings--error",
        "findings--warning",
        "findings--advice",
    }

    @dataclass
    class Pointed(Message):
        """The cursor stands on a finding, or on none."""

        finding: Finding | None

    def __init__(self, root: str) -> None:
        super().__init__(id="findings")
        self._root = root
        self._rows: list[_Head | Finding] = []

    @property
    def finding(self) -> Finding | None:
        """The finding that the cursor stands on."""
        row = self._rows[self.cursor] if self._rows else None
        return row if isinstance(row, Finding) else None

    def show_findings(self, findings: Sequence[Finding], hidden: Collection[Severity]) -> None:
        """Show findings, but those of some severities.

        The cursor stays on the one that it is on; where that is the first, on the first, as
        findings come before it as long as the check runs.
        """
        before = self.finding if self.cursor > 1 else None
        self._rows = _in_groups([some for some in findings if some.severity not in hidden])
        at = next((at for at, row in enumerate(self._rows) if row == before), None)
        if at is None:  # it is gone, as when it was mended: the one that took its place
            at = self.cursor if before is not None else 0
        self.show(len(self._rows), at)
        self.post_message(self.Pointed(self.finding))

    def validate_cursor(self, cursor: int) -> int:
        """The finding nearest to a row, on in the direction in which the cursor goes."""
        cursor = super().validate_cursor(cursor)
        if not self._rows or isinstance(self._rows[cursor], Finding):
            return cursor
        # Each head has a finding below it, and the first row is a head.
        return cursor - 1 if cursor < self.cursor and cursor > 0 else cursor + 1

    def watch_cursor(self) -> None:
        """Keep it in sight, and tell on what it stands."""
        super().watch_cursor()
        if self.is_mounted:
            self.post_message(self.Pointed(self.finding))

    def _keep_in_sight(self) -> None:
        # With the name of its node, where it is the first below it.
        if self.cursor and isinstance(self._rows[self.cursor - 1], _Head):
            self.scroll_to(y=min(self.scroll_offset.y, self.cursor - 1), animate=False, force=True)
        super()._keep_in_sight()

    def left(self, at: int, line: int) -> list[Part]:
        """A node's name; or a finding's sign, its severity and what was found."""
        row = self._rows[at]
        if isinstance(row, _Head):
            return [(visible(row.node) or self._root, "findings--node")]
        sign = f"  {SIGNS[row.severity]} {row.severity:<9}"
        return [(sign, f"findings--{row.severity}"), (visible(row.found), "rows--plain")]

    def right(self, at: int, line: int) -> list[Part]:
        """How many findings a node has; where a finding is, and whether it can be mended."""
        row = self._rows[at]
        if isinstance(row, _Head):
            return [(self._counts_below(at), "rows--quiet")]
        # Without room the place goes first: it stands with the finding in full too.
        place = [(visible(row.pointer), "rows--quiet")] if row.pointer else []
        return [*place, *([("  fix", "rows--quiet")] if row.fix else [])]

    def _counts_below(self, at: int) -> str:
        """How many findings of each severity a node has, by the row of its name."""
        below = takewhile(lambda row: isinstance(row, Finding), islice(self._rows, at + 1, None))
        counts = Counter(row.severity for row in below if isinstance(row, Finding))
        return "  ".join(f"{counts[some]} {SIGNS[some]}" for some in SEVERITIES if counts[some])


def _in_groups(findings: Sequence[Finding]) -> list[_Head | Finding]:
    """Findings below their nodes: the nodes with the worst first, then by name."""
    by_node: dict[str, list[Finding]] = {}
    for finding in findings:
        by_node.setdefault(finding.node, []).append(finding)
    for some in by_node.values():
        some.sort(key=lambda finding: SEVERITIES.index(finding.severity))

    keys = cache(natural_key)  # a plate has many nodes, and few names

    def rank(node: str) -> tuple[object, ...]:
        worst = SEVERITIES.index(by_node[node][0].severity)
        return worst, [keys(part) for part in node.split("/")]

    rows: list[_Head | Finding] = []
    for node in sorted(by_node, key=rank):
        rows += [_Head(node), *by_node[node]]
    return rows
