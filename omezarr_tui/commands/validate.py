"""``validate``: what is wrong with a store, or with bare documents of attributes."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from omezarr_tui.commands.arguments import add_access, add_place, place_of
from omezarr_tui.commands.findings import print_findings, wrapped
from omezarr_tui.commands.output import Output, Progress, strict
from omezarr_tui.commands.places import node_path
from omezarr_tui.errors import ExitCode, UserError, explain
from omezarr_tui.ome.validate.closing import closing_sentence, full_message
from omezarr_tui.ome.validate.documents import validate_document
from omezarr_tui.ome.validate.finding import Finding, is_valid
from omezarr_tui.ome.validate.finding_json import finding_json
from omezarr_tui.ome.validate.store import Report, validate_store
from omezarr_tui.settings import load_settings
from omezarr_tui.store.access import Access, open_access
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.node import Broken, Node
from omezarr_tui.store.opening import find_node
from omezarr_tui.text import plural, visible

DETAILS = """\
Errors break what the specification of OME-Zarr, or of Zarr, demands: the store is not valid.
Warnings break what it recommends, and count under --strict. Advice never does. Where a node
lacks what many others lack too, it is told once for all of them.

JSON: one object with the keys valid, message and findings. Each finding has rule, severity,
node, pointer (a JSON pointer into the attributes of the node, or into its document where the
rule speaks of Zarr), found, says, section and fix (null, or what it would change). Of a store
that cannot be opened, valid is false, message says why, and there are no findings.

With --attributes no store is opened: each FILE is a JSON document of the attributes of a
group, and gets one line of JSON with the keys file, valid and findings.

exit codes: 0 valid, 1 not valid, 3 it cannot be opened or read

examples:
  omezarr-tui validate image.ome.zarr
  omezarr-tui validate plate.ome.zarr A/1 --strict
  omezarr-tui validate image.ome.zarr --json | jq '.findings[].rule'
  omezarr-tui validate --attributes .zattrs zarr.json
"""

_QUIET, _GOOD, _WRONG = "2", "32", "31"
_WIDTH, _WIDEST = 80, 100  # cells of a line: in a pipe, and on the widest terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    add_place(parser, optional="--attributes is needed")
    add_access(parser)
    parser.add_argument(
        "--attributes",
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="judge JSON documents of attributes instead of a store",
    )
    parser.add_argument("--strict", action="store_true", help="count warnings as errors")
    parser.add_argument(
        "--recursive",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="judge all that lies below too, which it does anyway, or the node alone",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    if bool(args.attributes) == bool(args.location):
        raise UserError(
            "LOCATION or --attributes FILE is needed, and not both",
            "see: omezarr-tui validate --help",
            exit_code=ExitCode.USAGE,
        )
    if args.attributes:
        return validate_attribute_files(args.attributes, be_strict=args.strict)
    try:
        access, top = _open(args)
    except (UserError, OSError) as error:
        told = error if isinstance(error, UserError) else UserError(explain(error))
        if not args.json or told.exit_code == ExitCode.USAGE:
            raise
        message = ": ".join(filter(None, [told.what, told.why]))
        Output().json({"valid": False, "message": message, "findings": []})
        return told.exit_code
    return validate(access, top, recursive=args.recursive, be_strict=args.strict, as_json=args.json)


def validate(
    access: Access, top: Node, *, recursive: bool, be_strict: bool, as_json: bool
) -> ExitCode:
    """Judge a node and, as a rule, all below it, and print what was found.

    Parameters
    ----------
    access
        The store.
    top
        The node, which may be broken.
    recursive
        Judge what lies below it too.
    be_strict
        Count warnings as errors.
    as_json
        Print JSON, else lines for people.

    Returns
    -------
    code
        `ExitCode.PROBLEMS` where it is not valid.
    """
    name = access.location.name
    line = Progress()
    try:
        report = validate_store(
            access,
            top,
            recursive=recursive,
            progress=lambda nodes, _: line.tell(
                f"checking {visible(name)}: {plural(nodes, 'node')}"
            ),
        )
    finally:
        line.clear()
    is_fine = is_valid(list(report.findings), strict=be_strict)
    output = Output()
    if as_json:
        message = full_message(report, strict=be_strict)
        findings = [finding_json(finding) for finding in report.findings]
        output.json({"valid": is_fine, "message": message, "findings": findings})
    else:
        _print(output, name, report, is_fine=is_fine, be_strict=be_strict)
    return ExitCode.DONE if is_fine else ExitCode.PROBLEMS


def validate_attribute_files(files: Sequence[str], *, be_strict: bool) -> ExitCode:
    """Judge documents of attributes, and print a line of JSON for each.

    Parameters
    ----------
    files
        Their paths.
    be_strict
        Count warnings as errors.

    Returns
    -------
    code
        `ExitCode.UNREADABLE` where one cannot be read, else `ExitCode.PROBLEMS` where one is
        not valid.
    """
    output, codes = Output(), [ExitCode.DONE]
    for file in files:
        try:
            findings = validate_document(Path(file).read_bytes())
            is_fine = is_valid(findings, strict=be_strict)
            codes.append(ExitCode.DONE if is_fine else ExitCode.PROBLEMS)
        except OSError as error:
            findings, is_fine = [_unreadable(error)], False
            codes.append(ExitCode.UNREADABLE)
        told = [finding_json(finding) for finding in findings]
        line = strict({"file": file, "valid": is_fine, "findings": told})
        output.line(json.dumps(line, allow_nan=False).replace("\x7f", "\\u007f"))
    return max(codes)


def _unreadable(error: OSError) -> Finding:
    found = f"It cannot be read: {explain(error)}."
    says = "What cannot be read cannot be judged."
    return Finding("document.file", "error", "", "", found, says, "JSON (RFC 8259)")


def _open(args: argparse.Namespace) -> tuple[Access, Node]:
    """The store and the node; one whose document is broken is judged as well."""
    access = open_access(*place_of(args, load_settings()))
    path = node_path(args.node)
    access.list_soon(path)
    node = read_node(access, path)
    if isinstance(node, Broken) and node.reason != "cannot be read" and not access.denied:
        return access, node
    return access, find_node(access, path)


def _print(output: Output, name: str, report: Report, *, is_fine: bool, be_strict: bool) -> None:
    width = min(shutil.get_terminal_size().columns, _WIDEST) if output.is_terminal else _WIDTH
    print_findings(output, name, report.findings, width)
    for sentence in report.unchecked:
        for line in wrapped(sentence, width):
            output.line(output.styled(line, _QUIET))
    closing = closing_sentence(report, strict=be_strict)
    for line in wrapped(closing, width):
        output.line(output.styled(line, _GOOD if is_fine else _WRONG))
