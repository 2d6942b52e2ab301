"""Colormaps: every one that can be chosen colours every brightness."""

import numpy as np
import pytest

from omezarr_tui.errors import UserError
from omezarr_tui.image.colormaps import color_table, colored, colormap_names


def test_every_colormap_has_a_colour_for_every_shade() -> None:
    names = colormap_names()
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
