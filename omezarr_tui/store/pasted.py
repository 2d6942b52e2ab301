"""A URL copied from a browser -> the address of the store that stands in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# What viewers call the store in their URL: vizarr, ome-ngff-validator, BioNGFF and others.
_PARAMETERS = ("source", "url", "image", "image_url", "fileToLoad", "dataset", "zarr")
_STORE = re.compile(r"^(?:https?|s3|gs|gcs|az|abfss?)://.", re.IGNORECASE)
# What Neuroglancer puts around the address: before it in its older spelling, now behind it.
_BEFORE = re.compile(r"^(?:zarr[23]?|n5|precomputed)://(?=\w+://)")
_BEHIND = re.compile(r"/?\|(?:zarr[23]?|n5|zip|neuroglancer-precomputed):.*$", re.DOTALL)

_S3_HOST = re.compile(
    r"^(?:(?P<bucket>.+)\.)?s3[.-](?:dualstack\.)?(?:[a-z0-9-]+\.)?amazonaws\.com$"
)
_AZURE_HOST = re.compile(r"\.(?:blob|dfs)\.core\.windows\.net$")
_GOOGLE_HOST = re.compile(r"^(?:(?P<bucket>.+)\.)?storage\.(?:googleapis|cloud\.google)\.com$")


def address_in(url: str) -> str | None:
    """The address of the store that a viewer's, a console's or a provider's URL names.

    Parameters
    ----------
    url
        What was pasted, with its protocol.

    Returns
    -------
    address
        None where the URL is itself the address.
    """
    if (plain := _undressed(url)) != url:
        return plain
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    host = (parts.hostname or "").lower()
    query = dict(parse_qsl(parts.query))
    path = unquote(parts.path).strip("/")
    if host.endswith("console.aws.amazon.com"):
        return _aws_console(path, query)
    if host == "console.cloud.google.com":
        return _google_console(parts.path)
    if match := _GOOGLE_HOST.match(host):
        return f"gs://{match['bucket']}/{path}" if match["bucket"] else f"gs://{path}"
    if match := _S3_HOST.match(host):
        return f"s3://{match['bucket']}/{path}" if match["bucket"] else f"s3://{path}"
    if _AZURE_HOST.search(host):
        container, _, path = path.partition("/")
        return f"az://{container}@{host}/{path}" if container else None
    for name in _PARAMETERS:
        if _STORE.match(_undressed(query.get(name, ""))):
            return _undressed(query[name])
    if parts.fragment.startswith("!"):
        return next(_neuroglancer(unquote(parts.fragment[1:])), None)
    return None


def _undressed(source: str) -> str:
    return _BEHIND.sub("", _BEFORE.sub("", source)) if "://" in source else source


def _aws_console(path: str, query: dict[str, str]) -> str | None:
    match = re.match(r"s3/(?:buckets|object)/([^/]+)(?:/(.*))?$", path)
    if match is None:
        return None
    return f"s3://{match[1]}/{query.get('prefix') or match[2] or ''}"


def _google_console(path: str) -> str | None:
    # What stands behind the semicolon says what to show; one in a name is written %3B.
    match = re.match(r"/storage/browser/(?:_details/)?([^;]+)", path)
    return f"gs://{unquote(match[1]).strip('/')}" if match else None


def _neuroglancer(state: str) -> Iterator[str]:
    """The addresses of the layers of a Neuroglancer state, in their order."""
    try:
        layers: Any = json.loads(state)["layers"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return
    for layer in layers if isinstance(layers, list) else []:
        source = layer.get("source") if isinstance(layer, dict) else None
        for one in source if isinstance(source, list) else [source]:
            address = one.get("url") if isinstance(one, dict) else one
            if isinstance(address, str) and _STORE.match(_undressed(address)):
                yield _undressed(address)
