"""Look: how a plane is shown, whatever plane it is. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from omezarr_tui.image.cells import Depth, Rendering
from omezarr_tui.image.composite import RGB
from omezarr_tui.ome.model import Window

# Where windows come from: the metadata, percentiles of the coarsest level, or of what is seen.
Source = Literal["told", "level", "seen"]
SOURCES: tuple[Source, ...] = ("told", "level", "seen")
GREY, OF_CHANNEL = "grey", "channel"  # colormaps besides those of the cmap library
COLORMAPS = (GREY, OF_CHANNEL, "viridis", "magma", "cividis", "turbo")
GAMMAS = (1.0, 0.7, 0.5, 1.5)  # below 1 dim things are lifted
STEPS = 256  # shades of brightness when the user rests
FEW_STEPS = 32  # while pictures follow one another on a slow line


@dataclass(frozen=True, slots=True)
class ChannelLook:
    """What a user changed of one channel; None where it is as the metadata say.

    Parameters
    ----------
    shown
        Whether it takes part where channels are composed.
    window
        The values shown as darkest and brightest.
    color
        Red, green and blue of its brightest value.
    """

    shown: bool | None = None
    window: Window | None = None
    color: RGB | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How a plane is shown.

    Parameters
    ----------
    rendering
        What stands in a cell.
    depth
        The colours that the terminal has.
    dark
        Whether its background is dark.
    steps
        Shades of brightness: fewer make a frame shorter to send.
    cell_pixels
        Height and width of a cell in true pixels, for the rendering ``pixels``.
    source
        Where windows come from that nobody set by hand.
    gamma
        Exponent of the brightness: below 1 dim things are lifted.
    invert
        Show the darkest as the brightest.
    colormap
        ``grey``, ``channel`` for the channel's own colour, or a name of the cmap library.
    composed
        Channels one over another, each in its colour, or one at a time; None leaves it to what
        the image is.
    channels
        What was changed of channels, by their position; of an image without channels 0.
    """

    rendering: Rendering = "ascii"
    depth: Depth = "true"
    dark: bool = True
    steps: int = STEPS
    cell_pixels: tuple[int, int] = (16, 8)
    source: Source = "told"
    gamma: float = 1.0
    invert: bool = False
    colormap: str = GREY
    composed: bool | None = None
    channels: tuple[tuple[int, ChannelLook], ...] = ()

    def channel(self, at: int) -> ChannelLook:
        """What was changed of a channel."""
        return dict(self.channels).get(at, ChannelLook())

    def with_channel(self, at: int, changed: ChannelLook) -> Look:
        """The look with something of a channel changed."""
        channels = {**dict(self.channels), at: changed}
        kept = ((at, one) for at, one in sorted(channels.items()) if one != ChannelLook())
        return replace(self, channels=tuple(kept))

    def with_window(self, at: int, window: Window | None) -> Look:
        """The look with the window of a channel set by hand, or by itself again."""
        return self.with_channel(at, replace(self.channel(at), window=window))

    def without_windows(self) -> Look:
        """The look in which all windows come by themselves."""
        channels = ((at, replace(one, window=None)) for at, one in self.channels)
        return replace(self, channels=tuple((a, c) for a, c in channels if c != ChannelLook()))
