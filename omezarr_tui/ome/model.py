"""Axis, Level, Multiscale, Channel, Plate, Well: OME-Zarr whatever its version. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

OmeKind = Literal[
    "image", "label-image", "labels", "plate", "well", "bioformats2raw", "series-list", "scene"
]
Rows = tuple[tuple[float, ...], ...]


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
class CoordinateSystem:
    """A named set of axes that positions can be told in (OME-Zarr 0.6)."""

    name: str
    axes: tuple[Axis, ...]


@dataclass(frozen=True, slots=True)
class Transformation:
    """How positions in one coordinate system become positions in another (OME-Zarr 0.6).

    Parameters
    ----------
    type
        As the store says: ``scale``, ``affine``, ``sequence``, ``displacements``…
    input, output
        What it leads from and to: the name of a coordinate system, the path of an array or
        of another image, or both with ``:`` between; empty where it is not told.
    matrix
        A row for each axis of the output: a factor for each axis of the input, and what is
        added. None where it is no affine map, or where the store's numbers make none.
    declared
        As the store has it.
    """

    type: str
    input: str
    output: str
    name: str | None = None
    matrix: Rows | None = None
    declared: Mapping[str, Any] = field(default_factory=dict)


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
    matrix
        The whole map from pixels to positions, as in `Transformation`, where it is more
        than scale and translation (a rotation, say); `scale` then has the lengths of its
        columns.
    """

    path: str
    scale: tuple[float, ...]
    translation: tuple[float, ...]
    matrix: Rows | None = None


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
class Rendering:
    """How an image is shown first, as ``omero.rdefs`` says.

    Parameters
    ----------
    t, z
        The plane to begin with; None where none is given.
    model
        ``color`` or ``greyscale``.
    """

    t: int | None = None
    z: int | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """How the coarser levels were made: ``type`` and ``metadata`` of a multiscale.

    Parameters
    ----------
    type
        In a word, such as ``gaussian``.
    function
        What made them, as the store says (``skimage.transform.pyramid_gaussian``).
    version
        Of that function.
    """

    type: str | None = None
    function: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class LabelImage:
    """What a label image says of its labels (``image-label``).

    Parameters
    ----------
    source
        The path of the image that was labelled, from the location; None where none is given,
        or where it leads out of the store.
    colors
        Red, green, blue and opacity, each from 0 to 255, by the label's value.
    properties
        What is known of a label, by its value.
    """

    source: str | None = None
    colors: Mapping[int, tuple[int, int, int, int]] = field(default_factory=dict)
    properties: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Multiscale:
    """An image: its axes and its levels, from fine to coarse.

    Parameters
    ----------
    path
        The group's path; of a plain array that is shown as an image, the array's.
    version
        Of OME-Zarr; None for what is no OME-Zarr.
    axes
        Of the arrays, in their order, with the units that positions are told in.
    label
        What it says of its labels; None for an image that is no label image.
    systems, transformations
        All coordinate systems, and what leads from one to another (OME-Zarr 0.6).
    notes
        What had to be guessed, in words.
    """

    path: str
    name: str
    version: str | None
    axes: tuple[Axis, ...]
    levels: tuple[Level, ...]
    channels: tuple[Channel, ...] = ()
    rendering: Rendering | None = None
    method: Method | None = None
    label: LabelImage | None = None
    systems: tuple[CoordinateSystem, ...] = ()
    transformations: tuple[Transformation, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_label(self) -> bool:
        """Whether its values are labels rather than intensities."""
        return self.label is not None

    def axis_index(self, name: str) -> int | None:
        """Which axis has a name."""
        return next((i for i, axis in enumerate(self.axes) if axis.name == name), None)


@dataclass(frozen=True, slots=True)
class Acquisition:
    """One run of the microscope over a plate.

    Parameters
    ----------
    id
        The number by which fields name it.
    fields
        The most fields that a well has of it; None where it is not told.
    """

    id: int
    name: str | None = None
    description: str | None = None
    fields: int | None = None


@dataclass(frozen=True, slots=True)
class PlateWell:
    """A well as its plate lists it.

    Parameters
    ----------
    path
        Of the well's group, from the plate.
    row, column
        Its place, from 0.
    """

    path: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Plate:
    """A multi-well plate.

    Parameters
    ----------
    path
        The plate's own path from the location.
    rows, columns
        Their names, in order.
    fields
        The most fields that a well has; None where it is not told.
    """

    path: str
    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    wells: tuple[PlateWell, ...]
    acquisitions: tuple[Acquisition, ...] = ()
    fields: int | None = None
    version: str | None = None
    notes: tuple[str, ...] = ()

    def well_at(self, row: int, column: int) -> PlateWell | None:
        """The well at a place; None where the plate lists none."""
        return next((w for w in self.wells if (w.row, w.column) == (row, column)), None)

    def well_name(self, well: PlateWell) -> str:
        """A well's name as people say it, row and column: ``B3``; its path where it has none."""
        if well.row in range(len(self.rows)) and well.column in range(len(self.columns)):
            return f"{self.rows[well.row]}{self.columns[well.column]}"
        return well.path


@dataclass(frozen=True, slots=True)
class Field:
    """A field of view: an image in a well.

    Parameters
    ----------
    path
        From the well.
    acquisition
        The `Acquisition.id` that it belongs to; None where it is not told.
    """

    path: str
    acquisition: int | None = None


@dataclass(frozen=True, slots=True)
class Well:
    """A well: its fields of view. `path` is its own, from the location."""

    path: str
    fields: tuple[Field, ...]
    version: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """One image of a file that bioformats2raw converted.

    Parameters
    ----------
    path
        Of its group, from the location.
    name
        As METADATA.ome.xml has it; None where that tells none.
    """

    path: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class SeriesList:
    """The images of a store in bioformats2raw's layout, in the order of its OME-XML."""

    series: tuple[Series, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """Images that are placed in common coordinate systems (OME-Zarr 0.6)."""

    path: str
    systems: tuple[CoordinateSystem, ...]
    transformations: tuple[Transformation, ...]
    notes: tuple[str, ...] = ()
