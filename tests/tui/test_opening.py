"""Choosing what to open: recent stores, a folder, a line; and waiting for a place that is far."""

import json
import re
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
import zarr
from doubles import GatedAccess
from driver import SIZES, SMALL, WIDE, Program, in_sight, opened, started, text_of
from foreign import Foreign
from textual.widgets import Static

from omezarr_tui.errors import UserError
from omezarr_tui.settings import Settings, state_folder
from omezarr_tui.store.access import DEFAULTS, Access, Options
from omezarr_tui.store.location import Location
from omezarr_tui.store.recent import MOST, forget, load_recent, remember
from omezarr_tui.store.traffic import Traffic
from omezarr_tui.tui import messages
from omezarr_tui.tui.app import _start
from omezarr_tui.tui.opening import Choosing, Opening
from omezarr_tui.tui.screens.browse import BrowseScreen
from omezarr_tui.tui.screens.connect import ConnectScreen
from omezarr_tui.tui.screens.help import HelpScreen
from omezarr_tui.tui.screens.open import OpenScreen
from omezarr_tui.tui.widgets.bars import KeyBar
from omezarr_tui.tui.widgets.folder_list import FolderList
from omezarr_tui.tui.widgets.place_line import Fitting, PlaceLine
from omezarr_tui.tui.widgets.recent_list import RecentList, format_when

FAR = Location("s3", "bucket/a/far.zarr", endpoint="https://s3.example.org")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of a store, an array, a zip, folders, one of them hidden, and a note."""
    top = tmp_path / "stores"
    zarr.create_group(top / "b.zarr").create_array("inside", shape=(4, 4), dtype="u1")
    zarr.create_array(top / "a10.zarr", shape=(3, 5), dtype="u2")
    zarr.create_group(top / "deep" / "down" / "c.zarr")
    (top / ".hidden").mkdir()
    (top / "a2").mkdir()
    (top / "note.txt").write_text("no store")
    with zipfile.ZipFile(top / "z.zip", "w") as packed:
        packed.writestr("zarr.json", '{"zarr_format": 3, "node_type": "group"}')
    return top


def rows(p: Program, kind: type[FolderList] | type[RecentList] = FolderList) -> list[list[str]]:
    """The words of the rows of a pane."""
    return [line.split() for line in text_of(p.screen.query_one(kind)).splitlines() if line]


def told(p: Program) -> str:
    """What stands below the line."""
    return text_of(p.screen.query_one("#told", Static))


def title(p: Program) -> str:
    """What the folder's pane is called."""
    return str(p.screen.query_one(FolderList).border_title)


class TestFolder:
    async def test_it_tells_what_each_name_is(self, folder: Path) -> None:
        async with started(folder) as p:
            assert isinstance(p.screen, OpenScreen)
            assert rows(p) == [
                ["◂", ".."],
                ["▸", "a2", "folder"],
                ["▪", "a10.zarr", "3", "×", "5", "uint16", "array"],
                ["▪", "b.zarr", "Zarr", "v3", "group"],
                ["▸", "deep", "folder"],
                ["▪", "z.zip", "zip"],
            ]
            assert title(p).endswith(str(folder)[-20:])

    async def test_one_goes_in_and_up_again(self, folder: Path) -> None:
        async with started(folder) as p:
            await p.press("down", "down", "down", "enter", "right")
            assert title(p).endswith("deep/down")
            assert rows(p)[1:] == [["▪", "c.zarr", "Zarr", "v3", "group"]]
            await p.press("backspace", "left")
            pane = p.screen.query_one(FolderList)
            assert pane.name_at(pane.cursor) == "deep"
            await p.press("home", "enter")
            assert pane.name_at(pane.cursor) == "stores"

    async def test_a_store_opens_and_escape_comes_back_to_where_one_was(self, folder: Path) -> None:
        async with started(folder) as p:
            await p.press("down", "down", "enter")
            assert isinstance(p.screen, BrowseScreen)
            assert p.rows[0].split() == ["▾", "b.zarr", "group"]
            await p.press("3", "escape")
            assert isinstance(p.screen, BrowseScreen)
            await p.press("escape")
            pane = p.screen.query_one(FolderList)
            assert pane.has_focus
            assert pane.name_at(pane.cursor) == "b.zarr"
            await p.press("end", "enter")
            assert p.rows[0].split() == ["▫", "z.zip", "group"]
            await p.press("escape", "escape", "escape")
            assert isinstance(p.screen, OpenScreen)
            assert p.app.is_running

    async def test_the_mouse_chooses(self, folder: Path) -> None:
        async with started(folder) as p:
            pane = p.screen.query_one(FolderList)
            await p.click(pane, "b.zarr")
            assert pane.name_at(pane.cursor) == "b.zarr"
            await p.click(pane, "b.zarr")
            assert isinstance(p.screen, BrowseScreen)

    async def test_only_what_is_in_sight_is_looked_at(self, tmp_path: Path) -> None:
        for number in range(500):
            (tmp_path / f"f{number:03}").mkdir()
        async with started(tmp_path) as p:
            known = {name for heard in p.heard(messages.LookedAt) for name in heard.nodes}
            assert "f030" in known
            assert len(known) < 60
            await p.press("end")
            known = {name for heard in p.heard(messages.LookedAt) for name in heard.nodes}
            assert "f499" in known
            assert len(known) < 120
            assert rows(p)[-1] == ["▸", "f499", "folder"]
            await p.press("pageup")
            assert p.screen.query_one(FolderList).cursor < 480

    async def test_an_empty_folder_says_so(self, folder: Path) -> None:
        async with started(folder / "a2") as p:
            assert rows(p)[0] == ["◂", ".."]
            assert "This is an empty folder" in text_of(p.screen.query_one(FolderList))

    async def test_a_folder_that_is_no_store_is_named_for_what_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "image.tif").write_bytes(b"II*\0" + b"\0" * 60)
        async with started(tmp_path) as p:
            assert "TIFF" in text_of(p.screen.query_one(FolderList))

    async def test_one_that_cannot_be_listed_leaves_one_where_one_was(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with started(folder) as p:
            before = rows(p)

            def refuse(access: Access) -> None:
                raise PermissionError(13, "Permission denied", "a2")

            monkeypatch.setattr("omezarr_tui.tui.open_workers.list_folder", refuse)
            await p.press("enter")
            assert "permission denied" in told(p)
            assert rows(p) == before
            assert title(p).endswith("stores")

    async def test_the_whole_folder_as_one_hierarchy(self, folder: Path) -> None:
        async with started(folder) as p:
            await p.press("t")
            assert [row.split()[1] for row in p.rows] == ["stores", "a10.zarr", "b.zarr", "deep"]
            await p.press("escape")
            assert isinstance(p.screen, OpenScreen)
            assert load_recent() == []  # a folder is no store

    async def test_listing_anew_shows_what_came(self, folder: Path) -> None:
        async with started(folder) as p:
            await p.press("end")
            zarr.create_group(folder / "new.zarr")
            await p.press("r")
            assert ["▪", "new.zarr", "Zarr", "v3", "group"] in rows(p)
            pane = p.screen.query_one(FolderList)
            assert pane.name_at(pane.cursor) == "z.zip"


class TestLine:
    async def test_it_completes_and_opens(self, folder: Path) -> None:
        async with started(folder) as p:
            await p.press("slash")
            line = p.screen.query_one(PlaceLine)
            assert line.value == f"{folder}/"
            fitting = p.screen.query_one(Fitting)
            assert [text.removeprefix(f"{folder}/") for text in fitting.texts] == [
                "a2/", "a10.zarr/", "b.zarr/", "deep/", "z.zip",
            ]  # fmt: skip
            await p.type("d")
            await p.press("tab", "tab")
            assert line.value == f"{folder}/deep/down/"
            await p.press("down", "enter")
            assert line.value == f"{folder}/deep/down/c.zarr/"
            await p.press("enter")
            assert p.rows[0].split() == ["▫", "c.zarr", "group"]

    async def test_tab_goes_as_far_as_is_certain(self, folder: Path) -> None:
        (folder / "deeper").mkdir()
        async with started(folder) as p:
            await p.press("slash", "d", "tab")
            assert p.screen.query_one(PlaceLine).value == f"{folder}/deep"
            await p.press("escape", "escape")
            assert p.screen.query_one(FolderList).has_focus

    async def test_a_folder_opens_below(self, folder: Path, monkeypatch: Any) -> None:
        monkeypatch.chdir(folder)
        async with started(folder) as p:
            await p.press("1")
            await p.type("deep")
            await p.press("enter")
            assert isinstance(p.screen, OpenScreen)
            assert title(p).endswith("stores/deep")
            assert p.screen.query_one(FolderList).has_focus

    async def test_what_cannot_be_opened_is_told_in_place(self, folder: Path) -> None:
        async with started(folder) as p:
            await p.press("1")
            await p.type(f"{folder}/gone.zarr")
            await p.press("enter")
            assert f"There is nothing at {folder}/gone.zarr" in told(p)
            assert p.screen.query_one(PlaceLine).has_focus
            assert p.screen.query_one(PlaceLine).value == f"{folder}/gone.zarr"
            assert p.told == []
            line = p.screen.query_one(PlaceLine)
            line.put("https://me:secret@example.org/a.zarr")
            await p.press("enter")
            assert "holds a user name or a password" in told(p)
            assert "secret" not in told(p)

    async def test_letters_are_typed_there(self, folder: Path) -> None:
        async with started(folder) as p:
            await p.press("1", "q", "2", "question_mark")
            assert p.app.is_running
            assert p.screen.query_one(PlaceLine).value == "q2?"
            shown = text_of(p.screen.query_one(KeyBar))
            assert "Tab complete" in shown
            assert "help" not in shown

    async def test_stores_of_before_fit_too(self, folder: Path) -> None:
        remember(Location("s3", "bucket/cells.zarr"), DEFAULTS, "image", 1.0)
        async with started(folder) as p:
            await p.press("1")
            await p.type("cells")
            assert p.screen.query_one(Fitting).texts == ["s3://bucket/cells.zarr"]
            await p.click(p.screen.query_one(Fitting), "cells.zarr")
            assert p.screen.query_one(PlaceLine).value == "s3://bucket/cells.zarr"

    async def test_a_server_is_asked_for_what_fits_once(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []

        def far(location: Location, options: Options) -> Access:
            asked.append(location.url)
            return GatedAccess(folder)

        monkeypatch.setattr("omezarr_tui.tui.open_workers.open_access", far)
        async with started(folder) as p:
            asked.clear()
            await p.press("1")
            line = p.screen.query_one(PlaceLine)
            line.put("s3://bucket/")
            await p.type("de")
            assert p.screen.query_one(Fitting).texts == ["s3://bucket/deep/"]
            await p.type("ep")
            assert asked == ["s3://bucket"]


class TestRecent:
    async def test_what_was_opened_is_listed(self, folder: Path) -> None:
        async with opened(folder / "b.zarr") as p:
            await p.until(load_recent)
        async with started(folder) as p:
            assert rows(p, RecentList)[0] == ["▪", "b.zarr", "just", "now"]
            await p.press("2", "enter")
            assert p.rows[0].split() == ["▾", "b.zarr", "group"]

    async def test_where_there_are_none_it_says_what_to_do(self, tmp_path: Path) -> None:
        for size in (WIDE, SMALL):
            async with started(tmp_path, size) as p:
                words = " ".join(text_of(p.screen.query_one(RecentList)).split())
                assert "No store was opened yet." in words
                assert "omezarr-tui demo" in words

    async def test_one_can_be_forgotten(self, folder: Path) -> None:
        for name, when in (("a10.zarr", 1.0), ("b.zarr", 2.0)):
            remember(Location.local(folder / name), DEFAULTS, "group", when)
        async with started(folder) as p:
            await p.press("2", "delete")
            assert [recent.location().name for recent in load_recent()] == ["a10.zarr"]
            assert rows(p, RecentList)[0][:2] == ["▪", "a10.zarr"]
            await p.press("delete", "delete", "enter")
            assert load_recent() == []
        assert (folder / "a10.zarr").exists()

    async def test_one_that_is_gone_is_dim_once_it_was_tried(self, folder: Path) -> None:
        remember(Location.local(folder / "gone.zarr"), DEFAULTS, "image", 2.0)
        async with started(folder) as p:
            assert rows(p, RecentList)[0][0] == "▪"
            await p.press("2", "enter")
            assert rows(p, RecentList)[0][0] == "✗"
            assert "There is nothing at" in told(p)

    def test_when_it_was(self) -> None:
        noon = 1_750_075_200.0  # 2025-06-16 12:00 UTC
        day = 86400.0
        for past, words in (
            (10, "just now"), (300, "5 min ago"), (7200, "2 h ago"), (day, "yesterday"),
            (3 * day, "3 days ago"), (60 * day, "17 Apr"), (400 * day, "12 May 2024"),
        ):  # fmt: skip
            assert format_when(noon - past, noon) == words


class TestRecentFile:
    @property
    def file(self) -> Path:
        return state_folder() / "recent.json"

    def test_the_newest_come_first_and_each_once(self, tmp_path: Path) -> None:
        for number in range(MOST + 5):
            remember(Location("s3", f"bucket/{number}"), DEFAULTS, "image", float(number))
        remember(Location("s3", "bucket/20"), DEFAULTS, "plate", 99.0)
        stores = load_recent()
        assert len(stores) == MOST
        assert [s.url for s in stores[:2]] == ["s3://bucket/20", "s3://bucket/54"]
        assert stores[0].mark == "plate"
        forget(stores[0])
        assert len(load_recent()) == MOST - 1

    def test_it_holds_no_secret(self) -> None:
        options = Options(profile="lab", storage={"secret_access_key": "SECRET"})
        remember(FAR, options, "image", 5.0)
        remember(Location("s3", "b/c", endpoint="https://me:SECRET@host"), options, "image", 6.0)
        assert "SECRET" not in self.file.read_text()
        [store] = load_recent()
        assert store.location() == FAR
        assert store.profile == "lab"
        assert self.file.stat().st_mode & 0o077 == 0

    @pytest.mark.parametrize(
        "text",
        ["", "{", "[]", '{"stores": 3}', '{"stores": [1, {"url": 3}, {"url": ""}, {}]}', "\0"],
    )
    def test_a_damaged_file_is_no_reason_to_fail(self, text: str) -> None:
        self.file.parent.mkdir(parents=True)
        self.file.write_text(text)
        assert load_recent() == []
        remember(FAR, DEFAULTS, "image", 5.0)
        assert [store.location() for store in load_recent()] == [FAR]

    def test_what_is_whole_of_a_damaged_file_counts(self) -> None:
        remember(FAR, DEFAULTS, "image", 5.0)
        found = json.loads(self.file.read_text())
        found["stores"] += [{"url": "s3://"}, {"url": "gs://b/x", "when": "now", "more": 1}, None]
        self.file.write_text(json.dumps(found))
        assert [store.url for store in load_recent()] == [FAR.url, "gs://b/x"]

    def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(self, hermetic: Path) -> None:
        state_folder().parent.mkdir(parents=True)
        state_folder().write_text("a file in its place")
        remember(FAR, DEFAULTS, "image", 5.0)
        assert load_recent() == []

    def test_threads_lose_none(self) -> None:
        threads = [
            threading.Thread(
                target=remember,
                args=(Location("s3", f"b/{number}"), DEFAULTS, "image", float(number)),
            )
            for number in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(load_recent()) == 20

    def test_a_zip_comes_back_as_one(self, folder: Path) -> None:
        place = Location("file", str((folder / "z.zip").resolve()), "")
        remember(place, DEFAULTS, "group", 1.0)
        assert load_recent()[0].location() == place


@pytest.fixture
def far(foreign: Foreign, monkeypatch: pytest.MonkeyPatch) -> GatedAccess:
    """A store that seems to lie far away, and answers only while its gate is open."""
    access = GatedAccess(foreign("v3_nested").path)
    access.location = FAR
    access.traffic = Traffic()
    access.hold_documents = True
    access.gate.clear()
    monkeypatch.setattr("omezarr_tui.tui.screens.connect.open_access", lambda *_: access)
    return access


def asking(folder: Path, **options: Any) -> Choosing:
    """What the program begins with when a place that is far was named."""
    return Choosing(Location.local(folder), Options(**options), asked=FAR)


class TestConnecting:
    async def test_it_tells_what_it_waits_for_and_then_shows_the_store(
        self, folder: Path, far: GatedAccess, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(GatedAccess, "as_whom", "with the profile lab")
        assert far.traffic is not None
        async with started(asking(folder, profile="lab"), settle=False) as p:
            await p.until(lambda: far.asked)
            assert isinstance(p.screen, ConnectScreen)
            far.traffic.received(2048)
            await p.until(lambda: "0 requests · 2.0 KiB" in p.dialog_text())
            for words in (
                "s3://bucket/a/far.zarr",
                "https://s3.example.org",
                "as with the profile lab",
                " s ",
            ):
                assert words in p.dialog_text()
            assert "Esc gives up" in p.dialog_text()
            await p.hold("1", "e", "enter", "tab")  # keys that mean nothing here
            far.gate.set()
            await p.settle()
            assert isinstance(p.screen, BrowseScreen)
            assert p.rows[0].split()[:2] == ["▾", "far.zarr"]
            [recent] = load_recent()
            assert (recent.location(), recent.profile) == (FAR, "lab")
            # It was named at the start: Esc does not leave it.
            await p.press("escape", "escape")
            assert isinstance(p.screen, BrowseScreen)

    async def test_an_answer_that_is_late_is_told(
        self, folder: Path, far: GatedAccess, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("omezarr_tui.tui.screens.connect._SLOW", 0.0)
        assert far.traffic is not None
        with far.traffic.request():
            async with started(asking(folder), settle=False) as p:
                await p.until(
                    lambda: re.search(r"no answer to 1 request for \d+ s\b", p.dialog_text())
                )
                far.gate.set()
                await p.settle()

    async def test_escape_gives_up_and_leaves_the_url_to_correct(
        self, folder: Path, far: GatedAccess
    ) -> None:
        async with started(asking(folder), settle=False) as p:
            await p.until(lambda: far.asked)
            await p.hold("escape")
            await p.until(lambda: isinstance(p.screen, OpenScreen))
            line = p.screen.query_one(PlaceLine)
            await p.until(lambda: "It was given up" in told(p))
            assert line.value == FAR.url
            assert line.has_focus
            far.gate.set()
            await p.settle()
            assert isinstance(p.screen, OpenScreen)  # the answer that came too late is not shown
            assert title(p).endswith("stores")
            await p.press("enter")
            assert isinstance(p.screen, BrowseScreen)
            await p.press("escape")  # chosen by hand
            assert isinstance(p.screen, OpenScreen)

    async def test_what_fails_is_told_where_it_can_be_corrected(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[tuple[Location, Options]] = []

        def refuse(location: Location, options: Options) -> Access:
            asked.append((location, options))
            raise UserError("s3://bucket/a/far.zarr cannot be read", "access was denied to lab")

        monkeypatch.setattr("omezarr_tui.tui.screens.connect.open_access", refuse)
        async with started(asking(folder, profile="lab")) as p:
            assert told(p).splitlines()[:2] == [
                "s3://bucket/a/far.zarr cannot be read",
                "access was denied to lab",
            ]
            await p.press("backspace", "backspace", "enter")
            assert [location.url for location, _ in asked] == [FAR.url, "s3://bucket/a/far.za"]
            assert asked[1][0].endpoint == FAR.endpoint
            assert asked[1][1].profile == "lab"
            assert p.told == []
            assert load_recent() == []

    async def test_an_answer_waits_for_the_palette_to_close(
        self, folder: Path, far: GatedAccess
    ) -> None:
        async with started(asking(folder), settle=False) as p:
            await p.until(lambda: far.asked)
            await p.hold("ctrl+p")
            far.gate.set()
            await p.settle()
            assert not isinstance(p.screen, BrowseScreen)
            await p.press("escape")
            assert isinstance(p.screen, BrowseScreen)

    async def test_a_folder_that_is_far_is_chosen_from(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        access = GatedAccess(folder)
        monkeypatch.setattr("omezarr_tui.tui.screens.connect.open_access", lambda *_: access)
        monkeypatch.setattr(access, "location", Location("s3", "bucket/stores"))
        monkeypatch.setattr(access, "at", lambda location: access)
        start = Choosing(Location.local(folder), asked=access.location)
        async with started(start) as p:
            assert title(p) == "Folder  s3://bucket/stores"
            assert p.screen.query_one(FolderList).has_focus
            assert ["▪", "b.zarr", "Zarr", "v3", "group"] in rows(p)

    def test_nothing_is_asked_of_a_place_that_is_far_before_the_first_frame(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> Access:
            raise AssertionError("it was asked")

        monkeypatch.setattr("omezarr_tui.tui.opening.open_access", refuse)
        start = _start(FAR, DEFAULTS, "a/b", Settings())
        assert isinstance(start, Choosing)
        assert (start.asked, start.node) == (FAR, "a/b")


class TestStart:
    def test_a_folder_of_stores_is_chosen_from(self, folder: Path) -> None:
        start = _start(Location.local(folder), DEFAULTS, "", Settings())
        assert isinstance(start, Choosing)
        assert start.folder.path == folder

    def test_a_node_in_a_folder_is_shown(self, folder: Path) -> None:
        start = _start(Location.local(folder), DEFAULTS, "b.zarr/inside", Settings())
        assert isinstance(start, Opening)
        assert start.path == "b.zarr/inside"

    def test_without_a_place_it_begins_where_the_shell_stands(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for at, shown, name in ((folder, folder, ""), (folder / "b.zarr", folder, "b.zarr")):
            monkeypatch.chdir(at)
            start = _start(None, DEFAULTS, "", Settings())
            assert isinstance(start, Choosing)
            assert (start.folder.path, start.name) == (shown, name)

    def test_what_is_not_there_is_told_before_the_screen_is_taken(self, folder: Path) -> None:
        with pytest.raises(UserError, match="There is nothing at"):
            _start(Location.local(folder / "gone"), DEFAULTS, "", Settings())


class TestAnother:
    async def test_from_a_store_that_was_named(self, folder: Path) -> None:
        async with opened(folder / "b.zarr") as p:
            assert "Ctrl+O stores" in p.keys
            first = p.browse
            await p.press("ctrl+o")
            pane = p.screen.query_one(FolderList)
            assert pane.name_at(pane.cursor) == "b.zarr"
            await p.press("escape")
            assert p.screen is first
            await p.press("ctrl+o", "up", "enter")
            assert p.node.path == ""
            assert p.rows[0].split()[:2] == ["▪", "a10.zarr"]
            await p.press("escape", "escape")
            assert p.screen is first
            await p.press("escape")
            assert p.screen is first

    async def test_from_a_store_that_was_chosen(self, folder: Path) -> None:
        async with started(folder) as p:
            await p.press("down", "down", "enter", "down")
            first = p.browse
            assert p.node.path == "inside"
            await p.press("ctrl+o")
            assert isinstance(p.screen, OpenScreen)
            await p.press("escape")
            assert p.screen is first
            assert p.node.path == "inside"
            await p.press("ctrl+o", "up", "enter")
            assert p.browse is not first
            assert not first.is_attached
            await p.press("escape", "escape")
            assert isinstance(p.screen, OpenScreen)

    async def test_the_palette_offers_it(self, folder: Path) -> None:
        async with opened(folder / "b.zarr") as p:
            await p.press("ctrl+p")
            await p.type("open another")
            await p.press("enter")
            assert isinstance(p.screen, OpenScreen)


class TestLooks:
    async def test_every_size_shows_what_one_needs(self, folder: Path) -> None:
        for size in SIZES:
            async with started(folder, size) as p:
                await p.press("3")
                for part in (PlaceLine, FolderList, KeyBar):
                    assert in_sight(p, p.screen.query_one(part)), (size, part)
                assert len(rows(p)) == 6
                assert "Enter → l open" in text_of(p.screen.query_one(KeyBar))
                await p.press("2")
                assert in_sight(p, p.screen.query_one(RecentList)), size
                await p.press("shift+tab")
                assert p.screen.query_one(PlaceLine).has_focus
                await p.press("shift+tab")
                assert p.screen.query_one(FolderList).has_focus

    async def test_help_tells_its_keys_and_no_others(self, folder: Path) -> None:
        async with started(folder) as p:
            await p.press("question_mark")
            assert isinstance(p.screen, HelpScreen)
            keys = text_of(p.screen.query_one("#help-keys"))
            assert "← h  To the folder above" in keys
            assert "Take it off the list" in keys
            assert "Plane after" not in keys
            await p.press("escape")
            offered = {command.title for command in p.app.get_system_commands(p.screen)}
            assert {"To the folder above, as Backspace", "Leave", "Theme"} <= offered
            assert "Take it off the list" not in offered

    async def test_long_names_are_cut_and_strange_ones_made_visible(self, tmp_path: Path) -> None:
        (tmp_path / ("long" * 40)).mkdir()
        (tmp_path / "bad\x1b[31m[x]").mkdir()
        async with started(tmp_path, SMALL) as p:
            shown = text_of(p.screen.query_one(FolderList))
            assert "bad␛[31m[x]" in shown
            assert "longlong" in shown
            assert shown.splitlines()[2].rstrip().endswith("folder")
            assert "…" in shown

    async def test_q_leaves(self, folder: Path) -> None:
        async with started(folder) as p:
            await p.hold("q")
            await p.until(lambda: not p.app.is_running)
