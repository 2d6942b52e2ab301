"""How fast pictures follow one another, and whether the line to the terminal keeps up.

On a slow line a picture in few shades arrives much sooner; when the user rests it is sent once
more in all of them.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Mapping

REST = 0.4  # seconds without a new picture
_SOON = 0.9 * REST  # a timer may end a little early


class Pace:
    """Tells when few shades are enough.

    Parameters
    ----------
    is_slow
        Whether the line is slow, or behind at the moment.
    now
        Seconds on a clock.
    """

    def __init__(
        self, is_slow: Callable[[], bool], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._is_slow, self._now = is_slow, now
        self._last = -REST

    def hurries(self) -> bool:
        """Whether the picture that is asked for now follows another one soon, on a slow line."""
        now, last = self._now(), self._last
        self._last = now
        return now - last < _SOON and self._is_slow()


def is_slow_line(environment: Mapping[str, str], terminal: int) -> bool:
    """Whether the terminal is far away, or takes no more at the moment.

    Parameters
    ----------
    environment
        The variables of the process.
    terminal
        The file number that is written to.
    """
    if "SSH_CONNECTION" in environment or "SSH_TTY" in environment:
        return True
    try:
        return not select.select([], [terminal], [], 0)[1]
    except OSError:
        return False
