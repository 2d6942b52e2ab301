"""What is allowed, and still makes an image slow or puzzling: advice, never an error."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from omezarr_tui.ome.model import Multiscale
from omezarr_tui.ome.validate.finding import Finding
from omezarr_tui.ome.validate.here import Here
from omezarr_tui.settings import MIB
from omezarr_tui.store.node import Array, Node
from omezarr_tui.text import format_bytes, format_count, format_number, format_shape, visible

_ONE_LEVEL = 4096 * 4096  # pixels of a plane that a viewer shows without coarser levels
_HUGE = 256 * MIB  # of a chunk, uncompressed: what is read for a single pixel
_TINY, _MANY = 16 * 1024, 10_000  # bytes of an object, and of how many
_OFF_BY = 1.5  # pixels that rounding takes or adds when a level is halved
_OURS = "advice, not from the specification"


def pyramid_advice(
    here: Here, number: int, multiscale: Multiscale, nodes: Sequence[Node | None], *, scaled: bool
) -> Iterator[Finding]:
    """What could be better about the levels of an image.

    Parameters
    ----------
    here
        The image's group.
    number
        Which of its multiscales.
    multiscale, nodes
        What it says, and what its levels came to.
    scaled
        Whether each level has a scale of its own, so that they can be compared.
    """
    datasets = here.pointer("multiscales", number, "datasets")
    finest = nodes[0] if nodes else None
    if isinstance(finest, Array) and len(nodes) == 1 and _plane(finest) > _ONE_LEVEL:
        yield _advice(
            "advice.pyramid",
            here.group.path,
            datasets,
            f"There is one level only, {format_shape(finest.shape)}: viewers must read all of it.",
            "An image of many pixels has coarser levels for the view of the whole.",
        )
    if not scaled or not isinstance(finest, Array):
        return
    for at, (level, node) in enumerate(zip(multiscale.levels, nodes, strict=False)):
        if not isinstance(node, Array) or level.matrix or multiscale.levels[0].matrix:
            continue
        if len(node.shape) != len(finest.shape) or len(level.scale) != len(node.shape):
            continue
        for axis, axis_scale, first, size, whole in zip(
            multiscale.axes,
            level.scale,
            multiscale.levels[0].scale,
            node.shape,
            finest.shape,
            strict=True,
        ):
            if first <= 0 or axis_scale <= 0:
                continue
            ratio = axis_scale / first
            if abs(size - whole / ratio) >= _OFF_BY and abs(size * ratio - whole) >= _OFF_BY:
                yield _advice(
                    "advice.scale",
                    here.group.path,
                    f"{datasets}/{at}/coordinateTransformations",
                    f"Along {visible(axis.name, 20)} the scale of level {visible(node.name, 40)} "
                    f"is {format_number(ratio)} × that of the first, and its size "
                    f"{format_count(size)} of {format_count(whole)}: the levels do not lie upon "
                    "one another.",
                    "A level with half the pixels along an axis has twice the scale along it.",
                )
                break


def array_advice(array: Array) -> Iterator[Finding]:
    """What could be better about the chunks of an array."""
    itemsize = array.dtype.itemsize
    if not itemsize or not array.size:
        return
    pointer = "/chunks" if array.zarr_format == 2 else "/chunk_grid"
    whole = zip(array.chunks, array.shape, strict=True)
    nbytes = itemsize * math.prod(min(step, size) for step, size in whole)
    if nbytes > _HUGE:
        yield _advice(
            "advice.huge-chunks",
            array.path,
            pointer,
            f"A chunk has {format_bytes(nbytes)}, all of which is read for a single pixel.",
            "Chunks of some hundred KiB to some MiB are read quickly.",
        )
    nbytes = itemsize * math.prod(array.object_shape)
    if nbytes < _TINY and array.object_count > _MANY:
        yield _advice(
            "advice.tiny-chunks",
            array.path,
            pointer,
            f"There are {format_count(array.object_count)} chunks of {format_bytes(nbytes)} each, "
            "each an object of its own.",
            "Chunks of some hundred KiB to some MiB, or shards of many chunks, are read quickly.",
        )


def _plane(array: Array) -> int:
    return math.prod(sorted(array.shape)[-2:])


def _advice(rule: str, node: str, pointer: str, found: str, says: str) -> Finding:
    return Finding(rule, "advice", node, pointer, found, says, _OURS)
