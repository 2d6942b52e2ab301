"""What a report comes to, in one sentence."""

from __future__ import annotations

from omezarr_tui.ome.validate.finding import counted, is_valid
from omezarr_tui.ome.validate.store import Report
from omezarr_tui.text import format_count, listed, plural, visible


def closing_sentence(report: Report, *, strict: bool = False) -> str:
    """Say whether a store is valid, as what, and how much was found in how much.

    Parameters
    ----------
    report
        Of `validate_store`.
    strict
        Count warnings as errors.
    """
    findings = report.findings
    if not is_valid(list(findings), strict=strict):
        wrong = [f for f in findings if f.severity != "advice"]
        spots = len({finding.node for finding in wrong})
        under = "" if is_valid(list(findings)) is False else " under --strict"
        of = f"in {format_count(spots)} of {plural(max(report.nodes, spots), 'node')}"
        return f"Not valid{under}: {listed(counted(wrong))} {of}."
    sentence = f"Valid {_what(report)}: {plural(report.nodes, 'node')} checked"
    return f"{sentence}, {listed(counted(findings))}." if findings else f"{sentence}."


def full_message(report: Report, *, strict: bool = False) -> str:
    """The closing sentence, and what was not checked."""
    return " ".join([closing_sentence(report, strict=strict), *report.unchecked])


def _what(report: Report) -> str:
    if report.versions:
        return f"OME-Zarr {listed([visible(version, 20) for version in report.versions])}"
    formats = listed([f"v{number}" for number in report.zarr_formats])
    return f"Zarr {formats}".rstrip() + ", no OME-Zarr metadata"
