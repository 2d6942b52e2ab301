"""Which method a level was made with: all are tried on a few places, and compared."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from omezarr_tui.edit.box import around, within
from omezarr_tui.edit.decoded import Decoded
from omezarr_tui.edit.downsampling import Blocking, Downsampling, Method, to_more, to_nearest
from omezarr_tui.edit.downsampling_filters import (
    AREA,
    GAUSSIAN,
    ITK_GAUSSIAN,
    LINEAR,
    NEAREST,
    SMOOTHED,
    SMOOTHED_NEAREST,
    ZOOM,
)
from omezarr_tui.edit.downsampling_windows import (
    MAXIMUM,
    MEAN,
    MEAN_CUT,
    MEAN_HALF_UP,
    MEDIAN,
    MINIMUM,
    MODE,
    STRIDE,
    Windows,
)
from omezarr_tui.edit.scratch import Box
from omezarr_tui.edit.work import Work
from omezarr_tui.errors import UserError
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array
from omezarr_tui.text import format_count, listed, plural

# What a user can ask for by name; `detect_method` looks for these, and for what some tools do.
METHODS: dict[str, Method] = {
    "mean": MEAN,
    "stride": STRIDE,
    "nearest": NEAREST,
    "linear": LINEAR,
    "smooth": SMOOTHED,
    "gaussian": ITK_GAUSSIAN,
    "mode": MODE,
    "median": MEDIAN,
    "minimum": MINIMUM,
    "maximum": MAXIMUM,
}

# Where several agree with what is there, the first counts.
_TRIED: tuple[Method, ...] = (
    *(MEAN_CUT, MEAN, MEAN_HALF_UP, STRIDE, NEAREST, SMOOTHED, LINEAR, ITK_GAUSSIAN),
    *(SMOOTHED_NEAREST, ZOOM, GAUSSIAN, MODE, MEDIAN, MINIMUM, MAXIMUM, AREA),
)
_TRIED_ON_LABELS: tuple[Method, ...] = (STRIDE, NEAREST, MODE, *_TRIED)
# These are made block by block by tools that use dask.
_IN_BLOCKS: tuple[Method, ...] = (MEAN_CUT, NEAREST, SMOOTHED, LINEAR, SMOOTHED_NEAREST, ZOOM)

_LONGEST = {0: 1, 1: 1024, 2: 48, 3: 20}  # elements of a place along each axis that is scaled
_PLACES = 6  # that tell something
_TRIES = 40
_MOST = 256 << 20  # bytes decoded
_GOOD = 0.9  # of values, for a method that does not agree in all of them to be used


@dataclass(frozen=True, slots=True)
class Detected:
    """How a level was made.

    Parameters
    ----------
    method
        What is to make it anew.
    agreement
        The part of the values looked at that it makes exactly as they are; None where nothing
        could be told.
    told
        The same in words.
    """

    method: Downsampling
    agreement: float | None
    told: str

    @property
    def is_exact(self) -> bool:
        """Whether all values that were looked at come out the same."""
        return self.agreement == 1


def detect_method(
    access: Access,
    finer: Array,
    coarser: Array,
    work: Work,
    *,
    near: Box | None = None,
    is_label: bool = False,
    like: Downsampling | None = None,
) -> Detected:
    """Find the method that a level was made with, from a finer one.

    Parameters
    ----------
    access
        The store as it is before the edit.
    finer, coarser
        The two levels, with their axes in the same order.
    work
        Asked whether to stop.
    near
        A box of the finer level near which to look first.
    is_label
        Whether values are labels, which cannot be averaged.
    like
        How the level before was made: counts where that agrees as well as another.

    Raises
    ------
    UserError
        The levels do not belong together, or cannot be read.
    Cancelled
        The user wants it to stop.
    """
    _check(finer, coarser)
    fine, coarse = Decoded(access, finer), Decoded(access, coarser)
    rivals = [_Rival(each) for each in _candidates(finer, coarser, is_label, like)]
    places = 0
    for number, box in enumerate(_places(finer, coarser, near)):
        work.step(number, _TRIES)
        found = coarse.read(box)
        if places and (places == _PLACES or fine.nbytes + coarse.nbytes > _MOST):
            break
        if _is_constant(found):
            continue
        places += 1
        sources = [rival.how.source(box) for rival in rivals]
        source = around(sources)
        region = fine.read(source)
        for rival, part in zip(rivals, sources, strict=True):
            rival.try_on(found, box, region[within(part, source)], fine.extremes)
    return _judged(rivals, places, finer, coarser, is_label, like)


def chosen_method(name: str, finer: Array, coarser: Array) -> Downsampling:
    """The method that a user asks for by name, between two levels.

    Raises
    ------
    UserError
        There is none of that name, or it does not fit the levels; the message tells which do.
    """
    _check(finer, coarser)
    if name not in METHODS:
        raise UserError(f"there is no method {name}", f"there are {listed(list(METHODS))}")
    method = METHODS[name]
    if not method.fits(np.dtype(finer.dtype.name)):
        raise UserError(
            f"{name} makes nothing of values of type {finer.dtype.name}", "stride and nearest do"
        )
    factors = _factors(finer.shape, coarser.shape)
    if not factors and method is MEAN:
        method = AREA
    elif not factors and _wants_factor(method):
        raise UserError(
            f"{name} cannot make {coarser.name} from {finer.name}",
            "their sizes are no whole factor apart; nearest, mean, linear and smooth can",
        )
    return Downsampling(method, finer.shape, coarser.shape, (factors or [_ones(finer)])[0])


class _Rival:
    """A method, and how well it does."""

    def __init__(self, how: Downsampling) -> None:
        self.how = how
        self.same = self.looked_at = 0
        self.apart = 0.0  # the largest difference

    @property
    def agreement(self) -> float:
        """The part of the values that came out the same."""
        return self.same / self.looked_at if self.looked_at else 0.0

    def try_on(
        self,
        found: NDArray[Any],
        box: Box,
        region: NDArray[Any],
        extremes: Callable[[Box], tuple[Any, Any] | None],
    ) -> None:
        """Make the values of a box, and compare them with those that are there."""
        made = self.how.values(box, region, extremes).astype(found.dtype)
        same = made == found
        if found.dtype.kind in "fc":
            same |= np.isnan(made) & np.isnan(found)
        self.same += int(np.count_nonzero(same))
        self.looked_at += found.size
        if found.dtype.kind in "iuf" and not same.all():
            apart = np.abs(made[~same].astype(np.float64) - found[~same].astype(np.float64))
            self.apart = max(self.apart, float(apart.max()))


def _judged(
    rivals: list[_Rival],
    places: int,
    finer: Array,
    coarser: Array,
    is_label: bool,
    like: Downsampling | None,
) -> Detected:
    usual = _usual(finer, coarser, is_label)
    if not places:
        how = rivals[0].how if like is not None and rivals[0].how.method is like.method else usual
        told = (
            f"{coarser.name} holds one and the same value wherever it was looked at, so that its "
            f"method cannot be told: {how.method.name} is used"
        )
        return Detected(how, None, told)
    best = max(rivals, key=lambda rival: rival.agreement)  # of equal ones the first
    name, checked = best.how.method.name, plural(best.looked_at, "value")
    if best.same == best.looked_at:
        told = f"{coarser.name} was made by {name}: reproduced exactly ({checked} compared)"
        return Detected(best.how, 1.0, told)
    percent = math.floor(best.agreement * 1000) / 10  # never 100 where it is less
    agrees = f"{name} agrees in {percent} % of values"
    if np.dtype(coarser.dtype.name).kind in "iu" and not is_label:
        agrees += f", the others are off by {format_count(int(best.apart))} at most"
    if best.agreement >= _GOOD or (best.apart <= 1 and coarser.dtype.name[0] in "iu"):
        return Detected(best.how, best.agreement, f"{coarser.name}: {agrees} ({checked} compared)")
    told = (
        f"{coarser.name} was made by no method that is known here: {agrees} ({checked} "
        f"compared); {usual.method.name} is used"
    )
    found = next(rival for rival in rivals if rival.how == usual)
    return Detected(usual, found.agreement, told)


def _usual(finer: Array, coarser: Array, is_label: bool) -> Downsampling:
    """What is used where nothing can be told: averages for images, else nearest."""
    is_mean = not is_label and MEAN.fits(np.dtype(finer.dtype.name))
    return chosen_method("mean" if is_mean else "nearest", finer, coarser)


def _candidates(
    finer: Array, coarser: Array, is_label: bool, like: Downsampling | None
) -> list[Downsampling]:
    """All methods that may have made one level of the other, the likeliest first."""
    dtype = np.dtype(finer.dtype.name)
    factors = _factors(finer.shape, coarser.shape)
    found = [_usual(finer, coarser, is_label)]
    for method in dict.fromkeys(_TRIED_ON_LABELS if is_label else _TRIED):
        if not method.fits(dtype):
            continue
        for factor in factors if _wants_factor(method) else [(factors or [_ones(finer)])[0]]:
            how = Downsampling(method, finer.shape, coarser.shape, factor)
            found.append(how)
            if method in _IN_BLOCKS:
                found += _in_blocks(how, finer)
            if method is ZOOM:
                found += [replace(how, coarse=sizes) for sizes in _before_cut(how.fine, how.coarse)]
    found = list(dict.fromkeys(found))
    usual = found.pop(0)
    if usual not in found:
        found.append(usual)
    # Of methods that agree equally the first counts: so comes the one that made another level.
    return sorted(found, key=lambda how: like is None or not _is_like(how, like))


def _is_like(how: Downsampling, other: Downsampling) -> bool:
    is_same = how.method is other.method and how.blocking is other.blocking
    return is_same and (how.block is None) == (other.block is None)


def _in_blocks(how: Downsampling, finer: Array) -> Iterator[Downsampling]:
    """The same, made in blocks: of chunks, of shards, or of all, which may come out otherwise."""
    seen = {how.pieces}
    blockings: tuple[Blocking, ...] = (to_nearest, to_more)
    for block, blocking in product((finer.chunks, finer.shards, finer.shape), blockings):
        if block is not None:
            other = replace(how, block=block, blocking=blocking)
            if other.pieces not in seen:
                seen.add(other.pieces)
                yield other


def _before_cut(fine: Sequence[int], coarse: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """The sizes that ome-zarr-py may have zoomed to, before it cut off an element too much.

    It cuts to ``size // (size / wanted)``, which a rounding makes one less than was wanted.
    """
    pairs = list(zip(fine, coarse, strict=True))
    for factor in range(2, 9):
        wanted = [a // factor if a != b else b for a, b in pairs]
        cut = [a // (a / w) if w else 0 for (a, _), w in zip(pairs, wanted, strict=True)]
        if tuple(cut) == tuple(coarse):
            yield tuple(wanted)


def _wants_factor(method: Method) -> bool:
    return isinstance(method, Windows) or method in (STRIDE, ITK_GAUSSIAN)


def _factors(fine: Sequence[int], coarse: Sequence[int]) -> list[tuple[int, ...]]:
    """The whole factors along each axis that may lie between two levels, the likeliest first.

    An axis of 7 and one of 3 are 2 apart where what is left over is dropped, and 3 apart where
    it is a window of its own. Other axes tell which: factors tend to be the same.
    """
    each = [_axis_factors(*sizes) for sizes in zip(fine, coarse, strict=True)]
    if not all(each):
        return []
    wishes = sorted({factor for factors in each for factor in factors}) or [1]
    found = [tuple(wish if wish in f else f[0] for f in each) for wish in wishes]
    # Those first that say the same of most axes.
    found.sort(key=lambda factors: len({factor for factor in factors if factor != 1}))
    return list(dict.fromkeys(found))


def _axis_factors(fine: int, coarse: int) -> list[int]:
    if fine == coarse:
        return [1]
    nearest = round(fine / coarse)
    near = (nearest, fine // coarse, -(-fine // coarse), fine // (coarse + 1) + 1)
    return [f for f in dict.fromkeys(near) if f > 1 and coarse in (fine // f, -(-fine // f))]


def _places(finer: Array, coarser: Array, near: Box | None) -> Iterator[Box]:
    """Boxes of the coarser level to look at: near a box, over chunk borders, at both ends."""
    shape = coarser.shape
    is_scaled = [a != b for a, b in zip(finer.shape, shape, strict=True)]
    longest = _LONGEST.get(sum(is_scaled), 12)
    sizes = [min(size, longest if s else 1) for size, s in zip(shape, is_scaled, strict=True)]
    borders = []  # of the chunks of the finer level, where they lie in the coarser one
    for whole, step, size in zip(finer.shape, finer.object_shape, shape, strict=True):
        middle = max(1, round(whole / step / 2)) * step
        borders.append(middle * size // whole if middle < whole else size // 2)
    centres: list[Sequence[float]] = []
    if near is not None:
        scales = zip(near, finer.shape, shape, strict=True)
        centres.append([(low + high) / 2 * b / a for (low, high), a, b in scales])
    centres += [borders, shape, [0] * len(shape), [size / 2 for size in shape]]
    seen: set[Box] = set()
    for number in range(_TRIES):
        if number < len(centres):
            centre = centres[number]
        else:  # spread evenly, each axis by an irrational step of its own
            steps = [math.modf(number * math.sqrt(p))[0] for p in (2, 3, 5, 7, 11, 13, 17)]
            centre = [size * steps[axis % 7] for axis, size in enumerate(shape)]
        box = tuple(_span(c, n, size) for c, n, size in zip(centre, sizes, shape, strict=True))
        if box not in seen:
            seen.add(box)
            yield box


def _span(centre: float, length: int, size: int) -> tuple[int, int]:
    low = max(0, min(int(centre) - length // 2, size - length))
    return low, low + length


def _check(finer: Array, coarser: Array) -> None:
    if len(finer.shape) != len(coarser.shape) or 0 in (*finer.shape, *coarser.shape):
        raise UserError(
            f"{coarser.name} cannot be made of {finer.name}",
            "the two levels have not the same axes, or no values",
        )


def _ones(node: Array) -> tuple[int, ...]:
    return (1,) * len(node.shape)


def _is_constant(values: NDArray[Any]) -> bool:
    return bool((values == values.flat[0]).all())
