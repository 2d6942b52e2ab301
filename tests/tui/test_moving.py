"""Getting about in an image: going to a place, zooming with the cursor, films."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import zarr
from driver import Program, frame_of, opened

from omezarr_tui.tui import messages

Z = 2


class TestGoto:
    async def test_a_number_goes_along_the_chosen_axis(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press("g")
            assert p.screen.query_one(".dialog").border_title == "Go to a plane, a pixel or a place"
            assert "t 0–1, c 0–1, z 0–24, y 0–119 and x 0–159" in p.dialog_text()
            assert "Two numbers are y and x." in " ".join(p.dialog_text().split())
            await p.type("7")
            assert "z 7 of 0–24 (3.5 µm)" in p.dialog_text()
            await p.press("enter")
            assert p.screen is p.browse
            assert p.request.view.index[:3] == (0, 0, 7)
            assert p.picture == "\n".join(frame_of(volume, p.request).lines)

    async def test_names_go_along_many_axes(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press("g")
            await p.type("t=1, z = 1.5um c=dapi")
            assert "t 1 of 0–1 (5 s) · z 3 of 0–24 (1.5 µm) · c 1 of 0–1 (Dapi)" in p.dialog_text()
            await p.press("enter")
            assert p.request.view.index[:3] == (1, 1, 3)

    async def test_a_pixel_gets_the_cursor_and_the_middle(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press("g")
            await p.type("60,100 zoom=8")
            await p.press("enter")
            sampling = p.panel.picture.sampling if p.panel.picture else None
            assert sampling is not None
            scale = 120 / sampling.array.shape[3]
            assert (sampling.top + sampling.bottom) / 2 * scale == pytest.approx(60.5)
            assert (sampling.left + sampling.right) / 2 * scale == pytest.approx(100.5)
            assert p.panel.cursor is not None
            assert p.panel.cursor.places == {3: 60.5 / 120, 4: 100.5 / 160}

    async def test_what_is_wrong_is_told_and_goes_nowhere(self, volume: Path) -> None:
        async with opened(volume) as p:
            before = p.request
            await p.press("g")
            for typed, problem in (
                ("25", "z reaches 0–24; 25 is outside"),
                ("z", "z needs a position, as in z=12; z reaches 0–24"),
                ("[/b]=3", "there is no axis '[/b]'; there are t, c, z, y, x"),
            ):
                await p.type(typed)
                assert problem in p.dialog_text()
                await p.press("enter")
                assert p.screen is not p.browse
                await p.press("ctrl+u")
                assert problem not in p.dialog_text()
            await p.press("escape")
            assert p.screen is p.browse
            assert p.request == before

    async def test_positions_count_as_in_the_bar(self, tmp_path: Path) -> None:
        path = write_halved(tmp_path / "halved.ome.zarr")
        async with opened(path) as p:  # by itself level 1 is shown, which has half of the planes
            assert "4 of 0–7 (2 at this level)" in p.bar
            await p.press("g")
            assert "z 0–7" in p.dialog_text()
            await p.type("7")
            await p.press("enter")
            assert p.panel.picture is not None
            assert p.panel.picture.sampling.position[0] == 3
            assert "7 of 0–7 (3 at this level)" in p.bar
            await p.press("down", "down")  # level 1 by itself: it counts its own planes
            assert "3 of 0–3" in p.bar
            await p.press("g")
            assert "z 0–3" in p.dialog_text()
            await p.type("1")
            await p.press("enter")
            assert p.panel.picture.sampling.position[0] == 1
            assert "1 of 0–3" in p.bar

    async def test_a_plane_alone(self, tmp_path: Path) -> None:
        zarr.create_array(tmp_path / "a.zarr", data=np.arange(9000, dtype="u2").reshape(90, 100))
        async with opened(tmp_path / "a.zarr") as p:
            await p.press("g")
            await p.type("45, 20 zoom=3")
            await p.press("enter")
            assert p.request.view.zoom == 3
            assert p.panel.cursor is not None


class TestZoom:
    async def test_it_stays_at_the_cursor(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press("3", "g")
            await p.type("y=119 x=0")
            await p.press("enter", "plus", "plus", "plus", "plus")
            assert p.panel.picture is not None
            assert p.panel.picture.request.view.zoom > 4
            rows, columns = p.panel.picture.sampling.grid
            row, column = p.panel.mark or (0, 0)
            assert row >= rows - 1 - rows // 10
            assert column <= columns // 10
            assert "y" in p.bar

    async def test_pixels_end_it(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press(*["plus"] * 20)
            assert 160 / p.request.view.zoom == pytest.approx(4)

    async def test_moving_what_is_seen_whole_asks_for_nothing(self, volume: Path) -> None:
        async with opened(volume) as p:
            await p.press("3")
            asked = len(p.heard(messages.Painted))
            await p.press("right", "left", "up", "down")
            assert len(p.heard(messages.Painted)) == asked


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    monkeypatch.setattr("omezarr_tui.tui.screens.film.monotonic", clock)
    return clock


async def plane_after(p: Program, clock: Clock, seconds: float) -> int:
    """The plane that a film shows after some time."""
    clock.now += seconds
    before = p.request.view.index[Z]
    await p.until(lambda: p.request.view.index[Z] != before)
    await p.settle()
    return p.request.view.index[Z]


class TestFilm:
    async def test_it_plays_stops_and_changes_speed(self, volume: Path, clock: Clock) -> None:
        async with opened(volume) as p:
            await p.press("3", "p")
            assert p.panel.border_subtitle == "playing z at 10/s"
            assert await plane_after(p, clock, 0.3) == 15
            assert p.picture == "\n".join(frame_of(volume, p.request).lines)
            assert await plane_after(p, clock, 1.2) == (15 + 12) % 25
            await p.press("P")
            assert p.panel.border_subtitle == "playing z at 25/s"
            assert await plane_after(p, clock, 0.2) == 2 + 5
            await p.press("p")
            assert p.panel.border_subtitle == ""
            clock.now += 9
            await p.settle()
            assert p.request.view.index[Z] == 7
            await p.press("P")
            assert p.told[-1] == "Films play at 2 planes per second; p plays."

    @pytest.mark.parametrize("key", ["escape", "full_stop", "home", "t", "vertical_line"])
    async def test_what_stops_it(self, volume: Path, clock: Clock, key: str) -> None:
        async with opened(volume) as p:
            await p.press("3", "p")
            await plane_after(p, clock, 0.3)
            await p.press(key)
            await p.until(lambda: p.panel.border_subtitle == "")
            there = p.request
            clock.now += 1
            await p.settle()
            assert p.request == there
            assert p.browse.where == "picture"

    async def test_the_user_may_zoom_meanwhile(self, volume: Path, clock: Clock) -> None:
        async with opened(volume) as p:
            await p.press("3", "p", "plus", "M")
            assert await plane_after(p, clock, 0.1) == 13
            assert p.request.view.zoom == 1.5
            assert p.request.maximum

    async def test_one_plane_is_no_film(self, tmp_path: Path) -> None:
        zarr.create_array(tmp_path / "a.zarr", data=np.zeros((1, 90, 100), "u2"))
        async with opened(tmp_path / "a.zarr") as p:
            await p.press("3", "p")
            assert p.told == ["There is one plane along dim_0."]
            assert p.panel.border_subtitle == ""

    async def test_it_reads_nothing_large_unasked(self, volume: Path, clock: Clock) -> None:
        async with opened(volume, ask_above_bytes=100) as p:
            await p.press("3")
            assert "This is a lot to read." in p.picture
            await p.press("p")
            clock.now += 1
            await p.settle()
            assert p.request.view.index[Z] == 12
            assert p.panel.border_subtitle == ""

    async def test_it_stops_where_more_would_be_read(self, volume: Path, clock: Clock) -> None:
        async with opened(volume, ask_above_bytes=10_000) as p:
            await p.press("3", "right_square_bracket", "p")
            await plane_after(p, clock, 0.1)
            await p.press("left_square_bracket", "left_square_bracket")
            assert "This is a lot to read." in p.picture
            assert p.panel.border_subtitle == ""

    async def test_it_ends_with_another_store(self, volume: Path, clock: Clock) -> None:
        async with opened(volume) as p:
            await p.press("3", "p", "ctrl+o")
            browse = p.browse
            await p.until(lambda: browse.panel.border_subtitle == "")
            await p.press("escape")
            assert p.request.view.index[Z] == 12


def write_halved(path: Path) -> Path:
    """An image z, y, x whose second level halves all three."""
    axes = [{"name": name, "type": "space"} for name in "zyx"]
    datasets = [
        {
            "path": f"s{level}",
            "coordinateTransformations": [{"type": "scale", "scale": [2.0**level] * 3}],
        }
        for level in range(2)
    ]
    attributes = {"ome": {"version": "0.5", "multiscales": [{"axes": axes, "datasets": datasets}]}}
    root = zarr.create_group(path, attributes=attributes)
    data = np.arange(8 * 200 * 300, dtype="uint32").reshape(8, 200, 300)
    for level in range(2):
        root.create_array(f"s{level}", data=data[(slice(None, None, 2**level),) * 3])
    return path
