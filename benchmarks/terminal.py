"""A terminal for a program to run in, that tells when texts appear on it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

ROWS, COLUMNS = 45, 160
_PATIENCE = 30.0  # seconds in which all texts must have come
_READ = 1 << 16
# What terminals of today answer to Textual's questions: frames may be marked as a whole (mode
# 2026), and a change of size is told by a signal (no mode 2048).
_ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[?2048$p": b"\x1b[?2048;0$y"}
_LEAVE = b"\x11"  # Ctrl+Q leaves every Textual app


@dataclass(frozen=True)
class Seen:
    """When texts appeared.

    Parameters
    ----------
    start
        When the program was started, as `time.monotonic` counts in every process.
    after
        Seconds from then to each text.
    """

    start: float
    after: tuple[float, ...]


def watch(command: Sequence[str], texts: Sequence[str], environment: Mapping[str, str]) -> Seen:
    """Run a program in a terminal until some texts have appeared, then leave it.

    Parameters
    ----------
    command
        The program and its arguments.
    texts
        What to wait for, in the order in which it comes. Each must be written in one piece.
    environment
        All of the program's environment.

    Raises
    ------
    RuntimeError
        A text did not appear.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    start = time.monotonic()
    program = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=dict(environment),
        start_new_session=True,
    )
    os.close(theirs)
    try:
        after = _wait_for([text.encode() for text in texts], ours, start)
        _leave(program, ours)
    finally:
        program.kill()
        program.wait()
        os.close(ours)
    return Seen(start, after)


def _wait_for(texts: list[bytes], terminal: int, start: float) -> tuple[float, ...]:
    written = bytearray()
    after: list[float] = []
    unanswered = dict(_ANSWERS)
    while len(after) < len(texts):
        data = _read(terminal, start + _PATIENCE - time.monotonic())
        now = time.monotonic() - start
        if not data:
            missing = texts[len(after)].decode()
            end = written[-300:].decode(errors="replace")
            raise RuntimeError(f"{missing!r} did not appear; the last that did is {end!r}")
        written += data
        for question in [question for question in unanswered if question in written]:
            os.write(terminal, unanswered.pop(question))
        while len(after) < len(texts) and texts[len(after)] in written:
            after.append(now)
    return tuple(after)


def _leave(program: subprocess.Popen[bytes], terminal: int) -> None:
    """Ask the program to end; its last words must be read, or it would wait for ever."""
    os.write(terminal, _LEAVE)
    deadline = time.monotonic() + 5
    while program.poll() is None and time.monotonic() < deadline:
        _read(terminal, 0.1)


def _read(terminal: int, patience: float) -> bytes:
    """What is written next; nothing where the program ended or patience did."""
    if select.select([terminal], [], [], max(0.0, patience))[0]:
        with suppress(OSError):  # Linux raises when the other end was closed
            return os.read(terminal, _READ)
    return b""
