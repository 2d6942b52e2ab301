"""The edits of a store on the screen: listed, undone, made again, and put right by keys."""

from pathlib import Path

import pytest
from conftest import write_volume
from driver import opened
from editing import FailingAccess, look
from textual.widgets import OptionList

from omezarr_tui.edit.apply import apply_plan
from omezarr_tui.edit.changes import Fill
from omezarr_tui.edit.image_edit import edited_image, image_edit
from omezarr_tui.edit.pixels import PixelEdit
from omezarr_tui.edit.plan import Plan, plan_edit
from omezarr_tui.edit.value import parse_value
from omezarr_tui.errors import UserError
from omezarr_tui.image.selection import parse_selection
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Array
from omezarr_tui.tui.screens.edit_menu import EditMenu
from omezarr_tui.tui.screens.history import HistoryScreen
from omezarr_tui.tui.screens.recovering import RecoverScreen


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return write_volume(tmp_path / "edited.ome.zarr", (1, 2, 3, 20, 30))


def planned(access: LocalAccess, plane: int, value: str) -> Plan:
    image, level = edited_image(access, "")
    array = image.levels[level]
    assert isinstance(array, Array)
    axes = [axis.name for axis in image.multiscale.axes]
    selection = parse_selection(f"z={plane}", array.shape, axes)
    pixels = PixelEdit(array, selection, Fill(parse_value(value, array.dtype)))
    return plan_edit(access, image_edit(image, level, pixels))


def edit(store: Path, plane: int, value: str) -> None:
    access = LocalAccess(Location.local(store))
    apply_plan(access, planned(access, plane, value))


class TestHistory:
    async def test_it_lists_the_newest_first_and_goes_back_and_forth(self, store: Path) -> None:
        trees = [look(store)]
        for plane, value in ((0, "7"), (1, "9")):
            edit(store, plane, value)
            trees.append(look(store))
        async with opened(store) as p:
            await p.press("U")
            assert isinstance(p.screen, HistoryScreen)
            listed = p.screen.query_one(OptionList)
            lines = [str(listed.get_option_at_index(at).prompt) for at in range(2)]
            assert lines[0].endswith("s0[:, :, 1, :, :] = 9")
            assert lines[1].endswith("s0[:, :, 0, :, :] = 7")
            assert "u undoes edit 2" in p.dialog_text()
            await p.press("u")
            assert p.screen is p.browse
            assert look(store) == trees[1]
            await p.press("U")
            assert "u undoes edit 1 Ctrl+R makes edit 2 again" in p.dialog_text()
            await p.press("ctrl+r")
            assert look(store) == trees[2]
            await p.press_each("u", "u")
            assert look(store) == trees[0]
            await p.press_each("ctrl+r", "ctrl+r")
            assert look(store) == trees[2]

    async def test_without_edits_it_says_so(self, store: Path) -> None:
        async with opened(store) as p:
            await p.press("U")
            assert "No edits of this store are kept." in p.dialog_text()
            await p.press("escape")
            assert p.screen is p.browse


class TestInterrupted:
    @pytest.mark.parametrize(("keys", "is_back"), [(["right"], True), (["right", "right"], False)])
    async def test_it_is_asked_about_when_the_store_is_opened(
        self, store: Path, keys: list[str], is_back: bool
    ) -> None:
        before = look(store)
        access = FailingAccess(store, 3, late=True, forever=True)
        with pytest.raises(UserError, match="is changed in part"):
            apply_plan(access, planned(access, 1, "7"))
        assert look(store) != before
        async with opened(store) as p:
            assert isinstance(p.screen, RecoverScreen)
            assert p.app.focused is p.screen.query_one("#later")
            await p.press("escape")
            await p.press("u")  # it comes again instead of an undo
            assert isinstance(p.screen, RecoverScreen)
            await p.press(*keys, "enter")
            assert p.screen is p.browse
            assert p.told[-1] == "Put right: s0[:, :, 1, :, :] = 7"
            assert (look(store) == before) == is_back
            await p.press("u" if not is_back else "ctrl+r")
        assert (look(store) == before) == (not is_back)


class TestMenu:
    async def test_a_node_is_renamed_and_the_tree_follows(self, store: Path) -> None:
        before = look(store)
        async with opened(store, "s2") as p:
            await p.press("E")
            assert isinstance(p.screen, EditMenu)
            options = p.screen.query_one(OptionList)
            options.highlighted = options.get_option_index("rename")
            await p.press("enter")
            await p.press("ctrl+u", *"small", "enter")
            assert "s2 and all below it will lie at small." in p.dialog_text()
            await p.press("right", "enter")
            assert (store / "small").is_dir()
            assert not (store / "s2").exists()
            assert p.node.path == "small"
            assert not any("✗" in row for row in p.rows)
            await p.press("u")
            assert p.node.path == "s2"
        assert look(store) == before
