"""Colormaps: brightness -> colour, by tables of 256 shades."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.image.composite import RGB
from omezarr_tui.image.look import GREY, OF_CHANNEL

if TYPE_CHECKING:
    import numpy as np

_SHADES = 256


@lru_cache(maxsize=64)
def color_table(colormap: str, color: RGB = (255, 255, 255)) -> np.ndarray[Any, Any]:
    """The colours of a colormap, from the darkest value to the brightest.

    Parameters
    ----------
    colormap
        ``grey``, ``channel``, or a name of the cmap library.
    color
        Red, green and blue of the brightest value, for ``channel``.

    Returns
    -------
    table
        Red, green and blue (256, 3), uint8.

    Raises
    ------
    UserError
        There is no such colormap.
    """
    import numpy as np

    if colormap in (GREY, OF_CHANNEL):
        bright = (255, 255, 255) if colormap == GREY else color
        ramp = np.linspace(0.0, 1.0, _SHADES)[:, None] * np.array(bright)
        shades: np.ndarray[Any, Any] = np.rint(ramp).astype(np.uint8)
        return shades
    import cmap

    try:
        table = cmap.Colormap(colormap).lut(_SHADES)
    except (TypeError, ValueError) as error:
        raise UserError(
            f"There is no colormap {colormap!r}",
            f"there are {GREY}, {OF_CHANNEL} and those of the cmap library, such as viridis",
            exit_code=ExitCode.USAGE,
        ) from error
    # Those of a few colours, such as Accent, have just these, whatever is asked for.
    places = np.arange(_SHADES) * len(table) // _SHADES
    colors: np.ndarray[Any, Any] = np.rint(np.asarray(table)[places, :3] * 255).astype(np.uint8)
    return colors


def colored(
    brightness: np.ndarray[Any, Any], table: np.ndarray[Any, Any], steps: int
) -> np.ndarray[Any, Any]:
    """Brightness in the colours of a table.

    Parameters
    ----------
    brightness
        From 0 to 1, any shape; NaN counts as 0.
    table
        Red, green and blue (256, 3), uint8.
    steps
        How many shades there are at the most.

    Returns
    -------
    colors
        Red, green and blue (..., 3), uint8.
    """
    colors: np.ndarray[Any, Any] = table[shade_numbers(brightness, steps)]
    return colors


def shade_numbers(brightness: np.ndarray[Any, Any], steps: int) -> np.ndarray[Any, Any]:
    """Brightness as places in a table of 256 shades, of which `steps` are used, evenly."""
    import numpy as np

    clean = np.nan_to_num(brightness, nan=0.0)
    if steps >= _SHADES:
        steps = _SHADES
    shade = np.rint(clean * (steps - 1))
    numbers: np.ndarray[Any, Any] = np.rint(shade * ((_SHADES - 1) / (steps - 1))).astype(np.intp)
    return numbers


def blended(layers: list[tuple[np.ndarray[Any, Any], RGB]], steps: int) -> np.ndarray[Any, Any]:
    """Channels one over another: their lights add up, as on a screen.

    Parameters
    ----------
    layers
        Brightness from 0 to 1 (rows, columns) with red, green and blue of the brightest.
    steps
        Shades of each.

    Returns
    -------
    colors
        Red, green and blue (rows, columns, 3), uint8.
    """
    import numpy as np

    total = np.zeros((*layers[0][0].shape, 3), np.uint16)
    for brightness, color in layers:
        total += color_table(OF_CHANNEL, color)[shade_numbers(brightness, steps)]
    colors: np.ndarray[Any, Any] = np.minimum(total, 255).astype(np.uint8)
    return colors
