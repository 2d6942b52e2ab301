"""Axes of every version: none (0.1, 0.2), letters (0.3), objects (since 0.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from omezarr_tui.ome.loose import text
from omezarr_tui.ome.model import Axis
from omezarr_tui.store.node import Array
from omezarr_tui.text import plural

KNOWN_TYPES = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}
# Before 0.3 the axes were fixed (OME-Zarr 0.1, "multiscales": "5-dimensional, TCZYX").
FIRST_AXES = ("t", "c", "z", "y", "x")


def read_axes(declared: Any) -> tuple[Axis, ...]:
    """The axes that are declared as the value of ``axes``; empty where none are."""
    axes: list[Axis] = []
    for axis in declared if isinstance(declared, list) else []:
        if isinstance(axis, str):
            axes.append(Axis(axis, KNOWN_TYPES.get(axis)))
        elif isinstance(axis, dict):
            name = text(axis.get("name")) or f"dim_{len(axes)}"
            axes.append(
                Axis(name, text(axis.get("type")) or KNOWN_TYPES.get(name), text(axis.get("unit")))
            )
    return tuple(axes)


def guessed_axes(array: Array | None, declared: int | None, notes: list[str]) -> tuple[Axis, ...]:
    """Axes where none are described.

    Parameters
    ----------
    array
        A level, if one is known.
    declared
        How many numbers the pixel sizes have, if they are given.
    notes
        Gets what was taken.
    """
    rank = len(array.shape) if array is not None else declared or len(FIRST_AXES)
    names: Sequence[str] = _numbered(rank - len(FIRST_AXES)) + FIRST_AXES[-rank:] if rank else ()
    why = "as in OME-Zarr 0.1"
    if array is not None and (own := _own_names(array)):
        names, why = own, "as the arrays name them"
    notes.append(f"no axes are given; {', '.join(names)} is taken, {why}")
    return tuple(Axis(name, KNOWN_TYPES.get(name)) for name in names)


def fitted_axes(axes: tuple[Axis, ...], array: Array | None, notes: list[str]) -> tuple[Axis, ...]:
    """As many axes as a level has: by the names that it gives, else the last for the last."""
    rank = len(axes) if array is None else len(array.shape)
    if array is None or rank == len(axes):
        return axes
    notes.append(f"{plural(len(axes), 'axis', 'axes')} described, the levels have {rank}")
    if names := _own_names(array):
        known = {axis.name: axis for axis in axes}
        return tuple(known.get(name, Axis(name, KNOWN_TYPES.get(name))) for name in names)
    front = tuple(Axis(name) for name in _numbered(rank - len(axes)))
    return front + axes[-rank:] if rank else ()


def _own_names(array: Array) -> tuple[str, ...]:
    """The names that an array gives to its axes; empty where one has none."""
    names = [name for name in array.dimension_names or () if name]
    return tuple(names) if len(set(names)) == len(array.shape) else ()


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"dim_{position}" for position in range(count))


def name_notes(axes: Sequence[Axis]) -> list[str]:
    """A note for each name that several axes have."""
    names = [axis.name for axis in axes]
    return [f"{names.count(n)} axes are called {n}" for n in set(names) if names.count(n) > 1]
