"""Others judge edits: readers of other languages read what NumPy says, and validators as much."""

import hashlib
import json
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from edit_kinds import IMAGE, LABELS, image_store, pixel_edit
from editing import array_in, changed, local, look
from foreign import Array as Values
from foreign.made import group_document, need, write_json
from independent import READERS
from ome_documents import document
from test_validate_attributes import SUITES
from zarr.codecs import BytesCodec, GzipCodec, TransposeCodec

from omezarr_tui.edit.apply import apply_plan, undo
from omezarr_tui.edit.attr_expressions import attr_edit
from omezarr_tui.edit.changes import Arithmetic, Change, Clip, Fill, Replace
from omezarr_tui.edit.channel_order import OrderChannels
from omezarr_tui.edit.conditions import parse_condition
from omezarr_tui.edit.described import describe_node
from omezarr_tui.edit.fields import fields_of
from omezarr_tui.edit.judging import judged_against
from omezarr_tui.edit.levels import AddLevel
from omezarr_tui.edit.nodes import CopyNode, MoveNode
from omezarr_tui.edit.operation import Edit
from omezarr_tui.edit.pixels import PixelEdit
from omezarr_tui.edit.plan import plan_edit
from omezarr_tui.edit.planes import CopyPlane, Interpolate
from omezarr_tui.errors import UserError
from omezarr_tui.image.selection import parse_selection
from omezarr_tui.ome.validate.attributes import validate_attributes
from omezarr_tui.ome.validate.finding import is_valid

Read = Callable[[Path, str], Values]

SHAPE, NAMES = (5, 6, 7), ("z", "y", "x")
LAYOUTS: dict[str, dict[str, Any]] = {
    "v2": {"zarr_format": 2, "chunks": (2, 3, 4)},
    "v2 in F order": {"zarr_format": 2, "chunks": (2, 3, 4), "order": "F"},
    "v2 big-endian": {"zarr_format": 2, "chunks": (1, 6, 7), "dtype": ">u2"},
    "v2 bare": {"zarr_format": 2, "chunks": (2, 3, 4), "compressors": None},
    "v3": {"chunks": (2, 3, 4)},
    "v3 gzip": {"chunks": (2, 3, 4), "compressors": [GzipCodec()]},
    "v3 big-endian": {"chunks": (2, 3, 4), "serializer": BytesCodec(endian="big")},
    "v3 transposed": {"chunks": (2, 3, 4), "filters": [TransposeCodec(order=(2, 0, 1))]},
    "v3 sharded": {"chunks": (1, 3, 2), "shards": (2, 6, 4)},
}
Answer = Callable[[Values], Values]


def _set(place: Any, made: Callable[[Values], Any]) -> Answer:
    def answer(old: Values) -> Values:
        new = old.copy()
        new[place] = made(old)
        return new

    return answer


EDITS: dict[str, tuple[Change, str, str | None, Answer]] = {
    "plane": (Fill(np.uint16(0)), "z=3", None, _set(3, lambda old: 0)),
    "steps": (Fill(np.uint16(9)), "1:5:2, ::3, 2:", None, _set(np.s_[1:5:2, ::3, 2:], lambda o: 9)),
    "all": (Fill(np.uint16(8)), "", None, lambda old: np.full_like(old, 8)),
    "fill value": (Fill(np.uint16(7)), "z=2:4", None, _set(np.s_[2:4], lambda old: 7)),
    "condition": (
        Fill(np.uint16(1)),
        "y=1:6",
        "value > 30000 or value == 7",
        lambda old: np.where(
            ((old > 30000) | (old == 7)) & (np.arange(6)[:, None] >= 1), 1, old
        ).astype(old.dtype),
    ),
    "arithmetic": (
        Arithmetic(add=-1000, multiply=1.5, saturate=True),
        "x=2:5",
        None,
        _set(
            np.s_[..., 2:5],
            lambda old: np.rint(np.clip(old[..., 2:5] * 1.5 - 1000, 0, 65535)),
        ),
    ),
    "limit": (Clip(100, 50_000), "", None, lambda old: np.clip(old, 100, 50_000)),
    "replace": (
        Replace({7: 3}),
        "",
        None,
        lambda old: np.where(old == 7, 3, old).astype(old.dtype),
    ),
    "copied plane": (CopyPlane(0, 4, "z"), "z=2", None, _set(2, lambda old: old[4])),
    "interpolated": (
        Interpolate(0, 1, 3, "z"),
        "z=2",
        None,
        _set(2, lambda old: np.rint((old[1].astype(float) + old[3]) / 2)),
    ),
}


@pytest.fixture(params=LAYOUTS)
def written(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Values]:
    """An array whose first two planes are the fill value, so that some chunks are missing."""
    values = np.random.default_rng(1).integers(0, 2**16, SHAPE).astype("uint16")
    values[:2] = 7
    options = {"dtype": "uint16", "fill_value": 7, "zarr_format": 3} | LAYOUTS[request.param]
    zarr.create_group(tmp_path / "s", zarr_format=options["zarr_format"])
    array = zarr.create_array(tmp_path / "s", name="a", shape=SHAPE, **options)
    array[...] = values
    return tmp_path / "s", values


@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("read", READERS)
def test_values_are_what_numpy_says(read: Read, name: str, written: tuple[Path, Values]) -> None:
    store, old = written
    change, text, where, answer = EDITS[name]
    node = array_in(local(store))
    condition = None if where is None else parse_condition(where)
    selection = parse_selection(text, node.shape, list(NAMES))
    before, hashes = look(store), hashes_in(store)
    plan = plan_edit(local(store), PixelEdit(node, selection, change, condition))
    entry = apply_plan(local(store), plan)
    wanted = answer(old)
    found = read(store, "a")
    np.testing.assert_array_equal(found, wanted)
    assert found.dtype == np.uint16

    # Only what holds a value that changes is another file now.
    apart = {
        node.key_encoding.key(place)
        for place in product(
            *(range(-(-n // c)) for n, c in zip(SHAPE, node.object_shape, strict=True))
        )
        if (old != wanted)[_cell(place, node.object_shape)].any()
    }
    now = hashes_in(store)
    assert {key for key in {*hashes, *now} if hashes.get(key) != now.get(key)} == {
        f"a/{key}" for key in apart
    }
    undo(local(store), entry)
    assert look(store) == before
    np.testing.assert_array_equal(read(store, "a"), old)


def _cell(place: tuple[int, ...], shape: tuple[int, ...]) -> tuple[slice, ...]:
    return tuple(slice(at * n, (at + 1) * n) for at, n in zip(place, shape, strict=True))


def hashes_in(store: Path) -> dict[str, str]:
    return {
        path.relative_to(store).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in store.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("zarr_format", [2, 3])
class TestImages:
    """Pyramids and structure: each array as others read it."""

    def edited(self, store: Path, edit: Callable[[Any], Edit]) -> None:
        access = local(store)
        apply_plan(access, plan_edit(access, edit(access)))

    def test_the_pyramid_follows(self, read: Read, zarr_format: int, tmp_path: Path) -> None:
        store = image_store(tmp_path / "s", zarr_format)
        old = read(store, f"{IMAGE}/s0")
        np.testing.assert_array_equal(read(store, f"{IMAGE}/s1"), old[..., ::2, ::2])
        before = look(store)
        self.edited(store, lambda a: pixel_edit(a, Fill(np.uint8(5)), "c=1,z=0:2,y=1:3"))
        wanted = old.copy()
        wanted[1, 0:2, 1:3] = 5
        np.testing.assert_array_equal(read(store, f"{IMAGE}/s0"), wanted)
        np.testing.assert_array_equal(read(store, f"{IMAGE}/s1"), wanted[..., ::2, ::2])
        assert {key.split("/")[1] for key in changed(before, look(store))} == {"s0", "s1"}

    def test_channels(self, read: Read, zarr_format: int, tmp_path: Path) -> None:
        store = image_store(tmp_path / "s", zarr_format)
        old = {name: read(store, f"{IMAGE}/{name}") for name in ("s0", "s1")}
        self.edited(store, lambda a: OrderChannels(IMAGE, (1, 0), 2))
        for name, values in old.items():
            np.testing.assert_array_equal(read(store, f"{IMAGE}/{name}"), values[::-1])
        self.edited(store, lambda a: OrderChannels(IMAGE, (0,), 2))
        for name, values in old.items():
            np.testing.assert_array_equal(read(store, f"{IMAGE}/{name}"), values[1:])

    def test_a_level_more(self, read: Read, zarr_format: int, tmp_path: Path) -> None:
        store = image_store(tmp_path / "s", zarr_format)
        self.edited(store, lambda a: AddLevel(IMAGE))
        old = read(store, f"{IMAGE}/s0")
        np.testing.assert_array_equal(read(store, f"{IMAGE}/s2"), old[..., ::4, ::4])

    def test_nodes_elsewhere(self, read: Read, zarr_format: int, tmp_path: Path) -> None:
        store = image_store(tmp_path / "s", zarr_format)
        old = read(store, f"{LABELS}/s0")
        self.edited(store, lambda a: CopyNode(LABELS, "image/labels/again"))
        self.edited(store, lambda a: MoveNode(IMAGE, "other/moved"))
        for name in ("cells", "again"):
            np.testing.assert_array_equal(read(store, f"other/moved/labels/{name}/s0"), old)


TYPED = {
    "pixel-size": "0.75",
    "translation": "3.5",
    "unit": "nanometer",
    "name": "mine",
    "channel": {"label": "actin", "color": "00ff00", "active": "false"},
}


def _documents() -> list[Any]:
    made = [
        {"version": version, "id": f"own {kind}", "attrs": document(kind, version)}
        for version in ("0.4", "0.5", "0.6")
        for kind in ("image", "label", "plate")
    ]
    official = json.loads(SUITES.read_text()) if SUITES.is_file() else []
    return [pytest.param(row, id=f"{row['version']} {row['id']}") for row in [*made, *official]]


@pytest.mark.filterwarnings("ignore:Warning")  # of units that are unusual
@pytest.mark.parametrize("row", _documents())
def test_metadata_are_no_less_valid(row: dict[str, Any], tmp_path: Path) -> None:
    """All fields of the form that there are, changed at once on the disk."""
    old, version = row["attrs"], row["version"]
    zarr_format = 2 if version == "0.4" else 3
    path = tmp_path / "s" / ("zarr.json" if zarr_format == 3 else ".zattrs")
    if zarr_format == 3:
        write_json(path, group_document(old))
    else:
        write_json(tmp_path / "s" / ".zgroup", {"zarr_format": 2})
        write_json(path, old)
    access = local(tmp_path / "s")
    node = describe_node(access, "")
    typed = [f"{f.id}={_text(f.id)}" for f in fields_of(node) if not f.locked and _text(f.id)]
    possible = [one for one in typed if _is_possible(node, one)]
    assert len(possible) > 9 or row["id"] != "own image"
    if not possible:
        return  # an odd document, or one that has no fields: nothing of it can be edited by name
    plan = plan_edit(access, attr_edit(node, possible))
    if not plan.is_empty:
        apply_plan(access, plan)
    held = json.loads(path.read_bytes())
    new = held["attributes"] if zarr_format == 3 else held
    judged = judged_against(old, new, version=version, zarr_format=zarr_format)
    assert not [finding for finding in judged.new if finding.severity == "error"]
    if is_valid(validate_attributes(old, version=version), strict=True):
        assert is_valid(validate_attributes(new, version=version), strict=True)
    if version in ("0.4", "0.5") and _yaozarrs_accepts(old, version):
        assert _yaozarrs_accepts(new, version)
    assert set(old) <= set(new) <= {*old, "omero"}


def _text(name: str) -> str | None:
    first, _, rest = name.partition(".")
    found = TYPED.get(first)
    return found.get(rest.rpartition(".")[2]) if isinstance(found, dict) else found


def _is_possible(node: Any, expression: str) -> bool:
    try:
        attr_edit(node, [expression])
    except UserError:
        return False
    return True


def _yaozarrs_accepts(attributes: dict[str, Any], version: str) -> bool:
    yaozarrs = need("yaozarrs")
    try:
        yaozarrs.validate_ome_object(attributes if version == "0.4" else attributes["ome"])
    except (ValueError, KeyError, TypeError):
        return False
    return True
