"""``delete``: take a node away, with all that is below it, and out of what names it."""

from __future__ import annotations

import argparse

from omezarr_tui.commands.editing import EDITING, add_editing, carry_out, open_around
from omezarr_tui.edit.nodes import DeleteNode

DETAILS = f"""\
The bytes go to the journal, so that the node comes back with undo; what is larger than the
journal may keep (journal_bytes in the settings) is refused.

{EDITING}
exit codes: 0 done, 1 not confirmed, 2 usage, 3 it cannot be done

examples:
  omezarr-tui delete image.ome.zarr labels/draft --dry-run
  omezarr-tui delete image.ome.zarr labels/draft
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    parser.add_argument("location", metavar="LOCATION", help="the path or URL of a store")
    parser.add_argument("node", metavar="NODE", help="the path of a node")
    add_editing(parser)


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    store, path = open_around(args, args.node)
    return carry_out(args, store.access, DeleteNode(path))
