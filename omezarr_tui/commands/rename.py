"""``rename``: give a node another name, or another place with --to."""

from __future__ import annotations

import argparse

from omezarr_tui.commands.editing import EDITING, add_editing, carry_out, open_around
from omezarr_tui.commands.places import node_path
from omezarr_tui.edit.nodes import CopyNode, MoveNode, rename_node
from omezarr_tui.errors import ExitCode, UserError

DETAILS = f"""\
What names the node is brought along: levels of images, lists of labels, wells and fields, and
consolidated metadata. What cannot be brought along is told before.

{EDITING}
exit codes: 0 done, 1 not confirmed, 2 usage, 3 it cannot be done

examples:
  omezarr-tui rename image.ome.zarr labels/old new           the same as --to labels/new
  omezarr-tui rename store.zarr a/image --to b/image         moves it
  omezarr-tui rename store.zarr a/image --to a/again --copy  the old one stays
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    parser.add_argument("location", metavar="LOCATION", help="the path or URL of a store")
    parser.add_argument("node", metavar="NODE", help="the path of a node")
    parser.add_argument("name", metavar="NAME", nargs="?", help="its new name, in the same group")
    parser.add_argument("--to", metavar="PATH", help="its new path, from LOCATION")
    parser.add_argument("--copy", action="store_true", help="leave the old one where it is")
    add_editing(parser)


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    if (args.name is None) == (args.to is None):
        raise UserError(
            "Either a new NAME or --to PATH is needed",
            "see: omezarr-tui rename --help",
            exit_code=ExitCode.USAGE,
        )
    store, path = open_around(args, args.node)
    if args.to is None:
        target = rename_node(path, args.name).target
    else:
        target = store.from_root(node_path(args.to)) or ""
    edit = CopyNode(path, target) if args.copy else MoveNode(path, target)
    return carry_out(args, store.access, edit)
