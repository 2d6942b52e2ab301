"""A frame on its way to the terminal: numpy to cells, cells to lines, bytes, CPU of the process.

Planes of the sample image of cells, which are a changing picture, are shown one after another
in a pseudo-terminal, in a widget as large as it: in each rendering, with 32 and 256 shades, in
256 and true colours. Lines that are written in advance, with only the codes that change a
colour (“painted”), take turns with segments that Textual itself makes text of, as it does for
every widget (“segments”).

It is fair because both show the same frames in the same process, Textual's caches warm, and
the terminal takes everything at once. CPU is that of all threads. Times are medians over the
planes; bytes are the mean of what arrived.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from measuring import parser, this_machine

from omezarr_tui.demo import write_demo

SIZES = ((45, 160), (70, 240))
PLANES = 20
CELL = (16, 8)  # pixels
# Rendering, depth and shades.
KINDS = [
    ("ascii", "true", 256),
    *(("half", depth, steps) for depth in ("256", "true") for steps in (32, 256)),
    *(("quadrant", depth, steps) for depth in ("256", "true") for steps in (32, 256)),
    ("braille", "true", 256),
]
PIXELS = [("pixels", "true", steps) for steps in (32, 256)]
AIMS = {("ascii", "true", 256): 9, ("half", "true", 32): 60, ("half", "256", 256): 40}  # kB
# What a terminal answers to questions: of frames as a whole, of sizes, of who it is.
_ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",
    b"\x1b[c": b"\x1b[?62;4c",
}
_BEGIN, _END = b"\x1b]2;begin\x07", b"\x1b]2;end\x07"
_PATIENCE = 600.0


def main() -> None:
    """Measure, and print."""
    arguments = parser(__doc__, runs=PLANES)
    arguments.add_argument("--store", type=Path, help="an image with planes, else the sample one")
    asked = arguments.parse_args()
    found: list[dict[str, Any]] = []
    with TemporaryDirectory() as folder:
        store = asked.store or write_demo(Path(folder) / "demo") / "cells.ome.zarr"
        for size in SIZES:
            found += _measured(Path(folder), store, size, asked.runs)
    if asked.json:
        json.dump({"machine": this_machine(), "frames": found}, sys.stdout, indent=1)
        print()
        return
    for rows, columns in SIZES:
        print(f"{columns} × {rows}, CPU in ms and kB for each frame\n")
        print(_table([row for row in found if row["size"] == [rows, columns]]), end="\n\n")
    print(", ".join(f"{name} {value}" for name, value in this_machine().items()))


def _measured(
    folder: Path, store: Path, size: tuple[int, int], planes: int
) -> list[dict[str, Any]]:
    """What the program measured at one size, and the bytes that came."""
    kinds = [*KINDS, *PIXELS] if _has_pixels() else KINDS
    rows = []
    for system in ("256", "truecolor"):
        depth = {"256": "256", "truecolor": "true"}[system]
        ways = [
            {"rendering": rendering, "depth": of, "steps": steps, "painted": painted}
            for rendering, of, steps in kinds
            if of == depth
            for painted in ((True,) if rendering == "pixels" else (True, False))
        ]
        request, result = folder / "request.json", folder / "result.json"
        told = {"store": str(store.absolute()), "ways": ways, "planes": planes, "system": system}
        request.write_text(json.dumps(told), encoding="utf-8")
        sent = _sent(size, [str(request), str(result)])
        times = json.loads(result.read_text(encoding="utf-8"))
        rows += [
            {"size": list(size), **way, **seconds, "bytes": nbytes / len(seconds["whole"])}
            for way, seconds, nbytes in zip(ways, times, sent, strict=True)
        ]
    return rows


def _has_pixels() -> bool:
    try:
        import textual_image  # noqa: F401
    except ImportError:
        return False
    return True


def _sent(size: tuple[int, int], arguments: list[str]) -> list[int]:
    """Run the program in a terminal; the bytes between each beginning and end."""
    rows, columns = size
    ours, theirs = pty.openpty()
    pixels = struct.pack("HHHH", rows, columns, columns * CELL[1], rows * CELL[0])
    fcntl.ioctl(ours, termios.TIOCSWINSZ, pixels)
    here = Path(__file__).parent
    program = subprocess.Popen(
        [sys.executable, str(here / "frames_app.py"), *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={
            **os.environ,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "XTERM_VERSION": "XTerm(390)",
            "PYTHONPATH": str(here.parent),
        },
        start_new_session=True,
    )
    os.close(theirs)
    written = bytearray()
    unanswered = dict(_ANSWERS)
    end = time.monotonic() + _PATIENCE
    try:
        while time.monotonic() < end and select.select([ours], [], [], _PATIENCE)[0]:
            data = b""
            with suppress(OSError):  # Linux raises when the other end was closed
                data = os.read(ours, 1 << 16)
            if not data:
                break
            written += data
            for question in [question for question in unanswered if question in written]:
                os.write(ours, unanswered.pop(question))
    finally:
        program.kill()
        program.wait()
        os.close(ours)
    parts = bytes(written).split(_BEGIN)[1:]
    if program.returncode or not parts:
        raise RuntimeError(bytes(written[-2000:]).decode(errors="replace"))
    return [part.index(_END) for part in parts]


def _table(rows: list[dict[str, Any]]) -> str:
    head = [
        "rendering",
        "colours",
        "shades",
        "painted by",
        "to cells",
        "to lines",
        "whole",
        "kB",
        "aim",
    ]
    lines = [head, ["---"] * 4 + ["---:"] * 5]
    for row in rows:
        kind = (row["rendering"], row["depth"], row["steps"])
        small = row["size"] == list(SIZES[0])
        aim = f"6 ms, {AIMS[kind]} kB" if small and row["painted"] and kind in AIMS else ""
        times = [f"{1000 * median(row[name]):.1f}" for name in ("cells", "strips", "whole")]
        by = "us" if row["painted"] else "Textual"
        lines.append([*map(str, kind), by, *times, f"{row['bytes'] / 1000:.1f}", aim])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    main()
