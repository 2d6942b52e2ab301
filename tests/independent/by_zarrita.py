"""Arrays read by zarrita.js, on which viewers in browsers stand, such as Vizarr."""

import json
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from foreign import Array
from servers.need import need_npm, need_program

from independent.unreadable import Unreadable

ZARRITA = "zarrita@0.7.5"


def read_with_zarrita(store: Path, path: str) -> Array:
    """Read a whole array of numbers.

    Without Node.js or zarrita the test is skipped, or fails where CI is set.

    Parameters
    ----------
    store
        The folder of the store, of Zarr v2 or v3.
    path
        The array's path in it; "" where the store is the array.

    Raises
    ------
    Unreadable
        It cannot be opened or decoded, or its data type is none that JavaScript has.
    """
    process = _process()
    assert process.stdin is not None
    assert process.stdout is not None
    with TemporaryDirectory() as scratch:
        out = Path(scratch, "values")
        asked = {"folder": str(store.absolute() / path), "out": str(out)}
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        told = json.loads(process.stdout.readline())
        if "error" in told:
            raise Unreadable(told["error"])
        flat = np.fromfile(out, told["dtype"])
    strides = [step * flat.itemsize for step in told["stride"]]
    return np.ascontiguousarray(np.ndarray(told["shape"], flat.dtype, flat, strides=strides))


@cache
def _process() -> subprocess.Popen[str]:
    """One for all arrays, as it takes long to start; it ends when this process does."""
    node = need_program("node", "nodejs")
    zarrita = need_npm("zarrita/dist/src/index.js", ZARRITA)
    storage = need_npm("@zarrita/storage/dist/src/fs.js", ZARRITA)
    script = Path(__file__).with_name("zarrita.mjs")
    return subprocess.Popen(
        [node, script, zarrita, storage],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,  # so that Ctrl-C ends the tests first
    )
