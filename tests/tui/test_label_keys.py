"""Labels over the picture and the cursor on it: what keys and clicks do, and what is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from conftest import volume_values, write_volume
from driver import SMALL, WIDE, Program, frame_of, lines, opened
from textual.geometry import Offset

from omezarr_tui.image.bar import overlay_text
from omezarr_tui.image.overlay import OPACITIES
from omezarr_tui.image.pointing import moved
from omezarr_tui.tui import messages
from omezarr_tui.tui.actions import ACTIONS
from omezarr_tui.tui.widgets.axis_bar import AxisBar
from omezarr_tui.tui.widgets.picture_pane import PicturePane

SHAPE = (1, 2, 4, 40, 60)
PROPERTIES = [{"label-value": 2, "area": 600, "class": "[b]nucleus[/b]"}]


def write_labels(image: Path, name: str, values: Any, **told: Any) -> None:
    """Write a label image z, y, x with the pixel sizes of `write_volume`'s finest level."""
    scale = {"type": "scale", "scale": [0.5, 0.25, 0.25]}
    axes = [{"name": axis, "type": "space", "unit": "micrometer"} for axis in "zyx"]
    datasets = [{"path": "0", "coordinateTransformations": [scale]}]
    ome = {"version": "0.5", "multiscales": [{"axes": axes, "datasets": datasets}]}
    attributes = {"ome": {**ome, "image-label": told}}
    group = zarr.open_group(image, mode="a").create_group(f"labels/{name}", attributes=attributes)
    group.create_array("0", data=values)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A volume with two label images: the left half is 1 and the right half 2, and one label."""
    path = write_volume(tmp_path / "v.ome.zarr", SHAPE)
    halves = np.ones(SHAPE[2:], "uint32")
    halves[..., 30:] = 2
    write_labels(path, "halves", halves, properties=PROPERTIES)
    write_labels(path, "one", np.full(SHAPE[2:], 5, "uint8"))
    names = {"version": "0.5", "labels": ["halves", "one"]}
    zarr.open_group(path / "labels", mode="a").attrs["ome"] = names
    return path


def over(p: Program) -> tuple[str, int] | None:
    """The label image that is asked for, and its opacity; and that this is what is shown."""
    assert p.panel.picture is not None
    assert p.panel.picture.request == p.request
    overlay = p.request.overlay
    assert (p.panel.picture.labels is None) == (overlay is None)
    text = overlay_text(p.panel.picture)
    assert text in p.panel._entitled
    assert text in p.bar
    return overlay and (overlay.labels.multiscale.path, overlay.opacity)


class TestLabels:
    async def test_one_after_the_other_and_none(self, labelled: Path) -> None:
        async with opened(labelled, rendering="half") as p:
            bare = p.request
            steps = ["labels/halves", "labels/one", None]
            for path in [*steps, *steps]:
                await p.press("L")
                assert over(p) == (path and (path, OPACITIES[0]))
                expected = frame_of(labelled, p.request)
                assert p.panel.picture is not None
                np.testing.assert_array_equal(p.panel.picture.frame.fg, expected.fg)
                assert p.panel.picture.frame.palette == expected.palette
            assert p.request == bare

    async def test_the_right_label_lies_over_the_right_half(self, labelled: Path) -> None:
        async with opened(labelled) as p:
            await p.press("L")
            picture = p.panel.picture
            assert picture is not None
            assert picture.labels is not None
            columns = picture.sampling.grid[1]
            middles = (
                picture.sampling.left
                + (np.arange(columns) + 0.5) * (picture.sampling.pixels_per_sample[1])
            )
            scale = SHAPE[-1] / picture.sampling.array.shape[-1]
            wanted = np.where(middles * scale < 30, 1, 2)
            for row in picture.labels:
                np.testing.assert_array_equal(row, wanted)

    async def test_opacity_comes_round_and_is_kept(self, labelled: Path) -> None:
        async with opened(labelled, rendering="half") as p:
            await p.press("O")
            assert p.told == ["No label image lies over the picture: L lays one over it."]
            await p.press("L")
            seen = []
            for _ in OPACITIES:
                seen.append(over(p))
                await p.press("O")
            assert seen == [("labels/halves", opacity) for opacity in OPACITIES]
            await p.press("O", "L")
            assert over(p) == ("labels/one", OPACITIES[1])

    async def test_another_plane_and_level_keep_it_another_image_does_not(
        self, labelled: Path
    ) -> None:
        async with opened(labelled) as p:
            await p.press("L", "full_stop", "right_square_bracket", "plus")
            assert over(p) == ("labels/halves", OPACITIES[0])
            p.tree.reveal("s1")
            await p.settle()
            assert p.node.path == "s1"
            assert over(p) == ("labels/halves", OPACITIES[0])
            await p.press("1", "up", "up", "right", "right", "down")
            assert p.node.path == "labels/one"
            assert over(p) is None

    async def test_nothing_is_read_before_it_is_asked_for(self, labelled: Path) -> None:
        async with opened(labelled) as p:
            assert not p.heard(messages.LabelsFound)

    async def test_no_label_images_are_told(self, tmp_path: Path) -> None:
        async with opened(write_volume(tmp_path / "v.ome.zarr", SHAPE)) as p:
            await p.press("L")
            told = "v.ome.zarr has no label images\n  they are what its group labels lists"
            assert p.told == [told]
            assert over(p) is None

    async def test_a_broken_one_is_told_and_stepped_over(self, labelled: Path) -> None:
        (labelled / "labels" / "halves" / "zarr.json").write_text("{")
        async with opened(labelled) as p:
            await p.press("L")
            assert over(p) is None
            assert p.told[0].startswith("labels/halves ")
            await p.press("L")
            assert over(p) == ("labels/one", OPACITIES[0])

    async def test_values_that_cannot_be_read_leave_the_picture(self, labelled: Path) -> None:
        for chunk in (labelled / "labels" / "one" / "0" / "c").rglob("*"):
            if chunk.is_file():
                chunk.write_bytes(b"no")
        async with opened(labelled) as p:
            bare = p.picture
            await p.press("L", "L")
            assert p.picture == bare
            assert "labels one cannot be read: labels/one/0 cannot be read at c/0/0/0" in p.bar

    async def test_what_is_on_its_way_is_stopped(self, labelled: Path) -> None:
        async with opened(labelled) as p:
            await p.hold("L", "L", "L", "L")
            await p.settle()
            last = p.heard(messages.LabelsFound)[-1].labels
            assert (p.request.overlay and p.request.overlay.labels) == last


class TestALabelImage:
    async def test_over_its_image_and_alone(self, labelled: Path) -> None:
        async with opened(labelled, "labels/halves") as p:
            alone = p.request
            await p.press("full_stop", "L")
            assert over(p) == ("labels/halves", OPACITIES[0])
            assert p.request.image.multiscale.path == ""
            assert p.request.view.index[:3] == (0, 0, 3)
            assert p.node.path == "labels/halves"
            await p.press("L")
            assert over(p) is None
            assert p.request.image == alone.image
            assert p.request.view.index[0] == 3

    async def test_why_it_cannot_be_is_told(self, labelled: Path) -> None:
        async with opened(labelled / "labels" / "halves") as p:
            await p.press("L")
            told = "The image that this label image labels is not in this store\n  open the image"
            assert p.told == [told]
            assert over(p) is None


def cursor_cells(p: Program) -> list[tuple[int, int]]:
    """Where the brackets of the cursor stand, as seen: its row of cells, and its column."""
    return [
        (y, x + 1)
        for y, line in enumerate(lines(p.panel.view))
        for x in range(len(line) - 2)
        if line[x] == "[" and line[x + 2] == "]"
    ]


def sample(p: Program) -> tuple[int, int]:
    """The sample that the cursor is on, as the pane has it, checked against what is seen."""
    picture, mark = p.panel.picture, p.panel.mark
    assert picture is not None
    assert mark is not None
    top, left = p.panel.view._place
    down, across = picture.frame.per_cell
    column = mark[1] // across
    inside = 0 < column < picture.frame.size[1] - 1
    cell = (top + mark[0] // down, left + column)
    assert not inside or cursor_cells(p) == [cell]
    return mark


class TestCursor:
    @pytest.mark.parametrize("rendering", ["ascii", "half"])
    async def test_keys_move_it_by_samples(self, labelled: Path, rendering: Any) -> None:
        async with opened(labelled, rendering=rendering) as p:
            assert cursor_cells(p) == []
            await p.press("x")
            picture = p.panel.picture
            assert picture is not None
            row, column = (size // 2 for size in picture.sampling.grid)
            assert sample(p) == (row, column)
            assert p.browse.where == "picture"
            for key, down, across in (
                ("up", -1, 0), ("k", -1, 0), ("down", 1, 0), ("j", 1, 0), ("left", 0, -1),
                ("h", 0, -1), ("right", 0, 1), ("l", 0, 1), ("shift+up", -10, 0),
                ("shift+down", 10, 0), ("shift+left", 0, -10), ("shift+right", 0, 10),
            ):  # fmt: skip
                await p.press(key)
                row, column = row + down, column + across
                assert sample(p) == (row, column), key
            asked = len(p.heard(PicturePane.Wanted))
            assert p.panel.picture == picture
            await p.press("x")
            assert cursor_cells(p) == []
            assert p.picture == "\n".join(picture.frame.lines)
            assert len(p.heard(PicturePane.Wanted)) == asked

    async def test_without_it_the_window_moves_by_all_of_it(self, labelled: Path) -> None:
        async with opened(labelled) as p:
            await p.press("3", "plus", "plus", "plus", "plus")
            before = p.request
            await p.press("shift+up")
            assert p.request.view == moved(before, -1, 0).view
            await p.press("shift+right")
            assert p.request.view == moved(moved(before, -1, 0), 0, 1).view

    async def test_at_the_edge_the_window_goes_on(self, labelled: Path) -> None:
        async with opened(labelled) as p:
            await p.press("plus", "plus", "plus", "x")
            lefts = []
            for _ in range(20):
                await p.press("shift+left")
                assert p.panel.picture is not None
                lefts.append(p.panel.picture.sampling.left)
            assert lefts == sorted(lefts, reverse=True)
            assert lefts[0] > lefts[-1] == 0
            assert sample(p)[1] == 0
            assert p.bar.split("\n")[1].lstrip().startswith("y ")
            assert "x  0" in p.bar

    async def test_a_click_puts_it(self, labelled: Path) -> None:
        async with opened(labelled) as p:
            top, left = p.panel.view._place
            assert await p.pilot.click(p.panel.view, offset=Offset(left + 7, top + 3))
            await p.settle()
            assert sample(p) == (3, 7)
            assert await p.pilot.click(p.panel.view, offset=Offset(left + 20, top + 5))
            await p.settle()
            assert sample(p) == (5, 20)

    async def test_it_tells_position_value_and_label(self, labelled: Path) -> None:
        async with opened(labelled) as p:
            await p.press("plus", "plus", "L", "x")
            exact = 0
            for key in ("shift+left", *["up"] * 4, "shift+right", "left", "shift+right", "down"):
                await p.press(key)
                picture, (row, column) = p.panel.picture, sample(p)
                assert picture is not None
                values = volume_values(SHAPE)[0, 0, 2]
                down, across = picture.sampling.pixels_per_sample
                assert (picture.sampling.level, max(down, across) <= 1) == (0, True)
                (first, last), (left, right) = (
                    (start + at * step, start + (at + 1) * step - 1e-9)
                    for start, at, step in (
                        (picture.sampling.top, row, down),
                        (picture.sampling.left, column, across),
                    )
                )
                pixel = int((left + right) / 2)
                _, under, labels = (line.strip() for line in p.bar.split("\n"))
                if int(first) == int(last) and int(left) == int(right):
                    exact += 1
                    told = f"y {int(first):>2}  x {pixel:>2} · value {values[int(first), pixel]}"
                    assert under == told
                if pixel < 30:
                    assert labels == "label 1"
                else:
                    assert labels == "label 2 · area 600 · class [b]nucleus[/b]"
            assert exact >= 3

    async def test_the_bar_stays_as_high_as_it_is(self, labelled: Path) -> None:
        async with opened(labelled, size=SMALL) as p:
            await p.press("3")
            height = p.browse.query_one(AxisBar).size
            for key in ("L", "x", "L", "L", "O"):
                await p.press(key)
                assert p.browse.query_one(AxisBar).size == height
                assert len(lines(p.browse.query_one(AxisBar))) == 3

    async def test_it_stays_where_it_is_when_other_things_change(self, labelled: Path) -> None:
        async with opened(labelled) as p:
            await p.press("x", "shift+left")
            assert p.panel.cursor is not None
            before = p.panel.cursor
            for key in ("full_stop", "v", "right_square_bracket", "plus", "0", "i", "L"):
                await p.press(key)
                assert p.panel.cursor == before, key
                sample(p)

    async def test_escape_takes_it_away_first(self, labelled: Path) -> None:
        async with opened(labelled) as p:
            await p.press("x", "escape")
            assert p.panel.cursor is None
            assert p.browse.where == "picture"
            await p.press("escape")
            assert p.browse.where == "hierarchy"

    async def test_it_comes_back_where_it_was(self, labelled: Path) -> None:
        async with opened(labelled) as p:
            await p.press("x", "shift+left", "shift+up")
            before = p.panel.cursor
            await p.press("x")
            assert p.panel.cursor is None
            await p.press("x")
            assert p.panel.cursor == before
            await p.press("escape", *["plus"] * 3, *["l"] * 20, *["j"] * 20, "x")
            assert p.panel.cursor not in (None, before)  # it was out of sight
            sample(p)

    async def test_another_image_takes_it_away(self, labelled: Path) -> None:
        async with opened(labelled) as p:
            await p.press("x")
            p.tree.reveal("labels/one")
            await p.settle()
            assert p.panel.cursor is None
            assert cursor_cells(p) == []

    async def test_a_label_image_tells_its_label(self, labelled: Path) -> None:
        async with opened(labelled, "labels/halves") as p:
            await p.press("x", "shift+right")
            assert p.bar.split("\n")[2].strip() == "label 2 · area 600 · class [b]nucleus[/b]"

    async def test_a_label_image_keeps_it_over_its_image(self, labelled: Path) -> None:
        async with opened(labelled, "labels/halves") as p:
            await p.press("x", "shift+left", "L")
            assert p.bar.split("\n")[2].strip() == "label 1"
            assert "value" in p.bar or "mean" in p.bar


@pytest.mark.parametrize("size", [WIDE, (100, 30), SMALL])
async def test_the_labels_are_told_of_at_every_size(
    demo: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(demo / "cells.ome.zarr", size=size) as p:
        await p.press("3", "L")
        assert "labels nuclei 50 %" in p.panel._entitled
        assert "labels nuclei 50 %" in p.bar
        await p.press("x")
        assert p.bar.split("\n")[2].strip() == "no label"


async def test_without_colours_outlines_are_drawn(
    labelled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(labelled) as p:
        bare = p.picture
        await p.press("L")
        assert p.picture != bare
        assert "labels halves outlines" in p.bar
        assert "||" in p.picture


def test_its_keys_are_in_the_table() -> None:
    needed: dict[str, Callable[[str], bool]] = {
        "L": lambda id: id == "labels.next",
        "O": lambda id: id == "labels.opacity",
        "x": lambda id: id == "cursor",
    }
    for key, is_it in needed.items():
        (action,) = (action for action in ACTIONS if key in action.keys)
        assert is_it(action.id)
