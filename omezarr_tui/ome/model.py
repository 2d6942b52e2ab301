"""Axis, Level, Multiscale, Channel, Plate, Well: OME-Zarr whatever its version. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OmeKind = Literal[
    "image", "label-image", "labels", "plate", "well", "bioformats2raw", "series-list"
]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of an image.

    Parameters
    ----------
    name
        One letter as a rule: t, c, z, y, x.
    type
        ``space``, ``time``, ``channel`` or what the store says; None where it says nothing.
    unit
        A UDUNITS-2 name such as ``micrometer``.
    """

    name: str
    type: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """One resolution of an image; level 0 is the finest.

    Parameters
    ----------
    path
        The array's path from the location.
    scale
        Physical size of one pixel along each axis, in the axis's unit.
    translation
        Physical position of the centre of the first pixel along each axis.
    """

    path: str
    scale: tuple[float, ...]
    translation: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """The values that are shown as the darkest and the brightest."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of an image, as the ``omero`` metadata have it.

    Parameters
    ----------
    color
        Six hexadecimal digits, red green blue; None where none is given.
    """

    label: str
    color: str | None = None
    window: Window | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Multiscale:
    """An image: its axes and its levels, from fine to coarse.

    Parameters
    ----------
    path
        The group's path; of a plain array that is shown as an image, the array's.
    version
        Of OME-Zarr; None for what is no OME-Zarr.
    notes
        What had to be guessed, in words.
    """

    path: str
    name: str
    version: str | None
    axes: tuple[Axis, ...]
    levels: tuple[Level, ...]
    channels: tuple[Channel, ...] = ()
    is_label: bool = False
    notes: tuple[str, ...] = ()

    def axis_index(self, name: str) -> int | None:
        """Which axis has a name."""
        return next((i for i, axis in enumerate(self.axes) if axis.name == name), None)


@dataclass(frozen=True, slots=True)
class Plate:
    """A multi-well plate: the names of rows and columns, and its wells' paths."""

    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    wells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Well:
    """A well: the paths of its fields of view."""

    fields: tuple[str, ...]
