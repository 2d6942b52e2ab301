"""Draw the pictures of the README: the real program on its sample stores, driven by keys."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from paint import Fonts, load_fonts, paint_png, self_contained

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from omezarr_tui.image.cells import Depth, Rendering

_WIDE = 160, 45
_QUIET = 0.3  # seconds without a change after which a screen is finished
_PATIENCE = 60  # seconds that it may take until then


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture.

    Parameters
    ----------
    name
        Of its files.
    node
        Where the program opens; empty for the screen on which a store is chosen.
    keys
        Pressed one after the other, as Textual calls them.
    size
        Columns and rows of the terminal.
    theme, rendering, colors
        The user's settings: pictures are the same wherever they are drawn.
    """

    name: str
    node: str
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = _WIDE
    theme: str = "omezarr-dark"
    rendering: Rendering = "half"
    colors: Depth = "true"


_ON_CELLS = ("x", "shift+right", *["shift+up"] * 2)
_REGION = (*_ON_CELLS, "R", *["shift+right"] * 2, *["shift+down"] * 3, "enter")
_NEARER = (*_ON_CELLS, "shift+right", *["plus"] * 3, "x")
_FILL = ("e", "shift+tab", *", y=100:200", "tab", "0", "enter")
# The stores that seem to have been opened before: where, what, and how many seconds ago.
_RECENT = (
    ("https://uk1s3.embassy.ebi.ac.uk/idr/zarr/v0.4/idr0062A/6001240.zarr", "image", 500),
    ("s3://screens/2025/plate_07.ome.zarr", "plate", 11_000),
    ("sftp://cluster.example.org/scratch/brain/session_12.zarr", "group", 270_000),
)
SHOTS = (
    Shot("main-half", "cells.ome.zarr", ("right",)),
    Shot("main-ascii", "brain.ome.zarr", ("right", "o", "o"), rendering="ascii", colors="none"),
    Shot("channels", "cells.ome.zarr", ("right", "C")),
    Shot("histogram", "cells.ome.zarr", ("3", *_REGION, "I", "D", "S")),
    Shot("profile", "cells.ome.zarr", ("3", *_ON_CELLS, "Y")),
    Shot("zoomed", "cells.ome.zarr", ("3", *_NEARER), rendering="quadrant"),
    Shot("edit", "cells.ome.zarr/0", _FILL),
    Shot("help", "cells.ome.zarr", ("right", "question_mark")),
    Shot("open", "", ("down", "down"), size=(100, 30)),
    Shot("plate", "plate.ome.zarr", ("3", "m")),
    Shot("labels", "plate.ome.zarr/B/2/1", ("3", "L", "x", *["down"] * 5)),
    Shot("check", "plate.ome.zarr", ("V",)),
    Shot("light", "brain.ome.zarr", ("right", "o", "m", "m"), theme="omezarr-light"),
    Shot("small", "cells.ome.zarr", ("3", "full_stop"), size=(80, 24)),
)


def main() -> int:
    """Draw the pictures that are named, or all."""
    known = [shot.name for shot in SHOTS]
    parser = argparse.ArgumentParser(description="Draw the pictures of the README.")
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"of {', '.join(known)}; or all")
    parser.add_argument("--to", metavar="FOLDER", type=Path, default=Path(__file__).parent)
    args = parser.parse_args()
    if unknown := set(args.names) - set(known):
        parser.error(f"there is no picture {', '.join(sorted(unknown))}")
    try:
        fonts = load_fonts()
    except OSError:
        print(
            "The font DejaVu Sans Mono was not found. On Debian and Ubuntu:"
            " apt install fonts-dejavu-core",
            file=sys.stderr,
        )
        return 1
    folder = args.to.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        pin(Path(home))
        for shot in SHOTS:
            if not args.names or shot.name in args.names:
                asyncio.run(shoot(shot, folder, fonts))
                print(f"{shot.name}.svg, {shot.name}.png")
        os.chdir(folder)  # not every system removes the folder that one stands in
    return 0


def pin(home: Path) -> None:
    """Go on as a new user with a good terminal: neither settings nor journal are this user's."""
    for name in list(os.environ):
        if name.startswith(("TEXTUAL_", "XDG_")) or name in ("NO_COLOR", "FORCE_COLOR"):
            del os.environ[name]
    os.environ |= {
        "HOME": str(home),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "TEXTUAL_ANIMATIONS": "none",
    }
    os.chdir(home)


async def shoot(shot: Shot, folder: Path, fonts: Fonts) -> None:
    """Run the program, press the keys and write what is seen then."""
    # Not before `pin`: Textual reads the environment when it is imported.
    from omezarr_tui.demo import write_demo
    from omezarr_tui.settings import Settings, state_folder
    from omezarr_tui.store.access import Options
    from omezarr_tui.store.location import Location, parse_location
    from omezarr_tui.store.recent import remember
    from omezarr_tui.tui.app import OmezarrApp
    from omezarr_tui.tui.opening import Choosing, open_store

    shutil.rmtree(state_folder(), ignore_errors=True)  # what another picture left
    for url, mark, ago in _RECENT:
        remember(parse_location(url), Options(), mark, time.time() - ago)
    settings = Settings(theme=shot.theme, rendering=shot.rendering, colors=shot.colors)
    # A relative path, as the name of the temporary folder is another one each time.
    location = Location.local(write_demo(Path("omezarr-demo")))
    if shot.node:
        app = OmezarrApp(open_store(location, Options(), shot.node, settings), settings)
    else:
        app = OmezarrApp(Choosing(location), settings)
    async with app.run_test(size=shot.size) as pilot:
        await settle(pilot)
        for key in shot.keys:
            await pilot.press(key)
            await settle(pilot)
        svg = app.export_screenshot()
        # The cells of that picture; Textual has no public way to them.
        lines = app.screen._compositor.render_strips()
    (folder / f"{shot.name}.svg").write_text(self_contained(svg), encoding="utf-8")
    paint_png(list(map(list, lines)), fonts).save(folder / f"{shot.name}.png", optimize=True)


async def settle(pilot: Pilot[None]) -> None:
    """Wait until all that runs in the background is done and the screen changes no more.

    Raises
    ------
    TimeoutError
        It did not come to rest.
    """
    app = pilot.app
    async with asyncio.timeout(_PATIENCE):
        before = None
        while (now := app.export_screenshot()) != before or not all(
            worker.is_finished for worker in app.workers
        ):
            before = now
            await pilot.pause(_QUIET)


if __name__ == "__main__":
    sys.exit(main())
