"""What `remote.py` expects: found in the same stores on a disk, by other means than there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from remote_ways import OBSTORE, PAGE, PROGRAM, ROOM, Tree, program_image

from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.image.sampling import Sampling
from omezarr_tui.image.view import first_view
from omezarr_tui.store.access import open_access
from omezarr_tui.store.location import Location


def sampling_of(store: Path, *, is_plate: bool) -> Sampling:
    """What the program shows of a store: level, region and samples."""
    image = program_image(open_access(Location.local(store)), is_plate=is_plate)
    view = first_view(image)
    assert view is not None
    return PictureRequest(image, view, ROOM).sampling()


def check_trees(store: Path, found: Mapping[str, Tree | None]) -> None:
    """Hold the children that were found, by contender, against those on the disk."""
    members = zarr.open_group(store, mode="r").members()
    there: Tree = {name: getattr(member, "shape", None) for name, member in members}
    for name, tree in found.items():
        if tree is not None:
            count = min(PAGE, len(there)) if name == PROGRAM else len(there)
            assert tree.items() <= there.items(), f"{name} found something else"
            assert len(tree) == count, f"{name} found {len(tree)} of {count}"


def check_planes(sampling: Sampling, found: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Hold the picture's samples against averages of the region that zarr-python read."""
    region = found[OBSTORE]
    for name, values in found.items():
        assert name == PROGRAM or np.array_equal(values, region), f"{name} read something else"
    down = _parts_covered(sampling.top, sampling.bottom, sampling.grid[0], region.shape[-2])
    across = _parts_covered(sampling.left, sampling.right, sampling.grid[1], region.shape[-1])
    expected = down @ region.reshape(region.shape[-2:]).astype(float) @ across.T
    assert np.allclose(found[PROGRAM], expected), "the picture shows something else"


def _parts_covered(first: float, last: float, samples: int, pixels: int) -> np.ndarray[Any, Any]:
    """How much of each sample each pixel makes up: (samples, pixels)."""
    edges = np.linspace(first, last, samples + 1) - np.floor(first)
    low, high = edges[:-1, None], edges[1:, None]
    at = np.arange(pixels)
    covered: Any = np.minimum(high, at + 1) - np.maximum(low, at)
    parts: np.ndarray[Any, Any] = covered.clip(0) / (high - low)
    return parts
