"""The places in attributes that name other nodes by their paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from omezarr_tui.edit.relocation import Relocation, path_from
from omezarr_tui.ome.loose import resolved
from omezarr_tui.ome.read import ome_attributes
from omezarr_tui.ome.validate.finding import REMOVED, Change, pointer_to
from omezarr_tui.ome.validate.rules import Place
from omezarr_tui.store.node import parent_path
from omezarr_tui.text import visible


@dataclass(frozen=True, slots=True)
class Reference:
    """A path of another node in the attributes of one.

    Parameters
    ----------
    what
        What it is called there: ``level``, ``label image``, ``field`` and so on.
    place
        Of the path.
    path
        As it stands there.
    base
        The node from which it is told.
    entry
        The item of a list that goes where the other node is gone; None where nothing can.
    with_it
        Where the same path stands a second time.
    """

    what: str
    place: Place
    path: str
    base: str
    entry: Place | None = None
    with_it: tuple[Place, ...] = ()


def references(holder: str, attributes: Mapping[str, Any]) -> Iterator[Reference]:
    """All paths of other nodes in a node's attributes, but for those of wells in a plate."""
    ome = ome_attributes(attributes)
    root: Place = () if ome is attributes else ("ome",)
    for image, value in _items(ome.get("multiscales")):
        for number, dataset in _items(_object(value).get("datasets")):
            entry = (*root, "multiscales", image, "datasets", number)
            path = _object(dataset).get("path")
            inputs = tuple(_inputs(entry, _object(dataset), path))
            yield from _told("level", (*entry, "path"), path, holder, entry, inputs)
    for number, path in _items(ome.get("labels")):
        entry = (*root, "labels", number)
        yield from _told("label image", entry, path, holder, entry)
    for number, field in _items(_object(ome.get("well")).get("images")):
        entry = (*root, "well", "images", number)
        yield from _told("field", (*entry, "path"), _object(field).get("path"), holder, entry)
    for number, path in _items(ome.get("series")):
        entry = (*root, "series", number)
        yield from _told("series", entry, path, parent_path(holder), entry)
    source = _object(_object(ome.get("image-label")).get("source")).get("image")
    yield from _told("source", (*root, "image-label", "source", "image"), source, holder)
    steps = _object(ome.get("scene")).get("coordinateTransformations")
    for number, step in _items(steps):
        for end in ("input", "output"):
            place = (*root, "scene", "coordinateTransformations", number, end, "path")
            yield from _told("image", place, _object(_object(step).get(end)).get("path"), holder)
    if attributes.get("encoding-type") == "dataframe":  # AnnData's, one array for each column
        yield from _told("index", ("_index",), attributes.get("_index"), holder)
        for number, name in _items(attributes.get("column-order")):
            entry = ("column-order", number)
            yield from _told("column", entry, name, holder, entry)


def changed_references(
    holder: str, attributes: Mapping[str, Any], relocation: Relocation
) -> tuple[list[Change], list[str]]:
    """What a node is to say once another one, or itself, lies elsewhere.

    Parameters
    ----------
    holder
        Where the node lies before.
    attributes
        All that it has.
    relocation
        What lies elsewhere.

    Returns
    -------
    changes, told
        The changes, for where the node lies after; and in sentences what they take away, and
        what leads nowhere now.
    """
    after = relocation.of(holder)
    if after is None:
        return [], []
    name = visible(after) or "the root"
    changes: list[Change] = []
    gone: list[Place] = []
    told: list[str] = []
    for each in references(holder, attributes):
        target = resolved(each.base, each.path)
        base = relocation.of(each.base)
        if target is None or base is None:
            continue
        if relocation.is_copy and not relocation.concerns(holder):
            continue  # it names what stays
        new = relocation.of(target)
        if new is not None and resolved(base, each.path) == new:
            continue
        spelled = None if new is None else path_from(base, new)
        if each.entry is not None and (spelled is None or spelled.startswith("..")):
            gone.append(each.entry)
            told.append(f"{name} no longer lists the {each.what} {visible(each.path)}")
        elif spelled is None:
            told.append(
                f"{name} names {visible(each.path)} as its {each.what}, where nothing is then"
            )
        else:
            places = (each.place, *each.with_it)
            changes += [Change(after, "attributes", pointer_to(*p), spelled) for p in places]
    for entry in reversed(gone):  # so that the places of those before stay
        changes.append(Change(after, "attributes", pointer_to(*entry), REMOVED))
    return changes, told


def _told(
    what: str,
    place: Place,
    path: Any,
    base: str,
    entry: Place | None = None,
    with_it: tuple[Place, ...] = (),
) -> Iterator[Reference]:
    if isinstance(path, str) and path:
        yield Reference(what, place, path, base, entry, with_it)


def _inputs(entry: Place, dataset: Mapping[str, Any], path: Any) -> Iterator[Place]:
    """Where transformations of a level name it as what they lead from (OME-Zarr 0.6)."""
    for number, step in _items(dataset.get("coordinateTransformations")):
        place = (*entry, "coordinateTransformations", number, "input")
        given = _object(step).get("input")
        if given == path:
            yield place
        elif isinstance(given, dict) and given.get("path") == path:
            yield (*place, "path")


def _items(value: Any) -> list[tuple[int, Any]]:
    return list(enumerate(value)) if isinstance(value, list) else []


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
