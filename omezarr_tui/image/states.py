"""What a sample is when it is no value: not a number, infinite, never written, unreadable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from omezarr_tui.image.composite import RGB
from omezarr_tui.image.reducing import Samples

if TYPE_CHECKING:
    import numpy as np

VALUE, NOT_A_NUMBER, ABOVE, BELOW, UNWRITTEN, UNREADABLE = range(6)
STATE_NAMES = (
    "",
    "not a number",
    "infinite",
    "minus infinite",
    "never written",
    "cannot be read",
)
BRIEF_NAMES = ("", "NaN", "inf", "-inf", "never written", "cannot be read")
# None is a glyph of the ramp, nor of a label's outline; all are in ASCII.
STATE_GLYPHS = (" ", "?", "^", "v", "~", "!")
# Two colours each, in the pattern that it also has where there are no colours: of the 16 that
# every terminal has, or mixed of two of them. None is black, so that a single sample is seen.
STATE_COLORS: tuple[tuple[RGB, RGB], ...] = (
    ((0, 0, 0), (0, 0, 0)),
    ((205, 0, 205), (80, 0, 80)),
    ((205, 205, 0), (205, 0, 0)),
    ((92, 92, 255), (0, 0, 238)),
    ((127, 127, 127), (0, 60, 60)),
    ((205, 0, 0), (80, 0, 0)),
)


def states_of(samples: Samples) -> np.ndarray[Any, Any] | None:
    """What each sample is.

    Parameters
    ----------
    samples
        The values of one channel.

    Returns
    -------
    states
        (rows, columns), uint8: places in `STATE_NAMES`; None where all are values.
    """
    import numpy as np

    values, unwritten = samples.values, samples.unwritten
    finite = np.isfinite(values) if values.dtype.kind == "f" else None
    if unwritten is None and samples.unreadable is None and (finite is None or finite.all()):
        return None
    states = np.zeros(values.shape, np.uint8)
    if finite is not None:
        states[np.isnan(values)] = NOT_A_NUMBER
        states[values == np.inf] = ABOVE
        states[values == -np.inf] = BELOW
    if unwritten is not None:
        states[unwritten] = UNWRITTEN
    if samples.unreadable is not None:
        states[samples.unreadable] = UNREADABLE
    return states


def states_of_all(layers: list[Samples]) -> np.ndarray[Any, Any] | None:
    """What each sample is where channels lie one over another: a value if any of them has one.

    But for where one cannot be read: without it the colour of the others would be false.
    """
    import numpy as np

    found = [states_of(samples) for samples in layers]
    known = [states for states in found if states is not None]
    if not known:
        return None
    together: np.ndarray[Any, Any] = np.zeros_like(known[0])
    if len(known) == len(found):
        stacked = np.stack(known)
        together = np.where((stacked == VALUE).any(axis=0), VALUE, stacked[0])
    for states in known:
        together[states == UNREADABLE] = UNREADABLE
    return together if together.any() else None


def paint_states(colors: np.ndarray[Any, Any], states: np.ndarray[Any, Any]) -> None:
    """Colour, in place, the samples that are no values.

    Parameters
    ----------
    colors
        Red, green and blue (rows, columns, 3), uint8.
    states
        As `states_of` says (rows, columns).
    """
    import numpy as np

    table = np.array(STATE_COLORS, np.uint8)
    other = states != VALUE
    second = np.zeros(states.shape, np.intp)
    second[~_patterned(states)] = 1
    colors[other] = table[states[other], second[other]]


def pattern_states(dots: np.ndarray[Any, Any], states: np.ndarray[Any, Any]) -> None:
    """Give dots, in place, a pattern where there are no values: no dither of values has these.

    Parameters
    ----------
    dots
        Which are set (rows, columns), bool.
    states
        As `states_of` says (rows, columns).
    """
    other = states != VALUE
    dots[other] = _patterned(states)[other]


def _patterned(states: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The pattern of each state, where it is (rows, columns): one that its neighbours have not."""
    import numpy as np

    rows, columns = np.indices(states.shape)
    drawn = np.zeros(states.shape, bool)
    patterns = (
        (NOT_A_NUMBER, (rows + columns) % 4 == 0),  # lines that rise
        (ABOVE, columns % 4 < 2),  # upright bars
        (BELOW, rows % 4 < 2),  # level bars
        (UNWRITTEN, (rows - columns) % 8 == 0),  # thin lines that fall
        (UNREADABLE, (rows % 4 == 0) | (columns % 4 == 0)),  # a lattice
    )
    for state, pattern in patterns:
        drawn |= (states == state) & pattern
    return drawn
