"""Stores that are cheap to write and ruinous to read whole."""

from pathlib import Path

import numpy as np
import zarr

from .made import Made, array_document, group_document, ramp, write_json

WIDTH = 10_000
TOTAL_BYTES = 918 * 10**9


def wide_group(folder: Path) -> Made:
    """One group of 10,000 small arrays without attributes; every thousandth has a chunk."""
    path = folder / "wide_group.zarr"
    data = ramp((3, 5))
    write_json(path / "zarr.json", group_document())
    names = [f"a{number:05}" for number in range(WIDTH)]
    document = path / names[0] / "zarr.json"
    write_json(document, array_document(data.shape, data.shape))
    for name in names[1:]:
        (path / name).mkdir()
        # Making 10,000 files takes seconds on a slow disk, and linking one takes a tenth of one.
        (path / name / "zarr.json").hardlink_to(document)
    written = names[::1000]
    for name in written:
        (path / name / "c" / "0").mkdir(parents=True)
        (path / name / "c" / "0" / "0").write_bytes(data.tobytes())
    arrays = dict.fromkeys(names, np.zeros_like(data)) | dict.fromkeys(written, data)
    return Made(path, "group", 3, arrays, groups=("",))


def huge_array(folder: Path) -> Made:
    """A group with an array of 918 GB of which two chunks of 1 MiB are on the disk."""
    path = folder / "huge_array.zarr"
    shape = (3, 500, 20_000, 15_300)
    root = zarr.create_group(path, zarr_format=3)
    array = root.create_array(
        "huge",
        shape=shape,
        dtype="uint16",
        chunks=(1, 2, 512, 512),
        fill_value=1,
        dimension_names=("c", "z", "y", "x"),
    )
    block = ramp((1, 2, 512, 512), "uint32").astype("uint16")
    first = (slice(1, 2), slice(250, 252), slice(512, 1024), slice(1024, 1536))
    # The last chunk sticks out of the array along y and x.
    last = (slice(2, 3), slice(498, 500), slice(19_968, 20_000), slice(14_848, 15_300))
    array[first] = block
    array[last] = block[..., :32, :452]
    unwritten = (slice(0, 1), slice(0, 1), slice(0, 3), slice(0, 4))
    return Made(
        path,
        "group",
        3,
        {"huge": None},
        groups=("",),
        dimensions={"huge": ("c", "z", "y", "x")},
        samples=(
            ("huge", first, block),
            ("huge", last, block[..., :32, :452]),
            ("huge", unwritten, np.ones((1, 1, 3, 4), "uint16")),
        ),
    )
