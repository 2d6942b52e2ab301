"""What an edit will change, to the byte, before anything is changed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from omezarr_tui.edit.filling import Filler
from omezarr_tui.edit.keys import ABSENT, Touched, digest
from omezarr_tui.edit.pace import Progress, paced
from omezarr_tui.edit.scratch import Box, Scratch, boxes, differ, local
from omezarr_tui.edit.value import shown_value, value_text, why_not_fillable
from omezarr_tui.errors import UserError, explain
from omezarr_tui.image.selection import Selection
from omezarr_tui.store.access import Access
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.node import Array, Broken, KeyEncoding, join_path
from omezarr_tui.store.waiting import Cancelled
from omezarr_tui.text import format_bytes, format_count, plural, visible


@dataclass(frozen=True, slots=True)
class Plan:
    """Setting every selected value of one array to one value, and all that this changes.

    Parameters
    ----------
    store
        What the dialog calls the store.
    name
        What the dialog calls the array.
    node
        The array as it was when the edit was planned.
    value
        As `parse_value` gives it.
    touched
        The stored objects (shards, else chunks) in which a value really changes. An object
        that would keep its values is left alone.
    documents
        Key and digest of each document that the plan was made on. They are not written.
    changing
        How many of the selected values are not the new value already.
    old_range
        Smallest and largest of the selected values, NaN left out; None where values have no
        order, or all are NaN.
    nans
        How many of the selected values are NaN.
    note
        What is not changed and might be thought to be, such as an image's other levels.
    """

    store: str
    name: str
    node: Array
    selection: Selection
    value: Any
    touched: tuple[Touched, ...]
    documents: tuple[tuple[str, str], ...]
    changing: int
    old_range: tuple[Any, Any] | None
    nans: int
    note: str = ""

    @property
    def expression(self) -> str:
        """The edit as one would type it in Python: ``s0[0, 15, :, :] = 0``."""
        value = shown_value(self.value)
        return f"{visible(self.name)}[{self.selection.numpy_text}] = {value}"

    @property
    def path(self) -> str:
        """The array's path."""
        return self.node.path

    @property
    def selected(self) -> str:
        """The selection as `parse_selection` understands it."""
        return self.selection.numpy_text

    @property
    def typed_value(self) -> str:
        """The new value as `parse_value` understands it."""
        return value_text(self.value)

    @property
    def why_nothing(self) -> str:
        """Why there is nothing to do, where no key is touched."""
        return "every selected value is that already"

    def rewriter(self, access: Access) -> Filler:
        """Begin to make the new bytes of the touched keys."""
        return Filler(access, self.node, self.selection, self.value)

    @property
    def nbytes(self) -> int:
        """Stored bytes of what is rewritten: what the journal will keep."""
        return sum(touched.nbytes for touched in self.touched)

    def facts(self) -> list[tuple[str, str]]:
        """What the dialog tells, as pairs of a heading and plain text."""
        facts = [
            ("store", visible(self.store)),
            ("array", visible(self.node.path or self.name)),
            ("selection", self.expression),
            ("values", self._values()),
            ("shards" if self.node.shards else "chunks", self._objects()),
            ("old values", self._old_values()),
            ("new value", shown_value(self.value)),
        ]
        return [*facts, ("not changed", visible(self.note))] if self.note else facts

    def _values(self) -> str:
        of = {0: "none changes", self.selection.size: "all change"}
        changing = f"{format_count(self.changing)} {'changes' if self.changing == 1 else 'change'}"
        return f"{format_count(self.selection.size)}, {of.get(self.changing, changing)}"

    def _objects(self) -> str:
        new = sum(touched.before == ABSENT for touched in self.touched)
        old = len(self.touched) - new
        told = []
        if old:
            told.append(f"{format_count(old)} rewritten, {format_bytes(self.nbytes)} stored now")
        if new:
            told.append(f"{format_count(new)} written for the first time")
        unit = "shard" if self.node.shards else "chunk"
        return f"{'; '.join(told) or 'none'} (of {plural(self.node.object_count, unit)})"

    def _old_values(self) -> str:
        told = []
        if self.old_range is not None:
            low, high = map(shown_value, self.old_range)
            told.append(f"all {low}" if low == high and not self.nans else f"{low} to {high}")
        elif self.node.dtype.is_pixel:
            told.append("all NaN")
        if self.nans and told != ["all NaN"]:
            told.append(f"{format_count(self.nans)} NaN")
        return ", ".join(told) or f"{visible(self.node.dtype.name, 60)}, no range to tell"


def plan_fill(
    access: Access,
    node: Array,
    selection: Selection,
    value: Any,
    *,
    store_name: str | None = None,
    note: str = "",
    progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Plan:
    """Plan to set every selected value of an array to one value. Nothing is written.

    What is stored is read object by object, and never held whole.

    Parameters
    ----------
    access
        The store.
    node
        The array.
    selection
        Which of its values.
    value
        As `parse_value` gives it for the array's data type.
    store_name
        What to call the store; its path where nothing is said.
    note
        What the user should know is not changed, such as an image's other levels.
    progress
        Told stored objects read and in all, about four times a second.
    cancelled
        Asked before each object.

    Raises
    ------
    UserError
        The store is read-only, or the array cannot be edited or read.
    Cancelled
        `cancelled` said True.
    """
    name = node.name or access.location.name
    try:
        if reason := _why_not(access, node, selection):
            raise UserError(f"{name} cannot be edited", reason)
        scratch = Scratch(access, node)
        survey = _Survey(scratch, value)
        total = math.prod(map(len, selection.cells(node.object_shape)))
        tell = paced(progress)
        touched = []
        for done, (place, box) in enumerate(boxes(selection, node.object_shape)):
            if cancelled():
                raise Cancelled
            tell(done, total)
            key = join_path(node.path, node.key_encoding.key(place))
            raw = access.get(key)
            _check_separator(access, node, place, raw)
            scratch.hold(key, raw)
            if survey.look(selection, box, node.chunks):
                mode = access.mode(key)
                touched.append(Touched(key, box, digest(raw), len(raw or b""), mode))
            scratch.take(key)
    except OSError as error:
        raise UserError(f"{name} cannot be read", explain(error)) from error
    return Plan(
        store=store_name or access.location.url,
        name=name,
        node=node,
        selection=selection,
        value=value,
        touched=tuple(touched),
        documents=scratch.documents,
        changing=survey.changing,
        old_range=survey.old_range,
        nans=survey.nans,
        note=note,
    )


class _Survey:
    """What the selected values are now, gathered object by object."""

    def __init__(self, scratch: Scratch, value: Any) -> None:
        self._scratch = scratch
        self._value = value
        self.changing = 0
        self.nans = 0
        self.old_range: tuple[Any, Any] | None = None

    def look(self, selection: Selection, box: Box, cell: tuple[int, ...]) -> bool:
        """Take the held object into account; tell whether a value in it changes."""
        inner = selection.inside(box)
        assert inner is not None
        changing = 0
        for _, chunk in boxes(inner, cell):
            part = inner.inside(chunk)
            assert part is not None
            old = self._scratch.read(chunk)[local(part, chunk)]
            changing += int(np.count_nonzero(differ(old, self._value)))
            self._extend(old)
        self.changing += changing
        return changing > 0

    def _extend(self, old: NDArray[Any]) -> None:
        if old.dtype.kind not in "biuf":
            return
        if old.dtype.kind == "f":
            missing = np.isnan(old)
            self.nans += int(np.count_nonzero(missing))
            old = old[~missing]
        if old.size:
            ends = [old.min(), old.max(), *(self.old_range or ())]
            self.old_range = (min(ends), max(ends))


def _why_not(access: Access, node: Array, selection: Selection) -> str | None:
    """Why an edit cannot even be planned, in words."""
    if reason := access.why_read_only():
        return reason
    if reason := why_not_fillable(node.dtype):
        return reason
    if not selection.size:
        return "nothing is selected: the array is empty"
    now = read_node(access, node.path)
    if isinstance(now, Broken):
        return f"{now.reason}: {now.detail}"
    if (
        not isinstance(now, Array)
        or selection.array_shape != now.shape
        or (now.shape, now.dtype, now.object_shape, now.chunks, now.key_encoding)
        != (node.shape, node.dtype, node.object_shape, node.chunks, node.key_encoding)
    ):
        return "it has changed since it was opened: open it again"
    return None


def _check_separator(
    access: Access, node: Array, place: tuple[int, ...], raw: bytes | None
) -> None:
    """Refuse an array whose chunks lie under other keys than its document declares.

    Such a v2 array reads as fill values, and an edit would write beside what is there.
    """
    if raw is not None or node.zarr_format != 2 or len(place) < 2:
        return
    encoding = node.key_encoding
    other = KeyEncoding(encoding.style, "." if encoding.separator == "/" else "/").key(place)
    if access.get(join_path(node.path, other)) is not None:
        raise UserError(
            f"{node.name or access.location.name} cannot be edited",
            f"a chunk lies at {other}, its document says {encoding.key(place)}: "
            '"dimension_separator" is wrong or missing',
        )
