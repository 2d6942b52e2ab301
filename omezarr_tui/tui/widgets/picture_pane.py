"""The picture pane: what is looked at, how, and the bar that tells of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import DataTable

from omezarr_tui.errors import UserError
from omezarr_tui.image.cells import Rendering
from omezarr_tui.image.picture import Picture, PictureRequest
from omezarr_tui.image.values import table_region
from omezarr_tui.image.view import first_view
from omezarr_tui.ome.describe import pixel_size
from omezarr_tui.ome.discover import Image
from omezarr_tui.store.node import Array
from omezarr_tui.text import format_bytes, format_shape, listed, visible
from omezarr_tui.tui.themes import KEY, QUIET
from omezarr_tui.tui.widgets.axis_bar import AxisBar
from omezarr_tui.tui.widgets.picture import PictureView

if TYPE_CHECKING:
    from rich.text import Text

    from omezarr_tui.image.sampling import Sampling
    from omezarr_tui.image.values import TableRegion, ValueTable

SLOW = 0.15  # seconds after which a picture that is still on its way is told of
_WHITE = (255, 255, 255)


class PicturePane(WordedPane):
    """Keeps the request for the picture; keys change it, and each change asks anew.

    Parameters
    ----------
    rendering
        How a plane is shown first.
    ask_above
        Uncompressed bytes above which reading is asked for.
    """

    @dataclass
    class Wanted(Message):
        """A picture is wanted."""

        request: PictureRequest

    @dataclass
    class ValuesWanted(Message):
        """The values of an array that is no picture are wanted."""

        node: Array
        rows: int
        columns: int
        at: Mapping[int, int]

    def __init__(self, rendering: Rendering, ask_above: int) -> None:
        super().__init__()
        self.request: PictureRequest | None = None
        self.picture: Picture | None = None
        self.asked: str | None = None  # the path of the array that is too large to just read
        self._rendering = rendering
        self._ask_above = ask_above
        self._allowed: set[str] = set()
        self._coloured = False
        self._invert = False
        self.values_of: Array | None = None
        self._values_at: dict[int, int] = {}

    def compose(self) -> ComposeResult:
        """The picture, a table for what is none, and the bar."""
        yield PictureView()
        yield DataTable(id="values", zebra_stripes=True, cursor_type="cell")
        yield AxisBar()

    @property
    def focusable_part(self) -> Widget:
        """What can have the focus now: the picture, or the table of values."""
        return self._table if self.has_class("-values") else self.view

    # -- what is shown --------------------------------------------------------------------

    def show_image(self, image: Image) -> None:
        """Show an image, or the level of it that was chosen."""
        self.values_of = None
        self.remove_class("-values")
        before = self.request
        view = first_view(image)
        if view is None:
            self._show_no_plane(image)
            return
        if before and before.image.multiscale == image.multiscale:
            view = before.view  # another level of the same image: stay where we are
        self.request = PictureRequest(
            image,
            view,
            self._room,
            self._rendering,
            image.pinned,
            before.window if before and before.view == view else None,
            self._invert,
        )
        if not before or before.image.multiscale != image.multiscale:
            self.picture = None
        self._ask()

    def show_words(self, title: str, words: str | Content) -> None:
        """Show words where there is nothing to see."""
        self._forget()
        self.entitle(visible(title))
        self.view.show_words(words if isinstance(words, Content) else Content(words))

    def show_values(self, node: Array, table: ValueTable) -> None:
        """Show the values of an array that is no picture."""
        if node != self.values_of:
            return
        from rich.text import Text

        shown = self._table
        shown.clear(columns=True)
        for at, name in enumerate(table.columns):
            shown.add_column(Text(name, style="bold"), key=str(at))
        for at, (name, cells) in enumerate(zip(table.rows, table.cells, strict=True)):
            shown.add_row(*map(Text, cells), key=str(at), label=Text(name))
        self.settle()
        self.add_class("-values")
        self.entitle(f"{visible(node.name) or 'array'} · values")
        self.query_one(AxisBar).show_words(table.note)

    def paint(self, picture: Picture) -> None:
        """Show a picture that is ready, also when a newer one is on its way."""
        if (
            self.request is None
            or picture.request.image.multiscale != self.request.image.multiscale
        ):
            return
        if picture.request == self.request:
            self.settle()
        elif not self.is_awaited:
            return  # it was stopped, and comes too late
        self.picture = picture
        self.view.show_frame(picture.frame)
        self.entitle(_title(picture, self.size.width - 8))
        self.query_one(AxisBar).show(picture)

    def ask(self, request: PictureRequest, sampling: Sampling) -> None:
        """Ask before so much is read."""
        if request != self.request:
            return
        self.settle()
        self.picture = None
        self._question(sampling.array, sampling.decoded_bytes, ("+", "zoom in: it reads less"))

    # -- what keys do ---------------------------------------------------------------------

    def steer(self, change: Callable[[PictureRequest], PictureRequest]) -> None:
        """Change what is looked at, or how."""
        if self.request is None:
            return
        changed = change(self.request)
        if changed != self.request:
            self.request = changed
            self._rendering, self._invert = changed.rendering, changed.invert
            self._ask()

    @property
    def can_step_values(self) -> bool:
        """Whether there are more values than the table shows."""
        return self.values_of is not None and self._values_axis(self.values_of) is not None

    def step_values(self, planes: int) -> None:
        """Show other values: the next plane of the table, or its next rows."""
        node = self.values_of
        if node is None or (step := self._values_axis(node)) is None:
            return
        axis, length = step
        last = (node.shape[axis] - 1) // length * length
        at = min(max(self._values_at.get(axis, 0) + planes * length, 0), last)
        if at != self._values_at.get(axis, 0):
            self._values_at[axis] = at
            self._want_values(node)

    def toggle_colour(self) -> None:
        """Show half-blocks in grey, or in the channel's own colour."""
        self._coloured = not self._coloured
        self._ask()

    def allow(self) -> None:
        """Let be read from now on what was asked about."""
        if self.asked is not None:
            self._allowed.add(self.asked)
            self.asked = None

    def ask_again(self) -> None:
        """Ask for the same anew."""
        if self.values_of is not None:
            self._want_values(self.values_of)
        self._ask()

    def fit(self) -> None:
        """Ask for a picture that fits the room that there is now."""
        self._ask()

    def stopped(self) -> None:
        """Say that the user stopped the reading."""
        self.settle()
        if self.picture is None and self.request is not None:
            self.view.show_words(Content("Reading was stopped. r reads again."))
        elif self.picture is not None:
            self.request = self.picture.request
            self.paint(self.picture)

    # -- inside ---------------------------------------------------------------------------

    @property
    def _room(self) -> tuple[int, int]:
        """Cells for the picture; where another pane hides it, about what it would have."""
        if 0 not in self.view.room:
            return self.view.room
        width, height = self.app.size
        return max(1, height - 8), max(1, width - 2)

    @property
    def _table(self) -> DataTable[Text]:
        return self.query_one("#values", DataTable)

    def _ask(self) -> None:
        if self.request is None:
            return
        self.asked = None
        allowed = self.request.sampling().array.path in self._allowed
        self.request = replace(
            self.request,
            room=self._room,
            dark=self.app.current_theme.dark,
            tint=self._tint(self.request),
            ask_above=None if allowed else self._ask_above,
        )
        self.tell_if_slow()
        self.post_message(self.Wanted(self.request))

    def _tint(self, request: PictureRequest) -> tuple[int, int, int]:
        multiscale = request.image.multiscale
        types = [axis.type for axis in multiscale.axes]
        if not self._coloured or "channel" not in types:
            return _WHITE
        at = request.view.index[types.index("channel")]
        color = multiscale.channels[at].color if at < len(multiscale.channels) else None
        if color is None:
            return _WHITE
        red, green, blue = (int(color[i : i + 2], 16) for i in (0, 2, 4))
        return red, green, blue

    def _show_no_plane(self, image: Image) -> None:
        arrays = [level for level in image.levels if isinstance(level, Array)]
        if len(arrays) == 1 and image.multiscale.path == arrays[0].path:
            self._forget()
            self.values_of, self._values_at = arrays[0], {}
            self._want_values(arrays[0])
        elif not arrays:
            notes = "\n".join(image.multiscale.notes)
            self.show_words(
                image.multiscale.name, f"No level of this image can be read.\n\n{notes}"
            )
        else:
            self.show_words(image.multiscale.name, "This image has no plane to show.")

    def _want_values(self, node: Array) -> None:
        rows, columns = self._table_room
        size = self._table_region(node).decoded_bytes
        if size > self._ask_above and node.path not in self._allowed:
            self._question(node, size)
        else:
            self.tell_if_slow()
            self.post_message(self.ValuesWanted(node, rows, columns, dict(self._values_at)))

    @property
    def _table_room(self) -> tuple[int, int]:
        """Rows and columns of values that there is room for."""
        return max(8, self.size.height - 8), max(2, (self.size.width - 12) // 8)

    def _table_region(self, node: Array) -> TableRegion:
        rows, columns = self._table_room
        return table_region(node, rows=rows, columns=columns, at=self._values_at)

    def _values_axis(self, node: Array) -> tuple[int, int] | None:
        """The axis of a table that plane keys step along, and by how much."""
        shown = self._table_region(node)
        fixed = [a for a in range(len(node.shape)) if a not in (shown.rows, shown.columns)]
        if long := [a for a in fixed if node.shape[a] > 1]:
            return long[-1], 1
        down = shown.rows
        if down is None:
            return None
        page = self._table_room[0]
        return (down, page) if node.shape[down] > page else None

    def _forget(self) -> None:
        self.settle()
        self.request = self.picture = self.asked = self.values_of = None
        self.remove_class("-values")
        self.query_one(AxisBar).show_words("")

def _title(picture: Picture, room: int) -> str:
    """Level, shape and pixel size, and the image's name where there is room for it."""
    multiscale = picture.request.image.multiscale
    array = picture.sampling.array
    size = pixel_size(multiscale.levels[picture.sampling.level], multiscale.axes)
    name = visible(multiscale.name or multiscale.path.rpartition("/")[2])
    level = visible(array.name)
    told = " · ".join(part for part in (level, format_shape(array.shape), size) if part)
    named = f"{name} · {told}"
    return named if name and name != level and len(named) <= room else told
