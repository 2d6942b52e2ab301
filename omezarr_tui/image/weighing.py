"""Sums of the pixels that each sample covers along one axis, the pixels at its ends in part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.covering import covered, touched

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.covering import Floats

# The matrix of all samples and pixels is nearly empty: it is multiplied by the few samples whose
# pixels lie together. More at a time cost more products with nothing, fewer more calls.
_BAND_SAMPLES = 16
_KEPT = 32  # steps from plane to plane ask for the same weights again and again


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """How much of each sample the pixels of a block cover, along one axis.

    Parameters
    ----------
    inside
        The samples that the block touches.
    bands
        Neighbouring samples, counted from the first that is touched; the block's pixels that they
        cover; and what part of each sample each pixel is: (samples, pixels).
    totals
        What part of each sample lies in the block; 1 is all of it.
    """

    inside: slice
    bands: tuple[tuple[slice, slice, Floats], ...]
    totals: Floats

    def sums(self, values: np.ndarray[Any, Any]) -> Floats:
        """The weighted sums of rows: (pixels, n) to (samples, n)."""
        import numpy as np

        found = np.empty((len(self.totals), values.shape[1]))
        for samples, pixels, parts in self.bands:
            np.matmul(parts, values[pixels], out=found[samples])
        return found

    def add_across(self, values: Floats, to: Floats) -> None:
        """Add the weighted sums of columns, (n, pixels), to samples (n, samples)."""
        for samples, pixels, parts in self.bands:
            to[:, samples] += values[:, pixels] @ parts.T


@lru_cache(maxsize=_KEPT)
def weights_of(low: float, high: float, samples: int, start: int, count: int) -> Weights:
    """The weights of a block's pixels along one axis.

    Parameters
    ----------
    low, high
        Where the first sample begins and the last one ends, in pixels of the array.
    samples
        How many there are between them.
    start, count
        The block's pixels.
    """
    import numpy as np

    borders = np.linspace(low, high, samples + 1)
    all_first, all_last = covered(borders)
    inside = touched(all_first, all_last, start, count)
    first = np.maximum(all_first[inside], start)
    last = np.minimum(all_last[inside], start + count)
    begins, ends = borders[inside.start : inside.stop], borders[inside.start + 1 : inside.stop + 1]
    bands = []
    # What all pixels of a sample cover of it: thin slivers at its ends count for nothing.
    widths = np.minimum(ends, all_last[inside]) - np.maximum(begins, all_first[inside])
    totals = np.zeros(len(first))
    for at in range(0, len(first), _BAND_SAMPLES):
        band = slice(at, min(at + _BAND_SAMPLES, len(first)))
        pixels = np.arange(first[band][0], last[band][-1])
        low_ends, high_ends = begins[band, None], ends[band, None]
        common = np.minimum(high_ends, pixels + 1) - np.maximum(low_ends, pixels)
        # As parts of the sample, so that no sum is larger than the values themselves.
        parts = np.clip(common / widths[band, None], 0, None)
        totals[band] = parts.sum(axis=1)
        bands.append((band, slice(int(pixels[0]) - start, int(pixels[-1]) + 1 - start), parts))
    return Weights(inside, tuple(bands), totals)
