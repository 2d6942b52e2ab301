"""The tree pane: what stands in it, when it is read, and the keys that move through it."""

from pathlib import Path

import pytest
from doubles import CountingAccess
from driver import SMALL, Program, lines, opened
from foreign import WIDTH, Foreign

from omezarr_tui.store.node import Array, Broken, Group
from omezarr_tui.text import visible
from omezarr_tui.tui import messages
from omezarr_tui.tui.widgets.hierarchy import HierarchyTree, More


def names(program: Program) -> list[str]:
    """The children of the root that the tree holds, without the line for more."""
    items = [child.data for child in program.tree.root.children]
    return [item.name for item in items if isinstance(item, Group | Array | Broken)]


def shown(program: Program) -> list[str]:
    """Marks and names in the tree, without what is told beside them."""
    return [row.split("  ")[0] if row[0] != " " else _indented(row) for row in program.rows]


def _indented(row: str) -> str:
    bare = row.lstrip()
    return " " * (len(row) - len(bare)) + bare.split("  ")[0]


class TestOpening:
    async def test_a_group_is_listed_when_it_is_opened_and_only_then(
        self, foreign: Foreign
    ) -> None:
        path = foreign("v3_nested").path
        access = CountingAccess(path)
        async with opened(path, access=access) as p:
            assert access.listed == [""]
            assert shown(p) == ["▾ v3_nested.zarr", "  ▸ a", "  ▸ empty", "  ▪ top"]
            await p.press("down", "right")
            assert access.listed == ["", "a"]
            assert shown(p)[1:4] == ["  ▾ a", "    ▸ b", "    ▪ left"]
            await p.press("left", "right", "up", "down")
            assert access.listed == ["", "a"]

    async def test_every_key_that_opens_closes_and_moves(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_nested").path) as p:

            async def after(*keys: str) -> tuple[str, int]:
                await p.press(*keys)
                return p.node.path, len(p.rows)

            assert p.node.path == ""
            assert await after("down") == ("a", 4)
            assert await after("right") == ("a", 6)  # opens
            assert await after("right") == ("a/b", 6)  # goes to the first child
            assert await after("l") == ("a/b", 8)
            assert await after("j", "j") == ("a/b/right", 8)
            assert await after("k") == ("a/b/c", 8)
            assert await after("left") == ("a/b", 8)  # a closed group: to the parent
            assert await after("h") == ("a/b", 6)  # an open one: closes
            assert await after("p") == ("a", 6)
            assert await after("enter") == ("a", 4)
            assert await after("space") == ("a", 6)
            assert await after("end") == ("top", 6)
            assert await after("right") == ("top", 6)  # an array holds nothing
            assert await after("up") == ("empty", 6)
            assert await after("home") == ("", 6)

    async def test_an_empty_group_opens_to_nothing(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_nested").path) as p:
            await p.press("down", "down", "right")
            assert p.node.path == "empty"
            assert shown(p) == ["▾ v3_nested.zarr", "  ▸ a", "  ▫ empty", "  ▪ top"]
            await p.press("right", "enter")
            assert len(p.rows) == 4

    async def test_all_below_opens_at_once(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_nested").path) as p:
            await p.press("asterisk")
            assert shown(p) == [
                "▾ v3_nested.zarr",
                "  ▾ a",
                "    ▾ b",
                "      ▾ c",
                "        ▾ d",
                "          ▪ deep",
                "      ▪ right",
                "    ▪ left",
                "  ▫ empty",
                "  ▪ top",
            ]
            assert p.node.path == ""
            assert p.told == []

    async def test_all_below_stops_at_the_bound_and_says_so(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_nested").path, expand_nodes=5) as p:
            await p.press("asterisk")
            assert "  ▾ a" in shown(p)
            assert not any("deep" in row for row in p.rows)
            assert p.told == ["Stopped at 5 nodes; open the rest one by one."]

    async def test_a_group_that_cannot_be_listed_says_why_and_its_siblings_work(
        self, foreign: Foreign
    ) -> None:
        path = foreign("v3_nested").path
        async with opened(path, access=CountingAccess(path, "a")) as p:
            await p.press("down", "right", "down")
            assert p.rows[2].lstrip().startswith("✗ …")
            assert "cannot be listed" in p.rows[2]
            assert "permission denied: [/x]a" in p.facts
            await p.press("end")
            assert (p.node.path, p.panel.border_title) == ("top", "top · 4 × 7")

    async def test_the_mouse_chooses_and_opens(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_nested").path, size=SMALL) as p:
            await p.click(p.tree, "top")
            assert p.node.path == "top"
            await p.click(p.tree, "▸ a")
            assert (p.node.path, len(p.rows)) == ("a", 6)

    async def test_nodes_that_the_cursor_only_passes_are_not_looked_at(
        self, foreign: Foreign, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with opened(foreign("wide_group").path) as p:
            monkeypatch.setattr("omezarr_tui.tui.screens.browse._REST", 0.4)
            before = len(p.heard(messages.Described))
            await p.hold(*["down"] * 6)
            await p.until(lambda: p.heard(messages.Described)[-1].node.path == "a00005")
            assert len(p.heard(messages.Described)) == before + 1


class TestPaging:
    async def test_10000_arrays_come_page_by_page_as_the_cursor_reaches_them(
        self, foreign: Foreign
    ) -> None:
        path = foreign("wide_group").path
        access = CountingAccess(path)
        async with opened(path, access=access) as p:
            assert names(p) == [f"a{n:05}" for n in range(200)]
            await p.press("end")
            # The cursor stood on "9,800 more" and goes on to the first of the new ones.
            assert names(p) == [f"a{n:05}" for n in range(400)]
            assert p.cursor.name == p.node.name == "a00200"
            assert "wide_group.zarr/a00200" in p.title
            assert "3 × 5" in p.facts
            await p.press("up", "down", "down")
            assert p.cursor.name == p.node.name == "a00201"
            await p.press("end", "pageup", "end")
            assert names(p) == [f"a{n:05}" for n in range(800)]
            assert p.cursor.name == p.node.name == "a00600"
            await p.press("home")
            assert p.node.path == ""
            assert access.listed.count("") == 1

    async def test_the_wheel_brings_more_and_leaves_the_cursor(self, foreign: Foreign) -> None:
        async with opened(foreign("wide_group").path, page_rows=40) as p:
            # The first screenful has the line "more" in sight only after the wheel.
            while p.tree.max_scroll_y > p.tree.scroll_y and len(names(p)) == 40:
                await p.wheel(p.tree, down=True)
            assert names(p) == [f"a{n:05}" for n in range(80)]
            assert p.cursor.path == p.node.path == ""

    async def test_nothing_is_lost_to_the_very_end(self, foreign: Foreign) -> None:
        async with opened(foreign("wide_group").path, page_rows=2500) as p:
            for _ in range(3):
                await p.press("end")
            assert names(p) == [f"a{n:05}" for n in range(WIDTH)]
            assert not any(isinstance(c.data, More) for c in p.tree.root.children)
            await p.press("end")
            assert p.cursor.name == p.node.name == "a09999"
            assert "a09999" in p.rows[-1]

    async def test_a_page_that_comes_twice_is_shown_once(self, foreign: Foreign) -> None:
        async with opened(foreign("wide_group").path) as p:
            await p.press("end")
            [listed] = p.heard(messages.Listed)
            p.tree.fill(listed.listing)
            await p.settle()
            assert names(p) == [f"a{n:05}" for n in range(400)]

    async def test_a_page_is_asked_for_once_however_often_it_is_wanted(
        self, foreign: Foreign
    ) -> None:
        async with opened(foreign("wide_group").path) as p:
            await p.hold("end", "up", "down", "up", "down")
            await p.settle()
            wanted = [m.before.stop for m in p.heard(HierarchyTree.Wanted) if m.before]
            assert len(wanted) == len(set(wanted))


class TestBroken:
    @pytest.mark.parametrize("store", ["v3_bad_documents", "v2_bad_documents"])
    async def test_broken_nodes_say_why_beside_siblings_that_work(
        self, foreign: Foreign, store: str
    ) -> None:
        made = foreign(store)
        async with opened(made.path) as p:
            for _ in range(len(made.broken) + len(made.arrays) + len(made.groups) - 1):
                await p.press("down")
                row = lines(p.tree)[p.tree.cursor_line]
                name = p.node.path
                if name in made.broken:
                    assert isinstance(p.node, Broken)
                    assert f"✗ {name}  " in row
                    assert p.node.reason[:8] in row
                    assert p.node.reason in p.picture
                    assert p.facts.startswith("broken  ! ") or "✗" in p.facts
                elif name in made.arrays:
                    assert f"▪ {name}  " in row
                    assert p.panel.picture is not None
                else:
                    assert f"▸ {name}  " in row or f"▫ {name}  " in row

    async def test_a_level_that_is_missing_is_shown_and_the_image_works(
        self, foreign: Foreign
    ) -> None:
        async with opened(foreign("missing_level_05").path) as p:
            assert p.rows[2].split(maxsplit=2) == ["✗", "s1", "no document at s1/zarr.json"]
            assert p.panel.picture is not None
            assert "s1  ✗ " in p.facts


class TestNames:
    async def test_every_name_and_attribute_is_shown_as_it_is(self, foreign: Foreign) -> None:
        made = foreign("v3_names")
        async with opened(made.path) as p:
            seen = set()
            while p.tree.cursor_line < p.tree.last_line:
                await p.press("down")
                seen.add(p.node.path)
                row = lines(p.tree)[p.tree.cursor_line - int(p.tree.scroll_y)]
                assert visible(p.node.name)[:50] in row
                assert visible(p.node.path)[-30:] in p.title
                told = "\n".join(lines(p.attributes))
                if p.node.path == "[":
                    await p.press("right")  # it holds the array x], as no file has a slash
                else:
                    assert "[/x]" in told
                    assert '"[link=x]"' in told
                    assert "esc␛[2J" in told
                    assert '"bell\\u0007"' in told
                everything = [*p.rows, *lines(p.attributes), p.title, p.bar, p.facts]
                everything.append(str(p.panel.border_title))
                assert all(sign.isprintable() or sign == "\n" for sign in "".join(everything))
            assert seen == {*made.arrays, "["}


class TestRoots:
    @pytest.mark.parametrize("store", ["v3_root_array", "v2_root_array"])
    async def test_a_store_that_is_an_array(self, foreign: Foreign, store: str) -> None:
        async with opened(foreign(store).path) as p:
            [row] = p.rows
            assert row.startswith(f"▪ {store}.zarr ")
            assert row.endswith("5 × 6 × 7  uint16")
            assert p.panel.picture is not None
            assert "6 × 7" in str(p.panel.border_title)
            await p.press("right", "enter", "asterisk", "p", "end", "home")
            assert p.node.path == ""

    async def test_a_folder_of_stores(self, foreign: Foreign) -> None:
        async with opened(foreign("folder_of_stores").path) as p:
            assert [row.split() for row in p.rows] == [
                ["▾", "experiment", "folder"],
                ["▸", "day", "2", "folder"],
                ["▪", "old.zarr", "4", "×", "6", "uint16"],
                ["▪", "plain.zarr", "4", "×", "6", "uint16"],
            ]
            assert "a plain folder that holds stores" in p.facts
            await p.press("down", "right", "right", "right", "right")
            assert p.node.path == "day 2/deep.zarr/a"
            assert p.panel.picture is not None
            await p.press("end")
            assert "plain.zarr" in p.title

    async def test_a_node_that_is_named_is_revealed(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_nested").path, "a/b/c/d/deep") as p:
            assert p.cursor.path == p.node.path == "a/b/c/d/deep"
            assert "v3_nested.zarr/a/b/c/d/deep" in p.title
            assert "▪ deep" in lines(p.tree)[p.tree.cursor_line]

    async def test_a_node_beyond_the_first_page_is_revealed(self, many: Path) -> None:
        async with opened(many, "a00273", page_rows=50) as p:
            assert p.cursor.path == p.node.path == "a00273"
            assert any("a00273" in row for row in p.rows)
            assert p.panel.picture is not None
            await p.press("down")
            assert p.node.path == "a00274"
