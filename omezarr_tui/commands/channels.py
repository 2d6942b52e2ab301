"""``channels``: put the channels of an image into another order, or delete some."""

from __future__ import annotations

import argparse

from omezarr_tui.commands.editing import EDITING, add_editing, carry_out, open_around
from omezarr_tui.edit.channel_order import parse_order
from omezarr_tui.edit.image_edit import edited_image
from omezarr_tui.errors import ExitCode, UserError

DETAILS = f"""\
ORDER lists the channels that stay, by their numbers from 0, in their new order. All levels, and
what the metadata say of the channels, follow.

{EDITING}
exit codes: 0 done, 1 not confirmed, 2 usage, 3 it cannot be done

examples:
  omezarr-tui channels image.ome.zarr / 1,0,2      swaps the first two of three
  omezarr-tui channels image.ome.zarr / 0,2        deletes channel 1
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    parser.add_argument("location", metavar="LOCATION", help="the path or URL of a store")
    parser.add_argument("node", metavar="NODE", help="an image; / is the root")
    parser.add_argument("order", metavar="ORDER", help="such as 1,0,2")
    add_editing(parser)


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    store, path = open_around(args, args.node)
    image, _ = edited_image(store.access, path)
    try:
        edit = parse_order(image, args.order)
    except ValueError as error:
        raise UserError(
            f"{args.order!r} is no order of channels", str(error), exit_code=ExitCode.USAGE
        ) from error
    return carry_out(args, store.access, edit)
