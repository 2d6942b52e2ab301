"""A frame of cells -> lines for a terminal, with 24-bit colours where it has colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from omezarr_tui.image.cells import Frame

_RESET = "\x1b[0m"
_BEFORE, _BEHIND = "\x1b[39m", "\x1b[49m"  # the terminal's own colours
_OWN = -1
_WHOLE_IF_EQUAL = "▀▄"  # glyphs that cannot be seen where both colours are the same


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
    colors = [f"2;{red};{green};{blue}" for red, green, blue in frame.palette]
    rows, columns = frame.size
    none = [[_OWN] * columns] * rows
    inks = none if frame.fg is None else frame.fg.tolist()
    grounds = none if frame.bg is None else frame.bg.tolist()
    for glyphs, fg, bg in zip(frame.lines, inks, grounds, strict=True):
        yield "".join(_colored(glyphs, fg, bg, colors))


def _colored(
    glyphs: str, inks: Sequence[int], grounds: Sequence[int], colors: Sequence[str]
) -> Iterator[str]:
    """A line; a colour is told where it changes, and a blank needs none of its own."""
    ink = ground = _OWN
    for glyph, fg, bg in zip(glyphs, inks, grounds, strict=True):
        if bg != ground:
            yield _BEHIND if bg == _OWN else f"\x1b[48;{colors[bg]}m"
            ground = bg
        if glyph == " " or (glyph in _WHOLE_IF_EQUAL and fg == bg != _OWN):
            yield " "
            continue
        if fg != ink:
            yield _BEFORE if fg == _OWN else f"\x1b[38;{colors[fg]}m"
            ink = fg
        yield glyph
    if (ink, ground) != (_OWN, _OWN):
        yield _RESET
