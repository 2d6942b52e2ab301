"""A picture on its way to the terminal: what is written shows the frame, and no more is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import Color, ColorSystem
from rich.console import Console
from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.filter import DimFilter, Monochrome
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip

from omezarr_tui.image.cells import Frame
from omezarr_tui.tui.widgets.painted_strip import PaintedStrip, can_be_painted
from omezarr_tui.tui.widgets.picture import PictureView
from omezarr_tui.tui.widgets.picture_strips import Canvas, segments_of, strips_of

BASE = Style.from_color(Color.from_rgb(200, 210, 220), Color.from_rgb(15, 20, 25))
SYSTEMS = [ColorSystem.STANDARD, ColorSystem.EIGHT_BIT, ColorSystem.TRUECOLOR]
# The quarters of a cell that a block fills: upper left, upper right, lower left, lower right.
_QUARTERS = {
    " ": "0000", "█": "1111", "▀": "1100", "▄": "0011", "▌": "1010", "▐": "0101", "▘": "1000",
    "▝": "0100", "▖": "0010", "▗": "0001", "▚": "1001", "▞": "0110", "▟": "0111", "▙": "1011",
    "▜": "1101", "▛": "1110",
}  # fmt: skip


def seen(written: str) -> list[Any]:
    """What a terminal shows in each cell: a colour for each quarter, or a glyph in two colours."""
    cells: list[Any] = []
    ink = ground = "reset"
    for code, glyph in re.findall(r"\x1b\[([0-9;]*)m|([^\x1b])", written):
        if glyph:
            if glyph in _QUARTERS:
                cells.append(tuple(ink if part == "1" else ground for part in _QUARTERS[glyph]))
            else:
                cells.append((glyph, ink, ground) if ink != ground else (ink,) * 4)
            continue
        parts = code.split(";")
        while parts:
            first = parts.pop(0)
            rest = {"2": 3, "5": 1}[parts[0]] if first in ("38", "48") else -1
            color = ";".join([first[1:], *parts[: rest + 1]])
            parts = parts[rest + 1 :]
            number = int(first)
            if number == 0:
                ink = ground = "reset"
                continue
            color = color if rest >= 0 else str(number % 10 + 8 * (number >= 90))
            if 40 <= number < 90 or number >= 100:
                ground = color
            else:
                ink = color
    return cells


def told(line: Strip, system: ColorSystem) -> str:
    """What Textual writes; in tests of many systems its cache in each style tells wrong ones."""
    if isinstance(line, PaintedStrip):
        return line.render(Console())
    parts = [(text, style or Style()) for text, style, _ in line]
    return "".join(f"\x1b[{Strip.render_ansi(style, system)}m{text}" for text, style in parts)


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 12))
    glyphs = draw(st.sampled_from(["▀", " .@", "".join(_QUARTERS), " ⠁⣿", " █"]))
    lines = tuple(
        "".join(draw(st.lists(st.sampled_from(glyphs), min_size=columns, max_size=columns)))
        for _ in range(rows)
    )
    levels = draw(st.integers(1, 5))
    part = st.integers(0, 255)
    palette = tuple(draw(st.tuples(part, part, part)) for _ in range(levels))
    seed = np.random.default_rng(draw(st.integers(0, 1000)))
    lowest = draw(st.sampled_from([-1, 0]))
    fg, bg = (
        seed.integers(lowest, levels, (rows, columns)) if draw(st.booleans()) else None
        for _ in range(2)
    )
    shown = draw(st.sampled_from([palette, palette, None]))
    return Frame(lines, shown, fg, bg, depth=draw(st.sampled_from(["16", "256", "true"])))


class TestWhatIsWritten:
    @settings(max_examples=200, deadline=None)
    @given(frames(), st.sampled_from(SYSTEMS), st.integers(0, 3), st.integers(0, 2))
    def test_it_looks_as_the_segments_do(
        self, frame: Frame, system: ColorSystem, wider: int, higher: int
    ) -> None:
        rows, columns = frame.size
        canvas = Canvas(rows + higher, columns + wider, BASE, system)
        painted = strips_of(frame, canvas)
        plain = strips_of(frame, replace(canvas, system=None))
        assert any(isinstance(line, PaintedStrip) for line in painted)
        assert not any(isinstance(line, PaintedStrip) for line in plain)
        assert [line.cell_length for line in painted] == [columns + wider] * (rows + higher)
        assert [seen(told(line, system)) for line in painted] == [
            seen(told(line, system)) for line in plain
        ]
        assert [line.text for line in painted] == [line.text for line in plain]

    @given(frames())
    def test_what_comes_after_a_line_has_its_own_colours(self, frame: Frame) -> None:
        for line in strips_of(frame, Canvas(*frame.size, BASE, ColorSystem.TRUECOLOR)):
            assert line.render(Console()).endswith("\x1b[0m")

    def test_a_code_stands_only_where_a_colour_changes(self) -> None:
        frame = Frame(
            ("▀▀▀▀▀",), ((1, 1, 1), (2, 2, 2)), np.zeros((1, 5), int), np.ones((1, 5), int)
        )
        (line,) = strips_of(frame, Canvas(1, 5, BASE, ColorSystem.TRUECOLOR))
        assert line.render(Console()) == "\x1b[38;2;1;1;1;48;2;2;2;2m▀▀▀▀▀\x1b[0m"

    def test_swapped_colours_become_the_other_half(self) -> None:
        upper = np.array([[0, 1, 0, 1]])
        frame = Frame(("▀▀▀▀",), ((1, 1, 1), (2, 2, 2)), upper, 1 - upper)
        (line,) = strips_of(frame, Canvas(1, 4, BASE, ColorSystem.TRUECOLOR))
        assert line.render(Console()) == "\x1b[38;2;1;1;1;48;2;2;2;2m▀▄▀▄\x1b[0m"

    def test_few_colours_cost_few_codes(self) -> None:
        """Where the terminal shows two colours as one, nothing changes between them."""
        palette = ((200, 0, 0), (201, 0, 0))
        frame = Frame(("▀▀▀▀",), palette, np.array([[0, 1, 0, 1]]), np.array([[1, 0, 1, 0]]))
        (line,) = strips_of(frame, Canvas(1, 4, BASE, ColorSystem.EIGHT_BIT))
        assert line.render(Console()).count("\x1b[") == 2


class TestPaintedStrip:
    def test_this_textual_takes_it(self) -> None:
        assert can_be_painted()

    @given(frames(), st.data())
    def test_parts_of_it_are_those_of_the_segments(self, frame: Frame, data: st.DataObject) -> None:
        canvas = Canvas(*frame.size, BASE, ColorSystem.TRUECOLOR)
        line = strips_of(frame, canvas)[0]
        plain = Strip(segments_of(frame, 0, BASE, 0, 0), canvas.columns)
        start = data.draw(st.integers(0, canvas.columns - 1))
        end = data.draw(st.integers(start + 1, canvas.columns))
        console = Console()
        assert list(line.crop(start, end)) == list(plain.crop(start, end))
        if start:
            parts, others = (list(one.divide([start, canvas.columns])) for one in (line, plain))
            assert [list(part) for part in parts] == [list(part) for part in others]
        dim = Style(dim=True)
        assert line.apply_style(dim).render(console) == plain.apply_style(dim).render(console)
        assert Strip.join([line, line]).text == plain.text * 2

    def test_a_whole_line_is_cut_into_itself(self) -> None:
        """Otherwise Textual would make text of segments after all."""
        line = PaintedStrip("x", 1, list)
        assert list(line.divide([1])) == [line]
        assert line.crop(0, 1) is line

    def test_without_it_segments_are_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("omezarr_tui.tui.widgets.picture_strips.can_be_painted", lambda: False)
        frame = Frame(("@",))
        (line,) = strips_of(frame, Canvas(1, 1, BASE, ColorSystem.TRUECOLOR))
        assert type(line) is Strip


def half_blocks(rows: int, columns: int, seed: int = 0, levels: int = 4) -> Frame:
    palette = tuple((60 * level, 50 * level, 40 * level) for level in range(levels))
    places = np.random.default_rng(seed).integers(0, levels, (2, rows, columns))
    return Frame(("▀" * columns,) * rows, palette, places[0], places[1], (2, 1))


@dataclass
class Shown:
    app: App[None]
    view: PictureView
    pilot: Pilot[None]
    refreshed: list[tuple[Region, ...]]
    messages: list[Message]

    def heard(self, kind: type[Message]) -> list[Any]:
        return [message for message in self.messages if isinstance(message, kind)]

    async def mouse(self, kind: type[events.MouseEvent], x: int, y: int, **more: Any) -> None:
        await self.pilot._post_mouse_events([kind], self.view, offset=(x, y), **more)


class OnePicture(App[None]):
    CSS = "Screen { background: #101418; color: #c0c8d0; } PictureView { width: 30; height: 12; }"

    def compose(self) -> ComposeResult:
        yield PictureView()


@pytest.fixture
async def shown(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    app = OnePicture()
    messages: list[Message] = []

    def hear(message: Message) -> None:
        if not any(message is one for one in messages):
            messages.append(message)

    async with app.run_test(size=(40, 20), message_hook=hear) as pilot:
        view = app.query_one(PictureView)
        refreshed: list[tuple[Region, ...]] = []
        refresh = view.refresh

        def note(*regions: Region, **more: Any) -> Any:
            refreshed.append(regions)
            return refresh(*regions, **more)

        view.refresh = note  # type: ignore[method-assign]
        yield Shown(app, view, pilot, refreshed, messages)


def lines_of(view: PictureView) -> list[Strip]:
    return view.render_lines(view.size.region)


class TestOnTheScreen:
    async def test_only_lines_that_differ_are_painted(self, shown: Shown) -> None:
        frame = half_blocks(10, 20)
        shown.view.show_frame(frame)
        await shown.pilot.pause()
        shown.refreshed.clear()
        assert frame.fg is not None
        changed = frame.fg.copy()
        changed[3] = (changed[3] + 1) % 4
        shown.view.show_frame(replace(frame, fg=changed))
        shown.view.show_frame(replace(frame, fg=changed.copy()))
        assert shown.refreshed == [(Region(0, 1 + 3, 30, 1),)]

    async def test_the_cursor_paints_two_lines(self, shown: Shown) -> None:
        shown.view.show_frame(half_blocks(10, 20), (5, 5))
        await shown.pilot.pause()
        shown.refreshed.clear()
        shown.view.show_mark((6, 5))
        shown.view.show_mark((6, 5))
        assert shown.refreshed == [(Region(0, 1 + 2, 30, 1), Region(0, 1 + 3, 30, 1))]

    async def test_other_colours_around_paint_all(self, shown: Shown) -> None:
        shown.view.show_frame(Frame(("@@@@",) * 4))
        await shown.pilot.pause()
        shown.view.styles.background = "#202020"
        await shown.pilot.pause()
        line = lines_of(shown.view)[4]
        assert isinstance(line, PaintedStrip)
        assert "48;2;32;32;32" in line.render(Console())

    async def test_stale_is_nearer_to_the_background(self, shown: Shown) -> None:
        palette = ((255, 255, 255), (16, 20, 24))
        ones = np.ones((1, 2), int)
        shown.view.show_frame(Frame(("▀▀",), palette, ones * 0, ones))
        shown.view.show_stale()
        assert shown.view.is_stale
        text = "".join(line.render(Console()) for line in lines_of(shown.view))
        assert "38;2;136;138;140" in text
        assert "48;2;16;20;24" in text
        shown.view.show_frame(Frame(("▀▀",), palette, ones * 0, ones))
        text = "".join(line.render(Console()) for line in lines_of(shown.view))
        assert "38;2;255;255;255" in text

    @pytest.mark.parametrize("filter", [Monochrome(), DimFilter()])
    async def test_filters_have_their_way(self, shown: Shown, filter: Any) -> None:
        frame = half_blocks(2, 20)
        shown.view.show_frame(frame)
        shown.app._filters.append(filter)
        shown.view.refresh()
        lines = lines_of(shown.view)
        assert not any(isinstance(line, PaintedStrip) for line in lines)
        if isinstance(filter, Monochrome):
            colors = [s.style.color for line in lines for s in line if s.style and s.style.color]
            assert all(color.triplet and len({*color.triplet}) == 1 for color in colors)

    async def test_colours_by_name_are_left_to_the_filter(self, shown: Shown) -> None:
        ansi = [name for name in shown.app.available_themes if "ansi" in name]
        shown.app.theme = ansi[0]
        shown.view.styles.background = "ansi_default"
        await shown.pilot.pause()
        shown.view.show_frame(half_blocks(2, 20))
        base = shown.view.rich_style.bgcolor
        named = base is None or base.triplet is None
        painted = any(isinstance(line, PaintedStrip) for line in lines_of(shown.view))
        assert not (named and painted and shown.view.get_line_filters())

    async def test_words_take_its_place_and_give_it_back(self, shown: Shown) -> None:
        from textual.content import Content

        shown.view.show_frame(half_blocks(10, 20))
        shown.view.show_words(Content("nothing here"))
        await shown.pilot.pause()
        assert "nothing here" in "".join(line.text for line in lines_of(shown.view))
        assert shown.view.is_empty
        shown.view.show_frame(half_blocks(10, 20))
        await shown.pilot.pause()
        assert "▀" in lines_of(shown.view)[2].text
        assert not shown.view.is_empty

    @pytest.mark.parametrize(
        ("per_cell", "mark", "cell"),
        [
            ((1, 1), (2, 3), "[@]"),
            ((2, 1), (5, 3), "[▄]"),
            ((2, 2), (5, 7), "[▗]"),
            ((4, 2), (9, 6), "[⠂]"),
        ],
    )
    async def test_the_cursor_stands_on_its_sample(
        self, shown: Shown, per_cell: tuple[int, int], mark: tuple[int, int], cell: str
    ) -> None:
        shown.view.show_frame(Frame(("@" * 20,) * 4, per_cell=per_cell), mark)
        line = lines_of(shown.view)[4 + 2].text
        assert line[5 + 2 : 5 + 5] == cell
        assert line.replace("@", " ").split() == cell.split("@") if "@" not in cell else True


class TestMouse:
    async def test_the_wheel_tells_where_the_pointer_is(self, shown: Shown) -> None:
        shown.view.show_frame(half_blocks(10, 20))
        await shown.mouse(events.MouseScrollUp, 5 + 4, 1 + 7)
        await shown.mouse(events.MouseScrollDown, 0, 0)
        await shown.pilot.pause()
        near, far = shown.heard(PictureView.Zoom)
        assert (near.direction, near.at) == (1, pytest.approx((7.5 / 10, 4.5 / 20)))
        assert (far.direction, far.at) == (-1, (0, 0))

    async def test_a_drag_moves_the_window_by_what_it_moved(self, shown: Shown) -> None:
        shown.view.show_frame(half_blocks(10, 20))
        await shown.mouse(events.MouseDown, 10, 5, button=1)
        for x in (11, 13, 16):
            await shown.mouse(events.MouseMove, x, 4, button=1)
        await shown.mouse(events.MouseUp, 16, 4, button=1)
        await shown.mouse(events.Click, 16, 4, button=1)
        await shown.mouse(events.MouseMove, 20, 4)
        await shown.pilot.pause()
        pans = shown.heard(PictureView.Pan)
        assert sum(pan.down for pan in pans) == pytest.approx(1 / 10)
        assert sum(pan.across for pan in pans) == pytest.approx(-6 / 20)
        assert not shown.heard(PictureView.Pointed)

    async def test_a_burst_of_moves_is_one_message(self, shown: Shown) -> None:
        shown.view.show_frame(half_blocks(10, 20))
        await shown.mouse(events.MouseDown, 10, 5, button=1)
        for x in range(11, 25):
            shown.view.on_mouse_move(move_to(shown.view, x, 5))
        await shown.pilot.pause()
        (pan,) = shown.heard(PictureView.Pan)
        assert pan.across == pytest.approx(-14 / 20)

    @pytest.mark.parametrize(
        ("per_cell", "sample"),
        [((1, 1), (3, 4)), ((2, 1), (6, 4)), ((2, 2), (6, 8)), ((4, 2), (13, 8))],
    )
    async def test_a_click_points_at_a_sample(
        self, shown: Shown, per_cell: tuple[int, int], sample: tuple[int, int]
    ) -> None:
        shown.view.show_frame(replace(half_blocks(10, 20), per_cell=per_cell))
        await shown.pilot.click(shown.view, offset=(5 + 4, 1 + 3))
        await shown.pilot.click(shown.view, offset=(0, 0))
        await shown.pilot.pause()
        assert [(event.row, event.column) for event in shown.heard(PictureView.Pointed)] == [sample]
        assert not shown.heard(PictureView.Pan)

    @pytest.mark.parametrize("by", ["shift", "mode"])
    async def test_a_region_is_drawn(self, shown: Shown, by: str) -> None:
        shown.view.show_frame(half_blocks(10, 20))
        shown.view.draws_regions = by == "mode"
        shift = by == "shift"
        await shown.mouse(events.MouseDown, 6, 2, button=1, shift=shift)
        await shown.mouse(events.MouseMove, 8, 4, button=1, shift=shift)
        await shown.mouse(events.MouseMove, 29, 11, button=1, shift=shift)
        await shown.mouse(events.MouseUp, 29, 11, button=1, shift=shift)
        await shown.pilot.pause()
        drawn = shown.heard(PictureView.Dragged)
        assert {event.start for event in drawn} == {(2, 1)}
        assert (drawn[-1].end, drawn[-1].done) == ((18, 19), True)
        assert not any(event.done for event in drawn[:-1])
        assert not shown.heard(PictureView.Pan)


def move_to(view: PictureView, x: int, y: int) -> events.MouseMove:
    return events.MouseMove(view, x, y, 0, 0, 1, False, False, False)
