"""The program's first frame against that of an empty Textual app; and its first picture.

Both are started as processes of their own in real pseudo-terminals of 160 × 45 cells, in
turns, and timed from the start of the process to the moment when the terminal has received
a text that the first frame holds: the store's name in the tree, and the one text of the empty
app. The first picture is there when the bar below it tells how its contrast was found.

It is fair because both run on the same Python and Textual, with a home folder of their own,
with bytecode from a cache that a discarded first round filled (as an installer does), and with
a store that lies in the page cache. The empty app lacks all that is ours: arguments, settings,
the store, three panes. So the ratio tells what these cost; 1.3 is aimed at.

A second, untimed start logs which modules are asked for before the first frame.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from empty_app import TEXT
from measuring import PROGRAM, Row, Table, alternate, parser, report
from terminal import watch

from omezarr_tui.demo import write_demo

EMPTY = "empty Textual app"
PICTURE_TEXT = " auto"
HEAVY = ("dask", "fsspec", "numcodecs", "numpy", "pydantic", "s3fs", "upath", "zarr")
_HERE = Path(__file__).parent
_REPOSITORY = _HERE.parent


@dataclass(frozen=True)
class Imports:
    """The modules that a program asked for.

    Parameters
    ----------
    before
        Those before its first frame had arrived.
    heavy
        When each heavy package was asked for, in seconds after that frame.
    """

    before: frozenset[str]
    heavy: dict[str, float]

    @property
    def packages(self) -> set[str]:
        """Packages of others, outside of the standard library, before the first frame."""
        found = {name.partition(".")[0] for name in self.before}
        return found - set(sys.stdlib_module_names) - {"__main__", "omezarr_tui"}


def main() -> None:
    """Measure, and print."""
    arguments = parser(__doc__, runs=15)
    arguments.add_argument(
        "--store", type=Path, help="a local image to open, else one of the sample stores"
    )
    asked = arguments.parse_args()
    with TemporaryDirectory() as folder:
        store = asked.store or write_demo(Path(folder) / "demo") / "cells.ome.zarr"
        environment = _environment(Path(folder))
        programs = {
            PROGRAM: (["omezarr_tui", str(store.absolute())], [f"▾ {store.name}", PICTURE_TEXT]),
            EMPTY: (["empty_app"], [TEXT]),
        }
        after: dict[str, list[tuple[float, ...]]] = defaultdict(list)

        def frame(name: str) -> float:
            module, texts = programs[name]
            seen = watch([sys.executable, "-m", *module], texts, environment)
            after[name].append(seen.after)
            return seen.after[0]

        frames = alternate({name: partial(frame, name) for name in programs}, asked.runs)
        pictures = [times[1] for times in after[PROGRAM][-asked.runs :]]
        imports = {
            name: _imports(module, texts[0], environment, Path(folder) / "log")
            for name, (module, texts) in programs.items()
        }
    rows = [Row("first frame", frames), Row("first picture", {PROGRAM: pictures})]
    report(
        [Table("From the start of the process", (PROGRAM, EMPTY), rows)],
        as_json=asked.json,
        notes=_notes(imports),
        extra={
            "modules_before_the_frame": {
                name: len(found.before) for name, found in imports.items()
            },
            "heavy_seconds_after_the_frame": imports[PROGRAM].heavy,
        },
    )


def _environment(home: Path) -> dict[str, str]:
    """A new user's, in a terminal with all colours."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "PYTHONPATH": os.pathsep.join([str(_REPOSITORY), str(_HERE)]),
        "PYTHONPYCACHEPREFIX": str(home / "bytecode"),
    }


def _imports(module: list[str], text: str, environment: dict[str, str], log: Path) -> Imports:
    watcher = str(_HERE / "import_log.py")
    # The heavy ones come after the frame: the picture is waited for where there is one.
    texts = [text, PICTURE_TEXT] if module[0] == "omezarr_tui" else [text]
    seen = watch([sys.executable, watcher, str(log), *module], texts, environment)
    frame = seen.start + seen.after[0]
    before = set()
    heavy: dict[str, float] = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        when, _, name = line.split("\t")
        if float(when) <= frame:
            before.add(name)
        if name in HEAVY:
            heavy.setdefault(name, float(when) - frame)
    return Imports(frozenset(before), heavy)


def _notes(imports: dict[str, Imports]) -> list[str]:
    ours, theirs = imports[PROGRAM], imports[EMPTY]
    counts = ", ".join(f"{name} {len(found.before)}" for name, found in imports.items())
    early = sorted(name for name, seconds in ours.heavy.items() if seconds <= 0)
    late = [f"{name} +{s * 1000:.0f} ms" for name, s in ours.heavy.items() if s > 0]
    own = sum(name.partition(".")[0] == "omezarr_tui" for name in ours.before)
    added = ", ".join(sorted(ours.packages - theirs.packages)) or "none"
    return [
        f"Modules asked for before the first frame: {counts} ({own} of its own).",
        f"Packages of others that the empty app does without: {added}.",
        f"Heavy packages before the first frame: {', '.join(early) or 'none'}; "
        f"after it: {', '.join(late) or 'none'}.",
    ]


if __name__ == "__main__":
    main()
