"""The open screen: a line for a place, the stores opened last, and a folder to choose from."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from omezarr_tui import __version__
from omezarr_tui.errors import UserError
from omezarr_tui.settings import Settings
from omezarr_tui.store.access import Options
from omezarr_tui.store.folders import above
from omezarr_tui.store.location import Location
from omezarr_tui.tui import messages
from omezarr_tui.tui.actions import Action, Where, bindings, footer_actions
from omezarr_tui.tui.open_workers import is_beside
from omezarr_tui.tui.opening import Choosing, Opening
from omezarr_tui.tui.screens.connect import Answer, ConnectScreen
from omezarr_tui.tui.screens.folders import FolderScreen
from omezarr_tui.tui.screens.help import HelpScreen
from omezarr_tui.tui.widgets.bars import KeyBar, TitleBar
from omezarr_tui.tui.widgets.folder_list import FolderList
from omezarr_tui.tui.widgets.place_line import Fitting, PlaceLine
from omezarr_tui.tui.widgets.recent_list import RecentList
from omezarr_tui.tui.widgets.rows import Rows

_PANES: tuple[Where, ...] = ("line", "recent", "folder")
_HINT = "Enter opens it, Tab completes it. A folder of stores opens below."


class OpenScreen(FolderScreen):
    """Where one chooses what to open.

    Parameters
    ----------
    start
        How it begins.
    settings
        The user's settings.
    """

    BINDINGS = bindings("opening")
    CSS_PATH = "../styles/open.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (90, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (22, "-tall")]

    def __init__(self, start: Choosing, settings: Settings) -> None:
        super().__init__(start, settings)
        self._start = start
        self._options = start.options
        self._begin = start.folder, start.name  # the folder and name that are shown first
        self._node = start.node  # to show of what is opened from the line, until something is
        self._asked = start.asked  # the place that was asked last, and whose credentials counted
        self._profile = start.options.profile
        self._is_left = False  # for a store that is about to be shown
        self._pane: Where = "folder"

    def compose(self) -> ComposeResult:
        """Title, line, two lists, keys."""
        yield TitleBar()
        with Vertical(id="place") as place:
            place.border_title = "Open"
            yield PlaceLine()
            yield Fitting()
            yield Static(_HINT, id="told", markup=False)
        with Horizontal(id="lists"):
            yield RecentList()
            yield FolderList()
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin with what was asked for."""
        self._show_title()
        self.query_one(Fitting).display = False
        if self._start.asked is not None:
            # Nothing of it is to be seen where the place opens, as it most often does.
            self.add_class("-starting")
            self.query_one(PlaceLine).put(self._start.asked.url)
            self._ask(self._start.asked, self._options, self._start.node)
        else:
            self.folders.focus()

    def on_screen_resume(self) -> None:
        """Show what may have changed while a store was shown."""
        if self._is_left:  # a store takes its place at once
            return
        self.work.remembered()
        if self.folders.folder is None and not self.has_class("-starting"):
            self.show_folder(*self._begin)

    def on_screen_suspend(self) -> None:
        """Be ready to be come back to."""
        if self._is_left:
            self._is_left = False
            self.remove_class("-starting")

    def _show_title(self) -> None:
        can = ["read-only"] if self._options.read_only else []
        self.query_one(TitleBar).show(f"omezarr-tui {__version__}", [*can, "choose a store"])

    # -- opening --------------------------------------------------------------------------

    @on(Input.Submitted, "#line")
    def _typed(self, event: Input.Submitted) -> None:
        if not event.value.strip():
            return
        try:
            location = self.work.place(event.value, self._near)
        except UserError as error:
            self._failed(error)
            return
        again = self._asked is not None and is_beside(self._asked, location)
        self.open(location, self._profile if again else None, self._node)

    @on(Rows.Chosen, "#recent")
    def _chosen_again(self, event: Rows.Chosen) -> None:
        store = self.recent.stores[event.at]
        self.open(store.location(), store.profile)

    @on(Rows.Chosen, "#folder")
    def _chosen_in_folder(self, event: Rows.Chosen) -> None:
        folder = self.folders.folder
        if folder is None:
            return
        name = self.folders.name_at(event.at)
        if name is None:
            self.action_above()
        elif self.folders.is_plain(name):
            self.show_folder(folder.place_of(name))
        else:
            self.open(folder.place_of(name))

    @on(Rows.Chosen, "#fitting")
    def _chosen_of_fitting(self, event: Rows.Chosen) -> None:
        self.line.take(self.query_one(Fitting).texts[event.at])

    def open(self, location: Location, profile: str | None = None, node: str = "") -> None:
        """Open a place: a store, or a folder of stores.

        Parameters
        ----------
        location
            Where it lies.
        profile
            Whose credentials it was opened with before.
        node
            The path of the node to show of it.
        """
        self._ask(*self.work.as_set(location, profile), node)

    @property
    def _near(self) -> list[Location]:
        """Places whose servers are known: the one asked last, and the folder."""
        folder = self.folders.folder
        known = [self._asked, folder.location if folder is not None else None]
        return [place for place in known if place is not None]

    def action_whole(self) -> None:
        """Show the folder with all that is in it as one hierarchy."""
        if self.folders.folder is not None:
            self._ask(*self.work.as_set(self.folders.folder.location), whole=True)

    def _ask(
        self, location: Location, options: Options, node: str = "", *, whole: bool = False
    ) -> None:
        self._asked, self._profile = location, options.profile

        def answered(answer: Answer | None) -> None:
            starting = self.has_class("-starting")
            self.recent.mark_failed(
                (location.url, location.endpoint), isinstance(answer, UserError)
            )
            if isinstance(answer, Opening):
                self._node = ""
            if isinstance(answer, Opening) and (whole or not answer.is_folder):
                self.tell(_HINT)
                if starting:
                    self._begin = above(location) or self._start.folder, location.name
                self._is_left = True
                self.post_message(messages.StoreChosen(answer, by_hand=not starting))
                return
            self.remove_class("-starting")
            if isinstance(answer, Opening):
                self.tell(_HINT)
                self.at = answer.access
                self._begin = location, ""
                self.action_pane("folder")
                self.show_folder(location)
                if answer.problem is not None:
                    self._failed(answer.problem)
            else:
                self.line.put(location.url)
                self._failed(answer)

        self.app.push_screen(ConnectScreen(location, options, node, self.settings), answered)

    def _failed(self, error: UserError | None) -> None:
        """Tell why a place did not open; it stands in the line, where it can be corrected."""
        if self.focused is None:
            self.line.focus()
        if error is None:
            self.tell("It was given up. Enter in the line above tries again.")
        else:
            self.tell(error.what, error.why, is_error=True)

    # -- the list -------------------------------------------------------------------------

    @on(messages.Remembered)
    def _remembered(self, event: messages.Remembered) -> None:
        self.recent.show_stores(event.stores)
        self.refresh_keys()

    def action_forget(self) -> None:
        """Take a store off the list."""
        if (store := self.recent.chosen) is not None:
            self.work.forget(store)

    # -- the line -------------------------------------------------------------------------

    @on(PlaceLine.Wanted)
    def _complete(self, event: PlaceLine.Wanted) -> None:
        self.work.complete(event.text, self._near)

    @on(messages.Completed)
    def _completed(self, event: messages.Completed) -> None:
        self.line.show_fitting(event.text, event.texts)

    def action_type(self) -> None:
        """Type a place, beginning with the folder that is shown."""
        folder = self.folders.folder
        start = f"{folder.location.url.rstrip('/')}/" if folder is not None else ""
        self.line.focus()
        self.line.take(start)

    # -- getting around -------------------------------------------------------------------

    @property
    def where(self) -> Where:
        """The pane that has the focus."""
        if isinstance(self.focused, PlaceLine):
            return "line"
        return "recent" if isinstance(self.focused, RecentList) else "folder"

    def part_of(self, where: Where) -> Widget:
        """What has the focus in a pane."""
        parts: dict[Where, Widget] = {"line": self.line, "recent": self.recent}
        return parts.get(where, self.folders)

    def action_pane(self, where: Where) -> None:
        """Go to a pane."""
        self.part_of(where).focus()

    @on(PlaceLine.Left)
    def _leave_line(self) -> None:
        self.action_next_pane(1)

    def action_next_pane(self, steps: int) -> None:
        """Go to the next pane."""
        self.action_pane(_PANES[(_PANES.index(self.where) + steps) % len(_PANES)])

    def on_descendant_focus(self) -> None:
        """Show the keys of the pane that got the focus."""
        if self.where != "line":
            self._pane = self.where
        for name in _PANES:
            self.set_class(name == self._pane, f"-at-{name}")
        self.refresh_keys()

    def action_back(self) -> None:
        """One step back: out of the line, of what is read, or to the store that is open."""
        if self.line.close():
            return
        if self.where == "line":
            self.action_pane(self._pane)
        elif self.folders.border_subtitle:
            self.work.stop()
            self.stay()
        else:
            self.post_message(messages.ChoosingLeft())

    def action_help(self) -> None:
        """All keys."""
        self.app.push_screen(HelpScreen(self.actions, self.where, self.works))

    def action_leave(self) -> None:
        """Leave."""
        self.app.exit()

    def refresh_keys(self) -> None:
        """Show the keys that work now."""
        shown = footer_actions(self.actions, self.where)
        if self.where == "line":  # letters are typed there
            shown = [a for a in shown if a.where == "line"]
        self.query_one(KeyBar).show(shown, self.works)

    def works(self, action: Action) -> bool:
        """Whether an action can do anything at the moment."""
        if action.id in ("recent.open", "recent.forget"):
            return bool(self.recent.stores)
        if action.id == "folder.above":
            return above(self.wanted) is not None
        return True

    def do(self, action: Action) -> None:
        """Do what an action's key does: for the command palette."""
        shared = action.where in ("everywhere", "opening")
        self.call_later((self if shared else self.part_of(action.where)).run_action, action.run)
