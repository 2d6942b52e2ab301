"""What is drawn over the picture: regions by mouse, the line of a profile, and its pixels."""

import base64
import re
import zlib
from pathlib import Path

import numpy as np
import pytest
import zarr
from driver import Program, opened, text_of
from textual import events

from omezarr_tui.image.cells import Frame
from omezarr_tui.image.region import Box
from omezarr_tui.tui.plot_workers import Tallied
from omezarr_tui.tui.readout_workers import Measured
from omezarr_tui.tui.widgets.picture_drawn import Drawn, places_along
from omezarr_tui.tui.widgets.picture_pixels import pixel_rows

SHAPE = (3, 40, 60)


@pytest.fixture
def stack(tmp_path: Path) -> tuple[Path, np.ndarray]:
    values = np.random.default_rng(6).integers(0, 60000, SHAPE).astype("uint16")
    zarr.create_array(
        tmp_path / "a.zarr", data=values, chunks=(1, 20, 20), dimension_names=["z", "y", "x"]
    )
    return tmp_path / "a.zarr", values


async def drag(p: Program, start: tuple[int, int], end: tuple[int, int], **more: bool) -> None:
    """Drag from one cell (row, column) of the picture to another, by a third."""
    top, left, _, _ = p.panel.view.grid
    third = start[0], end[1]
    for kind, (row, column), button in (
        (events.MouseDown, start, 1),
        (events.MouseMove, third, 1),
        (events.MouseMove, end, 1),
        (events.MouseUp, end, 1),
    ):
        offset = (left + column, top + row)
        view = p.panel.view
        await p.pilot._post_mouse_events([kind], view, offset=offset, button=button, **more)
    await p.settle()


def cells(p: Program) -> tuple[int, int, int, int]:
    """The first and last row and column of cells that the region lies in."""
    box = p.browse.drawn_region.box(p.panel.picture.sampling)
    down, across = p.panel.view.samples_per_cell
    return (
        box.top // down,
        (box.bottom - 1) // down,
        box.left // across,
        (box.right - 1) // across,
    )


def is_about(found: tuple[int, ...], drawn: tuple[int, ...], pixel: int = 1) -> bool:
    """Whether a region is the one that was drawn, up to whole pixels of some cells each."""
    more = [one - other for one, other in zip(found, drawn, strict=True)]
    before, after = more[::2], more[1::2]
    return all(-pixel <= part <= 0 for part in before) and all(0 <= part <= pixel for part in after)


async def test_a_drag_draws_in_region_mode_or_with_shift_and_pans_else(stack):
    path, values = stack
    async with opened(path) as p:
        await p.press("3")
        view = p.request.view
        await p.press_each("R", "I")
        await drag(p, (9, 30), (4, 12))
        region = p.browse.drawn_region
        assert is_about(cells(p), (4, 9, 12, 30))
        part = values[1, region.top : region.bottom, region.left : region.right]
        assert p.heard(Measured)[-1].found[0].total == int(part.sum())
        assert p.request.view == view
        await p.press_each("plus", "plus")
        near = p.request.view
        await drag(p, (5, 20), (8, 26))  # the mode ended with the region
        assert p.request.view.centre != near.centre
        assert p.browse.drawn_region == region
        near = p.request.view
        await drag(p, (2, 5), (6, 15), shift=True)
        assert is_about(cells(p), (2, 6, 5, 15), pixel=4)
        assert p.request.view == near


async def test_the_outline_stands_over_the_cells_at_its_edges(stack):
    path, _ = stack
    async with opened(path) as p:
        await p.press("3")
        await drag(p, (3, 4), (7, 9), shift=True)
        first, last, start, end = cells(p)
        top, left, _, _ = p.panel.view.grid
        shown = [line[left:] for line in text_of(p.panel.view).splitlines()[top:]]
        between = "─" * (end - start - 1)
        assert shown[first][start : end + 1] == f"┌{between}┐"
        assert shown[last][start : end + 1] == f"└{between}┘"
        assert all(shown[row][start] == shown[row][end] == "│" for row in range(first + 1, last))
        await p.press("escape")
        assert "┌" not in text_of(p.panel.view)


async def test_the_histogram_follows_the_region_and_its_end(stack):
    path, values = stack
    async with opened(path) as p:
        await p.press("3")
        await drag(p, (3, 4), (7, 9), shift=True)
        await p.press("D")
        assert "of the region" in str(p.browse.plot_pane.border_title)
        await drag(p, (2, 4), (9, 15), shift=True)
        region = p.browse.drawn_region
        told = p.heard(Tallied)[-1]
        assert told.counting.pixels == (region.bottom - region.top) * (region.right - region.left)
        await p.press("escape")
        assert p.browse.drawn_region is None
        assert p.heard(Tallied)[-1].counting.pixels == values[1].size
        assert "of what is seen" in str(p.browse.plot_pane.border_title)


async def test_the_line_of_a_profile_is_drawn_as_long_as_it_is_there(stack):
    path, _ = stack
    async with opened(path) as p:
        await p.press("3")
        await p.press("Y")
        rows = [line for line in text_of(p.panel.view).splitlines() if "•" in line]
        assert len(rows) == 1
        assert rows[0].count("•") > p.panel.view.grid[3] // 4
        await p.press_each("d", "shift+down", "right", "right")
        (row, column), (last_row, last_column) = p.panel.view.drawn.line
        assert last_row - row == pytest.approx(10, abs=1)
        assert last_column - column == pytest.approx(2, abs=1)
        assert sum("•" in line for line in text_of(p.panel.view).splitlines()) >= 4
        await p.press("T")
        assert "•" not in text_of(p.panel.view)
        await p.press("Y")
        assert "•" in text_of(p.panel.view)
        await p.press("D")
        assert "•" not in text_of(p.panel.view)
        await p.press_each("D", "Y", "escape")
        assert p.browse.shown_plot is None
        assert "•" not in text_of(p.panel.view)


@pytest.mark.parametrize("method", ["maximum", "mean"])
async def test_under_a_projection_all_tell_what_they_are_of(stack, method):
    path, values = stack
    async with opened(path) as p:
        await p.press("3")
        while p.request.projection != method:
            await p.press("vertical_line")
        plane = getattr(values, "max" if method == "maximum" else "mean")(axis=0)
        await p.press("I")
        found = p.heard(Measured)[-1].found[0]
        assert (found.minimum, found.maximum) == (plane.min(), plane.max())
        assert f"{method} over z 0–2" in text_of(p.browse.measures)
        await p.press("D")
        (histogram,) = p.heard(Tallied)[-1].histograms.values()
        assert histogram.finite == plane.size
        assert histogram.low <= plane.min() < plane.max() <= histogram.high
        assert f"{method} over z 0–2" in " ".join(text_of(p.browse.histogram).split())
        await p.press("Y")
        told = " ".join(text_of(p.browse.profile).split())
        assert f"every pixel of z 1, not the {method}" in told


# -- into true pixels -------------------------------------------------------------------------


def sent(rows: list[str], size: tuple[int, int]) -> np.ndarray:
    """The pixels that a terminal of kitty's kind is sent."""
    found = []
    for row in rows:
        pieces = re.findall(r"\x1b_G[^;]*;([^\x1b]*)\x1b\\", row)
        data = zlib.decompress(base64.b64decode("".join(pieces)))
        found.append(np.frombuffer(data, np.uint8).reshape(-1, size[1], 3))
    return np.concatenate(found)


def test_outline_and_line_are_drawn_into_true_pixels():
    size = (36, 48)
    pixels = np.full((*size, 3), 40, np.uint8)
    frame = Frame((" " * 8,) * 3, per_cell=(12, 6), pixels=pixels)
    changed = sent(pixel_rows(frame, "kitty", Drawn(box=Box(5, 20, 10, 60))), size) != pixels
    expected = np.zeros(size, bool)
    expected[[5, 19], 10:] = True  # the right edge is out of sight
    expected[5:20, 10] = True
    assert (changed.all(axis=2) == expected).all()
    assert (changed.any(axis=2) == expected).all()
    line = ((2.5, 3.5), (30.5, 40.5))
    changed = (sent(pixel_rows(frame, "kitty", Drawn(line=line)), size) != pixels).any(axis=2)
    on_line = places_along(line, size)
    assert {*zip(*map(np.ndarray.tolist, np.nonzero(changed)), strict=True)} < {*on_line}
    assert len(on_line) / 3 < changed.sum() < 2 * len(on_line) / 3


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (((1.5, 0.5), (1.5, 3.5)), [(1, 0), (1, 1), (1, 2), (1, 3)]),
        (((0.5, 0.5), (2.5, 2.5)), [(0, 0), (1, 1), (2, 2)]),
        (((2.5, 1.5), (2.5, 1.5)), [(2, 1)]),
        (((1.5, -1e6), (1.5, 1e6)), [(1, 0), (1, 1), (1, 2), (1, 3)]),
        (((-5.0, 1.5), (-1.0, 1.5)), []),
        (((9.5, 0.0), (9.5, 4.0)), []),
    ],
)
def test_a_line_crosses_the_places_of_its_grid(line, expected):
    assert places_along(line, (3, 4)) == expected
