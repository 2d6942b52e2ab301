"""The lists that are to name a node which has come to lie where they tell what there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omezarr_tui.edit.consolidated_nodes import groups_above
from omezarr_tui.edit.plate_references import listed_well
from omezarr_tui.edit.references import references
from omezarr_tui.edit.relocation import Relocation, inside
from omezarr_tui.ome.loose import resolved
from omezarr_tui.ome.read import kind_of, ome_attributes
from omezarr_tui.ome.validate.finding import Change, pointer_to
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.node import Group, join_path, parent_path
from omezarr_tui.text import visible

_IMAGES = ("image", "label-image")


def enlisted(
    access: Access, relocation: Relocation, attributes: Mapping[str, Any]
) -> tuple[list[Change], list[str]]:
    """What is to name a node at its new place.

    Parameters
    ----------
    access
        The store as it is before.
    relocation
        The node comes to lie somewhere.
    attributes
        Its own.

    Returns
    -------
    changes, told
        Label images are named by the group ``labels`` that they lie in, fields by their well,
        wells by their plate, and series by the group ``OME`` beside them. A node that is
        renamed in a list that named it already is left out.
    """
    new, kind = relocation.new, kind_of(attributes)
    assert new is not None
    changes: list[Change] = []
    told: list[str] = []
    for group in groups_above(new):
        own = inside(new, group) or ""
        for holder in (group, join_path(group, "OME")):
            node = read_node(access, holder)
            if not isinstance(node, Group) or _is_named(node, relocation):
                continue
            found = _entry(access, node, holder == group, own, kind, relocation)
            if found:
                changes += found
                told.append(f"{visible(holder) or 'the root'} lists {visible(own)} as well")
    return changes, told


def _entry(
    access: Access,
    node: Group,
    is_above: bool,
    own: str,
    kind: str | None,
    relocation: Relocation,
) -> list[Change]:
    """What makes a group name a node that lies in it (or, of the group OME, beside it)."""
    ome = ome_attributes(node.attributes)
    root = () if ome is node.attributes else ("ome",)
    well, plate = ome.get("well"), ome.get("plate")
    if not is_above:
        if kind in _IMAGES and isinstance(ome.get("series"), list) and "/" not in own:
            return [Change(node.path, "attributes", pointer_to(*root, "series", "-"), own)]
    elif kind in _IMAGES:
        if isinstance(ome.get("labels"), list):
            return [Change(node.path, "attributes", pointer_to(*root, "labels", "-"), own)]
        if isinstance(well, dict) and isinstance(well.get("images"), list) and "/" not in own:
            place = pointer_to(*root, "well", "images", "-")
            return [Change(node.path, "attributes", place, _field(access, own, relocation.old))]
    elif kind == "well" and isinstance(plate, dict) and own.count("/") == 1:
        return listed_well(node.path, node.attributes, own)
    return []


def _field(access: Access, path: str, old: str) -> dict[str, Any]:
    """What a well is to say of a field: it belongs to the acquisition that it was of."""
    field: dict[str, Any] = {"path": path}
    node = read_node(access, parent_path(old))
    well = ome_attributes(node.attributes).get("well") if isinstance(node, Group) else None
    images = well.get("images") if isinstance(well, dict) else None
    for image in images if isinstance(images, list) else ():
        if isinstance(image, dict) and resolved(parent_path(old), image.get("path")) == old:
            field |= {key: image[key] for key in ("acquisition",) if key in image}
    return field


def _is_named(node: Group, relocation: Relocation) -> bool:
    """Whether a list of a group names the node at its old place, and so follows it."""
    if relocation.is_copy:
        return False
    named = {resolved(each.base, each.path) for each in references(node.path, node.attributes)}
    plate = ome_attributes(node.attributes).get("plate")
    wells = plate.get("wells") if isinstance(plate, dict) else None
    for well in wells if isinstance(wells, list) else ():
        named.add(resolved(node.path, well.get("path") if isinstance(well, dict) else None))
    return relocation.old in named
