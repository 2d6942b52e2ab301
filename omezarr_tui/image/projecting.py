"""The projection of many planes, pixel by pixel, taken up block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from omezarr_tui.image.long_integers import added_to, counted_from, is_long, origin_of

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.sampling import Sampling


class Projected:
    """One plane out of many: of the region that is seen, whatever the number of planes.

    The mean is that of the finite values at a pixel, the maximum that of all but NaN. Where
    there are none a pixel is infinite if that is all there is, and NaN otherwise.

    Parameters
    ----------
    sampling
        With a projection.

    Attributes
    ----------
    left_out
        Values that are not finite and were left out of means, or NaN and left out of maxima.
    infinite
        Pixels of a maximum that are infinite: means leave them out; known after `result`.
    """

    def __init__(self, sampling: Sampling) -> None:
        assert sampling.projection is not None
        region, shown = sampling.region, (sampling.rows, sampling.columns)
        self.top, self.left = (region[axis].start for axis in shown)
        self._size = tuple(region[axis].stop - region[axis].start for axis in shown)
        self._planes = sampling.projection.stop - sampling.projection.start
        self._is_maximum = sampling.projection.method == "maximum"
        # Sums of doubles could be larger than doubles are; all others stay exact for longer.
        self._unit = self._planes if sampling.array.dtype.name == "float64" else 1
        self._plane: np.ndarray[Any, Any] | None = None
        # What means of long integers are counted from, and their data type.
        self._origin: tuple[int, np.dtype[Any]] | None = None
        # How many values of each pixel are +inf, -inf, NaN; most arrays have none.
        self._odd: np.ndarray[Any, Any] | None = None
        self.left_out = 0
        self.infinite = 0

    def add(self, block: np.ndarray[Any, Any], top: int, left: int) -> None:
        """Take a block (planes, rows, columns) whose first pixel lies at top, left."""
        import numpy as np

        where = tuple(
            slice(start - first, start - first + size)
            for start, first, size in zip(
                (top, left), (self.top, self.left), block.shape[1:], strict=True
            )
        )
        if self._is_maximum:
            if self._plane is None:
                self._plane = lowest(self._size, block.dtype)
            self.left_out += nans_in(block)
            self._plane[where] = np.fmax(self._plane[where], np.fmax.reduce(block, axis=0))
            return
        if self._plane is None:
            self._plane = np.zeros(self._size)
            self._origin = (origin_of(block), block.dtype) if is_long(block.dtype.name) else None
        if self._origin is not None:
            block = counted_from(block, self._origin[0])
        if block.dtype.kind == "f" and not np.isfinite(block).all():
            block = self._only_finite(block, where)
        values = block if self._unit == 1 else block / self._unit
        self._plane[where] += values.sum(axis=0, dtype=np.float64)

    def result(self) -> np.ndarray[Any, Any] | None:
        """The plane (rows, columns) of the region; None where nothing was taken."""
        import numpy as np

        if self._plane is None:
            return None
        if self._is_maximum:
            if self._plane.dtype.kind == "f":
                self.infinite = int(np.count_nonzero(np.isinf(self._plane)))
            return self._plane
        if self._origin is not None:
            return added_to(self._origin[0], self._plane / self._planes, self._origin[1])
        if self._odd is None:
            return self._plane / (self._planes / self._unit)
        above, below, nan = self._odd
        count = self._planes - above - below - nan
        with np.errstate(invalid="ignore", divide="ignore"):
            mean: np.ndarray[Any, Any] = self._plane / (count / self._unit)
        empty = count == 0
        mean[empty] = np.nan
        mean[empty & (above > 0) & (below == 0)] = np.inf
        mean[empty & (below > 0) & (above == 0)] = -np.inf
        return mean

    def _only_finite(
        self, block: np.ndarray[Any, Any], where: tuple[slice, ...]
    ) -> np.ndarray[Any, Any]:
        import numpy as np

        if self._odd is None:
            self._odd = np.zeros((3, *self._size), np.int32)
        for number, found in enumerate((block == np.inf, block == -np.inf, np.isnan(block))):
            self._odd[number][where] += found.sum(axis=0, dtype=np.int32)
            self.left_out += int(np.count_nonzero(found))
        return np.where(np.isfinite(block), block, 0)


def lowest(shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """An array of what any value of a data type is at least as large as: NaN of floats."""
    import numpy as np

    if dtype.kind == "f":
        return np.full(shape, np.nan, dtype)
    return np.full(shape, False if dtype.kind == "b" else np.iinfo(dtype).min, dtype)


def nans_in(block: np.ndarray[Any, Any]) -> int:
    """How many values of a block are NaN."""
    import numpy as np

    return int(np.count_nonzero(np.isnan(block))) if block.dtype.kind == "f" else 0
