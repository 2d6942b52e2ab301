"""A page of a group, names found below it, and all that is below it, each within its bounds."""

from collections.abc import Iterator
from typing import Any

import pytest
from foreign import WIDTH, Foreign
from looking import files_read, local

from omezarr_tui.ome.discover import named_children
from omezarr_tui.store.hierarchy import walk
from omezarr_tui.store.listing import Listing, list_page, open_below
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.node import Array, Broken, Group, Node
from omezarr_tui.store.opening import find_node, open_root
from omezarr_tui.store.search import find_by_name


class TestPages:
    def test_a_wide_group_reads_only_what_a_page_shows(self, foreign: Foreign) -> None:
        made = foreign("wide_group")
        access = local(made.path)
        root = open_root(access)
        assert isinstance(root, Group)
        with files_read(made.path) as seen:
            first = list_page(access, root, 50)
        assert seen == [f"a{number:05}/zarr.json" for number in range(50)]
        assert [node.name for node in first.nodes] == [f"a{number:05}" for number in range(50)]
        assert (first.start, first.stop, len(first.names)) == (0, 50, WIDTH)
        with files_read(made.path) as seen:
            second = list_page(access, root, 30, before=first)
        assert seen == [f"a{number:05}/zarr.json" for number in range(50, 80)]
        assert (second.start, second.stop, second.names) == (50, 80, first.names)
        last = list_page(access, root, 99, before=Listing(root, first.names, 0, WIDTH - 9, ()))
        assert [node.name for node in last.nodes] == [f"a{n:05}" for n in range(WIDTH - 9, WIDTH)]
        assert last.stop == WIDTH

    def test_pages_together_are_the_group(self, foreign: Foreign) -> None:
        made = foreign("v3_names")
        access, pages = local(made.path), []
        root = open_root(access)
        assert isinstance(root, Group)
        while not pages or pages[-1].stop < len(pages[-1].names):
            pages.append(list_page(access, root, 4, before=pages[-1] if pages else None))
        assert all(len(page.nodes) <= 4 for page in pages)
        paths = [node.path for page in pages for node in page.nodes]
        assert paths == [node.path for node in walk(access, root, depth=1)]

    def test_promised_names_are_on_a_page(self, foreign: Foreign) -> None:
        access = local(foreign("missing_level_05").path)
        root = open_root(access)
        assert isinstance(root, Group)
        page = list_page(access, root, 10, named_children)
        assert [type(node) for node in page.nodes] == [Array, Broken, Array]


class TestFindByName:
    @pytest.fixture
    def top(self, foreign: Foreign) -> tuple[LocalAccess, Node]:
        access = local(foreign("v3_nested").path)
        return access, open_root(access)

    @pytest.mark.parametrize(
        ("text", "found", "above"),
        [
            ("DEEP", ["a/b/c/d/deep"], ["", "a", "a/b", "a/b/c", "a/b/c/d"]),
            ("b/", ["a/b/c", "a/b/c/d", "a/b/c/d/deep", "a/b/right"], ["", "a", "a/b"]),
            ("/b/r", ["a/b/right"], ["", "a", "a/b"]),
            ("e", ["a/b/c/d/deep", "a/left", "empty"], ["", "a", "a/b", "a/b/c", "a/b/c/d"]),
            ("t", ["a/b/right", "a/left", "empty", "top"], ["", "a", "a/b"]),
            ("A", ["a"], [""]),  # of paths only where a / asks for them
            ("nothing like it", [], []),
        ],
    )
    def test_names(self, top: Any, text: str, found: list[str], above: list[str]) -> None:
        result = find_by_name(*top, text)
        assert [node.path for node in result.nodes] == found
        assert [group.path for group in result.above][: len(above)] == above
        assert (result.complete, result.seen) == (True, 9)

    def test_every_group_above_is_told_once_parents_first(self, top: Any) -> None:
        result = find_by_name(*top, "")
        paths = [group.path for group in result.above]
        assert len(paths) == len(set(paths))
        for node in result.nodes:
            assert node.path.rpartition("/")[0] in paths
        assert all(p.rpartition("/")[0] in paths[:n] for n, p in enumerate(paths) if p)

    def test_from_below(self, top: Any) -> None:
        result = find_by_name(top[0], find_node(top[0], "a/b"), "t")
        assert [node.path for node in result.nodes] == ["a/b/right"]
        assert [group.path for group in result.above] == ["a/b"]
        assert find_by_name(top[0], find_node(top[0], "top"), "top").nodes == ()

    def test_bounds(self, top: Any) -> None:
        few = find_by_name(*top, "", most=3)
        assert ([node.path for node in few.nodes], few.complete) == (["a", "a/b", "a/b/c"], False)
        short = find_by_name(*top, "top", look_at=4)
        assert (short.nodes, short.complete, short.seen) == ((), False, 4)

    def test_it_stops_when_asked(self, top: Any) -> None:
        asked: Iterator[bool] = iter([False, False, True])
        result = find_by_name(*top, "", cancelled=lambda: next(asked))
        assert ([node.path for node in result.nodes], result.complete) == (["a", "a/b"], False)

    def test_a_missing_level_can_be_found(self, foreign: Foreign) -> None:
        access = local(foreign("missing_level_05").path)
        result = find_by_name(access, open_root(access), "S1", named=named_children)
        assert [type(node) for node in result.nodes] == [Broken]


class TestOpenBelow:
    @pytest.mark.parametrize("most", range(1, 12))
    @pytest.mark.parametrize("rows", [1, 2, 50])
    def test_bounds(self, most: int, rows: int, foreign: Foreign) -> None:
        access = local(foreign("v3_nested").path)
        listings, complete = open_below(access, Group("", 3), rows, most)
        assert sum(len(listing.nodes) for listing in listings) <= most
        assert all(len(listing.nodes) <= rows for listing in listings)
        opened = {listing.group.path for listing in listings}
        pages = [node for listing in listings for node in listing.nodes]
        whole_pages = all(len(li.nodes) == min(rows, len(li.names)) for li in listings)
        every_group = {node.path for node in pages if isinstance(node, Group)} <= opened
        assert complete == (whole_pages and every_group)

    def test_nearest_first(self, foreign: Foreign) -> None:
        access = local(foreign("v3_nested").path)
        listings, _ = open_below(access, Group("", 3), 50, 50)
        paths = [listing.group.path for listing in listings]
        assert paths == ["", "a", "empty", "a/b", "a/b/c", "a/b/c/d"]

    def test_it_stops_when_asked(self, foreign: Foreign) -> None:
        asked = iter([False, True])
        access = local(foreign("v3_nested").path)
        listings, complete = open_below(access, Group("", 3), 50, 50, cancelled=lambda: next(asked))
        assert (len(listings), complete) == (1, False)
