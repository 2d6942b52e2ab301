"""Search the names below a node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import Named, walk
from omezarr_tui.store.node import Group, Node, parent_path


@dataclass(frozen=True, slots=True)
class Found:
    """What a search below a group came to.

    Parameters
    ----------
    nodes
        Those whose names fit, in the order of the hierarchy.
    above
        The groups that lead to them from where the search began, parents first.
    complete
        False where a bound ended the search.
    seen
        How many nodes were looked at.
    """

    nodes: tuple[Node, ...]
    above: tuple[Group, ...]
    complete: bool
    seen: int


def find_by_name(
    access: Access,
    top: Node,
    text: str,
    *,
    named: Named = lambda group: {},
    most: int = 200,
    look_at: int = 50_000,
    cancelled: Callable[[], bool] = lambda: False,
) -> Found:
    """Search the names below a node, whatever their case.

    Parameters
    ----------
    access
        The store.
    top
        Where to start.
    text
        What a name (or, with a ``/`` in it, a path) must contain.
    named
        As for `walk`.
    most, look_at
        The bounds: on what is found, and on what is looked at.
    cancelled
        Asked before each node; the search ends when it says True.
    """
    wanted = text.casefold()
    found: list[Node] = []
    above: dict[str, Group] = {}
    trail: list[Group] = [top] if isinstance(top, Group) else []
    seen = 0
    complete = True
    for node in walk(access, top, named=named):
        if cancelled() or seen >= look_at or len(found) >= most:
            complete = False
            break
        seen += 1
        while trail and trail[-1].path != parent_path(node.path):
            trail.pop()
        if wanted in (node.path if "/" in text else node.name).casefold():
            found.append(node)
            above.update((group.path, group) for group in trail)
        if isinstance(node, Group):
            trail.append(node)
    return Found(tuple(found), tuple(above.values()), complete, seen)
