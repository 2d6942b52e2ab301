"""The names of colormaps: each map once, in an order to choose from; variants by their numbers."""

from __future__ import annotations

import re
from functools import cache

from omezarr_tui.image.look import GREY, OF_CHANNEL

# What most people look for. Two libraries have a fire: that of ImageJ is the known one.
USUAL = (
    GREY, OF_CHANNEL, "viridis", "magma", "inferno", "plasma", "cividis", "turbo", "imagej:fire",
    "hot",
)  # fmt: skip
_SAME = {"gray": GREY}  # the library's name of a map -> ours
_CONTINUOUS = (True, "linear")
_COUNTED = re.compile(r"_(\d+)$")  # as Accent_3, which is Accent in three colours


@cache
def colormap_names() -> tuple[str, ...]:
    """The colormaps that there are, each once: the usual, the continuous, those of few colours.

    A map that the cmap library has in several numbers of colours only, as
    ``rainbow_discrete_23``, stands here with the most.
    """
    import cmap

    catalog = cmap.Catalog()
    left_out = {*colormap_variants(), *USUAL, *_SAME}
    others = sorted({*catalog.unique_keys()} - left_out, key=str.lower)
    return (
        *USUAL,
        *sorted(others, key=lambda name: catalog[name].interpolation not in _CONTINUOUS),
    )


@cache
def colormap_variants() -> tuple[str, ...]:
    """The colormaps that are others in fewer colours, by name and number of colours."""
    import cmap

    known = cmap.Catalog().unique_keys()
    counted = {(_whole(name), _count(name)): name for name in known if _count(name)}
    wholes = {_whole(name) for name in known if not _count(name)}
    most = dict(sorted(counted))
    return tuple(
        name
        for (whole, count), name in sorted(counted.items())
        if whole in wholes or count < most[whole]
    )


def fitting_colormaps(text: str) -> list[str]:
    """The colormaps whose names hold a text, in whatever case; all without a text.

    Parameters
    ----------
    text
        What was typed. Variants are found where it reaches into their number, as ``accent_3``.
    """
    text = text.strip().lower()
    also = {ours: theirs for theirs, ours in _SAME.items()}
    names = [name for name in colormap_names() if text in f"{name} {also.get(name, '')}".lower()]
    if text:
        names += [
            name
            for name in colormap_variants()
            if text in name.lower() and text not in _whole(name).lower()
        ]
    return names


def _whole(name: str) -> str:
    """The map's own name, without its library and its number of colours."""
    return _COUNTED.sub("", name.rpartition(":")[2])


def _count(name: str) -> int:
    """The number of colours that a name tells; 0 where it tells none."""
    found = _COUNTED.search(name)
    return int(found[1]) if found else 0
