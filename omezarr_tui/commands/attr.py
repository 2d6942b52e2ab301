"""``attr``: change metadata: pixel sizes, units, names, channels, or any attribute."""

from __future__ import annotations

import argparse

from omezarr_tui.commands.editing import EDITING, add_editing, carry_out, open_around
from omezarr_tui.commands.output import Output
from omezarr_tui.edit.attr_expressions import attr_edit
from omezarr_tui.edit.described import describe_node
from omezarr_tui.edit.fields import fields_of
from omezarr_tui.errors import ExitCode
from omezarr_tui.text import padded, visible

DETAILS = f"""\
CHANGE is one of these; several are made as one edit, in their order:

  pixel-size.z=0.5                 a field; without any CHANGE they are listed with their values
  unit.z=                          an empty text takes away what need not be there
  /ome/multiscales/0/name="x"      a JSON pointer into the attributes, and a JSON value
  ome.multiscales.0.name=x         the same with dots; a bare word is a text
  -ome.omero                       takes it away; write a -- before those that begin with a minus

Only what is concerned changes: every other byte of the documents stays, keys that are not known
stay, and consolidated copies follow.

{EDITING}
exit codes: 0 done, 1 not confirmed, 2 usage, 3 it cannot be done

examples:
  omezarr-tui attr image.ome.zarr
  omezarr-tui attr image.ome.zarr / 'pixel-size.z=0.5' 'unit.z=micrometer'
  omezarr-tui attr plate.ome.zarr A/1/0 'channel.0.label=DNA' --yes
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    parser.add_argument("location", metavar="LOCATION", help="the path or URL of a store")
    parser.add_argument(
        "node", metavar="NODE", nargs="?", default="", help="the path of a node; / is the root"
    )
    parser.add_argument("changes", metavar="CHANGE", nargs="*", help="what to change: see below")
    add_editing(parser)


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    if "=" in args.node:  # NODE was left out: the root
        args.node, args.changes = "", [args.node, *args.changes]
    # What begins with a minus takes something away; after -- it was taken for a path.
    args.changes = [change.removeprefix("./") for change in args.changes]
    store, path = open_around(args, args.node)
    node = describe_node(store.access, path)
    if args.changes:
        return carry_out(args, store.access, attr_edit(node, args.changes))
    fields = fields_of(node)
    output = Output()
    if args.json:
        output.json({field.id: field.value for field in fields})
        return ExitCode.DONE
    width = max((len(field.id) for field in fields), default=0)
    for field in fields:
        locked = f"  ({visible(field.locked)})" if field.locked else ""
        output.line(f"{padded(field.id, width)}  {visible(field.value)}{locked}")
    if not fields:
        output.line("The node is no image and no plate: its attributes have no fields by name.")
    return ExitCode.DONE
