"""Exact values -> a file, block by block, so that the array may be larger than memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.image.export_blocks import parts_of
from omezarr_tui.image.export_file import check_place, check_room, new_file
from omezarr_tui.image.selection import Selection
from omezarr_tui.image.values import read_values
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.model import Axis
from omezarr_tui.ome.read import multiscale_of_array
from omezarr_tui.store.access import Access
from omezarr_tui.store.arrays import open_array
from omezarr_tui.store.node import Array
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.text import listed

if TYPE_CHECKING:
    import numpy as np

Form = Literal["npy", "tiff", "csv"]
SUFFIXES: dict[str, Form] = {".npy": "npy", ".tif": "tiff", ".tiff": "tiff", ".csv": "csv"}

Progress = Callable[[int, int], None]
Block = tuple[tuple[slice, ...], "np.ndarray[Any, Any]"]


@dataclass(frozen=True, slots=True)
class Described:
    """What a file may tell of the values in it.

    Parameters
    ----------
    axes
        Of the array.
    scale
        Physical size of a pixel along each of them.
    channels
        Names of the channels, as far as there are any.
    name
        Of the image.
    """

    axes: tuple[Axis, ...]
    scale: tuple[float, ...]
    channels: tuple[str, ...] = ()
    name: str = ""


def described(image: Image, level: int) -> Described:
    """What is known of a level of an image."""
    multiscale = image.multiscale
    channels = tuple(channel.label for channel in multiscale.channels)
    name = multiscale.name or multiscale.path.rpartition("/")[2]
    return Described(multiscale.axes, multiscale.levels[level].scale, channels, name)


def described_array(node: Array) -> Described:
    """What is known of an array by itself."""
    multiscale = multiscale_of_array(node)
    return Described(multiscale.axes, multiscale.levels[0].scale, name=node.name)


def form_of(out: Path) -> Form:
    """The format that a file's name asks for.

    Raises
    ------
    UserError
        It asks for none that is known.
    """
    form = SUFFIXES.get(out.suffix.lower())
    if form is None:
        raise UserError(
            f"{out} was not written",
            f"its name must end in {listed(list(SUFFIXES))}",
            exit_code=ExitCode.USAGE,
        )
    return form


def export(
    access: Access,
    node: Array,
    selection: Selection,
    out: Path,
    about: Described,
    *,
    overwrite: bool = False,
    progress: Progress = lambda written, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> np.dtype[Any]:
    """Write a selection of an array to a local file, exactly.

    The file grows beside its place under another name and is renamed into it when it is whole.

    Parameters
    ----------
    access
        The store.
    node
        The array.
    selection
        Which values, in NumPy's meaning: an index drops its axis.
    out
        The file to write; the end of its name says in which format. ``.npy`` holds no pickle:
        texts of variable length become texts of the width that the longest needs (``<U9``,
        ``S4``). ``.tif`` is an OME-TIFF, ``.csv`` a line for each row.
    about
        What a TIFF tells of axes, pixel sizes and channels.
    overwrite
        Replace a file that is there.
    progress
        Told elements so far and in all, after each block.
    cancelled
        Asked before each block.

    Returns
    -------
    dtype
        The data type of what was written: the array's own, byte order included.

    Raises
    ------
    UserError
        There is such a file, no room for one, or the values cannot be read, or cannot be
        kept in this format.
    Cancelled
        `cancelled` said True; nothing is left of the file.
    OSError
        The folder cannot be written.
    """
    form = form_of(out)
    check_place(out, overwrite=overwrite)
    array = open_array(access, node)
    name = node.path or access.location.name
    source = Source(node, selection, array.dtype, name, _reading(array, node, selection, name))
    source.cancelled, source.progress = cancelled, progress
    if form == "csv":
        from omezarr_tui.image.export_csv import write_csv

        with new_file(out, overwrite=overwrite) as file:
            return write_csv(file, source)
    if form == "tiff":
        from omezarr_tui.image.export_tiff import write_tiff

        check_room(out, selection.size * array.dtype.itemsize)
        with new_file(out, overwrite=overwrite) as file:
            return write_tiff(file, source, about)
    from omezarr_tui.image.export_npy import fixed_dtype, write_npy

    dtype = fixed_dtype(source)
    check_room(out, selection.size * dtype.itemsize)
    with new_file(out, overwrite=overwrite) as file:
        write_npy(file, source, dtype)
    return dtype


@dataclass
class Source:
    """What is written: blocks of values, and how far that has come.

    Parameters
    ----------
    node, selection
        Which values.
    dtype
        Of the array.
    name
        What the array is called in an error.
    read
        Reads a part.
    """

    node: Array
    selection: Selection
    dtype: np.dtype[Any]
    name: str
    read: Callable[[Selection], np.ndarray[Any, Any]]
    progress: Progress = lambda written, total: None
    cancelled: Callable[[], bool] = lambda: False

    def blocks(self, *, as_lines: bool = False, is_told: bool = True) -> Iterator[Block]:
        """The values, each block with its place in the selection's values.

        Parameters
        ----------
        as_lines
            As of `parts_of`.
        is_told
            Whether progress is told of.
        """
        written = 0
        for part, place in parts_of(self.node, self.selection, as_lines=as_lines):
            if self.cancelled():
                raise Cancelled
            block = self.read(part)
            yield place, block
            written += block.size
            if is_told:
                self.progress(written, self.selection.size)


def _reading(
    array: Any, node: Array, selection: Selection, name: str
) -> Callable[[Selection], np.ndarray[Any, Any]]:
    def read(part: Selection) -> np.ndarray[Any, Any]:
        return read_values(array, part, name).squeeze(axis=selection.dropped)

    return read
