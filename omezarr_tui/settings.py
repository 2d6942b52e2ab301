"""What a user can set, and where the program keeps what it must remember."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_config_path, user_state_path

from omezarr_tui.errors import ExitCode, UserError, explain

_PROGRAM = "omezarr-tui"
_WANTED = {
    str: "a text",
    int: "a whole number above 0",
    bool: "true or false",
    dict: "a table of texts",
}
MIB = 1024 * 1024
_CHOICES = {
    "rendering": ("auto", "ascii", "half", "quadrant", "braille", "pixels"),
    "colors": ("auto", "none", "16", "256", "true"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's settings; each is a line of ``settings.toml``.

    Parameters
    ----------
    theme
        A theme's name, as the command palette lists them.
    rendering
        How a plane is shown first: ``ascii``, ``half``, ``quadrant``, ``braille``, ``pixels``,
        or ``auto`` for what fits the terminal best.
    colors
        Those of the terminal: ``none``, ``16``, ``256``, ``true``, or ``auto`` for what it says.
    ask_above_bytes
        A plane that takes more uncompressed bytes than this to read is asked for first.
    cache_bytes
        Decoded chunks that are kept, so that what was seen is shown again at once.
    prefetch_bytes
        Uncompressed bytes that are read ahead over a network at each step from plane to plane,
        at the most. On a disk it is a quarter of ``cache_bytes``.
    well_bytes
        A well whose coarsest level takes more uncompressed bytes than this is not measured
        on the plate.
    journal_bytes
        What undo keeps of all stores together, in bytes; the oldest edits are forgotten first.
    page_rows
        Children of a group that are listed at a time.
    expand_nodes
        Nodes that "expand all" opens at the most.
    remember_views
        Whether an image opens as it was left when its store was open the last time.
    keys
        Other keys for actions, by the action's id: a table ``[keys]`` in the file.
    places
        How places are opened whose URL begins so: tables ``[places."s3://bucket/"]`` with
        ``profile``, ``endpoint_url``, ``anonymous`` and a table ``storage_options``.
    """

    theme: str = "omezarr-dark"
    rendering: Literal["auto", "ascii", "half", "quadrant", "braille", "pixels"] = "auto"
    colors: Literal["auto", "none", "16", "256", "true"] = "auto"
    ask_above_bytes: int = 256 * MIB
    cache_bytes: int = 128 * MIB
    prefetch_bytes: int = 4 * MIB
    well_bytes: int = 16 * MIB
    journal_bytes: int = 4096 * MIB
    page_rows: int = 200
    expand_nodes: int = 500
    remember_views: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)


def settings_file() -> Path:
    """The file that a user may write; it need not exist."""
    return user_config_path(_PROGRAM, appauthor=False) / "settings.toml"


def state_folder() -> Path:
    """Where the program keeps its own state, such as what edits replaced."""
    return user_state_path(_PROGRAM, appauthor=False)


def load_settings(file: Path | None = None) -> Settings:
    """Read the user's settings; defaults where there are none.

    Parameters
    ----------
    file
        Another file than `settings_file`.

    Raises
    ------
    UserError
        The file cannot be understood; the sentence names the line or the key.
    """
    file = file or settings_file()
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        raise UserError(
            f"{file} cannot be read", explain(error), exit_code=ExitCode.USAGE
        ) from error
    tables = ("keys", "places")
    known = {f.name: dict if f.name in tables else type(f.default) for f in fields(Settings)}
    for key, choices in _CHOICES.items():
        if given.get(key, "auto") not in choices:
            raise UserError(
                f"{file} sets {key} to {given[key]!r}",
                f"it must be one of {', '.join(choices)}",
                exit_code=ExitCode.USAGE,
            )
    for key, value in given.items():
        if key not in known:
            raise UserError(
                f"{file} has a setting {key!r} that does not exist",
                f"there are: {', '.join(known)}",
                exit_code=ExitCode.USAGE,
            )
        if key == "places":
            _check_places(file, value)
            continue
        inner = value.values() if isinstance(value, dict) else ()
        if (
            type(value) is not known[key]
            or (type(value) is int and value < 1)
            or not all(isinstance(text, str) for text in inner)
        ):
            wanted = _WANTED[known[key]]
            raise UserError(
                f"{file} sets {key} to {value!r}",
                f"it must be {wanted}",
                exit_code=ExitCode.USAGE,
            )
    return Settings(**given)


def _check_places(file: Path, places: Any) -> None:
    wanted = {"profile": str, "endpoint_url": str, "anonymous": bool, "storage_options": dict}
    if not isinstance(places, dict) or not all(isinstance(at, dict) for at in places.values()):
        raise UserError(
            f"{file} has places that are no tables",
            'each is written like [places."s3://bucket/"]',
            exit_code=ExitCode.USAGE,
        )
    for url, rules in places.items():
        for key, value in rules.items():
            # The value may be a secret: only its key is told.
            texts = value.values() if isinstance(value, dict) else ()
            if (
                key not in wanted
                or type(value) is not wanted[key]
                or not all(isinstance(text, str) for text in texts)
            ):
                raise UserError(
                    f"{file} sets {key!r} for {url}, which is not understood",
                    "there are: profile, endpoint_url (texts), anonymous (true or false) and "
                    "storage_options (a table of texts)",
                    exit_code=ExitCode.USAGE,
                )
