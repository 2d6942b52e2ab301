"""A node with the documents that describe it and its levels: what its form is made from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from omezarr_tui.edit.json_text import change_values
from omezarr_tui.errors import UserError
from omezarr_tui.ome.loose import objects, resolved
from omezarr_tui.ome.read import ome_attributes
from omezarr_tui.ome.validate.finding import Change
from omezarr_tui.ome.validate.version import judged_version
from omezarr_tui.store.access import Access, Documents
from omezarr_tui.store.documents import ZARR_JSON, ZARRAY, parse_node
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.json_object import parse_json
from omezarr_tui.store.node import Array, Broken
from omezarr_tui.text import visible


@dataclass(frozen=True, slots=True)
class ArrayDocument:
    """An array, and what its own document and its attributes say.

    Parameters
    ----------
    array
        As it was read; its names of dimensions stand here only as `document` and `attributes`
        have them.
    document
        Its ``zarr.json`` or ``.zarray``.
    attributes
        What the user wrote.
    """

    array: Array
    document: Mapping[str, Any]
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Described:
    """A node, and the arrays of its levels.

    Parameters
    ----------
    path
        Of the node, from the root of the store.
    zarr_format
        2 or 3.
    attributes
        All of the node.
    levels
        The arrays of an image that can be read, finest first; None for one that cannot. Of a
        node that is an array itself, that one.
    """

    path: str
    zarr_format: int
    attributes: Mapping[str, Any]
    levels: tuple[ArrayDocument | None, ...] = ()

    @property
    def version(self) -> str:
        """The version of OME-Zarr by whose rules it is read."""
        return judged_version(self.attributes, None, self.zarr_format)

    @property
    def root(self) -> tuple[str, ...]:
        """Where in the attributes OME-Zarr's part stands: under ``ome``, or at the top."""
        return () if ome_attributes(self.attributes) is self.attributes else ("ome",)

    def after(self, changes: Iterable[Change]) -> Described:
        """The same with changes made; those of other nodes and documents are left out.

        Raises
        ------
        PointerError
            There is nothing at a pointer.
        """
        pending = list(changes)
        attributes = _changed(self.attributes, self.path, "attributes", pending)
        levels = tuple(
            replace(
                level,
                document=_changed(level.document, level.array.path, "array", pending),
                attributes=_changed(level.attributes, level.array.path, "attributes", pending),
            )
            if level
            else None
            for level in self.levels
        )
        return replace(self, attributes=attributes, levels=levels)


def describe_node(access: Access, path: str) -> Described:
    """Read a node and the levels that it names.

    Parameters
    ----------
    access
        The store, at its root.
    path
        The node's.

    Raises
    ------
    UserError
        There is no such node, or it cannot be read.
    """
    node = read_node(access, path)
    if node is None or isinstance(node, Broken):
        why = f"{node.reason}: {node.detail}".rstrip(": ") if node else "there is no such node"
        raise UserError(f"{visible(path) or 'the root'} cannot be read", why)
    if node.zarr_format is None:
        raise UserError(f"{visible(path) or 'the root'} has no attributes", "it is a plain folder")
    places: Sequence[str | None] = [path]
    if not isinstance(node, Array):
        images = objects(ome_attributes(node.attributes).get("multiscales"))
        datasets = datasets_of(images[0]) if images else {}
        places = [resolved(path, dataset["path"]) for dataset in datasets.values()]
    known = [at for at in places if at is not None]
    read = dict(zip(known, access.documents(known, node.zarr_format), strict=True))
    levels = tuple(None if at is None else _array(at, read[at]) for at in places)
    return Described(path, node.zarr_format, node.attributes, levels)


def datasets_of(image: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
    """The levels that an image lists, by their places in the list; those that have a path."""
    listed = image.get("datasets")
    return {
        number: dataset
        for number, dataset in enumerate(listed if isinstance(listed, list) else ())
        if isinstance(dataset, dict) and isinstance(dataset.get("path"), str)
    }


def _array(path: str, documents: Documents) -> ArrayDocument | None:
    node = None if isinstance(documents, OSError) else parse_node(path, documents)
    if isinstance(documents, OSError) or not isinstance(node, Array):
        return None
    name = ZARR_JSON if ZARR_JSON in documents else ZARRAY
    return ArrayDocument(node, parse_json(documents[name], name), node.attributes)


def _changed(
    document: Mapping[str, Any], path: str, kind: str, changes: Iterable[Change]
) -> Mapping[str, Any]:
    own = [(c.pointer, c.value) for c in changes if c.node == path and c.document == kind]
    if not own:
        return document
    made: dict[str, Any] = json.loads(change_values(json.dumps(document).encode(), own))
    return made
