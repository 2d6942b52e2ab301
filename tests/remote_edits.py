"""What the tests of edits on servers share: an image, ways to look at one, and kinds of edits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import zarr
from foreign import Array as Values
from foreign.made import quiet

from omezarr_tui.edit.attr_expressions import attr_edit
from omezarr_tui.edit.changes import Fill
from omezarr_tui.edit.described import describe_node
from omezarr_tui.edit.image_edit import edited_image, image_edit
from omezarr_tui.edit.nodes import CopyNode, DeleteNode, MoveNode
from omezarr_tui.edit.operation import Edit
from omezarr_tui.edit.pixels import PixelEdit
from omezarr_tui.image.selection import parse_selection
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array

SHAPE = (2, 8, 12)
Keys = dict[str, bytes | None]


def write_image(folder: Path, zarr_format: int = 3) -> Path:
    """Write an image of z, y, x with two levels, by mean, and labels; all of it consolidated."""
    root = zarr.create_group(folder, zarr_format=2 if zarr_format == 2 else 3)
    _write_levels(root, np.random.default_rng(3).integers(0, 60_000, SHAPE, "uint16"))
    labels = root.create_group("labels")
    _set_ome(labels, {"labels": ["nuclei"]})
    _write_levels(labels.create_group("nuclei"), np.arange(192).reshape(SHAPE).astype("uint8"))
    with quiet():
        zarr.consolidate_metadata(folder)
    return folder


def _write_levels(group: zarr.Group, finest: Values) -> None:
    datasets = []
    for level in range(2):
        data = finest if level == 0 else coarser(finest)
        key_encoding = {"name": "v2", "separator": "/"} if group.metadata.zarr_format == 2 else None
        group.create_array(
            f"s{level}", data=data, chunks=(1, 4, 6), chunk_key_encoding=key_encoding
        )
        scale = [1.0, 0.5 * 2**level, 0.5 * 2**level]
        datasets.append(
            {
                "path": f"s{level}",
                "coordinateTransformations": [{"type": "scale", "scale": scale}],
            }
        )
    axes = [{"name": name, "type": "space", "unit": "micrometer"} for name in "zyx"]
    _set_ome(group, {"multiscales": [{"axes": axes, "datasets": datasets}]})


def _set_ome(group: zarr.Group, attributes: dict[str, list[object]]) -> None:
    if group.metadata.zarr_format == 3:
        group.update_attributes({"ome": {"version": "0.5", **attributes}})
    else:
        for entry in attributes.get("multiscales", []):
            entry["version"] = "0.4"  # type: ignore[index]
        group.update_attributes(attributes)


def coarser(values: Values) -> Values:
    """The mean of each block of 2 x 2 in y and x."""
    z, y, x = values.shape
    blocks = values.reshape(z, y // 2, 2, x // 2, 2).mean((2, 4))
    return np.asarray(blocks.astype(values.dtype))


def keys_in(access: Access) -> Keys:
    """Every key of a store, with its bytes."""
    keys = [key for key, _ in access.keys_below("")]
    with ThreadPoolExecutor(8) as pool:
        return dict(zip(keys, pool.map(access.get, keys), strict=True))


def values_in(access: Access, path: str) -> Values:
    """All values of an array, by zarr-python alone."""
    array = zarr.open_array(access.zarr_store(), path=path, mode="r")
    return np.asarray(array[...])


def fill_plane(access: Access, z: int = 1, value: int = 0) -> Edit:
    """A plane of the image, with its pyramid."""
    image, level = edited_image(access, "")
    array = image.levels[level]
    assert isinstance(array, Array)
    selection = parse_selection(f"z={z}", array.shape, ["z", "y", "x"])
    return image_edit(image, level, PixelEdit(array, selection, Fill(np.uint16(value))))


def pixel_size(access: Access, value: float = 0.25) -> Edit:
    """The distance of planes, which all levels tell."""
    return attr_edit(describe_node(access, ""), [f"pixel-size.z={value}"])


KINDS: dict[str, Callable[[Access], Edit]] = {
    "fill": fill_plane,
    "attr": pixel_size,
    "rename": lambda access: MoveNode("labels/nuclei", "labels/cells"),
    "copy": lambda access: CopyNode("labels/nuclei", "labels/again"),
    "delete": lambda access: DeleteNode("labels/nuclei"),
}
"""Edits of every kind, of the image."""
