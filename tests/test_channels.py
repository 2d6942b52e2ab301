"""Channels one over another: what is shown is what numpy makes of the stored values."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import array, image, local, request_of

from omezarr_tui.image.cells import RAMP
from omezarr_tui.image.channels import (
    MOST,
    USUAL,
    channel_axis,
    channel_color,
    channel_count,
    channel_name,
    composed_channels,
    is_composed,
    is_opacity,
    is_rgb,
    is_shown,
    told_window,
    whole_range,
)
from omezarr_tui.image.look import ChannelLook, Look
from omezarr_tui.image.picture import Painter, Picture, PictureRequest
from omezarr_tui.image.reader import Reader
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Channel, LabelImage, Rendering, Window
from omezarr_tui.store.dtypes import dtype_of_v3

Values = np.ndarray[Any, Any]
RGB = tuple[int, ...]
ROWS, COLUMNS, COUNT = 7, 11, 4
COLORS = ("00FF00", "FF00FF", "123456", "FFFFFF")
WINDOW = Window(100, 900)
INTEGERS = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64")


def imagined(
    names: str = "cyx",
    shape: Sequence[int] = (3, 9, 9),
    channels: Sequence[Channel] = (),
    dtype: str = "uint16",
    **more: Any,
) -> Image:
    """An image that lies nowhere."""
    made = image(names, shape)
    node = array(shape, dtype=dtype_of_v3(dtype, "little"), path="s0")
    return Image(replace(made.multiscale, channels=tuple(channels), **more), (node,))


def stored(folder: Path, values: Values, names: str, channels: Sequence[Channel] = ()) -> Image:
    """An image of one level with an array of chunks that do not divide it."""
    chunks = tuple(max(1, size * 2 // 3) for size in values.shape)
    made = zarr.create_array(folder / "s0", data=values, chunks=chunks)
    assert made.shape == values.shape
    told = imagined(names, values.shape, channels, values.dtype.name)
    node = array(values.shape, chunks, dtype=dtype_of_v3(values.dtype.name, "little"), path="s0")
    return Image(told.multiscale, (node,))


def pixel_by_pixel(picture: Image, **changes: Any) -> PictureRequest:
    """A true pixel for each pixel of the plane."""
    how = {"rendering": "pixels", "cell_pixels": (1, 1)} | changes
    return request_of(picture, (ROWS, COLUMNS), **how)


def painted(folder: Path, request: PictureRequest) -> Picture:
    return Painter(Reader(local(folder))).paint(request)


def pixels(folder: Path, request: PictureRequest) -> Values:
    shown = painted(folder, request).frame.pixels
    assert shown is not None
    return shown.astype(int)


def light_of(values: Values, window: Window, gamma: float = 1.0, invert: bool = False) -> Values:
    light: Values = np.interp(values.astype(float), [window.start, window.end], [0, 1]) ** gamma
    return 1 - light if invert else light


def added(layers: Sequence[tuple[Values, RGB]]) -> Values:
    """Lights in their colours one over another, as a screen adds them up."""
    total = sum(np.rint(np.rint(light * 255)[..., None] / 255 * color) for light, color in layers)
    shown: Values = np.minimum(total, 255)
    return shown


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("channels")


@pytest.fixture(scope="module")
def values() -> Values:
    return np.random.default_rng(4).integers(0, 1000, (COUNT, ROWS, COLUMNS)).astype("uint16")


@pytest.fixture(scope="module")
def cells(folder: Path, values: Values) -> Image:
    """Four channels, each with a colour; all with the same window."""
    told = [Channel(f"n{at}", color, WINDOW) for at, color in enumerate(COLORS)]
    return stored(folder, values, "cyx", told)


class TestComposed:
    @given(
        st.lists(
            st.builds(
                ChannelLook,
                st.none() | st.booleans(),
                st.none() | st.builds(Window, st.integers(-50, 400), st.integers(500, 1200)),
                st.none() | st.tuples(*[st.integers(0, 255)] * 3),
            ),
            min_size=COUNT,
            max_size=COUNT,
        ),
        st.sampled_from([1.0, 0.7, 0.5, 1.5]),
        st.booleans(),
    )
    @settings(deadline=None, max_examples=60)
    def test_it_is_what_numpy_makes_of_the_stored_values(
        self,
        folder: Path,
        cells: Image,
        values: Values,
        looks: list[ChannelLook],
        gamma: float,
        invert: bool,
    ) -> None:
        look = Look()
        for at, one in enumerate(looks):
            look = look.with_channel(at, one)
        request = pixel_by_pixel(cells, channels=look.channels, gamma=gamma, invert=invert)
        assert request.is_composed
        shown = [at for at, one in enumerate(looks) if one.shown is not False] or [0]
        layers = []
        for at in shown:
            light = light_of(values[at], looks[at].window or WINDOW, gamma, invert)
            color = looks[at].color
            layers.append((light, color or tuple(bytes.fromhex(COLORS[at]))))
        picture = painted(folder, request)
        assert [layer.channel for layer in picture.layers] == shown
        assert picture.frame.pixels is not None
        # Where a shade lies between two, sums of doubles may round it either way.
        apart = abs(picture.frame.pixels.astype(int) - added(layers))
        assert apart.max() <= len(shown)
        assert (apart > 0).mean() < 0.05

    def test_half_blocks_have_the_same_colours(
        self, folder: Path, cells: Image, values: Values
    ) -> None:
        request = request_of(cells, (4, COLUMNS), rendering="half")
        frame = painted(folder, request).frame
        expected = added(
            [
                (light_of(values[at], WINDOW), tuple(bytes.fromhex(color)))
                for at, color in enumerate(COLORS)
            ]
        )
        assert frame.palette is not None
        assert frame.fg is not None
        assert frame.bg is not None
        palette = np.array(frame.palette)
        assert set("".join(frame.lines)) == {"▀"}
        assert abs(palette[frame.fg] - expected[0::2]).max() <= COUNT
        assert abs(palette[frame.bg][:-1] - expected[1::2]).max() <= COUNT

    @pytest.mark.parametrize("at", range(COUNT))
    def test_one_alone_is_as_its_colormap_says(
        self, folder: Path, cells: Image, values: Values, at: int
    ) -> None:
        request = pixel_by_pixel(cells, composed=False)
        request = replace(request, view=request.view.at(0, at, COUNT))
        light = light_of(values[at], WINDOW)
        assert abs(pixels(folder, request) - added([(light, (255, 255, 255))])).max() <= 1
        own = replace(request, look=replace(request.look, colormap="channel"))
        color = tuple(bytes.fromhex(COLORS[at]))
        assert abs(pixels(folder, own) - added([(light, color)])).max() <= 1

    def test_each_channel_is_read_alone_and_only_if_it_is_shown(self, cells: Image) -> None:
        off = Look().with_channel(2, ChannelLook(shown=False)).channels
        request = pixel_by_pixel(cells, channels=off)
        assert [(at, s.position[0]) for at, s in request.samplings()] == [(0, 0), (1, 1), (3, 3)]

    def test_a_projection_along_the_channels_is_of_all_of_them(
        self, folder: Path, cells: Image, values: Values
    ) -> None:
        request = pixel_by_pixel(cells, projection="maximum")
        assert request.view.moving == 0
        expected = added([(light_of(values.max(axis=0), WINDOW), (255, 255, 255))])
        assert abs(pixels(folder, request) - expected).max() <= 1

    def test_without_colours_the_brightest_part_counts(self, folder: Path, cells: Image) -> None:
        """In glyphs of ink the lights of the channels show together as well."""
        colors = [(255, 0, 0), (0, 90, 0), (0, 0, 200), (30, 30, 30)]
        channels = tuple((at, ChannelLook(color=color)) for at, color in enumerate(colors))
        request = request_of(cells, (4, COLUMNS), composed=True, depth="none", channels=channels)
        picture = painted(folder, request)
        seen = [light_of(layer.samples.values, WINDOW) for layer in picture.layers]
        light = added(list(zip(seen, colors, strict=True))).max(axis=-1) / 255
        ink = [[RAMP.index(glyph) for glyph in line] for line in picture.frame.lines]
        assert abs(np.array(ink) - light * (len(RAMP) - 1)).max() < 0.6
        assert len({*"".join(picture.frame.lines)}) > 5


class TestIsComposed:
    TWO = (Channel("a", "00FF00"), Channel("b", "FF0000"))

    def of(self, picture: Image, **look: Any) -> bool:
        return is_composed(picture, Look(**{"rendering": "half"} | look))

    def test_where_the_metadata_tell_colours(self) -> None:
        two = imagined("cyx", (2, 9, 9), self.TWO)
        assert self.of(two)
        assert not self.of(imagined("cyx", (2, 9, 9)))
        same = [Channel("a", "FFFFFF"), Channel("b", "FFFFFF")]
        assert not self.of(imagined("cyx", (2, 9, 9), same))
        assert not self.of(imagined("cyx", (2, 9, 9), [Channel("a"), Channel("b", "FF0000")]))

    @pytest.mark.parametrize("look", [{"depth": "none"}, {"rendering": "ascii"}])
    def test_as_far_as_the_terminal_has_colours(self, look: dict[str, Any]) -> None:
        two = imagined("cyx", (2, 9, 9), self.TWO)
        assert not self.of(two, **look)
        assert self.of(two, composed=True, **look)

    def test_the_user_is_asked_first(self) -> None:
        assert not self.of(imagined("cyx", (2, 9, 9), self.TWO), composed=False)
        assert self.of(imagined("cyx", (2, 9, 9)), composed=True)

    def test_grey_is_asked_for_by_the_metadata(self) -> None:
        grey = Rendering(model="greyscale")
        assert not self.of(imagined("cyx", (2, 9, 9), self.TWO, rendering=grey))
        assert self.of(imagined("cyx", (2, 9, 9), self.TWO, rendering=Rendering(model="color")))

    def test_one_channel_labels_and_planes_have_nothing_to_compose(self) -> None:
        assert not self.of(imagined("cyx", (1, 9, 9), self.TWO[:1]), composed=True)
        assert not self.of(imagined("yx", (9, 9)), composed=True)
        labels = imagined("cyx", (2, 9, 9), self.TWO, label=LabelImage())
        assert not self.of(labels, composed=True)

    def test_a_plane_across_the_channels_composes_none(self) -> None:
        request = request_of(imagined("cyx", (2, 9, 9), self.TWO), rendering="half", composed=True)
        assert request.is_composed
        across = replace(request, view=request.view.displaying(0, 2))
        assert not across.is_composed
        assert len(across.samplings()) == 1

    def test_no_more_than_can_be_told_apart(self) -> None:
        told = [Channel(f"n{at}", COLORS[at % 4]) for at in range(MOST + 4)]
        many = imagined("cyx", (MOST + 4, 9, 9), told)
        assert not self.of(many)
        assert composed_channels(many, Look()) == [*range(MOST)]
        few = Look()
        for at in range(MOST):
            few = few.with_channel(at, ChannelLook(shown=at > 3))
        few = few.with_channel(MOST + 2, ChannelLook(shown=True))
        assert composed_channels(many, few) == [*range(4, MOST), MOST + 2]
        every = Look()
        for at in range(MOST + 4):
            every = every.with_channel(at, ChannelLook(shown=True))
        assert composed_channels(many, every) == [*range(MOST)]
        assert len(composed_channels(imagined("cyx", (MOST, 9, 9)), Look())) == MOST


class TestChannels:
    def test_axis_and_count(self) -> None:
        assert (channel_axis(imagined("yxc", (9, 9, 5))), channel_count(imagined("yxc"))) == (2, 9)
        assert channel_axis(imagined("zyx")) is None
        assert channel_count(imagined("zyx")) == 1

    def test_inactive_ones_are_left_out_until_they_are_asked_for(self) -> None:
        told = [Channel("a", "FF0000", active=False), Channel("b", "00FF00")]
        made = imagined("cyx", (3, 9, 9), told)
        assert [is_shown(made, Look(), at) for at in range(3)] == [False, True, True]
        assert composed_channels(made, Look()) == [1, 2]
        on = Look().with_channel(0, ChannelLook(shown=True))
        assert composed_channels(made, on) == [0, 1, 2]

    def test_colours_by_hand_then_as_told_then_usual(self) -> None:
        made = imagined("cyx", (9, 9, 9), [Channel("a", "0a141e"), Channel("b")])
        assert channel_color(made, Look(), 0) == (10, 20, 30)
        assert [channel_color(made, Look(), at) for at in range(1, 9)] == [
            USUAL[at % len(USUAL)] for at in range(1, 9)
        ]
        own = Look().with_channel(0, ChannelLook(color=(1, 2, 3)))
        assert channel_color(made, own, 0) == (1, 2, 3)
        assert channel_color(imagined("yx", (9, 9)), Look(), 0) == (255, 255, 255)

    def test_names_are_safe_to_print(self) -> None:
        made = imagined("cyx", (3, 9, 9), [Channel("a\x1b[2J"), Channel("")])
        assert "\x1b" not in channel_name(made, 0)
        assert [channel_name(made, at) for at in (1, 2)] == ["channel 1", "channel 2"]


class TestRGB:
    @pytest.mark.parametrize(
        ("names", "shape", "dtype", "channels", "expected"),
        [
            ("yxc", (9, 9, 3), "uint8", "", True),
            ("yxc", (9, 9, 4), "uint8", "", True),
            ("zyxc", (2, 9, 9, 3), "uint8", "", True),
            ("cyx", (3, 9, 9), "uint8", "", False),  # three stains, as well
            ("yxc", (9, 9, 2), "uint8", "", False),
            ("yxc", (9, 9, 5), "uint8", "", False),
            ("yxc", (9, 9, 3), "uint16", "", False),
            ("yxc", (9, 9, 3), "int8", "", False),
            ("yxc", (9, 9, 3), "float32", "", False),
            ("yxz", (9, 9, 3), "uint8", "", False),
            ("cyx", (3, 9, 9), "uint8", "FF0000 00FF00 0000FF", True),
            ("cyx", (3, 9, 9), "uint16", "ff0000 00ff00 0000ff", True),
            ("cyx", (4, 9, 9), "uint8", "FF0000 00FF00 0000FF FFFFFF", True),
            ("cyx", (3, 9, 9), "float32", "FF0000 00FF00 0000FF", False),
            ("cyx", (5, 9, 9), "uint8", "FF0000 00FF00 0000FF", False),
            ("cyx", (3, 9, 9), "uint8", "0000FF 00FF00 FF0000", False),  # stains: DAPI first
            ("cyx", (3, 9, 9), "uint8", "FF0000 00FF00", False),
            ("yxc", (9, 9, 3), "uint8", "FF00FF 00FF00 0000FF", False),
            ("cyx", (3, 9, 9), "uint8", "red green blue", True),
            ("cyx", (4, 9, 9), "uint16", "R G B alpha", True),
            ("cyx", (3, 9, 9), "uint8", "green red blue", False),
            ("cyx", (3, 9, 9), "uint8", "DAPI GFP mCherry", False),
        ],
    )
    def test_what_it_is(
        self, names: str, shape: Any, dtype: str, channels: str, expected: bool
    ) -> None:
        is_color = re.compile("[0-9A-Fa-f]{6}").fullmatch
        told = [Channel("", w) if is_color(w) else Channel(w) for w in channels.split()]
        made = imagined(names, shape, told, dtype)
        assert is_rgb(made) == expected
        assert is_composed(made, Look(rendering="half")) or not expected
        opacities = [at for at in range(channel_count(made)) if is_opacity(made, at)]
        assert opacities == ([3] if expected and channel_count(made) == 4 else [])
        labels = replace(made, multiscale=replace(made.multiscale, label=LabelImage()))
        assert not is_rgb(labels)

    @pytest.mark.parametrize("names", ["yxc", "cyx"])
    def test_the_picture_has_the_stored_colours(self, tmp_path: Path, names: str) -> None:
        colors = np.random.default_rng(5).integers(0, 256, (ROWS, COLUMNS, 3), dtype=np.uint8)
        told = [Channel(name) for name in ("Red", "Green", "Blue")] if names == "cyx" else []
        data = colors if names == "yxc" else colors.transpose(2, 0, 1)
        made = stored(tmp_path, data, names, told)
        picture = painted(tmp_path, pixel_by_pixel(made))
        np.testing.assert_array_equal(picture.frame.pixels, colors)
        assert {layer.source for layer in picture.layers} == {"all values of a colour"}
        negative = pixels(tmp_path, pixel_by_pixel(made, invert=True))
        np.testing.assert_array_equal(negative, 255 - colors.astype(int))

    def test_stains_of_these_colours_have_the_windows_that_are_told(self, tmp_path: Path) -> None:
        """Of 16 bits all values would be nearly black."""
        data = np.random.default_rng(9).integers(0, 900, (3, ROWS, COLUMNS)).astype("uint16")
        windows = (Window(0, 65535), Window(10, 500), None)
        colors = ("FF0000", "00FF00", "0000FF")
        told = [Channel("", color, one) for color, one in zip(colors, windows, strict=True)]
        made = stored(tmp_path, data, "cyx", told)
        assert is_rgb(made)
        picture = painted(tmp_path, pixel_by_pixel(made))
        whole = Window(0, 65535)
        assert [layer.window for layer in picture.layers] == [whole, windows[1], whole]

    @pytest.mark.parametrize(("gamma", "invert"), [(1.0, False), (1.0, True), (0.5, False)])
    def test_opacity_is_how_much_there_is_of_the_colours(
        self, tmp_path: Path, gamma: float, invert: bool
    ) -> None:
        """It is no brightness: neither gamma nor swapping dark and bright are of it."""
        colors = np.random.default_rng(6).integers(0, 256, (ROWS, COLUMNS, 4), dtype=np.uint8)
        made = stored(tmp_path, colors, "yxc")
        light = light_of(colors[..., :3], Window(0, 255), gamma, invert)
        expected = np.rint(light * (colors[..., 3:] / 255) * 255)
        shown = pixels(tmp_path, pixel_by_pixel(made, gamma=gamma, invert=invert))
        assert abs(shown - expected).max() <= 1
        without = Look().with_channel(3, ChannelLook(shown=False)).channels
        request = pixel_by_pixel(made, channels=without, gamma=gamma, invert=invert)
        assert abs(pixels(tmp_path, request) - np.rint(light * 255)).max() <= 1

    def test_one_colour_or_the_opacity_alone(self, tmp_path: Path) -> None:
        colors = np.random.default_rng(7).integers(0, 256, (ROWS, COLUMNS, 4), dtype=np.uint8)
        made = stored(tmp_path, colors, "yxc")
        off = Look()
        for at in (0, 2, 3):
            off = off.with_channel(at, ChannelLook(shown=False))
        green = pixels(tmp_path, pixel_by_pixel(made, channels=off.channels))
        np.testing.assert_array_equal(green[..., 1], colors[..., 1])
        assert not green[..., [0, 2]].any()
        request = pixel_by_pixel(made, composed=False)
        alone = replace(request, view=request.view.at(2, 3, 4))
        np.testing.assert_array_equal(pixels(tmp_path, alone)[..., 0], colors[..., 3])
        assert [channel_name(made, at) for at in range(4)] == ["red", "green", "blue", "opacity"]


class TestToldWindow:
    def of(self, window: Window | None, dtype: str) -> Window | None:
        return told_window(imagined("cyx", (2, 9, 9), [Channel("a", None, window)], dtype), 0)

    @pytest.mark.parametrize("dtype", INTEGERS)
    def test_over_the_whole_type_it_tells_nothing(self, dtype: str) -> None:
        low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
        assert whole_range(dtype) == Window(low, high)
        assert self.of(Window(low, high), dtype) is None
        assert self.of(Window(low * 2 - 1, high * 2), dtype) is None
        quarter = (high - low) // 4
        for window in (Window(low + quarter, high), Window(low, high - quarter)):
            assert self.of(window, dtype) == window

    @given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
    def test_of_floats_any_with_a_width_is_told(self, start: float, end: float) -> None:
        window = Window(start, end)
        assert self.of(window, "float32") == (window if start < end else None)

    def test_without_a_width_or_without_any_it_tells_nothing(self) -> None:
        assert whole_range("float64") is None
        assert whole_range("bool") is None
        assert self.of(None, "uint16") is None
        assert self.of(Window(5, 5), "uint16") is None
        assert self.of(Window(9, 5), "uint16") is None
        made = imagined("cyx", (2, 9, 9), [Channel("a", None, Window(1, 5))])
        assert told_window(made, 1) is None

    def test_what_is_shown_goes_by_it_channel_by_channel(self, tmp_path: Path) -> None:
        data = np.random.default_rng(8).integers(0, 900, (3, ROWS, COLUMNS)).astype("uint16")
        told = [
            Channel("a", "FF0000", Window(0, 65535)),
            Channel("b", "00FF00", Window(10, 500)),
            Channel("c", "0000AA"),
        ]
        picture = painted(tmp_path, pixel_by_pixel(stored(tmp_path, data, "cyx", told)))
        sources = [layer.source for layer in picture.layers]
        assert sources == ["1–99.8 % of level 0", "as the metadata say", "1–99.8 % of level 0"]
        assert picture.layers[1].window == Window(10, 500)
        for at in (0, 2):
            low, high = np.percentile(data[at], [1, 99.8])
            assert picture.layers[at].window == Window(low, high)
