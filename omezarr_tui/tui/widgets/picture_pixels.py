"""True pixels as what a terminal is sent: an image for each row of cells.

A row that did not change is not sent again, and one that a dialog covered comes back with
its line.
"""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from omezarr_tui.tui.widgets.picture_drawn import places_along

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.cells import Frame
    from omezarr_tui.image.plotted import Line
    from omezarr_tui.image.region import Box
    from omezarr_tui.tui.graphics import Protocol
    from omezarr_tui.tui.widgets.picture_drawn import Drawn

_PIECE = 4096  # letters of one of kitty's commands at most
_PLACEHOLDER, _FIRST = "\U0010eeee", "\u0305"
_FIRST_ID = 0x5A_A5_00  # of kitty's images: one for each row
_ROWS_KEPT = 256
_DASH = 4  # pixels, and as many between two


def pixel_rows(frame: Frame, protocol: Protocol, drawn: Drawn | None = None) -> list[str]:
    """What is written for each row of cells of a frame of true pixels.

    Encoding takes a while, some 200 ms for 160 × 45 cells of sixels; the last rows are kept, so
    that a second call, and rows that did not change, take none.

    Parameters
    ----------
    drawn
        What is drawn over it: a sample is a pixel.
    """
    import numpy as np

    assert frame.pixels is not None
    height, width = frame.per_cell
    rows, columns = frame.size
    pixels = np.zeros((rows * height, columns * width, 3), np.uint8)  # up to whole cells
    shown = frame.pixels[: len(pixels), : pixels.shape[1]]
    pixels[: len(shown), : shown.shape[1]] = shown
    if drawn is not None and drawn.line is not None:
        _draw_line(pixels, drawn.line)
    if drawn is not None and drawn.box is not None:
        _draw_outline(pixels, drawn.box)
    if drawn is not None and drawn.mark is not None:
        _draw_cross(pixels, drawn.mark, max(2, height // 2))
    encode = _kitty if protocol == "kitty" else _sixel
    return [
        encode(pixels[top : top + height].tobytes(), columns, (height, columns * width), row)
        for row, top in enumerate(range(0, len(pixels), height))
    ]


def _draw_cross(pixels: np.ndarray[Any, Any], at: tuple[int, int], arm: int) -> None:
    """Invert a cross around a pixel, which itself is left as it is."""
    row, column = at
    for rows, columns in (
        (slice(max(0, row - arm), row), slice(column, column + 1)),
        (slice(row + 1, row + 1 + arm), slice(column, column + 1)),
        (slice(row, row + 1), slice(max(0, column - arm), column)),
        (slice(row, row + 1), slice(column + 1, column + 1 + arm)),
    ):
        _contrast(pixels, rows, columns)


def _draw_outline(pixels: np.ndarray[Any, Any], box: Box) -> None:
    """Invert the pixels at the edges of a region; those out of sight are not drawn."""
    height, width = pixels.shape[:2]
    inside = slice(max(0, box.left), max(0, box.right))
    for row in {box.top, box.bottom - 1}:
        if 0 <= row < height:
            _contrast(pixels, slice(row, row + 1), inside)
    between = slice(max(0, box.top + 1), max(0, box.bottom - 1))
    for column in {box.left, box.right - 1}:
        if 0 <= column < width:
            _contrast(pixels, between, slice(column, column + 1))


def _draw_line(pixels: np.ndarray[Any, Any], line: Line) -> None:
    """Invert dashes along a line."""
    for number, (row, column) in enumerate(places_along(line, pixels.shape[:2])):
        if number % (2 * _DASH) < _DASH:
            _contrast(pixels, slice(row, row + 1), slice(column, column + 1))


def _contrast(pixels: np.ndarray[Any, Any], rows: slice, columns: slice) -> None:
    pixels[rows, columns] = (pixels[rows, columns] < 128) * 255


@lru_cache(maxsize=_ROWS_KEPT)
def _sixel(pixels: bytes, columns: int, size: tuple[int, int], row: int) -> str:
    """A row of cells as a sixel image; the cursor goes on behind it."""
    from PIL import Image
    from textual_image._sixel import image_to_sixels

    image = image_to_sixels(Image.frombytes("RGB", size[::-1], pixels))
    return f"\x1b7{image}\x1b8\x1b[{columns}C"


@lru_cache(maxsize=_ROWS_KEPT)
def _kitty(pixels: bytes, columns: int, size: tuple[int, int], row: int) -> str:
    """A row of cells as an image, and the placeholders that show it."""
    import zlib

    number = _FIRST_ID + row
    data = b64encode(zlib.compress(pixels, 1)).decode()
    pieces = [data[at : at + _PIECE] for at in range(0, len(data), _PIECE)]
    told = f"a=T,U=1,q=2,f=24,o=z,i={number},s={size[1]},v={size[0]},c={columns},r=1,"
    sent = "".join(
        f"\x1b_G{told if at == 0 else ''}m={int(at < len(pieces) - 1)};{piece}\x1b\\"
        for at, piece in enumerate(pieces)
    )
    red, green, blue = number.to_bytes(3)
    # Each placeholder after the first shows the column after that of the one before.
    places = _PLACEHOLDER + _FIRST * 2 + _PLACEHOLDER * (columns - 1)
    return f"{sent}\x1b[38;2;{red};{green};{blue}m{places}\x1b[39m"
