"""One plane of an image, opened from nothing: by the program's own code, and by zarr-python.

    python benchmarks/one_plane.py program STORE
    python benchmarks/one_plane.py zarr STORE ARRAY START:STOP,START:STOP,START:STOP

is what `first_plane.py` starts as whole processes; the imports are part of the work there, so
they stand inside the functions.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.picture import Painter, Picture, PictureRequest

# The cells that the picture has in a terminal of 160 × 45: rows and columns.
ROOM = (37, 98)
How = Literal["fitting", "close", "finest"]
"""The whole plane at the level that fits; a part of the finest level, about one of its pixels to
a sample; or the whole plane of the finest level."""


def request_for(path: Path, how: How = "fitting") -> tuple[Painter, PictureRequest]:
    """Open a store and find out what to show, and with what."""
    from omezarr_tui.image.picture import Painter, PictureRequest
    from omezarr_tui.image.reader import Reader
    from omezarr_tui.image.view import first_view
    from omezarr_tui.ome.discover import image_of
    from omezarr_tui.store.access import Options, open_access
    from omezarr_tui.store.location import Location
    from omezarr_tui.store.opening import find_node

    access = open_access(Location.local(path), Options(read_only=True))
    image = image_of(access, find_node(access, ""))
    assert image is not None
    view = first_view(image)
    assert view is not None
    if how == "close":
        # A cell is twice as high as wide, so a row of cells covers two rows of pixels.
        fits = max(view.extent[view.rows] / (2 * ROOM[0]), view.extent[view.columns] / ROOM[1])
        view = view.zoomed(fits)
    request = PictureRequest(image, view, ROOM, level=0 if how == "finest" else None)
    return Painter(Reader(access)), request


def with_program(path: Path, how: How = "fitting") -> Picture:
    """Open a store and show a plane, as characters."""
    painter, request = request_for(path, how)
    return painter.paint(request)


def with_zarr(path: Path, array: str, region: tuple[slice, ...]) -> np.ndarray[Any, Any]:
    """Open a store with zarr-python and read a region."""
    import zarr

    values: Any = zarr.open_group(path, mode="r")[array][region]  # type: ignore[index]
    return values  # type: ignore[no-any-return]


def stepped(request: PictureRequest, planes: int) -> PictureRequest:
    """The request some planes further along z."""
    view = request.view
    return replace(request, view=view.at(0, view.index[0] + planes, view.extent[0]))


if __name__ == "__main__":
    _, who, store, *rest = sys.argv
    if who == "program":
        with_program(Path(store))
    else:
        bounds = [[int(end) for end in part.split(":")] for part in rest[1].split(",")]
        with_zarr(Path(store), rest[0], tuple(slice(*pair) for pair in bounds))
