"""One job at a time in a thread, the newest of those that are asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from textual.message import Message

from omezarr_tui.errors import UserError, explain
from omezarr_tui.store.waiting import Cancel, Cancelled, given_up_by
from omezarr_tui.tui import messages

if TYPE_CHECKING:
    from textual.screen import Screen

IsCancelled = Callable[[], bool]
Job = Callable[[IsCancelled], Message | None]


@dataclass
class Lane:
    """Runs the newest of the jobs that it is given, one at a time, in a thread.

    Parameters
    ----------
    screen
        Gets the message in which a job ends.
    name
        Of the group of Textual workers.
    """

    screen: Screen[Any]
    name: str
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _waiting: Job | None = None
    _cancel: Cancel | None = None

    def run(self, job: Job) -> None:
        """Run a job; one that waits is forgotten, one that runs is told to stop."""
        with self._lock:
            self._waiting = job
            if self._cancel is not None:
                self._cancel.set()
                return
            self._cancel = Cancel()
        self.screen.run_worker(
            self._work, name=self.name, group=self.name, thread=True, exit_on_error=False
        )

    @property
    def busy(self) -> bool:
        """Whether a job runs."""
        return self._cancel is not None

    def stop(self) -> bool:
        """Stop what runs and forget what waits; whether there was anything."""
        with self._lock:
            busy = self._cancel is not None
            self._waiting = None
            if self._cancel is not None:
                self._cancel.set()
            return busy

    def _work(self) -> None:
        while True:
            with self._lock:
                job, self._waiting = self._waiting, None
                if job is None:
                    self._cancel = None
                    return
                cancel = self._cancel = Cancel()
            try:
                with given_up_by(cancel):
                    answer = job(cancel)
            except Cancelled:
                continue
            except Exception as error:  # whatever it is, the user is told and goes on
                answer = None if cancel() else messages.Failed(told(error))
            if answer is not None:
                self.screen.post_message(answer)


def told(error: Exception) -> UserError:
    """Any failure as what a user is told."""
    return error if isinstance(error, UserError) else UserError("It did not work", explain(error))
