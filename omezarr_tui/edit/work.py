"""What goes with work that may take long: telling how far it is, and being stopped."""

from __future__ import annotations

from collections.abc import Callable

from omezarr_tui.edit.pace import Progress, paced
from omezarr_tui.store.waiting import Cancelled


class Work:
    """A piece of work under way.

    Parameters
    ----------
    progress
        Told steps done and in all, about four times a second.
    cancelled
        Asked before each step.
    """

    def __init__(
        self,
        progress: Progress = lambda done, total: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._tell = paced(progress)
        self.cancelled = cancelled

    def step(self, done: int, total: int) -> None:
        """Before each step: so many are done of so many.

        Raises
        ------
        Cancelled
            The user wants it to stop.
        """
        if self.cancelled():
            raise Cancelled
        self._tell(done, total)
