"""A server as a process: on free ports, waited for, and ended whatever happens."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

HOST = "127.0.0.1"
_START = 30.0  # seconds that a server may take until it answers
_END = 5.0  # seconds that it may take to end when told
_TRIES = 3  # somebody else may take a port between finding it free and listening on it

# The kernel ends the server when the tests are killed and cannot do so themselves (Linux).
_BOUND = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []


@contextmanager
def listening(
    command: Callable[[list[int]], Sequence[str | Path]],
    log: Path,
    *,
    ports: int = 1,
    environment: Mapping[str, str] | None = None,
) -> Iterator[list[int]]:
    """Run a server, from the time when it answers to the end of the ``with``.

    To be entered in the main thread: on Linux the server ends with the thread that started it.

    Parameters
    ----------
    command
        The command line for a list of ports. It must not go to the background.
    log
        A file for what the server says; its end is told where the server does not start.
    ports
        How many ports it listens on.
    environment
        Variables for it, beside those of this process.

    Yields
    ------
    list of int
        The ports.
    """
    for _ in range(_TRIES):
        numbers = free_ports(ports)
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*_BOUND, *command(numbers)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                start_new_session=True,  # so that Ctrl-C ends the tests first, and they end it
            )
        try:
            if _answers(process, numbers):
                yield numbers
                return
        finally:
            _end(process)
    said = log.read_text(errors="replace")[-2000:]
    raise RuntimeError(f"{process.args!r} did not start; it said:\n{said}")


def free_ports(count: int) -> list[int]:
    """Ports of loopback on which nothing listens, each another."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((HOST, 0))
        return [one.getsockname()[1] for one in sockets]


def _answers(process: subprocess.Popen[bytes], ports: list[int]) -> bool:
    """Wait until a server listens on all its ports; false where it ends or takes too long."""
    waiting = list(ports)
    deadline = time.monotonic() + _START
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            while waiting:
                socket.create_connection((HOST, waiting[-1]), timeout=1).close()
                waiting.pop()
            return True
        time.sleep(0.02)
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a server and all that it started, such as sshd's processes for open connections."""
    family = _family(process.pid)
    process.terminate()
    try:
        process.wait(_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pid in family[1:]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _family(pid: int) -> list[int]:
    """A process and those that it started, as far as the system tells."""
    found = [pid]
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found += _family(int(child))
    return found
