"""What is wrong with metadata: the list, the finding in full, mending it, and taking that back."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import zarr
from conftest import write_volume
from doubles import GatedAccess
from driver import SIZES, SMALL, Program, in_sight, opened, text_of
from editing import changed, look
from textual.content import Content

from omezarr_tui.ome.validate.finding import REMOVED, Change, Finding, Fix, Severity
from omezarr_tui.ome.validate.store import Report
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import walk
from omezarr_tui.store.node import Group, Node
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.tui import messages
from omezarr_tui.tui.screens.confirm import ConfirmScreen
from omezarr_tui.tui.screens.help import HelpScreen
from omezarr_tui.tui.screens.validation import ValidationScreen
from omezarr_tui.tui.widgets.bars import KeyBar, TitleBar
from omezarr_tui.tui.widgets.finding_view import FindingView
from omezarr_tui.tui.widgets.findings import FindingsList
from omezarr_tui.tui.widgets.nothing import Nothing

SHAPE = (1, 2, 3, 20, 30)
Progress = Callable[[int, Sequence[Finding]], None]


def finding(
    node: str,
    rule: str,
    severity: Severity,
    pointer: str = "",
    fix: Fix | None = None,
    found: str | None = None,
) -> Finding:
    return Finding(
        rule,
        severity,
        node,
        pointer,
        found or f"[/x] {rule} is not as it should be.",
        f"It says [bold]how {rule} should be.",
        'OME-Zarr 0.5, "multiscales"',
        fix,
    )


def judged(node: Node) -> list[Finding]:
    """Rules whose every finding is known: a mark in the attributes, and a name that lacks."""
    if not isinstance(node, Group):
        return []
    found = []
    for name in sorted(node.attributes):
        if name.startswith("bad"):
            change = Change(node.path, "attributes", f"/{name}", REMOVED)
            fix = Fix("take the mark away", (change,))
            found.append(finding(node.path, "mark.bad", "error", f"/{name}", fix))
    if "ome" in node.attributes and "reader" not in node.attributes["ome"]:
        change = Change(node.path, "attributes", "/ome/reader", "me")
        fix = Fix("name the reader", (change,))
        found.append(finding(node.path, "reader.missing", "warning", "/ome", fix))
        found.append(finding(node.path, "chunks.small", "advice"))
    return found


class Validator:
    """A double of the validator, which goes on only while the gate is open."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.error: Exception | None = None
        self.asked: list[str] = []

    def validate(
        self,
        access: Access,
        top: Node,
        *,
        recursive: bool = True,
        progress: Progress = lambda nodes, findings: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Report:
        self.asked.append(top.path)
        if self.error is not None:
            raise self.error
        found: list[Finding] = []
        nodes = [top, *walk(access, top)] if recursive else [top]
        for number, node in enumerate(nodes, 1):
            new = judged(node)
            found += new
            progress(number, new)
            while not self.gate.wait(0.01):
                if cancelled():
                    raise Cancelled
        return Report(tuple(found), len(nodes), ("0.5",), (3,))


@pytest.fixture
def validator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Validator]:
    double = Validator()
    monkeypatch.setattr("omezarr_tui.ome.validate.store.validate_store", double.validate)
    monkeypatch.setattr("omezarr_tui.tui.check_workers._REPORT_EVERY", 0)
    yield double
    double.gate.set()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A group with two images, of which one is marked as bad twice; consolidated."""
    path = tmp_path / "many.zarr"
    root = zarr.create_group(path)
    for name in ("a", "b2", "b10"):
        write_volume(path / name, SHAPE)
    root["b2"].attrs["bad"] = {"very": [1.5, "µm"]}
    root["b10"].attrs["bad"] = 1
    zarr.consolidate_metadata(path)
    return path


def good(path: Path) -> Path:
    """Give an image nothing to find fault with."""
    write_volume(path, SHAPE)
    group = zarr.open_group(path, mode="r+")
    group.attrs["ome"] = {**group.attrs["ome"], "reader": "me"}  # type: ignore[dict-item]
    return path


def attributes(store: Path, path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((store / path / "zarr.json").read_text())["attributes"]
    return found


def rows(p: Program) -> list[str]:
    return [line for line in text_of(p.screen.query_one(FindingsList)).split("\n") if line]


def entitled(p: Program) -> str:
    return Content.from_markup(str(p.screen.query_one(FindingsList).border_title)).plain


def told(p: Program) -> str:
    return text_of(p.screen.query_one(FindingView).query_one("#finding-text"))


def keys(p: Program) -> str:
    return text_of(p.screen.query_one(KeyBar))


def nothing(p: Program) -> str:
    text = text_of(p.screen.query_one(Nothing).query_one("#nothing-text"))
    return " ".join(text.split())


@pytest.mark.usefixtures("validator")
class TestList:
    async def test_the_worst_come_first_below_their_nodes(self, store: Path) -> None:
        async with opened(store) as p:
            await p.press("V")
            assert isinstance(p.screen, ValidationScreen)
            heads = [line.split()[0] for line in rows(p) if not line.startswith("  ")]
            assert heads == ["b2", "b10", "a"]
            words = [line.split()[1] for line in rows(p) if line.startswith("  ")]
            assert words == ["error", "warning", "advice"] * 2 + ["warning", "advice"]
            assert entitled(p) == "Not valid · 2 errors · 3 warnings · 3 pieces of advice"
            # A sign and a word for each, which is not told by colour alone.
            assert [line.split()[0] for line in rows(p)[1:4]] == ["✗", "!", "·"]
            assert rows(p)[0].split() == ["b2", "1", "✗", "1", "!", "1", "·"]

    async def test_the_chosen_node_is_checked(self, store: Path, validator: Validator) -> None:
        async with opened(store, "a") as p:
            await p.press("V")
            assert validator.asked == ["a"]
            assert text_of(p.screen.query_one(TitleBar)).startswith("many.zarr/a ")
            assert entitled(p) == "Valid · 1 warning · 1 piece of advice"

    async def test_the_chosen_finding_is_told_in_full(self, store: Path) -> None:
        async with opened(store) as p:
            await p.press("V")
            for words in (
                "✗ error  mark.bad",
                "found  [/x] mark.bad is not as it should be.",
                "where  b2  /bad",
                "spec   It says [bold]how mark.bad should be.",
                'OME-Zarr 0.5, "multiscales"',
                "fix    Take the mark away",
                "e  mends it",
                "A  mends all 2 of this kind",
                'value  {\n         "very": [\n           1.5,\n           "µm"\n         ]',
            ):
                assert words in told(p)
            await p.press_each("down", "down")
            assert "· advice  chunks.small" in told(p)
            assert "fix    This takes a person to decide." in told(p)
            assert "value" not in told(p)
            await p.press("end")
            assert "where  a" in told(p)

    async def test_the_cursor_passes_over_the_names_of_nodes(self, store: Path) -> None:
        async with opened(store) as p:
            await p.press("V")
            seen = []
            for key in ("down", "down", "down", "up", "home", "up", "end", "pageup"):
                await p.press(key)
                found = p.screen.findings.finding
                assert found is not None
                seen.append((found.node, found.severity))
            assert seen[:6] == [
                ("b2", "warning"),
                ("b2", "advice"),
                ("b10", "error"),
                ("b2", "advice"),
                ("b2", "error"),
                ("b2", "error"),
            ]
            assert seen[6] == ("a", "advice")

    async def test_severities_can_be_hidden(self, store: Path) -> None:
        async with opened(store) as p:
            await p.press_each("V", "3", "1")
            assert {line.split()[1] for line in rows(p) if line.startswith("  ")} == {"warning"}
            assert entitled(p).startswith("Not valid · 2 errors")
            hidden = str(p.screen.query_one(FindingsList).border_subtitle)
            assert hidden == "hidden: 2 errors and 3 pieces of advice"
            await p.press("2")
            assert "All that was found is hidden." in nothing(p)
            assert "go there" not in keys(p)
            await p.press_each("1", "2", "3")
            assert len(rows(p)) == 11
            assert p.app.focused is p.screen.query_one(FindingsList)

    async def test_a_value_that_is_long_is_cut(self, store: Path) -> None:
        zarr.open_group(store / "b2", mode="r+").attrs["bad"] = list(range(500))
        async with opened(store) as p:
            await p.press("V")
            assert "… 442 more lines" in told(p)

    async def test_enter_goes_to_the_node(self, store: Path) -> None:
        async with opened(store) as p:
            await p.press_each("V", "end", "enter")
            assert p.screen is p.browse
            assert p.node.path == p.cursor.path == "a"
            assert p.app.focused is p.tree

    async def test_escape_goes_back_to_where_it_was(self, store: Path) -> None:
        async with opened(store, "b10") as p:
            await p.press_each("V", "tab")
            assert p.app.focused is p.screen.query_one(FindingView)
            await p.press("escape")
            assert p.app.focused is p.screen.query_one(FindingsList)
            await p.press("escape")
            assert p.screen is p.browse
            assert p.node.path == "b10"

    @pytest.mark.parametrize("size", SIZES)
    async def test_it_fits_every_terminal(self, store: Path, size: tuple[int, int]) -> None:
        async with opened(store, size=size) as p:
            await p.press("V")
            for part in (FindingsList, FindingView, KeyBar):
                assert in_sight(p, p.screen.query_one(part))
            assert "go there" in keys(p)
            assert "e mend" in keys(p)

    async def test_help_and_palette_tell_its_keys(self, store: Path) -> None:
        async with opened(store) as p:
            await p.press("V")
            commands = {c.title: c for c in p.app.get_system_commands(p.screen)}
            assert "Check again" in commands
            assert "Undo the last edit of this store" not in commands
            commands["Last finding"].callback()
            await p.settle()
            assert p.screen.findings.finding.node == "a"
            await p.press("question_mark")
            assert isinstance(p.screen, HelpScreen)
            assert "Go to its node in the hierarchy" in p.dialog_text()


class TestStates:
    async def test_nothing_is_wrong(self, tmp_path: Path, validator: Validator) -> None:
        async with opened(good(tmp_path / "good.zarr"), size=SMALL) as p:
            await p.press("V")
            assert entitled(p) == "Valid · nothing is wrong"
            assert nothing(p).startswith(
                "✓ Nothing is wrong. 4 nodes were checked (OME-Zarr 0.5, Zarr v3)."
            )
            assert not p.screen.query_one(FindingsList).display
            assert not any(word in keys(p) for word in ("go there", "mend", "show"))
            await p.press_each("enter", "e", "A", "escape")
            assert p.screen is p.browse

    async def test_findings_are_shown_as_they_come(self, store: Path, validator: Validator) -> None:
        validator.gate.clear()
        async with opened(store) as p:
            await p.hold("V")
            await p.until(lambda: isinstance(p.screen, ValidationScreen))
            await p.until(lambda: p.heard(messages.Checking))
            await p.until(lambda: "1 node so far" in entitled(p))
            assert nothing(p).startswith("Checking… 1 node so far.")
            validator.gate.set()
            await p.settle()
            assert entitled(p).startswith("Not valid")

    async def test_escape_stops_it_and_then_leaves(self, store: Path, validator: Validator) -> None:
        validator.gate.clear()
        async with opened(store) as p:
            await p.hold("V")
            await p.until(lambda: p.heard(messages.Checking))
            await p.hold("escape")
            await p.until(lambda: p.heard(messages.NotChecked))
            await p.settle()
            assert entitled(p) == "Stopped · 1 node so far"
            assert "The check was stopped." in nothing(p)
            validator.gate.set()
            await p.press("r")
            assert entitled(p).startswith("Not valid · 2 errors")
            await p.press("escape")
            assert p.screen is p.browse

    async def test_only_the_newest_check_counts(self, store: Path, validator: Validator) -> None:
        validator.gate.clear()
        async with opened(store) as p:
            await p.hold("V")
            await p.until(lambda: p.heard(messages.Checking))
            await p.hold("r")
            await p.until(lambda: len(validator.asked) == 2)
            assert entitled(p).startswith("Checking · ")
            validator.gate.set()
            await p.settle()
            assert [m.number for m in p.heard(messages.NotChecked)] == [1]
            assert entitled(p).startswith("Not valid · 2 errors")

    async def test_a_check_that_fails_says_why(self, store: Path, validator: Validator) -> None:
        validator.error = OSError(5, "Input/output [/x]error")
        async with opened(store) as p:
            await p.press("V")
            assert entitled(p) == "Cannot be checked"
            assert "Input/output [/x]error" in nothing(p)
            validator.error = None
            await p.press("r")
            assert entitled(p).startswith("Not valid")

    async def test_the_validator_of_the_program_itself(self, store: Path) -> None:
        document = json.loads((store / "a" / "zarr.json").read_text())
        document["attributes"]["ome"]["multiscales"][0].pop("axes")
        (store / "a" / "zarr.json").write_text(json.dumps(document))
        async with opened(store, "a") as p:
            await p.press("V")
            assert entitled(p).startswith("Not valid · ")
            assert "/ome/multiscales/0" in told(p)


@pytest.mark.usefixtures("validator")
class TestMending:
    async def test_what_changes_is_shown_before(self, store: Path) -> None:
        before = look(store)
        async with opened(store) as p:
            await p.press_each("V", "e")
            assert isinstance(p.screen, ConfirmScreen)
            assert str(p.screen.query_one(".dialog").border_title) == "Take the mark away"
            text = p.dialog_text()
            assert "b2/zarr.json, and its copy in zarr.json, will change." in text
            assert "documents 2 files" in text
            assert "consolidated 1 copy in zarr.json changed with it" in text
            assert '- "bad": {' in text
            assert p.app.focused is p.screen.query_one("#cancel")
            await p.press("enter")
            assert isinstance(p.screen, ValidationScreen)
        assert look(store) == before

    async def test_it_is_mended_checked_again_and_taken_back(
        self, store: Path, validator: Validator
    ) -> None:
        before = look(store)
        async with opened(store) as p:
            await p.press_each("V", "e", "right", "enter")
            assert changed(before, look(store)) == {"zarr.json", "b2/zarr.json"}
            assert "bad" not in attributes(store, "b2")
            assert p.told[-1] == "Done: Take the mark away (b2)    u takes it back"
            assert entitled(p) == "Not valid · 1 error · 3 warnings · 3 pieces of advice"
            assert len(validator.asked) == 2
            assert "u undo" in keys(p)
            await p.press("u")
            assert look(store) == before
            assert p.told[-1] == "Undone: Take the mark away (b2)    Ctrl+R makes it again"
            assert entitled(p).startswith("Not valid · 2 errors")

    async def test_all_alike_are_one_edit(self, store: Path) -> None:
        before = look(store)
        async with opened(store) as p:
            await p.press_each("V", "down", "A")
            text = p.dialog_text()
            assert "3 documents, and 3 consolidated copies of them, will change." in text
            assert "nodes a, b2 and b10" in text
            await p.press_each("right", "enter")
            assert all(attributes(store, n)["ome"]["reader"] == "me" for n in ("a", "b2", "b10"))
            assert entitled(p) == "Not valid · 2 errors"
            await p.press("u")
        assert look(store) == before

    async def test_the_main_screen_shows_nodes_as_they_are_now(self, store: Path) -> None:
        async with opened(store, "b2") as p:
            assert "bad" in text_of(p.attributes)
            await p.press_each("V", "e", "right", "enter", "escape")
            assert p.screen is p.browse
            assert "bad" not in text_of(p.attributes)
            assert "bad" not in p.cursor.attributes
            await p.press("u")
            assert "bad" in text_of(p.attributes)
            assert "bad" in p.cursor.attributes
            await p.press_each("slash", "b", "2", "enter", "escape")
            assert "bad" in p.cursor.attributes

    async def test_below_the_root_of_the_store(self, store: Path) -> None:
        before = look(store)
        async with opened(store / "b2") as p:
            await p.press_each("V", "e")
            assert "b2/zarr.json, and its copy in zarr.json, will change." in p.dialog_text()
            await p.press_each("right", "enter")
            assert changed(before, look(store)) == {"zarr.json", "b2/zarr.json"}
            await p.press("escape")
            assert "bad" not in text_of(p.attributes)
            await p.press("u")
        assert look(store) == before

    async def test_a_folder_of_stores(self, store: Path) -> None:
        shutil.copytree(store, store.parent / "other.zarr")
        before = look(store.parent)
        async with opened(store.parent) as p:
            await p.press_each("V", "e", "right", "enter")
            names = {"many.zarr/zarr.json", "many.zarr/b2/zarr.json"}
            assert changed(before, look(store.parent)) == names
            await p.press_each("home", "A")
            assert isinstance(p.screen, ValidationScreen)
            assert "the nodes lie in different stores" in p.told[-1]

    async def test_a_long_difference_scrolls_below_the_buttons_focus(self, store: Path) -> None:
        zarr.open_group(store / "b2", mode="r+").attrs["bad"] = list(range(200))
        async with opened(store, size=SMALL) as p:
            await p.press_each("V", "e")
            box = p.screen.query_one("#plan")
            await p.press_each("pagedown", "down")
            assert box.scroll_offset.y == 11
            assert p.app.focused is p.screen.query_one("#cancel")
            assert in_sight(p, p.screen.query_one("#write"))

    async def test_what_changed_meanwhile_is_told(self, store: Path) -> None:
        async with opened(store) as p:
            await p.press("V")
            zarr.open_group(store / "b2", mode="r+").attrs.clear()
            theirs = look(store)
            await p.press("e")
            assert isinstance(p.screen, ValidationScreen)
            assert "b2/zarr.json was not changed" in p.told[-1]
            assert "no longer as it was" in p.told[-1]
        assert look(store) == theirs

    async def test_what_takes_a_person_is_said(self, store: Path) -> None:
        async with opened(store) as p:
            await p.press_each("V", "down", "down", "e", "A")
            assert isinstance(p.screen, ValidationScreen)
            assert set(p.told) == {"Nothing can be mended here by itself: this takes a person."}
            assert "e mend" not in keys(p)

    async def test_while_it_is_written_nobody_leaves(self, store: Path) -> None:
        before = look(store)
        access = GatedAccess(store)
        async with opened(store, access=access) as p:
            await p.press_each("V", "e")
            access.gate.clear()
            access.asked.clear()
            await p.hold("right", "enter")
            await p.until(lambda: access.asked)
            assert text_of(p.screen.query_one(TitleBar)).endswith("writing…")
            for key in ("q", "enter", "e", "u"):
                await p.hold(key)
                await p.until(lambda: len(p.told) > 0)
                assert "An edit is being written" in p.told[-1]
                p.messages.clear()
            await p.hold("escape")
            access.gate.set()
            await p.settle()
            assert p.told[-1] == "Stopped; nothing was changed."
        assert look(store) == before

    async def test_a_read_only_place_shows_the_fix_and_says_why_not(self, store: Path) -> None:
        async with opened(store, read_only=True) as p:
            await p.press("V")
            assert "fix    Take the mark away" in told(p)
            assert "It cannot be mended here: opened with --read-only." in told(p)
            assert "e mend" not in keys(p)
            await p.press("e")
            assert p.told[-1] == "This store cannot be edited: opened with --read-only."
            await p.press("u")
            assert p.told[-1] == "Nothing can be undone: opened with --read-only."
