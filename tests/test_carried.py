"""From one image to another: it is looked at the same way, as near as it can be."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import changed, image, request_of

from omezarr_tui.image.look import ChannelLook
from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.image.pointing import moved, zoomed_at
from omezarr_tui.image.steering import (
    at_end,
    carried,
    level_changed,
    moving_along,
    turned,
)
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Window


@st.composite
def images(draw: st.DrawFn) -> Image:
    """Images with y and x, any other axes in any order, and one to three levels."""
    others = draw(st.lists(st.sampled_from("tcz"), unique=True))
    names = [*others, *draw(st.permutations("yx"))]
    shape = [draw(st.integers(1, 90)) for _ in names]
    levels = draw(st.integers(1, 3))
    shapes = [
        [
            max(1, size // 2**level) if name in "yx" else size
            for name, size in zip(names, shape, strict=True)
        ]
        for level in range(levels)
    ]
    return image("".join(names), *shapes)


@st.composite
def requests(draw: st.DrawFn) -> PictureRequest:
    """Any image after some keys."""
    request = request_of(draw(images()))
    keys = {
        "end": lambda r: at_end(r, last=True),
        "c": lambda r: moving_along(r, "c"),
        "turned": turned,
        "near": lambda r: zoomed_at(r, 1.5, (0.5, 0.5)),
        "far": lambda r: zoomed_at(r, 1 / 1.5, (0.5, 0.5)),
        "down": lambda r: moved(r, 0.5, 0.25),
        "coarser": lambda r: level_changed(r, 1),
        "window": lambda r: changed(r, channels=((0, ChannelLook(window=Window(3, 9))),)),
        "half": lambda r: changed(r, rendering="half", invert=True),
    }
    for key in draw(st.lists(st.sampled_from(sorted(keys)), max_size=8)):
        request = keys[key](request)
    return request


def alike(one: PictureRequest, two: PictureRequest) -> bool:
    """Whether two requests are the same, but for the rounding of the window's centre."""
    middle = replace(one.view, centre=two.view.centre)
    return replace(one, view=middle) == two and one.view.centre == pytest.approx(
        two.view.centre, abs=1e-9
    )


def by_name(request: PictureRequest) -> dict[str, int]:
    names = [axis.name for axis in request.image.multiscale.axes]
    return dict(zip(names, request.view.index, strict=True))


def displayed(request: PictureRequest) -> list[str]:
    axes, view = request.image.multiscale.axes, request.view
    return [axes[view.rows].name, axes[view.columns].name]


def moving(request: PictureRequest) -> str | None:
    at = request.view.moving
    return None if at is None else request.image.multiscale.axes[at].name


@given(requests())
@settings(deadline=None)
def test_to_the_same_image_nothing_changes(request_: PictureRequest) -> None:
    assert alike(carried(request_, request_.image), request_)


@given(requests(), images())
@settings(deadline=None)
def test_what_both_images_have_is_kept(request_: PictureRequest, other: Image) -> None:
    after = carried(request_, other)
    assert after.image == other
    old, new = by_name(request_), by_name(after)
    extent = dict(zip(new, after.view.extent, strict=True))
    for name in old.keys() & new.keys():
        assert new[name] == min(old[name], extent[name] - 1)
    if set(displayed(request_)) <= new.keys():
        assert displayed(after) == displayed(request_)
    if moving(request_) in new.keys() - set(displayed(after)):
        assert moving(after) == moving(request_)
    assert (after.look, after.room) == (request_.look, request_.room)


@given(requests(), images())
@settings(deadline=None)
def test_what_is_asked_for_can_be_read(request_: PictureRequest, other: Image) -> None:
    after = carried(request_, other)
    sampling = after.sampling()
    for part, size in zip(sampling.region, sampling.array.shape, strict=True):
        assert 0 <= part.start < part.stop <= size
    half = 0.5 / after.view.zoom
    assert all(half - 1e-9 <= at <= 1 - half + 1e-9 for at in after.view.centre)
    assert 1 <= after.view.zoom <= max(1, request_.view.zoom)


@given(requests())
@settings(deadline=None)
def test_there_and_back_is_the_same_where_the_sizes_are(request_: PictureRequest) -> None:
    twin = replace(request_.image, multiscale=replace(request_.image.multiscale, name="another"))
    assert alike(carried(carried(request_, twin), request_.image), request_)


@pytest.mark.parametrize(("pinned", "levels", "level"), [(2, 3, 2), (2, 2, 1), (None, 3, None)])
def test_a_level_that_was_chosen(pinned: int | None, levels: int, level: int | None) -> None:
    before = request_of(image("yx", (80, 80), (40, 40), (20, 20)), level=pinned)
    other = image("yx", *[(80 // 2**n, 80 // 2**n) for n in range(levels)])
    assert carried(before, other).level == level


def test_a_level_that_the_other_is_opened_at() -> None:
    before = request_of(image("yx", (80, 80), (40, 40)))
    other = replace(image("yx", (80, 80), (40, 40)), pinned=1)
    assert carried(before, other).level == 1


def test_to_what_has_no_plane() -> None:
    before = request_of(image("yx", (80, 80)))
    assert carried(before, image("yx", (0, 80))) is before
