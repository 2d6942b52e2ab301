"""The menu of edits and its forms: they fit, lead back, and lose nothing that was typed."""

import json
from pathlib import Path

import pytest
from driver import Program, in_sight, opened, text_of
from edit_keys import choose, fill_in, level, write
from edit_kinds import IMAGE, LABELS, OTHER, image_store
from editing import look
from textual.widgets import OptionList, Static, TextArea

from omezarr_tui.tui.screens.attributes import AttributesScreen
from omezarr_tui.tui.screens.confirm import ConfirmScreen
from omezarr_tui.tui.screens.form import FormScreen
from omezarr_tui.tui.widgets.facts import FactsView


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return image_store(tmp_path / "store.zarr", 3)


@pytest.mark.parametrize("size", [(160, 45), (100, 30), (80, 24)])
async def test_it_fits_and_what_is_chosen_is_in_sight(store: Path, size: tuple[int, int]) -> None:
    async with opened(store, IMAGE, size=size) as p:
        await p.press("E")
        menu, hint = p.screen.query_one(OptionList), p.screen.query_one(".hint")
        assert in_sight(p, hint)
        await p.press("up")
        assert menu.highlighted == menu.option_count - 1
        last = menu.scroll_offset.y + menu.scrollable_content_region.height
        assert last >= menu.option_count
        assert menu.region.bottom <= hint.region.y


class TestForms:
    async def test_from_the_plan_escape_leads_back_to_what_was_typed(self, store: Path) -> None:
        before = look(store)
        async with opened(store, LABELS) as p:
            for name, texts in (
                ("fields", {"name": "embryo"}),
                ("rename", {"name": "nuclei"}),
                ("fill", {"value": "3"}),
            ):
                await choose(p, name)
                await fill_in(p, **texts)
                assert isinstance(p.screen, ConfirmScreen)
                await p.press("escape")
                assert isinstance(p.screen, FormScreen)
                assert texts.items() <= p.screen.values.items()
                await p.press("escape")
                assert p.screen is p.browse
        assert look(store) == before

    async def test_enter_goes_on_from_a_choice_too(self, store: Path) -> None:
        async with opened(store, IMAGE) as p:
            await choose(p, "drop")  # the coarsest is proposed
            await p.press("enter")
            assert isinstance(p.screen, ConfirmScreen)
            assert f"{IMAGE}/s1 goes" in p.dialog_text()

    async def test_where_it_lies_already_is_told_when_it_is_asked_for(self, store: Path) -> None:
        async with opened(store, LABELS) as p:
            await choose(p, "move")
            assert "it lies there already" not in p.dialog_text()
            await p.press("enter")
            assert isinstance(p.screen, FormScreen)
            assert "it lies there already" in p.dialog_text()

    async def test_nothing_typed_changes_nothing(self, store: Path) -> None:
        async with opened(store, IMAGE) as p:
            await choose(p, "fields")
            await p.press("enter")
            assert p.told[-1] == "Nothing was changed in the form."

    async def test_the_window_on_the_screen_is_taken_once(self, store: Path) -> None:
        async with opened(store, IMAGE) as p:
            window = p.panel.picture.layer.window
            await choose(p, "windows")
            await write(p)
            document = json.loads((store / IMAGE / "zarr.json").read_bytes())
            taken = document["attributes"]["ome"]["omero"]["channels"][0]["window"]
            assert (taken["start"], taken["end"]) == (window.start, window.end)
            await p.press("E", "down", "enter")
            assert p.told[-1] == "The metadata have the contrast that is on the screen."

    async def test_the_info_pane_follows_at_once(self, store: Path) -> None:
        async with opened(store, IMAGE) as p:
            await choose(p, "fields")
            await fill_in(p, name="embryo")
            await write(p)
            assert "embryo" in text_of(p.browse.query_one(FactsView))


class TestText:
    async def open_text(self, p: Program) -> TextArea:
        await choose(p, "attributes")
        assert isinstance(p.screen, AttributesScreen)
        return p.screen.query_one(TextArea)

    def verdict(self, p: Program) -> str:
        return str(p.screen.query_one("#verdict", Static).visual)

    async def test_what_could_stand_there_does_not_hide_what_is_wrong(self, store: Path) -> None:
        async with opened(store, IMAGE) as p:
            await self.open_text(p)
            await p.type("x")
            assert self.verdict(p).startswith("line 1, column 1: ")
            assert p.screen.query_one("#go").disabled
            await p.press("ctrl+n")
            assert self.verdict(p).startswith("line 1, column 1: ")
            assert "Nothing is known that could stand here." in p.dialog_text()
            await p.press("backspace")
            assert not p.screen.query_one("#go").disabled
            assert "Nothing is known" not in p.dialog_text()

    async def test_what_was_left_is_there_the_next_time(self, store: Path) -> None:
        before = look(store)
        async with opened(store, OTHER) as p:
            text = await self.open_text(p)
            text.load_text('{"half": ')
            await p.settle()
            await p.press("escape")
            assert p.screen is p.browse
            text = await self.open_text(p)
            assert text.text == '{"half": '
            await p.click(p.screen.query_one("#cancel"), "Cancel")
            assert p.screen is p.browse
            text = await self.open_text(p)
            assert text.text.strip() == "{}"
        assert look(store) == before

    async def test_from_the_plan_it_leads_back_to_the_text(self, store: Path) -> None:
        async with opened(store, OTHER) as p:
            text = await self.open_text(p)
            text.load_text('{"a": 1}')
            await p.settle()
            await p.press("ctrl+s")
            assert isinstance(p.screen, ConfirmScreen)
            await p.press("escape")
            assert isinstance(p.screen, AttributesScreen)
            assert p.screen.query_one(TextArea).text == '{"a": 1}'


async def test_groups_that_were_open_stay_open_as_nodes_come_and_go(store: Path) -> None:
    before, values = look(store), level(store, f"{IMAGE}/s0")
    async with opened(store, f"{LABELS}/s0") as p:
        rows = p.rows
        p.tree.reveal(LABELS)
        await p.settle()
        await choose(p, "rename")
        await fill_in(p, name="nuclei")
        await write(p)
        assert len(p.rows) >= len(rows) - 1
        assert p.node.path == f"{IMAGE}/labels/nuclei"
        p.tree.reveal(f"{IMAGE}/s1")
        await p.settle()
        await choose(p, "delete")
        await write(p)
        assert any("labels" in row for row in p.rows)
        assert any("nuclei" in row for row in p.rows)
        assert (level(store, f"{IMAGE}/s0") == values).all()
        await p.press_each("u", "u")
    assert look(store) == before
