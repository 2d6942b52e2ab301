"""Values as a NumPy file, without pickles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from omezarr_tui.errors import UserError
from omezarr_tui.image.export_file import reserve

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.export import Source


def write_npy(file: Path, source: Source, dtype: np.dtype[Any]) -> None:
    """Write all values of a source, as a data type that `fixed_dtype` gave."""
    import numpy as np

    shape = source.selection.shape
    if not source.selection.size * dtype.itemsize:  # of no values no memory can be mapped
        with file.open("wb") as stream:
            np.lib.format.write_array(stream, np.empty(shape, dtype), allow_pickle=False)
        return
    np.lib.format.open_memmap(file, mode="w+", dtype=dtype, shape=shape)
    reserve(file)
    for place, block in source.blocks():
        # Mapped anew each time, so that what was written does not stay in memory.
        np.lib.format.open_memmap(file, mode="r+")[place] = block


def fixed_dtype(source: Source) -> np.dtype[Any]:
    """The data type itself, or for texts of variable length one that is wide enough.

    Raises
    ------
    UserError
        Values cannot be kept without pickling.
    """
    import numpy as np

    if not source.dtype.hasobject:
        return source.dtype
    longest, kinds = 1, set()
    for _, block in source.blocks(is_told=False):
        for value in block.ravel().tolist():
            kinds.add(type(value))
            if not isinstance(value, str | bytes):
                raise UserError(
                    f"{source.name} was not exported",
                    f"a {type(value).__name__} has no place in a .npy file without pickle",
                )
            if value[-1:] in ("\0", b"\0"):
                raise UserError(
                    f"{source.name} was not exported",
                    "a value ends in a null character, which a .npy file cannot keep",
                )
            longest = max(longest, len(value))
    if len(kinds) > 1:
        raise UserError(f"{source.name} was not exported", "it mixes texts and bytes")
    return np.dtype(f"S{longest}" if kinds == {bytes} else f"<U{longest}")
