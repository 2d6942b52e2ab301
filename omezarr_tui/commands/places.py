"""LOCATION and NODE, as they are typed -> the store and the node."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from itertools import islice

from omezarr_tui.commands.arguments import place_of
from omezarr_tui.commands.output import Output
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.ome.discover import Image, image_of, mark, named_children
from omezarr_tui.ome.read import kind_of
from omezarr_tui.settings import load_settings
from omezarr_tui.store.access import Access, open_access
from omezarr_tui.store.hierarchy import walk
from omezarr_tui.store.node import Array, Broken, Group
from omezarr_tui.store.opening import find_node
from omezarr_tui.text import plural, visible

_NODES_LOOKED_AT = 200  # in search of what could be shown instead
_NAMES_TOLD = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a store.

    Parameters
    ----------
    access
        The store.
    node
        The node, which is not broken.
    """

    access: Access
    node: Group | Array

    @property
    def name(self) -> str:
        """What the node is called in a sentence."""
        name = self.access.location.name
        return visible(f"{name}/{self.node.path}" if self.node.path else name)


def node_path(text: str) -> str:
    """A node's path as it is typed: ``/`` is the root, and ``./s0`` is ``s0``."""
    return "/".join(part for part in text.split("/") if part not in ("", "."))


def open_place(args: argparse.Namespace) -> Place:
    """Open what LOCATION and NODE name, to read it.

    Raises
    ------
    UserError
        There is no such thing, or it is broken.
    """
    access = open_access(*place_of(args, load_settings()))
    found = find_node(access, node_path(args.node))
    assert not isinstance(found, Broken)  # that was raised
    return Place(access, found)


def tell_doubt(place: Place) -> ExitCode:
    """Say on standard error where chunks may be there that count as never written."""
    if place.access.doubt is None:
        return ExitCode.DONE
    output = Output(sys.stderr)
    output.line("Some chunks count as never written, and may be there all the same:")
    output.line(f"  {visible(place.access.doubt)}")
    return ExitCode.PROBLEMS


def open_image(place: Place, level: int | None) -> tuple[Image, int | None]:
    """The image that a node is, and the level that is asked for.

    Parameters
    ----------
    place
        An image, a level of one, or any array.
    level
        What ``--level`` says.

    Returns
    -------
    image
        The image.
    level
        What was asked for, or the level that the node itself is; else None.

    Raises
    ------
    UserError
        The node has no pixels, or no such level.
    """
    image = image_of(place.access, place.node)
    if image is None:
        what = f"{place.name} ({mark(place.node)}) has no pixels of its own"
        raise UserError(what, _showable(place))
    if not image.readable:
        why = "; ".join(image.multiscale.notes)
        raise UserError(f"No level of {place.name} can be read", why)
    if level is None:
        return image, image.pinned
    if isinstance(place.node, Array):
        raise UserError(
            f"{place.name} is an array, which has no levels",
            "--level goes with an image",
            exit_code=ExitCode.USAGE,
        )
    if not 0 <= level < len(image.levels):
        raise UserError(
            f"{place.name} has no level {level}",
            f"it has {plural(len(image.levels), 'level')}, 0 to {len(image.levels) - 1}",
            exit_code=ExitCode.USAGE,
        )
    if isinstance(array := image.levels[level], Broken):
        raise UserError(f"Level {level} of {place.name} cannot be read", array.reason)
    return image, level


def _showable(place: Place) -> str:
    """Names of nodes below that can be shown; of an image not each of its levels."""
    images: list[str] = []
    arrays: list[str] = []
    for node in islice(walk(place.access, place.node, named=named_children), _NODES_LOOKED_AT):
        inside = any(node.path.startswith(f"{path}/") for path in images)
        if isinstance(node, Array) and not inside:
            arrays.append(node.path)
        elif isinstance(node, Group) and kind_of(node.attributes) in ("image", "label-image"):
            images.append(node.path)
        if len(images) > _NAMES_TOLD:
            break
    above = f"{place.node.path}/" if place.node.path else ""
    found = [visible(path) for path in images or arrays]
    if not found:
        return f"nothing below it can be shown either; try: tree {place.name}"
    more = ", …" if len(found) > _NAMES_TOLD else ""
    several = "one of these" if len(found) > 1 else "this"
    listed = ", ".join(found[:_NAMES_TOLD])
    return f"name {several} as NODE{f', all below {above}' if above else ''}: {listed}{more}"
