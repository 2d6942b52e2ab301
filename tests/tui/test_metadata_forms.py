"""Metadata and structure edited by keys: forms, the text of attributes, and what follows them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from driver import Program, in_sight, opened, text_of
from edit_kinds import IMAGE, LABELS, OTHER, image_store
from editing import changed, look
from test_edit_forms import choose, fill_in, level, write
from textual.widgets import OptionList, Static, TextArea

from omezarr_tui.tui.screens.attributes import AttributesScreen
from omezarr_tui.tui.screens.confirm import ConfirmScreen
from omezarr_tui.tui.screens.form import FormScreen
from omezarr_tui.tui.widgets.facts import FactsView


@pytest.fixture(params=[2, 3], ids=["0.4", "0.5"])
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return image_store(tmp_path / "store.zarr", request.param)


@pytest.fixture
def v3(tmp_path: Path) -> Path:
    return image_store(tmp_path / "store.zarr", 3)


def described(store: Path, node: str = IMAGE) -> dict[str, Any]:
    """What OME-Zarr says of a node, in its own document."""
    new = store / node / "zarr.json"
    if new.exists():
        return dict(json.loads(new.read_bytes())["attributes"]["ome"])
    return dict(json.loads((store / node / ".zattrs").read_bytes()))


def consolidated(store: Path, node: str = IMAGE) -> dict[str, Any]:
    """The same, in the copy that the root keeps."""
    new = store / "zarr.json"
    if new.exists():
        copies = json.loads(new.read_bytes())["consolidated_metadata"]["metadata"]
        return dict(copies[node]["attributes"]["ome"])
    return dict(json.loads((store / ".zmetadata").read_bytes())["metadata"][f"{node}/.zattrs"])


class TestFields:
    @pytest.mark.parametrize(
        ("texts", "place", "value"),
        [
            ({"pixel-size.z": "2.5"}, ("multiscales", 0, "datasets", 0), None),
            ({"unit.y": "nanometer"}, ("multiscales", 0, "axes", 2, "unit"), "nanometer"),
            ({"name": "embryo"}, ("multiscales", 0, "name"), "embryo"),
            ({"channel.0.label": "DNA"}, ("omero", "channels", 0, "label"), "DNA"),
            ({"channel.1.color": "00FF7F"}, ("omero", "channels", 1, "color"), "00FF7F"),
            ({"channel.0.active": "false"}, ("omero", "channels", 0, "active"), False),
            ({"rdefs.model": "greyscale"}, ("omero", "rdefs", "model"), "greyscale"),
        ],
        ids=lambda each: next(iter(each)) if isinstance(each, dict) else None,
    )
    async def test_one_changes_and_its_copy_with_it(
        self, store: Path, texts: dict[str, str], place: tuple[Any, ...], value: Any
    ) -> None:
        before = look(store)
        async with opened(store, IMAGE) as p:
            await choose(p, "fields")
            await fill_in(p, **{key.replace(".", "_"): text for key, text in texts.items()})
            assert look(store) == before
            await write(p)
            after = look(store)
            for told in (described(store), consolidated(store)):
                found: Any = told
                for step in place:
                    found = found[step]
                if value is None:
                    found, value_of = found["coordinateTransformations"][0]["scale"][1], 2.5
                    assert found == value_of
                else:
                    assert found == value
            assert len(changed(before, after)) == 2
            await p.press("u")
            assert look(store) == before
            await p.press("ctrl+r")
            assert look(store) == after

    async def test_what_is_wrong_is_told_beside_it(self, v3: Path) -> None:
        before = look(v3)
        async with opened(v3, IMAGE) as p:
            for name, text, problem in (
                ("pixel-size_z", "0,5", "with a point and no comma"),
                ("channel_0_color", "red", "six hexadecimal digits"),
                ("channel_0_window", "9 1", "higher than its start"),
            ):
                await choose(p, "fields")
                await fill_in(p, **{name: text})
                assert isinstance(p.screen, FormScreen)
                assert problem in p.dialog_text()
                await p.press("escape")
        assert look(v3) == before

    async def test_nothing_typed_changes_nothing(self, v3: Path) -> None:
        async with opened(v3, IMAGE) as p:
            await choose(p, "fields")
            await p.press("enter")
            assert p.told[-1] == "Nothing was changed in the form."

    async def test_the_window_on_the_screen_is_taken(self, v3: Path) -> None:
        async with opened(v3, IMAGE) as p:
            window = p.panel.picture.layer.window
            await p.press("E", "down", "enter")
            await write(p)
            taken = described(v3)["omero"]["channels"][0]["window"]
            assert (taken["start"], taken["end"]) == (window.start, window.end)

    async def test_the_info_pane_follows_at_once(self, v3: Path) -> None:
        async with opened(v3, IMAGE) as p:
            await choose(p, "fields")
            await fill_in(p, name="embryo")
            await write(p)
            assert "embryo" in text_of(p.browse.query_one(FactsView))


class TestText:
    async def open_text(self, p: Program) -> TextArea:
        await p.press("E")
        options = p.screen.query_one(OptionList)
        while (
            options.highlighted is None
            or options.get_option_at_index(options.highlighted).id != "attributes"
        ):
            await p.press("down")
        await p.press("enter")
        assert isinstance(p.screen, AttributesScreen)
        return p.screen.query_one(TextArea)

    def verdict(self, p: Program) -> str:
        return str(p.screen.query_one("#verdict", Static).visual)

    async def test_any_attribute(self, store: Path) -> None:
        before = look(store)
        async with opened(store, OTHER) as p:
            text = await self.open_text(p)
            text.load_text('{"mine": {"deep": [1, 2.50, "[b]x"]}}')
            await p.settle()
            await p.press("ctrl+s")
            assert isinstance(p.screen, ConfirmScreen)
            assert "[b]x" in p.dialog_text()
            await write(p)
            root = zarr.open_group(store, mode="r", use_consolidated=False)
            assert dict(root[OTHER].attrs) == {"mine": {"deep": [1, 2.5, "[b]x"]}}
            await p.press("u")
            assert look(store) == before

    async def test_it_is_judged_while_it_is_typed(self, v3: Path) -> None:
        async with opened(v3, IMAGE) as p:
            text = await self.open_text(p)
            assert "as before" in self.verdict(p) or self.verdict(p) == "valid"
            await p.type("x")
            assert self.verdict(p).startswith("line 1, column 1: ")
            assert p.screen.query_one("#go").disabled
            await p.press("ctrl+n")  # what is offered does not hide what is wrong
            assert self.verdict(p).startswith("line 1, column 1: ")
            await p.press("backspace")
            assert not p.screen.query_one("#go").disabled
            broken = json.loads(text.text)
            broken["ome"]["multiscales"][0]["axes"][0]["type"] = 3
            text.load_text(json.dumps(broken, indent=2))
            await p.settle()
            assert "/ome/multiscales/0/axes/0/type" in self.verdict(p)

    async def test_a_name_is_completed(self, v3: Path) -> None:
        async with opened(v3, IMAGE) as p:
            text = await self.open_text(p)
            text.load_text('{\n  "ome": {\n    "versi\n  }\n}')
            text.move_cursor((2, 10))
            await p.settle()
            await p.press("ctrl+n")
            assert '"version": ' in text.text

    async def test_what_was_left_is_there_the_next_time(self, v3: Path) -> None:
        before = look(v3)
        async with opened(v3, OTHER) as p:
            text = await self.open_text(p)
            text.load_text('{"half": ')
            await p.settle()
            await p.press("escape")
            assert p.screen is p.browse
            text = await self.open_text(p)
            assert text.text == '{"half": '
            await p.press("tab") if False else None
            await p.click(p.screen.query_one("#cancel"), "Cancel")
            assert p.screen is p.browse
            text = await self.open_text(p)
            assert text.text.strip() == "{}"
        assert look(v3) == before

    async def test_from_the_plan_it_leads_back_to_the_text(self, v3: Path) -> None:
        async with opened(v3, OTHER) as p:
            text = await self.open_text(p)
            text.load_text('{"a": 1}')
            await p.settle()
            await p.press("ctrl+s")
            assert isinstance(p.screen, ConfirmScreen)
            await p.press("escape")
            assert isinstance(p.screen, AttributesScreen)
            assert p.screen.query_one(TextArea).text == '{"a": 1}'


class TestStructure:
    async def test_a_label_image_is_renamed(self, store: Path) -> None:
        before, values = look(store), level(store, f"{LABELS}/s0")
        async with opened(store, LABELS) as p:
            await choose(p, "rename")
            await fill_in(p, name="nuclei")
            await write(p)
            assert p.node.path == f"{IMAGE}/labels/nuclei"
            assert described(store, f"{IMAGE}/labels")["labels"] == ["nuclei"]
            np.testing.assert_array_equal(level(store, f"{IMAGE}/labels/nuclei/s0"), values)
            await p.press("u")
            assert p.node.path == LABELS
        assert look(store) == before

    async def test_a_node_is_copied(self, store: Path) -> None:
        before = look(store)
        async with opened(store, LABELS) as p:
            await choose(p, "copy-node")
            await fill_in(p, path=f"{IMAGE}/labels/again")
            await write(p)
            assert described(store, f"{IMAGE}/labels")["labels"] == ["cells", "again"]
            np.testing.assert_array_equal(
                level(store, f"{IMAGE}/labels/again/s0"), level(store, f"{LABELS}/s0")
            )
            await p.press("u")
        assert look(store) == before

    async def test_where_it_lies_already_is_no_place(self, v3: Path) -> None:
        async with opened(v3, LABELS) as p:
            await choose(p, "move")
            assert "it lies there already" not in p.dialog_text()
            await p.press("enter")
            assert isinstance(p.screen, FormScreen)
            assert "it lies there already" in p.dialog_text()

    async def test_a_label_image_is_deleted(self, store: Path) -> None:
        before = look(store)
        async with opened(store, LABELS) as p:
            await self.pick(p, "delete")
            await write(p)
            assert described(store, f"{IMAGE}/labels")["labels"] == []
            assert not (store / LABELS).exists()
            await p.press("u")
        assert look(store) == before

    async def test_levels_are_added_and_dropped(self, store: Path) -> None:
        before = look(store)
        async with opened(store, IMAGE) as p:
            await self.pick(p, "add")
            await write(p)
            assert [d["path"] for d in described(store)["multiscales"][0]["datasets"]] == [
                "s0",
                "s1",
                "s2",
            ]
            await choose(p, "drop")
            await p.press("enter")  # the coarsest is proposed; Enter goes on from there
            await write(p)
            assert len(described(store)["multiscales"][0]["datasets"]) == 2
            await p.press_each("u", "u")
        assert look(store) == before

    async def test_channels_are_ordered(self, store: Path) -> None:
        before, values = look(store), level(store, f"{IMAGE}/s0")
        async with opened(store, IMAGE) as p:
            await choose(p, "channels")
            await fill_in(p, order="1,0")
            await write(p)
            np.testing.assert_array_equal(level(store, f"{IMAGE}/s0"), values[::-1])
            names = [channel["label"] for channel in described(store)["omero"]["channels"]]
            assert names == ["b", "a"]
            await p.press("u")
        assert look(store) == before

    async def test_consolidated_metadata_go_and_come_back(self, store: Path) -> None:
        before = look(store)
        async with opened(store) as p:
            await self.pick(p, "unconsolidate")
            await write(p)
            assert not (store / ".zmetadata").exists()
            assert b"consolidated_metadata" not in (
                (store / "zarr.json").read_bytes() if (store / "zarr.json").exists() else b""
            )
            await self.pick(p, "consolidate")
            await write(p)
            assert consolidated(store) == described(store)
            await p.press_each("u", "u")
        assert look(store) == before

    async def pick(self, p: Program, name: str) -> None:
        """Choose what needs no form."""
        await p.press("E")
        options = p.screen.query_one(OptionList)
        while (
            options.highlighted is None
            or options.get_option_at_index(options.highlighted).id != name
        ):
            await p.press("down")
        await p.press("enter")
        assert isinstance(p.screen, ConfirmScreen)


@pytest.mark.parametrize("size", [(160, 45), (100, 30), (80, 24)])
async def test_the_menu_fits_and_what_is_chosen_is_in_sight(
    v3: Path, size: tuple[int, int]
) -> None:
    async with opened(v3, IMAGE, size=size) as p:
        await p.press("E")
        menu, hint = p.screen.query_one(OptionList), p.screen.query_one(".hint")
        assert in_sight(p, hint)
        await p.press("up")
        assert menu.highlighted == menu.option_count - 1
        last = menu.scroll_offset.y + menu.scrollable_content_region.height
        assert last >= menu.option_count
        assert menu.region.bottom <= hint.region.y
