"""Places over a network on the screen: slow, faulty and dying servers, and the keys meanwhile."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
import zarr
from conftest import write_volume
from driver import SMALL, WIDE, Program, frame_of, in_sight, started, text_of
from servers.buckets import upload
from servers.faults import Answer, Hang, Reset, Stall
from servers.proxy import Proxy
from servers.requests import Request
from servers.s3 import S3Server
from servers.web import WebServer
from textual.widgets import Static

from omezarr_tui.store import objects
from omezarr_tui.store.access import DEFAULTS, Options
from omezarr_tui.store.location import Location, parse_location
from omezarr_tui.store.node import Array, Group
from omezarr_tui.store.recent import load_recent
from omezarr_tui.text import format_bytes, plural
from omezarr_tui.tui import messages
from omezarr_tui.tui.opening import Choosing
from omezarr_tui.tui.screens.browse import BrowseScreen
from omezarr_tui.tui.screens.connect import ConnectScreen
from omezarr_tui.tui.screens.help import HelpScreen
from omezarr_tui.tui.screens.open import OpenScreen
from omezarr_tui.tui.widgets.bars import TrafficBar
from omezarr_tui.tui.widgets.folder_list import FolderList
from omezarr_tui.tui.widgets.place_line import Fitting, PlaceLine

AT_ONCE = 1.0  # seconds: far less than any timeout here, far more than a key takes
PLANES = 8
TOP = "s3://public/screens"
VOLUME = f"{TOP}/volume.ome.zarr"
TREE = f"{TOP}/tree.zarr"
LOST = "no connection: tried again in"

Start = Callable[..., AbstractAsyncContextManager[Program]]


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of an image, a tree of groups, and a folder with one more store. Read it only."""
    top = tmp_path_factory.mktemp("stores")
    write_volume(top / "volume.ome.zarr", (1, 2, PLANES, 40, 60))
    tree = zarr.create_group(top / "tree.zarr")
    for group in ("one", "two"):
        for name in ("a", "b"):
            tree.create_array(f"{group}/{name}", shape=(3, 5), dtype="uint16")[:] = 7
    zarr.create_group(top / "below" / "more.zarr").create_array("x", shape=(4, 4), dtype="u1")
    return top


@pytest.fixture(scope="session")
def uploaded(s3: S3Server, stores: Path) -> S3Server:
    """Give the S3 server, with the stores in each of its buckets."""
    for bucket in ("public", "unlisted", "private"):
        upload(s3.bucket(bucket), stores, "screens/")
    return s3


@pytest.fixture
def proxy(uploaded: S3Server, proxy_to: Callable[[str], Proxy]) -> Proxy:
    """Give a proxy before the S3 server."""
    return proxy_to(uploaded.endpoint)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for retries as shortly as can be, and for an answer longer than any test takes."""
    short = {"init_backoff": timedelta(milliseconds=5), "max_backoff": timedelta(milliseconds=20)}
    monkeypatch.setitem(objects.RETRIES, "backoff", {**short, "base": 2})
    monkeypatch.setattr(
        "omezarr_tui.store.credentials._LIMITS", {"timeout": "60s", "connect_timeout": "5s"}
    )
    monkeypatch.setattr("omezarr_tui.tui.screens.looking._FIRST_WAIT", 0.05)
    monkeypatch.setattr("omezarr_tui.tui.widgets.bars._SLOW", 0.1)


@pytest.fixture
def start(tmp_path: Path, proxy: Proxy) -> Start:
    """Give a function that starts the program on a URL, through the proxy."""

    def start(
        url: str,
        node: str = "",
        *,
        size: tuple[int, int] = WIDE,
        settle: bool = True,
        options: Options = DEFAULTS,
    ) -> AbstractAsyncContextManager[Program]:
        asked = parse_location(url)
        options = replace(options, endpoint=proxy.url)
        if asked.protocol == "s3":
            asked = asked.with_endpoint(proxy.url)
        here = Location.local(tmp_path)
        return started(Choosing(here, options, asked=asked, node=node), size, settle)

    return start


def told(p: Program) -> str:
    """What stands below the line of the open screen, without breaks between lines."""
    return " ".join(text_of(p.screen.query_one("#told", Static)).split())


def traffic(p: Program) -> str:
    """What the bar at the bottom tells of the network."""
    return text_of(p.browse.query_one(TrafficBar)).strip()


def subtitle(p: Program) -> str:
    """What stands at the lower edge of the picture's pane."""
    return str(p.panel.border_subtitle or "")


def folder_rows(p: Program) -> list[list[str]]:
    """The words of the rows of the folder."""
    return [line.split() for line in text_of(p.screen.query_one(FolderList)).splitlines() if line]


def hangs(proxy: Proxy) -> list[Request]:
    """The requests that are under way."""
    return [request for request in proxy.requests if request.ended is None]


def at_plane(plane: int) -> Callable[[Request], bool]:
    """Whether a request asks for a chunk of a plane of the first time and channel."""
    return lambda request: f"/c/0/0/{plane}/" in request.path


async def soon(p: Program, true: Callable[[], object]) -> None:
    """Wait until something is true, which must be the case at once."""
    began = monotonic()
    await p.until(true)
    assert monotonic() - began < AT_ONCE


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


class TestLooking:
    async def test_the_tree_the_picture_and_its_planes(self, start: Start, stores: Path) -> None:
        path = stores / "volume.ome.zarr"
        async with start(VOLUME) as p:
            assert [row.split()[1] for row in p.rows] == ["volume.ome.zarr", "s0", "s1", "s2"]
            assert "S3" in p.title
            for keys in ([], ["full_stop"], ["end"], ["c", "full_stop"], ["right_square_bracket"]):
                await p.press("3", *keys)
                assert p.panel.picture is not None
                assert p.panel.picture.request == p.request
                assert p.picture == "\n".join(frame_of(path, p.request).lines)

    async def test_the_same_over_plain_http(
        self, web: WebServer, start: Start, stores: Path
    ) -> None:
        link = web.folder / "screens"
        if not link.exists():
            link.symlink_to(stores)
        async with start(f"{web.plain}/screens/volume.ome.zarr") as p:
            assert [row.split()[1] for row in p.rows] == ["volume.ome.zarr", "s0", "s1", "s2"]
            assert p.tree.border_subtitle == "may be incomplete: no listing"
            assert p.panel.picture is not None
            assert "read-only: HTTP cannot be written to" in p.title
        async with start(f"{web.listing}/screens") as p:
            assert folder_rows(p)[1:] == [
                ["▸", "below", "folder"],
                ["▪", "tree.zarr", "Zarr", "v3", "group"],
                ["▪", "volume.ome.zarr", "Zarr", "v3", "·", "OME-Zarr", "0.5", "image"],
            ]

    async def test_a_place_that_lists_nothing_says_so_in_the_tree(self, start: Start) -> None:
        async with start("s3://unlisted/screens/volume.ome.zarr") as p:
            assert [row.split()[1] for row in p.rows] == ["volume.ome.zarr", "s0", "s1", "s2"]
            assert p.tree.border_subtitle == "may be incomplete: no listing"
            await p.press("slash")
            await p.type("s1")
            await p.press("escape")
            assert p.tree.border_subtitle == "may be incomplete: no listing"
        async with start(VOLUME) as p:
            assert not p.tree.border_subtitle

    async def test_the_bar_tells_what_went_through_the_proxy(
        self, proxy: Proxy, start: Start
    ) -> None:
        async with start(VOLUME) as p:
            await p.press("full_stop", "right_square_bracket")
            requests = proxy.settled()
            counted = p.browse.access.traffic
            assert counted is not None
            assert counted.requests == len(requests)
            await p.until(lambda: plural(len(requests), "request") in traffic(p))
            assert format_bytes(counted.nbytes) in traffic(p)
            # The lists of names come as XML, of which the program gets no bytes to see.
            got = sum(r.nbytes for r in requests if r.status == 200 and "list-type" not in r.path)
            assert counted.nbytes == got

    async def test_the_bar_leaves_room_for_the_keys(self, proxy: Proxy, start: Start) -> None:
        async with start(VOLUME, size=SMALL) as p:
            count = len(proxy.settled())
            await p.until(lambda: traffic(p).startswith(f"{count} req "))
            assert in_sight(p, p.browse.query_one(TrafficBar))
            for words in ("? help", "open", "pane", "plane", "level"):
                assert words in p.keys


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


class TestHanging:
    async def test_every_key_is_answered_and_the_last_picture_stays(
        self, proxy: Proxy, start: Start
    ) -> None:
        async with start(VOLUME) as p:
            seen = p.picture
            proxy.fail(Hang())
            await p.hold("full_stop")
            await p.until(lambda: subtitle(p) == "reading… Esc stops")
            assert p.picture == seen
            assert p.panel.view.is_stale
            await p.until(lambda: traffic(p).startswith("waiting "))
            assert "for 1 answer" in traffic(p)
            for key, screen in (("question_mark", HelpScreen), ("escape", BrowseScreen)):
                await p.hold(key)
                await soon(p, lambda screen=screen: isinstance(p.screen, screen))
            await p.hold("3")
            await soon(p, lambda: p.panel.view.has_focus)
            await p.hold("2")
            await soon(p, lambda: p.attributes.has_focus)
            await p.hold("1", "down")
            await soon(p, lambda: p.cursor.path == "s0")
            await p.hold("escape")
            await soon(p, lambda: not hangs(proxy))
            await soon(p, lambda: not p.panel.view.is_stale)
            assert not subtitle(p)
            assert p.picture == seen
            await p.until(lambda: not traffic(p).startswith("waiting "))

    @pytest.mark.parametrize("fault", [Hang(), Stall()])
    async def test_the_newest_request_wins(
        self, proxy: Proxy, start: Start, fault: Hang | Stall
    ) -> None:
        async with start(VOLUME) as p:
            proxy.forget()
            proxy.fail(fault, where=at_plane(p.request.view.index[2] + 1))
            await p.hold("full_stop")
            await p.until(lambda: proxy.requests)
            old = proxy.requests[0]
            assert old.ended is None
            await p.hold("full_stop")
            await soon(p, lambda: p.panel.picture and p.panel.picture.request == p.request)
            await soon(p, lambda: old.ended)
            assert not p.panel.view.is_stale
            assert not subtitle(p)

    async def test_a_first_picture_that_is_stopped_can_be_read_again(
        self, proxy: Proxy, start: Start
    ) -> None:
        proxy.fail(Hang(), where=lambda request: "/c/" in request.path)
        async with start(VOLUME, settle=False) as p:
            await p.until(lambda: isinstance(p.screen, BrowseScreen) and subtitle(p))
            assert p.picture.strip() == "reading…"
            await p.hold("escape")
            await soon(p, lambda: "Reading was stopped. r reads again." in p.picture)
            proxy.heal()
            await p.press("r")
            assert p.panel.picture is not None

    async def test_a_listing_is_given_up_and_asked_for_again(
        self, proxy: Proxy, start: Start
    ) -> None:
        async with start(TREE) as p:
            proxy.fail(Hang())
            await p.hold("down", "right")
            await p.until(lambda: "reading…" in p.rows[2])
            await p.until(lambda: hangs(proxy))
            await p.hold("down", "up")
            await soon(p, lambda: p.cursor.path == "one")
            await p.hold("escape")
            await soon(p, lambda: "cannot be listed" in p.rows[2])
            await soon(p, lambda: not hangs(proxy))
            assert isinstance(p.screen, BrowseScreen)
            proxy.heal()
            await p.press("left", "right")
            assert [row.split()[1] for row in p.rows] == ["tree.zarr", "one", "a", "b", "two"]
            await p.until(lambda: not traffic(p).startswith("waiting "))


class TestComingBack:
    @pytest.mark.parametrize("keys", [[], ["3", "plus", "plus", "left_square_bracket", "right"]])
    async def test_the_view_comes_back_by_itself_where_it_was(
        self, proxy: Proxy, start: Start, keys: list[str]
    ) -> None:
        async with start(VOLUME) as p:
            await p.press(*keys)
            proxy.down()
            await p.hold("full_stop")
            await p.until(lambda: subtitle(p).startswith(LOST))
            assert p.panel.view.is_stale
            wanted = p.request
            await p.until(lambda: len(p.heard(messages.NotPainted)) > 2)  # it goes on trying
            proxy.up()
            await p.until(lambda: p.panel.picture and p.panel.picture.request == wanted)
            await p.settle()
            assert p.request == wanted
            assert not p.panel.view.is_stale
            assert not subtitle(p)

    async def test_also_when_there_was_no_picture_yet(self, proxy: Proxy, start: Start) -> None:
        proxy.fail(Reset(), where=lambda request: "/c/" in request.path)
        async with start(VOLUME, settle=False) as p:
            await p.until(lambda: isinstance(p.screen, BrowseScreen) and p.panel.is_mounted)
            await p.until(lambda: "cannot be read at the moment" in p.picture)
            assert "r tries now" in p.picture
            proxy.heal()
            await p.until(lambda: p.panel.picture)

    async def test_values_come_back_too(self, proxy: Proxy, start: Start, stores: Path) -> None:
        async with start(TREE, "one") as p:
            await p.press("right")
            proxy.down()
            await p.hold("down")
            await p.until(lambda: "at the moment" in p.picture or "cannot" in p.picture)
            proxy.up()
            await p.until(lambda: p.panel.picture)

    async def test_another_node_is_looked_at_while_one_is_tried_again(
        self, proxy: Proxy, start: Start
    ) -> None:
        async with start(VOLUME) as p:
            await p.press("3")
            proxy.fail(Reset(), where=at_plane(p.request.view.index[2] + 1))
            await p.hold("full_stop")
            await p.until(lambda: subtitle(p).startswith(LOST))
            await p.hold("full_stop")
            await p.until(lambda: p.panel.picture and p.panel.picture.request == p.request)
            await p.settle()
            count = len(p.heard(messages.NotPainted))
            assert not subtitle(p)
            await p.press("1", "down")
            assert len(p.heard(messages.NotPainted)) == count

    async def test_a_group_that_could_not_be_listed_can_be_opened_again(
        self, proxy: Proxy, start: Start
    ) -> None:
        async with start(TREE) as p:
            proxy.down()
            await p.press("down", "right")
            assert "cannot be listed" in p.rows[2]
            proxy.up()
            await p.press("left", "right")
            assert [row.split()[1] for row in p.rows] == ["tree.zarr", "one", "a", "b", "two"]

    async def test_r_lists_again_what_could_not_be_listed(self, proxy: Proxy, start: Start) -> None:
        async with start(TREE) as p:
            proxy.down()
            await p.press("down", "right", "down")
            assert "cannot be reached" in p.picture
            proxy.up()
            await p.press("r")
            assert [row.split()[1] for row in p.rows] == ["tree.zarr", "one", "a", "b", "two"]

    async def test_r_reads_levels_again_whose_documents_did_not_come(
        self, proxy: Proxy, start: Start
    ) -> None:
        proxy.fail(Answer(500), where=lambda r: r.path.endswith(("s0/zarr.json", "s1/zarr.json")))
        async with start(VOLUME) as p:
            assert ["✗" in row for row in p.rows] == [False, True, True, False]
            await p.press("down")
            assert "500" in p.picture
            proxy.heal()
            await p.press("r")
            assert isinstance(p.node, Array)
            assert p.panel.picture is not None
            assert p.panel.picture.sampling.array.path == "s0"
            assert "✗" not in p.rows[1]
            await p.press("up", "r")
            assert isinstance(p.node, Group)
            assert len(p.request.image.readable) == 3
            assert [row for row in p.rows if "✗" in row] == []
