"""An Azure Blob Storage server: Azurite, with a public and a private container."""

import base64
import hashlib
import hmac
import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from obstore.store import AzureStore

from servers.need import need_npm, need_program
from servers.process import HOST, listening

AZURITE = "azurite@3.35.0"  # the last that runs on the Node.js of Debian 12

PUBLIC = "public"  # anyone may list and read
PRIVATE = "private"  # nothing without credentials

# Every Azurite has this account, and every Azure client knows it.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

_VERSION = "2023-11-03"


@dataclass(frozen=True)
class AzureServer:
    """Where it answers; the account is the first part of the path."""

    endpoint: str

    def container(self, name: str) -> AzureStore:
        """A container, with the right to write."""
        return AzureStore(
            name,
            endpoint=self.endpoint,
            account_name=ACCOUNT,
            account_key=KEY,
            client_options={"allow_http": True},
        )

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which clients find the server and are let in."""
        return {
            "AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT,
            "AZURE_STORAGE_ACCOUNT_KEY": KEY,
            "AZURE_STORAGE_ENDPOINT": self.endpoint,
        }


@contextmanager
def azure_server(folder: Path) -> Iterator[AzureServer]:
    """Run the server with its two empty containers; it keeps all in memory.

    Parameters
    ----------
    folder
        Where its log is written.
    """
    node = need_program("node", "nodejs")
    script = need_npm("azurite/dist/src/blob/main.js", AZURITE)
    flags = ["--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry"]
    with listening(
        lambda ports: [node, script, "--blobHost", HOST, "--blobPort", str(ports[0]), *flags],
        folder / "azurite.log",
    ) as (port,):
        _create(port, PUBLIC, {"x-ms-blob-public-access": "container"})
        _create(port, PRIVATE, {})
        yield AzureServer(f"http://{HOST}:{port}/{ACCOUNT}")


def _create(port: int, container: str, headers: dict[str, str]) -> None:
    """Create a container, signed with the shared key: obstore cannot do that."""
    headers |= {"x-ms-date": formatdate(usegmt=True), "x-ms-version": _VERSION}
    own = "".join(f"{name}:{value}\n" for name, value in sorted(headers.items()))
    path = f"/{ACCOUNT}/{container}"
    # Twelve lines for the method and eleven standard headers, none of which is sent.
    text = "PUT" + "\n" * 12 + own + f"/{ACCOUNT}{path}\nrestype:container"
    digest = hmac.digest(base64.b64decode(KEY), text.encode(), hashlib.sha256)
    headers["Authorization"] = f"SharedKey {ACCOUNT}:{base64.b64encode(digest).decode()}"
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("PUT", f"{path}?restype=container", headers=headers)
        answer = connection.getresponse()
        if answer.status != 201:
            raise RuntimeError(f"no container {container}: {answer.status} {answer.read()!r}")
    finally:
        connection.close()
