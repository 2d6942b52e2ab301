"""A URL copied from a browser -> the address of the store that stands in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# What viewers call the store in their URL: vizarr, ome-ngff-validator, BioNGFF and others.
_PARAMETERS = ("source", "url", "image", "fileToLoad", "dataset", "zarr")
_STORE = re.compile(r"^(?:https?|s3|gs|gcs|az|abfss?)://[^\s|]+", re.IGNORECASE)
# What Neuroglancer puts before the address, in its older spelling.
_DRIVER = re.compile(r"^(?:zarr[23]?|n5|precomputed)://(?=\w+://)")

_S3_HOST = re.compile(r"^(?:(?P<bucket>.+)\.)?s3[.-](?:(?P<region>[a-z0-9-]+)\.)?amazonaws\.com$")


def address_in(url: str) -> str | None:
    """The address of the store that a viewer's, a console's or a provider's URL names.

    Parameters
    ----------
    url
        What was pasted; it begins with ``http://`` or ``https://``.

    Returns
    -------
    address
        None where the URL is itself the address.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    query = dict(parse_qsl(parts.query))
    if host.endswith("console.aws.amazon.com"):
        return _aws_console(parts.path, query)
    if host == "console.cloud.google.com":
        return _google_console(parts.path)
    if host in ("storage.googleapis.com", "storage.cloud.google.com"):
        return f"gs:/{unquote(parts.path)}"
    if host.endswith(".blob.core.windows.net") and "sig" not in query:
        container, _, path = unquote(parts.path).strip("/").partition("/")
        return f"az://{container}@{host}/{path}" if container else None
    if match := _S3_HOST.match(host):
        path = unquote(parts.path).strip("/")
        return f"s3://{match['bucket']}/{path}" if match["bucket"] else f"s3://{path}"
    for name in _PARAMETERS:
        if _STORE.match(query.get(name, "")):
            return query[name]
    if parts.fragment.startswith("!"):
        return next(_neuroglancer(unquote(parts.fragment[1:])), None)
    return None


def _aws_console(path: str, query: dict[str, str]) -> str | None:
    match = re.match(r"^/s3/(?:buckets|object)/([^/?]+)", path)
    return f"s3://{match[1]}/{query.get('prefix', '').strip('/')}" if match else None


def _google_console(path: str) -> str | None:
    match = re.match(r"^/storage/browser/(?:_details/)?([^;?]+)", unquote(path))
    return f"gs://{match[1].strip('/')}" if match else None


def _neuroglancer(state: str) -> Iterator[str]:
    """The addresses of the layers of a Neuroglancer state, in their order."""
    try:
        layers: Any = json.loads(state)["layers"]
        for layer in layers:
            source = layer["source"]
            for one in source if isinstance(source, list) else [source]:
                address = one["url"] if isinstance(one, dict) else one
                if found := _STORE.match(_DRIVER.sub("", address)):
                    yield found[0]
    except (ValueError, LookupError, TypeError):
        return
