"""Samples become characters: ink as even as brightness, halves in their place, NaN in sight."""

import math
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from looking import local, request_of
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from omezarr_tui.image.cells import (
    NOT_A_NUMBER,
    RAMP,
    Frame,
    ascii_frame,
    half_block_frame,
    label_frame,
    sample_aspect,
    sample_room,
)
from omezarr_tui.image.composite import LEVELS
from omezarr_tui.image.picture import Painter
from omezarr_tui.image.reader import Reader
from omezarr_tui.ome.discover import image_of
from omezarr_tui.store.opening import open_root

FONT = "DejaVuSansMono.ttf"
BRIGHTNESS = hnp.arrays(
    "float64",
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=9),
    elements=st.floats(0, 1) | st.just(math.nan),
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


def colours(frame: Frame) -> np.ndarray[Any, Any]:
    """The samples of a frame of half-blocks as colours (2 x rows, columns, RGB)."""
    assert frame.palette is not None
    assert frame.top is not None
    assert frame.bottom is not None
    halves = np.stack([frame.top, frame.bottom], axis=1).reshape(-1, frame.top.shape[1])
    return np.array(frame.palette)[halves]


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
        assert NOT_A_NUMBER not in RAMP
        assert RAMP.isascii()

    @pytest.mark.parametrize("dark", [True, False])
    def test_mean_light_of_a_cell_rises_evenly_in_both_themes(self, dark: bool) -> None:
        levels = np.linspace(0, 1, len(RAMP)).reshape(1, -1)
        (line,) = ascii_frame(levels, dark=dark).lines
        light = [ink(glyph) if dark else 1 - ink(glyph) for glyph in line]
        even = np.linspace(light[0], light[-1], len(light))
        assert light[0] < light[-1]
        np.testing.assert_allclose(light, even, atol=ink(RAMP[-1]) / (len(RAMP) - 1) / 2)


class TestAscii:
    @given(BRIGHTNESS, st.booleans())
    @settings(deadline=None, max_examples=60)
    def test_each_sample_is_a_cell(self, brightness: Any, dark: bool) -> None:
        frame = ascii_frame(brightness, dark=dark)
        assert frame.size == brightness.shape
        assert frame.palette is None
        ramp = RAMP if dark else RAMP[::-1]
        for line, row in zip(frame.lines, brightness, strict=True):
            for glyph, value in zip(line, row, strict=True):
                if math.isnan(value):
                    assert glyph == NOT_A_NUMBER
                else:
                    assert abs(ramp.index(glyph) - value * (len(ramp) - 1)) <= 0.5 + 1e-9

    def test_a_light_theme_is_the_reverse(self) -> None:
        levels = np.array([[0.0, 1.0, math.nan]])
        assert ascii_frame(levels).lines == (f"{RAMP[0]}{RAMP[-1]}{NOT_A_NUMBER}",)
        assert ascii_frame(levels, dark=False).lines == (f"{RAMP[-1]}{RAMP[0]}{NOT_A_NUMBER}",)


class TestHalfBlocks:
    @given(BRIGHTNESS, st.tuples(*(st.integers(0, 255) for _ in range(3))))
    @settings(deadline=None, max_examples=60)
    def test_two_samples_are_a_cell(self, brightness: Any, tint: Any) -> None:
        frame = half_block_frame(brightness, tint)
        rows, columns = brightness.shape
        assert frame.size == (-(-rows // 2), columns)
        assert set("".join(frame.lines)) == {"▀"}
        shown = colours(frame)
        if rows % 2:  # the last cell has one sample
            np.testing.assert_array_equal(shown[-1], shown[-2])
        expected = brightness[..., None] * np.array(tint)
        slack = max(tint) / (LEVELS - 1) / 2 + 0.51
        there = ~np.isnan(brightness)
        assert (abs(shown[:rows][there] - expected[there]) <= slack).all()

    def test_upper_and_lower_halves(self) -> None:
        frame = half_block_frame(np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]))
        assert frame.palette is not None
        assert colours(frame)[:2].tolist() == [
            [[255] * 3, [0] * 3],
            [[0] * 3, [255] * 3],
        ]
        assert frame.lines == ("▀▀", "▀▀")

    def test_what_is_no_number_is_no_grey(self) -> None:
        red, green, blue = colours(half_block_frame(np.array([[math.nan]])))[0, 0]
        assert max(red, green, blue) - min(red, green, blue) > 60
        grey = half_block_frame(np.linspace(0, 1, LEVELS).reshape(-1, 1))
        assert (red, green, blue) not in {tuple(c) for c in colours(grey)[:, 0].tolist()}


class TestLabels:
    LABELS = np.arange(200).reshape(2, 100)

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
            frame = Painter(Reader(access)).paint(replace(request, rendering="ascii")).frame
            assert frame.size == (3, 12)
            inside = set(frame.lines[1][4:8])
            assert len(inside) == 1
            assert inside != set(frame.lines[0])
            shown = colours(Painter(Reader(access)).paint(request).frame)
            assert shown[0, 0].tolist() != shown[shown.shape[0] // 2, 6].tolist()


def test_room_and_aspect() -> None:
    assert (sample_room("ascii", 20, 60), sample_aspect("ascii")) == ((20, 60), 2.0)
    assert (sample_room("half", 20, 60), sample_aspect("half")) == ((40, 60), 1.0)
    assert Frame(()).size == (0, 0)
