"""Samples -> characters: what stands in each cell of the terminal, and in which colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from omezarr_tui.image.braille import braille
from omezarr_tui.image.composite import (
    RGB,
    RGBA,
    Tints,
    inks,
    label_tints,
    neighbours_differ,
    outlines,
    vivid,
)
from omezarr_tui.image.dots import dot_glyphs, set_dots
from omezarr_tui.image.palette import greys, mixed, shown
from omezarr_tui.image.quadrants import quadrants
from omezarr_tui.image.states import STATE_GLYPHS, paint_states, pattern_states

if TYPE_CHECKING:
    import numpy as np

Rendering = Literal["ascii", "half", "quadrant", "braille", "pixels"]
RENDERINGS: tuple[Rendering, ...] = ("ascii", "half", "quadrant", "braille", "pixels")
Depth = Literal["none", "16", "256", "true"]
DEPTHS: tuple[Depth, ...] = ("none", "16", "256", "true")

# Samples in a cell, down and across. A cell is twice as high as it is wide.
PER_CELL: dict[Rendering, tuple[int, int]] = {
    "ascii": (1, 1), "half": (2, 1), "quadrant": (2, 2), "braille": (4, 2),
}  # fmt: skip
CELL_PIXELS = (16, 8)  # of a terminal that does not tell
_ALL_STEPS = 256
# Glyphs by their ink, in even steps: measured in DejaVu Sans Mono as the mean coverage of
# the cell, from 0 to 0.28, each within half a step. The test of this table measures them
# anew, large, as the grid of pixels disturbs small ones.
RAMP = " .,:;*+cxueSA#Q@"
# Dots cover so little that, in proportion to brightness, all would be dark: more of them lie in
# what is dim. Measured by benchmarks/fidelity.py.
_LIFTED = 2.5
# The lines of a label's outline by the sides on which it ends: above, below, left, right. They
# are no glyphs of the ramp, so that outlines show where there are no colours.
_LINES = ("-", "|", "/", "\\", "o")


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture as cells of a terminal.

    Parameters
    ----------
    lines
        The glyphs, one text per row of cells.
    palette
        Red, green and blue of each colour, or None where the terminal's own colours do.
    fg, bg
        The colour of each glyph, and of what is behind it, as places in the palette (rows,
        columns); -1, or None for all, is the terminal's own.
    per_cell
        Samples in a cell, down and across.
    pixels
        True pixels, red, green and blue (rows, columns, 3), uint8, for terminals that show them.
    depth
        The colours that the terminal shall be told of: the nearest to those of the palette.
    """

    lines: tuple[str, ...]
    palette: tuple[RGB, ...] | None = None
    fg: np.ndarray[Any, Any] | None = None
    bg: np.ndarray[Any, Any] | None = None
    per_cell: tuple[int, int] = (1, 1)
    pixels: np.ndarray[Any, Any] | None = None
    depth: Depth = "true"

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        return len(self.lines), len(self.lines[0]) if self.lines else 0


def sample_aspect(rendering: Rendering) -> float:
    """Height of a sample in units of its width: a cell is twice as high as it is wide."""
    if rendering == "pixels":
        return 1.0
    down, across = PER_CELL[rendering]
    return 2.0 * across / down


def sample_room(
    rendering: Rendering, rows: int, columns: int, cell_pixels: tuple[int, int] = CELL_PIXELS
) -> tuple[int, int]:
    """How many samples fit into rows × columns of cells, down and across."""
    down, across = cell_pixels if rendering == "pixels" else PER_CELL[rendering]
    return rows * down, columns * across


def glyph_frame(
    light: np.ndarray[Any, Any],
    rendering: Rendering = "ascii",
    depth: Depth = "none",
    *,
    dark: bool = True,
    states: np.ndarray[Any, Any] | None = None,
    labels: np.ndarray[Any, Any] | None = None,
    tints: Tints | None = None,
    colors: np.ndarray[Any, Any] | None = None,
) -> Frame:
    """Brightness as ink, with labels over it.

    Parameters
    ----------
    light
        Brightness from 0 to 1 (rows, columns) of samples; NaN is none.
    rendering
        ``ascii`` for glyphs of more or less ink; any other for dots that are set or not.
    depth
        The colours that the terminal has.
    dark
        Whether the terminal's background is dark. On a light one ink is darkness.
    states
        Which samples are no values, and what they are (rows, columns): places in
        `STATE_GLYPHS`. None where all are values.
    labels, tints
        Labels that lie over it, and their colours: glyphs keep their ink and take the colour.
        Where only outlines are wanted, or there are no colours, these are drawn as lines.
    colors
        Red, green and blue of each sample (rows, columns, 3), for glyphs in colours.
    """
    import numpy as np

    light = np.nan_to_num(light, nan=0.0)
    if rendering != "ascii":
        ink = light if dark else 1 - light
        if rendering == "braille":
            ink = 1 - (1 - ink) ** _LIFTED
        return dots_frame(ink, rendering, states, labels, tints)
    ramp = np.array([*(RAMP if dark else RAMP[::-1])])
    cells = ramp[np.rint(light * (len(ramp) - 1)).astype(int)]
    if states is not None:
        cells = np.where(states > 0, np.array([*STATE_GLYPHS])[states], cells)
    has_color = depth != "none"
    if labels is None or tints is None:
        if colors is None or not has_color:
            return Frame(_joined(cells))
        return _inked(cells, vivid(colors, dark=dark), cells != " ", depth)
    covered = tints.alpha > 0
    if tints.outlined or not has_color:
        cells[tints.edge] = _outline_glyphs(labels)[tints.edge]
    else:  # a blank could not be seen in any colour
        cells[covered & (cells == " ")] = RAMP[1]
    if not has_color:
        return Frame(_joined(cells))
    ink = inks(tints, dark=dark)
    if colors is not None:
        ink = np.where(covered[..., None], ink, vivid(colors, dark=dark))
        covered = np.ones_like(covered)
    return _inked(cells, ink, covered, depth)


def color_frame(
    colors: np.ndarray[Any, Any],
    rendering: Rendering = "half",
    depth: Depth = "true",
    cell_pixels: tuple[int, int] = CELL_PIXELS,
    steps: int = _ALL_STEPS,
) -> Frame:
    """Colours as they are, as nearly as cells can show them.

    Parameters
    ----------
    colors
        Red, green and blue of samples (rows, columns, 3), uint8.
    rendering
        Any but ``ascii``.
    depth
        The colours that the terminal has; ``none``, which makes greys, only of ``pixels``. With
        any other these are as they are.
    cell_pixels
        Height and width of a cell in true pixels.
    steps
        Shades of red, green and blue that means of samples take at the most: fewer make a frame
        shorter to send.
    """
    import numpy as np

    if rendering == "pixels":
        return _pixel_frame(colors if depth != "none" else greys(colors), cell_pixels)
    per_cell = PER_CELL[rendering]
    samples = _filled_up(colors, per_cell)
    if depth == "16" and rendering != "braille":
        samples = mixed(samples)
    if rendering == "half":
        fore, behind = samples[0::2], samples[1::2]
        glyphs = np.full(fore.shape[:2], "▀")
    else:
        glyphs, fore, behind = (quadrants if rendering == "quadrant" else braille)(samples)
    if depth == "16" and rendering == "braille":  # a dot is too small to be part of a pattern
        behind = mixed(behind)
    both = np.concatenate([fore, behind])
    if depth in ("16", "256"):
        both = shown(both, depth)
    elif rendering != "half" and steps < _ALL_STEPS:
        both = np.rint(np.rint(both * ((steps - 1) / 255)) * (255 / (steps - 1)))
    places, palette = with_palette(both)
    rows = len(fore)
    return Frame(_joined(glyphs), palette, places[:rows], places[rows:], per_cell, depth=depth)


def label_frame(
    labels: np.ndarray[Any, Any],
    rendering: Rendering,
    declared: Mapping[int, RGBA] | None = None,
    depth: Depth = "true",
    cell_pixels: tuple[int, int] = CELL_PIXELS,
    *,
    dark: bool = True,
    states: np.ndarray[Any, Any] | None = None,
) -> Frame:
    """Labels, each in a colour (and glyph) of its own; 0 is the background.

    Parameters
    ----------
    labels
        Label values as samples (rows, columns).
    rendering
        As glyphs, or any other way.
    declared
        Red, green, blue and opacity of some values, from 0 to 255.
    depth
        The colours that the terminal has.
    cell_pixels
        Height and width of a cell in true pixels.
    dark
        Whether the terminal's background is dark.
    states
        As for `glyph_frame`.
    """
    import numpy as np

    tints = label_tints(labels, declared or {}, 100)
    seen = tints.alpha > 0
    if rendering == "pixels" or (rendering != "ascii" and depth != "none"):
        shown = np.rint(tints.colors * tints.alpha[..., None]).astype(np.uint8)
        if states is not None:
            paint_states(shown, states)
        return color_frame(shown, rendering, depth, cell_pixels)
    if rendering != "ascii":
        return dots_frame(np.where(outlines(labels) & seen, 1.0, 0.35 * seen), rendering, states)
    # Neighbouring labels differ in glyph, and none is as pale as the empty background, be that
    # dark or light.
    shapes = np.array([*RAMP[3:]])
    cells = np.where(seen, shapes[labels.astype(np.int64) % len(shapes)], RAMP[0])
    if states is not None:
        cells = np.where(states > 0, np.array([*STATE_GLYPHS])[states], cells)
    if depth == "none":
        return Frame(_joined(cells))
    return _inked(cells, inks(tints, dark=dark), seen, depth)


def _inked(
    cells: np.ndarray[Any, Any],
    colors: np.ndarray[Any, Any],
    where: np.ndarray[Any, Any],
    depth: Depth,
) -> Frame:
    """Glyphs (rows, columns) in colours (rows, columns, 3) in some places."""
    places, palette = with_palette(colors)
    places = places.astype(int)
    places[~where | (cells == " ")] = -1
    return Frame(_joined(cells), palette, fg=places, depth=depth)


def dots_frame(
    light: np.ndarray[Any, Any],
    rendering: Rendering,
    states: np.ndarray[Any, Any] | None = None,
    labels: np.ndarray[Any, Any] | None = None,
    tints: Tints | None = None,
) -> Frame:
    """Brightness as the density of dots, without colours.

    Parameters
    ----------
    light, rendering, states
        As for `glyph_frame`; samples that are no values have patterns of their own.
    labels, tints
        Labels that lie over it: their outlines are drawn as dots that are set, with dots that
        are not beside them.
    """
    per_cell = PER_CELL[rendering]
    dots = set_dots(light)
    if states is not None:
        pattern_states(dots, states)
    if labels is not None and tints is not None:
        dots[tints.edge] = True
    dots = _filled_up(dots, per_cell)
    return Frame(_joined(dot_glyphs(dots, per_cell)), per_cell=per_cell)


def _pixel_frame(colors: np.ndarray[Any, Any], cell_pixels: tuple[int, int]) -> Frame:
    rows, columns = -(-len(colors) // cell_pixels[0]), -(-colors.shape[1] // cell_pixels[1])
    return Frame((" " * columns,) * rows, per_cell=cell_pixels, pixels=colors)


def _filled_up(samples: np.ndarray[Any, Any], per_cell: tuple[int, int]) -> np.ndarray[Any, Any]:
    """Samples up to whole cells: the last ones are repeated."""
    import numpy as np

    down, across = (-size % cell for size, cell in zip(samples.shape, per_cell, strict=False))
    if not down and not across:
        return samples
    rest = ((0, 0),) * (samples.ndim - 2)
    return np.pad(samples, ((0, down), (0, across), *rest), mode="edge")


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


def with_palette(colors: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], tuple[RGB, ...]]:
    """Colours (rows, columns, 3) as places in a palette of those that occur."""
    import numpy as np

    red, green, blue = (colors[..., part].astype(np.uint32) for part in range(3))
    found, places = np.unique(red << 16 | green << 8 | blue, return_inverse=True)
    palette = tuple((c >> 16, c >> 8 & 255, c & 255) for c in found.tolist())
    return places.reshape(colors.shape[:2]), palette
