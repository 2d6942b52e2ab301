"""How numbers and names are written: one format for each, one function for each."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

_BYTE_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
_DIGITS = re.compile(r"(\d+)")
# The short forms of the units that UDUNITS-2 spells out and OME-Zarr asks for.
_UNIT_SYMBOLS = {
    "angstrom": "Å",
    "nanometer": "nm",
    "micrometer": "µm",
    "millimeter": "mm",
    "centimeter": "cm",
    "meter": "m",
    "kilometer": "km",
    "nanosecond": "ns",
    "microsecond": "µs",
    "millisecond": "ms",
    "second": "s",
    "minute": "min",
    "hour": "h",
    "day": "d",
}


def format_count(number: int) -> str:
    """A count with thousands apart: ``12,345``."""
    return f"{number:,}"


def format_shape(shape: Iterable[int]) -> str:
    """A shape as ``2 × 32 × 275 × 271``; a scalar's as ``scalar``."""
    return " × ".join(str(size) for size in shape) or "scalar"


def format_bytes(size: int) -> str:
    """A size in bytes with a binary unit: ``9.1 MiB``."""
    power = min(max(0, size.bit_length() - 1) // 10, len(_BYTE_UNITS) - 1)
    whole, unit = 1024**power, _BYTE_UNITS[power]
    if power == 0:
        return f"{size} B"
    # In whole numbers: a document may claim more bytes than a float can hold.
    if size >= 100 * whole:
        return f"{(size + whole // 2) // whole} {unit}"
    return f"{size / whole:.1f} {unit}"


def format_number(value: float, digits: int = 4) -> str:
    """A measured number with a few significant digits, whole numbers in full."""
    if isinstance(value, int):
        return str(int(value))
    if not math.isfinite(value):
        return str(value)
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    if 10**digits <= abs(value) < 1e9:  # all digits before the point rather than an exponent
        return f"{value:.0f}"
    return f"{value:.{digits}g}"


def format_unit(unit: str | None) -> str:
    """The symbol of a unit that is spelled out (``micrometer`` is ``µm``), or its own name."""
    return _UNIT_SYMBOLS.get(unit, visible(unit)) if unit else ""


def format_length(value: float, unit: str | None) -> str:
    """A physical size: ``0.36 µm``; without a unit the bare number."""
    return f"{format_number(value, 3)} {format_unit(unit)}".rstrip()


def visible(text: object, limit: int | None = None) -> str:
    r"""Text from a store on one line, with what a terminal would obey made visible.

    Control characters become their Unicode pictures, and characters that turn or hide
    text (bidirectional marks, zero widths) become ``\uXXXX``.

    Parameters
    ----------
    text
        Anything from a store.
    limit
        The longest result; a longer one is cut and ends in ``…``.
    """
    shown = "".join(_visible_character(character) for character in str(text))
    if limit is not None and len(shown) > limit:
        return shown[: max(0, limit - 1)] + "…"
    return shown


def _visible_character(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
        return f"\\u{code:04x}"
    return character


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key by which ``s2`` comes before ``s10``."""
    return tuple(
        (0, int(part), part) if part.isdecimal() else (1, 0, part)
        for part in _DIGITS.split(name)
        if part
    )


def compact_json(value: Any, limit: int | None = None) -> str:
    """A JSON value on one line, as plain text."""
    return visible(json.dumps(value, ensure_ascii=False, default=str), limit)


def plural(number: int, word: str, words: str | None = None) -> str:
    """A count with its word: ``1 chunk``, ``2 chunks``."""
    return f"{format_count(number)} {word if number == 1 else words or word + 's'}"


def listed(words: Sequence[str]) -> str:
    """Words as a person lists them: ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def cell_width(text: str) -> int:
    """How many cells of a terminal a text takes: Chinese signs take two, accents none."""
    return sum(
        0
        if unicodedata.category(character) in ("Mn", "Me")
        else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Text with blanks after it (or before it), as many cells wide as the width at least."""
    blanks = " " * (width - cell_width(text))
    return blanks + text if right else text + blanks
