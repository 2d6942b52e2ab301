"""Zarr itself: the documents of one node, and where they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from omezarr_tui.ome.validate.finding import Change, Finding, Fix, pointer_to
from omezarr_tui.ome.validate.zarr_array import array_findings
from omezarr_tui.store.documents import ZARR_JSON, ZARRAY, ZGROUP
from omezarr_tui.store.node import Array, Broken, Group, KeyEncoding, Node
from omezarr_tui.text import listed, visible

_ARRAY_V2 = 'Zarr v2, "metadata"'
_ARRAY_V3 = 'Zarr v3 core, "array metadata"'
_GROUP_V3 = 'Zarr v3 core, "group metadata"'

_KNOWN_GROUP_V3 = {"zarr_format", "node_type", "attributes", "consolidated_metadata"}


def broken_finding(node: Broken, *, leads_back: bool) -> Finding:
    """What is wrong with a node that cannot be read.

    Parameters
    ----------
    node
        The node.
    leads_back
        Whether it is a link to a folder above it.
    """
    reason = ": ".join(filter(None, [node.reason, node.detail]))
    named = reason.startswith((ZARR_JSON, "."))  # then it begins with the name of a document
    found = f"{visible(reason if named else reason[:1].upper() + reason[1:], 300)}."
    if leads_back:
        says = "A hierarchy is a tree: to go down it comes to an end."
        return Finding(
            "zarr.circle", "warning", node.path, "", found, says, 'Zarr v3 core, "hierarchy"'
        )
    if node.reason.startswith("cannot be"):
        says = "What cannot be read cannot be judged."
        return Finding("zarr.unreadable", "error", node.path, "", found, says, 'Zarr, "store"')
    section = _ARRAY_V3 if ZARR_JSON in node.reason else _ARRAY_V2
    says = "The document of a node is a JSON object that says all that a reader needs."
    return Finding("zarr.document", "error", node.path, "", found, says, section)


def document_findings(node: Node, documents: Mapping[str, bytes]) -> Iterator[Finding]:
    """Judge the documents of a node that can be read.

    Parameters
    ----------
    node
        What they came to.
    documents
        Their bytes, by name.
    """
    if isinstance(node, Broken) or node.zarr_format is None:
        return
    name = next((n for n in (ZARR_JSON, ZARRAY, ZGROUP) if n in documents), None)
    if name is None:  # it went away meanwhile
        return
    document = json.loads(documents[name])
    if isinstance(node, Group):
        if node.zarr_format == 3:
            yield from _group_v3(node, document)
        return
    yield from array_findings(node, document)


def beside_findings(node: Node, beside: list[str]) -> Iterator[Finding]:
    """Judge that further documents stand beside that of a node.

    Parameters
    ----------
    node
        The node.
    beside
        The names of the documents that were passed over for the one that counts.
    """
    if isinstance(node, Broken) or node.zarr_format is None or not beside:
        return
    names = listed(beside)
    if node.zarr_format == 3:
        yield Finding(
            "zarr.two-formats",
            "warning",
            node.path,
            "",
            f"{names} of Zarr v2 {'stands' if len(beside) == 1 else 'stand'} beside {ZARR_JSON}: "
            "readers take the one or the other.",
            "A node is described once; readers of both formats take zarr.json.",
            'Zarr v3 core, "hierarchy"',
        )
    else:
        yield Finding(
            "zarr.two-kinds",
            "error",
            node.path,
            "",
            f"{names} stands beside {ZARRAY}: it is an array and a group at once.",
            "What has a document of an array has none of a group.",
            'Zarr v2, "hierarchies"',
        )


def misplaced_finding(array: Array, encoding: KeyEncoding) -> Finding:
    """Tell that the chunks of an array lie under other keys than its document says."""
    first = (0,) * len(array.shape)
    found = (
        f"The chunks lie at {encoding.key(first)} and so on, the document says "
        f"{array.key_encoding.key(first)}: the array reads as fill values."
    )
    if array.zarr_format == 2:
        pointer, value = "/dimension_separator", encoding.separator
        says = 'The keys of the chunks are joined by "dimension_separator", by "." without it.'
        title = f'set "dimension_separator" to "{encoding.separator}"'
    else:
        pointer = "/chunk_key_encoding"
        value = {"name": encoding.style, "configuration": {"separator": encoding.separator}}  # type: ignore[assignment]
        says = "The keys of the chunks are as chunk_key_encoding says."
        title = "set chunk_key_encoding to what is there"
    fix = Fix(title, (Change(array.path, "array", pointer, value),))
    section = _ARRAY_V2 if array.zarr_format == 2 else 'Zarr v3 core, "chunk key encoding"'
    return Finding("zarr.chunk-keys", "error", array.path, pointer, found, says, section, fix)


def mixed_findings(child: Node, parent: Group) -> Iterator[Finding]:
    """Tell that a node is of another format than the group that it lies in."""
    if isinstance(child, Broken) or None in (child.zarr_format, parent.zarr_format):
        return
    if child.zarr_format == parent.zarr_format:
        return
    yield Finding(
        "zarr.mixed-formats",
        "warning",
        child.path,
        "",
        f"It is Zarr v{child.zarr_format}, the group that it lies in is Zarr "
        f"v{parent.zarr_format}: who opens that does not see it.",
        "All nodes of a hierarchy are of one format.",
        f"Zarr v{parent.zarr_format}{' core' if parent.zarr_format == 3 else ''}, "
        f'"{"hierarchy" if parent.zarr_format == 3 else "hierarchies"}"',
    )


def _group_v3(node: Group, document: Mapping[str, Any]) -> Iterator[Finding]:
    """Extensions of a group: unknown ones must say that they need not be understood."""
    for key, value in document.items():
        ignorable = isinstance(value, dict) and value.get("must_understand") is False
        if key not in _KNOWN_GROUP_V3 and not ignorable:
            yield Finding(
                "zarr.unknown-key",
                "error",
                node.path,
                pointer_to(key),
                f'zarr.json has a key "{visible(key, 40)}", which readers need not know.',
                'A key that is no part of the specification is an object with "must_understand": '
                "false; else readers must refuse the node.",
                _GROUP_V3,
            )
