"""``history``: the edits of a store, and what can be taken back or made again."""

from __future__ import annotations

import argparse

from omezarr_tui.commands.arguments import add_access, add_place
from omezarr_tui.commands.editing import open_journal
from omezarr_tui.commands.output import Output
from omezarr_tui.edit.entry import Entry
from omezarr_tui.errors import ExitCode
from omezarr_tui.text import format_bytes, padded, visible

DETAILS = """\
The newest edit comes first. What can be undone has the state "applied"; "undone" can be made
again until another edit is made. "applying", "undoing" and "redoing" are edits that were
interrupted: see recover.

JSON: a list of objects with the keys number, time, state, edit, node, keys and nbytes.

examples:
  omezarr-tui history image.ome.zarr
  omezarr-tui history s3://bucket/image.ome.zarr --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    add_place(parser)
    add_access(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    _, journal = open_journal(args, args.node)
    entries = journal.entries()
    output = Output()
    if args.json:
        output.json([_as_json(entry) for entry in entries])
    elif not entries and not journal.skipped:
        output.line("No edits of this store are kept.")
    for entry in [] if args.json else entries:
        time = entry.when
        size = format_bytes(entry.nbytes)
        what = visible(entry.expression)
        output.line(f"{entry.number:>4}  {time}  {padded(entry.state, 8)}  {size:>9}  {what}")
    for skipped in journal.skipped:
        output.line(f"   ?  cannot be read: {visible(skipped)}")
    return ExitCode.DONE


def _as_json(entry: Entry) -> dict[str, object]:
    return {
        "number": entry.number,
        "time": entry.time,
        "state": entry.state,
        "edit": entry.expression,
        "node": entry.node,
        "keys": [record.key for record in entry.records],
        "nbytes": entry.nbytes,
    }
