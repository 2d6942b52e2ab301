"""Running commands, and what every failure must look like."""

import os
import subprocess
import sys
from pathlib import Path


def process(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "omezarr_tui", *map(str, words)],
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


def failed(result: tuple[int, str, str], code: int, *words: str) -> None:
    """An error is one line and a cause on standard error, and says what it should."""
    assert result[0] == code, result
    assert result[1] == ""
    lines = result[2].splitlines()
    assert lines[0].startswith("omezarr-tui: ")
    assert len(lines) <= 2
    assert all(line.startswith("  ") for line in lines[1:])
    for word in words:
        assert word in result[2]
