"""The process behind ``servers.s3``, as in ``python -m servers.s3_app PORT``.

moto takes any credentials for good, and lists private buckets to anyone. The gate before it
answers as AWS does: to nobody in particular, to unknown keys, and to expired ones.
"""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from servers.process import HOST
from servers.s3 import EXPIRED_KEY_ID, KEY_ID, PRIVATE, PUBLIC, REGION, UNLISTED

_KEY_ID = re.compile(r"Credential=([^/]+)/")
_ERROR = "<?xml version='1.0'?><Error><Code>{}</Code><Message>{}</Message></Error>"


class Gate:
    """Lets through what AWS would let through."""

    def __init__(self, moto: Callable[..., Iterable[bytes]]) -> None:
        self._moto = moto

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        refusal = self._refusal(request)
        if refusal is None:
            return self._moto(environ, start)
        request.get_data()  # what is left unread would be taken for the next request
        return refusal(environ, start)

    def _refusal(self, request: Request) -> Response | None:
        signed = _KEY_ID.search(request.headers.get("Authorization", ""))
        if signed is None:
            return None if self._for_anyone(request) else _error(403, "AccessDenied")
        if signed[1] == EXPIRED_KEY_ID:
            return _error(400, "ExpiredToken")
        return None if signed[1] == KEY_ID else _error(403, "InvalidAccessKeyId")

    def _for_anyone(self, request: Request) -> bool:
        bucket, _, key = request.path.strip("/").partition("/")
        if request.method not in ("GET", "HEAD"):
            return False
        if bucket == UNLISTED and key:
            return Client(self._moto, Response).head(quote(request.path)).status_code == 200
        return bucket == PUBLIC


def _error(status: int, code: str) -> Response:
    return Response(_ERROR.format(code, f"{code} by the gate"), status, mimetype="application/xml")


def main(port: int) -> None:
    """Make the buckets and serve them until the process is ended."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # no line for each request
    moto = DomainDispatcherApplication(create_backend_app)
    maker = Client(moto, Response)
    place = f"<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint>"
    for bucket in (PUBLIC, UNLISTED, PRIVATE):
        made = maker.put(f"/{bucket}", data=f"{place}</CreateBucketConfiguration>")
        if made.status_code != 200:
            sys.exit(made.get_data(as_text=True))
    for bucket in (PUBLIC, UNLISTED):
        allowed = {"Effect": "Allow", "Principal": "*", "Action": "s3:*"}
        allowed["Resource"] = f"arn:aws:s3:::{bucket}/*"
        policy = {"Version": "2012-10-17", "Statement": [allowed]}
        maker.put(f"/{bucket}?policy", data=json.dumps(policy))
    make_server(HOST, port, Gate(moto), threaded=True).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
