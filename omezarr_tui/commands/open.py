"""``open``: the program itself."""

from __future__ import annotations

import argparse
import sys
from typing import TextIO

from omezarr_tui.commands.arguments import add_access, add_place, options_of, place_of
from omezarr_tui.commands.places import node_path
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.settings import Settings, load_settings
from omezarr_tui.store.access import Options, open_access
from omezarr_tui.store.location import Location

DETAILS = """\
Inside, ? lists the keys that work, and q leaves.

examples:
  omezarr-tui                        choose among recent stores and the folders around
  omezarr-tui image.ome.zarr
  omezarr-tui folder-of-stores
  omezarr-tui s3://bucket/image.ome.zarr
  omezarr-tui plate.ome.zarr A/1/0 --read-only
  omezarr-tui open ./tree            a store that is called like a command
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    add_place(parser, optional="one is chosen on the screen")
    add_access(parser)
    parser.add_argument("--read-only", action="store_true", help="offer no edit")


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    settings = load_settings()
    if args.location is None:
        return open_program(None, options_of(args), "", settings)
    return open_program(*place_of(args, settings), node_path(args.node), settings)


def open_program(location: Location | None, options: Options, node: str, settings: Settings) -> int:
    """Run the program until the user leaves it.

    Parameters
    ----------
    location
        What to open; None where the user is to choose.
    options
        How.
    node
        The path of the node to show first; empty for the root.
    settings
        The user's.

    Raises
    ------
    UserError
        The location cannot be opened, or there is no terminal.
    """
    if location is not None and location.is_local:
        open_access(location, options)  # a mistyped path is told before Textual is imported
    # Textual reads keys from the one and draws on the other, whatever standard output is.
    if not (_is_terminal(sys.__stdin__) and _is_terminal(sys.__stderr__)):
        raise UserError(
            "The program needs a terminal",
            "without one there are the commands tree, info, show and export",
            exit_code=ExitCode.USAGE,
        )
    from omezarr_tui.tui.app import run as run_app

    return run_app(location, options, node, settings)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()
