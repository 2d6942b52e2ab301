"""A terminal's cells as files: a PNG painted cell by cell, an SVG that stands on its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont
from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

CELL = 12, 24  # pixels: what DejaVu Sans Mono fills at a size of 20
_SIZE, _BASELINE = 20, 19
_FACES = "DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf"

# A glyph that must meet its neighbours is drawn as a rectangle, as fonts leave gaps. Left,
# top, width and height, in parts of the cell.
_TILES = {"▀": (0, 0, 1, 1 / 2), "│": (5 / 12, 0, 2 / 12, 1)}

Fonts = tuple[ImageFont.FreeTypeFont, ImageFont.FreeTypeFont]


def load_fonts() -> Fonts:
    """DejaVu Sans Mono, regular and bold, from wherever the system keeps its fonts.

    Raises
    ------
    OSError
        It is not installed.
    """
    # The simplest layout: the other one is missing from some builds of Pillow.
    regular, bold = (
        ImageFont.truetype(face, _SIZE, layout_engine=ImageFont.Layout.BASIC) for face in _FACES
    )
    return regular, bold


def paint_png(lines: Sequence[Sequence[Segment]], fonts: Fonts) -> Image.Image:
    """Paint lines of styled text, each as wide as the screen.

    Parameters
    ----------
    lines
        From top to bottom.
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
            end = x + segment.cell_length * width
            draw.rectangle((x, y, end - 1, y + height - 1), paper)
            for glyph in segment.text:
                if glyph in _TILES:
                    left, top, wide, high = _TILES[glyph]
                    box = x + left * width, y + top * height
                    draw.rectangle(
                        (*box, box[0] + wide * width - 1, box[1] + high * height - 1), ink
                    )
                elif glyph != " ":
                    font = fonts[bool(style.bold)]
                    draw.text((x, y + _BASELINE), glyph, ink, font, anchor="ls")
                x += cell_len(glyph) * width
    return image


def _colours(style: Style) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Red, green and blue of the ink and of what is behind it."""
    black, white = Color.parse("black"), Color.parse("white")
    ink = (style.color or white).get_truecolor()
    paper = (style.bgcolor or black).get_truecolor(foreground=False)
    return (paper, ink) if style.reverse else (ink, paper)


_FAMILIES = (
    "'DejaVu Sans Mono', Menlo, Consolas, 'Cascadia Mono', 'Liberation Mono', monospace"
)
_TEXT = re.compile(
    r'<text class="(?P<style>[\w-]+)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)"[^>]*>'
    rf"(?P<glyphs>[{''.join(_TILES)}]+)</text>"
)
_FILL = re.compile(r"\.([\w-]+) \{ fill: (#\w+)")
# How Rich lays out an SVG: cells of 12.2 × 24.4, text on a line 18.5 below a cell's top.
_SVG_CELL = 12.2, 24.4
_SVG_BASELINE = 18.5


def alone(svg: str) -> str:
    """Make one of Textual's pictures stand on its own: no font from the web, and no seams.

    Parameters
    ----------
    svg
        As `textual.app.App.export_screenshot` gives it.
    """
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: [^;]+;", f"font-family: {_FAMILIES};", svg)
    fills = dict(_FILL.findall(svg))
    return _TEXT.sub(lambda text: _tiles(text, fills[text["style"]]), svg)


def _tiles(text: re.Match[str], fill: str) -> str:
    width, height = _SVG_CELL
    top = float(text["y"]) - _SVG_BASELINE
    drawn = []
    glyphs = text["glyphs"]
    return ""
