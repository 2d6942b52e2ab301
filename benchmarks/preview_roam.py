"""The most memory of a process that roams a virtual terabyte: `preview.py` starts it.

    python benchmarks/preview_roam.py CHUNK

The array has nearly a terabyte, of which only a few chunks lie on the disk; links to them stand
for one chunk in four along the way, and what is missing was never written.
"""

from __future__ import annotations

import os
import resource
import sys
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import one_thread  # noqa: F401 - it must come before zarr, which imports numpy

SHAPE = (8192, 8192, 8192)  # uint16: 1.1 TB
STEPS = 200


def main() -> None:
    """Roam, and tell the most memory that was taken."""
    import numpy as np
    import textual.app  # noqa: F401 - the program has it loaded

    from omezarr_tui.image.reader import Reader
    from omezarr_tui.image.sampling import Sampling
    from omezarr_tui.store.access import Options, open_access
    from omezarr_tui.store.location import Location
    from omezarr_tui.store.node import Array
    from omezarr_tui.store.opening import find_node

    chunk = tuple(map(int, sys.argv[1].split(",")))
    random = np.random.default_rng(0)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        # Elsewhere: its memory is not that of looking.
        writing = get_context("spawn").Process(target=write, args=(path, chunk))
        writing.start()
        writing.join()
        only = path / "c" / "0" / "0" / "0"
        access = open_access(Location.local(path), Options(read_only=True))
        node = find_node(access, "")
        assert isinstance(node, Array)
        reader = Reader(access)
        before = _megabytes()
        grid = [size // step for size, step in zip(SHAPE, chunk, strict=True)]
        for _ in range(STEPS):
            z, y, x = (int(random.integers(size)) for size in SHAPE)
            top, left = min(y, SHAPE[1] - 1024), min(x, SHAPE[2] - 1024)
            for row in range(top // chunk[1], (top + 1023) // chunk[1] + 1):
                for column in range(left // chunk[2], (left + 1023) // chunk[2] + 1):
                    if random.random() < 0.25 and row < grid[1] and column < grid[2]:
                        link = path / "c" / str(z // chunk[0]) / str(row) / str(column)
                        link.parent.mkdir(parents=True, exist_ok=True)
                        if not link.exists():
                            os.link(only, link)
            reader.sample(
                Sampling(0, node, 1, 2, (z, 0, 0), top, top + 1024, left, left + 1024, (74, 98))
            )
        size = "×".join(map(str, chunk))
        print(f"roaming a virtual terabyte, chunks {size}: {_megabytes():.0f} MB at the most, "
              f"{before:.0f} MB before")  # fmt: skip


def write(path: Path, chunk: tuple[int, ...]) -> None:
    """Write an array of one chunk."""
    import numpy as np
    import zarr

    made = zarr.create_array(path, shape=SHAPE, chunks=chunk, dtype="uint16")
    random = np.random.default_rng(0)
    made[tuple(slice(0, size) for size in chunk)] = random.integers(0, 4000, chunk, np.uint16)


def _megabytes() -> float:
    status = Path("/proc/self/status")
    if status.exists():  # of the rest a child would tell what its parent had taken
        (line,) = (li for li in status.read_text().splitlines() if li.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e6
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


if __name__ == "__main__":
    main()
