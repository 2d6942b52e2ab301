"""Places come back: bookmarks on a key, and every image as it was left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from conftest import write_volume
from driver import opened

from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.settings import state_folder
from omezarr_tui.store.bookmarks import load_kept
from omezarr_tui.store.location import Location
from omezarr_tui.store.opening import open_root
from omezarr_tui.tui.messages import StoreChosen
from omezarr_tui.tui.opening import open_store
from omezarr_tui.tui.screens.bookmarks import BookmarksScreen

PLACE = ("3", "t", "full_stop", "z", "greater_than_sign", "plus", "plus", "plus", "right", "down")


def same(one: PictureRequest, two: PictureRequest) -> bool:
    return (one.image.multiscale.path, one.view, one.level, one.look) == (
        two.image.multiscale.path, two.view, two.level, two.look,
    )  # fmt: skip


def write_arrays(path: Path) -> Path:
    """Three arrays z, y, x, of which two have the same size."""
    root = zarr.create_group(path)
    for name, planes in (("a", 9), ("b", 9), ("c", 4)):
        data = np.arange(planes * 80 * 90, dtype="u2").reshape(planes, 80, 90)
        root.create_array(name, data=data, dimension_names=("z", "y", "x"))
    return path


class TestBookmarks:
    async def test_one_is_added_gone_to_and_removed(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press(*PLACE, "m", "right_curly_bracket")
            kept = p.request
            await p.press("apostrophe")
            assert isinstance(p.screen, BookmarksScreen)
            assert "There are no bookmarks of this store yet." in p.dialog_text()
            await p.press("a")
            assert "t=1 c=0 z=22 zoom=3.375" in lines_of(p.screen)
            assert "adds" not in p.dialog_text()
            await p.press("escape", "0", "home", "w")
            assert not same(p.request, kept)
            await p.press_each("apostrophe", "enter")
            assert same(p.request, kept)
            await p.press_each("apostrophe", "delete")
            assert "There are no bookmarks of this store yet." in p.dialog_text()
        assert load_kept(Location.local(volume)).bookmarks == ()

    async def test_it_leads_to_another_image(self, tmp_path: Path) -> None:
        path = write_arrays(tmp_path / "a.zarr")
        async with opened(path, "a") as p:
            await p.press("3", "plus", "plus", "full_stop")
            await p.press_each("apostrophe", "a", "escape")
            kept = p.request
            await p.press("1", "home")
            assert p.panel.request is None
            await p.press_each("apostrophe", "enter")
            assert p.node.path == "a"
            assert same(p.request, kept)
        async with opened(path, "c") as p:
            await p.press("apostrophe")
            assert " a" in lines_of(p.screen)
            await p.press("enter")
            assert same(p.request, kept)

    async def test_an_image_that_is_gone(self, tmp_path: Path) -> None:
        path = write_arrays(tmp_path / "a.zarr")
        async with opened(path, "a") as p:
            await p.press_each("apostrophe", "a", "escape")
        (path / "a").rename(tmp_path / "elsewhere")
        async with opened(path, "c") as p:
            await p.press_each("apostrophe", "enter")
            assert p.told == ["There is no image a any more."]

    async def test_where_no_picture_is(self, tmp_path: Path) -> None:
        async with opened(write_arrays(tmp_path / "a.zarr")) as p:
            await p.press_each("apostrophe", "a")
            assert "There are no bookmarks" in p.dialog_text()
            assert "adds" not in p.dialog_text()

    async def test_names_from_a_store_are_text(self, tmp_path: Path) -> None:
        root = zarr.create_group(tmp_path / "a.zarr")
        root.create_array("[red]x", data=np.zeros((9, 9), "u1"))
        async with opened(tmp_path / "a.zarr", "[red]x") as p:
            await p.press_each("apostrophe", "a")
            assert "the whole plane  [red]x" in lines_of(p.screen)


class TestReopening:
    async def test_every_image_comes_back_as_it_was_left(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press(*PLACE, "m", "i", "left_parenthesis")
            left = p.request
        await written(volume)
        async with opened(volume) as p:
            assert same(p.request, left)
            await p.press("3", "0", "home", "comma")
        async with opened(volume, remember_views=False) as p:
            assert p.request.view.index[:3] == (0, 0, 12)

    async def test_what_is_as_by_itself_leaves_nothing(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press("3", "full_stop", "comma")
        assert not (state_folder() / "views").exists()

    async def test_nothing_is_kept_where_the_user_wants_nothing(self, volume: Path) -> None:
        async with opened(volume, remember_views=False) as p:
            await p.press(*PLACE)
        assert not (state_folder() / "views").exists()

    async def test_a_file_that_is_no_help(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press(*PLACE)
        file = await written(volume)
        told = json.loads(file.read_text())
        file.write_text(json.dumps(told | {"left": {"": {"index": 3, "zoom": "far", "rows": "q"}}}))
        async with opened(volume) as p:
            assert p.request.view.index[:3] == (0, 0, 12)


class TestFromImageToImage:
    async def test_images_of_one_size_show_the_same_place(self, tmp_path: Path) -> None:
        async with opened(write_arrays(tmp_path / "a.zarr"), "a") as p:
            await p.press("3", "plus", "plus", "full_stop")
            view = p.request.view
            await p.press("1", "down")
            assert (p.node.path, p.request.view) == ("b", view)

    async def test_another_one_begins_anew_and_each_comes_back(self, tmp_path: Path) -> None:
        async with opened(write_arrays(tmp_path / "a.zarr"), "b") as p:
            await p.press("3", "plus", "plus", "full_stop")
            view = p.request.view
            await p.press("1", "down")
            assert (p.node.path, p.request.view.zoom) == ("c", 1)
            await p.press("3", "plus", "1", "up")
            assert (p.node.path, p.request.view) == ("b", view)
            await p.press("down")
            assert (p.node.path, p.request.view.zoom) == ("c", 1.5)

    async def test_from_store_to_store(self, tmp_path: Path) -> None:
        one = write_volume(tmp_path / "one.ome.zarr", (1, 2, 25, 120, 160))
        two = write_volume(tmp_path / "two.ome.zarr", (1, 2, 25, 120, 160))
        async with opened(one) as p:
            await p.press(*PLACE)
            view = p.request.view
            await choose(p, two)
            assert p.browse.access.location.name == "two.ome.zarr"
            assert p.request.view == view


def lines_of(screen: Any) -> str:
    from textual.widgets import OptionList

    options = screen.query_one(OptionList)
    return "\n".join(
        str(options.get_option_at_index(n).prompt) for n in range(options.option_count)
    )


async def choose(p: Any, path: Path) -> None:
    """Open another store in place of the one that is shown, as the open screen does."""
    await p.press("ctrl+o")
    location = Location.local(path)
    opening = open_store(location, p.app.start.options, "", p.app.settings)
    assert open_root(opening.access) == opening.root
    p.screen.post_message(StoreChosen(opening, by_hand=True))
    await p.settle()


async def written(store: Path) -> Path:
    """The file of what is kept of a store, as soon as the thread that writes it has ended."""
    import asyncio

    folder = state_folder() / "views"
    for _ in range(1000):
        if found := [*folder.glob("*.json")]:
            return found[0]
        await asyncio.sleep(0.005)
    raise AssertionError(f"nothing is kept of {store}")
