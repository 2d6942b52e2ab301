"""Where the pixels of one image lie in another: by their transformations, or by their extents."""

from __future__ import annotations

import math
from typing import Protocol

from omezarr_tui.image.sampling import METRES
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Multiscale
from omezarr_tui.store.node import Array

ROUNDING = 1e-6  # of a pixel: what sums of doubles may be off by at the edge between two


def matched_axes(image: Multiscale, labels: Multiscale) -> dict[int, int]:
    """The label's axis for each axis of the image that it has, by name.

    An array by itself may name none of them; then its last axes are taken for the image's.
    """
    names = [axis.name.lower() for axis in labels.axes]
    matched: dict[int, int] = {}
    for at, axis in enumerate(image.axes):
        name = axis.name.lower()
        if name in names and names.index(name) not in matched.values():
            matched[at] = names.index(name)
    if matched:
        return matched
    rank, more = min(len(image.axes), len(names)), len(image.axes) - len(names)
    return {len(image.axes) - n: len(image.axes) - n - more for n in range(1, rank + 1)}


class LevelRead(Protocol):
    """A level of an image that is read."""

    @property
    def level(self) -> int:
        """Its number."""

    @property
    def array(self) -> Array:
        """Its array."""


def placed(
    sampling: LevelRead, image: Image, axis: int, labels: Image, level: int, at: int
) -> tuple[float, float]:
    """Factor and shift that lead from pixels of the image's level to pixels of the label's."""
    if image.multiscale.axes[axis].type == "channel":
        return 1.0, 0.0  # channels are counted, not measured
    array = labels.levels[level]
    assert isinstance(array, Array)
    same_extent = array.shape[at] / sampling.array.shape[axis]
    ours, theirs = image.multiscale, labels.multiscale
    if is_pixel_by_pixel(image, labels):
        return same_extent, 0.0
    unit = _unit_factor(ours.axes[axis].unit, theirs.axes[at].unit)
    if unit is None or not (_tells_positions(theirs) and _tells_positions(ours, alone=True)):
        return same_extent, 0.0
    scale, their_scale = ours.levels[sampling.level].scale[axis], theirs.levels[level].scale[at]
    factor = unit * scale / their_scale if their_scale else 0.0
    if not 0 < abs(factor) < math.inf:
        return same_extent, 0.0
    edge, their_edge = _edge(ours, sampling.level, axis), _edge(theirs, level, at)
    shift = (unit * edge - their_edge) / their_scale
    return (factor, shift) if math.isfinite(shift) else (same_extent, 0.0)


def is_pixel_by_pixel(image: Image, labels: Image) -> bool:
    """Whether a label image tells no pixel size, and has as many pixels as an image that does.

    Some writers give all label images a scale of 1, whatever their image has. Taken at its
    word such a label image would lie elsewhere, and not be seen.
    """
    ours, theirs = image.multiscale, labels.multiscale
    finest, their_finest = image.levels[0], labels.levels[0]
    if not (isinstance(finest, Array) and isinstance(their_finest, Array)):
        return False
    if not _is_identity(theirs) or _is_identity(ours):
        return False
    return all(
        their_finest.shape[at] == finest.shape[axis]
        or ours.axes[axis].type == "channel"
        or holds_everywhere(image, axis, labels, their_finest, at)
        for axis, at in matched_axes(ours, theirs).items()
    )


def holds_everywhere(image: Image, axis: int, labels: Image, array: Array, at: int) -> bool:
    """Whether a label image has one pixel along an axis, and it says nothing of its place."""
    first = labels.multiscale.levels[0].translation[at]
    return array.shape[at] == 1 and first in (0, image.multiscale.levels[0].translation[axis])


def _is_identity(multiscale: Multiscale) -> bool:
    """Whether the transformation of the finest level changes nothing."""
    finest = multiscale.levels[0]
    return finest.matrix is None and set(finest.scale) == {1.0} and not any(finest.translation)


def _edge(multiscale: Multiscale, level: int, axis: int) -> float:
    """Where the first pixel of a level begins along an axis, in its unit.

    Many writers give all levels the translation of the finest, though the centre of a coarser
    pixel lies further inside: then all levels begin where the finest does.
    """
    shown, finest = multiscale.levels[level], multiscale.levels[0]
    if shown.translation[axis] == finest.translation[axis]:
        shown = finest
    return shown.translation[axis] - shown.scale[axis] / 2


def _unit_factor(unit: str | None, other: str | None) -> float | None:
    """What turns lengths in one unit into lengths in another; None where that is not known."""
    if unit == other:
        return 1.0
    length, other_length = METRES.get(unit or ""), METRES.get(other or "")
    return length / other_length if length and other_length else None


def _tells_positions(multiscale: Multiscale, *, alone: bool = False) -> bool:
    """Whether there are pixel sizes to believe in.

    Parameters
    ----------
    multiscale
        An image.
    alone
        Whether a pixel size of 1 everywhere is one too where there is a single level: pixels
        are counted then.
    """
    if any(level.matrix is not None for level in multiscale.levels):
        return False  # turned images are laid upon one another by their extents
    told = any(set(level.scale) != {1.0} or any(level.translation) for level in multiscale.levels)
    return told or (alone and len(multiscale.levels) == 1)
