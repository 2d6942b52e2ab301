"""An S3 server: moto, behind a gate that asks for credentials as AWS does."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from obstore.store import S3Store

from servers.need import need_module
from servers.process import HOST, listening

PUBLIC = "public"  # anyone may list and read
UNLISTED = "unlisted"  # anyone may read, but not list, so a missing key gives 403
PRIVATE = "private"  # nothing without credentials
REGION = "eu-central-1"
KEY_ID, SECRET = "AKIATESTSOFMICROSCOPY", "secret-of-the-tests"
EXPIRED_KEY_ID = "ASIAEXPIREDLONGAGO"  # with any secret and session token: 400, ExpiredToken


@dataclass(frozen=True)
class S3Server:
    """Where it answers, with path-style requests, and who may write."""

    endpoint: str

    def bucket(self, name: str) -> S3Store:
        """A bucket, with the right to write."""
        return S3Store(
            name,
            endpoint=self.endpoint,
            region=REGION,
            access_key_id=KEY_ID,
            secret_access_key=SECRET,
            client_options={"allow_http": True},
        )

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which AWS's own tools find the server and are let in."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": REGION,
        }


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """Run the server with its three empty buckets; it keeps all in memory.

    Parameters
    ----------
    folder
        Where its log is written.
    """
    need_module("moto", "moto[s3]")
    need_module("flask_cors", "flask-cors")
    tests = Path(__file__).parents[1]
    with listening(
        lambda ports: [sys.executable, "-P", "-m", "servers.s3_app", str(ports[0])],
        folder / "s3.log",
        environment={"PYTHONPATH": str(tests)},
    ) as (port,):
        yield S3Server(f"http://{HOST}:{port}")
