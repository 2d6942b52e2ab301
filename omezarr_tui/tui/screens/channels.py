"""The dialog of the channels: which are shown, in which colours, between which values."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from omezarr_tui.image import styling
from omezarr_tui.image.channels import (
    MOST,
    channel_color,
    channel_count,
    channel_name,
    composed_channels,
)
from omezarr_tui.image.steering import to_channel
from omezarr_tui.text import cell_width, format_number, padded
from omezarr_tui.tui.screens.dialog import Following
from omezarr_tui.tui.themes import QUIET
from omezarr_tui.tui.widgets.swatch import swatch

if TYPE_CHECKING:
    from omezarr_tui.image.picture import Picture, PictureRequest

Steer = Callable[["PictureRequest"], "PictureRequest"]
_NAME_WIDTH = 16
_MOST = 200  # channels that are listed; of more, keys step along them
_CONTRAST, _SHIFT = 1.25, 0.1
FIXED = "What is black and what is white is fixed here; { } ( ) change it."
_HINT = (
    "Space on or off   Enter alone   * together\n"
    "c colour   { } ( ) contrast   w by itself   Esc back"
)


class ChannelsScreen(Following):
    """Lists the channels of an image beside its picture, which follows at once.

    Parameters
    ----------
    picture
        What is shown.
    steer
        Changes what is shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,C", "leave_it", "Back"),
        ("space", "toggle_channel", "On or off"),
        ("asterisk", "compose_all", "All"),
        ("c", "color", "Colour"),
        ("left_curly_bracket", "width(-1)", "More contrast"),
        ("right_curly_bracket", "width(1)", "Less contrast"),
        ("left_parenthesis", "shift(1)", "Darker"),
        ("right_parenthesis", "shift(-1)", "Brighter"),
        ("w", "auto", "Contrast by itself"),
        ("j", "app.simulate_key('down')", "Down"),
        ("k", "app.simulate_key('up')", "Up"),
    ]

    def __init__(self, picture: Picture, steer: Callable[[Steer], None]) -> None:
        super().__init__()
        self._picture = picture
        self._request = picture.request
        self._steer = steer
        image = picture.request.image
        self._names = [channel_name(image, at)[:_NAME_WIDTH] for at in range(self._count)]
        self._name_width = max(map(cell_width, self._names))

    def compose(self) -> ComposeResult:
        """A line for each channel, and the keys."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Channels"
            yield OptionList(*(Option(line) for line in self._lines()), markup=False)
            yield Static("", classes="problem", markup=False)
            yield Static(_HINT, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin at the channel that the view stands on."""
        self._tell("")
        self._list.highlighted = min(self._request.channel, self._count - 1)

    def follow(self, picture: Picture) -> None:
        """Tell of the picture that is shown now."""
        self._picture, self._request = picture, picture.request
        for at, line in enumerate(self._lines()):
            self._list.replace_option_prompt_at_index(at, line)

    @property
    def _list(self) -> OptionList:
        return self.query_one(OptionList)

    @property
    def _count(self) -> int:
        return min(_MOST, channel_count(self._request.image))

    @property
    def _at(self) -> int:
        return self._list.highlighted or 0

    def _lines(self) -> list[Content]:
        shown = self._shown
        return [self._line(at, shown=at in shown) for at in range(self._count)]

    @property
    def _shown(self) -> list[int]:
        request = self._request
        if request.is_composed:
            return composed_channels(request.image, request.look)
        return [request.channel]

    def _line(self, at: int, *, shown: bool) -> Content:
        request, image = self._request, self._request.image
        windows = {layer.channel: layer for layer in self._picture.layers}
        color = channel_color(image, request.look, at)
        told = ""
        if (layer := windows.get(at)) is not None:
            window = layer.window
            told = f"{format_number(window.start)} to {format_number(window.end)}"
        source = windows[at].source if at in windows else ""
        return Content.assemble(
            "● " if shown else "○ ",
            swatch(color, dark=self.app.current_theme.dark),
            padded(self._names[at], self._name_width),
            f" {padded(told, 14, right=True)} ",
            (source, QUIET),
        )

    def _change(self, change: Steer) -> None:
        self._request = change(self._request)
        self._steer(change)
        self._tell("")
        for at, line in enumerate(self._lines()):
            self._list.replace_option_prompt_at_index(at, line)

    def _tell(self, problem: str) -> None:
        """Say why a key did nothing."""
        line = self.query_one(".problem", Static)
        line.update(problem)
        line.display = bool(problem)

    @on(OptionList.OptionSelected)
    def _alone(self, event: OptionList.OptionSelected) -> None:
        self._change(partial(to_channel, channel=event.option_index))

    def action_toggle_channel(self) -> None:
        """Show the channel among the others, or leave it out."""
        at = self._at

        def toggled(request: PictureRequest) -> PictureRequest:
            if not request.is_composed:
                return styling.channel_shown(styling.composed_or_alone(request), at)
            return styling.channel_toggled(request, at)

        was_on = at in self._shown
        self._change(toggled)
        if (at in self._shown) == was_on:
            self._tell(
                "One channel must stay on."
                if was_on
                else f"{MOST} channels are on, as many as can be: turn one off first."
            )

    def action_compose_all(self) -> None:
        """Show channels one over another, or one alone."""
        self._change(styling.composed_or_alone)

    def action_color(self) -> None:
        """Give the channel the next colour."""
        self._change(partial(styling.channel_recolored, at=self._at))

    def action_auto(self) -> None:
        """Let the contrast come by itself."""
        self._change(styling.automatic_window)
        if styling.has_one_window(self._request):
            self._tell(FIXED)

    def action_width(self, direction: int) -> None:
        """More or less contrast."""
        self._with_window(styling.window_stretched, _CONTRAST**direction)

    def action_shift(self, direction: int) -> None:
        """Darker or brighter."""
        self._with_window(styling.window_shifted, direction * _SHIFT)

    def _with_window(self, change: Callable[..., PictureRequest], amount: float) -> None:
        layer = next((one for one in self._picture.layers if one.channel == self._at), None)
        if layer is not None:  # of one that is not shown no window is known
            self._change(lambda request: change(request, layer.channel, layer.window, amount))

    def action_leave_it(self) -> None:
        """Back to the picture."""
        self.leave(None)
