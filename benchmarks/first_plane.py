"""From opening a store to the first plane on the screen, against plain zarr-python.

The program's side is all that it does: it finds the image and its levels, chooses level and
region for a terminal of 160 × 45 cells, reads, averages the pixels to samples, finds the
contrast and makes the characters. zarr-python's side is `zarr.open_group(path, mode="r")` and
one slice of the same region out of the same array, which it is told; it makes no picture. So
the program does more, and the ratio tells what the whole way costs compared to bare reading.

Each store is written anew: a pyramid of real nuclei, 64 × 2560 × 2560 uint16 at its finest, cut
and compressed in one of the ways that are found in the wild. Chunks lie in the page cache on
both sides; nothing else is kept between runs, except for steps, which are taken one after
another from a plane that was shown, as a user takes them: there the program keeps decoded
chunks and zarr-python, as a rule, does not. Where this zarr has a faster codec pipeline the
program chooses it, and zarr-python keeps its default. Averages take one thread, as in the
program.

Whole processes include Python's start and the imports of each side.

Needs 2 GB of memory, 2 GB of disk and a quarter of an hour; with --size 640 a sixteenth of the
first two and two minutes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import one_thread  # noqa: F401 - it must come before zarr, which imports numpy
import zarr
from measuring import PROGRAM, Contender, Row, Table, alternate, parser, report, timed
from one_plane import How, request_for, stepped, with_program, with_zarr
from stores import CODECS, LAYOUTS, pixels, write_image

ZARR = "zarr-python"
TITLES: dict[How, str] = {
    "fitting": "the whole plane at the level that fits",
    "close": "a part of the finest level, pixel by pixel",
    "finest": "the whole plane of the finest level",
}
_STEPS = 16
_HEAVY_RUNS = 3  # of what takes seconds
_PIPELINE = "codec_pipeline.path"
_DEFAULT_PIPELINE = zarr.config.get(_PIPELINE)
_REPOSITORY = Path(__file__).parent.parent


def main() -> None:
    """Measure, and print."""
    arguments = parser(__doc__, runs=7)
    arguments.add_argument("--size", type=int, default=2560, help="pixels of the finest level")
    arguments.add_argument("--only", default="", help="part of a store's name, as 'sharded, zstd'")
    asked = arguments.parse_args()
    first = {
        how: Table(f"Open, and show {title}", (PROGRAM, ZARR)) for how, title in TITLES.items()
    }
    process = Table(f"The first of these as whole processes, {TITLES['fitting']}", (PROGRAM, ZARR))
    steps = {
        how: Table(f"Step to the next plane, {title}", (PROGRAM, ZARR))
        for how, title in TITLES.items()
    }
    levels = pixels(asked.size)
    with TemporaryDirectory() as folder:
        environment = _environment(Path(folder) / "bytecode")
        for layout, codec in product(LAYOUTS, CODECS):
            name = f"{layout.name}, {codec}"
            if asked.only not in name:
                continue
            path = Path(folder) / "image.ome.zarr"
            write_image(path, levels, layout, codec)
            process.rows.append(Row(name, alternate(_processes(path, environment), asked.runs)))
            for how in TITLES:
                heavy = how == "finest"
                runs = min(asked.runs, _HEAVY_RUNS) if heavy else asked.runs
                first[how].rows.append(Row(name, alternate(_openings(path, how), runs)))
                planes = _HEAVY_RUNS if heavy else _STEPS
                steps[how].rows.append(Row(name, alternate(_steps(path, how), planes)))
            shutil.rmtree(path)
            print(f"measured {name}", file=sys.stderr)
    report([*first.values(), process, *steps.values()], as_json=asked.json)


def _openings(path: Path, how: How) -> dict[str, Contender]:
    array, region = _read_region(path, how)
    return {
        PROGRAM: timed(lambda: with_program(path, how)),
        ZARR: _plain(timed(lambda: with_zarr(path, array, region))),
    }


def _processes(path: Path, environment: dict[str, str]) -> dict[str, Contender]:
    array, region = _read_region(path, "fitting")
    bounds = ",".join(f"{part.start}:{part.stop}" for part in region)
    start = [sys.executable, str(Path(__file__).with_name("one_plane.py"))]
    commands = {
        PROGRAM: [*start, "program", str(path)],
        ZARR: [*start, "zarr", str(path), array, bounds],
    }
    return {
        name: timed(partial(subprocess.run, command, check=True, env=environment))
        for name, command in commands.items()
    }


def _steps(path: Path, how: How) -> dict[str, Contender]:
    """Each run goes one plane further."""
    painter, request = request_for(path, how)
    painter.paint(request)
    sampling = request.sampling()
    with zarr.config.set({_PIPELINE: _DEFAULT_PIPELINE}):
        array: Any = zarr.open_group(path, mode="r")[sampling.array.path]
    _, rows, columns = sampling.region
    middle = sampling.position[0]

    def step(planes: int) -> None:
        painter.paint(stepped(request, planes))

    return {
        PROGRAM: _each(step),
        ZARR: _each(lambda planes: array[middle + planes, rows, columns]),
    }


def _each(step: Callable[[int], object]) -> Contender:
    """A contender whose first run takes a step of 1, the next one of 2, and so on."""
    taken = 0

    def run() -> float:
        nonlocal taken
        taken += 1
        return timed(lambda: step(taken))()

    return run


def _plain(contender: Contender) -> Contender:
    """The contender with zarr's own codec pipeline: the program chose another for itself."""

    def run() -> float:
        with zarr.config.set({_PIPELINE: _DEFAULT_PIPELINE}):
            return contender()

    return run


def _read_region(path: Path, how: How) -> tuple[str, tuple[slice, ...]]:
    """The array that the program reads, and the region of it."""
    _, request = request_for(path, how)
    sampling = request.sampling()
    return sampling.array.path, sampling.region


def _environment(bytecode: Path) -> dict[str, str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(_REPOSITORY),
        "PYTHONPYCACHEPREFIX": str(bytecode),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


if __name__ == "__main__":
    main()
