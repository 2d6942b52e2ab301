"""Finding with `/`: nodes by name anywhere in the store, attributes in the info pane."""

from pathlib import Path

from doubles import GatedAccess
from driver import Program, lines, opened
from foreign import Foreign

from omezarr_tui.tui import messages


def shown(program: Program) -> list[str]:
    """The words of each line of the tree, without what is told beside names."""
    return [" ".join(row.split()[:2]) for row in program.rows]


class TestNodes:
    async def test_what_was_never_listed_is_found_with_the_way_to_it(
        self, foreign: Foreign
    ) -> None:
        async with opened(foreign("v3_nested").path) as p:
            await p.press("slash")
            await p.type("EEP")
            found = ["▾ v3_nested.zarr", "▾ a", "▾ b", "▾ c", "▾ d", "▪ deep"]
            assert shown(p) == found
            assert p.tree.border_subtitle == "1 match"
            assert p.node.path == "a/b/c/d/deep"
            await p.press("enter")
            assert p.app.focused is p.tree
            assert (p.cursor.path, shown(p)) == ("a/b/c/d/deep", found)
            assert "v3_nested.zarr/a/b/c/d/deep" in p.title
            assert p.panel.picture is not None
            assert '"a/b/c/d/deep"' in "\n".join(lines(p.attributes))

    async def test_escape_shows_all_again_with_the_cursor_on_what_was_found(
        self, foreign: Foreign
    ) -> None:
        async with opened(foreign("v3_nested").path) as p:
            for keys in (["escape"], ["enter", "escape"]):
                await p.press("home", "slash")
                await p.type("right")
                assert shown(p) == ["▾ v3_nested.zarr", "▾ a", "▾ b", "▪ right"]
                await p.press(*keys)
                assert {"▸ empty", "▪ top", "▸ c", "▪ left", "▪ right"} < set(shown(p))
                assert p.cursor.path == p.node.path == "a/b/right"
                assert p.app.focused is p.tree
                assert p.tree.border_subtitle == ""
                await p.press("p")
                assert p.cursor.path == "a/b"

    async def test_a_text_with_a_slash_is_looked_for_in_paths(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_nested").path) as p:
            await p.press("slash")
            await p.type("b/c")
            assert p.tree.border_subtitle == "3 matches"
            assert p.node.path == "a/b/c"

    async def test_no_match_says_so_and_nothing_is_lost(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_nested").path) as p:
            await p.press("end", "slash")
            assert p.node.path == "top"
            await p.type("[/x]")
            assert p.tree.border_subtitle == "0 matches"
            assert shown(p) == ["▸ v3_nested.zarr"] or shown(p) == ["▾ v3_nested.zarr"]
            await p.press("enter", "escape")
            assert shown(p) == ["▾ v3_nested.zarr", "▸ a", "▸ empty", "▪ top"]

    async def test_a_text_that_is_taken_back_shows_all(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_nested").path) as p:
            await p.press("slash", "d", "e")
            assert p.tree.border_subtitle == "1 match"
            await p.press("backspace")
            assert p.tree.border_subtitle == "2 matches"
            await p.press("backspace")
            assert p.tree.border_subtitle == ""
            assert {"▸ empty", "▪ top"} < set(shown(p))

    async def test_escape_with_nothing_typed_changes_nothing(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_nested").path) as p:
            await p.press("down", "right", "down", "slash", "escape")
            assert p.app.focused is p.tree
            assert p.cursor.path == p.node.path == "a/b"
            assert len(p.rows) == 6

    async def test_a_match_beyond_the_first_page_and_the_bound_on_matches(self, many: Path) -> None:
        async with opened(many, page_rows=50) as p:
            await p.press("slash")
            await p.type("0")
            assert str(p.tree.border_subtitle).startswith("200 matches, stopped after ")
            await p.type("0273")
            assert p.tree.border_subtitle == "1 match"
            await p.press("enter", "escape")
            assert p.cursor.path == p.node.path == "a00273"
            await p.press("up")
            assert p.node.path == "a00272"

    async def test_names_like_markup_are_found(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_names").path) as p:
            await p.press("slash")
            await p.type("[BOLD")
            assert p.tree.border_subtitle == "1 match"
            assert p.rows[-1].startswith("  ▪ [bold red]x ")


class TestAttributes:
    async def test_keys_and_values_are_found_one_after_another(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_names").path) as p:
            await p.press("2", "slash")
            await p.type("LINK")

            def here() -> str:
                return lines(p.attributes)[p.attributes.cursor_line].strip()

            assert here() == '[/x]  "[link=x]"'
            await p.press(*["backspace"] * 4)
            await p.type("b")
            first = here()
            assert first.startswith("esc␛[2J")
            await p.press("enter")
            assert here() == "▸ b  3 items"  # in a value that was closed until now
            await p.press("enter")
            assert here() == first  # around
            assert p.browse.info.border_subtitle == ""
            await p.press("escape")
            assert p.app.focused is p.attributes
            assert here() == first

    async def test_no_match_says_so(self, foreign: Foreign) -> None:
        async with opened(foreign("v3_nested").path) as p:
            await p.press("2", "slash")
            await p.type("nowhere")
            assert p.browse.info.border_subtitle == "no match"
            assert len(p.rows) == 4  # the hierarchy is as it was
            await p.press("escape")
            assert p.browse.info.border_subtitle == ""
            assert p.heard(messages.Searched) == []


async def test_escape_leaves_a_search_that_runs(many: Path) -> None:
    access = GatedAccess(many)
    async with opened(many, access=access) as p:
        access.hold_documents = True
        access.gate.clear()
        await p.hold("slash", "7")
        await p.until(lambda: "a00000/zarr.json" in access.asked)
        await p.hold("escape")
        assert p.app.focused is p.tree
        access.gate.set()
        await p.settle()
        assert p.heard(messages.Searched) == []
        assert len(access.asked) < 100
        assert p.cursor.path == ""
