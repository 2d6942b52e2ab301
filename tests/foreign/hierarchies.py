"""Sound stores whose names, nesting or roots surprise."""

from pathlib import Path
from typing import Any, Literal

import zarr

from .made import (
    Array,
    Made,
    array_document,
    group_document,
    quiet,
    ramp,
    v2_array_document,
    write_json,
)

NAMES = (
    "with space",
    " edges ",
    "#1",
    "100%",
    "%2e%2e",
    "a?b=c&d",
    "[bold red]x",
    "[@click=app.quit]y",
    "[/x]",
    "細胞 é🧬",
    "e\u0301",
    "line\nbreak",
    "esc\x1b[31mred",
    "\u202eright to left",
    "'quoted\"",
    "-rf",
    "~",
    "$HOME",
    "c",
    "0.0",
    "x" * 200,
)
"""Names that a markup, a URL, a shell or a terminal would take for something else.

One of them is the array ``x]`` in the group ``[``, as no file name has a slash.
"""

HOSTILE = {"[/x]": "[link=x]", "esc\x1b[2J": "bell\x07", "deep": {"a": [{"b": [1, None, True]}]}}


def v3_names(folder: Path) -> Made:
    """Zarr v3 names and attributes that must be shown as they are, and nothing else."""
    path = folder / "names [x] #1 100% é.zarr"
    write_json(path / "zarr.json", group_document(HOSTILE))
    write_json(path / "[" / "zarr.json", group_document())
    for name in NAMES:
        write_json(path / name / "zarr.json", array_document((2, 3), (2, 3), attributes=HOSTILE))
        (path / name / "c" / "0").mkdir(parents=True)
        (path / name / "c" / "0" / "0").write_bytes(ramp((2, 3)).tobytes())
    return Made(path, "group", 3, dict.fromkeys(NAMES, ramp((2, 3))), groups=("", "["))


def v2_names(folder: Path) -> Made:
    """Zarr v2 names and attributes that must be shown as they are, and nothing else."""
    path = folder / "names v2 [x] #2.zarr"
    write_json(path / ".zgroup", {"zarr_format": 2})
    write_json(path / ".zattrs", HOSTILE)
    write_json(path / "[" / ".zgroup", {"zarr_format": 2})
    for name in NAMES:
        write_json(path / name / ".zarray", v2_array_document((2, 3), (2, 3)))
        write_json(path / name / ".zattrs", HOSTILE)
        (path / name / "0.0").write_bytes(ramp((2, 3)).tobytes())
    return Made(path, "group", 2, dict.fromkeys(NAMES, ramp((2, 3))), groups=("", "["))


def _nested(path: Path, zarr_format: Literal[2, 3]) -> dict[str, Any]:
    """Write groups in groups, an empty one among them; give ``arrays`` and ``groups``."""
    root = zarr.create_group(path, zarr_format=zarr_format, attributes={"title": "nested"})
    root.create_group("empty")
    arrays: dict[str, Array | None] = {}
    for place in ("top", "a/left", "a/b/c/d/deep", "a/b/right"):
        root.create_array(place, data=ramp((4, 7)), chunks=(3, 3), attributes={"place": place})
        arrays[place] = ramp((4, 7))
    return {"arrays": arrays, "groups": ("", "empty", "a", "a/b", "a/b/c", "a/b/c/d")}


def v2_nested(folder: Path) -> Made:
    """Zarr v2 groups in groups."""
    path = folder / "v2_nested.zarr"
    return Made(path, "group", 2, **_nested(path, 2))


def v3_nested(folder: Path) -> Made:
    """Zarr v3 groups in groups."""
    path = folder / "v3_nested.zarr"
    return Made(path, "group", 3, **_nested(path, 3))


def v2_consolidated(folder: Path) -> Made:
    """Zarr v2 with consolidated metadata that are true."""
    path = folder / "v2_consolidated.zarr"
    made = Made(path, "group", 2, **_nested(path, 2))
    zarr.consolidate_metadata(path, zarr_format=2)
    return made


def v3_consolidated(folder: Path) -> Made:
    """Zarr v3 with consolidated metadata, inline in the root's document, that are true."""
    path = folder / "v3_consolidated.zarr"
    made = Made(path, "group", 3, **_nested(path, 3))
    with quiet():
        zarr.consolidate_metadata(path, zarr_format=3)
    return made


def v2_root_array(folder: Path) -> Made:
    """A Zarr v2 store that is one array."""
    path = folder / "v2_root_array.zarr"
    zarr.create_array(path, data=ramp((5, 6, 7)), chunks=(2, 3, 4), zarr_format=2)
    return Made(path, "array", 2, {"": ramp((5, 6, 7))})


def v3_root_array(folder: Path) -> Made:
    """A Zarr v3 store that is one array, with dimension names."""
    path = folder / "v3_root_array.zarr"
    dimensions = ("z", "y", "x")
    zarr.create_array(path, data=ramp((5, 6, 7)), chunks=(2, 3, 4), dimension_names=dimensions)
    return Made(path, "array", 3, {"": ramp((5, 6, 7))}, dimensions={"": dimensions})


def folder_of_stores(folder: Path) -> Made:
    """A folder that is no Zarr node: a v2 and a v3 store, a plain folder with one, other files."""
    path = folder / "experiment"
    path.mkdir()
    data = ramp((4, 6))
    zarr.create_array(path / "plain.zarr", data=data, chunks=(3, 4))
    zarr.create_array(path / "old.zarr", data=data, chunks=(3, 4), zarr_format=2)
    zarr.create_group(path / "day 2" / "deep.zarr").create_array("a", data=data, chunks=(3, 4))
    (path / "notes.txt").write_text("not a store\n")
    (path / "nothing here").mkdir()
    arrays: dict[str, Array | None] = dict.fromkeys(
        ("plain.zarr", "old.zarr", "day 2/deep.zarr/a"), data
    )
    return Made(path, "folder", None, arrays, groups=("day 2/deep.zarr",))


def v3_backslash(folder: Path) -> Made:
    """A child with a backslash in its name, which zarr-python takes for a slash and loses."""
    path = folder / "v3_backslash.zarr"
    write_json(path / "zarr.json", group_document())
    write_json(path / "back\\slash" / "zarr.json", array_document((2, 3), (2, 3)))
    return Made(path, "group", 3, {"back\\slash": ramp((2, 3)) * 0}, groups=("",))
