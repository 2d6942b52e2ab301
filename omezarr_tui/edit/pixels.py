"""An edit of the values of one array: which, what becomes of them, and what that changes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from omezarr_tui.edit.changes import Change, Maker
from omezarr_tui.edit.conditions import Condition
from omezarr_tui.edit.in_flight import coming, how_many, object_bytes
from omezarr_tui.edit.keys import digest
from omezarr_tui.edit.operation import NOTHING
from omezarr_tui.edit.scratch import Box, Scratch, boxes, differ, local, pieces, set_values
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.value import shown_value, why_not_fillable
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.image.selection import Selection
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.node import Array, Broken, KeyEncoding, join_path
from omezarr_tui.text import format_bytes, format_count, plural, visible

_ROOM = 8 << 20  # values that are computed in one piece, where that is more than a chunk


@dataclass(frozen=True, slots=True)
class Pixels:
    """What came of an edit of values.

    Parameters
    ----------
    facts
        What the dialog tells, as pairs of a heading and plain text.
    changed
        Boxes outside of which no value changes: the smallest in each part of the array that
        was looked at in one piece, such as a chunk or some chunks of a shard.
    changing
        How many values change.
    old_range
        Smallest and largest of the selected values, NaN left out; None where values have no
        order, or all are NaN.
    nans
        How many of the selected values are NaN.
    """

    facts: tuple[tuple[str, str], ...]
    changed: tuple[Box, ...]
    changing: int
    old_range: tuple[Any, Any] | None
    nans: int


@dataclass(frozen=True, slots=True)
class PixelEdit:
    """Changing selected values of one array: an `Edit`.

    Parameters
    ----------
    node
        The array, by its path from the root of the store.
    selection
        Which of its values.
    change
        What becomes of them.
    where
        A condition that a value must also fulfil; None for all that are selected.
    name
        What to call an array that is the root of its store.
    """

    node: Array
    selection: Selection
    change: Change
    where: Condition | None = None
    name: str = ""

    @property
    def title(self) -> str:
        """What it does."""
        return self.change.title

    @property
    def expression(self) -> str:
        """The edit as one would type it in Python: ``s0[0, 15, :, :] = 0``."""
        condition = f" where {visible(self.where.text)}" if self.where else ""
        target = f"{visible(self.node.name or self.name)}[{self.selection.numpy_text}]"
        return f"{self.change.written(target)}{condition}"

    @property
    def path(self) -> str:
        """The array's path."""
        return self.node.path

    def stage(self, staged: Staged, work: Work) -> Sequence[tuple[str, str]]:
        """Put all stored objects in which a value changes."""
        return self.stage_pixels(staged, work).facts

    def stage_pixels(self, staged: Staged, work: Work) -> Pixels:
        """The same, and where values change.

        What is stored is read object by object; of a shard only so many chunks are decoded at
        a time as there is room for.

        Raises
        ------
        UserError
            The array cannot be edited or read, or would not keep the values.
        Cancelled
            The user wants it to stop.
        """
        node = self.node
        name = node.name or staged.location.name
        if reason := self._why_not(staged):
            raise UserError(f"{name} cannot be edited", reason)
        before, after = Scratch.pair(staged, node)
        maker = self.change.begin(staged, node)
        chooser = self.where.begin(staged, node) if self.where else None
        survey = _Survey()
        total = math.prod(map(len, self.selection.cells(node.object_shape)))
        keyed = (
            (place, box, join_path(node.path, node.key_encoding.key(place)))
            for place, box in boxes(self.selection, node.object_shape)
        )

        def read(item: tuple[tuple[int, ...], Box, str]) -> bytes | None:
            raw = staged.get(item[2])
            _check_separator(staged, node, item[0], raw)
            return raw

        reading = coming(how_many(staged, object_bytes(node)), keyed, read)
        for done, ((_, box, key), raw) in enumerate(reading):
            whole_part = self.selection.inside(box)
            assert whole_part is not None
            work.step(done, total)
            before.hold(key, raw)
            after.hold(key, raw)
            is_other = False
            for nth, part in enumerate(pieces(whole_part, node.chunks, _ROOM)):
                if nth:
                    work.step(done, total)
                old = before.read(part.bounds)[local(part, part.bounds)]
                chosen = None if chooser is None else chooser(old, part)
                survey.chosen += old.size if chosen is None else int(np.count_nonzero(chosen))
                new = _made(old, part, maker, chosen)
                if survey.look(old, new, part):
                    set_values(before, after, key, part, new, node.chunks)
                    is_other = True
            before.take(key)
            made = after.take(key)
            if is_other:
                staged.put(key, made)
                survey.count(raw, digest(made) != digest(raw))
        return Pixels(
            tuple(self._facts(survey)),
            tuple(survey.changed),
            survey.changing,
            survey.old_range,
            survey.nans,
        )

    def _why_not(self, staged: Staged) -> str | None:
        """Why this cannot be done, in words."""
        node = self.node
        if reason := why_not_fillable(node.dtype):
            return reason
        if not self.selection.size:
            return "nothing is selected: the array is empty"
        now = read_node(staged, node.path)
        if isinstance(now, Broken):
            return f"{now.reason}: {now.detail}"
        if (
            not isinstance(now, Array)
            or self.selection.array_shape != now.shape
            or (now.shape, now.dtype, now.object_shape, now.chunks, now.key_encoding)
            != (node.shape, node.dtype, node.object_shape, node.chunks, node.key_encoding)
        ):
            return "it has changed since it was opened: open it again"
        return None

    def _facts(self, survey: _Survey) -> list[tuple[str, str]]:
        count = plural(survey.changing, "value")
        size = self.selection.size
        of = {0: "none changes", size: "all change"}
        verb = "changes" if survey.changing == 1 else "change"
        changing = of.get(survey.changing, f"{format_count(survey.changing)} {verb}")
        nothing = [(NOTHING, "no selected value fulfils the condition")]
        return [
            *([] if survey.chosen else nothing),
            ("", self.change.told(count)),
            ("array", visible(self.node.path or self.name)),
            ("selection", self.expression),
            ("values", f"{format_count(size)}, {changing}"),
            ("shards" if self.node.shards else "chunks", self._objects(survey)),
            ("old values", survey.told(survey.old_range, survey.nans, self.node)),
            ("new values", survey.told(survey.new_range, survey.new_nans, self.node)),
        ]

    def _objects(self, survey: _Survey) -> str:
        told = []
        if survey.rewritten:
            size = format_bytes(survey.stored)
            told.append(f"{format_count(survey.rewritten)} rewritten, {size} stored now")
        if survey.new:
            told.append(f"{format_count(survey.new)} written for the first time")
        unit = "shard" if self.node.shards else "chunk"
        return f"{'; '.join(told) or 'none'} (of {plural(self.node.object_count, unit)})"


@dataclass(slots=True)
class _Survey:
    """What the selected values are and become, gathered object by object."""

    chosen: int = 0
    changing: int = 0
    nans: int = 0
    new_nans: int = 0
    old_range: tuple[Any, Any] | None = None
    new_range: tuple[Any, Any] | None = None
    rewritten: int = 0
    new: int = 0
    stored: int = 0
    changed: list[Box] = field(default_factory=list)

    def look(self, old: NDArray[Any], new: NDArray[Any], part: Selection) -> bool:
        """Take a part into account; tell whether a value in it changes."""
        apart = differ(old, new)
        number = int(np.count_nonzero(apart))
        self.changing += number
        self.old_range, nans = _extended(self.old_range, old)
        self.new_range, new_nans = _extended(self.new_range, new)
        self.nans += nans
        self.new_nans += new_nans
        if number:
            self.changed.append(_around(apart, part))
        return number > 0

    def count(self, raw: bytes | None, is_other: bool) -> None:
        """Take a stored object into account that is written."""
        if not is_other:
            return
        self.rewritten += raw is not None
        self.new += raw is None
        self.stored += len(raw or b"")

    @staticmethod
    def told(ends: tuple[Any, Any] | None, nans: int, node: Array) -> str:
        """A range of values, in words."""
        told = []
        if ends is not None:
            low, high = map(shown_value, ends)
            told.append(f"all {low}" if low == high and not nans else f"{low} to {high}")
        elif node.dtype.is_pixel:
            told.append("all NaN")
        if nans and told != ["all NaN"]:
            told.append(f"{format_count(nans)} NaN")
        return ", ".join(told) or f"{visible(node.dtype.name, 60)}, no range to tell"


def _made(
    old: NDArray[Any], part: Selection, maker: Maker, chosen: NDArray[np.bool_] | None
) -> NDArray[Any]:
    """What selected values become, of which a condition may have chosen some."""
    if chosen is None:
        return np.broadcast_to(np.asarray(maker(old, part), old.dtype), old.shape)
    if not chosen.any():
        return old
    # The others are not computed with: what came of them might not fit the data type.
    given = old.copy()
    given[~chosen] = old[chosen][0]
    new = old.copy()
    new[chosen] = np.broadcast_to(np.asarray(maker(given, part), old.dtype), old.shape)[chosen]
    return new


def _extended(
    ends: tuple[Any, Any] | None, values: NDArray[Any]
) -> tuple[tuple[Any, Any] | None, int]:
    """A range with some more values in it, and how many of these are NaN."""
    if values.dtype.kind not in "biuf":
        return ends, 0
    nans = 0
    if values.dtype.kind == "f":
        missing = np.isnan(values)
        nans = int(np.count_nonzero(missing))
        values = values[~missing]
    if not values.size:
        return ends, nans
    found = [values.min(), values.max(), *(ends or ())]
    return (min(found), max(found)), nans


def _around(apart: NDArray[np.bool_], part: Selection) -> Box:
    """The smallest box around values that differ, in elements of the array."""
    found = []
    for axis, along in enumerate(part.for_zarr()):
        others = tuple(other for other in range(apart.ndim) if other != axis)
        places = np.flatnonzero(apart.any(axis=others))
        first, last = (along.start + int(places[at]) * along.step for at in (0, -1))
        found.append((first, last + 1))
    return tuple(found)


def _check_separator(
    staged: Staged, node: Array, place: tuple[int, ...], raw: bytes | None
) -> None:
    """Refuse an array whose chunks lie under other keys than its document declares.

    Such a v2 array reads as fill values, and an edit would write beside what is there.
    """
    if raw is not None or node.zarr_format != 2 or len(place) < 2:
        return
    encoding = node.key_encoding
    other = KeyEncoding(encoding.style, "." if encoding.separator == "/" else "/").key(place)
    if staged.access.get(join_path(node.path, other)) is not None:
        raise UserError(
            f"{node.name or staged.location.name} cannot be edited",
            f"a chunk lies at {other}, its document says {encoding.key(place)}: "
            '"dimension_separator" is wrong or missing',
        )
