"""The coarser levels of an image brought up to date after an edit, over just what it concerns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from omezarr_tui.edit.box import around, cell_box, cells, common, within
from omezarr_tui.edit.decoded import Decoded
from omezarr_tui.edit.downsampling import Downsampling
from omezarr_tui.edit.downsampling_candidates import chosen_method
from omezarr_tui.edit.in_flight import coming, how_many, object_bytes
from omezarr_tui.edit.operation import Facts
from omezarr_tui.edit.pyramid_method import Detected, detect_method
from omezarr_tui.edit.scratch import Box, Scratch, differ, rewrite_object
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.image.selection import Selection
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array, join_path
from omezarr_tui.text import plural

_MOST = 1 << 24  # elements of a finer level that are worked on at a time


@dataclass(frozen=True, slots=True)
class Step:
    """How one coarser level is made.

    Parameters
    ----------
    level, source
        The level, and the one that it is made from: the next finer one as a rule.
    how
        The method.
    told
        How that was found, in words.
    is_exact
        Whether it makes what was looked at exactly as it is.
    is_chosen
        Whether the user said so.
    """

    level: int
    source: int
    how: Downsampling
    told: str
    is_exact: bool = False
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of the coarser levels.

    Parameters
    ----------
    facts
        For the dialog.
    changed
        For each level that changes, by its number, the boxes in which values change.
    """

    facts: Facts
    changed: Mapping[int, Sequence[Box]] = field(default_factory=dict)


def pyramid_steps(
    access: Access,
    levels: Sequence[Array],
    level: int,
    work: Work,
    *,
    near: Box | None = None,
    is_label: bool = False,
    chosen: str | None = None,
) -> tuple[Step, ...]:
    """Find how each level coarser than one was made.

    Parameters
    ----------
    access
        The store as it is before the edit.
    levels
        From fine to coarse.
    level
        The one that is edited.
    work
        Asked whether to stop.
    near
        A box of that level near which to look first.
    is_label
        Whether values are labels.
    chosen
        The name of a method (`METHODS`) that is to be used instead of what is found.

    Raises
    ------
    UserError
        A level cannot be read, or is not made of the finer ones; or the chosen method does not
        fit.
    Cancelled
        The user wants it to stop.
    """
    steps: list[Step] = []
    like: Downsampling | None = None
    for number in range(level + 1, len(levels)):
        finer, coarser = levels[number - 1], levels[number]
        if chosen is not None:
            how = chosen_method(chosen, finer, coarser)
            told = f"{coarser.name}: {chosen}, as chosen"
            steps.append(Step(number, number - 1, how, told, is_chosen=True))
            continue

        def detected(source: int, coarser: Array = coarser, like: Any = like) -> Detected:
            finer = levels[source]
            here = None if near is None else _scaled(near, levels[level], finer)
            return detect_method(
                access, finer, coarser, work, near=here, is_label=is_label, like=like
            )

        found, source = detected(number - 1), number - 1
        # Some tools make a level from the finest where the sizes between do not divide.
        if found.agreement is not None and not found.is_exact and number > 1:
            first = detected(0)
            if (first.agreement or 0) > found.agreement:
                found, source = first, 0
        like = found.method
        steps.append(Step(number, source, found.method, found.told, found.is_exact))
    return tuple(steps)


def follow(
    staged: Staged,
    levels: Sequence[Array],
    level: int,
    changed: Sequence[Box],
    steps: Sequence[Step],
    work: Work,
) -> Followed:
    """Bring the coarser levels up to date: put each stored object whose values change, once.

    Values that the change does not concern stay as they are, whatever the method would make.

    Parameters
    ----------
    staged
        The store with the edit of the level itself staged; the coarser levels are put there.
    levels
        From fine to coarse.
    level
        The one that was edited.
    changed
        The boxes of it in which values change.
    steps
        How each coarser level is made, from fine to coarse.
    work
        Told how many stored objects are done, and asked whether to stop.

    Raises
    ------
    UserError
        A level cannot be read, or does not keep values exactly.
    Cancelled
        The user wants it to stop.
    """
    boxes: dict[int, Sequence[Box]] = {level: changed}
    total = _objects_at_most(levels, level, changed, steps)
    done = 0
    counts: list[str] = []
    for step in steps:
        node = levels[step.level]
        parts = _by_object(node, _targets(step.how, boxes.get(step.source, ())))
        if not parts:
            continue
        finer = Decoded(staged, levels[step.source])
        writer = _Writer(staged, node)
        found: list[Box] = []
        values = 0
        reading = coming(how_many(staged, object_bytes(node)), parts, writer.read)
        for place, raw in reading:
            work.step(done, max(done, total))
            done += 1
            try:
                box, number = writer.update(place, raw, parts[place], step.how, finer)
            except UserError as error:
                why = f"{error.why}; {node.name} and coarser levels can be left as they are"
                raise UserError(error.what, why) from error
            values += number
            if box is not None:
                found.append(box)
        if found:
            boxes[step.level] = found
            counts.append(f"{node.name}: {plural(values, 'value')}")
    facts = [("pyramid", line) for line in _told(steps)]
    if counts:
        facts.append(("coarser levels", ", ".join(counts)))
    return Followed(facts, {at: each for at, each in boxes.items() if at != level})


class _Writer:
    """Puts the stored objects of a level."""

    def __init__(self, staged: Staged, node: Array) -> None:
        self._staged = staged
        self._node = node
        self._before, self._after = Scratch.pair(staged, node)

    def read(self, place: tuple[int, ...]) -> bytes | None:
        """The bytes of a stored object; None where there is none."""
        return self._staged.get(self._key(place))

    def _key(self, place: tuple[int, ...]) -> str:
        return join_path(self._node.path, self._node.key_encoding.key(place))

    def update(
        self,
        place: tuple[int, ...],
        raw: bytes | None,
        targets: Sequence[Box],
        how: Downsampling,
        finer: Decoded,
    ) -> tuple[Box | None, int]:
        """Make boxes of a stored object, whose bytes were read, anew.

        Returns
        -------
        changed, number
            The box of the values that change, None for none; and how many these are.
        """
        node, key = self._node, self._key(place)
        self._before.hold(key, raw)
        # Whole chunks, so that none is decoded twice, and a codec that loses is found out.
        whole = _whole_chunks(around(targets), node)
        old = self._before.read(whole)
        new = old.copy()
        for target in targets:
            for piece in _pieces(target, how):
                region = finer.read(how.source(piece))
                values = how.values(piece, region, finer.extremes)
                new[within(piece, whole)] = values.astype(new.dtype)
        self._before.take(key)
        apart = differ(old, new)
        if not apart.any():
            return None, 0
        part = Selection(tuple(slice(*ends, 1) for ends in whole), node.shape)
        made = rewrite_object(self._before, self._after, key, raw, part, new, node.chunks)
        self._staged.put(key, made)
        found = np.argwhere(apart)
        lows, highs = found.min(axis=0).tolist(), found.max(axis=0).tolist()
        ends = zip(whole, lows, highs, strict=True)
        box = tuple((first + low, first + high + 1) for (first, _), low, high in ends)
        return box, len(found)


def _told(steps: Sequence[Step]) -> list[str]:
    """One line where all levels were made the same way, else one for each."""
    names = {step.how.method.name for step in steps}
    if len(names) == 1 and len(steps) > 1 and all(step.is_exact for step in steps):
        return [f"levels were made by {min(names)}: reproduced exactly"]
    if len(names) == 1 and len(steps) > 1 and all(step.is_chosen for step in steps):
        return [f"all are made by {min(names)}, as chosen"]
    return [step.told for step in steps]


def _targets(how: Downsampling, boxes: Sequence[Box]) -> list[Box]:
    found = dict.fromkeys(how.target(box) for box in boxes)
    return [box for box in found if box is not None]


def _by_object(node: Array, boxes: Sequence[Box]) -> dict[tuple[int, ...], list[Box]]:
    """The stored objects that boxes meet, in the order of the grid, and what of it they meet."""
    found: dict[tuple[int, ...], list[Box]] = {}
    for box in boxes:
        box = tuple(
            (low, min(high, size)) for (low, high), size in zip(box, node.shape, strict=True)
        )
        if any(low >= high for low, high in box):
            continue  # a pixel that the method would make, and the level has not
        for place in product(*cells(box, node.object_shape)):
            part = common(cell_box(place, node.object_shape, node.shape), box)
            parts = found.setdefault(place, [])
            if not any(common(other, part) == part for other in parts):
                parts.append(part)
    return dict(sorted(found.items()))


def _objects_at_most(
    levels: Sequence[Array], level: int, changed: Sequence[Box], steps: Sequence[Step]
) -> int:
    """How many stored objects of the coarser levels the change can concern."""
    boxes: dict[int, Sequence[Box]] = {level: changed}
    total = 0
    for step in steps:
        boxes[step.level] = _targets(step.how, boxes.get(step.source, ()))
        total += len(_by_object(levels[step.level], boxes[step.level]))
    return total


def _pieces(box: Box, how: Downsampling) -> Iterator[Box]:
    """A box in parts, none of which needs more of the finer level than fits into memory."""
    source = how.source(box)
    if np.prod([high - low for low, high in source], dtype=float) <= _MOST:
        yield box
        return
    axis = max(range(len(box)), key=lambda at: box[at][1] - box[at][0])
    low, high = box[axis]
    if high - low == 1:
        yield box
        return
    middle = (low + high) // 2
    for ends in ((low, middle), (middle, high)):
        yield from _pieces((*box[:axis], ends, *box[axis + 1 :]), how)


def _whole_chunks(box: Box, node: Array) -> Box:
    met = cells(box, node.chunks)
    corners = [tuple(each[at] for each in met) for at in (0, -1)]
    return around([cell_box(corner, node.chunks, node.shape) for corner in corners])


def _scaled(box: Box, level: Array, other: Array) -> Box:
    """A box of one level, in another."""
    found = []
    for (low, high), here, there in zip(box, level.shape, other.shape, strict=True):
        first = low * there // here
        found.append((first, max(first + 1, high * there // here)))
    return tuple(found)
