"""The dialog of the channels: each key changes what is asked for, what is shown, what is told."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zarr
from conftest import AXES, CHANNELS, volume_values, write_volume
from driver import SMALL, SMALLEST, WIDE, Program, frame_of, in_sight, lines, opened
from textual.widgets import OptionList

from omezarr_tui.image.look import ChannelLook, Look
from omezarr_tui.image.picture import Picture
from omezarr_tui.image.styling import COLORS
from omezarr_tui.ome.model import Window
from omezarr_tui.tui.screens.channels import ChannelsScreen

C = AXES.index("c")
GREEN, BLUE = (0, 255, 0), (0, 0, 255)
SHAPE = (1, 3, 4, 40, 60)


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Three channels: windows are told of the first, and the last is told to be off."""
    path = write_volume(tmp_path / "three.ome.zarr", SHAPE)
    root = zarr.open_group(path, mode="a")
    told = [
        {**CHANNELS[0], "window": {"min": 0, "max": 255, "start": 20, "end": 150}},
        CHANNELS[1],
        {"label": "Tubulin", "color": "FF0000", "active": False},
    ]
    root.attrs["ome"] = {**root.attrs["ome"], "omero": {"channels": told}}  # type: ignore[dict-item]
    return path


def picture(p: Program) -> Picture:
    """What is shown, which is what is asked for."""
    shown = p.panel.picture
    assert shown is not None
    assert shown.request == p.request
    return shown


def check_shown(p: Program, path: Path) -> None:
    """What is shown is what the image folder makes of the request."""
    expected, frame = frame_of(path, p.request), picture(p).frame
    assert (frame.lines, frame.palette) == (expected.lines, expected.palette)
    np.testing.assert_array_equal(frame.fg, expected.fg)
    np.testing.assert_array_equal(frame.bg, expected.bg)


def seen(p: Program) -> list[object]:
    """All that stands on the screen in the place of the picture."""
    view = p.panel.view
    return [[*view.render_line(y)] for y in range(view.size.height)]


def listed(p: Program) -> list[str]:
    assert isinstance(p.screen, ChannelsScreen)
    return [line.strip() for line in lines(p.screen.query_one(OptionList)) if line.strip()]


def signs(p: Program) -> str:
    return "".join(line[0] for line in listed(p))


def highlighted(p: Program) -> int | None:
    at: int | None = p.screen.query_one(OptionList).highlighted
    return at


async def test_it_lists_every_channel_and_begins_where_one_is(three: Path) -> None:
    async with opened(three, rendering="half") as p:
        before = p.request
        await p.press("3", "C")
        assert [re.sub(r"\s+", " ", line) for line in listed(p)] == [
            "● ■ LaminB1 20 to 150 as the metadata say",
            "● ■ Dapi {} to {} 1–99.8 % of level 2".format(*told_window(p, 1)),
            "○ ■ Tubulin",
        ]
        assert highlighted(p) == 0
        assert p.request == before
        await p.press("escape", "c", "full_stop", "C")  # alone, the second one
        assert (signs(p), highlighted(p)) == ("○●○", 1)
        await p.press("C")  # the key that opened it closes it
        assert not isinstance(p.screen, ChannelsScreen)


def told_window(p: Program, channel: int) -> tuple[str, str]:
    window = next(layer.window for layer in picture(p).layers if layer.channel == channel)
    return f"{window.start:.4g}", f"{window.end:.4g}"


async def test_space_shows_and_leaves_out(three: Path) -> None:
    async with opened(three, rendering="half") as p:
        await p.press("3", "C")
        looks = [seen(p)]
        for keys, shown in (
            (["down", "space"], [0]),
            (["space"], [0, 1]),
            (["j", "space"], [0, 1, 2]),
            (["k", "k", "space"], [1, 2]),
            (["down", "space"], [2]),
            (["down", "space"], [2]),  # the last one stays
        ):
            await p.press(*keys)
            assert [layer.channel for layer in picture(p).layers] == shown
            assert signs(p) == "".join("●" if at in shown else "○" for at in range(3))
            check_shown(p, three)
            looks.append(seen(p))
        assert looks[2] == looks[0]
        assert looks[6] == looks[5]
        assert all(looks[0] != looks[at] for at in (1, 3, 4, 5))


async def test_enter_shows_one_alone_and_the_asterisk_all(three: Path) -> None:
    async with opened(three, rendering="half") as p:
        await p.press("3", "C")
        together = seen(p)
        await p.press("down", "enter")
        assert (p.request.is_composed, p.request.channel, signs(p)) == (False, 1, "○●○")
        assert [layer.channel for layer in picture(p).layers] == [1]
        check_shown(p, three)
        alone = seen(p)
        assert alone != together
        await p.press("asterisk")
        assert (p.request.is_composed, signs(p)) == (True, "●●○")
        assert seen(p) == together
        await p.press("asterisk")
        assert (p.request.is_composed, signs(p)) == (False, "○●○")
        assert seen(p) == alone
        await p.press("down", "space")  # of one alone: it joins those that are told to be on
        assert (p.request.is_composed, signs(p)) == (True, "●●●")
        assert [layer.channel for layer in picture(p).layers] == [0, 1, 2]


async def test_colours_come_round_to_its_own(three: Path) -> None:
    async with opened(three, rendering="half") as p:
        await p.press("3", "C", "down")
        first = seen(p)
        for color in COLORS:
            before = seen(p)
            await p.press("c")
            assert p.request.look.channels == ((1, ChannelLook(color=color)),)
            check_shown(p, three)
            assert seen(p) != before
            line = p.screen.query_one(OptionList).render_line(1)
            swatch = next(s for s in line if "■" in s.text)
            assert swatch.style is not None
            assert swatch.style.color is not None
            assert swatch.style.color.triplet == color
        await p.press("c")
        assert p.request.look.channels == ()
        assert seen(p) == first


@pytest.mark.parametrize(
    ("key", "low", "high"),
    [
        ("left_curly_bracket", 0.1, -0.1),
        ("right_curly_bracket", -0.125, 0.125),
        ("left_parenthesis", 0.1, 0.1),
        ("right_parenthesis", -0.1, -0.1),
    ],
)
async def test_the_window_of_the_channel_under_the_cursor_moves(
    three: Path, key: str, low: float, high: float
) -> None:
    async with opened(three, rendering="half") as p:
        await p.press("3", "C", "down")
        before, (first, second) = seen(p), picture(p).layers
        await p.press(key)
        width = second.window.end - second.window.start
        moved = Window(second.window.start + low * width, second.window.end + high * width)
        shown = picture(p).layers
        assert shown[0].window == first.window
        assert shown[1].window.start == pytest.approx(moved.start)
        assert shown[1].window.end == pytest.approx(moved.end)
        assert p.request.look.channel(0) == ChannelLook()
        assert "set by hand" in listed(p)[1]
        assert "set by hand" not in listed(p)[0]
        check_shown(p, three)
        assert seen(p) != before
        await p.press("w")  # by itself again
        assert p.request.look == replace(p.request.look, channels=())
        assert seen(p) == before
        assert "1–99.8 % of level 2" in listed(p)[1]


async def test_windows_by_themselves_come_from_the_next_source(three: Path) -> None:
    async with opened(three, rendering="half") as p:
        await p.press("3", "C")
        for source, told in (
            ("level", "1–99.8 % of level 2"),
            ("seen", "1–99.8 % of what is seen"),
            ("told", "as the metadata say"),
        ):
            before = seen(p)
            await p.press("w")
            assert p.request.look.source == source
            assert listed(p)[0].endswith(told)
            check_shown(p, three)
            assert seen(p) != before


async def test_of_a_channel_that_is_not_shown_no_window_moves(three: Path) -> None:
    async with opened(three, rendering="half") as p:
        await p.press("3", "C", "down", "down")
        before = p.request
        await p.press("left_curly_bracket", "left_parenthesis")
        assert p.request == before


async def test_what_was_changed_stays_when_it_is_left(three: Path) -> None:
    async with opened(three, rendering="half") as p:
        await p.press("3", "C", "down", "space", "up", "c", "escape")
        look = Look().with_channel(0, ChannelLook(color=COLORS[0]))
        assert p.request.look.channels == look.with_channel(1, ChannelLook(shown=False)).channels
        shown = seen(p)
        await p.press("C")
        assert signs(p) == "●○○"
        assert seen(p) == shown


async def test_where_all_are_told_off_the_list_tells_what_is_shown(tmp_path: Path) -> None:
    path = write_volume(tmp_path / "off.ome.zarr", (1, 2, 2, 40, 60))
    root = zarr.open_group(path, mode="a")
    told = [{**channel, "active": False} for channel in CHANNELS]
    root.attrs["ome"] = {**root.attrs["ome"], "omero": {"channels": told}}  # type: ignore[dict-item]
    async with opened(path, rendering="half") as p:
        await p.press("3", "C")
        assert ([layer.channel for layer in picture(p).layers], signs(p)) == ([0], "●○")


async def test_an_image_without_channels_has_one(tmp_path: Path) -> None:
    values = volume_values((40, 60))
    zarr.create_array(tmp_path / "a.zarr", data=values, dimension_names=["y", "x"])
    async with opened(tmp_path / "a.zarr", rendering="half") as p:
        await p.press("3", "C")
        (line,) = listed(p)
        assert line.startswith("● ■ channel 0")
        before = p.request
        await p.press("enter", "space")
        assert not p.request.is_composed
        assert picture(p).layers[0].channel == 0
        await p.press("left_curly_bracket", "escape")
        assert before.look.channel(0).window is None
        assert p.request.look.channel(0).window is not None


@pytest.mark.parametrize("size", [WIDE, SMALL, SMALLEST])
async def test_it_is_in_sight_in_any_terminal(three: Path, size: tuple[int, int]) -> None:
    async with opened(three, rendering="half", size=size) as p:
        await p.press("3", "C")
        assert in_sight(p, p.screen.query_one(OptionList))
        assert signs(p) == "●●○"
        assert all(name in row for name, row in zip(("LaminB1", "Dapi"), listed(p), strict=False))
