"""What can be typed, and what comes of what cannot."""

import os
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import zarr
from foreign import Foreign
from running import failed, process

import omezarr_tui
from omezarr_tui import cli
from omezarr_tui.store import fast
from omezarr_tui.store.access import Options
from omezarr_tui.store.location import Location

COMMANDS = ("open", "demo", "tree", "info", "show", "export", "validate")


class TestArguments:
    @pytest.mark.parametrize("flag", ["--version", "-V"])
    def test_version(self, run: Any, flag: str) -> None:
        code, out, errors = run(flag)
        first, second = out.splitlines()
        assert (code, first, errors) == (0, f"omezarr-tui {omezarr_tui.__version__}", "")
        assert second.startswith(f"reads with zarr-python {version('zarr')}")

    def test_version_tells_what_reads(self, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        assert f"and tensorstore {version('tensorstore')}\n" in run("--version")[1]
        monkeypatch.setattr(fast, "find_spec", lambda name: None)
        assert "alone; the extra [fast] is not installed\n" in run("--version")[1]

    def test_overview_names_every_command(self, run: Any) -> None:
        code, out, _ = run("--help")
        assert code == 0
        assert all(re.search(rf"^  {name} ", out, re.MULTILINE) for name in COMMANDS)

    @pytest.mark.parametrize("name", COMMANDS)
    def test_help_has_examples_in_ascii(self, run: Any, name: str) -> None:
        code, out, _ = run(name, "--help")
        assert code == 0
        assert out.isascii()
        assert "examples:\n  omezarr-tui " in out

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["tree"], "LOCATION"),
            (["tree", ".", "--depth", "-1"], "-1"),
            (["tree", ".", "--deep"], "--deep"),
            (["show", ".", "--glyphs", "pixels"], "pixels"),
            (["export", ".", "s0"], "OUT"),
            (["export", ".", "s0", "o.npy", "--at", "z=1", "--select", "1"], "--select"),
        ],
    )
    def test_usage_errors(self, run: Any, words: list[str], told: str) -> None:
        failed(run(*words), 2, told, "--help")

    def test_misspelled_command(self, run: Any) -> None:
        failed(run("inof", "x"), 3, "inof", "info")

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["tree", "nothing/here"], "nothing/here"),
            (["tree", "s3://bucket/key"], "s3://"),
            (["tree", __file__], "is a text file"),
        ],
    )
    def test_what_cannot_be_opened(self, run: Any, words: list[str], told: str) -> None:
        failed(run(*words), 3, told)

    def test_missing_and_escaping_nodes(self, run: Any, volume: Path) -> None:
        failed(run("tree", volume, "s7"), 3, "volume.ome.zarr/s7")
        failed(run("tree", volume, "../.."), 3)
        failed(run("info", volume.parent / "volume.ome.zarr" / "s0" / "c"), 3)

    def test_options_may_stand_anywhere(self, run: Any, volume: Path) -> None:
        behind = run("show", volume, "s0", "--size", "8x6")
        assert behind[0] == 0
        assert run("show", "--size", "8x6", volume, "s0") == behind
        assert run("show", volume, "--size", "8x6", "s0") == behind
        assert run("show", volume, "--size", "8x6", "--", "s0") == behind

    def test_names_that_begin_with_a_minus(self, run: Any, foreign: Foreign) -> None:
        path = foreign("v3_names").path
        plain = run("tree", path, "./-rf")
        assert plain[1].startswith(f"{path.name}/-rf  array  2 × 3")
        assert run("tree", path, "--", "-rf") == plain
        assert run("tree", path, "--depth", "1", "--", "-rf") == plain
        failed(run("tree", path, "-rf"), 2, "-rf")


class TestOpening:
    @pytest.fixture
    def opened(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
        """What the program would have been opened on, at a terminal."""
        calls: list[tuple[Any, ...]] = []

        def run(location: Location | None, options: Options, node: str, settings: Any) -> int:
            path = location and location.path
            calls.append((path, node, options.read_only, settings.rendering))
            return 7

        monkeypatch.setattr("omezarr_tui.tui.app.run", run)
        monkeypatch.setattr("omezarr_tui.commands.open._is_terminal", lambda stream: True)
        return calls

    def test_the_word_open_may_be_left_out(
        self, run: Any, opened: list[Any], volume: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(volume.parent)
        name = volume.name
        assert run(name)[0] == 7
        run("open", name, "/s0/")
        run("--read-only", name, "./s1")
        run(name, "s1", "--read-only")
        run()
        assert opened == [
            (volume, "", False, "auto"),
            (volume, "s0", False, "auto"),
            (volume, "s1", True, "auto"),
            (volume, "s1", True, "auto"),
            (None, "", False, "auto"),
        ]

    def test_a_store_called_like_a_command(
        self, run: Any, opened: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        zarr.create_group(tmp_path / "tree")
        monkeypatch.chdir(tmp_path)
        run("./tree")
        run("open", "tree")
        assert [call[0] for call in opened] == [tmp_path / "tree"] * 2
        assert run("tree", "tree")[1].startswith("tree  group")

    def test_demo(self, run: Any, opened: list[Any], tmp_path: Path) -> None:
        folder = tmp_path / "new" / "demo"
        assert run("demo", folder)[0] == 7
        assert opened == [(folder, "", False, "auto")]
        assert (folder / "cells.ome.zarr").is_dir()
        code, out, _ = run("tree", folder, "--depth", "1")
        assert code == 0
        assert "brain.ome.zarr" in out

    def test_demo_leaves_other_folders_alone(
        self, run: Any, opened: list[Any], tmp_path: Path
    ) -> None:
        (tmp_path / "mine.txt").touch()
        failed(run("demo", tmp_path), 2, "not empty")
        assert opened == []
        assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]

    def test_without_a_terminal(self, volume: Path) -> None:
        done = process("open", volume)
        failed((done.returncode, done.stdout.decode(), done.stderr.decode()), 2, "terminal")

    def test_bad_settings_are_told(self, run: Any, opened: list[Any], hermetic: Path) -> None:
        file = hermetic / ".config" / "omezarr-tui" / "settings.toml"
        file.parent.mkdir(parents=True)
        file.write_text("theem = 'x'")
        failed(run("open", hermetic), 2, "theem")
        assert opened == []


class TestUnforeseen:
    @pytest.fixture(autouse=True)
    def failing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise ZeroDivisionError("by zero")

        monkeypatch.setattr("omezarr_tui.commands.places.open_access", fail)
        monkeypatch.setattr("omezarr_tui.commands.arguments.parse_location", fail)

    def test_one_line_and_a_cause(self, run: Any) -> None:
        failed(run("tree", "."), 3, "ZeroDivisionError: by zero", cli.DEBUG)

    def test_traceback_on_request(self, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(cli.DEBUG, "1")
        code, _, told = run("tree", ".")
        assert code == 3
        assert "Traceback" in told


def test_arithmetic_takes_one_thread_unless_the_user_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.setenv("MKL_NUM_THREADS", "3")
    assert cli.main(["--version"]) == 0
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    assert os.environ["MKL_NUM_THREADS"] == "3"
    del os.environ["OPENBLAS_NUM_THREADS"]
