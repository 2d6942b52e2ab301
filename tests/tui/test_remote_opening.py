"""Places over a network are opened and chosen from: slow, faulty and dying servers too."""

from pathlib import Path

import pytest
from driver import started
from remote import TOP, VOLUME, Start, folder_rows, hangs, soon, told
from servers.faults import Hang
from servers.proxy import Proxy

from omezarr_tui.store.access import Options
from omezarr_tui.store.location import Location
from omezarr_tui.store.recent import load_recent
from omezarr_tui.tui.opening import Choosing
from omezarr_tui.tui.screens.browse import BrowseScreen
from omezarr_tui.tui.screens.connect import ConnectScreen
from omezarr_tui.tui.screens.help import HelpScreen
from omezarr_tui.tui.screens.open import OpenScreen
from omezarr_tui.tui.widgets.folder_list import FolderList
from omezarr_tui.tui.widgets.place_line import Fitting, PlaceLine


class TestConnecting:
    async def test_escape_gives_up_at_once_while_the_server_hangs(
        self, proxy: Proxy, start: Start
    ) -> None:
        proxy.fail(Hang())
        async with start(VOLUME, settle=False) as p:
            await p.until(lambda: hangs(proxy))
            assert isinstance(p.screen, ConnectScreen)
            await p.until(lambda: "request" in p.dialog_text())
            for words in ("Connecting", VOLUME, proxy.url, "Esc gives up"):
                assert words in f"{p.screen.query_one('#connect').border_title} {p.dialog_text()}"
            await p.hold("escape")
            await soon(p, lambda: isinstance(p.screen, OpenScreen))
            await soon(p, lambda: "It was given up" in told(p))
            await soon(p, lambda: not hangs(proxy))
            line = p.screen.query_one(PlaceLine)
            assert (line.value, line.has_focus) == (VOLUME, True)
            proxy.heal()
            await p.press("enter")
            assert p.rows[0].split() == ["▾", "volume.ome.zarr", "image"]

    async def test_keys_are_answered_meanwhile(self, proxy: Proxy, start: Start) -> None:
        proxy.fail(Hang())
        async with start(VOLUME, settle=False) as p:
            await p.until(lambda: hangs(proxy))
            await p.hold("ctrl+p")
            await soon(p, lambda: not isinstance(p.screen, ConnectScreen))
            await p.hold("escape")
            await soon(p, lambda: isinstance(p.screen, ConnectScreen))
            await p.hold("q")
            await soon(p, lambda: not p.app.is_running)

    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("s3://private/screens/volume.ome.zarr", "refuses access"),
            (f"{TOP}/volume.zarr", "There is nothing at"),
            ("s3://publik/screens/volume.ome.zarr", "publik"),
        ],
    )
    async def test_why_it_fails_is_told_and_the_corrected_url_opens(
        self, start: Start, url: str, words: str
    ) -> None:
        async with start(url) as p:
            assert words in told(p)
            line = p.screen.query_one(PlaceLine)
            assert (line.value, line.has_focus) == (url, True)
            await p.press("ctrl+u")
            await p.type(VOLUME)
            await p.press("enter")
            assert p.rows[0].split() == ["▾", "volume.ome.zarr", "image"]
            assert [recent.url for recent in load_recent()] == [VOLUME]

    async def test_a_server_that_is_down_can_be_asked_again(
        self, proxy: Proxy, start: Start
    ) -> None:
        proxy.down()
        async with start(VOLUME) as p:
            assert "cannot be reached" in told(p)
            proxy.up()
            await p.press("enter")
            assert isinstance(p.screen, BrowseScreen)

    async def test_the_node_is_shown_of_the_corrected_url(self, start: Start) -> None:
        async with start(f"{TOP}/volume.zarr", "s1") as p:
            await p.press(*["backspace"] * len(".zarr"))
            await p.type(".ome.zarr")
            await p.press("enter")
            assert (p.node.path, p.cursor.path) == ("s1", "s1")

    async def test_a_node_that_is_not_there_is_told_over_the_store(self, start: Start) -> None:
        async with start(VOLUME, "labels/nuclei") as p:
            assert p.node.path == ""
            assert "There is no node at volume.ome.zarr/labels/nuclei" in p.told[0]

    async def test_the_endpoint_counts_for_what_is_typed(
        self, proxy: Proxy, tmp_path: Path
    ) -> None:
        options = Options(endpoint=proxy.url)
        async with started(Choosing(Location.local(tmp_path), options)) as p:
            await p.press("1")
            await p.type(f"{TOP}/v")
            assert p.screen.query_one(Fitting).texts == [f"{VOLUME}/"]
            await p.press("tab", "enter")
            assert p.browse.access.location.endpoint == proxy.url
            assert p.panel.picture is not None

    async def test_a_store_of_before_is_corrected_on_its_own_server(
        self, proxy: Proxy, start: Start, tmp_path: Path
    ) -> None:
        async with start(VOLUME):
            assert load_recent()[0].endpoint == proxy.url
        proxy.down()
        async with started(tmp_path) as p:
            await p.press("2", "enter")
            assert "cannot be reached" in told(p)
            proxy.up()
            await p.press("1", "enter")
            assert p.browse.access.location.endpoint == proxy.url
            await p.press("ctrl+o")
            assert isinstance(p.screen, OpenScreen)


class TestChoosing:
    async def test_stores_are_marked_and_one_goes_down_and_up(self, start: Start) -> None:
        async with start(TOP) as p:
            assert isinstance(p.screen, OpenScreen)
            pane = p.screen.query_one(FolderList)
            assert str(pane.border_title).endswith(TOP)
            assert [row[:2] for row in folder_rows(p)] == [
                ["◂", ".."], ["▸", "below"], ["▪", "tree.zarr"], ["▪", "volume.ome.zarr"],
            ]  # fmt: skip
            await p.press("enter")
            assert folder_rows(p)[1:] == [["▪", "more.zarr", "Zarr", "v3", "group"]]
            await p.press("enter")
            assert p.rows[0].split()[:2] == ["▾", "more.zarr"]
            await p.press("escape", "left")
            assert pane.name_at(pane.cursor) == "below"
            await p.press("left")
            assert str(pane.border_title).endswith("s3://public")
            assert pane.name_at(pane.cursor) == "screens"

    async def test_a_folder_that_hangs_is_given_up_and_asked_again(
        self, proxy: Proxy, start: Start
    ) -> None:
        async with start(TOP) as p:
            before = folder_rows(p)
            pane = p.screen.query_one(FolderList)
            proxy.fail(Hang())
            await p.hold("enter")
            await p.until(lambda: pane.border_subtitle == "reading… Esc stops")
            await p.hold("down", "question_mark")
            await soon(p, lambda: isinstance(p.screen, HelpScreen))
            await p.hold("escape", "escape")
            await soon(p, lambda: not pane.border_subtitle)
            await soon(p, lambda: not hangs(proxy))
            assert folder_rows(p) == before
            proxy.heal()
            await p.press("up", "enter")
            assert str(pane.border_title).endswith("below")

    async def test_one_that_fails_leaves_one_where_one_was(
        self, proxy: Proxy, start: Start
    ) -> None:
        async with start(TOP) as p:
            before = folder_rows(p)
            proxy.down()
            await p.press("enter")
            assert "cannot be reached" in told(p)
            assert folder_rows(p) == before
            proxy.up()
            await p.press("enter")
            assert folder_rows(p)[1][1] == "more.zarr"
