"""The same stores at every place that a real server keeps: put there, and opened from there."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from servers import azure, gcs, s3
from servers.buckets import upload
from servers.ssh import ALIAS, SSHServer
from servers.web import PASSWORD, USER

from omezarr_tui.store.access import Access, Options, open_access
from omezarr_tui.store.location import parse_location

Put = Callable[[Path], str]
S3_WAYS = ("s3-public", "s3-unlisted", "s3-private")
GCS_WAYS = ("gs-public", "gs-private")
AZURE_WAYS = ("az-public", "az-private")
WEB_WAYS = ("plain", "listing", "page", "forbidding", "whole", "secret")
WAYS = (*S3_WAYS, *GCS_WAYS, *AZURE_WAYS, *WEB_WAYS, "sftp")
UNLISTED = ("s3-unlisted", "plain", "page", "forbidding", "whole", "secret")


@dataclass
class Remote:
    """A place on a server.

    Attributes
    ----------
    put
        Puts a folder there under its name and gives the URL of it.
    endpoint, storage
        What a user has to say to find the server.
    can_list
        Whether the names in a folder can be asked for.
    """

    put: Put
    endpoint: str | None = None
    storage: dict[str, str] = field(default_factory=dict)
    can_list: bool = True

    def open(self, folder: Path, **options: Any) -> Access:
        """Put a store there and open it."""
        return self.at(self.put(folder), **options)

    def at(self, url: str, **options: Any) -> Access:
        """Open what is there."""
        location = replace(parse_location(url), endpoint=self.endpoint)
        return open_access(location, Options(**{"storage": self.storage} | options))


def remote(way: str, request: pytest.FixtureRequest, patch: pytest.MonkeyPatch) -> Remote:
    """Start the server of a place, and set the environment as its user has it."""
    kind, _, which = way.partition("-")
    made: Remote
    if kind == "s3":
        server: s3.S3Server = request.getfixturevalue("s3")
        put = _into(lambda: server.bucket(which), f"s3://{which}")
        made = Remote(put, server.endpoint)
        if which == s3.PRIVATE:
            made.endpoint = None
            _set(patch, server.environment)
    elif kind == "gs":
        google: gcs.GCSServer = request.getfixturevalue("gcs")
        made = Remote(_into(lambda: google.bucket(which), f"gs://{which}"), google.endpoint)
        if which == gcs.PRIVATE:
            made.endpoint, made.storage = None, {"service_account": str(google.account)}
    elif kind == "az":
        cloud: azure.AzureServer = request.getfixturevalue("azure")
        made = Remote(_into(lambda: cloud.container(which), f"az://{which}"), cloud.endpoint)
        if which == azure.PRIVATE:
            made.endpoint = None
            _set(patch, cloud.environment)
    elif kind == "sftp":
        host: SSHServer = request.getfixturevalue("ssh")
        host.trust(Path.home())
        made = Remote(lambda folder: f"sftp://{ALIAS}{folder}")
    else:
        web = request.getfixturevalue("web")
        made = Remote(_served(web.folder, getattr(web, way)))
        if way == "secret":
            netrc = Path.home() / ".netrc"
            netrc.write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\n")
            netrc.chmod(0o600)
    made.can_list = way not in UNLISTED
    return made


def _into(bucket: Callable[[], Any], url: str) -> Put:
    def put(folder: Path) -> str:
        path = _path(folder)
        upload(bucket(), folder, f"{path}/")
        return f"{url}/{path}"

    return put


def _served(served: Path, url: str) -> Put:
    def put(folder: Path) -> str:
        link = served / _path(folder)
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            link.symlink_to(folder)
        return f"{url}/{quote(_path(folder))}"

    return put


def _path(folder: Path) -> str:
    """Where a folder is put: under another path than all others, with odd names in it."""
    return f"some where/100% #{folder.parent.name}/{folder.name}"


def _set(patch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    for name, value in environment.items():
        patch.setenv(name, value)


def each_way(*ways: str) -> Any:
    """Run a test at several places."""
    return pytest.mark.parametrize("place", ways or WAYS, indirect=True)


@pytest.fixture
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Remote:
    """Give the place that the test is run at."""
    return remote(request.param, request, monkeypatch)
