"""The process behind ``servers.gcs``, as in ``python -m servers.gcs_app PORT``.

The emulator has the JSON API; of the XML API, which object stores in Rust speak, it has only a
plain GET and PUT. Here it gets the rest: listing, HEAD, DELETE, ranges from the end, conditions of
a PUT, the headers of an object, and 401 for whoever has no credentials. Its JSON API asks nobody
for any.
"""

import base64
import json
import logging
import re
import sys
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from gcp_storage_emulator.exceptions import NotFound
from gcp_storage_emulator.handlers.buckets import create_bucket
from gcp_storage_emulator.server import RequestHandler
from gcp_storage_emulator.storage import Storage

from servers.gcs import EMAIL, PRIVATE, PUBLIC, TOKEN
from servers.process import HOST

_PAGE = 1000  # keys and folders in one answer to a listing
_JSON_API = ("storage", "upload", "download", "batch", "b", "")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Memory(Storage):
    """The emulator's storage, which writes down all it has at each change: not in the tests."""

    def __init__(self) -> None:
        super().__init__(use_memory_fs=True)

    def _write_config_to_file(self) -> None:
        pass


class Handler(RequestHandler):
    """Answers the XML API itself, and leaves the JSON API to the emulator."""

    protocol_version = "HTTP/1.1"  # connections are kept
    disable_nagle_algorithm = True
    storage: Storage

    def parse_request(self) -> bool:
        """Find out what is asked, and refuse it to whoever may not."""
        if not super().parse_request():
            return False
        parts = urlsplit(self.path)
        bucket, _, key = parts.path.lstrip("/").partition("/")
        self.bucket, self.key = unquote(bucket), unquote(key)
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.is_xml = bucket not in _JSON_API
        if self.is_xml and not self._is_allowed():
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._answer(401, _error("AuthenticationRequired"), {"Content-Type": "application/xml"})
            return False
        return True

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if not self.is_xml:
            super().do_GET()
        elif not self.key:
            self._list()
        else:
            self._get()

    def do_PUT(self) -> None:
        """Refuse to put what is to be put only if the object is of a generation; 0 is none."""
        wanted = self.headers.get("x-goog-if-generation-match") if self.is_xml else None
        if wanted in (None, self._about_object().get("x-goog-generation", "0")):
            super().do_PUT()
            return
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(412, _error("PreconditionFailed"), {})

    def do_DELETE(self) -> None:
        if not self.is_xml:
            super().do_DELETE()
            return
        try:
            self.storage.delete_file(self.bucket, self.key)
        except NotFound:
            self._answer(404, _error("NoSuchKey"), {})
        else:
            self._answer(204, b"", {})

    def end_headers(self) -> None:
        """To the emulator's answer to a PUT, add what tells which object was made."""
        if self.is_xml and self.command == "PUT":
            for name, value in self._about_object().items():
                self.send_header(name, value)
        super().end_headers()

    def _is_allowed(self) -> bool:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token:
            return self.bucket == PUBLIC and self.command in ("GET", "HEAD")
        if token == TOKEN:
            return True
        claims = token.split(".")[1:2]  # of a JSON Web Token; its signature is not checked
        return bool(claims) and json.loads(_unbase64(claims[0])).get("iss") == EMAIL

    def _get(self) -> None:
        try:
            content = self.storage.get_file(self.bucket, self.key, show_error=False)
        except NotFound:
            self._answer(404, _error("NoSuchKey"), {})
            return
        headers = self._about_object()
        wanted = _RANGE.fullmatch(self.headers.get("Range", ""))
        if wanted is None:
            self._answer(200, content, headers)
            return
        size = len(content)
        if wanted[1]:
            start, end = int(wanted[1]), min(int(wanted[2] or size), size - 1)
        else:
            start, end = max(size - int(wanted[2]), 0), size - 1
        if start > end:
            self._answer(416, _error("InvalidRange"), {"Content-Range": f"bytes */{size}"})
            return
        headers["Content-Range"] = f"bytes {start}-{end}/{size}"
        self._answer(206, content[start : end + 1], headers)

    def _list(self) -> None:
        prefix, delimiter = self.query.get("prefix", ""), self.query.get("delimiter")
        after = self.query.get("continuation-token") or self.query.get("start-after", "")
        try:
            objects, folders = self.storage.get_file_list(self.bucket, prefix, delimiter)
        except NotFound:
            self._answer(404, _error("NoSuchBucket"), {})
            return
        found = {item["name"]: _contents(item) for item in objects}
        found |= {name: _element("CommonPrefixes", Prefix=name) for name in folders}
        names = sorted(name for name in found if name > after)
        size = int(self.query.get("max-keys", _PAGE))
        about = {"Name": self.bucket, "Prefix": prefix, "IsTruncated": "false"}
        if len(names) > size:
            about |= {"IsTruncated": "true", "NextContinuationToken": names[size - 1]}
        body = "".join(found[name] for name in names[:size])
        document = f"<?xml version='1.0'?>{_element('ListBucketResult', body, **about)}"
        self._answer(200, document.encode(), {"Content-Type": "application/xml"})

    def _about_object(self) -> dict[str, str]:
        try:
            about = self.storage.get_file_obj(self.bucket, self.key)
        except NotFound:
            return {}
        changed = datetime.fromisoformat(about["updated"])
        return {
            "ETag": f'"{about["etag"]}"',
            "Last-Modified": format_datetime(changed, usegmt=True),
            "x-goog-generation": about["generation"],
        }

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """Answers many connections at once; clients open them faster than the usual five wait."""

    request_queue_size = 256
    daemon_threads = True


def _contents(item: dict[str, Any]) -> str:
    return _element(
        "Contents",
        Key=item["name"],
        Generation=item["generation"],
        LastModified=item["updated"],
        ETag=f'"{item["etag"]}"',
        Size=item["size"],
    )


def _element(tag: str, inner: str = "", /, **parts: str) -> str:
    """An XML element of what is already XML after parts that hold text."""
    texts = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts.items())
    return f"<{tag}>{texts}{inner}</{tag}>"


def _error(code: str) -> bytes:
    return f"<?xml version='1.0'?>{_element('Error', Code=code, Message=code)}".encode()


def _unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def main(port: int) -> None:
    """Make the buckets and serve them until the process is ended."""
    logging.disable(logging.ERROR)  # the emulator calls a missing key an error
    storage = Memory()
    for bucket in (PUBLIC, PRIVATE):
        create_bucket(bucket, storage)
    Server((HOST, port), partial(Handler, storage)).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
