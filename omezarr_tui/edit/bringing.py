"""What names a node, or is named in it, brought along to where the node comes to lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from omezarr_tui.edit.consolidated_nodes import groups_above
from omezarr_tui.edit.documents_edit import DocumentsEdit
from omezarr_tui.edit.enlisting import enlisted
from omezarr_tui.edit.operation import Facts
from omezarr_tui.edit.plate_references import changed_plate
from omezarr_tui.edit.references import changed_references
from omezarr_tui.edit.relocation import Relocation, inside
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.validity import NEWS
from omezarr_tui.edit.work import Work
from omezarr_tui.ome.read import kind_of, ome_attributes
from omezarr_tui.ome.series import METADATA
from omezarr_tui.ome.validate.finding import Change
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import read_node, walk
from omezarr_tui.store.node import Group, Node, join_path, parent_path
from omezarr_tui.text import listed, plural, visible

_MOST = 5_000  # nodes that are looked at for what they say of others
_SENTENCES = 4  # that are told in full
# Groups that readers look for by a fixed name, and in what.
_HOLDING = {"labels": ("image", "label-image"), "OME": ("bioformats2raw",)}


@dataclass(frozen=True, slots=True)
class Brought:
    """What changes in documents as a node comes to lie elsewhere.

    Parameters
    ----------
    changes
        For where their nodes lie after.
    told
        What they do and what they cannot do, in sentences.
    unseen
        Where nobody looked, in sentences.
    """

    changes: tuple[Change, ...]
    told: tuple[str, ...]
    unseen: tuple[str, ...]

    def stage(self, staged: Staged, copies: Facts, work: Work) -> Facts:
        """Make the changes, once the nodes themselves are staged.

        Parameters
        ----------
        staged, work
            As for an `Edit`.
        copies
            What `follow_nodes` told.

        Returns
        -------
        facts
            Of all of it.
        """
        told = list(self.told[:_SENTENCES])
        if (more := len(self.told) - len(told)) > 0:
            told.append(f"{more:,} more like these")
        facts = [*copies, *(("references", line) for line in (*told, *self.unseen))]
        names = list(dict.fromkeys(visible(c.node) or "the root" for c in self.changes))
        if (more := len(names) - _SENTENCES) > 0:
            names = [*names[:_SENTENCES], f"{more:,} more"]
        if names:
            facts.append(("paths", f"changed in {listed(names)}"))
        more_facts = stage_changes(staged, self.changes, work, with_copies=not copies)
        return [*facts, *more_facts]


def stage_changes(
    staged: Staged, changes: Sequence[Change], work: Work, *, with_copies: bool = True
) -> Facts:
    """Make changes of documents that come with an edit; tell what is news, with it.

    Parameters
    ----------
    staged, work
        As for an `Edit`.
    changes
        There may be none.
    with_copies
        Whether it is news that consolidated metadata follow.
    """
    if not changes:
        return []
    facts = DocumentsEdit(tuple(changes), "Follow", changes[0].node).stage(staged, work)
    news = (*NEWS, "consolidated") if with_copies else NEWS
    return [fact for fact in facts if fact[0] in news]


def brought_along(staged: Staged, relocation: Relocation, node: Node | None, work: Work) -> Brought:
    """What names a node, or is named in it, changed for its new place.

    Parameters
    ----------
    staged
        The store as it is before.
    relocation
        Where the node comes to lie.
    node
        The node; None where there is none, only what names it.
    work
        Asked whether to stop.
    """
    changes: list[Change] = []
    told: list[str] = []
    unseen: list[str] = []
    for number, holder in enumerate(_holders(staged, relocation, unseen)):
        work.step(number, number + 1)
        for follow in (changed_references, changed_plate):
            some, lines = follow(holder.path, holder.attributes, relocation)
            changes += some
            told += lines
        told += _not_followed(staged, holder, relocation)
    if relocation.new is not None and isinstance(node, Group):
        some, lines = enlisted(staged, relocation, node.attributes)
        changes += some
        told += lines
    return Brought(tuple(changes), tuple(told), tuple(unseen))


def _not_followed(access: Access, group: Group, relocation: Relocation) -> Iterator[str]:
    """What goes by a name that is fixed, or counted, and so cannot follow."""
    old = inside(relocation.old, group.path)
    if relocation.is_copy or not old or "/" in old:
        return
    name, kind = visible(group.path) or "the root", kind_of(group.attributes)
    if old in ("labels", "OME") and kind in _HOLDING[old]:
        yield f"{name} has {old} only by that name: readers will not find it any more"
    if kind != "bioformats2raw" or not old.isdecimal():
        return
    listing = read_node(access, join_path(group.path, "OME"))
    if not isinstance(listing, Group) or "series" not in ome_attributes(listing.attributes):
        yield f"{name} lists no series: readers count 0, 1, 2 and so on, and end where one lacks"
    if relocation.new is None or parent_path(relocation.new) != group.path:
        yield f"OME/{METADATA} stays as it is, and tells of as many images as before"


def _holders(access: Access, relocation: Relocation, unseen: list[str]) -> Iterator[Group]:
    """The groups that may name the node, or lie in it and name others."""
    seen: set[str] = set()
    near = [
        place
        for above in groups_above(relocation.old)
        for place in (above, join_path(above, "OME"))
    ]
    for path in near:
        node = read_node(access, path)
        if isinstance(node, Group) and path not in seen:
            seen.add(path)
            yield node
    # Those that may name it from anywhere, such as label images: over a network that is far.
    top = "" if access.traffic is None else relocation.old
    node = read_node(access, top)
    if top and not relocation.is_copy:
        unseen.append("label images elsewhere that name it were not looked for: it takes long here")
    if node is None:
        return
    for count, each in enumerate(chain([node] if top else [], walk(access, node))):
        if count == _MOST:
            unseen.append(f"only the first {plural(_MOST, 'node')} were searched for its path")
            return
        if isinstance(each, Group) and each.path not in seen:
            seen.add(each.path)
            yield each
