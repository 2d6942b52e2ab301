"""The stores that were opened last, kept in a file between one run and the next."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from omezarr_tui.errors import UserError
from omezarr_tui.settings import state_folder
from omezarr_tui.store.access import Options
from omezarr_tui.store.location import Location, parse_location
from omezarr_tui.store.state_files import read_state, write_state

MOST = 50
_FILE = "recent.json"
# Two programs at once may at worst lose the entry of one; two threads of one lose none.
_changing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Recent:
    """A store that was opened. It holds no secret: of credentials only a profile's name.

    Parameters
    ----------
    url
        Where it lies, as `Location.url` writes it.
    endpoint
        The server, where it is not the provider's own.
    profile
        Of the AWS configuration, where one was named.
    when
        Seconds since 1970.
    mark
        What it is, in one word.
    """

    url: str
    endpoint: str | None = None
    profile: str | None = None
    when: float = 0.0
    mark: str = ""

    @property
    def place(self) -> tuple[str, str | None]:
        """What makes it the same store when it is opened again."""
        return self.url, self.endpoint

    def location(self) -> Location:
        """Where it lies.

        Raises
        ------
        UserError
            The file was changed by hand, and this is no place.
        """
        return replace(parse_location(self.url), endpoint=self.endpoint)


def remember(location: Location, options: Options, mark: str, when: float) -> None:
    """Put a store that was opened at the head of the list.

    Parameters
    ----------
    location, options
        What was opened, and how. Settings that may be secret are not written.
    mark
        What it is, in one word.
    when
        Seconds since 1970.
    """
    # A server whose address holds a password could not be asked again without it.
    if location.endpoint and "@" in urlsplit(location.endpoint).netloc:
        return
    url = str(location.path.resolve()) if location.is_local else location.url
    if location.is_local and location.inside:
        url = f"{url}/{location.inside}"
    new = Recent(url, location.endpoint, options.profile, when, mark)
    with _changing:
        _write([new, *(known for known in load_recent() if known.place != new.place)])


def forget(recent: Recent) -> None:
    """Take a store off the list. The store itself stays."""
    with _changing:
        _write(known for known in load_recent() if known.place != recent.place)


def load_recent() -> list[Recent]:
    """The stores that were opened, the last one first; what cannot be understood is left out."""
    entries = read_state(_file()).get("stores")
    known = [_understood(entry) for entry in (entries if isinstance(entries, list) else [])]
    return sorted(filter(None, known), key=lambda recent: -recent.when)[:MOST]


def _understood(entry: Any) -> Recent | None:
    if not isinstance(entry, dict):
        return None
    kinds = {"url": str, "endpoint": str, "profile": str, "when": (int, float), "mark": str}
    given = {
        field.name: entry[field.name]
        for field in fields(Recent)
        if isinstance(entry.get(field.name), kinds[field.name])  # type: ignore[arg-type]
    }
    try:
        recent = Recent(**given)
        recent.location()
    except (TypeError, UserError, OSError, ValueError):
        return None
    return recent


def _write(stores: Iterable[Recent]) -> None:
    write_state(_file(), {"stores": [asdict(one) for one in list(stores)[:MOST]]})


def _file() -> Path:
    return state_folder() / _FILE
