"""Label images over pictures come back with bookmarks and with the views of images."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from driver import Program, opened

from omezarr_tui.store.bookmarks import add_bookmark, load_kept
from omezarr_tui.store.location import Location


def over(p: Program) -> tuple[str, int] | None:
    """The label image that lies over the picture, and its opacity."""
    laid = p.request.overlay
    return None if laid is None else (laid.labels.multiscale.path, laid.opacity)


async def written(store: Path, labels: tuple[str, int]) -> None:
    """Wait until the thread has ended that writes down how the image was left."""
    path, opacity = labels
    for _ in range(1000):
        left = load_kept(Location.local(store)).left.get("", {})
        if left.get("labels") == {"path": path, "opacity": opacity}:
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"{labels} are not kept of {store}")


async def test_with_the_view_of_an_image(demo: Path) -> None:
    async with opened(demo / "cells.ome.zarr", rendering="half") as p:
        await p.press_each("3", "L", "O")
        kept = over(p)
        assert kept is not None
    await written(demo / "cells.ome.zarr", kept)
    async with opened(demo / "cells.ome.zarr", rendering="half") as p:
        assert over(p) == kept
        await p.press_each("1", "end", "home")  # another node, and the image again
        assert over(p) == kept
    async with opened(demo / "cells.ome.zarr", rendering="half", remember_views=False) as p:
        assert over(p) is None


async def test_with_a_bookmark(demo: Path) -> None:
    async with opened(demo / "cells.ome.zarr", rendering="half") as p:
        await p.press_each("3", "apostrophe", "a", "escape")  # without labels
        await p.press_each("L", "O", "O", "apostrophe", "a", "escape")
        kept = over(p)
        assert kept is not None
        await p.press_each("apostrophe", "down", "enter")
        assert over(p) is None
        await p.press_each("apostrophe", "enter")
        assert over(p) == kept
        await p.press_each("O", "apostrophe", "enter")  # only the opacity differs
        assert over(p) == kept


async def test_labels_that_are_gone_are_told(demo: Path) -> None:
    store = Location.local(demo / "cells.ome.zarr")
    async with opened(demo / "cells.ome.zarr", rendering="half") as p:
        await p.press_each("3", "L", "apostrophe", "a", "escape", "L")
        (mark,) = load_kept(store).bookmarks
        gone = {**mark.view, "labels": {"path": "labels/gone", "opacity": 50}}
        add_bookmark(store, replace(mark, view=gone))
        await p.press_each("apostrophe", "enter")
        assert over(p) is None
        assert "labels/gone" in p.told[-1]
