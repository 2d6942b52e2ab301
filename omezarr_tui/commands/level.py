"""``level``: add a coarser level to a pyramid, or drop one."""

from __future__ import annotations

import argparse

from omezarr_tui.commands.arguments import count
from omezarr_tui.commands.editing import EDITING, add_editing, carry_out, open_around
from omezarr_tui.edit.downsampling_candidates import METHODS
from omezarr_tui.edit.image_edit import edited_image
from omezarr_tui.edit.levels import AddLevel, DropLevel

DETAILS = f"""\
Without an option a level is added below the coarsest, made as the others were made. Label images
with as many levels get or lose one too.

{EDITING}
exit codes: 0 done, 1 not confirmed, 2 usage, 3 it cannot be done

examples:
  omezarr-tui level image.ome.zarr
  omezarr-tui level image.ome.zarr / --method mean
  omezarr-tui level image.ome.zarr / --drop 4
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    parser.add_argument("location", metavar="LOCATION", help="the path or URL of a store")
    parser.add_argument("node", metavar="NODE", nargs="?", default="", help="an image")
    parser.add_argument("--drop", metavar="N", type=count, help="drop this level; 0 is the finest")
    parser.add_argument("--method", choices=sorted(METHODS), help="how a new level is made")
    parser.add_argument("--no-labels", action="store_true", help="leave label images as they are")
    add_editing(parser)


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    store, path = open_around(args, args.node)
    image, _ = edited_image(store.access, path)
    where = image.multiscale.path
    if args.drop is not None:
        edit = DropLevel(where, args.drop, not args.no_labels)
        return carry_out(args, store.access, edit)
    return carry_out(args, store.access, AddLevel(where, args.method, not args.no_labels))
