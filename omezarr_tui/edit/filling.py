"""The new bytes of each stored object of an array that is filled with a value."""

from __future__ import annotations

from typing import Any

from omezarr_tui.edit.keys import Touched
from omezarr_tui.edit.scratch import Scratch, fill_object
from omezarr_tui.image.selection import Selection
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array


class Filler:
    """Sets every selected value in one stored object after the other.

    Parameters
    ----------
    access
        Where the array lies; only its documents are read from there.
    node
        The array.
    selection
        Which of its values.
    value
        Of its data type.

    Raises
    ------
    UserError
        zarr-python cannot open the array for writing.
    """

    def __init__(self, access: Access, node: Array, selection: Selection, value: Any) -> None:
        self._before, self._after = Scratch(access, node), Scratch(access, node)
        self._cell = node.chunks
        self._selection = selection
        self._value = value

    @property
    def documents(self) -> tuple[tuple[str, str], ...]:
        """Key and digest of each document that the array was opened by, each time."""
        return self._before.documents + self._after.documents

    def __call__(self, touched: Touched, raw: bytes | None) -> bytes | None:
        """The new bytes of a stored object; see `fill_object`."""
        part = self._selection.inside(touched.box)
        assert part is not None
        return fill_object(
            self._before, self._after, touched.key, raw, part, self._value, self._cell
        )
