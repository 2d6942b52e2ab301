"""View + levels + room on the screen -> which level, which region, which grid of samples.

And how pixels become samples: the area average, or the nearest pixel for label images.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from omezarr_tui.image.view import View
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Axis
from omezarr_tui.store.node import Array

if TYPE_CHECKING:
    import numpy as np

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
_TILE_ROWS = 128  # of a block that are averaged at a time, so that copies stay small


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
    nearest
        Take the pixel at each sample's centre rather than the average of its area.
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
    nearest: bool = False

    @property
    def region(self) -> tuple[slice, ...]:
        """The part of the array that the samples depend on: a slice for each axis."""
        region = [slice(at, at + 1) for at in self.position]
        region[self.rows] = slice(math.floor(self.top), math.ceil(self.bottom))
        region[self.columns] = slice(math.floor(self.left), math.ceil(self.right))
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
    image: Image, view: View, room: tuple[int, int], aspect: float, level: int | None = None
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
        The level to read; None for the coarsest one that has a pixel for each sample.
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
        _sampling(image, view, number, spans, grid)
        for number in image.readable
        if level is None or number == level
    ]
    by_detail = sorted(samplings, key=lambda s: s.pixels_per_sample[0] * s.pixels_per_sample[1])
    filling = [s for s in by_detail if min(s.pixels_per_sample) >= 1 - _ROUNDING]
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
        nearest=image.multiscale.is_label,
    )


class Reducer(Protocol):
    """Takes the pixels of a plane block by block and gives the samples at the end."""

    def add(self, block: np.ndarray[Any, Any], top: int, left: int) -> None:
        """Take a block (rows, columns) whose first pixel lies at top, left of the array."""

    def result(self) -> np.ndarray[Any, Any]:
        """The samples (rows, columns)."""


def reducer_for(sampling: Sampling) -> Reducer:
    """The reducer that a sampling asks for."""
    return Nearest(sampling) if sampling.nearest else AreaAverage(sampling)


class AreaAverage:
    """Each sample is the mean of the pixels that it covers, weighted by the part covered.

    Pixels that are not finite are left out; a sample that covers no other is NaN.
    """

    def __init__(self, sampling: Sampling) -> None:
        import numpy as np

        self._np = np
        self._edges = (
            np.linspace(sampling.top, sampling.bottom, sampling.grid[0] + 1),
            np.linspace(sampling.left, sampling.right, sampling.grid[1] + 1),
        )
        self._sum = np.zeros(sampling.grid, np.float64)
        self._weight = np.zeros(sampling.grid, np.float64)

    def add(self, block: np.ndarray[Any, Any], top: int, left: int) -> None:
        """Take a block (rows, columns) whose first pixel lies at top, left of the array."""
        np = self._np
        across, weights_across = self._weights(1, left, block.shape[1])
        for start in range(0, block.shape[0], _TILE_ROWS):
            tile = block[start : start + _TILE_ROWS].astype(np.float64)
            down, weights_down = self._weights(0, top + start, tile.shape[0])
            where = (down, across)
            finite = None
            if block.dtype.kind == "f" and not (finite := np.isfinite(tile)).all():
                tile = np.where(finite, tile, 0)
                self._weight[where] += weights_down @ finite @ weights_across.T
            else:
                self._weight[where] += np.outer(
                    weights_down.sum(axis=1), weights_across.sum(axis=1)
                )
            self._sum[where] += weights_down @ tile @ weights_across.T

    def result(self) -> np.ndarray[Any, Any]:
        """The samples (rows, columns); NaN where nothing finite was taken."""
        np = self._np
        with np.errstate(invalid="ignore", divide="ignore"):
            mean: Any = self._sum / self._weight
        return mean  # type: ignore[no-any-return]

    def _weights(self, axis: int, start: int, count: int) -> tuple[slice, np.ndarray[Any, Any]]:
        """The samples that pixels start…start+count touch, and by how much: (samples, pixels)."""
        np = self._np
        edges = self._edges[axis]
        first = max(0, int(np.searchsorted(edges, start, side="right")) - 1)
        last = min(len(edges) - 1, int(np.searchsorted(edges, start + count, side="left")))
        last = max(last, first)
        pixels = np.arange(start, start + count)
        low, high = edges[first:last, None], edges[first + 1 : last + 1, None]
        covered = np.minimum(high, pixels + 1) - np.maximum(low, pixels)
        # As parts of the sample, so that no sum is larger than the values themselves.
        return slice(first, last), np.clip(covered / (high - low), 0, None)


class Nearest:
    """Each sample is the pixel at its centre: the mean of two labels would be a third."""

    def __init__(self, sampling: Sampling) -> None:
        import numpy as np

        self._np = np
        down, across = sampling.pixels_per_sample
        height, width = sampling.array.shape[sampling.rows], sampling.array.shape[sampling.columns]
        rows, columns = (np.arange(count) + 0.5 for count in sampling.grid)
        self._rows = np.minimum((sampling.top + rows * down).astype(int), height - 1)
        self._columns = np.minimum((sampling.left + columns * across).astype(int), width - 1)
        self._samples: np.ndarray[Any, Any] | None = None

    def add(self, block: np.ndarray[Any, Any], top: int, left: int) -> None:
        """Take a block (rows, columns) whose first pixel lies at top, left of the array."""
        np = self._np
        if self._samples is None:
            self._samples = np.zeros((len(self._rows), len(self._columns)), block.dtype)
        down = np.flatnonzero((self._rows >= top) & (self._rows < top + block.shape[0]))
        across = np.flatnonzero((self._columns >= left) & (self._columns < left + block.shape[1]))
        taken = block[np.ix_(self._rows[down] - top, self._columns[across] - left)]
        self._samples[np.ix_(down, across)] = taken

    def result(self) -> np.ndarray[Any, Any]:
        """The samples (rows, columns), of the array's own data type."""
        if self._samples is None:
            return self._np.zeros((len(self._rows), len(self._columns)))
        return self._samples
