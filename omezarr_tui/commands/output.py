"""Standard output as it is: what it can show, and texts made fit for it."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Mapping
from time import monotonic
from typing import Any, TextIO

from omezarr_tui.text import cell_width

_GLYPHS = {
    "×": "x", "·": "-", "–": "-", "−": "-", "…": "...", "µ": "u", "μ": "u", "Å": "A",
    "✗": "!", "■": "#", "→": "->", "↓": "v", "│": "|", "├": "|", "└": "`", "─": "-",
    "␡": "^?",
}  # fmt: skip
_IN_ASCII = str.maketrans(
    _GLYPHS | {chr(0x2400 + code): f"^{chr(0x40 + code)}" for code in range(0x20)}
)
_REPORT_EVERY = 0.25  # seconds


class Output:
    """A stream for people or for pipes.

    Parameters
    ----------
    stream
        Where to write; standard output as a rule.

    Attributes
    ----------
    is_terminal
        Whether a person looks at it.
    color
        Whether colours may be written: to a terminal that has them, unless ``NO_COLOR`` is set.
    ascii_only
        Whether its encoding, or the C locale, leaves the program's glyphs no place.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self.is_terminal = self._stream.isatty()
        self.color = (
            self.is_terminal
            and not os.environ.get("NO_COLOR")
            and os.environ.get("TERM", "dumb") != "dumb"
        )
        self._encoding = "ascii" if _is_c_locale() else self._stream.encoding or "ascii"
        self.ascii_only = not _can_encode("×│─▀µ", self._encoding)

    def line(self, text: str = "") -> None:
        """Write one line, and let it out at once: who reads a pipe may want no more of it."""
        if self.ascii_only:
            text = text.translate(_IN_ASCII)
        shown = text.encode(self._encoding, "backslashreplace").decode(self._encoding)
        print(shown, file=self._stream, flush=True)

    def styled(self, text: str, style: str) -> str:
        """Text in a style, as the numbers of an ANSI sequence; as it is without colours."""
        return f"\x1b[{style}m{text}\x1b[0m" if self.color and text.strip() else text

    def json(self, value: Any) -> None:
        """Write a value as strict JSON in ASCII, which no pipe and no terminal stumbles over."""
        told = json.dumps(strict(value), indent=2, allow_nan=False, default=str)
        self.line(told.replace("\x7f", "\\u007f"))


class Progress:
    """One line on standard error that tells how far something is, for people only."""

    def __init__(self) -> None:
        self._output = Output(sys.stderr)
        self._told = monotonic()
        self._width = 0

    def tell(self, text: str) -> None:
        """Replace the line, a few times a second at the most."""
        if not self._output.is_terminal or monotonic() - self._told < _REPORT_EVERY:
            return
        self._told = monotonic()
        self._write(text)

    def clear(self) -> None:
        """Take the line away."""
        if self._width:
            self._write("")

    def _write(self, text: str) -> None:
        shown = text.translate(_IN_ASCII) if self._output.ascii_only else text
        sys.stderr.write(f"\r{shown:<{self._width}}\r")
        sys.stderr.flush()
        self._width = len(shown)


def strict(value: Any) -> Any:
    """A value that strict JSON can hold.

    Numbers that are not finite become the texts ``NaN``, ``Infinity`` and ``-Infinity``, as
    Zarr v3 writes them in a fill value.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {str(key): strict(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [strict(inner) for inner in value]
    return value


def packed(pieces: list[str], width: int) -> list[str]:
    """Pieces of text side by side, in as few lines of a width as they fit into."""
    lines: list[str] = []
    for piece in filter(None, pieces):
        if lines and cell_width(lines[-1]) + 3 + cell_width(piece) <= width:
            lines[-1] += f"   {piece}"
        else:
            lines.append(piece)
    return lines


def _can_encode(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _is_c_locale() -> bool:
    """Whether the user asked for the C locale, which Python itself takes for UTF-8."""
    asked = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE", "")
    # Python sets LC_CTYPE to one of these where the locale is C (PEP 538).
    if asked in ("", "C.UTF-8", "C.utf8", "UTF-8") and not os.environ.get("LC_ALL"):
        asked = os.environ.get("LANG", "")
    return asked in ("C", "POSIX")
