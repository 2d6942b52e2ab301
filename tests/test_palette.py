"""Terminals of few colours: the nearest of them, patterns of two, and how these are told."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from rich.color import Color

from omezarr_tui.commands.ansi import ansi_lines
from omezarr_tui.image.cells import Depth, Frame
from omezarr_tui.image.palette import colors_of, mixed, nearest, number_of, shown
from omezarr_tui.image.terminal import color_depth, speaks_unicode, terminal_look

RGB = st.tuples(*(st.integers(0, 255) for _ in range(3)))


def bytes_of(*colors: tuple[int, ...]) -> Any:
    return np.array(colors, np.uint8)


class TestNearest:
    def test_the_256_are_those_of_xterm(self) -> None:
        for number, color in enumerate(colors_of("256")[16:], 16):
            assert Color.from_ansi(number).get_truecolor() == color

    @pytest.mark.parametrize("depth", ["16", "256"])
    def test_each_is_nearest_to_itself(self, depth: Any) -> None:
        colors = colors_of(depth)
        assert shown(
            bytes_of(*colors_of("16" if depth == "16" else "256")[-16:]), depth
        ).tolist() == [[*color] for color in colors[-16:]]
        assert all(colors[number_of(color, depth)] == color for color in colors[-240:])

    @given(RGB)
    @settings(deadline=None, max_examples=200)
    def test_of_256_none_is_nearer(self, color: tuple[int, int, int]) -> None:
        weights = np.array([2, 4, 3]) / 9
        far = ((np.array(colors_of("256")[16:]) - color) ** 2) @ weights
        taken = int(nearest(bytes_of(color), "256")[0])
        assert taken >= 16  # as themes change those before
        # The nearest grey is looked for by whole numbers.
        assert far[taken - 16] <= far.min() + 2 * np.sqrt(far.min()) + 1

    def test_greys_stay_grey(self) -> None:
        greys = np.arange(256, dtype=np.uint8)[:, None].repeat(3, axis=1)
        for depth in ("16", "256"):
            found = shown(greys, depth)
            assert (found == found[:, :1]).all()
        assert abs(shown(greys, "256").astype(int) - greys).max() <= 9


class TestMixed:
    @given(st.integers(0, 255))
    @settings(deadline=None, max_examples=60)
    def test_the_mean_of_a_pattern_of_greys_is_the_grey(self, grey: int) -> None:
        pattern = mixed(np.full((16, 16, 3), grey, np.uint8))
        # Between the four greys two stand side by side, unless they lie too far apart.
        assert (pattern == pattern[..., :1]).all()
        assert abs(pattern.mean() - grey) < 16

    @given(hnp.arrays("uint8", (4, 4, 3)))
    @settings(deadline=None, max_examples=60)
    def test_it_is_made_of_the_16(self, colors: Any) -> None:
        found = {tuple(color) for color in mixed(colors).reshape(-1, 3).tolist()}
        assert found <= {*colors_of("16")}

    def test_colours_that_the_terminal_has_are_even(self) -> None:
        for color in colors_of("16"):
            pattern = mixed(np.full((8, 8, 3), color, np.uint8))
            assert (pattern == color).all()


class TestLines:
    FRAME = Frame(
        ("▀▄ x",),
        ((255, 0, 0), (8, 8, 8)),
        np.array([[0, 0, 0, 1]]),
        np.array([[1, 0, 1, -1]]),
    )

    @pytest.mark.parametrize(
        ("depth", "line"),
        [
            (
                "true",
                "\x1b[48;2;8;8;8m\x1b[38;2;255;0;0m▀\x1b[48;2;255;0;0m \x1b[48;2;8;8;8m "
                "\x1b[49m\x1b[38;2;8;8;8mx\x1b[0m",
            ),
            (
                "256",
                "\x1b[48;5;232m\x1b[38;5;196m▀\x1b[48;5;196m \x1b[48;5;232m "
                "\x1b[49m\x1b[38;5;232mx\x1b[0m",
            ),
            ("16", "\x1b[40m\x1b[91m▀\x1b[101m \x1b[40m \x1b[49m\x1b[30mx\x1b[0m"),
        ],
    )
    def test_colours_are_told_as_the_depth_has_them(self, depth: Depth, line: str) -> None:
        frame = self.FRAME
        told = Frame(frame.lines, frame.palette, frame.fg, frame.bg, depth=depth)
        assert list(ansi_lines(told)) == [line]

    def test_without_colours_there_are_no_codes(self) -> None:
        assert list(ansi_lines(Frame(("ab", "cd")))) == ["ab", "cd"]


class TestTerminal:
    @pytest.mark.parametrize(
        ("environment", "depth"),
        [
            ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "true"),
            ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, "true"),
            ({"TERM": "xterm-256color"}, "256"),
            ({"TERM": "screen-256color", "TERM_PROGRAM": "iTerm.app"}, "true"),
            ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "256"),
            ({"TERM": "xterm-kitty"}, "true"),
            ({"TERM": "xterm-direct"}, "true"),
            ({"TERM": "xterm"}, "16"),
            ({"TERM": "linux"}, "16"),
            ({"TERM": "vt100"}, "none"),
            ({"TERM": "dumb", "COLORTERM": "truecolor"}, "none"),
            ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "none"),
            ({"TERM": "xterm-256color", "NO_COLOR": ""}, "256"),
        ],
    )
    def test_its_colours(self, environment: dict[str, str], depth: str) -> None:
        assert color_depth(environment) == depth

    @pytest.mark.parametrize(
        ("environment", "speaks"),
        [
            ({"LANG": "en_GB.UTF-8"}, True),
            ({"LANG": "C.utf8"}, True),
            ({"LC_ALL": "C", "LANG": "en_GB.UTF-8"}, False),
            ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, True),
            ({}, False),
        ],
    )
    def test_its_encoding(self, environment: dict[str, str], speaks: bool) -> None:
        assert speaks_unicode(environment) is speaks

    def test_what_fits_it_best(self) -> None:
        utf8 = {"LANG": "C.UTF-8"}
        many, few = {"TERM": "xterm-256color", **utf8}, {"TERM": "xterm", **utf8}
        assert terminal_look(many).rendering == "half"
        assert terminal_look(many | {"LANG": "C"}).rendering == "ascii"
        assert terminal_look(few).rendering == "ascii"
        asked = terminal_look(few, "braille", "true")
        assert (asked.rendering, asked.depth) == ("braille", "true")
