"""The Textual app: settings, themes and the main screen."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from rich.text import Text
from textual.app import App, SystemCommand
from textual.screen import Screen

from omezarr_tui.errors import ExitCode, UserError, explain
from omezarr_tui.ome.discover import promised_children
from omezarr_tui.settings import Settings, state_folder
from omezarr_tui.store.access import Access, Options, open_access
from omezarr_tui.store.listing import Listing, list_page
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Group, Node
from omezarr_tui.store.opening import find_node, open_root
from omezarr_tui.tui.actions import is_detail, remapped
from omezarr_tui.tui.screens.browse import BrowseScreen
from omezarr_tui.tui.themes import THEMES

_LOOK_UP = 2.0  # seconds


@dataclass(frozen=True, slots=True)
class Opening:
    """A store as it is at the first frame: its root and the first page of children.

    Parameters
    ----------
    path
        The node that the cursor shall stand on.
    """

    access: Access
    root: Node
    listing: Listing | None
    path: str = ""


class OmezarrApp(App[None]):
    """omezarr-tui.

    Parameters
    ----------
    opening
        The store to show.
    settings
        The user's settings.
    """

    TITLE = "omezarr-tui"
    CSS_PATH = "styles/app.tcss"

    def __init__(self, opening: Opening, settings: Settings) -> None:
        super().__init__()
        self.opening = opening
        self.settings = settings
        self.set_keymap(settings.keys)
        for theme in THEMES:
            self.register_theme(theme)
        if settings.theme in self.available_themes:
            self.theme = settings.theme

    def get_default_screen(self) -> Screen[None]:
        """The main screen."""
        opening = self.opening
        return BrowseScreen(
            opening.access, opening.root, opening.listing, opening.path, self.settings
        )

    def on_mount(self) -> None:
        """Look now and then whether anybody is still there."""
        if not self.is_headless:
            self.set_interval(_LOOK_UP, self._leave_when_alone)

    def _leave_when_alone(self) -> None:
        """Leave when the terminal has gone, as with a connection that broke.

        Where no signal tells of it, Textual would read the end of its input for ever.
        """
        if not os.isatty(0):
            self.exit()

    def _fatal_error(self) -> None:
        """End with one plain sentence; the details go to a file that a bug report can hold."""
        import sys
        import traceback

        error = sys.exc_info()[1]
        told = Text.assemble(
            ("omezarr-tui stopped because of a mistake of its own.\n", "bold"),
            f"  {explain(error) if error else 'unknown cause'}\n",
            "  Nothing was lost: an edit under way is found again at the next start.\n",
        )
        log = state_folder() / "crash.txt"
        with suppress(OSError):
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_text(traceback.format_exc(), encoding="utf-8")
            told.append(f"  Please report it, with {log}\n")
        self.bell()
        self.panic(told)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command palette: everything that a key does, and the themes."""
        if isinstance(screen, BrowseScreen):
            for action in screen.actions:
                if action.run and not is_detail(action) and screen.works(action):
                    yield SystemCommand(
                        action.title, f"Key: {action.display}", lambda a=action: screen.do(a)
                    )
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)


def open_store(location: Location, options: Options, node: str, settings: Settings) -> Opening:
    """Read what the first frame shows.

    Parameters
    ----------
    location
        Where the store lies.
    options
        How it is opened.
    node
        A node's path; empty for the root.
    settings
        Says how many children are read at first.

    Raises
    ------
    UserError
        There is no store, or no such node in it.
    """
    access = open_access(location, options)
    root = open_root(access)
    path = find_node(access, node).path if node else ""
    listing = None
    if isinstance(root, Group):
        listing = list_page(access, root, settings.page_rows, promised_children)
    return Opening(access, root, listing, path)


def run(location: Location, options: Options, node: str, settings: Settings) -> int:
    """Open the program on a store, until the user leaves.

    Parameters
    ----------
    location, options, node, settings
        As for `open_store`.

    Returns
    -------
    exit_code
        For the shell.

    Raises
    ------
    UserError
        The store cannot be opened.
    """
    # A mistake in the settings is told before the screen is taken.
    remapped(settings.keys)
    app = OmezarrApp(open_store(location, options, node, settings), settings)
    if settings.theme not in app.available_themes:
        raise UserError(
            f"The settings name a theme {settings.theme!r} that does not exist",
            f"there are: {', '.join(sorted(app.available_themes))}",
            exit_code=ExitCode.USAGE,
        )
    app.run()
    return app.return_code or 0
