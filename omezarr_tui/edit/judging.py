"""What the rules say of edited attributes, held against what they said before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from omezarr_tui.ome.validate.attributes import validate_attributes
from omezarr_tui.ome.validate.finding import Finding


@dataclass(frozen=True, slots=True)
class Judgement:
    """Findings of attributes that were edited.

    Parameters
    ----------
    new
        Those that were not there before.
    kept
        Those that were, as they are now.
    gone
        Those that are mended, as they were.
    """

    new: tuple[Finding, ...]
    kept: tuple[Finding, ...]
    gone: tuple[Finding, ...]


def judged_against(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    node: str = "",
    version: str | None = None,
    zarr_format: int | None = None,
) -> Judgement:
    """Judge attributes before and after an edit.

    Parameters
    ----------
    before, after
        All attributes of a node.
    node, version, zarr_format
        As for `validate_attributes`.
    """
    old, new = (
        validate_attributes(some, node=node, version=version, zarr_format=zarr_format)
        for some in (before, after)
    )
    kept: list[Finding] = []
    # First by place; then by words, as what stands in a list may have moved.
    for same in (_by_place, _by_words):
        pending: dict[tuple[str, str], list[Finding]] = {}
        for finding in old:
            pending.setdefault(same(finding), []).append(finding)
        left = []
        for finding in new:
            match = pending.get(same(finding))
            if match:
                old.remove(match.pop())
                kept.append(finding)
            else:
                left.append(finding)
        new = left
    return Judgement(tuple(new), tuple(kept), tuple(old))


def _by_place(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.pointer


def _by_words(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.found
