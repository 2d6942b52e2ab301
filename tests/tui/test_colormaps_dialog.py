"""The dialog of the colormaps: all are listed and found by name, worn, kept or taken back."""

from pathlib import Path

import numpy as np
import pytest
import zarr
from driver import SMALL, SMALLEST, WIDE, Program, frame_of, in_sight, lines, opened
from textual.widgets import Input, OptionList

from omezarr_tui.image.colormap_names import USUAL, colormap_names, fitting_colormaps
from omezarr_tui.image.colormaps import color_table
from omezarr_tui.tui.screens.colormaps import ColormapsScreen


@pytest.fixture(autouse=True)
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cursor need not rest for long before the picture changes."""
    monkeypatch.setattr("omezarr_tui.tui.screens.colormaps._RESTING", 0.001)


def seen(p: Program) -> list[object]:
    """All that stands on the screen in the place of the picture."""
    view = p.panel.view
    return [[*view.render_line(y)] for y in range(view.size.height)]


def is_open(p: Program) -> bool:
    return isinstance(p.screen, ColormapsScreen)


def highlighted(p: Program) -> str | None:
    assert isinstance(p.screen, ColormapsScreen)
    at: int | None = p.screen.query_one(OptionList).highlighted
    return None if at is None else p.screen._names[at]


def listed(p: Program) -> list[str]:
    """The names in the list, as they are drawn."""
    return [str(o.prompt).split()[-1] for o in p.screen.query_one(OptionList).options]


async def worn(p: Program, path: Path, name: str) -> None:
    """Wait until the picture wears a colormap, and that this is what it would look like."""
    await p.until(lambda: p.request.look.colormap == name)
    await p.settle()
    assert highlighted(p) == name
    check_shown(p, path)


def check_shown(p: Program, path: Path) -> None:
    shown = p.panel.picture
    assert shown is not None
    assert shown.request == p.request
    expected = frame_of(path, p.request)
    assert (shown.frame.lines, shown.frame.palette) == (expected.lines, expected.palette)
    np.testing.assert_array_equal(shown.frame.fg, expected.fg)
    np.testing.assert_array_equal(shown.frame.bg, expected.bg)


async def test_nothing_changes_before_one_is_chosen(volume: Path) -> None:
    async with opened(volume, rendering="half") as p:
        before, looked = p.request, seen(p)
        assert before.is_composed
        await p.press("3", "K")
        assert is_open(p)
        assert (p.request, seen(p)) == (before, looked)
        assert highlighted(p) is None  # of channels together none is worn
        for key in ("escape", "enter"):
            await p.press(key)
            assert (p.request, seen(p)) == (before, looked)
            assert not is_open(p)
            await p.press("K")


async def test_the_picture_wears_the_one_under_the_cursor(volume: Path) -> None:
    async with opened(volume, rendering="half") as p:
        await p.press("3", "asterisk", "K")
        looks = [seen(p)]
        assert highlighted(p) == "grey"
        for name in USUAL[1:7]:
            await p.press("down")
            await worn(p, volume, name)
            looks.append(seen(p))
        assert all(one != other for at, one in enumerate(looks) for other in looks[:at])
        await p.press("up")
        await worn(p, volume, USUAL[5])
        assert seen(p) == looks[-2]
        await p.press("enter")
        assert not is_open(p)
        assert (p.request.look.colormap, p.request.look.composed) == (USUAL[5], False)
        assert seen(p) == looks[-2]
        await p.press("K")  # it begins where it is
        assert highlighted(p) == USUAL[5]


async def test_all_are_listed_with_the_one_that_is_worn_chosen(volume: Path) -> None:
    async with opened(volume, rendering="half") as p:
        await p.press("3", "asterisk", "m", "m")
        before = p.request.look.colormap
        await p.press("K")
        assert listed(p) == [*colormap_names()]
        at = p.screen.query_one(OptionList).highlighted
        assert at is not None
        assert listed(p)[at] == before
        await p.press("escape")
        assert p.request.look.colormap == before


@pytest.mark.parametrize(
    ("typed", "name"), [("yorick", "yorick:rainbow"), ("GRAY", "grey"), ("set3_12", "Set3_12")]
)
async def test_each_is_reached_by_typing(volume: Path, typed: str, name: str) -> None:
    async with opened(volume, size=SMALL, rendering="half") as p:
        await p.press("3", "asterisk", "m", "K")
        await p.type(typed)
        assert listed(p)[0] == name
        await p.press("enter")
        assert p.request.look.colormap == name


async def test_a_name_that_is_typed_before_the_list_is_there_counts(
    volume: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ColormapsScreen, "_sample_all", lambda self: None)
    async with opened(volume, rendering="half") as p:
        await p.press("3", "asterisk", "m", "K")
        await p.type("inferno")
        await p.press("enter")
        assert p.request.look.colormap == "inferno"


async def test_a_part_of_a_name_finds_it(volume: Path) -> None:
    async with opened(volume, rendering="half") as p:
        await p.press("3", "K")
        await p.type("INFER")
        wanted = fitting_colormaps("infer")
        assert {"infer" in name for name in wanted} == {True}
        assert [
            line.split()[-1] for line in lines(p.screen.query_one(OptionList)) if line
        ] == wanted
        await worn(p, volume, wanted[0])
        assert p.panel.picture is not None
        shades = {tuple(shade) for shade in color_table(wanted[0]).tolist()}
        assert {*(p.panel.picture.frame.palette or ())} <= shades
        await p.press("enter")
        assert p.request.look.colormap == wanted[0]


async def test_each_line_shows_its_colours(volume: Path) -> None:
    async with opened(volume, rendering="half") as p:
        await p.press("3", "K")
        await p.type("viridis")
        line = p.screen.query_one(OptionList).render_line(0)
        grounds = [s.style.bgcolor.triplet for s in line if s.style and s.style.bgcolor]
        table = [tuple(color) for color in color_table("viridis").tolist()]
        found = [table.index(tuple(ground)) for ground in grounds if tuple(ground) in table]
        assert len(found) >= 20
        assert found == sorted(found)
        assert (found[0], found[-1]) == (0, 253)


@pytest.mark.parametrize("keys", [["down"], ["down", "down", "down"], [*"magma"]])
async def test_escape_takes_back_what_it_changed(volume: Path, keys: list[str]) -> None:
    async with opened(volume, rendering="half") as p:
        await p.press("3", "i", "G")
        before, looked = p.request, seen(p)
        await p.press("K", *keys)
        await p.until(lambda: p.request.look.colormap == highlighted(p))
        await p.until(lambda: not p.request.is_composed)
        await p.settle()
        assert seen(p) != looked
        await p.press("escape")
        assert p.request == before
        assert seen(p) == looked
        assert p.request.is_composed


async def test_escape_at_once_takes_back_too(volume: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cursor moved, and the picture has not changed yet: nor may it do so later."""
    async with opened(volume, rendering="half") as p:
        before = p.request
        await p.press("3", "K")
        dialog = p.screen
        dialog.action_move(1)
        dialog.action_take_back()
        dialog._wear(dialog.query_one(OptionList).highlighted)  # the timer, a moment later
        await p.settle()
        assert p.request == before


async def test_a_name_that_none_has_leaves_nothing_to_choose(volume: Path) -> None:
    async with opened(volume, rendering="half") as p:
        before = p.request
        await p.press("3", "K")
        await p.press("z")
        name = highlighted(p)
        assert name is not None
        await worn(p, volume, name)
        await p.type("zz")
        assert highlighted(p) is None
        await p.press("down", "up", "enter")
        assert p.request == before
        assert not is_open(p)


async def test_where_nothing_is_shown_it_does_not_open(tmp_path: Path) -> None:
    zarr.create_group(tmp_path / "empty.zarr")
    async with opened(tmp_path / "empty.zarr") as p:
        screen = p.screen
        await p.press("3", "K", "C")
        assert p.screen is screen


@pytest.mark.parametrize("size", [WIDE, SMALL, SMALLEST])
async def test_it_is_in_sight_in_any_terminal(volume: Path, size: tuple[int, int]) -> None:
    async with opened(volume, rendering="half", size=size) as p:
        await p.press("3", "K")
        assert in_sight(p, p.screen.query_one(Input))
        assert in_sight(p, p.screen.query_one(OptionList))
        await p.type("turbo")
        await worn(p, volume, "turbo")
