"""What the bar says of a picture is what the picture is."""

from pathlib import Path

import numpy as np
import pytest
import zarr
from looking import changed

from omezarr_tui.image.bar import axis_positions, level_text, window_text
from omezarr_tui.image.look import ChannelLook
from omezarr_tui.image.picture import Painter, Picture, PictureRequest
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.view import first_view
from omezarr_tui.ome.discover import image_of
from omezarr_tui.ome.model import Window
from omezarr_tui.store.access import open_access
from omezarr_tui.store.location import Location
from omezarr_tui.store.opening import find_node


def painted(path: Path, node: str = "", **changes: object) -> Picture:
    access = open_access(Location.local(path))
    image = image_of(access, find_node(access, node))
    assert image is not None
    view = first_view(image)
    assert view is not None
    request = PictureRequest(image, view, (10, 40), level=image.pinned)
    for name, value in changes.items():
        request = changed(request, **{name: value(request) if callable(value) else value})
    return Painter(Reader(access)).paint(request)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    zarr.create_array(
        tmp_path / "a.zarr",
        data=np.arange(12 * 40 * 80, dtype="uint16").reshape(12, 40, 80),
        dimension_names=["t", "y", "x"],
    )
    return tmp_path / "a.zarr"


def test_positions_without_units(plain: Path) -> None:
    picture = painted(plain)
    assert axis_positions(picture) == [("t", " 0 of 0–11"), ("y", "0–39 ↓"), ("x", "0–79 →")]
    assert level_text(picture) == "12 × 40 × 80 · uint16"


def test_positions_keep_their_width(plain: Path) -> None:
    told = [
        dict(axis_positions(painted(plain, view=lambda r, i=i: r.view.at(0, i, 12))))["t"]
        for i in range(12)
    ]
    assert told == [f"{i:>2} of 0–11" for i in range(12)]


def test_a_window_on_the_plane_says_which(plain: Path) -> None:
    picture = painted(plain, view=lambda request: request.view.zoomed(4))
    region = picture.sampling.region
    told = dict(axis_positions(picture))
    assert told["y"] == f"{region[1].start}–{region[1].stop - 1} of 0–39 ↓"
    assert told["x"] == f"{region[2].start}–{region[2].stop - 1} of 0–79 →"


def test_values_and_where_they_come_from(plain: Path) -> None:
    picture = painted(plain)
    low, high = picture.window.start, picture.window.end
    assert window_text(picture) == f"values {round(low)} to {round(high)} (1–99.8 % of level 0)"
    seen = painted(plain, source="seen")
    assert window_text(seen).endswith("(1–99.8 % of what is seen)")
    by_hand = painted(plain, channels=((0, ChannelLook(window=Window(0, 9))),), invert=True)
    assert window_text(by_hand) == "values 0 to 9 (set by hand, inverted)"


def test_nothing_finite_is_said(tmp_path: Path) -> None:
    zarr.create_array(tmp_path / "a.zarr", data=np.full((4, 4), np.nan))
    assert window_text(painted(tmp_path / "a.zarr")).startswith("no finite values")


def test_labels_have_no_window(shared_data: Path) -> None:
    picture = painted(shared_data / "dsb2d_v05.ome.zarr", "labels/nuclei")
    assert window_text(picture).startswith("labels")


def test_levels_of_a_real_image(shared_data: Path) -> None:
    picture = painted(shared_data / "cells_v05.ome.zarr")
    number, array = picture.sampling.level, picture.sampling.array
    assert number > 0
    assert level_text(picture).startswith(f"level {number} of 0–4 · {array.name} · 2 × 32 × ")
    told = dict(axis_positions(picture))
    assert told["c"] == "0 of 0–1 (LaminB1)"
    # Counted in the finest level, whichever is shown; in the chosen one where one is chosen.
    assert told["y"] == "0–274 ↓"
    chosen = painted(shared_data / "cells_v05.ome.zarr", level=number)
    assert dict(axis_positions(chosen))["y"] == f"0–{array.shape[2] - 1} ↓"
