"""Where on this machine a user can write files."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def writable_folder() -> Path:
    """The folder to save files in first: the working directory, else home, else that for scratch.

    A program that was started by a click, or in a read-only image, stands in a folder that takes
    no files; one whose folder was removed stands in none.
    """
    with suppress(OSError):
        if _takes_files(here := Path.cwd()):
            return here
    home = Path.home()
    return home if _takes_files(home) else Path(tempfile.gettempdir())


def _takes_files(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
