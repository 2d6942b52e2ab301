"""Whatever stands in documents and attributes is told, or called broken: nothing raises."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
import zarr
from foreign.made import array_document, group_document, v2_array_document
from foreign.ome import OMERO
from hypothesis import example, given, settings
from hypothesis import strategies as st
from looking import array, image_in, is_harmless, local
from spelling import CRC, LITTLE, dataset, multiscales, scale, sharded, shift

from omezarr_tui.ome.describe import facts_of
from omezarr_tui.ome.describe_json import facts_json
from omezarr_tui.ome.discover import Image, mark, named_children
from omezarr_tui.ome.read import kind_of, ome_version, read_multiscale, version_notes
from omezarr_tui.ome.read_plate import read_plate, read_well
from omezarr_tui.ome.read_systems import read_scene
from omezarr_tui.store.documents import parse_node
from omezarr_tui.store.hierarchy import walk
from omezarr_tui.store.node import Array, Broken, Group
from omezarr_tui.store.opening import open_root

CONFORMANCE = Path(__file__).parents[2] / "shared" / "conformance" / "ome_zarr_attributes.json"

KEYS = st.text(max_size=3) | st.sampled_from(
    [
        *("ome", "multiscales", "axes", "datasets", "path", "name", "type", "unit", "scale"),
        *("translation", "coordinateTransformations", "omero", "channels", "window", "start"),
        *("end", "color", "label", "active", "image-label", "plate", "rows", "columns", "wells"),
        *("well", "images", "labels", "series", "bioformats2raw.layout", "version"),
    ]
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["0", "scale", "translation", "space", "../x", "/", "A/1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
SOUND = (
    array_document((4, 6), (3, 4), dimension_names=["y", "x"]),
    sharded([LITTLE, CRC]),
    v2_array_document((4, 6), (3, 4), dimension_separator="/", compressor={"id": "zlib"}),
    group_document({"a": 1}),
)
IMAGE = multiscales(
    dataset("s0", scale(1, 1), shift(0, 0)),
    axes=[{"name": "y", "type": "space", "unit": "micrometer"}, {"name": "x"}],
    name="cells",
) | {"omero": OMERO, "image-label": {"version": "0.4"}}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Each way down into a JSON value."""
    found = [path] if path else []
    if isinstance(value, dict):
        found += [p for key, inner in value.items() for p in places(inner, (*path, key))]
    elif isinstance(value, list):
        found += [p for at, inner in enumerate(value) for p in places(inner, (*path, at))]
    return found


def mutated(sound: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """A sound JSON object of which one or two parts are something else."""
    told: dict[str, Any] = json.loads(json.dumps(sound))
    for _ in range(data.draw(st.integers(1, 2))):
        *way, last = data.draw(st.sampled_from(places(told)))
        inner: Any = told
        for step in way:
            inner = inner[step]
        inner[last] = data.draw(JSON)
    return told


def tell_all(attributes: dict[str, Any]) -> None:
    """Ask everything that is ever asked of attributes."""
    group = Group("g", 3, attributes)
    kind_of(attributes)
    ome_version(attributes)
    read_plate("g", attributes)
    read_well("g", attributes)
    read_scene("g", attributes)
    version_notes(attributes, 3)
    assert all(name and "/" not in name for name in named_children(group))
    multiscale = read_multiscale("g", attributes)
    image = None
    if multiscale is not None:
        rank = len(multiscale.axes)
        assert all(
            len(level.scale) == len(level.translation) == rank for level in multiscale.levels
        )
        levels = [array((2,) * rank), Broken("g/x", "is broken")]
        image = Image(
            multiscale, tuple(levels[number % 2] for number in range(len(multiscale.levels)))
        )
    facts = facts_of(group, image)
    assert all(is_harmless(fact.value) and "\n" not in fact.value for fact in facts)
    json.dumps(facts_json(group, image))
    mark(group)


class TestDocuments:
    @given(st.sampled_from(SOUND), st.data())
    @settings(deadline=None, max_examples=250)
    def test_what_is_parsed_can_be_told(self, sound: dict[str, Any], data: st.DataObject) -> None:
        document = mutated(sound, data)
        name = ".zarray" if sound["zarr_format"] == 2 else "zarr.json"
        node = parse_node("a", {name: json.dumps(document).encode(), ".zattrs": b"{}"})
        assert isinstance(node, Array | Group | Broken)
        assert all(is_harmless(fact.value) for fact in facts_of(node))
        json.dumps(facts_json(node))
        if isinstance(node, Array):
            key = node.key_encoding.key((0,) * len(node.shape))
            assert node.key_encoding.place(key) is not None
            assert node.object_count <= max(node.chunk_count, 1)
        if isinstance(node, Group):
            named_children(node)

    @given(st.binary(max_size=40), st.sampled_from(["zarr.json", ".zarray", ".zgroup"]))
    @settings(deadline=None, max_examples=60)
    def test_bytes_that_are_no_document(self, raw: bytes, name: str) -> None:
        assert isinstance(parse_node("a", {name: raw}), Broken)


class TestAttributes:
    @given(st.dictionaries(KEYS, JSON, max_size=6))
    @settings(deadline=None, max_examples=150)
    @example(multiscales(dataset("0", scale(10**400, 1))))
    @example(multiscales(dataset("0", scale(math.nan, -math.inf))))
    @example({"ome": {"multiscales": [{"axes": [{"name": ["x"]}], "datasets": [{"path": "\0"}]}]}})
    def test_nothing_raises(self, attributes: dict[str, Any]) -> None:
        tell_all(attributes)

    @given(st.data())
    @settings(deadline=None, max_examples=150)
    def test_nothing_raises_where_one_thing_is_wrong(self, data: st.DataObject) -> None:
        tell_all(mutated(IMAGE, data))

    @pytest.mark.parametrize("path", ["\ud800", "a\0b", "x" * 5000, "../" * 40, "/", "s0/c/0/0"])
    def test_paths_that_are_none(self, path: str, tmp_path: Path) -> None:
        root = zarr.create_group(tmp_path / "s", zarr_format=2)
        root.create_array("s0", shape=(4, 5), dtype="u1")
        (tmp_path / "s" / ".zattrs").write_text(
            json.dumps(multiscales(dataset("s0"), dataset(path)))
        )
        assert image_in(tmp_path / "s").readable == (0,)
        access = local(tmp_path / "s")
        nodes = list(walk(access, open_root(access), named=named_children))
        assert {type(node) for node in nodes} <= {Array, Broken}


MISFIT = "the scale of level 0 has another number of values than there are axes"


class TestOfficialDocuments:
    @pytest.fixture(scope="class")
    def rows(self) -> list[dict[str, Any]]:
        if not CONFORMANCE.is_file():
            pytest.skip("the official documents (../shared/conformance) are not here")
        return json.loads(CONFORMANCE.read_text())  # type: ignore[no-any-return]

    def test_none_is_too_odd_to_be_shown(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            tell_all(row["attrs"])

    def test_what_is_valid_is_understood(self, rows: list[dict[str, Any]]) -> None:
        understood = 0
        for row in rows:
            ome = row["attrs"].get("ome", row["attrs"])
            if not row["valid"] or row["version"] not in ("0.4", "0.5"):
                continue
            for image in ome.get("multiscales", [])[:1]:
                told = read_multiscale("", row["attrs"])
                assert told is not None
                assert [axis.name for axis in told.axes] == [axis["name"] for axis in image["axes"]]
                assert [level.path for level in told.levels] == [
                    dataset["path"] for dataset in image["datasets"]
                ]
                notes = [note for note in told.notes if "listed;" not in note]
                # The schema takes two sizes for three axes, the text of the specification not.
                sizes = image["datasets"][0]["coordinateTransformations"][0]["scale"]
                assert notes == [MISFIT] * (len(sizes) != len(image["axes"]))
                understood += 1
            if "plate" in ome:
                plate = read_plate("", row["attrs"])
                assert plate is not None
                assert tuple(w.path for w in plate.wells) == tuple(
                    well["path"] for well in ome["plate"]["wells"]
                )
            if "well" in ome:
                well = read_well("", row["attrs"])
                assert well is not None
                assert tuple(f.path for f in well.fields) == tuple(
                    image["path"] for image in ome["well"]["images"]
                )
        assert understood > 15
