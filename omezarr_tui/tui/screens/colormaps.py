"""The dialog of the colormaps: the picture wears the one under the cursor."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from omezarr_tui.image.colormap_names import (
    colormap_names,
    colormap_variants,
    fitting_colormaps,
)
from omezarr_tui.image.colormaps import color_table
from omezarr_tui.image.styling import with_colormap
from omezarr_tui.tui.screens.dialog import Dialog

if TYPE_CHECKING:
    from omezarr_tui.image.picture import PictureRequest

Steer = Callable[["PictureRequest"], "PictureRequest"]
_SHADES = 24
_RESTING = 0.05  # seconds that the cursor must rest before the picture changes


class ColormapsScreen(Dialog[None]):
    """Finds a colormap by name; Enter keeps it, Esc takes back what it changed.

    Parameters
    ----------
    request
        What is shown.
    steer
        Changes what is shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "take_back", "Back"),
        ("down", "move(1)", "Next"),
        ("up", "move(-1)", "Before"),
    ]

    class Sampled(Message):
        """All colormaps have been made."""

    def __init__(self, request: PictureRequest, steer: Callable[[Steer], None]) -> None:
        super().__init__()
        self._before = request.look
        self._worn = None if request.is_composed else request.look.colormap
        self._steer = steer
        self._names: list[str] = []
        self._are_sampled = False  # which takes a moment; until then the list is empty
        self._chosen = False  # nothing changes before the first key

    def compose(self) -> ComposeResult:
        """A line to type in, the colormaps that fit, and the keys."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Colormap"
            yield Input(placeholder="part of a name")
            yield OptionList(markup=False)
            yield Static("↑ ↓ choose   Enter keeps it   Esc back", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin at the one that is shown."""
        self._list.can_focus = False
        self.run_worker(self._sample_all, thread=True, exit_on_error=False)

    def _sample_all(self) -> None:
        """Make the samples in a thread: there are hundreds."""
        for name in (*colormap_names(), *colormap_variants()):
            _sample(name)
        self.post_message(self.Sampled())

    @on(Sampled)
    def _begin(self) -> None:
        self._are_sampled = True
        self._fill(self.query_one(Input).value)
        if not self._chosen and self._worn in self._names:
            self._list.highlighted = self._names.index(self._worn)

    @property
    def _list(self) -> OptionList:
        return self.query_one(OptionList)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._chosen = True
        if self._are_sampled:
            self._fill(event.value)

    def _fill(self, text: str) -> None:
        self._names = fitting_colormaps(text)
        self._list.clear_options()
        self._list.add_options([Option(_sample(name)) for name in self._names])
        self._list.highlighted = 0 if self._names and text.strip() else None

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        self.set_timer(_RESTING, partial(self._wear, self._list.highlighted))

    def _wear(self, at: int | None) -> None:
        if not self._chosen or at is None or at != self._list.highlighted:
            return
        if at < len(self._names):
            self._steer(partial(with_colormap, name=self._names[at]))

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _keep(self) -> None:
        self._chosen = True
        text = self.query_one(Input).value
        if text.strip() and not self._are_sampled:  # somebody types faster
            self._fill(text)
        if self._list.highlighted is None:  # not what was worn while a name was typed
            self.action_take_back()
            return
        self._wear(self._list.highlighted)
        self.leave(None)

    def action_move(self, rows: int) -> None:
        """Go to the next one that fits."""
        self._chosen = True
        if rows > 0:
            self._list.action_cursor_down()
        else:
            self._list.action_cursor_up()

    def action_take_back(self) -> None:
        """Show the picture as it was."""
        from dataclasses import replace

        before, self._chosen = self._before, False  # the cursor may have moved just now
        self._steer(lambda request: replace(request, look=before))
        self.leave(None)


@cache
def _sample(name: str) -> Content:
    table = color_table(name)[:: 255 // (_SHADES - 1)].tolist()
    shades = [(" ", "on #{:02x}{:02x}{:02x}".format(*shade)) for shade in table[:_SHADES]]
    return Content.assemble(*shades, f"  {name}")
