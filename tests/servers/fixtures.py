"""The servers as fixtures: each is started at the first test that wants it, once in a run."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from servers.azure import AzureServer, azure_server
from servers.gcs import GCSServer, gcs_server
from servers.proxy import Proxy, proxied
from servers.s3 import S3Server, s3_server
from servers.ssh import SSHServer, ssh_server
from servers.web import WebServer, web_server


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """Give the S3 server."""
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(scope="session")
def gcs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GCSServer]:
    """Give the Google Cloud Storage server."""
    with gcs_server(tmp_path_factory.mktemp("gcs")) as server:
        yield server


@pytest.fixture(scope="session")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AzureServer]:
    """Give the Azure Blob Storage server."""
    with azure_server(tmp_path_factory.mktemp("azure")) as server:
        yield server


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """Give the web server."""
    with web_server(tmp_path_factory.mktemp("web")) as server:
        yield server


@pytest.fixture(scope="session")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SSHServer]:
    """Give the SSH server."""
    with ssh_server(tmp_path_factory.mktemp("ssh")) as server:
        yield server


@pytest.fixture
def proxy_to() -> Iterator[Callable[[str], Proxy]]:
    """Give a function that starts a proxy before the server at an address, for one test."""
    with ExitStack() as proxies:
        yield lambda server: proxies.enter_context(proxied(server))
