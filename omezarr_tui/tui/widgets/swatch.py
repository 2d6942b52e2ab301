"""A little square in a channel's colour, which is seen whatever the background is."""

from __future__ import annotations

from textual.content import Content

_LEAST = 1.3  # contrast with the background
_BEHIND = "#808080"  # is told apart from black and from white
_WEIGHTS = (0.2126, 0.7152, 0.0722)


def swatch(color: tuple[int, int, int], *, dark: bool) -> Content:
    """A square and a blank; behind one that would be lost on the background lies a grey cell.

    Parameters
    ----------
    color
        Red, green and blue, shown as they are.
    dark
        Whether the background is dark.
    """
    light = _luminance(color)
    contrast = (light + 0.05) / 0.05 if dark else 1.05 / (light + 0.05)  # as the WCAG define it
    behind = f" on {_BEHIND}" if contrast < _LEAST else ""
    return Content.assemble(("■", "#{:02x}{:02x}{:02x}".format(*color) + behind), " ")


def _luminance(color: tuple[int, int, int]) -> float:
    """How light an sRGB colour is, from 0 to 1."""
    parts = (part / 255 for part in color)
    linear = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return sum(weight * part for weight, part in zip(_WEIGHTS, linear, strict=True))
