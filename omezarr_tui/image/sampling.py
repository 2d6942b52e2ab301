"""View + levels + room on the screen -> which level, which region, which grid of samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from omezarr_tui.image.view import View
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Axis
from omezarr_tui.settings import MIB
from omezarr_tui.store.node import Array

Method = Literal["mean", "maximum", "nearest"]
ProjectionMethod = Literal["maximum", "mean"]

# Physical lengths in one unit, so that axes in different units keep their proportion.
METRES = {
    "angstrom": 1e-10,
    "nanometer": 1e-9,
    "micrometer": 1e-6,
    "millimeter": 1e-3,
    "centimeter": 1e-2,
    "meter": 1.0,
    "kilometer": 1e3,
}
_ROUNDING = 1e-9  # of a pixel: what parts of a whole may be off by
_SHORTEST = 1e-100  # in whatever unit: what is shorter is a mistake, and breaks arithmetic
# Coarser levels have averaged small bright spots away: the maximum is taken of the finest level
# of which no more than this must be read.
_MAXIMUM_BYTES = 64 * MIB


@dataclass(frozen=True, slots=True)
class Projection:
    """Many planes as one.

    Parameters
    ----------
    axis
        The axis that is projected.
    method
        The largest value along it, or the mean.
    start, stop
        The planes, in pixels of the level that is read.
    """

    axis: int
    method: ProjectionMethod
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Sampling:
    """How one plane is read and reduced.

    Parameters
    ----------
    level
        Which level is read.
    array
        Its array.
    rows, columns
        The axes that run down and across.
    position
        Where the plane lies along every axis of that array.
    top, bottom, left, right
        The window, in pixels of that array; fractions of pixels are possible.
    grid
        Samples down and across.
    method
        What a sample is of the pixels that it covers: their mean, their maximum, or the one at
        its centre.
    projection
        Many planes as one; None for the plane at `position`.
    """

    level: int
    array: Array
    rows: int
    columns: int
    position: tuple[int, ...]
    top: float
    bottom: float
    left: float
    right: float
    grid: tuple[int, int]
    method: Method = "mean"
    projection: Projection | None = None

    @property
    def region(self) -> tuple[slice, ...]:
        """The part of the array that the samples depend on: a slice for each axis."""
        region = [slice(at, at + 1) for at in self.position]
        region[self.rows] = slice(math.floor(self.top), math.ceil(self.bottom))
        region[self.columns] = slice(math.floor(self.left), math.ceil(self.right))
        if self.projection is not None:
            region[self.projection.axis] = slice(self.projection.start, self.projection.stop)
        return tuple(region)

    @property
    def pixels_per_sample(self) -> tuple[float, float]:
        """Pixels of the level that one sample stands for, down and across."""
        return (
            (self.bottom - self.top) / self.grid[0],
            (self.right - self.left) / self.grid[1],
        )

    @property
    def decoded_bytes(self) -> int:
        """Uncompressed bytes of the chunks that must be read for it."""
        chunks = 1
        for part, step in zip(self.region, self.array.chunks, strict=True):
            chunks *= -(-part.stop // step) - part.start // step
        return chunks * math.prod(self.array.chunks) * (self.array.dtype.itemsize or 1)


def choose_sampling(
    image: Image,
    view: View,
    room: tuple[int, int],
    aspect: float,
    level: int | None = None,
    *,
    method: Method = "mean",
    projection: ProjectionMethod | None = None,
) -> Sampling:
    """Choose what to read so that a plane fills the room that there is.

    Parameters
    ----------
    image
        The image, with at least one readable level.
    view
        The plane and the window on it.
    room
        The most samples down and across.
    aspect
        Height of one sample in units of its width: 2 for a whole cell of a terminal.
    level
        The level to read; None for the coarsest one that has a pixel for each sample, and for
        the maximum for a finer one, as far as a bound on bytes allows.
    method
        What a sample is of its pixels; of a label image it is the nearest one.
    projection
        Show all planes along the axis that keys step along as one.
    """
    height, width = plane_size(image, view)
    unit = max(width / room[1], height / (room[0] * aspect)) / view.zoom
    grid = (
        max(1, min(room[0], round(height / (unit * aspect)))),
        max(1, min(room[1], round(width / unit))),
    )
    # The part of the plane that fits, as fractions of it, around the view's centre.
    spans = (
        _span(view.centre[0], min(1.0, grid[0] * unit * aspect / height), grid[0] < room[0]),
        _span(view.centre[1], min(1.0, grid[1] * unit / width), grid[1] < room[1]),
    )
    samplings = [
        _sampling(image, view, number, spans, grid, method, projection)
        for number in image.readable
        if level is None or number == level
    ]
    by_detail = sorted(samplings, key=lambda s: s.pixels_per_sample[0] * s.pixels_per_sample[1])
    filling = [s for s in by_detail if min(s.pixels_per_sample) >= 1 - _ROUNDING]
    if method == "maximum" and not image.multiscale.is_label:
        fine = [s for s in reversed(by_detail) if s.decoded_bytes <= _MAXIMUM_BYTES]
        filling = [s for s in fine if s in filling][:1] or filling
    # Where no level has enough pixels, the one with the most.
    return filling[0] if filling else by_detail[-1]


def plane_size(image: Image, view: View) -> tuple[float, float]:
    """Physical height and width of the whole plane, in one unit; in pixels where unknown."""
    axes = (image.multiscale.axes[view.rows], image.multiscale.axes[view.columns])
    pixels = (view.extent[view.rows], view.extent[view.columns])
    if any(axis.type != "space" for axis in axes):
        return float(pixels[0]), float(pixels[1])
    finest = image.readable[0]
    array, scale = image.levels[finest], image.multiscale.levels[finest].scale
    assert isinstance(array, Array)
    sizes = [
        abs(scale[axis]) * array.shape[axis] * factor
        for axis, factor in zip((view.rows, view.columns), _same_unit(axes), strict=True)
    ]
    if not all(_SHORTEST < size < 1 / _SHORTEST for size in sizes):
        return float(pixels[0]), float(pixels[1])
    return sizes[0], sizes[1]


def _same_unit(axes: tuple[Axis, Axis]) -> tuple[float, float]:
    factors = [METRES.get(axis.unit or "") for axis in axes]
    if axes[0].unit == axes[1].unit or factors[0] is None or factors[1] is None:
        return 1.0, 1.0
    return factors[0], factors[1]


def _span(centre: float, part: float, whole: bool) -> tuple[float, float]:
    if whole or part > 1 - 1e-9:
        return 0.0, 1.0
    start = min(max(centre - part / 2, 0.0), 1 - part)
    return start, start + part


def _sampling(
    image: Image,
    view: View,
    level: int,
    spans: tuple[tuple[float, float], tuple[float, float]],
    grid: tuple[int, int],
    method: Method,
    projection: ProjectionMethod | None,
) -> Sampling:
    array = image.levels[level]
    assert isinstance(array, Array)
    height, width = array.shape[view.rows], array.shape[view.columns]
    position = [view.position(axis, size) for axis, size in enumerate(array.shape)]
    # Rounded, or a window that ends where a pixel does would read one pixel more.
    top, bottom = (round(part * height, 9) for part in spans[0])
    left, right = (round(part * width, 9) for part in spans[1])
    return Sampling(
        level=level,
        array=array,
        rows=view.rows,
        columns=view.columns,
        position=tuple(position),
        top=top,
        bottom=min(bottom, height),
        left=left,
        right=min(right, width),
        grid=grid,
        method="nearest" if image.multiscale.is_label else method,
        projection=_projection(image, view, array, projection),
    )


def _projection(
    image: Image, view: View, array: Array, method: ProjectionMethod | None
) -> Projection | None:
    axis = view.moving
    if method is None or axis is None or axis not in view.fixed:
        return None
    # The mean of two labels would be a third.
    way: ProjectionMethod = "maximum" if image.multiscale.is_label else method
    return Projection(axis, way, 0, array.shape[axis])
