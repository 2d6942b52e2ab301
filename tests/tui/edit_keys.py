"""Edits by keys: chosen from the menu, filled in, confirmed."""

from pathlib import Path
from typing import Any

import numpy as np
import zarr
from driver import Program
from textual.widgets import OptionList

from omezarr_tui.tui.screens.confirm import ConfirmScreen
from omezarr_tui.tui.widgets.choice import Choice


def level(store: Path, path: str) -> np.ndarray[Any, Any]:
    """The values of an array, by zarr-python alone."""
    return np.asarray(zarr.open_array(store, path=path, mode="r")[...])


async def choose(p: Program, name: str) -> None:
    """Choose from the menu of edits."""
    await p.press("E")
    options = p.screen.query_one(OptionList)
    for _ in range(options.option_count):
        at = options.highlighted
        if at is not None and options.get_option_at_index(at).id == name:
            break
        await p.hold("down")
    await p.press("enter")
    assert p.screen is not p.browse


async def fill_in(p: Program, **texts: str) -> None:
    """Type into lines of the form, and choose words; then go on."""
    for name, text in texts.items():
        for _ in range(60):
            if p.app.focused is not None and p.app.focused.id == name:
                break
            await p.hold("tab")
        await p.settle()
        asked = p.app.focused
        assert asked is not None
        assert asked.id == name
        if isinstance(asked, Choice):
            await p.press(*["right"] * ((asked.words.index(text) - asked.at) % len(asked.words)))
        else:
            await p.press("ctrl+u")
            await p.type(text)
    await p.press("enter")


async def write(p: Program) -> None:
    """Say yes to the plan."""
    assert isinstance(p.screen, ConfirmScreen)
    await p.press("right", "enter")
    assert p.told[-1].startswith("Done: ")
