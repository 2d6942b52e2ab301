"""Where files are saved first: in a folder that takes them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from omezarr_tui.store.writable import writable_folder


def test_the_first_that_takes_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, home = tmp_path / "here", tmp_path / "home"
    here.mkdir()
    home.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(home))
    refused: set[Path] = set()
    monkeypatch.setattr(os, "access", lambda folder, mode: Path(folder) not in refused)
    assert writable_folder() == here
    refused.add(here)
    assert writable_folder() == home
    refused.add(home)
    assert writable_folder() == Path(tempfile.gettempdir())


def test_a_working_directory_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert writable_folder() == tmp_path
    monkeypatch.chdir(tmp_path)
