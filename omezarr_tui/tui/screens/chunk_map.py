"""The map of the chunks over a plane: which are stored, which missing, which fail to decode."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from omezarr_tui.image import steering
from omezarr_tui.image.chunk_map import ChunkFacts, ChunkPlane, Spot, State
from omezarr_tui.image.cursor import Cursor, cursor_in_middle
from omezarr_tui.text import format_bytes, format_shape, plural, visible
from omezarr_tui.tui.readout_workers import ChunksSeen
from omezarr_tui.tui.screens.base import StoreScreen
from omezarr_tui.tui.screens.dialog import Following
from omezarr_tui.tui.widgets.chunk_cells import around, cells, chunk_text, legend

if TYPE_CHECKING:
    from omezarr_tui.image.picture import Picture, PictureRequest

    Steer = Callable[[PictureRequest], PictureRequest]

_HINT = "↑↓←→ move · Shift ten · , . plane · d decode all · Enter this · Esc back"
_OVER_A_NETWORK = 256  # chunks that are asked for at a time


class ChunkMapScreen(Following):
    """Shows a cell for each chunk; those of one shard stand together.

    Parameters
    ----------
    request
        What is looked at; it may be that it cannot be shown.
    cursor
        The chunk under it is told of first.
    screen
        Asks for what is to be known.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,number_sign", "leave_it", "Back"),
        ("d", "decode", "Decode all in sight"),
        ("enter", "decode_one", "Decode this one"),
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

    def __init__(self, request: PictureRequest, cursor: Cursor, screen: ChunkMapOfScreen) -> None:
        super().__init__()
        self._owner = screen
        self._request = request
        self._plane = _plane_of(request)
        self._facts: dict[Spot, ChunkFacts] = {}
        self._doing = ""
        sampling, view = request.sampling(), request.view
        pixel = list(sampling.position)
        for axis in (sampling.rows, sampling.columns):
            size = sampling.array.shape[axis]
            pixel[axis] = min(size - 1, int(cursor.along(axis, view) * size))
        self._at = self._plane.spot_of(tuple(pixel))

    def compose(self) -> ComposeResult:
        """What the map is of, the map, what is under the cursor, and the keys."""
        with Vertical(classes="dialog table") as dialog:
            dialog.border_title = "Chunks"
            yield Static("", id="chunks-plane", markup=False)
            yield Static("", id="chunks", markup=False)
            yield Static("", id="chunk", markup=False)
            yield Static(_HINT, classes="hint", markup=False)

    def on_resize(self) -> None:
        """Show as many as fit."""
        self.call_after_refresh(self._look)

    def follow(self, picture: Picture) -> None:
        """Show the chunks of another plane."""
        self._follow(picture.request)

    def _follow(self, request: PictureRequest) -> None:
        plane = _plane_of(request)
        if plane.array != self._plane.array or (plane.rows, plane.columns) != (
            self._plane.rows,
            self._plane.columns,
        ):
            return  # the map stays on the level that it was opened on
        if plane.place((0, 0)) != self._plane.place((0, 0)):
            self._facts = {}
        self._plane = plane
        self._look()

    def show(self, event: ChunksSeen) -> None:
        """Show what was found out."""
        if event.plane.array == self._plane.array and event.plane.place(
            (0, 0)
        ) == self._plane.place((0, 0)):
            self._facts.update(event.facts)
            if event.is_last:
                self._doing = "" if event.error is None else event.error.why
            self._lay_out()

    # -- what keys do ---------------------------------------------------------------------

    def action_move(self, down: int, across: int) -> None:
        """Go to another chunk."""
        rows, columns = self._plane.grid
        self._at = (
            min(rows - 1, max(0, self._at[0] + down)),
            min(columns - 1, max(0, self._at[1] + across)),
        )
        self._look()

    def action_plane(self, planes: int) -> None:
        """Step through planes, as the picture does."""
        self._owner.steer(partial(steering.stepped, planes=planes))
        if (request := self._owner.panel.request) is not None:
            self._follow(request)  # at once: the picture of a broken plane never comes

    def action_decode(self) -> None:
        """Decode all that are stored and in sight, as many as the budget allows."""
        stored = [
            spot
            for spot in self._in_sight()
            if self._facts.get(spot, ChunkFacts()).state in (State.STORED, State.BROKEN)
        ]
        most = max(1, self._owner.settings.ask_above_bytes // self._plane.chunk_bytes)
        if stored:
            nbytes = format_bytes(min(most, len(stored)) * self._plane.chunk_bytes)
            left = f"; {len(stored) - most} left for the next d" if len(stored) > most else ""
            self._ask(stored[:most], f"decoding {nbytes}{left}… Esc stops", decoding=True)

    def action_decode_one(self) -> None:
        """Decode the chunk under the cursor: whether it does, and else why not."""
        if self._facts.get(self._at, ChunkFacts()).state not in (State.UNKNOWN, State.MISSING):
            self._ask([self._at], "decoding…", decoding=True)

    def action_leave_it(self) -> None:
        """Stop what runs, else back to the picture."""
        if self._owner.work.stop_mapping():
            self._doing = "stopped"
            self._lay_out()
        else:
            self.leave(None)

    # -- inside ---------------------------------------------------------------------------

    @property
    def _window(self) -> tuple[range, range]:
        """The rows and columns of chunks that are in sight: whole shards, and the cursor's."""
        size = self.query_one("#chunks").content_size
        sides = zip(self._plane.grid, self._plane.per_shard, self._at, strict=True)
        down, across = (
            around(at, count, per, room)
            for (count, per, at), room in zip(
                sides, (size.height - 1, (size.width - 6) // 2), strict=True
            )
        )
        return down, across

    def _in_sight(self) -> list[Spot]:
        """The chunks that are in sight; those that are nearest to the cursor first."""
        rows, columns = self._window
        spots = [(row, column) for row in rows for column in columns]
        row, column = self._at
        return sorted(spots, key=lambda spot: max(abs(spot[0] - row), abs(spot[1] - column)))

    def _look(self) -> None:
        unknown = [
            spot
            for spot in self._in_sight()
            if self._facts.get(spot, ChunkFacts()).state is State.UNKNOWN
        ]
        if self._owner.access.traffic is not None and self._plane.array.shards is None:
            unknown = unknown[:_OVER_A_NETWORK]
        if unknown:
            self._ask(unknown, "looking… Esc stops", decoding=False)
        self._lay_out()

    def _ask(self, spots: list[Spot], doing: str, *, decoding: bool) -> None:
        self._doing = doing
        known = {spot: self._facts.get(spot, ChunkFacts()) for spot in spots}
        self._owner.work.look_at_chunks(self._plane, known, decoding=decoding)
        self._lay_out()

    def _lay_out(self) -> None:
        room = self.query_one("#chunks-plane").content_size.width
        down, across = self._window
        lines = [self._told_of_plane(), legend(self._facts, down, across)]
        told = Content("\n").join(line.truncate(room, ellipsis=True) for line in lines)
        self.query_one("#chunks-plane", Static).update(told)
        shown = cells(self._plane, self._facts, down, across, self._at)
        self.query_one("#chunks", Static).update(shown)
        names = [visible(axis.name, 24) for axis in self._request.image.multiscale.axes]
        facts = self._facts.get(self._at, ChunkFacts())
        told_of_chunk = chunk_text(self._plane, self._at, facts, names, room)
        self.query_one("#chunk", Static).update(told_of_chunk)

    def _told_of_plane(self) -> Content:
        plane, array = self._plane, self._plane.array
        parts = [
            f"level {plane.level}",
            f"{format_shape(plane.grid)} = {plural(plane.grid[0] * plane.grid[1], 'chunk')}",
            f"of {format_shape(array.chunks)} px",
        ]
        if array.shards is not None:
            parts.append(f"{format_shape(plane.per_shard)} in a shard")
        note = f" · {visible(self._doing)}" if self._doing else ""
        return Content.assemble(" · ".join(parts), (note, "b"))


class ChunkMapOfScreen(StoreScreen):
    """The part of the main screen that opens the map of chunks."""

    def steer(self, change: Steer) -> None:
        """Change what is looked at, or how."""
        raise NotImplementedError

    def action_chunk_map(self) -> None:
        """Show the chunks that the plane lies in."""
        if (request := self.panel.request) is not None:
            cursor = self.panel.cursor or cursor_in_middle(request.sampling())
            self.app.push_screen(ChunkMapScreen(request, cursor, self))

    @on(ChunksSeen)
    def _chunks_seen(self, event: ChunksSeen) -> None:
        if isinstance(shown := self.app.screen, ChunkMapScreen):
            shown.show(event)


def _plane_of(request: PictureRequest) -> ChunkPlane:
    sampling = request.sampling()
    return ChunkPlane(
        sampling.level, sampling.array, sampling.rows, sampling.columns, sampling.position
    )
