"""What the tests of the program over a network share: the places, and what the screen tells."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from time import monotonic

from driver import Program, text_of
from servers.proxy import Proxy
from servers.requests import Request
from textual.widgets import Static

from omezarr_tui.tui.widgets.bars import TrafficBar
from omezarr_tui.tui.widgets.folder_list import FolderList

AT_ONCE = 1.0  # seconds: far less than any timeout here, far more than a key takes
PLANES = 8
TOP = "s3://public/screens"
VOLUME = f"{TOP}/volume.ome.zarr"
TREE = f"{TOP}/tree.zarr"
LOST = "no connection: tried again in"

Start = Callable[..., AbstractAsyncContextManager[Program]]


def told(p: Program) -> str:
    """What stands below the line of the open screen, without breaks between lines."""
    return " ".join(text_of(p.screen.query_one("#told", Static)).split())


def traffic(p: Program) -> str:
    """What the bar at the bottom tells of the network."""
    return text_of(p.browse.query_one(TrafficBar)).strip()


def subtitle(p: Program) -> str:
    """What stands at the lower edge of the picture's pane."""
    return str(p.panel.border_subtitle or "")


def folder_rows(p: Program) -> list[list[str]]:
    """The words of the rows of the folder."""
    return [line.split() for line in text_of(p.screen.query_one(FolderList)).splitlines() if line]


def hangs(proxy: Proxy) -> list[Request]:
    """The requests that are under way."""
    return [request for request in proxy.requests if request.ended is None]


def at_plane(plane: int) -> Callable[[Request], bool]:
    """Whether a request asks for a chunk of a plane of the first time and channel."""
    return lambda request: f"/c/0/0/{plane}/" in request.path


async def soon(p: Program, true: Callable[[], object]) -> None:
    """Wait until something is true, which must be the case at once."""
    began = monotonic()
    await p.until(true)
    assert monotonic() - began < AT_ONCE
