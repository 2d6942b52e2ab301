"""The real app without a terminal, for `preview.py`: how it answers while it reads."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from statistics import median

from omezarr_tui.settings import Settings
from omezarr_tui.store.access import Options
from omezarr_tui.store.location import Location
from omezarr_tui.tui.app import OmezarrApp
from omezarr_tui.tui.opening import open_store
from omezarr_tui.tui.screens.browse import BrowseScreen

_SIZE = (160, 45)
_STEPS = 16
_FINER = ("left_square_bracket",) * 3
_QUIET = 0.5  # seconds in which all that was asked for comes, and what is read ahead
_FRAME = 0.0005


async def measure(path: Path) -> list[str]:
    """Look at an image, and tell how long the event loop was held and a step took."""
    settings = Settings(remember_views=False)  # each run begins at the same plane
    opening = open_store(Location.local(path), Options(read_only=True), "", settings)
    app = OmezarrApp(opening, settings)
    late: list[tuple[float, float]] = []
    async with app.run_test(size=_SIZE) as pilot:
        screen = app.screen
        assert isinstance(screen, BrowseScreen)
        while screen.panel.picture is None:  # noqa: ASYNC110
            await asyncio.sleep(_FRAME)
        await asyncio.sleep(_QUIET)
        screen.panel.focusable_part.focus()
        watching = asyncio.create_task(_watch(late))
        for key in _FINER:
            await pilot.press(key)
            await asyncio.sleep(_QUIET)
        watching.cancel()
        await pilot.press("equals_sign")
        await asyncio.sleep(_QUIET)
        steps = []
        for _ in range(_STEPS):
            start, shown = time.perf_counter(), screen.panel.picture
            app.simulate_key("full_stop")
            while screen.panel.picture is shown:  # noqa: ASYNC110
                await asyncio.sleep(_FRAME)
            await screen.panel.focusable_part.wait_for_refresh()
            steps.append(time.perf_counter() - start)
            await asyncio.sleep(_QUIET)
    return [
        f"the event loop was held for {1000 * max(late)[0]:.0f} ms at the most; "
        f"for {1000 * max(whole for _, whole in late):.0f} ms with what others had the processors",
        f"a prefetched step took {1000 * median(steps[2:]):.1f} ms from key to painted, "
        f"{1000 * max(steps[2:]):.1f} ms at the most",
    ]


async def _watch(late: list[tuple[float, float]]) -> None:
    """Note by how much a clock of 1 ms is late, without and with waiting for a processor."""
    while True:
        start, others = time.perf_counter(), _waited_for_processor()
        await asyncio.sleep(0.001)
        whole = time.perf_counter() - start - 0.001
        late.append((whole - (_waited_for_processor() - others), whole))


def _waited_for_processor() -> float:
    """Seconds in which this thread could have run, but others ran; 0 where nobody tells."""
    told = Path("/proc/thread-self/schedstat")
    return int(told.read_text().split()[1]) / 1e9 if told.exists() else 0.0
