"""The ids that a label image has where the pixels of another image lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from omezarr_tui.edit.decoded import Decoded
from omezarr_tui.edit.staged import Staged
from omezarr_tui.image.placing import ROUNDING, holds_everywhere, matched_axes, placed
from omezarr_tui.image.selection import Selection
from omezarr_tui.ome.discover import Image
from omezarr_tui.store.node import Array


@dataclass(frozen=True, slots=True)
class _Here:
    """The level that is edited, as `placed` asks for it."""

    level: int
    array: Array


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

        def ids(part: Selection) -> NDArray[Any]:
            places, axes = self._places(part, node, finest)
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
                    return np.zeros([1] * len(node.shape), int)
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

        return ids

    def _places(
        self, part: Selection, node: Array, finest: Array
    ) -> tuple[dict[int, NDArray[Any]], dict[int, int]]:
        """By the label's axis, the pixel for each selected one; and the image's axis of each."""
        here = _Here(self.level, node)
        places: dict[int, NDArray[Any]] = {}
        axes: dict[int, int] = {}
        for axis, at in matched_axes(self.image.multiscale, self.labels.multiscale).items():
            along = part.for_zarr()[axis]
            if holds_everywhere(self.image, axis, self.labels, finest, at):
                continue
            factor, shift = placed(here, self.image, axis, self.labels, 0, at)
            centres = np.arange(along.start, along.stop, along.step) + 0.5
            places[at] = np.floor(centres * factor + shift + ROUNDING).astype(int)
            axes[at] = axis
        return places, axes
