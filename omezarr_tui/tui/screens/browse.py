"""The main screen: hierarchy, info and picture, and what keys do between them."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from omezarr_tui.image.look import Look
from omezarr_tui.image.terminal import terminal_look
from omezarr_tui.ome.describe import format_line
from omezarr_tui.settings import Settings
from omezarr_tui.store.access import Access
from omezarr_tui.store.listing import Listing
from omezarr_tui.store.node import Array, Broken, Group, Node
from omezarr_tui.text import plural, visible
from omezarr_tui.tui import messages
from omezarr_tui.tui.actions import Action, Where, bindings, footer_actions
from omezarr_tui.tui.screens.bookmarks import BookmarkingScreen
from omezarr_tui.tui.screens.checking import CheckingScreen
from omezarr_tui.tui.screens.chunk_map import ChunkMapOfScreen
from omezarr_tui.tui.screens.counting import CountingScreen
from omezarr_tui.tui.screens.editing_more import MoreEditingScreen
from omezarr_tui.tui.screens.film import FilmScreen
from omezarr_tui.tui.screens.finding import FindingScreen
from omezarr_tui.tui.screens.help import HelpScreen
from omezarr_tui.tui.screens.histogram import HistogramScreen
from omezarr_tui.tui.screens.labels import LabelsScreen
from omezarr_tui.tui.screens.looking import LookingScreen
from omezarr_tui.tui.screens.numbers import NumbersOfScreen
from omezarr_tui.tui.screens.overview import OverviewScreen
from omezarr_tui.tui.screens.plates import PlateScreen
from omezarr_tui.tui.screens.profile import ProfileScreen
from omezarr_tui.tui.screens.regions import RegionScreen
from omezarr_tui.tui.screens.tables import TableScreen
from omezarr_tui.tui.screens.taking import TakingScreen
from omezarr_tui.tui.screens.writing import WRITING
from omezarr_tui.tui.widgets.attributes import AttributesTree
from omezarr_tui.tui.widgets.bars import KeyBar, TitleBar, TrafficBar
from omezarr_tui.tui.widgets.hierarchy import HierarchyTree
from omezarr_tui.tui.widgets.histogram_plot import HistogramPlot
from omezarr_tui.tui.widgets.info import InfoPane
from omezarr_tui.tui.widgets.picture import PictureView
from omezarr_tui.tui.widgets.picture_pane import PicturePane
from omezarr_tui.tui.widgets.plate_view import PlateView
from omezarr_tui.tui.widgets.plot import Plot, PlotPane
from omezarr_tui.tui.widgets.profile_plot import ProfilePlot
from omezarr_tui.tui.widgets.value_grid import ValueGrid

if TYPE_CHECKING:
    from omezarr_tui.image.picture import PictureRequest
    from omezarr_tui.tui.graphics import Graphics

_PANES: tuple[Where, ...] = ("hierarchy", "info", "picture")
_REST = 0.05  # seconds that the cursor must rest on a node before it is looked at


class BrowseScreen(
    LookingScreen,
    LabelsScreen,
    PlateScreen,
    MoreEditingScreen,
    FindingScreen,
    CountingScreen,
    CheckingScreen,
    HistogramScreen,
    ProfileScreen,
    RegionScreen,
    NumbersOfScreen,
    ChunkMapOfScreen,
    FilmScreen,
    BookmarkingScreen,
    OverviewScreen,
    TableScreen,
    TakingScreen,
):
    """Three panes on one store.

    Parameters
    ----------
    access, root, listing
        The store, its root and the first page of children.
    path
        The node that the cursor shall stand on.
    settings
        The user's settings.
    graphics
        How the terminal shows true pixels; None where it does not.
    """

    BINDINGS = bindings("everywhere")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (90, "-wide")]

    def __init__(
        self,
        access: Access,
        root: Node,
        listing: Listing | None,
        path: str,
        settings: Settings,
        graphics: Graphics | None = None,
    ) -> None:
        super().__init__(access, root, settings)
        self._graphics = self.work.graphics = graphics
        self.first = listing
        self._path = path
        self._resting: Timer | None = None

    def compose(self) -> ComposeResult:
        """Title, three panes, keys."""
        yield TitleBar()
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield HierarchyTree(self.access.location.name, self.root_node, self.first)
                yield Input(id="find", placeholder="find by name")
                yield InfoPane()
                yield PlotPane(HistogramPlot(), ProfilePlot())
            yield PicturePane(self._first_look, self.settings.ask_above_bytes, self._graphics)
        with Horizontal(id="bottom"):
            yield KeyBar()
            if self.access.traffic is not None:
                yield TrafficBar(self.access.traffic)

    @property
    def _first_look(self) -> Look:
        look = terminal_look(os.environ, self.settings.rendering, self.settings.colors)
        return replace(look, cell_pixels=self._graphics.cell) if self._graphics else look

    def on_mount(self) -> None:
        """Show the first frame; all that is heavy comes right after it."""
        self.add_class("-at-hierarchy")
        self.hierarchy.focus()
        self.panel.show_words("Picture", "")
        self.show_title()
        if self._path:
            self.hierarchy.reveal(self._path)
        self.app.theme_changed_signal.subscribe(self, lambda theme: self.panel.fit())
        self.call_after_refresh(self.work.warm_up)

    # -- choosing a node ------------------------------------------------------------------

    @on(HierarchyTree.Wanted)
    def _list(self, event: HierarchyTree.Wanted) -> None:
        self.work.list_children(event.group, event.before, event.rows)

    @on(messages.Listed)
    def _fill(self, event: messages.Listed) -> None:
        self.hierarchy.fill(event.listing)

    @on(messages.NotListed)
    def _not_listed(self, event: messages.NotListed) -> None:
        self.hierarchy.fail(event.group, event.why)

    @on(HierarchyTree.Chosen)
    def _chosen(self, event: HierarchyTree.Chosen) -> None:
        self.node = event.node
        self.leave_going()
        self.edits = messages.EditsFound()
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(_REST, self._look_at)

    def _look_at(self) -> None:
        self.panel.begin_to_wait()
        self.work.describe(self.node)

    @on(messages.Described)
    def _described(self, event: messages.Described) -> None:
        if (event.before or event.node) != self.node:
            return
        self.show_node(event)

    def show_node(self, event: messages.Described, like: PictureRequest | None = None) -> None:
        """Show a node that was looked at, with its picture like another one where that is given."""
        self.node, self.image, self.series = event.node, event.image, event.series
        self.hierarchy.mend([event.node, *(event.image.levels if event.image else ())])
        self.work.find_edits(self.node.path)
        self.info.show_attributes(event.node)
        self.show_facts()
        self.show_title()
        if self.show_plate(event):
            pass
        elif event.image is not None:
            if like is None:
                self.lay_kept_labels(event)
            self.panel.show_image(event.image, like, self.come_back(event))
        elif event.encoded is not None:
            self.show_encoded(event.encoded)
        elif isinstance(event.node, Broken):
            words = f"{event.node.reason}\n\n{event.node.detail}"
            self.panel.show_words(event.node.name, visible_lines(words))
        else:
            self.panel.show_words(
                self.node.name or self.access.location.name,
                "Choose an image or an array to see it.",
            )
        self.refresh_keys()

    @on(messages.NotDescribed)
    def _not_described(self, event: messages.NotDescribed) -> None:
        if event.node == self.node:
            self.panel.stopped()
            self.tell(str(event.error), "error")

    def show_title(self) -> None:
        """Say where one is, and whether it can be edited."""
        node = self.node
        location = self.access.location
        where = f"{location.name}/{node.path}" if node.path else location.name
        formats = ""
        if isinstance(node, Array) or (isinstance(node, Group) and node.zarr_format):
            formats = format_line(node)
        self.query_one(TitleBar).show(
            visible(where), [location.place, *filter(None, [formats]), self.can_be_edited()]
        )

    def action_leave(self) -> None:
        """Leave, but not in the middle of an edit."""
        if self.work.is_writing:
            self.tell(f"{WRITING} Then q leaves.", "warning")
        else:
            self.app.exit()

    def show_changed(self) -> None:
        """Show values anew: some were changed."""
        self.forget_counted()
        self.work.forget()
        self.panel.plate_view.forget()
        self.panel.ask_again()

    def list_anew(self) -> None:
        """List all groups anew, as nodes came or went, and go to `list_next`, or above it."""
        path, self.list_next = self.list_next or "", None
        self.first = None
        self.node = self.root_node  # the one that was chosen may be there no more
        self.hierarchy.show_all(None, path)
        if not path:  # the cursor stays where it is, and tells nothing
            self.work.describe(self.node)

    def action_open_all(self) -> None:
        """Open all groups below the one under the cursor, up to a bound."""
        if isinstance(self.node, Group):
            self.work.open_below(self.node)

    @on(messages.OpenedBelow)
    def _opened_below(self, event: messages.OpenedBelow) -> None:
        self.hierarchy.open_all(event.listings)
        if not event.complete:
            bound = plural(self.settings.expand_nodes, "node")
            self.tell(f"Stopped at {bound}; open the rest one by one.")

    # -- getting around -------------------------------------------------------------------

    @property
    def where(self) -> Where:
        """The pane that has the focus."""
        focused = self.focused
        if isinstance(focused, AttributesTree):
            return "info"
        if isinstance(focused, PictureView):
            return "picture"
        if isinstance(focused, ValueGrid):
            return "table"
        if isinstance(focused, Plot) or focused is self.edges:
            return "profile" if focused is self.profile else "histogram"
        return "plate" if isinstance(focused, PlateView) else "hierarchy"

    def action_pane(self, where: Where) -> None:
        """Go to a pane."""
        if where == "info":
            self.close_plot()  # which stands in its place
        # Where one pane is shown at a time, it must be shown before it can have the focus.
        self.show_pane(where)
        self.part_of(where).focus()

    def part_of(self, where: Where) -> Widget:
        """What has the focus in a pane."""
        if where == "info":
            return self.query_one(AttributesTree)
        if where in ("histogram", "profile"):
            return self.histogram if where == "histogram" else self.profile
        return self.panel.focusable_part if _pane(where) == "picture" else self.hierarchy

    def action_next_pane(self, steps: int) -> None:
        """Go to the next pane, also where only one is shown at a time."""
        at = (_PANES.index(_pane(self.where)) + steps) % len(_PANES)
        self.action_pane(_PANES[at])

    def on_descendant_focus(self) -> None:
        """Show the pane that got the focus, and its keys."""
        if not isinstance(self.focused, Input):
            self.show_pane(self.where)
        self.refresh_keys()

    def show_pane(self, where: Where) -> None:
        """Bring a pane in sight where one is shown at a time."""
        for name in _PANES:
            self.set_class(name == _pane(where), f"-at-{name}")

    def action_back(self) -> None:
        """One step back: leave a search, stop what runs, or go back to the tree."""
        if self.leave_find() or self.leave_typing() or self.stop_film():
            return
        stopped = self.work.stop()
        if stopped == "reading":
            self.panel.stopped()
        elif stopped == "measuring":
            self.panel.settle()
        elif stopped == "plotting":
            self.plot_stopped()
        elif stopped == "summing":
            self.measuring_stopped()
        elif stopped is None and (self.drop_region() or self.close_measures() or self.close_plot()):
            return
        elif stopped is None and self.panel.cursor is not None:
            self.panel.toggle_cursor()
        elif stopped is None and self.back_to_plate():
            return
        elif stopped is None and self.where != "hierarchy":
            self.action_pane("hierarchy")
        elif stopped is None:
            self.post_message(messages.StoreLeft())

    def action_help(self) -> None:
        """All keys."""
        self.app.push_screen(HelpScreen(self.actions, self.where, self.works))

    def refresh_keys(self) -> None:
        """Show the keys that work now."""
        self.query_one(KeyBar).show(footer_actions(self.actions, self.where), self.works)

    def works(self, action: Action) -> bool:
        """Whether an action can do anything at the moment."""
        request = self.panel.request
        match action.needs:
            case "picture":
                return request is not None
            case "values":
                return request is not None or self.panel.shown_table is not None
            case "axis":
                if request is None:
                    return self.panel.can_step_values and action.run.startswith("plane(")
                return request.view.moving is not None
            case "array":
                return bool(self.countable())
            case "plate":
                return self.panel.shows_plate
            case "well":
                return self.panel.shows_plate or self.place is not None
            case "field":
                return self.place is not None and self.place.field is not None
            case "edit" | "write" | "undo" | "redo":
                return self.can_change(action.needs)
        return True

    def do(self, action: Action) -> None:
        """Do what an action's key does: for the command palette."""
        pane = self.part_of(action.where) if action.where != "everywhere" else self
        self.call_later(pane.run_action, action.run)

    @on(messages.Failed)
    def _failed(self, event: messages.Failed) -> None:
        self.tell(str(event.error), "error")


def _pane(where: Where) -> Where:
    """The pane that a part of the screen is in."""
    return "picture" if where in ("table", "plate", "histogram", "profile") else where


def visible_lines(text: str) -> str:
    """Text of several lines, each made safe."""
    return "\n".join(visible(line) for line in text.split("\n"))
