"""What goes over the network: counted, so that a user sees what a store costs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic


class Traffic:
    """Requests and bytes of one place, and what is waited for.

    Attributes
    ----------
    requests, nbytes
        Requests that were made, and bytes that came back, since the program began.
    """

    def __init__(self) -> None:
        self.requests = 0
        self.nbytes = 0
        self._waiting: dict[int, float] = {}
        self._lock = threading.Lock()

    @contextmanager
    def request(self) -> Iterator[None]:
        """Count a request, which is waited for within."""
        with self._lock:
            self.requests += 1
            number = self.requests
            self._waiting[number] = monotonic()
        try:
            yield
        finally:
            with self._lock:
                del self._waiting[number]

    def received(self, nbytes: int) -> None:
        """Count bytes that came back."""
        with self._lock:
            self.nbytes += nbytes

    def waiting(self) -> tuple[int, float]:
        """How many answers are waited for, and for how many seconds for the oldest."""
        with self._lock:
            since = min(self._waiting.values(), default=None)
            return len(self._waiting), 0.0 if since is None else monotonic() - since
