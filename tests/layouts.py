"""One array in every layout that a reader must see through, and ways to read parts of it."""

from pathlib import Path
from typing import Any

import numpy as np
import zarr
from hypothesis import strategies as st
from looking import values_of

from omezarr_tui.image.reader import Reader
from omezarr_tui.store.node import Array

DOCUMENTS = ("zarr.json", ".zarray", ".zattrs", ".zgroup")
LAYOUTS: dict[str, dict[str, Any]] = {
    "v2": {"zarr_format": 2, "chunks": (2, 3, 4)},
    "v2, F order": {"zarr_format": 2, "chunks": (2, 3, 4), "order": "F"},
    "v2, big-endian": {"zarr_format": 2, "chunks": (2, 3, 4), "dtype": ">u2"},
    "v3": {"chunks": (2, 3, 4)},
    "v3, big-endian": {"chunks": (2, 3, 4), "serializer": zarr.codecs.BytesCodec(endian="big")},
    "v3, transposed": {"chunks": (2, 3, 4), "filters": zarr.codecs.TransposeCodec(order=(2, 0, 1))},
    "v3, sharded": {"chunks": (1, 3, 2), "shards": (2, 3, 4)},
    "v3, large shards": {"chunks": (2, 3, 4), "shards": (8, 12, 16)},
    "v3, one chunk": {"chunks": (5, 7, 11)},
}
SHAPE = (5, 7, 11)


def write_layouts(folder: Path) -> dict[str, Path]:
    """Write the same values into a store of each layout."""
    for name, options in LAYOUTS.items():
        array = zarr.create_array(folder / name, **{"dtype": "uint16", "shape": SHAPE} | options)
        array[...] = values_of(SHAPE)
    return {name: folder / name for name in LAYOUTS}


def chunks_read(seen: list[str]) -> list[str]:
    return [path for path in seen if Path(path).name not in DOCUMENTS]


def read_region(reader: Reader, node: Array, region: tuple[slice, ...]) -> np.ndarray[Any, Any]:
    """A region put together from its blocks, of which each value must come once."""
    found = np.zeros([part.stop - part.start for part in region], "float64")
    times = np.zeros(found.shape, int)
    for piece in reader.blocks(node, region):
        start, block = piece.start, piece.values
        place = tuple(
            slice(first - part.start, first - part.start + size)
            for first, part, size in zip(start, region, block.shape, strict=True)
        )
        found[place] = block
        times[place] += 1
    assert (times == 1).all()
    return found


@st.composite
def regions(draw: st.DrawFn, shape: tuple[int, ...] = SHAPE) -> tuple[slice, ...]:
    return tuple(
        slice(first, draw(st.integers(first + 1, size)))
        for size in shape
        for first in [draw(st.integers(0, size - 1))]
    )
