"""Colormaps: every one that can be chosen colours every brightness."""

import re

import cmap
import numpy as np
import pytest

from omezarr_tui.errors import UserError
from omezarr_tui.image.colormap_names import (
    USUAL,
    colormap_names,
    colormap_variants,
    fitting_colormaps,
)
from omezarr_tui.image.colormaps import color_table, colored
from omezarr_tui.image.look import COLORMAPS


def test_every_colormap_has_a_colour_for_every_shade() -> None:
    names = (*colormap_names(), *colormap_variants())
    assert {"grey", "channel", "viridis", "Accent"} <= {*names}
    for name in names:
        assert (color_table(name).shape, color_table(name).dtype) == ((256, 3), np.uint8), name


def test_a_colormap_of_few_colours_keeps_just_these_in_their_order() -> None:
    table = color_table("Accent_3")
    assert len(np.unique(table, axis=0)) == 3
    light = np.array([[0.0, 0.5, 1.0]])
    assert colored(light, table, 256)[0].tolist() == [table[at].tolist() for at in (0, 128, 255)]
    assert len(np.unique(colored(light, table, 256)[0], axis=0)) == 3


def test_a_name_that_does_not_exist_is_told() -> None:
    with pytest.raises(UserError, match="no colormap 'virridis'"):
        color_table("virridis")


def test_each_map_is_listed_once_the_usual_ones_first_and_then_the_continuous() -> None:
    names = colormap_names()
    assert names[: len(USUAL)] == USUAL
    assert {*COLORMAPS} <= {*USUAL}
    assert len(names) == len({*names})
    assert [name for name in names if re.search(r"_\d+$", name)] == ["rainbow_discrete_23"]
    catalog = cmap.Catalog()
    continuous = [catalog[name].interpolation in (True, "linear") for name in names[len(USUAL) :]]
    assert continuous == sorted(continuous, reverse=True)
    assert not continuous[-1]


def test_every_map_of_the_library_is_found_by_its_name() -> None:
    known = cmap.Catalog().unique_keys()
    assert known - {"gray"} == {*colormap_names(), *colormap_variants()} - {"grey", "channel"}
    for name in known - {"gray"}:
        assert name in fitting_colormaps(name.upper())
    assert "grey" in fitting_colormaps("gray")


def test_variants_come_when_their_number_is_typed() -> None:
    assert fitting_colormaps("") == [*colormap_names()]
    assert fitting_colormaps("accent") == ["Accent"]
    assert fitting_colormaps("Accent_")[0] == "Accent_3"
    assert fitting_colormaps("set3_1") == ["Set3_10", "Set3_11", "Set3_12"]
    assert {"tol:PRGn", "colorbrewer:PRGn"} == {*fitting_colormaps("prgn")} - {"PRGn_discrete"}
