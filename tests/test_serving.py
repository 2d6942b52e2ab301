"""Servers start when they are there, and end whatever happens."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from servers import need, process
from servers.need import need_module, need_npm, need_program
from servers.process import HOST, free_ports, listening

# A server that ignores that it should end, with a process of its own in another session.
STUBBORN = """
import pathlib, signal, socket, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
wait = [sys.executable, "-c", "import time; time.sleep(100)"]
child = subprocess.Popen(wait, start_new_session=True)
pathlib.Path(sys.argv[2]).write_text(str(child.pid))
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(100)
"""
# Tests that start a server and wait, until they are killed.
TESTS = """
import pathlib, sys, time
from servers.process import listening
folder = pathlib.Path(sys.argv[1])
with listening(
    lambda ports: [sys.executable, "-m", "http.server", "-b", "127.0.0.1", str(ports[0])],
    folder / "log",
) as (port,):
    (folder / "port").write_text(str(port))
    time.sleep(100)
"""


def answers(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def runs(pid: int) -> bool:
    """Whether a process is there, and not only waiting to be forgotten."""
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False)
    return bool(told.stdout) and not told.stdout.startswith(b"Z")


def soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which processes it started")
def test_a_server_ends_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_END", 0.2)
    note = tmp_path / "child"
    serve = listening(
        lambda ports: [sys.executable, "-c", STUBBORN, str(ports[0]), note], tmp_path / "log"
    )
    with serve as (port,):
        assert answers(port)
        child = int(note.read_text())
        assert runs(child)
    assert not answers(port)
    assert soon(lambda: not runs(child))


def test_a_server_ends_with_a_test_that_fails(tmp_path: Path) -> None:
    serve = [sys.executable, "-m", "http.server", "-b", HOST]
    ports: list[int] = []

    def fail() -> None:
        with listening(lambda ports: [*serve, str(ports[0])], tmp_path / "log") as found:
            ports.extend(found)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(ports) == 1
    assert not answers(ports[0])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux binds a process to its parent")
def test_a_server_ends_when_the_tests_are_killed(tmp_path: Path) -> None:
    tests = subprocess.Popen(
        [sys.executable, "-c", TESTS, tmp_path],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
    )
    port = tmp_path / "port"
    try:
        assert soon(lambda: port.exists() and port.read_text() != "")
        assert answers(int(port.read_text()))
    finally:
        tests.send_signal(signal.SIGKILL)
        tests.wait()
    assert soon(lambda: not answers(int(port.read_text())))


def test_a_server_that_does_not_start_tells_why(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "raise SystemExit('no such bucket')"]
    serve = listening(lambda ports: words, tmp_path / "log")
    with pytest.raises(RuntimeError, match="no such bucket"), serve:
        pass


def test_another_port_is_tried_where_one_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        taken = other.getsockname()[1]
        given = iter([[taken], free_ports(1)])
        monkeypatch.setattr(process, "free_ports", lambda count: next(given))
        serve = [sys.executable, "-m", "http.server", "-b", HOST]
        with listening(lambda ports: [*serve, str(ports[0])], tmp_path / "log") as (port,):
            assert port != taken


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: need_program("no-such-server", "some-package"), "some-package"),
        (lambda: need_module("no_such_module", "some-package>=1"), "some-package>=1"),
        (lambda: need_npm("no-such-package/main.js", "some-package@1"), "some-package@1"),
    ],
)
def test_what_is_missing_skips_a_test_but_fails_it_in_ci(
    ask: Callable[[], object], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=words):
        ask()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=words):
        ask()


def test_what_is_there_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Path(need_program("sh", "dash")).is_absolute()
    need_module("json", "python3")
    script = tmp_path / "package" / "main.js"
    script.parent.mkdir()
    script.touch()
    monkeypatch.setattr(need, "NPM", tmp_path)
    assert need_npm("package/main.js", "package@1") == script
