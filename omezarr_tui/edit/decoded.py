"""Any boxes of an array, each chunk decoded once as long as there is room to keep it."""

from __future__ import annotations

import math
from collections import OrderedDict
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from omezarr_tui.edit.scratch import Box
from omezarr_tui.errors import UserError, explain
from omezarr_tui.store.access import Access
from omezarr_tui.store.arrays import open_array
from omezarr_tui.store.node import Array
from omezarr_tui.store.waiting import Cancelled

_Place = tuple[int, ...]


class Decoded:
    """An array whose chunks are kept for a while once they are decoded.

    Parameters
    ----------
    access
        Where it lies.
    node
        The array.
    room
        How many bytes of decoded chunks are kept.

    Attributes
    ----------
    nbytes
        How many bytes were decoded so far.
    """

    def __init__(self, access: Access, node: Array, room: int = 128 << 20) -> None:
        self._array = open_array(access, node)
        self._node = node
        self._name = node.name or access.location.name
        self._room = room
        self._kept: OrderedDict[_Place, NDArray[Any]] = OrderedDict()
        self.nbytes = 0

    def read(self, box: Box) -> NDArray[Any]:
        """The values of a box.

        Raises
        ------
        UserError
            What is stored there cannot be decoded.
        """
        cells = [
            range(low // step, -(-high // step))
            for (low, high), step in zip(box, self._node.chunks, strict=True)
        ]
        if missing := [place for place in product(*cells) if place not in self._kept]:
            self._decode(missing)
        values = np.empty([high - low for low, high in box], self._array.dtype)
        for place in product(*cells):
            kept, (into, out_of) = self._kept[place], _overlap(self._box(place), box)
            values[into] = kept[out_of]
            self._kept.move_to_end(place)
        while len(self._kept) > 1 and sum(kept.nbytes for kept in self._kept.values()) > self._room:
            self._kept.popitem(last=False)
        return values

    def _decode(self, places: list[_Place]) -> None:
        """Decode chunks, those in between too: asked for together they come together."""
        sides = [range(min(along), max(along) + 1) for along in zip(*places, strict=True)]
        if math.prod(map(len, sides)) > 2 * len(places):
            for place in places:
                self._take([place], self._box(place))
            return
        corners = [self._box(tuple(side[at] for side in sides)) for at in (0, -1)]
        ends = zip(*corners, strict=True)
        self._take(list(product(*sides)), tuple((low, high) for (low, _), (_, high) in ends))

    def _take(self, places: list[_Place], box: Box) -> None:
        try:
            values = np.asarray(self._array[tuple(slice(*ends) for ends in box)])
        except Cancelled:
            raise
        except Exception as error:  # codecs raise nearly anything at bytes that are damaged
            raise UserError(f"{self._name} cannot be read", explain(error)) from error
        self.nbytes += values.nbytes
        for place in places:
            into, _ = _overlap(self._box(place), box)
            self._kept[place] = values[into].copy()

    def _box(self, place: _Place) -> Box:
        node = self._node
        spans = zip(place, node.chunks, node.shape, strict=True)
        return tuple((at * step, min((at + 1) * step, size)) for at, step, size in spans)


def _overlap(part: Box, whole: Box) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """What two boxes share: where it lies in the second, and where in the first."""
    shared = [
        (max(a, c), min(b, d)) for (a, b), (c, d) in zip(part, whole, strict=True)
    ]
    into = tuple(slice(a - c, b - c) for (a, b), (c, _) in zip(shared, whole, strict=True))
    out_of = tuple(slice(a - c, b - c) for (a, b), (c, _) in zip(shared, part, strict=True))
    return into, out_of
