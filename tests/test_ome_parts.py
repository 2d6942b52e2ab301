"""Plates, wells, labels, series, and what is odd about versions: read leniently, and said."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zarr
from looking import image, image_in, local, view_of
from spelling import dataset, multiscales, scale

from omezarr_tui.ome.describe import facts_of
from omezarr_tui.ome.describe_json import facts_json
from omezarr_tui.ome.discover import Image, mark, named_children
from omezarr_tui.ome.loose import integer, numbers, objects, resolved
from omezarr_tui.ome.model import Acquisition, Method, PlateWell, Rendering, Series
from omezarr_tui.ome.read import read_multiscale, version_notes
from omezarr_tui.ome.read_plate import read_plate, read_well
from omezarr_tui.ome.series import series_of
from omezarr_tui.store.node import Group
from omezarr_tui.store.opening import find_node, open_root

OME_XML = """<?xml version="1.0" encoding="UTF-8"?>
<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">
  <Image ID="Image:0" Name="overview"><Pixels ID="Pixels:0"/></Image>
  <Image ID="Image:1"><Pixels ID="Pixels:1"/></Image>
  <StructuredAnnotations><Image Name="none of them"/></StructuredAnnotations>
</OME>"""


def names(*texts: str) -> list[dict[str, str]]:
    return [{"name": text} for text in texts]


class TestLooseJson:
    def test_numbers_and_objects(self) -> None:
        assert numbers([1, "2.5", 3]) == (1, 2.5, 3)
        assert numbers([1, None]) == numbers("12") == numbers({"a": 1}) == numbers([[1]]) == ()
        assert objects([{"a": 1}, 5, {"b": 2}]) == [{"a": 1}, {"b": 2}]
        assert objects({"a": 1}) == [{"a": 1}]
        assert objects("text") == []

    @pytest.mark.parametrize(
        ("value", "expected"),
        [(5, 5), ("5", 5), (5.0, 5), (5.5, None), (True, None), ("x", None), (None, None),
         (float("inf"), None), (float("nan"), None), (-1, -1)],
    )  # fmt: skip
    def test_integers(self, value: Any, expected: int | None) -> None:
        assert integer(value) == expected

    @pytest.mark.parametrize(
        ("path", "relative", "expected"),
        [
            ("a/b", "s0", "a/b/s0"),
            ("a/b", "./s0//x/", "a/b/s0/x"),
            ("a/b", "../../", ""),
            ("a/b", "../c", "a/c"),
            ("a/b", "../../../c", None),
            ("", "..", None),
            ("a", "/s0", "a/s0"),
            ("a", "s3://bucket/x", None),
            ("a", 5, None),
        ],
    )
    def test_paths(self, path: str, relative: Any, expected: str | None) -> None:
        assert resolved(path, relative) == expected


class TestVersions:
    @pytest.mark.parametrize(
        ("attributes", "zarr_format", "words"),
        [
            (multiscales(dataset("0"), version="0.4"), 2, None),
            ({"ome": {"version": "0.5"} | multiscales(dataset("0"))}, 3, None),
            ({"ome": {"version": "0.6rc0"}}, 3, None),
            ({"ome": {"version": "0.6.dev3"}}, 3, None),
            (multiscales(dataset("0")), 3, None),  # says no version at all
            (multiscales(dataset("0"), version="0.4"), 3, "goes with Zarr v2"),
            ({"ome": {"version": "0.5"}}, 2, "goes with Zarr v3"),
            (multiscales(dataset("0"), version="0.5"), 3, "beside the key ome"),
            ({"ome": {"version": "0.4"}}, 3, "under the key ome"),
            ({"ome": {"version": "7.1"}}, 3, "version 7.1 is not known"),
            (multiscales(dataset("0"), version="latest"), 2, "version latest is not known"),
        ],
    )
    def test_notes(self, attributes: dict[str, Any], zarr_format: int, words: str | None) -> None:
        notes = version_notes(attributes, zarr_format)
        assert [words in note for note in notes] == [True] * (words is not None)  # type: ignore[operator]

    def test_a_document_of_04_in_a_store_of_v3_is_shown(self, tmp_path: Path) -> None:
        root = zarr.create_group(
            tmp_path / "s", attributes=multiscales(dataset("0", scale(2, 3)), version=0.4)
        )
        root.create_array("0", shape=(4, 5), dtype="u1")
        told = image_in(tmp_path / "s")
        assert told.readable == (0,)
        assert told.multiscale.levels[0].scale == (2, 3)
        assert told.multiscale.version == "0.4"
        assert told.multiscale.notes == (
            "the version is not written as a text",
            "OME-Zarr 0.4 goes with Zarr v2, this store is Zarr v3",
        )


class TestImages:
    def test_what_is_odd_is_said(self) -> None:
        told = read_multiscale(
            "",
            multiscales(
                dataset("0", scale("2", "3")),
                dataset("1", scale(4)),
                dataset("2", {"type": "warp"}),
                dataset("3", scale(float("inf"), 1)),
                {"coordinateTransformations": []},
                axes=["x", "x"],
            ),
        )
        assert told is not None
        assert [level.scale for level in told.levels] == [(2, 3), (1, 4), (1, 1), (1, 1)]
        assert set(told.notes) == {
            "1 dataset without a path left out",
            "2 axes are called x",
            "the numbers of a transformation of level 0 are written as text",
            "the scale of level 1 has another number of values than there are axes",
            "a transformation of level 2 is not understood: warp",
            "a transformation of level 3 has numbers that are not finite; it is left out",
        }

    @pytest.mark.parametrize(
        ("axes", "dimensions", "taken", "note"),
        [
            (None, None, "czyx", "no axes are given; c, z, y, x is taken, as in OME-Zarr 0.1"),
            (
                None,
                "abyx",
                "abyx",
                "no axes are given; a, b, y, x is taken, as the arrays name them",
            ),
            ("zyx", None, ("dim_0", "z", "y", "x"), "3 axes described, the levels have 4"),
            ("zyx", "czyx", "czyx", "3 axes described, the levels have 4"),
            ("tczyx", None, "czyx", "5 axes described, the levels have 4"),
        ],
    )
    def test_axes_that_do_not_fit_are_those_of_the_arrays(
        self, axes: str | None, dimensions: str | None, taken: Any, note: str, tmp_path: Path
    ) -> None:
        told: dict[str, Any] = {"datasets": [dataset("0"), dataset("1")]}
        if axes:
            told["axes"] = list(axes)
        root = zarr.create_group(tmp_path / "s", attributes={"ome": {"multiscales": [told]}})
        for name, size in (("0", 8), ("1", 4)):
            root.create_array(
                name, shape=(2, 3, size, size), dtype="u1", dimension_names=dimensions
            )
        found = image_in(tmp_path / "s")
        assert found.readable == (0, 1)
        assert [axis.name for axis in found.multiscale.axes] == list(taken)
        assert found.multiscale.notes[0] == note
        pinned = image_in(tmp_path / "s", "1")
        assert (pinned.pinned, pinned.multiscale.axes) == (1, found.multiscale.axes)

    def test_what_is_odd_of_many_levels_is_said_once(self) -> None:
        levels = [dataset(str(n), scale("2", "3")) for n in range(5)]
        told = read_multiscale("", multiscales(*levels))
        assert told is not None
        assert told.notes == (
            "the numbers of a transformation of levels 0, 1, 2 and 2 more are written as text",
        )

    def test_channels_that_are_not_understood(self) -> None:
        channels = [{"color": "#FF", "window": {"start": 3}}, None, "text", {"color": "00FF00"}]
        told = read_multiscale(
            "", multiscales(dataset("0", scale(1, -1))) | {"omero": {"channels": channels}}
        )
        assert told is not None
        assert told.notes == (
            "2 channels that are no objects left out",
            "the color of 1 channel is not understood",
            "the window of 1 channel is not understood",
            "pixel sizes of zero or below are given",
        )

    def test_an_image_that_is_no_list(self) -> None:
        told = read_multiscale("", {"multiscales": multiscales(dataset("0"))["multiscales"][0]})
        assert told is not None
        assert [level.path for level in told.levels] == ["0"]
        assert told.notes[0] == "multiscales is one object; it should be a list of such"

    def test_method_and_plane_shown_first(self) -> None:
        told = read_multiscale(
            "",
            multiscales(
                dataset("0", scale(1, 1)),
                type="gaussian",
                metadata={"method": "skimage.transform.pyramid_gaussian", "version": "0.16.1"},
            )
            | {"omero": {"rdefs": {"defaultT": 2, "defaultZ": "5", "model": "greyscale"}}},
        )
        assert told is not None
        assert told.method == Method("gaussian", "skimage.transform.pyramid_gaussian", "0.16.1")
        assert told.rendering == Rendering(2, 5, "greyscale")
        plain = read_multiscale("", multiscales(dataset("0")) | {"omero": {"rdefs": {}}})
        assert plain is not None
        assert (plain.method, plain.rendering) == (None, None)

    def test_the_view_begins_on_the_plane_that_is_told(self) -> None:
        shown = image("tczyx", (4, 2, 9, 8, 8), (4, 2, 5, 4, 4))
        assert view_of(shown).index[:3] == (0, 0, 4)
        assert view_of(_rendered(shown, Rendering(3, 7))).index[:3] == (3, 0, 7)
        assert view_of(_rendered(shown, Rendering(4, -1))).index[:3] == (0, 0, 4)  # no such planes

    def test_channels_that_are_not_there(self, tmp_path: Path) -> None:
        attributes = multiscales(dataset("0", scale(1, 1, 1)), axes=["c", "y", "x"])
        attributes |= {"omero": {"channels": [{"label": "DAPI", "active": False}]}}
        root = zarr.create_group(tmp_path / "s", attributes=attributes, zarr_format=2)
        root.create_array("0", shape=(3, 4, 5), dtype="u1")
        told = image_in(tmp_path / "s")
        assert told.multiscale.notes == ("1 channel described, the image has 3",)
        lines = [fact.value for fact in facts_of(open_root(local(tmp_path / "s")), told)]
        assert "DAPI  (off)" in lines


class TestLabels:
    COLORS = ({"label-value": 1, "rgba": [255, 0, 0, 128]}, {"label-value": "2", "rgba": [0, 1, 2]})

    def label(self, **more: Any) -> Any:
        told = read_multiscale(
            "img/labels/cells", multiscales(dataset("0", scale(1, 1))) | {"image-label": more}
        )
        assert told is not None
        assert told.label is not None
        return told.label, told.notes

    def test_colors_properties_and_source(self) -> None:
        label, notes = self.label(
            colors=list(self.COLORS),
            properties=[{"label-value": 2, "class": "nucleus", "area": 12.5}],
            source={"image": "../../other"},
        )
        assert label.colors == {1: (255, 0, 0, 128), 2: (0, 1, 2, 255)}
        assert label.properties == {2: {"class": "nucleus", "area": 12.5}}
        assert (label.source, notes) == ("img/other", ())
        assert self.label()[0].source == "img"  # two folders up, as a rule
        assert self.label(source={"image": "../../../../etc"})[0].source is None

    def test_what_is_odd_is_left_out_and_said(self) -> None:
        label, notes = self.label(
            colors=[{"rgba": [0, 0, 0, 0]}, {"label-value": 3, "rgba": [300, 0, 0, 0]},
                    {"label-value": 4}, 7],
            properties=[{"label-value": 1.5}],
        )  # fmt: skip
        assert (label.colors, label.properties) == ({}, {})
        assert notes == ("3 colours or properties of labels are not understood and left out",)

    @pytest.mark.parametrize(("dtype", "is_label"), [("u2", True), ("f4", False)])
    def test_an_image_among_labels_that_does_not_say_so(
        self, dtype: str, is_label: bool, tmp_path: Path
    ) -> None:
        root = zarr.create_group(tmp_path / "s")
        cells = root.create_group(
            "labels/deeper/cells", attributes={"ome": multiscales(dataset("0", scale(1, 1)))}
        )
        cells.create_array("0", shape=(4, 5), dtype=dtype)
        told = image_in(tmp_path / "s", "labels/deeper/cells").multiscale
        assert told.is_label == is_label
        if told.label:
            assert told.label.source == ""
            assert told.notes[-1].startswith("it has no image-label metadata")
        assert mark(find_node(local(tmp_path / "s"), "labels/deeper/cells")) == "label image"


class TestPlates:
    def test_04(self) -> None:
        plate = read_plate(
            "p",
            {"plate": {
                "name": "screen", "version": "0.4", "field_count": 4,
                "rows": names("A", "B"), "columns": names("1", "2", "3"),
                "acquisitions": [{"id": 1, "name": "day 1", "maximumfieldcount": 2}, {"id": "x"}],
                "wells": [{"path": "A/1", "rowIndex": 0, "columnIndex": 0},
                          {"path": "B/3", "rowIndex": "1", "columnIndex": 2.0}],
            }},
        )  # fmt: skip
        assert plate is not None
        assert plate.wells == (PlateWell("A/1", 0, 0), PlateWell("B/3", 1, 2))
        assert [plate.well_name(well) for well in plate.wells] == ["A1", "B3"]
        assert plate.well_at(1, 2) == plate.wells[1]
        assert plate.well_at(1, 1) is None
        assert plate.acquisitions == (Acquisition(1, "day 1", None, 2),)
        assert (plate.path, plate.version, plate.fields) == ("p", "0.4", 4)
        assert plate.notes == ()

    def test_wells_before_04_lie_where_their_path_says(self) -> None:
        plate = read_plate(
            "",
            {"plate": {"rows": names("A", "B"), "columns": names("1", "2"),
                       "wells": [{"path": "B/1"}, {"path": "A/2"}]}},
        )  # fmt: skip
        assert plate is not None
        assert plate.wells == (PlateWell("B/1", 1, 0), PlateWell("A/2", 0, 1))
        assert plate.notes == ()

    def test_what_is_missing_is_guessed_and_said(self) -> None:
        plate = read_plate(
            "",
            {"ome": {"version": "0.5", "plate": {
                "wells": [{"path": "AA/10"}, {"path": "B/2"}, {"path": "../out"}, {"path": "odd"},
                          "junk"]}}},
        )  # fmt: skip
        assert plate is not None
        assert (plate.rows, plate.columns) == (("B", "AA"), ("2", "10"))
        assert plate.wells[:2] == (PlateWell("AA/10", 1, 1), PlateWell("B/2", 0, 0))
        assert plate.version == "0.5"
        assert plate.notes == (
            "1 well left out: the path leads away",
            "no rows are listed; they are taken from the paths of the wells",
            "no columns are listed; they are taken from the paths of the wells",
            "1 well without a place in the grid: odd",
        )

    def test_wells(self) -> None:
        well = read_well(
            "p/A/1", {"well": {"images": [{"path": "0", "acquisition": 2}, {"path": 1}, {}, "x"]}}
        )
        assert well is not None
        assert [(field.path, field.acquisition) for field in well.fields] == [("0", 2), ("1", None)]
        assert well.path == "p/A/1"

    def test_facts(self) -> None:
        acquisitions = [{"id": 0, "name": "before"}, {"id": 1, "name": "after"}]
        plate = {"plate": {"rows": names("A"), "columns": names("1"), "field_count": 3,
                           "acquisitions": acquisitions, "wells": [{"path": "A/1"}]}}  # fmt: skip
        told = {f.label or f.value: f.value for f in facts_of(Group("", 2, plate))}
        assert told["plate"] == "1 row × 1 column, 1 well"
        assert told["fields"] == "up to 3 in a well"
        assert told["runs"] == "0  before"
        assert told["1  after"]
        well = {"well": {"images": [{"path": str(n), "acquisition": n // 2} for n in range(3)]}}
        told = {fact.label: fact.value for fact in facts_of(Group("", 2, well))}
        assert told["fields"] == "3: 2 of run 0 and 1 of run 1"
        assert facts_json(Group("", 2, well))["well"]["fields"][2] == {
            "path": "2",
            "acquisition": 1,
        }


class TestSeries:
    @pytest.fixture
    def store(self, tmp_path: Path) -> Path:
        root = zarr.create_group(
            tmp_path / "s", zarr_format=2, attributes={"bioformats2raw.layout": 3}
        )
        for name in ("0", "1", "10", "other"):
            root.create_group(name)
        root.create_group("OME", attributes={"series": ["1", "0"]})
        (tmp_path / "s" / "OME" / "METADATA.ome.xml").write_text(OME_XML)
        return tmp_path / "s"

    def told(self, store: Path, path: str = "") -> Any:
        access = local(store)
        told = series_of(access, find_node(access, path))
        assert told is not None
        return told

    @pytest.mark.parametrize("path", ["", "OME"])
    def test_listed_series_with_their_names(self, path: str, store: Path) -> None:
        told = self.told(store, path)
        assert told.series == (Series("1", "overview"), Series("0", None))
        assert told.notes == ()
        facts = facts_of(find_node(local(store), path), series=told)
        assert [f.value for f in facts if f.label in ("series", "")][:2] == [
            "2 images",
            "1  overview",
        ]

    def test_numbered_series(self, store: Path) -> None:
        (store / "OME" / ".zattrs").write_text("{}")
        told = self.told(store)
        assert [one.path for one in told.series] == ["0", "1", "10"]
        assert told.notes == ("METADATA.ome.xml tells of 2 images, not of 3",)

    @pytest.mark.parametrize(
        ("raw", "words"),
        [
            (None, "there is no METADATA.ome.xml"),
            ("<OME><Image", "METADATA.ome.xml cannot be read"),
            ('<!DOCTYPE a [<!ENTITY b "c">]><OME/>', "defines entities"),
            ("<OME>{space}</OME>", "4.0 MiB and is not read"),
        ],
    )
    def test_names_that_cannot_be_told(self, raw: str | None, words: str, store: Path) -> None:
        place = store / "OME" / "METADATA.ome.xml"
        place.unlink()
        if raw is not None:
            place.write_text(raw.replace("{space}", " " * 2**22))
        told = self.told(store)
        assert told.series == (Series("1"), Series("0"))
        (note,) = told.notes
        assert words in note

    def test_other_nodes_have_none(self, store: Path) -> None:
        access = local(store)
        assert series_of(access, find_node(access, "0")) is None


class TestScenes:
    def test_images_of_a_scene_are_named(self) -> None:
        step = {"type": "translation", "translation": [0, 5], "output": {"name": "world"}}
        scene = {
            "coordinateSystems": [{"name": "world", "axes": [{"name": "y"}, {"name": "x"}]}],
            "coordinateTransformations": [
                step | {"input": {"path": "tile_0", "name": "physical"}},
                step | {"input": {"path": "../away"}},
            ],
        }
        group = Group("", 3, {"ome": {"version": "0.6", "scene": scene}})
        assert named_children(group) == {"tile_0": True}
        assert mark(group) == "scene"
        told = [fact.value for fact in facts_of(group)]
        assert "world: y  x" in told
        assert "tile_0:physical → world: translation [0, 5]" in told
        assert json.dumps(facts_json(group)["scene"]["transformations"][0]["matrix"]) == (
            "[[1.0, 0.0, 0.0], [0.0, 1.0, 5.0]]"
        )


def _rendered(shown: Image, rendering: Rendering) -> Image:
    return replace(shown, multiscale=replace(shown.multiscale, rendering=rendering))
