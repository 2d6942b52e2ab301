"""Measuring side by side: contenders take turns, then medians, quartiles and ratios as a table.

Every benchmark here builds `Table` objects with this module and ends in `report`.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from statistics import median, quantiles
from typing import Any

PROGRAM = "omezarr-tui"
_LIBRARIES = ("textual", "zarr", "numcodecs", "numpy")

Contender = Callable[[], float]
"""Does one run and gives its seconds."""


@dataclass
class Row:
    """One thing that is measured.

    Parameters
    ----------
    what
        In words.
    seconds
        The times of each contender; one that cannot do it has none.
    """

    what: str
    seconds: Mapping[str, Sequence[float]]


@dataclass
class Table:
    """Rows that are measured with the same contenders.

    Parameters
    ----------
    title
        What is compared.
    contenders
        In the order of the columns; the ratio is that of the first to the second.
    """

    title: str
    contenders: tuple[str, str]
    rows: list[Row] = field(default_factory=list)


def timed(work: Callable[[], object]) -> Contender:
    """A contender that does some work in this process."""

    def run() -> float:
        gc.collect()  # what another contender left behind is not this one's to clear
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return run


def alternate(
    contenders: Mapping[str, Contender], runs: int, *, discarded: int = 1
) -> dict[str, list[float]]:
    """Run contenders in turns, so that whatever else the machine does falls on all of them.

    Parameters
    ----------
    contenders
        What to run. The order is reversed in every other round.
    runs
        Rounds that count.
    discarded
        Rounds before them: they fill the page cache and write the bytecode.

    Returns
    -------
    seconds
        The times of each contender.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(-discarded, runs):
        for name in list(contenders)[:: -1 if number % 2 else 1]:
            took = contenders[name]()
            if number >= 0:
                seconds[name].append(took)
    return seconds


def parser(doc: str | None, *, runs: int) -> argparse.ArgumentParser:
    """A command line with what all benchmarks take; `runs` is how many there are unasked."""
    made = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--runs", type=int, default=runs, metavar="N", help=f"rounds, else {runs}")
    made.add_argument("--json", action="store_true", help="print all times as JSON")
    return made


def report(
    tables: Sequence[Table],
    *,
    as_json: bool,
    notes: Sequence[str] = (),
    extra: Mapping[str, Any] | None = None,
) -> None:
    """Print the tables as Markdown, or everything as JSON.

    Parameters
    ----------
    tables
        The tables.
    as_json
        Print JSON.
    notes
        Lines below the tables.
    extra
        What JSON holds in place of the notes.
    """
    machine = this_machine()
    if as_json:
        measured = [
            {
                "title": table.title,
                "rows": [
                    {"what": row.what, "ratio": _ratio(table, row), "seconds": row.seconds}
                    for row in table.rows
                ],
            }
            for table in tables
        ]
        json.dump({"machine": machine, "tables": measured, **(extra or {})}, sys.stdout, indent=1)
        print()
        return
    for table in tables:
        print(f"{table.title}: median (quartiles) in ms\n")
        print(_markdown(table), end="\n\n")
    for note in notes:
        print(note)
    print(", ".join(f"{name} {value}" for name, value in machine.items()))


def this_machine() -> dict[str, Any]:
    """What was measured on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        **{library: version(library) for library in _LIBRARIES},
    }


def _markdown(table: Table) -> str:
    lines = [["", *table.contenders, "ratio"]]
    for row in table.rows:
        ratio = _ratio(table, row)
        cells = [_spread(row.seconds.get(name, ())) for name in table.contenders]
        lines.append([row.what, *cells, "" if ratio is None else _factor(ratio)])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, [f"{'':-<{widths[0]}}", *(f"{'':->{width - 1}}:" for width in widths[1:])])
    return "\n".join(
        f"| {first:<{widths[0]}} | "
        + " | ".join(f"{cell:>{width}}" for cell, width in zip(rest, widths[1:], strict=True))
        + " |"
        for first, *rest in lines
    )


def _ratio(table: Table, row: Row) -> float | None:
    ours, theirs = (row.seconds.get(name) for name in table.contenders)
    return median(ours) / median(theirs) if ours and theirs else None


def _spread(seconds: Sequence[float]) -> str:
    if not seconds:
        return "–"
    if len(seconds) < 3:
        return _milliseconds(median(seconds))
    low, _, high = quantiles(seconds, method="inclusive")
    return f"{_milliseconds(median(seconds))} ({_milliseconds(low)}–{_milliseconds(high)})"


def _factor(ratio: float) -> str:
    return f"{ratio:.2f} ×" if ratio >= 1 else f"{ratio:.2g} ×"


def _milliseconds(seconds: float) -> str:
    """Whole milliseconds, or two digits where there are fewer than ten."""
    value = seconds * 1000
    return f"{value:.{0 if value >= 10 else 1 if value >= 1 else 2}f}"
