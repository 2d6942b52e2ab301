"""Profiles: the values of pixels along a line through an array, one after another."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.histogram import Region
from omezarr_tui.image.long_integers import MOST, counted_from, is_long
from omezarr_tui.image.magnitudes import magnitudes
from omezarr_tui.store.node import Array
from omezarr_tui.store.waiting import Cancelled

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.reader import Reader
    from omezarr_tui.ome.model import Axis, Level

_MOST_PIXELS = 1 << 22  # of one profile

Pixel = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Track:
    """The pixels of an array that lie on a line between two of them.

    They are as many as the line is long in pixels, at equal distances, each the nearest pixel to
    its place on the line. Along an axis these are all pixels between the two.

    Parameters
    ----------
    level
        Number of the level.
    array
        Its array.
    start, end
        The first and the last pixel: an index for each axis.
    """

    level: int
    array: Array
    start: Pixel
    end: Pixel

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes that it runs along."""
        return tuple(
            at for at, (one, two) in enumerate(zip(self.start, self.end, strict=True)) if one != two
        )

    @property
    def count(self) -> int:
        """How many pixels it has."""
        length = math.dist(self.start, self.end)
        return min(1 + round(length), _MOST_PIXELS)

    def pixel(self, number: int) -> Pixel:
        """A pixel of it, by its number from 0."""
        return tuple(int(at) for at in self.pixels()[number])

    def pixels(self) -> np.ndarray[Any, Any]:
        """Indices (count, axes), int64."""
        import numpy as np

        start, end = np.array(self.start, np.int64), np.array(self.end, np.int64)
        last = max(1, self.count - 1)
        numbers = np.arange(self.count, dtype=np.int64)[:, None]
        # In whole numbers; halves go up.
        pixels: np.ndarray[Any, Any] = start + (2 * numbers * (end - start) + last) // (2 * last)
        return pixels

    def at_channel(self, axis: int | None, channel: int) -> Track:
        """The same pixels of another channel."""
        if axis is None:
            return self
        start, end = (
            (*pixel[:axis], channel, *pixel[axis + 1 :]) for pixel in (self.start, self.end)
        )
        return Track(self.level, self.array, start, end)

    def parts(self) -> Iterator[tuple[slice, Region]]:
        """Pixels that are read together: their numbers, and the region that holds them.

        Along an axis there is one part; of a drawn line one for each chunk that it crosses, so
        that no other chunk is read.
        """
        import numpy as np

        pixels = self.pixels()
        if len(self.axes) <= 1:
            yield slice(0, len(pixels)), _box(pixels)
            return
        chunks = (pixels // np.array(self.array.chunks)).tolist()
        for _, numbers in groupby(range(len(pixels)), key=chunks.__getitem__):
            run = list(numbers)
            part = slice(run[0], run[-1] + 1)
            yield part, _box(pixels[part])

    @property
    def decoded_bytes(self) -> int:
        """Uncompressed bytes of the chunks that must be read for it."""
        import numpy as np

        array = self.array
        if len(self.axes) <= 1:
            pairs = zip(self.start, self.end, array.chunks, strict=True)
            chunks = math.prod(abs(two // size - one // size) + 1 for one, two, size in pairs)
        else:
            chunks = len(np.unique(self.pixels() // np.array(array.chunks), axis=0))
        return chunks * math.prod(array.chunks) * (array.dtype.itemsize or 1)


@dataclass(frozen=True, slots=True)
class Profile:
    """The values along a track, or as far as it was read.

    Parameters
    ----------
    values
        Of each pixel (count,), in the type of the array.
    known
        Which of them were read (count,), bool.
    """

    track: Track
    values: np.ndarray[Any, Any]
    known: np.ndarray[Any, Any]

    def copy(self) -> Profile:
        """What is known now, whatever is read later."""
        return Profile(self.track, self.values.copy(), self.known.copy())

    @property
    def origin(self) -> int:
        """The least value where doubles do not hold the values; else 0."""
        if not is_long(self.values.dtype.name) or not self.known.any():
            return 0
        known = self.values[self.known]
        low, high = int(known.min()), int(known.max())
        return low if max(-low, high) > MOST else 0

    def drawn(self, origin: int = 0) -> np.ndarray[Any, Any]:
        """Values to draw (count,), float64: NaN where there is none, or no finite one.

        Parameters
        ----------
        origin
            What they are counted from.
        """
        import numpy as np

        values = self.values
        is_far = origin and is_long(values.dtype.name)
        values = counted_from(values, origin) if is_far else values.astype(np.float64) - origin
        values[~(self.known & np.isfinite(values))] = np.nan
        return values


def read_profile(
    reader: Reader,
    track: Track,
    progress: Callable[[Profile], None] = lambda profile: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Profile:
    """Read the values along a track, chunk by chunk.

    Parameters
    ----------
    reader
        Reads the pixels.
    track
        Which.
    progress
        Given what is known after each chunk; the arrays in it go on being filled.
    cancelled
        Asked before each chunk.

    Raises
    ------
    UserError
        A chunk cannot be read.
    Cancelled
        `cancelled` said True.
    """
    import numpy as np

    pixels = track.pixels()
    known = np.zeros(len(pixels), bool)
    values: np.ndarray[Any, Any] | None = None
    for part, region in track.parts():
        here = pixels[part]
        for block in reader.blocks(track.array, region, cancelled):
            if cancelled():
                raise Cancelled
            if values is None:
                values = np.zeros(len(pixels), magnitudes(block.values[:0]).dtype)
            places = here - np.array(block.start)
            inside = ((places >= 0) & (places < block.values.shape)).all(axis=1)
            numbers = np.flatnonzero(inside) + part.start
            values[numbers] = magnitudes(block.values[tuple(places[inside].T)])
            known[numbers] = True
            progress(Profile(track, values, known))
    assert values is not None  # a track has a pixel at least
    return Profile(track, values, known)


def physical_steps(track: Track, axes: tuple[Axis, ...], level: Level) -> tuple[float, str] | None:
    """The physical distance between neighbours on a track, and its unit.

    Returns
    -------
    step, unit
        None where an axis has no unit, or the units differ.
    """
    along = track.axes
    units = {axes[at].unit for at in along}
    if len(units) != 1 or track.count < 2 or (unit := units.pop()) is None:
        return None
    sides = ((track.end[at] - track.start[at]) * level.scale[at] for at in along)
    step = math.hypot(*sides) / (track.count - 1)
    return (step, unit) if 0 < step < math.inf else None


def _box(pixels: np.ndarray[Any, Any]) -> Region:
    low, high = pixels.min(axis=0).tolist(), pixels.max(axis=0).tolist()
    return tuple(slice(one, two + 1) for one, two in zip(low, high, strict=True))
