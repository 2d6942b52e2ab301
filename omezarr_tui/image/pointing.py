"""Moving the window by what the pointer is on: the place below it stays below it. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omezarr_tui.image.cursor import Cursor
    from omezarr_tui.image.picture import PictureRequest


def zoomed_at(request: PictureRequest, factor: float, at: tuple[float, float]) -> PictureRequest:
    """Look from nearer (factor above 1) or farther, at what the pointer is on.

    Parameters
    ----------
    request
        What is looked at.
    factor
        How many times nearer.
    at
        Where the pointer is, as parts of the picture's height and width.
    """
    (top, height), (left, width) = window_of(request)
    changed = replace(request, view=request.view.zoomed(factor))
    (_, new_height), (_, new_width) = window_of(changed)
    return centred(
        changed,
        top + at[0] * height + (0.5 - at[0]) * new_height,
        left + at[1] * width + (0.5 - at[1]) * new_width,
    )


def zoomed_on(request: PictureRequest, factor: float, cursor: Cursor) -> PictureRequest:
    """Look from nearer or farther at what the cursor is on; out of sight it comes to the middle."""
    view = request.view
    place = (cursor.along(view.rows, view), cursor.along(view.columns, view))
    at = _part(request, place)
    if not all(0 <= part <= 1 for part in at):
        request = centred(request, *place)
        at = _part(request, place)
    return zoomed_at(request, factor, at)


def moved(request: PictureRequest, down: float, across: float) -> PictureRequest:
    """Move the window by parts of the height and width of the picture."""
    (top, height), (left, width) = window_of(request)
    return centred(request, top + (0.5 + down) * height, left + (0.5 + across) * width)


def _part(request: PictureRequest, place: tuple[float, float]) -> tuple[float, float]:
    """Where a place of the plane lies in the picture, as parts of its height and width."""
    (top, height), (left, width) = window_of(request)
    return (place[0] - top) / height, (place[1] - left) / width


def window_of(request: PictureRequest) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the picture begins and how much it shows, as parts of the plane: rows, columns."""
    sampling = request.sampling()
    rows, columns = (sampling.array.shape[axis] for axis in (sampling.rows, sampling.columns))
    return (
        (sampling.top / rows, (sampling.bottom - sampling.top) / rows),
        (sampling.left / columns, (sampling.right - sampling.left) / columns),
    )


def centred(request: PictureRequest, row: float, column: float) -> PictureRequest:
    """The window with another centre (parts of the plane), no farther than it shows something."""
    (_, height), (_, width) = window_of(request)
    row = min(max(row, height / 2), 1 - height / 2)
    column = min(max(column, width / 2), 1 - width / 2)
    return replace(request, view=replace(request.view, centre=(row, column)))
