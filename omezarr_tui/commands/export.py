"""``export``: exact values as a file of NumPy, TIFF or CSV."""

from __future__ import annotations

import argparse
from pathlib import Path

from omezarr_tui.commands.arguments import Joined, add_access, add_level
from omezarr_tui.commands.output import Output, Progress
from omezarr_tui.commands.places import Place, open_image, open_place, tell_doubt
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.image.export import described, form_of
from omezarr_tui.image.export import export as export_values
from omezarr_tui.image.positions import pixel_on
from omezarr_tui.image.selection import parse_selection
from omezarr_tui.store.node import Broken
from omezarr_tui.text import format_bytes, format_shape, plural, visible

DETAILS = """\
An index drops its axis, a range such as 10:20 or ::2 keeps it, as in NumPy; what is not
named is whole. Of an image the values are those of a level, in its own pixels. The end of the
file's name says what it becomes; whatever that is, values are exact and written block by block:
.npy keeps the byte order and holds no pickle: texts of variable length get the width of the
longest; .tif is an OME-TIFF with axes, pixel sizes and names of channels, and takes the extra
[tiff]; .csv has a line for each row, of one axis or two.

examples:
  omezarr-tui export image.ome.zarr / image.npy
  omezarr-tui export image.ome.zarr s0 plane.npy --at z=3,c=0
  omezarr-tui export image.ome.zarr / part.npy --level 1 --select '0,3,:,10:20'
  omezarr-tui export image.ome.zarr / stack.tif --at c=0,y=100:200,x=50:80
  omezarr-tui export image.ome.zarr / region.csv --at z=3,c=0,y=100:200,x=50:80
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    parser.add_argument("location", metavar="LOCATION", help="the path or URL of a store")
    parser.add_argument("node", metavar="NODE", help="an array or an image; / is the root")
    parser.add_argument("out", metavar="OUT", help="the file to write: .npy, .tif or .csv")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--at", metavar="z=3", action=Joined, help="indices or ranges by the names of axes"
    )
    which.add_argument("--select", metavar="0,3,:,10:20", help="indices or ranges by position")
    add_level(parser, "the finest")
    add_access(parser)
    parser.add_argument("--force", action="store_true", help="replace a file that is there")


def run(args: argparse.Namespace) -> int:
    """Do it, and give the exit code."""
    selection = args.at or args.select or ""
    return export(open_place(args), args.out, selection, args.level, overwrite=args.force)


def export(
    place: Place, out: str, selection: str, level: int | None, *, overwrite: bool
) -> ExitCode:
    """Write values of an array, or of a level of an image.

    Parameters
    ----------
    place
        What is asked for.
    out
        The file, as it was typed.
    selection
        What ``--at`` or ``--select`` says, in pixels of the level; empty for all.
    level
        Of an image; None for the finest.
    overwrite
        Replace a file that is there.
    """
    file = Path(out).expanduser()
    form_of(file)  # a name that asks for nothing known is told of before anything is read
    image, chosen = open_image(place, level)
    array = image.levels[chosen or 0]
    if isinstance(array, Broken):  # another level in its place would not be what was asked for
        raise UserError(
            f"The finest level of {place.name} cannot be read",
            f"{array.reason}; --level takes another one",
        )
    axes = [axis.name for axis in image.multiscale.axes]
    try:
        wanted = parse_selection(
            selection,
            array.shape,
            axes,
            place=lambda at, word: pixel_on(image, at, array.shape[at], word),
        )
    except ValueError as error:
        what = f"{visible(selection)} selects nothing of {place.name}"
        raise UserError(what, str(error), exit_code=ExitCode.USAGE) from error
    progress = Progress()
    try:
        dtype = export_values(
            place.access,
            array,
            wanted,
            file,
            described(image, chosen or 0),
            overwrite=overwrite,
            progress=lambda written, total: progress.tell(
                f"written: {100 * written // total} % of {plural(total, 'value')}"
            ),
        )
    finally:
        progress.clear()
    size = format_bytes(file.stat().st_size)
    name = array.path or place.name
    told = f"{visible(name)}[{wanted.numpy_text}]: {format_shape(wanted.shape)} {dtype}"
    Output().line(f"{visible(out)}: {told}, {size}")
    return tell_doubt(place)
