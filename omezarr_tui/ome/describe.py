"""What there is to tell of a node, as labelled facts: the info pane and `info` share it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from omezarr_tui.ome.discover import Image, mark
from omezarr_tui.ome.model import Axis, Level
from omezarr_tui.ome.read import kind_of, ome_version, read_plate, read_well
from omezarr_tui.store.node import Array, Broken, Codec, CodecKind, Group, Node
from omezarr_tui.store.stored import Stored
from omezarr_tui.text import (
    compact_json,
    format_bytes,
    format_count,
    format_length,
    format_number,
    format_shape,
    format_unit,
    plural,
    visible,
)

_LISTS = ("labels", "series-list", "bioformats2raw")
_CODEC_KINDS: tuple[CodecKind, ...] = ("array→array", "array→bytes", "bytes→bytes")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what is known.

    Parameters
    ----------
    label
        What it is; empty for a line that goes on with the fact before.
    value
        In words and numbers with units, safe to print.
    color
        Six hexadecimal digits where the fact has a colour, such as a channel.
    warning
        Whether it tells of something wrong.
    """

    label: str
    value: str
    color: str | None = None
    warning: bool = False


def facts_of(node: Node, image: Image | None = None, stored: Stored | None = None) -> list[Fact]:
    """All that is told of a node.

    Parameters
    ----------
    node
        A group, an array or a broken node.
    image
        The image that the node is, or is a level of.
    stored
        What was measured of an array's stored objects.
    """
    if isinstance(node, Broken):
        facts = [Fact("broken", visible(node.reason), warning=True)]
        return facts + ([Fact("cause", visible(node.detail))] if node.detail else [])
    if isinstance(node, Group):
        return _group_facts(node, image)
    return _array_facts(node, image) + (stored_facts(node, stored) if stored else [])


def _group_facts(group: Group, image: Image | None) -> list[Fact]:
    facts = [Fact("type", mark(group))]
    if group.zarr_format is None:
        return [*facts, Fact("", "a plain folder that holds stores")]
    facts.append(Fact("format", format_line(group)))
    if plate := read_plate(group.path, group.attributes):
        facts.append(
            Fact(
                "plate",
                f"{plural(len(plate.rows), 'row')} × {plural(len(plate.columns), 'column')}, "
                f"{plural(len(plate.wells), 'well')}",
            )
        )
    if well := read_well(group.path, group.attributes):
        facts.append(Fact("fields", format_count(len(well.fields))))
    return facts + (image_facts(image) if image else [])


def image_facts(image: Image) -> list[Fact]:
    """Axes with units, levels with shape and pixel size, channels, and what was guessed."""
    multiscale = image.multiscale
    facts = []
    if multiscale.name:
        facts.append(Fact("name", visible(multiscale.name)))
    facts.append(Fact("axes", axes_text(multiscale.axes)))
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
    for number, channel in enumerate(multiscale.channels):
        label = "channels" if number == 0 else ""
        window = ""
        if channel.window:
            start, end = channel.window.start, channel.window.end
            window = f"  {format_number(start)} to {format_number(end)}"
        facts.append(Fact(label, f"{visible(channel.label)}{window}", channel.color))
    facts += [Fact("note", visible(note), warning=True) for note in multiscale.notes]
    return facts


def _array_facts(array: Array, image: Image | None) -> list[Fact]:
    axes = image.multiscale.axes if image else ()
    itemsize = array.dtype.itemsize
    facts = [Fact("type", "array"), Fact("format", format_line(array))]
    if image and image.pinned is not None:
        level = image.multiscale.levels[image.pinned]
        last = len(image.levels) - 1
        facts.append(Fact("level", f"{image.pinned} of 0–{last} of the image above"))
        if size := pixel_size(level, axes):
            facts.append(Fact("pixel", size))
    facts += [
        Fact("shape", shape_with_axes(array.shape, [axis.name for axis in axes])),
        Fact("data type", dtype_text(array)),
        Fact("chunks", _cells_text(array, array.chunks, itemsize)),
    ]
    if array.shards:
        facts.append(Fact("shards", _cells_text(array, array.shards, itemsize)))
    for kind in _CODEC_KINDS:
        codecs = [codec_text(codec) for codec in array.codecs if codec.kind == kind]
        facts.append(Fact(kind, ", ".join(codecs) or "–"))
    facts.append(Fact("fill value", compact_json(array.fill_value, 60)))
    total_bytes = array.nbytes
    total = (
        f"{format_bytes(total_bytes)} uncompressed"
        if total_bytes is not None
        else "elements vary in length"
    )
    facts.append(Fact("size", f"{plural(array.size, 'element')}, {total}"))
    # The notes of an image are told where the whole image is.
    if image and image.multiscale.path == array.path:
        facts += [Fact("note", visible(note), warning=True) for note in image.multiscale.notes]
    return facts


def stored_facts(array: Array, stored: Stored) -> list[Fact]:
    """What was counted of an array's stored objects."""
    facts = []
    if stored.chunks is not None:
        facts.append(Fact("written", _of("chunk", stored.chunks, stored.chunk_count)))
    if array.shards:
        facts.append(Fact("", _of("shard", stored.objects, stored.object_count)))
    facts.append(Fact("stored", format_bytes(stored.nbytes)))
    if stored.ratio is not None:
        facts.append(Fact("ratio", f"{stored.ratio:.2f} × over what was written"))
    if stored.damaged:
        shown = ", ".join(visible(key) for key in stored.damaged[:3])
        more = ", …" if len(stored.damaged) > 3 else ""
        told = f"{plural(len(stored.damaged), 'shard')} with an index that cannot be right"
        facts.append(Fact("damaged", f"{told}, not counted: {shown}{more}", warning=True))
    if stored.strays:
        shown = ", ".join(visible(key) for key in stored.strays[:3])
        more = ", …" if len(stored.strays) > 3 else ""
        facts.append(
            Fact(
                "strays",
                f"{plural(len(stored.strays), 'key')} no chunk by this array's key encoding: "
                f"{shown}{more}",
                warning=True,
            )
        )
    return facts


def level_stored_facts(image: Image, stored: Mapping[str, Stored]) -> list[Fact]:
    """One line for each level of an image that was counted, by the path of its array."""
    facts: list[Fact] = []
    for level in image.levels:
        if isinstance(level, Broken) or (counted := stored.get(level.path)) is None:
            continue
        unit = "shard" if level.shards else "chunk"
        told = [f"{level.name}  {_of(unit, counted.objects, counted.object_count)}"]
        told.append(format_bytes(counted.nbytes))
        if counted.ratio is not None:
            told.append(f"{counted.ratio:.2f} ×")
        facts.append(Fact("" if facts else "stored", ", ".join(map(visible, told))))
    return facts


def format_line(node: Group | Array) -> str:
    """The formats of a node: ``Zarr v3 · OME-Zarr 0.5``."""
    version = ome_version(node.attributes) if kind_of(node.attributes) else None
    parts = [f"Zarr v{node.zarr_format}"]
    kind = kind_of(node.attributes)
    if kind:
        # Groups that only list names need not say which version they follow.
        unsaid = "OME-Zarr" if kind in _LISTS else "OME-Zarr, version not given"
        parts.append(f"OME-Zarr {visible(version)}" if version else unsaid)
    if isinstance(node, Group) and node.consolidated:
        parts.append("consolidated")
    return " · ".join(parts)


def _last_number(name: str) -> str:
    """The digits at the end of a name."""
    return name[len(name.rstrip("0123456789")) :]


def axes_text(axes: Sequence[Axis]) -> str:
    """Axes with their units: ``c  z µm  y µm  x µm``."""
    return "  ".join(f"{visible(axis.name)} {format_unit(axis.unit)}".rstrip() for axis in axes)


def shape_with_axes(shape: Sequence[int], names: Sequence[str]) -> str:
    """A shape with the names of its axes: ``c 2 × z 32 × y 275``."""
    if len(names) != len(shape) or all(name.startswith("dim_") for name in names):
        return format_shape(shape)
    pairs = zip(names, shape, strict=True)
    return " × ".join(f"{visible(name)} {size}" for name, size in pairs) or format_shape(shape)


def pixel_size(level: Level, axes: Sequence[Axis]) -> str:
    """The size of a level's pixels along the axes of space: ``0.5 × 0.36 × 0.36 µm``."""
    sizes = [
        (scale, axis.unit)
        for scale, axis in zip(level.scale, axes, strict=True)
        if axis.type == "space"
    ]
    if not sizes or (all(s == 1 for s, _ in sizes) and not any(unit for _, unit in sizes)):
        return ""
    if len({unit for _, unit in sizes}) == 1:
        numbers = " × ".join(format_number(size, 3) for size, _ in sizes)
        return f"{numbers} {format_unit(sizes[0][1])}".rstrip()
    return " × ".join(format_length(size, unit) for size, unit in sizes)


def dtype_text(array: Array) -> str:
    """The data type with its byte order, and the order in memory where it is unusual."""
    words = [array.dtype.name]
    if array.dtype.byte_order and (array.dtype.itemsize or 0) > 1:
        words.append(f"{array.dtype.byte_order}-endian")
    if array.order == "F":
        words.append("Fortran order")
    return visible(", ".join(words))


def codec_text(codec: Codec) -> str:
    """A codec with its settings: ``blosc (cname=lz4, clevel=5)``."""
    settings = ", ".join(
        f"{key}={value if isinstance(value, str) else compact_json(value)}"
        for key, value in codec.configuration.items()
        if value is not None
    )
    return visible(f"{codec.name} ({settings})" if settings else codec.name)


def _cells_text(array: Array, cell: tuple[int, ...], itemsize: int | None) -> str:
    count = math.prod(array.grid(cell))
    each = f", {format_bytes(math.prod(cell) * itemsize)} each" if itemsize else ""
    return f"{format_shape(cell)}, {format_count(count)} in all{each}"


def _of(word: str, some: int, count: int) -> str:
    if some == 0:
        return f"no {word} was ever written, of {format_count(count)}"
    return f"{format_count(some)} of {plural(count, word)}"
