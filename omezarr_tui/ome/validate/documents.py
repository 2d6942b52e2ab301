"""Bare documents: the attributes of a node as a file, without the store that they are of."""

from __future__ import annotations

import json
from typing import Any

from omezarr_tui.ome.validate.attributes import validate_attributes
from omezarr_tui.ome.validate.finding import Finding
from omezarr_tui.ome.validate.rules import shown
from omezarr_tui.text import visible

_SECTION = "JSON (RFC 8259)"


def validate_document(content: str | bytes, *, version: str | None = None) -> list[Finding]:
    """Judge a JSON document of attributes.

    Parameters
    ----------
    content
        A ``.zattrs`` of Zarr v2, a whole ``zarr.json`` of Zarr v3, or the attributes alone.
    version
        As `validate_attributes` takes it.

    Returns
    -------
    findings
        Their pointers lead into the attributes. What is no JSON object is one finding, with
        the rule ``document.json`` or ``document.object``.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        found = f"It cannot be read as JSON: {visible(error, 200)}."
        return [_broken("document.json", found)]
    if not isinstance(document, dict):
        return [_broken("document.object", f"The document is {shown(document)}.")]
    attributes, zarr_format = _attributes(document)
    if not isinstance(attributes, dict):
        found = f'The value of "attributes" is {shown(attributes)}.'
        return [_broken("document.object", found)]
    return validate_attributes(attributes, version=version, zarr_format=zarr_format)


def _attributes(document: dict[str, Any]) -> tuple[Any, int | None]:
    """The attributes in a document, and the Zarr format that it is of, where it tells."""
    if document.get("zarr_format") == 3 and "node_type" in document:
        return document.get("attributes", {}), 3
    return document, None


def _broken(rule: str, found: str) -> Finding:
    says = "The attributes of a node are a JSON object."
    return Finding(rule, "error", "", "", found, says, _SECTION)
