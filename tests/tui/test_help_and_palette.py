"""The keys that are told are the keys that work: table, footer, help, palette, a user's own."""

from collections import Counter
from pathlib import Path

import pytest
from driver import SMALLEST, WIDE, Program, opened, text_of
from foreign import Foreign
from textual.command import CommandPalette

from omezarr_tui.tui.actions import (
    ACTIONS,
    BROWSING,
    CHECKING,
    OPENING,
    WHERE_TITLES,
    Action,
    Where,
    is_detail,
    remapped,
)
from omezarr_tui.tui.app import OmezarrApp
from omezarr_tui.tui.screens.browse import BrowseScreen
from omezarr_tui.tui.screens.fill import FillScreen
from omezarr_tui.tui.screens.goto import GotoScreen
from omezarr_tui.tui.screens.help import HelpScreen
from omezarr_tui.tui.screens.open import OpenScreen
from omezarr_tui.tui.screens.validation import ValidationScreen
from omezarr_tui.tui.themes import DIM
from omezarr_tui.tui.widgets.attributes import AttributesTree
from omezarr_tui.tui.widgets.bars import KeyBar
from omezarr_tui.tui.widgets.findings import FindingsList
from omezarr_tui.tui.widgets.folder_list import FolderList
from omezarr_tui.tui.widgets.hierarchy import HierarchyTree
from omezarr_tui.tui.widgets.histogram_plot import HistogramPlot
from omezarr_tui.tui.widgets.picture import PictureView
from omezarr_tui.tui.widgets.place_line import PlaceLine
from omezarr_tui.tui.widgets.plate_view import PlateView
from omezarr_tui.tui.widgets.profile_plot import ProfilePlot
from omezarr_tui.tui.widgets.recent_list import RecentList
from omezarr_tui.tui.widgets.value_grid import ValueGrid

TARGETS = {
    "everywhere": BrowseScreen,
    "hierarchy": HierarchyTree,
    "info": AttributesTree,
    "picture": PictureView,
    "table": ValueGrid,
    "plate": PlateView,
    "histogram": HistogramPlot,
    "profile": ProfilePlot,
    "opening": OpenScreen,
    "line": PlaceLine,
    "recent": RecentList,
    "folder": FolderList,
    "checking": ValidationScreen,
    "findings": FindingsList,
}
SCREENS = (BROWSING, OPENING, CHECKING)
ON_A_STORE = remapped({}, BROWSING)


class TestTable:
    @pytest.mark.parametrize("action", [a for a in ACTIONS if a.run], ids=lambda a: a.id)
    def test_every_action_has_a_handler_where_its_key_is_bound(self, action: Action) -> None:
        name = action.run.partition("(")[0]
        target: type = TARGETS[action.where]
        screen = TARGETS[next(s[0] for s in SCREENS if action.where in s)]
        for prefix, other in (("app.", OmezarrApp), ("screen.", screen)):
            if name.startswith(prefix):
                name, target = name.removeprefix(prefix), other
        assert callable(getattr(target, f"action_{name}", None)), f"{target}: {action.run}"

    def test_ids_are_unique_and_every_key_does_one_thing_in_one_place(self) -> None:
        assert all(count == 1 for count in Counter(a.id for a in ACTIONS).values())
        for screen in SCREENS:
            for where in screen:
                keys = Counter(
                    key
                    for a in remapped({}, (screen[0], where))
                    if a.run and (where, a.id) != ("line", "pane.next")
                    # Where a plate or a table is, there is no picture that a key could change.
                    if where not in ("plate", "table") or a.needs not in ("picture", "axis")
                    for key in a.keys
                )
                assert [key for key, count in keys.items() if count > 1] == []

    @pytest.mark.parametrize("screen", [OPENING, CHECKING])
    def test_the_other_screens_have_what_is_done_everywhere(
        self, screen: tuple[Where, ...]
    ) -> None:
        shared = {a.id for a in remapped({}, screen) if a.where == "everywhere"}
        assert shared == {"pane.next", "pane.before", "back", "help", "palette", "quit"}

    def test_what_does_nothing_by_itself_is_told_by_others(self) -> None:
        assert {a.id for a in ACTIONS if not a.run} <= {"picture.pan", "plate.move", "line.leave"}


class TestFooter:
    async def test_it_shows_what_works_here_and_now(self, volume: Path, foreign: Foreign) -> None:
        async with opened(foreign("v3_nested").path) as p:
            assert "→ l open" in p.keys
            assert not any(word in p.keys for word in ("plane", "level", "zoom", "edit", "bytes"))
            await p.press("end")  # an array without an axis to step along
            assert all(word in p.keys for word in ("[ ] level", "+ - zoom", "e edit", "b bytes"))
            assert "plane" not in p.keys
            assert "undo" not in p.keys
        async with opened(volume) as p:
            assert ", . plane" in p.keys
            assert " pan" not in p.keys.replace(" pane", "")
            await p.press("3")
            assert "↑ ↓ ← → pan" in p.keys
            assert "open all" not in p.keys
            await p.press("2")
            assert " pan" not in p.keys.replace(" pane", "")

    async def test_a_click_presses_the_key(self, volume: Path) -> None:
        async with opened(volume) as p:
            bar = p.browse.query_one(KeyBar)
            await p.click(bar, ".")
            assert p.request.view.index[2] == 13
            await p.click(bar, "?")
            assert isinstance(p.screen, HelpScreen)

    async def test_where_room_is_short_the_first_ones_stay(self, volume: Path) -> None:
        async with opened(volume, size=SMALLEST) as p:
            assert ", . plane" in p.keys
            assert "? help" in p.keys
            assert "q quit" not in p.keys
            assert len(p.keys) <= SMALLEST[0]


class TestHelp:
    async def test_it_tells_every_action(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press("question_mark")
            for size in (WIDE, SMALLEST):
                await p.pilot.resize_terminal(*size)
                await p.settle()
                told = text_of(p.screen.query_one("#help-keys"))
                for action in ON_A_STORE:
                    line = f"{action.display}  {action.title}"
                    assert is_detail(action) or line in told, action.id
                for where, title in WHERE_TITLES.items():
                    assert (title in told) == (where in BROWSING)

    async def test_the_pane_with_the_focus_comes_before_the_others(self, volume: Path) -> None:
        async with opened(volume, size=(90, 50)) as p:
            panes: list[tuple[str, Where]] = [("1", "hierarchy"), ("2", "info"), ("3", "picture")]
            for key, first in panes:
                await p.press(key, "question_mark")
                told = text_of(p.screen.query_one("#help-keys"))
                others = [WHERE_TITLES[w] for w in BROWSING[1:] if w != first]
                assert all(told.index(WHERE_TITLES[first]) < told.index(t) for t in others)
                await p.press("escape")

    async def test_what_does_nothing_at_the_moment_is_dim(
        self, volume: Path, foreign: Foreign
    ) -> None:
        async with opened(foreign("v3_nested").path) as p:
            assert await dimmed(p, "Plane after", "Fill the plane or a region of it", "Zoom in")
            assert not await dimmed(p, "All keys")
            assert not await dimmed(p, "Next node")
        async with opened(volume) as p:
            assert not await dimmed(p, "Plane after")
            assert not await dimmed(p, "Fill the plane or a region of it")
            assert await dimmed(p, "Undo the last edit of this store")
        async with opened(volume, read_only=True) as p:
            assert await dimmed(p, "Fill the plane or a region of it")

    async def test_it_closes(self, volume: Path) -> None:
        async with opened(volume) as p:
            for key in ("escape", "q", "question_mark"):
                await p.press("question_mark")
                assert isinstance(p.screen, HelpScreen)
                await p.press(key)
                assert p.screen is p.browse


async def dimmed(p: Program, *titles: str) -> bool:
    """Whether the help dims these actions; all or none of them."""
    await p.press("question_mark")
    content = p.screen.query_one("#help-keys").render()
    await p.press("escape")
    dim = {at for span in content.spans if span.style == DIM for at in range(span.start, span.end)}
    found = set()
    for title in titles:
        start = content.plain.index(title)
        key_and_title = range(start - 3, start + len(title))
        found |= {at in dim for at in key_and_title}
    assert len(found) == 1
    return found.pop()


class TestPalette:
    async def test_it_runs_an_action(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press("ctrl+p")
            assert isinstance(p.screen, CommandPalette)
            await p.type("coarser level")
            await p.press("enter")
            assert p.screen is p.browse
            assert p.request.level == 1
            await p.press("ctrl+p")
            await p.type("last plane")  # a key of one pane alone: from here it works as well
            await p.press("enter")
            assert p.request.view.index[2] == 24
            await p.press("ctrl+p")
            await p.type("go to a plane")
            await p.press("enter")
            assert isinstance(p.screen, GotoScreen)

    async def test_it_offers_every_action_that_works_and_no_other(
        self, volume: Path, foreign: Foreign
    ) -> None:
        async with opened(volume) as p:
            offered = {command.title for command in p.app.get_system_commands(p.browse)}
            wanted = {
                a.title
                for a in ON_A_STORE
                if a.run
                and a.needs not in ("undo", "redo", "plate", "well", "field")
                and not is_detail(a)
            }
            assert offered == wanted | {"Theme"}
        async with opened(volume, read_only=True) as p:
            await p.press("ctrl+p")
            await p.type("fill the plane")
            await p.press("enter")
            assert not isinstance(p.screen, FillScreen)

    async def test_escape_leaves_it(self, volume: Path) -> None:
        async with opened(volume) as p:
            before = p.request
            await p.press("ctrl+p")
            await p.type("zoom")
            await p.press("escape")
            assert p.screen is p.browse
            assert p.request == before


class TestOwnKeys:
    async def test_they_work_and_are_told(self, volume: Path) -> None:
        keys = {"plane.after": "x,f7", "tree.down": "n"}
        async with opened(volume, settings=None, keys=keys) as p:
            await p.press("x", "f7")
            assert p.request.view.index[2] == 14
            await p.press("full_stop")
            assert p.request.view.index[2] == 14
            await p.press("n")
            assert p.node.path == "s0"
            assert "x" in p.keys.split("plane")[0]
            await p.press("question_mark")
            told = text_of(p.screen.query_one("#help-keys"))
            assert "x,f7  Plane after" in told
            assert "n  Next node" in told


class TestLeaving:
    async def test_escape_goes_back_and_never_out(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press("3", "escape")
            assert p.app.focused is p.tree
            await p.press("escape", "escape")
            assert p.app.is_running
            assert p.request.view.index[2] == 12

    async def test_q_leaves(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.hold("q")
            await p.until(lambda: not p.app.is_running)
            assert p.app.return_code == 0

    async def test_letters_that_are_typed_are_no_keys(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press("slash", "q", "e", "u", "1")
            assert p.app.is_running
            assert p.screen is p.browse
            assert p.browse.query_one("#find").value == "qeu1"  # type: ignore[attr-defined]
