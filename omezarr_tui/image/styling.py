"""What a key does to how a picture looks: each function gives the request for the next picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from omezarr_tui.image.cells import DEPTHS, Rendering
from omezarr_tui.image.channels import (
    MOST,
    channel_axis,
    channel_color,
    composed_channels,
    is_opacity,
    is_rgb,
    told_window,
)
from omezarr_tui.image.composite import RGB
from omezarr_tui.image.contrast import shifted, stretched
from omezarr_tui.image.look import COLORMAPS, GAMMAS, GREY, OF_CHANNEL, SOURCES, Look, Source
from omezarr_tui.image.picture import PictureRequest
from omezarr_tui.ome.model import Window

# Colours that a channel can be given by a key, well apart when they add up.
COLORS: tuple[RGB, ...] = (
    (255, 255, 255), (0, 255, 0), (255, 0, 255), (0, 160, 255), (255, 200, 0), (255, 60, 60),
    (0, 255, 255),
)  # fmt: skip


def _styled(request: PictureRequest, look: Look) -> PictureRequest:
    return replace(request, look=look)


def next_rendering(request: PictureRequest, can: Sequence[Rendering]) -> PictureRequest:
    """Show it the next way of those that the terminal can."""
    look = request.look
    at = can.index(look.rendering) + 1 if look.rendering in can else 0
    return _styled(request, replace(look, rendering=can[at % len(can)]))


def next_depth(request: PictureRequest) -> PictureRequest:
    """Use fewer colours, or after none all of them again."""
    at = (DEPTHS.index(request.look.depth) - 1) % len(DEPTHS)
    return _styled(request, replace(request.look, depth=DEPTHS[at]))


def next_colormap(request: PictureRequest) -> PictureRequest:
    """The next of a few colormaps, the channel's colour among them where it has one.

    Of composed channels, which have their own colours, one is shown.
    """
    axis, look = channel_axis(request.image), request.look
    has_color = axis is not None and channel_color(request.image, look, request.channel) != (
        255,
        255,
        255,
    )
    maps = [name for name in COLORMAPS if name != OF_CHANNEL or has_color]
    at = maps.index(look.colormap) + 1 if look.colormap in maps else 0
    if request.is_composed:
        at = 0
    return _styled(request, replace(look, colormap=maps[at % len(maps)], composed=False))


def with_colormap(request: PictureRequest, name: str) -> PictureRequest:
    """A colormap by its name."""
    return _styled(request, replace(request.look, colormap=name, composed=False))


def next_gamma(request: PictureRequest) -> PictureRequest:
    """Lift dim things more, or sink them."""
    gamma = request.look.gamma
    at = GAMMAS.index(gamma) + 1 if gamma in GAMMAS else 0
    return _styled(request, replace(request.look, gamma=GAMMAS[at % len(GAMMAS)]))


def inverted(request: PictureRequest) -> PictureRequest:
    """Swap dark and bright."""
    return _styled(request, replace(request.look, invert=not request.look.invert))


def sources_of(request: PictureRequest) -> list[Source]:
    """Where windows of a picture can come from: the metadata only where they tell any."""
    channels = composed_channels(request.image, request.look) if request.is_composed else []
    tells = any(
        told_window(request.image, at) is not None for at in chain([request.channel], channels)
    )
    return [source for source in SOURCES if source != "told" or tells]


def has_one_window(request: PictureRequest) -> bool:
    """Whether windows by themselves are what they are, wherever they are said to come from.

    Those of colours and of masks are all that there can be, unless the metadata tell others.
    """
    if request.look.without_windows() != request.look or "told" in sources_of(request):
        return False
    return is_rgb(request.image) or request.sampling().array.dtype.kind == "boolean"


def automatic_window(request: PictureRequest) -> PictureRequest:
    """Windows by themselves; where they are already, from the next source."""
    look, sources = request.look, sources_of(request)
    free = look.without_windows()
    if free != look:
        return _styled(request, free)
    at = sources.index(look.source) + 1 if look.source in sources else 1
    return _styled(request, replace(look, source=sources[at % len(sources)]))


def with_window(request: PictureRequest, channel: int, window: Window) -> PictureRequest:
    """The window of a channel, and keep it from now on."""
    return _styled(request, request.look.with_window(channel, window))


def window_stretched(
    request: PictureRequest, channel: int, shown: Window, factor: float
) -> PictureRequest:
    """Make the window that is shown narrower or wider, and keep it from now on."""
    return with_window(request, channel, stretched(shown, factor))


def window_shifted(
    request: PictureRequest, channel: int, shown: Window, part: float
) -> PictureRequest:
    """Move the window that is shown by a part of its width, and keep it from now on."""
    return with_window(request, channel, shifted(shown, part))


# -- channels -------------------------------------------------------------------------------


def composed_or_alone(request: PictureRequest) -> PictureRequest:
    """Show channels one over another, or the one that the view stands on.

    A projection along the channels, which shows them all as one, ends.
    """
    look = replace(request.look, composed=not request.is_composed, colormap=GREY)
    if request.view.moving == channel_axis(request.image):
        request = replace(request, projection=None)
    return _styled(request, look)


def channel_toggled(request: PictureRequest, at: int) -> PictureRequest:
    """Show a channel among the others, or leave it out; the last one stays, no more come in."""
    look = request.look
    together = composed_channels(request.image, look)
    if at not in together and len(together) == MOST:
        return request  # or it would show up much later, or push out another
    lit = [channel for channel in together if not is_opacity(request.image, channel)]
    if lit == [at]:
        return request
    changed = replace(look.channel(at), shown=at not in together)
    return _styled(request, look.with_channel(at, changed))


def channel_shown(request: PictureRequest, at: int) -> PictureRequest:
    """Show a channel among the others."""
    look = request.look
    return _styled(request, look.with_channel(at, replace(look.channel(at), shown=True)))


def channel_recolored(request: PictureRequest, at: int) -> PictureRequest:
    """The next colour for a channel; after the last its own again."""
    look = request.look
    own = look.channel(at).color
    following = COLORS.index(own) + 1 if own in COLORS else 0
    color = COLORS[following] if following < len(COLORS) else None
    return _styled(request, look.with_channel(at, replace(look.channel(at), color=color)))


# -- what a sample is -----------------------------------------------------------------------


def maximum_or_mean(request: PictureRequest) -> PictureRequest:
    """Let a sample be the maximum of its pixels, or their mean again."""
    return replace(request, maximum=not request.maximum)


def next_projection(request: PictureRequest) -> PictureRequest:
    """Show the maximum along the stepped axis, then the mean, then one plane again."""
    view = request.view
    if view.moving is None:
        return replace(request, projection=None)
    following = {None: "maximum", "maximum": "mean", "mean": None}
    return replace(request, projection=following[request.projection])  # type: ignore[arg-type]
