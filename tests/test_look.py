"""Looks, and what keys change of them: pure values, of which nothing else changes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from looking import changed, image, request_of

from omezarr_tui.image import styling
from omezarr_tui.image.cells import DEPTHS, RENDERINGS
from omezarr_tui.image.channels import channel_color, composed_channels, is_opacity
from omezarr_tui.image.look import COLORMAPS, GAMMAS, SOURCES, ChannelLook, Look
from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Channel, Window

BYTE = st.integers(0, 255)
ENDS = st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
WINDOWS = st.builds(lambda ends: Window(ends[0], ends[0] + ends[1]), ENDS)
CHANNEL_LOOKS = st.builds(
    ChannelLook,
    st.none() | st.booleans(),
    st.none() | WINDOWS,
    st.none() | st.tuples(BYTE, BYTE, BYTE),
)
CHANGES = st.lists(st.tuples(st.integers(0, 9), CHANNEL_LOOKS), max_size=12)
COLORS = ("00FF00", "FF00FF", "0000FF")


def with_channels(*channels: Channel, names: str = "czyx", **more: Any) -> Image:
    """An image of as many channels as are told, that lies nowhere."""
    shape = [len(channels) if name == "c" else 9 for name in names]
    made = image(names, shape)
    return replace(made, multiscale=replace(made.multiscale, channels=channels, **more))


def three(window: Window | None = None) -> Image:
    return with_channels(*(Channel(f"n{at}", color, window) for at, color in enumerate(COLORS)))


def composed(picture: Image | None = None, **changes: Any) -> PictureRequest:
    return request_of(picture or three(), rendering="half", **changes)


class TestLook:
    @given(CHANGES, st.integers(0, 9), CHANNEL_LOOKS)
    def test_a_change_is_kept_and_is_of_one_channel(
        self, changes: list[tuple[int, ChannelLook]], at: int, one: ChannelLook
    ) -> None:
        look = Look()
        for channel, other in changes:
            look = look.with_channel(channel, other)
        after = look.with_channel(at, one)
        assert after.channel(at) == one
        for other_at in set(range(10)) - {at}:
            assert after.channel(other_at) == look.channel(other_at)
        assert replace(after, channels=()) == Look()

    @given(st.dictionaries(st.integers(0, 9), CHANNEL_LOOKS), st.randoms())
    def test_the_order_of_changes_does_not_matter(
        self, wanted: dict[int, ChannelLook], random: Any
    ) -> None:
        """Requests are compared: what looks alike must be equal."""
        looks = []
        for _ in range(2):
            order = [*wanted.items()]
            random.shuffle(order)
            look = Look()
            for at, one in order:
                look = look.with_channel(at, one)
            looks.append(look)
        assert looks[0] == looks[1]
        assert hash(looks[0]) == hash(looks[1])
        undone = looks[0]
        for at in wanted:
            undone = undone.with_channel(at, ChannelLook())
        assert undone == Look()

    @given(CHANGES, st.integers(0, 9), WINDOWS)
    def test_windows_come_and_go_and_the_rest_stays(
        self, changes: list[tuple[int, ChannelLook]], at: int, window: Window
    ) -> None:
        look = Look()
        for channel, one in changes:
            look = look.with_channel(channel, one)
        by_hand = look.with_window(at, window)
        assert by_hand.channel(at) == replace(look.channel(at), window=window)
        assert by_hand.with_window(at, None) == look.with_window(at, None)
        free = by_hand.without_windows()
        assert all(free.channel(n) == replace(look.channel(n), window=None) for n in range(10))
        assert free.without_windows() == free
        assert ChannelLook() not in [one for _, one in free.channels]


KEYS: tuple[Callable[[PictureRequest], PictureRequest], ...] = (
    lambda r: styling.next_rendering(r, RENDERINGS[:4]),
    styling.next_depth,
    styling.next_colormap,
    lambda r: styling.with_colormap(r, "magma"),
    styling.next_gamma,
    styling.inverted,
    styling.automatic_window,
    lambda r: styling.with_window(r, 1, Window(3, 9)),
    lambda r: styling.window_stretched(r, 0, Window(3, 9), 0.8),
    lambda r: styling.window_shifted(r, 2, Window(3, 9), 0.1),
    styling.composed_or_alone,
    lambda r: styling.channel_toggled(r, 1),
    lambda r: styling.channel_shown(r, 2),
    lambda r: styling.channel_recolored(r, 1),
    styling.maximum_or_mean,
    styling.next_projection,
)


@given(st.lists(st.sampled_from(KEYS), max_size=25), st.booleans())
def test_no_key_of_the_look_moves_what_is_looked_at(keys: list[Any], told: bool) -> None:
    before = composed(three(Window(2, 30) if told else None), level=0)
    after = before
    for key in keys:
        after = key(after)
        assert after.look.rendering in RENDERINGS
        assert after.look.depth in DEPTHS
        assert after.look.gamma in GAMMAS
        assert after.look.source in SOURCES
        assert after.look.colormap in COLORMAPS
        assert composed_channels(after.image, after.look)
    untouched = replace(after, look=before.look, maximum=False, projection=None)
    assert untouched == before


def walked(key: Callable[[PictureRequest], PictureRequest], request: PictureRequest) -> list[Any]:
    """The looks that a key goes through until it comes round."""
    seen = [request]
    while (request := key(request)) != seen[0]:
        assert len(seen) < 30
        seen.append(request)
    return seen


class TestKeys:
    def test_renderings_are_those_that_the_terminal_can(self) -> None:
        request = request_of(three(), rendering="half")
        seen = walked(lambda r: styling.next_rendering(r, RENDERINGS[:4]), request)
        assert [r.look.rendering for r in seen] == ["half", "quadrant", "braille", "ascii"]
        lost = request_of(three(), rendering="pixels")  # of a terminal that had them
        assert styling.next_rendering(lost, RENDERINGS[:4]).look.rendering == "ascii"

    def test_colours_get_fewer_and_come_back(self) -> None:
        seen = walked(styling.next_depth, request_of(three()))
        assert [r.look.depth for r in seen] == ["true", "256", "16", "none"]

    def test_gammas_come_round(self) -> None:
        seen = walked(styling.next_gamma, request_of(three()))
        assert [r.look.gamma for r in seen] == [1.0, 0.7, 0.5, 1.5]
        assert styling.next_gamma(request_of(three(), gamma=2.2)).look.gamma == 1.0

    def test_inverted_twice_is_as_before(self) -> None:
        assert len(walked(styling.inverted, request_of(three()))) == 2

    def test_colormaps_come_round_with_the_channels_own(self) -> None:
        alone = request_of(three(), composed=False)
        assert [r.look.colormap for r in walked(styling.next_colormap, alone)] == [*COLORMAPS]
        odd = styling.with_colormap(alone, "Accent")
        assert styling.next_colormap(odd).look.colormap == "grey"

    def test_a_white_channel_has_no_colormap_of_its_own(self) -> None:
        white = with_channels(Channel("a", "FFFFFF"), Channel("b", "00FF00"))
        request = request_of(white, composed=False)
        names = [r.look.colormap for r in walked(styling.next_colormap, request)]
        assert names == [name for name in COLORMAPS if name != "channel"]
        second = replace(request, view=request.view.at(0, 1, 2))
        names = [r.look.colormap for r in walked(styling.next_colormap, second)]
        assert names == [*COLORMAPS]
        bare = request_of(image("zyx", (3, 9, 9)), composed=False)
        assert "channel" not in [r.look.colormap for r in walked(styling.next_colormap, bare)]

    def test_a_colormap_is_of_one_channel(self) -> None:
        request = composed()
        assert request.is_composed
        one = styling.next_colormap(request)
        assert (one.is_composed, one.look.colormap) == (False, "grey")
        named = styling.with_colormap(request, "magma")
        assert (named.is_composed, named.look.colormap) == (False, "magma")
        again = styling.composed_or_alone(named)
        assert (again.is_composed, again.look.colormap) == (True, "grey")

    def test_samples(self) -> None:
        seen = walked(styling.maximum_or_mean, request_of(three()))
        assert [r.maximum for r in seen] == [False, True]
        seen = walked(styling.next_projection, request_of(three()))
        assert [r.projection for r in seen] == [None, "maximum", "mean"]
        plane = request_of(image("yx", (9, 9)))
        assert styling.next_projection(plane) == plane
        assert styling.next_projection(replace(plane, projection="mean")) == plane


class TestWindows:
    def test_sources_come_round(self) -> None:
        told = request_of(three(Window(2, 30)))
        seen = walked(styling.automatic_window, told)
        assert [r.look.source for r in seen] == ["told", "level", "seen"]
        untold = styling.automatic_window(request_of(three()))
        # What is told by nobody is the level's already.
        assert untold.look.source == "seen"
        assert [r.look.source for r in walked(styling.automatic_window, untold)] == [
            "seen",
            "level",
        ]

    def test_the_metadata_of_any_channel_that_is_shown_count(self) -> None:
        second = with_channels(Channel("a", "00FF00"), Channel("b", "FF0000", Window(2, 30)))
        assert "told" in styling.sources_of(composed(second))
        assert "told" not in styling.sources_of(request_of(second, composed=False))
        hidden = styling.channel_toggled(composed(second), 1)
        assert "told" not in styling.sources_of(hidden)

    def test_first_what_was_set_by_hand_goes(self) -> None:
        request = composed(three(Window(2, 30)))
        edited = styling.channel_recolored(styling.with_window(request, 2, Window(1, 2)), 2)
        free = styling.automatic_window(edited)
        assert free.look.source == "told"
        assert free.look.channel(2) == ChannelLook(color=styling.COLORS[0])
        assert styling.automatic_window(free).look.source == "level"

    @given(WINDOWS, st.integers(0, 2), st.floats(0.5, 2), st.floats(-1, 1))
    def test_moved_by_hand_it_is_of_one_channel(
        self, window: Window, at: int, factor: float, part: float
    ) -> None:
        assume(window.end - window.start > 1e-6 * abs(window.start))
        request, width = composed(), window.end - window.start
        wider = styling.window_stretched(request, at, window, factor).look
        moved = styling.window_shifted(request, at, window, part).look
        for look, low, high in (
            (wider, width * (1 - factor) / 2, -width * (1 - factor) / 2),
            (moved, part * width, part * width),
        ):
            found = look.channel(at).window
            assert found is not None
            assert found.start == pytest.approx(window.start + low, abs=1e-6 * width)
            assert found.end == pytest.approx(window.end + high, abs=1e-6 * width)
            assert [channel for channel, _ in look.channels] == [at]


class TestChannels:
    @given(st.lists(st.integers(0, 3), max_size=20))
    def test_toggled_on_and_off_and_one_always_stays(self, keys: list[int]) -> None:
        request = composed(with_channels(*(Channel(f"n{n}", COLORS[n % 3]) for n in range(4))))
        shown = {0, 1, 2, 3}
        for at in keys:
            request = styling.channel_toggled(request, at)
            shown = shown ^ {at} or shown
            assert composed_channels(request.image, request.look) == sorted(shown)
            assert [channel for channel, _ in request.samplings()] == sorted(shown)

    @given(st.lists(st.integers(0, 3), max_size=20))
    def test_opacity_alone_is_no_picture(self, keys: list[int]) -> None:
        names = ("red", "green", "blue", "alpha")
        request = composed(with_channels(*map(Channel, names)))
        assert is_opacity(request.image, 3)
        for at in keys:
            before = set(composed_channels(request.image, request.look))
            request = styling.channel_toggled(request, at)
            after = set(composed_channels(request.image, request.look))
            assert after - {3}
            assert after == (before ^ {at} if before - {3} != {at} else before)

    def test_where_all_are_told_off_the_first_is_shown_and_stays(self) -> None:
        off = with_channels(*(Channel("n", color, active=False) for color in COLORS))
        request = composed(off)
        assert composed_channels(off, request.look) == [0]
        assert styling.channel_toggled(request, 0) == request

    def test_shown_among_the_others(self) -> None:
        request = styling.channel_toggled(composed(), 1)
        assert composed_channels(request.image, request.look) == [0, 2]
        again = styling.channel_shown(request, 1)
        assert composed_channels(request.image, again.look) == [0, 1, 2]
        assert styling.channel_shown(again, 1) == again

    def test_colours_come_round_to_its_own(self) -> None:
        seen = walked(lambda r: styling.channel_recolored(r, 1), composed())
        colors = [channel_color(r.image, r.look, 1) for r in seen]
        assert colors == [(255, 0, 255), *styling.COLORS]
        assert {channel_color(r.image, r.look, 0) for r in seen} == {(0, 255, 0)}
        odd = changed(composed(), channels=((1, ChannelLook(color=(1, 2, 3))),))
        first = styling.channel_recolored(odd, 1)
        assert first.look.channel(1).color == styling.COLORS[0]

    def test_a_projection_along_the_channels_is_one_picture(self) -> None:
        request = composed()
        request = replace(request, view=request.view.moving_along(0))
        assert request.is_composed
        seen = walked(styling.next_projection, request)
        assert [(r.projection, r.is_composed) for r in seen] == [
            (None, True),
            ("maximum", False),
            ("mean", False),
        ]
        assert len(seen[1].samplings()) == 1
        # Along another axis each channel is projected by itself.
        along_z = replace(request, view=request.view.moving_along(1), projection="mean")
        assert len(along_z.samplings()) == 3
        together = styling.composed_or_alone(seen[1])
        assert (together.projection, together.is_composed) == (None, True)
