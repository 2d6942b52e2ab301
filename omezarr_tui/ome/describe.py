"""What there is to tell of a node, as labelled facts: the info pane and `info` share it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from omezarr_tui.ome.describe_group import group_facts
from omezarr_tui.ome.discover import Image
from omezarr_tui.ome.fact import Fact
from omezarr_tui.ome.model import SeriesList
from omezarr_tui.ome.read import kind_of, ome_version
from omezarr_tui.ome.sizes import pixel_size
from omezarr_tui.store.node import Array, Broken, Codec, CodecKind, Group, Node
from omezarr_tui.store.stored import Stored
from omezarr_tui.text import (
    compact_json,
    format_bytes,
    format_count,
    format_shape,
    plural,
    visible,
)

_LISTS = ("labels", "series-list", "bioformats2raw")
_CODEC_KINDS: tuple[CodecKind, ...] = ("array→array", "array→bytes", "bytes→bytes")


def facts_of(
    node: Node,
    image: Image | None = None,
    stored: Stored | None = None,
    series: SeriesList | None = None,
) -> list[Fact]:
    """All that is told of a node.

    Parameters
    ----------
    node
        A group, an array or a broken node.
    image
        The image that the node is, or is a level of.
    stored
        What was measured of an array's stored objects.
    series
        The images of a store in bioformats2raw's layout.
    """
    if isinstance(node, Broken):
        facts = [Fact("broken", visible(node.reason), warning=True)]
        return facts + ([Fact("cause", visible(node.detail))] if node.detail else [])
    if isinstance(node, Group):
        return group_facts(node, format_line(node), image, series)
    return _array_facts(node, image) + (stored_facts(node, stored) if stored else [])


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


def shape_with_axes(shape: Sequence[int], names: Sequence[str]) -> str:
    """A shape with the names of its axes: ``c 2 × z 32 × y 275``."""
    if len(names) != len(shape) or all(name.startswith("dim_") for name in names):
        return format_shape(shape)
    pairs = zip(names, shape, strict=True)
    return " × ".join(f"{visible(name)} {size}" for name, size in pairs) or format_shape(shape)


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
