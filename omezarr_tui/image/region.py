"""A region: a rectangle of a plane that stays whatever plane, level and zoom is looked at."""

from __future__ import annotations

import math
from dataclasses import dataclass

from omezarr_tui.image.sampling import Sampling
from omezarr_tui.image.view import View
from omezarr_tui.store.node import Array

_ROUNDING = 1e-6  # of a pixel: what places of samples may be off by


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of samples of a picture; it may reach beyond what is seen.

    Parameters
    ----------
    top, bottom, left, right
        The first sample and the one past the last.
    """

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle in pixels of the finest level.

    Parameters
    ----------
    rows, columns
        The axes that it lies across.
    extent
        Pixels of the finest level along these two.
    top, bottom, left, right
        The first pixel and the one past the last.
    """

    rows: int
    columns: int
    extent: tuple[int, int]
    top: int
    bottom: int
    left: int
    right: int

    def joined(self, other: Region) -> Region:
        """The smallest region that holds this one and another across the same axes."""
        return Region(
            self.rows,
            self.columns,
            self.extent,
            min(self.top, other.top),
            max(self.bottom, other.bottom),
            min(self.left, other.left),
            max(self.right, other.right),
        )

    def is_across(self, view: View) -> bool:
        """Whether a view shows the axes that it lies across."""
        return (self.rows, self.columns) == (view.rows, view.columns)

    def slices(self, array: Array) -> tuple[slice, slice]:
        """The pixels of a level that it touches, down and across."""
        height, width = array.shape[self.rows], array.shape[self.columns]
        return (
            _part(self.top, self.bottom, self.extent[0], height),
            _part(self.left, self.right, self.extent[1], width),
        )

    def box(self, sampling: Sampling) -> Box | None:
        """The samples of a picture that it touches; None where other axes are shown."""
        if (self.rows, self.columns) != (sampling.rows, sampling.columns):
            return None
        down, across = sampling.pixels_per_sample
        rows = sampling.array.shape[self.rows] / self.extent[0]
        columns = sampling.array.shape[self.columns] / self.extent[1]
        return Box(
            math.floor((self.top * rows - sampling.top) / down + _ROUNDING),
            math.ceil((self.bottom * rows - sampling.top) / down - _ROUNDING),
            math.floor((self.left * columns - sampling.left) / across + _ROUNDING),
            math.ceil((self.right * columns - sampling.left) / across - _ROUNDING),
        )


def region_between(
    sampling: Sampling, view: View, one: tuple[int, int], two: tuple[int, int]
) -> Region:
    """The region from one sample (row, column) of a picture to another, both in it."""
    (top, bottom), (left, right) = (sorted(pair) for pair in zip(one, two, strict=True))
    down, across = sampling.pixels_per_sample
    rows, columns = sampling.rows, sampling.columns
    extent = view.extent[rows], view.extent[columns]
    height = extent[0] / sampling.array.shape[rows]
    width = extent[1] / sampling.array.shape[columns]
    first, last = _pixels(
        (sampling.top + top * down) * height,
        (sampling.top + (bottom + 1) * down) * height,
        extent[0],
    )
    start, stop = _pixels(
        (sampling.left + left * across) * width,
        (sampling.left + (right + 1) * across) * width,
        extent[1],
    )
    return Region(rows, columns, extent, first, last, start, stop)


def region_seen(sampling: Sampling, view: View) -> Region:
    """The region that a picture shows."""
    rows, columns = sampling.grid
    return region_between(sampling, view, (0, 0), (rows - 1, columns - 1))


def _pixels(first: float, last: float, size: int) -> tuple[int, int]:
    start = min(max(0, math.floor(first + _ROUNDING)), size - 1)
    return start, min(size, max(start + 1, math.ceil(last - _ROUNDING)))


def _part(first: int, last: int, extent: int, size: int) -> slice:
    start = first * size // extent
    return slice(start, max(start + 1, -(-last * size // extent)))
