"""What a line of the hierarchy says of a node."""

from __future__ import annotations

from dataclasses import dataclass

from omezarr_tui.ome.discover import mark
from omezarr_tui.store.node import Array, Broken, Group, Node
from omezarr_tui.text import format_count, format_shape, visible


@dataclass(frozen=True, slots=True)
class More:
    """A line in the place of children that were not read yet."""

    group: Group
    left: int | None = None  # None while the first page is on its way


Item = Node | More


def name_of(item: Item | None, icon: str, title: str) -> str:
    """The name, with a sign for what it is.

    Parameters
    ----------
    item
        What stands in the line.
    icon
        Tells whether it is open, where it can be opened; else empty.
    title
        The name of the root.
    """
    if isinstance(item, More):
        return "  reading…" if item.left is None else f"  … {format_count(item.left)} more"
    if item is None:
        return ""
    if isinstance(item, Broken):
        icon = "✗ "
    elif not icon:
        icon = "▫ " if isinstance(item, Group) else "▪ "
    return icon + visible(item.name or title)


def colour_of(item: Item | None) -> str:
    """The component class that gives a line its colour; empty for a plain one."""
    if isinstance(item, Broken):
        return "hierarchy--broken"
    if isinstance(item, Array):
        return "hierarchy--array"
    if isinstance(item, More):
        return "hierarchy--quiet"
    if isinstance(item, Group) and mark(item) not in ("group", "folder"):
        return "hierarchy--ome"
    return ""


def told_of(item: Item | None, room: int) -> str:
    """What stands beside a name, in the room that there is."""
    if item is None or isinstance(item, More):
        return ""
    if isinstance(item, Broken):
        return visible(item.reason, max(8, room))
    if isinstance(item, Group):
        word = mark(item)
        return word if len(word) <= room else ""
    shape, dtype = format_shape(item.shape), item.dtype.name
    wide = f"{shape}  {dtype:>6}"
    if len(wide) <= room:
        return wide
    return next((told for told in (f"{shape} {dtype:>6}", shape) if len(told) <= room), "")
