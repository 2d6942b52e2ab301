"""Edits from the keyboard: what is asked, what is promised, what is done, and taking it back."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import zarr
from conftest import volume_values, write_volume
from doubles import GatedAccess
from driver import Program, frame_of, opened
from editing import changed, look
from foreign import Array, Foreign
from textual.notifications import Notify
from textual.widgets import Button, Input

from omezarr_tui.settings import state_folder
from omezarr_tui.tui import messages
from omezarr_tui.tui.screens.confirm import ConfirmScreen
from omezarr_tui.tui.screens.fill import FillScreen
from omezarr_tui.tui.screens.form import FormScreen
from omezarr_tui.tui.widgets.picture import PictureView

SHAPE = (1, 2, 3, 20, 30)  # t, c, z, y, x of level 0; the plane shown first is z 1


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return write_volume(tmp_path / "edited.ome.zarr", SHAPE)


def read(store: Path, path: str = "s0") -> Array:
    return np.asarray(zarr.open_array(store, path=path, mode="r")[...])


def kept() -> bool:
    """Whether the journal holds anything."""
    return (state_folder() / "journal").exists()


def typed(p: Program) -> dict[str, str]:
    """What stands in the form that is shown."""
    assert isinstance(p.screen, FormScreen)
    return p.screen.values


async def fill(p: Program, value: str, where: str | None = None) -> None:
    """Go as far as the dialog that says what would change."""
    await p.press("e")
    if where is not None:
        await p.press("shift+tab", "ctrl+u")
        await p.type(where)
        await p.press("tab")
    await p.type(value)
    await p.press("enter")


class TestAsking:
    async def test_it_begins_with_the_plane_that_is_shown(self, store: Path) -> None:
        async with opened(store) as p:
            await p.press("full_stop", "e")
            assert isinstance(p.screen, FillScreen)
            assert p.screen.query_one(".dialog").border_title == "Fill a region of s0"
            assert p.screen.query_one("#where", Input).value == "t=0, c=0, z=2"
            assert "t 0–0, c 0–1, z 0–2, y 0–19, x 0–29" in p.dialog_text()
            assert "Value (uint8)" in p.dialog_text()
            assert p.app.focused is p.screen.query_one("#value")
            assert p.screen.query_one("#go", Button).disabled

    async def test_a_wrong_value_is_refused_while_typing(self, store: Path) -> None:
        async with opened(store) as p:
            await p.press("e")
            for typed, problem in (
                ("300", "uint8 holds 0 to 255"),
                ("-1", "uint8 holds 0 to 255"),
                ("1.5", "uint8 holds whole numbers, not 1.5"),
                ("[/x]", "uint8 holds whole numbers, not [/x]"),
            ):
                await p.type(typed)
                assert problem in p.dialog_text()
                assert p.screen.query_one("#value").has_class("-invalid")
                assert p.screen.query_one("#go", Button).disabled
                await p.press("enter")
                assert isinstance(p.screen, FillScreen)
                await p.press("ctrl+u")
                assert problem not in p.dialog_text()
            await p.type("255")
            assert not p.screen.query_one("#value").has_class("-invalid")
            assert "Look at 600 values…" in p.dialog_text()

    async def test_a_wrong_selection_is_refused_while_typing(self, store: Path) -> None:
        async with opened(store) as p:
            await p.press("e", "7", "shift+tab", "ctrl+u")
            for typed, problem in (
                ("z=3", "z is 0 to 2, 3 is outside"),
                ("q=1", "there is no axis 'q'; there are t, c, z, y, x"),
                ("y=9:3", "y is 0 to 19, 9:3 selects nothing"),
            ):
                await p.type(typed)
                assert problem in p.dialog_text()
                assert p.screen.query_one("#where").has_class("-invalid")
                assert p.screen.query_one("#go", Button).disabled
                await p.press("enter")
                assert isinstance(p.screen, FillScreen)
                await p.press("ctrl+u")
            assert "Look at 3,600 values…" in p.dialog_text()  # nothing named: all of it
            await p.type("0, 1, :, 2:4, -1")
            assert "Look at 6 values…" in p.dialog_text()

    async def test_it_is_the_chosen_level_that_is_filled(self, store: Path) -> None:
        async with opened(store, "s2") as p:
            await p.press("e")
            assert p.screen.query_one(".dialog").border_title == "Fill a region of s2"
            assert "y 0–4, x 0–7" in p.dialog_text()

    async def test_without_an_array_there_is_nothing_to_edit(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_nested").path) as p:
            assert "e edit" not in p.keys
            await p.press("e")
            assert p.screen is p.browse
            assert p.told == ["Choose an image or an array first: there is nothing to edit here."]

    async def test_values_that_cannot_be_typed(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_types").path, "structured") as p:
            await fill(p, "1")
            assert isinstance(p.screen, FillScreen)
            assert "cannot be typed in" in p.dialog_text()


class TestPromising:
    async def test_the_dialog_says_exactly_what_would_change(self, store: Path) -> None:
        before = look(store)
        plane = read(store)[0, 0, 1]
        async with opened(store) as p:
            room = p.request
            await fill(p, "7", "z=1, t=0, c=0, y=2:12, x=3")
            assert isinstance(p.screen, ConfirmScreen)
            told = p.dialog_text()
            size = (store / "s0/c/0/0/1/0/0").stat().st_size
            column = plane[2:12, 3]
            assert "10 values will change to 7." in told
            assert f"store{store}" in told.replace(" ", "")  # a long path goes on below
            assert "array s0" in told
            assert "selection s0[0, 0, 1, 2:12, 3] = 7" in told
            assert "values 10, all change" in told
            assert f"chunks 1 rewritten, {size} B stored now (of 6 chunks)" in told
            assert f"old values {column.min()} to {column.max()}" in told
            assert "new values all 7" in told
            assert "pyramid levels were made by stride: reproduced exactly" in told
            old, new = p.screen.query(PictureView)
            titles = [view.parent and view.parent.border_title for view in (old, new)]
            assert titles == ["before", "after"]
            assert old.plain_text != new.plain_text
            assert room == p.request
        assert look(store) == before
        assert not kept()

    async def test_cancel_has_the_focus_and_changes_nothing(self, store: Path) -> None:
        before = look(store)
        async with opened(store) as p:
            for keys in (["enter"], ["escape"], ["right", "left", "enter"], ["tab", "escape"]):
                await fill(p, "7")
                assert isinstance(p.screen, ConfirmScreen)
                assert p.app.focused is p.screen.query_one("#cancel")
                await p.press(*keys)
                if keys[-1] == "escape":  # one step back
                    assert typed(p)["value"] == "7"
                    await p.press("escape")
                assert p.screen is p.browse
            await p.press("u")
            assert p.told[-1] == "There is no edit of this store to undo."
        assert look(store) == before
        assert not kept()

    async def test_escape_and_cancel_at_the_first_step(self, store: Path) -> None:
        before = look(store)
        async with opened(store) as p:
            await p.press("e", "7", "escape")
            assert p.screen is p.browse
            # past the condition, the levels and their method: the button that is called Cancel
            await p.press("e", "7", "tab", "tab", "tab", "tab", "enter")
            assert p.screen is p.browse
            assert p.heard(messages.Planned) == []
        assert look(store) == before

    async def test_escape_while_the_plan_is_made(self, store: Path) -> None:
        access = GatedAccess(store)
        async with opened(store, access=access) as p:
            access.gate.clear()
            access.asked.clear()
            await p.hold("e", "7", "enter")
            await p.until(lambda: access.asked)
            assert "looking at what would change… Esc stops" in p.title
            await p.hold("escape")
            access.gate.set()
            await p.settle()
            assert typed(p)["value"] == "7"
            assert p.told == ["Stopped; nothing was changed."]
            assert "Esc stops" not in p.title
            assert p.heard(messages.Planned) == []

    async def test_what_would_change_nothing_is_told(self, store: Path) -> None:
        array = zarr.open_array(store, path="s0", mode="r+")
        array[0, 0, 1] = 7
        before = look(store)
        async with opened(store) as p:
            await fill(p, "7")
            assert p.told[-1] == "Nothing would change: all of it is so already."
            assert typed(p)["value"] == "7"
            await p.press("tab")
            await p.type("value > 250")
            await p.press("enter")
            told = "Nothing would change: no selected value fulfils the condition."
            assert p.told[-1] == told
            assert (typed(p)["value"], typed(p)["only"]) == ("7", "value > 250")
            await p.press("escape")
            assert p.screen is p.browse
        assert look(store) == before

    async def test_a_refusal_leads_back_to_what_was_typed(self, store: Path) -> None:
        before = look(store)
        async with opened(store) as p:
            p.browse.action_edit("arithmetic")
            await p.settle()
            await p.type("999")
            await p.press("enter")
            assert "Some results do not fit" in p.told[-1]
            assert typed(p)["multiply"] == "999"
            await p.press("escape")
            assert p.screen is p.browse
        assert look(store) == before


class TestDoing:
    async def test_confirmed_it_is_what_numpy_would_do_and_nothing_else(self, store: Path) -> None:
        before, expected = look(store), volume_values(SHAPE)
        expected[0, 1, 1:3, 4:9, ::2] = 77
        async with opened(store) as p:
            shown = p.picture
            await fill(p, "77", "c=1, z=1:3, y=4:9, x=::2")
            await p.press("right")
            assert p.app.focused is p.screen.query_one("#write")
            assert look(store) == before
            await p.press("enter")
            assert p.screen is p.browse
            assert p.told[-1] == "Done: s0[:, 1, 1:3, 4:9, 0:30:2] = 77    u takes it back"
            assert p.picture == shown  # it is another channel
            await p.press("c", "full_stop")
            assert p.picture == "\n".join(frame_of(store, p.request).lines)
        np.testing.assert_array_equal(read(store), expected)
        for level, step in (("s1", 2), ("s2", 4)):  # which were made by taking every second
            np.testing.assert_array_equal(read(store, level), expected[..., ::step, ::step])
        planes = {f"{s}/c/0/1/{z}/0/0" for s in ("s0", "s1", "s2") for z in (1, 2)}
        assert changed(before, look(store)) == planes

    async def test_the_picture_and_the_counted_bytes_are_those_after_it(self, store: Path) -> None:
        async with opened(store, "s0") as p:
            await p.press("b")
            assert "6 of 6 chunks" in p.facts
            before = p.picture
            await fill(p, "0")  # the fill value: the chunk is no longer stored
            await p.press("right", "enter")
            assert p.picture != before
            assert set(p.picture) == {"~", "\n"}
            assert "chunks\n" not in p.facts
            await p.press("b")
            assert "5 of 6 chunks" in p.facts

    async def test_undo_puts_back_every_byte(self, store: Path) -> None:
        before = look(store)
        async with opened(store) as p:
            shown = p.picture
            assert "u undo" not in p.keys
            await fill(p, "0")
            await p.press("right", "enter")
            assert not (store / "s0/c/0/0/1/0/0").exists()
            assert "u undo" in p.keys
            await p.press("u")
            assert p.told[-1] == "Undone: s0[0, 0, 1, :, :] = 0    Ctrl+R makes it again"
            assert p.picture == shown
            assert "u undo" not in p.keys
        assert look(store) == before

    async def test_undo_after_a_restart_the_newest_first(self, store: Path) -> None:
        before = look(store)
        async with opened(store) as p:
            await fill(p, "7")
            await p.press("right", "enter")
            await p.press("full_stop")
            await fill(p, "9")
            await p.press("right", "enter")
        planes = {f"{s}/c/0/0/{z}/0/0" for s in ("s0", "s1", "s2") for z in (1, 2)}
        assert changed(before, look(store)) == planes
        async with opened(store) as p:
            assert "u undo" in p.keys
            await p.press("u")
            assert p.told == ["Undone: s0[0, 0, 2, :, :] = 9    Ctrl+R makes it again"]
            await p.press("u")
            assert p.told[-1] == "Undone: s0[0, 0, 1, :, :] = 7    Ctrl+R makes it again"
            await p.press("u")
            assert p.told[-1] == "There is no edit of this store to undo."
        assert look(store) == before

    async def test_escape_while_it_is_written_puts_all_back(self, store: Path) -> None:
        before = look(store)
        access = GatedAccess(store)
        async with opened(store, access=access) as p:
            await fill(p, "7", "c=0")
            access.asked.clear()
            access.gate.clear()
            await p.hold("right", "enter")
            await p.until(lambda: access.asked)
            assert p.title.endswith("writing…")
            await p.hold("escape")
            access.gate.set()
            await p.settle()
            assert p.heard(messages.Edited) == []
            assert p.told[-1] == "Stopped; nothing was changed."
            assert p.title.endswith("can be edited")
        assert look(store) == before

    async def test_nothing_else_is_edited_or_left_while_it_is_written(self, store: Path) -> None:
        async with opened(store) as p:
            await fill(p, "9", "c=0, z=1")
            await p.press("right", "enter")
        before = look(store)
        access = GatedAccess(store)
        async with opened(store, access=access) as p:
            await fill(p, "7", "c=0, z=2")
            access.asked.clear()
            access.gate.clear()
            await p.hold("right", "enter")
            await p.until(lambda: access.asked)
            assert "writing" in p.title
            for key in ("u", "e", "q"):
                await p.hold(key)
                await p.until(lambda: len(p.told) > 0)
                assert "An edit is being written" in p.told[-1]
            access.gate.set()
            await p.settle()
            assert p.told[-1].startswith("Done: ")
            assert "writing" not in p.title
            await p.press("u")
        assert look(store) == before

    async def test_enter_twice_leaves_a_dialog_once(self, store: Path) -> None:
        async with opened(store) as p:
            for key, text in (("g", "1"), ("e", "7")):
                await p.press(key, *text)
                line = p.screen.query(Input).last()
                for _ in range(2):
                    line.post_message(Input.Submitted(line, text))
                await p.settle()
            assert isinstance(p.screen, ConfirmScreen)
            await p.press("escape")
            assert typed(p)["value"] == "7"
            await p.press("escape")
            assert p.screen is p.browse

    async def test_an_empty_line_is_no_empty_text(self, foreign: Foreign, tmp_path: Path) -> None:
        made = foreign("v3_types").copy(tmp_path)
        async with opened(made.path, "text") as p:
            await p.press("e", "enter")
            assert isinstance(p.screen, FillScreen)
            await p.type('""')
            await p.press("enter")
            assert isinstance(p.screen, ConfirmScreen)

    async def test_what_changed_meanwhile_is_not_overwritten(self, store: Path) -> None:
        async with opened(store) as p:
            await fill(p, "7")
            array = zarr.open_array(store, path="s0", mode="r+")
            array[0, 0, 1] = 200
            theirs = look(store)
            await p.press("right", "enter")
            [failed] = [m.notification for m in p.messages if isinstance(m, Notify)][-1:]
            assert failed.severity == "error"
            assert "s0 was not changed" in failed.message
            await p.press("r")
            assert p.picture == "\n".join(frame_of(store, p.request).lines)
        assert look(store) == theirs

    @pytest.mark.parametrize("name", ["esc\x1b[31mred", "[@click=app.quit]y"])
    async def test_names_like_markup_are_only_names(
        self, foreign: Foreign, tmp_path: Path, name: str
    ) -> None:
        made = foreign("v3_names").copy(tmp_path)
        before = look(made.path)
        shown = name.replace("\x1b", "␛")
        async with opened(made.path, name) as p:
            await fill(p, "7", "0, 1")
            assert f"{shown}[0, 1] = 7" in p.dialog_text()
            await p.press("right", "enter")
            assert p.told[-1] == f"Done: {shown}[0, 1] = 7    u takes it back"
            assert read(made.path, name)[0, 1] == 7
            await p.press("u")
        assert look(made.path) == before


class TestReadOnly:
    async def check(self, p: Program, why: str) -> None:
        assert p.title.endswith(f"read-only: {why}")
        assert "e edit" not in p.keys
        assert "u undo" not in p.keys
        await p.press("e")
        assert p.screen is p.browse
        assert p.told == [f"This store cannot be edited: {why}."]
        await p.press("u")
        assert p.told[-1] == f"Nothing can be undone: {why}."

    async def test_as_asked_for(self, store: Path) -> None:
        async with opened(store) as p:
            await fill(p, "7")
            await p.press("right", "enter")
        before = look(store)
        async with opened(store, read_only=True) as p:
            await self.check(p, "opened with --read-only")
        assert look(store) == before

    @pytest.fixture
    def locked(self, store: Path) -> Iterator[Path]:
        store.chmod(0o555)
        yield store
        store.chmod(0o755)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    async def test_without_permission(self, locked: Path) -> None:
        async with opened(locked) as p:
            await self.check(p, "no permission to write here")
