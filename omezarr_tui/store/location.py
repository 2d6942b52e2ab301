"""Where a hierarchy lies: a path or URL, understood without touching it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urlsplit

from omezarr_tui.errors import ExitCode, UserError, explain
from omezarr_tui.store.pasted import address_in

LOCAL = "file"
WEB = ("http", "https")
BUCKETS = ("s3", "gs", "az")

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+)://")
_CHAINED = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+)::|::[A-Za-z][A-Za-z0-9+.-]+://")
ARCHIVES = (".zip", ".ozx")
_ARCHIVE = re.compile(r"\.(?:zip|ozx)(?=/|\Z)", re.IGNORECASE)
_SIGNED = re.compile(r"(?:^|[&?])(?:sig|(?:x-(?:amz|goog)-)?signature)=", re.IGNORECASE)

# Other names of the same protocol.
ALIASES = {
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
        return f"{self.protocol}://{quote(whole, '/:@~[]') if self.protocol in WEB else whole}"

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
        if not (path := path.strip("/")):
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
        inside = f"/{self.inside}" if self.inside else ""
        if self.is_local:
            return self.path.resolve().as_uri() + inside
        return f"{self.endpoint or ''}{self.protocol}://{self.address}{inside}"

    @property
    def place(self) -> str:
        """The kind of place in words, for the title bar."""
        place = _PLACES.get(self.protocol, self.protocol)
        return place if self.inside is None else f"zip on {place}"

    def with_endpoint(self, url: str) -> Location:
        """The same place on another server than the provider's own.

        Raises
        ------
        UserError
            It is no URL of a server, or holds a password.
        """
        parts = _split(url)
        if parts is None or parts.scheme not in WEB or not parts.hostname:
            raise UserError(
                "The endpoint is no URL of a server",
                "it should look like https://HOST or http://HOST:PORT",
                exit_code=ExitCode.USAGE,
            )
        if "@" in parts.netloc:
            raise _holds_password(f"the endpoint {parts.hostname}")
        return replace(self, endpoint=url.rstrip("/"))

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
    # A local file may well be named `a::b` or so, or end in a space: what exists is a path.
    if os.path.exists(text):
        return _local(text)
    text = text.strip()
    if text[:1] + text[-1:] in ("<>", '""', "''"):  # as addresses stand in mails and scripts
        text = text[1:-1]
    if not text or text.lower() == "file://":
        raise UserError("No location was given", "name a folder that holds a Zarr store")
    if _CHAINED.search(text):
        raise UserError(  # the text is not told: it may hold a password
            "A chain of URLs cannot be opened",
            "a zip is opened by its own address, without anything before it",
        )
    scheme = _SCHEME.match(text)
    if scheme is None:
        return _of_file_url(text[5:]) if text.lower().startswith("file:/") else _local(text)
    protocol = ALIASES.get(scheme[1].lower(), scheme[1].lower())
    address = text[len(scheme[0]) :]
    if protocol == LOCAL:
        return _of_file_url(re.sub(r"^localhost(?=/)", "", address))
    if protocol in WEB and _SIGNED.search(text):
        raise UserError(
            "A signed URL opens one file, not a store",
            "a storage account's signature is given with --storage-option sas_token=…",
        )
    if (found := address_in(text)) is not None:
        return parse_location(found)
    return _remote(protocol, address)


def _of_file_url(path: str) -> Location:
    return _local(path if os.path.exists(path) else unquote(path))


def _local(text: str) -> Location:
    try:
        path = Path(text).expanduser().absolute()
        if ".." in path.parts:  # what lies above a link is not what lies above its target
            path = path.resolve()
    except (RuntimeError, OSError, ValueError) as error:
        raise UserError(f"{text} is no path", explain(error)) from error
    # A folder may be called x.zip too: only a file is an archive.
    for part in (path, *path.parents):
        if _ARCHIVE.search(part.name) and os.path.isfile(part):
            inside = "" if part == path else path.relative_to(part).as_posix()
            return Location(LOCAL, str(part), inside)
    return Location.local(path)


def _remote(protocol: str, address: str) -> Location:
    host, _, path = address.partition("/")
    if protocol in WEB:
        parts = _split(f"{protocol}://{address}")
        if parts is None:
            raise UserError(f"This {protocol} address is not understood", "check its host")
        # What a browser shows of a `#` that is part of a name; a bare one at the end is none.
        host = parts.netloc
        path = unquote(parts.path + (f"#{parts.fragment}" if parts.fragment else ""))
    user, _, server = host.rpartition("@")
    name, colon, port = server.rpartition(":")
    if (":" in user and protocol != "github") or (user and protocol in WEB):
        raise _holds_password(f"the address of {server}")
    if colon and not server.endswith("]") and not port.isdecimal():
        raise UserError(
            f"The address of {name} is not understood",
            "behind a colon it should have the number of a port, and nowhere a password",
        )
    if not server and protocol != "memory":
        raise UserError(
            f"This {protocol} address names no place",
            f"it should be {protocol}://HOST-OR-BUCKET/PATH",
        )
    whole = "/".join(filter(None, (host, *path.split("/"))))
    if archive := _ARCHIVE.search(whole, len(host) + 1):  # a host may be called x.zip too
        return Location(protocol, whole[: archive.end()], whole[archive.end() :].strip("/"))
    return Location(protocol, whole)


def _split(url: str) -> SplitResult | None:
    """The parts of a URL; None where it has a host that none can have."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _holds_password(what: str) -> UserError:
    return UserError(
        f"{what[0].upper()}{what[1:]} holds a user name or a password",
        "what stands there is shown and logged; put it into ~/.netrc, a profile or the "
        "ssh agent, and leave it out of the address",
        exit_code=ExitCode.USAGE,
    )
