"""Pixels -> samples: area average, maximum or nearest pixel, of one plane or a projection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from omezarr_tui.image.covering import centres, covered, covers_one_pixel, edges, touched
from omezarr_tui.image.long_integers import added_to, counted_from, is_long, origin_of
from omezarr_tui.image.projecting import Projected, lowest, nans_in
from omezarr_tui.image.weighing import Weights, weights_of

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.errors import UserError
    from omezarr_tui.image.sampling import Sampling

_TILE_ROWS = 256  # of a block that are averaged at a time, so that copies stay small


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """The values of a picture.

    Parameters
    ----------
    values
        (rows, columns), float64 or integers, which means are too where doubles do not hold
        the pixels: rounded to the nearest. Where a sample covers nothing finite it is infinite
        if that is all there is, and NaN otherwise.
    unwritten
        The samples (rows, columns) all of whose pixels lie in chunks that were never written;
        None where there are none.
    left_out
        Values that are not finite and were left out of means, or NaN and left out of maxima.
    unreadable
        The samples (rows, columns) that would need a chunk which cannot be read, and whose
        values say nothing; None where there are none.
    failures
        Why chunks cannot be read.
    """

    values: np.ndarray[Any, Any]
    unwritten: np.ndarray[Any, Any] | None = None
    left_out: int = 0
    unreadable: np.ndarray[Any, Any] | None = None
    failures: tuple[UserError, ...] = ()

    @property
    def known(self) -> np.ndarray[Any, Any]:
        """The values that could be read: all of them (rows, columns), or those in a row."""
        if self.unreadable is None:
            return self.values
        known: np.ndarray[Any, Any] = self.values[~self.unreadable]
        return known


def nothing_of(sampling: Sampling, why: UserError) -> Samples:
    """The samples of what cannot be read at all."""
    import numpy as np

    return Samples(
        np.zeros(sampling.grid), unreadable=np.ones(sampling.grid, bool), failures=(why,)
    )


class _Way(Protocol):
    """Takes the pixels of one plane block by block."""

    left_out: int

    def add(self, block: np.ndarray[Any, Any], top: int, left: int) -> None:
        """Take a block (rows, columns) whose first pixel lies at top, left of the array."""

    def result(self) -> np.ndarray[Any, Any]:
        """The samples (rows, columns)."""


def reducer_for(sampling: Sampling) -> Reducer:
    """The reducer that a sampling asks for."""
    return Reducer(sampling)


class Reducer:
    """Takes the pixels of a plane, or of many for a projection, and gives the samples at the end.

    Samples of a projection are what they would be of the projected plane.

    Parameters
    ----------
    sampling
        What is read, and to how many samples.
    """

    def __init__(self, sampling: Sampling) -> None:
        ways: dict[str, Callable[[Sampling], _Way]] = {
            "mean": AreaAverage,
            "maximum": Maximum,
            "nearest": Nearest,
        }
        projection, method = sampling.projection, sampling.method
        # The mean of a single long integer need not become a double.
        whole = is_long(sampling.array.dtype.name)
        is_exact = whole and method == "mean" and covers_one_pixel(sampling)
        self._way = ways["nearest" if is_exact else method](sampling)
        # The maximum of maxima needs no plane in between.
        self._projected = (
            None
            if projection is None or projection.method == method == "maximum"
            else Projected(sampling)
        )
        self._coverage = _Coverage(sampling)
        self._failures: list[UserError] = []

    def add(
        self, block: np.ndarray[Any, Any], top: int, left: int, *, written: bool = True
    ) -> None:
        """Take a block whose first pixel lies at top, left of the array.

        Parameters
        ----------
        block
            (rows, columns), or for a projection (planes, rows, columns).
        top, left
            In pixels of the array.
        written
            Whether the chunk that it is of was ever written.
        """
        self.note(block.shape[-2:], top, left, written=written)
        self.take(block, top, left)

    def note(self, size: tuple[int, ...], top: int, left: int, *, written: bool) -> None:
        """Note whether a block of rows × columns is of a chunk that was ever written."""
        if written:
            self._coverage.written.append((size, top, left))
        else:
            self._coverage.any_unwritten = True

    def miss(self, size: tuple[int, ...], top: int, left: int, why: UserError) -> None:
        """Note that a block of rows × columns is of a chunk that cannot be read, and why."""
        self._coverage.missed.append((size, top, left))
        self._failures.append(why)

    def take(self, block: np.ndarray[Any, Any], top: int, left: int) -> None:
        """Take the values of a block of which was noted whether it was written, or its parts."""
        (self._projected or self._way).add(block, top, left)

    def result(self) -> Samples:
        """The samples."""
        left_out, projected = self._way.left_out, self._projected
        if projected is not None and (plane := projected.result()) is not None:
            self._way.add(plane, projected.top, projected.left)
            # Pixels without any value were counted already, plane by plane.
            left_out = projected.left_out + projected.infinite
        coverage = self._coverage
        return Samples(
            self._way.result(),
            coverage.unwritten(),
            left_out,
            coverage.unreadable(),
            tuple(self._failures),
        )


class AreaAverage:
    """Each sample is the mean of the pixels that it covers, weighted by the part covered.

    Pixels that are not finite are left out; a sample that covers no other is infinite or NaN.
    """

    def __init__(self, sampling: Sampling) -> None:
        import numpy as np

        self._axes = (
            (sampling.top, sampling.bottom, sampling.grid[0]),
            (sampling.left, sampling.right, sampling.grid[1]),
        )
        self._sum = np.zeros(sampling.grid, np.float64)
        self._weight: np.ndarray[Any, Any] | None = None  # of what is finite, where not all is
        self._infinite: np.ndarray[Any, Any] | None = None  # weights of +inf and of -inf
        self._is_long = is_long(sampling.array.dtype.name)
        # What means of long integers are counted from, and their data type.
        self._origin: tuple[int, np.dtype[Any]] | None = None
        self.left_out = 0

    def add(self, block: np.ndarray[Any, Any], top: int, left: int) -> None:
        """Take a block (rows, columns) whose first pixel lies at top, left of the array."""
        import numpy as np

        if self._is_long and self._origin is None and block.dtype.kind in "iu":
            self._origin = origin_of(block), block.dtype
        across = weights_of(*self._axes[1], left, block.shape[1])
        for start in range(0, block.shape[0], _TILE_ROWS):
            tile: np.ndarray[Any, Any] = block[start : start + _TILE_ROWS]
            tile = (
                tile.astype(np.float64)
                if self._origin is None
                else counted_from(tile, self._origin[0])
            )
            down = weights_of(*self._axes[0], top + start, tile.shape[0])
            if block.dtype.kind == "f":
                tile = self._only_finite(tile, down, across)
            across.add_across(down.sums(tile), self._sum[down.inside, across.inside])

    def result(self) -> np.ndarray[Any, Any]:
        """The samples (rows, columns): float64, or long integers that doubles do not hold."""
        import numpy as np

        if self._origin is not None:
            return added_to(self._origin[0], self._sum, self._origin[1])
        if self._weight is None:  # integers: the parts of each sample are 1 together
            return self._sum
        with np.errstate(invalid="ignore", divide="ignore"):
            mean: np.ndarray[Any, Any] = self._sum / self._weight
        if self._infinite is not None:
            above, below = self._infinite > 0
            nothing = self._weight == 0
            mean[nothing & above & ~below] = np.inf
            mean[nothing & below & ~above] = -np.inf
        return mean

    def _only_finite(
        self, tile: np.ndarray[Any, Any], down: Weights, across: Weights
    ) -> np.ndarray[Any, Any]:
        """The tile with 0 for what is not finite; that is noted."""
        import numpy as np

        if self._weight is None:
            self._weight = np.zeros_like(self._sum)
        where = (down.inside, across.inside)
        finite = np.isfinite(tile)
        if finite.all():
            self._weight[where] += np.outer(down.totals, across.totals)
            return tile
        self.left_out += int(tile.size - finite.sum())
        across.add_across(down.sums(finite), self._weight[where])
        for number, found in enumerate((tile == np.inf, tile == -np.inf)):
            if found.any():
                if self._infinite is None:
                    self._infinite = np.zeros((2, *self._sum.shape))
                across.add_across(down.sums(found), self._infinite[(number, *where)])
        tile[~finite] = 0
        return tile


class Maximum:
    """Each sample is the largest of the pixels that it covers, if only in part.

    NaN is left out; a sample that covers nothing else is NaN.
    """

    def __init__(self, sampling: Sampling) -> None:
        self._covered = [covered(each) for each in edges(sampling)]
        self._grid = sampling.grid
        self._most: np.ndarray[Any, Any] | None = None
        self.left_out = 0

    def add(self, block: np.ndarray[Any, Any], top: int, left: int) -> None:
        """Take a block (rows, columns), or (planes, rows, columns), as of one plane."""
        import numpy as np

        self.left_out += nans_in(block)
        if block.ndim == 3:
            block = np.fmax.reduce(block, axis=0)
        if self._most is None:
            self._most = lowest(self._grid, block.dtype)
        down, most = self._reduced(block, 0, top)
        across, most = self._reduced(most, 1, left)
        where = (down, across)
        self._most[where] = np.fmax(self._most[where], most)

    def result(self) -> np.ndarray[Any, Any]:
        """The samples (rows, columns): integers, or float64."""
        import numpy as np

        if self._most is None:
            return np.full(self._grid, np.nan)
        kinds: dict[str, np.dtype[Any]] = {"f": np.dtype(np.float64), "b": np.dtype(np.uint8)}
        kind = kinds.get(self._most.dtype.kind, self._most.dtype)
        return self._most.astype(kind)

    def _reduced(
        self, block: np.ndarray[Any, Any], axis: int, start: int
    ) -> tuple[slice, np.ndarray[Any, Any]]:
        """The samples that a block touches along an axis, and the maxima of their pixels."""
        import numpy as np

        count = block.shape[axis]
        inside = touched(*self._covered[axis], start, count)
        first, last = (each[inside] - start for each in self._covered[axis])
        # `reduceat` takes pairs from…to but knows no end past the last pixel: that comes after.
        pairs = np.stack([np.maximum(first, 0), np.minimum(last, count - 1)], axis=1)
        most = np.fmax.reduceat(block, pairs.reshape(-1), axis=axis)
        most = most[::2] if axis == 0 else most[:, ::2]
        ends = (slice(None),) * axis + (last >= count,)
        most[ends] = np.fmax(most[ends], block.take([-1], axis=axis))
        return inside, most


class Nearest:
    """Each sample is the pixel at its centre: the mean of two labels would be a third."""

    def __init__(self, sampling: Sampling) -> None:
        self._rows, self._columns = centres(sampling)
        self._samples: np.ndarray[Any, Any] | None = None
        self.left_out = 0

    def add(self, block: np.ndarray[Any, Any], top: int, left: int) -> None:
        """Take a block (rows, columns) whose first pixel lies at top, left of the array."""
        import numpy as np

        if self._samples is None:
            self._samples = np.zeros((len(self._rows), len(self._columns)), block.dtype)
        down = touched(self._rows, self._rows + 1, top, block.shape[0])
        across = touched(self._columns, self._columns + 1, left, block.shape[1])
        taken = np.ix_(self._rows[down] - top, self._columns[across] - left)
        self._samples[down, across] = block[taken]

    def result(self) -> np.ndarray[Any, Any]:
        """The samples (rows, columns), of the array's own data type."""
        import numpy as np

        if self._samples is None:
            return np.zeros((len(self._rows), len(self._columns)))
        return self._samples


class _Coverage:
    """Which samples lie in chunks that were written, or need one that cannot be read.

    Attributes
    ----------
    written, missed
        Blocks of chunks that are stored, and of those that cannot be read: rows and columns,
        top, left.
    any_unwritten
        Whether there was a block of a chunk that was never written.
    """

    def __init__(self, sampling: Sampling) -> None:
        self._sampling = sampling
        self.written: list[tuple[tuple[int, ...], int, int]] = []
        self.missed: list[tuple[tuple[int, ...], int, int]] = []
        self.any_unwritten = False

    def unwritten(self) -> np.ndarray[Any, Any] | None:
        """The samples that lie in no chunk that is stored; None where there are none."""
        if not self.any_unwritten:
            return None
        unwritten = ~self._touched([*self.written, *self.missed])
        return unwritten if unwritten.any() else None

    def unreadable(self) -> np.ndarray[Any, Any] | None:
        """The samples that need, if only in part, what cannot be read; None for none."""
        return self._touched(self.missed) if self.missed else None

    def _touched(self, blocks: list[tuple[tuple[int, ...], int, int]]) -> np.ndarray[Any, Any]:
        """The samples that need pixels of some blocks."""
        import numpy as np

        all_covered = (
            [(pixels, pixels + 1) for pixels in centres(self._sampling)]
            if self._sampling.method == "nearest"
            else [covered(each) for each in edges(self._sampling)]
        )
        found = np.zeros(self._sampling.grid, bool)
        for size, top, left in blocks:
            down, across = (
                touched(*each, start, count)
                for each, start, count in zip(all_covered, (top, left), size, strict=True)
            )
            found[down, across] = True
        return found
