"""The bar below the picture in little room: the least important words go first."""

from __future__ import annotations

from pathlib import Path

import pytest
from driver import opened


@pytest.mark.parametrize("width", [160, 120, 100, 80])
async def test_where_the_displayed_axes_are_is_told_when_zoomed_in(demo: Path, width: int) -> None:
    async with opened(demo / "cells.ome.zarr", size=(width, 40), rendering="half") as p:
        await p.press("3", "plus", "plus", "plus", "plus", "plus")
        sampling, (line, *_) = p.request.sampling(), p.bar.split("\n")
        for name, first, last in (
            ("y", sampling.top, sampling.bottom),
            ("x", sampling.left, sampling.right),
        ):
            assert f"{name} {int(first)}–" in line, (first, last)
        assert "→" in line
        assert " z " in line
        assert len(line.rstrip()) <= p.panel.view.size.width


@pytest.mark.parametrize("width", [160, 120, 100, 80])
async def test_the_value_under_the_cursor_is_told_whole(demo: Path, width: int) -> None:
    async with opened(demo / "cells.ome.zarr", size=(width, 40), rendering="half") as p:
        await p.press("3", "x")
        line = p.bar.split("\n")[1]
        assert "…" not in line
        assert "mean LaminB1 " in line
        assert " Dapi " in line
