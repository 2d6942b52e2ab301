"""Whether the terminal shows true pixels: it is asked once, before Textual reads its answers.

textual-image asks by itself, with short time limits, when its widgets are imported. Here all
is asked at once, with a last question that every terminal answers: then none is late, and
read as keys. Of that package only the encoder is used, whose import asks nothing.
"""

from __future__ import annotations

import os
import re
import select
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

from omezarr_tui.errors import ExitCode, UserError

Protocol = Literal["sixel", "kitty"]

# Who may show pixels leaves one of these in the environment. Others are asked if it is wanted.
_SIGNS = ("KITTY_WINDOW_ID", "KONSOLE_VERSION", "WEZTERM_PANE", "WT_SESSION", "XTERM_VERSION")
_PROGRAMS = ("iTerm.app", "WezTerm", "ghostty", "rio", "contour", "mintty")
_TERMS = ("xterm-kitty", "xterm-ghostty", "foot", "mlterm", "contour", "wezterm", "yaft")
_PATIENCE = 1.0  # seconds for all answers, as over a slow line
_PATIENCE_IF_WANTED = 3.0
_KITTY = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
_CELL_SIZE, _WHO = b"\x1b[16t", b"\x1b[c"
_ATTRIBUTES = re.compile(rb"\x1b\[\?([\d;]*)c")
_CELL = re.compile(rb"\x1b\[6;(\d+);(\d+)t")
_USUAL_CELL = (20, 10)
_LARGEST_CELL = 128  # pixels: more is a mistake


@dataclass(frozen=True, slots=True)
class Graphics:
    """How the terminal shows true pixels.

    Parameters
    ----------
    protocol
        What it understands.
    cell
        Height and width of a cell in pixels.
    """

    protocol: Protocol
    cell: tuple[int, int]


def is_plausible(environment: Mapping[str, str]) -> bool:
    """Whether the environment tells of a terminal that may show true pixels."""
    return (
        any(sign in environment for sign in _SIGNS)
        or environment.get("TERM_PROGRAM") in _PROGRAMS
        or environment.get("TERM", "").startswith(_TERMS)
    )


def find_graphics(
    environment: Mapping[str, str], source: int, target: int, *, wanted: bool = False
) -> Graphics | None:
    """Ask the terminal whether it shows true pixels, where that is likely, or wanted.

    Parameters
    ----------
    environment
        The variables of the process.
    source, target
        File numbers from which the terminal's answers come, and to which questions go.
    wanted
        Whether the user asked for true pixels.

    Raises
    ------
    UserError
        They are wanted, and the terminal or what is installed cannot show them.
    """
    if not wanted and not is_plausible(environment):
        return None
    answer = _ask(source, target, _PATIENCE_IF_WANTED if wanted else _PATIENCE)
    found = _understood(answer)
    if found == "sixel" and find_spec("textual_image") is None:
        if wanted:
            raise UserError(
                "Pictures in true pixels need a package that is not installed",
                "pip install 'omezarr-tui[pixels]', or choose another rendering",
                exit_code=ExitCode.USAGE,
            )
        return None
    if found is None:
        if wanted:
            raise UserError(
                "This terminal shows no true pixels",
                "it answered to neither sixel nor kitty's protocol; choose another rendering",
                exit_code=ExitCode.USAGE,
            )
        return None
    return Graphics(found, _cell_size(target, answer))


def _understood(answer: bytes) -> Protocol | None:
    # WezTerm and Konsole say yes to kitty's protocol, and do not know its placeholders.
    attributes = _ATTRIBUTES.search(answer)
    if attributes is not None and b"4" in attributes[1].split(b";")[1:]:
        return "sixel"
    return "kitty" if b"\x1b_Gi=31;OK" in answer else None


def _cell_size(target: int, answer: bytes) -> tuple[int, int]:
    """Height and width of a cell in pixels: as the system tells, the terminal, or as usual."""
    import fcntl
    import struct
    import termios

    told = []
    with suppress(OSError):
        size = fcntl.ioctl(target, termios.TIOCGWINSZ, bytes(8))
        rows, columns, width, height = struct.unpack("HHHH", size)
        if rows and columns:
            told.append((height // rows, width // columns))
    if match := _CELL.search(answer):
        told.append((int(match[1]), int(match[2])))
    likely = (cell for cell in told if min(cell) >= 2 and max(cell) <= _LARGEST_CELL)
    return next(likely, _USUAL_CELL)


def _ask(source: int, target: int, patience: float) -> bytes:
    """What the terminal answers, up to the last answer or the end of patience."""
    import termios
    import tty

    answer = b""
    try:
        before = termios.tcgetattr(source)
    except termios.error:  # no terminal
        return answer
    try:
        tty.setcbreak(source, termios.TCSANOW)
        os.write(target, _KITTY + _CELL_SIZE + _WHO)
        end = time.monotonic() + patience
        while not _ATTRIBUTES.search(answer):
            if not select.select([source], [], [], max(0.0, end - time.monotonic()))[0]:
                break
            if not (part := os.read(source, 1024)):
                break
            answer += part
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)
    return answer
