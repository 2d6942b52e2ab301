"""Any boxes of an array, each chunk decoded once as long as there is room to keep it."""

from __future__ import annotations

import math
from collections import OrderedDict
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from omezarr_tui.edit.box import around, cell_box, cells, common, within
from omezarr_tui.edit.scratch import Box
from omezarr_tui.errors import UserError, explain
from omezarr_tui.store.access import Access
from omezarr_tui.store.arrays import open_array
from omezarr_tui.store.node import Array
from omezarr_tui.store.waiting import Cancelled

_Place = tuple[int, ...]
_MOST = 256 << 20  # bytes that are looked at for the lowest and the highest value


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
        self._extremes: dict[Box, tuple[Any, Any]] = {}
        self.nbytes = 0

    def read(self, box: Box) -> NDArray[Any]:
        """The values of a box.

        Raises
        ------
        UserError
            What is stored there cannot be decoded.
        """
        places = list(product(*cells(box, self._node.chunks)))
        if missing := [place for place in places if place not in self._kept]:
            self._decode(missing)
        values = np.empty([high - low for low, high in box], self._array.dtype)
        for place in places:
            chunk = self._box(place)
            shared = common(chunk, box)
            values[within(shared, box)] = self._kept[place][within(shared, chunk)]
            self._kept.move_to_end(place)
        while len(self._kept) > 1 and sum(kept.nbytes for kept in self._kept.values()) > self._room:
            self._kept.popitem(last=False)
        return values

    def extremes(self, box: Box) -> tuple[Any, Any] | None:
        """The lowest and the highest value in a box; None where it is too large to look at all."""
        if box not in self._extremes:
            count = math.prod(high - low for low, high in box)
            if count * self._array.dtype.itemsize > _MOST:
                return None
            values = self.read(box)
            self._extremes[box] = values.min(), values.max()
        return self._extremes[box]

    def _decode(self, places: list[_Place]) -> None:
        """Decode chunks, those in between too: asked for together they come together."""
        sides = [range(min(along), max(along) + 1) for along in zip(*places, strict=True)]
        if math.prod(map(len, sides)) > 2 * len(places):
            for place in places:
                self._take([place], self._box(place))
            return
        corners = [self._box(tuple(side[at] for side in sides)) for at in (0, -1)]
        self._take(list(product(*sides)), around(corners))

    def _take(self, places: list[_Place], box: Box) -> None:
        try:
            values = np.asarray(self._array[tuple(slice(*ends) for ends in box)])
        except Cancelled:
            raise
        except Exception as error:  # codecs raise nearly anything at bytes that are damaged
            raise UserError(f"{self._name} cannot be read", explain(error)) from error
        self.nbytes += values.nbytes
        for place in places:
            self._kept[place] = values[within(self._box(place), box)].copy()

    def _box(self, place: _Place) -> Box:
        return cell_box(place, self._node.chunks, self._node.shape)
