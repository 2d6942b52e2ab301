"""The program leaves when its terminal is gone: no process is left behind on a server."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import zarr

pty = pytest.importorskip("pty", reason="there are no pseudo-terminals on this system")


def test_a_broken_connection_ends_the_program(tmp_path: Path) -> None:
    zarr.create_array(tmp_path / "a.zarr", shape=(4, 4), dtype="u1")
    ours, theirs = pty.openpty()
    # A session of its own without a controlling terminal: no signal tells of the hang-up.
    program = subprocess.Popen(
        [sys.executable, "-m", "omezarr_tui", str(tmp_path / "a.zarr")],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    os.close(theirs)
    try:
        seen = b""
        until = time.monotonic() + 30
        while b"Hierarchy" not in seen and time.monotonic() < until:
            seen += os.read(ours, 1 << 16)
        assert b"Hierarchy" in seen
        os.close(ours)
        assert program.wait(timeout=30) is not None
    finally:
        program.kill()
