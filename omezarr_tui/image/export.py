"""Exact values -> a .npy file, block by block, so that the array may be larger than memory."""

from __future__ import annotations

import errno
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.image.selection import Selection
from omezarr_tui.image.values import read_values
from omezarr_tui.settings import MIB
from omezarr_tui.store.access import Access
from omezarr_tui.store.arrays import open_array
from omezarr_tui.store.node import Array
from omezarr_tui.text import format_bytes

if TYPE_CHECKING:
    import numpy as np

_BLOCK_BYTES = 32 * MIB
_BLOCK_CHUNKS = 4096  # small chunks cost time rather than bytes, and progress must show
_VARIABLE_BYTES = 64  # what a text of variable length is taken to need in memory


def export_npy(
    access: Access,
    node: Array,
    selection: Selection,
    out: Path,
    *,
    overwrite: bool = False,
    progress: Callable[[int, int], None] = lambda written, total: None,
) -> np.dtype[Any]:
    """Write a selection of an array as a NumPy file, exactly.

    The file grows beside its place under another name and is renamed into it when it is
    whole. Nothing is pickled: texts of variable length become texts of the width that the
    longest needs (``<U9``, ``S4``).

    Parameters
    ----------
    access
        The store.
    node
        The array.
    selection
        Which values, in NumPy's meaning: an index drops its axis.
    out
        The file to write.
    overwrite
        Replace a file that is there.
    progress
        Told elements so far and in all, after each block.

    Returns
    -------
    dtype
        The data type of the file: the array's own, byte order included.

    Raises
    ------
    UserError
        There is such a file, no room for one, or the values cannot be read, or cannot be
        kept without pickling.
    OSError
        The folder cannot be written.
    """
    _check_place(out, overwrite)
    array = open_array(access, node)
    name = node.path or access.location.name

    def blocks() -> Iterator[tuple[tuple[slice, ...], np.ndarray[Any, Any]]]:
        for part, place in _parts(node, selection):
            yield place, read_values(array, part, name).squeeze(axis=selection.dropped)

    dtype = _fixed_dtype(array.dtype, (block for _, block in blocks()), name)
    needed = selection.size * dtype.itemsize
    if needed > (free := shutil.disk_usage(out.parent).free):
        raise UserError(
            f"{out} was not written",
            f"it needs {format_bytes(needed)}, and {format_bytes(free)} are free there",
        )
    handle, beside = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.", suffix=".partial")
    os.close(handle)
    try:
        _write(Path(beside), dtype, selection, blocks(), progress)
        mask = os.umask(0)
        os.umask(mask)
        Path(beside).chmod(0o666 & ~mask)
        Path(beside).replace(out)
    finally:
        Path(beside).unlink(missing_ok=True)
    return dtype


def _check_place(out: Path, overwrite: bool) -> None:
    if out.is_dir():
        raise UserError(f"{out} is a folder", "name a file", exit_code=ExitCode.USAGE)
    if not out.parent.is_dir():
        raise UserError(f"{out} was not written", "its folder is not there")
    if out.exists() and not overwrite:
        raise UserError(f"{out} is there already", "--force replaces it", exit_code=ExitCode.USAGE)


def _write(
    file: Path,
    dtype: np.dtype[Any],
    selection: Selection,
    blocks: Iterator[tuple[tuple[slice, ...], np.ndarray[Any, Any]]],
    progress: Callable[[int, int], None],
) -> None:
    import numpy as np

    if not selection.size * dtype.itemsize:  # no memory can be mapped to a file without values
        with file.open("wb") as stream:
            np.lib.format.write_array(stream, np.empty(selection.shape, dtype), allow_pickle=False)
        return
    np.lib.format.open_memmap(file, mode="w+", dtype=dtype, shape=selection.shape)
    _reserve(file)
    written = 0
    for place, block in blocks:
        # Mapped anew each time, so that what was written does not stay in memory.
        np.lib.format.open_memmap(file, mode="r+")[place] = block
        written += block.size
        progress(written, selection.size)


def _reserve(file: Path) -> None:
    """Take the room on the disk: a disk that fills up later would end the process."""
    if not hasattr(os, "posix_fallocate"):
        return
    with file.open("r+b") as stream:
        try:
            os.posix_fallocate(stream.fileno(), 0, file.stat().st_size)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):  # what some disks cannot
                raise


def _parts(node: Array, selection: Selection) -> Iterator[tuple[Selection, tuple[slice, ...]]]:
    """The selection in boxes of whole chunks, each with its place in the result."""
    if not selection.size:
        return
    steps = _box(node, selection)
    for place in product(*(selection.cells(steps))):
        low = [at * step for at, step in zip(place, steps, strict=True)]
        part = selection.inside([(at, at + step) for at, step in zip(low, steps, strict=True)])
        if part is not None:
            yield part, _place(part, selection)


def _box(node: Array, selection: Selection) -> tuple[int, ...]:
    """Elements along each axis of what is read at once: whole chunks, within a budget."""
    steps = [max(1, step) for step in node.chunks]
    room = _BLOCK_BYTES // (math.prod(steps) * (node.dtype.itemsize or _VARIABLE_BYTES))
    room = min(room, _BLOCK_CHUNKS)
    for axis in reversed(range(len(steps))):
        count = max(1, min(room, len(selection.cells(steps)[axis])))
        steps[axis] *= count
        room //= count
    return tuple(steps)


def _place(part: Selection, whole: Selection) -> tuple[slice, ...]:
    """Where a part of a selection stands in the selection's values."""
    place = []
    for inner, outer in zip(part.parts, whole.parts, strict=True):
        if isinstance(inner, slice) and isinstance(outer, slice):
            start = (inner.start - outer.start) // outer.step
            place.append(slice(start, start + len(range(inner.start, inner.stop, inner.step))))
    return tuple(place)


def _fixed_dtype(
    dtype: np.dtype[Any], blocks: Iterator[np.ndarray[Any, Any]], name: str
) -> np.dtype[Any]:
    """The data type itself, or for texts of variable length one that is wide enough."""
    import numpy as np

    if not dtype.hasobject:
        return dtype
    longest, kinds = 1, set()
    for block in blocks:
        for value in block.ravel().tolist():
            kinds.add(type(value))
            if not isinstance(value, str | bytes):
                raise UserError(
                    f"{name} was not exported",
                    f"a {type(value).__name__} has no place in a .npy file without pickle",
                )
            if value[-1:] in ("\0", b"\0"):
                raise UserError(
                    f"{name} was not exported",
                    "a value ends in a null character, which a .npy file cannot keep",
                )
            longest = max(longest, len(value))
    if len(kinds) > 1:
        raise UserError(f"{name} was not exported", "it mixes texts and bytes")
    return np.dtype(f"S{longest}" if kinds == {bytes} else f"<U{longest}")
