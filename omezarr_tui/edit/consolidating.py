"""Consolidated metadata written for a group, and dropped.

They are copies of the documents of all nodes below, in one document, so that a store opens with
one request: zarr-python's ``.zmetadata`` for Zarr v2 (which other readers know as well), and
``consolidated_metadata`` in the ``zarr.json`` for v3 (which no specification has yet).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from omezarr_tui.edit.bringing import stage_changes
from omezarr_tui.edit.consolidated_nodes import INLINE, copies_of, documents_below
from omezarr_tui.edit.json_style import style_of
from omezarr_tui.edit.json_text import change_values
from omezarr_tui.edit.operation import Facts
from omezarr_tui.edit.relocation import inside
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.ome.validate.finding import REMOVED, Change, pointer_to
from omezarr_tui.store.access import Access
from omezarr_tui.store.documents import ZARR_JSON, ZGROUP
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.node import Group, join_path, parent_path
from omezarr_tui.store.remembered import ZMETADATA
from omezarr_tui.text import format_bytes, plural, visible

_EMPTY = {"metadata": {}, "zarr_consolidated_format": 1}


@dataclass(frozen=True, slots=True)
class Consolidate:
    """The documents of all nodes below a group copied into one: an `Edit`.

    Parameters
    ----------
    path
        Of the group, from the root of the store.
    """

    path: str = ""
    title: str = field(default="Consolidate metadata", init=False)

    @property
    def expression(self) -> str:
        """Of what."""
        return f"consolidate the metadata of {visible(self.path) or 'the root'}"

    def stage(self, staged: Staged, work: Work) -> Facts:
        """Put the copies, as zarr-python reads them; those that were there go.

        Raises
        ------
        UserError
            It is no group.
        Cancelled
            The user wants it to stop.
        """
        what = f"The metadata of {visible(self.path) or 'the root'} cannot be consolidated"
        group = _group(staged, self.path, what)
        nodes = documents_below(staged, self.path, work)
        entries: dict[str, Any] = {}
        # Siblings together: zarr-python 3.1 cannot read them else.
        for path in sorted(nodes, key=lambda path: (path.count("/"), parent_path(path))):
            own = inside(path, self.path) or ""
            for name, copy in copies_of(nodes[path]).items():
                if group.zarr_format == 2:
                    entries[join_path(own, name)] = copy
                elif own:
                    entries[own] = copy
        if group.zarr_format == 2:
            key = join_path(self.path, ZMETADATA)
            like = staged.get(join_path(self.path, ZGROUP)) or b""
            raw = change_values(
                json.dumps(_EMPTY, indent=style_of(like.decode()).unit).encode(),
                [(pointer_to("metadata", name), copy) for name, copy in entries.items()],
            )
            staged.put(key, raw)
            told: Facts = []
        else:
            key = join_path(self.path, ZARR_JSON)
            value = {"kind": "inline", "must_understand": False, "metadata": entries}
            told = _put(staged, self.path, value, work)
        size = format_bytes(len(staged.get(key) or b""))
        sentence = f"Copies of the documents of {plural(len(nodes), 'node')} will stand in "
        return [("", f"{sentence}{visible(key)} ({size})."), *told]


@dataclass(frozen=True, slots=True)
class DropConsolidated:
    """The consolidated metadata of a group taken away: an `Edit`.

    Parameters
    ----------
    path
        Of the group, from the root of the store.
    """

    path: str = ""
    title: str = field(default="Drop consolidated metadata", init=False)

    @property
    def expression(self) -> str:
        """Of what."""
        return f"drop the consolidated metadata of {visible(self.path) or 'the root'}"

    def stage(self, staged: Staged, work: Work) -> Facts:
        """Take the copies away; the documents themselves stay.

        Raises
        ------
        UserError
            It is no group, or has none.
        Cancelled
            The user wants it to stop.
        """
        name = visible(self.path) or "the root"
        what = f"The consolidated metadata of {name} cannot be dropped"
        group = _group(staged, self.path, what)
        has_file = staged.has(join_path(self.path, ZMETADATA))
        if not has_file and not group.consolidated:
            raise UserError(what, "it has none")
        facts: Facts = []
        if has_file:
            staged.put(join_path(self.path, ZMETADATA), None)
        if group.consolidated:
            facts = _put(staged, self.path, REMOVED, work)
        return [("", f"{name} will be read document by document, as all documents stay."), *facts]


def _put(staged: Staged, path: str, value: Any, work: Work) -> Facts:
    """Set or remove the copies in a group's ``zarr.json``."""
    change = Change(path, "group", pointer_to(INLINE), value)
    return stage_changes(staged, [change], work)


def _group(access: Access, path: str, what: str) -> Group:
    node = read_node(access, path)
    if not isinstance(node, Group) or node.zarr_format is None:
        raise UserError(what, "it is no group of Zarr that can be read")
    return node
