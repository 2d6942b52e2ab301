"""``consolidate``: write consolidated metadata, or drop them."""

from __future__ import annotations

import argparse

from omezarr_tui.commands.editing import EDITING, add_editing, carry_out, open_around
from omezarr_tui.edit.consolidating import Consolidate, DropConsolidated

DETAILS = f"""\
Consolidated metadata are copies of all documents below a group, in one place, which others read
instead. Every edit of this program keeps those that are there up to date.

{EDITING}
exit codes: 0 done, 1 not confirmed, 2 usage, 3 it cannot be done

examples:
  omezarr-tui consolidate plate.ome.zarr
  omezarr-tui consolidate plate.ome.zarr --drop
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    parser.add_argument("location", metavar="LOCATION", help="the path or URL of a store")
    parser.add_argument("node", metavar="NODE", nargs="?", default="", help="the path of a group")
    parser.add_argument("--drop", action="store_true", help="drop them")
    add_editing(parser)


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    store, path = open_around(args, args.node)
    edit = DropConsolidated(path) if args.drop else Consolidate(path)
    return carry_out(args, store.access, edit)
