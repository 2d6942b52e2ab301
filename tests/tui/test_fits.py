"""What fits: levels in the info pane, statistics, and the curve under a marker."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import zarr
from driver import lines, opened
from hypothesis import given
from hypothesis import strategies as st

from omezarr_tui.tui.widgets.facts import FactsView, _lines
from omezarr_tui.tui.widgets.measures import MeasuresView
from omezarr_tui.tui.widgets.profile_plot import ProfilePlot

LEVEL = "1  2 × 10 × 137 × 135  1.5 × 0.721 × 0.721 µm"


def test_a_line_that_is_hardly_too_long_is_not_broken() -> None:
    assert _lines(LEVEL, len(LEVEL)) == [LEVEL]
    assert _lines(LEVEL, len(LEVEL) - 1) == [LEVEL.replace("135  1.5", "135 1.5")]
    assert _lines(LEVEL, len(LEVEL) - 2) == [LEVEL.replace("  ", " ")]
    assert len(_lines(LEVEL, len(LEVEL) - 3)) == 2


@given(st.text("ab× ", max_size=40), st.integers(4, 40))
def test_no_word_is_lost(text: str, width: int) -> None:
    assert "".join(_lines(text, width)).split() == "".join(_lines(text, 99)).split() or " " in text
    assert sorted("".join(_lines(text, width)).replace(" ", "")) == sorted(text.replace(" ", ""))


async def test_every_level_stands_on_a_line(demo: Path) -> None:
    async with opened(demo / "cells.ome.zarr") as p:
        told = [line.rstrip() for line in lines(p.browse.query_one(FactsView))]
        assert sum(line.endswith(" µm") and "×" in line for line in told) == 3
        assert not [line for line in told if line.strip().startswith("1.5 ×")]


async def test_statistics_have_all_their_columns_in_little_room(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=(90, 90)) * -3e130
    zarr.create_array(tmp_path / "a.zarr", data=values)
    async with opened(tmp_path / "a.zarr", size=(100, 30)) as p:
        await p.press("3", "I")
        told = lines(p.browse.query_one(MeasuresView))
        head = next(line for line in told if " mean " in line)
        row = next(line for line in told if "e+13" in line)
        assert head.split() == ["mean", "std", "min", "max", "sum", "count"]
        assert row.split()[-1] == "8,100"
        assert "…" not in head + row


async def test_the_curve_is_seen_under_the_marker(volume: Path) -> None:
    async with opened(volume, rendering="half") as p:
        await p.press("3", "Y")
        plot = p.browse.query_one(ProfilePlot)
        strips = [plot.render_line(y) for y in range(plot.size.height)]
        styles = [s.style for strip in strips for s in strip if s.style and any(
            0x2800 < ord(letter) < 0x2900 for letter in s.text)]  # fmt: skip
        assert styles
        assert not [style for style in styles if style.reverse]
        assert len({str(style.bgcolor) for style in styles}) == 2  # what the marker stands on
