"""What is seen -> a PNG: every pixel of the level that is shown, in the colours of the screen."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.export_file import check_place, new_file
from omezarr_tui.image.framing import framed
from omezarr_tui.image.overlay import label_sampling, read_labels
from omezarr_tui.image.picture import Layer, Picture
from omezarr_tui.image.png import PngWriter
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.sampling import plane_size
from omezarr_tui.image.scale_bar import ScaleBar, bar_mask
from omezarr_tui.store.waiting import Cancelled

if TYPE_CHECKING:
    import numpy as np

SCALES = (1, 2, 4, 8)
_BAND_PIXELS = 1 << 21  # that are coloured at a time
# Outlines of labels look at their neighbours, and patterns of what is no value repeat so often.
_APRON = 4


@dataclass(frozen=True, slots=True)
class ViewSize:
    """How large a picture becomes.

    Parameters
    ----------
    top, bottom, left, right
        The pixels of the level that is shown.
    down, across
        How often a pixel is repeated.
    """

    top: int
    bottom: int
    left: int
    right: int
    down: float
    across: float

    @property
    def height(self) -> int:
        """In pixels of the picture."""
        return max(1, round((self.bottom - self.top) * self.down))

    @property
    def width(self) -> int:
        """In pixels of the picture."""
        return max(1, round((self.right - self.left) * self.across))

    @property
    def is_stretched(self) -> bool:
        """Whether pixels are repeated more often one way than the other."""
        return self.down != self.across


def view_size(
    picture: Picture, part: tuple[slice, slice] | None = None, scale: int = 1
) -> ViewSize:
    """The size of what is saved of a picture.

    Parameters
    ----------
    picture
        What is shown.
    part
        Pixels of the level, down and across; None for what is seen.
    scale
        How often a pixel is repeated. Where pixels are no squares the longer sides are
        repeated more often, so that proportions are as on the screen.
    """
    sampling, request = picture.sampling, picture.request
    rows, columns = part or (sampling.region[sampling.rows], sampling.region[sampling.columns])
    height, width = plane_size(request.image, request.view)
    tall = height / sampling.array.shape[sampling.rows]
    wide = width / sampling.array.shape[sampling.columns]
    smaller = min(tall, wide)
    down, across = (
        scale if math.isclose(side, smaller, rel_tol=0.05) else scale * side / smaller
        for side in (tall, wide)
    )
    return ViewSize(rows.start, rows.stop, columns.start, columns.stop, down, across)


def save_view(
    reader: Reader,
    picture: Picture,
    size: ViewSize,
    out: Path,
    *,
    bar: ScaleBar | None = None,
    overwrite: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Write a picture, with its windows, colours and labels, at the level that it shows.

    Parameters
    ----------
    reader
        Reads the pixels.
    picture
        What is shown.
    size
        What of it, and how large; of `view_size`.
    out
        The file.
    bar
        A scale bar to draw at the bottom right; it is left out where there is no room.
    overwrite
        Replace a file that is there.
    progress
        Told rows of the picture so far and in all.
    cancelled
        Asked before each read.

    Raises
    ------
    UserError
        There is such a file, or a chunk cannot be read.
    Cancelled
        `cancelled` said True; nothing is left of the file.
    OSError
        The folder cannot be written.
    """
    check_place(out, overwrite=overwrite)
    mask = bar_mask(bar, round(size.across), size.height, size.width) if bar else None
    with new_file(out, overwrite=overwrite) as file, file.open("wb") as stream:
        png, done = PngWriter(stream, size.width, size.height), 0
        for top, band in _bands(reader, picture, size, cancelled):
            rows = _repeated(band, top, size)
            if mask is not None:
                _draw(rows, mask, done, size.height)
            png.write(rows)
            done += len(rows)
            progress(done, size.height)
        png.close()


def _bands(
    reader: Reader, picture: Picture, size: ViewSize, cancelled: Callable[[], bool]
) -> Iterator[tuple[int, np.ndarray[Any, Any]]]:
    """Rows of the level in colours (rows, columns, 3), each band with its first row."""
    fitting = max(1, _BAND_PIXELS // (size.right - size.left))
    chunk = picture.sampling.array.chunks[picture.sampling.rows]
    step = fitting // chunk * chunk or fitting
    step = max(_APRON, step // _APRON * _APRON)
    for top in range(size.top, size.bottom, step):
        if cancelled():
            raise Cancelled
        bottom = min(size.bottom, top + step)
        # By whole aprons from the first row, so that patterns go on from band to band.
        first, last = max(size.top, top - _APRON), min(size.bottom, bottom + _APRON)
        colors = _colors(reader, picture, size, first, last, cancelled)
        yield top, colors[top - first : bottom - first]


def _colors(
    reader: Reader,
    picture: Picture,
    size: ViewSize,
    top: int,
    bottom: int,
    cancelled: Callable[[], bool],
) -> np.ndarray[Any, Any]:
    """Some rows of the level in colours, one for each pixel."""
    request = picture.request
    samplings = [
        replace(
            layer.sampling,
            top=float(top),
            bottom=float(bottom),
            left=float(size.left),
            right=float(size.right),
            grid=(bottom - top, size.right - size.left),
        )
        for layer in picture.layers
    ]
    layers = [
        Layer(layer.channel, sampling, reader.sample(sampling, cancelled), layer.window, "")
        for layer, sampling in zip(picture.layers, samplings, strict=True)
    ]
    labels = None
    if request.overlay is not None and picture.no_labels is None:
        over = label_sampling(samplings[0], request.image, request.overlay.labels)
        labels = read_labels(reader, over, cancelled)
    look = replace(
        request.look, rendering="pixels", depth="true", composed=request.is_composed, steps=256
    )
    pixels = framed(replace(request, look=look), layers, labels).pixels
    assert pixels is not None
    return pixels


def _repeated(band: np.ndarray[Any, Any], top: int, size: ViewSize) -> np.ndarray[Any, Any]:
    """The rows of the picture that a band makes."""
    import numpy as np

    first, last = top - size.top, top - size.top + len(band)
    # Row r of the picture shows row floor((r + ½) / down) of the level.
    places = np.arange(size.height) + 0.5
    down = (places * (size.bottom - size.top) / size.height).astype(int)
    wanted = down[(down >= first) & (down < last)] - first
    across = ((np.arange(size.width) + 0.5) * (size.right - size.left) / size.width).astype(int)
    rows: np.ndarray[Any, Any] = band[wanted][:, across]
    return rows


def _draw(rows: np.ndarray[Any, Any], mask: np.ndarray[Any, Any], first: int, height: int) -> None:
    """Draw, in place, what of a bar lies in some rows of the picture."""
    top = height - len(mask)
    start, stop = max(first, top), first + len(rows)
    if start < stop:
        part, here = mask[start - top : stop - top], rows[start - first :]
        here[part == 1] = 0
        here[part == 2] = 255
