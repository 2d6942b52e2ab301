"""Samples -> characters: what stands in each cell of the terminal, and in which colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

Rendering = Literal["ascii", "half"]
RENDERINGS: tuple[Rendering, ...] = ("ascii", "half")

# Glyphs by their ink, in even steps: measured in DejaVu Sans Mono as the mean coverage of
# the cell, from 0 to 0.28, each within half a step. The test of this table measures them
# anew, large, as the grid of pixels disturbs small ones.
RAMP = " .,:;*+cxueSA#Q@"
NOT_A_NUMBER = "?"
# Grey levels of half-blocks: a step below what the eye tells apart, and long runs of
# equal cells, which cost few bytes on a slow line.
LEVELS = 48
_NOT_A_NUMBER_RGB = (120, 0, 90)


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture as cells of a terminal.

    Parameters
    ----------
    lines
        The glyphs, one text per row of cells; half-blocks where there are colours.
    palette
        Red, green and blue of each colour, or None where the terminal's own colours do.
    top, bottom
        For half-blocks: the colour of each cell's upper and lower half, as places in the
        palette (rows, columns).
    """

    lines: tuple[str, ...]
    palette: tuple[tuple[int, int, int], ...] | None = None
    top: np.ndarray[Any, Any] | None = None
    bottom: np.ndarray[Any, Any] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        return len(self.lines), len(self.lines[0]) if self.lines else 0


def sample_aspect(rendering: Rendering) -> float:
    """Height of a sample in units of its width: a cell is twice as high as it is wide."""
    return 2.0 if rendering == "ascii" else 1.0


def sample_room(rendering: Rendering, rows: int, columns: int) -> tuple[int, int]:
    """How many samples fit into rows × columns of cells, down and across."""
    return (rows if rendering == "ascii" else 2 * rows), columns


def ascii_frame(brightness: np.ndarray[Any, Any], *, dark: bool = True) -> Frame:
    """Brightness as ink.

    Parameters
    ----------
    brightness
        From 0 to 1 (rows, columns), one for each cell; NaN becomes `NOT_A_NUMBER`.
    dark
        Whether the terminal's background is dark. On a light one ink is darkness.
    """
    import numpy as np

    ramp = RAMP if dark else RAMP[::-1]
    glyphs = np.array([*ramp, NOT_A_NUMBER])
    missing = np.isnan(brightness)
    steps = np.rint(np.where(missing, 0, brightness) * (len(ramp) - 1)).astype(int)
    steps[missing] = len(ramp)
    return Frame(tuple("".join(row) for row in glyphs[steps]))


def half_block_frame(
    brightness: np.ndarray[Any, Any], tint: tuple[int, int, int] = (255, 255, 255)
) -> Frame:
    """Brightness as colour, two samples to a cell, one above the other.

    Parameters
    ----------
    brightness
        From 0 to 1 (2 × rows or one less, columns).
    tint
        Red, green and blue of the brightest.
    """
    import numpy as np

    palette = [
        tuple(round(part * level / (LEVELS - 1)) for part in tint) for level in range(LEVELS)
    ]
    missing = np.isnan(brightness)
    steps = np.rint(np.where(missing, 0, brightness) * (LEVELS - 1)).astype(np.uint8)
    steps[missing] = LEVELS
    return _halves(steps, (*palette, _NOT_A_NUMBER_RGB))  # type: ignore[arg-type]


def label_frame(labels: np.ndarray[Any, Any], rendering: Rendering) -> Frame:
    """Labels, each in a colour (or glyph) of its own; 0 is the background.

    Parameters
    ----------
    labels
        Label values as samples (rows, columns).
    rendering
        As glyphs or as half-blocks.
    """
    import numpy as np

    if rendering == "ascii":
        # Neighbouring labels differ in glyph, and none is as pale as the empty background,
        # be that dark or light.
        glyphs = np.array([RAMP[0], *RAMP[3:]])
        steps = np.where(labels == 0, 0, 1 + labels.astype(np.int64) % (len(glyphs) - 1))
        return Frame(tuple("".join(row) for row in glyphs[steps]))
    palette = ((0, 0, 0), *(_distinct(number) for number in range(1, 48)))
    steps = np.where(labels == 0, 0, 1 + (labels.astype(np.int64) - 1) % (len(palette) - 1))
    return _halves(steps.astype(np.uint8), palette)


def _halves(steps: np.ndarray[Any, Any], palette: tuple[tuple[int, int, int], ...]) -> Frame:
    import numpy as np

    if steps.shape[0] % 2:  # the lower half of the last cell repeats the upper one
        steps = np.concatenate([steps, steps[-1:]])
    top, bottom = steps[0::2], steps[1::2]
    return Frame(("▀" * top.shape[1],) * top.shape[0], palette, top, bottom)


def _distinct(number: int) -> tuple[int, int, int]:
    """Colours that differ from their neighbours: hues a golden angle apart."""
    import colorsys

    lightness = (0.55, 0.7, 0.45)[number % 3]
    red, green, blue = colorsys.hls_to_rgb(number * 0.618034 % 1, lightness, 0.75)
    return round(red * 255), round(green * 255), round(blue * 255)
