"""Channels of an image deleted, or given another order, in all levels and all that tells them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import lt

import numpy as np

from omezarr_tui.edit.box import cell_box
from omezarr_tui.edit.bringing import stage_changes
from omezarr_tui.edit.levels import image_at, labels_with
from omezarr_tui.edit.operation import Facts
from omezarr_tui.edit.scratch import Scratch, differ
from omezarr_tui.edit.staged import Staged
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.image.channels import channel_axis, channel_name
from omezarr_tui.image.selection import Selection
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.read import ome_attributes
from omezarr_tui.ome.validate.finding import REMOVED, Change, pointer_to
from omezarr_tui.store.hierarchy import read_node
from omezarr_tui.store.node import Array, Group, join_path
from omezarr_tui.text import format_count, listed, plural, visible


@dataclass(frozen=True, slots=True)
class OrderChannels:
    """Which channels an image is to have, and in which order: an `Edit`.

    Parameters
    ----------
    path
        Of the image, from the root of the store.
    order
        The channels that stay, as they are counted before, in the order that they are to have:
        ``(0, 2)`` deletes the second of three, ``(1, 0)`` swaps two.
    count
        How many there are before.
    """

    path: str
    order: tuple[int, ...]
    count: int

    @property
    def title(self) -> str:
        """Whether any goes."""
        return "Delete channels" if self.gone else "Reorder channels"

    @property
    def gone(self) -> tuple[int, ...]:
        """The channels that go."""
        return tuple(at for at in range(self.count) if at not in self.order)

    @property
    def expression(self) -> str:
        """Which go, or the order of all."""
        name = visible(self.path) or "the root"
        if self.gone and list(self.order) == sorted(self.order):
            return f"{name}: delete channel {listed([str(at) for at in self.gone])}"
        return f"{name}: channels {listed([str(at) for at in self.order])}, in this order"

    def stage(self, staged: Staged, work: Work) -> Facts:
        """Put the stored objects and the documents of every level, and the ``omero`` metadata.

        Label images with as many channels follow.

        Raises
        ------
        UserError
            There are no such channels, or none would be left; or a level cannot be read, or not
            written exactly.
        Cancelled
            The user wants it to stop.
        """
        what = f"The channels of {visible(self.path) or 'the root'} cannot be changed"
        image = image_at(staged, self.path, what)
        axis = self._checked(image, what)
        follows = [label for label in labels_with(staged, image) if _count(label) == self.count]
        levels = [
            (level, channel_axis(each) or 0)
            for each in (image, *follows)
            for level in each.levels
            if isinstance(level, Array)
        ]
        omero, kept = self._omero(staged)
        shapes = [Change(n.path, "array", f"/shape/{at}", len(self.order)) for n, at in levels]
        news = stage_changes(staged, (*shapes, *omero), work)
        copied = made = 0
        for level, at in levels:
            if level.object_shape[at] == 1:
                copied += _move_objects(staged, level, at, self.order, work)
            else:
                made += _Maker(staged, level, at, self.order).put_all(work)
        gone = [channel_name(image, at) for at in self.gone]
        names = listed([channel_name(image, at) for at in self.order])
        sentence = f"{listed(gone)} will go." if gone else f"The order will be {names}."
        facts = [("", sentence), ("channels", f"axis {image.multiscale.axes[axis].name}: {names}")]
        if copied or made:
            facts.append(("stored objects", _counts(copied, made)))
        if follows:
            paths = listed([visible(label.multiscale.path) for label in follows])
            facts.append(("labels", f"{paths} follow, with as many channels"))
        facts += [("omero", kept)] if kept else []
        return [*facts, *news]

    def _checked(self, image: Image, what: str) -> int:
        """The axis of channels."""
        axis = channel_axis(image)
        if axis is None:
            raise UserError(what, "it has no axis of channels")
        if len(image.readable) < len(image.levels):
            raise UserError(what, "; ".join(image.multiscale.notes) or "a level cannot be read")
        counts = {level.shape[axis] for level in image.levels if isinstance(level, Array)}
        if len(counts) > 1:
            raise UserError(what, "its levels have not the same number of channels")
        if counts != {self.count}:
            raise UserError(what, f"it has {min(counts)}, not {self.count}: look at it again")
        if not self.order:
            raise UserError(what, "none would be left: delete the image instead")
        if len(set(self.order)) < len(self.order):
            raise UserError(what, "a channel is named twice")
        if wrong := [at for at in self.order if at not in range(self.count)]:
            raise UserError(
                what, f"there is no channel {wrong[0]}: there are {self.count}, counted from 0"
            )
        return axis

    def _omero(self, staged: Staged) -> tuple[list[Change], str]:
        """The changes of what ``omero`` says of channels, or why it stays."""
        node = read_node(staged, self.path)
        assert isinstance(node, Group)
        ome = ome_attributes(node.attributes)
        omero = ome.get("omero")
        channels = omero.get("channels") if isinstance(omero, dict) else None
        if not isinstance(channels, list):
            return [], ""
        if len(channels) != self.count:
            told = plural(len(channels), "channel")
            return [], f"its list of {told} stays, as the image has {self.count}: see that it fits"
        root = () if ome is node.attributes else ("ome",)
        place = (*root, "omero", "channels")
        if list(self.order) == sorted(self.order):  # so that those that stay keep their text
            return [
                Change(self.path, "attributes", pointer_to(*place, at), REMOVED)
                for at in reversed(self.gone)
            ], ""
        wanted = [channels[at] for at in self.order]
        return [Change(self.path, "attributes", pointer_to(*place), wanted)], ""


def parse_order(image: Image, text: str) -> OrderChannels:
    """The order of channels that a user typed.

    Parameters
    ----------
    image
        The image, by its path from the root of the store.
    text
        The channels that stay, by number, in their new order: ``1,0,2``.

    Raises
    ------
    ValueError
        It is none, or the image has no channels.
    """
    count = _count(image)
    if count is None:
        raise ValueError("the image has no axis of channels")
    words = text.replace(",", " ").split()
    if not all(word.isdecimal() and int(word) < count for word in words):
        raise ValueError(f"channels are 0 to {count - 1}: list those that stay, as 1,0")
    order = tuple(map(int, words))
    if not order or len(set(order)) < len(order):
        raise ValueError("each channel that stays is listed once")
    return OrderChannels(image.multiscale.path, order, count)


def _count(image: Image) -> int | None:
    """How many channels all levels of an image have; None where they differ, or cannot be read."""
    axis = channel_axis(image)
    sizes = {
        level.shape[axis] if isinstance(level, Array) and axis is not None else None
        for level in image.levels
    }
    return sizes.pop() if len(sizes) == 1 else None


def _counts(copied: int, made: int) -> str:
    told = [f"{format_count(copied)} come from others as they are"] if copied else []
    return ", ".join([*told, *([f"{format_count(made)} are encoded anew"] if made else [])])


def _move_objects(staged: Staged, node: Array, axis: int, order: Sequence[int], work: Work) -> int:
    """Give stored objects that hold one channel each their new keys; tell how many come."""
    new = {old: at for at, old in enumerate(order)}
    stored = list(_stored(staged, node))
    filled: set[tuple[int, ...]] = set()
    copied = 0
    for number, place in enumerate(stored):
        work.step(number, len(stored))
        if place[axis] not in new:
            continue
        target = _at(place, axis, new[place[axis]])
        filled.add(target)
        if target != place:
            staged.copy(_key(node, place), _key(node, target))
            copied += 1
    for place in stored:
        if place not in filled:
            staged.put(_key(node, place), None)
    return copied


class _Maker:
    """Encodes stored objects that hold several channels anew.

    Parameters
    ----------
    staged
        With the array's document as it is to be.
    node
        The array as it was.
    axis, order
        As for `_move_objects`.
    """

    def __init__(self, staged: Staged, node: Array, axis: int, order: Sequence[int]) -> None:
        new = read_node(staged, node.path)
        assert isinstance(new, Array)
        self._staged, self._node, self._axis, self._order = staged, node, axis, order
        self._shape = new.shape
        self._before, self._after = Scratch(staged.access, node), Scratch(staged, new)

    def put_all(self, work: Work) -> int:
        """Put all of them; tell how many there are then."""
        node, axis = self._node, self._axis
        step = node.object_shape[axis]
        stored = set(_stored(self._staged, node))
        columns = sorted({_at(place, axis, 0) for place in stored})
        made = 0
        for number, column in enumerate(columns):
            work.step(number, len(columns))
            for at in range(-(-node.shape[axis] // step)):
                place = _at(column, axis, at)
                channels = self._order[at * step : (at + 1) * step]
                sources = {_at(column, axis, old // step) for old in channels}
                raw = self._made(place, channels) if sources & stored else None
                if raw is not None or place in stored:
                    self._staged.put(_key(node, place), raw)
                made += raw is not None
        return made

    def _made(self, place: tuple[int, ...], channels: Sequence[int]) -> bytes | None:
        """One stored object out of channels that others hold; proven by reading it."""
        node, axis = self._node, self._axis
        box = cell_box(place, node.object_shape, self._shape)
        parts = []
        for old in channels:
            source = _key(node, _at(place, axis, old // node.object_shape[axis]))
            self._before.hold(source, self._staged.original(source))
            parts.append(self._before.read((*box[:axis], (old, old + 1), *box[axis + 1 :])))
            self._before.take(source)
        values = np.concatenate(parts, axis)
        key = _key(node, place)
        self._after.fill(Selection(tuple(slice(*ends, 1) for ends in box), self._shape), values)
        if differ(self._after.read(box), values).any():
            raise UserError(
                f"{key} would not keep its values exactly",
                "other numbers are read back than were written: a codec of this level loses "
                "precision",
            )
        return self._after.take(key)


def _at(place: tuple[int, ...], axis: int, at: int) -> tuple[int, ...]:
    """A place beside another one along an axis."""
    return (*place[:axis], at, *place[axis + 1 :])


def _stored(staged: Staged, node: Array) -> Iterator[tuple[int, ...]]:
    """The places in the grid of the stored objects that there are of an array."""
    grid = node.grid(node.object_shape)
    for key, _ in staged.keys_below(node.path):
        place = node.key_encoding.place(key)
        if place is not None and len(place) == len(grid) and all(map(lt, place, grid)):
            yield place


def _key(node: Array, place: tuple[int, ...]) -> str:
    return join_path(node.path, node.key_encoding.key(place))
