"""The small map on the main screen: where on the plane the window is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.timer import Timer

from omezarr_tui.image import pointing
from omezarr_tui.tui import messages
from omezarr_tui.tui.overview_workers import OverviewMade
from omezarr_tui.tui.screens.base import StoreScreen
from omezarr_tui.tui.widgets.overview import OverviewMap
from omezarr_tui.tui.widgets.picture import PictureView

if TYPE_CHECKING:
    from omezarr_tui.image.cells import Frame
    from omezarr_tui.image.overview import Overview
    from omezarr_tui.image.picture import PictureRequest

_REST = 0.15  # seconds that a picture must stay before the plane is read for its map


class OverviewScreen(StoreScreen):
    """The part of the main screen that shows the map."""

    _map_wanted = True
    _map: Overview | None = None  # of the picture that is shown
    _map_made: tuple[PictureRequest, Frame] | None = None
    _map_resting: Timer | None = None

    def steer(self, change: Callable[[PictureRequest], PictureRequest]) -> None:
        """Change what is looked at, or how."""
        raise NotImplementedError

    @property
    def overview(self) -> OverviewMap:
        """The map."""
        return self.query_one(OverviewMap)

    def action_overview(self) -> None:
        """Show the map, or hide it."""
        self._map_wanted = not self._map_wanted
        self._show_map()
        if self._map_wanted and self._map is None and self.panel.picture is not None:
            self.tell("The map is shown as soon as a part of the plane is looked at.")

    @on(messages.Painted)
    def _show_map(self) -> None:
        from omezarr_tui.image.overview import overview_of

        picture = self.panel.picture
        self._map = overview_of(picture) if picture is not None and self._map_wanted else None
        if self._map is None:
            self._hide_map()
            return
        made = self._map_made
        if made is not None and _same_plane(made[0], self._map.request):
            self.overview.show(made[1], self._map.box)
        if made is None or made[0] != self._map.request:
            self._rest_map()

    def _rest_map(self) -> None:
        if self._map_resting is not None:
            self._map_resting.stop()
        self._map_resting = self.set_timer(_REST, self._make_map)

    def _make_map(self) -> None:
        if self._map is not None:
            self.work.make_overview(self._map)

    @on(OverviewMade)
    def _map_is_made(self, event: OverviewMade) -> None:
        if self._map is not None and event.request == self._map.request:
            self._map_made = (event.request, event.frame)
            self.overview.show(event.frame, self._map.box)

    @on(PictureView.Emptied)
    def _hide_map(self) -> None:
        self.overview.hide()
        self.work.stop_overview()

    @on(OverviewMap.Pointed)
    def _go_on_map(self, event: OverviewMap.Pointed) -> None:
        self.steer(partial(pointing.centred, row=event.row, column=event.column))


def _same_plane(one: PictureRequest, other: PictureRequest) -> bool:
    """Whether a map may stand for another until that is made: only planes or looks differ."""
    return (
        one.image.multiscale == other.image.multiscale
        and (one.view.rows, one.view.columns) == (other.view.rows, other.view.columns)
        and one.room == other.room
        and one.look.depth == other.look.depth
    )
