"""The map in the corner: it comes with the zoom, follows, and leads where one clicks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from driver import SMALL, Program, opened
from textual.geometry import Offset

from omezarr_tui.image.picture import Painter, Picture, PictureRequest
from omezarr_tui.tui.overview_workers import OverviewMade
from omezarr_tui.tui.widgets.overview import OverviewMap


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("omezarr_tui.tui.screens.overview._REST", 0.001)


def map_of(p: Program) -> OverviewMap:
    return p.browse.overview


async def mapped(p: Program) -> OverviewMap:
    """The map, as soon as it is there."""
    await p.until(lambda: map_of(p).is_shown)
    await p.settle()
    return map_of(p)


def is_in_sight(p: Program) -> bool:
    return bool(map_of(p).is_shown and map_of(p).display and map_of(p).region.area)


async def test_it_comes_with_the_zoom_and_goes_with_it(volume: Path) -> None:
    async with opened(volume, rendering="half") as p:
        assert not is_in_sight(p)
        await p.press("3", "plus", "plus", "plus")
        shown = await mapped(p)
        # In the corner of the picture, over it.
        assert shown.region.right == p.panel.view.region.right
        assert shown.region.y == p.panel.view.region.y
        assert shown.region.area * 8 < p.panel.view.region.area
        await p.press("0")
        assert not is_in_sight(p)


async def test_the_window_on_it_follows(volume: Path) -> None:
    async with opened(volume, rendering="half") as p:
        await p.press("3", "plus", "plus", "plus", "plus")
        shown = await mapped(p)
        before = [shown.render_line(y).text for y in range(shown.size.height)], cells(shown)
        await p.press("shift+right", "shift+down")
        assert cells(shown) != before[1]


async def test_a_click_on_it_goes_there(volume: Path) -> None:
    async with opened(volume, rendering="half") as p:
        await p.press("3", "plus", "plus", "plus", "plus", "plus")
        shown = await mapped(p)
        middle = shown.content_region.size
        corner = Offset(1 + middle.width - 1, 1 + middle.height - 1)  # past its border
        assert await p.pilot.mouse_down(shown, offset=corner)
        await p.settle()
        sampling = p.request.sampling()
        height, width = sampling.array.shape[3:]
        assert sampling.bottom > 0.95 * height
        assert sampling.right > 0.95 * width
        await p.pilot.hover(shown, offset=Offset(1, 1))  # the button is still down
        await p.settle()
        assert p.request.sampling().top < 0.05 * height
        assert p.request.sampling().left < 0.05 * width
        assert await p.pilot.mouse_up(shown, offset=Offset(1, 1))
        assert p.panel.cursor is None
        assert p.browse.where == "picture"


async def test_a_key_hides_and_shows_it(volume: Path) -> None:
    async with opened(volume, rendering="half") as p:
        await p.press("3", "Z")
        await p.press("plus", "plus", "plus")
        assert not is_in_sight(p)
        await p.press("Z")
        await mapped(p)
        await p.press("Z")
        assert not is_in_sight(p)
        await p.press("0", "Z")
        assert p.told == ["The map is shown as soon as a part of the plane is looked at."]


async def test_it_stays_out_of_other_panes(volume: Path) -> None:
    async with opened(volume, size=SMALL, rendering="half") as p:
        await p.press("3", "plus", "plus", "plus", "plus")
        await mapped(p)
        await p.press("1")
        assert not is_in_sight(p)
        await p.press("3")
        assert is_in_sight(p)


async def test_words_take_its_place(volume: Path) -> None:
    async with opened(volume, rendering="half", ask_above_bytes=10_000) as p:
        await p.press("3", "plus", "plus", "right_square_bracket")
        await mapped(p)
        await p.press("left_square_bracket", "left_square_bracket")
        assert "This is a lot to read." in p.picture
        assert not is_in_sight(p)


async def test_without_colours_its_window_is_drawn_with_lines(volume: Path) -> None:
    async with opened(volume, colors="none") as p:
        await p.press("3", "plus", "plus", "plus")
        shown = await mapped(p)
        drawn = "".join(shown.render_line(y).text for y in range(shown.size.height))
        assert "┌" in drawn
        assert "┘" in drawn


@pytest.mark.parametrize("most", [-1, 10**9])
async def test_nothing_large_is_read_for_it(
    volume: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("omezarr_tui.tui.overview_workers._MOST_BYTES", most)
    painted: list[int] = []
    paint = Painter.paint

    def noted(self: Painter, request: PictureRequest, *rest: Any) -> Picture:
        painted.append(request.room[0])
        return paint(self, request, *rest)

    monkeypatch.setattr(Painter, "paint", noted)
    async with opened(volume, rendering="half") as p:
        await p.press("3", "plus", "plus", "plus")
        await mapped(p)
        made = p.heard(OverviewMade)[-1]
        assert (made.request.room[0] in painted) == (most > 0)
        assert made.frame.palette is not None
        assert (len(made.frame.palette) > 1) == (most > 0)


def cells(shown: OverviewMap) -> list[object]:
    """Glyphs and colours of a map."""
    return [
        (segment.text, segment.style)
        for y in range(shown.size.height)
        for segment in shown.render_line(y)
    ]
