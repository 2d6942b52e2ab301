"""``set``: change pixels: fill, add, multiply, limit, replace, where a condition holds."""

from __future__ import annotations

import argparse
import re
from typing import Any

from omezarr_tui.commands.editing import EDITING
from omezarr_tui.commands.pixels import PIXELS, Target, add_pixels, edit_pixels, find_target
from omezarr_tui.commands.places import node_path
from omezarr_tui.edit.changes import Arithmetic, Change, Clip, Fill, Number, Replace
from omezarr_tui.edit.conditions import Condition, parse_condition
from omezarr_tui.edit.image_edit import edited_image
from omezarr_tui.edit.labels_below import LabelsOver
from omezarr_tui.edit.pixel_form import number_of, replaced_values
from omezarr_tui.edit.value import parse_value
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.text import visible

DETAILS = f"""\
{PIXELS}
A condition compares value with numbers, joined by and, or, not: "value > 4000",
"100 <= value < 200", "value == nan". With --labels the id that a label image has there is
called label: "label in 3, 5".

Label images: --replace 7=3 gives a label another number, or merges it into 3; --replace 7=0
deletes it.

{EDITING}
exit codes: 0 done, 1 not confirmed, 2 usage, 3 it cannot be done

examples:
  omezarr-tui set image.ome.zarr / z=1000 --value 0
  omezarr-tui set image.ome.zarr / c=0 --where 'value > 4000' --value 4000
  omezarr-tui set image.ome.zarr / t=3,y=0:10 --add -100 --saturate
  omezarr-tui set image.ome.zarr / --labels labels/nuclei --where 'label == 7' --value 0
  omezarr-tui set image.ome.zarr labels/nuclei --replace 7=3 --replace 9=0
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    add_pixels(parser)
    parser.add_argument("--value", metavar="V", help="fill with this value")
    parser.add_argument("--multiply", metavar="F", type=_number, help="multiply by this number")
    parser.add_argument("--add", metavar="D", type=_number, help="add this number")
    parser.add_argument(
        "--saturate", action="store_true", help="results that do not fit stop at the type's ends"
    )
    parser.add_argument("--min", metavar="LOW", type=_number, help="values below become this one")
    parser.add_argument("--max", metavar="HIGH", type=_number, help="values above become this one")
    parser.add_argument(
        "--replace",
        metavar="OLD=NEW",
        action="append",
        default=[],
        help="values that are OLD become NEW; repeatable",
    )
    parser.add_argument("--where", metavar="CONDITION", help="only where this holds")
    parser.add_argument("--labels", metavar="NODE", help="the label image that conditions speak of")


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    change_of = _wanted(args)
    target = find_target(args)
    return edit_pixels(args, target, change_of(args, target), where=_condition(args, target))


def _wanted(args: argparse.Namespace) -> Any:
    """What makes the change that was asked for; there must be one."""
    asked = {
        _fill: args.value is not None,
        _arithmetic: args.add is not None or args.multiply is not None,
        _clip: args.min is not None or args.max is not None,
        _replace: bool(args.replace),
    }
    found = [make for make, is_asked in asked.items() if is_asked]
    if len(found) != 1:
        ways = "of --value, --add and --multiply, --min and --max, and --replace"
        raise UserError(
            f"Only one {ways} can be done at a time" if found else f"One {ways} is needed",
            "see: omezarr-tui set --help",
            exit_code=ExitCode.USAGE,
        )
    return found[0]


def _fill(args: argparse.Namespace, target: Target) -> Change:
    return Fill(_value(args.value, target))


def _arithmetic(args: argparse.Namespace, target: Target) -> Change:
    multiply = 1 if args.multiply is None else args.multiply
    return Arithmetic(args.add or 0, multiply, args.saturate)


def _clip(args: argparse.Namespace, target: Target) -> Change:
    return Clip(args.min, args.max)


def _replace(args: argparse.Namespace, target: Target) -> Change:
    try:
        pairs = replaced_values(args.replace, target.array)
    except ValueError as error:
        raise UserError(
            "--replace is not understood", str(error), exit_code=ExitCode.USAGE
        ) from error
    return Replace(pairs)


def _value(text: str, target: Target) -> Any:
    try:
        return parse_value(text, target.array.dtype)
    except ValueError as error:
        what = f"{visible(text, 40)!r} is no value of this array"
        raise UserError(what, str(error), exit_code=ExitCode.USAGE) from error


def _condition(args: argparse.Namespace, target: Target) -> Condition | None:
    if args.labels is not None and not re.search(r"\blabel\b", args.where or ""):
        raise UserError(
            "--labels says nothing: no condition speaks of a label",
            "say which label, as in --where 'label == 7'",
            exit_code=ExitCode.USAGE,
        )
    if args.where is None:
        return None
    labels = None
    if args.labels is not None:
        image, _ = edited_image(target.access, node_path(args.labels))
        labels = LabelsOver(target.image, target.level, image)
    try:
        return parse_condition(args.where, labels)
    except ValueError as error:
        what = f"{visible(args.where, 60)!r} is no condition"
        raise UserError(what, str(error), exit_code=ExitCode.USAGE) from error


def _number(text: str) -> Number:
    try:
        return number_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
