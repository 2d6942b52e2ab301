"""Rules of "bioformats2raw.layout", and of "series", the images of a conversion."""

from __future__ import annotations

from typing import Any

from omezarr_tui.ome.validate.rules import Judged, Rule, shown

KEY = "bioformats2raw.layout"

# "MUST have the value 3 for the bioformats2raw.layout key" (0.4, "bioformats2raw.layout").
# The layout was described with 0.4, and applies to what was written before.
LAYOUT = Rule("bioformats2raw.layout", "error", f'The value of "{KEY}" is the number 3.', KEY)
# "series MUST be a list of string objects, each of which is a path to an image group."
SERIES = Rule(
    "bioformats2raw.series", "error", '"series" is a list of paths, which are texts.', KEY
)


def judge_layout(judged: Judged, value: Any) -> None:
    """Judge the number of the layout."""
    if isinstance(value, bool) or value != 3:
        fix = judged.fix(f'set "{KEY}" to 3', (KEY,), 3) if value == "3" else None
        judged.tell(LAYOUT, (KEY,), f"It is {shown(value)}.", fix)


def judge_series(judged: Judged, value: Any) -> None:
    """Judge the list of the images."""
    if not isinstance(value, list):
        judged.tell(SERIES, ("series",), f"It is {shown(value)}.")
        return
    for number, path in enumerate(value):
        if not isinstance(path, str):
            fix = None
            if isinstance(path, int) and not isinstance(path, bool) and 0 <= path < 10**9:
                fix = judged.fix(f'write the path as "{path}"', ("series", number), str(path))
            judged.tell(SERIES, ("series", number), f"It is {shown(path)}.", fix)
