"""``recover``: bring an edit that was interrupted to an end."""

from __future__ import annotations

import argparse

from omezarr_tui.commands.arguments import add_access
from omezarr_tui.commands.editing import open_journal, working
from omezarr_tui.commands.output import Output
from omezarr_tui.edit.apply import recover
from omezarr_tui.errors import ExitCode
from omezarr_tui.text import plural, visible

DETAILS = """\
An edit, or an undo, was interrupted when its program was killed, or the disk or the connection
failed. The journal holds both sides of it. What another program changed since is left as it is,
and told.

exit codes: 0 done, or nothing was interrupted, 3 it could not be brought to an end

examples:
  omezarr-tui recover image.ome.zarr             tell what was interrupted
  omezarr-tui recover image.ome.zarr --back      as before the edit
  omezarr-tui recover image.ome.zarr --finish    as after the edit
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    parser.set_defaults(read_only=False)
    parser.add_argument("location", metavar="LOCATION", help="the path or URL of a store")
    sides = parser.add_mutually_exclusive_group()
    sides.add_argument("--back", action="store_true", help="the store as before the edit")
    sides.add_argument("--finish", action="store_true", help="the store as after the edit")
    parser.add_argument("--dry-run", action="store_true", help="tell of it, and change nothing")
    parser.add_argument("--yes", action="store_true", help="as elsewhere; to name a side is a yes")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_access(parser)


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    access, journal = open_journal(args)
    entry = journal.interrupted()
    told = "No edit of this store was interrupted."
    done = False
    if entry is not None and not (args.back or args.finish):
        told = f"{visible(entry.expression)} of {entry.when} was interrupted while {entry.state}."
    elif entry is not None and args.dry_run:
        side = "before" if args.back else "after"
        changes = plural(len(entry.records) + len(entry.moves), "change")
        told = f"A dry run: the store would be as {side} {visible(entry.expression)}, of {changes}."
    elif entry is not None:
        work, clear = working("putting right")
        try:
            recover(access, entry, "before" if args.back else "after", work)
        finally:
            clear()
        side = "before" if args.back else "after"
        told, done = f"The store is as {side} {visible(entry.expression)}.", True
    if args.json:
        found = None if entry is None else {"edit": entry.expression, "state": entry.state}
        Output().json({"done": done, "message": told, "interrupted": found})
    else:
        Output().line(told)
        if entry is not None and not (args.back or args.finish):
            Output().line("  --back puts it back, --finish finishes it")
    return ExitCode.DONE
