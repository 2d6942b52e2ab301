"""What statistics are told of: a region, what is seen, or the plane, at a level that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from omezarr_tui.image.channels import channel_axis, channel_count, channel_name
from omezarr_tui.image.counted import left_text
from omezarr_tui.image.picture import Picture
from omezarr_tui.image.plotted import Counting, of_channel, place_texts
from omezarr_tui.image.region import Region, region_seen
from omezarr_tui.image.sampling import Projection
from omezarr_tui.image.statistics import Statistics
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.sizes import sizes_text
from omezarr_tui.store.node import Array
from omezarr_tui.text import format_count, format_number, format_unit, padded

What = Literal["region", "what is seen", "whole plane"]
Tables = tuple[tuple[str, ...], ...]

HEADERS = ("", "mean", "std", "min", "max", "sum", "count")
_DIGITS = (6, 9)  # of means and deviations, and of values and sums that are no whole numbers
# With the blanks between columns and the characters of names, where room is scarce.
_NARROWER = (((4, 4), 2, 12), ((4, 4), 1, 12), ((3, 3), 1, 8), ((2, 2), 1, 6), ((2, 2), 1, 3))


@dataclass(frozen=True, slots=True)
class Measuring:
    """Values whose statistics are wanted.

    Parameters
    ----------
    image
        The image.
    what
        What they are of what is looked at.
    counting
        The level, and a region of it for each channel.
    needed
        Uncompressed bytes to read.
    """

    image: Image
    what: What
    counting: Counting

    @property
    def needed(self) -> int:
        """Uncompressed bytes of the chunks that must be read for it."""
        return self.counting.decoded_bytes

    @property
    def is_exact(self) -> bool:
        """Whether they are the values of the finest level that there is."""
        return self.counting.level == 0

    @property
    def source(self) -> str:
        """Of which pixels they are: ``exact, level 0`` or ``of level 2, not exact``."""
        level = self.counting.level
        return "exact, level 0" if self.is_exact else f"of level {level} (reduced), not exact"

    @property
    def place(self) -> str:
        """Where they lie in the level: ``z 15, y 20–60, x 3–9``; nothing where it is all of it."""
        return ", ".join(place_texts(self.counting, [a.name for a in self.image.multiscale.axes]))

    @property
    def size(self) -> str:
        """Pixels down and across, physical size and area."""
        region, plane = self.counting.regions[0][1], self.counting.plane
        counts = [region[axis].stop - region[axis].start for axis in plane]
        axes = self.image.multiscale.axes
        scale = self.image.multiscale.levels[self.counting.level].scale
        parts = [f"{counts[0]} × {counts[1]} px"]
        units = [axes[axis].unit for axis in plane]
        if None not in units:
            sides = [n * abs(scale[axis]) for n, axis in zip(counts, plane, strict=True)]
            parts.append(sizes_text(list(zip(sides, units, strict=True))))
            if units[0] == units[1] and axes[plane[0]].type == "space":
                parts.append(f"{format_number(sides[0] * sides[1])} {format_unit(units[0])}²")
        return " · ".join(parts)


def measuring_of(
    picture: Picture, region: Region | None, budget: int, *, all_channels: bool = False
) -> Measuring:
    """What is measured of a picture, at the finest level that the budget allows.

    Parameters
    ----------
    picture
        What is shown.
    region
        The user's region; without one it is what is seen, or the whole plane where that is.
    budget
        Uncompressed bytes. Where no level keeps to it, the coarsest is taken.
    all_channels
        Whether channels that are not shown count too.
    """
    view, image = picture.request.view, picture.request.image
    what: What = "region"
    if region is None or not region.is_across(view):
        region = region_seen(picture.sampling, view)
        whole = (region.bottom - region.top, region.right - region.left) == region.extent
        what = "whole plane" if whole else "what is seen"
    axis = channel_axis(image)
    if axis in (view.rows, view.columns):
        axis = None
    channels = [layer.channel for layer in picture.layers]
    if all_channels and axis is not None:
        channels = list(range(channel_count(image)))
    for level in image.readable:
        array = image.levels[level]
        assert isinstance(array, Array)
        part = [
            slice(at, at + 1)
            for at in (view.position(axis, size) for axis, size in enumerate(array.shape))
        ]
        part[view.rows], part[view.columns] = region.slices(array)
        if (projection := picture.sampling.projection) is not None:
            size = array.shape[projection.axis]
            projection = Projection(projection.axis, projection.method, 0, size)
            part[projection.axis] = slice(0, size)
        regions = tuple((at, of_channel(tuple(part), axis, at)) for at in channels)
        plane = view.rows, view.columns
        counting = Counting("plane", level, array, axis, regions, plane, projection)
        if counting.decoded_bytes <= budget:
            break
    return Measuring(image, what, counting)


def statistics_rows(
    measuring: Measuring, found: dict[int, Statistics], digits: tuple[int, int] = _DIGITS
) -> list[tuple[str, ...]]:
    """A row for each channel, as `HEADERS` says; dots where it is not known yet."""
    rows = []
    for channel, _ in measuring.counting.regions:
        name = channel_name(measuring.image, channel)
        name = name if measuring.counting.axis is not None else "values"
        told = found.get(channel)
        rows.append((name, *(_cells(told, digits) if told else ["…"] * (len(HEADERS) - 1))))
    return rows


def statistics_text(measuring: Measuring, found: dict[int, Statistics]) -> str:
    """Everything that is known, as lines to copy, with tabs between columns."""
    place, unwritten = measuring.place, never_written_text(measuring, found)
    lines = [
        f"{measuring.what}: {place}" if place else measuring.what,
        "; ".join(filter(None, [measuring.size, measuring.source, unwritten])),
        "\t".join(HEADERS),
    ]
    return "\n".join([*lines, *("\t".join(row) for row in statistics_rows(measuring, found))])


def never_written_text(measuring: Measuring, found: dict[int, Statistics]) -> str:
    """How many values of all channels were never written, or cannot be read."""
    unwritten = sum(one.unwritten for one in found.values())
    unreadable = sum(one.unreadable for one in found.values())
    told = left_text(unwritten, unreadable, measuring.counting)
    return f"{told}, in all channels" if told and len(found) > 1 else told


def statistics_table(
    measuring: Measuring, found: dict[int, Statistics], most: int, names: int, room: int
) -> list[str]:
    """The headers and the first rows, in columns as wide as what they hold.

    Parameters
    ----------
    most
        Rows at the most.
    names
        Characters of a channel's name.
    room
        Characters of a line, for which numbers get fewer digits, then names fewer letters.
    """
    lines: list[str] = []
    for digits, apart, longest in ((_DIGITS, 2, names), *_NARROWER):
        rows = statistics_rows(measuring, found, digits)[:most]
        lines = _laid_out(rows, min(names, longest), " " * apart)
        if len(lines[0]) <= room:
            break
    return lines


def _laid_out(rows: list[tuple[str, ...]], names: int, apart: str) -> list[str]:
    cut = [(row[0][:names], *row[1:]) for row in (HEADERS, *rows)]
    widths = [max(len(row[at]) for row in cut) for at in range(len(HEADERS))]
    return [
        apart.join(padded(cell, widths[at], right=at > 0) for at, cell in enumerate(row))
        for row in cut
    ]


def _cells(told: Statistics, digits: tuple[int, int]) -> list[str]:
    pixels = format_count(told.count)
    if told.nans:
        pixels += f" + {format_count(told.nans)} NaN"
    if told.infinities:
        pixels += f" + {format_count(told.infinities)} ∞"
    if told.mean is None or told.deviation is None:
        return ["–"] * 5 + [pixels]
    values = (told.minimum, told.maximum, told.total)
    return [
        format_number(told.mean, digits[0]),
        format_number(told.deviation, digits[0]),
        *(str(v) if isinstance(v, int) else format_number(v or 0.0, digits[1]) for v in values),
        pixels,
    ]
