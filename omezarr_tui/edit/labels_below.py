"""The ids that a label image has where the pixels of another image lie."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from omezarr_tui.edit.decoded import Decoded
from omezarr_tui.edit.scratch import pieces, place_in
from omezarr_tui.edit.staged import Staged
from omezarr_tui.image.placing import ROUNDING, holds_everywhere, matched_axes, placed
from omezarr_tui.image.selection import Selection
from omezarr_tui.ome.discover import Image
from omezarr_tui.store.node import Array

_ROOM = 16 << 20  # pixels of the labels that are read at a time


@dataclass(frozen=True, slots=True)
class _Here:
    """The level that is edited, as `placed` asks for it."""

    level: int
    array: Array


@dataclass(frozen=True, slots=True)
class _Line:
    """An axis of the image, the one of the labels, and what leads from one's pixels to the other's.

    Pixel 0 reaches from 0 to 1.
    """

    axis: int
    at: int
    factor: float
    shift: float

    def pixels(self, part: Selection) -> NDArray[np.int_]:
        """The label's pixel for each selected one; outside of the labels too."""
        along = part.for_zarr()[self.axis]
        centres = np.arange(along.start, along.stop, along.step) + 0.5
        return np.floor(centres * self.factor + self.shift + ROUNDING).astype(int)


@dataclass(frozen=True, slots=True)
class LabelsOver:
    """A label image over an image, nearest pixel by nearest pixel of its finest level.

    Axes are matched by name and position, as in the picture: along one that the label image
    lacks it holds everywhere; outside of it there is no label (0).

    Parameters
    ----------
    image
        The image, by paths from the root of the store.
    level
        The level that is edited.
    labels
        The label image.
    """

    image: Image
    level: int
    labels: Image

    def begin(self, staged: Staged, node: Array) -> Callable[[Selection], NDArray[Any]]:
        """What gives the ids for a part of the level."""
        finest = self.labels.levels[0]
        assert isinstance(finest, Array)
        decoded = Decoded(staged.access, finest)
        lines = self._lines(node, finest)
        finer = math.prod(max(1.0, abs(line.factor)) for line in lines)

        def all_ids(part: Selection) -> NDArray[Any]:
            # Of labels that are much finer not all have room in memory at a time.
            parts = list(pieces(part, (1,) * len(node.shape), max(1, int(_ROOM / finer))))
            if len(parts) == 1:
                return ids(part)
            found = [ids(piece) for piece in parts]
            values = np.empty(
                [len(range(*along.indices(along.stop))) for along in part.for_zarr()],
                np.result_type(*found),
            )
            for piece, each in zip(parts, found, strict=True):
                values[place_in(piece, part)] = each
            return values

        def ids(part: Selection) -> NDArray[Any]:
            places = {line.at: line.pixels(part) for line in lines}
            axes = {line.at: line.axis for line in lines}
            box, index, outside = [], [], []
            for at in range(len(finest.shape)):
                found = places.get(at)
                if found is None:  # an axis of the labels alone: its first pixel
                    box.append((0, 1))
                    index.append(np.zeros(1, int))
                    outside.append(np.zeros(1, bool))
                    continue
                lost = (found < 0) | (found >= finest.shape[at])
                inside = found[~lost]
                if not inside.size:
                    return np.zeros([1] * len(node.shape), np.uint8)
                low, high = int(inside.min()), int(inside.max()) + 1
                box.append((low, high))
                index.append(np.clip(found, low, high - 1) - low)
                outside.append(lost)
            values = decoded.read(tuple(box))[np.ix_(*index)]
            for at, lost in enumerate(outside):
                shape = [-1 if axis == at else 1 for axis in range(values.ndim)]
                values = np.where(lost.reshape(shape), 0, values)
            # From the label's axes to the image's, in their order; others are of length 1.
            order = [axes[at] for at in sorted(axes)]
            kept = [at for at in range(values.ndim) if at in axes]
            values = values[tuple(slice(None) if at in axes else 0 for at in range(values.ndim))]
            values = np.moveaxis(values, range(len(kept)), np.argsort(np.argsort(order)))
            shape = [1] * len(node.shape)
            for axis, size in zip(sorted(order), values.shape, strict=True):
                shape[axis] = size
            return np.asarray(values.reshape(shape))

        return all_ids

    def _lines(self, node: Array, finest: Array) -> list[_Line]:
        """How axes go together, but for those along which a label holds everywhere."""
        here = _Here(self.level, node)
        return [
            _Line(axis, at, *placed(here, self.image, axis, self.labels, 0, at))
            for axis, at in matched_axes(self.image.multiscale, self.labels.multiscale).items()
            if not holds_everywhere(self.image, axis, self.labels, finest, at)
        ]
