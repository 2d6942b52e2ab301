"""``open``: the program itself."""

from __future__ import annotations

import argparse
import sys
from typing import TextIO

from omezarr_tui.commands.arguments import add_place
from omezarr_tui.commands.places import node_path
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.settings import load_settings
from omezarr_tui.store.access import open_access
from omezarr_tui.store.location import parse_location

DETAILS = """\
Inside, ? lists the keys that work, and q leaves.

examples:
  omezarr-tui image.ome.zarr
  omezarr-tui folder-of-stores
  omezarr-tui plate.ome.zarr A/1/0 --read-only
  omezarr-tui open ./tree            a store that is called like a command
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    add_place(parser, default=".")
    parser.add_argument("--read-only", action="store_true", help="offer no edit")


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    return open_program(args.location, args.node, read_only=args.read_only)


def open_program(location: str, node: str, *, read_only: bool) -> int:
    """Run the program until the user leaves it.

    Parameters
    ----------
    location, node
        As they were typed.
    read_only
        Offer no edit.

    Raises
    ------
    UserError
        The location cannot be opened, or there is no terminal.
    """
    place = parse_location(location)
    open_access(place)  # before Textual is imported: a mistyped path is told at once
    settings = load_settings()
    # Textual reads keys from the one and draws on the other, whatever standard output is.
    if not (_is_terminal(sys.__stdin__) and _is_terminal(sys.__stderr__)):
        raise UserError(
            "The program needs a terminal",
            "without one there are the commands tree, info, show and export",
            exit_code=ExitCode.USAGE,
        )
    from omezarr_tui.tui.app import run as run_app

    return run_app(place, node_path(node), read_only=read_only, settings=settings)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()
