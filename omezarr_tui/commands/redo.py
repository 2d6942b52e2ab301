"""``redo``: make again what was undone last, byte for byte."""

from __future__ import annotations

import argparse

from omezarr_tui.commands.turning import add_turning, turn_several
from omezarr_tui.edit.apply import redo
from omezarr_tui.edit.journal import Journal

DETAILS = """\
An edit that was undone can be made again until another edit is made.

exit codes: 0 done, 1 not confirmed, 3 it was not made again

examples:
  omezarr-tui redo image.ome.zarr
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    add_turning(parser, "redo")


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    return turn_several(args, "Make again", Journal.to_redo, redo)
