"""A PNG file, written row by row: so a picture may be larger than memory."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB = (8, 2, 0, 0, 0)  # bits, colour type, compression, filters, no interlacing
_SUB = 1  # the filter: each byte less the one of the pixel before, which deflates well
MOST = 2**31 - 1  # pixels along a side, as the format has it


class PngWriter:
    """Writes red, green and blue, 8 bits each, from the top row on.

    Parameters
    ----------
    stream
        Open for writing bytes.
    width, height
        In pixels; all rows must be given before it is closed.
    """

    def __init__(self, stream: BinaryIO, width: int, height: int) -> None:
        self._stream = stream
        self._left = height
        self._deflate = zlib.compressobj(6)
        stream.write(_SIGNATURE)
        self._chunk(b"IHDR", struct.pack(">II5B", width, height, *_RGB))

    def write(self, rows: np.ndarray[Any, Any]) -> None:
        """Write some rows (rows, width, 3), uint8."""
        import numpy as np

        height, width, _ = rows.shape
        lines = np.empty((height, 1 + 3 * width), np.uint8)
        lines[:, 0] = _SUB
        filtered = rows.copy()
        filtered[:, 1:] -= rows[:, :-1]
        lines[:, 1:] = filtered.reshape(height, -1)
        self._left -= height
        if packed := self._deflate.compress(lines.tobytes()):
            self._chunk(b"IDAT", packed)

    def close(self) -> None:
        """End the file."""
        if self._left:
            raise ValueError(f"{self._left} rows are missing")
        self._chunk(b"IDAT", self._deflate.flush())
        self._chunk(b"IEND", b"")

    def _chunk(self, kind: bytes, data: bytes) -> None:
        self._stream.write(struct.pack(">I", len(data)) + kind + data)
        self._stream.write(struct.pack(">I", zlib.crc32(data, zlib.crc32(kind))))
