"""Where a hierarchy lies: a path or URL, understood without touching it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from omezarr_tui.errors import UserError
from omezarr_tui.store.pasted import address_in

LOCAL = "file"
WEB = ("http", "https")

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+)(::|://)")
ARCHIVES = (".zip", ".ozx")
_ARCHIVE = re.compile(r"\.(?:zip|ozx)(?=/|$)", re.IGNORECASE)

# Other names of the same protocol.
_ALIASES = {
    **dict.fromkeys(("s3a", "s3n"), "s3"),
    "gcs": "gs",
    **dict.fromkeys(("abfs", "abfss", "azure", "adl"), "az"),
    **dict.fromkeys(("ssh", "sshfs"), "sftp"),
}
_PLACES = {
    LOCAL: "local disk",
    "s3": "S3",
    "gs": "Google Cloud Storage",
    "az": "Azure",
    "http": "web",
    "https": "web",
    "sftp": "SSH",
    "memory": "memory",
}


@dataclass(frozen=True, slots=True)
class Location:
    """A place that holds a store, or a folder of stores. It never holds a secret.

    Parameters
    ----------
    protocol
        ``file``, ``s3``, ``gs``, ``az``, ``http``, ``https``, ``sftp``, or another one that
        fsspec knows.
    address
        What stands behind ``protocol://``, unquoted and without a slash at its end; of a
        local place its absolute path.
    inside
        The path inside the archive that `address` names; None where that is no archive.
    endpoint
        The server that speaks the protocol, as a URL; None for the provider's own.
    """

    protocol: str
    address: str
    inside: str | None = None
    endpoint: str | None = None

    @classmethod
    def local(cls, path: Path) -> Location:
        """The place of a path on this machine."""
        return cls(LOCAL, str(path))

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine."""
        return self.protocol == LOCAL

    @property
    def path(self) -> Path:
        """The local path; of a place in an archive, the archive's."""
        assert self.is_local
        return Path(self.address)

    @property
    def name(self) -> str:
        """The last part of the path, as a title."""
        return (self.inside or self.address).rpartition("/")[2] or self.address

    @property
    def url(self) -> str:
        """How a person would write it, so that it can be opened with this again."""
        whole = "/".join(filter(None, (self.address, self.inside)))
        if self.is_local:
            return whole
        return f"{self.protocol}://{quote(whole, '/:@~') if self.protocol in WEB else whole}"

    @property
    def parent(self) -> Location | None:
        """The place that this one lies in; None at the top."""
        if self.inside is not None:
            return self._moved(self.inside.rpartition("/")[0]) if self.inside else None
        if self.is_local:
            above = self.path.parent
            return None if self.path == above else Location.local(above)
        head, slash, _ = self.address.rpartition("/")
        return self._moved(head) if slash and head else None

    def below(self, path: str) -> Location:
        """The place of a node, by its path from here."""
        if not path:
            return self
        if self.is_local and self.inside is None:
            return Location.local(self.path / path)
        here = self.address if self.inside is None else self.inside
        return self._moved("/".join(filter(None, (here, path))))

    @property
    def archive(self) -> Location | None:
        """The file that is an archive, where this place is in one."""
        return None if self.inside is None else replace(self, inside=None)

    @property
    def identity(self) -> str:
        """What this place is called in the journal: the same however it was typed."""
        inside = "" if self.inside is None else f"/{self.inside}"
        if self.is_local:
            return self.path.resolve().as_uri() + inside
        return f"{self.endpoint or ''}{self.protocol}://{self.address}{inside}"

    @property
    def place(self) -> str:
        """The kind of place in words, for the title bar."""
        place = _PLACES.get(self.protocol, self.protocol)
        return place if self.inside is None else f"zip on {place}"

    def _moved(self, path: str) -> Location:
        inside = self.inside is not None
        return replace(self, inside=path) if inside else replace(self, address=path)


def parse_location(text: str) -> Location:
    """Understand a path or URL that a user typed or pasted.

    Parameters
    ----------
    text
        A local path (``~`` allowed), a URL, a cloud console's or a viewer's URL that has a
        store's address in it.

    Raises
    ------
    UserError
        The text is empty, holds a password, or is not understood.
    """
    text = text.strip() if not Path(text).exists() else text
    if not text:
        raise UserError("No location was given", "name a folder that holds a Zarr store")
    # A local file may well be named `a::b` or so: what exists is a path.
    if os.path.exists(text) or not (scheme := _SCHEME.match(text)):
        return _local(text)
    protocol = _ALIASES.get(scheme[1].lower(), scheme[1].lower())
    if scheme[2] == "::":
        raise UserError(
            f"{text} cannot be opened",
            "chained URLs are not understood; a zip is opened by its own address",
        )
    if protocol == LOCAL:
        path = text[len(scheme[0]) :].removeprefix("localhost")
        return _local(path if os.path.exists(path) else unquote(path))
    if protocol in WEB and (found := address_in(text)) is not None:
        return parse_location(found)
    return _remote(protocol, text[len(scheme[0]) :], text)


def _local(text: str) -> Location:
    path = Path(text).expanduser().absolute()
    # A folder may be called x.zip too: only a file is an archive.
    for part in (path, *path.parents):
        if _ARCHIVE.search(part.name) and part.is_file():
            return Location(LOCAL, str(part), path.relative_to(part).as_posix().strip("."))
    return Location.local(path)


def _remote(protocol: str, address: str, text: str) -> Location:
    if protocol in WEB:
        parts = urlsplit(text)
        if "sig=" in parts.query.lower() or "signature=" in parts.query.lower():
            raise UserError(
                "A signed URL opens one file, not a store",
                "a storage account's signature is given with --storage-option sas_token=…",
            )
        # What a browser shows of a `#` that is part of a name; a bare one at the end is none.
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        address = parts.netloc + unquote(parts.path + fragment)
    host, slash, path = address.partition("/")
    user = host.rpartition("@")[0]
    if ":" in user or (user and protocol in WEB):
        raise UserError(
            f"The address of {host.rpartition('@')[2]} holds a password",
            "passwords are shown and logged there; put it into ~/.netrc, a profile or the "
            "ssh agent, and leave it out of the address",
        )
    if not host and protocol != "memory":
        raise UserError(f"{text} names no place", f"it should be {protocol}://HOST-OR-BUCKET/PATH")
    whole = "/".join(filter(None, (host, *path.split("/"))))
    if slash and path.startswith("~") and protocol == "sftp":
        whole = f"{host}/{path}".rstrip("/")
    if archive := _ARCHIVE.search(whole):
        return Location(protocol, whole[: archive.end()], whole[archive.end() :].strip("/"))
    return Location(protocol, whole)
