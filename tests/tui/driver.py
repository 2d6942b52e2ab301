"""Opens the program as a user would, presses its keys, and tells what is on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar
from unittest.mock import patch

from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.notifications import Notify
from textual.pilot import Pilot
from textual.widget import Widget
from textual.worker import WorkerCancelled

from omezarr_tui.image.cells import Frame
from omezarr_tui.image.picture import Painter, PictureRequest
from omezarr_tui.image.reader import Reader
from omezarr_tui.settings import Settings
from omezarr_tui.store.access import Access, Options
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Node
from omezarr_tui.tui.app import OmezarrApp, open_store
from omezarr_tui.tui.opening import Choosing, Opening
from omezarr_tui.tui.screens.browse import BrowseScreen
from omezarr_tui.tui.widgets.attributes import AttributesTree
from omezarr_tui.tui.widgets.axis_bar import AxisBar
from omezarr_tui.tui.widgets.bars import KeyBar, TitleBar
from omezarr_tui.tui.widgets.facts import FactsView
from omezarr_tui.tui.widgets.hierarchy import HierarchyTree
from omezarr_tui.tui.widgets.picture_pane import PicturePane

WIDE, SMALL, SMALLEST = (160, 45), (80, 24), (60, 20)
SIZES = (WIDE, (100, 30), SMALL, SMALLEST)

M = TypeVar("M", bound=Message)

# These come by themselves, also when nothing happens.
_NOISE = (events.Callback, events.Idle, events.Timer)
_CALM, _WHILE = 3, 0.002  # so often so many seconds without a message: nothing more is to come
_ROUNDS = 100


@dataclass
class Program:
    """The running program."""

    app: OmezarrApp
    messages: list[Message] = field(default_factory=list)
    _count: int = 0

    @property
    def pilot(self) -> Pilot[None]:
        """Presses keys."""
        return Pilot(self.app)

    # -- what a user does -----------------------------------------------------------------

    async def press(self, *keys: str) -> None:
        """Press keys, as Textual calls them, and wait until all is done."""
        await self.pilot.press(*keys)
        await self.settle()

    async def press_each(self, *keys: str) -> None:
        """Press keys, and wait after each until all is done that it asked for."""
        for key in keys:
            await self.press(key)

    async def hold(self, *keys: str) -> None:
        """Press keys and do not wait for what they ask for."""
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type a text into the line that has the focus."""
        await self.press(*({" ": "space"}.get(letter, letter) for letter in text))

    async def click(self, widget: Widget, text: str, *, after: str = "") -> None:
        """Click where a text first stands in a widget, on the same line after another."""
        rows = lines(widget)
        y = next(at for at, row in enumerate(rows) if after in row and text in row)
        column = rows[y].index(text, rows[y].index(after)) + len(text) // 2
        inner = widget.content_region.offset - widget.region.offset
        assert await self.pilot.click(widget, offset=inner + Offset(column, y))
        await self.settle()

    async def wheel(self, widget: Widget, *, down: bool) -> None:
        """Turn the wheel over a widget by one notch."""
        kind = events.MouseScrollDown if down else events.MouseScrollUp
        await self.pilot._post_mouse_events([kind], widget, offset=(4, 4))
        await self.settle()

    async def settle(self) -> None:
        """Wait until workers are done and messages have come to an end."""
        for _ in range(_ROUNDS):
            before = self._count
            await self._calm()
            await self.pilot.pause()  # which lays out and paints, and so may ask for more
            await self._calm()
            if self._count == before:
                return
        raise AssertionError("the program does not come to rest")

    async def _calm(self) -> None:
        """Wait for a while without a message and without a worker."""
        calm = 0
        while calm < _CALM:
            before = self._count
            with suppress(WorkerCancelled):  # as the last one of a screen that is left
                await self.app.workers.wait_for_complete()
            await asyncio.sleep(_WHILE)
            calm = calm + 1 if self._count == before else 0

    async def until(self, true: Callable[[], object], seconds: float = 10) -> None:
        """Wait until something is true, while a worker is at work."""
        end = monotonic() + seconds
        while not true():
            assert monotonic() < end, "it never became true"
            await asyncio.sleep(0.005)

    def hear(self, message: Message) -> None:
        """Note a message, once, however many widgets it comes by."""
        if not isinstance(message, _NOISE):
            self._count += 1
        ours = type(message).__module__.startswith("omezarr_tui") or isinstance(message, Notify)
        if ours and not any(message is known for known in self.messages):
            self.messages.append(message)

    # -- what is there --------------------------------------------------------------------

    @property
    def screen(self) -> Any:
        """What is in front: the main screen or a dialog."""
        return self.app.screen

    @property
    def browse(self) -> BrowseScreen:
        """The main screen, whatever stands before it."""
        return next(s for s in reversed(self.app.screen_stack) if isinstance(s, BrowseScreen))

    @property
    def tree(self) -> HierarchyTree:
        """The hierarchy pane."""
        return self.browse.hierarchy

    @property
    def attributes(self) -> AttributesTree:
        """The attributes in the info pane."""
        return self.browse.query_one(AttributesTree)

    @property
    def panel(self) -> PicturePane:
        """The picture pane."""
        return self.browse.panel

    @property
    def request(self) -> PictureRequest:
        """What picture is asked for."""
        assert self.panel.request is not None
        return self.panel.request

    @property
    def node(self) -> Node:
        """The node that is chosen."""
        return self.browse.node

    @property
    def cursor(self) -> Any:
        """What the cursor of the hierarchy stands on."""
        place = self.tree.get_node_at_line(self.tree.cursor_line)
        assert place is not None
        return place.data

    @property
    def picture(self) -> str:
        """The picture, or the words in its place."""
        return self.panel.view.plain_text

    @property
    def bar(self) -> str:
        """The bar below the picture."""
        return text_of(self.browse.query_one(AxisBar))

    @property
    def title(self) -> str:
        """The line at the top."""
        return text_of(self.browse.query_one(TitleBar))

    @property
    def keys(self) -> str:
        """The line at the bottom."""
        return text_of(self.browse.query_one(KeyBar))

    @property
    def facts(self) -> str:
        """The facts of the info pane."""
        return text_of(self.browse.query_one(FactsView))

    @property
    def rows(self) -> list[str]:
        """The lines of the hierarchy that are in sight, without blanks at the end."""
        return [line for line in lines(self.tree) if line]

    @property
    def told(self) -> list[str]:
        """All that was told in passing."""
        return [m.notification.message for m in self.messages if isinstance(m, Notify)]

    def heard(self, kind: type[M]) -> list[M]:
        """The messages of a kind, the first one first."""
        return [message for message in self.messages if isinstance(message, kind)]

    def dialog_text(self) -> str:
        """All that a dialog says, on one line."""
        said = " ".join(text_of(widget) for widget in self.screen.query("Static, Input, Button"))
        return " ".join(said.split())


@asynccontextmanager
async def opened(
    path: Path,
    node: str = "",
    *,
    size: tuple[int, int] = WIDE,
    read_only: bool = False,
    access: Access | None = None,
    settings: Settings | None = None,
    **changes: Any,
) -> AsyncIterator[Program]:
    """Open the program on a store, and wait until it shows all that it shows by itself.

    Parameters
    ----------
    path, node, read_only
        As on the command line.
    size
        Columns and rows of the terminal.
    access
        A double in the place of the store's own access.
    settings, changes
        The user's settings, or what is not as by default in them.
    """
    # Glyphs are what tests read; the environment of whoever runs them must not matter.
    chosen = settings or Settings(**{"rendering": "ascii", "colors": "true", **changes})
    double = patch("omezarr_tui.tui.opening.open_access", lambda *_, **__: access)
    with double if access else nullcontext():
        opening = open_store(Location.local(path), Options(read_only), node, chosen)
    program = Program(OmezarrApp(opening, chosen))
    async with program.app.run_test(size=size, notifications=True, message_hook=program.hear):
        await program.settle()
        yield program


@asynccontextmanager
async def started(
    start: Opening | Choosing | Path, size: tuple[int, int] = WIDE, settle: bool = True
) -> AsyncIterator[Program]:
    """Open the program where one chooses.

    Parameters
    ----------
    start
        How it begins; a path is the folder that is shown.
    size
        Columns and rows of the terminal.
    settle
        Whether to wait until all is shown that is shown by itself.
    """
    if isinstance(start, Path):
        start = Choosing(Location.local(start))
    program = Program(OmezarrApp(start, Settings()))
    async with program.app.run_test(size=size, notifications=True, message_hook=program.hear):
        if settle:
            await program.settle()
        yield program


def lines(widget: Widget) -> list[str]:
    """What stands in a widget, inside of its border, line by line."""
    return [widget.render_line(y).text.rstrip() for y in range(widget.content_size.height)]


def text_of(widget: Widget) -> str:
    """What stands in a widget, inside of its border."""
    return "\n".join(lines(widget))


def frame_of(path: Path, request: PictureRequest) -> Frame:
    """The cells of a picture as the image folder alone makes them, with nothing of the TUI."""
    return Painter(Reader(LocalAccess(Location.local(path)))).paint(request).frame


def in_sight(program: Program, widget: Widget) -> bool:
    """Whether a widget is shown whole, on the screen and in the boxes around it."""
    region = widget.region
    boxes = [program.screen.region, *(a.region for a in widget.ancestors if isinstance(a, Widget))]
    return bool(region.area) and all(region in box for box in boxes)
