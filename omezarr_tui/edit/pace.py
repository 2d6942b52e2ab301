"""How often those who work long tell how far they are."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

_REPORT_EVERY = 0.25  # seconds

Progress = Callable[[int, int], None]


def paced(progress: Progress) -> Progress:
    """Progress by time and not by count, so that a fast edit is not slowed by telling."""
    told = monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        if monotonic() - told > _REPORT_EVERY:
            progress(done, total)
            told = monotonic()

    return tell
