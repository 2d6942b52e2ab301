"""The same done for many keys: a few at a time where the store is far, else one by one."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from typing import TypeVar

from omezarr_tui.settings import MIB
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array

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


def object_bytes(node: Array) -> int:
    """The bytes of a stored object of an array, uncompressed: it hardly ever takes more."""
    return math.prod(node.object_shape) * (node.dtype.itemsize or 1)


def coming(
    count: int, items: Iterable[T], do: Callable[[T], R]
) -> Generator[tuple[T, R], None, None]:
    """Do something for each item, a few at a time, and give what comes of it in their order.

    Where anything raises, or it is closed, nothing new is begun, and what is under way comes to
    its end first.

    Parameters
    ----------
    count
        How many at a time. One is done in this thread.
    items
        May raise what ends the work.
    do
        Called in threads of its own.
    """
    if count == 1:
        for item in items:
            yield item, do(item)
        return
    pending: deque[tuple[T, Future[R]]] = deque()
    with ThreadPoolExecutor(count, "keys") as pool:
        try:
            for item in items:
                if len(pending) == count:
                    first, future = pending.popleft()
                    yield first, future.result()
                # With what the user cancels this work by, which is known to this thread.
                pending.append((item, pool.submit(copy_context().run, do, item)))
            while pending:
                first, future = pending.popleft()
                yield first, future.result()
        finally:
            for _, future in pending:
                future.cancel()


def in_flight(
    count: int, items: Iterable[T], do: Callable[[T], R], take: Callable[[T, R], None]
) -> None:
    """Do something for each item, a few at a time, and take what comes of it in their order.

    When this function ends, also by what `do` or `take` raises, all that was begun has ended:
    nothing is written behind the back of whoever mends what was done.

    Parameters
    ----------
    count, items, do
        As of `coming`.
    take
        Called in this thread with an item and what was done for it.
    """
    with closing(coming(count, items, do)) as done:
        for item, result in done:
            take(item, result)
