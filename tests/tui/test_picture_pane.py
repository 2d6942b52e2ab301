"""The picture pane: what choosing a node shows, what the bar tells of it, and how it looks."""

import re
from pathlib import Path

import numpy as np
import pytest
import zarr
from driver import Program, frame_of, lines, opened, text_of
from foreign import Foreign

from omezarr_tui.image.cells import RAMP
from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.image.view import first_view, opens_as_table
from omezarr_tui.ome.discover import image_of
from omezarr_tui.settings import load_settings, settings_file
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Array
from omezarr_tui.store.opening import find_node
from omezarr_tui.text import format_number
from omezarr_tui.tui.widgets.axis_bar import AxisBar
from omezarr_tui.tui.widgets.picture_pane import PicturePane


def first_request(path: Path, node: str, room: tuple[int, int]) -> PictureRequest:
    """What choosing a node must ask for, from the store alone."""
    access = LocalAccess(Location.local(path))
    image = image_of(access, find_node(access, node))
    assert image is not None
    view = first_view(image)
    assert view is not None
    return PictureRequest(image, view, room, level=image.pinned)


def bar(program: Program) -> list[str]:
    """The three lines of the bar, blanks made one."""
    return [" ".join(line.split()) for line in program.bar.split("\n")]


class TestChoosing:
    @pytest.mark.parametrize(
        ("store", "node"),
        [
            ("cells.ome.zarr", ""),
            ("cells.ome.zarr", "labels/nuclei"),
            ("embryo-0.4.ome.zarr", ""),
            ("plate.ome.zarr", "A/1/0"),
        ],
    )
    async def test_an_image_or_an_array_shows_its_plane(
        self, demo: Path, store: str, node: str
    ) -> None:
        async with opened(demo / store, node) as p:
            expected = first_request(demo / store, node, p.panel.view.room)
            assert p.picture == "\n".join(frame_of(demo / store, expected).lines)
            assert len(set(p.picture)) > 5

    async def test_the_picture_stands_in_the_middle_as_it_is(self, volume: Path) -> None:
        async with opened(volume) as p:
            painted = lines(p.panel.view)
            rows = p.picture.split("\n")
            assert len(rows) == len(painted)
            left = (p.panel.view.size.width - len(rows[0])) // 2
            assert painted == [" " * left + row.rstrip() for row in rows]

    async def test_moving_to_a_level_stays_at_the_plane(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press("full_stop", "full_stop", "plus", "down", "down")
            assert p.node.path == "s1"
            view = p.request.view
            assert (view.index[2], view.zoom, p.request.level) == (14, 1.5, 1)
            assert p.panel.border_title == "volume · s1 · 2 × 2 × 25 × 60 × 80 · 0.5 × 0.5 × 0.5 µm"
            await p.press("home")
            assert (p.request.view.index[2], p.request.level) == (14, None)

    async def test_another_image_begins_in_its_own_middle(self, demo: Path) -> None:
        async with opened(demo, "brain.ome.zarr") as p:
            await p.press("full_stop", "plus")
            await p.press("home", "down", "down")
            assert p.node.path == "cells.ome.zarr"
            expected = first_request(demo / "cells.ome.zarr", "", p.panel.view.room)
            assert p.request.view == expected.view

    async def test_a_group_without_pixels_says_so(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_nested").path, "top") as p:
            assert p.panel.picture is not None
            await p.press("home")
            assert p.picture == "Choose an image or an array to see it."
            assert p.panel.picture is None
            assert bar(p) == ["", "", ""]

    async def test_an_image_without_a_level_that_can_be_read(self, tmp_path: Path) -> None:
        axes = [{"name": name, "type": "space"} for name in "yx"]
        multiscale = {"axes": axes, "datasets": [{"path": "[/x]"}]}
        attributes = {"ome": {"version": "0.5", "multiscales": [multiscale]}}
        zarr.create_group(tmp_path / "a.zarr", attributes=attributes)
        async with opened(tmp_path / "a.zarr") as p:
            assert "No level of this image can be read." in p.picture
            assert "[/x]" in p.picture


class TestBar:
    async def test_each_axis_with_position_and_bounds(self, demo: Path, volume: Path) -> None:
        async with opened(demo / "cells.ome.zarr") as p:
            assert bar(p)[0] == (
                "c ◂ 0 of 0–1 (LaminB1) ▸ z ◂ 5 of 0–9 (60 µm) ▸ y 0–274 ↓ x 0–270 →"
            )
            await p.press("full_stop", "c", "full_stop")
            assert bar(p)[0].startswith("c ◂ 1 of 0–1 (Dapi) ▸ z ◂ 6 of 0–9 (61.5 µm) ▸ y ")
            await p.press("plus")
            shown = re.search(r"y (\d+)–(\d+) of 0–274 ↓", bar(p)[0])
            assert shown is not None
            assert 0 < int(shown[1]) < int(shown[2]) < 274
        async with opened(volume) as p:  # room is short: notes on the axis that keys go along only
            assert bar(p)[0] == (
                "t ◂ 0 of 0–1 ▸ c ◂ 0 of 0–1 ▸ z ◂ 12 of 0–24 (6 µm) ▸ y 0–119 ↓ x 0–159 →"
            )

    async def test_nothing_in_it_jumps_from_plane_to_plane(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press("comma", "comma", "comma")
            nine = p.bar.split("\n")[0]
            await p.press("full_stop")
            ten = p.bar.split("\n")[0]
            assert ("◂  9 of 0–24" in nine, "◂ 10 of 0–24" in ten) == (True, True)
            assert ten.index("◂ 10") == nine.index("◂  9")

    async def test_the_level_and_what_a_character_stands_for(self, volume: Path) -> None:
        async with opened(volume) as p:
            assert bar(p)[2].startswith(
                "level 0 of 0–2 auto mean of 3.24 × 1.63 px "
                "2 × 2 × 25 × 120 × 160 0.5 × 0.25 × 0.25 µm"
            )
            picture = p.panel.picture
            assert picture is not None
            rows, columns = picture.frame.size
            assert (f"{120 / rows:.3g}", f"{160 / columns:.3g}") == ("3.24", "1.63")
            await p.press("right_square_bracket", "right_square_bracket")
            assert bar(p)[2].startswith("level 2 of 0–2 chosen every pixel shown 2 × 2 × 25 × 30 ×")
            await p.press("equals_sign", "plus", "plus", "plus", "plus")
            assert bar(p)[2].startswith("level 0 of 0–2 auto every pixel shown ")

    async def test_the_values_that_are_darkest_and_brightest(self, volume: Path) -> None:
        async with opened(volume) as p:
            picture = p.panel.picture
            assert picture is not None
            coarsest = zarr.open_group(volume, mode="r")["s2"]
            assert isinstance(coarsest, zarr.Array)
            low, high = np.percentile(np.asarray(coarsest[:, 0]), (1, 99.8))
            scale = f"{format_number(low)} ▕{RAMP}▏ {format_number(high)}"
            assert scale in p.bar.split("\n")[1]
            assert "1–99.8 % of level 2" in bar(p)[1]
            await p.press("left_curly_bracket")
            assert "set by hand" in bar(p)[1]
            await p.press("w", "i")
            assert f"{format_number(low)} ▕{RAMP[::-1]}▏ {format_number(high)}" in p.bar
            assert bar(p)[1].endswith("1–99.8 % of level 2, inverted")
            await p.press("w", "i")
            low, high = np.percentile(p.panel.picture.samples.values, (1, 99.8))
            assert f"{format_number(low)} ▕{RAMP}▏ {format_number(high)}" in p.bar
            assert "1–99.8 % of what is seen" in bar(p)[1]

    async def test_labels_are_told_apart_and_not_averaged(self, demo: Path) -> None:
        async with opened(demo / "cells.ome.zarr", "labels/nuclei") as p:
            assert bar(p)[1] == "labels, each in a look of its own; 0 is left empty"
            assert "one pixel of" in bar(p)[2]

    async def test_a_click_steps_and_chooses(self, volume: Path) -> None:
        async with opened(volume) as p:
            axis_bar = p.browse.query_one(AxisBar)
            await p.click(axis_bar, " c ")
            assert p.request.view.moving == 1
            await p.click(axis_bar, "▸")
            assert p.request.view.index[:3] == (1, 0, 12)  # the first arrow is that of t
            await p.click(axis_bar, " 12 of")
            assert p.request.view.index[:3] == (1, 0, 12)  # a number is no arrow
            await p.click(axis_bar, "◂", after=" z ")
            assert (p.request.view.index[:3], p.request.view.moving) == ((1, 0, 11), 2)

    async def test_the_wheel_zooms(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.wheel(p.panel.view, down=False)
            assert p.request.view.zoom == 1.5
            await p.wheel(p.panel.view, down=True)
            assert p.request.view.zoom == 1.0


class TestLooks:
    async def test_a_light_theme_turns_the_ramp_round(self, volume: Path) -> None:
        async with opened(volume) as p:
            dark = p.picture
            await p.press("ctrl+p")
            await p.type("theme")
            await p.press("enter")
            await p.type("omezarr-light")
            await p.press("enter")
            assert p.app.theme == "omezarr-light"
            assert p.screen is p.browse
            turned = str.maketrans(RAMP, RAMP[::-1])
            assert p.picture == dark.translate(turned)
            assert p.picture == "\n".join(frame_of(volume, p.request).lines)
            assert f"▕{RAMP[::-1]}▏" in p.bar
            assert not p.request.look.dark

    async def test_ascii_is_the_default_also_without_colour(
        self, volume: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NO_COLOR", "1")
        async with opened(volume) as p:
            assert (p.request.look.rendering, p.request.look.depth) == ("ascii", "none")
            assert set(p.picture) <= set(RAMP) | {"\n"}
            colours = {
                segment.style.color.triplet
                for line in range(10, 20)
                for segment in p.panel.view.render_line(line)
                if segment.style and segment.style.color
            }
            assert len(colours) == 1

    async def test_the_rendering_of_the_settings_comes_first(
        self, volume: Path, hermetic: Path
    ) -> None:
        settings_file().parent.mkdir(parents=True)
        settings_file().write_text('rendering = "half"\n')
        async with opened(volume, settings=load_settings()) as p:
            assert set(p.picture) == {"▀", "\n"}
            frame = frame_of(volume, p.request)
            assert frame.fg is not None
            assert p.panel.picture is not None
            np.testing.assert_array_equal(p.panel.picture.frame.fg, frame.fg)
            await p.press("v", "v", "v")
            assert set(p.picture) <= set(RAMP) | {"\n"}

    async def test_what_was_chosen_stays_for_other_images(self, demo: Path) -> None:
        async with opened(demo, "brain.ome.zarr") as p:
            await p.press("v", "i")
            await p.press("home", "down", "down")
            assert (p.request.look.rendering, p.request.look.invert) == ("half", True)
            assert p.node.path == "cells.ome.zarr"


class TestValues:
    @pytest.mark.parametrize("store", ["v3_types", "v2_types"])
    async def test_what_is_no_picture_is_a_table_of_its_values(
        self, foreign: Foreign, store: str
    ) -> None:
        made = foreign(store)
        tables = set()
        async with opened(made.path) as p:
            for _ in made.arrays:
                await p.press("down")
                assert isinstance(p.node, Array)
                image = image_of(LocalAccess(Location.local(made.path)), p.node)
                assert image is not None
                if first_view(image) is not None and not opens_as_table(image):
                    assert not p.panel.has_class("-values")
                    assert p.panel.picture is not None
                    continue
                tables.add(p.node.path)
                values = made.arrays[p.node.path]
                assert values is not None
                check_table(p, values)
        assert {"bool_0d", "empty", "one_d", "complex64", "structured", "text"} <= tables

    async def test_plane_keys_go_to_the_next_plane_of_values(self, tmp_path: Path) -> None:
        root = zarr.create_group(tmp_path / "a.zarr")
        stack = np.arange(3 * 2 * 2).reshape(3, 2, 2) * (1 + 1j)
        root.create_array("stack", data=stack, chunks=(1, 2, 2))
        async with opened(tmp_path / "a.zarr", "stack") as p:
            assert p.panel.table.cell(0, 0) == "0j"
            assert ", . plane" in p.keys
            await p.press("full_stop")
            assert p.panel.table.cell(0, 0) == "4+4j"
            assert "dim_0 1 of 0–2" in p.bar
            await p.press("greater_than_sign")
            assert p.panel.table.cell(1, 1) == "11+11j"
            await p.press("less_than_sign")
            assert p.panel.table.cell(0, 0) == "0j"

    async def test_the_table_can_be_walked_through(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_types").path, "complex64") as p:
            await p.press("3", "right", "down")
            table = p.panel.table
            assert p.app.focused is table
            assert tuple(table.cursor) == (1, 1)
            await p.press("escape")
            assert p.app.focused is p.tree
            assert len(p.heard(PicturePane.CellsWanted)) == 1


def check_table(p: Program, values: np.ndarray) -> None:  # type: ignore[type-arg]
    """The table holds the values, the first ones first."""
    table = p.panel.table
    assert p.panel.has_class("-values")
    assert str(p.panel.border_title) == f"{p.node.name} · values"
    assert table.table is not None
    if values.size == 0:
        assert bar(p)[0] == "empty: there are no values"
        return
    rows = [[table.cell(row, column) for column in table.in_sight[1]] for row in table.in_sight[0]]
    if values.dtype.names:
        assert rows[0] == ["0.5", "1099511627776", "a"]
        assert [table.table.heading(at) for at in range(3)] == ["x", "id", "tag"]
    elif values.dtype.kind in "iuf" and values.ndim < 2:
        flat = values.ravel()
        assert [row[0] for row in rows] == [str(value) for value in flat[: len(rows)]]
    elif values.dtype.kind == "c":
        told = [[complex(cell or "") for cell in row] for row in rows]
        np.testing.assert_array_equal(np.array(told, values.dtype), values)
    elif p.node.path == "text":
        assert rows[1][0] == "Lamin B1␊"
        assert rows[1][1] == "[/x] 細胞 ␛[31m"
        assert rows[2][1] == "z" * 300
        assert f"{'z' * 39}…" in text_of(table)
    elif p.node.path == "text_0d":
        assert rows == [["a 0-d string"]]
    assert bar(p)[0].startswith(("one value", f"{table.table.row_count} row"))
