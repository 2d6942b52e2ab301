"""One key shows values as a table or as a picture; by itself the more fitting one comes."""

from pathlib import Path

import numpy as np
import pytest
import zarr
from conftest import CHANNELS, write_volume
from driver import opened

from omezarr_tui.image.channels import MOST
from omezarr_tui.ome.model import Window
from omezarr_tui.tui.screens.channels import FIXED
from omezarr_tui.tui.widgets.picture_pane import PicturePane


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of arrays that no metadata describe."""
    path = tmp_path_factory.mktemp("plain") / "a.zarr"
    root = zarr.create_group(path)
    down, across = np.indices((40, 60))
    root.create_array("mask", data=(down + across) % 7 == 0)
    root.create_array("true", data=np.ones((40, 60), bool))
    root.create_array("wave", data=down + 1j * across)
    root.create_array("stack", data=np.arange(3 * 40 * 60).reshape(3, 40, 60), chunks=(1, 40, 60))
    points = root.create_array("points", shape=(100_000, 2), dtype="int32", chunks=(1000, 2))
    points[:] = np.arange(200_000).reshape(-1, 2)
    root.create_array("colors", data=np.arange(20 * 30 * 3, dtype="uint8").reshape(20, 30, 3))
    return path


async def test_a_mask_is_a_picture_and_on_a_key_a_table(plain: Path) -> None:
    async with opened(plain, "mask") as p:
        await p.press("3")
        assert p.panel.picture is not None
        assert "false to true" in p.bar
        values = p.panel.picture.samples.values
        assert values.min() == 0
        assert values.max() > 0.8
        await p.press("W")
        assert p.app.focused is p.panel.table
        assert [p.panel.table.cell(0, at) for at in range(8)] == ["True", *["False"] * 6, "True"]
        await p.press("r")  # stays what it is
        assert p.panel.has_class("-values")
        await p.press("W")
        assert p.app.focused is p.panel.view
        assert p.panel.picture is not None
        assert not p.panel.has_class("-values")


async def test_a_mask_that_is_all_true_is_white(plain: Path) -> None:
    async with opened(plain, "true") as p:
        assert p.panel.picture is not None
        assert p.panel.picture.window == Window(0, 1)
        np.testing.assert_allclose(p.panel.picture.samples.values, 1)
        await p.press("w")
        assert FIXED in p.told


async def test_of_complex_numbers_the_magnitude_is_seen(plain: Path) -> None:
    async with opened(plain, "wave") as p:
        await p.press("3")
        assert "magnitude" in p.bar
        picture = p.panel.picture
        assert picture is not None
        assert np.hypot(39, 59) * 0.9 < picture.samples.values.max() <= np.hypot(39, 59) + 1e-9
        await p.press_each("x", "I", "D", "Y")  # nothing of it stumbles
        await p.press("W")
        assert p.panel.table.cell(2, 3) == "2+3j"


async def test_points_are_a_table_that_reads_only_what_is_seen(plain: Path) -> None:
    async with opened(plain, "points") as p:
        await p.press("3")
        assert p.panel.table.cell(1, 1) == "3"
        await p.press("end")
        assert p.panel.table.cell(99_999, 1) == "199999"
        wanted = [event.rows for event in p.heard(PicturePane.CellsWanted)]
        assert {(rows.start // 1000, rows.stop // 1000) for rows in wanted} <= {(0, 0), (99, 100)}
        assert not p.heard(PicturePane.Wanted)
        await p.press("W")
        assert p.panel.picture is not None
        await p.press("r")  # the user's choice stays
        assert p.panel.picture is not None


async def test_both_stand_on_the_same_plane(plain: Path) -> None:
    async with opened(plain, "stack") as p:
        await p.press_each("3", "full_stop", "W")
        assert p.panel.table.cell(0, 0) == "2400"
        await p.press_each("full_stop", "W")
        assert p.request.view.index[0] == 2
        await p.press_each("home", "W")
        assert p.panel.table.cell(0, 1) == "1"


async def test_the_next_node_is_shown_as_it_is(plain: Path) -> None:
    async with opened(plain, "mask") as p:
        await p.press_each("W", "down")
        assert p.node.path == "points"
        assert p.panel.has_class("-values")
        await p.press("W")
        await p.press_each("up")
        assert p.node.path == "mask"
        assert p.panel.picture is not None


async def test_taken_for_a_colour_picture(plain: Path) -> None:
    async with opened(plain, "colors") as p:
        await p.press("3")
        assert "taken for RGB" in p.bar
        assert "taken for RGB" in p.facts
        await p.press("w")
        assert FIXED in p.told
        await p.press("o")
        assert p.request.view.columns == 2
        assert "taken for RGB" not in p.bar


async def test_no_more_channels_than_can_be_told_apart(tmp_path: Path) -> None:
    path = write_volume(tmp_path / "many.ome.zarr", (1, MOST + 2, 1, 20, 30))
    root = zarr.open_group(path, mode="a")
    told = [{**CHANNELS[0], "label": f"ch{at}", "active": True} for at in range(MOST + 2)]
    root.attrs["ome"] = {**root.attrs["ome"], "omero": {"channels": told}}  # type: ignore[dict-item]
    async with opened(path) as p:
        await p.press_each("3", "asterisk", "C", "end")
        before = p.request
        assert before.is_composed
        await p.press("space")
        assert p.request == before
        assert f"{MOST} channels are on" in p.dialog_text()
        await p.press_each("home", "space")
        assert f"{MOST} channels are on" not in p.dialog_text()
        await p.press_each("end", "space")
        assert [at for at, _ in p.request.samplings()] == [*range(1, MOST), MOST + 1]
