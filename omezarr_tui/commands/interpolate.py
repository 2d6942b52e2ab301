"""``interpolate``: bad planes are made from the sound ones beside them."""

from __future__ import annotations

import argparse

from omezarr_tui.commands.arguments import count
from omezarr_tui.commands.editing import EDITING
from omezarr_tui.commands.pixels import PIXELS, add_pixels, edit_pixels, find_target
from omezarr_tui.edit.planes import Interpolate, sound_beside

DETAILS = f"""\
Every value comes to lie on the line between the planes right before and right behind what is
selected, or between those that are named. Whole numbers are rounded, a half to the even one.

{PIXELS}
{EDITING}
exit codes: 0 done, 1 not confirmed, 2 usage, 3 it cannot be done

examples:
  omezarr-tui interpolate image.ome.zarr / z=15
  omezarr-tui interpolate image.ome.zarr / z=15:18 --between 12 20
  omezarr-tui interpolate image.ome.zarr / c=1,t=8 --along t
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    add_pixels(parser)
    parser.add_argument(
        "--between", nargs=2, metavar=("FIRST", "LAST"), type=count, help="the sound planes"
    )
    parser.add_argument("--along", metavar="AXIS", help="the axis that planes are counted along")


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    target = find_target(args)
    selection = target.selection(args.selection)
    axis = target.axis(selection, args.along)
    name = target.axes[axis]
    first, last = sorted(args.between or sound_beside(selection, axis, name))
    return edit_pixels(args, target, Interpolate(axis, first, last, name), selection)
