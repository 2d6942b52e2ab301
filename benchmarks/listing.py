"""What is in a group of 10,000 arrays and in a plate of 8,081 nodes, against zarr-python.

The program reads names with one listing and documents by itself, a page of 200 rows at a
time, so its first row is that page against `Group.members()`, which has no pages: whoever
wants the first 200 children waits for all. So that this is no play with words, all pages
together, the whole plate and a search through all names stand beside `members` too, with the
same nodes found on both sides (checked here). `Group.tree()` stops at 500 nodes; the program's
"expand all" stands against it with the same bound. Opening the store is part of every run.

Both stores hold only documents, written one file each, and lie in the page cache. The plate
has 384 wells of 4 fields with 4 levels, as OME-Zarr 0.5 describes it, and no consolidated
metadata.

The last table fills the tree pane in an app without a terminal and waits for the paint after
it. The program's pane takes a page; Textual's own `Tree` is given all 10,000 names at once,
as a program without pages would do it, and then the same page.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import zarr
from measuring import PROGRAM, Row, Table, alternate, parser, report, timed
from stores import PLATE_NODES, WIDTH, write_plate, write_wide
from textual.app import App, ComposeResult
from textual.widgets import Tree

from omezarr_tui.ome.discover import named_children
from omezarr_tui.settings import Settings
from omezarr_tui.store.access import Access, Options, open_access
from omezarr_tui.store.hierarchy import walk
from omezarr_tui.store.listing import Listing, list_page, open_below
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Group
from omezarr_tui.store.opening import find_node
from omezarr_tui.store.search import find_by_name
from omezarr_tui.tui.widgets.hierarchy import HierarchyTree

ZARR = "zarr-python"
TEXTUAL = "Textual's Tree"
PAGE = Settings().page_rows
BOUND = Settings().expand_nodes


def main() -> None:
    """Measure, and print."""
    asked = parser(__doc__, runs=5).parse_args()
    with TemporaryDirectory() as folder:
        wide, plate = Path(folder) / "wide.zarr", Path(folder) / "plate.zarr"
        write_wide(wide)
        write_plate(plate)
        tables = [
            _measured(f"A group of {WIDTH:,} arrays", _wide_rows(wide), asked.runs),
            _measured(f"A plate of {PLATE_NODES:,} nodes", _plate_rows(plate), asked.runs),
            asyncio.run(_filling(wide, asked.runs)),
        ]
    report(tables, as_json=asked.json)


Pair = tuple[Callable[[], int], Callable[[], int]]
"""The program's way and zarr-python's; each tells how many nodes it came to."""


def _wide_rows(path: Path) -> dict[str, Pair]:
    return {
        f"{PAGE} rows; members()": (lambda: _page(path), lambda: _members(path, 0)),
        "all pages; members()": (lambda: _pages(path), lambda: _members(path, 0)),
        f"{BOUND} rows; tree()": (lambda: _page(path, rows=BOUND), lambda: _tree(path)),
        "find one of all names; members(None)": (
            lambda: _find(path, "a09999"),
            lambda: _find_in_members(path, "a09999"),
        ),
    }


def _plate_rows(path: Path) -> dict[str, Pair]:
    return {
        "the root's rows; members()": (lambda: _page(path), lambda: _members(path, 0)),
        "the wells of row A; members()": (
            lambda: _page(path, "A"),
            lambda: _members(path, 0, "A"),
        ),
        "every node; members(None)": (lambda: _walk(path), lambda: _members(path, None)),
        f"expand all to {BOUND} nodes; tree()": (lambda: _below(path), lambda: _tree(path)),
        "find P24 among all paths; members(None)": (
            lambda: _find(path, "P/24"),
            lambda: _find_in_members(path, "P/24"),
        ),
    }


def _measured(title: str, rows: dict[str, Pair], runs: int) -> Table:
    table = Table(title, (PROGRAM, ZARR))
    for what, (ours, theirs) in rows.items():
        _check(what, ours(), theirs())
        contenders = {PROGRAM: timed(ours), ZARR: timed(theirs)}
        # The check was the discarded round.
        table.rows.append(Row(what, alternate(contenders, runs, discarded=0)))
    return table


def _check(what: str, ours: int, theirs: int) -> None:
    """Both sides must find the same, save where the program is meant to stop after a page."""
    if ours not in (theirs, PAGE):
        raise AssertionError(f"{what}: the program came to {ours} nodes, zarr-python to {theirs}")


# -- the program ----------------------------------------------------------------------------


def _opened(path: Path, inside: str = "") -> tuple[Access, Group]:
    access = open_access(Location.local(path), Options(read_only=True))
    group = find_node(access, inside)
    assert isinstance(group, Group)
    return access, group


def _page(path: Path, inside: str = "", rows: int = PAGE) -> int:
    return len(list_page(*_opened(path, inside), rows, named_children).nodes)


def _pages(path: Path) -> int:
    return sum(len(page.nodes) for page in _all_pages(path))


def _all_pages(path: Path) -> Iterator[Listing]:
    access, group = _opened(path)
    page = None
    while page is None or page.stop < len(page.names):
        page = list_page(access, group, PAGE, named_children, page)
        yield page


def _walk(path: Path) -> int:
    return sum(1 for _ in walk(*_opened(path), named=named_children))


def _below(path: Path) -> int:
    listings, _ = open_below(*_opened(path), PAGE, BOUND, named_children)
    return sum(len(listing.nodes) for listing in listings)


def _find(path: Path, text: str) -> int:
    return len(find_by_name(*_opened(path), text, named=named_children).nodes)


# -- zarr-python ----------------------------------------------------------------------------


def _members(path: Path, depth: int | None, inside: str = "") -> int:
    return len(_group(path, inside).members(max_depth=depth))


def _tree(path: Path) -> int:
    drawn = str(_group(path).tree())
    return sum(1 for line in drawn.splitlines() if "── " in line)


def _find_in_members(path: Path, text: str) -> int:
    wanted = text.casefold()
    return sum(1 for name, _ in _group(path).members(None) if wanted in name.casefold())


def _group(path: Path, inside: str = "") -> Any:
    return zarr.open_group(path, path=inside, mode="r")


# -- the tree pane --------------------------------------------------------------------------


class _PaneApp(App[None]):
    """An app with nothing but a tree."""

    def __init__(self, tree: Tree[Any]) -> None:
        super().__init__()
        self._shown = tree

    def compose(self) -> ComposeResult:
        yield self._shown


async def _filling(path: Path, runs: int) -> Table:
    pages = list(_all_pages(path))
    page = pages[0]
    everything = Listing(
        page.group, page.names, 0, len(page.names), tuple(node for p in pages for node in p.nodes)
    )
    table = Table("Fill the tree pane and paint", (PROGRAM, TEXTUAL))
    for what, listing, plain in (
        (f"a page of {PAGE}; all {WIDTH:,}", page, everything),
        (f"a page of {PAGE}; the same", page, page),
        (f"all {WIDTH:,}; the same", everything, everything),
    ):
        seconds: dict[str, list[float]] = {PROGRAM: [], TEXTUAL: []}
        for number in range(runs + 1):
            ours, theirs = await _fill_pane(path, listing), await _fill_plain(plain)
            if number:
                seconds[PROGRAM].append(ours)
                seconds[TEXTUAL].append(theirs)
        table.rows.append(Row(what, seconds))
    return table


async def _fill_pane(path: Path, listing: Listing) -> float:
    tree = HierarchyTree(path.name, listing.group, None)
    return await _timed_in_app(tree, lambda: tree.fill(listing))


async def _fill_plain(listing: Listing) -> float:
    tree: Tree[None] = Tree("wide")

    def fill() -> None:
        for node in listing.nodes:
            tree.root.add_leaf(node.name)

    return await _timed_in_app(tree, fill)


async def _timed_in_app(tree: Tree[Any], fill: Callable[[], None]) -> float:
    app = _PaneApp(tree)
    async with app.run_test(size=(160, 45)) as pilot:
        tree.root.expand()
        await pilot.pause()
        painted = asyncio.Event()
        start = time.perf_counter()
        fill()
        tree.call_after_refresh(painted.set)
        await painted.wait()
        return time.perf_counter() - start


if __name__ == "__main__":
    main()
