"""Axes and pixel sizes in words."""

from __future__ import annotations

from collections.abc import Sequence

from omezarr_tui.ome.model import Axis, Level
from omezarr_tui.text import format_length, format_number, format_unit, visible


def axes_text(axes: Sequence[Axis]) -> str:
    """Axes with their units: ``c  z µm  y µm  x µm``."""
    return "  ".join(f"{visible(axis.name)} {format_unit(axis.unit)}".rstrip() for axis in axes)


def pixel_size(level: Level, axes: Sequence[Axis]) -> str:
    """The size of a level's pixels along the axes of space: ``0.5 × 0.36 × 0.36 µm``."""
    sizes = [
        (scale, axis.unit)
        for scale, axis in zip(level.scale, axes, strict=True)
        if axis.type == "space"
    ]
    if not sizes or (all(s == 1 for s, _ in sizes) and not any(unit for _, unit in sizes)):
        return ""
    return sizes_text(sizes)


def sizes_text(sizes: Sequence[tuple[float, str | None]]) -> str:
    """Sizes with their units, one unit only once: ``0.36 × 0.36 µm``."""
    if len({unit for _, unit in sizes}) == 1:
        numbers = " × ".join(format_number(size, 3) for size, _ in sizes)
        return f"{numbers} {format_unit(sizes[0][1])}".rstrip()
    return " × ".join(format_length(size, unit) for size, unit in sizes)
