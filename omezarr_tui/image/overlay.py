"""Label images over an image: which of a label's pixels lies under each sample of a picture.

Positions decide, not the names or numbers of levels: the centre of each sample is placed by
the image's transformation, and the label pixel is taken that covers this place.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.placing import ROUNDING, holds_everywhere, matched_axes, placed
from omezarr_tui.image.sampling import Sampling
from omezarr_tui.image.view import View
from omezarr_tui.ome.discover import Image
from omezarr_tui.store.node import Array

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.reader import Reader

OPACITIES = (50, 25, 0, 100, 75)
"""Per cent, in the order in which a key goes through them; 0 draws outlines only."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """A label image that lies over an image.

    Parameters
    ----------
    labels
        The label image.
    opacity
        Per cent; 0 for outlines only.
    """

    labels: Image
    opacity: int = OPACITIES[0]

    def next_opacity(self) -> Overlay:
        """The same with the next opacity; one that is none of the steps goes to the first."""
        at = OPACITIES.index(self.opacity) + 1 if self.opacity in OPACITIES else 0
        return replace(self, opacity=OPACITIES[at % len(OPACITIES)])


@dataclass(frozen=True, slots=True)
class Line:
    """Where samples lie along one axis of a label image.

    Parameters
    ----------
    axis
        Of the label's array; None where it lacks the axis, so that every sample lies in it.
    start
        The place of the first sample's centre, in pixels; pixel 0 reaches from 0 to 1.
    step
        From one sample to the next, in pixels; negative where the axes run against each other.
    """

    axis: int | None
    start: float
    step: float


@dataclass(frozen=True, slots=True)
class LabelSampling:
    """How the labels for one picture are read.

    Parameters
    ----------
    level
        Which level of the label image is read.
    array
        Its array.
    position
        Where the plane lies along every axis of that array; None where it lies outside of
        it, so that there is no label.
    down, across
        Where the samples lie along the two displayed axes.
    grid
        Samples down and across, as of the picture.
    """

    level: int
    array: Array
    position: tuple[int, ...] | None
    down: Line
    across: Line
    grid: tuple[int, int]

    def pixels(self, line: Line, count: int) -> list[int]:
        """The pixel of each sample along a line; -1 outside of the array."""
        if line.axis is None:
            return [0] * count
        size = self.array.shape[line.axis]
        places = (math.floor(line.start + at * line.step + ROUNDING) for at in range(count))
        return [place if 0 <= place < size else -1 for place in places]

    @property
    def region(self) -> tuple[slice, ...] | None:
        """The part of the array that is read: a slice for each axis; None for nothing."""
        if self.position is None:
            return None
        region = [slice(at, at + 1) for at in self.position]
        for line, count in zip((self.down, self.across), self.grid, strict=True):
            inside = [place for place in self.pixels(line, count) if place >= 0]
            if not inside:
                return None
            if line.axis is not None:
                region[line.axis] = slice(min(inside), max(inside) + 1)
        return tuple(region)

    @property
    def decoded_bytes(self) -> int:
        """Uncompressed bytes of the chunks that must be read for it."""
        region = self.region
        if region is None:
            return 0
        chunks = 1
        for part, step in zip(region, self.array.chunks, strict=True):
            chunks *= -(-part.stop // step) - part.start // step
        return chunks * math.prod(self.array.chunks) * (self.array.dtype.itemsize or 1)


def label_sampling(sampling: Sampling, image: Image, labels: Image) -> LabelSampling:
    """Choose which pixels of a label image lie under the samples of a picture.

    Axes are matched by name. Along an axis that the label image lacks, or of which it has a
    single pixel that says nothing of its place, it holds everywhere; of an axis that only the
    label image has, its first pixel is taken.

    Parameters
    ----------
    sampling
        How the image is read.
    image
        The image.
    labels
        The label image, with at least one readable level.

    Returns
    -------
    sampling
        Of the coarsest level whose pixels are no larger than the samples; of the finest
        where all are, or where the label image lacks both displayed axes.
    """
    matched = matched_axes(image.multiscale, labels.multiscale)
    choices = [_sampling(sampling, image, labels, number, matched) for number in labels.readable]
    by_detail = sorted(choices, key=lambda c: abs(c.down.step * c.across.step))
    filling = [
        c
        for c in by_detail
        if all(abs(li.step) >= 1 - ROUNDING for li in (c.down, c.across) if li.axis is not None)
    ]
    return filling[0] if filling else by_detail[-1]


def read_labels(
    reader: Reader, sampling: LabelSampling, cancelled: Callable[[], bool] = lambda: False
) -> np.ndarray[Any, Any]:
    """Read the labels for one picture.

    Parameters
    ----------
    reader
        Of the store.
    sampling
        What to read.
    cancelled
        Asked before each read.

    Returns
    -------
    labels
        (rows, columns) as `LabelSampling.grid` says, of the array's own data type; 0 outside
        of the array.

    Raises
    ------
    UserError
        A chunk cannot be read or decoded.
    Cancelled
        `cancelled` said True.
    """
    import numpy as np

    region, labels = sampling.region, None
    if region is None:
        return np.zeros(sampling.grid, np.uint8)
    shown = (sampling.down.axis, sampling.across.axis)
    rows, columns = (
        np.array(sampling.pixels(line, count))
        for line, count in zip((sampling.down, sampling.across), sampling.grid, strict=True)
    )
    for part in reader.blocks(sampling.array, region, cancelled):
        start, block = part.start, part.values
        if labels is None:
            labels = np.zeros(sampling.grid, block.dtype)
        plane = block[tuple(slice(None) if axis in shown else 0 for axis in range(block.ndim))]
        if None not in shown and shown[0] > shown[1]:  # type: ignore[operator]
            plane = plane.T
        plane = plane.reshape([1 if axis is None else block.shape[axis] for axis in shown])
        top, left = (0 if axis is None else start[axis] for axis in shown)
        down = np.flatnonzero((rows >= top) & (rows < top + plane.shape[0]))
        over = np.flatnonzero((columns >= left) & (columns < left + plane.shape[1]))
        labels[np.ix_(down, over)] = plane[np.ix_(rows[down] - top, columns[over] - left)]
    assert labels is not None  # a region has a chunk
    return labels


def same_place(view: View, image: Image, other_view: View, other: Image) -> View:
    """A view of another image, moved to the place that a view of this one shows.

    Parameters
    ----------
    view, image
        What is looked at.
    other_view, other
        Any view of the image that shall be looked at, and the image. Where the same two axes
        can be displayed they are, from as near.
    """
    matched = matched_axes(other.multiscale, image.multiscale)
    for axis, at in matched.items():
        other_view = other_view.at(axis, view.index[at], view.extent[at])
    pair = [
        axis for shown in (view.rows, view.columns) for axis, at in matched.items() if at == shown
    ]
    if len(pair) == 2:
        other_view = other_view.displaying(pair[0], pair[1])
        other_view = replace(other_view, centre=view.centre, zoom=view.zoom)
    return other_view


def _sampling(
    sampling: Sampling, image: Image, labels: Image, level: int, matched: dict[int, int]
) -> LabelSampling:
    array = labels.levels[level]
    assert isinstance(array, Array)
    position: list[int] | None = [0] * len(array.shape)
    lines = {}
    for axis, at in matched.items():
        if holds_everywhere(image, axis, labels, array, at):
            continue
        factor, shift = placed(sampling, image, axis, labels, level, at)
        if axis in (sampling.rows, sampling.columns):
            first, number = (sampling.top, 0) if axis == sampling.rows else (sampling.left, 1)
            step = sampling.pixels_per_sample[number]
            lines[axis] = Line(at, factor * (first + step / 2) + shift, factor * step)
        elif position is not None:
            place = math.floor(factor * (sampling.position[axis] + 0.5) + shift + ROUNDING)
            if 0 <= place < array.shape[at]:
                position[at] = place
            else:
                position = None
    everywhere = Line(None, 0.0, 1.0)
    return LabelSampling(
        level,
        array,
        None if position is None else tuple(position),
        lines.get(sampling.rows, everywhere),
        lines.get(sampling.columns, everywhere),
        sampling.grid,
    )
