"""The methods that a coarser level may have been made with, and those that a user can choose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from omezarr_tui.edit.downsampling import (
    Blocking,
    Downsampling,
    Method,
    to_more,
    to_nearest,
    to_nearest_inverse,
)
from omezarr_tui.edit.downsampling_any import AREA, NEAREST
from omezarr_tui.edit.downsampling_filters import (
    GAUSSIAN,
    ITK_GAUSSIAN,
    LINEAR,
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
from omezarr_tui.errors import UserError
from omezarr_tui.store.node import Array
from omezarr_tui.text import listed, visible

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


def chosen_method(name: str, finer: Array, coarser: Array) -> Downsampling:
    """The method that a user asks for by name, between two levels.

    Raises
    ------
    UserError
        There is none of that name, or it does not fit the levels; the message tells which do.
    """
    check_levels(finer, coarser)
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


def usual_method(finer: Array, coarser: Array, is_label: bool) -> Downsampling:
    """What is used where nothing can be told: averages for images, else nearest."""
    is_mean = not is_label and MEAN.fits(np.dtype(finer.dtype.name))
    return chosen_method("mean" if is_mean else "nearest", finer, coarser)


def check_levels(finer: Array, coarser: Array) -> None:
    """Refuse levels that cannot be made of each other.

    Raises
    ------
    UserError
        They have not the same axes, no values, or values of a type that NumPy does not know.
    """
    try:
        np.dtype(finer.dtype.name)
    except TypeError:
        raise UserError(
            f"{coarser.name} cannot be made of {finer.name}",
            f"NumPy does not know values of type {visible(finer.dtype.name, 60)}",
        ) from None
    if len(finer.shape) != len(coarser.shape) or 0 in (*finer.shape, *coarser.shape):
        raise UserError(
            f"{coarser.name} cannot be made of {finer.name}",
            "the two levels have not the same axes, or no values",
        )


def candidates(
    finer: Array, coarser: Array, is_label: bool, like: Downsampling | None
) -> list[Downsampling]:
    """All methods that may have made one level of the other, the likeliest first."""
    dtype = np.dtype(finer.dtype.name)
    factors = _factors(finer.shape, coarser.shape)
    found: list[Downsampling] = []
    for method in dict.fromkeys(_TRIED_ON_LABELS if is_label else _TRIED):
        if not method.fits(dtype):
            continue
        for factor in factors if _wants_factor(method) else [(factors or [_ones(finer)])[0]]:
            how = Downsampling(method, finer.shape, coarser.shape, factor)
            found.append(how)
            if method in _IN_BLOCKS:
                found += _in_blocks(how, finer)
            if method is ZOOM:
                for sizes in _before_cut(how.fine, how.coarse):
                    wanted = replace(how, coarse=sizes)
                    found += [wanted, *_in_blocks(wanted, finer)]
    found = list(dict.fromkeys([*found, usual_method(finer, coarser, is_label)]))
    # Of methods that agree equally the first counts: so comes the one that made another level.
    return sorted(found, key=lambda how: like is None or not _is_like(how, like))


def _is_like(how: Downsampling, other: Downsampling) -> bool:
    is_same = how.method is other.method and how.blocking is other.blocking
    return is_same and (how.block is None) == (other.block is None)


def _in_blocks(how: Downsampling, finer: Array) -> Iterator[Downsampling]:
    """The same, made in blocks: of chunks, of shards, or of all, which may come out otherwise."""
    seen = {how.pieces}
    blockings: tuple[Blocking, ...] = (to_nearest, to_nearest_inverse, to_more)
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


def _ones(node: Array) -> tuple[int, ...]:
    return (1,) * len(node.shape)
