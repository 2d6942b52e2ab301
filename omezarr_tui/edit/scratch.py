"""One array in memory, one stored object at a time: zarr-python encodes, nothing is written.

The real store never sees zarr-python's writes. Its documents and the bytes of one chunk (or
shard) are laid into a store in memory, zarr-python changes that, and what it made is taken out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import product
from types import EllipsisType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from zarr.core.buffer import Buffer, cpu
from zarr.storage import MemoryStore

from omezarr_tui.edit.in_flight import coming, how_many
from omezarr_tui.errors import UserError, explain
from omezarr_tui.image.selection import Selection
from omezarr_tui.store.access import Access
from omezarr_tui.store.arrays import open_array
from omezarr_tui.store.documents import DOCUMENTS
from omezarr_tui.store.node import Array, join_path

Box = tuple[tuple[int, int], ...]


class Scratch:
    """An array whose stored objects are only those that were laid into memory.

    Parameters
    ----------
    access
        Where the array lies; only its documents are read from there.
    node
        The array.
    documents
        The bytes of its documents by their keys, where they were read already.

    Raises
    ------
    UserError
        zarr-python cannot open the array for writing.
    """

    def __init__(
        self, access: Access, node: Array, documents: Mapping[str, bytes | None] | None = None
    ) -> None:
        self._held: dict[str, Buffer] = {}
        self._laid: tuple[str, bytes | None] = ("", None)  # the last object, as it was laid in
        self._decoded: tuple[Box, NDArray[Any]] | None = None  # the last chunk of it
        self._chunks = node.chunks
        self._shape = node.shape
        for key, raw in (documents or _documents(access, node)).items():
            self.hold(key, raw)
        self._to_stay = set(self._held)
        self._name = node.name or access.location.name
        self._array = open_array(access, node, store=MemoryStore(self._held))

    @property
    def fill_value(self) -> Any:
        """What is read where nothing is stored."""
        return self._array.fill_value

    @classmethod
    def pair(cls, access: Access, node: Array) -> tuple[Scratch, Scratch]:
        """Two of the same array, whose documents are read once."""
        documents = _documents(access, node)
        return cls(access, node, documents), cls(access, node, documents)

    def hold(self, key: str, raw: bytes | None) -> None:
        """Lay the bytes of a key into memory; None where there is no such key."""
        if raw is not None and self._laid[0] == key and self._laid[1] is raw:
            return
        self._laid, self._decoded = (key, raw), None
        if raw is None:
            self._held.pop(key, None)
        else:
            self._held[key] = cpu.Buffer.from_bytes(raw)

    def take(self, key: str) -> bytes | None:
        """Take the bytes of a key out of memory; None where it is absent.

        Raises
        ------
        UserError
            zarr-python wrote another key as well.
        """
        self._forget()
        made = self._held.pop(key, None)
        if extra := set(self._held) - self._to_stay:
            raise UserError(f"{self._name} cannot be edited", f"zarr wrote {min(extra)} for {key}")
        return None if made is None else made.to_bytes()

    def read(self, box: Box) -> NDArray[Any]:
        """The values of a box, as a copy.

        Raises
        ------
        UserError
            What is stored there cannot be decoded.
        """
        chunk = self._chunk_around(box)
        if chunk is None:
            return self._read(box)
        if self._decoded is None or self._decoded[0] != chunk:
            self._decoded = chunk, self._read(chunk)  # to decode a part of it takes as long
        ends = zip(box, chunk, strict=True)
        inside = (slice(low - first, high - first) for (low, high), (first, _) in ends)
        place: tuple[EllipsisType | slice, ...] = (..., *inside)
        return self._decoded[1][place].copy()

    def _chunk_around(self, box: Box) -> Box | None:
        """The chunk that a box lies in; None where it lies in several."""
        found = []
        for (low, high), step, size in zip(box, self._chunks, self._shape, strict=True):
            first = low - low % step
            if high > first + step:
                return None
            found.append((first, min(first + step, size)))
        return tuple(found)

    def _forget(self) -> None:
        self._laid, self._decoded = ("", None), None

    def _read(self, box: Box) -> NDArray[Any]:
        region = tuple(slice(low, high) for low, high in box)
        try:
            # Told the type: the one text of a scalar would come back too short for another.
            return np.array(self._array[region], self._array.dtype)
        except Exception as error:  # codecs raise nearly anything at bytes that are damaged
            raise UserError(f"{self._name} cannot be read", explain(error)) from error

    def fill(self, selection: Selection, value: Any) -> None:
        """Set every selected value, all in the held object: to one, or each to its own.

        Raises
        ------
        UserError
            The values cannot be encoded.
        """
        self._forget()
        try:
            self._array[selection.for_zarr()] = value
        except Exception as error:  # as above
            raise UserError(f"{self._name} cannot be written", explain(error)) from error


def _documents(access: Access, node: Array) -> dict[str, bytes | None]:
    keys = [join_path(node.path, name) for name in DOCUMENTS]
    return dict(coming(how_many(access, 1), keys, access.get))


def rewrite_object(
    before: Scratch,
    after: Scratch,
    key: str,
    raw: bytes | None,
    part: Selection,
    values: NDArray[Any],
    cell: tuple[int, ...],
) -> bytes | None:
    """The bytes of a stored object with some values changed, proven by reading them.

    Parameters
    ----------
    before, after
        Two of the same array: one keeps what is there, one takes what is new.
    key, raw
        The object and its bytes; None where it is absent.
    part
        What is set, all in this object.
    values
        What it becomes: of the array's data type, with as many axes as the array; or one value.
    cell
        Elements along each axis of what is decoded at a time: one chunk.

    Returns
    -------
    raw
        None where zarr-python stores nothing, as every value is the fill value.

    Raises
    ------
    UserError
        It cannot be decoded or encoded; or read back, another value has changed or one that
        was set is not what it should be, as with a codec that loses precision.
    """
    before.hold(key, raw)
    after.hold(key, raw)
    set_values(before, after, key, part, values, cell)
    before.take(key)
    return after.take(key)


def set_values(
    before: Scratch,
    after: Scratch,
    key: str,
    part: Selection,
    values: NDArray[Any],
    cell: tuple[int, ...],
) -> None:
    """Change some values of a stored object that two scratches hold, as `rewrite_object` does.

    Of a large object one part after the other can be set: no chunk in two of them.
    """
    spread = np.broadcast_to(values, [len(range(*s.indices(s.stop))) for s in part.for_zarr()])
    cells = [box for _, box in boxes(part, cell)]
    is_chunk = len(cells) == 1 and all(
        high - low == size for (low, high), size in zip(cells[0], cell, strict=True)
    )
    if not is_chunk:
        after.fill(part, values)
    for box in cells:
        inner = part.inside(box)
        assert inner is not None
        wanted = before.read(box)
        wanted[local(inner, box)] = spread[place_in(inner, part)]
        if is_chunk:  # the whole of it: then zarr-python need not decode what it was
            after.fill(Selection(tuple(slice(*ends, 1) for ends in box), part.array_shape), wanted)
        found = after.read(box)
        if differ(found, wanted).any():
            cause = (
                "zarr-python takes them for the fill value, and stores none"
                if found.dtype.kind == "c" and not differ(found, after.fill_value).any()
                else "a codec of this array loses precision"
            )
            raise UserError(
                f"{key} would not keep its values exactly",
                f"other numbers are read back than were written: {cause}",
            )


def place_in(inner: Selection, part: Selection) -> tuple[EllipsisType | slice, ...]:
    """Where the values of a smaller selection lie among those of one that it is part of."""
    pairs = zip(inner.for_zarr(), part.for_zarr(), strict=True)
    index = []
    for small, large in pairs:
        first = (small.start - large.start) // large.step
        count = len(range(*small.indices(small.stop)))
        index.append(slice(first, first + count))
    return (..., *index)


def boxes(selection: Selection, cell: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Box]]:
    """The cells of a grid, such as chunks, that a selection touches.

    Parameters
    ----------
    selection
        Of the array that the grid lies over.
    cell
        Elements along each axis of one cell.

    Yields
    ------
    place, box
        Where the cell stands in the grid, and its elements, cut off at the array's edge.
    """
    for place in product(*selection.cells(cell)):
        spans = zip(place, cell, selection.array_shape, strict=True)
        yield place, tuple((at * step, min((at + 1) * step, size)) for at, step, size in spans)


def pieces(part: Selection, cell: tuple[int, ...], most: int) -> Iterator[Selection]:
    """A selection piece by piece, so that the values of each have room in memory.

    Parameters
    ----------
    part
        What is selected.
    cell
        Elements along each axis of one chunk; none is in two pieces.
    most
        How many elements there are at the most around what a piece selects, where it is of
        more than one chunk along an axis.
    """
    places = part.cells(cell)
    around = math.prod(high - low for low, high in part.bounds)
    if around <= most or all(len(along) == 1 for along in places):
        yield part
        return
    axis = max(range(len(places)), key=lambda at: len(places[at]))
    middle = places[axis][len(places[axis]) // 2] * cell[axis]
    for ends in ((0, middle), (middle, part.array_shape[axis])):
        box = [(0, size) for size in part.array_shape]
        box[axis] = ends
        inner = part.inside(box)
        assert inner is not None
        yield from pieces(inner, cell, most)


def local(selection: Selection, box: Box) -> tuple[EllipsisType | slice, ...]:
    """Where a selection lies in a box that it does not leave, as an index into the box."""
    pairs = zip(selection.for_zarr(), box, strict=True)
    inside = (slice(part.start - low, part.stop - low, part.step) for part, (low, _) in pairs)
    return (..., *inside)  # with an ellipsis a scalar's box gives an array too


def differ(old: NDArray[Any], new: Any) -> NDArray[np.bool_]:
    """Where values are not the same; -0.0 and 0.0 differ, one NaN is as good as another.

    Parameters
    ----------
    old
        Values of any data type that can be filled.
    new
        One value, or an array of the same shape.
    """
    if old.dtype.kind == "c":
        other = np.asarray(new, old.dtype)
        return np.logical_or(differ(old.real, other.real), differ(old.imag, other.imag))
    if old.dtype.kind == "f":
        other = np.asarray(new, old.dtype)
        apart = (old != other) | (np.signbit(old) != np.signbit(other))
        return np.asarray(apart & ~(np.isnan(old) & np.isnan(other)))
    if old.dtype.kind in "mM":
        return np.asarray(old.astype("i8") != np.asarray(new, old.dtype).astype("i8"))
    return np.asarray(old != new)
