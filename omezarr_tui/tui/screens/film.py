"""Films from the main screen: planes play along the stepped axis, as fast as they come."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from textual import on
from textual.timer import Timer

from omezarr_tui.text import visible
from omezarr_tui.tui import messages
from omezarr_tui.tui.screens.base import StoreScreen

if TYPE_CHECKING:
    from omezarr_tui.image.film import Film
    from omezarr_tui.image.picture import PictureRequest

_RATE = 10  # planes in a second, at first


class FilmScreen(StoreScreen):
    """The part of the main screen that plays films."""

    _film: Film | None = None
    _rate = _RATE
    _ticks: Timer | None = None

    def steer(self, change: Callable[[PictureRequest], PictureRequest]) -> None:
        """Change what is looked at, or how."""
        raise NotImplementedError

    def action_film(self) -> None:
        """Play along the stepped axis, or stop."""
        if not self.stop_film():
            self._play()

    def action_film_speed(self) -> None:
        """Play faster; after the fastest the slowest."""
        from omezarr_tui.image.film import RATES

        self._rate = RATES[(RATES.index(self._rate) + 1) % len(RATES)]
        if self._film is not None:
            self._play()
        else:
            self.tell(f"Films play at {self._rate} planes per second; p plays.", alone=True)

    def stop_film(self) -> bool:
        """Stop the film; whether one was playing."""
        if self._ticks is not None:
            self._ticks.stop()
        was_playing, self._film, self._ticks = self._film is not None, None, None
        if was_playing:
            self.panel.note("")
        return was_playing

    def _play(self) -> None:
        from omezarr_tui.image.film import begun

        request = self.panel.request
        if request is None or self.panel.asked is not None:
            return
        self.stop_film()
        film = self._film = begun(request, self._rate, monotonic())
        axis = request.view.moving
        name = "" if axis is None else visible(request.image.multiscale.axes[axis].name)
        if film is None:
            self.tell(f"There is one plane along {name}." if name else "There is one plane.")
            return
        self.steer(lambda _: film.request)
        self._ticks = self.set_interval(1 / self._rate, self._next_plane)
        self.panel.note(f"playing {name} at {self._rate}/s")

    @on(messages.Painted)
    def _next_plane(self) -> None:
        """Ask for the plane that is due, unless the last one is still on its way."""
        film, request = self._film, self.panel.request
        if film is None:
            return
        front = self.app.screen
        is_hidden = front is not self and not front.is_modal
        if request is None or is_hidden or not film.goes_on(request):
            self.stop_film()
        elif not self.panel.is_waiting:
            film = self._film = film.next(request, monotonic())
            self.steer(lambda _: film.request)

    @on(messages.PaintingAsks)
    @on(messages.NotPainted)
    def _end(self) -> None:
        """Nothing large is read without being asked for, and nothing that fails again and again."""
        self.stop_film()
