"""A frame of cells -> lines for a terminal, with 24-bit colours where it has colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from omezarr_tui.image.cells import Frame

_RESET = "\x1b[0m"


def ansi_lines(frame: Frame) -> Iterator[str]:
    """Lines to print.

    A colour is written where it changes only. A cell of one colour is a blank on it, which
    needs no second one. Each line ends in the terminal's own colours.

    Parameters
    ----------
    frame
        The picture.
    """
    if frame.palette is not None and frame.ink is not None:
        yield from _inked_lines(frame.lines, frame.palette, frame.ink.tolist())
        return
    if frame.palette is None or frame.top is None or frame.bottom is None:
        yield from frame.lines
        return
    colors = [f"2;{red};{green};{blue}" for red, green, blue in frame.palette]
    for glyphs, uppers, lowers in zip(
        frame.lines, frame.top.tolist(), frame.bottom.tolist(), strict=True
    ):
        parts = []
        foreground = background = -1
        for glyph, upper, lower in zip(glyphs, uppers, lowers, strict=True):
            if lower != background:
                parts.append(f"\x1b[48;{colors[lower]}m")
                background = lower
            if upper == lower:
                parts.append(" ")
                continue
            if upper != foreground:
                parts.append(f"\x1b[38;{colors[upper]}m")
                foreground = upper
            parts.append(glyph)
        yield "".join([*parts, _RESET])


def _inked_lines(
    lines: Sequence[str], palette: Sequence[tuple[int, int, int]], inks: list[list[int]]
) -> Iterator[str]:
    """Glyphs in colours; a blank needs none."""
    for glyphs, places in zip(lines, inks, strict=True):
        parts, last = [], -1
        for glyph, ink in zip(glyphs, places, strict=True):
            if ink != last and glyph != " ":
                red, green, blue = palette[ink]
                parts.append(_RESET if ink < 0 else f"\x1b[38;2;{red};{green};{blue}m")
                last = ink
            parts.append(glyph)
        yield "".join(parts if last < 0 else [*parts, _RESET])
