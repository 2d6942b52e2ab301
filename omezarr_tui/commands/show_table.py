"""``show`` of what is no picture: values as a table, AnnData-like groups among them."""

from __future__ import annotations

from omezarr_tui.commands.output import Output
from omezarr_tui.commands.places import Place
from omezarr_tui.commands.show_options import ShowOptions, positions_of, too_large
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.image.frames import Words
from omezarr_tui.image.tables import Table
from omezarr_tui.image.value_table import (
    TablePart,
    ValueTable,
    first_part,
    printed_part,
    table_part,
)
from omezarr_tui.ome.discover import Image
from omezarr_tui.settings import Settings
from omezarr_tui.store.node import Array
from omezarr_tui.text import cell_width, padded

_QUIET = "2"
_FEWEST_CELLS = 3  # that a column of values takes, with the blanks before it


def array_table(
    place: Place,
    image: Image,
    level: int | None,
    room: tuple[int, int],
    options: ShowOptions,
    settings: Settings,
) -> ValueTable:
    """The values of an array, as many as there is room for.

    Parameters
    ----------
    place, image, level
        What was asked for.
    room
        Rows and columns of cells.
    options, settings
        Where in it, and how much may be read.

    Raises
    ------
    UserError
        A position does not fit the array, too much would be read, or it cannot be read.
    """
    array = image.levels[image.readable[0] if level is None else level]
    assert isinstance(array, Array)
    at = positions_of(options.at, image, array.shape, place)
    rows, columns = _cells_for(room)
    part = table_part(array, rows=rows, columns=columns, at=at)
    return _read(place, part, room, options, settings)


def group_table(
    place: Place,
    found: Table,
    room: tuple[int, int],
    options: ShowOptions,
    settings: Settings,
) -> ValueTable:
    """The first rows of a group that is a table, such as a data frame; see `array_table`."""
    if options.at or options.level is not None:
        raise UserError(
            f"{place.name} is a group of columns, which has no planes and no levels",
            "--at and --level go with arrays and images; its columns are arrays of their own",
            exit_code=ExitCode.USAGE,
        )
    rows, columns = _cells_for(room)
    return _read(place, first_part(found, rows=rows, columns=columns), room, options, settings)


def _cells_for(room: tuple[int, int]) -> tuple[int, int]:
    """The most rows and columns of values that there may be room for."""
    return max(1, room[0] - 1), max(1, room[1] // _FEWEST_CELLS)


def _read(
    place: Place,
    part: TablePart,
    room: tuple[int, int],
    options: ShowOptions,
    settings: Settings,
) -> ValueTable:
    if part.decoded_bytes > settings.ask_above_bytes and not options.yes:
        raise too_large(place, part.decoded_bytes, False)
    return printed_part(place.access, part, room[1])


def print_words(output: Output, found: Words) -> None:
    """What a group is that is no table."""
    for line in found.lines:
        output.line(line)


def print_table(output: Output, table: ValueTable) -> None:
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
