"""Edits of a store in a bucket, from the keyboard: made, taken back, and lost midway."""

from pathlib import Path

import numpy as np
import pytest
from driver import Program
from remote import Start
from remote_edits import keys_in, values_in, write_image
from servers.buckets import upload
from servers.faults import Lost
from servers.proxy import Proxy
from servers.requests import Request
from servers.s3 import S3Server
from textual.widgets import OptionList

from omezarr_tui.store.access import Access, Options, open_access
from omezarr_tui.store.location import parse_location
from omezarr_tui.tui.screens.confirm import ConfirmScreen
from omezarr_tui.tui.screens.history import HistoryScreen
from omezarr_tui.tui.screens.recovering import RecoverScreen


@pytest.fixture
def kept(s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Access:
    """An image in a bucket that the user may write to, as the server has it."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    path = f"editing/{tmp_path.name}/image.ome.zarr"
    upload(s3.bucket("private"), write_image(tmp_path / "image.ome.zarr"), f"{path}/")
    upload(s3.bucket("public"), tmp_path / "image.ome.zarr", f"{path}/")
    return open_access(parse_location(f"s3://private/{path}"))


async def fill(p: Program, value: str) -> None:
    """Go as far as the dialog that says what would change of the plane that is shown."""
    await p.press("e")
    await p.type(value)
    await p.press("enter")
    assert isinstance(p.screen, ConfirmScreen)


async def choose(p: Program, name: str) -> None:
    """Choose from the menu of edits."""
    await p.press("E")
    options = p.screen.query_one(OptionList)
    options.highlighted = options.get_option_index(name)
    await p.press("enter")


async def test_a_plane_is_filled_and_taken_back(kept: Access, start: Start) -> None:
    before, wanted = keys_in(kept), values_in(kept, "s0")
    async with start(kept.location.url) as p:
        await fill(p, "9")
        assert keys_in(kept) == before
        assert "reproduced exactly" in p.dialog_text()
        await p.press("right", "enter")
        assert p.told[-1].startswith("Done: s0[")
        after = keys_in(kept)
        values = values_in(kept, "s0")
        (z,) = np.flatnonzero((values != wanted).any((1, 2)))
        assert (values[z] == 9).all()
        assert (values_in(kept, "s1")[z] == 9).all()
        await p.press("u")
        assert p.told[-1].startswith("Undone: s0[")
        assert keys_in(kept) == before
        await p.press("ctrl+r")
        assert keys_in(kept) == after
        await p.press("U")
        assert isinstance(p.screen, HistoryScreen)
        assert "u undoes edit 1" in p.dialog_text()
        await p.press("u")
        assert keys_in(kept) == before


async def test_a_node_is_renamed_key_by_key(kept: Access, start: Start) -> None:
    before = keys_in(kept)
    async with start(kept.location.url, "labels/nuclei") as p:
        await choose(p, "rename")
        await p.press("ctrl+u")
        await p.type("cells")
        await p.press("enter")
        assert isinstance(p.screen, ConfirmScreen)
        assert "labels/nuclei and all below it will lie at labels/cells." in p.dialog_text()
        await p.press("right", "enter")
        assert p.told[-1].startswith("Done: rename labels/nuclei to labels/cells")
        assert any("cells" in row for row in p.rows)
        assert p.node.path == "labels/cells"
        after = keys_in(kept)
        assert {key.replace("nuclei", "cells") for key in before} == set(after)
        await p.press("u")
        assert p.told[-1].startswith("Undone: rename labels/nuclei to labels/cells")
        assert p.node.path == "labels/nuclei"
        assert any("nuclei" in row for row in p.rows)
    assert keys_in(kept) == before


@pytest.mark.parametrize("presses", [1, 2])
async def test_lost_midway_it_is_asked_how_it_is_to_end(
    kept: Access, start: Start, proxy: Proxy, presses: int
) -> None:
    before, written = keys_in(kept), []

    def is_lost(asked: Request) -> bool:
        written.extend([asked] if asked.method == "PUT" else [])
        return len(written) > 1

    async with start(kept.location.url) as p:
        await fill(p, "9")
        proxy.fail(Lost(), where=is_lost)
        await p.press("right", "enter")
        (told,) = p.told
        assert "s0 is changed in part" in told
        assert isinstance(p.screen, RecoverScreen)
        proxy.heal()
        await p.press(*["right"] * presses, "enter")
        assert p.screen is p.browse
        assert (keys_in(kept) == before) == (presses == 1)
        if presses == 2:
            await p.press("u")
        assert keys_in(kept) == before


async def test_found_when_it_is_opened_again(kept: Access, start: Start, proxy: Proxy) -> None:
    before, written = keys_in(kept), []

    def is_lost(asked: Request) -> bool:
        written.extend([asked] if asked.method == "PUT" else [])
        return len(written) > 1

    async with start(kept.location.url) as p:
        await fill(p, "9")
        proxy.fail(Lost(), where=is_lost)
        await p.press("right", "enter")
        assert isinstance(p.screen, RecoverScreen)
        await p.press("escape")
        proxy.heal()
    async with start(kept.location.url, "s0") as p:
        await p.press("u")
        assert isinstance(p.screen, RecoverScreen)
        await p.press("right", "enter")
    assert keys_in(kept) == before


async def test_without_credentials_nothing_begins(kept: Access, start: Start) -> None:
    url = kept.location.url.replace("private", "public")
    async with start(url, options=Options(anonymous=True)) as p:
        for key in ("e", "E"):
            await p.press(key)
            assert p.screen is p.browse
            assert "cannot be edited: no credentials to write with" in p.told[-1]
