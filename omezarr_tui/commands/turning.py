"""What ``undo`` and ``redo`` share: one edit after the other, each as it was confirmed."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from omezarr_tui.commands.arguments import add_access, count
from omezarr_tui.commands.editing import add_answers, confirmed, open_journal, working
from omezarr_tui.commands.output import Output
from omezarr_tui.edit.entry import Entry
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.store.access import Access
from omezarr_tui.text import plural, visible


def add_turning(parser: argparse.ArgumentParser, verb: str) -> None:
    """Add LOCATION, how many edits, and how it asks and answers."""
    parser.set_defaults(read_only=False)
    parser.add_argument("location", metavar="LOCATION", help="the path or URL of a store")
    parser.add_argument(
        "times",
        metavar="N",
        nargs="?",
        type=count,
        default=1,
        help=f"how many edits to {verb}; without it one",
    )
    add_answers(parser)
    add_access(parser)


def turn_several(
    args: argparse.Namespace,
    verb: str,
    find: Callable[[Journal], Sequence[Entry]],
    turn: Callable[[Access, Entry, Work], Entry],
) -> int:
    """Undo or redo edits, one after the other.

    Parameters
    ----------
    args
        With what `add_turning` added.
    verb
        What the user is asked.
    find
        The edits that can be turned, in that order.
    turn
        What turns it.
    """
    access, journal = open_journal(args)
    output = Output()
    if left := journal.interrupted():
        raise UserError(
            f"An edit of this store was interrupted: {left.expression}",
            "put it back or finish it first: see omezarr-tui recover --help",
        )
    turned: list[Entry] = []
    for entry in find(journal)[: args.times]:
        if not args.json:
            output.line(f"{verb} edit {entry.number} of {entry.when}: {visible(entry.expression)}")
            output.line(f"  {plural(len(entry.records) + len(entry.moves), 'change')} of the store")
        if args.dry_run:
            turned.append(entry)
            continue
        if not confirmed(args, f"{verb}?"):
            return ExitCode.PROBLEMS
        work, clear = working(verb.lower())
        try:
            turned.append(turn(access, entry, work))
        finally:
            clear()
    count = plural(len(turned), "edit")
    dry = "a dry run: nothing was changed"
    if args.json:
        output.json(
            {
                "done": bool(turned) and not args.dry_run,
                "message": dry if args.dry_run else f"{verb}: {count}",
                "edits": [{"number": e.number, "edit": e.expression} for e in turned],
            }
        )
    elif not turned:
        output.line("There is none to do.")
    else:
        output.line(f"{dry.capitalize()}." if args.dry_run else f"Done: {count}.")
    return ExitCode.DONE
