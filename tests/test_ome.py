"""OME-Zarr's meaning: what the writing libraries say, leniently read, and what is promised."""

from pathlib import Path
from typing import Any

import pytest
import zarr
from foreign import OME, Foreign
from looking import array, image_in, local
from spelling import dataset, multiscales, scale, shift

from omezarr_tui.ome.discover import image_of, mark, named_children
from omezarr_tui.ome.model import Axis, Window
from omezarr_tui.ome.read import (
    kind_of,
    multiscale_of_array,
    ome_version,
    read_multiscale,
)
from omezarr_tui.ome.read_plate import read_plate, read_well
from omezarr_tui.store.hierarchy import walk
from omezarr_tui.store.node import Array, Broken, Group
from omezarr_tui.store.opening import find_node, open_root

CONFORMANCE = Path(__file__).parents[2] / "shared" / "conformance" / "ome_zarr_attributes.json"
PLATES = [name for name in OME if "plate" in name]


class TestWhatTheWritersSay:
    @pytest.mark.parametrize("name", OME)
    def test_images(self, name: str, foreign: Foreign) -> None:
        made = foreign(name)
        for path, facts in made.images.items():
            image = image_in(made.path, path)
            told = image.multiscale
            assert told.path == path
            assert tuple(axis.name for axis in told.axes) == facts.axes
            assert tuple(axis.unit for axis in told.axes) == facts.units
            assert tuple(axis.type for axis in told.axes) == tuple(
                {"t": "time", "c": "channel"}.get(axis, "space") for axis in facts.axes
            )
            assert tuple(level.path.removeprefix(f"{path}/") for level in told.levels) == (
                facts.levels
            )
            assert tuple(level.scale for level in told.levels) == facts.pixel_sizes
            assert tuple(channel.label for channel in told.channels) == facts.channels
            assert tuple(channel.color for channel in told.channels) == facts.colors
            assert told.version == f"0.{name[-1]}"
            assert told.is_label == path.startswith("labels/")
            assert told.notes == ()
            for level, node in zip(told.levels, image.levels, strict=True):
                values = made.arrays[level.path]
                assert values is not None
                assert isinstance(node, Array)
                assert node.shape == values.shape
            assert image.readable == tuple(range(len(facts.levels)))
            assert image.pinned is None

    @pytest.mark.parametrize("name", ["ome_zarr_py_05", "ngff_zarr_04", "ngff_zarr_05"])
    def test_a_level_shows_its_image(self, name: str, foreign: Foreign) -> None:
        made = foreign(name)
        for path, facts in made.images.items():
            for number, level in enumerate(facts.levels):
                image = image_in(made.path, f"{path}/{level}")
                assert image.pinned == number
                assert (image.multiscale, image.levels) == (
                    image_in(made.path, path).multiscale,
                    image_in(made.path, path).levels,
                )

    @pytest.mark.parametrize("name", PLATES)
    def test_plates_and_wells(self, name: str, foreign: Foreign) -> None:
        made = foreign(name)
        facts = made.plates[""]
        plate = read_plate("", open_root(local(made.path)).attributes)  # type: ignore[union-attr]
        assert plate is not None
        assert (plate.name, plate.rows, plate.columns) == ("screen", facts.rows, facts.columns)
        assert tuple(well.path for well in plate.wells) == facts.wells
        for path in facts.wells:
            node = find_node(local(made.path), path)
            assert isinstance(node, Group)
            well = read_well(path, node.attributes)
            assert well is not None
            assert tuple(field.path for field in well.fields) == facts.fields
            assert {n for n, must in named_children(node).items() if must} == set(facts.fields)

    @pytest.mark.parametrize("name", OME)
    def test_marks(self, name: str, foreign: Foreign) -> None:
        made = foreign(name)
        access = local(made.path)
        marks = {node.path: mark(node) for node in walk(access, open_root(access))}
        marks[""] = mark(open_root(access))
        for path in made.arrays:
            assert marks[path] == "array"
        for path in made.images:
            assert marks[path] == ("label image" if path.startswith("labels/") else "image")
        assert marks[""] == {"bioformats2raw": "bioformats2raw"}.get(made.kind, made.kind)
        if not name.startswith("iohub"):  # which lists labels in the image instead
            assert marks.get("labels", "labels") == "labels"
        assert marks.get("A/1", "well") == "well"
        assert marks.get("OME", "OME") == "OME"

    def test_windows_of_channels(self, foreign: Foreign) -> None:
        for name in ("ome_zarr_py_04", "ome_zarr_py_05", "ngff_zarr_05"):
            channels = image_in(foreign(name).path).multiscale.channels
            assert [channel.window for channel in channels] == [Window(7, 4000)] * 2
            assert [channel.active for channel in channels] == [True] * 2

    def test_sound_stores_promise_what_they_hold(self, foreign: Foreign) -> None:
        for name in OME:
            made = foreign(name)
            access = local(made.path)
            nodes = list(walk(access, open_root(access), named=named_children))
            assert not [node for node in nodes if isinstance(node, Broken)]


class TestReading:
    def test_transformations_of_levels_and_of_all(self) -> None:
        told = read_multiscale(
            "img",
            multiscales(
                dataset("0", scale(2, 3), shift(10, 20)),
                dataset("1", scale("4", "6")),
                coordinateTransformations=[scale(0.5, 10), shift(1, 2)],
            ),
        )
        assert told is not None
        fine, coarse = told.levels
        # First the level's own, then the one of all: x * scale + shift, twice.
        assert (fine.path, fine.scale, fine.translation) == ("img/0", (1, 30), (6, 202))
        assert (coarse.scale, coarse.translation) == ((2, 60), (1, 2))

    def test_axes_of_every_version(self) -> None:
        named = read_multiscale("", multiscales(dataset("0", scale(1, 1))))
        assert named is not None
        assert named.axes == (Axis("y", "space"), Axis("x", "space"))
        assert named.notes == ()
        rich = [{"name": "t", "type": "time", "unit": "second"}, {"name": "wave"}]
        told = read_multiscale("", multiscales(dataset("0", scale(1, 1)), axes=rich))
        assert told is not None
        assert told.axes == (Axis("t", "time", "second"), Axis("wave"))
        first = read_multiscale("", {"multiscales": [{"datasets": [{"path": "0"}]}]})
        assert first is not None
        assert [axis.name for axis in first.axes] == list("tczyx")
        assert len(first.notes) == 2  # of the axes, and of the pixel sizes

    def test_what_is_guessed_is_said(self) -> None:
        told = read_multiscale(
            "", {"multiscales": [{"datasets": [dataset("0", scale(3, 2, 1))]}, {}]}
        )
        assert told is not None
        assert [axis.name for axis in told.axes] == ["z", "y", "x"]
        assert told.levels[0].scale == (3, 2, 1)
        assert [note.split(";")[0] for note in told.notes] == [
            "2 multiscales are listed",
            "no axes are given",
        ]
        empty = read_multiscale("", multiscales())
        assert empty is not None
        assert empty.notes == ("no datasets are listed, so there is no level to show",)

    def test_too_few_numbers_belong_to_the_last_axes(self) -> None:
        told = read_multiscale("", multiscales(dataset("0", scale(0.5)), axes=["z", "y", "x"]))
        assert told is not None
        assert told.levels[0].scale == (1, 1, 0.5)

    @pytest.mark.parametrize(
        ("window", "expected"),
        [
            ({"start": 1, "end": 5}, Window(1, 5)),
            ({"start": "1", "end": "5"}, Window(1, 5)),
            ({"start": 5, "end": 5}, None),
            ({"start": 5, "end": 1}, None),
            ({"start": 0}, None),
            ({"start": 0, "end": float("inf")}, None),
            ({"start": float("nan"), "end": 1}, None),
            ({"start": 0, "end": 10**400}, None),
            ([0, 1], None),
        ],
    )
    def test_windows(self, window: Any, expected: Window | None) -> None:
        omero = {"channels": [{"label": "a", "window": window}]}
        told = read_multiscale("", multiscales(dataset("0")) | {"omero": omero})
        assert told is not None
        assert told.channels[0].window == expected

    @pytest.mark.parametrize(
        ("color", "expected"),
        [("00ff0A", "00FF0A"), ("#00ff00", None), ("00ff00ff", None), (255, None), (None, None)],
    )
    def test_colors(self, color: Any, expected: str | None) -> None:
        omero = {"channels": [{"color": color}, "junk", {"label": 7, "active": False}]}
        told = read_multiscale("", multiscales(dataset("0")) | {"omero": omero})
        assert told is not None
        assert [(c.label, c.color, c.active) for c in told.channels] == [
            ("0", expected, True),
            ("7", None, False),
        ]

    def test_kinds(self) -> None:
        image = multiscales(dataset("0"))
        assert kind_of(image) == "image"
        assert kind_of({"ome": image | {"image-label": {}}}) == "label-image"
        assert kind_of({"plate": {}}) == "plate"
        assert kind_of({"ome": {"well": {}}}) == "well"
        assert kind_of({"bioformats2raw.layout": 3}) == "bioformats2raw"
        assert kind_of({"labels": []}) == "labels"
        assert kind_of({"series": ["0"]}) == "series-list"
        assert kind_of({"ome": {}, "plate": {}}) is None
        assert kind_of({"title": "mine"}) is None

    def test_versions(self) -> None:
        assert ome_version({"ome": {"version": "0.5"}}) == "0.5"
        assert ome_version({"multiscales": [{"version": 0.4}]}) == "0.4"
        assert ome_version({"plate": {"version": "0.2"}}) == "0.2"
        assert ome_version({"plate": {"version": {}}}) is None
        assert ome_version({}) is None

    def test_an_array_by_itself(self) -> None:
        bare = multiscale_of_array(array((2, 3), path="g/a"))
        assert [axis.name for axis in bare.axes] == ["dim_0", "dim_1"]
        assert (bare.path, bare.name, bare.version) == ("g/a", "a", None)
        twice = array((2, 3, 4), dimension_names=("x", None, "x"))
        named = multiscale_of_array(twice)
        assert named.axes == (Axis("x", "space"), Axis("dim_1"), Axis("x_2"))


class TestPromises:
    @pytest.mark.parametrize(
        ("attributes", "names"),
        [
            (multiscales(dataset("s0"), dataset("deep/s1"), dataset("/s2")), {"s0", "deep", "s2"}),
            (multiscales(dataset("../out"), dataset("."), dataset("")), set()),
            (
                {"plate": {"wells": [{"path": "A/1"}, {"path": "A/2"}, {"path": "B/1"}, 5]}},
                {"A", "B"},
            ),
            ({"ome": {"well": {"images": [{"path": "0"}, {"acquisition": 1}]}}}, {"0"}),
            ({"labels": ["nuclei", 5, None, "../../out"]}, {"nuclei"}),
            ({"series": ["0", "1"]}, set()),  # these lie beside the group OME
            ({"title": "mine"}, set()),
        ],
    )
    def test_names(self, attributes: dict[str, Any], names: set[str]) -> None:
        named = named_children(Group("", 2, attributes))
        assert {name for name, must in named.items() if must} == names

    def test_missing_children_are_broken(self, tmp_path: Path) -> None:
        plate = {
            "wells": [{"path": p} for p in ("A/1", "A/2", "B/1")],
            "rows": [{"name": "A"}, {"name": "B"}],
            "columns": [{"name": "1"}, {"name": "2"}],
        }
        root = zarr.create_group(
            tmp_path / "p", attributes={"ome": {"version": "0.5", "plate": plate}}
        )
        well = {"ome": {"version": "0.5", "well": {"images": [{"path": "0"}, {"path": "1"}]}}}
        root.create_group("A/1", attributes=well).create_group("0")
        root.create_group("labels", attributes={"labels": ["nuclei"]})
        access = local(tmp_path / "p")
        nodes = {n.path: n for n in walk(access, open_root(access), named=named_children)}
        broken = {path for path, node in nodes.items() if isinstance(node, Broken)}
        assert broken == {"B", "A/1/1", "labels/nuclei"}

    @pytest.mark.parametrize("name", ["missing_level_04", "missing_level_05"])
    def test_an_image_without_one_of_its_levels(self, name: str, foreign: Foreign) -> None:
        image = image_in(foreign(name).path)
        assert image.readable == (0, 2)
        assert isinstance(image.levels[1], Broken)
        assert image.multiscale.notes == ("level s1: is no array",)

    def test_levels_outside_of_the_store(self, foreign: Foreign) -> None:
        made = foreign("escaping_paths")
        image = image_in(made.path)
        assert image.readable == (0,)
        first, second = image.levels[1:]
        assert isinstance(first, Broken)
        assert isinstance(second, Broken)
        assert first.reason == "leads out of the store"
        assert second.reason == "is no array"  # an absolute path means the store
        assert len(image.multiscale.notes) == 2

    def test_a_level_of_another_rank(self, tmp_path: Path) -> None:
        root = zarr.create_group(tmp_path / "s", attributes=multiscales(dataset("0"), dataset("1")))
        root.create_array("0", shape=(4, 5), dtype="u1")
        root.create_array("1", shape=(2, 2, 2), dtype="u1")
        image = image_in(tmp_path / "s")
        assert image.readable == (0,)
        assert "has 3 axes, the image has 2" in image.multiscale.notes[-1]
        alone = image_in(tmp_path / "s", "1")
        assert (alone.pinned, len(alone.multiscale.axes)) == (None, 3)

    def test_what_has_no_pixels(self, foreign: Foreign) -> None:
        access = local(foreign("ome_zarr_py_plate_05").path)
        assert image_of(access, open_root(access)) is None
        assert image_of(access, Broken("x", "is broken")) is None
