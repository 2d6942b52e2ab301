"""What is told of a node: for people with units, for programs unrounded."""

from foreign import Foreign
from foreign.ome import COLORS, OMERO
from looking import array, array_in, image_in, local

from omezarr_tui.ome.describe import facts_of, format_line, shape_with_axes
from omezarr_tui.ome.describe_json import facts_json
from omezarr_tui.ome.model import Axis
from omezarr_tui.ome.read import multiscale_of_array
from omezarr_tui.ome.sizes import axes_text, pixel_size
from omezarr_tui.store.node import Broken, Group
from omezarr_tui.store.opening import open_root


class TestFacts:
    def test_of_an_image(self, foreign: Foreign) -> None:
        made = foreign("ome_zarr_py_05")
        access = local(made.path)
        facts = facts_of(open_root(access), image_in(made.path))
        assert [(fact.label, fact.value) for fact in facts] == [
            ("type", "image"),
            ("format", "Zarr v3 · OME-Zarr 0.5"),
            ("name", "cells"),
            ("axes", "c  z µm  y µm  x µm"),
            ("levels", "s0  2 × 3 × 20 × 34  2 × 0.5 × 0.25 µm"),
            ("", "s1  2 × 3 × 10 × 17  2 × 1 × 0.5 µm"),
            ("channels", "LaminB1  7 to 4000"),
            ("", "Dapi  7 to 4000"),
        ]
        assert [fact.color for fact in facts[-2:]] == list(COLORS)

    def test_of_an_array(self, foreign: Foreign) -> None:
        made = foreign("v2_codecs")
        facts = {fact.label: fact.value for fact in facts_of(array_in(made.path, "f_order"))}
        assert facts["data type"] == "uint16, little-endian, Fortran order"
        assert facts["shape"] == "3 × 10 × 17"
        assert facts["chunks"] == "2 × 4 × 5, 24 in all, 80 B each"
        assert facts["size"] == "510 elements, 1020 B uncompressed"
        assert facts["array→array"] == "–"
        assert facts["array→bytes"] == "bytes (endian=little, order=F)"
        assert "shards" not in facts

    def test_of_shards(self, foreign: Foreign) -> None:
        facts = {
            fact.label: fact.value
            for fact in facts_of(array_in(foreign("v3_sharded").path, "oversized"))
        }
        assert facts["chunks"] == "2 × 4 × 5, 24 in all, 80 B each"
        assert facts["shards"] == "4 × 16 × 20, 1 in all, 2.5 KiB each"

    def test_of_a_plate_a_folder_and_a_broken_node(self, foreign: Foreign) -> None:
        plate = open_root(local(foreign("ome_zarr_py_plate_04").path))
        assert ("plate", "2 rows × 3 columns, 3 wells") in [
            (fact.label, fact.value) for fact in facts_of(plate)
        ]
        assert facts_of(Group("", None))[-1].value == "a plain folder that holds stores"
        broken = facts_of(Broken("x", "is \x1b[31mbroken", "why"))
        assert [(f.label, f.value, f.warning) for f in broken] == [
            ("broken", "is ␛[31mbroken", True),
            ("cause", "why", False),
        ]

    def test_numbers_for_programs(self, foreign: Foreign) -> None:
        made = foreign("ome_zarr_py_04")
        told = facts_json(open_root(local(made.path)), image_in(made.path))
        facts = made.images[""]
        assert (told["ome"], told["ome_version"], told["kind"]) == ("image", "0.4", "group")
        levels = told["image"]["levels"]
        assert tuple(tuple(level["scale"]) for level in levels) == facts.pixel_sizes
        assert [level["path"] for level in levels] == list(facts.levels)
        assert tuple(axis["unit"] for axis in told["image"]["axes"]) == facts.units
        assert told["attributes"]["omero"] == OMERO

    def test_words(self) -> None:
        axes = (Axis("t", "time", "second"), Axis("y", "space", "micrometer"), Axis("x", "space"))
        assert axes_text(axes) == "t s  y µm  x"
        assert shape_with_axes((2, 3), ["y", "x"]) == "y 2 × x 3"
        assert shape_with_axes((2, 3), ["dim_0", "dim_1"]) == "2 × 3"
        assert format_line(Group("", 2, {"labels": []}, consolidated=True)) == (
            "Zarr v2 · OME-Zarr · consolidated"
        )
        level = multiscale_of_array(array((5, 5, 5))).levels[0]
        assert pixel_size(level, axes) == "1 µm × 1"
