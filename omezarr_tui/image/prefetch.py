"""What will be looked at next, if the user goes on as before; and reading it before it is asked.

Only steps from plane to plane tell where the way leads: whoever turns, pans or zooms looks
around.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from omezarr_tui.errors import UserError
from omezarr_tui.image.view import View

if TYPE_CHECKING:
    from omezarr_tui.image.picture import PictureRequest
    from omezarr_tui.image.reader import Reader

STEPS = 8
"""Steps that are looked ahead. Of chunks that are deeper than this the next layer is read only
when it is as near."""
_LONGEST = 10  # planes of one step; what goes farther is a jump, and leads nowhere


def views_ahead(before: View, after: View) -> Iterator[View]:
    """The views that come next if the user goes on as from one view to another.

    Parameters
    ----------
    before, after
        Views of one image, as they were shown one after the other.

    Yields
    ------
    view
        The nearest first; none where the second is no step from the first.
    """
    moved = [axis for axis in after.fixed if before.index[axis] != after.index[axis]]
    if len(moved) != 1 or replace(before, index=after.index, moving=after.moving) != after:
        return
    axis = moved[0]
    step = after.index[axis] - before.index[axis]
    if abs(step) > _LONGEST:
        return
    for count in range(1, STEPS + 1):
        position = after.index[axis] + count * step
        if not 0 <= position < after.extent[axis]:
            return
        yield after.at(axis, position, after.extent[axis])


def read_ahead(
    reader: Reader,
    request: PictureRequest,
    views: Iterable[View],
    most_bytes: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Read the chunks that the next pictures need, to keep them.

    Parameters
    ----------
    reader
        Keeps them.
    request
        The picture that is shown.
    views
        Those that come next, the nearest first.
    most_bytes
        Uncompressed bytes that are read at the most; a plane that takes more is left alone.
    cancelled
        Asked before each chunk.

    Raises
    ------
    Cancelled
        `cancelled` said True.
    """
    left = most_bytes
    for view in views:
        following = replace(request, view=view)
        wanted = [(sampling.array, sampling.region) for _, sampling in following.samplings()]
        labels = following.label_sampling()
        if labels is not None and labels.region is not None:
            wanted.append((labels.array, labels.region))
        left -= sum(reader.missing_bytes(array, region) for array, region in wanted)
        if left < 0:
            return
        for array, region in wanted:
            try:
                reader.fetch(array, region, cancelled)
            except UserError:  # whoever goes there will be told
                return
