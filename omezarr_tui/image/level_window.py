"""The window of a channel from its coarsest level: the same for all planes, so they compare."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.channels import channel_axis
from omezarr_tui.image.contrast import window_of
from omezarr_tui.image.magnitudes import magnitudes
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
_MOST_PLANES = 64
_MOST_CHUNKS = 64
_MOST_VALUES = 1 << 19  # of which percentiles are taken

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
    """

    window: Window
    level: int
    is_sample: bool


def level_window(
    reader: Reader,
    image: Image,
    channel: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> LevelWindow | None:
    """The window of a channel from percentiles of the coarsest level.

    Planes are taken at even distances, as many as a bound on bytes allows; of a plane that is
    too large by itself, its middle. Chunks that were never written are left out.

    Parameters
    ----------
    reader
        Reads the pixels, and keeps the chunks: they are often those of the first picture.
    image
        The image; its first pair of axes counts as the plane, whichever is displayed.
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
    share = max(1, _MOST_VALUES // len(regions))
    values: list[np.ndarray[Any, Any]] = []
    for region in regions:
        for block in reader.blocks(array, region, cancelled):
            if not block.written:
                # All there is where nothing was ever written.
                fill = magnitudes(block.values.flat[:1])
                continue
            flat = magnitudes(block.values).reshape(-1)
            count = math.prod(part.stop - part.start for part in region)
            step = max(1, round(count / share))
            complete = complete and step == 1
            values.append(flat[::step])
    return LevelWindow(window_of(np.concatenate(values or [fill])), level, not complete)


def _regions(
    array: Array, axes: Sequence[Axis], axis: int | None, channel: int
) -> tuple[list[Region], bool]:
    """Parts of the array to look at, and whether they are all of the channel."""
    shape, chunks = array.shape, array.chunks
    chunk_bytes = math.prod(chunks) * (array.dtype.itemsize or 8)
    most = min(_MOST_CHUNKS, _MOST_BYTES // max(1, chunk_bytes))
    if most < 1:
        return [], False
    plane, complete = [slice(0, size) for size in shape], True
    across = 1
    shown = displayed_first(axes, shape)
    grids = [-(-shape[at] // chunks[at]) for at in range(len(shape)) if at in shown or at != axis]
    fits = math.prod(grids) <= most
    for at in shown:
        grid = -(-shape[at] // chunks[at])
        kept = grid if fits else min(grid, max(1, math.isqrt(most)))
        first = (grid - kept) // 2
        plane[at] = slice(first * chunks[at], min((first + kept) * chunks[at], shape[at]))
        complete = complete and kept == grid
        across *= kept
    others = [at for at in range(len(shape)) if at not in (*shown, axis)]
    # Whole layers of chunks: what is decoded anyway is looked at.
    layers = [-(-shape[at] // chunks[at]) for at in others]
    count = min(math.prod(layers), max(1, most // across), _MOST_PLANES)
    every = math.prod(layers)
    complete = complete and count == every
    if axis is not None and axis not in shown:
        at = min(channel, shape[axis] - 1)
        plane[axis] = slice(at, at + 1)
    regions = []
    for number in range(count):
        region, left = list(plane), (2 * number + 1) * every // (2 * count)
        for at, size in zip(others, layers, strict=True):
            left, layer = divmod(left, size)
            region[at] = slice(layer * chunks[at], min((layer + 1) * chunks[at], shape[at]))
        regions.append(tuple(region))
    return regions, complete
