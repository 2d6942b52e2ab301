"""Samples become cells: ink as even as brightness, each sample in its place, states in sight."""

import math
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from looking import changed, local, request_of
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from omezarr_tui.image.cells import (
    PER_CELL,
    RAMP,
    Depth,
    Frame,
    Rendering,
    color_frame,
    glyph_frame,
    label_frame,
    sample_aspect,
    sample_room,
)
from omezarr_tui.image.dots import dot_glyphs, set_dots
from omezarr_tui.image.palette import colors_of
from omezarr_tui.image.picture import Painter
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.states import STATE_GLYPHS, STATE_NAMES, paint_states
from omezarr_tui.ome.discover import image_of
from omezarr_tui.store.opening import open_root

Values = np.ndarray[Any, Any]
FONT = "DejaVuSansMono.ttf"
BLOCKS: tuple[Rendering, ...] = ("half", "quadrant", "braille")
COLORED: tuple[Depth, ...] = ("16", "256", "true")
BRIGHTNESS = hnp.arrays(
    "float64",
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=9),
    elements=st.floats(0, 1),
)
COLORS = hnp.arrays(
    "uint8",
    st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)),
    elements=st.integers(0, 255),
)


@cache
def ink(glyph: str) -> float:
    """The part of a cell that a glyph covers, as DejaVu Sans Mono draws it."""
    try:
        font = ImageFont.truetype(FONT, 400)  # so large that hinting is nothing
    except OSError:
        pytest.skip(f"{FONT}, in which the ramp was measured, is not on this machine")
    cell = (round(font.getlength("M")), sum(font.getmetrics()))
    drawn = Picture.new("L", cell)
    ImageDraw.Draw(drawn).text((0, 0), glyph, 255, font=font)
    return float(np.asarray(drawn).mean()) / 255


@cache
def glyphs_of(per_cell: tuple[int, int]) -> dict[str, Values]:
    """Which samples of a cell each of its glyphs gives the foreground."""
    count = per_cell[0] * per_cell[1]
    every = [np.array([number >> bit & 1 for bit in range(count)]) for number in range(1 << count)]
    cells = [each.reshape(per_cell).astype(bool) for each in every]
    return {str(dot_glyphs(cell, per_cell)[0, 0]): cell for cell in cells}


def dots(frame: Frame) -> Values:
    """Which samples of a frame have the foreground."""
    table = glyphs_of(frame.per_cell)
    return np.block([[table[glyph] for glyph in line] for line in frame.lines])


def colours(frame: Frame) -> Values:
    """A frame as the colours of its samples (rows, columns, RGB)."""
    assert frame.palette is not None
    assert frame.fg is not None
    assert frame.bg is not None
    palette = np.array(frame.palette)
    fore, behind = (
        palette[places].repeat(frame.per_cell[0], axis=0).repeat(frame.per_cell[1], axis=1)
        for places in (frame.fg, frame.bg)
    )
    shown: Values = np.where(dots(frame)[..., None], fore, behind)
    return shown


class TestRamp:
    def test_ink_rises_evenly(self) -> None:
        measured = [ink(glyph) for glyph in RAMP]
        step = measured[-1] / (len(RAMP) - 1)
        assert measured[0] == 0
        assert all(low < high for low, high in pairwise(measured))
        for number, covered in enumerate(measured):
            assert abs(covered - number * step) < step / 2

    def test_it_is_what_its_comment_says(self) -> None:
        assert ink(RAMP[-1]) == pytest.approx(0.28, abs=0.01)
        assert len(set(RAMP)) == len(RAMP)
        assert RAMP.isascii()

    @pytest.mark.parametrize("dark", [True, False])
    def test_mean_light_of_a_cell_rises_evenly_in_both_themes(self, dark: bool) -> None:
        levels = np.linspace(0, 1, len(RAMP)).reshape(1, -1)
        (line,) = glyph_frame(levels, dark=dark).lines
        light = [ink(glyph) if dark else 1 - ink(glyph) for glyph in line]
        even = np.linspace(light[0], light[-1], len(light))
        assert light[0] < light[-1]
        np.testing.assert_allclose(light, even, atol=ink(RAMP[-1]) / (len(RAMP) - 1) / 2)


class TestAscii:
    @given(BRIGHTNESS, st.booleans())
    @settings(deadline=None, max_examples=60)
    def test_each_sample_is_a_cell(self, brightness: Values, dark: bool) -> None:
        frame = glyph_frame(brightness, dark=dark)
        assert frame.size == brightness.shape
        assert (frame.palette, frame.fg, frame.bg) == (None, None, None)
        ramp = RAMP if dark else RAMP[::-1]
        for line, row in zip(frame.lines, brightness, strict=True):
            for glyph, value in zip(line, row, strict=True):
                assert abs(ramp.index(glyph) - value * (len(ramp) - 1)) <= 0.5 + 1e-9

    def test_a_light_theme_is_the_reverse(self) -> None:
        levels = np.array([[0.0, 1.0]])
        assert glyph_frame(levels).lines == (RAMP[0] + RAMP[-1],)
        assert glyph_frame(levels, dark=False).lines == (RAMP[-1] + RAMP[0],)

    def test_colours_keep_the_ink(self) -> None:
        levels = np.array([[0.0, 0.5, 1.0]])
        red = np.zeros((1, 3, 3), np.uint8)
        red[0, :, 0] = (0, 128, 255)
        frame = glyph_frame(levels, "ascii", "true", colors=red)
        assert frame.lines == glyph_frame(levels).lines
        assert frame.palette is not None
        assert frame.fg is not None
        assert frame.fg[0, 0] == -1  # a blank has no colour
        assert {frame.palette[place] for place in frame.fg[0, 1:]} == {(255, 0, 0)}


class TestBlocks:
    @given(COLORS)
    @settings(deadline=None, max_examples=60)
    def test_halves_are_exact_in_true_colours(self, colors: Values) -> None:
        frame = color_frame(colors, "half")
        rows, columns = colors.shape[:2]
        assert frame.size == (-(-rows // 2), columns)
        shown = colours(frame)
        np.testing.assert_array_equal(shown[:rows], colors)
        if rows % 2:  # the last cell has one sample
            np.testing.assert_array_equal(shown[-1], colors[-1])

    @given(COLORS)
    @settings(deadline=None, max_examples=60)
    def test_quadrants_are_the_nearest_of_all_ways(self, colors: Values) -> None:
        down, across = (size % 2 for size in colors.shape[:2])
        whole = np.pad(colors, ((0, down), (0, across), (0, 0)), mode="edge").astype(float)
        shown = colours(color_frame(colors, "quadrant"))
        assert shown.shape == whole.shape
        for row, column in np.ndindex(len(whole) // 2, whole.shape[1] // 2):
            at = np.s_[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            cell = whole[at].reshape(4, 3)
            least = ((cell - cell.mean(axis=0)) ** 2).sum()
            for count in (1, 2):
                for chosen in combinations(range(4), count):
                    parts = cell[[*chosen]], np.delete(cell, chosen, axis=0)
                    error = sum(((part - part.mean(axis=0)) ** 2).sum() for part in parts)
                    least = min(least, error)
            error = ((shown[at].reshape(4, 3) - cell) ** 2).sum()
            # Means are rounded, by half at the most in twelve numbers.
            assert error <= least + 12 * 0.25 + 1e-3 * least

    @pytest.mark.parametrize("rendering", ["quadrant", "braille"])
    @pytest.mark.parametrize("colors", [((0, 0, 0), (255, 255, 255)), ((10, 60, 20), (90, 20, 70))])
    def test_two_colours_are_parted_where_they_are(self, rendering: Any, colors: Any) -> None:
        down, across = PER_CELL[rendering]
        table = np.array(colors, np.uint8)
        for number in range(1, (1 << down * across) - 1, 7):
            bits = [number >> bit & 1 for bit in range(down * across)]
            cell = np.array(bits).reshape(down, across)
            found = dots(color_frame(table[cell], rendering))
            assert (found == cell).all() or (found == 1 - cell).all()

    @pytest.mark.parametrize("rendering", BLOCKS)
    @pytest.mark.parametrize("depth", COLORED)
    def test_an_even_cell_is_one_colour(self, rendering: Any, depth: Any) -> None:
        white = np.full((8, 6, 3), 255, np.uint8)
        frame = color_frame(white, rendering, depth)
        assert frame.palette == ((255, 255, 255),)
        assert frame.size == (8 // PER_CELL[rendering][0], 6 // PER_CELL[rendering][1])

    def test_braille_keeps_the_mean_of_a_cell(self) -> None:
        cell = np.zeros((4, 2, 3), np.uint8)
        cell[0, 0], cell[3, 1] = (200, 100, 0), (100, 200, 40)
        frame = color_frame(cell, "braille")
        assert frame.palette is not None
        assert frame.fg is not None
        assert frame.bg is not None
        fore, behind = (np.array(frame.palette[at[0, 0]]) for at in (frame.fg, frame.bg))
        assert frame.lines == ("⢁",)
        assert fore.tolist() == [150, 150, 20]
        # Each of both dots covers half of its sample.
        np.testing.assert_allclose((fore + 7 * behind) / 8, cell.mean(axis=(0, 1)), atol=1)

    @pytest.mark.parametrize("rendering", BLOCKS)
    @pytest.mark.parametrize("depth", ["16", "256"])
    @given(COLORS)
    @settings(deadline=None, max_examples=30)
    def test_few_colours_are_those_of_the_terminal(
        self, rendering: Any, depth: Any, colors: Values
    ) -> None:
        frame = color_frame(colors, rendering, depth)
        assert frame.depth == depth
        assert {*(frame.palette or ())} <= {*colors_of(depth)}

    @pytest.mark.parametrize("rendering", ["quadrant", "braille"])
    def test_few_shades_are_few_colours(self, rendering: Any) -> None:
        ramp = np.repeat(np.arange(256, dtype=np.uint8).reshape(16, 16)[..., None], 3, axis=2)
        many, few = (color_frame(ramp, rendering, steps=steps).palette for steps in (256, 8))
        shades = {round(step * 255 / 7) for step in range(8)}
        assert {part for color in few or () for part in color} <= shades
        assert len(many or ()) > 2 * len(few or ()) > 8

    @pytest.mark.parametrize("rendering", BLOCKS)
    @pytest.mark.parametrize("depth", ["none", "16", "256", "true"])
    def test_what_stays_looks_the_same_in_the_next_frame(self, rendering: Any, depth: Any) -> None:
        colors = np.random.default_rng(3).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        other = colors.copy()
        other[8:12, 8:12] = 255 - other[8:12, 8:12]
        one, two = (frame_of(each, rendering, depth) for each in (colors, other))
        differs = np.zeros(one.shape[:2], bool)
        differs[8:12, 8:12] = True
        assert (one == two)[~differs].all()
        assert (one != two)[differs].any()


def frame_of(colors: Values, rendering: Rendering, depth: Depth) -> Values:
    """Samples of a frame: their colours, or which are set where there are none."""
    if depth == "none":
        return dots(glyph_frame(colors.max(axis=-1) / 255, rendering))
    return colours(color_frame(colors, rendering, depth))


class TestDots:
    @given(st.floats(0, 1))
    @settings(deadline=None, max_examples=60)
    def test_their_density_is_the_brightness(self, light: float) -> None:
        density = set_dots(np.full((16, 16), light)).mean()
        assert abs(density - light) < 1 / 32
        assert density == 0 or light > 0.02

    @pytest.mark.parametrize("rendering", BLOCKS)
    @pytest.mark.parametrize("dark", [True, False])
    def test_more_light_is_more_of_it(self, rendering: Any, dark: bool) -> None:
        means = []
        for light in (0.0, 0.3, 0.6, 1.0):
            shown = dots(glyph_frame(np.full((16, 16), light), rendering, dark=dark)).mean()
            means.append(shown if dark else 1 - shown)
        assert means[0] == 0
        assert means[-1] == 1
        assert means == sorted(set(means))

    def test_each_glyph_has_its_dots(self) -> None:
        rising = np.array([[False, True], [True, False]])
        assert dot_glyphs(rising, (2, 2)).tolist() == [["▞"]]
        assert dot_glyphs(rising, (2, 1)).tolist() == [["▄", "▀"]]
        assert dot_glyphs(np.array([[True, False]] * 4), (4, 2)).tolist() == [["⡇"]]
        assert dot_glyphs(np.zeros((4, 2), bool), (4, 2)).tolist() == [[" "]]


class TestStates:
    """What is no value differs from zero, from all greys by a pattern, and from one another."""

    NUMBERS = range(1, len(STATE_NAMES))

    def test_in_glyphs(self) -> None:
        states = np.arange(len(STATE_NAMES), dtype=np.uint8).reshape(1, -1)
        (line,) = glyph_frame(np.zeros(states.shape), states=states).lines
        assert line == STATE_GLYPHS[0] + "".join(STATE_GLYPHS[1:])
        assert len(set(line)) == len(line)
        assert not set(line[1:]) & {*RAMP, *"-|/\\o"}
        assert line.isascii()

    @pytest.mark.parametrize("rendering", BLOCKS)
    def test_in_dots(self, rendering: Any) -> None:
        nothing = np.zeros((16, 16))
        shown = [
            dots(glyph_frame(nothing, rendering, states=np.full((16, 16), state, np.uint8)))
            for state in self.NUMBERS
        ]
        even = [dots(glyph_frame(nothing + n / 64, rendering)) for n in range(65)]
        for one, other in combinations([*shown, even[0]], 2):
            assert (one != other).any()
        for one in shown:
            assert not any((one == other).all() for other in even)

    @pytest.mark.parametrize("rendering", BLOCKS)
    @pytest.mark.parametrize("depth", COLORED)
    def test_in_colours_and_without_their_hues(self, rendering: Any, depth: Any) -> None:
        shown = []
        for state in self.NUMBERS:
            colors = np.zeros((16, 16, 3), np.uint8)
            paint_states(colors, np.full((16, 16), state, np.uint8))
            shown.append(colours(color_frame(colors, rendering, depth)))
        light = [colors @ np.array([0.2126, 0.7152, 0.0722]) for colors in shown]
        for each in light:
            assert each.max() - each.min() > 15  # a pattern, which an even value has not
        for one, other in combinations(light, 2):
            assert abs(one - other).max() > 15

    @pytest.mark.parametrize("depth", ["256", "true"])
    def test_a_single_one_is_never_black(self, depth: Any) -> None:
        for state in self.NUMBERS:
            colors = np.zeros((16, 16, 3), np.uint8)
            paint_states(colors, np.full((16, 16), state, np.uint8))
            assert colours(color_frame(colors, "half", depth)).max(axis=-1).min() > 30

    def test_values_beside_them_stay(self) -> None:
        states = np.zeros((4, 4), np.uint8)
        states[1, 1] = 1
        colors = np.full((4, 4, 3), 77, np.uint8)
        paint_states(colors, states)
        assert (colors[states == 0] == 77).all()
        assert (colors[1, 1] != 77).any()


class TestLabels:
    @pytest.mark.parametrize("dtype", ["uint8", "int16", "uint64", "int64"])
    def test_neighbours_differ_and_none_is_the_background(self, dtype: str) -> None:
        labels = np.arange(120).astype(dtype).reshape(1, -1)
        (line,) = label_frame(labels, "ascii").lines
        assert line[0] == RAMP[0]
        assert RAMP[0] not in line[1:]
        for near in (1, 2, 3):
            assert all(a != b for a, b in zip(line[1:], line[1 + near :], strict=False))
        shown = colours(label_frame(labels, "half"))[0].astype(int)
        assert shown[0].tolist() == [0, 0, 0]
        for near in (1, 2, 3):
            apart = abs(shown[1:-near] - shown[1 + near :]).sum(axis=1)
            assert apart.min() > 60
        assert shown[1:].sum(axis=1).min() > 100

    def test_a_label_always_looks_the_same(self) -> None:
        labels = np.array([[5, 0, 5], [9, 5, 2**40]])
        for rendering in ("ascii", "half"):
            frame = label_frame(labels, rendering)
            cells = frame.lines if rendering == "ascii" else colours(frame)
            alone = label_frame(np.array([[5], [5]]), rendering)
            one = alone.lines if rendering == "ascii" else colours(alone)
            assert all(np.array_equal(cells[r][c], one[0][0]) for r, c in ((0, 0), (0, 2), (1, 1)))

    @pytest.mark.parametrize("rendering", BLOCKS)
    def test_without_colours_they_are_dots_with_outlines(self, rendering: Any) -> None:
        labels = np.zeros((16, 16), int)
        labels[4:12, 4:12] = 3
        shown = dots(label_frame(labels, rendering, depth="none"))
        assert not shown[:4].any()
        assert shown[4, 4:12].all()
        assert 0 < shown[5:11, 5:11].mean() < 1

    @pytest.mark.parametrize("labels", [[[-1, -2, 0]], [[2**64 - 1, 2**63, 0]]])
    def test_values_at_the_ends_of_their_types(self, labels: Any) -> None:
        values = np.array(labels, "uint64" if labels[0][0] > 0 else "int8")
        (line,) = label_frame(values, "ascii").lines
        assert RAMP[0] not in line[:2]
        assert line[2] == RAMP[0]
        assert colours(label_frame(values, "half"))[0, 2].tolist() == [0, 0, 0]

    @pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "float32"])
    def test_label_images_of_any_type_are_painted(self, dtype: str, tmp_path: Path) -> None:
        ome = {
            "version": "0.5",
            "image-label": {},
            "multiscales": [{"axes": [{"name": "y"}, {"name": "x"}], "datasets": [{"path": "0"}]}],
        }
        root = zarr.create_group(tmp_path / "l", attributes={"ome": ome})
        values = np.zeros((6, 12), dtype)
        values[2:4, 3:9] = 1
        root.create_array("0", data=values)
        access = local(tmp_path / "l")
        image = image_of(access, open_root(access))
        assert image is not None
        for dark in (True, False):
            request = request_of(image, (6, 12), rendering="half", dark=dark)
            frame = Painter(Reader(access)).paint(changed(request, rendering="ascii")).frame
            assert frame.size == (3, 12)
            inside = set(frame.lines[1][4:8])
            assert len(inside) == 1
            assert inside != set(frame.lines[0])
            shown = colours(Painter(Reader(access)).paint(request).frame)
            assert shown[0, 0].tolist() != shown[shown.shape[0] // 2, 6].tolist()


@pytest.mark.parametrize(
    ("rendering", "room", "aspect"),
    [
        ("ascii", (20, 60), 2.0),
        ("half", (40, 60), 1.0),
        ("quadrant", (40, 120), 2.0),
        ("braille", (80, 120), 1.0),
        ("pixels", (400, 600), 1.0),
    ],
)
def test_room_and_aspect(rendering: Any, room: tuple[int, int], aspect: float) -> None:
    assert (sample_room(rendering, 20, 60, (20, 10)), sample_aspect(rendering)) == (room, aspect)
    assert Frame(()).size == (0, 0)


def test_true_pixels_are_as_they_are() -> None:
    colors = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    frame = color_frame(colors, "pixels", cell_pixels=(3, 2))
    assert (frame.size, frame.per_cell) == ((2, 3), (3, 2))
    assert frame.pixels is colors
    assert math.prod(frame.size) == "".join(frame.lines).count(" ")
