"""One small store of each Zarr format, and every kind of edit that can be made of it."""

import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import zarr

from omezarr_tui.edit.attr_expressions import attr_edit
from omezarr_tui.edit.changes import Arithmetic, Change, Clip, Fill, Replace
from omezarr_tui.edit.channel_order import OrderChannels
from omezarr_tui.edit.conditions import parse_condition
from omezarr_tui.edit.consolidating import Consolidate, DropConsolidated
from omezarr_tui.edit.described import describe_node
from omezarr_tui.edit.image_edit import edited_image, image_edit
from omezarr_tui.edit.levels import AddLevel, DropLevel
from omezarr_tui.edit.nodes import CopyNode, DeleteNode, MoveNode
from omezarr_tui.edit.operation import Edit
from omezarr_tui.edit.pixels import PixelEdit
from omezarr_tui.edit.planes import CopyPlane, Interpolate
from omezarr_tui.image.selection import parse_selection
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array

IMAGE, LABELS, OTHER = "image", "image/labels/cells", "other"
_SHAPE = (2, 3, 4, 4)  # c, z, y, x

Kind = Callable[[Access, Random], Edit]


def image_store(folder: Path, zarr_format: int, seed: int = 0) -> Path:
    """Write an image of two levels with labels, an empty group, and consolidated metadata.

    Some chunks are missing, as all in them is the fill value, and two files may not be read by
    everyone. In Zarr v3 the finest level is sharded; in v2 a chunk holds both channels.
    """
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 200, _SHAPE, "uint8")
    values[:, 2] = 0
    axes: list[dict[str, str]] = [{"name": "c", "type": "channel"}]
    axes += [{"name": name, "type": "space", "unit": "micrometer"} for name in "zyx"]
    root = zarr.create_group(folder, zarr_format=zarr_format)
    root.create_group(OTHER)
    channels = [{"label": name, "color": "FF0000", "active": True} for name in ("a", "b")]
    image = root.create_group(
        IMAGE, attributes=_ome(zarr_format, axes, 2, {"omero": {"channels": channels}})
    )
    fine = {"chunks": (1, 1, 4, 4), "shards": (1, 3, 4, 4)}
    image.create_array(
        "s0", data=values, **(fine if zarr_format == 3 else {"chunks": (2, 1, 4, 4)})
    )
    image.create_array("s1", data=values[..., ::2, ::2], chunks=(1, 1, 2, 2))
    listing = {"labels": ["cells"]}
    image.create_group("labels", attributes={"ome": listing} if zarr_format == 3 else listing)
    labels = root.create_group(
        LABELS, attributes=_ome(zarr_format, axes[1:], 1, {"image-label": {"version": "0.4"}})
    )
    labels.create_array("s0", data=rng.integers(0, 4, _SHAPE[1:], "uint16"), chunks=(1, 4, 4))
    with warnings.catch_warnings():  # that Zarr v3 does not know of them
        warnings.simplefilter("ignore")
        zarr.consolidate_metadata(folder, zarr_format=zarr_format)  # type: ignore[arg-type]
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files[::4]:
        path.chmod(0o640)
    files[0].chmod(0o600)
    return folder


def _ome(
    zarr_format: int, axes: list[dict[str, str]], levels: int, more: dict[str, Any]
) -> dict[str, Any]:
    datasets = []
    for level in range(levels):
        scale = [2.0**level if axis["name"] in "yx" else 1.0 for axis in axes]
        steps = [{"type": "scale", "scale": scale}]
        datasets.append({"path": f"s{level}", "coordinateTransformations": steps})
    told = {"multiscales": [{"name": "n", "axes": axes, "datasets": datasets}], **more}
    if zarr_format == 3:
        return {"ome": {"version": "0.5", **told}}
    told["multiscales"][0]["version"] = "0.4"
    return told


def _pixels(change: Change, text: str, where: str | None = None, path: str = IMAGE) -> Kind:
    def made(access: Access, random: Random) -> Edit:
        return pixel_edit(access, change, text, where, path)

    return made


def pixel_edit(
    access: Access, change: Change, text: str, where: str | None = None, path: str = IMAGE
) -> Edit:
    """Change pixels of an image's finest level, and the pyramid with them."""
    image, level = edited_image(access, path)
    array = image.levels[level]
    assert isinstance(array, Array)
    names = [axis.name for axis in image.multiscale.axes]
    selection = parse_selection(text, array.shape, names)
    condition = None if where is None else parse_condition(where)
    return image_edit(image, level, PixelEdit(array, selection, change, condition))


def _any_fill(access: Access, random: Random) -> Edit:
    value, wide = random.randrange(200), random.random() < 0.5
    z, c = random.randrange(3), random.randrange(2)
    text = f"z={z}" if wide else f"c={c},z={z},y=0:{random.randint(1, 4)},x=1:3"
    return pixel_edit(access, Fill(np.uint8(value)), text)


def _attributes(*changes: str, path: str = IMAGE) -> Kind:
    return lambda access, random: attr_edit(describe_node(access, path), changes)


def _any_attribute(access: Access, random: Random) -> Edit:
    size = random.randrange(1, 99) / 10
    changes = [f"pixel-size.{random.choice('zyx')}={size}", f"name={'x' * random.randrange(1, 9)}"]
    return attr_edit(describe_node(access, IMAGE), changes[: random.randint(1, 2)])


def _fixed(edit: Edit) -> Kind:
    return lambda access, random: edit


KINDS: dict[str, Kind] = {
    "fill": _any_fill,
    "fill with what is not stored": _pixels(Fill(np.uint8(0)), ""),
    "fill of what is missing": _pixels(Fill(np.uint8(9)), "z=2"),
    "condition": _pixels(Fill(np.uint8(0)), "", "value > 100"),
    "add": _pixels(Arithmetic(add=300, saturate=True), "c=1"),
    "limit": _pixels(Clip(20, 90), "z=0:2"),
    "copy a plane": _pixels(CopyPlane(1, 0, "z"), "z=1"),
    "interpolate": _pixels(Interpolate(1, 0, 2, "z"), "z=1"),
    "labels": _pixels(Replace({1: np.uint16(3), 2: np.uint16(3)}), "", path=LABELS),
    "metadata": _any_attribute,
    "metadata of labels": _attributes("name=mine", "pixel-size.z=0.25", path=LABELS),
    "rename": _fixed(MoveNode(LABELS, "image/labels/nuclei")),
    "rename a level": _fixed(MoveNode("image/s1", "image/1")),
    "move": _fixed(MoveNode(IMAGE, "other/image")),
    "copy": _fixed(CopyNode(LABELS, "image/labels/again")),
    "delete": _fixed(DeleteNode(LABELS)),
    "delete all": _fixed(DeleteNode(IMAGE)),
    "add a level": _fixed(AddLevel(IMAGE)),
    "drop a level": _fixed(DropLevel(IMAGE, 1)),
    "swap channels": _fixed(OrderChannels(IMAGE, (1, 0), 2)),
    "delete a channel": _fixed(OrderChannels(IMAGE, (1,), 2)),
    "consolidate": _fixed(Consolidate(OTHER)),
    "drop consolidated": _fixed(DropConsolidated("")),
}
