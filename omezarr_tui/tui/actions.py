"""The one table of what a user can do: footer, help, palette, key map and README come from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from textual.binding import Binding, BindingType

from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.text import listed

Where = Literal[
    "everywhere",
    "hierarchy",
    "info",
    "picture",
    "table",
    "plate",
    "histogram",
    "profile",
    "opening",
    "line",
    "recent",
    "folder",
    "checking",
    "findings",
]
Needs = Literal[
    "", "picture", "values", "axis", "edit", "write", "undo", "redo", "array", "plate", "well",
    "field", "findings", "finding", "fix", "fixes",
]  # fmt: skip

WHERE_TITLES: dict[Where, str] = {
    "everywhere": "Everywhere",
    "hierarchy": "In the hierarchy",
    "info": "In the info pane",
    "picture": "In the picture",
    "table": "In a table of values",
    "plate": "On the plate",
    "histogram": "In the histogram",
    "profile": "In the profile",
    "opening": "On the open screen",
    "line": "In its line",
    "recent": "In the recent stores",
    "folder": "In the folder",
    "checking": "Where metadata are checked",
    "findings": "In the findings",
}
# The parts of the screen on a store, of the one on which a store is chosen, and of the one
# that tells what is wrong with metadata.
BROWSING: tuple[Where, ...] = (
    "everywhere", "hierarchy", "info", "picture", "table", "plate", "histogram", "profile",
)  # fmt: skip
OPENING: tuple[Where, ...] = ("opening", "line", "recent", "folder")
CHECKING: tuple[Where, ...] = ("checking", "findings")
# What is done everywhere and on the other screens too.
_WHOLE: tuple[Where, ...] = ("opening", "checking")
_SHARED = ("pane.next", "pane.before", "back", "help", "palette", "quit")


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a key does.

    Parameters
    ----------
    id
        Never changes: users' key maps name it.
    keys
        As Textual calls them.
    display
        As a person writes them.
    title
        What it does, in a few words.
    run
        The action of the widget or screen that `where` names.
    where
        The pane that must have the focus.
    needs
        What must be there: a picture, an axis to step along, a place to edit…
    short
        The word in the footer; empty where it is not shown there.
    rank
        Where room is scarce, the footer shows low ranks first.
    """

    id: str
    keys: tuple[str, ...]
    display: str
    title: str
    run: str
    where: Where = "everywhere"
    needs: Needs = ""
    short: str = ""
    rank: int = 50


ACTIONS: tuple[Action, ...] = (
    # Hierarchy
    Action("tree.down", ("down", "j"), "↓ j", "Next node", "cursor_down", "hierarchy"),
    Action("tree.up", ("up", "k"), "↑ k", "Node before", "cursor_up", "hierarchy"),
    Action("tree.open", ("right", "l"), "→ l", "Open, or go to the first child", "open",
           "hierarchy", short="open", rank=2),
    Action("tree.close", ("left", "h"), "← h", "Close, or go to the parent", "close", "hierarchy",
           short="close", rank=21),
    Action("tree.toggle", ("enter", "space"), "Enter", "Open or close", "toggle_node", "hierarchy"),
    Action("tree.parent", ("p",), "p", "Go to the parent", "cursor_parent", "hierarchy",
           short="parent", rank=40),
    Action("tree.all", ("asterisk",), "*", "Open all below, up to a bound", "screen.open_all",
           "hierarchy", short="open all", rank=41),
    Action("tree.first", ("home",), "Home", "First node", "scroll_home", "hierarchy"),
    Action("tree.last", ("end",), "End", "Last node", "scroll_end", "hierarchy"),
    # Info
    Action("info.down", ("down", "j"), "↓ j", "Next value", "cursor_down", "info"),
    Action("info.up", ("up", "k"), "↑ k", "Value before", "cursor_up", "info"),
    Action("info.open", ("right", "l"), "→ l", "Open, or go to the first value inside", "open",
           "info", short="open", rank=2),
    Action("info.close", ("left", "h"), "← h", "Close, or go to what it is in", "close", "info",
           short="close", rank=21),
    Action("info.toggle", ("enter", "space"), "Enter", "Open or close", "toggle_node", "info"),
    # Picture
    Action("picture.pan", (), "↑ ↓ ← →", "Move window or cursor; Shift: further", "",
           "picture", "picture", short="pan", rank=30),
    Action("picture.up", ("up", "k"), "↑ k", "Move the window up", "pan(-1,0)", "picture"),
    Action("picture.down", ("down", "j"), "↓ j", "Move the window down", "pan(1,0)", "picture"),
    Action("picture.left", ("left", "h"), "← h", "Move the window left", "pan(0,-1)", "picture"),
    Action("picture.right", ("right", "l"), "→ l", "Move the window right", "pan(0,1)", "picture"),
    Action("leap.up", ("shift+up",), "Shift+↑", "A whole window up", "leap(-1,0)", "picture"),
    Action("leap.down", ("shift+down",), "Shift+↓", "A whole window down", "leap(1,0)", "picture"),
    Action("leap.left", ("shift+left",), "Shift+←", "A whole window left", "leap(0,-1)", "picture"),
    Action("leap.right", ("shift+right",), "Shift+→", "A whole window right", "leap(0,1)",
           "picture"),
    Action("plane.first", ("home",), "Home", "First plane", "screen.plane_end(False)", "picture",
           "axis"),
    Action("plane.last", ("end",), "End", "Last plane", "screen.plane_end(True)", "picture",
           "axis"),
    Action("film", ("p",), "p", "Play along the stepped axis, or stop", "screen.film", "picture",
           "axis", short="play", rank=31),
    Action("film.speed", ("P",), "P", "Play faster; then slowly again", "screen.film_speed",
           "picture", "axis"),
    # Table
    Action("table.up", ("up", "k"), "↑ k", "Row above", "move(-1,0)", "table"),
    Action("table.down", ("down", "j"), "↓ j", "Row below", "move(1,0)", "table"),
    Action("table.left", ("left", "h"), "← h", "Column to the left", "move(0,-1)", "table"),
    Action("table.right", ("right", "l"), "→ l", "Column to the right", "move(0,1)", "table"),
    Action("table.page", ("pagedown", "shift+down"), "PageDown", "As many rows on as are in sight",
           "page(1)", "table"),
    Action("table.page_before", ("pageup", "shift+up"), "PageUp", "As many rows back", "page(-1)",
           "table"),
    Action("table.columns", ("shift+right",), "Shift+→", "As many columns on", "columns(1)",
           "table"),
    Action("table.columns_before", ("shift+left",), "Shift+←", "As many columns back",
           "columns(-1)", "table"),
    Action("table.first", ("home",), "Home", "First row", "end(False)", "table"),
    Action("table.last", ("end",), "End", "Last row", "end(True)", "table", short="last",
           rank=4),
    Action("table.goto", ("g",), "g", "Go to a row by number", "goto", "table", short="go to",
           rank=3),
    # Plate
    Action("plate.move", (), "↑ ↓ ← →", "Move from well to well", "", "plate", "plate",
           short="move", rank=30),
    Action("plate.up", ("up", "k"), "↑ k", "Well above", "move(-1,0)", "plate"),
    Action("plate.down", ("down", "j"), "↓ j", "Well below", "move(1,0)", "plate"),
    Action("plate.left", ("left", "h"), "← h", "Well to the left", "move(0,-1)", "plate"),
    Action("plate.right", ("right", "l"), "→ l", "Well to the right", "move(0,1)", "plate"),
    Action("plate.first", ("home",), "Home", "First column", "end(False)", "plate", "plate"),
    Action("plate.last", ("end",), "End", "Last column", "end(True)", "plate", "plate"),
    Action("plate.page", ("pagedown",), "PageDown", "A page of rows on", "page(1)", "plate",
           "plate"),
    Action("plate.page_before", ("pageup",), "PageUp", "A page of rows back", "page(-1)", "plate",
           "plate"),
    Action("plate.open", ("enter",), "Enter", "Open the well's first field", "open", "plate",
           "plate", short="open", rank=1),
    Action("plate.measure", ("m",), "m", "Next measure: fields, mean, maximum", "measure", "plate",
           "plate", short="measure", rank=2),
    Action("plate.channel", ("c",), "c", "Measure the next channel", "channel", "plate", "plate",
           short="channel", rank=3),
    Action("plate.glyphs", ("v",), "v", "Colours, or glyphs and numbers", "glyphs", "plate",
           "plate", short="view", rank=3),
    # Histogram
    Action("edge.low_down", ("left", "h"), "← h", "Low edge down", "edge('low',-1)", "histogram",
           short="low edge", rank=1),
    Action("edge.low_up", ("right", "l"), "→ l", "Low edge up", "edge('low',1)", "histogram",
           short="low edge", rank=1),
    Action("edge.high_down", ("shift+left", "H"), "Shift+←", "High edge down", "edge('high',-1)",
           "histogram", short="high edge", rank=2),
    Action("edge.high_up", ("shift+right",), "Shift+→", "High edge up", "edge('high',1)",
           "histogram", short="high edge", rank=2),
    Action("edge.type", ("enter",), "Enter", "Type the window; or read it anyway", "type",
           "histogram", short="type", rank=3),
    Action("histogram.before", ("up", "k"), "↑ k", "Channel before", "next_channel(-1)",
           "histogram"),
    Action("histogram.next", ("down", "j"), "↓ j", "Next channel", "next_channel(1)", "histogram"),
    Action("histogram.scope", ("space",), "Space", "What is seen, plane, coarsest level",
           "scope", "histogram", short="pixels", rank=4),
    Action("histogram.log", ("S",), "S", "Counts or their logarithms", "log", "histogram",
           short="scale", rank=5),
    Action("histogram.all", ("A",), "A", "All values, or nearly all", "all", "histogram",
           short="all", rank=7),
    # Profile
    Action("marker.before", ("left", "h"), "← h", "Marker back", "mark(-1)", "profile",
           short="marker", rank=1),
    Action("marker.after", ("right", "l"), "→ l", "Marker on", "mark(1)", "profile",
           short="marker", rank=1),
    Action("marker.ten_before", ("shift+left",), "Shift+←", "Marker ten pixels back", "mark(-10)",
           "profile"),
    Action("marker.ten_after", ("shift+right",), "Shift+→", "Marker ten pixels on", "mark(10)",
           "profile"),
    Action("marker.first", ("home",), "Home", "First pixel", "mark_end(False)", "profile"),
    Action("marker.last", ("end",), "End", "Last pixel", "mark_end(True)", "profile"),
    Action("marker.go", ("enter",), "Enter", "Go to the marker's pixel or plane", "choose",
           "profile", short="go there", rank=2),
    Action("profile.line", ("d",), "d", "Draw a line from the cursor on", "line", "profile",
           short="line", rank=3),
    Action("profile.scale", ("S",), "S", "One scale, or one for each channel", "scale", "profile",
           short="scale", rank=4),
    Action("profile.before", ("up", "k"), "↑ k", "Channel before", "next_channel(-1)", "profile"),
    Action("profile.next", ("down", "j"), "↓ j", "Next channel", "next_channel(1)", "profile"),
    # Wells and fields, from anywhere
    Action("well.next", ("n",), "n", "Next well", "well(1)", needs="well", short="well", rank=5),
    Action("well.before", ("N",), "N", "Well before", "well(-1)", needs="well", short="well",
           rank=5),
    Action("field.next", ("f",), "f", "Next field of the well", "field(1)", needs="field",
           short="field", rank=5),
    Action("field.before", ("F",), "F", "Field before", "field(-1)", needs="field", short="field",
           rank=5),
    # Planes and levels, from anywhere
    Action("plane.before", ("comma",), ",", "Plane before", "plane(-1)", needs="axis",
           short="plane", rank=1),
    Action("plane.after", ("full_stop",), ".", "Plane after", "plane(1)", needs="axis",
           short="plane", rank=1),
    Action("plane.ten_before", ("less_than_sign",), "<", "Ten planes before", "plane(-10)",
           needs="axis"),
    Action("plane.ten_after", ("greater_than_sign",), ">", "Ten planes after", "plane(10)",
           needs="axis"),
    Action("axis.z", ("z",), "z", "Step along z", "moving('z')", needs="axis"),
    Action("axis.t", ("t",), "t", "Step along t", "moving('t')", needs="axis"),
    Action("axis.c", ("c",), "c", "Step along c", "moving('c')", needs="axis"),
    Action("axis.next", ("a",), "a", "Step along the next axis", "next_moving", needs="axis",
           short="axis", rank=8),
    Action("plane.goto", ("g",), "g", "Go to a plane, a pixel or a place", "goto",
           needs="picture", short="go to", rank=9),
    Action("level.finer", ("left_square_bracket",), "[", "Finer level", "level(-1)",
           needs="picture", short="level", rank=2),
    Action("level.coarser", ("right_square_bracket",), "]", "Coarser level", "level(1)",
           needs="picture", short="level", rank=2),
    Action("level.auto", ("equals_sign",), "=", "Level that fits the screen", "level_auto",
           needs="picture"),
    Action("zoom.in", ("plus",), "+", "Zoom in", "zoom(1)", needs="picture", short="zoom", rank=6),
    Action("zoom.out", ("minus",), "-", "Zoom out", "zoom(-1)", needs="picture", short="zoom",
           rank=6),
    Action("zoom.whole", ("0",), "0", "Whole plane", "zoom_whole", needs="picture"),
    Action("overview", ("Z",), "Z", "Map of the whole plane on and off", "overview",
           needs="picture"),
    Action("axes.turn", ("o",), "o", "Next pair of axes (XY, XZ, YZ…)", "turn", needs="picture",
           short="axes", rank=7),
    Action("show.rendering", ("v",), "v", "ASCII, half-blocks, quadrants, dots",
           "rendering", needs="picture", short="view", rank=3),
    Action("show.depth", ("B",), "B", "Fewer colours: 256, 16, none", "depth", needs="picture"),
    Action("show.colormap", ("m",), "m", "Next colormap", "colormap", needs="picture"),
    Action("show.colormaps", ("K",), "K", "Choose a colormap", "choose_colormap",
           needs="picture"),
    Action("show.gamma", ("G",), "G", "Gamma: lift what is dim", "gamma", needs="picture"),
    Action("show.maximum", ("M",), "M", "Maximum of pixels, or their mean",
           "maximum", needs="picture"),
    Action("show.projection", ("vertical_line",), "|",
           "Maximum or mean along the axis", "projection", needs="axis"),
    Action("channels", ("C",), "C", "Channels: which, colours and windows", "channels",
           needs="picture", short="channels", rank=30),
    Action("channels.compose", ("asterisk",), "*", "Channels together, or one at a time",
           "screen.compose_channels", "picture", "picture"),
    Action("window.auto", ("w",), "w", "Contrast by itself; the next source", "window_auto",
           needs="picture", short="contrast", rank=4),
    Action("window.narrower", ("left_curly_bracket",), "{", "More contrast", "window_width(-1)",
           needs="picture"),
    Action("window.wider", ("right_curly_bracket",), "}", "Less contrast", "window_width(1)",
           needs="picture"),
    Action("window.darker", ("left_parenthesis",), "(", "Darker", "window_shift(1)",
           needs="picture"),
    Action("window.brighter", ("right_parenthesis",), ")", "Brighter", "window_shift(-1)",
           needs="picture"),
    Action("window.invert", ("i",), "i", "Swap dark and bright", "invert", needs="picture"),
    Action("cursor", ("x",), "x", "Cursor on and off: what is there", "cursor", needs="picture",
           short="cursor", rank=32),
    Action("plot.histogram", ("D",), "D", "Histogram, with the contrast on it", "histogram",
           needs="picture", short="histogram", rank=33),
    Action("plot.profile", ("Y",), "Y", "Profile of row or column", "profile",
           needs="picture", short="profile", rank=34),
    Action("plot.axis", ("T",), "T", "Profile along the stepped axis", "profile_axis",
           needs="axis"),
    Action("region", ("R",), "R", "Begin a region, or end it", "region",
           needs="picture", short="region", rank=35),
    Action("region.end", ("enter",), "Enter", "End the region that is drawn", "screen.region_done",
           "picture", "picture"),
    Action("region.statistics", ("I",), "I", "Statistics of region or what is seen",
           "statistics", needs="picture", short="statistics", rank=36),
    Action("numbers", ("X",), "X", "The numbers around the cursor", "numbers", needs="picture",
           short="numbers", rank=37),
    Action("table", ("W",), "W", "As a table of values, or as a picture", "as_table",
           needs="values", short="table", rank=38),
    Action("chunks", ("number_sign",), "#", "Chunks: stored, missing, damaged",
           "chunk_map", needs="picture", short="chunks", rank=38),
    Action("save", ("s",), "s", "Save: PNG, NPY, TIFF, CSV", "save",
           needs="values", short="save", rank=39),
    Action("copy", ("y",), "y", "Copy: Python, value, path, links", "copy",
           short="copy", rank=39),
    Action("labels.next", ("L",), "L", "The next label image over the picture", "labels",
           needs="picture", short="labels", rank=31),
    Action("labels.opacity", ("O",), "O", "Opacity of the labels, or outlines", "opacity",
           needs="picture"),
    Action("picture.read", ("r",), "r", "Read again, or read it anyway", "read"),
    Action("bookmarks", ("apostrophe",), "'", "Bookmarks",
           "bookmarks", short="marks", rank=39),
    # Store
    Action("info.stored", ("b",), "b", "Count chunks written and bytes stored", "measure",
           needs="array", short="bytes", rank=10),
    Action("edit.fill", ("e",), "e", "Fill the plane or a region of it", "edit",
           needs="edit", short="edit", rank=5),
    Action("edit.more", ("E",), "E", "Change metadata, pixels, structure", "edit_menu",
           needs="write", short="change", rank=41),
    Action("edit.undo", ("u",), "u", "Undo the last edit of this store", "undo", needs="undo",
           short="undo", rank=11),
    Action("edit.redo", ("ctrl+r",), "Ctrl+R", "Make the edit again that was undone", "redo",
           needs="redo", short="redo", rank=12),
    Action("edit.history", ("U",), "U", "The edits of this store", "history",
           short="history", rank=40),
    Action("validate", ("V",), "V", "Check the metadata of the store", "validate", short="check",
           rank=31),
    # Checking
    Action("findings.down", ("down", "j"), "↓ j", "Next finding", "cursor_down", "findings"),
    Action("findings.up", ("up", "k"), "↑ k", "Finding before", "cursor_up", "findings"),
    Action("findings.open", ("enter", "right", "l"), "Enter → l", "Go to its node in the hierarchy",
           "choose", "findings", "finding", short="go there", rank=1),
    Action("findings.first", ("home",), "Home", "First finding", "first", "findings"),
    Action("findings.last", ("end",), "End", "Last finding", "last", "findings"),
    Action("findings.page", ("pagedown",), "PageDown", "A page on", "page(1)", "findings"),
    Action("findings.page_before", ("pageup",), "PageUp", "A page back", "page(-1)", "findings"),
    Action("check.mend", ("e",), "e", "Mend it, after showing what changes", "mend",
           "checking", "fix", short="mend", rank=2),
    Action("check.mend_all", ("A",), "A", "Mend the same in all nodes, as one edit", "mend_all",
           "checking", "fixes", short="all alike", rank=3),
    Action("check.undo", ("u",), "u", "Undo the last edit of this store", "undo", "checking",
           "undo", short="undo", rank=4),
    Action("check.redo", ("ctrl+r",), "Ctrl+R", "Make the edit again that was undone", "redo",
           "checking", "redo", short="redo", rank=5),
    Action("check.errors", ("1",), "1", "Show errors, or hide them", "show_or_hide('error')",
           "checking", "findings", short="show", rank=6),
    Action("check.warnings", ("2",), "2", "Show warnings, or hide them", "show_or_hide('warning')",
           "checking", "findings", short="show", rank=6),
    Action("check.advice", ("3",), "3", "Show advice, or hide it", "show_or_hide('advice')",
           "checking", "findings", short="show", rank=6),
    Action("check.again", ("r",), "r", "Check again", "check", "checking", short="again", rank=5),
    # Opening
    Action("line.open", ("enter",), "Enter", "Open it", "submit", "line", short="open", rank=1),
    Action("line.complete", ("tab",), "Tab", "Complete, or go to the next pane", "complete",
           "line", short="complete", rank=2),
    Action("line.next", ("down",), "↓", "The next that fits", "fitting(1)", "line",
           short="choose", rank=3),
    Action("line.before", ("up",), "↑", "The one before that fits", "fitting(-1)", "line",
           short="choose", rank=3),
    Action("line.leave", (), "Esc", "Back to the lists", "", "line", short="back", rank=4),
    Action("recent.down", ("down", "j"), "↓ j", "Next store", "cursor_down", "recent"),
    Action("recent.up", ("up", "k"), "↑ k", "Store before", "cursor_up", "recent"),
    Action("recent.open", ("enter", "right", "l"), "Enter → l", "Open it again", "choose",
           "recent", short="open", rank=1),
    Action("recent.forget", ("delete",), "Delete", "Take it off the list", "screen.forget",
           "recent", short="forget", rank=5),
    Action("recent.first", ("home",), "Home", "First store", "first", "recent"),
    Action("recent.last", ("end",), "End", "Last store", "last", "recent"),
    Action("recent.page", ("pagedown",), "PageDown", "A page on", "page(1)", "recent"),
    Action("recent.page_before", ("pageup",), "PageUp", "A page back", "page(-1)", "recent"),
    Action("folder.down", ("down", "j"), "↓ j", "Next name", "cursor_down", "folder"),
    Action("folder.up", ("up", "k"), "↑ k", "Name before", "cursor_up", "folder"),
    Action("folder.open", ("enter", "right", "l"), "Enter → l",
           "Open a store, or go into a folder", "choose", "folder", short="open", rank=1),
    Action("folder.above", ("backspace", "left", "h"), "← h", "To the folder above, as Backspace",
           "screen.above", "folder", short="up", rank=3),
    Action("folder.whole", ("t",), "t", "The whole folder as one hierarchy", "screen.whole",
           "folder", short="as one tree", rank=6),
    Action("folder.read", ("r",), "r", "List it anew", "screen.read", "folder"),
    Action("folder.first", ("home",), "Home", "First name", "first", "folder"),
    Action("folder.last", ("end",), "End", "Last name", "last", "folder"),
    Action("folder.page", ("pagedown",), "PageDown", "A page on", "page(1)", "folder"),
    Action("folder.page_before", ("pageup",), "PageUp", "A page back", "page(-1)", "folder"),
    Action("open.type", ("slash",), "/", "Type a path or URL, from this folder on", "type",
           "opening", short="type a path or URL", rank=4),
    Action("open.line", ("1",), "1", "To the line for a path or URL", "pane('line')", "opening"),
    Action("open.recent", ("2",), "2", "To the recent stores", "pane('recent')", "opening"),
    Action("open.folder", ("3",), "3", "To the folder", "pane('folder')", "opening"),
    # Getting around
    Action("stores", ("ctrl+o",), "Ctrl+O", "Open another store", "app.open_another",
           short="stores", rank=12),
    Action("find", ("slash",), "/", "Find a node, or an attribute, by name", "find",
           short="find", rank=12),
    Action("pane.next", ("tab",), "Tab", "Next pane", "next_pane(1)",
           short="pane", rank=2),
    Action("pane.before", ("shift+tab",), "Shift+Tab", "Pane before", "next_pane(-1)"),
    Action("pane.tree", ("1",), "1", "To the hierarchy", "pane('hierarchy')"),
    Action("pane.info", ("2",), "2", "To the info", "pane('info')"),
    Action("pane.picture", ("3",), "3", "To the picture", "pane('picture')"),
    Action("back", ("escape",), "Esc", "One step back; stop what is running", "back"),
    Action("help", ("question_mark",), "?", "All keys", "help", short="help", rank=0),
    Action("palette", ("ctrl+p",), "Ctrl+P", "Commands and themes", "app.command_palette"),
    Action("quit", ("q",), "q", "Leave", "leave", short="quit", rank=13),
)  # fmt: skip


def bindings(where: Where) -> list[BindingType]:
    """The Textual bindings of one pane, or of its screen."""
    return [
        Binding(
            ",".join(a.keys), a.run, a.title, show=bool(a.short), key_display=a.display, id=a.id
        )
        for a in ACTIONS
        if _is_in(a, where) and a.run and a.keys
    ]


def _is_in(action: Action, where: Where) -> bool:
    return action.where == where or (where in _WHOLE and action.id in _SHARED)


def remapped(
    keys: Mapping[str, str], parts: Sequence[Where] = (*BROWSING, *OPENING, *CHECKING)
) -> tuple[Action, ...]:
    """The table with a user's own keys.

    Parameters
    ----------
    keys
        Keys as Textual calls them, with commas between, by the id of the action.
    parts
        Of which screen: `BROWSING`, `OPENING` or `CHECKING`.

    Raises
    ------
    UserError
        There is no such action.
    """
    if unknown := keys.keys() - {action.id for action in ACTIONS}:
        raise UserError(
            f"The settings give a key to {listed(sorted(unknown))}, which is no action",
            f"there are: {', '.join(action.id for action in ACTIONS if action.keys)}",
            exit_code=ExitCode.USAGE,
        )
    return tuple(
        replace(action, keys=tuple(keys[action.id].split(",")), display=keys[action.id])
        if action.id in keys
        else action
        for action in ACTIONS
        if any(_is_in(action, part) for part in parts)
    )


def footer_actions(actions: Iterable[Action], where: Where) -> list[Action]:
    """The actions for the footer when a pane has the focus, in the order of the table."""
    return [a for a in actions if a.short and a.where in ("everywhere", *_WHOLE, where)]


def key_table() -> Iterable[tuple[str, list[tuple[str, str]]]]:
    """For the README and the help: titles with pairs of keys and what they do."""
    for where, title in WHERE_TITLES.items():
        rows = [(a.display, a.title) for a in ACTIONS if a.where == where and not is_detail(a)]
        yield title, rows


def is_detail(action: Action) -> bool:
    """Whether one line for all four directions tells of it already."""
    part, _, direction = action.id.partition(".")
    return part in ("picture", "leap", "plate") and direction in ("up", "down", "left", "right")
