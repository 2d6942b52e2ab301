"""What a plot is made of: regions and tracks of the channels that a picture shows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from omezarr_tui.image.channels import channel_axis, channel_color, channel_name
from omezarr_tui.image.composite import RGB
from omezarr_tui.image.cursor import Cursor
from omezarr_tui.image.histogram import Region
from omezarr_tui.image.picture import Picture
from omezarr_tui.image.profile import Track
from omezarr_tui.image.region import Region as DrawnRegion
from omezarr_tui.image.sampling import Projection
from omezarr_tui.ome.model import Window
from omezarr_tui.store.node import Array
from omezarr_tui.text import visible

# What is counted: a drawn region, what is seen, the whole plane, or all of the coarsest level.
Scope = Literal["region", "seen", "plane", "level"]
SCOPES: tuple[Scope, ...] = ("region", "seen", "plane", "level")
# Along what: the row or the column of the cursor, the stepped axis, or a drawn line.
Along = Literal["row", "column", "axis", "line"]
# Both ends (row, column) of a line over a picture, in samples of it.
Line = tuple[tuple[float, float], tuple[float, float]]

_LIGHTEST, _DARKEST = 0.4, 0.45  # luminance of ink on a light and on a dark background
_WEIGHTS = (0.299, 0.587, 0.114)


@dataclass(frozen=True, slots=True)
class ShownChannel:
    """A channel of a picture, as plots tell of it.

    Parameters
    ----------
    channel
        By position; 0 of an image without channels.
    name
        Safe to print.
    color
        Red, green and blue.
    window, source
        The values shown as darkest and brightest, and where they come from in words.
    """

    channel: int
    name: str
    color: RGB
    window: Window
    source: str


@dataclass(frozen=True, slots=True)
class Counting:
    """Values to be counted: a region of an array for each channel.

    Parameters
    ----------
    scope
        What they are of what is looked at.
    level
        Number of the level.
    axis
        That of channels, which the regions differ in; None where there is none.
    plane
        The axes down and across.
    projection
        The planes of the regions that are made one before anything is counted.
    """

    scope: Scope
    level: int
    array: Array
    axis: int | None
    regions: tuple[tuple[int, Region], ...]
    plane: tuple[int, int]
    projection: Projection | None = None

    @property
    def pixels(self) -> int:
        """How many values there are of each channel."""
        sizes = [part.stop - part.start for part in self.regions[0][1]]
        if self.projection is not None:
            sizes[self.projection.axis] = 1
        return math.prod(sizes)

    @property
    def decoded_bytes(self) -> int:
        """Uncompressed bytes of the chunks to read; those that hold many channels count once."""
        chunks, array, axis = 1, self.array, self.axis
        for part, size in zip(self.regions[0][1], array.chunks, strict=True):
            chunks *= -(-part.stop // size) - part.start // size
        if axis is not None:
            chunks *= len({region[axis].start // array.chunks[axis] for _, region in self.regions})
        return chunks * math.prod(array.chunks) * (array.dtype.itemsize or 1)


def shown_channels(picture: Picture) -> list[ShownChannel]:
    """The channels that a picture shows."""
    image, look = picture.request.image, picture.request.look
    return [
        ShownChannel(
            layer.channel,
            channel_name(image, layer.channel),
            channel_color(image, look, layer.channel),
            layer.window,
            layer.source,
        )
        for layer in picture.layers
    ]


def counting_of(picture: Picture, scope: Scope, drawn: DrawnRegion | None = None) -> Counting:
    """What is counted of a picture, at the level that it shows unless it is the coarsest.

    Parameters
    ----------
    picture
        What is shown.
    scope
        What of it.
    drawn
        The region that is counted where the scope says so.
    """
    axis = channel_axis(picture.request.image)
    sampling = picture.sampling
    plane, projection = (sampling.rows, sampling.columns), sampling.projection
    level, array, region = sampling.level, sampling.array, list(sampling.region)
    if scope == "level":
        level = picture.request.image.readable[-1]
        coarsest = picture.request.image.levels[level]
        assert isinstance(coarsest, Array)
        array, region = coarsest, [slice(0, size) for size in coarsest.shape]
        projection = None
    elif scope == "region" and drawn is not None:
        region[sampling.rows], region[sampling.columns] = drawn.slices(array)
    elif scope == "plane":
        for at in plane:
            region[at] = slice(0, array.shape[at])
    if axis in plane:
        axis = None  # channels lie side by side in the plane
    regions = tuple(
        (layer.channel, of_channel(tuple(region), axis, layer.channel)) for layer in picture.layers
    )
    return Counting(scope, level, array, axis, regions, plane, projection)


def of_channel(region: Region, axis: int | None, channel: int) -> Region:
    """The same region of another channel."""
    if axis is None:
        return region
    return (*region[:axis], slice(channel, channel + 1), *region[axis + 1 :])


def counting_text(counting: Counting, names: list[str]) -> str:
    """Which pixels are counted: ``level 1, z 15, y 20–60``; whole axes are not named.

    Of a projection it is told what it is of: ``level 1, maximum over z 0–24, y 20–60``.
    """
    return ", ".join([f"level {counting.level}", *place_texts(counting, names)])


def place_texts(counting: Counting, names: list[str]) -> list[str]:
    """Where in the level the pixels lie that are counted: ``z 15``, ``y 20–60``."""
    parts, projection = [], counting.projection
    for at, part in enumerate(counting.regions[0][1]):
        last = f"–{part.stop - 1}" if part.stop - part.start > 1 else ""
        told = f"{visible(names[at], 24)} {part.start}{last}"
        if projection is not None and at == projection.axis:
            parts.append(f"{projection.method} over {told}")
        elif at != counting.axis and part != slice(0, counting.array.shape[at]):
            parts.append(told)
    return parts


def tracks_of(
    picture: Picture, cursor: Cursor, along: Along, begin: Cursor | None = None
) -> list[tuple[int, Track]]:
    """The pixels that profiles read, at the level that a picture shows, for each channel of it.

    Parameters
    ----------
    picture
        What is shown; of a row and a column what is seen of them counts.
    cursor
        The pixel that they go through; of a drawn line its end.
    along
        Which.
    begin
        The beginning of a drawn line.

    Returns
    -------
    tracks
        By the positions of the channels; none where there is no axis to step along.
    """
    sampling, view = picture.sampling, picture.request.view
    shape = sampling.array.shape
    start = _pixel(picture, begin if along == "line" and begin else cursor)
    end = _pixel(picture, cursor)
    if along == "axis":
        if view.moving is None:
            return []
        start[view.moving], end[view.moving] = 0, shape[view.moving] - 1
    elif along != "line":
        axis = sampling.columns if along == "row" else sampling.rows
        seen = sampling.region[axis]
        start[axis], end[axis] = seen.start, seen.stop - 1
    track = Track(sampling.level, sampling.array, tuple(start), tuple(end))
    axis_of_channels = channel_axis(picture.request.image)
    if axis_of_channels in track.axes or axis_of_channels in (sampling.rows, sampling.columns):
        return [(picture.layers[0].channel, track)]
    return [
        (layer.channel, track.at_channel(axis_of_channels, layer.channel))
        for layer in picture.layers
    ]


def line_on(picture: Picture, track: Track) -> Line | None:
    """Where a track lies on a picture, which may be of another level; None across its plane."""
    sampling = picture.sampling
    axes = sampling.rows, sampling.columns
    if not {*track.axes} <= {*axes}:
        return None
    steps, first = sampling.pixels_per_sample, (sampling.top, sampling.left)
    row, column, last_row, last_column = (
        ((pixel[axis] + 0.5) / track.array.shape[axis] * sampling.array.shape[axis] - start) / step
        for pixel in (track.start, track.end)
        for axis, start, step in zip(axes, first, steps, strict=True)
    )
    return (row, column), (last_row, last_column)


def cursor_on(picture: Picture, cursor: Cursor, pixel: tuple[int, ...]) -> Cursor:
    """The cursor in the middle of a pixel of the plane that a picture shows."""
    sampling = picture.sampling
    places = dict(cursor.places)
    for axis in (sampling.rows, sampling.columns):
        places[axis] = (pixel[axis] + 0.5) / sampling.array.shape[axis]
    return Cursor(places)


def ink(color: RGB, *, dark: bool) -> RGB:
    """A channel's colour, light or dark enough for thin lines on the terminal's background."""
    luminance = sum(w * c for w, c in zip(_WEIGHTS, color, strict=True)) / 255
    if dark and luminance < _DARKEST:
        part = (_DARKEST - luminance) / (1 - luminance)
        red, green, blue = (round(c + (255 - c) * part) for c in color)
    elif not dark and luminance > _LIGHTEST:
        red, green, blue = (round(c * _LIGHTEST / luminance) for c in color)
    else:
        return color
    return red, green, blue


def _pixel(picture: Picture, cursor: Cursor) -> list[int]:
    """The pixel of the level that is shown that a cursor lies on."""
    sampling, view = picture.sampling, picture.request.view
    pixel = list(sampling.position)
    for axis in (sampling.rows, sampling.columns):
        size = sampling.array.shape[axis]
        pixel[axis] = min(size - 1, int(cursor.along(axis, view) * size))
    return pixel
