"""Values as lines of text with commas: a line for each row, exact to the last digit."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omezarr_tui.errors import UserError

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.export import Source

_DIMENSIONS = 2
# Signs of the longest value of a kind, the comma included.
_LONGEST = {"b": 6, "i1": 5, "u1": 4, "i2": 7, "u2": 6, "i4": 12, "u4": 11, "i8": 21, "u8": 21,
            "f2": 12, "f4": 16, "f8": 25}  # fmt: skip


def csv_bytes(dtype: np.dtype[Any], size: int) -> int | None:
    """The most bytes that values take as text; None where that cannot be said before."""
    spelled = dtype.kind if dtype.kind == "b" else f"{dtype.kind}{dtype.itemsize}"
    each = _LONGEST.get(spelled)
    return None if each is None else each * size


def write_csv(file: Path, source: Source) -> np.dtype[Any]:
    """Write all values of a source: one axis as a column, two as rows and columns.

    Records stand with their fields side by side, below a line with the fields' names.

    Raises
    ------
    UserError
        There are more axes than two.
    """
    dimensions, fields = len(source.selection.shape), source.dtype.names
    most = 1 if fields else _DIMENSIONS
    if dimensions > most:
        raise UserError(
            f"{source.name} was not exported",
            f"{dimensions} axes are left, and a .csv file has room for {most}"
            + (" of records" if fields else "")
            + "; choose one index of the others, or write .npy",
        )
    with file.open("w", newline="", encoding="utf-8") as stream:
        lines = csv.writer(stream, lineterminator="\n")
        if fields:
            lines.writerow(fields)
        for _, block in source.blocks(as_lines=True):
            if fields:
                columns = [texts_of(block.reshape(-1)[name]) for name in fields]
                lines.writerows(zip(*columns, strict=True))
            else:
                flat = texts_of(block.reshape(-1))
                width = max(1, block.shape[1]) if dimensions == _DIMENSIONS else 1
                lines.writerows(flat[at : at + width] for at in range(0, len(flat), width))
    return source.dtype


def texts_of(values: np.ndarray[Any, Any]) -> list[str]:
    """Values (count,) as texts that give the very same values when they are read back."""
    kind = values.dtype.kind
    if kind == "f" and values.dtype.itemsize < 8:  # as Python's own numbers they would be longer
        return [str(text) for text in values.astype(str).tolist()]
    if kind in "iub":
        return list(map(str, values.tolist()))
    if kind == "f":
        return [str(float(value)) for value in values.tolist()]
    if kind == "c":
        return [str(value).strip("()") for value in values]
    return [_text(value) for value in values]


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return repr(bytes(value))[2:-1]
    return str(value)
