"""``copy-plane``: a bad plane becomes what another one is."""

from __future__ import annotations

import argparse

from omezarr_tui.commands.arguments import count
from omezarr_tui.commands.editing import EDITING
from omezarr_tui.commands.pixels import PIXELS, add_pixels, edit_pixels, find_target
from omezarr_tui.edit.planes import CopyPlane

DETAILS = f"""\
{PIXELS}
{EDITING}
exit codes: 0 done, 1 not confirmed, 2 usage, 3 it cannot be done

examples:
  omezarr-tui copy-plane image.ome.zarr / z=15 --from 14
  omezarr-tui copy-plane image.ome.zarr / c=1,t=8 --from 7 --along t
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    add_pixels(parser)
    parser.add_argument(
        "--from", dest="source", metavar="INDEX", type=count, required=True, help="what is copied"
    )
    parser.add_argument("--along", metavar="AXIS", help="the axis that the index counts along")


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    target = find_target(args)
    selection = target.selection(args.selection)
    axis = target.axis(selection, args.along)
    change = CopyPlane(axis, args.source, target.axes[axis])
    return edit_pixels(args, target, change, selection)
