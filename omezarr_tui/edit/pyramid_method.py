"""Which method a level was made with: all are tried on a few places, and compared."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from omezarr_tui.edit.box import around, within
from omezarr_tui.edit.decoded import Decoded
from omezarr_tui.edit.downsampling import Downsampling
from omezarr_tui.edit.downsampling_candidates import candidates, check_levels, usual_method
from omezarr_tui.edit.scratch import Box
from omezarr_tui.edit.work import Work
from omezarr_tui.store.access import Access
from omezarr_tui.store.node import Array
from omezarr_tui.text import format_count, plural

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
    check_levels(finer, coarser)
    fine, coarse = Decoded(access, finer), Decoded(access, coarser)
    rivals = [_Rival(each) for each in candidates(finer, coarser, is_label, like)]
    places = 0
    samples: list[_Sample] = []
    for number, box in enumerate(_places(finer, coarser, near)):
        work.step(number, _TRIES)
        found = coarse.read(box)
        if places and (places == _PLACES or fine.nbytes + coarse.nbytes > _MOST):
            break
        if _is_constant(found):
            continue
        places += 1
        source = around([rival.how.source(box) for rival in rivals])
        samples.append(_Sample(box, found, source, fine.read(source)))
        for rival in rivals:
            if rival.agreement == 1 or not rival.looked_at:
                rival.try_on([samples[-1]], fine.extremes)
    if not any(rival.agreement == 1 for rival in rivals):  # then it counts how far each is off
        for rival in rivals:
            rival.try_on(samples[rival.tried :], fine.extremes)
    return _judged(rivals, places, finer, coarser, is_label, like)


@dataclass(frozen=True, slots=True)
class _Sample:
    """The values of a box of the coarser level, and those of a box of the finer one around it."""

    box: Box
    values: NDArray[Any]
    source: Box
    region: NDArray[Any]


class _Rival:
    """A method, and how well it does."""

    def __init__(self, how: Downsampling) -> None:
        self.how = how
        self.same = self.looked_at = self.tried = 0
        self.apart = 0.0  # the largest difference

    @property
    def agreement(self) -> float:
        """The part of the values that came out the same."""
        return self.same / self.looked_at if self.looked_at else 0.0

    def try_on(
        self, samples: Sequence[_Sample], extremes: Callable[[Box], tuple[Any, Any] | None]
    ) -> None:
        """Make the values of boxes, and compare them with those that are there."""
        for sample in samples:
            self._try_one(sample, extremes)

    def _try_one(self, sample: _Sample, extremes: Callable[[Box], tuple[Any, Any] | None]) -> None:
        found = sample.values
        region = sample.region[within(self.how.source(sample.box), sample.source)]
        made = self.how.values(sample.box, region, extremes).astype(found.dtype)
        self.tried += 1
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
    usual = usual_method(finer, coarser, is_label)
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


def _is_constant(values: NDArray[Any]) -> bool:
    return bool((values == values.flat[0]).all())
