"""Channels and how an image is shown first: the ``omero`` metadata."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from omezarr_tui.ome.loose import integer, numbers, objects, text
from omezarr_tui.ome.model import Channel, Rendering, Window

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
