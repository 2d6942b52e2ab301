"""Bytes laid one behind the other in one file: what an edit replaces, and what it puts there."""

from __future__ import annotations

import io
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from omezarr_tui.errors import UserError, explain
from omezarr_tui.settings import MIB

Span = tuple[int, int]  # where bytes begin in a pack, and how many they are

_IN_MEMORY = 64 * MIB  # more goes to the disk


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Tell what fails of writing into the journal as just that: not the store's disk is full."""
    try:
        yield
    except OSError as error:
        raise UserError(
            "Nothing was changed: the journal of edits cannot be written",
            f"{error.strerror or explain(error)}: it lies in {folder}; make room there, or let "
            "XDG_STATE_HOME name another disk",
        ) from error


class Draft:
    """A pack without a name, in memory while it is small; it goes with the program.

    Parameters
    ----------
    folder
        Of the disk that takes what is too large for memory; made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] = io.BytesIO()
        self._lock = threading.Lock()
        self._end = 0

    def add(self, raw: bytes) -> Span:
        """Lay bytes down; where they are."""
        with self._lock, kept_in(self._folder):
            if self._end <= _IN_MEMORY < self._end + len(raw):
                self._go_to_disk()
            self._file.seek(self._end)
            self._file.write(raw)
            span = (self._end, len(raw))
            self._end += len(raw)
            return span

    def read(self, span: Span) -> bytes:
        """The bytes that lie somewhere. Safe for threads."""
        with self._lock:
            self._file.seek(span[0])
            return self._file.read(span[1])

    def close(self) -> None:
        """Forget all of it."""
        self._file.close()

    def _go_to_disk(self) -> None:
        held = self._file
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = TemporaryFile(dir=self._folder)  # noqa: SIM115 - as long as the draft
        held.seek(0)
        shutil.copyfileobj(held, self._file)
        held.close()


class PackWriter:
    """Writes a pack that stays. Nothing is safe before `sync`.

    Parameters
    ----------
    path
        A new file.
    """

    def __init__(self, path: Path) -> None:
        self._folder = path.parent
        self._file = path.open("xb")
        self._end = 0

    def add(self, raw: bytes) -> Span:
        """Lay bytes down; where they are."""
        with kept_in(self._folder):
            self._file.write(raw)
        span = (self._end, len(raw))
        self._end += len(raw)
        return span

    def sync(self) -> None:
        """Wait until the disk has all of it, and end."""
        with kept_in(self._folder), self._file as file:
            file.flush()
            os.fsync(file.fileno())

    def close(self) -> None:
        """End, whatever of it the disk has."""
        self._file.close()


def read_span(path: Path, span: Span) -> bytes:
    """The bytes that lie somewhere in a pack; fewer where it was cut short.

    Raises
    ------
    OSError
        It is gone, or cannot be read.
    """
    with path.open("rb") as file:
        file.seek(span[0])
        return file.read(span[1])


def total(spans: Iterator[Span | None]) -> int:
    """How many bytes some spans are together."""
    return sum(span[1] for span in spans if span is not None)
