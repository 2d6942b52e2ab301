"""A cursor on a picture: a place in the image, the sample that it lies in, and moving it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from omezarr_tui.image.sampling import Sampling
from omezarr_tui.image.view import View


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an image, which stays when another part or level of it is shown.

    Parameters
    ----------
    places
        For axes that were displayed, where it lies along them, from 0 to 1.
    """

    places: Mapping[int, float] = field(default_factory=dict)

    def along(self, axis: int, view: View) -> float:
        """Where it lies along an axis, from 0 to 1; where it was never put, as the view does."""
        return self.places.get(axis, (view.index[axis] + 0.5) / view.extent[axis])


def cursor_at(cursor: Cursor, sampling: Sampling, row: int, column: int) -> Cursor:
    """The cursor in the middle of a sample of a picture."""
    down, across = _spans(sampling)
    places = {
        sampling.rows: down.middle(row),
        sampling.columns: across.middle(column),
    }
    return Cursor({**cursor.places, **places})


def cursor_in_middle(sampling: Sampling) -> Cursor:
    """A cursor in the middle of what is seen."""
    return cursor_at(Cursor(), sampling, sampling.grid[0] // 2, sampling.grid[1] // 2)


def sample_of(cursor: Cursor, sampling: Sampling, view: View) -> tuple[int, int]:
    """The row and column of the sample that the cursor lies in; the nearest where it is outside."""
    down, across = _spans(sampling)
    return (
        down.sample(cursor.along(sampling.rows, view)),
        across.sample(cursor.along(sampling.columns, view)),
    )


def is_seen(cursor: Cursor, sampling: Sampling, view: View) -> bool:
    """Whether a cursor lies in the part of the plane that is shown."""
    axes = (sampling.rows, sampling.columns)
    return all(
        span.first <= cursor.along(axis, view) <= span.last
        for axis, span in zip(axes, _spans(sampling), strict=True)
    )


def cursor_moved(
    cursor: Cursor, sampling: Sampling, view: View, rows: int, columns: int
) -> tuple[Cursor, View]:
    """Move a cursor by some samples; it ends at the edges of the plane.

    Returns
    -------
    cursor
        Where it is then.
    view
        With the window moved by a quarter of it, or as far as it takes, where the cursor would
        leave it.
    """
    places, centre = dict(cursor.places), list(view.centre)
    row, column = sample_of(cursor, sampling, view)
    at = (row + rows, column + columns)
    axes = (sampling.rows, sampling.columns)
    for number, (axis, span) in enumerate(zip(axes, _spans(sampling), strict=True)):
        half = span.step / 2
        place = min(max(span.middle(at[number]), half), 1 - half)
        places[axis] = place
        outside = min(0.0, place - span.first) + max(0.0, place - span.last)
        if outside:
            quarter = (span.last - span.first) / 4
            # By whole samples, so that those which are seen already stay as they are.
            samples = math.ceil(max(abs(outside) + half, quarter) / span.step - 1e-9)
            further = samples * span.step * (1 if outside > 0 else -1)
            centre[number] = (span.first + span.last) / 2 + further
    moved = replace(view, centre=(centre[0], centre[1]))
    return Cursor(places), moved.panned(0, 0) if moved != view else view


@dataclass(frozen=True, slots=True)
class _Span:
    """What is seen along an axis, as parts of the plane, and one sample of it."""

    first: float
    last: float
    count: int

    @property
    def step(self) -> float:
        return (self.last - self.first) / self.count

    def middle(self, sample: int) -> float:
        return self.first + (sample + 0.5) * self.step

    def sample(self, place: float) -> int:
        return min(max(int((place - self.first) / self.step), 0), self.count - 1)


def _spans(sampling: Sampling) -> tuple[_Span, _Span]:
    height, width = (sampling.array.shape[a] for a in (sampling.rows, sampling.columns))
    return (
        _Span(sampling.top / height, sampling.bottom / height, sampling.grid[0]),
        _Span(sampling.left / width, sampling.right / width, sampling.grid[1]),
    )
