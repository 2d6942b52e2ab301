"""``show``: the plane that an image or array shows, printed; or its values as a table."""

from __future__ import annotations

import argparse
from dataclasses import fields

from omezarr_tui.commands.arguments import Joined, add_access, add_level, add_place, count
from omezarr_tui.commands.output import Output
from omezarr_tui.commands.places import Place, open_image, open_place, tell_doubt
from omezarr_tui.commands.show_options import ShowOptions, room_for
from omezarr_tui.commands.show_picture import overlay_of, show_picture
from omezarr_tui.commands.show_table import array_table, group_table, print_table, print_words
from omezarr_tui.errors import ExitCode
from omezarr_tui.image.cells import DEPTHS, RENDERINGS
from omezarr_tui.image.frames import Words, encoded
from omezarr_tui.image.look import GREY
from omezarr_tui.image.overlay import OPACITIES
from omezarr_tui.image.view import first_view, opens_as_table
from omezarr_tui.settings import load_settings
from omezarr_tui.store.node import Group

DETAILS = """\
Positions count from 0, in pixels of the level that --level names, else in pixels of the
finest; -1 is the last; z=7.5um, t=50% and c=DAPI work too. An axis that is fixed is not
displayed: --at y=100 shows z and x.
Arrays that are no pictures, such as texts, complex numbers or one axis, show as a table,
and so do the data frames of AnnData.
Without --glyphs a terminal of many colours shows half-blocks, any other place ASCII.

examples:
  omezarr-tui show image.ome.zarr
  omezarr-tui show image.ome.zarr --at z=10,c=1 --glyphs half
  omezarr-tui show image.ome.zarr --at c=DAPI --project maximum --window seen
  omezarr-tui show image.ome.zarr --level 2 --size 80x40 > plane.txt
  omezarr-tui show image.ome.zarr labels/nuclei
  omezarr-tui show image.ome.zarr --labels nuclei --opacity 25
"""

_GLYPHS = tuple(rendering for rendering in RENDERINGS if rendering != "pixels")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    add_place(parser)
    add_access(parser)
    add_level(parser, "the coarsest that fills the cells")
    parser.add_argument(
        "--at",
        default="",
        metavar="z=10,c=1",
        action=Joined,
        help="positions on axes; without it the middle of z",
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
    room = room_for(options.size)
    if isinstance(place.node, Group) and (found := encoded(place.access, place.node)) is not None:
        if isinstance(found, Words):
            print_words(output, found)
        else:
            print_table(output, group_table(place, found, room, options, settings))
        return tell_doubt(place)
    image, level = open_image(place, options.level)
    overlay = overlay_of(place, image, options)
    view = first_view(image)
    if view is None or opens_as_table(image):
        print_table(output, array_table(place, image, level, room, options, settings))
    else:
        show_picture(place, image, view, level, overlay, room, options, settings, output)
    return tell_doubt(place)
