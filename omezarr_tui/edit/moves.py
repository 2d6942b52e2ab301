"""Folders of a store that lie elsewhere before any key changes."""

from __future__ import annotations

from collections.abc import Sequence

Move = tuple[str, str | None]  # from where, and to where; None where it is taken away


def before_moves(place: str, moves: Sequence[Move]) -> str | None:
    """Where a key or folder lies before folders are moved; None where it is not there then."""
    for old, new in reversed(moves):
        if new is not None and lies_in(place, new):
            place = old + place[len(new) :]
        elif lies_in(place, old):
            return None
    return place


def lies_in(place: str, folder: str) -> bool:
    """Whether a place is a folder, or is in it, however deep."""
    return not folder or place == folder or place.startswith(f"{folder}/")
