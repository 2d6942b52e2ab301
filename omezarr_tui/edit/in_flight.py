"""The same done for many keys: a few at a time where the store is far, else one by one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from omezarr_tui.settings import MIB
from omezarr_tui.store.access import Access

T = TypeVar("T")
R = TypeVar("R")

_MOST = 8
_ROOM = 256 * MIB  # for the bytes of the keys that are under way


def how_many(access: Access, nbytes: int) -> int:
    """How many keys of a store to work on at a time.

    Parameters
    ----------
    access
        The store. A disk answers at once, so there it is one.
    nbytes
        Of the largest of them.
    """
    return 1 if access.traffic is None else max(1, min(_MOST, _ROOM // max(nbytes, 1)))


def in_flight(
    count: int, items: Iterable[T], do: Callable[[T], R], take: Callable[[T, R], None]
) -> None:
    """Do something for each item, a few at a time, and take what comes of it in their order.

    Where anything raises, nothing new is begun, and what is under way comes to its end before
    this function ends: nothing is written behind the back of whoever mends what was done.

    Parameters
    ----------
    count
        How many at a time. One is done in this thread.
    items
        May raise what ends the work.
    do
        Called in threads of its own.
    take
        Called in this thread with an item and what was done for it.
    """
    if count == 1:
        for item in items:
            take(item, do(item))
        return
    pending: deque[tuple[T, Future[R]]] = deque()

    def take_first() -> None:
        item, future = pending.popleft()
        take(item, future.result())

    with ThreadPoolExecutor(count, "keys") as pool:
        try:
            for item in items:
                if len(pending) == count:
                    take_first()
                # With what the user cancels this work by, which is known to this thread.
                pending.append((item, pool.submit(copy_context().run, do, item)))
            while pending:
                take_first()
        finally:
            for _, future in pending:
                future.cancel()
