"""The colours of terminals that have few: 256 or 16, and which of them come nearest."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal

from omezarr_tui.image.composite import RGB
from omezarr_tui.image.dots import thresholds

if TYPE_CHECKING:
    import numpy as np

Few = Literal["16", "256"]
# The names' colours as xterm has them. Themes change them, and no program can tell how.
NAMED: tuple[RGB, ...] = (
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0),
    (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0),
    (92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255),
)  # fmt: skip
_CUBE = (0, 95, 135, 175, 215, 255)  # red, green and blue of numbers 16 to 231
_GREYS = tuple(range(8, 239, 10))  # of numbers 232 to 255
_FIRST_GREY = 232
# How much the eye makes of differences in red, green and blue, about.
_WEIGHTS = (2.0, 4.0, 3.0)
# Where colours are so few that hues get lost, light must not: luminance, red and blue against it.
_LUMINANCE = (0.2126, 0.7152, 0.0722)
_OF_LIGHT, _OF_RED, _OF_BLUE = 3.0, 0.6, 0.5
_BITS = 5  # of each part of a colour, by which mixtures are looked up
# What two colours that lie apart cost a mixture: their dots must not be seen as such.
_APART = 0.1


@cache
def colors_of(depth: Few) -> tuple[RGB, ...]:
    """The colours of a depth by their numbers. Of 256 the first 16, which vary, are as of 16."""
    if depth == "16":
        return NAMED
    cube = ((red, green, blue) for red in _CUBE for green in _CUBE for blue in _CUBE)
    return (*NAMED, *cube, *((grey, grey, grey) for grey in _GREYS))


def nearest(colors: np.ndarray[Any, Any], depth: Few) -> np.ndarray[Any, Any]:
    """The numbers of the nearest colours.

    Parameters
    ----------
    colors
        Red, green and blue (..., 3), uint8.
    depth
        Of how many. Of 256 none of the 16 is taken that themes change.

    Returns
    -------
    numbers
        (...), uint8.
    """
    import numpy as np

    numbers: np.ndarray[Any, Any]
    if depth == "16":
        numbers = _mixtures()[0][_cells(colors)]
        return numbers
    cube, grey = np.array(_CUBE), np.array(_GREYS)
    steps = abs(np.arange(256)[:, None] - cube).argmin(axis=1)
    part = steps[colors]
    weights = np.array(_WEIGHTS) / sum(_WEIGHTS)
    light = np.rint(colors @ weights).astype(np.intp)
    shade = abs(np.arange(256)[:, None] - grey).argmin(axis=1)[light]
    to_cube = ((cube[part] - colors.astype(np.int16)) ** 2) @ weights
    to_grey = ((grey[shade][..., None] - colors.astype(np.int16)) ** 2) @ weights
    in_cube = 16 + part @ np.array([36, 6, 1])
    numbers = np.where(to_grey < to_cube, _FIRST_GREY + shade, in_cube).astype(np.uint8)
    return numbers


def shown(colors: np.ndarray[Any, Any], depth: Few) -> np.ndarray[Any, Any]:
    """The nearest colours themselves: red, green and blue (..., 3), uint8."""
    import numpy as np

    table = np.array(colors_of(depth), np.uint8)
    found: np.ndarray[Any, Any] = table[nearest(colors, depth)]
    return found


def greys(colors: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Colours as greys that are as light: red, green and blue (..., 3), uint8."""
    import numpy as np

    light = np.rint(colors @ np.array(_LUMINANCE)).astype(np.uint8)
    return np.repeat(light[..., None], 3, axis=-1)


def mixed(colors: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The 16 colours in a pattern: two of them side by side for one that is between them.

    The pattern keeps its place, so that what does not change looks the same in the next frame.

    Parameters
    ----------
    colors
        Red, green and blue (rows, columns, 3), uint8.

    Returns
    -------
    colors
        Red, green and blue (rows, columns, 3), uint8.
    """
    import numpy as np

    _, one, other, part = _mixtures()
    cells = _cells(colors)
    taken = part[cells] > thresholds(colors.shape[0], colors.shape[1])
    table = np.array(NAMED, np.uint8)
    pattern: np.ndarray[Any, Any] = table[np.where(taken, other[cells], one[cells])]
    return pattern


@lru_cache(maxsize=1 << 14)
def number_of(color: RGB, depth: Few) -> int:
    """The number of the nearest colour of a depth."""
    import numpy as np

    exact = _numbers(depth).get(color)
    return int(nearest(np.array(color, np.uint8), depth)) if exact is None else exact


@cache
def _numbers(depth: Few) -> dict[RGB, int]:
    """The number of each colour that there is."""
    first = 16 if depth == "256" else 0
    return {color: at for at, color in enumerate(colors_of(depth)) if at >= first}


def _cells(colors: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Places in the tables of mixtures (...)."""
    import numpy as np

    red, green, blue = ((colors[..., part] >> (8 - _BITS)).astype(np.intp) for part in range(3))
    cells: np.ndarray[Any, Any] = red << 2 * _BITS | green << _BITS | blue
    return cells


@cache
def _mixtures() -> tuple[np.ndarray[Any, Any], ...]:
    """Of each colour in coarse steps: the nearest of the 16, and the two whose mixture is.

    Returns
    -------
    nearest, one, other
        Numbers (32768), uint8.
    part
        How much the other is of the mixture, from 0 to 0.5 (32768).
    """
    import numpy as np

    light = np.array(_LUMINANCE)
    seen = np.stack(
        [_OF_LIGHT * light, _OF_RED * ([1, 0, 0] - light), _OF_BLUE * ([0, 0, 1] - light)]
    )
    named = (np.array(NAMED) @ seen.T).astype(np.float32)
    side = np.linspace(0, 255, 1 << _BITS)
    levels = np.stack(np.meshgrid(side, side, side, indexing="ij"), axis=-1).reshape(-1, 3)
    colors = (levels @ seen.T).astype(np.float32)
    apart = ((colors[:, None] - named) ** 2).sum(axis=-1)
    closest = apart.argmin(axis=1)
    least = apart.min(axis=1)
    # A grey is made of greys: dots of colours, though they would add up, are none of it.
    is_grey = np.array([len({*color}) == 1 for color in NAMED])
    grey = np.ptp(levels, axis=1) == 0
    closest[grey] = np.where(is_grey, apart[grey], np.inf).argmin(axis=1)
    least[grey] = apart[grey, closest[grey]]
    best = [closest.astype(np.uint8), closest.astype(np.uint8), np.zeros(len(colors), np.float32)]
    for one in range(len(named)):
        for other in range(one + 1, len(named)):
            along = named[other] - named[one]
            length = float(along @ along)
            part = np.clip((colors - named[one]) @ along / length, 0, 1)
            error = ((colors - named[one] - part[:, None] * along) ** 2).sum(axis=-1)
            error += _APART * length * part * (1 - part)
            better = (error < least) & ~(grey & ~(is_grey[one] & is_grey[other]))
            least[better] = error[better]
            best[0][better], best[1][better], best[2][better] = one, other, part[better]
    first, second, part = best
    swap = part > 0.5
    first[swap], second[swap] = second[swap], first[swap]
    part[swap] = 1 - part[swap]
    return closest.astype(np.uint8), first, second, part
