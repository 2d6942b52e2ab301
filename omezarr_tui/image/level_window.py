"""The window of a channel from its coarsest level: the same for all planes, so they compare."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.channels import channel_axis
from omezarr_tui.image.contrast import percentiles_of
from omezarr_tui.image.magnitudes import magnitudes
from omezarr_tui.image.spreading import Cell, spread
from omezarr_tui.image.view import displayed_first
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Axis, Window
from omezarr_tui.settings import MIB
from omezarr_tui.store.node import Array

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.reader import Reader

# What is read for it at the most: it must not delay the first picture.
_MOST_BYTES = 16 * MIB
_MOST_REQUESTS = 64
_MOST_VALUES = 1 << 19  # of which percentiles are taken
_FEWEST_VALUES = 100  # of fewer there is no hundredth: a percentile is just one of them

Region = tuple[slice, ...]


@dataclass(frozen=True, slots=True)
class LevelWindow:
    """A window, and what it was taken of.

    Parameters
    ----------
    window
        Low and high percentiles.
    level
        The coarsest level that can be read.
    is_sample
        Whether only some of its values were looked at.
    background
        The value that was left out of the percentiles, as nearly all have it; None for none.
    is_chance
        Whether it is a sample that holds hardly anything but one value: another sample would
        tell another window.
    """

    window: Window
    level: int
    is_sample: bool
    background: float | None = None
    is_chance: bool = False

    def suits(self, seen: np.ndarray[Any, Any], *, is_maxima: bool) -> bool:
        """Whether it shows what is seen; otherwise a window of just that does.

        Parameters
        ----------
        seen
            Values of any shape.
        is_maxima
            Whether each is the maximum of many pixels. Most of them can lie above percentiles of
            single pixels, and the picture would be all white.
        """
        import numpy as np

        if self.is_chance:
            return False
        above = int(np.count_nonzero(seen > self.window.end)) if is_maxima else 0
        return 2 * above <= seen.size


def level_window(
    reader: Reader,
    image: Image,
    channel: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> LevelWindow | None:
    """The window of a channel from percentiles of the coarsest level.

    All of it is looked at where bounds on bytes and requests allow that; otherwise whole chunks
    that are spread over it. Chunks that were never written are left out.

    Parameters
    ----------
    reader
        Reads the pixels, and keeps the chunks: they are often those of the first picture.
    image
        The image; channels that are one of its first pair of axes are taken together.
    channel
        By position; 0 of an image without channels.
    cancelled
        Asked before each read.

    Returns
    -------
    window
        None where even one chunk is too much to read for it.

    Raises
    ------
    UserError
        A chunk cannot be read.
    Cancelled
        `cancelled` said True.
    """
    import numpy as np

    level = image.readable[-1]
    array = image.levels[level]
    assert isinstance(array, Array)
    regions, complete = _regions(array, image.multiscale.axes, channel_axis(image), channel)
    if not regions:
        return None
    size = sum(math.prod(part.stop - part.start for part in region) for region in regions)
    step = max(1, round(size / _MOST_VALUES))
    values: list[np.ndarray[Any, Any]] = []
    for block in reader.blocks_of(array, regions, cancelled):
        if not block.written:
            # All there is where nothing was ever written.
            fill = magnitudes(block.values.flat[:1])
            continue
        flat = block.values.reshape(-1)
        values.append(magnitudes(flat[:: _across(step, flat.size)]))
    found = percentiles_of(np.concatenate(values or [fill]))
    is_sample = not complete or step > 1
    is_chance = is_sample and found.count < _FEWEST_VALUES
    return LevelWindow(found.window, level, is_sample, found.background, is_chance)


def _across(step: int, size: int) -> int:
    """A step that meets all columns: none divides both, so that it does not come back to one."""
    while math.gcd(step, size) > 1:
        step += 1
    return step


def _regions(
    array: Array, axes: Sequence[Axis], axis: int | None, channel: int
) -> tuple[list[Region], bool]:
    """Parts of the array to look at, and whether they are all of the channel."""
    shape, chunks = array.shape, array.chunks
    each = math.prod(chunks) * (array.dtype.itemsize or 8)
    if each > _MOST_BYTES:
        return [], False
    whole = [slice(0, size) for size in shape]
    if axis is not None and axis not in displayed_first(axes, shape):
        at = min(channel, shape[axis] - 1)
        whole[axis] = slice(at, at + 1)
    first = [part.start // step for part, step in zip(whole, chunks, strict=True)]
    grid = [-(-part.stop // step) - at for part, step, at in zip(whole, chunks, first, strict=True)]
    if math.prod(grid) <= min(_MOST_REQUESTS, _MOST_BYTES // each):
        return [tuple(whole)], True
    most = _MOST_REQUESTS
    if array.shards is not None:  # those of chunks, and those of the indices that tell where
        most //= 2
        each += array.shard_index.nbytes if array.shard_index else 0
    cells = spread(grid, max(1, min(most, _MOST_BYTES // each)))
    return [_inside(whole, chunks, first, cell) for cell in cells], False


def _inside(
    whole: Sequence[slice], chunks: Sequence[int], first: Sequence[int], cell: Cell
) -> Region:
    """What a chunk, by its place in a grid that begins at `first`, has of the whole."""
    return tuple(
        slice(max(part.start, (low + at) * step), min(part.stop, (low + at + 1) * step))
        for part, step, low, at in zip(whole, chunks, first, cell, strict=True)
    )
