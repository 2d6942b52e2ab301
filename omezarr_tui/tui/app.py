"""The Textual app: settings, themes and the main screen."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

from rich.text import Text
from textual import on
from textual.app import App, SystemCommand
from textual.screen import Screen

from omezarr_tui.errors import ExitCode, UserError, explain
from omezarr_tui.ome.discover import mark
from omezarr_tui.settings import Settings, state_folder
from omezarr_tui.store.access import Options
from omezarr_tui.store.folders import above
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Broken
from omezarr_tui.tui import messages
from omezarr_tui.tui.actions import is_detail, remapped
from omezarr_tui.tui.graphics import Graphics, find_graphics
from omezarr_tui.tui.opening import Choosing, Opening, open_store
from omezarr_tui.tui.screens.browse import BrowseScreen
from omezarr_tui.tui.screens.writing import WRITING
from omezarr_tui.tui.themes import THEMES

if TYPE_CHECKING:
    from omezarr_tui.tui.screens.open import OpenScreen

_LOOK_UP = 2.0  # seconds
_KEPT = "kept"


class OmezarrApp(App[None]):
    """omezarr-tui.

    Parameters
    ----------
    start
        The store to show, or how one is to be chosen.
    settings
        The user's settings.
    """

    TITLE = "omezarr-tui"
    CSS_PATH = "styles/app.tcss"

    def __init__(self, start: Opening | Choosing, settings: Settings) -> None:
        # Textual loads the style of a screen that is pushed, and not that of the first one.
        is_store = isinstance(start, Opening)
        super().__init__(css_path=None if is_store else ["styles/app.tcss", "styles/open.tcss"])
        self.start = start
        self.settings = settings
        self.graphics: Graphics | None = None  # how the terminal shows true pixels, if it does
        self._named: BrowseScreen | None = None  # the store that was named at the start
        self._kept: BrowseScreen | None = None  # the store that is come back to from choosing
        self.set_keymap(settings.keys)
        for theme in THEMES:
            self.register_theme(theme)
        if settings.theme in self.available_themes:
            self.theme = settings.theme

    def get_default_screen(self) -> Screen[None]:
        """The main screen, or the one on which a store is chosen."""
        if isinstance(self.start, Choosing):
            return self._open_screen(self.start)
        self._remember(self.start)
        self._named = self._store_screen(self.start)
        return self._named

    def _store_screen(self, opening: Opening) -> BrowseScreen:
        return BrowseScreen(
            opening.access,
            opening.root,
            opening.listing,
            opening.path,
            self.settings,
            self.graphics,
        )

    def _open_screen(self, start: Choosing) -> OpenScreen:
        # Imported when it is wanted: a store that is named is shown sooner.
        from omezarr_tui.tui.screens.open import OpenScreen

        return OpenScreen(start, self.settings)

    # -- from one store to another: named store, open screen, store that was chosen there ---

    @on(messages.StoreChosen)
    def _show_store(self, event: messages.StoreChosen) -> None:
        """Show a store in the place of the one that was shown."""
        stack = (s for s in reversed(self.screen_stack) if isinstance(s, BrowseScreen))
        before = self._kept or next(stack, None)
        self._take_kept()
        screen = self._store_screen(event.opening)
        if before is not None:  # so that the same place of two stores can be compared
            screen.looked_at = before.looked_at
        if not event.by_hand:
            self._named = screen
        self.push_screen(screen)
        if event.opening.problem is not None:
            screen.tell(str(event.opening.problem), "warning")
        self._remember(event.opening)

    @on(messages.StoreLeft)
    def _leave_store(self) -> None:
        """Go back to where the store was chosen; one that was named at the start stays."""
        if self.screen is not self._named:
            self.pop_screen()

    @on(messages.ChoosingLeft)
    def _leave_choosing(self) -> None:
        """Go back to the store that was shown."""
        if (kept := self._take_kept(removed=False)) is not None:
            self.push_screen(kept)
        elif len(self.screen_stack) > 1:
            self.pop_screen()

    def action_open_another(self) -> None:
        """Choose another store; Esc comes back to this one."""
        screen = self.screen
        if not isinstance(screen, BrowseScreen):
            return
        if screen.work.is_writing:
            screen.tell(WRITING, "warning")
        elif len(self.screen_stack) == 1:
            location = screen.access.location
            folder = above(location) or location
            self.push_screen(self._open_screen(Choosing(folder, self.start.options, location.name)))
        else:
            # The open screen lies below. What is installed stays when it is popped.
            self.install_screen(screen, _KEPT)
            self._kept = screen
            self.pop_screen()

    @property
    def can_leave_choosing(self) -> bool:
        """Whether there is a store to go back to from the open screen."""
        return self._kept is not None or len(self.screen_stack) > 1

    def _take_kept(self, *, removed: bool = True) -> BrowseScreen | None:
        kept, self._kept = self._kept, None
        if kept is not None:
            self.uninstall_screen(kept)
            if removed:
                kept.remove()
        return kept

    def _remember(self, opening: Opening) -> None:
        """Put a store on the list of recent ones, without keeping anybody waiting."""
        if opening.is_folder or isinstance(opening.root, Broken):
            return

        def job() -> None:
            from omezarr_tui.store.recent import remember

            location, options = opening.access.location, opening.options
            remember(location, options, mark(opening.root), time.time())

        self.call_later(self.run_worker, job, thread=True, exit_on_error=False)

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
        if _offers_actions(screen):
            for action in screen.actions:
                if action.run and not is_detail(action) and screen.works(action):
                    yield SystemCommand(
                        action.title, f"Key: {action.display}", lambda a=action: screen.do(a)
                    )
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)


def _offers_actions(screen: Screen[object]) -> TypeGuard[BrowseScreen | OpenScreen]:
    return hasattr(screen, "actions")


def run(location: Location | None, options: Options, node: str, settings: Settings) -> int:
    """Open the program, until the user leaves it.

    Parameters
    ----------
    location
        What to open; None where the user is to choose.
    options, node, settings
        As for `open_store`.

    Returns
    -------
    exit_code
        For the shell.

    Raises
    ------
    UserError
        A local place cannot be opened, or the terminal shows no true pixels where they are
        wanted. A place over a network is not asked before the first frame.
    """
    # A mistake in the settings is told before the screen is taken.
    remapped(settings.keys)
    app = OmezarrApp(_start(location, options, node, settings), settings)
    if settings.theme not in app.available_themes:
        raise UserError(
            f"The settings name a theme {settings.theme!r} that does not exist",
            f"there are: {', '.join(sorted(app.available_themes))}",
            exit_code=ExitCode.USAGE,
        )
    # Textual will read all that the terminal answers.
    wanted = settings.rendering == "pixels"
    app.graphics = find_graphics(os.environ, 0, 2, wanted=wanted)
    app.run()
    return app.return_code or 0


def _start(
    location: Location | None, options: Options, node: str, settings: Settings
) -> Opening | Choosing:
    """What to show first."""
    here = Location.local(Path.cwd())
    if location is None:
        # Who stands in a store is shown it among those beside it.
        inside = read_node(LocalAccess(here), "") is not None
        around = above(here) if inside else None
        return Choosing(around or here, options, here.name if inside else "")
    if not location.is_local:
        return Choosing(here, options, asked=location, node=node)
    opening = open_store(location, options, node, settings)
    return Choosing(location, options) if opening.is_folder else opening
