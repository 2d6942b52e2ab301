"""A part of what is looked at: which level of which array, and which values of it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from omezarr_tui.image.channels import channel_axis, channel_count
from omezarr_tui.image.export import Described, described, described_array
from omezarr_tui.image.picture import Picture
from omezarr_tui.image.region import Region
from omezarr_tui.image.selection import Selection
from omezarr_tui.image.selection import whole as all_of
from omezarr_tui.store.node import Array
from omezarr_tui.text import visible

What = Literal["seen", "region", "plane"]
WHAT_NAMES: Mapping[What, str] = {
    "seen": "what is seen", "region": "the region", "plane": "the whole plane",
}  # fmt: skip
_ODD = re.compile(r"[^\w.+-]+")
_NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Part:
    """Values of an array.

    Parameters
    ----------
    array
        The array.
    selection
        Which of its values.
    level
        Of the image; None for an array that is no image.
    about
        What is known of the array.
    plane
        The axes down and across; None where there is no plane.
    """

    array: Array
    selection: Selection
    level: int | None
    about: Described
    plane: tuple[int, int] | None = None

    @property
    def place(self) -> str:
        """Which values, for people: ``level 1, c 0, z 15, y 10–136``; whole axes are not named."""
        parts = [] if self.level is None else [f"level {self.level}"]
        for axis, part, size in zip(
            self.about.axes, self.selection.parts, self.array.shape, strict=True
        ):
            name = visible(axis.name, 24)
            if not isinstance(part, slice):
                parts.append(f"{name} {part}")
            elif (part.start, part.stop) != (0, size):
                parts.append(f"{name} {part.start}–{part.stop - 1}")
        return ", ".join(parts) or "all of it"

    @property
    def nbytes(self) -> int | None:
        """Bytes of the values; None where they differ in length."""
        each = self.array.dtype.itemsize
        return None if each is None else self.selection.size * each

    @property
    def decoded_bytes(self) -> int:
        """Uncompressed bytes of the chunks that must be read for it; an estimate for texts."""
        chunks = [max(1, size) for size in self.array.chunks]
        touched = math.prod(len(places) for places in self.selection.cells(chunks))
        return touched * math.prod(chunks) * (self.array.dtype.itemsize or 16)

    @property
    def slices(self) -> tuple[slice, slice]:
        """The pixels of its plane, down and across."""
        assert self.plane is not None
        rows, columns = (self.selection.parts[axis] for axis in self.plane)
        assert isinstance(rows, slice)
        assert isinstance(columns, slice)
        return rows, columns

    def file_name(self, store: str) -> str:
        """A name for a file of it, without the suffix: ``cells_s1_c0_z15``.

        Parameters
        ----------
        store
            The name of the store, which counts where nothing else has a name.
        """
        name = self.about.name or store
        words = [name.removesuffix(".zarr").removesuffix(".ome")]
        if self.array.name and self.array.name != name:
            words.append(self.array.name)
        for axis, part in zip(self.about.axes, self.selection.parts, strict=True):
            if not isinstance(part, slice):
                words.append(f"{axis.name}{part}")
        clean = (_ODD.sub("-", word).strip("-.") for word in words)
        return "_".join(filter(None, clean))[:_NAME_LENGTH].rstrip("-.") or "values"


def part_of(picture: Picture, what: What, drawn: Region | None = None) -> Part:
    """The values of a part of a picture, at the level that it shows.

    Where several channels are shown all of the image's are taken, and where planes are
    projected all of these.

    Parameters
    ----------
    picture
        What is shown.
    what
        What of it.
    drawn
        The region, where the part is it.
    """
    image, sampling = picture.request.image, picture.sampling
    array, channels = sampling.array, channel_axis(image)
    parts: list[int | slice] = list(sampling.position)
    for axis in (sampling.rows, sampling.columns):
        seen, size = sampling.region[axis], array.shape[axis]
        parts[axis] = slice(0, size, 1) if what == "plane" else slice(seen.start, seen.stop, 1)
    if what == "region" and drawn is not None:
        for axis, part in zip((drawn.rows, drawn.columns), drawn.slices(array), strict=True):
            parts[axis] = slice(part.start, part.stop, 1)
    if channels is not None and len(picture.layers) > 1:
        parts[channels] = slice(0, channel_count(image), 1)
    if (deep := sampling.projection) is not None:
        parts[deep.axis] = slice(deep.start, deep.stop, 1)
    return Part(
        array,
        Selection(tuple(parts), array.shape),
        sampling.level,
        described(image, sampling.level),
        (sampling.rows, sampling.columns),
    )


def part_of_array(node: Array, selection: Selection | None = None) -> Part:
    """Values of an array by itself; all of them where nothing is said."""
    return Part(node, selection or all_of(node.shape), None, described_array(node))
