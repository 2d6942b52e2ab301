"""A place on one axis as a user types it: a pixel, a part, a length, a time, a channel. Pure."""

from __future__ import annotations

import math
import re

from omezarr_tui.image.channels import channel_count, channel_name
from omezarr_tui.image.sampling import METRES
from omezarr_tui.ome.discover import Image
from omezarr_tui.store.node import Array
from omezarr_tui.text import format_number, format_unit, listed, visible

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
SECONDS = {
    "nanosecond": 1e-9,
    "microsecond": 1e-6,
    "millisecond": 1e-3,
    "second": 1.0,
    "minute": 60.0,
    "hour": 3600.0,
    "day": 86400.0,
}
# How units are typed, whichever keyboard there is: the second µ is a Greek letter.
_TYPED = {
    **{unit: unit for unit in (*METRES, *SECONDS)},
    **{f"{unit}s": unit for unit in (*METRES, *SECONDS)},
    "Å": "angstrom", "A": "angstrom", "nm": "nanometer",
    "um": "micrometer", "µm": "micrometer", "μm": "micrometer", "micron": "micrometer",
    "microns": "micrometer", "mm": "millimeter", "cm": "centimeter", "m": "meter",
    "km": "kilometer", "ns": "nanosecond", "us": "microsecond", "µs": "microsecond",
    "μs": "microsecond", "ms": "millisecond", "s": "second", "sec": "second", "min": "minute",
    "h": "hour", "d": "day",
}  # fmt: skip
UNITS = "|".join(re.escape(unit) for unit in sorted(_TYPED, key=len, reverse=True))
_SPELLED = re.compile(rf"({NUMBER})\s*(.*)")
_OFF = 1e-6  # of a pixel: what divided doubles may be off by at an edge


def position_on(image: Image, axis: int, size: int, word: str) -> float:
    """Where a word lies along an axis.

    Parameters
    ----------
    image
        Says how large its pixels are, and what its channels are called.
    axis
        The axis.
    size
        Pixels along it that positions count in: of the finest level, or of a chosen one.
    word
        ``15`` or ``-1`` for a pixel, ``50%`` for a part of the axis, ``7.5um`` or ``2 s`` for a
        physical position, ``DAPI`` or ``"DAPI"`` for a channel.

    Returns
    -------
    position
        In pixels, from 0; the centre of the first pixel is at 0. A pixel is a whole number, a
        physical position may lie between two, and half a pixel before the first.

    Raises
    ------
    ValueError
        It lies nowhere on this axis; the message names the axis and its bounds.
    """
    name = visible(image.multiscale.axes[axis].name)
    bounds = f"{name} reaches 0–{size - 1}"
    word = word.strip()
    if not word:
        raise ValueError(f"{name} needs a position, as in {name}={size // 2}; {bounds}")
    match = None if word[0] in "\"'" else _SPELLED.fullmatch(word)
    if match is None:
        return float(_channel(image, axis, word, bounds))
    value, unit = float(match[1]), match[2]
    if unit == "%":
        if not 0 <= value <= 100:
            raise ValueError(f"{name} reaches 0–100 %; {visible(word)} is outside")
        return min(max(value / 100 * size - 0.5, 0.0), size - 1.0)
    if unit:
        return _measured(image, axis, size, value, unit)
    position = value + size if value < 0 else value
    if not 0 <= position <= size - 1:
        raise ValueError(f"{bounds}; {visible(word)} is outside")
    return position


def pixel_on(image: Image, axis: int, size: int, word: str) -> int:
    """The pixel that a word names on an axis: as `position_on`, and never between two.

    Raises
    ------
    ValueError
        There is none; or it is a number with a fraction, which no pixel has.
    """
    position = position_on(image, axis, size, word)
    if not position.is_integer() and re.fullmatch(NUMBER, word.strip()):
        name = visible(image.multiscale.axes[axis].name)
        raise ValueError(f"{name} counts whole pixels, 0–{size - 1}; {word.strip()} is none")
    return nearest(position, size)


def nearest(position: float, size: int) -> int:
    """The pixel that a position lies in."""
    return min(size - 1, max(0, math.floor(position + 0.5)))


def channel_named(image: Image, word: str) -> int | None:
    """The channel with a name, or the only one whose name begins so; None where there is none."""
    wanted = word.strip("\"'").casefold()
    names = [channel_name(image, at).casefold() for at in range(channel_count(image))]
    if not wanted:
        return None
    begun = [at for at, name in enumerate(names) if name.startswith(wanted)]
    return names.index(wanted) if wanted in names else begun[0] if len(begun) == 1 else None


def _channel(image: Image, axis: int, word: str, bounds: str) -> int:
    multiscale = image.multiscale
    name = visible(multiscale.axes[axis].name)
    if multiscale.axes[axis].type != "channel":
        raise ValueError(f"{visible(word)!r} is no position on {name}; {bounds}")
    if (at := channel_named(image, word)) is not None:
        return at
    names = [channel_name(image, at) for at in range(min(channel_count(image), 8))]
    more = " and more" if channel_count(image) > len(names) else ""
    raise ValueError(f"no channel is called {visible(word)}; there are {listed(names)}{more}")


def _measured(image: Image, axis: int, size: int, value: float, typed: str) -> float:
    """A physical position, in pixels of an axis that is counted with `size` of them."""
    multiscale, number = image.multiscale, image.readable[0]
    level, array = multiscale.levels[number], image.levels[number]
    assert isinstance(array, Array)
    name, own = visible(multiscale.axes[axis].name), multiscale.axes[axis].unit
    unit = _TYPED.get(typed, typed)
    if own is None:
        raise ValueError(f"{name} has no unit in this store: write a pixel, 0–{size - 1}")
    factor = 1.0 if unit == own else _ratio(unit, own)
    if factor is None:
        raise ValueError(f"{visible(typed)} does not measure {name}, which is in {visible(own)}")
    scale, first = level.scale[axis], level.translation[axis]
    if level.matrix is not None or not scale:
        raise ValueError(f"{name} is no straight line here: write a pixel, 0–{size - 1}")
    count = array.shape[axis]
    pixel = (value * factor - first) / scale
    if not -0.5 - _OFF <= pixel <= count - 0.5 + _OFF:
        low, high = sorted((first, first + (count - 1) * scale))
        reach = f"{format_number(low, 4)}–{format_number(high, 4)} {format_unit(own)}"
        raise ValueError(f"{name} reaches {reach}; {visible(f'{value:g} {typed}')} is outside")
    return (pixel + 0.5) * size / count - 0.5


def _ratio(unit: str, other: str) -> float | None:
    """How much of another unit one is; None where they do not measure the same."""
    for known in (METRES, SECONDS):
        if unit in known and other in known:
            return known[unit] / known[other]
    return None
