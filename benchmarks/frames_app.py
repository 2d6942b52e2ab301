"""Shows planes in a picture of a terminal's whole size, one after another, and measures each.

Run by `frames.py` in a terminal: ``frames_app.py REQUEST RESULT``, both files of JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from unittest.mock import patch

from rich.color import ColorSystem
from textual.app import App, ComposeResult

from omezarr_tui.image.cells import Depth, Rendering
from omezarr_tui.image.framing import framed
from omezarr_tui.image.look import Look
from omezarr_tui.image.picture import Painter, Picture, PictureRequest
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.view import first_view
from omezarr_tui.ome.discover import image_of
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Group
from omezarr_tui.tui.graphics import Graphics, find_graphics
from omezarr_tui.tui.widgets.picture import PictureView

BEGIN, END = "\x1b]2;begin\x07", "\x1b]2;end\x07"  # titles, between which bytes are counted
ZOOM = 2.5  # so that the plane fills a wide terminal


@dataclass(frozen=True)
class Way:
    """One way to show planes.

    Parameters
    ----------
    rendering, depth, steps
        As in a `Look`.
    painted
        Whether lines are written in advance, or Textual makes text of segments.
    """

    rendering: Rendering
    depth: Depth
    steps: int
    painted: bool


@dataclass
class Measured:
    """CPU seconds for each frame.

    Parameters
    ----------
    cells
        From samples to cells.
    strips
        From cells to lines.
    whole
        From the frame that is there to the text that was written, lines included.
    """

    cells: list[float] = field(default_factory=list)
    strips: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)


class Segments(PictureView):
    """A picture as Textual paints it by itself."""

    def _system(self) -> ColorSystem | None:
        return None


class Frames(App[None]):
    """A picture as large as the terminal."""

    CSS = """
    Screen { background: #0f1419; color: #d6dce4; }
    PictureView { width: 100%; height: 100%; }
    """

    def __init__(self, store: str, ways: list[Way], planes: int, result: Path) -> None:
        super().__init__()
        self._store, self._ways, self._planes, self._result = store, ways, planes, result
        self._graphics: Graphics | None = find_graphics(os.environ, 0, 2)

    def compose(self) -> ComposeResult:
        """Both ways to paint, one of them hidden."""
        yield PictureView(self._graphics, id="painted")
        yield Segments(self._graphics, id="segments")

    def on_mount(self) -> None:
        """Begin, when all has been laid out."""
        self.call_after_refresh(self.run_worker, self._measure())

    async def _measure(self) -> None:
        measured = []
        for way in self._ways:
            for view in self.query(PictureView):
                view.display = view.id == ("painted" if way.painted else "segments")
            await self._painted()
            measured.append(asdict(await self._show(way)))
        self._result.write_text(json.dumps(measured), encoding="utf-8")
        self.exit()

    async def _show(self, way: Way) -> Measured:
        view = self.query_one("#painted" if way.painted else "#segments", PictureView)
        pictures = self._pictures(way, view.room)
        measured = Measured()
        assert self._driver is not None
        view.show_frame(pictures[-1].frame)
        await self._painted()
        self._driver.write(BEGIN)
        for picture in pictures:
            start = time.process_time()
            frame = framed(picture.request, picture.layers, None)
            made = time.process_time()
            view.show_frame(frame)
            shown = time.process_time()
            await self._painted()
            measured.cells.append(made - start)
            measured.strips.append(shown - made)
            measured.whole.append(time.process_time() - made)
        self._driver.write(END)
        return measured

    async def _painted(self) -> None:
        """Wait until the screen was painted, and all of it was taken by the terminal."""
        done = asyncio.Event()
        self.call_after_refresh(done.set)
        await done.wait()
        done.clear()
        self.call_after_refresh(done.set)
        await done.wait()

    def _pictures(self, way: Way, room: tuple[int, int]) -> list[Picture]:
        """The planes of the image."""
        access = LocalAccess(Location.local(Path(self._store)))
        root = read_node(access, "")
        assert isinstance(root, Group)
        image = image_of(access, root)
        view = first_view(image) if image is not None else None
        assert image is not None
        assert view is not None
        cell = self._graphics.cell if self._graphics else (16, 8)
        look = Look(way.rendering, way.depth, steps=way.steps, cell_pixels=cell, composed=False)
        painter = Painter(Reader(access))
        axis = view.moving
        assert axis is not None
        count = view.extent[axis]
        first = max(0, (count - self._planes) // 2)
        return [
            painter.paint(PictureRequest(image, view.at(axis, at, count).zoomed(ZOOM), room, look))
            for at in range(first, min(count, first + self._planes))
        ]


def main() -> None:
    """Read what to show, and show it."""
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    ways = [Way(**way) for way in asked["ways"]]
    system = asked["system"]
    with patch("textual.constants.COLOR_SYSTEM", system):
        Frames(asked["store"], ways, asked["planes"], Path(sys.argv[2])).run()


if __name__ == "__main__":
    main()
