"""Which keys of an edit need no bytes in the journal, as another key of the store holds them."""

from __future__ import annotations

from collections.abc import Mapping

from omezarr_tui.edit.keys import ABSENT
from omezarr_tui.edit.overlay import Known, Staging

Changes = Mapping[str, tuple[Known, Staging]]


def moved_to(changes: Changes) -> dict[str, str]:
    """The keys that only lie elsewhere after the edit, and where: no bytes need be kept.

    Only where the new place was staged before the old one goes: they are written in that
    order, and taken back in the other.
    """
    found: dict[str, str] = {}
    for key, (known, staging) in changes.items():
        if staging.source is not None and known.digest == ABSENT:
            found.setdefault(staging.source, key)
    order = {key: number for number, key in enumerate(changes)}
    return {
        source: target
        for source, target in found.items()
        if source in changes
        and changes[source][1].digest == ABSENT
        and order[target] < order[source]
    }


def is_at_source(key: str, staging: Staging, changes: Changes, moved: Mapping[str, str]) -> bool:
    """Whether what a key is to hold can be had of another whenever it is needed.

    Parameters
    ----------
    key, staging
        The key, and what it is to become.
    changes
        All that changes.
    moved
        As `moved_to` tells.
    """
    source = staging.source
    return source is not None and (source not in changes or moved.get(source) == key)
