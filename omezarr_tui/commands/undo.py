"""``undo``: take back what was edited last, byte for byte."""

from __future__ import annotations

import argparse

from omezarr_tui.commands.turning import add_turning, turn_several
from omezarr_tui.edit.apply import undo
from omezarr_tui.edit.journal import Journal

DETAILS = """\
An edit is taken back only where everything that it changed is still as it left it: what
somebody else changed since is never overwritten.

exit codes: 0 done, 1 not confirmed, 3 it was not undone

examples:
  omezarr-tui undo image.ome.zarr
  omezarr-tui undo image.ome.zarr 3 --yes        the last three edits
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    add_turning(parser, "undo")


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    return turn_several(args, "Undo", Journal.to_undo, undo)
