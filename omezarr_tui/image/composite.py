"""Channels and labels -> colours: what lies over the picture, and how much of it shows through."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

RGB = tuple[int, int, int]
RGBA = tuple[int, int, int, int]
# Of a picture under labels: a step below what the eye tells apart, and long runs of equal
# cells, which cost few bytes on a slow line.
_SHADES = 48
DISTINCT = 47  # colours of labels that have none of their own
# What glyphs are drawn with where no label lies, about: the terminal's own colour.
_INK = {True: (200, 205, 212), False: (40, 48, 58)}
# Luminance that ink needs on a light background at the most, on a dark one at the least.
_LIGHTEST, _DARKEST = 0.45, 0.4


@dataclass(frozen=True, slots=True)
class Tints:
    """What lies over each sample.

    Parameters
    ----------
    colors
        Red, green and blue from 0 to 255 (rows, columns, 3), float64.
    alpha
        How much of it covers what is below, from 0 to 1 (rows, columns).
    edge
        Where a label ends: its outermost samples (rows, columns).
    outlined
        Whether nothing but these edges is covered.
    """

    colors: np.ndarray[Any, Any]
    alpha: np.ndarray[Any, Any]
    edge: np.ndarray[Any, Any]
    outlined: bool = False


def label_tints(labels: np.ndarray[Any, Any], declared: Mapping[int, RGBA], opacity: int) -> Tints:
    """The colours of labels over a picture.

    Parameters
    ----------
    labels
        Label values as samples (rows, columns).
    declared
        Red, green, blue and opacity of some values, from 0 to 255. Of all others 0 is the
        background, and the rest get colours that differ well.
    opacity
        Per cent; 0 for outlines only, which are drawn in full.
    """
    import numpy as np

    values, places = np.unique(labels, return_inverse=True)
    table = label_colors(values, declared)[places.reshape(labels.shape)]
    own = table[..., 3] / 255
    edge = outlines(labels) & (own > 0)
    alpha = own * (opacity / 100) if opacity else np.where(edge, own, 0.0)
    return Tints(table[..., :3].astype(np.float64), alpha, edge, outlined=not opacity)


def label_colors(
    values: np.ndarray[Any, Any], declared: Mapping[int, RGBA]
) -> np.ndarray[Any, Any]:
    """The colour of each label value.

    Parameters
    ----------
    values
        Whole numbers of any type, or booleans (count).
    declared
        As for `label_tints`.

    Returns
    -------
    colors
        Red, green, blue and opacity (count, 4), uint8.
    """
    import numpy as np

    table = np.array([(0, 0, 0, 0), *((*distinct(n), 255) for n in range(1, DISTINCT + 1))])
    colors: np.ndarray[Any, Any] = table[distinct_numbers(values)].astype(np.uint8)
    if declared:
        for at, value in enumerate(values.tolist()):
            if (color := declared.get(int(value))) is not None:
                colors[at] = color
    return colors


def distinct_numbers(labels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Which of the distinct colours each label has: 0 for the background, else 1 to `DISTINCT`."""
    import numpy as np

    # Of unsigned 64 bits the upper half turns negative, which a colour does not mind.
    numbers: np.ndarray[Any, Any] = 1 + (labels.astype(np.int64) - 1) % DISTINCT
    numbers[labels == 0] = 0
    return numbers


@cache
def distinct(number: int) -> RGB:
    """Colours that differ from their neighbours: hues a golden angle apart."""
    lightness = (0.55, 0.7, 0.45)[number % 3]
    red, green, blue = colorsys.hls_to_rgb(number * 0.618034 % 1, lightness, 0.75)
    return round(red * 255), round(green * 255), round(blue * 255)


def outlines(labels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The samples of which a neighbour, above, below, left or right, is of another label."""
    above, below, left, right = neighbours_differ(labels)
    return above | below | left | right  # type: ignore[no-any-return]


def neighbours_differ(labels: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], ...]:
    """For each sample, whether the one above, below, left and right is of another label.

    What lies beyond the picture is taken to be the same.
    """
    import numpy as np

    rows = labels[1:] != labels[:-1]
    columns = labels[:, 1:] != labels[:, :-1]
    sides = tuple(np.zeros(labels.shape, bool) for _ in range(4))
    sides[0][1:], sides[1][:-1] = rows, rows
    sides[2][:, 1:], sides[3][:, :-1] = columns, columns
    return sides


def laid_over(colors: np.ndarray[Any, Any], tints: Tints) -> np.ndarray[Any, Any]:
    """A picture in colour with labels over it.

    Parameters
    ----------
    colors
        Red, green and blue (rows, columns, 3), uint8.
    tints
        What lies over it.

    Returns
    -------
    colors
        Red, green and blue (rows, columns, 3), uint8. The less of the picture shows through,
        the fewer shades it has.
    """
    import numpy as np

    alpha = tints.alpha[..., None]
    shades = np.maximum(1, np.rint((_SHADES - 1) * (1 - alpha)))
    even = np.where(alpha > 0, np.rint(colors * (shades / 255)) * (255 / shades), colors)
    whole: np.ndarray[Any, Any] = np.rint(even + (tints.colors - even) * alpha).astype(np.uint8)
    return whole


def vivid(colors: np.ndarray[Any, Any], *, dark: bool) -> np.ndarray[Any, Any]:
    """Colours of glyphs whose ink tells the brightness: the hue in full.

    Parameters
    ----------
    colors
        Red, green and blue (rows, columns, 3), uint8.
    dark
        Whether the terminal's background is dark.

    Returns
    -------
    colors
        Red, green and blue (rows, columns, 3), uint8, in few steps.
    """
    import numpy as np

    brightest = np.maximum(colors.max(axis=-1, keepdims=True), 1)
    full = colors * (255.0 / brightest)
    if not dark:
        light = full @ np.array([0.2126, 0.7152, 0.0722])[:, None] / 255
        full = full * np.minimum(1, _LIGHTEST / np.maximum(light, 1e-9))
    steps: np.ndarray[Any, Any] = np.rint(full / 17) * 17
    return steps.astype(np.uint8)


def inks(tints: Tints, *, dark: bool) -> np.ndarray[Any, Any]:
    """The colours of glyphs that stand where something lies over a picture.

    Parameters
    ----------
    tints
        What lies there.
    dark
        Whether the terminal's background is dark.

    Returns
    -------
    colors
        Red, green and blue (rows, columns, 3), uint8: so bright, or so dark, that they are
        read on the background.
    """
    import numpy as np

    light = tints.colors @ np.array([0.2126, 0.7152, 0.0722]) / 255
    if dark:  # towards white
        part = np.clip((_DARKEST - light) / np.maximum(1 - light, 1e-9), 0, 1)[..., None]
        colors = tints.colors + (255 - tints.colors) * part
    else:
        colors = tints.colors * np.minimum(1, _LIGHTEST / np.maximum(light, 1e-9))[..., None]
    base = np.array(_INK[dark], np.float64)
    # Thin strokes show less colour than an area does, so they get more of it.
    mixed: np.ndarray[Any, Any] = base + (colors - base) * np.cbrt(tints.alpha)[..., None]
    return np.rint(mixed).astype(np.uint8)  # type: ignore[no-any-return]
