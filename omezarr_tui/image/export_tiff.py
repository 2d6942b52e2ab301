"""Values as an OME-TIFF: axes, pixel sizes and names of channels go with them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omezarr_tui.errors import UserError
from omezarr_tui.image.export_file import reserve
from omezarr_tui.text import format_unit, visible

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.export import Described, Source
    from omezarr_tui.image.selection import Selection

# "Pixels Type" of OME-XML has these; others a TIFF could hold, but few programs could read.
OME_TYPES = (
    *("int8", "int16", "int32", "uint8", "uint16", "uint32"),
    *("float32", "float64", "complex64", "complex128"),
)
_LETTERS = {"t": "T", "z": "Z", "c": "C"}
_PLANE = 2


def why_no_tiff(dtype: str, shape: tuple[int, ...]) -> str | None:
    """Why values cannot be kept in an OME-TIFF, in words; None where they can."""
    if find_spec("tifffile") is None:
        return "TIFF takes the extra [tiff]: pip install 'omezarr-tui[tiff]'"
    if dtype not in OME_TYPES:
        return f"an OME-TIFF holds no {dtype}; write .npy"
    if len(shape) < _PLANE:
        return "a TIFF holds planes, of two axes; write .npy or .csv"
    if len(shape) > _PLANE + len(_LETTERS):
        return f"{len(shape)} axes are left, and an OME-TIFF has room for 5; write .npy"
    if 0 in shape:
        return "there are no values, and a TIFF holds at least one; write .npy"
    return None


def write_tiff(file: Path, source: Source, about: Described) -> np.dtype[Any]:
    """Write all values of a source, uncompressed.

    Its planes are those of the axes y and x, or of the last two where there are no such axes.

    Raises
    ------
    UserError
        The values, or so many axes, have no place in an OME-TIFF, or tifffile is missing.
    """
    shape, dtype = source.selection.shape, source.dtype
    if reason := why_no_tiff(dtype.name, shape):
        raise UserError(f"{source.name} was not exported", reason)
    import tifffile

    kept = [at for at, part in enumerate(source.selection.parts) if isinstance(part, slice)]
    order = _planes_last([about.axes[at].name for at in kept])
    metadata = ome_metadata(source.selection, about, [kept[at] for at in order])
    mapped: Any = tifffile.memmap(
        file,
        shape=tuple(shape[at] for at in order),
        dtype=dtype,
        ome=True,
        photometric="minisblack",
        byteorder=">" if dtype.byteorder == ">" else "<",
        metadata=metadata,
    )
    offset, mapped_shape = mapped.offset, mapped.shape
    del mapped
    reserve(file)
    import numpy as np

    for place, block in source.blocks():
        # Mapped anew each time, so that what was written does not stay in memory.
        values: np.ndarray[Any, Any] = np.memmap(
            file, dtype, "r+", offset=offset, shape=mapped_shape
        )
        values[tuple(place[at] for at in order)] = block.transpose(order)
    return dtype


def ome_metadata(selection: Selection, about: Described, axes: list[int]) -> dict[str, Any]:
    """What OME-XML says of values.

    Parameters
    ----------
    selection
        Which they are; a step makes pixels larger.
    about
        What is known of the array.
    axes
        Those that are left, in the file's order: the last two are the planes'.
    """
    letters = _letters([about.axes[at].name for at in axes])
    told: dict[str, Any] = {"axes": "".join(letters)}
    if about.name:
        told["Name"] = visible(about.name)  # XML has no control characters
    for letter, at in zip(letters, axes, strict=True):
        axis, part = about.axes[at], selection.parts[at]
        assert isinstance(part, slice)
        size, unit = abs(about.scale[at]) * part.step, format_unit(axis.unit)
        is_known = size > 0 and axis.unit is not None and unit != axis.unit
        if letter in "ZYX" and axis.type == "space" and is_known:
            told |= {f"PhysicalSize{letter}": size, f"PhysicalSize{letter}Unit": unit}
        elif letter == "T" and axis.type == "time" and is_known:
            told |= {"TimeIncrement": size, "TimeIncrementUnit": unit}
        elif letter == "C" and axis.type == "channel":
            names = about.channels[part.start : part.stop : part.step]
            if len(names) == len(range(part.start, part.stop, part.step)):
                told["Channel"] = {"Name": [visible(name) for name in names]}
    return told


def _planes_last(names: list[str]) -> list[int]:
    """The order of axes in the file."""
    plane = [names.index("y"), names.index("x")] if {"y", "x"} <= {*names} else None
    if plane is None:
        plane = [len(names) - 2, len(names) - 1]
    return [at for at in range(len(names)) if at not in plane] + plane


def _letters(names: list[str]) -> list[str]:
    """OME's letter of each axis; those that it has no letter for get one that is left."""
    found: list[str | None] = []
    for name in names[:-_PLANE]:
        letter = _LETTERS.get(name.lower())
        found.append(letter if letter not in found else None)
    left = [letter for letter in "TZC" if letter not in found]
    return [letter or left.pop() for letter in found] + ["Y", "X"]
