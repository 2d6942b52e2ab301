"""``show`` of an image: its plane as characters, and a bar that says what it is."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import Literal

from omezarr_tui.commands.ansi import ansi_lines
from omezarr_tui.commands.output import Output, packed
from omezarr_tui.commands.places import Place, node_path
from omezarr_tui.commands.show_options import ShowOptions, positions_of, too_large
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.image.bar import (
    axis_positions,
    failures_of,
    level_text,
    not_values_text,
    overlay_note,
    overlay_text,
    window_text,
)
from omezarr_tui.image.cells import Depth, Rendering
from omezarr_tui.image.channels import channel_axis, channel_count
from omezarr_tui.image.colormaps import color_table
from omezarr_tui.image.long_integers import typed
from omezarr_tui.image.look import SOURCES, Look
from omezarr_tui.image.overlay import OPACITIES, Overlay
from omezarr_tui.image.picture import Painter, Picture, PictureRequest, TooLarge
from omezarr_tui.image.reader import Reader
from omezarr_tui.image.terminal import terminal_look
from omezarr_tui.image.view import View, axis_pairs
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.labels import LABELS, label_image, label_images
from omezarr_tui.ome.model import Window
from omezarr_tui.settings import Settings
from omezarr_tui.store.node import Array
from omezarr_tui.text import listed, visible

_WINDOW = re.compile(r"([-+.\deE]+):([-+.\deE]+)")


def show_picture(
    place: Place,
    image: Image,
    view: View,
    level: int | None,
    overlay: Overlay | None,
    room: tuple[int, int],
    options: ShowOptions,
    settings: Settings,
    output: Output,
) -> None:
    """Print the plane of an image.

    Parameters
    ----------
    place
        What was asked for.
    image, view, level
        The image, how it opens, and the level that is wanted.
    overlay
        The label image that lies over it.
    room
        Rows and columns of cells.
    options, settings
        How to show it.
    output
        Where to.

    Raises
    ------
    UserError
        An option does not fit the image, or it cannot be read; where only some of its chunks
        cannot, once the rest was shown.
    """
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
        raise too_large(place, request.decoded_bytes, len(image.readable) > 1) from None
    for line in ansi_lines(picture.frame):
        output.line(line)
    for line in _bar(picture, room[1]):
        output.line(line)
    # The rest was worth to be seen all the same.
    if picture.no_labels is not None:
        raise picture.no_labels
    if failures := failures_of(picture):
        raise failures[0]


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
        start, end = (typed(match[1]), typed(match[2])) if match else (0.0, 0.0)
    except ValueError:
        start = end = 0.0
    if not start < end:
        raise UserError(
            f"{visible(text)} is no window",
            f"write two values, as in --window 100:4000, or one of {listed(SOURCES)}",
            exit_code=ExitCode.USAGE,
        )
    return Window(start, end)


def overlay_of(place: Place, image: Image, options: ShowOptions) -> Overlay | None:
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
    positions = positions_of(text, image, sizes, place)
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


def _bar(picture: Picture, columns: int) -> list[str]:
    positions = [f"{name} {text}" for name, text in axis_positions(picture)]
    over = ": ".join(filter(None, [overlay_text(picture), overlay_note(picture)]))
    facts = [level_text(picture), window_text(picture), not_values_text(picture)]
    facts += [picture.reduction, over]
    return packed(positions, columns) + packed(facts, columns)
