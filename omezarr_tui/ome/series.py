"""The images of a store in bioformats2raw's layout, named by its OME-XML."""

from __future__ import annotations

from omezarr_tui.ome.loose import resolved
from omezarr_tui.ome.model import Series, SeriesList
from omezarr_tui.ome.read import kind_of, ome_attributes
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.node import Group, Node, join_path, parent_path
from omezarr_tui.text import format_bytes, natural_key, plural

METADATA = "METADATA.ome.xml"
_LARGEST = 4 * 2**20  # bytes of OME-XML that are read for the names alone


def series_of(access: Access, node: Node) -> SeriesList | None:
    """The series that a node lists, or that lie below it.

    Parameters
    ----------
    access
        The store.
    node
        The group with ``bioformats2raw.layout``, or its group OME.

    Returns
    -------
    series
        None for all other nodes. They are those that the group OME lists, else the groups
        that are called 0, 1, 2 and so on (OME-Zarr 0.4, "bioformats2raw.layout").
    """
    if not isinstance(node, Group):
        return None
    kind = kind_of(node.attributes)
    if kind not in ("bioformats2raw", "series-list"):
        return None
    top = node.path if kind == "bioformats2raw" else parent_path(node.path)
    inner = node if kind == "series-list" else read_node(access, join_path(top, "OME"))
    notes: list[str] = []
    listed = ome_attributes(inner.attributes).get("series") if isinstance(inner, Group) else None
    if isinstance(listed, list):
        paths = [path for item in listed if (path := resolved(top, item)) is not None]
        if len(paths) < len(listed):
            notes.append(f"{plural(len(listed) - len(paths), 'series', 'series')} lead nowhere")
    else:
        paths = _numbered(access, top, notes)
    names = _names(access, join_path(top, "OME", METADATA), notes)
    if names and len(names) != len(paths):
        notes.append(f"{METADATA} tells of {plural(len(names), 'image')}, not of {len(paths)}")
    named = [*names, *[None] * len(paths)]
    return SeriesList(tuple(map(Series, paths, named)), tuple(notes))


def _numbered(access: Access, top: str, notes: list[str]) -> list[str]:
    if not access.can_list:
        notes.append("which series there are is not told, and names cannot be listed here")
        return []
    names = [e.name for e in access.entries(top) if e.is_folder and e.name.isdecimal()]
    return [join_path(top, name) for name in sorted(names, key=natural_key)]


def _names(access: Access, key: str, notes: list[str]) -> list[str | None]:
    """The name of each image in an OME-XML document; empty where there is none to read."""
    from xml.etree import ElementTree  # here, as few stores have any

    try:
        size = access.size(key)
    except FileNotFoundError:
        notes.append(f"there is no {METADATA}")
        return []
    if size > _LARGEST:
        notes.append(f"{METADATA} has {format_bytes(size)} and is not read")
        return []
    raw = access.get(key) or b""
    if b"<!ENTITY" in raw or b"<!DOCTYPE" in raw:
        notes.append(f"{METADATA} defines entities, which OME-XML has no need of; it is not read")
        return []
    try:
        root = ElementTree.fromstring(raw)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        notes.append(f"{METADATA} cannot be read: {error}")
        return []
    # Images inside of StructuredAnnotations and the like are none of the file's own.
    return [image.get("Name") for image in root if image.tag.rpartition("}")[2] == "Image"]
