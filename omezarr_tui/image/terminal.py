"""What a terminal can show, as far as its environment tells. Pure; nothing is asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from omezarr_tui.image.cells import Depth, Rendering
from omezarr_tui.image.look import Look

# Terminals that say less of their colours than they have.
_TRUE = ("iTerm.app", "WezTerm", "ghostty", "vscode", "Hyper", "rio")


def terminal_look(
    environment: Mapping[str, str],
    rendering: Rendering | Literal["auto"] = "auto",
    colors: Depth | Literal["auto"] = "auto",
) -> Look:
    """How pictures are shown first: what was chosen, else what fits the terminal best.

    Half-blocks look best where there are many colours; where there are few, glyphs of more or
    less ink tell more.

    Parameters
    ----------
    environment
        The variables of the process.
    rendering, colors
        As in the settings.
    """
    depth = color_depth(environment) if colors == "auto" else colors
    if rendering == "auto":
        many = depth in ("256", "true") and speaks_unicode(environment)
        rendering = "half" if many else "ascii"
    return Look(rendering=rendering, depth=depth)


def color_depth(environment: Mapping[str, str]) -> Depth:
    """The colours that a terminal has.

    References
    ----------
    ``NO_COLOR`` as on no-color.org; ``COLORTERM`` and ``TERM`` as terminals set them.
    """
    term = environment.get("TERM", "").lower()
    if environment.get("NO_COLOR") or term in ("dumb", "vt100", "vt102", "vt220", "unknown"):
        return "none"
    if environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return "true"
    if environment.get("TERM_PROGRAM") in _TRUE or term.endswith(("-direct", "-truecolor")):
        return "true"
    if term.startswith(("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm")):
        return "true"
    return "256" if "256color" in term else "16"


def speaks_unicode(environment: Mapping[str, str]) -> bool:
    """Whether the locale's encoding is UTF-8."""
    locale = next(filter(None, map(environment.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "")
    return "utf-8" in locale.lower() or "utf8" in locale.lower()
