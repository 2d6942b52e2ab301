"""The validator over the attributes of one node: every rule that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omezarr_tui.ome.validate.finding import Finding
from omezarr_tui.ome.validate.labels import judge_label, judge_list
from omezarr_tui.ome.validate.layout import KEY as LAYOUT
from omezarr_tui.ome.validate.layout import judge_layout, judge_series
from omezarr_tui.ome.validate.multiscales import judge_multiscales
from omezarr_tui.ome.validate.omero import judge_omero
from omezarr_tui.ome.validate.plate import judge_plate
from omezarr_tui.ome.validate.rules import Judged
from omezarr_tui.ome.validate.scene import judge_scene
from omezarr_tui.ome.validate.version import judge_version, judged_version
from omezarr_tui.ome.validate.well import judge_well

# Keys whose value is judged by itself, in the order in which findings are told.
_PARTS = {
    "multiscales": judge_multiscales,
    "omero": judge_omero,
    "plate": judge_plate,
    "well": judge_well,
    LAYOUT: judge_layout,
}
_LISTS = {"labels": judge_list, "series": judge_series}
_HOMES = {"labels": "labels", "series": "OME"}


def validate_attributes(
    attributes: Mapping[str, Any],
    *,
    node: str = "",
    version: str | None = None,
    zarr_format: int | None = None,
) -> list[Finding]:
    """Judge the attributes of a node by the rules of OME-Zarr that need nothing else.

    Parameters
    ----------
    attributes
        All of them, with the key ``ome`` that stands there since 0.5. Any JSON will do.
    node
        The node's path from the location; findings bear it.
    version
        Which version they have to be of, where that is known: that of the group above. By
        default, and where this one is unknown, what they declare counts, or else what they
        look like.
    zarr_format
        2 or 3; None where it is not known.

    Returns
    -------
    findings
        None where OME-Zarr has nothing to say of the attributes.
    """
    inner = attributes.get("ome")
    nested = isinstance(inner, dict)
    ome: Mapping[str, Any] = inner if isinstance(inner, dict) else attributes
    known = judged_version(attributes, version, zarr_format)
    judged = Judged(node, known, ("ome",) if nested else ())
    if not nested and "ome" not in attributes and not _speaks_of(ome, node):
        return []
    judge_version(judged, attributes, version, zarr_format)
    for key, judge in _PARTS.items():
        if key in ome:
            judge(judged, ome[key])
    if "image-label" in ome:
        judge_label(judged, ome)
    for key, judge in _LISTS.items():
        # An image with such a key is no group of labels: it says something of its own.
        own = nested and "multiscales" not in ome
        if key in ome and (own or _is_ours(key, ome[key], node)):
            judge(judged, ome[key])
    if judged.since("0.6") and nested:
        judge_scene(judged, ome)
    return judged.findings


def _speaks_of(ome: Mapping[str, Any], node: str) -> bool:
    """Whether attributes without ``ome`` have a key of OME-Zarr."""
    if any(key in ome for key in (*_PARTS, "image-label")):
        return True
    return any(key in ome and _is_ours(key, ome[key], node) for key in _LISTS)


def _is_ours(key: str, value: Any, node: str) -> bool:
    """Whether a word that others use too, at the top, is OME-Zarr's: by its form or its place."""
    return isinstance(value, list) or node.rpartition("/")[2] == _HOMES[key]
