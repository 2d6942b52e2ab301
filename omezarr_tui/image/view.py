"""View: which plane of an image is looked at, and how closely. Pure values.

Positions are counted in pixels of the image's extent: along each axis the size of the
level that has the most pixels there (the finest, as a rule), so that a view stays where
it is when the level changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Axis
from omezarr_tui.store.node import Array

_MAX_ZOOM_PIXELS = 4.0  # a screen's width shows at least this many pixels
_FEW_COLUMNS, _LONG = 8, 4  # a table's shorter side at most, and how often it fits in the longer


@dataclass(frozen=True, slots=True)
class View:
    """A plane of an image, and the window on it.

    Parameters
    ----------
    extent
        Pixels along each axis, of the level that has the most.
    rows, columns
        The axes that run down and across the screen.
    index
        The position along every axis; of the two displayed axes it is not used.
    centre
        Of the window, along rows and columns, from 0 to 1.
    zoom
        1 shows the whole plane, 2 half of its width.
    moving
        The axis that plane keys step along; None where every axis is displayed.
    """

    extent: tuple[int, ...]
    rows: int
    columns: int
    index: tuple[int, ...]
    centre: tuple[float, float] = (0.5, 0.5)
    zoom: float = 1.0
    moving: int | None = None

    @property
    def fixed(self) -> tuple[int, ...]:
        """The axes that are not displayed."""
        return tuple(a for a in range(len(self.extent)) if a not in (self.rows, self.columns))

    def position(self, axis: int, size: int) -> int:
        """Where the view stands along an axis of a level that has `size` pixels there."""
        return min(size - 1, (2 * self.index[axis] + 1) * size // (2 * self.extent[axis]))

    def at(self, axis: int, position: int, size: int) -> View:
        """The view moved to a position along an axis of a level with `size` pixels there."""
        position = max(0, min(size - 1, position))
        middle = (2 * position + 1) * self.extent[axis] // (2 * size)
        index = list(self.index)
        index[axis] = min(self.extent[axis] - 1, middle)
        return replace(self, index=tuple(index))

    def zoomed(self, factor: float) -> View:
        """The view from nearer (factor above 1) or farther, never farther than the whole."""
        widest = max(self.extent[self.rows], self.extent[self.columns])
        zoom = min(max(1.0, self.zoom * factor), max(1.0, widest / _MAX_ZOOM_PIXELS))
        return replace(self, zoom=zoom)

    def panned(self, down: float, across: float) -> View:
        """The view moved by a part of the window's height and width."""
        rows, columns = self.centre
        half = 0.5 / self.zoom
        return replace(
            self,
            centre=(
                min(max(rows + 2 * half * down, half), 1 - half),
                min(max(columns + 2 * half * across, half), 1 - half),
            ),
        )

    def whole(self) -> View:
        """The view of the whole plane."""
        return replace(self, zoom=1.0, centre=(0.5, 0.5))

    def displaying(self, rows: int, columns: int) -> View:
        """The view of the same position across other axes."""
        if (rows, columns) == (self.rows, self.columns):
            return self
        turned = replace(self.whole(), rows=rows, columns=columns)
        if self.moving in turned.fixed:
            return turned
        # Of XY along z becomes XZ along y: what leaves the screen is stepped along.
        left = [axis for axis in (self.rows, self.columns) if axis in turned.fixed]
        long = [axis for axis in (*left, *turned.fixed) if self.extent[axis] > 1]
        return replace(turned, moving=next(iter([*long, *turned.fixed]), None))

    def moving_along(self, axis: int) -> View:
        """The view whose plane keys step along another axis."""
        return replace(self, moving=axis) if axis in self.fixed else self


def first_view(image: Image) -> View | None:
    """The view that an image opens with: its last two axes of space.

    It stands on the plane that ``omero.rdefs`` names; else in the middle of z and at the
    first of all others.

    Returns
    -------
    view
        None where there is nothing to see a plane of: fewer than two axes, an empty array,
        or values that are no intensities. Of complex numbers the magnitude is one.
    """
    arrays = [level for level in image.levels if isinstance(level, Array)]
    axes = image.multiscale.axes
    if not arrays or len(axes) < 2:
        return None
    if not arrays[0].dtype.is_pixel and arrays[0].dtype.kind != "complex":
        return None
    extent = tuple(max(array.shape[a] for array in arrays) for a in range(len(axes)))
    if 0 in extent or any(0 in array.shape for array in arrays):
        return None
    rows, columns = displayed_first(axes, extent)
    index = tuple(
        size // 2 if axis.type == "space" else 0 for axis, size in zip(axes, extent, strict=True)
    )
    view = _as_told(View(extent, rows, columns, index), image)
    long = [a for a in view.fixed if extent[a] > 1]
    space = [a for a in long if axes[a].type == "space"]
    return replace(view, moving=next(iter([*space, *reversed(long), *reversed(view.fixed)]), None))


def opens_as_table(image: Image) -> bool:
    """Whether an image that has a plane is better seen as a table of its values first.

    It is where an array by itself has two axes that are not called y and x or z, and is long
    and no more than a few columns or rows wide: coordinates of points, say. So are a few truth
    values or complex numbers, which can all be read; of more a picture tells more.
    """
    array = image.levels[image.readable[0]] if image.readable else None
    if not isinstance(array, Array) or image.multiscale.path != array.path:
        return False
    if any(axis.type == "space" for axis in image.multiscale.axes):
        return False
    short, long = sorted(array.shape[-2:])
    if array.dtype.kind != "number" and long <= _FEW_COLUMNS:
        return True
    return len(array.shape) == 2 and short <= _FEW_COLUMNS and long >= _LONG * short


def _as_told(view: View, image: Image) -> View:
    """The view on the plane that the metadata want to be seen first, where there is such a one.

    They count planes of the finest level, and so does a view's extent.
    """
    told = image.multiscale.rendering
    planes = (("t", told.t), ("z", told.z)) if told else ()
    for name, place in planes:
        axis = image.multiscale.axis_index(name)
        if axis is not None and place is not None and 0 <= place < view.extent[axis]:
            view = view.at(axis, place, view.extent[axis])
    return view


def displayed_first(axes: Sequence[Axis], extent: Sequence[int]) -> tuple[int, int]:
    """The axes to show down and across: y and x, else the last two of space, else the last."""
    names = [axis.name for axis in axes]
    if "y" in names and "x" in names:
        return names.index("y"), names.index("x")
    space = [a for a, axis in enumerate(axes) if axis.type == "space"]
    others = [a for a in range(len(axes)) if a not in space and axes[a].type != "channel"]
    chosen = [*others, *space] if len(others) + len(space) >= 2 else list(range(len(axes)))
    # A single pixel makes no plane where a longer axis is at hand.
    long = [a for a in chosen if extent[a] > 1]
    rows, columns = (long if len(long) >= 2 else chosen)[-2:]
    return rows, columns


def axis_pairs(view: View, axes: Sequence[Axis]) -> list[tuple[int, int]]:
    """The pairs of axes that a plane can be seen across, the natural one first.

    Pairs of space come first (XY, XZ, YZ), then those of any axes that have more than one
    pixel. The axis x runs across; of others rows stand before columns as they do in the array.
    """
    first = displayed_first(axes, view.extent)
    long = [a for a in range(len(axes)) if view.extent[a] > 1]
    pairs = [as_plane(pair, axes, view.extent) for pair in combinations(long, 2)]
    space = [p for p in pairs if axes[p[0]].type == axes[p[1]].type == "space"]
    return list(dict.fromkeys([first, *sorted(space, reverse=True), *pairs]))


def as_plane(pair: tuple[int, int], axes: Sequence[Axis], extent: Sequence[int]) -> tuple[int, int]:
    """Two axes as rows and columns: as displayed first, else with x across, else in order."""
    first = displayed_first(axes, extent)
    if {*pair} == {*first}:
        return first
    rows, columns = sorted(pair, key=lambda axis: (axes[axis].name == "x", axis))
    return rows, columns
