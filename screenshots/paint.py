"""A terminal's cells as files: a PNG painted cell by cell, an SVG that stands on its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont
from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

CELL = 12, 24  # pixels of a cell: what DejaVu Sans Mono fills at a size of 20
_SIZE, _BASELINE = 20, 19
_FACES = "DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf"

# Glyphs that must meet their neighbours are drawn as rectangles, as fonts leave gaps between
# lines. Left, top, width and height of each, in parts of the cell.
Tile = tuple[float, float, float, float]
_QUARTERS = ((0, 0), (1 / 2, 0), (0, 1 / 2), (1 / 2, 1 / 2))
_TILES: dict[str, tuple[Tile, ...]] = {
    glyph: tuple((*at, 1 / 2, 1 / 2) for bit, at in enumerate(_QUARTERS) if code >> bit & 1)
    for code, glyph in enumerate(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█")
    if code
}
_TILES |= {"▀": ((0, 0, 1, 1 / 2),), "▄": ((0, 1 / 2, 1, 1 / 2),), "█": ((0, 0, 1, 1),)}
_TILES |= {g: ((0, 1 - n / 8, 1, n / 8),) for n, g in enumerate("▁▂▃▄▅▆▇", 1)}
_TILES["│"] = ((5 / 12, 0, 2 / 12, 1),)
# Braille: the lowest bit is the dot on top of the left column.
_BRAILLE, _DOTS = 0x2800, ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))

Fonts = tuple[ImageFont.FreeTypeFont, ImageFont.FreeTypeFont]
RGB = tuple[int, int, int]


def load_fonts() -> Fonts:
    """DejaVu Sans Mono, regular and bold, from wherever the system keeps its fonts.

    Raises
    ------
    OSError
        It is not installed.
    """
    # The basic layout: some builds of Pillow lack the other one, which sets text differently.
    regular, bold = (
        ImageFont.truetype(face, _SIZE, layout_engine=ImageFont.Layout.BASIC) for face in _FACES
    )
    return regular, bold


def paint_png(lines: Sequence[Sequence[Segment]], fonts: Fonts) -> Image.Image:
    """Paint lines of styled text.

    Parameters
    ----------
    lines
        From top to bottom, each as wide as the screen.
    fonts
        From `load_fonts`.

    Returns
    -------
    image
        RGB, `CELL` pixels for each cell.
    """
    width, height = CELL
    columns = max(sum(segment.cell_length for segment in line) for line in lines)
    image = Image.new("RGB", (columns * width, len(lines) * height))
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        x, y = 0, row * height
        for segment in line:
            style = segment.style or Style()
            ink, paper = _colours(style)
            if segment.cell_length:
                _fill(draw, x, y, segment.cell_length * width, height, paper)
            for glyph in segment.text:
                if tiles := _tiles(glyph):
                    for left, top, across, down in tiles:
                        at = x + left * width, y + top * height
                        _fill(draw, *at, across * width, down * height, ink)
                elif glyph != " ":
                    font = fonts[bool(style.bold)]
                    draw.text((x, y + _BASELINE), glyph, ink, font, anchor="ls")
                x += cell_len(glyph) * width
    return image


def _tiles(glyph: str) -> tuple[Tile, ...]:
    """The rectangles that a glyph is made of; none where the font draws it."""
    bits = ord(glyph) - _BRAILLE
    if not 0 < bits < 256:
        return _TILES.get(glyph, ())
    dots = [at for bit, at in enumerate(_DOTS) if bits >> bit & 1]
    return tuple((column / 2 + 1 / 12, row / 4 + 1 / 24, 4 / 12, 4 / 24) for column, row in dots)


def _fill(
    draw: ImageDraw.ImageDraw, x: float, y: float, width: float, height: float, colour: RGB
) -> None:
    """Fill a rectangle; Pillow takes the last pixel, not the one after it."""
    draw.rectangle((round(x), round(y), round(x + width) - 1, round(y + height) - 1), colour)


def _colours(style: Style) -> tuple[RGB, RGB]:
    """Red, green and blue of the ink and of what is behind it."""
    ink = (style.color or Color.default()).get_truecolor()
    paper = (style.bgcolor or Color.default()).get_truecolor(foreground=False)
    return (paper, ink) if style.reverse else (ink, paper)


_FAMILIES = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
# How Rich lays out an SVG: the size of a cell, and how far below its top the text stands.
_SVG_CELL, _SVG_BASELINE = (12.2, 24.4), 18.5
_FILL = re.compile(r"\.([\w-]+) \{ fill: (#\w+)")
_TEXT = re.compile(
    rf'<text class="([\w-]+)" x="([\d.]+)" y="([\d.]+)"[^>]*>([{"".join(_TILES)}]+)</text>'
)


def self_contained(svg: str) -> str:
    """Free one of Textual's pictures of its web font, and of the gaps that other fonts leave.

    Parameters
    ----------
    svg
        As `textual.app.App.export_screenshot` gives it.
    """
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: Fira Code[^;]*;", f"font-family: {_FAMILIES};", svg)
    fills = dict(_FILL.findall(svg))

    def as_rectangles(text: re.Match[str]) -> str:
        style, x, y, glyphs = text.groups()
        width, height = _SVG_CELL
        path = ""
        for column, glyph in enumerate(glyphs):
            for left, top, across, down in _TILES[glyph]:
                at = float(x) + (column + left) * width, float(y) - _SVG_BASELINE + top * height
                wide = across * width
                path += f"M{at[0]:g} {at[1]:g}h{wide:g}v{down * height:g}h-{wide:g}z"
        return f'<path fill="{fills[style]}" shape-rendering="crispEdges" d="{path}"/>'

    return _TEXT.sub(as_rectangles, svg)
