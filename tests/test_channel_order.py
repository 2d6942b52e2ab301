"""Channels deleted and reordered: every level, and all that tells of channels, follows."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from editing import local, look
from foreign import Foreign
from foreign.made import quiet
from structure import make, rules, told, values

from omezarr_tui.edit.channel_order import OrderChannels
from omezarr_tui.edit.plan import plan_edit
from omezarr_tui.errors import UserError
from omezarr_tui.ome.read import ome_attributes

CHANNELS = 5
ORDERS = [(0, 1, 2, 3), (1, 2, 3, 4), (0, 2, 4), (4, 3, 2, 1, 0), (2, 0), (3,), (1, 0, 2, 3, 4)]


def write_image(
    folder: Path,
    *,
    chunk: int = 1,
    shard: int | None = None,
    zarr_format: int = 3,
    label: bool = False,
) -> Path:
    """Write an image (t, c, y, x) of two levels and five channels, some of which are empty."""
    rng = np.random.default_rng(1)
    with quiet():
        root = zarr.create_group(folder, zarr_format=zarr_format)
        places = ["", "labels/cells"] if label else [""]
        for place in places:
            group = root.require_group(place) if place else root
            for level in range(2):
                side = 12 // 2**level
                array = group.create_array(
                    f"s{level}",
                    shape=(2, CHANNELS, side, side),
                    chunks=(1, chunk, 4, 5),
                    shards=(2, shard, 8, 10) if shard else None,
                    dtype="uint16",
                    fill_value=9,
                    dimension_names="tcyx" if zarr_format == 3 else None,
                )
                array[:, 1:] = rng.integers(0, 60000, (2, CHANNELS - 1, side, side))
                array[0, 3] = 9
            _describe(group, zarr_format, is_label=bool(place))
        if label:
            listed: dict[str, Any] = {"labels": ["cells"]}
            v3 = {"ome": {"version": "0.5", **listed}}
            root["labels"].attrs.update(v3 if zarr_format == 3 else listed)
    return folder


def _describe(group: zarr.Group, zarr_format: int, *, is_label: bool) -> None:
    axes = [{"name": "t", "type": "time"}, {"name": "c", "type": "channel"}]
    axes += [{"name": name, "type": "space"} for name in "yx"]
    datasets = [
        {
            "path": f"s{n}",
            "coordinateTransformations": [{"type": "scale", "scale": [1, 1, 2**n, 2**n]}],
        }
        for n in range(2)
    ]
    ome: dict[str, Any] = {"multiscales": [{"axes": axes, "datasets": datasets}]}
    window = {"min": 0, "max": 65535, "start": 0.0, "end": 1e4}
    channels = [{"label": f"dye {n}", "color": "00FF00", "window": window} for n in range(CHANNELS)]
    ome |= {"image-label": {}} if is_label else {"omero": {"channels": channels}}
    if zarr_format == 3:
        group.attrs["ome"] = {"version": "0.5", **ome}
    else:
        ome["multiscales"][0]["version"] = "0.4"
        group.attrs.update(ome)


def names(folder: Path) -> list[str]:
    group = zarr.open_group(folder, mode="r", use_consolidated=False)
    omero: Any = ome_attributes(group.attrs.asdict())["omero"]
    return [channel["label"] for channel in omero["channels"]]


def check(path: Path, order: tuple[int, ...]) -> None:
    """Give the image an order of channels, and hold it against NumPy's."""
    before, arrays = rules(path), values(path)
    make(path, OrderChannels("", order, CHANNELS))
    found = values(path)
    assert found.keys() == arrays.keys()
    for name, data in arrays.items():
        assert np.array_equal(found[name], data[:, list(order)]), name
    assert names(path) == [f"dye {at}" for at in order]
    assert rules(path) <= before


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_of_chunks_of_one_channel(tmp_path: Path, zarr_format: int, order: tuple[int, ...]) -> None:
    path = write_image(tmp_path / "i", zarr_format=zarr_format)
    files = {p.read_bytes() for p in path.rglob("*") if p.is_file() and ".z" not in p.name}
    check(path, order)
    left = {p.read_bytes() for p in path.rglob("*") if p.is_file() and ".z" not in p.name}
    assert {raw for raw in left - files if not raw.startswith(b"{")} == set()  # none encoded anew


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("zarr_format", "chunk", "shard"), [(2, 2, None), (3, 3, None), (3, 5, None), (3, 1, 2)]
)
def test_of_chunks_of_several(
    tmp_path: Path, zarr_format: int, chunk: int, shard: int | None, order: tuple[int, ...]
) -> None:
    check(write_image(tmp_path / "i", zarr_format=zarr_format, chunk=chunk, shard=shard), order)


@pytest.mark.parametrize("name", ["ome_zarr_py_04", "ome_zarr_py_05"])
@pytest.mark.parametrize("order", [(1, 0), (1,)])
def test_of_ome_zarr_py(
    foreign: Foreign, tmp_path: Path, name: str, order: tuple[int, ...]
) -> None:
    path = foreign(name).copy(tmp_path).path
    before, arrays, told_before = rules(path), values(path), names(path)
    make(path, OrderChannels("", order, 2))
    found = values(path)
    assert all(np.array_equal(found[n], arrays[n][list(order)]) for n in ("s0", "s1"))
    assert np.array_equal(found["labels/nuclei/s0"], arrays["labels/nuclei/s0"])
    assert names(path) == [told_before[at] for at in order]
    assert rules(path) <= before


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_label_images_with_channels_follow(tmp_path: Path, zarr_format: int) -> None:
    check(write_image(tmp_path / "i", label=True, zarr_format=zarr_format), (4, 0))


def test_consolidated_metadata_follow(tmp_path: Path) -> None:
    path = write_image(tmp_path / "i")
    with quiet():
        zarr.consolidate_metadata(path)
    make(path, OrderChannels("", (0, 1), CHANNELS))
    with quiet():
        assert zarr.open_group(path, use_consolidated=True)["s0"].shape == (2, 2, 12, 12)
    assert "consolidated.stale" not in rules(path)


def test_what_is_said(tmp_path: Path) -> None:
    path = write_image(tmp_path / "i")
    plan = plan_edit(local(path), OrderChannels("", (0, 2, 3), CHANNELS))
    assert plan.edit.title == "Delete channels"
    assert plan.edit.expression == "the root: delete channel 1 and 4"
    assert plan.sentence == "dye 1 and dye 4 will go."
    assert told(plan, "channels") == ["axis c: dye 0, dye 2 and dye 3"]


@pytest.mark.parametrize(
    ("order", "count", "why"),
    [
        ((), 5, "none would be left"),
        ((0, 0), 5, "twice"),
        ((5,), 5, "no channel 5"),
        ((0,), 4, "it has 5, not 4"),
    ],
)
def test_orders_that_are_none(tmp_path: Path, order: tuple[int, ...], count: int, why: str) -> None:
    path = write_image(tmp_path / "i")
    before = look(path)
    with pytest.raises(UserError, match=why):
        plan_edit(local(path), OrderChannels("", order, count))
    assert look(path) == before


def test_an_image_without_channels(foreign: Foreign, tmp_path: Path) -> None:
    path = foreign("ome_zarr_py_plate_05").copy(tmp_path).path
    with pytest.raises(UserError, match="no axis of channels"):
        plan_edit(local(path), OrderChannels("A/1/0", (0,), 1))
