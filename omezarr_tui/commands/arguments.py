"""Arguments that several commands share."""

from __future__ import annotations

import argparse


def add_place(parser: argparse.ArgumentParser, *, default: str | None = None) -> None:
    """Add LOCATION, with a default where there is one, and NODE."""
    parser.add_argument(
        "location",
        metavar="LOCATION",
        nargs=None if default is None else "?",
        default=default,
        help="the path of a store, or of a folder of stores"
        + ("" if default is None else f"; without it {default}"),
    )
    parser.add_argument(
        "node",
        metavar="NODE",
        nargs="?",
        default="",
        help="the path of a node inside of it, such as labels/nuclei; without it the root",
    )


def add_level(parser: argparse.ArgumentParser, without: str) -> None:
    """Add ``--level``, and say what counts without it."""
    parser.add_argument(
        "--level",
        type=count,
        metavar="N",
        help=f"the level of an image, 0 is the finest; without it {without}",
    )


def count(text: str) -> int:
    """A whole number from 0 up."""
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)
