"""A Google Cloud Storage server: an emulator with what it lacks of GCS's XML API."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from obstore.store import GCSStore

from servers.need import need_module, need_program
from servers.process import HOST, listening

PUBLIC = "public"  # anyone may list and read
PRIVATE = "private"  # nothing without credentials
EMAIL = "tests@microscopy.example"  # tokens that this account signed are let in
TOKEN = "token-of-the-tests"  # as is this one, which stands for one of a user


@dataclass(frozen=True)
class GCSServer:
    """Where it answers, to both the XML and the JSON API.

    Attributes
    ----------
    account
        The file of a service account, as in GOOGLE_APPLICATION_CREDENTIALS; it names the server.
    """

    endpoint: str
    account: Path

    def bucket(self, name: str) -> GCSStore:
        """A bucket, with the right to write."""
        return GCSStore(
            name, service_account=str(self.account), client_options={"allow_http": True}
        )


@contextmanager
def gcs_server(folder: Path) -> Iterator[GCSServer]:
    """Run the server with its two empty buckets; it keeps all in memory.

    Parameters
    ----------
    folder
        Where its log and the file of the service account are written.
    """
    need_module("gcp_storage_emulator", "gcp-storage-emulator")
    keygen = need_program("ssh-keygen", "openssh-client")
    key = folder / "service_account_key"
    form = ["-t", "rsa", "-b", "2048", "-m", "PKCS8"]
    subprocess.run([keygen, "-q", *form, "-N", "", "-f", key], check=True)
    with listening(
        lambda ports: [sys.executable, "-P", "-m", "servers.gcs_app", str(ports[0])],
        folder / "gcs.log",
        environment={"PYTHONPATH": str(Path(__file__).parents[1])},
    ) as (port,):
        endpoint = f"http://{HOST}:{port}"
        account = {
            "type": "service_account",
            "client_email": EMAIL,
            "private_key_id": "1",
            "private_key": key.read_text(),
            "gcs_base_url": endpoint,
        }
        file = folder / "service_account.json"
        file.write_text(json.dumps(account))
        yield GCSServer(endpoint, file)
