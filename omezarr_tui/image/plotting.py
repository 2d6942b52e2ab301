"""Plots out of characters: heights as blocks, curves as braille, ticks at round numbers. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from omezarr_tui.image.long_integers import MOST
from omezarr_tui.text import format_number

if TYPE_CHECKING:
    import numpy as np

BLOCKS = " ▁▂▃▄▅▆▇█"
# The bit of each dot of a braille sign, by its row and column.
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_ROUND = (1, 2, 5)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers between two: multiples of 1, 2 or 5 times a power of ten.

    Parameters
    ----------
    low, high
        The ends, which may be ticks themselves.
    most
        How many there may be.
    """
    span = high - low
    if not (span > 0 and math.isfinite(span)) or most < 1:
        return []
    power = math.floor(math.log10(span / most))
    if isinstance(low, int) and isinstance(high, int) and max(-low, high) > MOST:
        return _whole_ticks(low, high, most, max(0, power))
    for exponent in (power, power + 1, power + 2):
        for leading in _ROUND:
            # A power below zero is divided by, or 3 × 0.1 would not be 0.3.
            scale = 10.0 ** abs(exponent)
            step = leading * scale if exponent >= 0 else leading / scale
            if step <= 0:
                continue
            first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
            if last - first < most:
                numbers = range(first, last + 1)
                found = [n * leading * scale if exponent >= 0 else n * leading / scale
                         for n in numbers]  # fmt: skip
                slack = step / 1e6
                return sorted({tick for tick in found if low - slack <= tick <= high + slack})
    return []


def _whole_ticks(low: int, high: int, most: int, power: int) -> list[float]:
    """The same where doubles do not hold the numbers: their steps are whole."""
    for exponent in (power, power + 1, power + 2):
        for leading in _ROUND:
            step = leading * 10**exponent
            first, last = -(-low // step), high // step
            if last - first < most:
                return [number * step for number in range(first, last + 1)]
    return []


def rounded_step(span: float, parts: int) -> float:
    """The round number that is nearest below a span's part, for steps of keys."""
    rough = span / parts
    if not (rough > 0 and math.isfinite(rough)):
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return max(leading * power for leading in _ROUND if leading * power <= rough * (1 + 1e-9))


def block_rows(heights: Sequence[float], rows: int) -> list[str]:
    """Bars as rows of characters, the top row first.

    Parameters
    ----------
    heights
        One for each column, from 0 to 1; what is above 0 shows at least an eighth of a row.
    rows
        Rows that there are.
    """
    eighths = [0 if h <= 0 else max(1, round(min(h, 1.0) * rows * 8)) for h in heights]
    return [
        "".join(BLOCKS[min(8, max(0, e - 8 * row))] for e in eighths)
        for row in reversed(range(rows))
    ]


def curve_dots(
    values: np.ndarray[Any, Any], columns: int, rows: int, low: float, high: float
) -> np.ndarray[Any, Any]:
    """A curve as dots, four rows and two columns of them in a cell.

    Where there are more values than dots across, each column of dots shows all from the least to
    the greatest of its values, so that none is left out; where there are fewer, each value is a
    step as wide as it should be. Neighbouring columns are joined; where values are NaN there is
    a gap.

    Parameters
    ----------
    values
        Values (n,), float64, n above 0.
    columns, rows
        Cells that there are.
    low, high
        The values at the bottom and at the top; what lies outside is drawn at the edge.

    Returns
    -------
    dots
        bool (4 × rows, 2 × columns), the top row first.
    """
    import numpy as np

    across, down = 2 * columns, 4 * rows
    edges = np.arange(across + 1) * len(values) // across
    dots = np.zeros((down, across), bool)
    before: tuple[float, float] | None = None
    for column in range(across):
        start = int(edges[column])
        here = values[start : max(start + 1, int(edges[column + 1]))]
        here = here[np.isfinite(here)]
        if here.size == 0:
            before = None
            continue
        least, greatest = float(here.min()), float(here.max())
        drawn = (least, greatest)
        if before is not None:
            drawn = (min(least, before[1]), max(greatest, before[0]))
        before = (least, greatest)
        top, bottom = (_dot(value, low, high, down) for value in reversed(drawn))
        dots[top : bottom + 1, column] = True
    return dots


def _dot(value: float, low: float, high: float, down: int) -> int:
    """The row of dots that a value lies in, counted from the top."""
    part = (value - low) / (high - low) if high > low else 0.5
    return round((1 - min(max(part, 0.0), 1.0)) * (down - 1))


def braille_rows(dots: np.ndarray[Any, Any]) -> list[str]:
    """Dots (4 × rows, 2 × columns) as rows of braille; a blank where a cell has no dot."""
    import numpy as np

    rows, columns = dots.shape[0] // 4, dots.shape[1] // 2
    cells = dots.reshape(rows, 4, columns, 2)
    codes = (cells * np.array(_DOTS)[None, :, None, :]).sum(axis=(1, 3))
    return ["".join(chr(0x2800 + c) if c else " " for c in line) for line in codes.tolist()]


def across_labels(low: float, high: float, width: int, unit: str = "") -> str:
    """The line below a plot: round numbers, each in the middle below its place.

    Parameters
    ----------
    low, high
        The values at the left edge of the first cell and at the right edge of the last one.
    width
        Cells that there are.
    unit
        Stands at the end; a number that would lie there is left out.
    """
    room = width - (len(unit) + 1 if unit else 0)
    if room < 1:
        return " " * width
    for most in range(max(1, width // 6), 0, -1):
        line, taken = [" "] * room, -1
        for tick in ticks(low, high, most):
            text = tick_label(tick, high - low)
            place = int((tick - low) / (high - low) * width)
            start = min(max(0, place - len(text) // 2), width - len(text))
            if start + len(text) > room and unit:
                continue
            if start <= taken:
                break
            line[start : start + len(text)] = text
            taken = start + len(text)
        else:
            return f"{''.join(line)} {unit}" if unit else "".join(line)
    return " " * width


def tick_label(tick: float, span: float) -> str:
    """A tick with as many digits as it takes to tell it from others within a span."""
    texts = (format_number(tick, digits) for digits in (6, 9, 12))
    close = (text for text in texts if abs(float(text) - tick) <= span / 1000)
    return next(close, repr(tick))
