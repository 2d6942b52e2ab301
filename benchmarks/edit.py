"""One plane set to zero with its pyramid, against writing the image anew, and level 0 alone.

The program's side is all of an edit: it finds the image, plans (reads the chunks concerned, finds
out how the levels were made, encodes every new chunk and proves it by decoding), writes its
journal, writes the chunks, and reads each back. It waits for the disk after each of these.

*ome-zarr-py* stands for the usual way to keep a pyramid right: the finest level is read, the plane
is set, and `ome_zarr.writer.write_image` writes all levels to a new store, with the same chunks,
shards and codec, by the mean, as the store's own levels were made. *zarr-python* assigns
`array[z] = 0` to level 0: the coarser levels are wrong afterwards, nothing is kept to take it back,
and nothing is looked at again. Neither waits for the disk.

Requests and bytes are counted at the door of the store: around the program's own access, and in a
zarr store around `LocalStore`. The plane is set anew in each run: the program's edit is undone in
between, and level 0 written back.

Needs 4 GB of memory, 4 GB of disk and half an hour; with --size 640 a quarter of each.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import one_thread  # noqa: F401 - it must come before zarr, which imports numpy
import zarr
from counting import CountingAccess, CountingStore, Requests, Traffic, often
from measuring import PROGRAM, Contender, Row, Table, alternate, parser, report, timed
from ome_zarr.scale import Methods
from ome_zarr.writer import write_image as write_anew
from stores import CODECS, LAYOUTS, LEVELS, Layout, pixels, write_image
from zarr.storage import LocalStore

from omezarr_tui.edit.apply import apply_plan, undo
from omezarr_tui.edit.changes import Fill
from omezarr_tui.edit.entry import Entry
from omezarr_tui.edit.image_edit import edited_image, image_edit
from omezarr_tui.edit.pixels import PixelEdit
from omezarr_tui.edit.plan import Plan, plan_edit
from omezarr_tui.edit.value import parse_value
from omezarr_tui.image.selection import parse_selection
from omezarr_tui.store.location import Location
from omezarr_tui.store.node import Array

OME_ZARR, ZARR, PLANNING = "ome-zarr-py", "zarr-python", "planning alone"
CODEC = "zstd"
_PLANE = 30


@dataclass
class Seen:
    """What one run of each contender asked of the store.

    Parameters
    ----------
    planned, applied
        The program's two halves.
    keys
        The chunks or shards that change.
    journal
        Bytes that are kept to take it back, and to make it again.
    others
        What the other contenders asked.
    """

    planned: Traffic
    applied: Traffic
    keys: list[str]
    journal: int
    others: dict[str, Traffic]


class Ours:
    """The program, on a store of its own."""

    def __init__(self, path: Path) -> None:
        self.access = CountingAccess(Location.local(path))
        self.entry: Entry | None = None

    def plan(self) -> Plan:
        """Open the image, and plan."""
        image, level = edited_image(self.access, "")
        node = image.levels[level]
        assert isinstance(node, Array)
        selection = parse_selection(f"{_PLANE}", node.shape, "zyx")
        edit = image_edit(
            image, level, PixelEdit(node, selection, Fill(parse_value("0", node.dtype)))
        )
        return plan_edit(self.access, edit)

    def edit(self) -> None:
        """All of it."""
        plan = self.plan()
        self.entry = apply_plan(self.access, plan)
        plan.staged.close()

    def back(self) -> None:
        """Take it back."""
        if self.entry is not None:
            undo(self.access, self.entry)
            self.entry = None


def main() -> None:
    """Measure, and print."""
    arguments = parser(__doc__, runs=5)
    arguments.add_argument("--size", type=int, default=1280, help="pixels of the finest level")
    arguments.add_argument("--depth", type=int, default=256, help="planes, more than 30")
    arguments.add_argument("--only", default="", help="part of a layout's name, as 'sharded'")
    asked = arguments.parse_args()
    levels = pixels(asked.size, asked.depth)
    tables = {
        other: Table(f"One plane of {what}", (PROGRAM, other))
        for other, what in (
            (OME_ZARR, "a pyramid, against all of it written anew"),
            (ZARR, "a pyramid, against level 0 alone"),
        )
    }
    halves = Table("How much of that is planning", (PLANNING, PROGRAM))
    seen: dict[str, Seen] = {}
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ["XDG_STATE_HOME"] = str(folder / "state")  # the journal's disk is the store's
        for layout in LAYOUTS:
            if asked.only not in layout.name:
                continue
            path = folder / "image.ome.zarr"
            write_image(path, levels, layout, CODEC)
            contenders, seen[layout.name] = _contenders(path, layout)
            seconds = alternate(contenders, asked.runs)
            for table in (*tables.values(), halves):
                table.rows.append(Row(layout.name, seconds))
            for each in folder.iterdir():
                shutil.rmtree(each)
            print(f"measured {layout.name}", file=sys.stderr)
    report(
        [*tables.values(), halves],
        as_json=asked.json,
        notes=_told(seen),
        extra={"requests": {name: _as_json(each) for name, each in seen.items()}},
    )


def _contenders(path: Path, layout: Layout) -> tuple[dict[str, Contender], Seen]:
    """What is timed, and what one run of each asks of the store."""
    ours = Ours(path)
    other, anew = (path.with_name(name) for name in ("level0.ome.zarr", "anew.ome.zarr"))
    shutil.copytree(path, other)

    plan = ours.plan()
    planned, ours.access.seen = ours.access.seen, Traffic()
    ours.entry = apply_plan(ours.access, plan)
    applied, ours.access.seen = ours.access.seen, Traffic()
    journal, keys = ours.entry.nbytes, list(plan.keys)
    ours.back()
    before = {key: (path / key).read_bytes() for key in keys if key.startswith("s0/")}

    def back() -> None:
        for key, raw in before.items():
            (other / key).write_bytes(raw)

    def write_all() -> Traffic:
        return _write_all(path, anew, layout)

    others = {OME_ZARR: write_all(), ZARR: _assign(other)}
    contenders = {
        PROGRAM: _after(ours.back, ours.edit),
        PLANNING: _after(ours.back, lambda: ours.plan().staged.close()),
        OME_ZARR: _after(lambda: shutil.rmtree(anew), write_all),
        ZARR: _after(back, lambda: _assign(other)),
    }
    return contenders, Seen(planned, applied, keys, journal, others)


def _after(prepare: Callable[[], object], work: Callable[[], object]) -> Contender:
    """A contender that takes no time for what must come before it."""
    run = timed(work)

    def both() -> float:
        prepare()
        return run()

    return both


def _write_all(path: Path, anew: Path, layout: Layout) -> Traffic:
    """Read the finest level, set the plane, and write a new image."""
    store, into = CountingStore(LocalStore(path)), CountingStore(LocalStore(anew))
    values: Any = zarr.open_array(store, path="s0", mode="r")[...]
    values[_PLANE] = 0
    chunks, shards = layout.fitted(values.shape)
    options: dict[str, Any] = {"chunks": chunks, "compressor": CODECS[CODEC]}
    write_anew(
        values,
        zarr.create_group(into, zarr_format=3),
        scale_factors=[2**number for number in range(1, LEVELS)],
        method=Methods.LOCAL_MEAN,
        axes="zyx",
        storage_options=options | ({} if shards is None else {"shards": shards}),
    )
    return Traffic(store.seen.read, into.seen.written)


def _assign(path: Path) -> Traffic:
    """Set the plane of the finest level, and nothing else."""
    store = CountingStore(LocalStore(path))
    array: Any = zarr.open_array(store, path="s0", mode="r+")
    array[_PLANE] = 0
    return store.seen


def _told(seen: dict[str, Seen]) -> list[str]:
    """The requests, as a table in Markdown."""
    lines = [
        "Requests of chunks or shards (documents left out), and bytes; of the program those that "
        "change, how often each, and those that only tell how the levels were made:",
        "",
        "| | change | planning reads each | others read | applying reads each | writes each "
        f"| written | journal | {ZARR} reads, writes | {OME_ZARR} reads, writes |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, each in seen.items():
        read = each.planned.read.chunks
        others = [key for key in read if key not in each.keys]
        cells = [
            f"{len(each.keys)}",
            often(read, each.keys),
            f"{len(others)}",
            often(each.applied.read.chunks, each.keys),
            often(each.applied.written.chunks, each.keys),
            _megabytes(each.applied.written.nbytes),
            _megabytes(each.journal),
            *(
                f"{_told_of(each.others[other].read)}, {_told_of(each.others[other].written)}"
                for other in (ZARR, OME_ZARR)
            ),
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return [*lines, ""]


def _told_of(requests: Requests) -> str:
    return f"{requests.chunks.total()} ({_megabytes(requests.nbytes)})"


def _megabytes(nbytes: int) -> str:
    return f"{nbytes / 1e6:.1f} MB"


def _as_json(seen: Seen) -> dict[str, Any]:
    found = {"planned": seen.planned, "applied": seen.applied, **seen.others}
    return {
        "keys": len(seen.keys),
        "journal": seen.journal,
        **{
            name: {
                verb: {"requests": each.times.total(), "bytes": each.nbytes}
                for verb, each in (("read", traffic.read), ("written", traffic.written))
            }
            for name, traffic in found.items()
        },
    }


if __name__ == "__main__":
    main()
