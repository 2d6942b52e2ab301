"""Where a hierarchy lies: a path or URL, understood without touching it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from omezarr_tui.errors import UserError

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+)(::|://)")


@dataclass(frozen=True, slots=True)
class Location:
    """A place that holds a store, or a folder of stores.

    Parameters
    ----------
    path
        The absolute local path.
    """

    path: Path

    @property
    def name(self) -> str:
        """The last part of the path, as a title."""
        return self.path.name or str(self.path)

    @property
    def parent(self) -> Location | None:
        """The place that this one lies in; None at the top."""
        return None if self.path.parent == self.path else Location(self.path.parent)

    def below(self, path: str) -> Location:
        """The place of a node, by its path from here."""
        return Location(self.path / path)

    @property
    def identity(self) -> str:
        """What this place is called in the journal: the same however it was typed."""
        return self.path.resolve().as_uri()

    @property
    def place(self) -> str:
        """The kind of place in words, for the title bar."""
        return "local disk"


def parse_location(text: str) -> Location:
    """Understand a path or URL that a user typed.

    Parameters
    ----------
    text
        A local path (``~`` allowed) or a ``file://`` URL.

    Raises
    ------
    UserError
        The text is empty, or names a protocol that cannot be read.
    """
    if not text:
        raise UserError("No location was given", "name a folder that holds a Zarr store")
    scheme = _SCHEME.match(text)
    # A local file may well be named `a::b` or so: what exists is a path.
    if scheme and not Path(text).exists():
        if scheme[1].lower() != "file":
            raise UserError(
                f"{text} cannot be opened",
                f"{scheme[1]}:// locations are not supported yet; "
                "give a local path or a file:// URL",
            )
        from upath import UPath  # not before it is needed: it imports fsspec

        text = UPath(text).path
    return Location(Path(text).expanduser().absolute())
