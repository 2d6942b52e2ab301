"""What a proxy remembers of requests, and what these tell about how they were asked."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(eq=False)
class Request:
    """A request as the proxy saw it.

    Attributes
    ----------
    path
        As the client wrote it, with the query.
    range
        Its Range header, such as ``bytes=0-99``.
    began, ended
        When its head had come and when its answer had gone, by ``time.monotonic``; `ended` is
        None while it is under way.
    status
        The answer's status; None where there was none.
    nbytes
        Bytes of the answer's body that were sent, in chunks with their sizes.
    """

    method: str
    path: str
    range: str | None
    began: float
    ended: float | None = None
    status: int | None = None
    nbytes: int = 0


def round_trips(requests: Iterable[Request]) -> int:
    """How many requests there were that waited for one another: the longest chain of them.

    That is how often the latency counts, at least, however many were under way at a time.
    """
    count, until = 0, float("-inf")
    for request in sorted(requests, key=lambda request: request.ended or float("inf")):
        if request.began >= until:
            count, until = count + 1, request.ended or float("inf")
    return count


def most_at_once(requests: Iterable[Request]) -> int:
    """How many requests were under way at the same time, at most."""
    changes = [(request.began, 1) for request in requests]
    changes += [(request.ended, -1) for request in requests if request.ended is not None]
    count = most = 0
    for _, change in sorted(changes):
        count += change
        most = max(most, count)
    return most
