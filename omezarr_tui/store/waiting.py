"""Waiting for answers so that it can be given up: from threads, for requests in an event loop.

The thread that asks blocks; the requests run together in a loop of their own thread, or in
zarr-python's. A `Cancel` that the thread has taken on reaches them wherever they run.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import Context, ContextVar
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


class Cancelled(Exception):
    """The user asked for it to stop."""


class Cancel:
    """Tells whoever works that the work is no longer wanted. Calling it asks."""

    def __init__(self) -> None:
        self._set = False
        self._stops: set[Callable[[], None]] = set()
        self._lock = threading.Lock()

    def __call__(self) -> bool:
        """Whether it was set."""
        return self._set

    @property
    def is_awaited(self) -> bool:
        """Whether an answer is waited for that it would stop."""
        return bool(self._stops)

    def set(self) -> None:
        """Stop the work, at once where it waits for an answer."""
        with self._lock:
            self._set = True
            stops = list(self._stops)
        for stop in stops:
            stop()

    @contextmanager
    def calls(self, stop: Callable[[], None]) -> Iterator[None]:
        """Have a function called, from any thread, if it is set meanwhile."""
        with self._lock:
            self._stops.add(stop)
        try:
            if self._set:
                stop()
            yield
        finally:
            with self._lock:
                self._stops.discard(stop)


_taken_on: ContextVar[Cancel | None] = ContextVar("_taken_on", default=None)


@contextmanager
def given_up_by(cancel: Cancel) -> Iterator[None]:
    """Give up waiting, in this thread and for what it asks for, when `cancel` is set."""
    token = _taken_on.set(cancel)
    try:
        yield
    finally:
        _taken_on.reset(token)


async def unless_cancelled(awaitable: Awaitable[T]) -> T:
    """Wait for something, unless the work that it is for is given up.

    Raises
    ------
    Cancelled
        It was.
    """
    cancel = _taken_on.get()
    task = asyncio.ensure_future(awaitable)
    if cancel is None:
        return await task
    loop = asyncio.get_running_loop()
    with cancel.calls(lambda: _call_soon(loop, task.cancel)):
        try:
            return await task
        except asyncio.CancelledError:
            if cancel():
                raise Cancelled from None
            raise


def begin(work: Coroutine[Any, Any, T]) -> Future[T]:
    """Run a coroutine in the loop for requests, without waiting."""
    return asyncio.run_coroutine_threadsafe(work, _requests_loop())


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in the loop for requests, and wait for what it gives."""
    return begin(work).result()


def gathered(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run coroutines together in the loop for requests, and wait for what each gives."""

    async def together() -> list[T]:
        return await asyncio.gather(*works)

    return wait_for(together())


def wait_until(future: Future[T]) -> T:
    """Wait for what another may wait for too; giving up leaves it to go on.

    Raises
    ------
    Cancelled
        The work that it is for was given up.
    """

    async def waiting() -> T:
        return await unless_cancelled(asyncio.shield(asyncio.wrap_future(future)))

    return wait_for(waiting())


class Shared(Generic[T]):
    """What several threads may wait for, begun at once; it ends with the last that gives it up.

    Parameters
    ----------
    work
        Is not given up with the work of the thread that begins it.
    """

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self._future = Context().run(begin, work)
        self._waiting = 0
        self._lock = threading.Lock()

    def wait(self) -> T:
        """Wait for what it gives.

        Raises
        ------
        Cancelled
            The work that the present thread wants it for was given up.
        """
        with self._lock:
            self._waiting += 1
        try:
            return wait_until(self._future)
        finally:
            with self._lock:
                self._waiting -= 1

    def drop(self) -> None:
        """Give it up, unless a thread waits for it."""
        with self._lock:
            if not self._waiting:
                self._future.cancel()


class Slots:
    """A bound on what runs at a time, in each event loop that comes by.

    Parameters
    ----------
    count
        The bound.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._of: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]
        self._of = WeakKeyDictionary()

    def here(self) -> asyncio.Semaphore:
        """A slot in the running loop, for ``async with``."""
        return self._of.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._count))


def _call_soon(loop: asyncio.AbstractEventLoop, function: Callable[[], object]) -> None:
    try:
        loop.call_soon_threadsafe(function)
    except RuntimeError:  # the loop has ended: so has what waited in it
        return


_loop: asyncio.AbstractEventLoop | None = None
_starting = threading.Lock()


def _requests_loop() -> asyncio.AbstractEventLoop:
    global _loop
    with _starting:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="requests", daemon=True).start()
        return _loop
