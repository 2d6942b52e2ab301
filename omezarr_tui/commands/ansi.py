"""A frame of cells -> lines for a terminal, with the codes of the colours that it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from omezarr_tui.image.cells import Depth, Frame
from omezarr_tui.image.composite import RGB
from omezarr_tui.image.palette import number_of

_RESET = "\x1b[0m"
_BEFORE, _BEHIND = "39", "49"  # the terminal's own colours
_OWN = -1


def ansi_lines(frame: Frame) -> Iterator[str]:
    """Lines to print.

    A colour is written where it changes only. A cell of one colour is a blank on it, which
    needs no second one. Each line ends in the terminal's own colours.

    Parameters
    ----------
    frame
        The picture.
    """
    if frame.palette is None:
        yield from frame.lines
        return
    inks, grounds = (
        [*(_code(color, frame.depth, behind=behind) for color in frame.palette), own]
        for behind, own in ((False, _BEFORE), (True, _BEHIND))
    )
    rows, columns = frame.size
    none = [[_OWN] * columns] * rows
    fore = none if frame.fg is None else frame.fg.tolist()
    back = none if frame.bg is None else frame.bg.tolist()
    for glyphs, fg, bg in zip(frame.lines, fore, back, strict=True):
        yield "".join(_colored(glyphs, fg, bg, inks, grounds))


def _code(color: RGB, depth: Depth, *, behind: bool) -> str:
    """What selects a colour: by its number where there are few, else by its parts."""
    if depth == "256":
        return f"{48 if behind else 38};5;{number_of(color, depth)}"
    if depth == "16":
        number = number_of(color, depth)
        bright = 60 if number >= 8 else 0
        return str((40 if behind else 30) + number % 8 + bright)
    return f"{48 if behind else 38};2;{color[0]};{color[1]};{color[2]}"


def _colored(
    glyphs: str,
    fore: Sequence[int],
    back: Sequence[int],
    inks: Sequence[str],
    grounds: Sequence[str],
) -> Iterator[str]:
    """A line; a colour is told where it changes, and a blank needs none of its own."""
    ink = ground = _OWN
    for glyph, fg, bg in zip(glyphs, fore, back, strict=True):
        if bg != ground:
            yield f"\x1b[{grounds[bg]}m"
            ground = bg
        if glyph == " " or fg == bg != _OWN:
            yield " "
            continue
        if fg != ink:
            yield f"\x1b[{inks[fg]}m"
            ink = fg
        yield glyph
    if (ink, ground) != (_OWN, _OWN):
        yield _RESET
