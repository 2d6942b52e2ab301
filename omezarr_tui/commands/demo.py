"""``demo``: a small store of real images, and the program on it."""

from __future__ import annotations

import argparse
from pathlib import Path

from omezarr_tui.commands.open import open_program
from omezarr_tui.errors import ExitCode, UserError, explain
from omezarr_tui.settings import load_settings
from omezarr_tui.store.access import Options
from omezarr_tui.store.location import parse_location

DETAILS = """\
The folder must be new or empty, or one that this command filled before; what is in it then
stays as it is, edits included. Its NOTICE.md says where the images come from.

examples:
  omezarr-tui demo
  omezarr-tui demo ~/omezarr-demo
"""
_FOLDER = "omezarr-demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    parser.add_argument(
        "folder",
        metavar="FOLDER",
        nargs="?",
        default=_FOLDER,
        help=f"where to write it; without it ./{_FOLDER}",
    )


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    return demo(args.folder)


def demo(folder: str) -> int:
    """Write the sample stores, unless they are there, and open their folder.

    Parameters
    ----------
    folder
        As it was typed.

    Raises
    ------
    UserError
        The folder holds something else, or cannot be written, or there is no terminal.
    """
    from omezarr_tui.demo import write_demo

    try:
        write_demo(Path(folder).expanduser())
    except OSError as error:
        in_use = isinstance(error, FileExistsError)
        raise UserError(
            f"The sample stores were not written to {folder}",
            explain(error),
            exit_code=ExitCode.USAGE if in_use else ExitCode.UNREADABLE,
        ) from error
    return open_program(parse_location(folder), Options(), "", load_settings())
