"""How pictures look, from the main screen: what keys change of contrast, colours and channels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from omezarr_tui.image import styling
from omezarr_tui.image.channels import channel_count
from omezarr_tui.settings import MIB
from omezarr_tui.text import format_bytes, visible
from omezarr_tui.tui.screens.base import StoreScreen
from omezarr_tui.tui.screens.channels import FIXED, ChannelsScreen
from omezarr_tui.tui.screens.colormaps import ColormapsScreen

if TYPE_CHECKING:
    from omezarr_tui.image.picture import PictureRequest

_CONTRAST = 1.25
_SHIFT = 0.1
_WORTH_TELLING = 32 * MIB


class StylingScreen(StoreScreen):
    """The part of the main screen that changes how a picture looks."""

    def steer(self, change: Callable[[PictureRequest], PictureRequest]) -> None:
        """Change what is looked at, or how."""
        raise NotImplementedError

    def action_rendering(self) -> None:
        """Show it the next way."""
        self.steer(partial(styling.next_rendering, can=self.panel.renderings))

    def action_depth(self) -> None:
        """Use fewer colours, or all again."""
        self.steer(styling.next_depth)
        if request := self.panel.request:
            self.tell(_DEPTHS[request.look.depth], alone=True)

    def action_colormap(self) -> None:
        """The next colormap."""
        self.steer(styling.next_colormap)

    def action_choose_colormap(self) -> None:
        """Choose one of all colormaps."""
        if self.panel.request is not None:
            self.app.push_screen(ColormapsScreen(self.panel.request, self.steer))

    def action_gamma(self) -> None:
        """Lift dim things more, or less."""
        self.steer(styling.next_gamma)

    def action_invert(self) -> None:
        """Swap dark and bright."""
        self.steer(styling.inverted)

    def action_window_auto(self) -> None:
        """Let the contrast come by itself; where it does, from the next source."""
        if (request := self.panel.request) and styling.has_one_window(request):
            self.tell(FIXED)
        else:
            self.steer(styling.automatic_window)

    def action_window_width(self, direction: int) -> None:
        """More or less contrast."""
        if picture := self.panel.picture:
            at, factor = picture.layer, _CONTRAST**direction
            self.steer(lambda r: styling.window_stretched(r, at.channel, at.window, factor))

    def action_window_shift(self, direction: int) -> None:
        """Darker or brighter."""
        if picture := self.panel.picture:
            at, part = picture.layer, direction * _SHIFT
            self.steer(lambda r: styling.window_shifted(r, at.channel, at.window, part))

    def action_maximum(self) -> None:
        """Let a sample be the maximum of its pixels, or their mean."""
        self.steer(styling.maximum_or_mean)

    def action_projection(self) -> None:
        """Show the maximum along the stepped axis, its mean, or one plane again."""
        request = self.panel.request
        if request is None:
            return
        changed = styling.next_projection(request)
        if changed.projection is not None:
            view, axes = request.view, request.image.multiscale.axes
            assert view.moving is not None
            nbytes, name = changed.decoded_bytes, visible(axes[view.moving].name)
            if nbytes > _WORTH_TELLING:  # far above it the pane asks first
                size = format_bytes(nbytes)
                self.tell(f"The {changed.projection} along {name} reads up to {size}.")
        self.steer(lambda _: changed)

    def action_compose_channels(self) -> None:
        """Show channels one over another, or one at a time."""
        request = self.panel.request
        if request is None or channel_count(request.image) < 2:
            self.tell("This image has one channel.")
            return
        self.steer(styling.composed_or_alone)

    def action_channels(self) -> None:
        """Choose channels, their colours and windows."""
        if self.panel.picture is not None:
            self.app.push_screen(ChannelsScreen(self.panel.picture, self.steer))


_DEPTHS = {
    "true": "All colours.",
    "256": "256 colours.",
    "16": "16 colours.",
    "none": "No colours.",
}
