"""The raw numbers around a pixel: a table that moves over the plane and through planes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from omezarr_tui.image import steering
from omezarr_tui.image.numbers import NumbersWanted, number_text, number_width, numbers_around
from omezarr_tui.text import format_bytes, visible
from omezarr_tui.tui.readout_workers import NumbersRead
from omezarr_tui.tui.screens.base import StoreScreen
from omezarr_tui.tui.screens.dialog import Following
from omezarr_tui.tui.themes import QUIET

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.cursor import Cursor
    from omezarr_tui.image.picture import Picture, PictureRequest
    from omezarr_tui.image.sampling import Sampling

    Steer = Callable[[PictureRequest], PictureRequest]

_HINT = "↑↓←→ move · Shift ten · , . plane · f in full · Enter cursor · Esc back"


class NumbersScreen(Following):
    """Shows the values of the level that is shown, around a pixel.

    Parameters
    ----------
    request
        What is looked at; it may be that it cannot be shown.
    cursor
        Where the table begins.
    work
        Reads what is wanted, steers the picture, and stops reading.
    budget
        Uncompressed bytes that are read without asking.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,X", "leave_it", "Back"),
        ("enter", "choose", "Put the cursor there"),
        ("f", "full", "In full"),
        ("r", "read", "Read it anyway"),
        ("up,k", "move(-1,0)", "Up"),
        ("down,j", "move(1,0)", "Down"),
        ("left,h", "move(0,-1)", "Left"),
        ("right,l", "move(0,1)", "Right"),
        ("shift+up,pageup", "move(-10,0)", "Ten up"),
        ("shift+down,pagedown", "move(10,0)", "Ten down"),
        ("shift+left", "move(0,-10)", "Ten left"),
        ("shift+right", "move(0,10)", "Ten right"),
        ("comma", "plane(-1)", "Plane before"),
        ("full_stop", "plane(1)", "Plane after"),
        ("less_than_sign", "plane(-10)", "Ten planes before"),
        ("greater_than_sign", "plane(10)", "Ten planes after"),
    ]

    def __init__(
        self, request: PictureRequest, cursor: Cursor, screen: NumbersOfScreen, budget: int
    ) -> None:
        super().__init__()
        self._request, self._sampling = request, request.sampling()
        self._owner = screen
        self._budget = budget
        self._full = False
        self._allowed = False
        sampling, view = self._sampling, request.view
        self._pixel = list(sampling.position)
        for axis in (sampling.rows, sampling.columns):
            size = sampling.array.shape[axis]
            self._pixel[axis] = min(size - 1, int(cursor.along(axis, view) * size))
        self._wanted: NumbersWanted | None = None
        self._values: np.ndarray | None = None
        self._note = ""

    def compose(self) -> ComposeResult:
        """The table, and the keys."""
        with Vertical(classes="dialog table") as dialog:
            dialog.border_title = "Numbers"
            yield Static("", id="numbers-place", markup=False)
            yield Static("", id="numbers", markup=False)
            yield Static(_HINT, classes="hint", markup=False)

    def on_resize(self) -> None:
        """Show as many as fit."""
        self.call_after_refresh(self._want)

    def follow(self, picture: Picture) -> None:
        """Show the same pixels of another plane."""
        self._follow(picture.request)

    def _follow(self, request: PictureRequest) -> None:
        sampling = request.sampling()
        if sampling.array != self._sampling.array:
            return  # the table stays on the level that it was opened on
        self._sampling = sampling
        for axis, at in enumerate(sampling.position):
            if axis not in (sampling.rows, sampling.columns):
                self._pixel[axis] = at
        self._want()

    def show(self, event: NumbersRead) -> None:
        """Show what was read, unless something else is wanted by now."""
        if event.wanted == self._wanted:
            self._values = event.values
            self._note = "" if event.error is None else f"{event.error.what}: {event.error.why}"
            self._lay_out()

    # -- what keys do ---------------------------------------------------------------------

    def action_move(self, down: int, across: int) -> None:
        """Go to another pixel."""
        sampling = self._sampling
        for axis, step in ((sampling.rows, down), (sampling.columns, across)):
            last = sampling.array.shape[axis] - 1
            self._pixel[axis] = min(last, max(0, self._pixel[axis] + step))
        self._want()

    def action_plane(self, planes: int) -> None:
        """Step through planes, as the picture does."""
        self._owner.steer(partial(steering.stepped, planes=planes))
        if (request := self._owner.panel.request) is not None:
            self._follow(request)  # at once: the picture of a broken plane never comes

    def action_full(self) -> None:
        """Floating-point numbers to their last digit, or short."""
        self._full = not self._full
        self._want()

    def action_read(self) -> None:
        """Read what takes much reading."""
        self._allowed = True
        self._want()

    def action_choose(self) -> None:
        """Put the picture's cursor on the pixel."""
        self._owner.put_on(self._sampling, tuple(self._pixel))
        self.action_leave_it()

    def action_leave_it(self) -> None:
        """Back to the picture."""
        self._owner.work.stop_tabulating()
        self.leave(None)

    # -- inside ---------------------------------------------------------------------------

    @property
    def _margin(self) -> int:
        sampling = self._sampling
        return len(str(sampling.array.shape[sampling.rows] - 1)) + 1

    @property
    def _width(self) -> int:
        sampling = self._sampling
        index = len(str(sampling.array.shape[sampling.columns] - 1))
        return max(number_width(sampling.array, in_full=self._full), index) + 2

    def _want(self) -> None:
        sampling = self._sampling
        size = self.query_one("#numbers").content_size
        room = max(1, size.height - 1), max(1, (size.width - self._margin) // self._width)
        axes = sampling.rows, sampling.columns
        wanted = numbers_around(sampling.level, sampling.array, axes, tuple(self._pixel), room)
        if wanted != self._wanted:
            self._wanted = wanted
            self._values = None
            if wanted.decoded_bytes > self._budget and not self._allowed:
                self._note = f"reads {format_bytes(wanted.decoded_bytes)}: r reads it anyway"
            else:
                self._note = "reading…"
                self._owner.work.tabulate(wanted)
        self._lay_out()

    def _lay_out(self) -> None:
        if (wanted := self._wanted) is None:
            return
        names = [visible(a.name, 24) for a in self._request.image.multiscale.axes]
        at = ", ".join(f"{name} {i}" for name, i in zip(names, self._pixel, strict=True))
        place = f"level {wanted.level} · {at} · {visible(wanted.array.dtype.name)}"
        note = f" · {visible(self._note)}" if self._note else ""
        self.query_one("#numbers-place", Static).update(Content.assemble(place, (note, "b")))
        self.query_one("#numbers", Static).update(self._table(wanted))

    def _table(self, wanted: NumbersWanted) -> Content:
        width, margin = self._width, self._margin
        rows, columns = wanted.region[wanted.rows], wanted.region[wanted.columns]
        here = self._pixel[wanted.rows], self._pixel[wanted.columns]
        head = "".join(f"{column:>{width - 1}} " for column in range(columns.start, columns.stop))
        lines = [Content.styled(" " * margin + head, QUIET)]
        for number, row in enumerate(range(rows.start, rows.stop)):
            parts: list[str | tuple[str, str]] = [(f"{row:>{margin - 1}} ", QUIET)]
            for offset, column in enumerate(range(columns.start, columns.stop)):
                told = "·"
                if self._values is not None:
                    told = number_text(self._values[number, offset], in_full=self._full)
                if (row, column) == here:
                    parts.append((f"[{told:>{width - 2}}]", "b reverse"))
                else:
                    parts.append(f"{told:>{width - 1}} ")
            lines.append(Content.assemble(*parts))
        return Content("\n").join(lines)


class NumbersOfScreen(StoreScreen):
    """The part of the main screen that opens the table of numbers."""

    def steer(self, change: Steer) -> None:
        """Change what is looked at, or how."""
        raise NotImplementedError

    def action_numbers(self) -> None:
        """Show the numbers around the cursor, or around the middle of what is seen."""
        from omezarr_tui.image.cursor import cursor_in_middle

        if (request := self.panel.request) is not None:
            cursor = self.panel.cursor or cursor_in_middle(request.sampling())
            budget = self.settings.ask_above_bytes
            self.app.push_screen(NumbersScreen(request, cursor, self, budget))

    def put_on(self, sampling: Sampling, pixel: tuple[int, ...]) -> None:
        """Put the cursor on a pixel of the level that a picture shows, and bring it in sight."""
        from omezarr_tui.image.cursor import Cursor

        axes = sampling.rows, sampling.columns
        places = tuple((pixel[axis] + 0.5) / sampling.array.shape[axis] for axis in axes)
        before = self.panel.cursor or Cursor()
        self.panel.put_cursor(Cursor({**before.places, **dict(zip(axes, places, strict=True))}))
        sides = (
            (sampling.top, sampling.bottom, sampling.array.shape[sampling.rows]),
            (sampling.left, sampling.right, sampling.array.shape[sampling.columns]),
        )
        seen = (
            first <= place * size < last
            for place, (first, last, size) in zip(places, sides, strict=True)
        )
        if not all(seen):
            self.steer(
                lambda request: replace(
                    request,
                    view=replace(request.view, centre=(places[0], places[1])).panned(0, 0),
                )
            )

    @on(NumbersRead)
    def _numbers_read(self, event: NumbersRead) -> None:
        if isinstance(shown := self.app.screen, NumbersScreen):
            shown.show(event)
