"""Documents that were read over a network, and those that consolidated metadata tell."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from omezarr_tui.settings import MIB
from omezarr_tui.store.documents import ZARR_JSON, ZARRAY, ZATTRS, ZGROUP
from omezarr_tui.store.node import join_path, parent_path

ZMETADATA = ".zmetadata"
# Larger ones take longer to read and to understand than the documents that are wanted of them.
CONSOLIDATED_BYTES = 4 * MIB
# What comes of a document that is not what it should be; the last of one nested without end.
_DAMAGED = (ValueError, LookupError, TypeError, AttributeError, RecursionError)


class Remembered:
    """What is known of a store's documents without asking. Safe for threads."""

    def __init__(self) -> None:
        self._documents: dict[str, bytes | None] = {}
        self._names: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def __contains__(self, key: str) -> bool:
        """Whether it is known what a key holds, or that there is none."""
        return key in self._documents

    def get(self, key: str) -> bytes | None:
        """What a key that is known holds; None where there is none."""
        return self._documents.get(key)

    def names(self, folder: str) -> frozenset[str] | None:
        """The children that consolidated metadata tell of a group; None where they do not."""
        with self._lock:
            names = self._names.get(folder)
            return None if names is None else frozenset(names)

    def drop(self, key: str) -> None:
        """Forget a key that was changed, and what consolidated metadata say around it."""
        with self._lock:
            self._documents.pop(key, None)
            if key.rpartition("/")[2] in (ZARR_JSON, ZMETADATA, ZARRAY, ZGROUP, ZATTRS):
                self._names.clear()

    def learn(self, key: str, raw: bytes | None) -> None:
        """Keep what a key holds, and what it tells of others."""
        with self._lock:
            self._documents[key] = raw
            if raw is None or len(raw) > CONSOLIDATED_BYTES:
                return
            folder, _, name = key.rpartition("/")
            if name == ZMETADATA:
                self._learn_all(folder, _nodes_v2(raw))
            elif name == ZARR_JSON and b'"consolidated_metadata"' in raw:
                self._learn_all(folder, _nodes_v3(raw))

    def _learn_all(self, top: str, nodes: Mapping[str, Mapping[str, bytes | None]]) -> None:
        """Keep the documents of nodes, by their paths below `top`, each by its name."""
        if nodes:
            self._names.setdefault(top, set())
        for path, documents in nodes.items():
            at = join_path(top, path)
            for name, raw in documents.items():
                # What was read itself counts more than a copy of it.
                self._documents.setdefault(join_path(at, name), raw)
            if ZARRAY not in documents or documents[ZARRAY] is None:
                self._names.setdefault(at, set())
            while at != top:
                above = parent_path(at)
                self._names.setdefault(above, set()).add(at.rpartition("/")[2])
                at = above


def _nodes_v3(raw: bytes) -> dict[str, dict[str, bytes | None]]:
    """The nodes of a group's inline consolidated metadata (written by zarr-python 3)."""
    nodes: dict[str, dict[str, bytes | None]] = {}
    try:
        metadata = json.loads(raw)["consolidated_metadata"]["metadata"]
        for path, document in _items(metadata):
            document = {k: v for k, v in document.items() if k != "consolidated_metadata"}
            nodes[join_path(path)] = {ZARR_JSON: json.dumps(document).encode()}
    except _DAMAGED:
        return {}
    return nodes


def _nodes_v2(raw: bytes) -> dict[str, dict[str, bytes | None]]:
    """The nodes of a ``.zmetadata``; a document that it does not have is not there."""
    nodes: dict[str, dict[str, bytes | None]] = {}
    try:
        for key, document in _items(json.loads(raw)["metadata"]):
            path, _, name = key.rpartition("/")
            if name in (ZARRAY, ZGROUP, ZATTRS):
                missing = dict.fromkeys((ZARRAY, ZGROUP, ZATTRS))
                nodes.setdefault(join_path(path), missing)[name] = json.dumps(document).encode()
    except _DAMAGED:
        return {}
    return nodes


def _items(metadata: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, document in metadata.items():
        # A path that leads out, or to where it began, is no path.
        if isinstance(document, dict) and not {"", ".", ".."} & set(key.strip("/").split("/")):
            yield key, document
