"""What there is to tell of an image: axes, levels, channels, labels, transformations."""

from __future__ import annotations

from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.fact import Fact
from omezarr_tui.ome.model import (
    Channel,
    CoordinateSystem,
    LabelImage,
    Method,
    Rendering,
    Transformation,
)
from omezarr_tui.ome.sizes import axes_text, pixel_size
from omezarr_tui.store.node import Array, Broken
from omezarr_tui.text import (
    compact_json,
    format_count,
    format_length,
    format_number,
    format_shape,
    plural,
    visible,
)

_PARAMETERS_SHOWN = 60  # characters of a transformation's own numbers


def image_facts(image: Image) -> list[Fact]:
    """Axes with units, levels with shape and pixel size, channels, and what was guessed."""
    multiscale = image.multiscale
    facts = []
    if multiscale.name:
        facts.append(Fact("name", visible(multiscale.name)))
    facts.append(Fact("axes", axes_text(multiscale.axes)))
    facts += _level_facts(image)
    if shift := _first_pixel(image):
        facts.append(Fact("origin", shift))
    facts += [_channel_fact(c, number) for number, c in enumerate(multiscale.channels)]
    if multiscale.rendering and (shown := _rendering_text(multiscale.rendering)):
        facts.append(Fact("shown first", shown))
    if multiscale.method and (made := _method_text(multiscale.method)):
        facts.append(Fact("levels by", made))
    if multiscale.label:
        facts.append(Fact("labels", _label_text(multiscale.label)))
    facts += system_facts(multiscale.systems, multiscale.transformations)
    facts += [Fact("note", visible(note), warning=True) for note in multiscale.notes]
    return facts


def system_facts(
    systems: tuple[CoordinateSystem, ...], transformations: tuple[Transformation, ...]
) -> list[Fact]:
    """Coordinate systems with their axes, and what leads from one to another."""
    facts = []
    for number, system in enumerate(systems):
        told = f"{visible(system.name) or 'without a name'}: {axes_text(system.axes)}"
        facts.append(Fact("" if number else "systems", told))
    for number, step in enumerate(transformations):
        facts.append(Fact("" if number else "leads", transformation_text(step)))
    return facts


def transformation_text(step: Transformation) -> str:
    """A transformation in one line: where it leads from and to, its type, its numbers."""
    hidden = ("type", "input", "output", "name")
    inner = {key: value for key, value in step.declared.items() if key not in hidden}
    value = next(iter(inner.values())) if len(inner) == 1 else inner
    numbers = compact_json(value, _PARAMETERS_SHOWN) if inner else ""
    ends = f"{visible(step.input) or '?'} → {visible(step.output) or '?'}"
    unread = "" if step.matrix else " (not applied)"
    return f"{ends}: {visible(step.type)} {numbers}".rstrip() + unread


def _level_facts(image: Image) -> list[Fact]:
    multiscale = image.multiscale
    facts = []
    shapes = [format_shape(a.shape) if isinstance(a, Array) else "" for a in image.levels]
    names = [visible(level.path.removeprefix(multiscale.path + "/")) for level in multiscale.levels]
    for number, (level, array) in enumerate(zip(multiscale.levels, image.levels, strict=True)):
        label = "levels" if number == 0 else ""
        lead = f"{names[number]:<{max(map(len, names))}}"
        if _last_number(names[number]) != str(number):  # the name does not tell it
            lead = f"{number}  {lead}"
        if isinstance(array, Broken):
            facts.append(Fact(label, f"{lead}  ✗ {visible(array.reason)}", warning=True))
            continue
        width = max(map(len, shapes))
        size = pixel_size(level, multiscale.axes)
        facts.append(Fact(label, f"{lead}  {shapes[number]:<{width}}  {size}".rstrip()))
    return facts


def _last_number(name: str) -> str:
    """The digits at the end of a name."""
    return name[len(name.rstrip("0123456789")) :]


def _first_pixel(image: Image) -> str:
    """Where the finest level's first pixel lies; nothing where that is the origin."""
    levels = image.multiscale.levels
    if not levels or not any(levels[0].translation):
        return ""
    axes = image.multiscale.axes
    places = zip(axes, levels[0].translation, strict=True)
    return "  ".join(
        f"{visible(axis.name)} {format_length(place, axis.unit)}" for axis, place in places if place
    )


def _channel_fact(channel: Channel, number: int) -> Fact:
    told = visible(channel.label)
    if channel.window:
        start, end = channel.window.start, channel.window.end
        told += f"  {format_number(start)} to {format_number(end)}"
    if not channel.active:
        told += "  (off)"
    return Fact("" if number else "channels", told, channel.color)


def _rendering_text(rendering: Rendering) -> str:
    planes = [("t", rendering.t), ("z", rendering.z)]
    parts = [f"{name} {place}" for name, place in planes if place is not None]
    if rendering.model:
        parts.append({"color": "in colour", "greyscale": "in grey"}.get(rendering.model, ""))
    return ", ".join(part for part in parts if part)


def _method_text(method: Method) -> str:
    version = f" {method.version}" if method.version and method.function else ""
    function = f"{method.function}{version}" if method.function else ""
    return ", ".join(visible(part, 80) for part in (method.type, function) if part)


def _label_text(label: LabelImage) -> str:
    parts = [f"of {visible(label.source) or 'the root'}" if label.source is not None else ""]
    if label.colors:
        parts.append(f"colours for {format_count(len(label.colors))}")
    if label.properties:
        keys = list(dict.fromkeys(key for told in label.properties.values() for key in told))
        named = f" ({', '.join(visible(key, 20) for key in keys[:5])})" if keys else ""
        parts.append(f"{plural(len(label.properties), 'label')} described{named}")
    return ", ".join(part for part in parts if part) or "without colours or properties"
