"""The picture pane: what is looked at, how, and the bar that tells of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from omezarr_tui.image.bar import overlay_text
from omezarr_tui.image.cells import RENDERINGS, Rendering
from omezarr_tui.image.look import FEW_STEPS, STEPS, Look
from omezarr_tui.image.picture import Picture, PictureRequest
from omezarr_tui.image.steering import carried
from omezarr_tui.image.tables import table_of
from omezarr_tui.image.view import first_view, opens_as_table
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.sizes import pixel_size
from omezarr_tui.store.node import Array
from omezarr_tui.text import format_shape, listed, visible
from omezarr_tui.tui.pace import REST, Pace, is_slow_line
from omezarr_tui.tui.widgets.axis_bar import AxisBar
from omezarr_tui.tui.widgets.measures import MeasuresView
from omezarr_tui.tui.widgets.overlaid_pane import OverlaidPane
from omezarr_tui.tui.widgets.overview import OverviewMap
from omezarr_tui.tui.widgets.picture import PictureView
from omezarr_tui.tui.widgets.plate_bar import PlateBar
from omezarr_tui.tui.widgets.plate_view import PlateView
from omezarr_tui.tui.widgets.series_plot import SeriesPlot
from omezarr_tui.tui.widgets.value_grid import ValueGrid

if TYPE_CHECKING:
    from omezarr_tui.errors import UserError
    from omezarr_tui.image.sampling import Sampling
    from omezarr_tui.image.tables import Table
    from omezarr_tui.tui.graphics import Graphics


class PicturePane(OverlaidPane):
    """Keeps the request for the picture; keys change it, and each change asks anew.

    Parameters
    ----------
    look
        How a plane is shown first.
    ask_above
        Uncompressed bytes above which reading is asked for.
    graphics
        How the terminal shows true pixels; None where it does not.
    """

    @dataclass
    class Wanted(Message):
        """A picture is wanted."""

        request: PictureRequest

    def __init__(self, look: Look, ask_above: int, graphics: Graphics | None = None) -> None:
        super().__init__(ask_above)
        self._look = look
        self._graphics = graphics
        self._pace = Pace(self._line_is_slow)
        self._rest: Timer | None = None
        self._instead: PictureRequest | None = None  # of what is shown as a table

    def compose(self) -> ComposeResult:
        """The picture, a table or a plate for what is none, and the bars."""
        yield PictureView(self._graphics)
        yield SeriesPlot()
        yield ValueGrid()
        yield PlateView()
        yield MeasuresView()
        yield AxisBar()
        yield PlateBar()
        yield OverviewMap()

    @property
    def focusable_part(self) -> Widget:
        """What can have the focus now: the picture, the table of values, or the plate."""
        if self.shows_plate:
            return self.plate_view
        return self.table if self.has_class("-values") else self.view

    @property
    def renderings(self) -> tuple[Rendering, ...]:
        """The ways to show a picture that the terminal can."""
        can = self._graphics is not None and not self.app.no_color
        return tuple(rendering for rendering in RENDERINGS if rendering != "pixels" or can)

    # -- what is shown --------------------------------------------------------------------

    def show_image(
        self,
        image: Image,
        like: PictureRequest | None = None,
        again: Callable[[PictureRequest], PictureRequest] | None = None,
    ) -> None:
        """Show an image, or the level of it that was chosen.

        Parameters
        ----------
        image
            The image.
        like
            What it is looked at like; None for as by itself.
        again
            Changes that, where another image was shown before.
        """
        before = self.request
        self.leave_plate()
        view = first_view(image)
        if view is None:
            self._show_no_plane(image)
            return
        if like is None and before is None and self._goes_on_as_table(image):
            return
        self.leave_table()
        stays = before is not None and before.image.multiscale == image.multiscale
        if before is not None and stays:
            view = before.view  # another level of the same image: stay where we are
        self.request = PictureRequest(
            image,
            view,
            self._room,
            before.look if before is not None and stays else replace(self._look, channels=()),
            image.pinned,
        )
        if like is not None:
            self.request = carried(like, image)
        elif again is not None and not stays:
            self.request = again(self.request)
            self._look = self.request.look
        if before and before.image.multiscale == image.multiscale:
            self.request = replace(self.request, overlay=before.overlay)
        else:
            self.picture = None
            self.cursor = self.cursor if like is not None else None
            self._taken_away = None
        if like is None and not stays and opens_as_table(image):
            self.switch()
        else:
            self._ask()

    def switch(self) -> bool:
        """Show a picture as a table of its values, or such a table as a picture.

        Both stand on the same plane.

        Returns
        -------
        switched
            Whether there was one or the other.
        """
        request, table, instead = self.request, self.shown_table, self._instead
        had_focus = self.screen.focused in (self.view, self.table)
        if request is not None:
            sampling = request.sampling()
            plane = table_of(sampling.array, dict(enumerate(sampling.position)))
            self._forget()
            self._instead = request
            self.show_table(plane)
        elif table is not None and table.array is not None and instead is not None:
            view, shown = instead.view, (instead.view.rows, instead.view.columns)
            for axis, _ in table.fixed():
                if axis not in shown:
                    view = view.at(axis, table.position[axis], table.array.shape[axis])
            self._forget()
            self.request = replace(instead, view=view)
            self._ask()
        else:
            return False
        if had_focus:
            self.focusable_part.focus()
        return True

    def _goes_on_as_table(self, image: Image) -> bool:
        """Show the table of an image anew where one is shown already; whether it is."""
        table, instead = self.shown_table, self._instead
        if table is None or instead is None or instead.image.multiscale != image.multiscale:
            return False
        if instead.image.pinned != image.pinned or table.array not in image.levels:
            return False
        self._instead = replace(instead, image=image)
        self.show_again()
        return True

    def show_words(self, title: str, words: str | Content) -> None:
        """Show words where there is nothing to see."""
        self._forget()
        self.leave_plate()
        self.entitle(visible(title))
        self.view.show_words(words if isinstance(words, Content) else Content(words))

    def show_encoded(self, table: Table) -> None:
        """Show a group that is a table."""
        self._forget()
        self.leave_plate()
        self.show_table(table)

    def paint(self, picture: Picture) -> None:
        """Show a picture that is ready, also when a newer one is on its way."""
        if (
            self.request is None
            or picture.request.image.multiscale != self.request.image.multiscale
        ):
            return
        if picture.request == self.request and not picture.preliminary:
            self.settle()
        elif not self.is_waiting:
            return  # it was stopped, and comes too late
        self.picture = picture
        self.view.show_frame(picture.frame, self.mark)
        self.entitle(_title(picture, 0 if self.place else self.size.width - 8))
        self.query_one(AxisBar).show(picture, self.mark)

    def fail(self, error: UserError) -> None:
        """Tell why the picture that is asked for cannot be made, in its place."""
        if (request := self.request) is not None:
            self.picture = None
            self.entitle(visible(request.sampling().array.name) or "array")
            others = ["planes ( , . )"] if request.view.moving is not None else []
            others += ["levels ( [ ] )"] if len(request.image.readable) > 1 else []
            hint = f"Other {listed(others)} may work." if others else ""
            self.tell_failed("This plane cannot be shown.", error, hint)

    def lose(self, what: str, error: UserError, seconds: float) -> None:
        """Tell that the network failed, and when it is tried again; what was seen stays."""
        if self.picture is not None or self.has_class("-values"):
            self.tell_lost(seconds)
        else:
            self.tell_failed(what, error, f"It is tried again in {seconds:.0f} s; r tries now.")

    def ask(self, request: PictureRequest, sampling: Sampling) -> None:
        """Ask before so much is read."""
        if request != self.request:
            return
        self.picture = None
        self.ask_about(sampling.array, request.decoded_bytes, ("+", "zoom in: it reads less"))

    # -- what keys do ---------------------------------------------------------------------

    def steer(self, change: Callable[[PictureRequest], PictureRequest]) -> None:
        """Change what is looked at, or how."""
        if self.request is None:
            return
        changed = change(self.request)
        if changed != self.request:
            self.request = changed
            self._look = changed.look
            self._ask()

    def ask_again(self) -> None:
        """Ask for the same anew."""
        self.show_again()
        self._ask()

    def fit(self) -> None:
        """Ask for a picture that fits the room that there is now."""
        self._ask()

    def stopped(self) -> None:
        """Say that the user stopped the reading."""
        self.settle()
        if self.picture is not None:
            self.request = self.picture.request
            # Of a coarser level, it is what there is now.
            self.paint(replace(self.picture, preliminary=False))
        elif not self.has_class("-values"):
            self.tell_stopped()

    # -- inside ---------------------------------------------------------------------------

    @property
    def _room(self) -> tuple[int, int]:
        """Cells for the picture; where another pane hides it, about what it would have."""
        if 0 not in self.view.room:
            return self.view.room
        if self.plate_view.size.area:  # which stood in its place
            return self.plate_view.size.height, self.plate_view.size.width
        width, height = self.app.size
        return max(1, height - 8), max(1, width - 2)

    def _ask(self) -> None:
        if self.request is None:
            return
        self.asked = None
        allowed = self.request.sampling().array.path in self.allowed
        self.request = replace(
            self.request,
            room=self._room,
            look=replace(
                self.request.look,
                dark=self.app.current_theme.dark,
                depth="none" if self.app.no_color else self.request.look.depth,
                steps=self._steps(),
            ),
            ask_above=None if allowed else self.ask_above,
        )
        self.begin_to_wait()
        self.post_message(self.Wanted(self.request))

    def _steps(self) -> int:
        """Few shades while pictures follow one another on a slow line, and all after a rest."""
        if self._rest is not None:
            self._rest.stop()
        if not self._pace.hurries():
            return STEPS
        self._rest = self.set_timer(REST, self._show_all_steps)
        return FEW_STEPS

    def _show_all_steps(self) -> None:
        """Ask for the same picture in all shades, once it is there in few."""
        if self.is_waiting:
            self._rest = self.set_timer(REST, self._show_all_steps)
        elif self.picture is not None and self.picture.request == self.request:
            self._ask()

    def _line_is_slow(self) -> bool:
        return not self.app.is_headless and is_slow_line(os.environ, 2)

    def _show_no_plane(self, image: Image) -> None:
        arrays = [level for level in image.levels if isinstance(level, Array)]
        if len(arrays) == 1 and image.multiscale.path == arrays[0].path:
            if self.values_of != arrays[0]:
                self._forget()
            self.show_array(arrays[0])
        elif not arrays:
            notes = "\n".join(image.multiscale.notes)
            self.show_words(
                image.multiscale.name, f"No level of this image can be read.\n\n{notes}"
            )
        else:
            self.show_words(image.multiscale.name, "This image has no plane to show.")

    def forget_picture(self) -> None:
        """Forget what was shown."""
        self._forget()

    def _forget(self) -> None:
        self.settle()
        self.request = self.picture = self.asked = self.cursor = self._instead = None
        self.leave_table()
        self.query_one(AxisBar).show_words("")


def _title(picture: Picture, room: int) -> str:
    """Level, shape and pixel size, and the image's name where there is room for it."""
    multiscale = picture.request.image.multiscale
    array = picture.sampling.array
    size = pixel_size(multiscale.levels[picture.sampling.level], multiscale.axes)
    name = visible(multiscale.name or multiscale.path.rpartition("/")[2])
    level = visible(array.name)
    parts = [level, format_shape(array.shape), size]
    if over := overlay_text(picture):
        # The bar tells the shape and the size too.
        while len(parts) > 1 and len(" · ".join([*parts, over])) > room:
            parts.pop()
        parts.append(over)
    told = " · ".join(filter(None, parts))
    named = f"{name} · {told}"
    return named if name and name != level and len(named) <= room else told
