"""Exact values of an array, and one value as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from omezarr_tui.errors import UserError, explain
from omezarr_tui.image.selection import Selection
from omezarr_tui.text import visible

if TYPE_CHECKING:
    import numpy as np
    import zarr

CELL_WIDTH = 40  # characters of one value in a table; a longer text ends in …


def value_text(value: Any, limit: int = CELL_WIDTH) -> str:
    r"""One value in full precision, as text on one line that is safe to print.

    Texts stand as they are, but for an empty one, which is ``""``; bytes as ASCII with
    ``\x00`` for the rest; raw bytes in hexadecimal.

    Parameters
    ----------
    value
        What NumPy gives for one element.
    limit
        The longest text; a longer one ends in ``…``.
    """
    import numpy as np

    if isinstance(value, np.ndarray):
        inner = ", ".join(value_text(item) for item in value.ravel()[: limit // 2])
        return visible(f"[{inner}]", limit)
    if isinstance(value, bytes):
        return visible(repr(bytes(value))[2:-1] or '""', limit)
    if isinstance(value, np.void):
        told = str(value) if value.dtype.names else value.tobytes().hex(" ")
        return visible(told or '""', limit)
    if isinstance(value, complex | np.complexfloating):
        return str(value).strip("()")
    return visible(str(value) or '""', limit)


def read_values(array: zarr.Array[Any], selection: Selection, name: str) -> np.ndarray[Any, Any]:
    """Read a selection of an array exactly, also where zarr gives a bare value.

    Parameters
    ----------
    array
        The array.
    selection
        What to read.
    name
        What the array is called in an error.

    Returns
    -------
    values
        With all axes of the array: an index keeps its axis, of length 1.

    Raises
    ------
    UserError
        A chunk cannot be read or decoded.
    """
    import numpy as np

    region = selection.for_zarr()
    try:
        values: Any = array[region] if region else array[()]
    except Exception as error:  # a codec may raise anything at damaged bytes
        where = f"{name} cannot be read at [{selection.numpy_text}]"
        raise UserError(where, explain(error)) from error
    if region:
        return np.asarray(values)
    # The one value of a 0-d array comes bare, and a text must not be taken apart.
    holder = np.empty((), array.dtype)
    holder[()] = values
    return holder
