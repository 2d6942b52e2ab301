"""Every key that changes the picture: what it asks for, and that this is what is shown."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from driver import Program, frame_of, opened
from looking import changed

from omezarr_tui.image.cells import Frame
from omezarr_tui.image.picture import Picture, PictureRequest
from omezarr_tui.ome.model import Window
from omezarr_tui.tui.actions import ACTIONS
from omezarr_tui.tui.widgets.picture_pane import PicturePane

T, C, Z, Y, X = range(5)
Change = Callable[[Picture], PictureRequest]


def same(picture: Picture) -> PictureRequest:
    return picture.request


def viewed(**changes: Any) -> Change:
    return lambda shown: replace(shown.request, view=replace(shown.request.view, **changes))


def at(axis: int, position: int) -> Change:
    def change(shown: Picture) -> PictureRequest:
        index = list(shown.request.view.index)
        index[axis] = position
        return viewed(index=tuple(index))(shown)

    return change


def asked(**changes: Any) -> Change:
    """Something else asked for, which may be of the look."""
    return lambda shown: changed(shown.request, **changes)


def panned(down: float, across: float) -> Change:
    """The window moved by parts of what is seen."""

    def change(shown: Picture) -> PictureRequest:
        seen, (rows, columns) = shown.sampling, shown.sampling.array.shape[-2:]
        return viewed(
            centre=(
                shown.request.view.centre[0] + down * (seen.bottom - seen.top) / rows,
                shown.request.view.centre[1] + across * (seen.right - seen.left) / columns,
            )
        )(shown)

    return change


def window(low: float, high: float) -> Change:
    """The window with its ends moved, in parts of its width."""

    def change(shown: Picture) -> PictureRequest:
        start, width = shown.window.start, shown.window.end - shown.window.start
        moved = Window(start + low * width, start + width + high * width)
        look = shown.request.look.with_window(shown.layer.channel, moved)
        return replace(shown.request, look=look)

    return change


# A walk: each step goes on from the one before. It begins at t 0, c 0, z 12 of 25, along z.
STEPS: tuple[tuple[str, str, Change], ...] = (
    ("plane.after", "full_stop", at(Z, 13)),
    ("plane.before", "comma", at(Z, 12)),
    ("plane.ten_after", "greater_than_sign", at(Z, 22)),
    ("plane.ten_after", "greater_than_sign", at(Z, 24)),  # the last one
    ("plane.after", "full_stop", same),
    ("plane.ten_before", "less_than_sign", at(Z, 14)),
    ("axis.c", "c", viewed(moving=C)),
    ("plane.after", "full_stop", at(C, 1)),
    ("plane.after", "full_stop", same),
    ("axis.t", "t", viewed(moving=T)),
    ("plane.after", "full_stop", at(T, 1)),
    ("axis.next", "a", viewed(moving=C)),
    ("axis.next", "a", viewed(moving=Z)),
    ("axis.next", "a", viewed(moving=T)),
    ("axis.z", "z", viewed(moving=Z)),
    ("level.coarser", "right_square_bracket", asked(level=1)),
    ("level.coarser", "right_square_bracket", asked(level=2)),
    ("level.coarser", "right_square_bracket", same),
    ("level.finer", "left_square_bracket", asked(level=1)),
    ("level.auto", "equals_sign", asked(level=None)),
    ("zoom.in", "plus", viewed(zoom=1.5)),
    ("zoom.in", "plus", viewed(zoom=2.25)),
    ("picture.up", "up", panned(-0.25, 0)),
    ("picture.up", "k", panned(-0.25, 0)),
    ("picture.down", "down", panned(0.25, 0)),
    ("picture.down", "j", panned(0.25, 0)),
    ("picture.left", "left", panned(0, -0.25)),
    ("picture.left", "h", panned(0, -0.25)),
    ("picture.right", "right", panned(0, 0.25)),
    ("picture.right", "l", panned(0, 0.25)),
    ("zoom.out", "minus", viewed(zoom=1.5)),
    ("zoom.in", "plus", viewed(zoom=2.25)),
    ("zoom.whole", "0", viewed(zoom=1.0, centre=(0.5, 0.5))),
    ("plane.first", "home", at(Z, 0)),
    ("plane.last", "end", at(Z, 24)),
    ("window.narrower", "left_curly_bracket", window(0.1, -0.1)),
    ("window.wider", "right_curly_bracket", window(-0.125, 0.125)),
    ("window.darker", "left_parenthesis", window(0.1, 0.1)),
    ("window.brighter", "right_parenthesis", window(-0.1, -0.1)),
    ("window.auto", "w", asked(channels=())),
    ("window.auto", "w", asked(source="seen")),
    ("window.auto", "w", asked(source="level")),
    *(("show.gamma", "G", asked(gamma=gamma)) for gamma in (0.7, 0.5, 1.5, 1.0)),
    *(("show.maximum", "M", asked(maximum=wanted)) for wanted in (True, False)),
    *(
        ("show.projection", "vertical_line", asked(projection=way))
        for way in ("maximum", "mean", None)
    ),
    ("window.invert", "i", asked(invert=True)),
    ("window.invert", "i", asked(invert=False)),
    ("show.rendering", "v", asked(rendering="half")),  # in colours channels are together
    ("show.colormap", "m", asked(composed=False)),
    *(
        ("show.colormap", "m", asked(colormap=name))
        for name in ("channel", "viridis", "magma", "cividis", "turbo", "grey")
    ),
    *(("show.depth", "B", asked(depth=depth)) for depth in ("256", "16", "none", "true")),
    ("channels.compose", "asterisk", asked(composed=True)),
    ("show.rendering", "v", asked(rendering="quadrant")),
    ("show.rendering", "v", asked(rendering="braille")),
    ("axis.c", "c", viewed(moving=C)),
    ("plane.before", "comma", lambda p: changed(at(C, 0)(p), composed=False)),
    ("show.rendering", "v", asked(rendering="ascii")),
    ("axes.turn", "o", viewed(rows=Z, columns=X)),
)
# Of these there are tests of their own.
ELSEWHERE = {
    "plane.goto",
    "picture.pan",
    "cursor",
    "labels.next",
    "labels.opacity",
    "channels",
    "show.colormaps",
    "chunks",
    "numbers",
    "film",
    "film.speed",
    "overview",
    "region",
    "region.end",
    "region.statistics",
    "plot.axis",
    "plot.histogram",
    "plot.profile",
    *(f"leap.{direction}" for direction in ("up", "down", "left", "right")),
}


def alike(one: Frame, two: Frame) -> bool:
    return (
        one.lines == two.lines
        and one.palette == two.palette
        and np.array_equal(one.fg, two.fg)  # type: ignore[arg-type]
        and np.array_equal(one.bg, two.bg)  # type: ignore[arg-type]
    )


def close(one: PictureRequest, two: PictureRequest) -> bool:
    """Whether two requests are the same but for the rounding of sums."""
    ends = [
        [
            end
            for at, one_look in r.look.channels
            if (seen := one_look.window) is not None
            for end in (at, seen.start, seen.end)
        ]
        for r in (one, two)
    ]
    return (
        changed(one, channels=(), view=replace(one.view, centre=(0, 0)))
        == changed(two, channels=(), view=replace(two.view, centre=(0, 0)))
        and ends[0] == pytest.approx(ends[1])
        and one.view.centre == pytest.approx(two.view.centre)
    )


async def test_every_key_asks_for_what_it_says_and_this_is_shown(volume: Path) -> None:
    async with opened(volume) as p:
        await p.press("3")
        view = p.request.view
        assert (view.index, view.moving, p.request.level) == ((0, 0, 12, 60, 80), Z, None)
        for action, key, change in STEPS:
            shown = p.panel.picture
            assert shown is not None
            await p.press(key)
            assert close(p.request, change(shown)), (action, key)
            assert p.panel.picture is not None
            assert p.panel.picture.request == p.request, (action, key)
            expected = frame_of(volume, p.request)
            assert alike(p.panel.picture.frame, expected), (action, key)
            assert p.picture == "\n".join(expected.lines), (action, key)


def test_the_walk_leaves_out_no_key() -> None:
    wanted = {
        (action.id, key)
        for action in ACTIONS
        for key in action.keys
        if (action.where == "picture" or action.needs in ("picture", "axis"))
        and action.id not in ELSEWHERE
    }
    assert wanted == {(action, key) for action, key, _ in STEPS}


async def test_pairs_of_axes_come_round(volume: Path) -> None:
    async with opened(volume) as p:
        seen = [(p.request.view.rows, p.request.view.columns)]
        while (pair := await turned(p)) != (Y, X):
            seen.append(pair)
            assert p.request.view.moving in p.request.view.fixed
        assert seen[:3] == [(Y, X), (Z, X), (Z, Y)]
        assert len(seen) == len(set(seen)) == 10


async def turned(p: Program) -> tuple[int, int]:
    await p.press("o")
    assert p.panel.picture is not None
    assert p.panel.picture.request == p.request
    return p.request.view.rows, p.request.view.columns


async def test_keys_that_change_nothing_ask_for_nothing(volume: Path) -> None:
    async with opened(volume) as p:
        before = len(p.heard(PicturePane.Wanted))
        await p.press("minus", "0", "equals_sign", "z")
        assert len(p.heard(PicturePane.Wanted)) == before


async def test_a_colour_shows_at_once_in_the_bar_and_the_picture(volume: Path) -> None:
    async with opened(volume, rendering="half") as p:
        await p.press("3", "asterisk", "m")  # one channel, in its own colour
        colours = {
            segment.style.color.triplet
            for segment in p.panel.view.render_line(10)
            if segment.style and segment.style.color and "▀" in segment.text
        }
        assert colours
        assert all(colour.red == colour.blue == 0 for colour in colours)
