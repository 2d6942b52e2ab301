"""The form for metadata: every field in every version, and what it changes in the documents."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from foreign import OME, Foreign
from foreign.made import array_document, group_document, need, v2_array_document, write_json
from hypothesis import given, settings
from hypothesis import strategies as st
from ome_documents import changed, document, edited

from omezarr_tui.edit.described import ArrayDocument, Described, describe_node
from omezarr_tui.edit.documents_edit import DocumentsEdit
from omezarr_tui.edit.field import Field
from omezarr_tui.edit.fields import (
    changes_for,
    changes_of,
    field_named,
    fields_of,
    window_from_screen,
)
from omezarr_tui.edit.plan import Plan, plan_edit
from omezarr_tui.errors import UserError
from omezarr_tui.ome.read import read_multiscale
from omezarr_tui.ome.validate.attributes import validate_attributes
from omezarr_tui.ome.validate.finding import REMOVED
from omezarr_tui.ome.validate.store import validate_store
from omezarr_tui.store.access import Access
from omezarr_tui.store.documents import parse_node
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Array

VERSIONS = ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6"]
SIZED = ["0.4", "0.5", "0.6"]
SHAPES = ((3, 1, 8, 64, 64), (3, 1, 8, 32, 32))


def array(path: str, shape: tuple[int, ...], **told: Any) -> ArrayDocument:
    """An array of Zarr v3 in memory."""
    made = array_document(shape, shape, **told)
    node = parse_node(path, {"zarr.json": json.dumps(made).encode()})
    assert isinstance(node, Array)
    return ArrayDocument(node, made, node.attributes)


def described(attributes: dict[str, Any], shapes: Any = SHAPES, **told: Any) -> Described:
    """An image with levels of some shapes."""
    levels = tuple(array(str(number), shape, **told) for number, shape in enumerate(shapes))
    return Described("", 3 if "ome" in attributes else 2, attributes, levels)


def image(version: str, **values: Any) -> Described:
    """The image that nothing is wrong with, but for some values."""
    return described(edited(document("image", version), values))


def field(node: Described, name: str) -> Field:
    return field_named(fields_of(node), name)


def value(node: Described, name: str) -> str:
    return field(node, name).value


def after(node: Described, name: str, text: str) -> Described:
    return node.after(changes_for(field(node, name), text))


def findings(node: Described) -> Counter[str]:
    judged = validate_attributes(node.attributes, zarr_format=node.zarr_format)
    return Counter(finding.rule for finding in judged)


def pointers(node: Described, name: str, text: str) -> dict[str, Any]:
    """What a field changes, by place."""
    root = "/ome/multiscales/0" if node.root else "/multiscales/0"
    changes = changes_for(field(node, name), text)
    return {change.pointer.removeprefix(root): change.value for change in changes}


def sizes(node: Described, axis: int) -> list[float]:
    """The pixel size of each level, as the program reads it."""
    read = read_multiscale("", node.attributes)
    assert read is not None
    return [level.scale[axis] for level in read.levels]


def positions(node: Described, axis: int) -> list[float]:
    read = read_multiscale("", node.attributes)
    assert read is not None
    return [level.translation[axis] for level in read.levels]


TYPED = {
    "name": "other cells",
    "pixel-size.z": "0.75",
    "translation.x": "3.5",
    "axis-type.t": "time",
    "unit.z": "nanometer",
    "channel.0.label": "actin",
    "channel.0.color": "FF8000",
    "channel.0.window": "20 900",
    "channel.0.active": "false",
    "rdefs.model": "greyscale",
    "rdefs.default-z": "5",
    "rdefs.default-t": "2",
}


class TestEveryVersion:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_the_form_tells_what_is_there(self, version: str) -> None:
        node = image(version)
        found = {field.id: field for field in fields_of(node)}
        assert found["name"].value == "cells"
        assert found["channel.0.label"].value == "DNA"
        assert found["channel.0.color"].value == "0000ff"
        assert found["channel.0.window"].value == "100 1500 0 65535"
        assert found["channel.0.active"].value == "true"
        assert found["rdefs.model"].value == ""
        assert [found[f"axis-name.{n}"].value for n in range(5)] == ["t", "c", "z", "y", "x"]
        assert "pixel-size.c" not in found
        sized = version in SIZED
        assert found["pixel-size.x"].value == ("0.2" if sized else "")
        assert found["translation.x"].value == ("0.1" if sized else "")
        assert found["unit.z"].value == ("micrometer" if sized else "")
        assert len({field.id for field in fields_of(node)}) == len(fields_of(node))

    @pytest.mark.parametrize("name", TYPED)
    @pytest.mark.parametrize("version", VERSIONS)
    def test_a_field_becomes_what_is_typed_and_nothing_else_changes(
        self, version: str, name: str
    ) -> None:
        node = image(version, **{} if version < "0.5" else {"/ome/unknown": [1.50]})
        before = field(node, name)
        if before.locked:
            assert version < "0.4"
            with pytest.raises(ValueError, match=r"came with 0\.4"):
                changes_for(before, TYPED[name])
            return
        made = after(node, name, TYPED[name])
        now = field(made, name).value
        assert now.lower().startswith(TYPED[name].lower())  # colors keep their letters small
        others = [(f.id, f.value) for f in fields_of(node) if f.id != name]
        assert [(f.id, f.value) for f in fields_of(made) if f.id != name] == others
        assert findings(made) <= findings(node)
        assert changes_for(field(made, name), now) == ()
        changes = changes_for(before, TYPED[name])
        assert made.attributes == changed(dict(node.attributes), changes)

    @pytest.mark.parametrize("has_omero", [True, False])
    @pytest.mark.parametrize("version", ["0.4", "0.5"])
    def test_yaozarrs_reads_what_was_typed(self, version: str, has_omero: bool) -> None:
        root = "/ome" if version == "0.5" else ""
        node = image(version, **{} if has_omero else {f"{root}/omero": REMOVED})
        made = node.after(changes_of(node, TYPED.items())).attributes
        read = need("yaozarrs").validate_ome_object(made["ome"] if root else made)
        for dataset in read.multiscales[0].datasets:
            scale, shift = dataset.coordinateTransformations
            assert (scale.scale[2], shift.translation[4]) == (0.75, 3.5)
        assert read.multiscales[0].axes[2].unit == "nanometer"
        channel = read.omero.channels[0]
        window = (channel.window.start, channel.window.end, channel.window.max)
        assert (channel.label, channel.active, window) == ("actin", False, (20, 900, 65535))

    @pytest.mark.parametrize("version", ["0.1", "0.2", "0.3"])
    def test_what_a_version_has_no_place_for_is_told(self, version: str) -> None:
        node = image(version)
        for name in ("pixel-size.z", "translation.z", "unit.z", "axis-type.z"):
            with pytest.raises(ValueError, match=f"OME-Zarr {version} has no place for it"):
                changes_for(field(node, name), "1")
        old = field(node, "axis-name.2")
        if version < "0.3":
            with pytest.raises(ValueError, match=r"no place|fixed axes"):
                changes_for(old, "y")
        else:
            with pytest.raises(ValueError, match="is one of t, c, z, y and x"):
                changes_for(old, "depth")

    @pytest.mark.parametrize("version", VERSIONS)
    def test_what_need_not_be_there_is_taken_away(self, version: str) -> None:
        node = after(image(version), "name", "")
        assert value(node, "name") == ""
        assert changes_for(field(node, "name"), "") == ()
        made = after(image(version), "channel.0.label", "")
        assert value(made, "channel.0.label") == ""
        if version >= "0.4":
            assert value(after(image(version), "unit.t", ""), "unit.t") == ""

    @pytest.mark.parametrize(
        ("name", "text", "told"),
        [
            ("pixel-size.z", "0,5", "with a point and no comma"),
            ("pixel-size.z", "big", "is no number"),
            ("pixel-size.z", "0", "larger than 0"),
            ("pixel-size.z", "-1", "larger than 0"),
            ("pixel-size.z", "nan", "is no number"),
            ("pixel-size.z", "1e308", "too large"),
            ("translation.z", "", "is no number"),
            ("unit.z", "furlong", "no unit of space"),
            ("unit.t", "m", "no unit of time"),
            ("axis-name.2", "", "has a name"),
            ("axis-name.2", "y", "another axis has the name y"),
            ("channel.0.color", "red", "six hexadecimal digits"),
            ("channel.0.window", "5", "two numbers"),
            ("channel.0.window", "9 3", "higher than its start"),
            ("channel.0.window", "3 9 7 1", "not lower than its min"),
            ("channel.0.active", "yes", "is not true or false"),
            ("rdefs.model", "colour", "is not color or greyscale"),
            ("rdefs.default-z", "8", "from 0 to 7"),
            ("rdefs.default-t", "-1", "no whole number"),
            ("rdefs.default-t", "0.5", "no whole number"),
        ],
    )
    def test_what_cannot_be_is_told_in_a_sentence(self, name: str, text: str, told: str) -> None:
        node = image("0.4", **{"/multiscales/0/datasets/1/coordinateTransformations/0/scale/2": 5})
        with pytest.raises(ValueError, match=told):
            changes_for(field(node, name), text)

    def test_a_field_that_is_not_there(self) -> None:
        with pytest.raises(
            ValueError, match=r"there are pixel-size\.t, pixel-size\.z, .* and pixel-size\.x$"
        ):
            field_named(fields_of(image("0.4")), "pixel-size.q")
        with pytest.raises(ValueError, match=r"there are name, .* and 18 more$"):
            field_named(fields_of(image("0.4")), "label")
        assert fields_of(Described("", 3, {})) == ()
        with pytest.raises(ValueError, match="no image and no plate"):
            field_named((), "name")


class TestPixelSize:
    @pytest.mark.parametrize("version", ["0.4", "0.5"])
    def test_all_levels_follow_by_the_same_factor(self, version: str) -> None:
        node = image(version)
        assert pointers(node, "pixel-size.x", "0.3") == {
            "/datasets/0/coordinateTransformations/0/scale/4": 0.3,
            "/datasets/1/coordinateTransformations/0/scale/4": 0.6,
        }
        assert pointers(node, "pixel-size.t", "2.5") == {
            "/datasets/0/coordinateTransformations/0/scale/0": 2.5,
            "/datasets/1/coordinateTransformations/0/scale/0": 2.5,
        }

    def test_numbers_are_written_as_they_were(self) -> None:
        node = image("0.4")
        whole = [*pointers(node, "pixel-size.t", "2").values()]
        point = [*pointers(node, "pixel-size.z", "2").values()]
        assert json.dumps(whole) == "[2, 2]"
        assert json.dumps(point) == "[2.0, 2.0]"

    def test_distances_between_levels_follow(self) -> None:
        at = "/multiscales/0/datasets/1/coordinateTransformations/1/translation/4"
        node = image("0.4", **{at: 0.2})  # half of a pixel of level 0 beside its first one
        made = after(node, "pixel-size.x", "0.4")
        assert sizes(made, 4) == [0.4, 0.8]
        assert positions(made, 4) == pytest.approx([0.1, 0.3])

    def test_in_0_6_in_a_sequence_and_by_itself(self) -> None:
        node = image("0.6")
        assert pointers(node, "pixel-size.x", "0.1") == {
            "/datasets/0/coordinateTransformations/0/transformations/0/scale/4": 0.1,
            "/datasets/1/coordinateTransformations/0/scale/4": 0.2,
        }

    def test_an_identity_of_0_6_becomes_a_scale(self) -> None:
        ends = {"input": {"path": "1"}, "output": {"name": "physical"}}
        values = {
            f"/ome/multiscales/0/datasets/{n}/coordinateTransformations/0": {
                "type": "identity", **ends, "input": {"path": str(n)}, "note": 5,
            }
            for n in range(2)
        }  # fmt: skip
        node = image("0.6", **values)
        made = after(node, "pixel-size.x", "0.5")
        assert sizes(made, 4) == [0.5, 1.0]  # by the shapes: half as many pixels
        assert sizes(made, 2) == [1.0, 1.0]
        steps = made.attributes["ome"]["multiscales"][0]["datasets"][1]["coordinateTransformations"]
        assert steps == [{"type": "scale", "scale": [1, 1, 1, 2, 1], **ends, "note": 5}]
        assert findings(made) <= findings(node)

    def test_axes_of_the_array_in_0_6(self) -> None:
        def system(name: str, kind: str) -> dict[str, Any]:
            return {"name": name, "axes": [{"name": n, "type": kind} for n in "yx"]}

        levels = [
            {
                "path": str(n),
                "coordinateTransformations": [
                    {"type": "scale", "scale": [2**n, 2**n], "input": {"path": str(n)},
                     "output": {"name": "array"}}
                ],
            }
            for n in range(2)
        ]  # fmt: skip
        ends = {"input": {"name": "array"}, "output": {"name": "physical"}}
        attributes = {
            "ome": {
                "version": "0.6",
                "multiscales": [
                    {
                        "coordinateSystems": [
                            system("array", "array"), system("physical", "space"),
                        ],
                        "datasets": levels,
                        "coordinateTransformations": [
                            {"type": "scale", "scale": [0.5, 0.5], **ends}
                        ],
                    }
                ],
            }
        }  # fmt: skip
        node = described(attributes, ((8, 8), (4, 4)))
        assert pointers(node, "pixel-size.y", "0.25") == {
            "/coordinateTransformations/0/scale/0": 0.25
        }
        made = after(after(node, "pixel-size.y", "0.25"), "translation.x", "7")
        assert (sizes(made, 0), positions(made, 1)) == ([0.25, 0.5], [7.0, 7.0])
        assert value(made, "translation.x") == "7"
        assert findings(made) <= findings(node)
        affine = {"type": "affine", "affine": [[1, 0, 0], [0, 1, 0]], **ends}
        at = "/ome/multiscales/0/coordinateTransformations/0"
        turned = described(edited(attributes, {at: affine}), ((8, 8), (4, 4)))
        assert "as JSON" in field(turned, "pixel-size.y").locked

    @pytest.mark.parametrize("version", ["0.4", "0.5"])
    def test_a_size_of_the_whole_image_changes_there(self, version: str) -> None:
        root = "/ome" if version == "0.5" else ""
        at = f"{root}/multiscales/0/coordinateTransformations"
        node = image(version, **{at: [{"type": "scale", "scale": [0.1, 1, 1, 1, 1]}]})
        assert value(node, "pixel-size.t") == "0.1"
        assert pointers(node, "pixel-size.t", "0.2") == {
            "/coordinateTransformations/0/scale/0": 0.2
        }
        both = image(version, **{at: [{"type": "scale", "scale": [1, 1, 1, 1, 10]}]})
        assert value(both, "pixel-size.x") == "2"
        made = after(both, "pixel-size.x", "3")
        assert sizes(made, 4) == pytest.approx([3, 6])
        assert positions(made, 4) == pytest.approx([1, 1])

    def test_maps_to_other_systems_are_not_of_the_whole_image(self) -> None:
        other = {"type": "scale", "scale": [9] * 5, "input": {}, "output": {"name": "global"}}
        node = image("0.4", **{"/multiscales/0/coordinateTransformations": [other]})
        assert value(node, "pixel-size.x") == "0.2"
        assert sizes(after(node, "pixel-size.x", "1"), 4) == [1.0, 2.0]

    def test_sizes_that_are_missing_are_made_by_the_shapes(self) -> None:
        at = "/multiscales/0/datasets/{}/coordinateTransformations"
        node = image("0.4", **{at.format(n): REMOVED for n in range(2)})
        made = after(node, "pixel-size.x", "0.5")
        assert sizes(made, 4) == [0.5, 1.0]
        assert sizes(made, 3) == [1.0, 2.0]
        assert sizes(made, 2) == [1.0, 1.0]
        assert not findings(made)
        assert findings(node)
        unread = Described("", 2, node.attributes, (None, None))
        with pytest.raises(ValueError, match="not all their arrays can be read"):
            changes_for(field(unread, "pixel-size.x"), "0.5")

    def test_a_size_of_zero_is_mended(self) -> None:
        at = "/multiscales/0/datasets/{}/coordinateTransformations/0/scale/4"
        node = image("0.4", **{at.format(n): 0 for n in range(2)})
        assert value(node, "pixel-size.x") == "0"
        assert sizes(after(node, "pixel-size.x", "0.5"), 4) == [0.5, 1.0]

    @pytest.mark.parametrize(("size", "ratio"), [(33, 2), (32, 2), (65, 1), (22, 3), (40, 1.625)])
    def test_by_how_much_a_level_is_coarser(self, size: int, ratio: float) -> None:
        at = "/multiscales/0/datasets/{}/coordinateTransformations"
        attributes = edited(document("image", "0.4"), {at.format(n): REMOVED for n in range(2)})
        node = described(attributes, ((3, 1, 8, 65, 65), (3, 1, 8, size, size)))
        assert sizes(after(node, "pixel-size.z", "1"), 3) == [1.0, ratio]

    def test_what_is_turned_or_odd_is_left_alone(self) -> None:
        at = "/multiscales/0/datasets/1/coordinateTransformations"
        for odd in (
            [{"type": "rotation", "rotation": []}],
            [{"type": "scale", "scale": [1, 2]}],
            [{"type": "scale", "scale": ["1"] * 5}],
            [{"type": "translation", "translation": [1] * 5}, {"type": "scale", "scale": [1] * 5}],
            "none",
        ):
            node = image("0.4", **{at: odd})
            assert "as JSON" in field(node, "pixel-size.x").locked
            assert value(node, "pixel-size.x") == ""
            assert not field(node, "unit.x").locked

    @pytest.mark.parametrize("version", SIZED)
    def test_a_position_moves_all_levels(self, version: str) -> None:
        node = image(version)
        made = after(node, "translation.x", "-5")
        before = positions(node, 4)
        assert positions(made, 4) == pytest.approx([old - 5.1 for old in before])
        assert sizes(made, 4) == sizes(node, 4)
        assert positions(made, 3) == positions(node, 3)
        assert findings(made) <= findings(node)

    @pytest.mark.parametrize("version", ["0.4", "0.5"])
    def test_a_position_where_there_is_none(self, version: str) -> None:
        root = "/ome" if version == "0.5" else ""
        at = f"{root}/multiscales/0/datasets/{{}}/coordinateTransformations/1"
        node = image(version, **{at.format(n): REMOVED for n in range(2)})
        made = after(node, "translation.y", "2.5")
        assert positions(made, 3) == [2.5, 2.5]
        assert not findings(made)

    @given(
        st.sampled_from(SIZED),
        st.integers(0, 4).filter(lambda axis: axis != 1),
        st.decimals("0.000001", "1000000", places=6),
        st.decimals(-1000, 1000, places=3),
    )
    @settings(max_examples=60, deadline=None)
    def test_any_size_and_position(self, version: str, axis: int, size: Any, at: Any) -> None:
        node, name = image(version), "tczyx"[axis]
        made = node.after(
            changes_of(node, [(f"translation.{name}", str(at)), (f"pixel-size.{name}", str(size))])
        )
        old = sizes(node, axis)
        assert sizes(made, axis)[0] == float(size)
        assert sizes(made, axis)[1] == pytest.approx(float(size) * old[1] / old[0])
        assert float(value(made, f"translation.{name}")) == float(at)
        assert findings(made) <= findings(node)


class TestAxes:
    def test_a_name_changes_in_the_arrays_too(self) -> None:
        node = described(document("image", "0.5"), dimension_names=[*"tczyx"])
        changes = changes_for(field(node, "axis-name.2"), "depth")
        assert [(c.node, c.document, c.pointer) for c in changes] == [
            ("", "attributes", "/ome/multiscales/0/axes/2/name"),
            ("0", "array", "/dimension_names/2"),
            ("1", "array", "/dimension_names/2"),
        ]
        assert {c.value for c in changes} == {"depth"}
        made = node.after(changes)
        assert value(made, "pixel-size.depth") == "0.5"
        assert [level and level.document["dimension_names"] for level in made.levels] == [
            ["t", "c", "depth", "y", "x"]
        ] * 2

    def test_names_that_xarray_keeps(self) -> None:
        kept = {"_ARRAY_DIMENSIONS": [*"tczyx"]}
        levels = tuple(array(str(n), SHAPES[n], attributes=kept) for n in range(2))
        node = Described("", 2, document("image", "0.4"), levels)
        changes = changes_for(field(node, "axis-name.4"), "w")
        assert [(c.node, c.document, c.pointer) for c in changes[1:]] == [
            (str(n), "attributes", "/_ARRAY_DIMENSIONS/4") for n in range(2)
        ]

    def test_names_that_did_not_agree_do_so_where_they_must(self) -> None:
        names = ["t", "c", None, "y", "x"]
        must = described(document("image", "0.5"), dimension_names=names)
        need_not = described(document("image", "0.6"), dimension_names=names)
        assert len(changes_for(field(must, "axis-name.2"), "depth")) == 3
        assert len(changes_for(field(need_not, "axis-name.2"), "depth")) == 1

    def test_a_letter_of_0_3(self) -> None:
        attributes = edited(document("image", "0.3"), {"/multiscales/0/axes": ["c", "y", "x"]})
        node = described(attributes, ((1, 8, 8), (1, 4, 4)))
        assert pointers(node, "axis-name.0", "z") == {"/axes/0": "z"}

    @pytest.mark.parametrize(
        ("name", "text", "unit"),
        [
            ("unit.z", "µm", "micrometer"),
            ("unit.z", "Nanometers", "nanometer"),
            ("unit.t", "s", "second"),
        ],
    )
    def test_a_unit_that_is_meant(self, name: str, text: str, unit: str) -> None:
        node = edited(document("image", "0.4"), {"/multiscales/0/axes/0/unit": "hour"})
        made = after(described(node), name, text)
        assert value(made, name) == unit
        assert field(made, name).completions[0] in ("micrometer", "second")

    def test_an_axis_whose_name_is_no_word_is_called_by_its_number(self) -> None:
        values = {"/multiscales/0/axes/2/name": "a b", "/multiscales/0/axes/3/name": "x"}
        ids = {field.id for field in fields_of(image("0.4", **values))}
        assert {"pixel-size.2", "pixel-size.3", "pixel-size.4", "pixel-size.t"} <= ids

    def test_a_type_that_is_missing(self) -> None:
        node = image("0.4", **{"/multiscales/0/axes/2/type": REMOVED})
        assert value(node, "axis-type.z") == ""
        assert pointers(node, "axis-type.z", "space") == {"/axes/2/type": "space"}


class TestChannels:
    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.parametrize("name", ["channel.1.window", "channel.0.label", "rdefs.model"])
    def test_metadata_that_are_missing_are_made(self, version: str, name: str) -> None:
        root = "/ome" if version >= "0.5" else ""
        shapes = ((3, 2, 8, 64, 64), (3, 2, 8, 32, 32))
        node = described(edited(document("image", version), {f"{root}/omero": REMOVED}), shapes)
        text = {"channel.1.window": "5 90", "channel.0.label": "DNA", "rdefs.model": "color"}[name]
        made = after(node, name, text)
        assert not findings(made)
        omero = (made.attributes["ome"] if root else made.attributes)["omero"]
        whole = {"min": 0, "max": 65535, "start": 0, "end": 65535}
        wanted = [
            {"color": "00FF00", "window": dict(whole)},
            {"color": "FF00FF", "window": dict(whole)},
        ]
        if name == "channel.1.window":
            wanted[1]["window"] = whole | {"start": 5, "end": 90}
        elif name == "channel.0.label":
            wanted[0]["label"] = "DNA"
        assert omero["channels"] == wanted
        assert omero.get("rdefs") == ({"model": "color"} if name == "rdefs.model" else None)

    def test_channels_that_are_missing_are_added(self) -> None:
        node = described(document("image", "0.4"), ((3, 4, 8, 8, 8), (3, 4, 8, 4, 4)))
        changes = changes_for(field(node, "channel.2.label"), "third")
        assert [c.pointer for c in changes] == ["/omero/channels/-"] * 2
        made = node.after(changes)
        assert [c.get("label") for c in made.attributes["omero"]["channels"]] == [
            "DNA",
            None,
            "third",
        ]
        assert not findings(made)

    def test_values_that_are_no_whole_numbers(self) -> None:
        attributes = edited(document("image", "0.4"), {"/omero": REMOVED})
        node = described(attributes, data_type="float32")
        made = after(node, "channel.0.window", "0.5 2.5")
        window = made.attributes["omero"]["channels"][0]["window"]
        assert window == {"start": 0.5, "end": 2.5, "min": 0, "max": 2.5}

    def test_only_what_differs_of_a_window_changes(self) -> None:
        at = "/omero/channels/0/window"
        node = image("0.4", **{at: {"min": 0.0, "max": 200.0, "start": 1.0, "end": 20.0, "x": 1}})
        changes = changes_for(field(node, "channel.0.window"), "1 30")
        assert [(c.pointer, repr(c.value)) for c in changes] == [(f"{at}/end", "30.0")]
        wide = changes_for(field(node, "channel.0.window"), "-4, 300")
        assert {c.pointer.rpartition("/")[2]: c.value for c in wide} == {
            "start": -4, "end": 300, "min": -4, "max": 300,
        }  # fmt: skip
        four = changes_for(field(node, "channel.0.window"), "1 20 0 255")
        assert [(c.pointer, c.value) for c in four] == [(f"{at}/max", 255.0)]

    def test_a_window_that_lacks_numbers(self) -> None:
        node = image("0.4", **{"/omero/channels/0/window": {"min": 3}})
        assert value(node, "channel.0.window") == ""
        made = after(node, "channel.0.window", "10 20")
        assert value(made, "channel.0.window") == "10 20 3 65535"
        assert not findings(made)

    def test_the_window_on_the_screen(self) -> None:
        assert window_from_screen(0, 7.0, 918.25) == ("channel.0.window", "7 918.25")
        assert window_from_screen(2, 0.12345678, 1e6) == ("channel.2.window", "0.123457 1000000")
        assert window_from_screen(0, -150.0000001, 9.5) == ("channel.0.window", "-150 9.5")
        node = image("0.5")
        made = node.after(changes_of(node, [window_from_screen(0, 7.0, 918.5)]))
        assert value(made, "channel.0.window") == "7 918.5 0 65535"

    def test_a_color_keeps_its_letters_small(self) -> None:
        node = image("0.4")
        assert after(node, "channel.0.color", "#FF00AA").attributes["omero"]["channels"][0][
            "color"
        ] == ("ff00aa")
        assert changes_for(field(node, "channel.0.color"), "0000FF") == ()

    @pytest.mark.parametrize(
        ("at", "broken"),
        [("/omero", 5), ("/omero/channels", {}), ("/omero/rdefs", 1), ("/omero/channels/0", "DNA")],
    )
    def test_what_is_broken_is_left_alone(self, at: str, broken: Any) -> None:
        node = image("0.4", **{at: broken})
        assert "as JSON" in field(node, "channel.0.label").locked
        with pytest.raises(ValueError, match="mend it as JSON"):
            changes_for(field(node, "channel.0.label"), "x")

    def test_a_label_image_has_no_channels(self) -> None:
        node = described(document("label", "0.4"))
        assert not any(field.id.startswith(("channel", "rdefs")) for field in fields_of(node))


class TestSeveral:
    def test_one_after_the_other(self) -> None:
        node = image("0.4", **{"/omero": REMOVED})
        typed = [
            ("axis-name.2", "depth"),
            ("pixel-size.depth", "2"),
            ("unit.depth", "nanometer"),
            ("channel.0.label", "DNA"),
            ("channel.0.color", "FF0000"),
            ("rdefs.default-z", "1"),
        ]
        made = node.after(changes_of(node, typed))
        for name, text in typed:
            assert value(made, name) == text
        assert not findings(made)
        with pytest.raises(ValueError, match=r"^unit\.z: 'ell' is no unit"):
            changes_of(node, [("unit.z", "ell")])

    def test_a_plate_has_a_name(self) -> None:
        for version in VERSIONS:
            node = Described("", 2, document("plate", version))
            assert [f.id for f in fields_of(node)] == ["name"]
            made = node.after(changes_of(node, [("name", "other")]))
            assert value(made, "name") == "other"
            assert findings(made) <= findings(node)


def local(path: Path) -> LocalAccess:
    return LocalAccess(Location.local(path))


def judged(access: Access) -> Counter[tuple[str, str]]:
    """What the validator finds in a whole store, by rule and node."""
    root = read_node(access, "")
    assert root is not None
    return Counter((found.rule, found.node) for found in validate_store(access, root).findings)


def planned(path: Path, node: str, *typed: tuple[str, str]) -> tuple[LocalAccess, Plan]:
    access = local(path)
    changes = changes_of(describe_node(access, node), typed)
    return access, plan_edit(access, DocumentsEdit(changes, "Change it", node))


class TestStores:
    def test_every_byte_that_is_not_concerned_stays(self, tmp_path: Path) -> None:
        raw = (
            b'{\n   "kept":   [1.50, 1e3, "\\u00e9"],\n   "kept": 2,\n   "multiscales": [{"name" : '
            b'"a",\n     "axes": [ {"name":"y","type":"space"}, {"name":"x","type":"space"}],\n'
            b'     "version": "0.4", "datasets": [{"path":"0","coordinateTransformations":'
            b'[{"type":"scale","scale":[0.50,  2.0e-1]}]}]}]\n}\n\n'
        )
        write_json(tmp_path / ".zgroup", {"zarr_format": 2})
        write_json(tmp_path / "0/.zarray", v2_array_document((4, 4), (4, 4)))
        (tmp_path / ".zattrs").write_bytes(raw)
        _, plan = planned(tmp_path, "", ("pixel-size.x", "0.25"), ("unit.y", "nm"), ("name", "b"))
        assert plan.keys == (".zattrs",)
        wanted = raw.replace(b"2.0e-1", b"0.25").replace(b'"a"', b'"b"')
        unit = b'"name":"y","type":"space","unit":   "nanometer"'  # as the first colon stands
        assert plan.staged.get(".zattrs") == wanted.replace(b'"name":"y","type":"space"', unit)
        plan.staged.close()

    @pytest.mark.parametrize("writer", [name for name in OME if "plate" not in name])
    def test_stores_of_other_writers(self, foreign: Foreign, writer: str) -> None:
        made = foreign(writer)
        for path in made.images:
            access = local(made.path)
            node = describe_node(access, path)
            fields = {field.id: field for field in fields_of(node)}
            key = f"axis-name.{len(node.levels[0].array.shape) - 1 if node.levels[0] else 0}"
            typed = [("name", "mended"), (key, "w"), ("pixel-size.w", "0.125")]
            typed = [t for t in typed if t[0] in fields or t[0] == "pixel-size.w"]
            before = judged(access)
            plan = planned(made.path, path, *typed)[1]
            now = {field.id: field.value for field in fields_of(describe_node(plan.staged, path))}
            assert now["pixel-size.w"] == "0.125"
            assert now["name"] == "mended"
            assert judged(plan.staged) <= before
            for key in plan.keys:
                old, new = access.get(key), plan.staged.get(key)
                assert old is not None
                assert new is not None
                assert json.loads(new).keys() == json.loads(old).keys()
            plan.staged.close()

    def test_consolidated_copies_change_too(self, tmp_path: Path) -> None:
        attributes = document("image", "0.5")
        level = array_document((3, 1, 8, 4, 4), (3, 1, 8, 4, 4), dimension_names=[*"tczyx"])
        root = group_document(attributes)
        inline = {"kind": "inline", "must_understand": False, "metadata": {"0": level, "1": level}}
        write_json(tmp_path / "zarr.json", {**root, "consolidated_metadata": inline})
        for name in "01":
            write_json(tmp_path / name / "zarr.json", level)
        _, plan = planned(tmp_path, "", ("axis-name.2", "depth"))
        assert set(plan.keys) == {"zarr.json", "0/zarr.json", "1/zarr.json"}
        facts = dict(plan.told)
        assert facts["nodes"] == "the root, 0 and 1"
        assert facts["consolidated"] == "2 copies in zarr.json changed with it"
        held = json.loads(plan.staged.get("zarr.json") or b"")["consolidated_metadata"]["metadata"]
        for name in "01":
            own = json.loads(plan.staged.get(f"{name}/zarr.json") or b"")
            assert held[name] == own == {**level, "dimension_names": ["t", "c", "depth", "y", "x"]}
        plan.staged.close()

    def test_what_becomes_invalid_is_told(self, tmp_path: Path) -> None:
        write_json(tmp_path / "zarr.json", group_document(document("image", "0.5")))
        _, plan = planned(tmp_path, "", ("axis-type.z", "time"))
        facts = dict(plan.told)
        assert facts["validation"].startswith(
            "1 error and 1 warning more than now; the first: The axes"
        )
        plan.staged.close()

    def test_what_cannot_be_described(self, tmp_path: Path) -> None:
        write_json(tmp_path / "zarr.json", group_document())
        (tmp_path / "bad").mkdir()
        (tmp_path / "bad/zarr.json").write_text("{")
        with pytest.raises(UserError, match="none cannot be read"):
            describe_node(local(tmp_path), "none")
        with pytest.raises(UserError, match="bad cannot be read"):
            describe_node(local(tmp_path), "bad")
