"""Samples -> characters: what stands in each cell of the terminal, and in which colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from omezarr_tui.image.composite import (
    LEVELS,
    NOT_A_NUMBER_RGB,
    RGB,
    RGBA,
    Tints,
    inks,
    label_tints,
    neighbours_differ,
)

if TYPE_CHECKING:
    import numpy as np

Rendering = Literal["ascii", "half"]
RENDERINGS: tuple[Rendering, ...] = ("ascii", "half")

# Glyphs by their ink, in even steps: measured in DejaVu Sans Mono as the mean coverage of
# the cell, from 0 to 0.28, each within half a step. The test of this table measures them
# anew, large, as the grid of pixels disturbs small ones.
RAMP = " .,:;*+cxueSA#Q@"
NOT_A_NUMBER = "?"
# The lines of a label's outline by the sides on which it ends: above, below, left, right. They
# are no glyphs of the ramp, so that outlines show where there are no colours.
_LINES = ("-", "|", "/", "\\", "o")


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
    ink
        For glyphs: the colour of each, as a place in the palette (rows, columns); -1 for the
        terminal's own.
    """

    lines: tuple[str, ...]
    palette: tuple[RGB, ...] | None = None
    top: np.ndarray[Any, Any] | None = None
    bottom: np.ndarray[Any, Any] | None = None
    ink: np.ndarray[Any, Any] | None = None

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


def ascii_frame(
    brightness: np.ndarray[Any, Any],
    *,
    dark: bool = True,
    labels: np.ndarray[Any, Any] | None = None,
    tints: Tints | None = None,
    color: bool = True,
) -> Frame:
    """Brightness as ink, with labels over it.

    Parameters
    ----------
    brightness
        From 0 to 1 (rows, columns), one for each cell; NaN becomes `NOT_A_NUMBER`.
    dark
        Whether the terminal's background is dark. On a light one ink is darkness.
    labels, tints
        Labels that lie over it, and their colours: glyphs keep their ink and take the colour.
        Where only outlines are wanted, or there are no colours, these are drawn as lines.
    color
        Whether the terminal has colours.
    """
    import numpy as np

    ramp = RAMP if dark else RAMP[::-1]
    glyphs = np.array([*ramp, NOT_A_NUMBER])
    missing = np.isnan(brightness)
    steps = np.rint(np.where(missing, 0, brightness) * (len(ramp) - 1)).astype(int)
    steps[missing] = len(ramp)
    cells = glyphs[steps]
    if labels is None or tints is None:
        return Frame(_joined(cells))
    covered = tints.alpha > 0
    if tints.outlined or not color:
        cells[tints.edge] = _outline_glyphs(labels)[tints.edge]
    else:  # a blank could not be seen in any colour
        cells[covered & (cells == " ")] = RAMP[1]
    return _inked(cells, tints, covered, dark) if color else Frame(_joined(cells))


def half_block_frame(brightness: np.ndarray[Any, Any], tint: RGB = (255, 255, 255)) -> Frame:
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
    return _halves(steps, (*palette, NOT_A_NUMBER_RGB))  # type: ignore[arg-type]


def color_frame(colors: np.ndarray[Any, Any]) -> Frame:
    """Colours as they are, two samples to a cell, one above the other.

    Parameters
    ----------
    colors
        Red, green and blue (2 × rows or one less, columns, 3), uint8.
    """
    return _halves(*_with_palette(colors))


def label_frame(
    labels: np.ndarray[Any, Any],
    rendering: Rendering,
    declared: Mapping[int, RGBA] | None = None,
    *,
    dark: bool = True,
    color: bool = True,
) -> Frame:
    """Labels, each in a colour (and glyph) of its own; 0 is the background.

    Parameters
    ----------
    labels
        Label values as samples (rows, columns).
    rendering
        As glyphs or as half-blocks.
    declared
        Red, green, blue and opacity of some values, from 0 to 255.
    dark
        Whether the terminal's background is dark.
    color
        Whether the terminal has colours.
    """
    import numpy as np

    tints = label_tints(labels, declared or {}, 100)
    if rendering == "half":
        return color_frame(np.rint(tints.colors * tints.alpha[..., None]).astype(np.uint8))
    # Neighbouring labels differ in glyph, and none is as pale as the empty background, be that
    # dark or light.
    shapes = np.array([*RAMP[3:]])
    seen = tints.alpha > 0
    cells = np.where(seen, shapes[labels.astype(np.int64) % len(shapes)], RAMP[0])
    return _inked(cells, tints, seen, dark) if color else Frame(_joined(cells))


def _inked(
    cells: np.ndarray[Any, Any], tints: Tints, where: np.ndarray[Any, Any], dark: bool
) -> Frame:
    """Glyphs (rows, columns) in colours where something lies over the picture."""
    places, palette = _with_palette(inks(tints, dark=dark))
    places = places.astype(int)
    places[~where | (cells == " ")] = -1
    return Frame(_joined(cells), palette, ink=places)


def _outline_glyphs(labels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A line for each sample, that runs as the edge of its label does there."""
    import numpy as np

    above, below, left, right = neighbours_differ(labels)
    level, upright = above ^ below, left ^ right
    falls = (above & right) | (below & left)
    glyphs = np.full(labels.shape, _LINES[4])
    glyphs[(above | below) & ~left & ~right] = _LINES[0]
    glyphs[(left | right) & ~above & ~below] = _LINES[1]
    glyphs[level & upright & ~falls] = _LINES[2]
    glyphs[level & upright & falls] = _LINES[3]
    return glyphs


def _joined(cells: np.ndarray[Any, Any]) -> tuple[str, ...]:
    return tuple("".join(row) for row in cells.tolist())


def _with_palette(colors: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], tuple[RGB, ...]]:
    """Colours (rows, columns, 3) as places in a palette of those that occur."""
    import numpy as np

    red, green, blue = (colors[..., part].astype(np.uint32) for part in range(3))
    found, places = np.unique(red << 16 | green << 8 | blue, return_inverse=True)
    palette = tuple((c >> 16, c >> 8 & 255, c & 255) for c in found.tolist())
    return places.reshape(colors.shape[:2]), palette


def _halves(steps: np.ndarray[Any, Any], palette: tuple[RGB, ...]) -> Frame:
    import numpy as np

    if steps.shape[0] % 2:  # the lower half of the last cell repeats the upper one
        steps = np.concatenate([steps, steps[-1:]])
    top, bottom = steps[0::2], steps[1::2]
    return Frame(("▀" * top.shape[1],) * top.shape[0], palette, top, bottom)
