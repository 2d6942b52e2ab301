"""Consolidated metadata against the documents that they are copies of.

They are a convention of zarr-python (``.zmetadata`` beside Zarr v2, inline in ``zarr.json`` of
v3), which believes them: where they are stale it shows what is no longer there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from omezarr_tui.ome.validate.finding import REMOVED, Change, Document, Finding, Fix, pointer_to
from omezarr_tui.store.documents import ZARR_JSON, ZARRAY, ZATTRS, ZGROUP, parse_node
from omezarr_tui.store.node import Broken, Group, Node, join_path
from omezarr_tui.store.remembered import ZMETADATA
from omezarr_tui.text import format_count, visible

_SECTION = 'zarr-python, "consolidated metadata"'
_SAYS = "Consolidated metadata are copies of the documents of all nodes below, as they are."
_FEW = 3  # nodes that are named


@dataclass
class Consolidated:
    """The copies that a group keeps, and what was found out about them so far.

    Attributes
    ----------
    group
        Whose they are.
    copies
        For each node below the documents that are told of it, by its path from the location.
    changed, added
        The nodes whose copy is another than their document, and those that have none, with
        the documents that they should have.
    """

    group: Group
    copies: dict[str, dict[str, Any]]
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    added: dict[str, dict[str, Any]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def covers(self, path: str) -> bool:
        """Whether a node lies below the group."""
        return path.startswith(f"{self.group.path}/") if self.group.path else bool(path)

    def compare(self, node: Node, documents: Mapping[str, bytes]) -> None:
        """Hold a node's documents against the copies of them."""
        if not self.covers(node.path) or isinstance(node, Broken):
            self._seen.add(node.path)
            return
        if node.zarr_format != self.group.zarr_format:
            return
        self._seen.add(node.path)
        of_format = (ZARR_JSON,) if node.zarr_format == 3 else (ZARRAY, ZGROUP, ZATTRS)
        own = {n: json.loads(raw) for n, raw in documents.items() if n in of_format}
        own.get(ZARR_JSON, {}).pop("consolidated_metadata", None)
        copies = self.copies.get(node.path)
        if copies is None:
            self.added[node.path] = own
        elif not _same(node, copies):
            self.changed[node.path] = own

    def finding(self, *, complete: bool) -> Finding | None:
        """What all comparisons came to.

        Parameters
        ----------
        complete
            Whether all nodes below the group were seen: only then is a copy known to be of one
            that is gone.
        """
        gone = sorted(self.copies.keys() - self._seen) if complete else []
        told = [
            f"{format_count(len(paths))} {what} ({_named(self.group, paths)})"
            for paths, what in (
                (list(self.changed), "changed"),
                (list(self.added), "missing from them"),
                (gone, "no longer there"),
            )
            if paths
        ]
        if not told:
            return None
        v2 = self.group.zarr_format == 2
        changes = [
            change
            for path, documents in (self.changed | self.added).items()
            for change in self._set(path, documents)
        ]
        changes += [
            self._change(path, name, REMOVED) for path in gone for name in self.copies[path]
        ]
        return Finding(
            "consolidated.stale",
            "warning",
            self.group.path,
            "" if v2 else "/consolidated_metadata",
            f"{'.zmetadata is' if v2 else 'The consolidated metadata are'} not as the documents "
            f"are: {', '.join(told)}. zarr-python reads the stale copies.",
            _SAYS,
            _SECTION,
            Fix("bring the consolidated metadata up to date", tuple(changes)),
        )

    def _set(self, path: str, documents: Mapping[str, Any]) -> list[Change]:
        changes = [self._change(path, name, value) for name, value in documents.items()]
        left = self.copies.get(path, {}).keys() - documents.keys()
        return changes + [self._change(path, name, REMOVED) for name in sorted(left)]

    def _change(self, path: str, name: str, value: Any) -> Change:
        inside = path.removeprefix(f"{self.group.path}/" if self.group.path else "")
        if self.group.zarr_format == 2:
            where: Document = "consolidated"
            return Change(
                self.group.path, where, pointer_to("metadata", join_path(inside, name)), value
            )
        pointer = pointer_to("consolidated_metadata", "metadata", inside)
        return Change(self.group.path, "group", pointer, value)


def read_consolidated(group: Group, raw: bytes) -> Consolidated | Finding | None:
    """The copies that a group keeps.

    Parameters
    ----------
    group
        The group.
    raw
        Its ``zarr.json``, or the ``.zmetadata`` beside its ``.zgroup``.

    Returns
    -------
    consolidated
        A finding where they cannot be understood; None where there are none.
    """
    try:
        document = json.loads(raw)
        if group.zarr_format == 3:
            document = document.get("consolidated_metadata")
            if document is None:
                return None
        metadata = document["metadata"]
        copies: dict[str, dict[str, Any]] = {}
        for key, value in metadata.items():
            folder, _, name = (
                key.rpartition("/") if group.zarr_format == 2 else (key, "", ZARR_JSON)
            )
            path = join_path(group.path, folder)
            if name in (ZARR_JSON, ZARRAY, ZGROUP, ZATTRS) and path != group.path:
                copies.setdefault(path, {})[name] = dict(value)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        return _unreadable(group, f"cannot be understood: {visible(error, 120)}")
    for path, documents in copies.items():
        node = _node(path, documents)
        if not isinstance(node, Broken) and node is not None:
            continue
        reason = f": {node.reason}" if isinstance(node, Broken) else ""
        inside = path.removeprefix(f"{group.path}/" if group.path else "")
        return _unreadable(
            group,
            "have a copy that cannot be understood, "
            f"of {visible(inside, 60)}{visible(reason, 120)}",
        )
    return Consolidated(group, copies)


def _unreadable(group: Group, why: str) -> Finding:
    name = ZMETADATA if group.zarr_format == 2 else "zarr.json"
    return Finding(
        "consolidated.document",
        "error",
        group.path,
        "" if group.zarr_format == 2 else "/consolidated_metadata",
        f"The consolidated metadata in {name} {why}. zarr-python does not open the group.",
        _SAYS,
        _SECTION,
    )


def _node(path: str, documents: Mapping[str, Any]) -> Node | None:
    return parse_node(path, {name: json.dumps(value).encode() for name, value in documents.items()})


def _same(node: Node, copies: Mapping[str, Any]) -> bool:
    """Whether copies mean the node: what means the same may well be written otherwise."""
    copy = _node(node.path, copies)
    if isinstance(node, Group) and isinstance(copy, Group):
        return _text(node.attributes) == _text(copy.attributes)
    if isinstance(node, Group | Broken) or copy is None or isinstance(copy, Group | Broken):
        return False
    return all(
        _text(getattr(node, key)) == _text(getattr(copy, key))
        for key in (
            "shape",
            "chunks",
            "shards",
            "order",
            "attributes",
            "fill_value",
            "dimension_names",
        )
    ) and (node.dtype, node.key_encoding, [c.name for c in node.codecs]) == (
        copy.dtype,
        copy.key_encoding,
        [c.name for c in copy.codecs],
    )


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _named(group: Group, paths: list[str]) -> str:
    inside = [path.removeprefix(f"{group.path}/" if group.path else "") for path in paths]
    more = ", …" if len(inside) > _FEW else ""
    return ", ".join(visible(path, 60) for path in inside[:_FEW]) + more
