"""``show``: the plane that an image or array shows, printed; or its values as a table."""

from __future__ import annotations

import argparse
import os
import re
import shutil
from dataclasses import dataclass, fields, replace
from typing import Literal

from omezarr_tui.commands.ansi import ansi_lines
from omezarr_tui.commands.arguments import add_access, add_level, add_place, count
from omezarr_tui.commands.output import Output, packed
from omezarr_tui.commands.places import Place, node_path, open_image, open_place, tell_doubt
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.image.bar import (
    axis_positions,
    level_text,
    not_values_text,
    overlay_note,
    overlay_text,
    window_text,
)
from omezarr_tui.image.cells import DEPTHS, RENDERINGS, Depth, Rendering
from omezarr_tui.image.channels import channel_axis, channel_count
from omezarr_tui.image.colormaps import color_table
from omezarr_tui.image.look import GREY, SOURCES, Look
from omezarr_tui.image.overlay import OPACITIES, Overlay
from omezarr_tui.image.picture import Painter, Picture, PictureRequest, TooLarge
from omezarr_tui.image.positions import pixel_on
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.sampling import ProjectionMethod
from omezarr_tui.image.selection import Selection, parse_selection
from omezarr_tui.image.terminal import terminal_look
from omezarr_tui.image.value_table import ValueTable, table_part, value_table
from omezarr_tui.image.view import View, axis_pairs, first_view
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.labels import LABELS, label_image, label_images
from omezarr_tui.ome.model import Window
from omezarr_tui.settings import Settings, load_settings
from omezarr_tui.store.node import Array
from omezarr_tui.text import cell_width, format_bytes, listed, padded, visible

DETAILS = """\
Positions count from 0, in pixels of the level that --level names, else in pixels of the
finest; -1 is the last; z=7.5um, t=50% and c=DAPI work too. An axis that is fixed is not
displayed: --at y=100 shows z and x.
Arrays that are no pictures, such as texts, complex numbers or one axis, show as a table.
Without --glyphs a terminal of many colours shows half-blocks, any other place ASCII.

examples:
  omezarr-tui show image.ome.zarr
  omezarr-tui show image.ome.zarr --at z=10,c=1 --glyphs half
  omezarr-tui show image.ome.zarr --at c=DAPI --project maximum --window seen
  omezarr-tui show image.ome.zarr --level 2 --size 80x40 > plane.txt
  omezarr-tui show image.ome.zarr labels/nuclei
  omezarr-tui show image.ome.zarr --labels nuclei --opacity 25
"""

_SIZE = re.compile(r"(\d{1,4})[x×](\d{1,4})")
_WINDOW = re.compile(r"([-+.\deE]+):([-+.\deE]+)")
_GLYPHS = tuple(rendering for rendering in RENDERINGS if rendering != "pixels")
_BAR_LINES = 3
_QUIET = "2"
_FEWEST_CELLS = 3  # that a column of values takes, with the blanks before it


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    add_place(parser)
    add_access(parser)
    add_level(parser, "the coarsest that fills the cells")
    parser.add_argument(
        "--at", default="", metavar="z=10,c=1", help="positions on axes; without it the middle of z"
    )
    parser.add_argument(
        "--size", metavar="80x40", help="columns and rows; without it the terminal's"
    )
    parser.add_argument("--labels", metavar="NAME", help="the label image to show over the image")
    parser.add_argument(
        "--opacity",
        type=count,
        metavar="N",
        help=f"of the labels in per cent, 0 for outlines only; without it {OPACITIES[0]}",
    )
    parser.add_argument("--glyphs", choices=_GLYPHS, help="the rendering; as fits the terminal")
    parser.add_argument("--colors", choices=DEPTHS, help="those of the terminal")
    parser.add_argument("--no-color", action="store_true", help="no colours")
    parser.add_argument(
        "--window",
        metavar="100:4000",
        help="values shown as darkest and brightest; or told, level or seen: by the metadata, or "
        "percentiles of the coarsest level or of what is seen",
    )
    parser.add_argument("--gamma", type=float, default=1.0, metavar="0.7", help="below 1 lifts")
    parser.add_argument("--invert", action="store_true", help="swap dark and bright")
    parser.add_argument(
        "--colormap", default=GREY, metavar="NAME", help="grey, channel, viridis, magma and others"
    )
    together = parser.add_mutually_exclusive_group()
    together.add_argument(
        "--composed", action="store_true", default=None, help="channels one over another"
    )
    together.add_argument(
        "--one-channel", dest="composed", action="store_false", help="the channel of --at alone"
    )
    parser.add_argument("--maximum", action="store_true", help="of pixels, rather than their mean")
    parser.add_argument(
        "--project", choices=("maximum", "mean"), help="all planes along z (or the first axis)"
    )
    parser.add_argument("--light", action="store_true", help="the terminal's background is light")
    parser.add_argument("--yes", action="store_true", help="read it however large it is")


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    given = {each.name: getattr(args, each.name) for each in fields(ShowOptions)}
    return show(open_place(args), ShowOptions(**given))


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


def show(place: Place, options: ShowOptions) -> ExitCode:
    """Print the plane of an image or an array, and a bar that says what it is.

    Parameters
    ----------
    place
        What is asked for.
    options
        How to show it.

    Raises
    ------
    UserError
        There is nothing to show, or an option does not fit it.
    """
    settings, output = load_settings(), Output()
    output.color = output.color and not options.no_color
    room = _room(options.size)
    image, level = open_image(place, options.level)
    overlay = _overlay(place, image, options)
    view = first_view(image)
    if view is None:
        _print_table(output, _table(place, image, level, room, options, settings))
        return tell_doubt(place)
    seen = _view_at(image, view, level, options.at, place)
    look = _look(options, settings, output, image)
    axis = channel_axis(image)
    if look.composed is None and axis is not None and seen.index[axis] != view.index[axis]:
        look = replace(look, composed=False)  # one channel was asked for
    request = PictureRequest(
        image=image,
        view=seen,
        room=room,
        look=look,
        level=level,
        ask_above=None if options.yes else settings.ask_above_bytes,
        overlay=overlay,
        maximum=options.maximum,
        projection=options.project,
    )
    try:
        picture = Painter(Reader(place.access)).paint(request)
    except TooLarge:
        raise _too_large(place, request.decoded_bytes, len(image.readable) > 1) from None
    if picture.no_labels is not None:
        raise picture.no_labels
    for line in ansi_lines(picture.frame):
        output.line(line)
    for line in _bar(picture, room[1]):
        output.line(line)
    return tell_doubt(place)


def _room(size: str | None) -> tuple[int, int]:
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


def _look(options: ShowOptions, settings: Settings, output: Output, image: Image) -> Look:
    """How it is shown, of what the output can and what was asked for."""
    rendering: Rendering | Literal["auto"] = options.glyphs or settings.rendering
    depth: Depth | Literal["auto"] = options.colors or settings.colors
    if rendering == "pixels":  # which only the program itself can place
        rendering = "half"
    if not options.gamma > 0:
        raise UserError("--gamma must be above 0", "1 changes nothing", exit_code=ExitCode.USAGE)
    if options.glyphs not in (None, "ascii") and output.ascii_only:
        raise UserError(
            f"The rendering {options.glyphs} cannot be shown",
            "this output has ASCII only",
            exit_code=ExitCode.USAGE,
        )
    found = terminal_look(os.environ, rendering, depth)
    if output.ascii_only or (options.glyphs is None and not output.is_terminal):
        found = replace(found, rendering="ascii")
    if options.no_color:
        found = replace(found, depth="none")
    elif options.colors is None and not output.color:
        # Blocks that somebody asks for have colours, wherever they are written to.
        blocks = options.glyphs in ("half", "quadrant")
        found = replace(found, depth="true" if blocks else "none")
    look = replace(
        found,
        dark=not options.light,
        gamma=options.gamma,
        invert=options.invert,
        colormap=options.colormap,
        composed=options.composed,
    )
    for source in SOURCES:
        if options.window == source:
            look = replace(look, source=source)
    color_table(look.colormap)  # an unknown one is told of before anything is read
    if options.window is None or options.window in SOURCES:
        return look
    window = _window(options.window)
    for at in range(channel_count(image)):
        look = look.with_window(at, window)
    return look


def _window(text: str) -> Window:
    match = _WINDOW.fullmatch(text)
    try:
        start, end = (float(match[1]), float(match[2])) if match else (0.0, 0.0)
    except ValueError:
        start = end = 0.0
    if not start < end:
        raise UserError(
            f"{visible(text)} is no window",
            f"write two values, as in --window 100:4000, or one of {listed(SOURCES)}",
            exit_code=ExitCode.USAGE,
        )
    return Window(start, end)


def _overlay(place: Place, image: Image, options: ShowOptions) -> Overlay | None:
    """The label image that shall lie over the image, found by its path, its end or its name."""
    if options.labels is None:
        if options.opacity is not None:
            why = "name a label image with --labels"
            raise UserError("--opacity says nothing", why, exit_code=ExitCode.USAGE)
        return None
    opacity = OPACITIES[0] if options.opacity is None else options.opacity
    if opacity > 100:
        why = "it goes from 0, which draws outlines only, to 100"
        raise UserError(f"--opacity is {opacity} %", why, exit_code=ExitCode.USAGE)
    wanted = node_path(options.labels)
    paths = label_images(place.access, image)
    for path in paths:
        if f"/{path}".endswith(f"/{wanted}"):
            return Overlay(label_image(place.access, path), opacity)
    names = [visible(path.rpartition(f"{LABELS}/")[2]) for path in paths]
    raise UserError(
        f"{place.name} has no label image {visible(options.labels)}",
        f"there are: {listed(names)}" if names else "it has none; its group labels would list them",
    )


def _view_at(image: Image, view: View, level: int | None, text: str, place: Place) -> View:
    """The view at the positions that were asked for; a fixed axis is displayed no longer."""
    sizes = view.extent
    if level is not None:
        array = image.levels[level]
        assert isinstance(array, Array)
        sizes = array.shape
    positions = _positions(text, image, sizes, place)
    for axis, position in positions.items():
        view = view.at(axis, position, sizes[axis])
    if {view.rows, view.columns}.isdisjoint(positions):
        return view
    axes = image.multiscale.axes
    free = [pair for pair in axis_pairs(view, axes) if positions.keys().isdisjoint(pair)]
    if not free:
        raise UserError(
            f"{text} leaves no plane of {place.name} to show",
            "a plane needs two axes that are not fixed",
            exit_code=ExitCode.USAGE,
        )
    return view.displaying(*free[0])


def _positions(text: str, image: Image, sizes: tuple[int, ...], place: Place) -> dict[int, int]:
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


def _table(
    place: Place,
    image: Image,
    level: int | None,
    room: tuple[int, int],
    options: ShowOptions,
    settings: Settings,
) -> ValueTable:
    array = image.levels[image.readable[0] if level is None else level]
    assert isinstance(array, Array)
    at = _positions(options.at, image, array.shape, place)
    rows, columns = max(1, room[0] - 1), max(1, room[1] // _FEWEST_CELLS)
    needed = table_part(array, rows=rows, columns=columns, at=at).decoded_bytes
    if needed > settings.ask_above_bytes and not options.yes:
        raise _too_large(place, needed, False)
    return value_table(place.access, array, rows=rows, columns=columns, at=at, width=room[1])


def _print_table(output: Output, table: ValueTable) -> None:
    """Columns right-aligned under their headings, and the note below."""
    if table.cells:
        lines = [("", *table.columns)] + [
            (heading, *row) for heading, row in zip(table.rows, table.cells, strict=True)
        ]
        widths = [max(map(cell_width, column)) for column in zip(*lines, strict=True)]
        for number, line in enumerate(lines):
            parts = [
                padded(text, width, right=True) for text, width in zip(line, widths, strict=True)
            ]
            heading = output.styled(parts[0], _QUIET)
            text = "  ".join([heading, *parts[1:]] if widths[0] else parts[1:])
            output.line(output.styled(text, _QUIET) if number == 0 else text)
    output.line(output.styled(table.note, _QUIET))


def _bar(picture: Picture, columns: int) -> list[str]:
    positions = [f"{name} {text}" for name, text in axis_positions(picture)]
    over = ": ".join(filter(None, [overlay_text(picture), overlay_note(picture)]))
    facts = [level_text(picture), window_text(picture), not_values_text(picture)]
    facts += [picture.reduction, over]
    return packed(positions, columns) + packed(facts, columns)


def _too_large(place: Place, nbytes: int, has_levels: bool) -> UserError:
    coarser = ", and --level takes a coarser level" if has_levels else ""
    return UserError(
        f"To show {place.name}, up to {format_bytes(nbytes)} would have to be read",
        f"--yes reads them all the same{coarser}",
        exit_code=ExitCode.USAGE,
    )
