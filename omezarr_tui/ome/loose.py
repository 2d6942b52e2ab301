"""JSON as it should be, out of JSON as it is: what cannot be understood is left out."""

from __future__ import annotations

from typing import Any


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; of a lone object, which some writers put there, itself."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def numbers(value: Any) -> tuple[float, ...]:
    """A list of numbers, also where they are written as text; empty where one is none."""
    if not isinstance(value, list):
        return ()
    try:
        return tuple(float(item) for item in value)
    except (TypeError, ValueError, OverflowError):
        return ()


def matrix(value: Any) -> tuple[tuple[float, ...], ...]:
    """A list of equally long lists of numbers; empty where it is none."""
    rows = tuple(numbers(row) for row in value) if isinstance(value, list) else ()
    return rows if rows and rows[0] and len({len(row) for row in rows}) == 1 else ()


def integer(value: Any) -> int | None:
    """A whole number, also where it is written as a decimal or as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        whole = int(value)
        return whole if isinstance(value, str) or whole == value else None
    except (ValueError, OverflowError):
        return None


def text(value: Any) -> str | None:
    """Text, or a number as text; None for all else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)


def resolved(path: str, relative: Any) -> str | None:
    """The path that a relative path in a node's metadata means.

    Parameters
    ----------
    path
        Of the node, from the location.
    relative
        As the metadata have it, with ``.`` and ``..``; one that begins with ``/`` is read as
        if it did not.

    Returns
    -------
    path
        From the location; None where it is no path, or leads out of the store.
    """
    if not isinstance(relative, str) or "://" in relative:
        return None
    parts = [part for part in path.split("/") if part]
    for part in relative.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
