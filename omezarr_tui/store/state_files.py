"""Small JSON files in which the program keeps its own state: replaced in one step."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any


def write_state(file: Path, value: Any) -> None:
    """Replace a file in one step. What cannot be kept is no reason to complain.

    Parameters
    ----------
    file
        Its folder is made where there is none.
    value
        What JSON can hold.
    """
    text = json.dumps(value, indent=1)
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with open(handle, "w", encoding="utf-8") as new:
                new.write(text)
            os.replace(name, file)
        except OSError:
            os.unlink(name)


def read_state(file: Path) -> dict[str, Any]:
    """What a file holds; nothing where it is not there or was changed by hand beyond reading."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
