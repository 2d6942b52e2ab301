"""What every part of the main screen stands on: the store, the node, the panes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omezarr_tui.tui.actions import BROWSING, Action, Where, remapped
from omezarr_tui.tui.screens.writing import WritingScreen
from omezarr_tui.tui.widgets.hierarchy import HierarchyTree
from omezarr_tui.tui.widgets.info import InfoPane
from omezarr_tui.tui.widgets.picture_pane import PicturePane
from omezarr_tui.tui.workers import Workers

if TYPE_CHECKING:
    from omezarr_tui.image.named_overlay import NamedOverlay
    from omezarr_tui.ome.discover import Image
    from omezarr_tui.ome.model import SeriesList
    from omezarr_tui.settings import Settings
    from omezarr_tui.store.access import Access
    from omezarr_tui.store.node import Node


class StoreScreen(WritingScreen[None]):
    """A screen on one store.

    Parameters
    ----------
    access
        The store.
    root
        Its root; the first node that is chosen.
    settings
        The user's settings.
    """

    work: Workers
    list_next: str | None = None  # where to go when nodes that came or went are listed anew

    def __init__(self, access: Access, root: Node, settings: Settings) -> None:
        super().__init__()
        self.access = access
        self.actions = remapped(settings.keys, BROWSING)
        self.settings = settings
        self.work = Workers(self, access, settings)
        self.root_node = root
        self.node = root
        self.image: Image | None = None
        self.series: SeriesList | None = None
        # What lies over the fields of a plate, also when the one that is shown has none of it.
        self.over_fields: NamedOverlay | None = None

    def on_unmount(self) -> None:
        """Let a server that hangs keep nobody from leaving."""
        self.work.leave()

    @property
    def hierarchy(self) -> HierarchyTree:
        """The tree pane."""
        return self.query_one(HierarchyTree)

    @property
    def info(self) -> InfoPane:
        """The info pane."""
        return self.query_one(InfoPane)

    @property
    def panel(self) -> PicturePane:
        """The picture pane."""
        return self.query_one(PicturePane)

    def list_anew(self) -> None:
        """List all groups anew, as nodes came or went, and go to `list_next`, or above it."""
        raise NotImplementedError

    @property
    def where(self) -> Where:
        """The pane that has the focus."""
        raise NotImplementedError

    def show_pane(self, where: Where) -> None:
        """Bring a pane in sight where one is shown at a time."""
        raise NotImplementedError

    def works(self, action: Action) -> bool:
        """Whether an action can do anything at the moment."""
        raise NotImplementedError
