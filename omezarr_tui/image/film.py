"""Planes one after another as a film: the clock says which comes next. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from omezarr_tui.image.steering import placed

if TYPE_CHECKING:
    from omezarr_tui.image.picture import PictureRequest

RATES = (2, 5, 10, 25)  # planes in a second


@dataclass(frozen=True, slots=True)
class Film:
    """A film along the stepped axis, which goes round at its end.

    Parameters
    ----------
    request
        What it showed last.
    first
        The plane that it began with.
    begun
        When it did, in seconds on the clock.
    rate
        Planes in a second.
    """

    request: PictureRequest
    first: int
    begun: float
    rate: int

    @property
    def axis(self) -> int:
        """The axis that it goes along."""
        axis = self.request.view.moving
        assert axis is not None
        return axis

    def goes_on(self, shown: PictureRequest) -> bool:
        """Whether a picture is still of the film: no other image, axis or plane was chosen.

        Contrast, zoom and channels may change while it plays.
        """
        ours, theirs = self.request, shown
        return (
            theirs.image.multiscale == ours.image.multiscale
            and theirs.view.moving == self.axis
            and theirs.view.index[self.axis] == ours.view.index[self.axis]
            and theirs.projection is None
        )

    def next(self, shown: PictureRequest, now: float) -> Film:
        """The film with the plane that is due; where time has not come for another, the same.

        Parameters
        ----------
        shown
            What is shown now.
        now
            Seconds on the clock.
        """
        size = shown.sampling().array.shape[self.axis]
        here = shown.view.position(self.axis, size)
        film = self
        if size != self.request.sampling().array.shape[self.axis]:  # another level is shown
            film = replace(self, first=here, begun=now)
        due = (film.first + round((now - film.begun) * film.rate)) % size
        request = shown if due == here else placed(shown, self.axis, due, size)
        return replace(film, request=request)


def begun(request: PictureRequest, rate: int, now: float) -> Film | None:
    """A film from the plane that is shown on; None where there is no other plane.

    Parameters
    ----------
    request
        What is shown; what lies over its planes, such as a projection, is taken away.
    rate
        Planes in a second.
    now
        Seconds on the clock.
    """
    axis = request.view.moving
    if axis is None:
        return None
    size = request.sampling().array.shape[axis]
    if size < 2:
        return None
    first = request.view.position(axis, size)
    return Film(placed(request, axis, first, size), first, now, rate)
