"""True pixels: what is asked of the terminal, what is sent to it, and what without any."""

from __future__ import annotations

import base64
import os
import pty
import re
import subprocess
import sys
import threading
import time
import tty
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from rich.color import Color, ColorSystem
from rich.console import Console
from rich.style import Style

from omezarr_tui.errors import UserError
from omezarr_tui.image.cells import Frame
from omezarr_tui.tui.graphics import Graphics, find_graphics, is_plausible
from omezarr_tui.tui.widgets.picture_drawn import Drawn
from omezarr_tui.tui.widgets.picture_pixels import pixel_rows
from omezarr_tui.tui.widgets.picture_strips import Canvas, strips_of

_SIXEL_TERM = {"XTERM_VERSION": "XTerm(390)"}
_LAST = b"\x1b[c"  # the question that every terminal answers
_MARK = b"that was all"


class Terminal:
    """The other end of a pseudo-terminal, that answers as it is told."""

    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self.ours, self.theirs = pty.openpty()
        tty.setraw(self.ours)
        self.asked = b""
        self._answers = answers
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        answers = dict(self._answers)
        while True:
            try:
                data = os.read(self.ours, 1024)
            except OSError:
                return
            self.asked += data
            asked = [question for question in answers if question in self.asked]
            # In the order in which they were asked, though they may come in one piece.
            for question in sorted(asked, key=self.asked.index):
                os.write(self.ours, answers.pop(question))

    def all_that_came(self) -> bytes:
        """What was written up to now."""
        os.write(self.theirs, _MARK)
        while not self.asked.endswith(_MARK):
            time.sleep(0.001)
        return self.asked

    def find(self, environment: dict[str, str], *, wanted: bool = False) -> Graphics | None:
        return find_graphics(environment, self.theirs, self.theirs, wanted=wanted)


@pytest.fixture
def terminal() -> Iterator[Any]:
    made: list[Terminal] = []

    def make(answers: dict[bytes, bytes]) -> Terminal:
        made.append(Terminal(answers))
        return made[-1]

    yield make
    for one in made:
        os.close(one.theirs)


class TestAsking:
    @pytest.fixture(autouse=True)
    def a_busy_machine_has_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("omezarr_tui.tui.graphics._PATIENCE", 60.0)
        monkeypatch.setattr("omezarr_tui.tui.graphics._PATIENCE_IF_WANTED", 60.0)

    @pytest.mark.parametrize(
        ("environment", "plausible"),
        [
            ({"TERM": "xterm-256color"}, False),
            ({"TERM": "xterm-kitty"}, True),
            ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, True),
            ({"TERM": "screen-256color"}, False),
            ({"TERM": "foot"}, True),
            ({}, False),
        ],
    )
    def test_only_a_terminal_that_may_show_them_is_asked(
        self, terminal: Any, environment: dict[str, str], plausible: bool
    ) -> None:
        assert is_plausible(environment) == plausible
        if not plausible:
            mute = terminal({})
            assert mute.find(environment) is None
            assert mute.asked == b""

    def test_sixels(self, terminal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("omezarr_tui.tui.graphics.find_spec", lambda name: object())
        one = terminal({b"\x1b[16t": b"\x1b[6;18;9t", _LAST: b"\x1b[?62;4;22c"})
        assert one.find(_SIXEL_TERM) == Graphics("sixel", (18, 9))

    def test_kitty(self, terminal: Any) -> None:
        one = terminal({b"a=q": b"\x1b_Gi=31;OK\x1b\\", _LAST: b"\x1b[?62;c"})
        assert one.find({"TERM": "xterm-kitty"}) == Graphics("kitty", (20, 10))

    def test_one_that_shows_none(self, terminal: Any) -> None:
        one = terminal({_LAST: b"\x1b[?62;22c"})
        assert one.find(_SIXEL_TERM) is None
        with pytest.raises(UserError, match="no true pixels"):
            terminal({_LAST: b"\x1b[?62;22c"}).find({}, wanted=True)

    def test_one_that_does_not_answer(self, terminal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("omezarr_tui.tui.graphics._PATIENCE", 0.01)
        assert terminal({}).find(_SIXEL_TERM) is None

    def test_no_terminal(self) -> None:
        source, target = os.pipe()
        try:
            assert find_graphics(_SIXEL_TERM, source, target) is None
        finally:
            os.close(source)
            os.close(target)

    def test_without_the_package(self, terminal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("omezarr_tui.tui.graphics.find_spec", lambda name: None)
        answers = {_LAST: b"\x1b[?62;4c"}
        assert terminal(answers).find(_SIXEL_TERM) is None
        with pytest.raises(UserError) as told:
            terminal(answers).find({}, wanted=True)
        assert "omezarr-tui[pixels]" in told.value.why


# Shows an image, then another whose last row alone is new, and ends.
_APP = """
import os
from dataclasses import replace
import numpy as np
from textual.app import App
from omezarr_tui.image.cells import Frame
from omezarr_tui.tui import graphics as asking
from omezarr_tui.tui.widgets.picture import PictureView

asking._PATIENCE = 60.0  # a busy machine
graphics = asking.find_graphics(os.environ, 0, 2)
assert graphics is not None
height, width = graphics.cell
pixels = np.full((3 * height, 4 * width, 3), 200, np.uint8)
frame = Frame((" " * 4,) * 3, per_cell=graphics.cell, pixels=pixels)

class Pixels(App[None]):
    CSS = "Screen { background: #101010; color: #eeeeee; } PictureView { height: 5; width: 20; }"

    def compose(self):
        yield PictureView(graphics)

    def on_mount(self):
        self.call_after_refresh(self.one)

    def one(self):
        self.query_one(PictureView).show_frame(frame)
        self.call_after_refresh(self.call_after_refresh, self.other)

    def other(self):
        self._driver.write("\x1b]2;other\x07")
        changed = pixels.copy()
        changed[-1] = 0
        self.query_one(PictureView).show_frame(replace(frame, pixels=changed))
        self.call_after_refresh(self.call_after_refresh, self.exit)

Pixels().run()
"""


class TestArriving:
    @pytest.mark.parametrize("protocol", ["sixel", "kitty"])
    def test_images_reach_the_terminal_and_only_new_ones(
        self, terminal: Any, protocol: str
    ) -> None:
        if protocol == "sixel":
            pytest.importorskip("textual_image")
        answers = {
            _LAST: b"\x1b[?62;4c" if protocol == "sixel" else b"\x1b[?62;c",
            b"a=q": b"\x1b_Gi=31;OK\x1b\\",
        }
        if protocol == "sixel":
            del answers[b"a=q"]
        one = terminal(answers)
        environment = {**os.environ, "TERM": "xterm-kitty", "COLORTERM": "truecolor"}
        environment.pop("NO_COLOR", None)
        done = subprocess.run(
            [sys.executable, "-c", _APP],
            stdin=one.theirs,
            stdout=one.theirs,
            stderr=one.theirs,
            env=environment,
            timeout=60,
            check=False,
        )
        before, _, after = one.all_that_came().partition(b"\x1b]2;other\x07")
        assert done.returncode == 0, before[-2000:].decode(errors="replace")
        image = b'\x1bP0;0;0q"1;1;40;20' if protocol == "sixel" else b"\x1b_Ga=T"
        assert (before.count(image), after.count(image)) == (3, 1)


def frame(rows: int = 3, columns: int = 4, cell: tuple[int, int] = (12, 6)) -> Frame:
    pixels = np.random.default_rng(5).integers(0, 4, (rows * cell[0], columns * cell[1], 3))
    shown = (pixels * 60).astype(np.uint8)
    return Frame((" " * columns,) * rows, per_cell=cell, pixels=shown)


def decoded_sixels(image: str) -> np.ndarray[Any, Any]:
    """A small decoder: red, green and blue of each pixel (rows, columns, 3) in percent."""
    header, body = re.match(r'\x1bP[\d;]*q"1;1;(\d+;\d+)(.*)\x1b\\', image, re.DOTALL).groups()  # type: ignore[union-attr]
    width, height = map(int, header.split(";"))
    shown = np.full((height + 6, width, 3), -1)
    colors: dict[int, tuple[int, ...]] = {}
    color, x, y = 0, 0, 0
    for number, red_green_blue, count, letter in re.findall(
        r"#(\d+)((?:;\d+){4})?|(?:!(\d+))?([?-~$-])", body
    ):
        if number:
            color = int(number)
            if red_green_blue:
                colors[color] = tuple(map(int, red_green_blue.split(";")[2:]))
        elif letter == "$":
            x = 0
        elif letter == "-":
            x, y = 0, y + 6
        else:
            times = int(count or 1)
            for bit in range(6):
                if (ord(letter) - 63) >> bit & 1:
                    shown[y + bit, x : x + times] = colors[color]
            x += times
    return shown[:height]


class TestSending:
    def test_sixels_show_the_pixels(self) -> None:
        pytest.importorskip("textual_image")
        shown = frame()
        assert shown.pixels is not None
        rows = pixel_rows(shown, "sixel")
        images = [re.search(r"\x1bP.*?\x1b\\", row, re.DOTALL) for row in rows]
        told = np.concatenate([decoded_sixels(image[0]) for image in images if image])
        assert told.shape == shown.pixels.shape
        assert abs(told - shown.pixels / 2.55).max() <= 6  # a palette of 256 colours
        assert all(row.endswith("\x1b8\x1b[4C") for row in rows)  # the cursor stands behind it

    def test_kitty_shows_the_pixels(self) -> None:
        shown = frame(columns=4, cell=(40, 20))
        assert shown.pixels is not None
        sent = []
        for row in pixel_rows(shown, "kitty"):
            commands = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", row)
            told = dict(part.split("=") for part in commands[0][0].split(","))
            assert (told["s"], told["v"], told["c"], told["r"]) == ("80", "40", "4", "1")
            more = [re.search(r"m=(\d)", command)[1] for command, _ in commands]  # type: ignore[index]
            assert more == ["1"] * (len(commands) - 1) + ["0"]
            assert all(len(piece) <= 4096 for _, piece in commands)
            data = zlib.decompress(base64.b64decode("".join(piece for _, piece in commands)))
            sent.append(np.frombuffer(data, np.uint8).reshape(40, 80, 3))
            red, green, blue = re.search(r"38;2;(\d+);(\d+);(\d+)m", row).groups()  # type: ignore[union-attr]
            assert (int(red) << 16 | int(green) << 8 | int(blue)) == int(told["i"])
            assert row.count("\U0010eeee") == 4
        assert (np.concatenate(sent) == shown.pixels).all()

    def test_rows_that_stay_are_equal_lines(self) -> None:
        """So they are not sent again; and what covers a line finds blanks below."""
        base = Style.from_color(Color.from_rgb(9, 9, 9), Color.from_rgb(1, 1, 1))
        canvas = Canvas(3, 6, base, ColorSystem.TRUECOLOR, "kitty")
        one = frame()
        assert one.pixels is not None
        changed = one.pixels.copy()
        changed[12] = 255 - changed[12]
        other = Frame(one.lines, per_cell=one.per_cell, pixels=changed)
        lines, others = strips_of(one, canvas), strips_of(other, canvas)
        assert [a == b for a, b in zip(lines, others, strict=True)] == [True, False, True]
        assert lines[0].text == " " * 6
        assert "\x1b_G" in lines[0].render(Console())
        marked = strips_of(one, canvas, Drawn((25, 8)))
        assert [a == b for a, b in zip(lines, marked, strict=True)] == [True, False, False]

    def test_an_image_that_ends_within_a_cell(self) -> None:
        shown = frame()
        assert shown.pixels is not None
        cut = Frame(shown.lines, per_cell=shown.per_cell, pixels=shown.pixels[:-5, :-2])
        rows = pixel_rows(cut, "kitty")
        assert len(rows) == 3
        assert rows[2] != pixel_rows(shown, "kitty")[2]
