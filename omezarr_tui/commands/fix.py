"""``fix``: mend what the validator finds, where that can be done by itself."""

from __future__ import annotations

import argparse
from posixpath import commonpath

from omezarr_tui.commands.editing import EDITING, add_editing, carry_out, open_around
from omezarr_tui.commands.output import Output
from omezarr_tui.edit.documents_edit import DocumentsEdit
from omezarr_tui.edit.together import together
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.ome.validate.store import validate_store
from omezarr_tui.store.opening import find_node
from omezarr_tui.text import listed, plural, visible

DETAILS = f"""\
Findings whose mending takes a person's judgement have no fix, and stay. See validate.

{EDITING}
exit codes: 0 done, or nothing to do, 1 not confirmed, 2 usage, 3 it cannot be done

examples:
  omezarr-tui fix image.ome.zarr --dry-run
  omezarr-tui fix image.ome.zarr --rule axes.unit
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    parser.add_argument("location", metavar="LOCATION", help="the path or URL of a store")
    parser.add_argument("node", metavar="NODE", nargs="?", default="", help="the path of a node")
    parser.add_argument(
        "--rule",
        metavar="ID",
        action="append",
        default=[],
        help="only what this rule found, as validate --json names it; repeatable",
    )
    add_editing(parser)


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    store, path = open_around(args, args.node)
    report = validate_store(store.access, find_node(store.access, path))
    with_fix = [finding for finding in report.findings if finding.fix is not None]
    rules = {finding.rule for finding in with_fix}
    if unknown := [rule for rule in args.rule if rule not in rules]:
        known = f"these have one: {listed(sorted(rules))}" if rules else "none has one here"
        raise UserError(
            f"No finding of {visible(listed(unknown))} has a fix",
            known,
            exit_code=ExitCode.USAGE,
        )
    wanted = [f for f in with_fix if not args.rule or f.rule in args.rule]
    if not wanted:
        told = f"{plural(len(report.findings), 'finding')}, none of which mends itself"
        if args.json:
            Output().json({"done": False, "message": told, "changes": []})
        else:
            Output().line(f"Nothing to do: {told}.")
        return ExitCode.DONE
    fix = together([finding.fix for finding in wanted if finding.fix is not None])
    title = f"{fix.title[:1].upper()}{fix.title[1:]}"
    nodes = [change.node for change in fix.changes]
    return carry_out(args, store.access, DocumentsEdit(fix.changes, title, commonpath(nodes)))
