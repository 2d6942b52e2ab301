"""Channels of an image as they are shown: which, in which colour, between which values."""

from __future__ import annotations

import re
from itertools import cycle, islice

from omezarr_tui.image.composite import RGB
from omezarr_tui.image.look import Look
from omezarr_tui.ome.colour_guess import is_taken_for_rgb
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Channel, Window
from omezarr_tui.store.node import Array
from omezarr_tui.text import visible

MOST = 16  # channels that are composed: more could not be told apart
WHITE: RGB = (255, 255, 255)
_PRIMARIES: tuple[RGB, ...] = ((255, 0, 0), (0, 255, 0), (0, 0, 255))
# Colours of channels that have none: what microscopists use, the most common first.
USUAL: tuple[RGB, ...] = (
    (0, 255, 0), (255, 0, 255), (0, 160, 255), (255, 200, 0), (255, 60, 60), (0, 255, 255),
)  # fmt: skip
_WHOLE_NUMBERS = re.compile(r"(u?)int(\d+)")
_RGB_WORDS = ("red", "green", "blue", "opacity")
_RGB_NAMES = (["red", "green", "blue"], ["r", "g", "b"])


def channel_axis(image: Image) -> int | None:
    """The axis of channels; None where the image has none."""
    types = [axis.type for axis in image.multiscale.axes]
    return types.index("channel") if "channel" in types else None


def channel_count(image: Image) -> int:
    """How many channels there are; 1 where there is no axis of channels."""
    axis = channel_axis(image)
    return 1 if axis is None else _an_array(image).shape[axis]


def channel_name(image: Image, at: int) -> str:
    """What a channel is called, safe to print."""
    told = _told(image, at)
    if told and told.label:
        return visible(told.label, 40)
    return _RGB_WORDS[at] if is_rgb(image) else f"channel {at}"


def channel_color(image: Image, look: Look, at: int) -> RGB:
    """Red, green and blue of a channel: set by hand, told by the metadata, or a usual one."""
    if (own := look.channel(at).color) is not None:
        return own
    if is_rgb(image):
        return _PRIMARIES[at] if at < len(_PRIMARIES) else WHITE
    told = _told(image, at)
    if told is not None and told.color is not None:
        red, green, blue = bytes.fromhex(told.color)
        return red, green, blue
    if channel_count(image) == 1:
        return WHITE
    return next(islice(cycle(USUAL), at, None))


def is_shown(image: Image, look: Look, at: int) -> bool:
    """Whether a channel takes part where channels are composed."""
    own, told = look.channel(at).shown, _told(image, at)
    if own is not None:
        return own
    return at < MOST and (told is None or told.active or is_rgb(image))


def told_window(image: Image, at: int) -> Window | None:
    """The window that the metadata tell of a channel; None where it tells nothing.

    A window over all values that the data type has is what writers put where they know
    nothing of the image.
    """
    told = _told(image, at)
    window = told.window if told else None
    if window is None or not window.start < window.end:
        return None
    whole = whole_range(_an_array(image).dtype.name)
    if whole is not None and window.start <= whole.start and window.end >= whole.end:
        return None
    return window


def whole_range(dtype: str) -> Window | None:
    """All values that a data type of whole numbers has; None for any other."""
    match = _WHOLE_NUMBERS.fullmatch(dtype)
    if match is None:
        return None
    bits = int(match[2])
    return Window(0, 2**bits - 1) if match[1] else Window(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def is_rgb(image: Image) -> bool:
    """Whether the channels are the red, green and blue (and opacity) of a colour picture.

    They are where the metadata say so by colours or names; without metadata, where there are
    three or four of bytes along the last axis, as colour pictures are stored.
    """
    axis, multiscale = channel_axis(image), image.multiscale
    if axis is None or multiscale.is_label or channel_count(image) not in (3, 4):
        return False
    array = _an_array(image)
    if array.dtype.name not in ("uint8", "uint16"):
        return False
    told = multiscale.channels
    if not told:
        is_last = axis == len(array.shape) - 1
        return is_last and (array.dtype.name == "uint8" or is_rgb_by_guess(image))
    colors = [(c.color or "").upper() for c in told[:3]]
    names = [c.label.strip().lower() for c in told[:3]]
    return colors == ["FF0000", "00FF00", "0000FF"] or names in _RGB_NAMES


def is_rgb_by_guess(image: Image) -> bool:
    """Whether it is an array by itself that is taken for a colour picture; nothing says so."""
    array = _an_array(image)
    return image.multiscale.path == array.path and is_taken_for_rgb(array)


def is_opacity(image: Image, at: int) -> bool:
    """Whether a channel is no colour of a colour picture, but how much of it there is."""
    return at == len(_PRIMARIES) and is_rgb(image)


def is_composed(image: Image, look: Look) -> bool:
    """Whether channels are shown one over another, each in its colour.

    Where the user has not chosen: colour pictures, and images whose metadata tell colours and
    do not ask for grey, as far as the terminal has colours.
    """
    count = channel_count(image)
    if count < 2 or image.multiscale.is_label:
        return False
    if look.composed is not None:
        return look.composed
    if look.depth == "none" or look.rendering in ("ascii", "braille"):
        return False
    if is_rgb(image):
        return True
    rendering = image.multiscale.rendering
    if rendering is not None and rendering.model == "greyscale":
        return False
    colors = {channel.color for channel in image.multiscale.channels}
    return count <= MOST and len(colors - {None}) > 1


def composed_channels(image: Image, look: Look) -> list[int]:
    """The channels that are shown one over another, by position; at least one is no opacity."""
    shown = [at for at in range(channel_count(image)) if is_shown(image, look, at)][:MOST]
    return shown if any(not is_opacity(image, at) for at in shown) else [0, *shown]


def _told(image: Image, at: int) -> Channel | None:
    channels = image.multiscale.channels
    return channels[at] if at < len(channels) else None


def _an_array(image: Image) -> Array:
    array = image.levels[image.readable[0]]
    assert isinstance(array, Array)
    return array
