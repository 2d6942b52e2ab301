"""Channels of an image, and how it is shown first, as fields of a form.

Where an image has no ``omero`` metadata they are made, with all that the specification asks
for: each channel of the image with a colour and a window.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import cycle, islice
from typing import Any

from omezarr_tui.edit.described import Described
from omezarr_tui.edit.field import (
    SWITCH,
    Field,
    Kind,
    Number,
    as_typed,
    exactly,
    like,
    nothing_to_change,
    one_of,
    typed_number,
    typed_whole,
)
from omezarr_tui.image.channels import USUAL, WHITE, whole_range
from omezarr_tui.ome.model import Axis
from omezarr_tui.ome.read import ome_attributes
from omezarr_tui.ome.validate.finding import REMOVED, Change, pointer_to
from omezarr_tui.ome.validate.rules import Place, is_number
from omezarr_tui.text import format_count, visible

MODELS = ("color", "greyscale")
_MOST = 1000  # channels of which a form has fields
_HEX = re.compile("[0-9a-fA-F]{6}")
_BOUNDS = ("start", "end", "min", "max")
_BROKEN = "{} in the metadata is no {}: mend it as JSON first"


def channel_fields(node: Described, axes: tuple[Axis, ...]) -> Iterator[Field]:
    """Label, colour, window and whether it is shown of each channel; then ``rdefs``.

    Parameters
    ----------
    node
        The image.
    axes
        Its axes.
    """
    omero = _Omero(node, axes)
    for number in range(min(_MOST, max(len(omero.channels), omero.size("c") or 1))):
        yield from _Channel(omero, number).fields()
    locked = omero.locked
    for key, word, choices in (
        ("model", "model", MODELS),
        ("default-z", "defaultZ", ()),
        ("default-t", "defaultT", ()),
    ):
        value = omero.rendering.get(word)
        if choices:
            words, change = "shown in", partial(_modeled, omero)
        else:
            words = f"first plane of {key[-1]}"
            change = partial(_placed, omero, key[-1], word)
        yield Field(
            f"rdefs.{key}",
            words,
            value if isinstance(value, str) else as_typed(value),
            "choice" if choices else "whole",
            nothing_to_change if locked else change,
            choices=choices,
            locked=locked,
        )


def _modeled(omero: _Omero, text: str) -> tuple[Change, ...]:
    return omero.rendered("model", one_of(text, MODELS))


def _placed(omero: _Omero, axis: str, word: str, text: str) -> tuple[Change, ...]:
    number, size = typed_whole(text), omero.size(axis)
    if size is not None and number >= size:
        raise ValueError(f"along {axis} the planes go from 0 to {format_count(size - 1)}")
    return omero.rendered(word, number)


class _Omero:
    """The ``omero`` metadata of an image."""

    def __init__(self, node: Described, axes: tuple[Axis, ...]) -> None:
        self.node = node
        self._axes = axes
        self._place: Place = (*node.root, "omero")
        self._value = ome_attributes(node.attributes).get("omero")
        inside = self._value if isinstance(self._value, Mapping) else {}
        listed, told = inside.get("channels", []), inside.get("rdefs", {})
        self.channels: list[Any] = listed if isinstance(listed, list) else []
        self.rendering: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
        self._is_listed = "channels" in inside
        self.locked = ""
        for name, kind, fits in (
            ("omero", "object", self._value is None or isinstance(self._value, Mapping)),
            ("channels", "list", isinstance(listed, list)),
            ("rdefs", "object", isinstance(told, Mapping)),
        ):
            if not fits:
                self.locked = _BROKEN.format(f'"{name}"', kind)
                break

    def size(self, name: str) -> int | None:
        """How long the finest level is along an axis; None where that is not known."""
        shape = next((level.array.shape for level in self.node.levels if level), ())
        if len(shape) != len(self._axes):
            return None
        kind = {"c": "channel", "t": "time"}.get(name)
        sizes = zip(self._axes, shape, strict=True)
        return next((size for axis, size in sizes if axis.type == kind or axis.name == name), None)

    def range(self) -> tuple[Number, Number]:
        """The lowest and the highest value that there may be: of whole numbers by their type."""
        level = next((level for level in self.node.levels if level), None)
        whole = whole_range(level.array.dtype.name) if level else None
        return (0, 1) if whole is None else (int(whole.start), int(whole.end))

    def default(self, number: int, count: int) -> dict[str, Any]:
        """The least that a channel has to say."""
        color = next(islice(cycle(USUAL), number, None)) if count > 1 else WHITE
        low, high = self.range()
        window = {"min": low, "max": high, "start": low, "end": high}
        return {"color": bytes(color).hex().upper(), "window": window}

    def in_channel(self, number: int, key: str, value: Any) -> tuple[Change, ...]:
        """Set a member of a channel, which is made where it is not there."""
        if number < len(self.channels):
            return (self.change(value, "channels", number, key),)
        count = max(number + 1, self.size("c") or 1)
        made = [self.default(at, count) for at in range(count)]
        made[number] |= {key: value}
        if self._value is None or not self._is_listed:
            return (self._made(made),)
        new = made[len(self.channels) : number + 1]
        return tuple(self.change(channel, "channels", "-") for channel in new)

    def rendered(self, key: str, value: Any) -> tuple[Change, ...]:
        """Set a member of ``rdefs``."""
        old = self.rendering.get(key)
        if old == value and type(old) is type(value):
            return ()
        changes: tuple[Change, ...] = ()
        if not self._is_listed:
            count = self.size("c") or 1
            changes = (self._made([self.default(at, count) for at in range(count)]),)
        if isinstance(self._value, Mapping) and "rdefs" in self._value:
            return (*changes, self.change(value, "rdefs", key))
        return (*changes, self.change({key: value}, "rdefs"))

    def _made(self, channels: list[dict[str, Any]]) -> Change:
        if self._value is None:
            return self.change({"channels": channels})
        return self.change(channels, "channels")

    def change(self, value: Any, *place: str | int) -> Change:
        """Set what stands at a place in it."""
        return Change(self.node.path, "attributes", pointer_to(*self._place, *place), value)


class _Channel:
    """One channel of them."""

    def __init__(self, omero: _Omero, number: int) -> None:
        self._omero, self._number = omero, number
        value = omero.channels[number] if number < len(omero.channels) else {}
        self._value: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        self._locked = omero.locked
        if not self._locked and not isinstance(value, Mapping):
            self._locked = _BROKEN.format(f"channel {number}", "object")

    def fields(self) -> Iterator[Field]:
        """All that is asked of a channel."""
        name, active = self._text("label"), self._value.get("active")
        called = f"channel {self._number}"
        parts: tuple[tuple[str, str, str, Kind, Any], ...] = (
            ("label", f"{called}: label", name, "text", self._label),
            ("color", f"{called}: colour", self._text("color"), "color", self._color),
            ("window", f"{called}: window", self._shown_window(), "window", self._window),
            ("active", f"{called}: shown", _switch(active), "switch", self._active),
        )
        for key, words, value, kind, change in parts:
            yield Field(
                f"channel.{self._number}.{key}",
                words,
                value,
                kind,
                nothing_to_change if self._locked else change,
                choices=SWITCH if kind == "switch" else (),
                locked=self._locked,
            )

    def _text(self, key: str) -> str:
        value = self._value.get(key)
        return value if isinstance(value, str) else ""

    def _shown_window(self) -> str:
        bounds = [as_typed(self._bounds().get(key)) for key in _BOUNDS]
        return " ".join(bounds if all(bounds) else bounds[:2] if all(bounds[:2]) else ())

    def _bounds(self) -> Mapping[str, Any]:
        window = self._value.get("window")
        return window if isinstance(window, Mapping) else {}

    def _label(self, text: str) -> tuple[Change, ...]:
        return self._set("label", text or REMOVED)

    def _color(self, text: str) -> tuple[Change, ...]:
        color = text.strip().removeprefix("#")
        if not _HEX.fullmatch(color):
            raise ValueError(
                f"{visible(text, 40)!r} is no color: six hexadecimal digits, as 00FF00"
            )
        if color.upper() == self._text("color").upper():
            return ()
        return self._set("color", color.lower() if self._text("color").islower() else color.upper())

    def _active(self, text: str) -> tuple[Change, ...]:
        return self._set("active", one_of(text, SWITCH) == "true")

    def _window(self, text: str) -> tuple[Change, ...]:
        """The bounds that were typed; the range of values is widened where they lie outside."""
        old = self._bounds()
        numbers = [typed_number(word) for word in text.replace(",", " ").split()]
        if len(numbers) not in (2, 4):
            raise ValueError("type two numbers, start and end, or four: start end min max")
        if not numbers[0] < numbers[1]:
            raise ValueError("the end of a window is higher than its start")
        if len(numbers) == 2:
            low, high = self._omero.range()
            low = old["min"] if is_number(old.get("min")) else low
            high = old["max"] if is_number(old.get("max")) else high
            numbers += [min(low, numbers[0]), max(high, numbers[1])]
        elif numbers[2] > numbers[3]:
            raise ValueError("the max of a window is not lower than its min")
        style = next((value for value in old.values() if isinstance(value, float)), 0)
        bounds = {
            key: old[key] if old.get(key) == number else like(exactly(number), style)
            for key, number in zip(_BOUNDS, numbers, strict=True)
        }
        if not isinstance(self._value.get("window"), Mapping):
            return self._set("window", bounds)
        changed = {k: v for k, v in bounds.items() if k not in old or v is not old[k]}
        place = ("channels", self._number, "window")
        return tuple(self._omero.change(value, *place, key) for key, value in changed.items())

    def _set(self, key: str, value: Any) -> tuple[Change, ...]:
        old = self._value.get(key, REMOVED)
        if old is value or (old == value and type(old) is type(value)):
            return ()
        if value is REMOVED and self._number >= len(self._omero.channels):
            return ()
        return self._omero.in_channel(self._number, key, value)


def _switch(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else ""
