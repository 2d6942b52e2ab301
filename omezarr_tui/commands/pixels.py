"""What the commands share that change pixels: which array, which part of it, and the pyramid."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from omezarr_tui.commands.arguments import count
from omezarr_tui.commands.editing import add_editing, carry_out, open_around
from omezarr_tui.edit.changes import Change
from omezarr_tui.edit.conditions import Condition
from omezarr_tui.edit.downsampling_candidates import METHODS
from omezarr_tui.edit.image_edit import edited_image, image_edit
from omezarr_tui.edit.pixels import PixelEdit
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.image.selection import Selection, parse_selection, whole
from omezarr_tui.ome.discover import Image
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array

PIXELS = """\
A selection names axes with an index or a range: c=0,z=3:30,y=100:200. Axes that are left out are
whole; without a selection all of the array is meant. NODE is an image or an array; of an image
the finest level is edited, and every coarser level is brought up to date over just what changed,
by the method that it was made with. A coarser level alone is edited only with --alone.
"""


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be edited.

    Parameters
    ----------
    access
        The store, at its root.
    image
        The image, or an array as one.
    level
        Which of its levels.
    """

    access: Access
    image: Image
    level: int

    @property
    def array(self) -> Array:
        """The array of the level."""
        array = self.image.levels[self.level]
        assert isinstance(array, Array)
        return array

    @property
    def axes(self) -> list[str]:
        """The names of its axes."""
        names = [axis.name for axis in self.image.multiscale.axes]
        rank = len(self.array.shape)
        return names if len(names) == rank else [f"dim_{at}" for at in range(rank)]

    def selection(self, text: str) -> Selection:
        """The selection that was typed."""
        try:
            return parse_selection(text, self.array.shape, self.axes)
        except ValueError as error:
            raise UserError(
                f"{text!r} is no selection of this array", str(error), exit_code=ExitCode.USAGE
            ) from error

    def axis(self, selection: Selection, name: str | None) -> int:
        """The axis that planes lie along: the one that is named, or that one index is given of."""
        if name is not None:
            if name not in self.axes:
                raise UserError(
                    f"There is no axis {name!r}",
                    f"there are {', '.join(self.axes)}",
                    exit_code=ExitCode.USAGE,
                )
            return self.axes.index(name)
        narrow = [
            at for at in range(len(self.axes)) if selection.bounds[at] != (0, self.array.shape[at])
        ]
        if len(narrow) != 1:
            raise UserError(
                "It is not clear along which axis the planes lie",
                "name it, as --along z",
                exit_code=ExitCode.USAGE,
            )
        return narrow[0]


def add_pixels(parser: argparse.ArgumentParser) -> None:
    """Add LOCATION, NODE, SELECTION, and what becomes of the pyramid."""
    parser.add_argument("location", metavar="LOCATION", help="the path or URL of a store")
    parser.add_argument("node", metavar="NODE", nargs="?", default="", help="an image or an array")
    parser.add_argument(
        "selection", metavar="SELECTION", nargs="?", default="", help="such as z=1000 or c=0,y=9:20"
    )
    parser.add_argument("--level", type=count, metavar="N", help="the level to edit, else 0")
    parser.add_argument(
        "--alone", action="store_true", help="edit this level alone; the others stay as they are"
    )
    parser.add_argument(
        "--method",
        choices=sorted(METHODS),
        help="how the coarser levels are made; without it as they were made, which is found out",
    )
    add_editing(parser)


def find_target(args: argparse.Namespace) -> Target:
    """What LOCATION, NODE and ``--level`` name."""
    if "=" in args.node and not args.selection:  # NODE was left out: the root
        args.node, args.selection = "", args.node
    store, path = open_around(args, args.node)
    return Target(store.access, *edited_image(store.access, path, args.level))


def edit_pixels(
    args: argparse.Namespace,
    target: Target,
    change: Change,
    selection: Selection | None = None,
    where: Condition | None = None,
) -> int:
    """Change the selected pixels, and the pyramid with them."""
    if selection is None:
        text = args.selection
        selection = target.selection(text) if text else whole(target.array.shape)
    pixels = PixelEdit(target.array, selection, change, where, target.access.location.name)
    edit = image_edit(target.image, target.level, pixels, alone=args.alone, method=args.method)
    return carry_out(args, target.access, edit)
