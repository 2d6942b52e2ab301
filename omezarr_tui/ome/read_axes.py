"""Axes of every version: none (0.1, 0.2), letters (0.3), objects (since 0.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from omezarr_tui.ome.loose import text
from omezarr_tui.ome.model import Axis

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


def name_notes(axes: Sequence[Axis]) -> list[str]:
    """A note for each name that several axes have."""
    names = [axis.name for axis in axes]
    return [f"{names.count(n)} axes are called {n}" for n in set(names) if names.count(n) > 1]
