"""Rules of "omero": the channels of an image, and how they are shown."""

from __future__ import annotations

import re
from typing import Any

from omezarr_tui.ome.validate.finding import Fix, Severity
from omezarr_tui.ome.validate.rules import Judged, Place, Rule, is_number, number_of, shown
from omezarr_tui.text import listed

# Up to 0.4 the text only shows an example, and the schema says what there must be: no form of the
# colour.
_OLD: dict[str, Severity] = dict.fromkeys(("0.1", "0.2", "0.3", "0.4"), "warning")

OBJECT = Rule("omero.object", "error", 'The value of "omero" is an object.', "omero")
# "The omero metadata is optional, but if present it MUST contain the field channels, which is an
# array of dictionaries describing the channels of the image." (0.5)
CHANNELS = Rule(
    "omero.channels-list", "error", '"channels" is a list of objects, one for each.', "omero"
)
# In 0.5: "Each dictionary in channels MUST contain the field color"; in the schemas before as well.
NO_COLOR = Rule("omero.no-color", "error", "A channel has a colour.", "omero")
# "... which is a string of 6 hexadecimal digits specifying the color of the channel in RGB format"
COLOR_TEXT = Rule("omero.color-text", "error", "The colour of a channel is a text.", "omero")
COLOR = Rule(
    "omero.color",
    "error",
    "The colour of a channel is a text of six hexadecimal digits, such as 00FF00.",
    "omero",
    eased=_OLD,
)
# In 0.5: "Each dictionary in channels MUST contain the field window"; so the schemas before.
NO_WINDOW = Rule("omero.no-window", "error", "A channel has a window of contrast.", "omero")
WINDOW = Rule("omero.window", "error", "The window of a channel is an object.", "omero")
# "The field window MUST contain the fields min and max ... It MUST also contain the fields start
# and end" (0.5); required in the schemas of all versions.
WINDOW_KEYS = Rule(
    "omero.window-keys", "error", "A window has the numbers min, max, start and end.", "omero"
)
WINDOW_NUMBERS = Rule("omero.window-numbers", "error", "What a window has are numbers.", "omero")
# Nothing forbids it, and viewers show black or nothing.
WINDOW_ORDER = Rule(
    "omero.window-order", "advice", "A window goes from a smaller to a larger number.", "omero"
)
# The text: "label: string, family: string, active: boolean" (schemas)
TYPES = Rule(
    "omero.channel-types",
    "error",
    "The label and the family of a channel are texts, whether it is active is true or false.",
    "omero",
)

_HEX = re.compile(r"[0-9A-Fa-f]{6}")
_WINDOW = ("min", "max", "start", "end")
_SAME_AS = {"start": "min", "end": "max"}


def judge_omero(judged: Judged, value: Any) -> None:
    """Judge what stands under "omero"."""
    place: Place = ("omero",)
    if not isinstance(value, dict):
        judged.tell(OBJECT, place, f"It is {shown(value)}.")
        return
    if "channels" not in value:
        judged.tell(CHANNELS, place, 'There are no "channels".')
        return
    for at, channel in judged.each(CHANNELS, value["channels"], (*place, "channels")):
        _judge_channel(judged, channel, at)


def _judge_channel(judged: Judged, channel: dict[str, Any], place: Place) -> None:
    if "color" in channel:
        _judge_color(judged, channel["color"], (*place, "color"))
    else:
        judged.tell(NO_COLOR, place, "The channel has no colour.")
    if "window" in channel:
        _judge_window(judged, channel["window"], (*place, "window"))
    else:
        judged.tell(NO_WINDOW, place, "The channel has no window.")
    for key, kind in (("label", str), ("family", str), ("active", bool)):
        if key in channel and not isinstance(channel[key], kind):
            value = channel[key]
            fix = None
            if kind is str and is_number(value):
                fix = judged.fix(f'write "{key}" as a text', (*place, key), str(value))
            elif kind is bool and value in (0, 1) and is_number(value):
                fix = judged.fix(f'write "{key}" as true or false', (*place, key), bool(value))
            judged.tell(TYPES, (*place, key), f"It is {shown(value)}.", fix)


def _judge_color(judged: Judged, color: Any, place: Place) -> None:
    if not isinstance(color, str):
        judged.tell(COLOR_TEXT, place, f"The colour is {shown(color)}.")
    elif not _HEX.fullmatch(color):
        bare = color.strip().removeprefix("#").removeprefix("0x")
        fix = (
            judged.fix(f'set the colour to "{bare}"', place, bare) if _HEX.fullmatch(bare) else None
        )
        judged.tell(COLOR, place, f"The colour is {shown(color)}.", fix)


def _judge_window(judged: Judged, window: Any, place: Place) -> None:
    if not isinstance(window, dict):
        judged.tell(WINDOW, place, f"The window is {shown(window)}.")
        return
    missing = [key for key in _WINDOW if key not in window]
    if missing:
        fix = _filled(judged, window, missing, place)
        judged.tell(WINDOW_KEYS, place, f"The window has no {listed(missing)}.", fix)
    wrong = [key for key in _WINDOW if key in window and not is_number(window[key])]
    for key in wrong:
        number = number_of(window[key])
        fix = None
        if number is not None:
            fix = judged.fix("write a number instead of a text", (*place, key), number)
        judged.tell(WINDOW_NUMBERS, (*place, key), f'"{key}" is {shown(window[key])}.', fix)
    if missing or wrong:
        return
    for low, high in (("min", "max"), ("start", "end")):
        if window[low] > window[high]:
            found = f'"{low}" is {shown(window[low])}, "{high}" is {shown(window[high])}.'
            judged.tell(WINDOW_ORDER, place, found)


def _filled(judged: Judged, window: dict[str, Any], missing: list[str], place: Place) -> Fix | None:
    """Show all from min to max, where only what is shown is missing."""
    if any(not is_number(window.get(_SAME_AS.get(key, ""))) for key in missing):
        return None
    changes = tuple(judged.change((*place, key), window[_SAME_AS[key]]) for key in missing)
    which = listed([f"{key} to {_SAME_AS[key]}" for key in missing])
    return Fix(f"set {which}", changes)
