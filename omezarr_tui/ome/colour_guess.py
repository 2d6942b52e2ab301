"""Colour pictures that are plain arrays: told by shape, data type and names alone, so a guess."""

from __future__ import annotations

from dataclasses import replace

from omezarr_tui.ome.model import Multiscale
from omezarr_tui.store.node import Array

# What an axis of red, green and blue is called where it is called anything.
_NAMES = frozenset(
    {"c", "ch", "channel", "channels", "rgb", "rgba", "band", "bands", "color", "colors"}
    | {"colour", "colours", "s", "sample", "samples"}
)
_SURE_NAMES = frozenset({"rgb", "rgba"})
_SMALLEST = 16  # pixels along each side


def is_taken_for_rgb(array: Array) -> bool:
    """Whether an array that no metadata describe is taken for a colour picture.

    Its last axis has red, green and blue, or opacity as well, as pictures that were read from
    a file lie in memory: (…, y, x, 3 or 4).
    """
    if len(array.shape) < 3 or array.shape[-1] not in (3, 4):
        return False
    names = array.dimension_names or (None,) * len(array.shape)
    name = (names[-1] or "").lower()
    if name and name not in _NAMES:
        return False  # it says that it is something else: x, vector, …
    # Bytes only: coordinates, normals, fluxes and counts come in threes as well, and are floats
    # or wider integers. A name that says so leaves no doubt about 16 bits; of floats nothing
    # tells which value is white.
    if array.dtype.name != "uint8" and not (array.dtype.name == "uint16" and name in _SURE_NAMES):
        return False
    # A table of bytes, a stack of small matrices, or a kernel is no picture of anything.
    return min(array.shape[-3:-1]) >= _SMALLEST or name in _SURE_NAMES


def with_colors(multiscale: Multiscale, array: Array) -> Multiscale:
    """An array by itself, with its last axis as that of channels where it is a colour picture."""
    if not is_taken_for_rgb(array):
        return multiscale
    axes = multiscale.axes
    words = "red, green, blue" + (" and opacity" if array.shape[-1] == 4 else "")
    note = (
        f"taken for RGB: the last axis has {array.shape[-1]}, as {words} are stored; "
        "nothing says so, and o and * show it otherwise"
    )
    return replace(
        multiscale,
        axes=(*axes[:-1], replace(axes[-1], type="channel")),
        notes=(*multiscale.notes, note),
    )
