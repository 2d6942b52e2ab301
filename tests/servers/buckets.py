"""Filling and emptying a bucket, container or folder that obstore writes to."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import obstore
from obstore.store import ObjectStore

_THREADS = 16


def upload(store: ObjectStore, folder: Path, prefix: str = "") -> int:
    """Put each file below a folder under the same path, many at a time.

    Parameters
    ----------
    prefix
        What the keys begin with; with a ``/`` at its end where it names a folder.

    Returns
    -------
    int
        How many files there were.
    """
    files = [path for path in folder.rglob("*") if path.is_file()]

    def put(file: Path) -> None:
        obstore.put(store, prefix + file.relative_to(folder).as_posix(), file.read_bytes())

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(put, files))
    return len(files)


def empty(store: ObjectStore, prefix: str | None = None) -> None:
    """Delete all keys below a folder, or all there are."""
    for page in obstore.list(store, prefix):
        obstore.delete(store, [entry["path"] for entry in page])
