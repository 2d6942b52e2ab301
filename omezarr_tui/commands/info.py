"""``info``: what is known of one node, as labelled facts or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from omezarr_tui.commands.arguments import add_access, add_place
from omezarr_tui.commands.output import Output, Progress
from omezarr_tui.commands.places import Place, open_place
from omezarr_tui.errors import ExitCode
from omezarr_tui.ome.describe import facts_of, stored_facts
from omezarr_tui.ome.describe_json import facts_json
from omezarr_tui.ome.discover import Image, image_of
from omezarr_tui.ome.fact import Fact
from omezarr_tui.ome.model import SeriesList
from omezarr_tui.ome.series import series_of
from omezarr_tui.store.node import Array
from omezarr_tui.store.stored import Stored, measure_stored
from omezarr_tui.text import format_bytes, padded, plural, visible

DETAILS = """\
With --complete it counts what is stored: all chunks are listed, and the index of each shard
is read. Of an image each level is counted, of any other group all keys below it.

JSON is strict: numbers that are not finite are the texts "NaN", "Infinity" and "-Infinity".

examples:
  omezarr-tui info image.ome.zarr
  omezarr-tui info image.ome.zarr s0 --complete
  omezarr-tui info image.ome.zarr --json | jq '.image.axes'
"""

_BOLD, _QUIET, _WRONG = "1", "2", "33"
# A note tells what had to be guessed; every other warning is a problem of the store.
_NO_PROBLEM = "note"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    add_place(parser)
    add_access(parser)
    parser.add_argument(
        "--complete", action="store_true", help="count the chunks and bytes that are stored"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, nothing rounded")


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    return info(open_place(args), complete=args.complete, as_json=args.json)


@dataclass(frozen=True, slots=True)
class _Measured:
    """What ``--complete`` counts.

    Parameters
    ----------
    array
        Of an array, what is stored of it.
    levels
        Of an image, what is stored of each readable level.
    below
        Of any other group, keys and bytes of all that lies below it.
    """

    array: Stored | None = None
    levels: dict[int, Stored] = field(default_factory=dict)
    below: tuple[int, int] | None = None


def info(place: Place, *, complete: bool, as_json: bool) -> ExitCode:
    """Print what is known of a node.

    Parameters
    ----------
    place
        What is asked for.
    complete
        Count also what is stored: that lists all chunks, and reads the index of each shard.
    as_json
        Print JSON, else lines for people.

    Returns
    -------
    code
        `ExitCode.PROBLEMS` where a fact tells of something wrong.
    """
    image = image_of(place.access, place.node)
    series = series_of(place.access, place.node)
    measured = _measure(place, image) if complete else _Measured()
    output = Output()
    facts = facts_of(place.node, image, measured.array, series)
    facts += _measured_facts(image, measured)
    if as_json:
        output.json(_told(place, image, measured, series))
    else:
        _print(output, place, facts)
    wrong = any(fact.warning and fact.label != _NO_PROBLEM for fact in facts)
    return ExitCode.PROBLEMS if wrong else ExitCode.DONE


def _measure(place: Place, image: Image | None) -> _Measured:
    progress = Progress()

    def telling(name: str) -> Callable[[int, int], None]:
        return lambda count, nbytes: progress.tell(
            f"counting {name}: {plural(count, 'object')}, {format_bytes(nbytes)}"
        )

    try:
        if isinstance(place.node, Array):
            told = telling(place.name)
            return _Measured(array=measure_stored(place.access, place.node, progress=told))
        if image is not None:
            levels = {}
            for number in image.readable:
                array = image.levels[number]
                assert isinstance(array, Array)
                told = telling(visible(array.path))
                levels[number] = measure_stored(place.access, array, progress=told)
            return _Measured(levels=levels)
        told, count, total = telling(place.name), 0, 0
        for _, nbytes in place.access.keys_below(place.node.path):
            count, total = count + 1, total + nbytes
            told(count, total)
        return _Measured(below=(count, total))
    finally:
        progress.clear()


def _measured_facts(image: Image | None, measured: _Measured) -> list[Fact]:
    """What was counted of a group; an array's own counts are among its facts."""
    facts = []
    if measured.below is not None:
        count, nbytes = measured.below
        told = f"{plural(count, 'key')} below, {format_bytes(nbytes)}, documents included"
        facts.append(Fact("stored", told))
    for number, stored in measured.levels.items():
        assert image is not None
        array = image.levels[number]
        assert isinstance(array, Array)
        of_level = stored_facts(array, stored)
        values = [fact.value for fact in of_level if not fact.warning]
        facts.append(Fact("" if facts else "stored", f"{number}  {'; '.join(values)}"))
        facts += [fact for fact in of_level if fact.warning]
    return facts


def _told(
    place: Place, image: Image | None, measured: _Measured, series: SeriesList | None
) -> dict[str, Any]:
    told: dict[str, Any] = facts_json(place.node, image, measured.array, series)
    if measured.levels:
        assert image is not None
        told["stored_levels"] = [
            {
                "path": image.multiscale.levels[number].path,
                **facts_json(image.levels[number], None, stored)["stored"],
            }
            for number, stored in measured.levels.items()
        ]
    if measured.below is not None:
        told["stored_below"] = dict(zip(("keys", "nbytes"), measured.below, strict=True))
    return told


def _print(output: Output, place: Place, facts: list[Fact]) -> None:
    output.line(output.styled(place.name, _BOLD))
    width = max(len(fact.label) for fact in facts)
    for fact in facts:
        value = fact.value
        if fact.color:
            red, green, blue = bytes.fromhex(fact.color)
            swatch = output.styled("■ ", f"38;2;{red};{green};{blue}") if output.color else ""
            value = f"{swatch}{value}  #{fact.color}"
        elif fact.warning:
            value = output.styled(value, _WRONG)
        output.line(f"  {output.styled(padded(fact.label, width), _QUIET)}  {value}")
    if attributes := place.node.attributes:
        output.line()
        output.line(output.styled("attributes", _QUIET))
        for line in json.dumps(attributes, indent=2, ensure_ascii=False).splitlines():
            output.line(f"  {visible(line)}")
