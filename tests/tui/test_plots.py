"""Plots beside the picture: the histogram and profiles."""

import math
from pathlib import Path

import numpy as np
import pytest
import zarr
from conftest import SHAPE, volume_values, write_volume
from driver import SIZES, SMALL, WIDE, Program, in_sight, opened, text_of

from omezarr_tui.image.region import Region
from omezarr_tui.image.typed_window import parse_window
from omezarr_tui.ome.model import Window
from omezarr_tui.tui.plot_workers import Profiled, Tallied

Z = SHAPE[2] // 2


def window(program: Program) -> Window:
    """The window of the channel that is shown."""
    assert program.panel.picture is not None
    return program.panel.picture.window


def plane(program: Program) -> np.ndarray:
    """The plane that is shown, of the level that is shown."""
    level = program.panel.picture.sampling.level
    at = program.panel.picture.sampling.position
    return volume_values()[at[0], at[1], at[2], :: 2**level, :: 2**level]


async def alone(program: Program) -> None:
    """Show one channel, at a level that is the same whatever room there is."""
    await program.press("3")
    program.browse.steer(lambda request: _finest(request))
    await program.settle()


def _finest(request):
    from dataclasses import replace

    return replace(request, level=0, look=replace(request.look, composed=False))


# -- histogram --------------------------------------------------------------------------------


async def test_the_histogram_counts_what_is_seen(volume: Path):
    async with opened(volume) as p:
        await alone(p)
        await p.press("D")
        (told,) = p.heard(Tallied)
        values, counts = np.unique(plane(p), return_counts=True)
        (histogram,) = told.histograms.values()
        assert histogram.first == values[0]
        assert histogram.counts[values - values[0]].tolist() == counts.tolist()
        text = text_of(p.browse.histogram)
        assert "exact: 19,200 values of level 0, t 0, z 12" in " ".join(text.split())
        assert text.count("▲") == 2
        assert p.app.focused is p.browse.histogram


async def test_it_follows_the_plane_and_the_zoom(volume: Path):
    async with opened(volume) as p:
        await alone(p)
        await p.press_each("D", "full_stop")
        assert f"z {Z + 1}" in text_of(p.browse.histogram)
        await p.press_each("plus", "plus")
        told = p.heard(Tallied)[-1]
        seen = p.panel.picture.sampling.region
        assert told.counting.regions[0][1] == seen
        (histogram,) = told.histograms.values()
        assert histogram.finite == math.prod(part.stop - part.start for part in seen) < 19200


async def test_keys_move_the_edges_and_the_picture_follows(volume: Path):
    async with opened(volume) as p:
        await alone(p)
        await p.press("D")
        before = window(p)
        await p.press("right", "right", "right")
        raised = window(p)
        assert raised.start > before.start
        assert raised.end == before.end
        await p.press("left", "shift+left", "shift+left")
        after = window(p)
        assert before.start < after.start < raised.start
        assert after.end < before.end
        await p.press("shift+right")
        assert window(p).end > after.end
        assert "set by hand" in text_of(p.browse.histogram)
        await p.press("w")
        assert "set by hand" not in text_of(p.browse.histogram)


async def test_a_window_is_typed_exactly(volume: Path):
    async with opened(volume) as p:
        await alone(p)
        await p.press_each("D", "enter")
        p.browse.edges.value = ""
        await p.type("12.25 99.5")
        await p.press("enter")
        assert window(p) == Window(12.25, 99.5)
        assert p.app.focused is p.browse.histogram
        assert "12.25 to 99.5" in text_of(p.browse.histogram)


async def test_what_is_no_window_is_told_and_nothing_changes(volume: Path):
    async with opened(volume) as p:
        await alone(p)
        await p.press("D")
        before = window(p)
        await p.press("enter")
        p.browse.edges.value = "90 20"
        await p.press("enter")
        assert "must be higher" in str(p.browse.plot_pane.border_subtitle)
        await p.press("escape")
        assert window(p) == before
        assert p.app.focused is p.browse.histogram


async def test_edges_are_dragged(volume: Path):
    async with opened(volume) as p:
        await alone(p)
        await p.press("D")
        plot, before = p.browse.histogram, window(p)
        row = next(y for y, line in enumerate(text_of(plot).split("\n")) if "▲" in line)
        start = text_of(plot).split("\n")[row].index("▲")
        await p.pilot.mouse_down(plot, offset=(start, row))
        await p.pilot.hover(plot, offset=(start + 9, row))
        await p.pilot.mouse_up(plot, offset=(start + 9, row))
        await p.settle()
        assert window(p).start > before.start + 1
        assert window(p).end == before.end
        held = window(p)
        await p.pilot.hover(plot, offset=(start + 15, row))
        await p.settle()
        assert window(p) == held


async def test_counts_are_shown_as_logarithms_on_a_key(volume: Path):
    async with opened(volume) as p:
        await alone(p)
        await p.press("D")
        before = text_of(p.browse.histogram)
        await p.press("S")
        assert text_of(p.browse.histogram) != before
        assert "log counts" in " ".join(text_of(p.browse.histogram).split())


async def test_the_plane_and_the_coarsest_level_are_counted_on_a_key(volume: Path):
    async with opened(volume) as p:
        await alone(p)
        await p.press_each("plus", "plus", "D", "space")
        assert p.heard(Tallied)[-1].counting.pixels == 120 * 160
        assert "of the plane" in str(p.browse.plot_pane.border_title)
        await p.press("space")
        (histogram,) = p.heard(Tallied)[-1].histograms.values()
        assert histogram.finite == 2 * 25 * 30 * 40
        assert "of the coarsest level" in str(p.browse.plot_pane.border_title)


async def test_much_is_asked_about_before_it_is_counted(volume: Path):
    async with opened(volume, ask_above_bytes=40_000) as p:
        await alone(p)
        await p.press_each("D", "space", "space")
        counted = len(p.heard(Tallied))
        assert "This is a lot to read." in text_of(p.browse.histogram)
        assert p.heard(Tallied)[-1].counting.scope != "level"
        await p.press("enter")
        assert len(p.heard(Tallied)) == counted + 1
        assert p.heard(Tallied)[-1].counting.scope == "level"


async def test_a_region_is_counted_where_one_was_drawn(volume: Path):
    async with opened(volume) as p:
        await alone(p)
        p.browse.drawn_region = Region(3, 4, SHAPE[3:], 10, 30, 20, 70)
        await p.press("D")
        (histogram,) = p.heard(Tallied)[-1].histograms.values()
        assert histogram.finite == 20 * 50
        assert "y 10–29, x 20–69" in " ".join(text_of(p.browse.histogram).split())
        assert "of the region" in str(p.browse.plot_pane.border_title)
        await p.press("space")
        assert p.heard(Tallied)[-1].counting.pixels == 120 * 160


async def test_what_is_not_finite_is_counted_apart(tmp_path: Path):
    values = np.arange(400, dtype="float32").reshape(20, 20)
    values[3, :7] = np.nan
    values[4, :2] = np.inf
    zarr.create_array(tmp_path / "a.zarr", data=values, dimension_names=["y", "x"])
    async with opened(tmp_path / "a.zarr") as p:
        await p.press_each("3", "D")
        told = " ".join(text_of(p.browse.histogram).split())
        assert "391 values" in told
        assert "7 NaN" in told
        assert "2 infinities" in told


async def test_composed_channels_each_have_a_window(volume: Path):
    async with opened(volume, rendering="half") as p:
        await p.press("3")
        p.browse.steer(_composed)
        await p.press("D")
        assert len(p.heard(Tallied)[-1].histograms) == 2
        await p.press_each("down", "right", "right")
        windows = {layer.channel: layer.source for layer in p.panel.picture.layers}
        assert windows[1] == "set by hand"
        assert windows[0] != "set by hand"
        assert "Dapi" in text_of(p.browse.histogram)


def _composed(request):
    from dataclasses import replace

    return replace(request, look=replace(request.look, composed=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7 918", (7, 918)), ("-1.5, 2e3", (-1.5, 2000)), ("0 to 1", (0, 1)), ("3–4", (3, 4))],
)
def test_two_numbers_are_a_window(text, expected):
    assert parse_window(text) == Window(*expected)


@pytest.mark.parametrize("text", ["", "7", "7 8 9", "a b", "8 7", "7 7", "0 inf", "nan 1"])
def test_anything_else_is_none(text):
    with pytest.raises(ValueError, match="number"):
        parse_window(text)


# -- profiles ---------------------------------------------------------------------------------


def profiled(program: Program) -> np.ndarray:
    """The values of the first channel of what was read last."""
    event = program.heard(Profiled)[-1]
    assert event.is_whole
    return next(iter(event.profiles.values())).values


def pixel(program: Program) -> tuple[int, int]:
    """The pixel of level 0 under the cursor."""
    sizes, cursor, view = SHAPE[3:], program.panel.cursor, program.request.view
    rows, columns = (int(cursor.along(a, view) * s) for a, s in zip((3, 4), sizes, strict=True))
    return rows, columns


async def test_a_profile_has_the_values_of_the_row_of_the_cursor(volume: Path):
    async with opened(volume) as p:
        await alone(p)
        await p.press("Y")
        row, _ = pixel(p)
        assert profiled(p).tolist() == plane(p)[row].tolist()
        assert f"along x at y {row}, z {Z}" in str(p.browse.plot_pane.border_title)
        text = text_of(p.browse.profile)
        assert "level 0: every pixel" in text
        assert " px" in text
        assert " µm" in text


async def test_again_it_has_those_of_its_column(volume: Path):
    async with opened(volume) as p:
        await alone(p)
        await p.press_each("Y", "Y")
        _, column = pixel(p)
        assert profiled(p).tolist() == plane(p)[:, column].tolist()
        assert f"along y at x {column}, z {Z}" in str(p.browse.plot_pane.border_title)


async def test_it_follows_the_cursor_and_the_plane(volume: Path):
    async with opened(volume) as p:
        await alone(p)
        await p.press_each("Y", "3", "shift+down")
        row, _ = pixel(p)
        assert profiled(p).tolist() == plane(p)[row].tolist()
        await p.press("full_stop")
        assert p.panel.picture.sampling.position[2] == Z + 1
        assert profiled(p).tolist() == plane(p)[row].tolist()


async def test_the_marker_tells_exact_values_and_takes_the_cursor_along(volume: Path):
    async with opened(volume) as p:
        await alone(p)
        await p.press("Y")
        row, column = pixel(p)
        await p.press("right", "right", "shift+right")
        assert pixel(p) == (row, column + 12)
        assert f"x {column + 12}" in text_of(p.browse.profile)
        line = text_of(p.browse.profile).split("\n")[-2]
        assert line.rstrip().endswith(f" {plane(p)[row, column + 12]}")
        await p.press("home")
        assert pixel(p) == (row, 0)
        await p.press("enter")
        assert p.app.focused is p.panel.view


async def test_a_line_is_drawn_with_the_cursor(volume: Path):
    async with opened(volume) as p:
        await alone(p)
        await p.press("Y")
        begin = pixel(p)
        await p.press("d")
        assert p.app.focused is p.panel.view
        await p.press("shift+down", "shift+right")
        end = pixel(p)
        assert end != begin
        track = next(iter(p.heard(Profiled)[-1].profiles.values())).track
        assert (track.start[3:], track.end[3:]) == (begin, end)
        values = [plane(p)[track.pixel(n)[3:]] for n in range(track.count)]
        assert profiled(p).tolist() == values
        assert "nearest pixel" in text_of(p.browse.profile)
        # The marker moves on the line, and leaves its end where it is.
        p.browse.profile.focus()
        await p.press("home", "right")
        assert pixel(p) == track.pixel(1)[3:]
        assert next(iter(p.heard(Profiled)[-1].profiles.values())).track == track


async def test_through_z_it_has_the_pixel_of_every_plane(volume: Path):
    async with opened(volume) as p:
        await alone(p)
        await p.press("T")
        row, column = pixel(p)
        assert profiled(p).tolist() == volume_values()[0, 0, :, row, column].tolist()
        assert f"along z at y {row}, x {column}" in str(p.browse.plot_pane.border_title)
        assert f"z {Z} (6 µm)" in text_of(p.browse.profile)
        await p.press("right", "right", "right", "enter")
        assert p.panel.picture.sampling.position[2] == Z + 3
        await p.press("T")
        assert not p.browse.has_class("-plotting")


async def test_through_many_chunks_its_cost_comes_first(volume: Path):
    async with opened(volume, ask_above_bytes=100_000) as p:
        await alone(p)
        await p.press("T")
        assert not p.heard(Profiled)
        told = text_of(p.browse.profile)
        assert "This is a lot to read." in told
        assert "469 KiB" in told
        await p.press("enter")
        assert len(profiled(p)) == SHAPE[2]


async def test_a_chunk_that_cannot_be_read_is_told_in_its_place(tmp_path: Path):
    path = write_volume(tmp_path / "volume.ome.zarr")
    (path / "s0" / "c" / "0" / "0" / "3" / "0" / "0").write_bytes(b"no chunk")
    async with opened(path) as p:
        await alone(p)
        await p.press("T")
        told = text_of(p.browse.profile)
        assert "This cannot be plotted." in told
        assert "s0 cannot be read at c/0/0/3/0/0" in told
        await p.press("Y")
        assert len(profiled(p)) == SHAPE[4]


# -- the place of plots -----------------------------------------------------------------------


async def test_it_takes_the_place_of_the_info_and_gives_it_back(volume: Path):
    async with opened(volume) as p:
        await p.press("3")
        size = p.panel.view.size
        await p.press("D")
        assert not p.browse.info.display
        assert p.panel.view.size == size
        await p.press("escape")
        assert p.browse.info.display
        assert p.app.focused is p.panel.view


@pytest.mark.parametrize("size", SIZES)
async def test_picture_and_plot_are_in_sight_at_any_size(volume: Path, size):
    async with opened(volume, size=size) as p:
        await p.press("3")
        for key in "DYT":
            await p.press(key)
            plot = p.browse.shown_plot
            assert plot is not None
            assert in_sight(p, plot)
            assert in_sight(p, p.panel.view)
            assert p.panel.view.size.height >= 3
            lines = text_of(plot).split("\n")
            assert len(lines) == plot.content_size.height
            assert any(sign in "".join(lines) for sign in "▁▂▃▄▅▆▇█⣿⠉⠒⡇⢸⠤")


async def test_going_to_the_info_closes_it(volume: Path):
    for size in (WIDE, SMALL):
        async with opened(volume, size=size) as p:
            await p.press_each("3", "D", "2")
            assert not p.browse.has_class("-plotting")
            assert p.app.focused is p.attributes


async def test_a_group_without_a_picture_has_no_plot(stores: Path):
    async with opened(stores / "tree.zarr") as p:
        await p.press("D", "Y", "T")
        assert not p.browse.has_class("-plotting")


async def test_without_colours_the_channels_are_told_apart(
    volume: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(volume) as p:
        await p.press("3")
        p.browse.steer(_composed)
        await p.press("Y")
        text = text_of(p.browse.profile)
        assert "LaminB1" in text
        assert "Dapi" in text
