"""A few whole screens, as they were when a person last looked at them.

``pytest tests/tui/test_looks.py --snapshot-update`` draws them anew; look at each that changed.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from driver import SMALL, WIDE, Program
from textual._context import message_hook
from textual.pilot import Pilot

from omezarr_tui.demo import write_demo
from omezarr_tui.settings import Settings
from omezarr_tui.store.access import Options
from omezarr_tui.store.location import Location
from omezarr_tui.tui.app import OmezarrApp, open_store

Compare = Callable[..., bool]


@pytest.fixture
def cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Location:
    """The sample image, at a relative path: no screen may show where a test ran."""
    write_demo(tmp_path / "demo")
    monkeypatch.chdir(tmp_path / "demo")
    return Location.local(Path("cells.ome.zarr"))


@pytest.fixture
def alike(snap_compare: Compare) -> Iterator[Callable[..., bool]]:
    """Tell whether a screen is as it was, after keys at whose end all is done."""
    tokens = []

    def compare(
        location: Location, node: str, size: tuple[int, int], keys: list[str], **settings: Any
    ) -> bool:
        chosen = Settings(**settings)
        opening = open_store(location, Options(), node, chosen)
        program = Program(OmezarrApp(opening, chosen))
        tokens.append(message_hook.set(program.hear))

        async def run(pilot: Pilot[None]) -> None:
            await program.settle()
            for key in keys:
                await program.press(key)

        return snap_compare(program.app, terminal_size=size, run_before=run)

    yield compare
    for token in tokens:
        message_hook.reset(token)


@pytest.mark.parametrize(
    ("size", "keys"),
    [
        pytest.param(WIDE, ["full_stop"], id="main"),
        pytest.param(SMALL, ["down"], id="small-hierarchy"),
        pytest.param(SMALL, ["3", "c", "full_stop"], id="small-picture"),
        pytest.param(WIDE, ["e", *"40", "enter"], id="edit"),
        pytest.param(WIDE, ["3", "question_mark"], id="help"),
    ],
)
def test_snapshot(alike: Compare, cells: Location, size: tuple[int, int], keys: list[str]) -> None:
    assert alike(cells, "", size, keys)


def test_snapshot_light(alike: Compare, cells: Location) -> None:
    assert alike(cells, "labels/nuclei/0", (100, 30), [], theme="omezarr-light")
