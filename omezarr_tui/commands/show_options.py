"""What was typed for ``show``, and what it means for any image: room, positions, sizes."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass

from omezarr_tui.commands.places import Place
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.image.cells import Depth, Rendering
from omezarr_tui.image.look import GREY
from omezarr_tui.image.positions import pixel_on
from omezarr_tui.image.sampling import ProjectionMethod
from omezarr_tui.image.selection import Selection, parse_selection
from omezarr_tui.ome.discover import Image
from omezarr_tui.text import format_bytes, visible

_SIZE = re.compile(r"(\d{1,4})[x×](\d{1,4})")
_BAR_LINES = 3


@dataclass(frozen=True, slots=True)
class ShowOptions:
    """How a picture is to be shown, as it was typed.

    Parameters
    ----------
    at
        Positions on axes; empty for those that the picture opens with.
    size
        ``80x40``, columns and rows of the picture; None for what the terminal has.
    glyphs
        The rendering; None for what the terminal can.
    labels
        The name or the path of a label image that shall lie over the image.
    opacity
        Of it in per cent, 0 for outlines only; None for the usual.
    colors
        Those of the terminal; None for what it says.
    window
        ``100:4000``, or where windows come from; None for the metadata.
    gamma, invert, colormap, composed
        As of `Look`.
    maximum, project
        As of `PictureRequest`.
    """

    level: int | None = None
    at: str = ""
    size: str | None = None
    glyphs: Rendering | None = None
    no_color: bool = False
    light: bool = False
    yes: bool = False
    labels: str | None = None
    opacity: int | None = None
    colors: Depth | None = None
    window: str | None = None
    gamma: float = 1.0
    invert: bool = False
    colormap: str = GREY
    composed: bool | None = None
    maximum: bool = False
    project: ProjectionMethod | None = None


def room_for(size: str | None) -> tuple[int, int]:
    """Rows and columns of cells for the picture."""
    if size is None:
        columns, rows = shutil.get_terminal_size()
        # The prompt that comes after it should not push its first line away.
        return max(1, rows - _BAR_LINES - 1), max(1, columns)
    match = _SIZE.fullmatch(size)
    if match is None or 0 in map(int, match.groups()):
        raise UserError(
            f"{size} is no size",
            "write columns and rows, as in --size 80x40",
            exit_code=ExitCode.USAGE,
        )
    return int(match[2]), int(match[1])


def positions_of(text: str, image: Image, sizes: tuple[int, ...], place: Place) -> dict[int, int]:
    """Axis -> position."""
    axes = [axis.name for axis in image.multiscale.axes]
    try:
        selection = parse_selection(
            text, sizes, axes, place=lambda at, word: pixel_on(image, at, sizes[at], word)
        )
        return _fixed(selection, axes)
    except ValueError as error:
        what = f"--at {visible(text)} does not fit {place.name}"
        raise UserError(what, str(error), exit_code=ExitCode.USAGE) from error


def _fixed(selection: Selection, axes: list[str]) -> dict[int, int]:
    fixed = {}
    for axis, (part, size) in enumerate(zip(selection.parts, selection.array_shape, strict=True)):
        if not isinstance(part, slice):
            fixed[axis] = part
        elif (part.start, part.stop, part.step) != (0, size, 1):
            raise ValueError(f"{visible(axes[axis])}: one position is wanted, not a range")
    return fixed


def too_large(place: Place, nbytes: int, has_levels: bool) -> UserError:
    """Say that so many bytes are read only where that was wanted."""
    coarser = ", and --level takes a coarser level" if has_levels else ""
    return UserError(
        f"To show {place.name}, up to {format_bytes(nbytes)} would have to be read",
        f"--yes reads them all the same{coarser}",
        exit_code=ExitCode.USAGE,
    )
