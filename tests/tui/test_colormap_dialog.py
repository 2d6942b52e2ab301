"""The dialog of the colormaps: all of them are there, and a name leads to each."""

from __future__ import annotations

from pathlib import Path

import pytest
from driver import SMALL, Program, opened
from textual.widgets import OptionList

from omezarr_tui.image.colormap_names import colormap_names
from omezarr_tui.tui.screens.colormaps import ColormapsScreen


def listed(p: Program) -> list[str]:
    """The names in the list."""
    options = p.app.screen.query_one(OptionList).options
    return [str(option.prompt).split()[-1] for option in options]


async def test_all_colormaps_are_listed_with_the_one_that_is_worn_chosen(volume: Path) -> None:
    async with opened(volume, rendering="half") as p:
        await p.press("3", "asterisk", "m", "m")
        worn = p.request.look.colormap
        await p.press("K")
        assert listed(p) == [*colormap_names()]
        at = p.app.screen.query_one(OptionList).highlighted
        assert at is not None
        assert listed(p)[at] == worn
        await p.press("escape")
        assert p.request.look.colormap == worn


@pytest.mark.parametrize(
    ("typed", "name"), [("yorick", "yorick:rainbow"), ("GRAY", "grey"), ("set3_12", "Set3_12")]
)
async def test_each_is_reached_by_typing(volume: Path, typed: str, name: str) -> None:
    async with opened(volume, size=SMALL, rendering="half") as p:
        await p.press("3", "asterisk", "m", "K")
        await p.type(typed)
        assert listed(p)[0] == name
        await p.press("enter")
        assert p.request.look.colormap == name


async def test_a_name_that_is_typed_before_the_list_is_there_counts(
    volume: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ColormapsScreen, "_sample_all", lambda self: None)
    async with opened(volume, rendering="half") as p:
        await p.press("3", "asterisk", "m", "K")
        await p.type("inferno")
        await p.press("enter")
        assert p.request.look.colormap == "inferno"
