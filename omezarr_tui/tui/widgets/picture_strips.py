"""A frame as lines of a widget, with the fewest codes for colours that show it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any

from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from omezarr_tui.image.palette import number_of
from omezarr_tui.tui.widgets.painted_strip import PaintedStrip, can_be_painted
from omezarr_tui.tui.widgets.picture_pixels import pixel_rows

if TYPE_CHECKING:
    import numpy as np

    from omezarr_tui.image.cells import Depth, Frame
    from omezarr_tui.image.composite import RGB
    from omezarr_tui.tui.graphics import Protocol
    from omezarr_tui.tui.widgets.picture_drawn import Drawn

# The colours of each depth, as Rich has them; of a frame without colours none is told.
SYSTEMS: dict[Depth, ColorSystem] = {
    "none": ColorSystem.STANDARD,
    "16": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "true": ColorSystem.TRUECOLOR,
}
_RESET = "\x1b[0m"
_FADED = 0.5  # of the way to the background
_MOST_PAIRS = 1 << 16  # of colours whose codes are kept
_BLOCKS = (" █", "▀▄", "▌▐", "▘▟", "▝▙", "▖▜", "▗▛", "▚▞")  # each with the rest of its cell
_BLANK, _LAST_BLOCK = ord(" "), 0x259F


@dataclass(frozen=True, slots=True)
class Canvas:
    """What a frame is painted on.

    Parameters
    ----------
    rows, columns
        Cells that there are; the frame stands in their middle.
    base
        Colours where the frame has none of its own.
    system
        The colours that the terminal has; None where codes cannot be written in advance, as a
        filter will change them: then lines are made of segments.
    protocol
        How true pixels are sent.
    """

    rows: int
    columns: int
    base: Style
    system: ColorSystem | None = None
    protocol: Protocol | None = None

    def place(self, frame: Frame) -> tuple[int, int]:
        """The row and the column in which a frame begins."""
        rows, columns = frame.size
        return max(0, (self.rows - rows) // 2), max(0, (self.columns - columns) // 2)


def strips_of(frame: Frame, canvas: Canvas, drawn: Drawn | None = None) -> list[Strip]:
    """All lines of the canvas with a frame in the middle.

    Lines are equal where the same stands in them, whatever stood in other lines.

    Parameters
    ----------
    frame, canvas
        What is painted, and on what.
    drawn
        What is drawn into true pixels.
    """
    top, left = canvas.place(frame)
    blank = Strip.blank(canvas.columns, canvas.base)
    shown = min(len(frame.lines), canvas.rows)
    right = max(0, canvas.columns - left - frame.size[1])
    lines: list[Strip] = []
    texts: list[str] = []
    if canvas.system is not None and can_be_painted() and frame.size[1] <= canvas.columns:
        if frame.pixels is None:
            texts = _texts(frame, canvas.base, canvas.system, left, right)
        elif canvas.protocol is not None:
            texts = _pixel_texts(frame, canvas, left, right, drawn)
    for row in range(shown):
        make = partial(segments_of, frame, row, canvas.base, left, right)
        if texts:
            lines.append(PaintedStrip(texts[row], canvas.columns, make))
        else:
            strip = Strip(make(), left + frame.size[1] + right)
            lines.append(strip.adjust_cell_length(canvas.columns, canvas.base))
    return [blank] * top + lines + [blank] * (canvas.rows - top - shown)


def segments_of(frame: Frame, row: int, base: Style, left: int, right: int) -> list[Segment]:
    """A row of a frame as runs of cells with the same colours, with blanks on both sides."""
    line, palette = frame.lines[row], frame.palette
    segments = [Segment(" " * left, base)] if left else []
    if palette is None:
        segments.append(Segment(line, base))
    else:
        unset = [-1] * len(line)
        inks = unset if frame.fg is None else frame.fg[row].tolist()
        grounds = unset if frame.bg is None else frame.bg[row].tolist()
        at = 0
        for (ink, ground), run in groupby(zip(inks, grounds, strict=True)):
            end = at + sum(1 for _ in run)
            colors = _style(
                None if ink < 0 else palette[ink],
                None if ground < 0 else palette[ground],
                SYSTEMS[frame.depth],
            )
            segments.append(Segment(line[at:end], base + colors))
            at = end
    return [*segments, Segment(" " * right, base)] if right else segments


def faded(frame: Frame, canvas: Canvas) -> tuple[Frame, Canvas]:
    """A frame and what it is painted on, half way to the background: it is not what is wanted."""
    base, ground = canvas.base, canvas.base.bgcolor
    if ground is None or ground.triplet is None:
        return frame, replace(canvas, base=base + Style(dim=True), system=None)
    far = ground.triplet
    if base.color is not None and base.color.triplet is not None:
        base += Style.from_color(Color.from_rgb(*_between(base.color.triplet, far)))
    if frame.palette is not None:
        frame = replace(frame, palette=tuple(_between(color, far) for color in frame.palette))
    return frame, replace(canvas, base=base)


def _between(color: RGB, other: RGB) -> RGB:
    red, green, blue = (round(a + (b - a) * _FADED) for a, b in zip(color, other, strict=True))
    return red, green, blue


def _texts(frame: Frame, base: Style, system: ColorSystem, left: int, right: int) -> list[str]:
    """What is written for each row: a code stands only where a colour changes that is seen."""
    import numpy as np

    told = SYSTEMS[frame.depth]
    codes = _codes(frame.palette or (), base.color, base.bgcolor, system, told)
    own = codes.between(codes.own, codes.own)
    before = own + " " * left if left else ""
    after = (own + " " * right if right else "") + _RESET
    if frame.palette is None:
        return [f"{own}{' ' * left}{line}{' ' * right}{_RESET}" for line in frame.lines]
    glyphs = np.array(frame.lines).view("U1").reshape(frame.size).view(np.uint32)
    ink, ground = codes.places(frame.fg, frame.size), codes.places(frame.bg, frame.size)
    glyphs, ink, ground = _with_fewest_changes(glyphs, ink, ground, codes.own)
    keys = codes.keys_of(_changed(ink, codes.none), _changed(ground, codes.none))
    code = codes.__getitem__
    return [
        before + "".join(chain.from_iterable(zip(map(code, row), cells, strict=True))) + after
        for row, cells in zip(keys.tolist(), glyphs.view("U1").tolist(), strict=True)
    ]


def _pixel_texts(
    frame: Frame, canvas: Canvas, left: int, right: int, drawn: Drawn | None
) -> list[str]:
    """What is written for each row of cells of true pixels."""
    assert canvas.system is not None
    assert canvas.protocol is not None
    base = canvas.base
    codes = _codes((), base.color, base.bgcolor, canvas.system, canvas.system)
    own = codes.between(codes.own, codes.own)
    rows = pixel_rows(frame, canvas.protocol, drawn)
    return [f"{own}{' ' * left}{row}{own}{' ' * right}{_RESET}" for row in rows]


def _changed(places: np.ndarray[Any, Any], none: int) -> np.ndarray[Any, Any]:
    """Colours (rows, columns) where they are not those of the cell before, else `none`."""
    changed = places.copy()
    changed[:, 1:][places[:, 1:] == places[:, :-1]] = none
    return changed


def _with_fewest_changes(
    glyphs: np.ndarray[Any, Any],
    ink: np.ndarray[Any, Any],
    ground: np.ndarray[Any, Any],
    own: int,
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Other glyphs that look the same, in colours that change less often along a row.

    A block of one colour on another looks like the rest of the cell in the other on the one,
    and in a blank the ink is not seen.

    Parameters
    ----------
    glyphs
        As code points (rows, columns).
    ink, ground
        Their colours (rows, columns).
    own
        What stands for the terminal's own colours, of which ink and ground differ.
    """
    import numpy as np

    solid = (ink == ground) & (ink < own)
    glyphs = np.where(solid, _BLANK, glyphs).astype(np.uint32).T.copy()
    others = _complements()[np.minimum(glyphs, _LAST_BLOCK + 1)]
    unseen = glyphs == _BLANK
    may = (others > 0) & ((ink < own) & (ground < own)).T
    inks, grounds = ink.T.copy(), ground.T.copy()
    inks[unseen] = grounds[unseen]
    swapped = np.zeros(may.shape, bool)
    now_ink, now_ground = inks[0], grounds[0]
    for column in range(len(glyphs)):
        one, other, blank = inks[column], grounds[column], unseen[column]
        saved = (now_ink == other).view(np.int8) - (now_ground == other)
        saved += ((now_ground == one).view(np.int8) - (now_ink == one)) * ~blank
        swap = (saved > 0) & may[column]
        now_ink = np.where(blank, now_ink, np.where(swap, other, one))
        now_ground = np.where(swap, np.where(blank, now_ground, one), other)
        swapped[column], inks[column], grounds[column] = swap, now_ink, now_ground
    glyphs = np.where(swapped, others, glyphs).astype(np.uint32)
    return np.ascontiguousarray(glyphs.T), inks.T, grounds.T


@lru_cache(maxsize=1)
def _complements() -> np.ndarray[Any, Any]:
    """For each code point up to the last block the block that fills the rest of its cell."""
    import numpy as np

    table = np.zeros(_LAST_BLOCK + 2, np.uint32)
    for one, other in map(tuple, _BLOCKS):
        table[ord(one)], table[ord(other)] = ord(other), ord(one)
    return table


class _Codes(dict[int, str]):
    """The codes that change to an ink and a ground, by `keys_of` the two.

    Parameters
    ----------
    inks, grounds
        The code of each colour of a palette, and last of the terminal's own.
    """

    def __init__(self, inks: list[str], grounds: list[str]) -> None:
        super().__init__()
        self.own = len(inks) - 1
        self.none = len(inks)  # the colour stays as it is
        self._inks, self._grounds = inks, grounds
        # Colours with the same codes are the same, as they may be where the terminal has few.
        first: dict[tuple[str, str], int] = {}
        pairs = enumerate(zip(inks, grounds, strict=True))
        self._same = [first.setdefault(pair, at) for at, pair in pairs]
        self._same[-1] = self.own

    def places(
        self, places: np.ndarray[Any, Any] | None, size: tuple[int, int]
    ) -> np.ndarray[Any, Any]:
        """Places in a palette (rows, columns), -1 or None for the terminal's own colour."""
        import numpy as np

        own: np.ndarray[Any, Any] = np.full(size, self.own)
        return own if places is None else np.array(self._same)[places]

    def keys_of(
        self, inks: np.ndarray[Any, Any], grounds: np.ndarray[Any, Any]
    ) -> np.ndarray[Any, Any]:
        """The key of each pair (rows, columns)."""
        keys: np.ndarray[Any, Any] = inks * (self.none + 1) + grounds
        return keys

    def between(self, ink: int, ground: int) -> str:
        """The code that changes to an ink and a ground."""
        return self[ink * (self.none + 1) + ground]

    def __missing__(self, key: int) -> str:
        ink, ground = divmod(key, self.none + 1)
        parts = [self._inks[ink]] if ink != self.none else []
        parts += [self._grounds[ground]] if ground != self.none else []
        code = f"\x1b[{';'.join(parts)}m" if parts else ""
        if len(self) > _MOST_PAIRS:
            self.clear()
        self[key] = code
        return code


@lru_cache(maxsize=2)  # the palette of a picture and of the same one faded
def _codes(
    palette: tuple[RGB, ...],
    ink: Color | None,
    ground: Color | None,
    system: ColorSystem,
    told: ColorSystem,
) -> _Codes:
    """The codes of a palette in the colours of `told`, and of the terminal's own colours."""
    default = Color.default()
    colors = [_color(color, told).downgrade(system) for color in palette]
    inks = [";".join(color.get_ansi_codes()) for color in colors]
    grounds = [";".join(color.get_ansi_codes(foreground=False)) for color in colors]
    inks.append(";".join((ink or default).downgrade(system).get_ansi_codes()))
    grounds.append(";".join((ground or default).downgrade(system).get_ansi_codes(False)))
    return _Codes(inks, grounds)


@lru_cache(maxsize=1 << 14)
def _style(ink: RGB | None, ground: RGB | None, told: ColorSystem) -> Style:
    # Out of numbers, which is twice as quick as out of their names.
    return Style.from_color(
        None if ink is None else _color(ink, told),
        None if ground is None else _color(ground, told),
    )


def _color(color: RGB, told: ColorSystem) -> Color:
    """The nearest of the colours that are told of, as the frame itself takes it."""
    if told is ColorSystem.TRUECOLOR:
        return Color.from_rgb(*color)
    return Color.from_ansi(number_of(color, "256" if told is ColorSystem.EIGHT_BIT else "16"))
