"""Channels and how an image is shown first: the ``omero`` metadata."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from omezarr_tui.ome.loose import integer, numbers, objects, text
from omezarr_tui.ome.model import Channel, Rendering, Window
from omezarr_tui.text import plural

_COLOR = re.compile("[0-9a-fA-F]{6}")


def read_channels(omero: Any) -> tuple[Channel, ...]:
    """The channels, in the order of the channel axis."""
    listed = omero.get("channels") if isinstance(omero, dict) else None
    return tuple(_channel(channel, at) for at, channel in enumerate(objects(listed)))


def read_rendering(omero: Any) -> Rendering | None:
    """The plane that is shown first, and whether in colour; None where it is not told."""
    told = omero.get("rdefs") if isinstance(omero, dict) else None
    if not isinstance(told, dict):
        return None
    rendering = Rendering(
        integer(told.get("defaultT")), integer(told.get("defaultZ")), text(told.get("model"))
    )
    return rendering if rendering != Rendering() else None


def omero_notes(omero: Any) -> list[str]:
    """What of the channels is not understood, and left out."""
    if omero is None:
        return []
    listed = omero.get("channels", []) if isinstance(omero, dict) else None
    if not isinstance(listed, list):
        return ["the channels are not understood: omero has no list of them"]
    notes = []
    channels = objects(listed)
    if skipped := len(listed) - len(channels):
        notes.append(f"{plural(skipped, 'channel')} that are no objects left out")
    read = [(channel, _channel(channel, 0)) for channel in channels]
    for key in ("color", "window"):
        lost = sum(
            channel.get(key) is not None and not getattr(as_read, key) for channel, as_read in read
        )
        if lost:
            notes.append(f"the {key} of {plural(lost, 'channel')} is not understood")
    return notes


def _channel(channel: Mapping[str, Any], at: int) -> Channel:
    window = channel.get("window")
    bounds = numbers([window.get("start"), window.get("end")]) if isinstance(window, dict) else ()
    color = channel.get("color")
    return Channel(
        label=text(channel.get("label")) or str(at),
        color=color.upper() if isinstance(color, str) and _COLOR.fullmatch(color) else None,
        window=Window(*bounds) if bounds and -math.inf < bounds[0] < bounds[1] < math.inf else None,
        active=channel.get("active") is not False,
    )
