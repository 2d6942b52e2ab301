"""Rules of the wells that a plate lists."""

from __future__ import annotations

from typing import Any

from omezarr_tui.ome.validate.rules import Judged, Place, Rule, is_whole, repeated, shown
from omezarr_tui.text import plural, visible

Names = list[str | None] | None

# "The plate dictionary MUST contain a wells key whose value MUST be a list of JSON objects"; the
# schemas want one at least.
WELLS = Rule("plate.wells", "error", '"wells" is a list of objects, with one at least.', "plate")
# "Each well object MUST contain a path key identifying the path to the well subgroup."
PATH = Rule("plate.no-well-path", "error", "A well has a path, a text.", "plate")
# "The path MUST consist of a name in the rows list, a file separator (/), and a name from the
# columns list, in that order. The path MUST NOT contain additional leading or trailing
# directories." (since 0.4; up to 0.3 the example has "2020-10-10/A/1")
WELL_PATH = Rule(
    "plate.well-path",
    "error",
    'The path of a well is the name of its row, "/", and the name of its column.',
    "plate",
    since="0.4",
)
# The same sentence. The suites of 0.4 and 0.6 hold up plates as valid whose rows are named "1" and
# columns "A", with a well at "A/1"; that of 0.5 has a plate of this kind that is not valid.
SWAPPED = Rule(
    "plate.well-path-order",
    "error",
    "The path of a well has the name of its row first, then that of its column.",
    "plate",
    since="0.4",
    eased={"0.4": "advice", "0.6": "advice"},
)
# "... MUST NOT be a duplicate": wells are unique by the schemas.
UNIQUE = Rule(
    "plate.unique-wells", "error", "No two wells have the same path.", "plate", since="0.4"
)
# "Each well object MUST contain both a rowIndex key and a columnIndex key. They MUST be 0-based."
INDEX = Rule(
    "plate.well-index",
    "error",
    'A well has the place of its row as "rowIndex", and of its column as "columnIndex", counted '
    "from 0.",
    "plate",
    since="0.4",
)
# "The rowIndex, columnIndex, and path MUST all refer to the same row/column pair."
SAME = Rule(
    "plate.well-same",
    "error",
    "The path and the indices of a well mean the same row and column.",
    "plate",
    since="0.4",
)


def judge_wells(
    judged: Judged, plate: dict[str, Any], place: Place, rows: Names, columns: Names
) -> None:
    """Judge the wells of a plate.

    Parameters
    ----------
    judged
        Where findings go.
    plate, place
        The plate, and where it stands.
    rows, columns
        The names of its rows and columns; None where they are not known.
    """
    wells = plate.get("wells")
    if "wells" not in plate or wells == []:
        judged.tell(WELLS, place, "The plate has no wells.")
        return
    lines = {"rowIndex": _Lines("row", rows), "columnIndex": _Lines("column", columns)}
    items = list(judged.each(WELLS, wells, (*place, "wells")))
    for at, well in items:
        path = well.get("path")
        parts: list[str] = []
        if isinstance(path, str):
            parts = _judge_path(judged, path, (*at, "path"), lines)
        else:
            found = f"The path is {shown(path)}." if "path" in well else "The well has no path."
            judged.tell(PATH, at, found)
        for number, (key, line) in enumerate(lines.items()):
            name = parts[number] if parts else None
            _judge_index(judged, well, key, at, line, name)
    for number, path in repeated(well.get("path") for _, well in items):
        judged.tell(UNIQUE, items[number][0], f"Another well has the path {shown(path)} too.")


class _Lines:
    """The rows, or the columns, of a plate: names in order, and the place of each."""

    def __init__(self, word: str, names: Names) -> None:
        self.word = word
        self.names = names
        self.unsure = names is None or None in names
        self.places: dict[str, int] = {}
        for number, name in enumerate(names or ()):
            if name is not None:
                self.places.setdefault(name, number)

    def may_have(self, name: str) -> bool:
        """Whether there is a line of that name, as far as they are known."""
        return self.unsure or name in self.places


def _judge_path(judged: Judged, path: str, place: Place, lines: dict[str, _Lines]) -> list[str]:
    """The names of the row and the column that a path has; none where it has not these two."""
    rows, columns = lines.values()
    parts = path.split("/")
    if len(parts) != 2 or not all(parts):
        found = f"The path {shown(path)} has {plural(len(parts), 'part')}, and not two."
        if len(parts) == 2:
            found = f"The path is {shown(path)}."
        judged.tell(WELL_PATH, place, found)
        return []
    row, column = parts
    if rows.may_have(row) and columns.may_have(column):
        return parts
    if rows.may_have(column) and columns.may_have(row):
        judged.tell(SWAPPED, place, f"The path is {shown(path)}, the column before the row.")
        return []
    what, name = ("row", row) if not rows.may_have(row) else ("column", column)
    judged.tell(WELL_PATH, place, f"The path is {shown(path)}; no {what} is named {shown(name)}.")
    return []


def _judge_index(
    judged: Judged, well: dict[str, Any], key: str, place: Place, line: _Lines, name: str | None
) -> None:
    """Judge a rowIndex or a columnIndex, against what the path says."""
    index = well.get(key)
    meant = line.places.get(name) if name is not None else None
    fix = None
    if meant is not None:
        fix = judged.fix(f'set "{key}" to {meant}', (*place, key), meant)
    if not is_whole(index) or index < 0:
        if key in well:
            judged.tell(INDEX, (*place, key), f"It is {shown(index)}.", fix)
        else:
            judged.tell(INDEX, place, f'There is no "{key}".', fix)
        return
    if line.names is not None and index >= len(line.names):
        there = f"there {_are(len(line.names))} {plural(len(line.names), line.word)}"
        found = f"It is {shown(index)}, {there}."
        judged.tell(SAME, (*place, key), found, fix)
    elif meant is not None and int(index) != meant:
        other = visible(line.names[int(index)], 30) if line.names else ""
        found = f"It means the {line.word} {other}, the path {shown(well['path'])}."
        judged.tell(SAME, (*place, key), found, fix)


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
