"""What all commands that change a store share: the plan is shown, confirmed, and carried out."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable
from typing import Any

from omezarr_tui.commands.arguments import add_access, place_of
from omezarr_tui.commands.findings import wrapped
from omezarr_tui.commands.output import Output, Progress
from omezarr_tui.commands.places import node_path
from omezarr_tui.edit.apply import apply_plan
from omezarr_tui.edit.around import Around, around
from omezarr_tui.edit.differences import differences
from omezarr_tui.edit.entry import Entry
from omezarr_tui.edit.journal import Journal
from omezarr_tui.edit.keys import ABSENT
from omezarr_tui.edit.operation import Edit
from omezarr_tui.edit.plan import Plan, plan_edit
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import ExitCode, UserError, explain
from omezarr_tui.settings import load_settings
from omezarr_tui.store.access import Access, open_access
from omezarr_tui.store.opening import open_root
from omezarr_tui.store.root import is_store
from omezarr_tui.text import visible

EDITING = """\
Nothing is written before it is confirmed: the plan is printed, and asked about where a person
is there to answer; in a script --yes confirms. Every edit is kept in a journal: see the
commands history, undo and redo.
"""

_QUIET, _GOOD = "2", "32"
_SIGNS = {"-": "31", "+": "32", " ": _QUIET, "@": _QUIET}
_MOST_LINES = 200  # of a document's difference
_WIDTH, _WIDEST = 80, 100
_YES = ("y", "yes")


def add_editing(parser: argparse.ArgumentParser) -> None:
    """Add what all edits have: LOCATION is there already."""
    parser.set_defaults(read_only=False)
    add_answers(parser)
    add_access(parser)


def add_answers(parser: argparse.ArgumentParser) -> None:
    """Add how a command that changes a store asks and answers."""
    parser.add_argument("--dry-run", action="store_true", help="print the plan, and change nothing")
    parser.add_argument("--yes", action="store_true", help="do it without asking")
    parser.add_argument("--json", action="store_true", help="print JSON; it never asks")


def open_around(args: argparse.Namespace, node: str = "") -> tuple[Around, str]:
    """The store around what LOCATION and NODE name, and the node's path from its root.

    Raises
    ------
    UserError
        There is none, or it cannot be read.
    """
    access = open_access(*place_of(args, load_settings()))
    path = node_path(node)
    try:
        (documents,) = access.documents([""], None)
        if isinstance(documents, OSError):
            raise documents
        if not documents and (access.denied or not path):
            open_root(access)  # which tells what is there instead
        store = around(access, path)
    except OSError as error:
        raise UserError(f"{access.location.url} cannot be read", explain(error)) from error
    inside = store.from_root(path)
    if inside is None:
        raise UserError(f"{visible(path)} is in no store", "name a node inside of one")
    return store, inside


def open_journal(args: argparse.Namespace, node: str = "") -> tuple[Access, Journal]:
    """The store around what LOCATION and NODE name, at its root, and its journal.

    Raises
    ------
    UserError
        There is none, or it cannot be read.
    """
    store, _ = open_around(args, node)
    journal = Journal(store.access.location)
    if not journal.folder.exists() and not is_store(store.access):
        name = store.access.location.name
        raise UserError(f"{name} is no store", "name a store, or a node inside of one")
    return store.access, journal


def carry_out(args: argparse.Namespace, access: Access, edit: Edit) -> int:
    """Plan an edit, show the plan, ask, and make it.

    Parameters
    ----------
    args
        With what `add_editing` added.
    access
        The store, at its root.
    edit
        What is wanted.

    Returns
    -------
    code
        `ExitCode.PROBLEMS` where it was not confirmed.
    """
    output, line = Output(), Progress()
    try:
        plan = plan_edit(access, edit, _work(line, "planning"))
    finally:
        line.clear()
    if not args.json:
        _print_plan(output, plan)
    if plan.is_empty:
        if args.json:
            output.json(plan_json(plan, None, f"nothing would change: {plan.why_empty}"))
        else:
            output.line(f"Nothing would change: {plan.why_empty}.")
        return ExitCode.DONE
    if args.dry_run:
        if args.json:
            output.json(plan_json(plan, None, "a dry run: nothing was changed"))
        else:
            output.line("A dry run: nothing was changed.")
        return ExitCode.DONE
    if not confirmed(args, "Write it?"):
        return ExitCode.PROBLEMS
    try:
        entry = apply_plan(access, plan, _work(line, "writing"))
    finally:
        line.clear()
    if args.json:
        output.json(plan_json(plan, entry, "done"))
    else:
        told = f"Done: {entry.expression}. Edit {entry.number} of this store; undo takes it back."
        output.line(output.styled(told, _GOOD))
    return ExitCode.DONE


def confirmed(args: argparse.Namespace, question: str) -> bool:
    """Whether the user says yes; a script says it with ``--yes``.

    Raises
    ------
    UserError
        There is nobody to ask.
    """
    if args.yes:
        return True
    if args.json or not (sys.stdin and sys.stdin.isatty()):
        raise UserError(
            "Nothing was changed: it was not confirmed",
            "--yes confirms, --dry-run prints the plan alone",
            exit_code=ExitCode.USAGE,
        )
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() in _YES:
        return True
    Output().line("Nothing was changed.")
    return False


def working(doing: str) -> tuple[Work, Callable[[], None]]:
    """Work that a line on standard error tells of, and what takes the line away."""
    line = Progress()
    return _work(line, doing), line.clear


def plan_json(plan: Plan, entry: Entry | None, message: str) -> dict[str, Any]:
    """What ``--json`` tells of an edit."""
    return {
        "done": entry is not None,
        "message": message,
        "edit": plan.edit.expression,
        "node": plan.edit.path,
        "store": plan.store,
        "facts": [{"name": name, "value": value} for name, value in plan.facts()],
        "moves": [{"from": old, "to": new} for old, new in plan.staged.moves],
        "changes": [
            {
                "key": key,
                "before_bytes": None if known.digest == ABSENT else known.nbytes,
                "after_bytes": None if staging.digest == ABSENT else staging.nbytes,
            }
            for key, (known, staging) in plan.staged.changes().items()
        ],
        "number": None if entry is None else entry.number,
    }


def _work(line: Progress, doing: str) -> Work:
    return Work(lambda done, total: line.tell(f"{doing}: {done:,} of {total:,}"))


def _print_plan(output: Output, plan: Plan) -> None:
    width = min(shutil.get_terminal_size().columns, _WIDEST) if output.is_terminal else _WIDTH
    output.line(plan.edit.expression)
    if plan.sentence != plan.edit.expression:
        output.line(plan.sentence)
    facts = plan.facts()
    column = max(len(name) for name, _ in facts) + 4
    for name, value in facts:
        first = f"  {output.styled(name, _QUIET)}{' ' * (column - 2 - len(name))}"
        lines = wrapped(value, width - column)
        for number, text in enumerate(lines or [""]):
            output.line(f"{' ' * column if number else first}{text}")
    for difference in differences(plan):
        if not difference.lines:
            continue
        kind = " (new)" if difference.is_new else " (removed)" if difference.is_gone else ""
        output.line()
        output.line(f"{visible(difference.key)}{kind}")
        for shown in difference.lines[:_MOST_LINES]:
            text = "  ⋯" if shown.sign == "@" else f"{shown.sign} {shown.text}"
            output.line(output.styled(text, _SIGNS[shown.sign]))
        left = len(difference.lines) - _MOST_LINES
        if left > 0:
            output.line(f"  and {left:,} more lines")
    output.line()
