"""What an edit would look like: the same plane before and after, nothing written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from omezarr_tui.edit.plan import Plan
from omezarr_tui.image.picture import Painter, Picture, PictureRequest
from omezarr_tui.image.reader import Reader
from omezarr_tui.store.access import Access

if TYPE_CHECKING:
    import numpy as np


def before_and_after(
    access: Access,
    plan: Plan,
    shown: PictureRequest,
    room: tuple[int, int],
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Picture, Picture]:
    """Picture the plane that is shown as it is, and as the edit would leave it.

    Where the plane that is shown is not concerned, the nearest one that is.

    Parameters
    ----------
    access
        The store.
    plan
        The edit.
    shown
        What is on the screen: the level that is shown is the array of the plan.
    room
        Cells that there are for each picture: rows and columns.

    Returns
    -------
    before, after
        With the same window, so that they compare.
    """
    level = shown.sampling().level
    view = shown.view.whole()
    for axis, (low, high) in enumerate(plan.selection.bounds):
        size = plan.node.shape[axis]
        if axis in view.fixed and not low <= view.position(axis, size) < high:
            nearest = low if view.position(axis, size) < low else high - 1
            view = view.at(axis, nearest, size)
    # Without labels over it, which would hide what changes.
    request = replace(shown, view=view, level=level, room=room, ask_above=None, overlay=None)

    def filled(start: tuple[int, ...], block: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        box = [(low, low + size) for low, size in zip(start, block.shape, strict=True)]
        part = plan.selection.inside(box)
        if part is None:
            return block
        changed = block.copy()
        moved = tuple(
            slice(piece.start - low, piece.stop - low, piece.step)
            for piece, low in zip(part.for_zarr(), start, strict=True)
        )
        changed[moved] = plan.value
        return changed

    before = Painter(Reader(access)).paint(request, cancelled)
    look = request.look
    for layer in before.layers:
        look = look.with_window(layer.channel, layer.window)
    request = replace(request, look=look)
    return before, Painter(Reader(access, filled)).paint(request, cancelled)
