"""Commands whose output a program reads, and commands that are broken off."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import zarr
from foreign import Foreign
from running import process


class TestPipes:
    @pytest.mark.parametrize(
        "environment",
        [{"LC_ALL": "C"}, {"LC_ALL": "", "LANG": "C"}, {"PYTHONIOENCODING": "ascii"}],
    )
    def test_ascii_only(self, foreign: Foreign, environment: dict[str, str]) -> None:
        for words in (
            ("tree", foreign("v3_names").path),
            ("tree", foreign("v3_bad_documents").path),
            ("show", foreign("v3_types").path, "text"),
            ("info", foreign("v3_types").path, "bool"),
        ):
            done = process(*words, **environment)
            assert done.stderr == b""
            assert done.stdout.isascii()
            assert done.stdout

    def test_no_colours_without_a_terminal(self, volume: Path) -> None:
        for words in (["tree", volume], ["info", volume], ["show", volume, "--size", "9x9"]):
            done = process(*words, TERM="xterm-256color")
            assert done.returncode == 0
            assert b"\x1b" not in done.stdout

    @pytest.mark.skipif(sys.platform == "win32", reason="pipes break otherwise there")
    def test_a_reader_that_leaves(self, foreign: Foreign) -> None:
        command = [sys.executable, "-m", "omezarr_tui", "tree", str(foreign("wide_group").path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            assert running.stdout
            assert running.stderr
            assert running.stdout.readline()
            running.stdout.close()
            assert running.stderr.read() == b""
        assert running.returncode == 141

    @pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals there")
    def test_an_interrupt(self, tmp_path: Path) -> None:
        zarr.create_array(tmp_path / "a.zarr", shape=(4000, 4000), chunks=(9, 9), dtype="float64")
        out = tmp_path / "a.npy"
        command = [sys.executable, "-m", "omezarr_tui", "export", tmp_path / "a.zarr", "/", out]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".a.npy*")) and time.monotonic() < deadline:
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        assert running.communicate() == (b"", b"")
        assert running.returncode == 130
        assert [path.name for path in tmp_path.iterdir()] == ["a.zarr"]
