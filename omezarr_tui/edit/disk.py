"""The local disk, as a journal needs it: written means written, and one program at a time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def write_whole(path: Path, raw: bytes) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def is_same_disk(one: Path, other: Path) -> bool:
    """Whether two folders lie on one file system, so that to move is to rename.

    One that does not exist yet counts as the first above it that does.
    """
    return _there(one).stat().st_dev == _there(other).stat().st_dev


def _there(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the program, however that ends.

    Raises
    ------
    BlockingIOError
        Another program, or another part of this one, holds it.
    OSError
        The file system has no locks.
    """
    with path.open("ab") as file:
        if sys.platform == "win32":
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            except PermissionError as error:
                raise BlockingIOError(*error.args) from error
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
