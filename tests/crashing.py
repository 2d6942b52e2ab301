"""Processes that are killed, and disks that fail, at any step of what is done to the disk.

A step is a file or folder made, written, renamed or removed. Where a process is killed before a
file was synchronised, some of what was written to it is lost too.
"""

import gc
import os
import signal
import stat
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_STEPS = ("open", "mkdir", "fsync", "replace", "rename", "unlink", "rmdir")
_LONGEST = 100  # seconds for one process

Action = Callable[[], object]


def killed(action: Action, at: int) -> bool:
    """Let a process of its own do something, and kill it before a step, counted from 1.

    Returns
    -------
    killed
        False where it came to its end before.
    """
    child = os.fork()
    if not child:
        _do(action, at)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, -signal.SIGKILL), f"it ended with {code}"
    return code != 0


def _do(action: Action, at: int) -> None:
    """The life of the process: never comes back."""
    code = 1

    def kill(step: int, name: str, args: tuple[Any, ...]) -> None:
        if step == at:
            if name == "fsync":
                os.ftruncate(args[0], os.fstat(args[0]).st_size * (at % 3) // 2)
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        gc.disable()  # else all memory would be copied for so short a life
        signal.alarm(_LONGEST)
        with _each_step(kill):
            action()
        code = 0
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


def count_steps(action: Action) -> int:
    """Do something, and tell in how many steps."""
    steps = [0]
    with _each_step(lambda step, name, args: steps.append(step)):
        action()
    return steps[-1]


@contextmanager
def failing(at: int, error: int, *, forever: bool) -> Iterator[list[str]]:
    """Let the disk refuse a step, counted from 1, and all after it if it is for ever.

    Yields
    ------
    refused
        The steps that were.
    """
    refused: list[str] = []

    def fail(step: int, name: str, args: tuple[Any, ...]) -> None:
        if step == at or (forever and step > at):
            refused.append(name)
            raise OSError(error, os.strerror(error))

    with _each_step(fail):
        yield refused


@contextmanager
def _each_step(tell: Callable[[int, str, tuple[Any, ...]], None]) -> Iterator[None]:
    step = 0

    def watched(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            nonlocal step
            if _changes_the_disk(name, args, options):
                step += 1
                tell(step, name, args)
            # A process is killed here, not the machine: nothing need reach the disk itself.
            return None if name == "fsync" else real(*args, **options)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in _STEPS:
            patch.setattr(os, name, watched(name, getattr(os, name)))
        yield


def _changes_the_disk(name: str, args: tuple[Any, ...], options: dict[str, Any]) -> bool:
    if name == "open":
        return len(args) > 1 and bool(args[1] & os.O_CREAT)
    if name == "fsync":
        return stat.S_ISREG(os.fstat(args[0]).st_mode)
    if name == "mkdir":
        return not os.path.lexists(args[0])
    if name in ("unlink", "rmdir"):
        return options.get("dir_fd") is not None or os.path.lexists(args[0])
    return True
