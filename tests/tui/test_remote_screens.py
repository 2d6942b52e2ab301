"""Stores over a network on the screen: slow, faulty and dying servers, and the keys meanwhile."""

from pathlib import Path

import pytest
from driver import SMALL, frame_of, in_sight
from remote import LOST, TREE, VOLUME, Start, at_plane, folder_rows, hangs, soon, subtitle, traffic
from servers.faults import Answer, Hang, Reset, Stall
from servers.proxy import Proxy
from servers.web import WebServer

from omezarr_tui.store.node import Array, Group
from omezarr_tui.text import format_bytes, plural
from omezarr_tui.tui import messages
from omezarr_tui.tui.screens.browse import BrowseScreen
from omezarr_tui.tui.screens.help import HelpScreen
from omezarr_tui.tui.widgets.bars import TrafficBar
from omezarr_tui.tui.workers import Workers


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

    async def test_refused_chunks_are_told_as_long_as_they_are_shown(
        self, proxy: Proxy, start: Start
    ) -> None:
        proxy.fail(Answer(403), where=lambda request: "/c/" in request.path)
        async with start("s3://unlisted/screens/volume.ome.zarr") as p:
            assert subtitle(p) == "refused chunks are shown as never written"
            await p.press("full_stop")
            assert subtitle(p) == "refused chunks are shown as never written"
            proxy.heal()
            await p.press("r")
            await p.until(lambda: not subtitle(p))
            assert p.panel.picture is not None
            assert p.panel.picture.samples.values.max() > 0

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
        self, proxy: Proxy, start: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # What is read ahead may be given up on its way, and then only the proxy knows of it.
        monkeypatch.setattr(Workers, "read_on", lambda self, request: None)
        async with start(VOLUME) as p:
            await p.press_each("full_stop", "right_square_bracket")
            requests = proxy.settled()
            counted = p.browse.access.traffic
            assert counted is not None
            assert counted.requests == len(requests)
            await p.until(lambda: plural(len(requests), "request") in traffic(p))
            await p.until(lambda: format_bytes(counted.nbytes) in traffic(p))
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
