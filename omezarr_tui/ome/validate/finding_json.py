"""A finding as JSON."""

from __future__ import annotations

from typing import Any

from omezarr_tui.ome.validate.finding import REMOVED, Change, Finding


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as an object of JSON values.

    Parameters
    ----------
    finding
        The finding.

    Returns
    -------
    object
        ``rule``, ``severity``, ``node``, ``pointer``, ``found``, ``says`` and ``section`` as
        text; ``fix`` is null, or an object with its ``title`` and its ``changes``, each with
        ``node``, ``document``, ``pointer``, and either ``value`` or ``"removed": true``.
    """
    fix = finding.fix
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "node": finding.node,
        "pointer": finding.pointer,
        "found": finding.found,
        "says": finding.says,
        "section": finding.section,
        "fix": fix and {"title": fix.title, "changes": [_change(c) for c in fix.changes]},
    }


def _change(change: Change) -> dict[str, Any]:
    where = {"node": change.node, "document": change.document, "pointer": change.pointer}
    if change.value is REMOVED:
        return where | {"removed": True}
    return where | {"value": change.value}
