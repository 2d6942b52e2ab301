"""Looking at planes: the reading that a preview waits for, beside tensorstore and zarr-python.

Each store is written anew: a pyramid of real nuclei, uint16, cut and compressed in one of the
ways that are found in the wild. Of the finest level only the planes around the middle are
written: nothing here reads others. Chunks lie in the page cache on all sides; nothing else is
kept between runs, except for steps.

First planes: the program opens an array and reads the plane that a terminal of 160 × 45 needs;
tensorstore opens the same array and reads the same region of it. Once for half-blocks, with
the averages that make samples of it, and once for true pixels of a finer level, without. The
program does it with zarr-python alone, and with tensorstore as the extra [fast].

Steps: 63 planes inside of chunks of 64³, to samples, beside `zarr_array[z, region]` by itself;
for half-blocks and for true pixels.

The event loop: how late a clock of 1 ms comes while the real app reads level after level.

A prefetched step: from the key until the picture of the next plane is painted, in the app.

Memory: of a process that roams a virtual terabyte, of which one part in four is written.

Needs 6 GB of memory, 3 GB of disk and some 20 minutes; --quick takes a sixty-fourth of the
pixels. What was measured is told as soon as it is there; the tables come at the end.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import one_thread  # noqa: F401 - it must come before zarr, which imports numpy
import preview_app
import tensorstore
import zarr
from measuring import PROGRAM, Contender, Row, Table, alternate, parser, report, timed
from stores import CODECS, LAYOUTS, Layout, pixels, write_image

from omezarr_tui.image.reader import Reader
from omezarr_tui.image.sampling import Sampling, choose_sampling
from omezarr_tui.image.view import first_view
from omezarr_tui.ome.discover import image_of
from omezarr_tui.store import fast
from omezarr_tui.store.access import Access, Options, open_access
from omezarr_tui.store.location import Location
from omezarr_tui.store.opening import find_node

THEIRS = "tensorstore"
ROOMS = {"half-blocks": (74, 98, 1.0), "true pixels": (592, 784, 1.0)}
_PIPELINE = "codec_pipeline.path"
_DEFAULT_PIPELINE = zarr.config.get(_PIPELINE)
_STEPPED = Layout((64, 64, 64))
_MOST_OF_PIXELS = 1.1  # of what a store takes, beside its pixels


def main() -> None:
    """Measure, and print."""
    arguments = parser(__doc__, runs=9)
    arguments.add_argument("--quick", action="store_true", help="640 pixels instead of 2560")
    arguments.add_argument("--depth", type=int, default=256, help="planes, else 256")
    arguments.add_argument("--only", default="", help="part of a store's name, as 'sharded, zstd'")
    arguments.add_argument("--folder", type=Path, help="where stores are written for the moment")
    asked = arguments.parse_args()
    levels = pixels(640 if asked.quick else 2560, 64 if asked.quick else asked.depth)
    middle = len(levels[0]) // 2
    finest = range(middle, middle + 64)
    first = {
        (room, is_fast): Table(
            f"First plane, {room}, {'with the extra [fast]' if is_fast else 'zarr-python alone'}",
            (PROGRAM, THEIRS),
        )
        for room, is_fast in product(ROOMS, (False, True))
    }
    steps = {
        room: Table(f"63 steps inside of chunks of 64³, {room}", (PROGRAM, "zarr-python"))
        for room in ROOMS
    }
    notes = []
    with TemporaryDirectory(dir=asked.folder) as folder:
        path = Path(folder) / "image.ome.zarr"
        for layout, codec in product(LAYOUTS, CODECS):
            name = f"{layout.name}, {codec}"
            if asked.only not in name:
                continue
            if shutil.disk_usage(folder).free < _MOST_OF_PIXELS * sum(lv.nbytes for lv in levels):
                sys.exit(f"there is no room for {name} on the disk")
            write_image(path, levels, layout, codec, finest)
            for (room, is_fast), table in first.items():
                found = alternate(_first_planes(path, room, is_fast), asked.runs, discarded=2)
                table.rows.append(_told(table, Row(name, found)))
            if layout.chunks == _STEPPED.chunks:
                for room, table in steps.items():
                    table.rows.append(_told(table, Row(name, _steps(path, room))))
            if codec == "blosc-lz4" and layout.shards is None:
                for told in asyncio.run(preview_app.measure(path)):
                    notes.append(f"{layout.name}: {told}")
                    print(notes[-1], file=sys.stderr, flush=True)
            shutil.rmtree(path)
    notes += [_roamed(chunk) for chunk in ("64,64,64", "1,2048,2048", "128,512,512")]
    tables = [*first.values(), *steps.values()]
    report(tables, as_json=asked.json, notes=[*map(_summary, tables), *notes])


def _told(table: Table, row: Row) -> Row:
    """Say what was measured at once: all of it takes long."""
    ours, theirs = (1000 * median(row.seconds[name]) for name in table.contenders)
    print(f"{table.title}, {row.what}: {ours:.3g} ms beside {theirs:.3g} ms, "
          f"{ours / theirs:.2g} ×", file=sys.stderr, flush=True)  # fmt: skip
    return row


def _first_planes(path: Path, room: str, is_fast: bool) -> dict[str, Contender]:
    access, sampling = sampling_for(path, room)
    bounds = tuple(slice(part.start, part.stop) for part in sampling.region)
    spec = {
        "driver": "zarr3",
        "kvstore": {"driver": "file", "path": f"{path}/{sampling.array.path}/"},
    }

    def ours() -> None:
        reader = Reader(access)
        if room == "half-blocks":
            reader.sample(sampling)
        else:
            deque(reader.blocks(sampling.array, sampling.region), maxlen=0)

    def theirs() -> None:
        tensorstore.open(spec, read=True).result()[bounds].read().result()

    plain = timed(ours)

    def without() -> float:
        with _without_tensorstore():
            return plain()

    return {PROGRAM: plain if is_fast else without, THEIRS: timed(theirs)}


@contextmanager
def _without_tensorstore() -> Iterator[None]:
    """The program as it is where the extra is not installed."""
    found = fast.fast_chunks
    fast.fast_chunks = lambda access, node: None
    try:
        yield
    finally:
        fast.fast_chunks = found


def _steps(path: Path, room: str) -> dict[str, list[float]]:
    """Each step of 63, from a plane that was read."""
    access, sampling = sampling_for(path, room)
    reader = Reader(access)
    with zarr.config.set({_PIPELINE: _DEFAULT_PIPELINE}):
        array: Any = zarr.open_group(path, mode="r")[sampling.array.path]
    _, rows, columns = sampling.region
    seconds: dict[str, list[float]] = {PROGRAM: [], "zarr-python": []}
    for z in range(64):
        moved = _moved(sampling, z)
        ours = timed(lambda moved=moved: reader.sample(moved))()  # type: ignore[misc]
        theirs = timed(lambda z=z: array[z, rows, columns])()  # type: ignore[misc]
        if z:
            seconds[PROGRAM].append(ours)
            seconds["zarr-python"].append(theirs)
    return seconds


def _moved(sampling: Sampling, z: int) -> Sampling:
    return replace(sampling, position=(z, *sampling.position[1:]))


def sampling_for(path: Path, room: str) -> tuple[Access, Sampling]:
    """What the program reads of the middle plane."""
    access = open_access(Location.local(path), Options(read_only=True))
    image = image_of(access, find_node(access, ""))
    assert image is not None
    view = first_view(image)
    assert view is not None
    rows, columns, aspect = ROOMS[room]
    return access, choose_sampling(image, view, (rows, columns), aspect)


def _roamed(chunk: str) -> str:
    """Memory of a process of its own."""
    script = str(Path(__file__).with_name("preview_roam.py"))
    made = subprocess.run(
        [sys.executable, script, chunk], check=True, capture_output=True, text=True, env=os.environ
    )
    return made.stdout.strip()


def _summary(table: Table) -> str:
    ratios = [
        median(row.seconds[table.contenders[0]]) / median(row.seconds[table.contenders[1]])
        for row in table.rows
    ]
    if not ratios:
        return f"{table.title}: nothing was measured"
    return (
        f"{table.title}: ratios from {min(ratios):.2g} to {max(ratios):.2g}, "
        f"median {median(ratios):.2g}"
    )


if __name__ == "__main__":
    main()
