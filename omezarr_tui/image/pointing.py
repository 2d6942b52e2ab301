"""Moving the window by what the pointer is on: the place below it stays below it. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    (top, height), (left, width) = _window(request)
    changed = replace(request, view=request.view.zoomed(factor))
    (_, new_height), (_, new_width) = _window(changed)
    return _centred(
        changed,
        top + at[0] * height + (0.5 - at[0]) * new_height,
        left + at[1] * width + (0.5 - at[1]) * new_width,
    )


def dragged(request: PictureRequest, down: float, across: float) -> PictureRequest:
    """Move the window by parts of the height and width of the picture."""
    (top, height), (left, width) = _window(request)
    return _centred(request, top + (0.5 + down) * height, left + (0.5 + across) * width)


def _window(request: PictureRequest) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the picture begins and how much it shows, as parts of the plane: rows, columns."""
    sampling = request.sampling()
    rows, columns = (sampling.array.shape[axis] for axis in (sampling.rows, sampling.columns))
    return (
        (sampling.top / rows, (sampling.bottom - sampling.top) / rows),
        (sampling.left / columns, (sampling.right - sampling.left) / columns),
    )


def _centred(request: PictureRequest, row: float, column: float) -> PictureRequest:
    """The window with another centre, no farther than it shows something new."""
    (_, height), (_, width) = _window(request)
    row = min(max(row, height / 2), 1 - height / 2)
    column = min(max(column, width / 2), 1 - width / 2)
    return replace(request, view=replace(request.view, centre=(row, column)))
