"""Arrays read by tensorstore, which is written in C++."""

from pathlib import Path
from typing import Any

import numpy as np
from foreign import Array
from foreign.made import need

from independent.unreadable import Unreadable


def read_with_tensorstore(store: Path, path: str) -> Array:
    """Read a whole array of numbers.

    Without tensorstore the test is skipped, or fails where CI is set.

    Parameters
    ----------
    store
        The folder of the store, of Zarr v2 or v3.
    path
        The array's path in it; "" where the store is the array.

    Raises
    ------
    Unreadable
        It cannot be opened or decoded.
    """
    tensorstore = need("tensorstore")
    folder = store / path
    driver = "zarr3" if (folder / "zarr.json").exists() else "zarr"
    spec = {"driver": driver, "kvstore": {"driver": "file", "path": f"{folder}/"}}
    context: Any = tensorstore.Context({"cache_pool": {"total_bytes_limit": 0}})
    try:
        # Nothing of an earlier reading counts: what is on the disk is judged.
        opened = tensorstore.open(spec, open=True, read=True, context=context).result()
        return np.asarray(opened.read().result())
    except (ValueError, NotImplementedError) as error:
        raise Unreadable(str(error)) from error
