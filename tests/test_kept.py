"""Places are kept, never in the store, and come back as far as they fit."""

from __future__ import annotations

import json
import stat
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import changed, image, request_of

from omezarr_tui.image.kept import as_kept, restored
from omezarr_tui.image.look import GAMMAS, SOURCES, ChannelLook
from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.image.pointing import moved, zoomed_at
from omezarr_tui.image.steering import at_same_place, level_changed, moving_along, stepped, turned
from omezarr_tui.image.view import first_view
from omezarr_tui.ome.model import Window
from omezarr_tui.settings import state_folder
from omezarr_tui.store import bookmarks
from omezarr_tui.store.bookmarks import (
    Bookmark,
    Kept,
    add_bookmark,
    keep_left,
    load_kept,
    remove_bookmark,
)
from omezarr_tui.store.location import Location

HERE = Location("s3", "bucket/a.zarr", endpoint="https://host:9000")


def mark(number: int) -> Bookmark:
    return Bookmark("images/0", f"z={number}", {"index": {"z": number}})


def files() -> list[Path]:
    return sorted((state_folder() / "views").glob("*"))


class TestFile:
    def test_what_is_kept_comes_back(self) -> None:
        assert load_kept(HERE) == Kept((), {})
        add_bookmark(HERE, mark(1))
        add_bookmark(HERE, mark(2))
        keep_left(HERE, {"a": {"zoom": 2}, "b": {"zoom": 3}})
        add_bookmark(HERE, mark(1))  # the newest now
        keep_left(HERE, {"b": None, "c": {"zoom": 4}})
        assert load_kept(HERE) == Kept((mark(2), mark(1)), {"a": {"zoom": 2}, "c": {"zoom": 4}})
        remove_bookmark(HERE, mark(2))
        assert load_kept(HERE).bookmarks == (mark(1),)

    def test_each_store_has_its_own(self, tmp_path: Path) -> None:
        here = Location.local(tmp_path)
        for place in (HERE, replace(HERE, endpoint=None), here, here.below("x")):
            assert load_kept(place).bookmarks == ()
            add_bookmark(place, mark(1))
        (tmp_path / "link").symlink_to(tmp_path)
        assert load_kept(Location.local(tmp_path / "link")).bookmarks == (mark(1),)
        assert sorted(tmp_path.iterdir()) == [tmp_path / "link"]  # nothing is written there

    def test_it_holds_no_secret_and_is_for_the_user_alone(self) -> None:
        add_bookmark(replace(HERE, endpoint="https://me:hidden@host"), mark(1))
        assert files() == []
        add_bookmark(HERE, mark(1))
        told = json.loads(files()[0].read_text())
        assert told["store"] == "https://host:9000s3://bucket/a.zarr"
        assert stat.S_IMODE(files()[0].stat().st_mode) == 0o600

    def test_a_store_without_anything_has_no_file(self) -> None:
        keep_left(HERE, {"a": {"zoom": 2}})
        keep_left(HERE, {"a": None})
        assert files() == []

    def test_it_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, most in (("MOST_BOOKMARKS", 3), ("MOST_IMAGES", 2), ("MOST_STORES", 2)):
            monkeypatch.setattr(bookmarks, name, most)
        for number in range(5):
            add_bookmark(HERE, mark(number))
            keep_left(HERE, {str(number): {}})
        kept = load_kept(HERE)
        assert kept.bookmarks == tuple(mark(number) for number in (2, 3, 4))
        assert [*kept.left] == ["3", "4"]
        for number in range(6):
            keep_left(Location("s3", f"bucket/{number}"), {"": {}})
        assert len(files()) <= 3
        assert load_kept(HERE).bookmarks  # what somebody kept by hand stays

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            "{",
            "[" * 100_000,
            '{"bookmarks": 3, "left": []}',
            '{"bookmarks": [1, {"image": 1}, {"image": "", "words": ""}], "left": {"a": 1}}',
        ],
    )
    def test_a_file_that_was_changed_by_hand(self, text: str) -> None:
        add_bookmark(HERE, mark(1))
        files()[0].write_text(text)
        assert load_kept(HERE) == Kept((), {})
        add_bookmark(HERE, mark(2))
        assert load_kept(HERE).bookmarks == (mark(2),)

    def test_a_folder_that_cannot_be_written(self) -> None:
        state_folder().mkdir(parents=True)
        (state_folder() / "views").write_text("in the way")
        add_bookmark(HERE, mark(1))
        assert load_kept(HERE) == Kept((), {})

    def test_two_threads_lose_nothing(self) -> None:
        threads = [threading.Thread(target=add_bookmark, args=(HERE, mark(n))) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(load_kept(HERE).bookmarks) == 8


@st.composite
def requests(draw: st.DrawFn) -> PictureRequest:
    """An image of any axes, after any keys that change what is kept."""
    names = "".join(draw(st.permutations("tczyx"))[: draw(st.integers(2, 5))])
    sizes = [draw(st.integers(1, 90)) for _ in names]
    request = request_of(image(names, sizes, [max(1, size // 2) for size in sizes]))
    for name in names:
        request = moving_along(request, name)
        request = stepped(request, draw(st.integers(-5, 5)))
    for _ in range(draw(st.integers(0, 3))):
        request = turned(request)
    if draw(st.booleans()):
        request = level_changed(request, 1)
    request = moved(zoomed_at(request, draw(st.floats(1, 30)), (0.2, 0.9)), 0.3, -0.4)
    channel = ChannelLook(
        draw(st.none() | st.booleans()),
        draw(st.none() | st.just(Window(-1.5, 300.0))),
        draw(st.none() | st.just((1, 2, 255))),
    )
    request = changed(
        request,
        maximum=draw(st.booleans()),
        projection=draw(st.sampled_from([None, "mean", "maximum"])),
        source=draw(st.sampled_from(SOURCES)),
        gamma=draw(st.sampled_from(GAMMAS)),
        invert=draw(st.booleans()),
        colormap=draw(st.sampled_from(["grey", "magma"])),
        composed=draw(st.sampled_from([None, True, False])),
    )
    return replace(request, look=request.look.with_channel(0, channel))


def by_itself(request: PictureRequest) -> PictureRequest:
    return request_of(request.image)


def anything() -> st.SearchStrategy[Any]:
    return st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["0", "z", "y", "x", "shown", "window"]), inner)
        ),
        max_leaves=6,
    )


class TestViews:
    @given(requests())
    @settings(deadline=None)
    def test_all_comes_back(self, request_: PictureRequest) -> None:
        kept = json.loads(json.dumps(as_kept(request_)))
        there = restored(by_itself(request_), kept)
        assert there.view.centre == pytest.approx(request_.view.centre)
        assert replace(there, view=replace(there.view, centre=request_.view.centre)) == request_

    def test_what_goes_for_all_images_may_stay(self) -> None:
        start = request_of(image("czyx", (2, 9, 40, 50)))
        kept = as_kept(changed(stepped(start, 2), colormap="magma", invert=True, gamma=0.5))
        there = restored(start, kept, colors=False)
        assert there.view.index[1] == start.view.index[1] + 2
        assert there.look == start.look

    def test_a_level_that_was_chosen_in_the_tree_is_not_kept(self) -> None:
        pinned = replace(image("yx", (40, 50), (20, 25)), pinned=1)
        assert as_kept(request_of(pinned, level=1))["level"] is None
        assert restored(request_of(pinned, level=1), {}).level == 1

    @given(
        st.dictionaries(
            st.sampled_from([*as_kept(request_of(image("zyx", (3, 9, 8))))]), anything()
        )
    )
    @settings(deadline=None)
    def test_whatever_a_file_says_a_picture_can_be_made(self, kept: dict[str, Any]) -> None:
        request = restored(request_of(image("zyx", (3, 9, 8))), kept)
        sampling = request.sampling()
        for part, size in zip(sampling.region, sampling.array.shape, strict=True):
            assert 0 <= part.start < part.stop <= size

    def test_another_image_of_that_name(self) -> None:
        kept = as_kept(zoomed_at(stepped(request_of(image("zyx", (90, 400, 500))), 40), 60, (1, 1)))
        for smaller in (image("zyx", (4, 40, 50)), image("yx", (40, 50)), image("tc", (4, 5))):
            there = restored(request_of(smaller), kept)
            whole = there.view.whole()
            assert there.view.zoom <= max(whole.extent) / 4
            assert there.sampling().region


class TestSamePlace:
    def test_images_of_one_size(self) -> None:
        before = zoomed_at(stepped(request_of(image("czyx", (3, 9, 40, 50))), 2), 3, (0.1, 0.2))
        other = request_of(image("czyx", (1, 9, 40, 50)))
        there = at_same_place(other, before)
        assert there is not None
        assert (there.image, there.look) == (other.image, other.look)
        assert there.view.index[1] == before.view.index[1]
        assert (there.view.zoom, there.view.centre) == (before.view.zoom, before.view.centre)

    @pytest.mark.parametrize("shape", [(3, 9, 40, 51), (3, 8, 40, 50)])
    def test_another_size_begins_anew(self, shape: tuple[int, ...]) -> None:
        before = stepped(request_of(image("czyx", (3, 9, 40, 50))), 2)
        assert at_same_place(request_of(image("czyx", shape)), before) is None
        assert at_same_place(request_of(image("tzyx", (3, 9, 40, 50))), before) is None

    def test_nothing_is_said_by_an_image_that_was_just_opened(self) -> None:
        before = request_of(image("czyx", (3, 9, 40, 50)))
        assert before.view == first_view(before.image)
        assert at_same_place(request_of(image("czyx", (3, 9, 40, 50))), before) is None
