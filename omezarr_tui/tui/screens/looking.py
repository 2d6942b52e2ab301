"""Looking at pictures from the main screen: what keys change, and what workers answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual import on
from textual.timer import Timer

from omezarr_tui.errors import is_lost
from omezarr_tui.image import pointing, steering
from omezarr_tui.image.cursor import Cursor
from omezarr_tui.image.goto import Going
from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.tui import messages
from omezarr_tui.tui.screens.dialog import Following
from omezarr_tui.tui.screens.goto import GotoScreen
from omezarr_tui.tui.screens.styling import StylingScreen
from omezarr_tui.tui.table_workers import CellsNotRead, CellsRead
from omezarr_tui.tui.widgets.picture import PictureView
from omezarr_tui.tui.widgets.picture_pane import PicturePane

_ZOOM = 1.5  # of one step
_FIRST_WAIT, _LONGEST_WAIT = 2.0, 30.0  # seconds between tries while the network fails


class LookingScreen(StylingScreen):
    """The part of the main screen that the picture answers to."""

    _lost = 0  # how often in a row the network failed
    _retrying: Timer | None = None

    @on(PicturePane.Wanted)
    def _paint(self, event: PicturePane.Wanted) -> None:
        self._stop_retrying()
        self.work.paint(event.request)

    @on(PicturePane.CellsWanted)
    def _read_cells(self, event: PicturePane.CellsWanted) -> None:
        self._stop_retrying()
        self.work.read_cells(event.table, event.rows, event.columns)

    @on(messages.Painted)
    def _painted(self, event: messages.Painted) -> None:
        self._lost = 0
        self.panel.paint(event.picture)
        if not event.picture.preliminary:
            self.work.read_on(event.picture.request)
        self.refresh_keys()
        if isinstance(self.app.screen, Following) and event.picture is self.panel.picture:
            self.app.screen.follow(event.picture)
        if self.access.doubt is not None:  # it stands there as long as the picture does
            self.panel.border_subtitle = "refused chunks are shown as never written"

    @on(messages.NotPainted)
    def _not_painted(self, event: messages.NotPainted) -> None:
        if event.request != self.panel.request:
            return
        if is_lost(event.error):
            self.panel.lose("This plane cannot be read at the moment.", event.error, self._retry())
        else:
            self.panel.fail(event.error)

    @on(messages.PaintingAsks)
    def _asked(self, event: messages.PaintingAsks) -> None:
        self.panel.ask(event.request, event.sampling)

    @on(CellsRead)
    def _cells_read(self, event: CellsRead) -> None:
        self._lost = 0
        self.panel.show_cells(event)
        self.refresh_keys()

    @on(CellsNotRead)
    def _cells_not_read(self, event: CellsNotRead) -> None:
        if event.table is not self.panel.shown_table:
            return
        if is_lost(event.error):
            what = "These values cannot be read at the moment."
            self.panel.lose(what, event.error, self._retry())
        else:
            self.panel.fail_values(event)
            if self.panel.has_class("-values"):
                self.tell(str(event.error), "error", alone=True)

    def _retry(self) -> float:
        """Try again by itself, later each time; in how many seconds."""
        self._stop_retrying()
        seconds: float = min(_LONGEST_WAIT, _FIRST_WAIT * 2**self._lost)
        self._lost += 1
        self._retrying = self.set_timer(seconds, self.panel.ask_again)
        return seconds

    def _stop_retrying(self) -> None:
        if self._retrying is not None:
            self._retrying.stop()

    @on(PictureView.Resized)
    def _resized(self) -> None:
        self.panel.fit()

    @on(PictureView.Pan)
    def _panned(self, event: PictureView.Pan) -> None:
        self.steer(partial(pointing.moved, down=event.down, across=event.across))

    @on(PictureView.Zoom)
    def _wheel(self, event: PictureView.Zoom) -> None:
        self.steer(partial(pointing.zoomed_at, factor=_ZOOM**event.direction, at=event.at))

    def steer(self, change: Callable[[PictureRequest], PictureRequest]) -> None:
        """Change what is looked at, or how."""
        self.panel.steer(change)

    def action_plane(self, planes: int) -> None:
        """Go some planes along the chosen axis."""
        self.panel.step_values(planes)
        self.steer(partial(steering.stepped, planes=planes))

    def action_plane_end(self, last: bool) -> None:
        """Go to the first or the last plane."""
        self.steer(partial(steering.at_end, last=last))

    def action_step_along(self, axis: int, planes: int) -> None:
        """Choose an axis and go some planes along it: the arrows of the bar."""
        self.action_moving_axis(axis)
        self.action_plane(planes)

    def action_moving(self, name: str) -> None:
        """Choose the axis that plane keys step along, by name."""
        self.steer(partial(steering.moving_along, name=name))

    def action_moving_axis(self, axis: int) -> None:
        """Choose the axis that plane keys step along, by number."""
        if self.panel.request is not None:
            self.action_moving(self.panel.request.image.multiscale.axes[axis].name)

    def action_next_moving(self) -> None:
        """Choose the next axis."""
        self.steer(steering.next_moving)

    def action_level(self, steps: int) -> None:
        """Go to a coarser or finer level."""
        self.steer(partial(steering.level_changed, steps=steps))

    def action_level_auto(self) -> None:
        """Let the level follow the room and the zoom."""
        self.steer(steering.automatic_level)

    def action_zoom(self, direction: int) -> None:
        """Look from nearer or farther."""
        factor, cursor = _ZOOM**direction, self.panel.cursor
        if cursor is None:
            self.steer(partial(pointing.zoomed_at, factor=factor, at=(0.5, 0.5)))
        else:
            self.steer(partial(pointing.zoomed_on, factor=factor, cursor=cursor))

    def action_zoom_whole(self) -> None:
        """Show the whole plane."""
        self.steer(steering.whole_plane)

    def action_turn(self) -> None:
        """Show the next pair of axes."""
        self.steer(steering.turned)

    def action_read(self) -> None:
        """Read again, or read what was asked about."""
        self.work.forget()
        self.access.forget()
        self.panel.plate_view.forget()
        self.hierarchy.list_again()
        self.panel.allow()
        if self.access.traffic is None:
            self.panel.ask_again()
        else:  # a document may not have come either; then the picture is asked for
            self.work.describe(self.node, again=True)

    def action_goto(self) -> None:
        """Go to a plane, a pixel or a physical position."""
        if self.panel.request is not None:
            self.app.push_screen(GotoScreen(self.panel.request), self._go_to)

    def _go_to(self, going: Going | None) -> None:
        if going is None:
            return
        self.steer(lambda _: going.request)
        if going.places:  # where all of the plane is in sight, the cursor alone shows the place
            cursor = self.panel.cursor or Cursor()
            self.panel.put_cursor(Cursor({**cursor.places, **going.places}))
