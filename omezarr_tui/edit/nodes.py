"""Nodes renamed, moved, copied and deleted, with all that is below them and what names them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from omezarr_tui.edit.bringing import brought_along
from omezarr_tui.edit.consolidated_nodes import follow_nodes, groups_above
from omezarr_tui.edit.moves import lies_in
from omezarr_tui.edit.names import why_no_name
from omezarr_tui.edit.operation import Facts
from omezarr_tui.edit.relocation import Relocation
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.validity import with_validity
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.location import LOCAL
from omezarr_tui.store.node import Array, Group, Node, join_path, parent_path
from omezarr_tui.text import format_bytes, plural, visible


@dataclass(frozen=True, slots=True)
class MoveNode:
    """A node given another name, or another place: an `Edit`.

    Parameters
    ----------
    path
        Of the node, from the root of the store.
    target
        Where it is to lie.
    """

    path: str
    target: str

    @property
    def title(self) -> str:
        """Whether it stays in its group."""
        return "Rename" if parent_path(self.path) == parent_path(self.target) else "Move"

    @property
    def expression(self) -> str:
        """From where to where."""
        return f"{self.title.lower()} {visible(self.path)} to {visible(self.target)}"

    def stage(self, staged: Staged, work: Work) -> Facts:
        """Move the folder, and bring along what names it.

        Raises
        ------
        UserError
            There is no such node; or the new place is taken, or none that a node can have.
        Cancelled
            The user wants it to stop.
        """
        what = f"{visible(self.path) or 'the root'} cannot be {self.title.lower()}d"
        node = _node(staged, self.path, what)
        check_target(staged, self.target, node, what)
        _check_links(staged, self.path, self.target, what)
        relocation = Relocation(self.path, self.target)
        brought = brought_along(staged, relocation, node, work)
        staged.move(self.path, self.target, work)
        copies = follow_nodes(staged, self.path, self.target, work)
        where = visible(self.target)
        sentence = f"{visible(self.path)} and all below it will lie at {where}."
        facts = [("", sentence), *brought.stage(staged, copies, work)]
        return with_validity(facts, staged, self.path, work)


@dataclass(frozen=True, slots=True)
class CopyNode:
    """A node copied with all below it: an `Edit`.

    Parameters
    ----------
    path
        Of the node, from the root of the store.
    target
        Where the copy is to lie.
    """

    path: str
    target: str
    title: str = field(default="Copy", init=False)

    @property
    def expression(self) -> str:
        """From where to where."""
        return f"copy {visible(self.path)} to {visible(self.target)}"

    def stage(self, staged: Staged, work: Work) -> Facts:
        """Copy key by key, and let lists name the copy.

        Raises
        ------
        UserError
            There is no such node; or the place is taken, or none that a node can have.
        Cancelled
            The user wants it to stop.
        """
        what = f"{visible(self.path) or 'the root'} cannot be copied"
        node = _node(staged, self.path, what)
        check_target(staged, self.target, node, what)
        relocation = Relocation(self.path, self.target, is_copy=True)
        brought = brought_along(staged, relocation, node, work)
        keys = staged.copy_below(self.path, self.target, work)
        copies = follow_nodes(staged, None, self.target, work)
        size = format_bytes(sum(nbytes for _, nbytes in keys))
        sentence = f"{plural(len(keys), 'key')} ({size}) will be copied to {visible(self.target)}."
        return [("", sentence), *brought.stage(staged, copies, work)]


@dataclass(frozen=True, slots=True)
class DeleteNode:
    """A node taken away with all below it: an `Edit`. `path` is its own."""

    path: str
    title: str = field(default="Delete", init=False)

    @property
    def expression(self) -> str:
        """What goes."""
        return f"delete {visible(self.path)}"

    def stage(self, staged: Staged, work: Work) -> Facts:
        """Take the folder away, and what names it.

        Raises
        ------
        UserError
            There is no such node.
        Cancelled
            The user wants it to stop.
        """
        node = _node(staged, self.path, f"{visible(self.path) or 'the root'} cannot be deleted")
        relocation = Relocation(self.path, None)
        brought = brought_along(staged, relocation, node, work)
        keys = nbytes = 0
        for _, size in staged.keys_below(self.path):
            work.step(keys, keys + 1)
            keys, nbytes = keys + 1, nbytes + size
        staged.remove(self.path, work)
        copies = follow_nodes(staged, self.path, None, work)
        sentence = f"{visible(self.path)} goes: {plural(keys, 'key')}, {format_bytes(nbytes)}."
        facts = [("", sentence), *_links(staged, self.path), *brought.stage(staged, copies, work)]
        return with_validity(facts, staged, self.path, work)


def check_target(access: Access, target: str, node: Node, what: str) -> None:
    """See that a node can come to lie at a place.

    Parameters
    ----------
    access
        The store.
    target
        The place.
    node
        The node, which lies elsewhere.
    what
        What fails where it cannot.

    Raises
    ------
    UserError
        The place is taken, no name for a node, in the node itself, or in no group.
    """
    above, _, name = target.rpartition("/")
    if reason := why_no_name(name):
        raise UserError(what, f"{visible(name) or 'nothing'} is no name for a node: {reason}")
    if target == node.path:
        raise UserError(what, "it lies there already: choose another name")
    if lies_in(target, node.path):
        raise UserError(what, f"{visible(target)} lies within it: choose a place outside")
    group = read_node(access, above)
    where = visible(above) or "the root"
    if not isinstance(group, Group):
        kind = "is an array" if isinstance(group, Array) else "is no group that can be read"
        raise UserError(what, f"{where} {kind}: choose a group that is there")
    if group.zarr_format != getattr(node, "zarr_format", group.zarr_format):
        raise UserError(
            what,
            f"{where} is of Zarr v{group.zarr_format} and the node is not: nobody would find it",
        )
    if any(entry.name == name for entry in access.entries(above)) or read_node(access, target):
        raise UserError(what, f"there is something at {visible(target)}: choose another name")


def _check_links(access: Access, path: str, target: str, what: str) -> None:
    """Refuse to move links elsewhere that lead on from where they lie: they would lead astray."""
    if access.location.protocol != LOCAL or parent_path(path) == parent_path(target):
        return
    root = Path(access.location.path)
    inside = (
        Path(at) / name
        for at, folders, files in os.walk(root / path)
        for name in (*folders, *files)
    )
    for place in [root / path, *inside]:
        if place.is_symlink() and not place.readlink().is_absolute():
            link = visible(str(place.relative_to(root)))
            why = f"{link} is a link that leads on from where it lies: move it by hand"
            raise UserError(what, why)


def _links(staged: Staged, path: str) -> Facts:
    """What links mean for a node that goes: it, or a folder that it lies in, may be one."""
    if staged.location.protocol != LOCAL:
        return []
    root = Path(staged.location.path)
    link = next((at for at in (path, *groups_above(path)) if at and (root / at).is_symlink()), None)
    if link is None:
        return []
    target = visible(os.path.realpath(root / link))
    if link == path and (path, None) in staged.moves:
        return [("link", f"it is one, and goes alone: what lies in {target} stays")]
    return [("link", f"{visible(link)} is one: what goes lies in {target}")]


def _node(access: Access, path: str, what: str) -> Node:
    """A node that is to lie elsewhere, or to go."""
    if not path:
        raise UserError(what, "it is the store itself: move or delete its folder as any other")
    node = read_node(access, path)
    if node is None:
        raise UserError(what, "there is no such node: a folder without a document of Zarr is none")
    if any(isinstance(read_node(access, above), Array) for above in groups_above(path)):
        raise UserError(what, "it lies within an array, where no node can be")
    return node


def rename_node(path: str, name: str) -> MoveNode:
    """Give a node another name, in the group that it lies in.

    Raises
    ------
    UserError
        It is no name for a node.
    """
    if reason := why_no_name(name):
        raise UserError(
            f"{visible(path) or 'the root'} cannot be renamed",
            f"{visible(name) or 'nothing'} is no name for a node: {reason}",
        )
    return MoveNode(path, join_path(parent_path(path), name))
