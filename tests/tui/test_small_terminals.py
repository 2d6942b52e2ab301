"""Every size of terminal: what is in sight, what fits, what one key brings."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from conftest import write_volume
from driver import SIZES, SMALL, SMALLEST, WIDE, Program, in_sight, lines, opened
from foreign import Foreign
from textual.widget import Widget
from textual.widgets import Input

from omezarr_tui.tui.screens.confirm import ConfirmScreen
from omezarr_tui.tui.widgets.axis_bar import AxisBar
from omezarr_tui.tui.widgets.bars import KeyBar, TitleBar

NARROW = (SMALL, SMALLEST)


async def sized(p: Program, *sizes: tuple[int, int]) -> AsyncIterator[tuple[int, int]]:
    """Give the terminal one size after another."""
    for size in sizes:
        await p.pilot.resize_terminal(*size)
        await p.settle()
        yield size


def panes(p: Program) -> dict[str, Widget]:
    """The three panes."""
    return {"hierarchy": p.tree, "info": p.browse.info, "picture": p.panel.view}


def seen(p: Program) -> list[str]:
    """The panes in sight."""
    return [name for name, pane in panes(p).items() if in_sight(p, pane)]


async def test_the_bars_are_always_there(volume: Path) -> None:
    async with opened(volume) as p:
        async for size in sized(p, *SIZES):
            for key in ("1", "2", "3"):
                await p.press(key)
                for bar, height in ((TitleBar, 1), (KeyBar, 1), (AxisBar, 3)):
                    found = p.browse.query_one(bar)
                    assert in_sight(p, found), (size, key)
                    assert found.content_size.height == height
                axes, values, level = p.bar.split("\n")
                assert " z  ◂ 12 of 0–24 (6 µm) ▸" in axes
                assert "1–99.8 % of level 2" in values
                assert " of 0–2 auto   mean of " in level
                assert "? help" in p.keys
                assert "volume.ome.zarr" in p.title


async def test_wide_terminals_show_all_three_panes(volume: Path) -> None:
    async with opened(volume) as p:
        async for size in sized(p, (100, 30), WIDE):
            for key in ("1", "2", "3"):
                await p.press(key)
                assert seen(p) == ["hierarchy", "info", "picture"]
            assert p.panel.view.size.width > size[0] * 0.55  # the picture gets the room


@pytest.mark.parametrize("size", NARROW)
async def test_narrow_terminals_show_one_pane_at_a_time(
    volume: Path, size: tuple[int, int]
) -> None:
    async with opened(volume, size=size) as p:
        assert seen(p) == ["hierarchy"]
        # Keys that steer the picture work while it is hidden.
        await p.press("full_stop", "full_stop")
        assert "14 of 0–24" in p.bar
        for key, pane in (
            ("3", "picture"),
            ("2", "info"),
            ("tab", "picture"),
            ("tab", "hierarchy"),
            ("shift+tab", "picture"),
            ("escape", "hierarchy"),
        ):
            await p.press(key)
            assert seen(p) == [pane]
            assert panes(p)[pane].size.width >= size[0] - 4
            assert p.app.focused is not None
        await p.press("3")
        picture, room = p.panel.picture, p.panel.view.size
        assert picture is not None
        rows, columns = picture.frame.size
        assert rows <= room.height
        assert columns <= room.width
        assert rows == room.height or columns == room.width  # it fills what there is
        assert lines(p.panel.view)[0].strip()


async def test_the_picture_follows_the_size(volume: Path) -> None:
    async with opened(volume) as p:
        async for size in sized(p, SMALLEST, WIDE, SMALL):
            await p.press("3")
            assert seen(p) == (["picture"] if size in NARROW else ["hierarchy", "info", "picture"])
            picture = p.panel.picture
            assert picture is not None
            assert picture.request.room == p.panel.view.room


async def test_values_have_the_pane_to_themselves_too(foreign: Foreign) -> None:
    async with opened(foreign("v3_types").path, "complex64", size=SMALL) as p:
        table = p.panel.table
        async for _ in sized(p, *NARROW):
            assert not in_sight(p, table)
            await p.press("3")
            assert in_sight(p, table)
            assert p.app.focused is table
            await p.press("1")
            assert seen(p) == ["hierarchy"]


async def test_find_is_in_sight_where_it_is_typed(volume: Path) -> None:
    async with opened(volume) as p:
        line = p.browse.query_one("#find", Input)
        async for size in sized(p, WIDE, *NARROW):
            for pane, place in (("1", "hierarchy"), ("2", "info")):
                await p.press(pane, "slash", "s")
                assert in_sight(p, line), size
                assert line.has_focus
                assert place in seen(p)
                await p.press("escape")
            await p.press("3", "slash", "s", "2")
            assert in_sight(p, line), size
            assert p.tree.border_subtitle == "1 match"
            await p.press("escape")


async def test_dialogs_fit(tmp_path: Path) -> None:
    path = write_volume(tmp_path / "edited.ome.zarr", (1, 2, 3, 20, 30))
    async with opened(path) as p:
        async for _ in sized(p, *SIZES):
            await p.press("g", "9", "9")
            check_dialog(p)
            await p.press("escape", "e", "3", "0", "0", "shift+tab", "9")
            check_dialog(p)
            await p.press("backspace", "tab", "ctrl+u", "7", "enter")
            assert isinstance(p.screen, ConfirmScreen)
            check_dialog(p)
            plan = p.screen.query_one("#plan")
            await p.press(*["pagedown"] * 5)  # what has no room scrolls, to its very end
            assert plan.scroll_y == plan.max_scroll_y
            await p.press("right")
            assert p.app.focused is p.screen.query_one("#write")
            await p.press("escape", "escape", "question_mark")  # by way of the form
            dialog = p.screen.query_one(".dialog")
            assert dialog.region in p.screen.region
            await p.press("end")  # it may scroll: to its very end
            assert dialog.scroll_y == dialog.max_scroll_y
            await p.press("escape")


def check_dialog(p: Program) -> None:
    """The dialog, and all that stands in it, is in sight."""
    assert p.screen is not p.browse
    dialog = p.screen.query_one(".dialog")
    assert dialog.max_scroll_y == 0
    parts = "Input, Button, .hint, .sentence, FactsView"
    for part in [dialog, *p.screen.query(parts)]:
        if part.parent is not None and part.parent.id == "plan":
            part = part.parent  # which scrolls
        assert in_sight(p, part), part
