"""A window as two numbers that are typed, and as a text that can be typed again."""

from __future__ import annotations

import math

from omezarr_tui.image.long_integers import typed
from omezarr_tui.ome.model import Window


def exact(value: float) -> str:
    """A value as it can be typed again."""
    is_whole = isinstance(value, int) or (value.is_integer() and abs(value) < 1e15)
    return str(int(value)) if is_whole else f"{value:.10g}"


def parse_window(text: str) -> Window:
    """The window that a user typed: two numbers, the lower one first.

    Raises
    ------
    ValueError
        It is no such thing; the message says why.
    """
    words = text.replace(",", " ").replace(" to ", " ").replace("–", " ").split()
    try:
        numbers = [typed(word) for word in words]
    except ValueError:
        raise ValueError("type two numbers, as 7 918") from None
    if len(numbers) != 2 or not all(map(math.isfinite, numbers)):
        raise ValueError("type two numbers, as 7 918")
    if not numbers[0] < numbers[1]:
        raise ValueError("the second number must be higher")
    return Window(numbers[0], numbers[1])
