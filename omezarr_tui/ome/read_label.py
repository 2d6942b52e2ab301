"""What a label image says of its labels: ``image-label``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omezarr_tui.ome.loose import integer, numbers, objects, resolved
from omezarr_tui.ome.model import LabelImage

# Most label images lie in the group "labels" of their image ("labels" metadata).
_USUAL_SOURCE = "../../"


def read_label(path: str, declared: Any, notes: list[str]) -> LabelImage | None:
    """Colours, properties and source of a label image.

    Parameters
    ----------
    path
        The label image's own path.
    declared
        The value of ``image-label``.
    notes
        Gets what was left out.

    Returns
    -------
    label
        None where `declared` is no object: then it is no label image.
    """
    if not isinstance(declared, dict):
        return None
    source = declared.get("source")
    image = source.get("image", _USUAL_SOURCE) if isinstance(source, dict) else _USUAL_SOURCE
    colors, properties = {}, {}
    odd = 0
    for entry in objects(declared.get("colors")):
        value, color = integer(entry.get("label-value")), _color(entry.get("rgba"))
        if value is None or (color is None and entry.get("rgba") is not None):
            odd += 1
        elif color is not None:
            colors[value] = color
    for entry in objects(declared.get("properties")):
        value = integer(entry.get("label-value"))
        if value is None:
            odd += 1
        else:
            properties[value] = _others(entry)
    if odd:
        notes.append(f"{odd} colours or properties of labels are not understood and left out")
    return LabelImage(resolved(path, image), colors, properties)


def _color(rgba: Any) -> tuple[int, int, int, int] | None:
    """Red, green, blue and opacity from 0 to 255; opaque where only three are given."""
    values = numbers(rgba)
    if len(values) not in (3, 4) or not all(0 <= v <= 255 for v in values):
        return None
    red, green, blue = (round(v) for v in values[:3])
    return red, green, blue, round(values[3]) if len(values) == 4 else 255


def _others(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != "label-value"}
