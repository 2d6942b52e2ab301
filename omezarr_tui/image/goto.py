"""One line that says where to go: planes, a pixel, physical positions, axes, level, zoom. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from omezarr_tui.image.channels import channel_axis, channel_name
from omezarr_tui.image.pointing import centred, zoomed_at
from omezarr_tui.image.positions import (
    NUMBER,
    UNITS,
    channel_named,
    nearest,
    pixel_on,
    position_on,
)
from omezarr_tui.image.steering import placed
from omezarr_tui.image.view import as_plane, axis_pairs
from omezarr_tui.store.node import Array
from omezarr_tui.text import format_length, format_number, listed, plural, visible

if TYPE_CHECKING:
    from omezarr_tui.image.picture import PictureRequest

# A number may stand apart from its unit, as in "2 s"; the s of "t=2 s=3" is the next name.
_MEASURED = rf"{NUMBER}\s*(?:{UNITS}|%)(?=[\s,;]|$)"
_PIECE = re.compile(
    rf"""(?P<name>[^\s,;="']+)\s*=\s*(?P<word>"[^"]*"|'[^']*'|{_MEASURED}|[^\s,;=]*)"""
    rf"""|(?P<bare>"[^"]*"|{_MEASURED}|[^\s,;=]+)|(?P<lost>=)"""
)
_IS_PLACE = re.compile(rf"{NUMBER}|{_MEASURED}")
_SMALL = 1e-6


@dataclass(frozen=True, slots=True)
class Going:
    """Where a line leads.

    Parameters
    ----------
    request
        For the picture there.
    told
        What it does, in words.
    places
        For each displayed axis that was named, where along it, from 0 to 1.
    """

    request: PictureRequest
    told: tuple[str, ...] = ()
    places: Mapping[int, float] = field(default_factory=dict)


@dataclass
class _Line:
    """What a line names, understood as far as needs no sizes."""

    named: list[tuple[int, str]] = field(default_factory=list)  # axis, word
    bare: list[str] = field(default_factory=list)
    pair: tuple[int, int] | None = None
    level: str | None = None
    zoom: str | None = None


def going(request: PictureRequest, text: str) -> Going:
    """Understand a line such as ``15``, ``z=15 c=DAPI``, ``100,250``, ``x=12um``, ``xz zoom=4``.

    Parameters
    ----------
    request
        What is shown now.
    text
        A number alone is a plane of the stepped axis, two are a row and a column, and as many
        as there are axes are a position on each. Pixels count as in the bar: in those of the
        finest level, or of the chosen one.

    Raises
    ------
    ValueError
        It cannot be understood, or leads out of the image; the message says what and why.
    """
    line = _read(request, text)
    told: list[str] = []
    axes = [visible(axis.name) for axis in request.image.multiscale.axes]
    if line.pair is not None:
        pair = as_plane(line.pair, request.image.multiscale.axes, request.view.extent)
        request = replace(request, view=request.view.displaying(*pair))
        told.append("shows {} ↓ {} →".format(*(axes[at] for at in pair)))
    if line.level is not None:
        request = replace(request, level=_level(request, line.level))
        told.append("level by itself" if request.level is None else f"level {request.level}")
    if line.zoom is not None:
        request = _zoomed(request, line.zoom)
        told.append(f"zoom {format_number(request.view.zoom, 3)}")
    named = line.named + _positional(request, line.bare)
    if repeated := {axes[at] for at, _ in named if [a for a, _ in named].count(at) > 1}:
        raise ValueError(f"{listed(sorted(repeated))} is given twice")
    places: dict[int, float] = {}
    view = request.view  # whose axes and window stay
    for axis, word in named:
        size = counted(request, axis)
        if axis in view.fixed:
            pixel = pixel_on(request.image, axis, size, word)
            request = placed(request, axis, pixel, size)
            meaning = _meaning(request, axis, (request.view.index[axis] + 0.5) / view.extent[axis])
            told.append(f"{axes[axis]} {pixel} of 0–{size - 1}{meaning}")
        else:
            position = position_on(request.image, axis, size, word)
            places[axis] = (position + 0.5) / size
            pixel = nearest(position, size)
            told.append(f"{axes[axis]} {pixel}{_meaning(request, axis, places[axis])}")
    if places:
        centre = dict(zip((view.rows, view.columns), view.centre, strict=True)) | places
        request = centred(request, centre[view.rows], centre[view.columns])
    if not told:
        raise ValueError("type where to go")
    return Going(request, tuple(told), places)


def place_text(request: PictureRequest) -> str:
    """Where a picture is, as a line that `going` understands: ``z=15 c=1 zoom=4 y=100 x=250``."""
    view, image = request.view, request.image
    axes = [axis.name for axis in image.multiscale.axes]
    parts = []
    if (view.rows, view.columns) != axis_pairs(view, image.multiscale.axes)[0]:
        parts.append(f"{axes[view.rows]}:{axes[view.columns]}")
    if request.level is not None:
        parts.append(f"level={request.level}")
    together = channel_axis(image) if request.is_composed else None
    parts += [
        f"{axes[axis]}={view.position(axis, counted(request, axis))}"
        for axis in view.fixed
        if view.extent[axis] > 1 and axis != together
    ]
    if view.zoom > 1:
        parts.append(f"zoom={format_number(view.zoom, 5)}")
        for axis, part in zip((view.rows, view.columns), view.centre, strict=True):
            size = counted(request, axis)
            at = f"{min(max(part * size - 0.5, 0), size - 1):.2f}"
            parts.append(f"{axes[axis]}={at.rstrip('0').rstrip('.')}")
    return visible(" ".join(parts))


def counted(request: PictureRequest, axis: int) -> int:
    """Pixels along an axis that positions count in, as in the bar."""
    if request.level is None:
        return request.view.extent[axis]
    array = request.image.levels[request.level]
    assert isinstance(array, Array)
    return array.shape[axis]


def _read(request: PictureRequest, text: str) -> _Line:
    line, axes = _Line(), [axis.name for axis in request.image.multiscale.axes]
    for match in _PIECE.finditer(text):
        name, word, bare = match["name"], match["word"], match["bare"]
        if match["lost"]:
            raise ValueError("= needs a name before it, as in z=3")
        if name is not None:
            axis = _axis(axes, name)
            if axis is not None:
                line.named.append((axis, word))
            elif name.lower() == "level":
                line.level = word
            elif name.lower() == "zoom":
                line.zoom = word
            else:
                known = ", ".join(visible(axis) for axis in axes)
                raise ValueError(f"there is no axis {visible(name)!r}; there are {known}")
        elif _IS_PLACE.fullmatch(bare):
            line.bare.append(bare)
        elif (pair := _pair(axes, bare)) is not None:
            line.pair = pair
        elif (axis := _axis(axes, bare)) is not None:
            position_on(request.image, axis, counted(request, axis), "")  # which tells its bounds
        else:
            line.named.append(_as_channel(request, bare))
    return line


def _axis(axes: list[str], name: str) -> int | None:
    if name in axes:
        return axes.index(name)
    alike = [at for at, axis in enumerate(axes) if axis.lower() == name.lower()]
    return alike[0] if len(alike) == 1 else None


def _pair(axes: list[str], text: str) -> tuple[int, int] | None:
    """Two axes written together, whichever comes first."""
    for rows, down in enumerate(axes):
        for columns, across in enumerate(axes):
            together = {f"{down}{sign}{across}".lower() for sign in ("", ":", "×")}
            if rows != columns and text.lower() in together:
                return rows, columns
    return None


def _as_channel(request: PictureRequest, text: str) -> tuple[int, str]:
    axis = channel_axis(request.image)
    if axis is None or channel_named(request.image, text) is None:
        raise ValueError(f"{visible(text)!r} is no number, no axis and no channel")
    return axis, text


def _positional(request: PictureRequest, words: list[str]) -> list[tuple[int, str]]:
    """The axes that numbers without names stand for."""
    view = request.view
    axes = [visible(axis.name) for axis in request.image.multiscale.axes]
    shown = (view.rows, view.columns)
    if not words:
        return []
    if len(words) == 1 and view.moving is not None:
        return [(view.moving, words[0])]
    if len(words) == 2:
        return list(zip(shown, words, strict=True))
    if len(words) == len(axes):
        return list(enumerate(words))
    one = "" if view.moving is None else f"one is {axes[view.moving]}, "
    two = " and ".join(axes[at] for at in shown)
    all_of = "" if len(axes) == 2 else f", {len(axes)} are {listed(axes)}"
    raise ValueError(f"{plural(len(words), 'number')}: {one}two are {two}{all_of}")


def _level(request: PictureRequest, word: str) -> int | None:
    readable = request.image.readable
    if word.lower() in ("auto", "fit"):
        return None
    if not word.isdecimal() or int(word) not in readable:
        raise ValueError(f"level reaches {readable[0]}–{readable[-1]}, or is auto")
    return int(word)


def _zoomed(request: PictureRequest, word: str) -> PictureRequest:
    view = request.view
    match = re.fullmatch(rf"({NUMBER})[x×]?", word)
    wanted = float(match[1]) if match else 0.0
    most = view.zoomed(float("inf")).zoom
    if not 1 <= wanted <= most + _SMALL:
        raise ValueError(f"zoom reaches 1–{format_number(most, 4)}; 1 shows the whole plane")
    return zoomed_at(request, wanted / view.zoom, (0.5, 0.5))


def _meaning(request: PictureRequest, axis: int, place: float) -> str:
    """What a place on an axis, from 0 to 1, is: a physical position, or a channel's name."""
    image = request.image
    if axis == channel_axis(image):
        return f" ({channel_name(image, request.view.index[axis])})"
    number = image.readable[0]
    level, array = image.multiscale.levels[number], image.levels[number]
    assert isinstance(array, Array)
    if (unit := image.multiscale.axes[axis].unit) is None or level.matrix is not None:
        return ""
    pixel = place * array.shape[axis] - 0.5
    return f" ({format_length(pixel * level.scale[axis] + level.translation[axis], unit)})"
